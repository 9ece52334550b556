"""Returns: the task list, a section, one answer saved, check and send; and the office's reading of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import returns as actions
from partnerhub.actions.submissions import Saved
from partnerhub.documents import lists
from partnerhub.forms.returns import OFFICE_FORMS, DecisionForm, ExtendForm, QueryForm, ReopenForm, SendForm, WaiveForm, query_form
from partnerhub.forms.sent import with_words_of
from partnerhub.models.returns import MonitoringReturn
from partnerhub.queries import returns as queries
from partnerhub.queries.answering import fingerprint_of
from partnerhub.queries.people import leads_of
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import versions_of
from partnerhub.rules import readable
from partnerhub.web.answering import (
    drawing_of,
    frozen_drawing,
    problems_of,
    status_of,
)
from partnerhub.web.doors import me
from partnerhub.web.filling import Filling
from partnerhub.web.finding import find, insist, require
from partnerhub.web.furniture import may
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.paging import page_number, pages_of
from partnerhub.web.respond import done, page

bp = Blueprint("returns", __name__)
FILLING = Filling(MonitoringReturn, "return", "returns", queries.IN_FULL, actions.save_answers, actions.attach_file, actions.detach_file)


@bp.get("/returns")
@bp.get(f"/returns{FILE}")
def index(kind: str = "") -> Response:
    """Who is in and who is not, for one period."""
    require("return.list")
    owed, programmes = queries.owed_periods(), queries.programme_choices()
    labels = [each.label for each in owed]
    period = _known("period", labels) or queries.last_ended(owed, clock.today())
    programme = _known("programme", [slug for slug, _name in programmes])
    if kind:
        return list_file(kind, lists.RETURNS, queries.every_return_of(me(), period, programme))
    number = page_number()
    collected = queries.collected(me(), period, programme, clock.today())
    returns = queries.returns_of(me(), period, programme, number)
    return page(
        "returns/index.html",
        returns=returns,
        reminded=queries.reminded([each.id for each in returns]),
        collected=collected,
        pages=pages_of(".index", number, collected.all, queries.PAGE, period=period, programme=programme),
        labels=labels,
        programmes=programmes,
        chosen={"period": period, "programme": programme},
    )


def _known(name: str, offered: Collection[str]) -> str:
    """What the address or the form asks for, if it is among what is offered; whatever else stands there never reaches the database."""
    text = request.values.get(name, "")
    return text if text in offered else ""


@bp.get("/returns/<uuid:return_id>")
def show(return_id: UUID) -> Response:
    """The task list of one return; for the office, how far it is and what was sent."""
    return _return_page(return_id)


@bp.get("/returns/<uuid:return_id>/sections/<section_key>")
def section(return_id: UUID, section_key: str) -> Response:
    return FILLING.section(return_id, section_key)


@bp.post("/returns/<uuid:return_id>/answers")
def save_answers(return_id: UUID) -> Response:
    return FILLING.save_answers(return_id, lambda saved: _return_page(return_id, saved=saved))


@bp.post("/returns/<uuid:return_id>/files")
def attach(return_id: UUID) -> Response:
    return FILLING.files(return_id)


@bp.get("/returns/<uuid:return_id>/files/<uuid:file_id>")
def file(return_id: UUID, file_id: UUID) -> Response:
    return FILLING.file(return_id, file_id)


@bp.get("/returns/<uuid:return_id>/check")
def check(return_id: UUID) -> Response:
    """Everything on one page, what failed on top, then the declaration and one button."""
    return _check_page(return_id, SendForm())


@bp.post("/returns/<uuid:return_id>/submit")
def submit(return_id: UUID) -> Response:
    monitoring_return, form = find(MonitoringReturn, return_id, to="return.view"), SendForm()
    if form.validate_on_submit() and form.accepted(lambda: actions.submit_return(monitoring_return, form.seen.data or "", by=me())):
        return done(url_for(".receipt", return_id=return_id))
    return _check_page(return_id, form)


@bp.get("/returns/<uuid:return_id>/receipt")
def receipt(return_id: UUID) -> Response:
    """What was sent last, by whom and when, and what happens next."""
    monitoring_return = find(MonitoringReturn, return_id, *queries.IN_FULL, to="return.read")
    if monitoring_return.latest_version is None:
        abort(404)
    return page("returns/receipt.html", monitoring_return=monitoring_return, next_owed=queries.next_owed(monitoring_return))


@bp.get("/returns/<uuid:return_id>/versions/<int:number>")
def version(return_id: UUID, number: int) -> Response:
    """A version as it was sent, read only; for the office with boxes for questions when it lies with them."""
    return _version_page(return_id, number)


@bp.get("/returns/<uuid:return_id>/versions/<int:number>.pdf")
def version_pdf(return_id: UUID, number: int) -> Response:
    return FILLING.version_pdf(return_id, number)


# What the office decides. A form that is refused comes back as the page it stands on, with what was typed in it.


@bp.post("/returns/<uuid:return_id>/query")
def query(return_id: UUID) -> Response:
    monitoring_return = find(MonitoringReturn, return_id, to="return.view")
    form = query_form(definition(monitoring_return.questionnaire_version_id))
    if form.decides(monitoring_return, actions.query_return, form.asked(), by=me(), beside="ask"):
        return done(url_for(".show", return_id=return_id), message="Sent back with your questions. They have been told by e-mail.")
    return _drawn_again("return.query", return_id, form)


@bp.post("/returns/<uuid:return_id>/approve")
def approve(return_id: UUID) -> Response:
    monitoring_return, form = find(MonitoringReturn, return_id, to="return.view"), DecisionForm()
    if form.decides(monitoring_return, actions.approve_return, by=me()):
        return done(url_for(".show", return_id=return_id), message="Approved. Its figures now count in every summary.")
    return _drawn_again("return.approve", return_id, form)


@bp.post("/returns/<uuid:return_id>/remind")
def remind(return_id: UUID) -> Response:
    monitoring_return, form = find(MonitoringReturn, return_id, to="return.view"), DecisionForm()
    if form.decides(monitoring_return, actions.remind_team, by=me()):
        return done(url_for(".show", return_id=return_id), message="A reminder is on its way to everybody in their team.")
    return _drawn_again("return.remind", return_id, form)


@bp.post("/returns/remind")
def remind_all() -> Response:
    """Of every return of a period that is missing and of which nobody was reminded today."""
    require("return.remind")
    period = _known("period", [each.label for each in queries.owed_periods()])
    programme = _known("programme", [slug for slug, _name in queries.programme_choices()])
    gone = actions.remind_teams(queries.to_remind(me(), period, programme, clock.today()), by=me())
    return done(url_for(".index", period=period, programme=programme or None), **_told(gone))


def _told(gone: int) -> dict[str, str]:
    """What became of the press."""
    if not gone:
        return {"important": "No reminder was sent: whoever is late was reminded today already, or there is nobody to write to."}
    return {"message": f"{readable.plural(gone, 'reminder')} sent. Who was reminded today already is left in peace."}


@bp.post("/returns/<uuid:return_id>/extend")
def extend(return_id: UUID) -> Response:
    monitoring_return, form = find(MonitoringReturn, return_id, to="return.view"), ExtendForm()
    if form.decides(monitoring_return, actions.extend_return, form.until.data, form.reason.data, by=me(), beside="until"):
        return done(url_for(".show", return_id=return_id), message="The due date has moved. They have been told by e-mail.")
    return _drawn_again("return.extend", return_id, form)


@bp.post("/returns/<uuid:return_id>/waive")
def waive(return_id: UUID) -> Response:
    monitoring_return, form = find(MonitoringReturn, return_id, to="return.view"), WaiveForm()
    if form.decides(monitoring_return, actions.waive_return, form.reason.data, by=me(), beside="reason"):
        return done(url_for(".show", return_id=return_id), message="Waived. It is no longer expected.")
    return _drawn_again("return.waive", return_id, form)


@bp.post("/returns/<uuid:return_id>/reopen")
def reopen(return_id: UUID) -> Response:
    monitoring_return, form = find(MonitoringReturn, return_id, to="return.view"), ReopenForm()
    if form.decides(monitoring_return, actions.reopen_return, form.reason.data, form.until.data, by=me(), beside="until"):
        return done(url_for(".show", return_id=return_id), message="Reopened. The approved figures count until a new version is approved.")
    return _drawn_again("return.reopen", return_id, form)


@bp.post("/returns/<uuid:return_id>/close")
def close(return_id: UUID) -> Response:
    monitoring_return, form = find(MonitoringReturn, return_id, to="return.view"), DecisionForm()
    if form.decides(monitoring_return, actions.close_return, by=me()):
        return done(url_for(".show", return_id=return_id), message="Closed again. It stands as it did before it was reopened.")
    return _drawn_again("return.close", return_id, form)


def _drawn_again(deed: str, return_id: UUID, form: DecisionForm) -> Response:
    """The page that a refused form stands on; where it may stand no more, the refusal in words, with what was typed to be copied."""
    monitoring_return = find(MonitoringReturn, return_id, *queries.IN_FULL, to="return.view")
    insist(deed, monitoring_return)
    if deed in ("return.query", "return.approve") and monitoring_return.latest_version:
        return _version_page(return_id, monitoring_return.latest_version.number, form)
    return _return_page(return_id, form)


@bp.post("/returns/<uuid:return_id>/help")
def ask_help(return_id: UUID) -> Response:
    monitoring_return = find(MonitoringReturn, return_id, to="return.view")
    wanted = request.form.get("wanted") == "yes"
    actions.ask_help(monitoring_return, wanted, by=me())
    return done(
        url_for(".show", return_id=return_id),
        message="The office can read your draft now." if wanted else "The office can no longer read your draft.",
    )


def _return_page(return_id: UUID, pressed: DecisionForm | None = None, saved: Saved | None = None) -> Response:
    """The return's own page; after a form on it was refused, with what was typed."""
    monitoring_return = find(MonitoringReturn, return_id, *queries.IN_FULL, to="return.view")
    drawing = drawing_of(monitoring_return, saved=saved)
    if not (may("return.answer", monitoring_return) or may("return.read_draft", monitoring_return)):
        drawing = with_words_of(drawing, monitoring_return.latest_version)
    return page(
        "returns/show.html",
        pressed.status if pressed else status_of(saved),
        monitoring_return=monitoring_return,
        drawing=drawing,
        versions=versions_of(monitoring_return.submission_id),
        queries=drawing.queries,
        form=pressed,
        problems=problems_of(drawing, saved),
        **_office_forms(monitoring_return, pressed),
        **(_about_the_team(monitoring_return) if may("return.list") else {}),
    )


