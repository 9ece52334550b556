"""From observations to lines: what was asked, what was reported, what it adds up to, how much of it is in."""

from collections import namedtuple
from datetime import date, datetime

import pytest

from partnerhub.rules import periods, reconcile, summary
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.measures import CellStatus
from partnerhub.rules.printed import in_full
from partnerhub.rules.summary import Coverage, ExpectedFigure, ExpectedReturn, ObservationRow

Indicator = namedtuple("Indicator", "label measure over_providers unit decimals direction", defaults=("sum", "people", 0, "neutral"))
INDICATORS = {
    "accepted": Indicator("Accepted", "sum"),
    "open": Indicator("Open cases", "last"),
    "opening": Indicator("Open at the start", "first"),
    "positive": Indicator("Positive closure", "pooled_share", "pooled_share", "percent", 0, "higher"),
    "hours_each": Indicator("Hours for each person", "pooled_ratio", "pooled_ratio", "hours", 1),
    "distinct": Indicator("Different people", "not_additive", "not_additive"),
    "spend": Indicator("Spend", "sum", "sum", "pounds", 2),
}
YEAR = periods.parse("2022-23")
QUARTERS = ("2022-23 Q1", "2022-23 Q2", "2022-23 Q3", "2022-23 Q4")


def asked(indicator, *statuses, organisation="LWA", order=1, service="Locality", label="", group="", labels=QUARTERS):
    """What the returns of an organisation ask for; one status for each period, None where there is no return."""
    return [
        ExpectedFigure(service, organisation, organisation, group, indicator, label, order, period, f"{organisation} {period}", status)
        for period, status in zip(labels, statuses, strict=False)
        if status
    ]


def told(indicator, *figures, organisation="LWA", service="Locality", labels=QUARTERS):
    """What was reported: a count, (n, of), "89%", "n/a", None; a count or pair may be in a dict with its status."""
    return [
        _row(service, organisation, indicator, period, figure)
        for period, figure in zip(labels, figures, strict=False)
        if figure is not None
    ]


def _row(service, organisation, indicator, period, figure):
    status = "approved"
    if isinstance(figure, dict):
        ((status, figure),) = figure.items()
    value, out_of, percent = None, None, None
    if isinstance(figure, tuple):
        value, out_of = figure
    elif isinstance(figure, int):
        value = figure
    elif figure != "n/a":
        percent = int(figure[:-1]) * 10
    return ObservationRow(service, organisation, organisation, indicator, period, value, out_of, percent, status, figure == "n/a", "v1")


def lines_of(expected, observations, period=YEAR):
    return summary.lines(expected, observations, INDICATORS, periods.columns_of(period), period)


def line_of(expected, observations, period=YEAR):
    (line,) = lines_of(expected, observations, period)
    return line


def seen(line):
    return [in_full(cell, line.decimals) for cell in (*line.cells, line.total)]


ALL_IN = ("approved",) * 4


