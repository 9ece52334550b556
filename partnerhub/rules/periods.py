"""Financial quarters, half-years, years and rolling twelve months; working days and due dates."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.numbers import FIRST_YEAR, LAST_YEAR, RETURN_DUE_WORKING_DAYS

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class PeriodKind(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    ROLLING_YEAR = "rolling_year"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time that figures are reported for; `ends` is its last day."""

    label: str
    kind: PeriodKind
    starts: date
    ends: date

    def __str__(self) -> str:
        return self.label

    def __lt__(self, other: "Period") -> bool:
        return self.id < other.id

    @property
    def id(self) -> str:
        """Sorts as the periods follow one another in time; a shorter one before a longer one of the same start."""
        return f"{self.starts}_{self.ends}"

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.ends - self.starts).days + 1

    @property
    def slug(self) -> str:
        """The label as one word for an address: `parse` reads it back."""
        return self.label.replace(" ", "-")

    @property
    def short(self) -> str:
        """How the period is called when its year is known: "Q1", "April", "the year"."""
        return _SHORT[self.kind](self)


_SHORT: dict[PeriodKind, Callable[[Period], str]] = {
    PeriodKind.MONTH: lambda period: MONTHS[period.starts.month - 1],
    PeriodKind.QUARTER: lambda period: period.label[-2:],
    PeriodKind.HALF_YEAR: lambda period: period.label[-2:],
    PeriodKind.YEAR: lambda period: "the year",
    PeriodKind.ROLLING_YEAR: lambda period: "the " + period.label,
}


# Making periods. A financial year is named by the calendar year in which it begins, on 1 April (Interpretation Act 1978, schedule 1).


def _year_label(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02d}"


