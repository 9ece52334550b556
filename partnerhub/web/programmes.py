"""Programmes and their services: the list, each one's page, set up and changed."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from partnerhub.actions import programmes as actions
from partnerhub.documents import lists
from partnerhub.forms.programmes import ChangeProgrammeForm, ChangeServiceForm, NewProgrammeForm, NewServiceForm
from partnerhub.models import Programme, Service
from partnerhub.queries import programmes as queries
from partnerhub.queries.agreements import agreements_under
from partnerhub.web.doors import me
from partnerhub.web.finding import find, require
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.respond import done, page

bp = Blueprint("programmes", __name__)


@bp.get("/programmes")
@bp.get(f"/programmes{FILE}")
def index(kind: str = "") -> Response:
    """The programmes this person may see."""
    require("programme.list")
    found = queries.programmes_for(me())
    return list_file(kind, lists.PROGRAMMES, found) if kind else page("programmes/index.html", found=found)


@bp.route("/programmes/new", methods=["GET", "POST"])
def create() -> Response:
    require("programme.create")
    form = NewProgrammeForm()
    if form.validate_on_submit() and form.accepted(lambda: actions.create_programme(None, form.details(), by=me()), "slug"):
        return done(url_for(".show", programme_id=form.result.id), message=f"{form.result.name} was set up. Add its services next.")
    return page("programmes/create.html", form.status, form=form)


@bp.get("/programmes/<uuid:programme_id>")
def show(programme_id: UUID) -> Response:
    """Its services and agreements, and the way to its summary."""
    return page("programmes/show.html", programme=find(Programme, programme_id, *queries.IN_FULL, to="programme.view"))


@bp.get("/programmes/<word:slug>")
def show_by_slug(slug: str) -> Response:
    """The same page under the programme's short name."""
    return page("programmes/show.html", programme=find(Programme, slug, *queries.IN_FULL, to="programme.view", by="slug"))


@bp.route("/programmes/<uuid:programme_id>/change", methods=["GET", "POST"])
def change(programme_id: UUID) -> Response:
    programme = find(Programme, programme_id, to="programme.change")
    form = ChangeProgrammeForm(obj=programme)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.change_programme(programme, form.details(), by=me(), expect=form.version.data), "slug", over=programme
    ):
        return done(url_for(".show", programme_id=programme_id), message="The programme was changed.")
    return page("programmes/change.html", form.status, form=form, programme=programme)


@bp.route("/programmes/<uuid:programme_id>/services/new", methods=["GET", "POST"])
def add_service(programme_id: UUID) -> Response:
    programme = find(Programme, programme_id, to="programme.add_service")
    form = NewServiceForm()
    if form.validate_on_submit() and form.accepted(lambda: actions.add_service(programme, form.details(), by=me()), "name"):
        return done(url_for(".service", service_id=form.result.id), message=f"{form.result.name} was added. Make its agreement next.")
    return page("programmes/add_service.html", form.status, form=form, programme=programme)


@bp.get("/services/<uuid:service_id>")
def service(service_id: UUID) -> Response:
    """One service and the agreements under which it is delivered."""
    found = find(Service, service_id, *queries.SERVICE_IN_FULL, to="service.view")
    return page("programmes/service.html", service=found, agreements=agreements_under(service_id))


@bp.route("/services/<uuid:service_id>/change", methods=["GET", "POST"])
def change_service(service_id: UUID) -> Response:
    service = find(Service, service_id, *queries.SERVICE_IN_FULL, to="service.change")
    form = ChangeServiceForm(obj=service)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.change_service(service, form.details(), by=me(), expect=form.version.data), "name", over=service
    ):
        return done(url_for(".service", service_id=service_id), message="The service was changed.")
    return page("programmes/change_service.html", form.status, form=form, service=service)
