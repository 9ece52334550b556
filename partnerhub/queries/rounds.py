"""Questions about rounds: which are open to whom, what earlier ones came to, which forms they may ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from partnerhub.extensions import db
from partnerhub.models import Application, Award, Fund, FundingRound, Questionnaire, QuestionnaireVersion
from partnerhub.models.conditions import allowed
from partnerhub.rules.policy import Person
from partnerhub.rules.rounds import how_it_stands
from partnerhub.rules.words import STILL_RUNNING, TAKES_MONEY, QuestionnaireStatus

FOR_APPLICATIONS = "application"  # the kind of form that a round may ask
EARLIER_SHOWN = 3

# What a round's page shows of it, in one statement more; the document of its form is kept in memory by queries/questionnaires.py.
_FORM = (
    joinedload(FundingRound.questionnaire_version)
    .load_only(QuestionnaireVersion.number, QuestionnaireVersion.status, QuestionnaireVersion.questionnaire_id)
    .joinedload(QuestionnaireVersion.questionnaire)
)
IN_FULL = (joinedload(FundingRound.fund), _FORM, selectinload(FundingRound.workshops))


@dataclass(frozen=True, slots=True)
class Earlier:
    """What came of an earlier round of the same fund."""

    funding_round: FundingRound
    applied: int
    awarded: int | None
    """How many were offered an award; None while nobody was told."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """Rounds as people look for them."""

    open: list[FundingRound]
    coming: list[FundingRound]
    closed: list[FundingRound]
    unpublished: list[FundingRound]


def rounds_for(person: Person) -> list[FundingRound]:
    """The rounds that `person` may see, those that close last first."""
    return list(
        db.session.scalars(
            select(FundingRound)
            .join(FundingRound.fund)
            .where(allowed(person, "round.view", FundingRound))
            .options(contains_eager(FundingRound.fund))
            .order_by(FundingRound.closes_at.desc(), Fund.name, FundingRound.id)
        )
    )


def sorted_by_time(found: Iterable[FundingRound], now: datetime) -> Rounds:
    """Those that are open (the next to close first), those that come, those that are over, those that are not public yet."""
    sorted_ = Rounds([], [], [], [])
    for each in found:
        if not each.is_public:
            sorted_.unpublished.append(each)
        elif each.is_open(now):
            sorted_.open.insert(0, each)
        elif each.has_opened(now):
            sorted_.closed.append(each)
        else:
            sorted_.coming.insert(0, each)
    return sorted_


def earlier_rounds(funding_round: FundingRound) -> list[Earlier]:
    """The last rounds of the same fund that closed before this one opens, the newest first, with how many applied."""
    applied = (
        select(func.count())
        .where(Application.round_id == FundingRound.id, Application.submitted_at.is_not(None))
        .correlate(FundingRound)
        .scalar_subquery()
    )
    offered = (
        select(func.count())
        .where(Award.round_id == FundingRound.id, Award.offered_at.is_not(None))
        .correlate(FundingRound)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(FundingRound, applied, offered)
        .where(
            FundingRound.fund_id == funding_round.fund_id,
            FundingRound.id != funding_round.id,
            FundingRound.published_at.is_not(None),
            FundingRound.closes_at <= funding_round.opens_at,
        )
        .order_by(FundingRound.closes_at.desc())
        .limit(EARLIER_SHOWN)
    )
    return [Earlier(each, count, awarded or None) for each, count, awarded in rows if count]


def in_words(rounds: Iterable[FundingRound]) -> dict[UUID, str]:
    """How each of these rounds stands, with its awards. One statement."""
    found = {each.id: each for each in rounds}
    counted = (
        select(Award.round_id, func.count(), func.count().filter(Award.status.in_(sorted(STILL_RUNNING))))
        .where(Award.round_id.in_(list(found)), Award.status.in_(sorted(TAKES_MONEY)))
        .group_by(Award.round_id)
    )
    counts = {row[0]: (row[1], row[2]) for row in db.session.execute(counted)}
    return {key: how_it_stands(each.status, *counts.get(key, (0, 0))) for key, each in found.items()}


def form_choices(kept: UUID | None = None) -> list[tuple[str, str]]:
    """The published versions of application forms, the newest of each first, and the one that is named already."""
    rows = db.session.execute(
        select(QuestionnaireVersion.id, Questionnaire.title, QuestionnaireVersion.number)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(
            Questionnaire.kind == FOR_APPLICATIONS,
            (QuestionnaireVersion.status == QuestionnaireStatus.PUBLISHED) | (QuestionnaireVersion.id == kept),
        )
        .order_by(Questionnaire.title, QuestionnaireVersion.number.desc())
    )
    return [(str(row.id), f"{row.title}, version {row.number}") for row in rows]


def next_number(fund: Fund, year: int) -> int:
    """The number that the next round of a year would have."""
    return 1 + max((each.number for each in fund.rounds if each.year == year), default=0)
