"""The money of an award: how it is cut into payments, what holds one, what was not spent, and how its payee is named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from partnerhub.rules import readable
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.question_types import Answers
from partnerhub.rules.words import PaymentStatus

SPENT = "grant_spent"
"""The key of the question of a report that says how much of the grant was spent; in pounds, as money is read."""


# The schedule


def split(total: int, shares: Sequence[int]) -> list[int]:
    """`total` pence cut in proportion to `shares`, to the penny: what was paid by then is rounded half up, so the parts add up exactly."""
    whole = sum(shares)
    if whole <= 0 or min(shares) < 0:
        raise BadAnswer("The shares of the payments must add up to more than nothing, and none may be less than nothing.")
    reached, marks = 0, [0]
    for share in shares:
        reached += share
        marks.append((2 * total * reached + whole) // (2 * whole))
    return [after - before for before, after in pairwise(marks)]


def instalments(amount: int, one_payment_to: int, per_cent: Sequence[int]) -> list[int]:
    """What is paid when, in pence: all at once up to `one_payment_to`, else in the fund's shares; none of nothing."""
    parts = [amount] if amount <= one_payment_to else split(amount, per_cent or [100])
    return [each for each in parts if each]


def waits_for(payments: int, reports: int) -> list[int | None]:
    """For each payment the place of the report it waits for: the last for the last, and so on backwards. The first waits for none."""
    return [None if at == 0 or reports - payments + at < 0 else reports - payments + at for at in range(payments)]


class Planned(NamedTuple):
    """A payment as it is wanted, in pence: not before `due_on`, and not before the report that it waits for is approved."""

    amount: int
    due_on: date | None
    return_id: UUID | None


def payable(award: int, paid: int, spent: int | None) -> int:
    """What all payments together come to: the award, or what was spent of it once a report says so; never less than what was paid."""
    return award if spent is None else max(paid, min(award, spent))


def refuse_other_sum(amounts: Sequence[int], award: int) -> None:
    """A schedule pays what is payable, no more and no less."""
    total = sum(amounts)
    if total != award:
        more = "more" if total > award else "less"
        raise BadAnswer(
            f"The payments add up to {readable.pounds(total)}, which is {readable.pounds(abs(total - award))} {more} "
            f"than the {readable.pounds(award)} that this award pays. Change the amounts so that they add up. Nothing was changed."
        )


# What holds a payment


