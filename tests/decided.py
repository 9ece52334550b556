"""An approved decision on a round, as approving leaves it: what it does with each bid, the marks that stood then, the awards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

from partnerhub.extensions import db
from partnerhub.models import Application, Decision, Proposal
from partnerhub.rules.words import ApplicationStatus, AwardStatus, DecisionStatus, Outcome
from tests.make import Make
from tests.panel import Panel, panel

BECOMES = {
    Outcome.AWARD: ApplicationStatus.APPROVED,
    Outcome.PART: ApplicationStatus.APPROVED,
    Outcome.RESERVE: ApplicationStatus.RESERVE,
    Outcome.DECLINE: ApplicationStatus.DECLINED,
    Outcome.DEFER: ApplicationStatus.DEFERRED,
}
MARKS: Sequence[Mapping[str, Any]] = (
    {"need": 5, "cost": "14/3"},
    {"need": 4, "cost": 4},
    {"need": 4, "cost": 3},
    {"need": "10/3", "cost": 2},
)
OUTCOMES = (Outcome.AWARD, Outcome.AWARD, Outcome.PART, Outcome.DECLINE)


def decided(
    make: Make,
    outcomes: Sequence[str] = OUTCOMES,
    official: Sequence[Mapping[str, Any]] = MARKS,
    *,
    line: int = 650,
    **rest: Any,
) -> tuple[Decision, Panel]:
    """The bids of a round in the order of the ranked list, one outcome each; given to nobody unless `assessors=` says so."""
    made = panel(make, len(outcomes), **{"assessors": 0} | rest)
    at = made.funding_round.closes_at + timedelta(days=30)
    decision = make._kept(
        Decision(
            round_id=made.funding_round.id,
            status=DecisionStatus.APPROVED,
            year=2024,
            number=17,
            line=line,
            created_at=at,
            approved_at=at,
        )
    )
    for position, (bid, outcome, marked) in enumerate(zip(made.bids, outcomes, official, strict=False), 1):
        _proposed(make, decision, bid, outcome, marked, position)
    db.session.commit()
    return decision, made


def _proposed(make: Make, decision: Decision, bid: Application, outcome: str, marks: Mapping[str, Any], position: int) -> None:
    need, cost = (Fraction(str(marks.get(each, 0))) for each in ("need", "cost"))
    amount = {Outcome.AWARD: bid.amount_requested or 0, Outcome.PART: 50_000}.get(Outcome(outcome), 0)
    db.session.add(
        Proposal(
            decision_id=decision.id,
            application_id=bid.id,
            position=position,
            outcome=outcome,
            amount=amount,
            items="The hall" if outcome == Outcome.PART else "",
            percent=int((60 * need + 40 * cost) * 100 / 5) if marks else None,
            marks=dict(marks) or None,
        )
    )
    bid.status = BECOMES[Outcome(outcome)]
    if amount:
        at = decision.approved_at
        make.award(
            bid, decision=decision, status=AwardStatus.APPROVED, amount=amount, starts=None, ends=None, approved_at=at, created_at=at
        )
