"""What is done with bid workshops: added to a round, booked, a place given back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from partnerhub.actions.doing import Deed, action
from partnerhub.extensions import db
from partnerhub.models import BidWorkshop, FundingRound, WorkshopBooking
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.policy import Person


@action("workshop.add")
def add_workshop(funding_round: FundingRound, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> BidWorkshop:
    """A day on which people learn how to apply: still to come, and before the round closes."""
    if details["at"] <= now:
        raise BadAnswer("The workshop must be still to come.")
    if details["at"] >= funding_round.closes_at:
        raise BadAnswer("The workshop must be before the round closes: afterwards it helps nobody.")
    workshop = BidWorkshop(round_id=funding_round.id, **details)
    db.session.add(workshop)
    db.session.flush()
    deed.about, deed.details = workshop, {"round": funding_round.reference}
    return workshop


@action("workshop.book")
def book(workshop: BidWorkshop, *, by: Person, now: datetime, deed: Deed) -> None:
    """A place for oneself while there is one left; pressed twice it stays one place."""
    if not workshop.funding_round.is_public:
        raise NotNow("The round is not published yet, so its workshops cannot be booked.")
    if workshop.at <= now:
        raise NotNow("This workshop is over, so it cannot be booked any more.")
    if by.id is None or db.session.get(WorkshopBooking, (workshop.id, by.id)) is not None:
        deed.silent = True
        return
    taken = db.session.scalar(select(func.count()).where(WorkshopBooking.workshop_id == workshop.id)) or 0
    if taken >= workshop.places:
        raise NotNow("The last place has just been taken. Call us: sometimes a place comes free.")
    db.session.add(WorkshopBooking(workshop_id=workshop.id, user_id=by.id, at=now))


@action("workshop.cancel")
def cancel(workshop: BidWorkshop, *, by: Person, now: datetime, deed: Deed) -> None:
    """Gives one's own place back; without one nothing happens."""
    booking = db.session.get(WorkshopBooking, (workshop.id, by.id))
    if booking is None:
        deed.silent = True
        return
    db.session.delete(booking)
