"""What every template may use: the office's settings, what the person may do, hashed addresses of static files."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, request
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.assets import Shelf
from partnerhub.models.conditions import may as may_do
from partnerhub.models.conditions import shown_status as status_for
from partnerhub.rules import words
from partnerhub.rules.policy import Answer
from partnerhub.web.doors import me

YEAR = 365 * 24 * 3600
SHELF = Shelf()


def init_app(app: Flask) -> None:
    shared: dict[str, Any] = app.jinja_env.globals
    shared.update(asset=asset, may=may, navigation=navigation, shown_status=shown_status, words=words, now=clock.now, today=clock.today)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    shared["office"] = app.config["HUB"].office
    app.view_functions["static"] = _static


def may(action: str, thing: Any = None) -> bool:
    """For templates: show the button or not."""
    return may_do(me(), action, thing) is Answer.YES


def shown_status(thing: Any) -> str:
    """For templates: the status as far as the person may know it."""
    return status_for(me(), thing)


# What stands in the navigation, for those who may: label, address, subjects or pages it stands for, policy line.
PLACES = (
    ("Home", "/", {"public.home"}, None),
    ("Returns", "/returns", {"returns"}, "return.list"),
    ("Applications", "/applications", {"applications"}, "application.list"),
    ("Grants", "/rounds", {"funds", "rounds", "workshops", "priorities"}, None),
    ("Marking", "/assessment", {"assessment", "moderation", "letters"}, "assignment.list"),
    ("Awards", "/awards", {"awards", "payments", "variations", "agreement_templates"}, "award.list"),
    ("Decisions", "/decisions", {"decisions"}, "decision.list"),
    ("Programmes", "/programmes", {"programmes", "agreements", "periods", "summaries"}, "programme.list"),
    ("Organisations", "/organisations", {"organisations", "joining"}, "organisation.list"),
    ("Forms", "/questionnaires", {"questionnaires"}, "questionnaire.list"),
    ("People", "/people", {"people.index", "people.person", "people.letters", "people.invite_to_office"}, "person.list"),
    ("History", "/history", {"history"}, "history.view"),
)
OF_PARTNERS = {"/applications", "/awards"}  # what partners see of their own there needs no policy line


def navigation() -> list[tuple[str, str, bool]]:
    """(label, address, is it here) of each place this person may go."""
    here = {request.blueprint, request.endpoint}
    is_partner = bool(me().organisations)
    return [
        (label, address, not here.isdisjoint(subjects))
        for label, address, subjects, action in PLACES
        if action is None or may(action) or (is_partner and address in OF_PARTNERS)
    ]


def asset(name: str) -> str:
    """The address of a static file, with its content's digest, so that it may be kept for a year."""
    return f"/static/{name}?v={SHELF.find(name).digest}"


def _static(filename: str) -> Response:
    """A static file, compressed where the browser takes it."""
    try:
        found = SHELF.find(filename)
    except KeyError:
        abort(404)
    zipped = "gzip" in request.accept_encodings and len(found.packed) < len(found.body)
    response = Response(found.packed if zipped else found.body, mimetype=found.mimetype)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    lasting = request.args.get("v") == found.digest
    response.cache_control.public = True
    response.cache_control.max_age = YEAR if lasting else 300
    response.cache_control.immutable = lasting
    response.set_etag(f"{found.digest}-gzip" if zipped else found.digest)
    return response.make_conditional(request)
