"""How a figure reads on a page."""

import pytest

from partnerhub.rules.measures import Cell, CellStatus
from partnerhub.rules.printed import in_full, text_of


@pytest.mark.parametrize(
    ("value", "out_of", "percent", "status", "decimals", "unit", "text"),
    [
        (0, None, None, "approved", 0, "", "0"),
        (1234567, None, None, "approved", 0, "", "1,234,567"),
        (-1250, None, None, "approved", 2, "", "-12.50"),
        (123450, None, None, "approved", 2, "pounds", "£1,234.50"),
        (-5, None, None, "approved", 2, "pounds", "-£0.05"),
        (17, 20, 850, "approved", 0, "", "17 of 20 (85%)"),
        (623, 740, 842, "approved", 0, "", "623 of 740 (84.2%)"),
        (0, 0, None, "approved", 0, "", "0 of 0"),
        (1250, 20, None, "approved", 0, "", "62.5 (1,250 divided by 20)"),
        (13100, 650, None, "approved", 2, "", "20.2 (131 divided by 6.5)"),
        (825, 1000, 825, "approved", 2, "", "8.25 of 10 (82.5%)"),
        (None, None, 890, "as_published", 0, "", "89%"),
        (None, None, 895, "as_published", 0, "", "89.5%"),
        (None, None, None, "not_reported", 0, "", "not reported"),
        (None, None, None, "not_applicable", 0, "", "not applicable"),
        (None, None, None, "cannot_be_combined", 0, "", "cannot be combined"),
        (3, None, None, "hidden", 0, "", "hidden"),
        (3, 4, 750, "hidden", 0, "", "hidden"),
    ],
)
def test_a_cell_reads(value, out_of, percent, status, decimals, unit, text):
    assert text_of(Cell("2022-23", value, out_of, percent, CellStatus(status), ""), decimals, unit) == text


def test_its_standing_is_said_in_words():
    assert in_full(Cell("2022-23", 60, None, None, CellStatus.PROVISIONAL, "")) == "60 (provisional)"
    assert in_full(Cell("2022-23", None, None, 890, CellStatus.AS_PUBLISHED, "")) == "89% (as published)"
    assert in_full(Cell("2022-23", 60, None, None, CellStatus.APPROVED, "")) == "60"
