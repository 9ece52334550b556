"""What is done with the money of an award: planned, prepared, let go by a second person, held, cancelled, asked back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from partnerhub.actions.doing import Deed, action, next_number
from partnerhub.actions.mail import link_to, tell
from partnerhub.clock import day_of
from partnerhub.extensions import db
from partnerhub.models import Award, MonitoringReturn, Payment
from partnerhub.queries import payments as queries
from partnerhub.queries.people import addresses_of_team, leads_of
from partnerhub.rules import payments as rules
from partnerhub.rules import readable
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.numbers import PAY_BACK_DAYS
from partnerhub.rules.payments import Planned
from partnerhub.rules.policy import Person
from partnerhub.rules.text import sentence
from partnerhub.rules.words import GONE, PaymentStatus

# The schedule


def put_schedule(award: Award, now: datetime, reports: Sequence[MonitoringReturn] = ()) -> list[Payment]:
    """The payments of an award as its round promised them, when both sides have signed; only inside a write.

    The first is due that day; a later one when the report it waits for is approved. None is drawn up where there are payments already.
    """
    if queries.payments_of(award.id):
        return []
    reports = sorted(reports, key=lambda each: each.due_on)
    terms = award.funding_round.terms
    amounts = rules.instalments(award.amount, terms.one_payment_to, terms.instalments)
    drawn = []
    for at, place in enumerate(rules.waits_for(len(amounts), len(reports))):
        report = reports[place] if place is not None else None
        due_on = None if report else day_of(now) if at == 0 else award.ends or day_of(now)
        drawn.append(_payment(award, at + 1, amounts[at], due_on, report.id if report else None))
    db.session.add_all(drawn)
    db.session.flush()
    return drawn


def _payment(award: Award, number: int, amount: int, due_on: date | None, return_id: UUID | None) -> Payment:
    return Payment(
        award_id=award.id,
        round_id=award.round_id,
        organisation_id=award.organisation_id,
        number=number,
        amount=amount,
        due_on=due_on,
        return_id=return_id,
        status=PaymentStatus.PLANNED,
    )


@action("award.reschedule")
def reschedule(award: Award, wanted: Sequence[Planned], *, by: Person, now: datetime, deed: Deed) -> None:
    """What is still planned, put anew, one after the other; what is wanted beyond them is added, what is not wanted any more is cancelled.

    A payment that was prepared or released stays as it is; all of them together pay what the award pays.
    """
    payments = locked_payments(award)
    wanted = [each for each in wanted if each.amount]
    settled = sum(each.amount for each in payments if each.status in GONE)
    paid = queries.totals_of(payments, award.amount).paid
    _refuse_unknown(award, wanted)
    rules.refuse_other_sum([settled, *(each.amount for each in wanted)], rules.payable(award.amount, paid, queries.spent_of(award)))
    kept = [each for each in payments if each.is_planned]
    for payment, asked in zip(kept, wanted, strict=False):
        payment.amount, payment.due_on, payment.return_id = asked
    for payment in kept[len(wanted) :]:
        payment.status = PaymentStatus.CANCELLED
        payment.note = "It was put together with other payments."
    number = next_number(Payment.number, Payment.award_id == award.id)
    db.session.add_all(_payment(award, number + at, *asked) for at, asked in enumerate(wanted[len(kept) :]))
    deed.details = {"reference": award.reference, "payments": [readable.pounds(each.amount) for each in wanted]}


def _refuse_unknown(award: Award, wanted: Sequence[Planned]) -> None:
    known = {each.id for each in queries.reports_of(award)}
    for each in wanted:
        if each.amount < 0 or (each.return_id and each.return_id not in known):
            raise BadAnswer("Choose a report of this award for each payment, or none. Nothing was changed.")
        if each.due_on is None and each.return_id is None:
            raise BadAnswer("Give each payment a day when it is due, or the report that it waits for. Nothing was changed.")


def locked_payments(award: Award) -> list[Payment]:
    """The payments of an award as they stand now; nobody else changes one until this write has ended, and older pages of it are refused."""
    flag_modified(award, "reference")
    statement = select(Payment).where(Payment.award_id == award.id).order_by(Payment.number)
    return list(db.session.scalars(statement.with_for_update(of=Payment).execution_options(populate_existing=True)))


def follow_amount(award: Award) -> None:
    """What is still to go out follows the award's new amount, in the same proportions; what was prepared is prepared anew."""
    payments = locked_payments(award)
    rest = award.amount - queries.totals_of(payments, award.amount).paid
    waiting = [each for each in payments if each.is_to_pay]
    if rest and not waiting:
        waiting = [_payment(award, next_number(Payment.number, Payment.award_id == award.id), rest, award.ends, None)]
        db.session.add_all(waiting)
    _share(waiting, rules.split(rest, [each.amount for each in waiting]) if waiting else [])


def _share(payments: Sequence[Payment], amounts: Sequence[int]) -> None:
    for payment, amount in zip(payments, amounts, strict=True):
        if amount != payment.amount:
            _not_prepared(payment)
            payment.status = PaymentStatus.PLANNED if amount else PaymentStatus.CANCELLED
            payment.note = "" if amount else "Nothing is left to pay."
            payment.amount = amount or payment.amount


def _not_prepared(payment: Payment) -> None:
    """Whoever prepared it prepared something else: it does not bear their name any more."""
    payment.prepared_by_id, payment.prepared_at = None, None


# The payee


