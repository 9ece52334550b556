"""Money, counts, days and moments as people in the United Kingdom read them: one function for each way, for sentences, pages and paper."""

from __future__ import annotations

from datetime import date, datetime, time
from fractions import Fraction

from partnerhub.clock import LONDON
from partnerhub.rules import percentages
from partnerhub.rules.periods import MONTHS

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


# Money and counts


def pence(value: int | None) -> str:
    """£1,234.50 from 123450; nothing for none."""
    if value is None:
        return ""
    whole, rest = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}£{whole:,}.{rest:02}"


def pounds(value: int | None) -> str:
    """£10,000 from 1000000, £1,234.50 from 123450: pence are left out where there are none."""
    return pence(value).removesuffix(".00")


def money(amount: int | Fraction) -> str:
    """£1,234.50 from 1234.5: an amount that is in pounds, halves up to the penny."""
    size = pence(percentages.whole(abs(amount) * 100))
    return f"-{size}" if amount < 0 else size


def plural(count: int, one: str, many: str = "") -> str:
    """“1 figure”, “1,200 figures”; `many` where an s is not enough."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


# Days


def day(value: date | None) -> str:
    """27 March 2026; a moment counts by the clock in London; nothing for none."""
    if value is None:
        return ""
    local = _on_the_calendar(value)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def day_in_words(value: date, today: date | None = None) -> str:
    """Monday 6 October 2025; the year is left out when it is that of `today`."""
    local = _on_the_calendar(value)
    year = "" if today and _on_the_calendar(today).year == local.year else f" {local.year}"
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}{year}"


def short_day(value: date) -> str:
    """6 Oct."""
    local = _on_the_calendar(value)
    return f"{local.day} {MONTHS[local.month - 1][:3]}"


def _on_the_calendar(value: date) -> date:
    return in_london(value) if isinstance(value, datetime) else value


# Moments, by the clock in London


def in_london(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown")
    return at.astimezone(LONDON)


def clock(at: datetime | None) -> str:
    """10:42; nothing for none."""
    if at is None:
        return ""
    local = in_london(at)
    return f"{local.hour:02}:{local.minute:02}"


def clock_to_the_second(at: datetime) -> str:
    """10:42:07."""
    return f"{in_london(at):%H:%M:%S}"


def moment(at: datetime | None) -> str:
    """27 March 2026 at 10:42; nothing for none."""
    return "" if at is None else f"{day(at)} at {clock(at)}"


def time_in_words(at: time) -> str:
    """12 noon, 5pm, 9:30am, midnight."""
    if at in (time(12), time(0)):
        return "12 noon" if at.hour else "midnight at the start of the day"
    hour, half = (at.hour - 1) % 12 + 1, "am" if at.hour < 12 else "pm"
    return f"{hour}:{at:%M}{half}" if at.minute else f"{hour}{half}"


def moment_in_words(at: datetime, now: datetime | None) -> str:
    """Monday 6 October, 12 noon (British time); with the year when it is another one, or when `now` is not known."""
    return f"{day_in_words(at, now)}, {time_in_words(in_london(at).time())} (British time)"
