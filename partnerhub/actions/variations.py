"""Changes to a grant: asked for by the partner, decided, signed by both sides; then the award, its payments and its report follow."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from partnerhub.actions.doing import Deed, action, next_number
from partnerhub.actions.grant_agreements import put_agreement, put_office_signature, put_partner_signature
from partnerhub.actions.mail import link_to, tell
from partnerhub.actions.payments import follow_amount, locked_payments
from partnerhub.clock import day_of
from partnerhub.extensions import db
from partnerhub.models import Award, FundingRound, GrantAgreement, Variation
from partnerhub.queries import payments as queries
from partnerhub.queries.assessment import addresses_to_tell
from partnerhub.queries.people import addresses_of_team
from partnerhub.queries.variations import left_in
from partnerhub.rules import variations as rules
from partnerhub.rules.errors import NotNow
from partnerhub.rules.policy import Person
from partnerhub.rules.text import sentence
from partnerhub.rules.variations import Change, Grant
from partnerhub.rules.words import AwardStatus, VariationStatus


@action("award.vary")
def ask_variation(award: Award, change: Change, *, by: Person, now: datetime, deed: Deed) -> Variation:
    """A lead asks for a change; one at a time."""
    if any(each.is_open for each in award.variations):
        raise NotNow("Another change to this grant is still open. Wait until it is decided and signed, or call us. Nothing was changed.")
    what, why = sentence(change.what, "what is to change"), sentence(change.why, "why it is to change")
    rules.refuse_impossible(change, _grant(award), day_of(now))
    asked = Variation(
        award_id=award.id,
        round_id=award.round_id,
        organisation_id=award.organisation_id,
        number=next_number(Variation.number, Variation.award_id == award.id),
        status=VariationStatus.ASKED,
        what=what,
        why=why,
        new_amount=change.new_amount,
        new_ends=change.new_ends,
        new_items=change.new_items,
        asked_by_id=by.id,
        asked_at=now,
    )
    db.session.add(asked)
    db.session.flush()
    _tell(asked, addresses_to_tell(award.application), "variation_asked", now)
    deed.about, deed.details = asked, {"reference": award.reference, "change": asked.number}
    return asked


@action("variation.approve")
def approve_variation(variation: Variation, *, by: Person, now: datetime, deed: Deed) -> None:
    """Its words are made, to be signed by both. Who approve more money in one round at the same moment pass one after the other."""
    db.session.execute(select(FundingRound.id).where(FundingRound.id == variation.round_id).with_for_update())
    award = variation.award
    _refuse_over(award)
    change, grant = _change(variation), _grant(award)
    rules.refuse_impossible(change, grant, day_of(now))
    if (change.new_amount or 0) > grant.amount:
        rules.refuse_beyond_the_pot((change.new_amount or 0) - grant.amount, left_in(award.funding_round))
    text = rules.words(variation.number, current_app.config["HUB"].office_name, award.organisation.name, award.reference, change, grant)
    variation.agreement_id = put_agreement(award, text, award.agreements[0].template, now).id
    variation.decided_by_id, variation.decided_at = by.id, now
    _tell(variation, addresses_of_team(award.organisation_id), "variation_decided", now)
    deed.details = {"reference": award.reference, "change": variation.number}


@action("variation.refuse")
def refuse_variation(variation: Variation, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    variation.decided_reason = sentence(reason, "why it is refused")
    variation.decided_by_id, variation.decided_at = by.id, now
    _tell(variation, addresses_of_team(variation.organisation_id), "variation_decided", now)
    deed.details = {"reference": variation.award.reference, "change": variation.number, "reason": variation.decided_reason}


@action("variation.sign")
def sign_variation(variation: Variation, seen: str, name: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """A lead signs the words of the change. Pressed again, nothing happens."""
    agreement = _words_of(variation)
    deed.silent = not put_partner_signature(agreement, seen, name, by=by, now=now)
    deed.details = {"reference": variation.award.reference, "change": variation.number, "digest": agreement.digest}


@action("variation.countersign")
def countersign_variation(variation: Variation, seen: str, name: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """The office signs: from now on the award is what the change says, and what is still to go out follows it."""
    award = db.session.scalars(
        select(Award).where(Award.id == variation.award_id).with_for_update(of=Award).execution_options(populate_existing=True)
    ).one()
    put_office_signature(_words_of(variation), seen, name, by=by, now=now)
    rules.refuse_impossible(_change(variation), _grant(award), min(day_of(now), variation.new_ends or day_of(now)))
    deed.details = {"reference": award.reference, "change": variation.number} | _follow(award, variation)
    _tell(variation, addresses_of_team(award.organisation_id), "variation_signed", now)


def _follow(award: Award, variation: Variation) -> dict[str, Any]:
    """Amount, end and items of the award, its payments, and the day of its last report; what changed, for the history."""
    told: dict[str, Any] = {}
    if variation.new_amount is not None and variation.new_amount != award.amount:
        told["amount"] = [award.amount, variation.new_amount]
        award.amount = variation.new_amount
        follow_amount(award)
    if variation.new_ends is not None and variation.new_ends != award.ends:
        told["ends"] = [award.ends.isoformat() if award.ends else "", variation.new_ends.isoformat()]
        _follow_end(award, variation.new_ends)
    if variation.new_items:
        award.items = variation.new_items
    return told


def _follow_end(award: Award, ends: date) -> None:
    terms = award.funding_round.terms
    for each in queries.reports_of(award):
        if each.is_open and str(each.agreement.questionnaire_id) == terms.report_form:
            each.due_on = ends + timedelta(days=terms.report_due_days)
        elif each.is_open:  # a report half-way stays where it was, but not beyond the end
            each.due_on = min(each.due_on, ends)
    for each in locked_payments(award):
        if each.is_planned and each.due_on is not None and each.due_on == award.ends:
            each.due_on = ends
    award.ends = ends


def _words_of(variation: Variation) -> GrantAgreement:
    """What both sides sign, locked, and only while the grant runs."""
    _refuse_over(variation.award)
    statement = select(GrantAgreement).where(GrantAgreement.id == variation.agreement_id)
    return db.session.scalars(statement.with_for_update(of=GrantAgreement).execution_options(populate_existing=True)).one()


def _refuse_over(award: Award) -> None:
    if award.status != AwardStatus.AGREED:
        raise NotNow("The grant does not run any more, so it cannot be changed. Nothing was changed.")


def close_changes(award: Award, *, by: Person, now: datetime) -> None:
    """The grant is over: what was asked and is not signed by both comes to nothing, and takes no money. Only inside a write."""
    for each in award.variations:
        if each.is_open:
            each.status, each.decided_by_id, each.decided_at = VariationStatus.REFUSED, by.id, now
            each.decided_reason = "The grant is over."


def _change(variation: Variation) -> Change:
    return Change(variation.what, variation.why, variation.new_ends, variation.new_amount, variation.new_items)


def _grant(award: Award) -> Grant:
    gone = sum(each.amount for each in queries.payments_of(award.id) if each.is_fixed)
    return Grant(award.amount, gone, award.funding_round.terms.cap, award.starts, award.ends, award.items)


def _tell(variation: Variation, addresses: list[str], template: str, now: datetime) -> None:
    award = db.session.get_one(Award, variation.award_id)
    link = link_to("variations.show", variation_id=variation.id)
    tell(addresses, template, variation.id, now.isoformat(), now=now, variation=variation, award=award, link=link)
