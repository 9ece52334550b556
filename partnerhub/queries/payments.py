"""Questions about the money of awards: what holds a payment, how an award stands, what finance has to do, every payment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from partnerhub.extensions import db
from partnerhub.models import Award, FundingRound, GrantAgreement, MonitoringReturn, Organisation, Payment, SubmissionVersion
from partnerhub.models.conditions import allowed
from partnerhub.queries.documents import lacking
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.rows import Counted, one_page
from partnerhub.rules import payments as rules
from partnerhub.rules.payments import AwaitedReport, Standing, Underspend
from partnerhub.rules.policy import Person
from partnerhub.rules.words import GONE, PAID_FROM, TO_PAY, DocumentStage, PaymentStatus, ReturnStatus

MOST_SHOWN = 200

# What the page of one payment shows beside it, in the statement that finds it.
IN_FULL = (
    joinedload(Payment.award).joinedload(Award.organisation).load_only(Organisation.name),
    joinedload(Payment.monitoring_return).joinedload(MonitoringReturn.period),
    joinedload(Payment.prepared_by),
    joinedload(Payment.released_by),
)


@dataclass(frozen=True, slots=True)
class Totals:
    """The money of an award in pence, as it stands."""

    awarded: int
    paid: int
    to_pay: int
    to_come_back: int
    paid_back: int


def totals_of(payments: Iterable[Payment], awarded: int) -> Totals:
    sums: dict[str, int] = {}
    for each in payments:
        sums[each.status] = sums.get(each.status, 0) + each.amount
    return Totals(
        awarded,
        paid=sums.get(PaymentStatus.RELEASED, 0),
        to_pay=sum(sums.get(each, 0) for each in TO_PAY),
        to_come_back=-sums.get(PaymentStatus.CLAIMED, 0),
        paid_back=-sums.get(PaymentStatus.RECEIVED, 0),
    )


def payments_of(award_id: UUID) -> list[Payment]:
    """In their order, each with the report it waits for."""
    statement = select(Payment).where(Payment.award_id == award_id).options(*IN_FULL).order_by(Payment.number)
    return list(db.session.scalars(statement))


def reports_of(award: Award) -> list[MonitoringReturn]:
    """What the organisation reports about an award, by the day when it is due."""
    statement = select(MonitoringReturn).where(MonitoringReturn.award_id == award.id).order_by(MonitoringReturn.due_on, MonitoringReturn.id)
    return list(db.session.scalars(statement))


def reports_in_words(award: Award) -> list[tuple[str, MonitoringReturn]]:
    """(name, report) of each report of an award, in the order in which they are due."""
    return [(known.name, each) for each in reports_of(award) if (known := report_in_words(each))]


def spent_of(award: Award) -> int | None:
    """What the report approved last says was spent of the grant, in pence; None while none says it."""
    return _spent_in(reports_of(award))


def _spent_in(reports: Iterable[MonitoringReturn]) -> int | None:
    versions = [each.approved_version_id for each in reports if each.approved_version_id is not None]
    found = select(SubmissionVersion.answers).where(SubmissionVersion.id.in_(versions)).order_by(SubmissionVersion.submitted_at.desc())
    said = [rules.grant_spent(document.get("values", {})) for document in db.session.scalars(found)] if versions else []
    return next((each for each in said if each is not None), None)


def underspend_of(award: Award, payments: Iterable[Payment]) -> Underspend | None:
    """What was not spent by the report approved last; None while none says it."""
    return _underspend(totals_of(payments, award.amount), spent_of(award))


def _underspend(totals: Totals, spent: int | None) -> Underspend | None:
    return None if spent is None else rules.underspend(totals.awarded, totals.paid, spent, totals.to_come_back + totals.paid_back)


def is_settled(award: Award, payments: Sequence[Payment]) -> bool:
    """Nothing is left to be asked back, and what is planned is what was spent."""
    return _is_settled(totals_of(payments, award.amount), underspend_of(award, payments))


def _is_settled(totals: Totals, found: Underspend | None) -> bool:
    return found is None or (found.to_pay_back == 0 and totals.to_pay <= found.still_to_pay)


def payable_of(award: Award, payments: Iterable[Payment]) -> int:
    """What all payments of an award come to together."""
    return rules.payable(award.amount, totals_of(payments, award.amount).paid, spent_of(award))


def holds_of(award: Award, payments: Sequence[Payment], today: date) -> dict[UUID, list[str]]:
    """For each payment that is still to go out: why it cannot go out today."""
    return _holds(award, payments, today, spent_of(award))


def _holds(award: Award, payments: Sequence[Payment], today: date, spent: int | None) -> dict[UUID, list[str]]:
    waiting = [each for each in payments if each.is_to_pay]
    if not waiting:
        return {}
    known = _known_of(award, today, spent)
    return {each.id: rules.holds(_standing(each, payments, award, known), today) for each in waiting}


def _known_of(award: Award, today: date, spent: int | None) -> dict[str, Any]:
    """What holds all payments of an award alike."""
    signed = select(GrantAgreement.partner_signed_at, GrantAgreement.office_signed_at).where(
        GrantAgreement.award_id == award.id, GrantAgreement.number == 1
    )
    return {
        "award": award.amount,
        "is_signed": any(None not in each for each in db.session.execute(signed)),
        "has_ended": award.status not in PAID_FROM,
        "payee_is_checked": award.payee_checked_at is not None,
        "papers": tuple(each.words for each in lacking(award.application, DocumentStage.PAYMENT, today)),
        "spent": spent,
    }


def _standing(payment: Payment, payments: Sequence[Payment], award: Award, known: dict[str, Any]) -> Standing:
    return Standing(
        amount=payment.amount,
        due_on=payment.due_on,
        paid=sum(each.amount for each in payments if each.status in GONE and each.id != payment.id),
        report=report_in_words(payment.monitoring_return),
        **known,
    )


def report_in_words(owed: MonitoringReturn | None) -> AwaitedReport | None:
    """The report that a payment waits for: by the title of its form."""
    if owed is None:
        return None
    title = definition(owed.questionnaire_version_id).title
    is_done = owed.approved_version_id is not None or owed.status == ReturnStatus.WAIVED
    return AwaitedReport(title[:1].lower() + title[1:], owed.due_on, is_done)


@dataclass(frozen=True, slots=True)
class Money:
    """What the page of an award shows of its money."""

    payments: list[Payment]
    held: dict[UUID, list[str]]
    totals: Totals
    reports: dict[UUID, AwaitedReport]
    """What payments wait for, by the report's id."""
    underspend: Underspend | None
    is_settled: bool


