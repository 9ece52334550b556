"""What follows from an award: when its reports are due, and what is still owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from partnerhub.rules.periods import months_between
from partnerhub.rules.rounds import Terms
from partnerhub.rules.words import TO_PAY, PaymentStatus, ReturnStatus


class DueReport(NamedTuple):
    """A report that is due: `about` is the last day that it tells of."""

    is_half_way: bool
    about: date
    due_on: date


def has_half_way_report(amount: int, months: int | None, terms: Terms) -> bool:
    """Whether an award is so large, or its project so long, that a report is due half-way."""
    is_long = months is not None and months > terms.half_way_months > 0
    return terms.half_way_form is not None and (amount > terms.half_way_above > 0 or is_long)


def reports_due(amount: int, starts: date, ends: date, terms: Terms) -> list[DueReport]:
    """The reports of an award in the order in which they are due: half-way on the middle day, the last so many days after the end.

    Source: the office's forms (half-way for grants over £5,000 or longer than six months; the last four weeks after the end), as numbers
    of each fund.
    """
    found = []
    months = months_between(starts, ends)
    if has_half_way_report(amount, months, terms):
        middle = starts + (ends - starts) // 2
        found.append(DueReport(True, middle, middle))
    if terms.report_form is not None:
        found.append(DueReport(False, ends, ends + timedelta(days=terms.report_due_days)))
    return found


def facts(amount: int, applied: int | None, paid: int, starts: date | None, ends: date | None) -> Mapping[str, Any]:
    """What a report may name of its grant, in pounds; amounts given in pence."""
    asked = None if applied is None else Fraction(applied, 100)
    known = {"award": Fraction(amount, 100), "amount_applied": asked, "payments_received": Fraction(paid, 100)}
    return known | {"agreed_start": starts, "agreed_end": ends}


DONE_WITH = frozenset({ReturnStatus.APPROVED, ReturnStatus.WAIVED})


def still_owed(reports: Iterable[tuple[str, str]], payments: Iterable[tuple[int, str]]) -> list[str]:
    """What stands between an award and its completion, in words: (title, status) of its reports, (number, status) of its payments."""
    owed = [f"{title} is not approved" for title, status in reports if status not in DONE_WITH]
    payments = list(payments)
    owed += [f"payment {number} is not released" for number, status in payments if status in TO_PAY]
    return owed + [f"repayment {number} has not come back" for number, status in payments if status == PaymentStatus.CLAIMED]


def has_lapsed(answer_by: date | None, today: date, is_signed: bool) -> bool:
    """An offer stands through its last day; signed by then, it stays."""
    return answer_by is not None and answer_by < today and not is_signed
