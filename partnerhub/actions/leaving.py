"""Whoever leaves an organisation for the office, or while at the office, keeps out of what it applies for: an interest is written down."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.actions.assessment import declare_for
from partnerhub.extensions import db
from partnerhub.models import Application, FundingRound, Membership
from partnerhub.rules.numbers import FORMER_MEMBER_DAYS
from partnerhub.rules.rounds import day_in_words
from partnerhub.rules.words import FundingRoundStatus


def keep_apart(user_id: UUID, now: datetime) -> None:
    """Only inside a write, after a membership ended or a role at the office began: in each round that is not finished."""
    db.session.flush()
    at_the_office = (Membership.organisation_id.is_(None), Membership.programme_id.is_(None), Membership.ended_at.is_(None))
    if db.session.scalar(select(Membership.id).where(Membership.user_id == user_id, *at_the_office).limit(1)) is None:
        return
    left = (
        select(Membership.organisation_id, func.max(Membership.ended_at).label("at"))
        .where(
            Membership.user_id == user_id,
            Membership.organisation_id.is_not(None),
            Membership.ended_at > now - timedelta(days=FORMER_MEMBER_DAYS),
        )
        .group_by(Membership.organisation_id)
        .subquery()
    )
    applying = (
        select(Application.round_id, left.c.organisation_id, left.c.at)
        .join(left, left.c.organisation_id == Application.organisation_id)
        .join(FundingRound, FundingRound.id == Application.round_id)
        .where(FundingRound.status != FundingRoundStatus.FINISHED)
        .distinct()
    )
    for round_id, organisation_id, ended_at in db.session.execute(applying).all():
        declare_for(user_id, round_id, organisation_id, f"was a member until {day_in_words(clock.day_of(ended_at))}", now)