@action("award.check_payee")
def check_payee(award: Award, reference: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """Finance looked the payee up in the finance system. That it changed, the leads and the history are told; the reference never."""
    reference = rules.payee_reference(reference)
    changed = bool(award.payee_reference) and reference != award.payee_reference
    award.payee_reference = reference
    award.payee_checked_by_id, award.payee_checked_at = by.id, now
    if changed:
        _prepare_anew(award)
        leads, link = [each.email for each in leads_of(award.organisation_id)], link_to("awards.show", award_id=award.id)
        tell(leads, "payee_changed", award.id, now.isoformat(), now=now, award=award, link=link)
    deed.details = {"reference": award.reference, "another payee": changed}


@action("award.doubt_payee")
def doubt_payee(award: Award, *, by: Person, now: datetime, deed: Deed) -> None:
    """The account has changed: nothing goes out until finance has checked the payee anew."""
    deed.silent = award.payee_checked_at is None
    award.payee_checked_by_id, award.payee_checked_at = None, None
    _prepare_anew(award)
    deed.details = {"reference": award.reference}


def _prepare_anew(award: Award) -> None:
    """What was prepared was prepared for the payee that was known then."""
    for each in locked_payments(award):
        if each.status == PaymentStatus.PREPARED:
            _not_prepared(each)
            each.status = PaymentStatus.PLANNED


# One payment


@action("payment.prepare")
def prepare_payment(payment: Payment, *, by: Person, now: datetime, deed: Deed) -> None:
    _refuse_held(payment, now)
    payment.prepared_by_id, payment.prepared_at = by.id, now
    deed.details = _told(payment)


@action("payment.take_back")
def take_back_payment(payment: Payment, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """It was prepared and is not to go out as it is."""
    _not_prepared(payment)
    deed.details = _told(payment) | {"reason": sentence(reason, "why it is taken back")}


@action("payment.release")
def release_payment(payment: Payment, *, by: Person, now: datetime, deed: Deed) -> None:
    """The second person lets it go: once, and only if nothing holds it now. The organisation is told."""
    _refuse_held(payment, now)
    payment.released_by_id, payment.released_at = by.id, now
    _tell(payment, "payment_released", now)
    deed.details = _told(payment)


@action("payment.cancel")
def cancel_payment(payment: Payment, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    payment.note = sentence(reason, "why it is cancelled")
    deed.details = _told(payment) | {"reason": payment.note}


def _refuse_held(payment: Payment, now: datetime) -> None:
    award = payment.award
    held = queries.holds_of(award, queries.payments_of(award.id), day_of(now))[payment.id]
    if held:
        raise NotNow(f"This payment is held. {' '.join(held)} Nothing was changed.")


def _told(payment: Payment) -> dict[str, object]:
    return {"reference": payment.award.reference, "payment": payment.number, "amount": readable.pounds(payment.amount)}


def _tell(payment: Payment, template: str, now: datetime) -> None:
    """Mail to everybody of the organisation's team."""
    addresses, link = addresses_of_team(payment.organisation_id), link_to("awards.show", award_id=payment.award_id)
    tell(addresses, template, payment.id, now.isoformat(), now=now, payment=payment, award=payment.award, link=link)


# What comes back


@action("award.claim")
def claim_back(award: Award, amount: int, due_on: date, reason: str, *, by: Person, now: datetime, deed: Deed) -> Payment:
    """Ask for money back: at most what was paid and is not asked back already."""
    payments = locked_payments(award)
    claimed = _claim(award, payments, amount, due_on, sentence(reason, "why it is to come back"), by, now)
    deed.details = {"reference": award.reference, "amount": readable.pounds(amount), "due": due_on.isoformat(), "reason": claimed.note}
    return claimed


def _claim(award: Award, payments: Sequence[Payment], amount: int, due_on: date, reason: str, by: Person, now: datetime) -> Payment:
    totals = queries.totals_of(payments, award.amount)
    most = totals.paid - totals.to_come_back - totals.paid_back
    if not 0 < amount <= most:
        raise BadAnswer(f"Enter an amount up to {readable.pounds(most)}: that was paid and is not asked back. Nothing was changed.")
    if due_on < day_of(now):
        raise BadAnswer("Enter a day that is still to come. Nothing was changed.")
    claimed = _payment(award, next_number(Payment.number, Payment.award_id == award.id), -amount, due_on, None)
    claimed.status, claimed.note = PaymentStatus.CLAIMED, reason
    claimed.prepared_by_id, claimed.prepared_at = by.id, now
    claimed.award = award
    db.session.add(claimed)
    db.session.flush()
    _tell(claimed, "payment_claimed", now)
    return claimed


@action("payment.receive")
def receive_payment(payment: Payment, *, by: Person, now: datetime, deed: Deed) -> None:
    """The money has come back, says a person of finance who did not ask for it."""
    payment.released_by_id, payment.released_at = by.id, now
    deed.details = _told(payment)


@action("award.settle")
def settle_underspend(award: Award, *, by: Person, now: datetime, deed: Deed) -> None:
    """By the report approved last: what was not spent is not paid out, and what was paid beyond that is asked back."""
    payments = locked_payments(award)
    found = queries.underspend_of(award, payments)
    if found is None or queries.is_settled(award, payments):
        raise NotNow("Nothing is left to settle: no approved report says that less was spent. Nothing was changed.")
    waiting, amounts = [each for each in payments if each.is_to_pay], []
    for each in waiting:
        amounts.append(min(each.amount, found.still_to_pay - sum(amounts)))
    _share(waiting, amounts)
    if found.to_pay_back:
        due_on = day_of(now) + timedelta(days=PAY_BACK_DAYS)
        _claim(award, payments, found.to_pay_back, due_on, "By your report it was not spent.", by, now)
    deed.details = {
        "reference": award.reference,
        "spent": readable.pounds(found.spent),
        "not to pay": readable.pounds(found.not_to_pay),
        "to pay back": readable.pounds(found.to_pay_back),
    }
