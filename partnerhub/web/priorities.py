"""Priorities: the dated lists that applications may name, added to and ended by the office."""

from __future__ import annotations

from itertools import groupby
from uuid import UUID

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from partnerhub.actions import priorities as actions
from partnerhub.documents import lists
from partnerhub.forms.priorities import EndPriorityForm, NewPriorityForm
from partnerhub.models import Priority
from partnerhub.queries import priorities as queries
from partnerhub.queries.organisations import district_choices
from partnerhub.rules import readable
from partnerhub.web.doors import me
from partnerhub.web.finding import find, require
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.respond import done, page

bp = Blueprint("priorities", __name__)


@bp.get("/priorities")
@bp.get(f"/priorities{FILE}")
def index(kind: str = "") -> Response:
    """Every list with its lines and their dates."""
    require("priority.list")
    found = queries.every_priority()
    if kind:
        return list_file(kind, lists.PRIORITIES, found)
    schemes = [(scheme, list(lines)) for scheme, lines in groupby(found, key=lambda each: each.scheme)]
    return page("priorities/index.html", schemes=schemes)


@bp.route("/priorities/new", methods=["GET", "POST"])
def create() -> Response:
    """One line more; the list may be new."""
    require("priority.add")
    form = NewPriorityForm(data={"scheme": request.args.get("scheme", "")[:40]})
    form.district_code.offer(district_choices())
    if form.validate_on_submit() and form.accepted(lambda: actions.add_priority(None, form.details(), by=me()), "label"):
        return done(url_for(".index"), message=f"{form.result.label} was added.")
    return page("priorities/create.html", form.status, form=form)


@bp.route("/priorities/<uuid:priority_id>/end", methods=["GET", "POST"])
def end(priority_id: UUID) -> Response:
    priority = find(Priority, priority_id, to="priority.end")
    form = EndPriorityForm(obj=priority)
    if form.validate_on_submit() and form.accepted(lambda: actions.end_priority(priority, form.ends.data, by=me()), "ends"):
        return done(url_for(".index"), message=f"{priority.label} ends on {readable.day(priority.ends)}.")
    return page("priorities/end.html", form.status, form=form, priority=priority)
