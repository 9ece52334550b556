"""Bid workshops of a round: added by the office, booked by whoever is signed in, and who comes."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, url_for
from werkzeug.wrappers import Response

from partnerhub.actions import workshops as actions
from partnerhub.documents import lists
from partnerhub.forms.workshops import WorkshopForm
from partnerhub.models import BidWorkshop, FundingRound
from partnerhub.queries import rounds as queries
from partnerhub.queries.workshops import bookings_of
from partnerhub.rules import readable
from partnerhub.web.doors import me
from partnerhub.web.finding import find, require
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.respond import done, page

bp = Blueprint("workshops", __name__)

ROUND = "/rounds/<uuid:round_id>/workshops"
WORKSHOP = f"{ROUND}/<uuid:workshop_id>"


@bp.route(f"{ROUND}/new", methods=["GET", "POST"])
def create(round_id: UUID) -> Response:
    funding_round = find(FundingRound, round_id, *queries.IN_FULL, to="workshop.add")
    form = WorkshopForm()
    if form.validate_on_submit() and form.accepted(lambda: actions.add_workshop(funding_round, form.details(), by=me()), "on"):
        return done(_round(round_id), message="The workshop was added.")
    return page("workshops/create.html", form.status, form=form, funding_round=funding_round)


@bp.get(WORKSHOP)
@bp.get(f"{WORKSHOP}{FILE}")
def show(round_id: UUID, workshop_id: UUID, kind: str = "") -> Response:
    """Who comes."""
    require("workshop.view")
    workshop = _find(round_id, workshop_id)
    found = bookings_of(workshop.id)
    if kind:
        return list_file(kind, lists.BOOKINGS, found)
    return page("workshops/show.html", workshop=workshop, found=found)


@bp.post(f"{WORKSHOP}/book")
def book(round_id: UUID, workshop_id: UUID) -> Response:
    workshop = _find(round_id, workshop_id)
    actions.book(workshop, by=me())
    return done(
        _round(round_id), message=f"You have a place at the workshop: {readable.moment_in_words(workshop.at, None)}, {workshop.place}."
    )


@bp.post(f"{WORKSHOP}/cancel")
def cancel(round_id: UUID, workshop_id: UUID) -> Response:
    actions.cancel(_find(round_id, workshop_id), by=me())
    return done(_round(round_id), message="You gave your place back.")


def _round(round_id: UUID) -> str:
    return url_for("rounds.show", round_id=round_id, _anchor="workshops")


def _find(round_id: UUID, workshop_id: UUID) -> BidWorkshop:
    """The workshop of a round that this person may see."""
    funding_round = find(FundingRound, round_id, *queries.IN_FULL, to="round.view")
    return next((each for each in funding_round.workshops if each.id == workshop_id), None) or abort(404)