@pytest.mark.parametrize(
    ("indicator", "statuses", "figures", "as_read"),
    [
        ("accepted", ALL_IN, (115, 263, 198, 164), ["115", "263", "198", "164", "740"]),
        ("accepted", ALL_IN, (0, 0, 0, 0), ["0", "0", "0", "0", "0"]),
        ("accepted", ("approved", "due", "due", "due"), (115,), ["115", "not reported", "not reported", "not reported", "115"]),
        ("accepted", ("due",) * 4, (), ["not reported"] * 5),
        ("accepted", ("waived", "approved"), (None, 7), ["waived", "7", "no return", "no return", "7"]),
        ("accepted", ALL_IN, ("n/a", 3, 0, 1), ["not applicable", "3", "0", "1", "4"]),
        ("accepted", ALL_IN, ("n/a",) * 4, ["not applicable"] * 5),
        ("accepted", ALL_IN, (1, {"provisional": 2}, 3, 4), ["1", "2 (provisional)", "3", "4", "10 (provisional)"]),
        ("accepted", ALL_IN, (1, {"superseded": 2}, 3, 4), ["1", "not reported", "3", "4", "8"]),
        ("accepted", (), (1, 2), ["1", "2", "no return", "no return", "3"]),  # reported though no form asks for it
        (
            "positive",
            ALL_IN,
            ((5, 5), (3, 6), (4, 4), (5, 5)),
            ["5 of 5 (100%)", "3 of 6 (50%)", "4 of 4 (100%)", "5 of 5 (100%)", "17 of 20 (85%)"],
        ),
        (
            "positive",
            ALL_IN,
            ((0, 0), (1, 2), (1, 2), (1, 4)),
            ["0 of 0", "1 of 2 (50%)", "1 of 2 (50%)", "1 of 4 (25%)", "3 of 8 (37.5%)"],
        ),
        (
            "positive",
            ALL_IN,
            ("89%", "87%", "100%", "83%"),
            ["89% (as published)", "87% (as published)", "100% (as published)", "83% (as published)", "cannot be combined"],
        ),
        ("open", ALL_IN, (40, 50, 60, 55), ["40", "50", "60", "55", "55"]),
        ("opening", ALL_IN, (40, 50, 60, 55), ["40", "50", "60", "55", "40"]),
        ("distinct", ALL_IN, (40, 50, 60, 55), ["40", "50", "60", "55", "cannot be combined"]),
        ("spend", ALL_IN, (1050, 0, 95, 100000), ["10.50", "0.00", "0.95", "1,000.00", "1,011.45"]),
        (
            "hours_each",
            ALL_IN,
            ((1910, 80), (3300, 120), (0, 0), (1, 10)),
            ["23.9 (191 divided by 8)", "27.5 (330 divided by 12)", "0 of 0", "0.1 (0.1 divided by 1)", "24.8 (521.1 divided by 21)"],
        ),
    ],
)
def test_a_line_reads(indicator, statuses, figures, as_read):
    assert seen(line_of(asked(indicator, *statuses), told(indicator, *figures))) == as_read


def test_zero_not_reported_and_not_applicable_are_three_different_things():
    line = line_of(asked("accepted", *ALL_IN), told("accepted", 0, None, "n/a"))
    assert [cell.status for cell in line.cells[:3]] == [CellStatus.APPROVED, CellStatus.NOT_REPORTED, CellStatus.NOT_APPLICABLE]
    assert [cell.value for cell in line.cells[:3]] == [0, None, None]


def owed(*statuses, due=4, labels=QUARTERS, agreement="LWA"):
    """The returns of an agreement, of which the first `due` are due by today."""
    return [
        ExpectedReturn(agreement, f"{agreement} {period}", period, status, at < due)
        for at, (period, status) in enumerate(zip(labels, statuses, strict=False))
        if status
    ]


@pytest.mark.parametrize(
    ("statuses", "due", "asked_in", "figures", "today", "as_read"),
    [
        (("due",) * 4, 2, 4, (), "2022-10-25", ["not reported", "not reported", "not due yet", "not due yet", "not reported"]),
        (("due", None), 0, 4, (), "2022-07-01", ["not due yet", "not due yet", "not due yet", "not due yet", "not due yet"]),
        (("approved", None, "waived", None), 4, 4, (3,), "2023-01-01", ["3", "no return", "waived", "not due yet", "3"]),
        (("approved",) * 4, 4, 2, ("n/a",), "2023-05-01", ["not applicable", "not reported", "not asked", "not asked", "not reported"]),
        (("waived",) * 4, 4, 4, (), "2023-05-01", ["waived"] * 5),
        (("waived", None), 4, 4, (), "2023-05-01", ["waived", "no return", "no return", "no return", "no return"]),
        (("submitted", "draft"), 1, 4, (), "2022-10-01", ["not reported", "not due yet", "not due yet", "not due yet", "not reported"]),
    ],
)
def test_each_kind_of_nothing_has_its_own_word(statuses, due, asked_in, figures, today, as_read):
    line = summary.lines(
        asked("accepted", *statuses[:asked_in]), told("accepted", *figures), INDICATORS, periods.columns_of(YEAR), YEAR,
        returns=owed(*statuses, due=due), today=date.fromisoformat(today),
    )[0]  # fmt: skip
    assert seen(line) == as_read
    assert {cell.status for cell in (*line.cells, line.total)} <= {CellStatus.APPROVED, CellStatus.NOT_REPORTED, CellStatus.NOT_APPLICABLE}


