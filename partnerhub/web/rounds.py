"""Rounds: which are open, what each one asks and promises, for everybody; changed, published and finished by the office."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, request, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import rounds as actions
from partnerhub.documents import lists
from partnerhub.documents.round_docx import round_docx
from partnerhub.documents.round_ics import round_ics
from partnerhub.documents.round_json import round_json
from partnerhub.documents.round_page import RoundPage, round_page
from partnerhub.documents.round_pdf import round_pdf
from partnerhub.documents.round_report import report_pdf, report_xlsx
from partnerhub.forms.eligibility import PREFIX, SEEN, check_form, texts_in
from partnerhub.forms.rounds import ChangeRoundForm, RoundVersionForm
from partnerhub.models import FundingRound
from partnerhub.queries import rounds as queries
from partnerhub.queries.bids import report_of
from partnerhub.queries.letters import count_owed, owed_in
from partnerhub.queries.questionnaires import definition, public_choices
from partnerhub.queries.workshops import workshops_of
from partnerhub.rules.eligibility import OWN_SECTIONS, asked, check
from partnerhub.rules.question_types import Choices
from partnerhub.rules.questionnaire import Questionnaire
from partnerhub.rules.round_report import SEVERAL, RoundReport
from partnerhub.rules.rounds import warnings
from partnerhub.web.doors import me
from partnerhub.web.finding import find, insist
from partnerhub.web.furniture import may
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.respond import CONTENT_TYPES, done, download, page

bp = Blueprint("rounds", __name__)


@bp.get("/rounds")
@bp.get(f"/rounds{FILE}")
def index(kind: str = "") -> Response:
    """The rounds that are open, that come, and that are over."""
    found = queries.rounds_for(me())
    if kind:
        return list_file(kind, lists.ROUNDS, found)
    return page("rounds/index.html", found=queries.sorted_by_time(found, clock.now()))


@bp.get("/rounds/<uuid:round_id>")
def show(round_id: UUID) -> Response:
    """Everything about a round, before anybody signs in: dates, money, who can apply, how it is decided, every question."""
    funding_round = _find(round_id)
    return page(
        "rounds/show.html",
        funding_round=funding_round,
        said=_said(funding_round, clock.now()),
        has_check=bool(asked(_form(funding_round), funding_round.terms)),
        offered=workshops_of(funding_round, me(), clock.now()),
        unkind=_unkind(funding_round),
        stands=queries.in_words([funding_round])[round_id] if may("fund.view") else "",
    )


@bp.get("/rounds/<uuid:round_id>.<any(pdf, docx, json, ics):kind>")
def file(round_id: UUID, kind: str) -> Response:
    """The same on paper, for Word, for other programs, and its dates for a calendar."""
    funding_round = _find(round_id)
    if kind == "json":
        return Response(_json(funding_round), content_type=CONTENT_TYPES[kind])
    return download(FILES[kind](funding_round), f"{funding_round.reference}.{kind}")


@bp.get("/rounds/<uuid:round_id>/eligibility")
def eligibility(round_id: UUID) -> Response:
    """Can I apply? A minute, no account; the answers stand in the address and are kept nowhere."""
    funding_round = _find(round_id)
    form, reference = _form(funding_round), _reference(funding_round)
    texts = texts_in(request.args, asked(form, funding_round.terms))
    verdict = check(form, funding_round.terms, funding_round.decided_by, texts, clock.today(), reference)
    fields = check_form(verdict, request.args, reference)
    pressed = SEEN in request.args or not verdict.shown
    others = [each for each in queries.sorted_by_time(queries.rounds_for(me()), clock.now()).open if each.id != round_id]
    return page(
        "rounds/eligibility.html",
        422 if fields.errors and not verdict.stopped else 200,
        form=fields,
        funding_round=funding_round,
        verdict=verdict,
        pressed=pressed,
        others=others if verdict.stopped else [],
        titles={each.key: each.title for each in (*form.sections, *OWN_SECTIONS)},
        answered={key: request.args.getlist(key) for key in request.args if key.startswith(PREFIX)},
    )


@bp.route("/rounds/<uuid:round_id>/change", methods=["GET", "POST"])
def change(round_id: UUID) -> Response:
    """What may change: everything before it is published, what helps applicants after that."""
    funding_round = _find(round_id, to="round.change")
    form = ChangeRoundForm(data=ChangeRoundForm.filled_from(funding_round))
    form.offer([funding_round.year + each for each in range(-1, 3)], queries.form_choices(funding_round.questionnaire_version_id))
    if (
        form.validate_on_submit()
        and form.keeps_promises(funding_round, clock.now())
        and form.accepted(
            lambda: actions.change_round(funding_round, form.details(), by=me(), expect=form.version.data), "number", over=funding_round
        )
    ):
        return done(url_for(".show", round_id=round_id), message="The round was changed.")
    return page("rounds/change.html", form.status, form=form, funding_round=funding_round)


@bp.route("/rounds/<uuid:round_id>/publish", methods=["GET", "POST"])
def publish(round_id: UUID) -> Response:
    """What is frozen, and what is unkind about its dates, before everybody can see it."""
    funding_round = _find(round_id, to="round.publish")
    if not may("round.publish", funding_round):
        return done(url_for(".show", round_id=round_id))  # it is published already
    form = RoundVersionForm(obj=funding_round)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.publish_round(funding_round, by=me(), expect=form.version.data), over=funding_round
    ):
        return done(url_for(".show", round_id=round_id), message="The round is published: everybody can read it now.")
    return page("rounds/publish.html", form.status, form=form, funding_round=funding_round, unkind=_unkind(funding_round))


@bp.route("/rounds/<uuid:round_id>/finish", methods=["GET", "POST"])
def finish(round_id: UUID) -> Response:
    """Who still waits for a letter, before nothing changes any more."""
    funding_round = _find(round_id, to="round.change")
    form = RoundVersionForm(obj=funding_round)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.finish_round(funding_round, by=me(), expect=form.version.data), over=funding_round
    ):
        return done(url_for(".show", round_id=round_id), message="The round is finished.")
    insist("round.finish", funding_round)
    return page(
        "rounds/finish.html",
        form.status,
        form=form,
        funding_round=funding_round,
        count=count_owed(round_id),
        waiting=owed_in(me(), round_id),
    )


@bp.get("/rounds/<uuid:round_id>/report")
@bp.get("/rounds/<uuid:round_id>/report.<any(csv, json, xlsx, pdf):kind>")
def report(round_id: UUID, kind: str = "") -> Response:
    """What the round came to, as things stand; the same as a list, on paper and as a workbook."""
    funding_round = _find(round_id, to="round.view_report")
    told = report_of(funding_round, me())
    if not kind:
        return page("rounds/report.html", report=told, round_id=round_id, several=SEVERAL)
    if kind not in REPORT_FILES:
        return list_file(kind, lists.ROUND_REPORT, told.lines)
    return download(REPORT_FILES[kind](told, _office_name(), clock.now()), f"{funding_round.reference}-report.{kind}")


REPORT_FILES: Mapping[str, Callable[[RoundReport, str, datetime], bytes]] = {"pdf": report_pdf, "xlsx": report_xlsx}


def _find(round_id: UUID, to: str = "round.view") -> FundingRound:
    return find(FundingRound, round_id, *queries.IN_FULL, to=to)


def _form(funding_round: FundingRound) -> Questionnaire:
    return definition(funding_round.questionnaire_version_id)


def _reference(funding_round: FundingRound) -> Choices:
    """The lists that its questions let people choose from and that everybody may read."""
    return public_choices(clock.day_of(funding_round.opens_at))


def _said(funding_round: FundingRound, now: datetime | None) -> RoundPage:
    form, earlier = _form(funding_round), queries.earlier_rounds(funding_round)
    return round_page(funding_round, form, earlier, now, _reference(funding_round))


def _office_name() -> str:
    return current_app.config["HUB"].office_name


def _pdf(funding_round: FundingRound) -> bytes:
    return round_pdf(_said(funding_round, None), _office_name(), funding_round.published_at or funding_round.created_at)


def _docx(funding_round: FundingRound) -> bytes:
    return round_docx(_said(funding_round, None), _office_name(), funding_round.published_at or funding_round.created_at)


def _json(funding_round: FundingRound) -> str:
    return round_json(funding_round, _said(funding_round, None), _form(funding_round))


def _ics(funding_round: FundingRound) -> bytes:
    address = current_app.config["HUB"].public_url + url_for(".show", round_id=funding_round.id)
    return round_ics(funding_round, address, clock.now())


FILES: Mapping[str, Callable[[FundingRound], bytes]] = {"pdf": _pdf, "docx": _docx, "ics": _ics}


def _unkind(funding_round: FundingRound) -> list[Any]:
    """What is unkind about its dates, for those who can still do something about it."""
    if not may("round.change", funding_round) or funding_round.has_closed(clock.now()):
        return []
    return warnings(funding_round.opens_at, funding_round.closes_at)
