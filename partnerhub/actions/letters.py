"""What happens with letters about decisions: drawn up as drafts, written by staff, said to be ready, released together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions.doing import CHANGED_MEANWHILE, ChangedMeanwhile, Deed, action
from partnerhub.actions.grant_agreements import offer_award
from partnerhub.actions.mail import link_to, tell
from partnerhub.extensions import db
from partnerhub.models import Application, Award, Decision, FundingRound, Letter, Proposal
from partnerhub.queries import documents as queries_of_documents
from partnerhub.queries import letters as queries
from partnerhub.queries.answering import known_of
from partnerhub.queries.applications import addresses_of
from partnerhub.queries.assessment import scoring_of
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import Sent, sent_in
from partnerhub.rules import applications as about_applications
from partnerhub.rules import letters as rules
from partnerhub.rules import readable, standing
from partnerhub.rules import text as written
from partnerhub.rules.awards import has_half_way_report
from partnerhub.rules.documents_asked import Lacking
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.periods import months_between
from partnerhub.rules.policy import Person
from partnerhub.rules.question_types import Answers
from partnerhub.rules.questionnaire import Questionnaire
from partnerhub.rules.rounds import Terms
from partnerhub.rules.words import GIVES_MONEY, AwardStatus, DocumentKind, DocumentStage, LetterStatus, Outcome

# Drawing up


@action("decision.draw_up_letters")
def draw_up(decision: Decision, *, by: Person, now: datetime, deed: Deed) -> int:
    """A draft for each application of an approved decision that has none yet; how many. What it is about is kept as it stands now."""
    there = set(db.session.scalars(select(Letter.application_id).where(Letter.decision_id == decision.id)))
    proposals = [each for each in decision.proposals if each.application_id not in there]
    shared = _shared(decision, proposals, now)
    db.session.add_all(
        Letter(
            decision_id=decision.id,
            application_id=each.application_id,
            round_id=decision.round_id,
            organisation_id=each.application.organisation_id,
            outcome=each.outcome,
            text=rules.DRAFTS[each.outcome],
            facts=_facts(decision, each, shared),
        )
        for each in proposals
    )
    deed.silent, deed.details = not proposals, {"decision": decision.reference, "letters": len(proposals)}
    return len(proposals)


class _Shared(NamedTuple):
    """What the letters of one decision are drawn up from, read once for all of them."""

    sent: Mapping[UUID, Sent]
    """What each application said when it was sent last, by that version."""
    funded: list[dict[str, Fraction]]
    places: Mapping[UUID, int]
    next_round: str
    lacking: Mapping[UUID, list[Lacking]]
    """Which documents are needed yet before each application that gets money is paid."""
    today: date


def _shared(decision: Decision, proposals: Sequence[Proposal], now: datetime) -> _Shared:
    today, with_money = clock.day_of(now), [each.application for each in proposals if each.outcome in GIVES_MONEY]
    return _Shared(
        sent_in([version for each in proposals if (version := each.application.latest_version_id)]),
        [rules.exact(each.marks) for each in decision.proposals if each.outcome in GIVES_MONEY],
        _places(decision),
        _next_round(decision.funding_round, now),
        queries_of_documents.lacking_in(with_money, DocumentStage.PAYMENT, today),
        today,
    )


def _places(decision: Decision) -> dict[UUID, int]:
    """The reserve list, from 1."""
    listed = [each.application_id for each in decision.proposals if each.outcome == Outcome.RESERVE]
    return {application_id: place for place, application_id in enumerate(listed, 1)}


def _facts(decision: Decision, proposal: Proposal, shared: _Shared) -> dict[str, Any]:
    """What the letter says besides what staff write: words, so that it reads the same for ever."""
    application, funding_round = proposal.application, decision.funding_round
    form, marks = definition(application.questionnaire_version_id), rules.exact(proposal.marks)
    sent = shared.sent[application.latest_version_id].values if application.latest_version_id else {}
    project = about_applications.project_of(sent)
    scheme = scoring_of(application) if marks else None
    average = rules.funded_average(scheme, shared.funded) if scheme else {}
    amount, with_money, place = proposal.amount, proposal.outcome in GIVES_MONEY, shared.places.get(application.id)
    deferred = proposal.outcome == Outcome.DEFER
    return {
        "reference": application.reference,
        "organisation": application.organisation.name,
        "round": funding_round.name,
        "project": project.name,
        "opening": rules.opening(
            proposal.outcome, rules.project_named(project.name, str(application.reference)), readable.pence(amount), place
        ),
        "amount": readable.pence(amount) if with_money else "",
        "asked": readable.pence(application.amount_requested) if application.amount_requested else "",
        "items": proposal.items or project.name,
        "place": place,
        "paid": rules.paid(amount, funding_round.terms.one_payment_to, funding_round.terms.instalments) if with_money else "",
        "documents": _documents(application, form, sent, shared) if with_money else [],
        "reports": _reports(funding_round.terms, amount, _usual_terms(project, shared.today)) if with_money else [],
        "criteria": rules.judged(scheme, marks, average) if scheme and not deferred else [],
        "reached": "" if deferred else rules.reached(proposal.percent, decision.line),
        "compared": rules.compared(len([each for each in shared.funded if each])),
        "next_round": "" if with_money or deferred else shared.next_round,
        "terms": _usual_terms(project, shared.today) if with_money else {},
    }


def _documents(application: Application, form: Questionnaire, sent: Answers, shared: _Shared) -> list[str]:
    """What is still needed before any money is paid: what the fund asks of organisations, and what the form asks for by then."""
    lacking = [each.label for each in shared.lacking[application.id]]
    visible = standing.assess(form, sent, None, known_of(application).facts(application), shared.today).visible
    asked = [each for key, each in form.questions.items() if each.before_payment and key in visible and not sent.get(key)]
    return [*lacking, *(each.label for each in asked if each.reuse not in set(DocumentKind))]


def _usual_terms(project: about_applications.Project, today: date) -> dict[str, str]:
    """The days that staff begin from: those of the application, and the usual time to answer."""
    days = {"starts": project.starts, "ends": project.ends, "answer_by": rules.usual_answer_by(today)}
    return {name: day.isoformat() for name, day in days.items() if day}


def _reports(promised: Terms, amount: int, terms: Mapping[str, Any]) -> list[str]:
    starts, ends = (_day(terms.get(each)) for each in ("starts", "ends"))
    months = months_between(starts, ends) if starts and ends else None
    half_way = has_half_way_report(amount, months, promised)
    return rules.reports(half_way, promised.report_due_days if promised.report_form else None, ends)


def _next_round(funding_round: FundingRound, now: datetime) -> str:
    found = queries.next_round_of(funding_round, now)
    if found is None:
        return rules.next_round("", None, None, now)
    return rules.next_round(found.name, found.opens_at, found.closes_at, now, queries.workshops_to_come(found.id, now))


def _day(kept: Any) -> date | None:
    return date.fromisoformat(kept) if kept else None


# Writing


@action("letter.write")
def write(
    letter: Letter,
    text: str,
    feedback: Mapping[str, Mapping[str, str]],
    terms: Mapping[str, Any],
    *,
    by: Person,
    now: datetime,
) -> None:
    """Keep what staff wrote; it is a draft again until somebody says that it is ready. `terms`: days as "2025-04-01", and texts.

    What may have changed since it was drawn up, and is no judgement (the next round, the reports), is said anew.
    """
    asked = [each["key"] for each in letter.facts["criteria"] if each["weak"]] if letter.outcome in rules.WITH_FEEDBACK else []
    letter.text = written.clean(text).strip()
    letter.feedback = {key: {part: written.clean(words).strip() for part, words in feedback.get(key, {}).items()} for key in asked}
    kept = {name: written.clean(value).strip() for name, value in terms.items() if value}
    letter.facts = {**letter.facts, "terms": kept, **_said_anew(letter, kept, now)}
    letter.written_by_id, letter.written_at = by.id, now


def _said_anew(letter: Letter, terms: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    if letter.facts["next_round"]:
        return {"next_round": _next_round(letter.funding_round, now)}
    if letter.outcome not in GIVES_MONEY:
        return {}
    amount = db.session.scalars(
        select(Proposal.amount).where(Proposal.decision_id == letter.decision_id, Proposal.application_id == letter.application_id)
    ).one()
    return {"reports": _reports(letter.funding_round.terms, amount, terms)}


@action("letter.finish")
def finish(letter: Letter, *, by: Person, now: datetime, deed: Deed) -> None:
    """It can go out. Whoever reads it first finds nothing missing."""
    if queries.owed_by(letter, clock.day_of(now)):
        raise BadAnswer("This letter is not ready: what is missing stands on its page. Nothing was changed.")
    deed.details = {"reference": letter.facts["reference"]}


# Releasing


@action("decision.release_letters")
def release(decision: Decision, seen: str | None = None, *, by: Person, now: datetime, deed: Deed) -> int:
    """All letters of a decision at once, with their mail and the offers they make; how many. Pressed again, nothing happens.

    `seen` is the fingerprint of the letters as the person who releases them saw them.
    """
    db.session.execute(select(Letter.id).where(Letter.decision_id == decision.id).order_by(Letter.id).with_for_update())
    letters = queries.letters_of_decision(decision.id)
    waiting = [each for each in letters if not each.is_released]
    if letters and not waiting:
        deed.silent = True
        return 0
    _refuse_unfinished(decision, letters)
    _refuse_overtaken(decision, waiting, now)
    if seen is not None and seen != queries.letters_seen(letters):
        raise ChangedMeanwhile(CHANGED_MEANWHILE)
    awards = queries.awards_by_application(decision.id)
    for each in waiting:
        each.status, each.released_by_id, each.released_at = LetterStatus.RELEASED, by.id, now
        each.application.told_at = now
        if each.outcome in GIVES_MONEY:
            _offer(each, awards.get(each.application_id), now)
        _tell(each, now)
    deed.details = {
        "decision": decision.reference,
        "letters": [each.facts["reference"] for each in waiting],
        "digests": [queries.digest_of_letter(each) for each in waiting],
    }
    return len(waiting)


def _refuse_unfinished(decision: Decision, letters: list[Letter]) -> None:
    there = {each.application_id for each in letters}
    if any(each.application_id not in there for each in decision.proposals):
        raise NotNow("Not all letters of this decision are drawn up. Draw them up first. Nothing was released.")
    unfinished = [each.facts["reference"] for each in letters if each.status == LetterStatus.DRAFT]
    if unfinished:
        raise NotNow(f"These letters are not ready: {', '.join(unfinished)}. They go out together. Nothing was released.")


def _refuse_overtaken(decision: Decision, waiting: Sequence[Letter], now: datetime) -> None:
    """Time passed since they were said to be ready: a day is over, or the next round is another. What goes out can never be put right."""
    next_round, today = _next_round(decision.funding_round, now), clock.day_of(now)
    overtaken = [
        each.facts["reference"]
        for each in waiting
        if each.facts["next_round"] not in ("", next_round)
        or rules.owed(each.outcome, each.text, each.facts["criteria"], each.feedback, each.facts["terms"], today=today)
    ]
    if overtaken:
        raise NotNow(
            f"Time has passed since these letters were written: {', '.join(overtaken)}. A day in them is over, or the next round is "
            "another one now. Open each, put it right, save it and say that it is ready. Nothing was released."
        )


def _offer(letter: Letter, award: Award | None, now: datetime) -> None:
    if award is None or award.status != AwardStatus.APPROVED:
        raise NotNow(f"There is no approved award for {letter.facts['reference']} that could be offered. Nothing was released.")
    terms = letter.facts["terms"]
    award.conditions = terms.get("conditions", "")
    award.starts, award.ends, answer_by = (_day(terms.get(each)) for each in ("starts", "ends", "answer_by"))
    offer_award(award, answer_by, now)


def _tell(letter: Letter, now: datetime) -> None:
    """Mail to those who had the receipt, with the letter as a PDF."""
    application = letter.application
    addresses, link = addresses_of(application), link_to("applications.show", application_id=application.id)
    tell(addresses, "letter_released", application.id, str(letter.id), now=now, letter_id=letter.id, letter=letter, link=link)
