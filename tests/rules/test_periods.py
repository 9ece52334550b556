"""Financial periods, their labels, and due dates in working days."""

from datetime import date, timedelta

import pytest

from partnerhub.rules import periods
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.periods import PeriodKind, parse


@pytest.mark.parametrize(
    ("label", "kind", "starts", "ends", "short"),
    [
        ("2022-23", "year", date(2022, 4, 1), date(2023, 3, 31), "the year"),
        ("2022-23 Q1", "quarter", date(2022, 4, 1), date(2022, 6, 30), "Q1"),
        ("2022-23 Q2", "quarter", date(2022, 7, 1), date(2022, 9, 30), "Q2"),
        ("2022-23 Q3", "quarter", date(2022, 10, 1), date(2022, 12, 31), "Q3"),
        ("2022-23 Q4", "quarter", date(2023, 1, 1), date(2023, 3, 31), "Q4"),
        ("2022-23 H1", "half_year", date(2022, 4, 1), date(2022, 9, 30), "H1"),
        ("2023-24 H2", "half_year", date(2023, 10, 1), date(2024, 3, 31), "H2"),
        ("February 2024", "month", date(2024, 2, 1), date(2024, 2, 29), "February"),
        ("12 months to 2022-23 Q3", "rolling_year", date(2022, 1, 1), date(2022, 12, 31), "the 12 months to 2022-23 Q3"),
        ("12 months to 2022-23 Q4", "rolling_year", date(2022, 4, 1), date(2023, 3, 31), "the 12 months to 2022-23 Q4"),
        ("1999-00", "year", date(1999, 4, 1), date(2000, 3, 31), "the year"),
    ],
)
def test_a_label_names_its_days(label, kind, starts, ends, short):
    period = parse(label)
    assert (period.label, period.kind, period.starts, period.ends, period.short) == (label, kind, starts, ends, short)
    assert str(period) == label


@pytest.mark.parametrize(
    ("written", "label"),
    [
        (" 2022-23 Q1 ", "2022-23 Q1"),
        ("2022-23-Q1", "2022-23 Q1"),
        ("2022-23 q1", "2022-23 Q1"),
        ("12-months-to-2022-23-Q3", "12 months to 2022-23 Q3"),
        ("april-2022", "April 2022"),
    ],
)
def test_a_label_may_be_written_loosely_or_as_in_an_address(written, label):
    assert parse(written).label == label


@pytest.mark.parametrize("label", ["2022-23", "2022-23 Q1", "2022-23 H2", "May 2022", "12 months to 2022-23 Q3"])
def test_a_slug_is_one_word_that_reads_back(label):
    slug = parse(label).slug
    assert " " not in slug
    assert "/" not in slug
    assert parse(slug) == parse(label)


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("", "No period was given. Write a period as 2022-23, 2022-23 Q1, 2022-23 H1, April 2022 or 12 months to 2022-23 Q3."),
        (None, "No period was given. Write a period as 2022-23, 2022-23 Q1, 2022-23 H1, April 2022 or 12 months to 2022-23 Q3."),
        ("soon", "“soon” is not a period. Write a period as 2022-23, 2022-23 Q1, 2022-23 H1, April 2022 or 12 months to 2022-23 Q3."),
        ("2022-24", "“2022-24” is not a financial year: the year that begins in April 2022 is 2022-23."),
        ("2022-23 Q5", "“2022-23 Q5” is not a period: a year has quarters, Q1 to Q4."),
        ("2022-23 Q0", "“2022-23 Q0” is not a period: a year has quarters, Q1 to Q4."),
        ("2022-23 H3", "“2022-23 H3” is not a period: a year has halves, H1 and H2."),
        ("1066-67", "The year 1066 is out of range: periods begin between 1990 and 2099."),
        ("May 9999", "The year 9999 is out of range: periods begin between 1990 and 2099."),
    ],
)
def test_a_bad_label_is_refused_in_a_sentence(label, sentence):
    with pytest.raises(BadAnswer) as refused:
        parse(label)
    assert refused.value.sentence == sentence


@pytest.mark.parametrize(
    "label", ["２０２２-23", "12 months to 2022-23", "2022-23 Q1\x00", "x" * 100_000, "2022-23;drop", "Mai 2022", "2022-23 Q"]
)
def test_what_only_resembles_a_label_is_refused(label):
    with pytest.raises(BadAnswer):
        parse(label)


@pytest.mark.parametrize(
    ("label", "before", "a_year_before"),
    [
        ("2022-23 Q1", "2021-22 Q4", "2021-22 Q1"),
        ("2022-23 Q4", "2022-23 Q3", "2021-22 Q4"),
        ("2022-23", "2021-22", "2021-22"),
        ("2022-23 H1", "2021-22 H2", "2021-22 H1"),
        ("April 2022", "March 2022", "April 2021"),
        ("January 2022", "December 2021", "January 2021"),
        ("12 months to 2022-23 Q1", "12 months to 2021-22 Q4", "12 months to 2021-22 Q1"),
    ],
)
def test_the_period_before_and_the_same_one_a_year_earlier(label, before, a_year_before):
    assert periods.previous(parse(label)).label == before
    assert periods.same_quarter_last_year(parse(label)).label == a_year_before


