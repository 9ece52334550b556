"""Applications, decisions, letters, awards and payments told again: what their rows must hold, by the history and by one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from partnerhub.extensions import db
from partnerhub.models import (
    Application,
    Assignment,
    Award,
    Decision,
    FundingRound,
    GrantAgreement,
    Letter,
    Moderation,
    Payment,
    Proposal,
    SubmissionVersion,
    Variation,
)
from partnerhub.queries.decisions import promised_in
from partnerhub.queries.letters import digest_of_letter
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.retold import Faults, events_of
from partnerhub.rules import decisions as rules
from partnerhub.rules import readable
from partnerhub.rules.applications import amount_requested
from partnerhub.rules.policy import RULES
from partnerhub.rules.questionnaire import Scoring
from partnerhub.rules.scoring import Pot, result
from partnerhub.rules.words import (
    COMING_BACK,
    GIVES_MONEY,
    OUTCOME_BECOMES,
    ApplicationStatus,
    AwardStatus,
    DecisionStatus,
    LetterStatus,
    Outcome,
    PaymentStatus,
    VariationStatus,
)

Done = tuple[UUID | None, datetime | None]  # who did it, and when
NOBODY: Done = (None, None)
AGREED_ONCE = frozenset({AwardStatus.AGREED, AwardStatus.COMPLETED, AwardStatus.ENDED})


def _say(faults: Faults, what: str, about: Mapping[str, bool]) -> None:
    """Each sentence is what is wrong when it does not hold."""
    faults += [f"{what}: {sentence}" for sentence, holds in about.items() if not holds]


def _last_became(prefix: str) -> dict[str, str]:
    """For each thing the status that the last deed with it gave it."""
    deeds = {name: str(rule.becomes) for name, rule in RULES.items() if name.startswith(prefix) and rule.becomes is not None and rule.says}
    return {event.about_id: deeds[event.action] for event in events_of(*deeds)}


def _done(action: str) -> dict[str, Done]:
    """For each thing who last did this with it, and when."""
    return {event.about_id: (event.actor_id, event.at) for event in events_of(action)}


# Applications

REASONS = {
    "application.ask_correction": "correction_asked",
    "application.refuse": "ineligible_reason",
    "application.confirm": "gates_waived",
}  # what the office wrote, and where it stands


def applications(faults: Faults) -> int:
    """Number, reference, amount and status of every application, and whether its marks are in."""
    became, decided, put_forward, marked = _last_became("application."), _outcomes(), _put_forward(), _marked()
    reasons = {(event.about_id, event.action): event.details.get("reason", "") for event in events_of(*REASONS)}
    statement = (
        select(Application, SubmissionVersion.submission_id, SubmissionVersion.answers["values"])
        .outerjoin(SubmissionVersion, SubmissionVersion.id == Application.latest_version_id)
        .options(joinedload(Application.funding_round).joinedload(FundingRound.fund))
    )
    count = 0
    for row, submission_id, values in db.session.execute(statement).yield_per(200):
        count += 1
        reference = f"{row.funding_round.reference}-{row.number:04}" if row.number is not None else None
        given, finished = marked.get(row.id, (0, 0))
        all_in = finished >= max(given, row.marked_by)
        about = {
            "its reference is not that of its round and number": row.reference == reference,
            "it was sent without a number or a version": row.submitted_at is None or None not in (row.number, row.latest_version_id),
            "it points at a version of something else": submission_id in (None, row.submission_id),
            "it does not ask for what the version sent last asks for": row.amount_requested
            == (amount_requested(values) if values else None),
            "its status is not what was last done with it": row.status in _may_be(row, became, decided, put_forward),
            "a reason that the office gave is not the one that it wrote": all(
                getattr(row, column) == reasons.get((str(row.id), action), "") for action, column in REASONS.items()
            ),
            "its marks are called in and are not, or the other way round": not row.is_under_assessment
            or all_in == (row.marks_in_at is not None),
        }
        _say(faults, f"application {row.reference or row.id}", about)
    return count


def _may_be(row: Application, became: Mapping[str, str], decided: Mapping[UUID, str], put_forward: set[UUID]) -> set[str]:
    """What may stand as the status: what was last done with it, or what came of its marks and of the decision on it."""
    last = became.get(str(row.id), ApplicationStatus.DRAFT)
    if last != ApplicationStatus.ASSESSMENT:
        return {last}
    if row.id in decided:
        return {decided[row.id]}
    if row.id in put_forward:
        return {ApplicationStatus.RECOMMENDED}
    return {ApplicationStatus.ASSESSMENT} | ({ApplicationStatus.MODERATED} if row.marks_in_at else set())


def _outcomes() -> dict[UUID, str]:
    """What the last approved decision made of each application."""
    statement = (
        select(Proposal.application_id, Proposal.outcome)
        .join(Decision, Decision.id == Proposal.decision_id)
        .where(Decision.approved_at.is_not(None))
        .order_by(Decision.approved_at)
    )
    return {application_id: OUTCOME_BECOMES[Outcome(outcome)] for application_id, outcome in db.session.execute(statement)}


def _put_forward() -> set[UUID]:
    """Applications in a decision that waits for approval."""
    statement = select(Proposal.application_id).join(Decision, Decision.id == Proposal.decision_id)
    return set(db.session.scalars(statement.where(Decision.status == DecisionStatus.RECOMMENDED)))


def _marked() -> dict[UUID, tuple[int, int]]:
    """For each application how many assessors have it, and how many of them have finished."""
    statement = select(Assignment.application_id, func.count(), func.count(Assignment.finished_at))
    rows = db.session.execute(statement.where(Assignment.set_aside_at.is_(None)).group_by(Assignment.application_id))
    return {application_id: (given, finished) for application_id, given, finished in rows}


# Decisions


def decisions(faults: Faults) -> int:
    """Who approved each decision and what it gives, the marks and percentages that it rests on, and the money of each round."""
    told = {event.about_id: event for event in events_of("decision.approve")}
    statement = select(Decision).options(
        joinedload(Decision.funding_round), selectinload(Decision.proposals).joinedload(Proposal.application)
    )
    count = 0
    for row in db.session.scalars(statement.where(Decision.approved_at.is_not(None))):
        count += 1
        event, given = told.get(str(row.id)), rules.given((each.outcome, each.amount) for each in row.proposals)
        about = {
            "who approved it and when is not what the history says": event is not None
            and (row.approved_by_id, row.approved_at) == (event.actor_id, event.at),
            "what it gives is not what was approved": event is not None and given == event.details["given"],
            "its number is not the one it was given": event is not None and row.reference == event.details["decision"],
            "whoever recommended it approved it": row.approved_by_id != row.recommended_by_id,
        }
        _say(faults, f"decision {row.reference or row.id}", about)
        faults += _about_marks(row)
    for row in db.session.scalars(select(FundingRound).options(joinedload(FundingRound.fund))):
        promised, limit = promised_in(row.id), Pot(row.money, row.over_commitment).limit
        if promised > limit:
            said = f"{readable.pence(promised)} is promised, and no more than {readable.pence(limit)} may be"
            faults.append(f"round {row.reference}: {said}")
    return count


def _about_marks(decision: Decision) -> Iterable[str]:
    """Marks and percentages as they stood when it was recommended, worked out again."""
    scoring = definition(decision.funding_round.questionnaire_version_id).scoring
    if scoring is None:
        return
    of_these = [each.application_id for each in decision.proposals]
    sheets, agreed = _sheets(of_these, decision.recommended_at or decision.approved_at), _agreed(of_these)
    for each in decision.proposals:
        is_in = each.application.marks_in_at is not None
        kept = _worked_out(scoring, sheets[each.application_id] if is_in else {}, agreed[each.application_id], decision.line or 0)
        if (each.percent, each.marks) != kept:
            reference = each.application.reference
            yield f"decision {decision.reference}: the marks or the percentage of {reference} are not those that were given"


def _worked_out(
    scoring: Scoring, sheets: Mapping[UUID, dict[str, int]], agreed: Mapping[str, int], line: int
) -> tuple[int | None, dict[str, str] | None]:
    if not sheets:
        return None, None
    found = result(scoring, sheets, agreed)
    return rules.kept_percent(found.percent, line), {key: str(Fraction(mark)) for key, mark in found.marks.items()}


def _sheets(applications: list[UUID], at: datetime | None) -> defaultdict[UUID, dict[UUID, dict[str, int]]]:
    """Application -> assessor -> marks, of those that counted at that time: an interest declared later changes nothing any more."""
    found: defaultdict[UUID, dict[UUID, dict[str, int]]] = defaultdict(dict)
    statement = select(Assignment).where(Assignment.application_id.in_(applications)).options(selectinload(Assignment.scores))
    for each in db.session.scalars(statement):
        if each.set_aside_at is None or (at is not None and each.set_aside_at > at):
            found[each.application_id][each.user_id] = {score.criterion: score.mark for score in each.scores if score.mark is not None}
    return found


def _agreed(applications: list[UUID]) -> defaultdict[UUID, dict[str, int]]:
    found: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    for each in db.session.scalars(select(Moderation).where(Moderation.application_id.in_(applications))):
        found[each.application_id][each.criterion] = each.mark
    return found


# Letters


def letters(faults: Faults) -> int:
    """What was released by whom, when and in which words, and that applicants are called told exactly when they were."""
    released, told = {event.about_id: event for event in events_of("decision.release_letters")}, dict(_latest_released())
    count = 0
    for row in db.session.scalars(select(Letter).options(joinedload(Letter.application)).order_by(Letter.released_at)):
        count += 1
        is_out = row.status == LetterStatus.RELEASED
        event, done = released.get(str(row.decision_id)) if is_out else None, (row.released_by_id, row.released_at)
        wanted = (event.actor_id, event.at) if event else NOBODY
        about = {
            "who released it and when is not what the history says": done == wanted and is_out == row.is_released,
            "its words are not those that went out": event is None or _went_out(row, event.details),
        }
        _say(faults, f"letter to {row.application.reference}", about)
    decided = _last_decided()
    for row in db.session.scalars(select(Application)):
        last, again = told.get(row.id), decided.get(row.id)
        wanted = None if last is None or (again is not None and again > last) else last
        if row.told_at != wanted:
            faults.append(f"application {row.reference or row.id}: when its applicant was told is not when the letter was released")
    return count


def _went_out(letter: Letter, details: Mapping[str, Any]) -> bool:
    """Whether these are its words when it was released. Of letters from before their digests were kept nobody can tell."""
    digests = details.get("digests")
    return digests is None or (letter.application.reference, digest_of_letter(letter)) in zip(details["letters"], digests, strict=True)


def letters_without_digest(_faults: Faults) -> int:
    """How many went out before the history kept digests of their words: they are no fault, and nothing tells whether they were changed."""
    return sum(len(event.details["letters"]) for event in events_of("decision.release_letters") if "digests" not in event.details)


def _latest_released() -> Iterable[Any]:
    statement = select(Letter.application_id, func.max(Letter.released_at)).where(Letter.released_at.is_not(None))
    return [(row[0], row[1]) for row in db.session.execute(statement.group_by(Letter.application_id))]


def _last_decided() -> dict[UUID, datetime]:
    statement = (
        select(Proposal.application_id, func.max(Decision.approved_at))
        .join(Decision, Decision.id == Proposal.decision_id)
        .where(Decision.approved_at.is_not(None))
    )
    return {row[0]: row[1] for row in db.session.execute(statement.group_by(Proposal.application_id)) if row[1] is not None}


# Awards and their payments


def awards(faults: Faults) -> int:
    """Status, amount and signatures of every award."""
    became, amounts, changed = _last_became("award."), _amounts_decided(), _amounts_changed()
    first = {each.award_id: each for each in db.session.scalars(select(GrantAgreement).where(GrantAgreement.number == 1))}
    count = 0
    for row in db.session.scalars(select(Award).options(joinedload(Award.application))).yield_per(200):
        count += 1
        begun = AwardStatus.OFFERED if row.offered_at else AwardStatus.APPROVED
        signed = first.get(row.id)
        was_agreed = row.status in AGREED_ONCE
        about = {
            "its reference is not that of its application": row.reference == row.application.reference,
            "its status is not what was last done with it": row.status == became.get(str(row.id), begun),
            "its amount is neither what was decided nor what both sides signed since": row.amount
            == changed.get(row.id, amounts.get((row.decision_id, row.application_id))),
            "it runs, and not both sides have signed": not was_agreed or (signed is not None and signed.is_signed),
            "it is agreed since another time than both have signed": row.agreed_at
            == (signed.office_signed_at if signed and signed.is_signed else None),
        }
        _say(faults, f"award {row.reference}", about)
    return count


def _amounts_decided() -> dict[tuple[UUID, UUID], int]:
    statement = select(Proposal.decision_id, Proposal.application_id, Proposal.amount).where(Proposal.outcome.in_(GIVES_MONEY))
    return {(row[0], row[1]): row[2] for row in db.session.execute(statement)}


def _amounts_changed() -> dict[UUID, int]:
    """What the last signed change of each award says that it pays."""
    statement = select(Variation.award_id, Variation.new_amount).where(Variation.status == VariationStatus.SIGNED)
    return {row[0]: row[1] for row in db.session.execute(statement.order_by(Variation.number)) if row[1] is not None}


def payments(faults: Faults) -> int:
    """Who let each payment go, never the one who prepared it; and never more than the award."""
    released = _done("payment.release") | _done("payment.receive")
    out: defaultdict[str, int] = defaultdict(int)
    amounts: dict[str, int] = {}
    count = 0
    for row in db.session.scalars(select(Payment).join(Payment.award).options(contains_eager(Payment.award))).yield_per(200):
        count += 1
        is_out = row.status in (PaymentStatus.RELEASED, PaymentStatus.RECEIVED)
        done, wanted = (row.released_by_id, row.released_at), released.get(str(row.id), NOBODY)
        about = {
            "who let it go and when is not what the history says": done == wanted and is_out == (wanted != NOBODY),
            "whoever prepared it let it go": not is_out or row.released_by_id != row.prepared_by_id,
        }
        _say(faults, f"payment {row.number} of {row.award.reference}", about)
        amounts[row.award.reference] = row.award.amount
        out[row.award.reference] += row.amount if row.status == PaymentStatus.RELEASED or row.status in COMING_BACK else 0
    for reference, paid in out.items():
        if paid > amounts[reference]:
            faults.append(f"award {reference}: {readable.pence(paid)} was paid, and it is {readable.pence(amounts[reference])}")
    return count