def test_a_yearly_return_that_is_due_is_missing_from_the_year():
    year = ["2022-23"]
    expected, returns = asked("accepted", "due", labels=year), owed("due", labels=year)
    (line,) = summary.lines(expected, [], INDICATORS, periods.columns_of(YEAR), YEAR, returns=returns)
    assert seen(line) == ["not asked"] * 4 + ["not reported"]
    (line,) = summary.lines(expected, [], INDICATORS, periods.columns_of(YEAR), YEAR, returns=owed("due", labels=year, due=0))
    assert seen(line) == ["not asked"] * 4 + ["not due yet"]


def test_months_that_the_provider_said_do_not_apply_make_a_quarter_that_does_not():
    months = [month.label for month in periods.months_of(YEAR)]
    line = line_of(
        asked("accepted", *("approved",) * 6, "due", labels=months), told("accepted", "n/a", "n/a", "n/a", 1, 2, 3, labels=months)
    )
    assert seen(line) == ["not applicable", "6", "not reported", "no return", "6"]


@pytest.mark.parametrize("approved_first", [True, False])
def test_an_approved_figure_counts_until_the_next_one_is_approved(approved_first):
    rows = [*told("accepted", 5), *told("accepted", {"provisional": 9})]
    line = line_of(asked("accepted", "draft"), rows if approved_first else rows[::-1])
    assert line.cells[0][1:5] == (5, None, None, CellStatus.APPROVED)


def test_an_approved_not_applicable_is_not_replaced_by_a_provisional_figure():
    line = line_of(asked("accepted", "submitted"), [*told("accepted", "n/a"), *told("accepted", {"provisional": 9})])
    assert line.cells[0].status is CellStatus.NOT_APPLICABLE


def test_a_percentage_as_published_is_provisional_until_it_is_approved():
    line = line_of(asked("positive", "submitted"), told("positive", {"provisional": "89%"}))
    assert line.cells[0][1:5] == (None, None, 890, CellStatus.PROVISIONAL)
    assert line.total.status is CellStatus.CANNOT_BE_COMBINED


def test_a_printed_total_does_not_stand_in_for_a_combination():
    rows = [*told("accepted", 1, 2, 3, 4), *told("accepted", {"as_published": 99}, labels=["2022-23"])]
    assert line_of(asked("accepted", *ALL_IN), rows).total[1:5] == (10, None, None, CellStatus.APPROVED)
    rows = [*told("positive", "89%", "87%", "100%", "83%"), *told("positive", {"as_published": "90%"}, labels=["2022-23"])]
    assert line_of(asked("positive", *ALL_IN), rows).total[1:5] == (None, None, None, CellStatus.CANNOT_BE_COMBINED)


def test_a_printed_total_stands_where_nothing_else_is_known():
    line = line_of([], told("accepted", {"as_published": 99}, labels=["2022-23"]))
    assert line.total[1:5] == (99, None, None, CellStatus.AS_PUBLISHED)


def test_a_year_to_date_figure_is_the_total_of_what_cannot_be_added_up():
    rows = [*told("distinct", 40, 50, 60, 55), *told("distinct", 120, labels=["2022-23"])]
    assert line_of(asked("distinct", *ALL_IN), rows).total[1:5] == (120, None, None, CellStatus.APPROVED)


def test_a_yearly_return_is_the_total():
    line = line_of(asked("positive", "approved", labels=["2022-23"]), told("positive", (17, 20), labels=["2022-23"]))
    assert seen(line) == ["not asked"] * 4 + ["17 of 20 (85%)"]
    assert line.coverage == Coverage(1, 1)