def _about_the_team(monitoring_return: MonitoringReturn) -> dict[str, Any]:
    """For the office: whom to ask, and whether they were reminded."""
    asked = [monitoring_return.id] if monitoring_return.days_late(clock.today()) else []
    return {"leads": leads_of(monitoring_return.organisation_id), "reminded": queries.reminded(asked).get(monitoring_return.id)}


def _office_forms(monitoring_return: MonitoringReturn, pressed: DecisionForm | None) -> dict[str, DecisionForm]:
    """Those that this person may send: the one that was pressed with what was typed into it, the others blank."""
    return {
        name: pressed if isinstance(pressed, kind) else kind(None, obj=monitoring_return)  # None: another form's words are not theirs
        for name, kind in OFFICE_FORMS.items()
        if may(f"return.{name}", monitoring_return)
    }


def _check_page(return_id: UUID, form: SendForm) -> Response:
    monitoring_return = find(MonitoringReturn, return_id, *queries.IN_FULL, to="return.read_draft")
    drawing = drawing_of(monitoring_return, readonly=True)
    seen = fingerprint_of(monitoring_return, drawing.cells)
    leads = [] if may("return.submit", monitoring_return) else leads_of(monitoring_return.organisation_id)
    return page("returns/check.html", form.status, monitoring_return=monitoring_return, drawing=drawing, form=form, seen=seen, leads=leads)


def _version_page(return_id: UUID, number: int, pressed: DecisionForm | None = None) -> Response:
    monitoring_return, version = FILLING.sent_version(return_id, number)
    drawing = frozen_drawing(monitoring_return, version)
    query = pressed if isinstance(pressed, QueryForm) else None
    if query is None and version.id == monitoring_return.latest_version_id and may("return.query", monitoring_return):
        query = query_form(drawing.questionnaire, None, obj=monitoring_return)
    drawing.may_be_asked = query is not None
    approves = version.id == monitoring_return.latest_version_id and may("return.approve", monitoring_return)
    return page(
        "returns/version.html",
        pressed.status if pressed else 200,
        monitoring_return=monitoring_return,
        version=version,
        drawing=drawing,
        form=pressed,
        query=query,
        approval=queries.approval_of(monitoring_return) if approves else None,
    )
