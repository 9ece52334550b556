"""The office's part of an application or a return: what its form asks of the office, beside what was sent."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions.office_parts import save_office_part
from partnerhub.actions.submissions import Saved
from partnerhub.forms.answers import read_cells
from partnerhub.models.applications import Application
from partnerhub.models.returns import MonitoringReturn
from partnerhub.queries import returns
from partnerhub.queries.gates import gates_of
from partnerhub.queries.office_parts import ANSWERED_BY, OfApplication, OfficePart, OfReturn, asked_of_the_office, office_part
from partnerhub.queries.questionnaires import definition
from partnerhub.web.answering import address, drawing_of, plain_page, saved_parts, status_of, table_part
from partnerhub.web.doors import me
from partnerhub.web.filling import section_of
from partnerhub.web.finding import find, insist
from partnerhub.web.furniture import may
from partnerhub.web.respond import done, page, wants_part

bp = Blueprint("office_parts", __name__)


@bp.app_template_global()
def office_part_of(thing: Application | MonitoringReturn) -> str:
    """The address of its office's part, for those who may read it; nothing where its form asks nothing of the office."""
    part = (OfReturn if isinstance(thing, MonitoringReturn) else OfApplication)(thing, None)
    reads = may(f"{part.word}.read_office", thing) and asked_of_the_office(definition(thing.questionnaire_version_id))
    return address(part, "section") if reads else ""


@bp.get("/applications/<uuid:application_id>/office")
def application_section(application_id: UUID) -> Response:
    return _section_page(_of_application(application_id))


@bp.post("/applications/<uuid:application_id>/office/answers")
def application_save_answers(application_id: UUID) -> Response:
    return _save(_of_application(application_id))


@bp.get("/returns/<uuid:return_id>/office")
def return_section(return_id: UUID) -> Response:
    return _section_page(_of_return(return_id))


@bp.post("/returns/<uuid:return_id>/office/answers")
def return_save_answers(return_id: UUID) -> Response:
    return _save(_of_return(return_id))


def _of_application(identity: UUID) -> OfficePart:
    return _part(find(Application, identity, to="application.read_office"), "application.read_office")


def _of_return(identity: UUID) -> OfficePart:
    return _part(find(MonitoringReturn, identity, *returns.IN_FULL, to="return.read_office"), "return.read_office")


def _part(thing: Application | MonitoringReturn, deed: str) -> OfficePart:
    """404 where its form asks nothing of the office; before it was sent, the refusal in words."""
    insist(deed, thing)
    if not asked_of_the_office(definition(thing.questionnaire_version_id)):
        abort(404)
    return office_part(thing)


def _save(part: OfficePart) -> Response:
    """Any number of cells, each with the revision it was typed over: one with HTMX, a section without."""
    questionnaire, key = definition(part.questionnaire_version_id), request.args.get("section", "")
    form = read_cells(request.form, questionnaire)
    saved = save_office_part(part, form.cells, add_row=form.add_row, by=me())
    part = office_part(part.of)
    if wants_part():
        return table_part(part, form) if form.row_pressed else saved_parts(part, form, saved, key)
    if status_of(saved) != 200:
        return _section_page(part, saved)
    anchor = f"question-{form.row_pressed}" if form.row_pressed else None
    return done(address(part, "section", section=key or None, _anchor=anchor), message="Saved.")


def _section_page(part: OfficePart, saved: Saved | None = None) -> Response:
    """One section with what it asks of the office; the first where the address names none."""
    fills = any(may(f"{part.word}.{deed}", part.of) for deed in ANSWERED_BY.values())
    drawing, key = drawing_of(part, readonly=not fills, saved=saved), request.args.get("section", "")
    here = section_of(drawing.questionnaire, key) if key else next(iter(drawing.sections), None) or abort(404)
    checks = isinstance(part, OfApplication) and may("application.view_gates", part.of)
    gates = gates_of(part.of, clock.now()) if checks else None
    context = plain_page(part, drawing, here, saved)
    return page("office_parts/section.html", status_of(saved), fills=fills, of=part.of, gates=gates, **context)