def test_monthly_returns_make_up_their_quarter():
    months = [month.label for month in periods.months_of(YEAR)]
    line = line_of(
        asked("accepted", *("approved",) * 5, *("due",) * 7, labels=months), told("accepted", 1, 2, 3, 4, {"provisional": 5}, labels=months)
    )
    assert seen(line) == ["6", "9 (provisional)", "not reported", "not reported", "15 (provisional)"]
    assert line.coverage == Coverage(5, 12)


def test_half_yearly_returns_make_up_the_year_and_no_quarter():
    halves = ["2022-23 H1", "2022-23 H2"]
    line = line_of(asked("open", "approved", "approved", labels=halves), told("open", 30, 20, labels=halves))
    assert seen(line) == ["not asked"] * 4 + ["20"]


def test_figures_of_other_periods_are_left_out():
    rows = [*told("accepted", 1, 2, 3, 4), *told("accepted", 1000, 1000, labels=["2021-22 Q4", "2023-24 Q1"])]
    assert line_of(asked("accepted", *ALL_IN), rows).total.value == 10


def test_a_rolling_year_takes_its_quarters_from_two_years():
    labels = ["2021-22 Q4", "2022-23 Q1", "2022-23 Q2", "2022-23 Q3"]
    line = line_of([], told("accepted", 1, 2, 3, 4, labels=labels), periods.parse("12 months to 2022-23 Q3"))
    assert [cell.period for cell in line.cells] == labels
    assert (line.total.period, line.total.value) == ("12 months to 2022-23 Q3", 10)


@pytest.mark.parametrize(("indicator", "figure"), [("accepted", 7), ("distinct", 7), ("positive", "89%"), ("positive", (1, 2))])
def test_in_a_summary_of_one_quarter_the_total_is_that_quarter(indicator, figure):
    line = line_of(asked(indicator, "approved"), told(indicator, figure), periods.parse("2022-23 Q1"))
    assert line.cells[0][1:5] == line.total[1:5]
    assert line.total.value is not None or line.total.percent == 890


@pytest.mark.parametrize(
    ("statuses", "reopened", "coverage"),
    [
        (("approved", "submitted", "queried", "due"), False, (3, 4)),
        (("approved", "draft", "due", "waived"), False, (1, 3)),
        (("approved", "draft"), True, (2, 2)),  # reopened: sent in once, being corrected
        (("waived",) * 4, False, (0, 0)),
    ],
)
def test_coverage_counts_returns_sent_in_once_of_those_expected(statuses, reopened, coverage):
    line = line_of(asked("accepted", *statuses), told("accepted", 5, 6 if reopened else None))
    assert line.coverage == coverage


def test_coverage_of_a_summary_counts_each_agreement_once():
    expected = [
        *asked("accepted", *ALL_IN),
        *asked("open", *ALL_IN),
        *asked("accepted", "approved", "due", "due", "due", organisation="WALL"),
    ]
    lines = lines_of(expected, [])
    assert len(lines) == 3
    assert summary.coverage_of(lines) == Coverage(5, 8)
    assert str(summary.coverage_of(lines)) == "5 of 8 returns in"


def test_returns_that_hold_no_figure_count_as_well():
    columns = periods.columns_of(YEAR)
    silent = owed("approved", "waived", "due", "due", agreement="WALL")
    assert summary.coverage_of([], silent) == Coverage(1, 3)
    returns = [*owed("approved", "approved", "due", "due"), *silent]
    lines = summary.lines(asked("accepted", "approved"), told("accepted", 1), INDICATORS, columns, YEAR, returns=returns)
    assert [line.coverage for line in lines] == [Coverage(2, 4)]  # a return of another form counts, though it asks for nothing
    assert summary.coverage_of(lines, returns) == Coverage(3, 7)


def test_lines_stand_by_service_organisation_and_the_order_of_the_form():
    expected = [
        *asked("open", "approved", order=2),
        *asked("accepted", "approved", order=1),
        *asked("positive", "approved", order=9, organisation="AAA"),
        *asked("spend", "approved", order=1, service="Accommodation", organisation="WALL"),
    ]
    lines = lines_of(expected, told("distinct", 5))
    assert [(line.service, line.organisation, line.indicator) for line in lines] == [
        ("Accommodation", "WALL", "spend"),
        ("Locality", "AAA", "positive"),
        ("Locality", "LWA", "accepted"),
        ("Locality", "LWA", "open"),
        ("Locality", "LWA", "distinct"),
    ]


