"""Questions about bid workshops: how many places are left, who comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from partnerhub.extensions import db
from partnerhub.models import BidWorkshop, FundingRound, User, WorkshopBooking
from partnerhub.rules.policy import Person


@dataclass(frozen=True, slots=True)
class Offered:
    """A workshop as somebody sees it who thinks of going."""

    workshop: BidWorkshop
    left: int
    is_mine: bool
    is_over: bool


def workshops_of(funding_round: FundingRound, person: Person, now: datetime) -> list[Offered]:
    """The workshops of a round, the next first, with the places left and whether `person` has one."""
    if not funding_round.workshops:
        return []
    mine = func.sum(case((WorkshopBooking.user_id == person.id, 1), else_=0))
    rows = db.session.execute(
        select(WorkshopBooking.workshop_id, func.count(), mine)
        .where(WorkshopBooking.workshop_id.in_([each.id for each in funding_round.workshops]))
        .group_by(WorkshopBooking.workshop_id)
    )
    taken = {identity: (count, own) for identity, count, own in rows}
    found = []
    for each in funding_round.workshops:
        count, own = taken.get(each.id, (0, 0))
        found.append(Offered(each, max(0, each.places - count), bool(own), each.at <= now))
    return found


def bookings_of(workshop_id: UUID) -> list[WorkshopBooking]:
    """Who comes, by name."""
    return list(
        db.session.scalars(
            select(WorkshopBooking)
            .join(WorkshopBooking.user)
            .where(WorkshopBooking.workshop_id == workshop_id)
            .options(joinedload(WorkshopBooking.user))
            .order_by(User.name, User.id)
        )
    )