def _first(year: int, month: int) -> date:
    """The first of a month counted on from January of `year`; months beyond 12 or below 1 are in other years."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _months(label: str, kind: PeriodKind, year: int, month: int, length: int) -> Period:
    return Period(label, kind, _first(year, month), _first(year, month + length) - timedelta(days=1))


def month(year: int, number: int) -> Period:
    """A calendar month; `number` 1 to 12."""
    return _months(f"{MONTHS[number - 1]} {year}", PeriodKind.MONTH, year, number, 1)


def quarter(year: int, number: int) -> Period:
    """Quarter 1 to 4 of the financial year that begins in `year`."""
    return _months(f"{_year_label(year)} Q{number}", PeriodKind.QUARTER, year, 3 * number + 1, 3)


def half_year(year: int, number: int) -> Period:
    """Half 1 or 2 of the financial year that begins in `year`."""
    return _months(f"{_year_label(year)} H{number}", PeriodKind.HALF_YEAR, year, 6 * number - 2, 6)


def year(year: int) -> Period:
    """The financial year that begins on 1 April of `year`."""
    return _months(_year_label(year), PeriodKind.YEAR, year, 4, 12)


def twelve_months_to(last: Period) -> Period:
    """The four quarters that end with the quarter `last`."""
    return _months(f"12 months to {last.label}", PeriodKind.ROLLING_YEAR, last.starts.year, last.starts.month - 9, 12)


# Reading labels.

_FINANCIAL = re.compile(r"([0-9]{4})-([0-9]{2})(?:[ -]([QH])([0-9]))?")
_ROLLING = re.compile(r"12[ -]months[ -]to[ -]([0-9]{4}-[0-9]{2}[ -]Q[0-9])", re.IGNORECASE)
_MONTH = re.compile(r"([A-Za-z]{3,9})[ -]([0-9]{4})")
_HOW = "Write a period as 2022-23, 2022-23 Q1, 2022-23 H1, April 2022 or 12 months to 2022-23 Q3."


def parse(label: str) -> Period:
    """The period a label or slug names; raises BadAnswer with what to write instead."""
    text = label.strip() if isinstance(label, str) else ""
    if rolling := _ROLLING.fullmatch(text):
        return twelve_months_to(parse(rolling[1]))
    if financial := _FINANCIAL.fullmatch(text.upper()):
        return _financial(text, financial)
    if (named := _MONTH.fullmatch(text)) and named[1].capitalize() in MONTHS:
        return month(_sensible(int(named[2])), MONTHS.index(named[1].capitalize()) + 1)
    raise BadAnswer(f"“{text[:40]}” is not a period. {_HOW}" if text else f"No period was given. {_HOW}")


def _financial(text: str, found: re.Match[str]) -> Period:
    begins = _sensible(int(found[1]))
    if int(found[2]) != (begins + 1) % 100:
        raise BadAnswer(f"“{text}” is not a financial year: the year that begins in April {begins} is {_year_label(begins)}.")
    if found[3] is None:
        return year(begins)
    make, last, what = {"Q": (quarter, 4, "quarters, Q1 to Q4"), "H": (half_year, 2, "halves, H1 and H2")}[found[3]]
    number = int(found[4])
    if not 1 <= number <= last:
        raise BadAnswer(f"“{text}” is not a period: a year has {what}.")
    return make(begins, number)


def _sensible(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadAnswer(f"The year {year} is out of range: periods begin between {FIRST_YEAR} and {LAST_YEAR}.")
    return year


# Finding one's way from a day or a period to another.


def financial_year_of(day: date) -> int:
    """The calendar year in which the financial year of `day` begins."""
    return day.year if day.month >= 4 else day.year - 1


def on(kind: PeriodKind, day: date) -> Period:
    """The period of a kind that holds a day; for a rolling year the one that ends with the day's quarter."""
    begins = financial_year_of(day)
    since_april = (day.month - 4) % 12
    return {
        PeriodKind.MONTH: lambda: month(day.year, day.month),
        PeriodKind.QUARTER: lambda: quarter(begins, since_april // 3 + 1),
        PeriodKind.HALF_YEAR: lambda: half_year(begins, since_april // 6 + 1),
        PeriodKind.YEAR: lambda: year(begins),
        PeriodKind.ROLLING_YEAR: lambda: twelve_months_to(quarter(begins, since_april // 3 + 1)),
    }[kind]()


def last_ended(kind: PeriodKind, today: date) -> Period:
    """The latest period of a kind that is wholly over on `today`."""
    return previous(on(kind, today))


def previous(period: Period) -> Period:
    """The one of the same kind before it; a rolling year moves by a quarter."""
    if period.kind is PeriodKind.ROLLING_YEAR:
        return twelve_months_to(previous(quarters_of(period)[-1]))
    return on(period.kind, period.starts - timedelta(days=1))


def same_quarter_last_year(period: Period) -> Period:
    """The same month, quarter, half or twelve months a year earlier."""
    if period.kind is PeriodKind.ROLLING_YEAR:
        return twelve_months_to(same_quarter_last_year(quarters_of(period)[-1]))
    return on(period.kind, period.starts.replace(year=period.starts.year - 1))


def quarters_of(period: Period) -> tuple[Period, ...]:
    """The quarters that make up a period, first to last; a month holds none."""
    return () if period.kind is PeriodKind.MONTH else _parts(period, PeriodKind.QUARTER)


def months_of(period: Period) -> tuple[Period, ...]:
    """The months that make up a period, first to last."""
    return _parts(period, PeriodKind.MONTH)


def within(kind: PeriodKind, starts: date, ends: date) -> list[Period]:
    """The periods of a kind that lie wholly between two days, both counted in."""
    found = []
    period = on(kind, starts)
    while period.ends <= ends:
        if period.starts >= starts:
            found.append(period)
        period = on(kind, period.ends + timedelta(days=1))
    return found


def newest_first(periods: Iterable[Period]) -> list[Period]:
    """These periods and the financial years they end in: the newest year first, each above its parts, the newest part first."""
    found = set(periods)
    years = {on(PeriodKind.YEAR, each.ends) for each in found}
    return sorted(found | years, key=_place_in_list, reverse=True)


def _place_in_list(period: Period) -> tuple[int, bool, date, int]:
    return financial_year_of(period.ends), period.kind is PeriodKind.YEAR, period.ends, period.days


def splits(period: Period) -> list[tuple[Period, ...]]:
    """Every way to make a period up from shorter ones of one kind that leave no gap: half-years, quarters, months."""
    ways = [_parts(period, kind) for kind in (PeriodKind.HALF_YEAR, PeriodKind.QUARTER, PeriodKind.MONTH)]
    return [parts for parts in ways if len(parts) > 1 and (parts[0].starts, parts[-1].ends) == (period.starts, period.ends)]


def columns_of(period: Period) -> tuple[Period, ...]:
    """The columns of a summary of this period: its quarters, or a month by itself."""
    return quarters_of(period) or (period,)


def _parts(period: Period, kind: PeriodKind) -> tuple[Period, ...]:
    parts = [on(kind, period.starts)]
    while parts[-1].ends < period.ends:
        parts.append(on(kind, parts[-1].ends + timedelta(days=1)))
    return tuple(parts)


# Working days.


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Bank and public holidays of England in a calendar year, with the days given in lieu."""
    import holidays  # a slow import that few requests need

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday, unless it is a bank holiday in England."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def working_days_after(day: date, count: int) -> date:
    """The `count`th working day after `day`; `day` itself is not counted."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_before(day: date, count: int) -> date:
    """The `count`th working day before `day`; `day` itself is not counted."""
    while count > 0:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def due_on(period: Period, working_days: int = RETURN_DUE_WORKING_DAYS) -> date:
    """The day by which the return for a period is to be sent."""
    return working_days_after(period.ends, working_days)


# Months of any day


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is no such day."""
    first = date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def months_between(starts: date, ends: date) -> int:
    """Whole months that have begun: from 1 April to 30 September are 6."""
    after = ends + timedelta(days=1)
    months = 12 * (after.year - starts.year) + after.month - starts.month
    return months + (after.day > starts.day)