def test_the_form_words_the_line_and_its_latest_wording_counts():
    older = asked("accepted", "approved", label="Old wording", group="Old")
    newer = asked("accepted", "approved", label="New wording", group="New", labels=["2022-23 Q2"])
    for expected in ([*older, *newer], [*newer, *older]):
        line = line_of(expected, [])
        assert (line.label, line.group) == ("New wording", "New")
    assert line_of([], told("accepted", 1)).label == "Accepted"


def test_an_indicator_that_the_library_lacks_is_shown_and_not_added_up():
    line = line_of([], told("mystery", 1, 2))
    assert (line.label, line.measure) == ("mystery", "not_additive")
    assert seen(line) == ["1", "2", "no return", "no return", "cannot be combined"]


def test_two_agreements_of_one_provider_are_two_lines():
    rows = [row._replace(agreement=agreement) for agreement in ("first", "second") for row in told("accepted", 1, 2, 3, 4)]
    assert [(line.agreement, line.total.value) for line in lines_of([], rows)] == [("first", 10), ("second", 10)]


def test_bare_tuples_serve_as_rows():
    expected, rows = asked("accepted", *ALL_IN), told("accepted", 1, 2, 3, 4)
    assert lines_of(map(tuple, expected), map(tuple, rows)) == lines_of(expected, rows)


def test_every_figure_has_its_own_receipt_that_reads_back():
    lines = lines_of([*asked("accepted", *ALL_IN), *asked("open", *ALL_IN)], [])
    receipts = [cell.receipt for line in lines for cell in (*line.cells, line.total)]
    assert len(set(receipts)) == 10
    assert (
        receipts[1]
        == summary.receipt_of("Locality", "LWA", "accepted", periods.parse("2022-23 Q2"))
        == "locality/LWA/accepted/all/2022-23-Q2"
    )
    back = summary.read_receipt(receipts[4])
    assert (back.agreement, back.indicator, back.category, back.period) == ("LWA", "accepted", "all", YEAR)


@pytest.mark.parametrize("odd", ["a/b", "ä ö", "50%", "..", "x?y#z", ""])
def test_odd_names_keep_a_receipt_in_five_parts_safe_in_an_address(odd):
    receipt = summary.receipt_of(odd, odd, odd, YEAR, odd or "all")
    assert len(receipt.split("/")) == 5
    assert set(receipt) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%/")
    assert ".." not in receipt.split("/")
    assert summary.read_receipt(receipt).period == YEAR


@pytest.mark.parametrize("bad", ["", "a/b/c", "a/b/c/d/e", "a/b/c/all/2022-24", "a/b/c/all/2022-23/more"])
def test_what_is_no_receipt_is_refused(bad):
    with pytest.raises(BadAnswer):
        summary.read_receipt(bad)


# Several providers together


def two_providers(indicator, first, second):
    expected = [*asked(indicator, *ALL_IN), *asked(indicator, *ALL_IN, organisation="WALL")]
    return lines_of(expected, [*told(indicator, *first), *told(indicator, *second, organisation="WALL")])


@pytest.mark.parametrize(
    ("indicator", "first", "second", "as_read"),
    [
        ("accepted", (1, 2, 3, 4), (10, 20, None, 40), ["11", "22", "3", "44", "80"]),
        ("open", (1, 2, 3, 4), (10, 20, 30, 40), ["11", "22", "33", "44", "44"]),
        (
            "positive",
            ((1, 2), (0, 0), (1, 1), (0, 1)),
            ((1, 4), (1, 2), None, (3, 3)),
            ["2 of 6 (33.3%)", "1 of 2 (50%)", "1 of 1 (100%)", "3 of 4 (75%)", "7 of 13 (53.8%)"],
        ),
        ("distinct", (1, 2, 3, 4), (1, 2, 3, 4), ["cannot be combined"] * 5),
        ("accepted", (1, {"provisional": 2}, 3, 4), (1, 1, 1, 1), ["2", "3 (provisional)", "4", "5", "14 (provisional)"]),
    ],
)
def test_providers_combine_as_the_library_says(indicator, first, second, as_read):
    (line,) = summary.combine_over_providers(two_providers(indicator, first, second), INDICATORS)
    assert seen(line) == as_read
    assert (line.organisation, line.agreement, line.coverage) == ("All providers", "", Coverage(8, 8))


