"""The line of a round, and decisions: drawn, written, recommended, signed off, approved, published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, request, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import decisions as actions
from partnerhub.documents import lists
from partnerhub.documents.decision_paper import DecisionPaper, decision_docx, decision_paper, decision_pdf
from partnerhub.forms.decisions import (
    DECISIONS,
    ApproveForm,
    DeferForm,
    DrawForm,
    OutcomeForm,
    RecordForm,
    SendBackForm,
    TakeForm,
    TryForm,
    filled_for,
)
from partnerhub.forms.line import try_line
from partnerhub.forms.returns import DecisionForm
from partnerhub.models import Decision, FundingRound, Proposal
from partnerhub.queries import decisions as queries
from partnerhub.queries.bids import bids_of
from partnerhub.queries.moderation import WITH_FUND, marks_of
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.rows import PAGE
from partnerhub.rules.decision_record import drafted
from partnerhub.rules.decisions import line_in_words, publish_when
from partnerhub.web.doors import me
from partnerhub.web.finding import find, insist, require
from partnerhub.web.furniture import may
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.moderation import must_state_first, to_interests
from partnerhub.web.paging import page_number, pages_of
from partnerhub.web.respond import done, download, page

bp = Blueprint("decisions", __name__)


# The line


@bp.get("/rounds/<uuid:round_id>/line")
def line(round_id: UUID) -> Response:
    """Who would be funded by the line in the address, what it costs and whom it reaches: before anything is fixed."""
    return _line_page(round_id)


@bp.post("/rounds/<uuid:round_id>/line")
def draw(round_id: UUID) -> Response:
    """Fix the line, with a reason: a decision begins."""
    funding_round, form = _round(round_id), TakeForm()
    if must_state_first(round_id):
        return to_interests(round_id)
    form.offer(queries.to_decide(round_id))
    insist("round.decide", funding_round)
    if form.decides(
        funding_round, lambda it, **how: actions.start_decision(it, form.line.tenths, form.reason.data, form.taken(), **how), by=me()
    ):
        return done(url_for(".show", decision_id=form.result.id), message="The line is fixed. Go through what follows from it.")
    return _line_page(round_id, form)


def _round(round_id: UUID) -> FundingRound:
    require("moderation.list")
    return find(FundingRound, round_id, *WITH_FUND, to="round.view")


def _line_page(round_id: UUID, pressed: TakeForm | None = None) -> Response:
    funding_round, looked = _round(round_id), TryForm(request.args)
    insist("round.view_line", funding_round)
    if must_state_first(round_id):
        return to_interests(round_id)
    scheme = definition(funding_round.questionnaire_version_id).scoring
    named = [pressed.line.tenths if pressed else None, looked.tenths, int((scheme.line if scheme and scheme.line is not None else 50) * 10)]
    tenths = next(each for each in named if each is not None)
    open_, promised = queries.to_decide(round_id), queries.promised_in(round_id)
    marks, bids = marks_of(me(), round_id), bids_of(funding_round)
    tried = try_line(tenths, marks, scheme, funding_round, bids, open_, promised) if scheme else None
    looked.line.data = looked.line.data or line_in_words(tenths).removesuffix("%")
    shown = {"line": line_in_words(tenths).removesuffix("%"), "version": funding_round.version}
    drawing = pressed or TakeForm(None, data=shown)
    drawing.offer(open_)
    return page(
        "decisions/line.html",
        pressed.status if pressed else looked.status,
        funding_round=funding_round,
        looked=looked,
        tried=tried,
        marking=[each.reference for each in marks.applications if each.is_being_marked],
        decisions=queries.of_round(me(), round_id),
        form=pressed or looked,
        drawing=drawing,
    )


# Decisions


@bp.get("/decisions")
@bp.get(f"/decisions{FILE}")
def index(kind: str = "") -> Response:
    """What was decided, for everybody; for the office also what is being decided, and by when it is to be published."""
    if kind:
        return list_file(kind, lists.DECISIONS, queries.decisions_for(me()))
    listed = queries.a_page_of_decisions(me(), page_number())
    pages = pages_of(".index", listed.number, listed.total, PAGE)
    return page("decisions/index.html", found=listed.found, pages=pages, when={each.id: _when(each) for each in listed.found})


@bp.get("/decisions/<uuid:decision_id>")
def show(decision_id: UUID) -> Response:
    """Both parts for the office; for everybody else Part 1, once it is published."""
    found = _readable(decision_id)
    return _office_page(found) if may("decision.view", found) else page("decisions/public.html", decision=found, paper=_paper(found))


@bp.get("/decisions/<uuid:decision_id>.<any(pdf, docx):kind>")
def file(decision_id: UUID, kind: str) -> Response:
    """Part 1 on paper, and for Word."""
    found = _readable(decision_id)
    content = FILES[kind](_paper(found), current_app.config["HUB"].office_name)
    return download(content, f"decision-{found.reference or 'draft'}.{kind}")


FILES: Mapping[str, Callable[[DecisionPaper, str], bytes]] = {"pdf": decision_pdf, "docx": decision_docx}


@bp.route("/decisions/<uuid:decision_id>/bids/<uuid:application_id>", methods=["GET", "POST"])
def outcome(decision_id: UUID, application_id: UUID) -> Response:
    """What the decision does with one application."""
    decision = _find(decision_id)
    insist("decision.propose", decision)
    proposal = _proposal(decision, application_id)
    form = OutcomeForm() if request.method == "POST" else OutcomeForm.of(proposal)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.propose(decision, application_id, form.wanted(), by=me(), expect=form.version.data), "outcome", over=decision
    ):
        return done(url_for(".show", decision_id=decision_id, _anchor="outcomes"), message="Changed.")
    return page("decisions/outcome.html", form.status, decision=decision, proposal=proposal, form=form)


@bp.post("/decisions/<uuid:decision_id>/bids/<uuid:application_id>/up")
def move_up(decision_id: UUID, application_id: UUID) -> Response:
    """One place up on the reserve list."""
    return _decided(
        decision_id,
        DecisionForm(),
        "move_up",
        lambda it, **how: actions.move_up(it, application_id, **how),
        "The order of the reserve list was changed.",
        anchor="outcomes",
    )


@bp.route("/decisions/<uuid:decision_id>/record", methods=["GET", "POST"])
def record(decision_id: UUID) -> Response:
    """The words of the record; what nobody wrote is drafted from the figures."""
    decision = _find(decision_id)
    insist("decision.write", decision)
    form = RecordForm() if request.method == "POST" else RecordForm.of(decision)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.write_record(
            decision, form.record(), form.confidential.data, form.press_plan.data, by=me(), expect=form.version.data
        ),
        over=decision,
    ):
        return done(url_for(".show", decision_id=decision_id, _anchor="record"), message="The record is saved.")
    hints = drafted(queries.facts_of(decision))
    return page("decisions/record.html", form.status, decision=decision, form=form, drafted=hints)


# What is decided about it. A form that is refused comes back as the page it stands on, with what was typed in it.


@bp.post("/decisions/<uuid:decision_id>/line")
def set_line(decision_id: UUID) -> Response:
    form = DrawForm()
    return _decided(
        decision_id,
        form,
        "set_line",
        lambda it, **how: actions.set_line(it, form.line.tenths, form.reason.data, **how),  # read as the form is checked
        "The line was moved.",
    )


@bp.post("/decisions/<uuid:decision_id>/recommend")
def recommend(decision_id: UUID) -> Response:
    return _decided(decision_id, DecisionForm(), "recommend", actions.recommend, "Recommended. A chief officer signs it off next.")


@bp.post("/decisions/<uuid:decision_id>/sign-off")
def sign_off(decision_id: UUID) -> Response:
    return _decided(decision_id, DecisionForm(), "sign_off", actions.sign_off, "Signed off. A director can approve it.")


@bp.post("/decisions/<uuid:decision_id>/send-back")
def send_back(decision_id: UUID) -> Response:
    form = SendBackForm()
    return _decided(decision_id, form, "send_back", actions.send_back, "Sent back.", form.reason.data)


@bp.post("/decisions/<uuid:decision_id>/approve")
def approve(decision_id: UUID) -> Response:
    form = ApproveForm()
    return _decided(decision_id, form, "approve", actions.approve, "Approved. The letters come next.", form.interests.data)


@bp.post("/decisions/<uuid:decision_id>/defer")
def defer(decision_id: UUID) -> Response:
    form = DeferForm()
    return _decided(decision_id, form, "defer", actions.defer_publication, "The publication is put off.", form.until.data, form.reason.data)


@bp.post("/decisions/<uuid:decision_id>/publish")
def publish(decision_id: UUID) -> Response:
    return _decided(decision_id, DecisionForm(), "publish", actions.publish, "Published: everybody can read Part 1 now.")


def _decided(
    decision_id: UUID, form: DecisionForm, name: str, deed: Callable[..., Any], said: str, *typed: Any, anchor: str | None = None
) -> Response:
    decision = _find(decision_id)
    if form.decides(decision, deed, *typed, by=me(), beside="reason" if "reason" in form else "interests" if "interests" in form else ""):
        return done(url_for(".show", decision_id=decision_id, _anchor=anchor), message=said)
    insist(f"decision.{name}", decision)
    return _office_page(decision, form, name)


def _find(decision_id: UUID, to: str = "decision.view") -> Decision:
    """The decision; what is not public yet leads whoever must state their interests first to stating them."""
    decision = find(Decision, decision_id, *queries.IN_FULL, to=to)
    if decision.published_at is None and must_state_first(decision.round_id):
        abort(to_interests(decision.round_id))
    return decision


def _readable(decision_id: UUID) -> Decision:
    """A decision that this person may read, at least its public part."""
    return _find(decision_id, to="decision.view_public")


def _proposal(decision: Decision, application_id: UUID) -> Proposal:
    found = next((each for each in decision.proposals if each.application_id == application_id), None)
    return found or abort(404)


def _when(decision: Decision) -> str:
    """By when an approved decision is to be published."""
    if decision.publish_by is None or decision.published_at is not None:
        return ""
    return publish_when(decision.publish_by, decision.deferred_until, clock.today())


def _paper(decision: Decision) -> DecisionPaper:
    return decision_paper(decision, queries.record_of(decision), queries.awards_of(decision.id))


def _office_page(decision: Decision, pressed: DecisionForm | None = None, name: str = "") -> Response:
    forms = {
        each: pressed if pressed and each == name else filled_for(kind, decision)
        for each, kind in DECISIONS.items()
        if may(f"decision.{each}", decision)
    }
    return page(
        "decisions/show.html",
        pressed.status if pressed else 200,
        decision=decision,
        facts=queries.facts_of(decision),
        record=queries.record_of(decision),
        when=_when(decision),
        untold=queries.untold(decision) if may("decision.publish", decision) else [],
        form=pressed,
        forms_of=forms,
    )
