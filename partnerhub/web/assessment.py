"""Marking: interests stated, applications given to assessors, marks typed beside the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import PurePath
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import assessment as actions
from partnerhub.forms.assessment import AssessorForm, FewerForm, InterestForm, declared_in, marks_in, read_in
from partnerhub.forms.drawing import FileView, saved_at
from partnerhub.forms.fields import Form
from partnerhub.forms.marking import conflicts_of, sheet_rows
from partnerhub.forms.returns import DecisionForm
from partnerhub.forms.sent import sent_drawing
from partnerhub.forms.sharing import shared
from partnerhub.models import Application, Assignment, FundingRound, StoredFile, User
from partnerhub.queries import assessment as queries
from partnerhub.queries.files import files_of, sent_files
from partnerhub.queries.rounds import IN_FULL
from partnerhub.rules import assessment as rules
from partnerhub.rules.words import InterestStage
from partnerhub.web.doors import me
from partnerhub.web.files import handed_out, shown_file
from partnerhub.web.finding import find, insist, require
from partnerhub.web.furniture import may
from partnerhub.web.respond import done, drawn, page, parts, wants_part

bp = Blueprint("assessment", __name__)


@bp.get("/assessment")
def index() -> Response:
    """What one is to mark; for those who see to it, the rounds that are being marked."""
    require("assignment.list")
    stage = queries.first_stage_of(me())
    return page(
        "assessment/index.html",
        assignments=queries.assignments_of(me()),
        stage=stage,
        rounds=queries.rounds_to_mark(me(), stage, clock.now()),
    )


@bp.route("/rounds/<uuid:round_id>/interests", methods=["GET", "POST"])
def interests(round_id: UUID) -> Response:
    """The organisations that apply, by name, to say with which of them one has to do. Nothing tells which application is whose."""
    funding_round, form = find(FundingRound, round_id, *IN_FULL, to="round.view"), Form()
    require("interest.state")
    stage = InterestStage.PANEL if request.args.get("at") == InterestStage.PANEL else InterestStage.ASSIGNMENT
    declared, read = declared_in(request.form), read_in(request.form)
    if form.validate_on_submit() and form.accepted(lambda: actions.state_interests(funding_round, stage, declared, read, by=me())):
        then = url_for(".index") if may("assignment.list") else url_for("rounds.show", round_id=round_id)
        return done(then, message="Your interests are stated. Thank you.")
    is_known = funding_round.has_closed(clock.now()) or may("application.view")
    organisations = queries.organisations_in(round_id) if is_known else []
    asked, stated_at = queries.asked_in(round_id, stage).get(me().id, set()), queries.stated_at(me().id, round_id, stage)
    return page(
        "assessment/interests.html",
        form.status,
        funding_round=funding_round,
        form=form,
        stage=stage,
        organisations=organisations,
        fresh=[each for each in organisations if stated_at and each[0] not in asked],
        before=[each for each in organisations if each[0] in asked],
        held=queries.interests_of(me().id, round_id),
        apart={*me().organisations, *(whose for where, whose in me().interests if where == round_id)},
        ticked=declared,
        stated_at=stated_at,
    )


# Who marks what


@bp.route("/rounds/<uuid:round_id>/assessors", methods=["GET", "POST"])
def sharing(round_id: UUID) -> Response:
    """Who has stated their interests, and who marks what. A press shares out what nobody has yet."""
    require("interest.list")
    funding_round, form = find(FundingRound, round_id, *IN_FULL, to="round.view"), Form()
    if form.validate_on_submit():
        given = actions.share_out(funding_round, by=me())
        said = f"{given} given out. Everybody has about the same to read." if given else "Nothing was left to give out."
        return done(url_for(".sharing", round_id=round_id), message=said)
    return _sharing_page(funding_round)


@bp.post("/applications/<uuid:application_id>/assessors")
def assign(application_id: UUID) -> Response:
    """Give one application to one assessor, by hand."""
    application, form = find(Application, application_id, to="application.view"), AssessorForm()
    insist("application.assign", application)
    form.assessor.offer([(str(each.id), each.name) for each in queries.assessors()])
    if form.decides(application, lambda thing, **rest: actions.assign(thing, UUID(form.assessor.data), **rest), by=me(), beside="assessor"):
        return done(url_for(".sharing", round_id=application.round_id, _anchor=f"application-{application_id}"), message="Given out.")
    return _sharing_page(find(FundingRound, application.round_id, *IN_FULL, to="round.view"), (application, form))


@bp.post("/applications/<uuid:application_id>/assessors/fewer")
def mark_by_fewer(application_id: UUID) -> Response:
    """Say that not so many assessors mark it as the round says, and why."""
    application, form = find(Application, application_id, to="application.view"), FewerForm()
    insist("application.mark_by_fewer", application)
    if form.decides(application, actions.mark_by_fewer, form.number.data, form.reason.data, by=me(), beside="reason"):
        said = f"{application.reference} is marked by {form.number.data}."
        return done(url_for(".sharing", round_id=application.round_id, _anchor=f"application-{application_id}"), message=said)
    return _sharing_page(find(FundingRound, application.round_id, *IN_FULL, to="round.view"), (application, form))


@bp.post("/assignments/<uuid:assignment_id>/remove")
def take_back(assignment_id: UUID) -> Response:
    """Take an application away from an assessor who has not begun."""
    assignment = find(Assignment, assignment_id, to="assignment.remove")
    round_id = assignment.round_id
    actions.take_back(assignment, by=me())
    return done(url_for(".sharing", round_id=round_id), message="Taken back.")


def _sharing_page(funding_round: FundingRound, pressed: tuple[Application, DecisionForm] | None = None) -> Response:
    asked, barred = queries.asked_in(funding_round.id, InterestStage.ASSIGNMENT), queries.barred_from(funding_round.id)
    people, given = queries.assessors(), queries.assignments_in(funding_round.id)
    listed = queries.marked_in(me(), funding_round.id)
    live = Counter(one.user_id for each in listed for one in given.get(each.id, ()) if one.set_aside_at is None)

    def eligible(application: Application) -> list[User]:
        organisation = application.organisation_id
        return [who for who in people if organisation in asked.get(who.id, ()) and (who.id, organisation) not in barred]

    return page(
        "assessment/sharing.html",
        pressed[1].status if pressed else 200,
        funding_round=funding_round,
        people=people,
        asked=asked,
        applying={each for each, _name in queries.organisations_in(funding_round.id)},
        loads=live,
        rows=shared(listed, given, eligible, may, pressed),
        form=pressed[1] if pressed else None,
    )


# One application to mark


@bp.get("/assignments/<uuid:assignment_id>")
def sheet(assignment_id: UUID) -> Response:
    """What was sent, with a mark and a reason beside every answer that is marked."""
    return _sheet_page(_assignment(assignment_id))


@bp.post("/assignments/<uuid:assignment_id>/marks")
def save_marks(assignment_id: UUID) -> Response:
    """Any number of marks and reasons: one with HTMX, all without; then perhaps finished."""
    assignment, form = _assignment(assignment_id), Form()
    typed, seen = marks_in(request.form)
    form.validate_on_submit()
    saved = actions.save_marks(assignment, typed, seen, by=me()) if typed else actions.SavedMarks()
    if wants_part():
        return _saved_part(assignment, typed, saved)
    assignment = _assignment(assignment_id)
    wants_to_finish = request.form.get("then") == "finish"
    is_wrong = any(saved.said[criterion].error(cell) for criterion, cell in typed if criterion in saved.said)
    if saved.conflicts or (is_wrong and not wants_to_finish):  # kept and not counted: the sentence stands beside its box
        return _sheet_page(assignment, 409 if saved.conflicts else 422, conflicts=saved.conflicts)
    if not wants_to_finish:
        return done(url_for(".sheet", assignment_id=assignment_id), message="Saved.")
    if form.accepted(lambda: actions.finish_marking(assignment, by=me())):
        return done(url_for(".index"), message=f"You have finished marking {assignment.application.reference}.")
    return _sheet_page(_assignment(assignment_id), 422, is_checked=True)


@bp.post("/assignments/<uuid:assignment_id>/reopen")
def reopen(assignment_id: UUID) -> Response:
    """Change marks again, while others still mark."""
    actions.reopen_marking(_assignment(assignment_id), by=me())
    return done(url_for(".sheet", assignment_id=assignment_id), message="Your marks are open again.")


@bp.route("/assignments/<uuid:assignment_id>/interest", methods=["GET", "POST"])
def declare(assignment_id: UUID) -> Response:
    """Say that one has an interest after all."""
    assignment = _assignment(assignment_id)
    form = InterestForm() if request.method == "POST" else InterestForm(None, obj=assignment)
    if form.decides(assignment, actions.declare_interest, form.reason.data, by=me(), beside="reason"):
        return done(url_for(".index"), message="Thank you. You will not see this application any more, and an officer was told.")
    return page("assessment/declare.html", form.status, assignment=assignment, form=form)


@bp.get("/assignments/<uuid:assignment_id>/files/<uuid:file_id>")
def file(assignment_id: UUID, file_id: UUID) -> Response:
    """A file that was sent with the application."""
    assignment = _assignment(assignment_id)
    submission_id = assignment.application.submission_id
    stored = next((each for each in files_of(submission_id) if each.id == file_id), None)
    if stored is None or str(file_id) not in sent_files(submission_id):
        abort(404)
    return handed_out(stored, _name_for(assignment, stored))


def _assignment(assignment_id: UUID) -> Assignment:
    assignment = find(Assignment, assignment_id, *queries.TO_READ, to="assignment.view")
    return assignment if assignment.application.is_under_assessment else abort(404)


def _sheet_page(
    assignment: Assignment, status: int = 200, *, is_checked: bool = False, conflicts: dict[tuple[str, str], str] | None = None
) -> Response:
    application = assignment.application
    if application.latest_version is None:
        abort(404)
    scoring = queries.scoring_of(application)
    drawing = sent_drawing(application, application.latest_version, _as_shown(assignment))
    said = queries.sheet_of(assignment, scoring)
    missing = rules.owed(scoring, said)
    return page(
        "assessment/sheet.html",
        status,
        assignment=assignment,
        application=application,
        drawing=drawing,
        scoring=scoring,
        sections=sheet_rows(drawing, scoring, hides_applicant=application.hides_applicant),
        choices={each.key: rules.choices(scoring, each) for each in scoring.criteria},
        said=said,
        scores=assignment.said,
        saved={each.criterion: saved_at(each.at) for each in assignment.scores},
        conflicts=conflicts_of(assignment, conflicts or {}),
        complete=sum(each.is_complete for each in said.values()),
        problems=[(sentence, f"#cell-{criterion}-{cell}") for sentence, criterion, cell in missing] if is_checked else [],
        fills=application.is_being_marked and not assignment.is_finished,
        others=[each for each in queries.sheets_in(application) if assignment.is_finished and each.user_id != assignment.user_id],
        progress=queries.progress_beyond(assignment, me()),
    )


def _as_shown(assignment: Assignment) -> Any:
    def shown(stored: StoredFile) -> FileView:
        view = shown_file(stored, url_for(".file", assignment_id=assignment.id, file_id=stored.id))
        return replace(view, name=_name_for(assignment, stored))

    return shown


def _name_for(assignment: Assignment, stored: StoredFile) -> str:
    """A file's name often tells who sent it."""
    if not assignment.application.hides_applicant:
        return stored.name
    return f"{assignment.application.reference} file {str(stored.id)[:4]}{PurePath(stored.name).suffix[:10]}"


def _saved_part(assignment: Assignment, typed: Collection[tuple[str, str]], saved: actions.SavedMarks) -> Response:
    """The state of the box that was typed in, and out of band how far the sheet is."""
    known = [(criterion, cell) for criterion, cell in typed if criterion in saved.said]
    if not known:
        abort(400)
    criterion, cell = known[0]
    score, sentence = assignment.said.get(criterion), saved.said[criterion].error(cell)
    conflict = conflicts_of(assignment, saved.conflicts).get((criterion, cell))
    state = drawn(
        "questions/_cell_state.html",
        key=criterion,
        cell=cell,
        word=saved_at(clock.now()),
        sentence=sentence,
        revision=score.revision(cell) if score else 0,
        conflict=conflict,
    )
    complete = sum(each.is_complete for each in saved.said.values())
    far = drawn("assessment/_progress.html", complete=complete, total=len(saved.said), oob=True)
    return parts([state, far], 409 if conflict else 422 if sentence else 200)