def money_of(award: Award, today: date) -> Money:
    payments, reports = payments_of(award.id), reports_of(award)
    totals, spent = totals_of(payments, award.amount), _spent_in(reports)
    underspend = _underspend(totals, spent)
    return Money(
        payments,
        _holds(award, payments, today, spent),
        totals,
        {each.id: known for each in reports if (known := report_in_words(each))},
        underspend,
        _is_settled(totals, underspend),
    )


# Lists


def every_payment(person: Person, state: str | None = None) -> list[Any]:
    return list(db.session.execute(_every_payment(person, state)))


def a_page_of_payments(person: Person, state: str | None, number: int) -> Counted:
    return one_page(_every_payment(person, state), number)


def _every_payment(person: Person, state: str | None) -> Select[*tuple[Any, ...]]:
    """The payments that `person` may view, those that are due first; the payee's reference only for those who may see it."""
    payee = case((allowed(person, "award.view_payee", Award), Award.payee_reference), else_="").label("payee")
    expected = func.coalesce(Payment.due_on, MonitoringReturn.due_on)
    return (
        select(Payment, payee, expected.label("expected"))
        .join(Payment.award)
        .join(Award.organisation)
        .outerjoin(MonitoringReturn, MonitoringReturn.id == Payment.return_id)
        .where(allowed(person, "payment.view", Payment), *([Payment.status == state] if state else []))
        .options(
            contains_eager(Payment.award).contains_eager(Award.organisation).load_only(Organisation.name),
            contains_eager(Payment.award).joinedload(Award.funding_round).joinedload(FundingRound.fund),
        )
        .order_by(expected.is_(None), expected, Award.reference, Payment.number)
    )


def to_pay_back(person: Person) -> list[Payment]:
    """What the person's organisations are asked to pay back, the earliest due first."""
    own = Payment.organisation_id.in_(list(person.organisations)), Payment.status == PaymentStatus.CLAIMED
    return list(db.session.scalars(_to_do(allowed(person, "payment.view", Payment), *own)))


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits for one person; `is_any` where something does."""

    prepare: list[Payment]
    """Their day has come and their report is approved; other things may still hold them."""
    release: list[Payment]
    """What somebody else has prepared."""
    receive: list[Payment]
    """Money that is to come back."""

    @property
    def is_any(self) -> bool:
        return bool(self.prepare or self.release or self.receive)


def money_to_do(person: Person, today: date) -> ToDo:
    """What finance finds on its home page, in one statement."""
    owed = MonitoringReturn
    has_come = and_(
        or_(Payment.due_on.is_(None), Payment.due_on <= today),
        or_(owed.id.is_(None), owed.approved_version_id.is_not(None), owed.status == ReturnStatus.WAIVED),
        Award.payee_checked_at.is_not(None),
    )
    deeds = [and_(allowed(person, "payment.prepare", Payment), has_come)]
    deeds += [allowed(person, each, Payment) for each in ("payment.release", "payment.receive")]
    found = db.session.execute(_to_do(or_(*deeds)).add_columns(*deeds)).all()
    return ToDo(*([each for each, *may in found if may[at]] for at in range(len(deeds))))


def _to_do(*where: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(Payment)
        .join(Payment.award)
        .join(Award.organisation)
        .outerjoin(MonitoringReturn, MonitoringReturn.id == Payment.return_id)
        .where(*where)
        .options(contains_eager(Payment.award).contains_eager(Award.organisation).load_only(Organisation.name))
        .order_by(Payment.due_on, Award.reference, Payment.number)
        .limit(MOST_SHOWN)
    )
