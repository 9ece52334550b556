"""How figures add up: one table of values for each measure."""

import pytest

from partnerhub.rules.measures import MEASURES, OVER_PROVIDERS, CellStatus

APPROVED, PROVISIONAL, PUBLISHED = CellStatus.APPROVED, CellStatus.PROVISIONAL, CellStatus.AS_PUBLISHED
MISSING = (None, None, None, CellStatus.NOT_REPORTED)
NOT_ASKED = (None, None, None, CellStatus.NOT_APPLICABLE)
HIDDEN = (None, None, None, CellStatus.HIDDEN)
IMPOSSIBLE = (None, None, None, CellStatus.CANNOT_BE_COMBINED)


def count(value, status=APPROVED):
    return (value, None, None, status)


def share(value, out_of, percent=None, status=APPROVED):
    return (value, out_of, percent, status)


def bare(percent, status=PUBLISHED):
    return (None, None, percent, status)


@pytest.mark.parametrize(
    ("measure", "figures", "total"),
    [
        ("sum", [count(115), count(263), count(198), count(164)], count(740)),
        ("sum", [count(0), count(0)], count(0)),
        ("sum", [count(5), MISSING, count(7)], count(12)),
        ("sum", [count(5), NOT_ASKED], count(5)),
        ("sum", [count(5), count(7, PROVISIONAL)], count(12, PROVISIONAL)),
        ("sum", [count(5, PROVISIONAL), count(7, PUBLISHED)], count(12, PROVISIONAL)),
        ("sum", [count(5, PUBLISHED), count(7)], count(12, PUBLISHED)),
        ("sum", [MISSING, NOT_ASKED], MISSING),
        ("sum", [NOT_ASKED, NOT_ASKED], NOT_ASKED),
        ("sum", [count(5), HIDDEN], HIDDEN),
        ("sum", [HIDDEN, count(5)], HIDDEN),
        ("sum", [IMPOSSIBLE, count(5)], IMPOSSIBLE),
        ("sum", [bare(890), count(5)], IMPOSSIBLE),
        ("sum", [count(-5), count(3)], count(-2)),
        ("sum", [count(2**53), count(0)], count(2**53)),
        ("sum", [count(2**53), count(1)], IMPOSSIBLE),
        ("pooled_share", [share(5, 5), share(3, 6), share(4, 4), share(5, 5)], share(17, 20, 850)),
        ("pooled_share", [share(1, 2), MISSING], share(1, 2, 500)),
        ("pooled_share", [share(0, 0), share(1, 4)], share(1, 4, 250)),
        ("pooled_share", [share(0, 0), share(0, 0)], share(0, 0, None)),
        ("pooled_share", [share(1, 2, status=PROVISIONAL), share(1, 2)], share(2, 4, 500, PROVISIONAL)),
        ("pooled_share", [bare(890), bare(870), bare(1000), bare(830)], IMPOSSIBLE),
        ("pooled_share", [share(1, 2), bare(870)], IMPOSSIBLE),
        ("pooled_share", [share(1, 2), count(3)], IMPOSSIBLE),
        ("pooled_share", [bare(890), HIDDEN], HIDDEN),
        ("pooled_share", [MISSING, MISSING], MISSING),
        ("pooled_ratio", [share(191, 8), share(330, 7)], share(521, 15)),
        ("pooled_ratio", [NOT_ASKED], NOT_ASKED),
        ("first", [count(10), count(20)], count(10)),
        ("first", [NOT_ASKED, count(20)], count(20)),
        ("first", [MISSING, count(20)], MISSING),  # how things stood at the start is not known
        ("first", [NOT_ASKED, NOT_ASKED], NOT_ASKED),
        ("last", [count(10), count(20)], count(20)),
        ("last", [count(10), MISSING], count(10)),
        ("last", [count(10), count(0)], count(0)),
        ("last", [MISSING, NOT_ASKED], MISSING),
        ("last", [count(10), HIDDEN], HIDDEN),
        ("last", [count(10, PROVISIONAL), NOT_ASKED], count(10, PROVISIONAL)),
        ("not_additive", [count(10), count(20)], IMPOSSIBLE),
        ("not_additive", [count(10), MISSING], IMPOSSIBLE),
        ("not_additive", [MISSING, NOT_ASKED], MISSING),
        ("not_additive", [count(10), HIDDEN], HIDDEN),
        ("narrative", [NOT_ASKED], NOT_ASKED),
    ],
)
def test_figures_combine_by_their_measure(measure, figures, total):
    assert MEASURES[measure].combine(figures) == total


def test_a_share_is_pooled_and_never_the_mean_of_shares():
    pooled = MEASURES["pooled_share"].combine([share(1, 1, 1000), share(0, 99, 0)])
    assert pooled == share(1, 100, 10)  # the mean would be 50%


def test_every_measure_says_its_rule():
    assert set(MEASURES) == {"sum", "pooled_share", "pooled_ratio", "first", "last", "not_additive", "narrative"}
    assert set(MEASURES) >= OVER_PROVIDERS
    assert all(measure.key == key and measure.rule.endswith(".") for key, measure in MEASURES.items())
