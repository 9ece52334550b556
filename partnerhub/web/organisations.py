"""Organisations: the list, each one's page, its details, its numbers in public registers, its profile."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import organisations as actions
from partnerhub.documents import lists
from partnerhub.forms.organisations import ChangeForm, CreateForm, IdentifierForm, ProfileForm, Search
from partnerhub.models import Organisation
from partnerhub.queries import organisations as queries
from partnerhub.queries.documents import kept_by
from partnerhub.queries.joining import to_decide
from partnerhub.queries.people import members_of, open_invitations
from partnerhub.queries.questionnaires import profile_choices
from partnerhub.rules import identifiers
from partnerhub.rules.documents_asked import validity
from partnerhub.web.doors import me
from partnerhub.web.finding import find, require
from partnerhub.web.furniture import may
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.paging import pages_of
from partnerhub.web.respond import done, page

bp = Blueprint("organisations", __name__)


@bp.get("/organisations")
@bp.get(f"/organisations{FILE}")
def index(kind: str = "") -> Response:
    """Every organisation by name, fifty to a page."""
    require("organisation.list")
    search = Search(request.args)
    sought = search.value("q") or ""
    if kind:
        return list_file(kind, lists.ORGANISATIONS, queries.every_organisation(sought))
    found = queries.listed(sought, search.value("page") or 1)
    pages = pages_of(".index", found.number, found.total, queries.ON_A_PAGE, q=sought)
    return page("organisations/index.html", search=search, found=found, pages=pages, identifiers=identifiers)


@bp.route("/organisations/new", methods=["GET", "POST"])
def create() -> Response:
    require("organisation.create")
    form = CreateForm()
    form.offer(queries.district_choices())
    if form.validate_on_submit() and form.accepted(lambda: actions.create_organisation(None, form.details(), form.identifier, by=me())):
        return done(url_for(".show", organisation_id=form.result.id), message=f"{form.result.name} was added. Invite its people next.")
    return page("organisations/create.html", form.status, form=form)


@bp.get("/organisations/<uuid:organisation_id>")
def show(organisation_id: UUID) -> Response:
    """What the hub knows of one organisation, and what it owes."""
    organisation = find(Organisation, organisation_id, *queries.IN_FULL, to="organisation.view")
    return page(
        "organisations/show.html",
        organisation=organisation,
        identifiers=identifiers,
        agreements=queries.agreements_of(organisation_id),
        owed=queries.owed_by_organisation(organisation_id, me()),
        documents=kept_by(organisation_id) if may("document.view", organisation) else [],
        validity=validity,
        asking=to_decide(me(), organisation_id),
        members=members_of(organisation_id),
        invitations=open_invitations(me(), organisation_id),
        today_=clock.today(),
    )


@bp.route("/organisations/<uuid:organisation_id>/change", methods=["GET", "POST"])
def change(organisation_id: UUID) -> Response:
    organisation = find(Organisation, organisation_id, to="organisation.change")
    form = ChangeForm(obj=organisation)
    form.offer(queries.district_choices())
    if form.validate_on_submit() and form.accepted(
        lambda: actions.change_organisation(organisation, form.details(), by=me(), expect=form.version.data), "name", over=organisation
    ):
        return done(url_for(".show", organisation_id=organisation_id), message="The details were changed.")
    return page("organisations/change.html", form.status, form=form, organisation_id=organisation_id, name=organisation.name)


@bp.route("/organisations/<uuid:organisation_id>/numbers", methods=["GET", "POST"])
def numbers(organisation_id: UUID) -> Response:
    """Its numbers in public registers, with a form for one more."""
    organisation = find(Organisation, organisation_id, *queries.IN_FULL, to="organisation.change")
    form = IdentifierForm(obj=organisation)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.add_identifier(organisation, form.identifier, by=me(), expect=form.version.data), "number", over=organisation
    ):
        return done(url_for(".numbers", organisation_id=organisation_id), message="The number was added.")
    return page("organisations/numbers.html", form.status, form=form, organisation=organisation, identifiers=identifiers)


@bp.post("/organisations/<uuid:organisation_id>/numbers/remove")
def remove_number(organisation_id: UUID) -> Response:
    organisation = find(Organisation, organisation_id, to="organisation.change")
    actions.remove_identifier(organisation, request.form.get("org_id", ""), by=me())
    return done(url_for(".numbers", organisation_id=organisation_id), message="The number was removed.")


@bp.route("/organisations/<uuid:organisation_id>/profile", methods=["GET", "POST"])
def profile(organisation_id: UUID) -> Response:
    """What the organisation need say only once."""
    organisation = find(Organisation, organisation_id, to="organisation.change")
    form = ProfileForm(data=ProfileForm.filled_from(queries.profile_of(organisation_id)) | {"version": organisation.version})
    form.offer(profile_choices(*form.OFFERED))
    if form.validate_on_submit() and form.accepted(
        lambda: actions.save_profile(organisation, form.texts(), by=me(), expect=form.version.data), over=organisation
    ):
        return done(url_for(".show", organisation_id=organisation_id), message="The profile was saved.")
    return page("organisations/profile.html", form.status, form=form, organisation=organisation)
