"""When rounds open and close: moments as London's clock shows them, words about them, unkind days, what may still change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from partnerhub.rules import rounds
from partnerhub.rules.errors import BadAnswer


def at(year, month, day, hour=12, minute=0):
    return rounds.moment(date(year, month, day), time(hour, minute))


KIND = (at(2025, 9, 1, 9), at(2025, 10, 6, 12))  # a Monday, five weeks, a Monday at noon


# moments


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        (date(2025, 1, 6), time(17), datetime(2025, 1, 6, 17, tzinfo=UTC)),
        (date(2025, 7, 7), time(12), datetime(2025, 7, 7, 11, tzinfo=UTC)),
        (date(2026, 3, 29), time(0, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (date(2026, 3, 29), time(2), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (date(2025, 10, 26), time(0, 59), datetime(2025, 10, 25, 23, 59, tzinfo=UTC)),
        (date(2025, 10, 26), time(2), datetime(2025, 10, 26, 2, tzinfo=UTC)),
    ],
)
def test_a_time_is_what_the_clock_in_london_shows(day, clock, utc):
    assert rounds.moment(day, clock) == utc


@pytest.mark.parametrize("clock", [time(1), time(1, 30), time(1, 59)])
def test_a_time_that_the_clocks_leave_out_is_refused(clock):
    with pytest.raises(BadAnswer, match=r"There is no 01:\d\d on Sunday 29 March 2026: the clocks go forward"):
        rounds.moment(date(2026, 3, 29), clock)


@pytest.mark.parametrize("clock", [time(1), time(1, 30), time(1, 59)])
def test_a_time_that_comes_twice_is_refused(clock):
    with pytest.raises(BadAnswer, match=r"01:\d\d on Sunday 25 October 2026 happens twice: the clocks go back"):
        rounds.moment(date(2026, 10, 25), clock)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (at(2025, 9, 27), "closes Monday 6 October, 12 noon (British time), in 9 days"),
        (at(2025, 10, 5, 23), "closes Monday 6 October, 12 noon (British time), tomorrow"),
        (at(2025, 10, 6, 11, 59), "closes Monday 6 October, 12 noon (British time), today"),
        (at(2025, 10, 6, 12), "closed Monday 6 October, 12 noon (British time)"),
        (at(2026, 1, 2), "closed Monday 6 October 2025, 12 noon (British time)"),
        (at(2025, 8, 31), "opens Monday 1 September, 9am (British time), tomorrow"),
        (at(2024, 12, 31), "opens Monday 1 September 2025, 9am (British time), in 244 days"),
    ],
)
def test_where_a_round_stands_in_one_line(now, said):
    assert rounds.when(*KIND, now) == said


def test_days_are_counted_by_the_calendar_in_london_and_not_by_24_hours():
    assert rounds.days_until(at(2025, 7, 8, 0, 15), at(2025, 7, 7, 23, 50)) == 1  # 23:15 and 22:50 in UTC, the same day there


# the calendar guard


def test_a_kind_round_gives_no_warning():
    assert rounds.warnings(*KIND) == []


@pytest.mark.parametrize(
    ("opens", "closes", "word"),
    [
        (at(2025, 9, 6, 9), KIND[1], "It opens on a Saturday"),
        (KIND[0], at(2025, 10, 4), "It closes on a Saturday"),
        (KIND[0], at(2025, 10, 5), "It closes on a Sunday"),
        (at(2025, 7, 1, 9), at(2025, 8, 25), "It closes on a bank holiday (Monday 25 August 2025)"),
        (at(2025, 7, 1, 9), at(2025, 8, 26), "first working day after a bank holiday"),
        (at(2025, 3, 3, 9), at(2025, 4, 22), "first working day after a bank holiday"),  # the Tuesday after Easter
        (KIND[0], at(2025, 12, 31), "It closes on 31 December"),
        (KIND[0], at(2025, 10, 6, 17, 1), "It closes at 5:01pm"),
        (KIND[0], at(2025, 10, 6, 8, 59), "It closes at 8:59am"),
        (KIND[0], at(2025, 9, 12, 12), "It is open for 11 days"),
        (at(2025, 10, 6, 9), at(2025, 10, 7, 12), "It is open for 1 day."),
    ],
)
def test_an_unkind_date_is_said_and_nothing_else(opens, closes, word):
    said = rounds.warnings(opens, closes)
    assert len(said) == 1 and word in said[0]


@pytest.mark.parametrize("closes", [at(2025, 10, 6, 9), at(2025, 10, 6, 17), at(2025, 8, 27), at(2025, 12, 30)])
def test_the_edges_are_kind(closes):
    assert rounds.warnings(at(2025, 7, 1, 9), closes) == []


def test_fourteen_days_are_enough_and_a_minute_less_is_not():
    assert rounds.warnings(at(2025, 9, 1, 12), at(2025, 9, 15, 12)) == []
    assert rounds.warnings(at(2025, 9, 1, 12), at(2025, 9, 15, 11, 59)) != []


def test_an_ordinary_monday_is_no_day_after_a_bank_holiday():
    assert rounds.warnings(at(2025, 9, 1, 9), at(2025, 9, 29)) == []


@pytest.mark.parametrize(
    ("opens", "closes", "decided_by", "sentence"),
    [
        (KIND[1], KIND[1], None, "must close after it opens"),
        (KIND[1], KIND[0], None, "must close after it opens"),
        (*KIND, date(2025, 10, 6), "a day after the close"),
    ],
)
def test_dates_that_cannot_follow_one_another_are_refused(opens, closes, decided_by, sentence):
    with pytest.raises(BadAnswer, match=sentence):
        rounds.check_dates(opens, closes, decided_by)


def test_an_answer_may_be_promised_for_the_day_after_the_close():
    rounds.check_dates(*KIND, date(2025, 10, 7))


# promises

BEFORE = {
    "opens_at": KIND[0],
    "closes_at": KIND[1],
    "decided_by": date(2025, 12, 1),
    "money": 100_000_00,
    "over_commitment": 5,
    "theme": "",
    "about": "",
    "questionnaire_version_id": 1,
    "assessors_per_bid": 3,
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("closes_at", at(2025, 10, 7)),
        ("opens_at", at(2025, 8, 29, 9)),
        ("decided_by", date(2025, 11, 30)),
        ("money", 100_000_01),
        ("over_commitment", 6),
        ("about", "Parking is free."),
    ],
)
def test_what_helps_those_who_apply_may_change_after_publishing(name, value):
    assert rounds.broken_promise(BEFORE, BEFORE | {name: value}, has_opened=False) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("closes_at", at(2025, 10, 6, 11, 59)),
        ("opens_at", at(2025, 9, 2, 9)),
        ("decided_by", date(2025, 12, 2)),
        ("decided_by", None),
        ("money", 99_999_99),
        ("over_commitment", 4),
        ("theme", "Road safety"),
        ("questionnaire_version_id", 2),
        ("assessors_per_bid", 2),
        ("assessors_per_bid", 4),
    ],
)
def test_what_does_not_help_them_stays_and_is_named(name, value):
    broken = rounds.broken_promise(BEFORE, BEFORE | {name: value}, has_opened=False)
    assert broken == (name, rounds.PROMISES[name])


def test_once_it_has_opened_the_opening_stays_even_if_earlier():
    assert rounds.broken_promise(BEFORE, BEFORE | {"opens_at": at(2025, 8, 29)}, has_opened=True)[0] == "opens_at"


@pytest.mark.parametrize(
    ("status", "awards", "running", "said"),
    [
        ("published", 6, 4, "Published"),
        ("finished", 6, 4, "Decided. 6 awards, 4 still running"),
        ("finished", 1, 0, "Decided. 1 award, none still running"),
        ("finished", 0, 0, "Decided. No awards"),
    ],
)
def test_a_finished_round_is_told_with_its_awards(status, awards, running, said):
    assert rounds.how_it_stands(status, awards, running) == said
