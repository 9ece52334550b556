"""People who come by themselves: looking for one's organisation, asking to join it, registering it; and what is decided about that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from partnerhub.actions import joining as actions
from partnerhub.forms.fields import Form
from partnerhub.forms.joining import ApproveForm, EstablishForm, RefuseForm, RegisterForm, Sought
from partnerhub.forms.people import ROLE_HINTS
from partnerhub.forms.returns import DecisionForm
from partnerhub.models import JoinRequest, Organisation, Registration
from partnerhub.queries import joining as queries
from partnerhub.queries.organisations import district_choices, district_of
from partnerhub.rules import identifiers
from partnerhub.web.carrying import is_local
from partnerhub.web.doors import me
from partnerhub.web.finding import find, insist, require
from partnerhub.web.furniture import may
from partnerhub.web.respond import done, page

bp = Blueprint("joining", __name__)


@bp.get("/organisations/join")
def index() -> Response:
    """Is one's organisation in the hub? What one asked for so far stands below."""
    search = Sought(request.args)
    sought = search.value("q") or ""
    user_id = me().id
    return page(
        "joining/index.html",
        search=search,
        sought=sought,
        found=queries.found(sought) if sought else [],
        most=queries.MOST_FOUND,
        then=_then(search.next.data),
        requests=queries.requests_of(user_id) if user_id else [],
        registrations=queries.waiting_registrations(user_id) if user_id else [],
        identifiers=identifiers,
    )


@bp.route("/organisations/<uuid:organisation_id>/join", methods=["GET", "POST"])
def ask(organisation_id: UUID) -> Response:
    """What it means to ask, and the button; of the organisation only its name is told."""
    organisation = find(Organisation, organisation_id, to="organisation.ask_to_join")
    then = _then(request.values.get("next"))
    if request.method == "POST":
        asked = actions.ask_to_join(organisation, then, by=me())
        return done(url_for(".show", request_id=asked.id), message=f"You have asked to join {organisation.name}.")
    return page("joining/ask.html", organisation=organisation, then=then)


@bp.route("/organisations/register", methods=["GET", "POST"])
def register() -> Response:
    """What is not in the hub yet: there at once, or looked at by an officer when it seems to be there."""
    form = RegisterForm(data={"name": request.args.get("name", ""), "next": request.args.get("next", "")})
    form.offer(district_choices())
    if (
        form.validate_on_submit()
        and form.finds_district(district_of)
        and form.accepted(lambda: actions.register(None, form.details() | {"then": _then(form.next.data)}, by=me()), "name")
    ):
        return _registered(form.result, _then(form.next.data))
    return page("joining/register.html", form.status, form=form, then=_then(form.next.data))


def _registered(registration: Registration, then: str) -> Response:
    if not registration.is_registered:
        return done(url_for(".registration", registration_id=registration.id))
    own = url_for("organisations.show", organisation_id=registration.organisation_id)
    return done(then or own, message=f"{registration.name} is registered, and you are its lead.")


@bp.get("/joining")
def waiting() -> Response:
    """Everybody who waits, for the office."""
    require("joining.list")
    return page(
        "joining/waiting.html",
        requests=queries.waiting_requests(),
        registrations=queries.registrations(waiting=True),
        settled=queries.registrations(waiting=False),
    )


# One request to join


@bp.get("/joining/<uuid:request_id>")
def show(request_id: UUID) -> Response:
    """Where it stands, for who asked; for a lead or an officer what they can decide."""
    return _request_page(request_id)


@bp.post("/joining/<uuid:request_id>/approve")
def approve(request_id: UUID) -> Response:
    asked, form = find(JoinRequest, request_id, to="joining.view"), ApproveForm()
    return _pressed(asked, form, "joining.approve", actions.approve, "role", f"{asked.user.name} has joined. They were told by e-mail.")