@pytest.mark.parametrize(
    ("label", "columns"),
    [
        ("2022-23", ["2022-23 Q1", "2022-23 Q2", "2022-23 Q3", "2022-23 Q4"]),
        ("12 months to 2022-23 Q3", ["2021-22 Q4", "2022-23 Q1", "2022-23 Q2", "2022-23 Q3"]),
        ("2022-23 H2", ["2022-23 Q3", "2022-23 Q4"]),
        ("2022-23 Q3", ["2022-23 Q3"]),
        ("May 2022", ["May 2022"]),
    ],
)
def test_a_summary_has_the_quarters_of_its_period_in_columns(label, columns):
    assert [period.label for period in periods.columns_of(parse(label))] == columns


def test_a_month_holds_no_quarter_and_a_quarter_holds_three_months():
    assert periods.quarters_of(parse("May 2022")) == ()
    assert [period.label for period in periods.months_of(parse("2022-23 Q4"))] == ["January 2023", "February 2023", "March 2023"]


def test_a_rolling_year_that_cuts_a_half_year_is_made_of_quarters_and_months_only():
    assert [len(parts) for parts in periods.splits(parse("12 months to 2022-23 Q3"))] == [4, 12]
    assert [len(parts) for parts in periods.splits(parse("2022-23"))] == [2, 4, 12]


def test_ids_sort_as_time_runs():
    labels = ["2021-22 Q4", "April 2022", "2022-23 Q1", "2022-23 H1", "2022-23", "2022-23 Q2", "2022-23 Q3", "2023-24 Q1"]
    jumbled = sorted((parse(label) for label in labels), key=lambda period: period.label)
    assert [period.label for period in sorted(jumbled, key=lambda period: period.id)] == labels
    assert [period.label for period in sorted(jumbled)] == labels


def test_every_day_lies_in_its_periods():
    day = date(2019, 1, 1)
    while day < date(2025, 1, 1):
        for kind in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR):
            period = periods.on(kind, day)
            assert period.starts <= day <= period.ends
            assert parse(period.label) == period
        day += timedelta(days=7)


@pytest.mark.parametrize(
    ("today", "kind", "label"),
    [
        (date(2023, 3, 31), PeriodKind.QUARTER, "2022-23 Q3"),
        (date(2023, 4, 1), PeriodKind.QUARTER, "2022-23 Q4"),
        (date(2023, 4, 1), PeriodKind.YEAR, "2022-23"),
        (date(2023, 4, 1), PeriodKind.ROLLING_YEAR, "12 months to 2022-23 Q4"),
        (date(2023, 1, 31), PeriodKind.MONTH, "December 2022"),
    ],
)
def test_the_period_that_ended_last(today, kind, label):
    assert periods.last_ended(kind, today).label == label


@pytest.mark.parametrize(
    ("kind", "starts", "ends", "labels"),
    [
        (PeriodKind.QUARTER, date(2022, 4, 1), date(2022, 12, 31), ["2022-23 Q1", "2022-23 Q2", "2022-23 Q3"]),
        (PeriodKind.QUARTER, date(2022, 4, 2), date(2022, 12, 30), ["2022-23 Q2"]),
        (PeriodKind.YEAR, date(2022, 4, 2), date(2023, 3, 31), []),
    ],
)
def test_only_whole_periods_lie_within_an_agreement(kind, starts, ends, labels):
    assert [period.label for period in periods.within(kind, starts, ends)] == labels


@pytest.mark.parametrize(
    ("day", "count", "after"),
    [
        (date(2022, 6, 30), 1, date(2022, 7, 1)),
        (date(2022, 7, 1), 1, date(2022, 7, 4)),  # over a weekend
        (date(2022, 12, 23), 1, date(2022, 12, 28)),  # Christmas fell on a Sunday: Monday and Tuesday are holidays
        (date(2023, 4, 6), 1, date(2023, 4, 11)),  # Good Friday to Easter Monday
        (date(2022, 9, 16), 1, date(2022, 9, 20)),  # the day of the state funeral
        (date(2022, 6, 1), 1, date(2022, 6, 6)),  # the platinum jubilee
        (date(2023, 5, 5), 1, date(2023, 5, 9)),  # the coronation
        (date(2022, 6, 30), 0, date(2022, 6, 30)),
    ],
)
def test_working_days_pass_over_weekends_and_english_bank_holidays(day, count, after):
    assert periods.working_days_after(day, count) == after


@pytest.mark.parametrize(
    ("label", "due"),
    [
        ("2022-23 Q1", date(2022, 7, 21)),
        ("2022-23 Q2", date(2022, 10, 21)),
        ("2022-23 Q3", date(2023, 1, 23)),  # 2 January was a holiday in lieu
        ("2022-23 Q4", date(2023, 4, 25)),  # Easter lies between
    ],
)
def test_a_return_is_due_fifteen_working_days_after_its_quarter(label, due):
    assert periods.due_on(parse(label)) == due


def test_an_agreement_may_give_more_time():
    assert periods.due_on(parse("2022-23 Q1"), working_days=20) == date(2022, 7, 28)


@pytest.mark.parametrize(
    ("starts", "ends", "months"),
    [
        (date(2025, 4, 1), date(2025, 9, 30), 6),
        (date(2025, 4, 1), date(2025, 10, 1), 7),
        (date(2025, 4, 15), date(2026, 4, 14), 12),
        (date(2025, 4, 1), date(2025, 4, 2), 1),
    ],
)
def test_months_that_have_begun(starts, ends, months):
    assert periods.months_between(starts, ends) == months


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 1, 6), 6, date(2025, 7, 6)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2025, 12, 1), 0, date(2025, 12, 1)),
    ],
)
def test_months_after_a_day(day, months, later):
    assert periods.months_after(day, months) == later
