"""Shares: exact until printed, and which printed ones a count allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerhub.rules import percentages
from partnerhub.rules.percentages import cut, half_up


@pytest.mark.parametrize(
    ("number", "out_of", "tenths", "text"),
    [
        (17, 20, 850, "85%"),
        (623, 740, 842, "84.2%"),
        (1, 3, 333, "33.3%"),
        (2, 3, 667, "66.7%"),
        (1, 2000, 1, "0.1%"),  # 0.05 exactly: half up
        (1, 2001, 0, "0%"),
        (0, 7, 0, "0%"),
        (7, 7, 1000, "100%"),
        (2**53 - 1, 2**53, 1000, "100%"),
    ],
)
def test_a_share_is_printed_to_one_decimal_half_up(number, out_of, tenths, text):
    assert percentages.tenths(number, out_of) == tenths
    assert percentages.as_printed(tenths) == text


def test_nothing_counted_gives_no_percentage():
    assert percentages.tenths(0, 0) is None
    assert percentages.rounded(0, 0, 10) is None


@pytest.mark.parametrize(("tenths", "text"), [(890, "89%"), (895, "89.5%"), (1000, "100%"), (0, "0%")])
def test_a_published_percentage_gets_no_decimal_that_was_never_printed(tenths, text):
    assert percentages.as_printed(tenths) == text


@pytest.mark.parametrize(
    ("scaled", "places", "text"),
    [(1250, 2, "12.50"), (-1250, 2, "-12.50"), (-5, 2, "-0.05"), (5, 0, "5"), (-5, 0, "-5"), (100, 3, "0.100")],
)
def test_scaled_numbers_are_written_with_their_decimals(scaled, places, text):
    assert percentages.decimal(scaled, places) == text


@pytest.mark.parametrize(
    ("count", "printed", "by_half_up", "by_cutting"),
    [
        (23, 890, False, False),  # 23/26 = 88.46, 23/25 = 92
        (19, 870, False, False),  # 19/22 = 86.36, 19/21 = 90.5
        (3, 1000, True, True),  # 3/3
        (20, 830, True, True),  # 20/24 = 83.33
        (65, 900, True, True),  # 65/72 = 90.28
        (23, 880, True, True),  # 23/26 = 88.46
        (19, 860, True, True),  # 19/22 = 86.36
        (2, 670, True, False),  # 2/3 = 66.67, rounded only
        (2, 660, False, True),  # 2/3 = 66.67, cut only
        (5, 1000, True, True),
        (3, 500, True, True),
        (3, 1010, False, False),  # no share exceeds the whole
        (0, 0, True, True),
        (0, 10, False, False),
        (1, 0, True, True),  # 1 of 300
        (1, 333, True, True),  # one decimal: 1/3
        (1, 334, False, False),
        (200, 995, True, True),  # 200/201 = 99.502
        (17, 850, True, True),  # 17/20
    ],
)
def test_whether_a_count_can_have_the_printed_percentage(count, printed, by_half_up, by_cutting):
    assert percentages.possible(count, printed, half_up) is by_half_up
    assert percentages.possible(count, printed, cut) is by_cutting
    assert percentages.possible_somehow(count, printed) is (by_half_up or by_cutting)


def test_the_denominators_of_the_published_quarters():
    assert list(percentages.denominators(3, 1000, half_up)) == [3]
    assert list(percentages.denominators(20, 830, half_up)) == [24]
    assert list(percentages.denominators(65, 900, half_up)) == [72]
    assert list(percentages.denominators(23, 890, half_up, slack=10)) == [26]


@given(
    st.integers(1, 60),
    st.one_of(st.integers(0, 100).map(lambda whole: 10 * whole), st.integers(0, 1000)),
    st.sampled_from([half_up, cut]),
)
def test_the_denominators_are_all_those_and_only_those_that_print_so(count, printed, rounding):
    tried = [out_of for out_of in range(count, 500) if percentages.prints(count, out_of, printed, rounding)]
    found = percentages.denominators(count, printed, rounding)
    assert list(range(found.start, min(found.stop, 500))) == tried
