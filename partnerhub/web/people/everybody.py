"""Everybody who has an account, for the administrator."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from partnerhub.actions import people, sessions
from partnerhub.documents import lists
from partnerhub.forms.people import PeopleFilter, RolesForm
from partnerhub.models.people import User
from partnerhub.queries import people as queries
from partnerhub.web.doors import me
from partnerhub.web.finding import find, require
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.paging import pages_of
from partnerhub.web.people.blueprint import bp
from partnerhub.web.respond import done, page


@bp.get("/people")
@bp.get(f"/people{FILE}")
def index(kind: str = "") -> Response:
    """People by name, fifty to a page."""
    require("person.list")
    search = PeopleFilter(request.args)
    kept = {name: search.value(name) or "" for name in ("q", "role", "state")}
    sought = kept["q"], kept["role"], {"open": False, "closed": True}.get(kept["state"])
    if kind:
        return list_file(kind, lists.PEOPLE, queries.everybody(*sought))
    number = search.value("page") or 1
    found, count = queries.people(*sought, number)
    return page("people/index.html", search=search, found=found, count=count, pages=pages_of(".index", number, count, queries.PAGE, **kept))


@bp.route("/people/<uuid:user_id>", methods=["GET", "POST"])
def person(user_id: UUID) -> Response:
    """One person; the form on it changes their office roles."""
    user = find(User, user_id, to="person.change_roles" if request.method == "POST" else "person.view")
    memberships = queries.memberships_of(user_id)
    form = _roles_form(user, memberships)
    if form.validate_on_submit() and form.accepted(
        lambda: people.change_roles(user, form.roles.data or (), form.chosen, by=me(), expect=form.version.data), over=user
    ):
        return done(url_for(".person", user_id=user_id), message=f"The roles of {user.name} have been changed. They have to sign in again.")
    return page(
        "people/person.html",
        form.status,
        form=form,
        user=user,
        memberships=memberships,
        sessions=queries.sessions_of(user_id),
        only_lead_of=queries.only_lead_of(memberships),
    )


def _roles_form(user: User, memberships: list) -> RolesForm:
    programmes = {str(each.id): each.name for each in queries.programmes_to_view()}
    held = [each for each in memberships if each.organisation_id is None]
    form = RolesForm(
        version=user.version,
        roles=[each.role for each in held if each.programme_id is None],
        programmes=[str(each.programme_id) for each in held if each.programme_id is not None],
    )
    form.programmes.offer(programmes)
    return form


@bp.post("/people/<uuid:user_id>/close")
def deactivate(user_id: UUID) -> Response:
    user = find(User, user_id, to="person.view")
    people.deactivate(user, by=me())
    return done(
        url_for(".person", user_id=user_id), message=f"The account of {user.name} is closed. What they did stays with their organisation."
    )


@bp.post("/people/<uuid:user_id>/open")
def reactivate(user_id: UUID) -> Response:
    user = find(User, user_id, to="person.view")
    people.reactivate(user, by=me())
    return done(url_for(".person", user_id=user_id), message=f"The account of {user.name} is open again.")


@bp.post("/people/<uuid:user_id>/sessions/end")
def end_sessions(user_id: UUID) -> Response:
    user = find(User, user_id, to="person.view")
    sessions.sign_out_everywhere(user, by=me())
    return done(url_for(".person", user_id=user_id), message=f"{user.name} has been signed out everywhere.")
