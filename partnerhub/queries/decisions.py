"""Questions about decisions: what is to be decided in a round, what its money is promised to."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from partnerhub.extensions import db
from partnerhub.models import Application, Assignment, Award, Decision, FundingRound, Letter, Moderation, Organisation, Proposal, Variation
from partnerhub.models.conditions import allowed
from partnerhub.queries.assessment import NOT_SENT
from partnerhub.queries.rows import Counted, one_page
from partnerhub.rules.decision_record import Facts, written
from partnerhub.rules.decisions import given
from partnerhub.rules.policy import Person
from partnerhub.rules.words import (
    GIVES_MONEY,
    TAKES_MONEY,
    TO_DECIDE,
    ApplicationStatus,
    DecisionStatus,
    Implication,
    Outcome,
    VariationStatus,
)

OPEN_DECISIONS = (DecisionStatus.DRAFT, DecisionStatus.RECOMMENDED)


def to_decide(round_id: UUID) -> list[Application]:
    """What a new decision of a round can take up, by reference: what no open decision holds, and no letter is owed for.

    Were it decided anew before its letter is out, that letter would tell of the newer decision.
    """
    held = select(Proposal.application_id).join(Decision).where(Decision.round_id == round_id, Decision.status.in_(OPEN_DECISIONS))
    statement = (
        select(Application)
        .where(Application.round_id == round_id, Application.status.in_(TO_DECIDE), Application.id.not_in(held))
        .where(or_(Application.status == ApplicationStatus.MODERATED, Application.told_at.is_not(None)))
        .options(joinedload(Application.organisation).load_only(Organisation.name))
        .order_by(Application.number)
    )
    return list(db.session.scalars(statement))


def still_marked(round_id: UUID) -> list[str]:
    """The references of the applications of a round whose marks are not settled yet."""
    statement = select(Application.reference).where(Application.round_id == round_id, Application.status == ApplicationStatus.ASSESSMENT)
    return [str(each) for each in db.session.scalars(statement.order_by(Application.number))]


def promised_in(round_id: UUID, but: UUID | None = None) -> int:
    """Pence of a round that awards have taken, promised or spent, and what changes to them that are still to be signed will take.

    `but`: a decision whose own awards are left out.
    """
    taking = [Award.round_id == round_id, Award.status.in_(TAKES_MONEY), *([Award.decision_id != but] if but is not None else [])]
    taken = select(func.coalesce(func.sum(Award.amount), 0)).where(*taking)
    more = (
        select(func.coalesce(func.sum(Variation.new_amount - Award.amount), 0))
        .join(Award, Award.id == Variation.award_id)
        .where(*taking, Variation.status == VariationStatus.APPROVED, Variation.new_amount > Award.amount)
    )
    both = db.session.execute(select(taken.scalar_subquery(), more.scalar_subquery())).one()
    return sum(map(int, both))  # PostgreSQL adds up into a Decimal


# What a decision's own page shows, in the statements that find it; its applicants decide who may.
IN_FULL = (
    joinedload(Decision.funding_round).joinedload(FundingRound.fund),
    joinedload(Decision.recommended_by),
    joinedload(Decision.signed_off_by),
    joinedload(Decision.approved_by),
    selectinload(Decision.applicants).load_only(Application.organisation_id, Application.round_id),
    selectinload(Decision.proposals)
    .joinedload(Proposal.application)
    .joinedload(Application.organisation)
    .load_only(Organisation.name, Organisation.district_code),
)


def facts_of(decision: Decision) -> Facts:
    """What it comes to, as it stands. What it gave itself, once it is approved, was not promised before it."""
    outcomes = [each.outcome for each in decision.proposals]
    promised = promised_in(decision.round_id, but=decision.id)
    assessors, moderated, sent, ineligible = _marking_of(decision)
    return Facts(
        funding_round=decision.funding_round.name,
        bids=len(outcomes),
        asked=sum(each.application.amount_requested or 0 for each in decision.proposals),
        line=decision.line or 0,
        awards=sum(each in GIVES_MONEY for each in outcomes),
        part_awards=outcomes.count(Outcome.PART),
        given=given((each.outcome, each.amount) for each in decision.proposals),
        reserved=outcomes.count(Outcome.RESERVE),
        declined=outcomes.count(Outcome.DECLINE),
        deferred=outcomes.count(Outcome.DEFER),
        money=decision.funding_round.money,
        over_commitment=decision.funding_round.over_commitment,
        promised=promised,
        assessors=assessors,
        moderated=moderated,
        sent=sent,
        ineligible=ineligible,
    )


def _marking_of(decision: Decision) -> tuple[int, int, int, int]:
    """(assessors, applications with agreed marks, applications sent in the round, those that could not be considered)."""
    own = [each.application_id for each in decision.proposals]
    marking = Assignment.application_id.in_(own), Assignment.finished_at.is_not(None), Assignment.set_aside_at.is_(None)
    came = Application.round_id == decision.round_id, Application.status.not_in(NOT_SENT)
    found = db.session.execute(
        select(
            select(func.count(func.distinct(Assignment.user_id))).where(*marking).scalar_subquery(),
            select(func.count(func.distinct(Moderation.application_id))).where(Moderation.application_id.in_(own)).scalar_subquery(),
            select(func.count()).where(*came).scalar_subquery(),
            select(func.count()).where(*came, Application.status == ApplicationStatus.INELIGIBLE).scalar_subquery(),
        )
    ).one()
    return found[0], found[1], found[2], found[3]


def record_of(decision: Decision) -> dict[str, str]:
    """The words of the record, by part."""
    return written(kept_of(decision), facts_of(decision))


def kept_of(decision: Decision) -> dict[str, str]:
    """What somebody wrote of the record, by part."""
    kept = {"title": decision.title, "summary": decision.summary, "recommendation": decision.recommendation}
    return kept | {part: decision.implications.get(part, "") for part in Implication}


def decisions_for(person: Person) -> list[Decision]:
    return list(db.session.scalars(_decisions_for(person)))


def a_page_of_decisions(person: Person, number: int) -> Counted:
    return one_page(_decisions_for(person), number)


def _decisions_for(person: Person) -> Select[Decision]:
    """What this person may read: everybody what is public, the office the others too, those first that are not public yet."""
    return (
        select(Decision)
        .where(allowed(person, "decision.view_public", Decision))
        .options(joinedload(Decision.funding_round).joinedload(FundingRound.fund), selectinload(Decision.proposals))
        .order_by(Decision.published_at.is_not(None), Decision.published_at.desc(), Decision.created_at.desc(), Decision.id)
    )


def decisions_on(person: Person, application_id: UUID) -> list[Decision]:
    """The decisions that hold an application, newest first, for whoever may see both their parts."""
    holds = Decision.proposals.any(Proposal.application_id == application_id)
    return list(
        db.session.scalars(select(Decision).where(holds, allowed(person, "decision.view", Decision)).order_by(Decision.created_at.desc()))
    )


def of_round(person: Person, round_id: UUID) -> list[Decision]:
    """The decisions of a round that this person may read in full, the first one first."""
    statement = select(Decision).where(Decision.round_id == round_id, allowed(person, "decision.view", Decision))
    return list(db.session.scalars(statement.order_by(Decision.created_at)))


def untold(decision: Decision) -> list[str]:
    """The references of its applications whose letter of this decision is not released."""
    released = select(Letter.application_id).where(Letter.decision_id == decision.id, Letter.released_at.is_not(None))
    statement = (
        select(Application.reference)
        .join(Proposal, Proposal.application_id == Application.id)
        .where(Proposal.decision_id == decision.id, Application.id.not_in(released))
        .order_by(Application.reference)
    )
    return [str(each) for each in db.session.scalars(statement)]


def awards_of(decision_id: UUID) -> list[Award]:
    """The awards that a decision made, by reference."""
    statement = select(Award).where(Award.decision_id == decision_id).options(joinedload(Award.organisation).load_only(Organisation.name))
    return list(db.session.scalars(statement.order_by(Award.reference)))
