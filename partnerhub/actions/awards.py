"""What happens to an award once it is offered: signed by both sides, turned down, lapsed, ended, completed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions.doing import Deed, action
from partnerhub.actions.grant_agreements import put_office_signature, put_partner_signature
from partnerhub.actions.mail import link_to, tell
from partnerhub.actions.obligations import draw_up_reports
from partnerhub.actions.payments import put_schedule
from partnerhub.actions.variations import close_changes
from partnerhub.extensions import db
from partnerhub.models import Award, GrantAgreement
from partnerhub.queries.awards import agreement_of, owed_of, report_titles
from partnerhub.queries.people import addresses_of_team
from partnerhub.rules import readable
from partnerhub.rules.awards import has_lapsed
from partnerhub.rules.errors import NotNow
from partnerhub.rules.policy import Person
from partnerhub.rules.text import sentence


@action("award.sign")
def sign_for_partner(award: Award, seen: str, name: str, *, by: Person, now: datetime, deed: Deed) -> GrantAgreement:
    """A lead signs; `seen` is the digest of the words on their page, `name` what they typed. Pressed again, it gives what was signed."""
    agreement = _to_sign(award)
    if not agreement.is_signed_by_partner:
        _refuse_late(award, now)
    deed.silent = not put_partner_signature(agreement, seen, name, by=by, now=now)
    deed.details = _signed(agreement)
    return agreement


@action("award.countersign")
def sign_for_office(award: Award, seen: str, name: str, *, by: Person, now: datetime, deed: Deed) -> GrantAgreement:
    """The office signs: the grant is agreed, its reports are drawn up, and both sides get the agreement as a PDF."""
    agreement = _to_sign(award)
    if not put_office_signature(agreement, seen, name, by=by, now=now):
        deed.silent = True
        return agreement
    award.agreed_at = now
    drawn = draw_up_reports(award, now)
    put_schedule(award, now, drawn)
    titles = report_titles(award)
    _tell_team(award, "award_agreed", agreement.digest[:12], now, also=(by.email,), agreement=agreement.id, reports=titles)
    deed.details = _signed(agreement) | {"reports": [each.due_on.isoformat() for each in drawn]}
    return agreement


@action("award.refuse")
def refuse_award(award: Award, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """The organisation does not take it."""
    award.ended_reason = sentence(reason, "why you do not take it")
    deed.details = {"reason": award.ended_reason}


@action("award.lapse")
def lapse_award(award: Award, *, by: Person, now: datetime, deed: Deed) -> None:
    """Nobody signed it in time: the money is free again."""
    if not has_lapsed(award.answer_by, clock.day_of(now), _to_sign(award).is_signed_by_partner):
        raise NotNow("The organisation has signed, or can still sign, so the offer stands. Nothing was changed.")
    deed.details = {"answer_by": str(award.answer_by)}
    _tell_team(award, "award_lapsed", "lapsed", now)


@action("award.end")
def end_award(award: Award, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """An agreed grant ends before its time. What was drawn up stays due, so that what was spent is accounted for."""
    award.ended_reason = sentence(reason, "why it ends")
    close_changes(award, by=by, now=now)
    deed.details = {"reason": award.ended_reason}
    _tell_team(award, "award_ended", "ended", now)


@action("award.complete")
def complete_award(award: Award, *, by: Person, now: datetime, deed: Deed) -> None:
    """Everything is in and paid."""
    owed = owed_of(award)
    if owed:
        raise NotNow(f"It cannot be completed yet: {'; '.join(owed)}. Nothing was changed.")
    close_changes(award, by=by, now=now)
    _tell_team(award, "award_completed", "completed", now)


def _to_sign(award: Award) -> GrantAgreement:
    """The agreement, locked until the write ends."""
    db.session.execute(select(GrantAgreement.id).where(GrantAgreement.award_id == award.id, GrantAgreement.number == 1).with_for_update())
    agreement = agreement_of(award.id)
    if agreement is None:
        raise NotNow("There is no agreement of this award yet, so there is nothing to sign. Call us. Nothing was changed.")
    return agreement


def _refuse_late(award: Award, now: datetime) -> None:
    if award.answer_by and has_lapsed(award.answer_by, clock.day_of(now), False):
        last = readable.day(award.answer_by)
        raise NotNow(
            f"The offer stood until {last}, so it cannot be signed any more. Nothing was signed. Call us if you still want the grant."
        )


def _signed(agreement: GrantAgreement) -> dict[str, Any]:
    return {"agreement": agreement.number, "digest": agreement.digest}


def _tell_team(award: Award, template: str, occasion: str, now: datetime, *, also: Iterable[str] = (), **rest: Any) -> None:
    addresses, link = addresses_of_team(award.organisation_id), link_to("awards.show", award_id=award.id)
    tell([*addresses, *also], template, award.id, occasion, now=now, award=award, link=link, **rest)
