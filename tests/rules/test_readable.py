"""Money, counts, days and moments: each way in which people read them."""

from datetime import UTC, date, datetime, time
from fractions import Fraction

import pytest

from partnerhub.rules import readable

SUMMER_NIGHT = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight on 1 July in London


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (readable.pence(123450), "£1,234.50"),
        (readable.pence(-5), "-£0.05"),
        (readable.pounds(1000000), "£10,000"),
        (readable.pounds(123450), "£1,234.50"),
        (readable.pounds(-500), "-£5"),
        (readable.money(Fraction(2469, 2)), "£1,234.50"),
        (readable.money(Fraction(1, 200)), "£0.01"),
        (readable.money(-3), "-£3.00"),
        (readable.plural(1, "figure"), "1 figure"),
        (readable.plural(0, "figure"), "0 figures"),
        (readable.plural(1200, "reply", "replies"), "1,200 replies"),
        (readable.day(date(2026, 3, 7)), "7 March 2026"),
        (readable.day(SUMMER_NIGHT), "1 July 2026"),
        (readable.day_in_words(date(2025, 10, 6)), "Monday 6 October 2025"),
        (readable.day_in_words(date(2025, 10, 6), date(2025, 1, 1)), "Monday 6 October"),
        (readable.day_in_words(date(2025, 10, 6), datetime(2024, 12, 31, 23, 59, tzinfo=UTC)), "Monday 6 October 2025"),
        (readable.day_in_words(SUMMER_NIGHT), "Wednesday 1 July 2026"),
        (readable.short_day(SUMMER_NIGHT), "1 Jul"),
        (readable.clock(SUMMER_NIGHT), "00:30"),
        (readable.clock(datetime(2026, 1, 5, 9, 5, tzinfo=UTC)), "09:05"),
        (readable.clock_to_the_second(datetime(2026, 7, 5, 9, 5, 7, tzinfo=UTC)), "10:05:07"),
        (readable.moment(SUMMER_NIGHT), "1 July 2026 at 00:30"),
        (readable.pence(None) + readable.day(None) + readable.clock(None) + readable.moment(None), ""),
    ],
)
def test_money_counts_and_days_read_as_people_in_britain_write_them(said, expected):
    assert said == expected


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (time(12), "12 noon"),
        (time(17), "5pm"),
        (time(9), "9am"),
        (time(9, 30), "9:30am"),
        (time(12, 5), "12:05pm"),
        (time(0, 5), "12:05am"),
        (time(23, 59), "11:59pm"),
        (time(0), "midnight at the start of the day"),
    ],
)
def test_a_time_in_words(clock, words):
    assert readable.time_in_words(clock) == words


def test_a_moment_without_a_time_zone_is_a_mistake_and_not_a_guess():
    with pytest.raises(ValueError, match="time zone"):
        readable.clock(datetime(2026, 6, 30, 23, 30))  # noqa: DTZ001
