"""What waits for one person in the rounds of funds: by the deed of the policy table that they may do, all in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, False_, Integer, String, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from partnerhub.extensions import db
from partnerhub.models import (
    Application,
    Assignment,
    Award,
    Decision,
    FundingRound,
    GrantAgreement,
    InterestStatement,
    Letter,
    Payment,
    Proposal,
    Variation,
)
from partnerhub.models.conditions import allowed, may
from partnerhub.queries.assessment import TO_MARK, not_asked
from partnerhub.queries.decisions import OPEN_DECISIONS
from partnerhub.rules.policy import Answer, Person
from partnerhub.rules.words import (
    BEFORE_DECISION,
    HANDLERS,
    PAID_FROM,
    TO_PAY,
    ApplicationStatus,
    AwardStatus,
    InterestStage,
    LetterStatus,
    OfficeRole,
)


class Waiting(NamedTuple):
    """Things of one round that wait for the same deed of the same person; `first`: the one to begin with."""

    deed: str
    funding_round: FundingRound
    first: UUID
    count: int
    due_on: date | None

    @property
    def is_promise(self) -> bool:
        """Its day is not its own: it is the one by which applicants were promised an answer."""
        return self.due_on is not None and self.due_on == self.funding_round.decided_by


def waiting_for(person: Person, now: datetime) -> list[Waiting]:
    """The most urgent first; what has no day comes last."""
    found = [_of(person, deed, *kind) for deed, kind in _kinds(person, now).items()]
    found = [each for each in found if each is not None]
    if not found:
        return []
    rows = union_all(*found).subquery()
    alike, urgent = (rows.c.deed, rows.c.round_id), (rows.c.due_on.is_(None), rows.c.due_on, rows.c.place, rows.c.id)
    count, rank = func.count().over(partition_by=alike), func.row_number().over(partition_by=alike, order_by=urgent)
    ranked = select(rows, count.label("count"), rank.label("rank")).subquery()
    statement = (
        select(ranked.c.deed, FundingRound, ranked.c.id, ranked.c["count"], ranked.c.due_on)
        .join(FundingRound, FundingRound.id == ranked.c.round_id)
        .where(ranked.c.rank == 1)
        .options(joinedload(FundingRound.fund))
        .order_by(ranked.c.due_on.is_(None), ranked.c.due_on, FundingRound.closes_at, ranked.c.deed)
    )
    return [Waiting(*row) for row in db.session.execute(statement)]


def _of(person: Person, deed: str, model: Any, due_on: Any, *where: Any) -> Any:
    """The rows of one kind; None where the policy names this person for none of them."""
    theirs = allowed(person, deed, model)
    if isinstance(theirs, False_):
        return None
    place: Any = Application.number if model is Application else literal(None, Integer)
    if hasattr(model, "application_id"):
        place = select(Application.number).where(Application.id == model.application_id).scalar_subquery()
    columns = literal(deed, String).label("deed"), model.id.label("id"), FundingRound.id.label("round_id"), due_on.label("due_on")
    statement = select(*columns, place.label("place")).where(theirs, *where)
    return statement if model is FundingRound else statement.join(FundingRound, FundingRound.id == model.round_id)


Kinds = Mapping[str, tuple[Any, ...]]
"""Deed -> what it is done with, the day that is set for it, and which of them wait."""
BY = FundingRound.decided_by


def _kinds(person: Person, now: datetime) -> Kinds:
    return {**_before_the_decision(person, now), **_decision_and_letters(), **_grants()}


def _before_the_decision(person: Person, now: datetime) -> Kinds:
    unfinished = Application.status.in_((ApplicationStatus.SUBMITTED, ApplicationStatus.ASSESSMENT))
    undecided = Application.status.in_(sorted(BEFORE_DECISION - {ApplicationStatus.DRAFT}))
    stated = exists().where(InterestStatement.round_id == FundingRound.id, InterestStatement.user_id == person.id)
    knows_who = or_(FundingRound.closes_at <= now, literal(may(person, "application.view") is Answer.YES))  # who applies, of an open round
    held = exists().where(
        Proposal.application_id == Application.id, Proposal.decision_id == Decision.id, Decision.status.in_(OPEN_DECISIONS)
    )
    markers = select(func.count()).where(Assignment.application_id == Application.id, Assignment.set_aside_at.is_(None)).scalar_subquery()

    def applied(*how: Any) -> Any:
        return exists(select(Application.id).where(Application.round_id == FundingRound.id, *how).correlate(FundingRound))

    return {
        "application.confirm": (
            Application,
            BY,
            FundingRound.closes_at <= now,
            or_(Application.extended_until.is_(None), Application.extended_until <= now),
        ),
        "interest.state": (
            FundingRound,
            BY,
            or_(
                and_(
                    literal(OfficeRole.ASSESSOR in person.office_roles),
                    FundingRound.closes_at <= now,
                    applied(unfinished, not_asked(person.id, InterestStage.ASSIGNMENT)),
                ),
                and_(literal(bool(HANDLERS & person.office_roles)), knows_who, applied(undecided), ~stated),
            ),
        ),
        "round.assign": (
            FundingRound,
            BY,
            FundingRound.closes_at <= now,
            applied(
                Application.status == ApplicationStatus.ASSESSMENT,
                Application.marks_in_at.is_(None),
                markers < func.coalesce(Application.assessors_needed, FundingRound.assessors_per_bid),
            ),
        ),
        "score.finish": (
            Assignment,
            BY,
            Assignment.finished_at.is_(None),
            Assignment.set_aside_at.is_(None),
            Assignment.application.has(Application.status.in_(TO_MARK)),
        ),
        "moderation.agree": (Application, BY, Application.status == ApplicationStatus.ASSESSMENT),
        "round.decide": (FundingRound, BY, applied(Application.status == ApplicationStatus.MODERATED, ~held), ~applied(unfinished)),
    }


def _decision_and_letters() -> Kinds:
    letters = Letter.decision_id == Decision.id, Letter.application_id == Proposal.application_id
    drawn_up = exists(select(Letter.id).where(*letters).correlate(Decision, Proposal))
    released = exists(select(Letter.id).where(*letters, Letter.released_at.is_not(None)).correlate(Decision, Proposal))
    unwritten = exists().where(Letter.decision_id == Decision.id, Letter.status == LetterStatus.DRAFT)

    def proposed(*how: Any) -> Any:
        return exists(select(Proposal.application_id).where(Proposal.decision_id == Decision.id, *how).correlate(Decision))

    return {
        "decision.recommend": (Decision, BY),
        "decision.sign_off": (Decision, BY, Decision.signed_off_at.is_(None)),
        "decision.approve": (Decision, BY),
        "decision.draw_up_letters": (Decision, BY, proposed(~drawn_up)),
        "letter.finish": (Letter, BY),
        "decision.release_letters": (Decision, BY, ~proposed(~drawn_up), ~unwritten, proposed(~released)),
        "decision.publish": (Decision, func.coalesce(Decision.deferred_until, Decision.publish_by), ~proposed(~released)),
    }


def _grants() -> Kinds:
    signed_by_them = exists().where(
        GrantAgreement.award_id == Award.id, GrantAgreement.number == 1, GrantAgreement.partner_signed_at.is_not(None)
    )
    change_signed_by_them = exists().where(GrantAgreement.id == Variation.agreement_id, GrantAgreement.partner_signed_at.is_not(None))
    unpaid = exists().where(Payment.award_id == Award.id, Payment.status.in_(sorted(TO_PAY)))
    return {
        "award.countersign": (Award, Award.starts, Award.status == AwardStatus.OFFERED, signed_by_them),
        "award.check_payee": (Award, Award.starts, Award.status.in_(sorted(PAID_FROM)), Award.payee_checked_at.is_(None), unpaid),
        "variation.approve": (Variation, literal(None, Date)),
        "variation.sign": (Variation, literal(None, Date), ~change_signed_by_them),
        "variation.countersign": (Variation, literal(None, Date), change_signed_by_them),
    }
