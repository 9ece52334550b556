"""A line against its target: what adds up aims at the target once for each period reported."""

import pytest

from partnerhub.rules.against_targets import Aim, against, worse_for_two_periods
from partnerhub.rules.measures import Cell, CellStatus
from partnerhub.rules.summary import Coverage, Line
from partnerhub.rules.targets import Rag, Target


def cell(value, out_of=None, status=CellStatus.APPROVED, percent=None):
    return Cell("2022-23 Q1", value, out_of, percent, CellStatus.NOT_REPORTED if value is None else status, "")


def line(measure, cells, total, direction="higher", in_=4):
    fields = ("S", "O", "G", "i", "Label", measure, "people", 0, direction)
    return Line(*fields, tuple(cell(*each) if isinstance(each, tuple) else cell(each) for each in cells), total, Coverage(in_, 4), "a")


def test_three_quarters_of_45_aim_at_135():
    word, said = against(line("sum", (45, 50, 41, None), cell(136), in_=3), Aim(Target(45), "quarter"))
    assert (word, said) == (Rag.GREEN, "target 135, met")


def test_a_target_a_month_counts_the_returns_that_are_in():
    assert against(line("sum", (30,), cell(30), in_=3), Aim(Target(10), "month"))[1] == "target 30, met"


def test_a_band_is_widened_with_the_periods():
    word, said = against(line("sum", (10, 12, None, None), cell(22), "band"), Aim(Target(8, 10), "quarter"))
    assert (word, said) == (Rag.AMBER, "target 16 to 20, within a tenth")


def test_a_share_keeps_its_target_whatever_the_period():
    said = against(line("pooled_share", ((300, 360), (323, 380)), cell(623, 740, percent=842)), Aim(Target(900), "quarter"))
    assert said == (Rag.AMBER, "target 90%, within a tenth")


def test_a_ratio_is_not_judged_as_a_percentage():
    """131 cases for 6.5 workers are 20.2 for each, and not 2015.4 per cent."""
    caseload = line("last", (cell(13100, 650)[1:3],), cell(13100, 650), "band")._replace(decimals=2)
    assert against(caseload, Aim(Target(1500, 2050), "quarter")) == (Rag.GREEN, "target 15.00 to 20.50, met")


def test_what_cannot_be_combined_has_no_colour():
    total = Cell("2022-23", None, None, None, CellStatus.CANNOT_BE_COMBINED, "")
    assert against(line("not_additive", (1, 2), total), Aim(Target(1), "quarter")) == (Rag.GREY, "there is no figure for the whole period")


def test_a_late_return_takes_the_colour_away():
    assert against(line("sum", (45,), cell(45)), Aim(Target(45), "quarter", is_late=True)) == (
        Rag.GREY,
        "target 45: a return that was due is not in",
    )


@pytest.mark.parametrize(
    ("values", "direction", "worse"),
    [
        ((9, 8, 7), "higher", True),
        ((9, 8, 8), "higher", False),
        ((1, 9, None, 8, 7), "higher", True),
        ((9, 8), "higher", False),
        ((7, 8, 9), "lower", True),
        ((9, 8, 7), "lower", False),
        ((9, 8, 7), "neutral", False),
        (((1, 2), (2, 5), (3, 10)), "higher", True),
        (((1, 2), (2, 4), (3, 6)), "higher", False),
    ],
)
def test_worse_twice_running_is_worse_for_two_periods(values, direction, worse):
    cells = [cell(*each) if isinstance(each, tuple) else cell(each) for each in values]
    assert worse_for_two_periods(cells, direction) is worse