def test_services_stay_apart_unless_they_are_asked_for_together():
    expected = [*asked("accepted", *ALL_IN), *asked("accepted", *ALL_IN, service="Accommodation", organisation="WALL", label="Taken in")]
    rows = [*told("accepted", 1, 2, 3, 4), *told("accepted", 1, 1, 1, 1, service="Accommodation", organisation="WALL")]
    lines = lines_of(expected, rows)
    assert [line.total.value for line in summary.combine_over_providers(lines, INDICATORS)] == [4, 10]
    (together,) = summary.combine_over_providers(lines, INDICATORS, across_services=True)
    assert (together.service, together.label, together.total.value) == ("All services", "Accepted", 14)


# For the eye


@pytest.mark.parametrize(
    ("indicator", "figures", "heights"),
    [
        ("accepted", (0, 5, 10, 5), [0.0, 0.5, 1.0, 0.5]),
        ("accepted", (3, 3, 3, 3), [1.0, 1.0, 1.0, 1.0]),
        ("accepted", (95, 100), [0.95, 1.0, None, None]),
        ("accepted", (0, 0, 0, 0), [0.0, 0.0, 0.0, 0.0]),
        ("accepted", (0, None, 10, None), [0.0, None, 1.0, None]),
        ("accepted", (3,), None),
        ("accepted", (), None),
        ("positive", ((1, 2), (1, 1), (3, 4), (0, 0)), [0.5, 1.0, 0.75, None]),
        ("positive", ("50%", "100%"), [0.5, 1.0, None, None]),
    ],
)
def test_a_spark_runs_from_nought_to_the_highest(indicator, figures, heights):
    line = line_of(asked(indicator, *ALL_IN), told(indicator, *figures))
    assert summary.spark(line.cells) == heights


@pytest.mark.parametrize(
    ("labels", "statuses", "figures", "today", "kept"),
    [
        (["2022-23"], ("approved",), (7,), "2023-05-01", []),
        (QUARTERS, ("approved", "due", "due", "due"), (3,), "2022-09-30", ["2022-23 Q1", "2022-23 Q2"]),
        (QUARTERS, ("approved", "due", "due", "due"), (3,), "2022-10-01", ["2022-23 Q1", "2022-23 Q2", "2022-23 Q3"]),
        (QUARTERS, ("approved", "due", "due", "approved"), (3, None, None, 4), "2022-09-30", ["2022-23 Q1", "2022-23 Q2", "2022-23 Q4"]),
        (QUARTERS, ("waived",) * 4, (), "2023-05-01", QUARTERS),
    ],
    ids=["only the year was asked", "not begun", "begun today", "a figure that came early", "waived is told"],
)
def test_people_read_the_periods_that_something_was_asked_in_and_that_have_begun(labels, statuses, figures, today, kept):
    day = datetime.fromisoformat(f"{today}T12:00:00+00:00")
    whole = reconcile.summarise(
        programme="p", title="P", period=YEAR, expected=asked("accepted", *statuses, labels=labels),
        observations=told("accepted", *figures, labels=labels), indicators=INDICATORS, facts={}, generated_at=day,
        returns=owed(*statuses, labels=labels),
    )  # fmt: skip
    read = summary.to_read(whole)
    assert [each.label for each in read.columns] == list(kept)
    assert [[cell.period for cell in line.cells] for line in read.lines] == [list(kept)]
    assert (read.lines[0].total, read.coverage, len(whole.columns)) == (whole.lines[0].total, whole.coverage, 4)