@bp.post("/joining/<uuid:request_id>/refuse")
def refuse(request_id: UUID) -> Response:
    asked, form = find(JoinRequest, request_id, to="joining.view"), RefuseForm()
    return _pressed(asked, form, "joining.refuse", actions.refuse, "reason", f"{asked.user.name} was refused, and told why by e-mail.")


@bp.post("/joining/<uuid:request_id>/withdraw")
def withdraw(request_id: UUID) -> Response:
    asked = find(JoinRequest, request_id, to="joining.view")
    actions.withdraw(asked, by=me())
    return done(url_for(".show", request_id=request_id), message="Your request has been withdrawn.")


def _pressed(thing: JoinRequest | Registration, form: DecisionForm, line: str, deed: Callable[..., Any], box: str, said: str) -> Response:
    """Decide with what was typed in `box`; the page of the request or registration says how it stands then, or what was refused."""
    is_request = isinstance(thing, JoinRequest)
    if form.decides(thing, deed, *([form[box].data] if box else []), by=me(), beside=box):
        here = url_for(".show", request_id=thing.id) if is_request else url_for(".registration", registration_id=thing.id)
        return done(here, message=said)
    insist(line, thing)
    return _request_page(thing.id, form) if is_request else _registration_page(thing.id, form)


def _request_page(request_id: UUID, pressed: Form | None = None) -> Response:
    asked = find(JoinRequest, request_id, *queries.IN_FULL, to="joining.view")
    decides = may("joining.approve", asked)
    return page(
        "joining/show.html",
        pressed.status if pressed else 200,
        asked=asked,
        form=pressed,
        approve=(pressed if isinstance(pressed, ApproveForm) else ApproveForm(None, obj=asked)) if decides else None,
        refuse=(pressed if isinstance(pressed, RefuseForm) else RefuseForm(None, obj=asked)) if decides else None,
        again_from=queries.may_ask_from(asked),
        hints=ROLE_HINTS,
    )


# One registration


@bp.get("/registrations/<uuid:registration_id>")
def registration(registration_id: UUID) -> Response:
    """Where it stands, for who registered it; for an officer beside what it looks like."""
    return _registration_page(registration_id)


@bp.post("/registrations/<uuid:registration_id>/establish")
def establish(registration_id: UUID) -> Response:
    sent, form = find(Registration, registration_id, to="registration.view"), EstablishForm()
    return _pressed(sent, form, "registration.establish", actions.establish, "name", "Registered. They were told by e-mail.")


@bp.post("/registrations/<uuid:registration_id>/refuse")
def turn_down(registration_id: UUID) -> Response:
    sent, form = find(Registration, registration_id, to="registration.view"), RefuseForm()
    return _pressed(sent, form, "registration.refuse", actions.turn_down, "reason", "Refused. They were told why by e-mail.")


@bp.post("/registrations/<uuid:registration_id>/match/<uuid:organisation_id>")
def match(registration_id: UUID, organisation_id: UUID) -> Response:
    sent, form = find(Registration, registration_id, to="registration.view"), DecisionForm()
    organisation = find(Organisation, organisation_id, to="organisation.view")
    deed, said = partial(actions.match, organisation_id=organisation.id), f"It is {organisation.name}. They have asked to join it."
    return _pressed(sent, form, "registration.match", deed, "", f"{said} They were told by e-mail.")


def _registration_page(registration_id: UUID, pressed: Form | None = None) -> Response:
    sent = find(Registration, registration_id, *queries.REGISTERED, to="registration.view")
    decides = may("registration.establish", sent)
    return page(
        "joining/registration.html",
        pressed.status if pressed else 200,
        sent=sent,
        form=pressed,
        establish=(pressed if isinstance(pressed, EstablishForm) else EstablishForm(None, obj=sent)) if decides else None,
        refuse=(pressed if isinstance(pressed, RefuseForm) else RefuseForm(None, data={"version": sent.version})) if decides else None,
        alike=queries.looks_like(sent.name, sent.identifier) if decides else [],
        identifiers=identifiers,
    )


def _then(path: str | None) -> str:
    return path if path and is_local(path) else ""