@dataclass(frozen=True, slots=True)
class AwaitedReport:
    """What a payment waits for."""

    name: str
    due_on: date
    is_approved: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that a payment can be held by. Money in pence."""

    amount: int
    due_on: date | None
    award: int
    paid: int
    """Released or prepared so far, this payment left out."""
    is_signed: bool
    has_ended: bool
    payee_is_checked: bool
    report: AwaitedReport | None = None
    spent: int | None = None
    """Of the grant, as an approved report says; None while none says it."""
    papers: Sequence[str] = ()
    """Documents that the fund asks for before payment, each with what is wrong with it: “Insurance: expired on 3 May 2026”."""


def holds(standing: Standing, today: date) -> list[str]:
    """Why this payment cannot go out today, in sentences that the partner reads too; empty when it can."""
    return list(_holds(standing, today))


def _holds(standing: Standing, today: date) -> Iterator[str]:
    if standing.has_ended:
        yield "The grant has ended, so nothing more is paid."
    if not standing.is_signed:
        yield "The grant agreement is not signed by both sides yet."
    if not standing.payee_is_checked:
        yield "The office has not checked yet to whom it pays."
    if standing.papers:
        yield f"We wait for documents: {'; '.join(standing.papers)}."
    report = standing.report
    if report and not report.is_approved:
        yield f"To be paid when the {report.name} (due {readable.day(report.due_on)}) is approved."
    if standing.due_on and standing.due_on > today:
        yield f"Not to be paid before {readable.day(standing.due_on)}."
    over = standing.paid + standing.amount - standing.award
    if over > 0:
        yield f"With it {readable.pounds(over)} more would be paid than the award of {readable.pounds(standing.award)}."
    elif standing.spent is not None and standing.spent < standing.paid + standing.amount:
        yield f"The report says that {readable.pounds(standing.spent)} was spent, and with it more would be paid than that."


def in_words(status: str, amount: int, due_on: date | None, on: date | datetime | None, *, to_you: bool) -> str:
    """How a payment stands, to whoever gets it or to somebody else; empty while it is to be paid, which `holds` explains.

    `amount` in pence, less than nothing for money that comes back; `on`: the day when it went out or came back.
    """
    money, day = readable.pence(abs(amount)), readable.day(on) if on else ""
    by = f" by {readable.day(due_on)}" if due_on else ""
    told = {
        PaymentStatus.RELEASED: f"Paid{' to you' if to_you else ''} on {day}.",
        PaymentStatus.CANCELLED: "Cancelled.",
        PaymentStatus.CLAIMED: f"{'You have' if to_you else 'They have'} {money} to pay back{by}.",
        PaymentStatus.RECEIVED: f"{'You' if to_you else 'They'} paid {money} back on {day}.",
    }
    return told.get(PaymentStatus(status), "")


# What was not spent


@dataclass(frozen=True, slots=True)
class Underspend:
    """What follows from a report that is approved; pence."""

    spent: int
    unspent: int
    """Of the award."""
    to_pay_back: int
    """Paid out and not spent."""
    still_to_pay: int
    """Spent and not paid out yet."""
    not_to_pay: int
    """Awarded, not spent, and not paid out either."""


def grant_spent(counting: Answers) -> int | None:
    """What a report says was spent of the grant, in pence; None where its form does not ask."""
    value = counting.get(SPENT, {}).get("")
    return value if isinstance(value, int) else None


def underspend(award: int, paid: int, spent: int, asked_back: int = 0) -> Underspend:
    """Of `paid`, `asked_back` is asked back or came back already. Whatever was spent beyond the award is the partner's own."""
    due = payable(award, paid, spent)
    return Underspend(spent, max(0, award - spent), max(0, paid - spent - asked_back), due - paid, award - due)


# The payee

_SORT_CODE = re.compile(r"(?<![0-9])[0-9]{2}([-‐‑–—./])[0-9]{2}\1[0-9]{2}(?![0-9])")
_DIGITS = re.compile(r"(?<![0-9])(?:[0-9]{6}[^0-9]{0,20}[0-9]{7,8}|[0-9]{7,8}[^0-9]{1,20}[0-9]{6})(?![0-9])")  # sort code and account
_GAPS = re.compile(r"(?<=[0-9])[ .‐‑–—-](?=[0-9])")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")

BANK_DETAILS = (
    "This looks like a bank account. No bank details are kept here: they stay in the finance system. "
    "Enter only the reference that the finance system gives this payee. Nothing was kept."
)


def payee_reference(typed: str) -> str:
    """The finance system's reference, tidied. Raises BadAnswer for none, and for what looks like a bank account."""
    text = " ".join(typed.split())
    if not text:
        raise BadAnswer("Enter the reference of the payee in the finance system. Nothing was kept.")
    bare = re.sub(r"[^A-Z0-9]", "", text.upper())
    if _SORT_CODE.search(text) or _DIGITS.search(_GAPS.sub("", text)) or any(_is_iban(bare, at) for at in range(len(bare))):
        raise BadAnswer(BANK_DETAILS)
    return text


def _is_iban(bare: str, at: int) -> bool:
    """ISO 13616: the check digits make the whole 1 modulo 97. One of this country is known by its form, also with a slip in it."""
    found = _IBAN.match(bare, at)
    if not found:
        return False
    for length in range(15, len(found[0]) + 1):
        iban = found[0][:length]
        moved = "".join(str(int(each, 36)) for each in iban[4:] + iban[:4])
        if int(moved) % 97 == 1:
            return True
    return re.match(r"GB[0-9]{2}[A-Z]{4}[0-9]{14}", found[0]) is not None
