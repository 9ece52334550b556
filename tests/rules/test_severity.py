"""The severity-adjusted score: by hand, against an independent solution, and in everything that must not change it."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partnerhub.rules import scoring
from partnerhub.rules.numbers import SEVERITY_SHRINKAGE
from partnerhub.rules.severity import Swap, adjust, letters, sentences
from tests.rules.test_scoring import ROUND, people_zones, sheets

EIGHT = range(101, 109)  # bids that everybody reads


def bids(**assessors):
    """ "A=62" gives a bid that A marked 62 per cent."""
    return {who: Fraction(percent) for who, percent in assessors.items()}


# By hand. Two assessors who read the same n bids and differ by d have effects of d/2 × n/(n + 2): the last factor is what is believed.


@pytest.mark.parametrize(("n", "generous"), [(1, Fraction(5, 3)), (2, Fraction(5, 2)), (8, 4), (18, Fraction(9, 2))])
def test_an_assessor_who_read_few_bids_is_hardly_corrected(n, generous):
    found = adjust({bid: bids(A=60, B=50) for bid in range(n)})
    assert found.effects == {"A": generous, "B": -generous}
    assert set(found.scores.values()) == {55}


# Besides eight bids that all three read (B gives 15 less than A and C: effects +4, -8, +4), A alone read bid 7 and B alone bid 8.


@pytest.mark.parametrize(
    ("eighth", "adjusted", "because_of"),
    [
        (57, 65, ("A", "B")),  # less the generosity of A bid 7 has 56, less the severity of B bid 8 has 65
        (56, 64, ("B",)),  # 56 is not below 56
        (55, 63, ("B",)),
        (51, 59, ()),  # 59 against 60, 56 against 51: only together 59 against 56
        (48, 56, None),  # 56 each: level, not swapped
        (40, 48, None),
    ],
)
def test_bids_that_swap_places_are_named_with_the_assessor_whose_severity_does_it(eighth, adjusted, because_of):
    found = adjust({bid: bids(A=70, B=55, C=70) for bid in EIGHT} | {7: bids(A=60), 8: bids(B=eighth)})
    assert found.effects == {"A": 4, "B": -8, "C": 4}
    assert (found.scores[7], found.scores[8], found.scores[101]) == (56, adjusted, 65)
    assert found.swaps == (() if because_of is None else (Swap(7, 8, because_of),))


def test_the_sentences_name_bids_and_letters():
    found = adjust({bid: bids(A=70, B=55, C=70) for bid in EIGHT} | {7: bids(A=60), 8: bids(B=56)})
    labels = {bid: f"{bid}" for bid in found.scores}
    assert sentences(found, labels, letters("ABC")) == [
        "The ranges do not say what happens without assessor A: the bids could not all be compared.",
        "The ranges do not say what happens without assessor B: the bids could not all be compared.",
        "Bids 7 and 8 swap places if the severity of assessor B is removed.",
    ]


@pytest.mark.parametrize(("because_of", "whose"), [(("B", "C"), "assessor B or assessor C"), (("C",), "assessor C"), ((), "all assessors")])
def test_a_swap_says_whose_severity_it_is(because_of, whose):
    found = replace(adjust({bid: bids(A=60, B=50, C=70) for bid in EIGHT}), swaps=(Swap("x", "y", because_of),))
    said = sentences(found, {"x": "PZ-2024-2-0007", "y": "PZ-2024-2-0008"}, letters("ABC"))
    assert said == [f"Bids PZ-2024-2-0007 and PZ-2024-2-0008 swap places if the severity of {whose} is removed."]


# What cannot be told


def test_with_one_assessor_the_scores_stay_and_it_is_said_that_severity_cannot_be_told():
    found = adjust({1: bids(A=60), 2: bids(A=70), 3: {}})
    assert (found.scores, found.effects, found.ranks) == ({1: 60, 2: 70}, {"A": 0}, {2: 1, 1: 2})
    assert found.ranges == {1: (2, 2), 2: (1, 1)}
    assert sentences(found, {}, letters("A")) == [
        "Only one assessor has marked, so severity cannot be separated from what the bids are worth."
    ]


def test_assessors_whose_bids_nothing_links_are_not_compared():
    found = adjust({1: bids(A=60, B=50), 2: bids(B=50, C=40), 3: bids(D=90, E=80), 4: bids(F=1)})
    assert found.groups == ({"A", "B", "C"}, {"D", "E"}, {"F"})
    assert (found.scores, found.effects, found.ranks, found.ranges, found.swaps) == ({}, {}, {}, {}, ())
    assert sentences(found, {}, letters("ABCDEF")) == [
        "No bid links these groups of assessors, so severity cannot be separated from what the bids are worth: A, B and C; D and E; F."
    ]


def test_groups_that_a_later_bid_links_are_one():
    linked = {1: bids(A=60, B=50), 2: bids(C=60, D=50), 3: bids(E=60, F=50), 4: bids(B=40, C=40, E=40)}
    assert adjust(linked).groups == (set("ABCDEF"),)


@pytest.mark.parametrize("nothing", [{}, {1: {}, 2: {}}])
def test_a_round_that_nobody_has_marked_has_no_adjusted_scores_and_nothing_is_said(nothing):
    found = adjust(nothing)
    assert (found.scores, found.ranks, found.ranges, found.swaps, found.groups) == ({}, {}, {}, (), ())
    assert sentences(found, {}, {}) == []


def test_a_bid_without_marks_is_left_out_and_changes_nothing():
    marked = {1: bids(A=60, B=50), 2: bids(B=70)}
    assert adjust(marked | {3: {}}) == adjust(marked)


def test_when_all_are_equal_all_share_the_first_rank():
    found = adjust({bid: bids(A=60, B=60, C=60) for bid in range(5)})
    assert set(found.scores.values()) == {60}
    assert set(found.effects.values()) == {0}
    assert set(found.ranges.values()) == {(1, 1)}
    assert sentences(found, {}, letters("ABC")) == ["No bids swap places if the severity of the assessors is removed."]


def test_leaving_out_an_assessor_on_whom_everything_hangs_is_not_counted():
    found = adjust({1: bids(A=60, B=50), 2: bids(B=70, C=70), 3: bids(A=10, B=20, C=90)})
    assert found.needed == ()
    found = adjust({1: bids(A=60, B=50), 2: bids(B=70, C=70)})
    assert found.needed == ("B",)  # A and C have no bid in common


def test_the_range_runs_from_the_best_to_the_worst_rank_without_one_of_the_assessors():
    found = adjust({1: bids(A=80, B=50, C=50), 2: bids(A=60, B=60, C=60), 3: bids(A=50, B=70, C=55)})
    assert found.ranks == {1: 1, 2: 1, 3: 3}  # 60, 60, 58⅓
    # without A 50, 60, 62½; without B 65, 60, 52½; without C 65, 60, 60
    assert found.ranges == {1: (1, 3), 2: (1, 2), 3: (1, 3)}


def test_letters_go_on_after_z():
    assert list(letters(range(54)).values())[::26] == ["A", "AA", "AAA"]
    assert list(letters(range(54)).values())[24:29] == ["Y", "Z", "AA", "BB", "CC"]


def test_in_the_round_that_three_assessors_read_whole_nothing_swaps():
    scheme = people_zones()
    given = {bid: scoring.by_assessor(scheme, sheets(scheme, *three.split())) for bid, (three, _, _) in ROUND.items()}
    found = adjust(given)
    assert found.swaps == ()
    assert found.scores == {bid: Fraction(sum(each.values()), 3) for bid, each in given.items()}
    assert found.needed == ()


# Against an independent solution: all equations at once, in fractions, no part eliminated


def solved(equations):
    """Gauss-Jordan with pivoting."""
    rows = [list(map(Fraction, row)) for row in equations]
    for at in range(len(rows)):
        pivot = next(number for number in range(at, len(rows)) if rows[number][at])
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [each / rows[at][at] for each in rows[at]]
        for other in range(len(rows)):
            if other != at:
                rows[other] = [each - rows[other][at] * own for each, own in zip(rows[other], rows[at], strict=True)]
    return [row[-1] for row in rows]


def dense(given):
    """Scores and effects that make the squares of (percentage - score - effect), and the shrinkage, as small as possible."""
    names = [("bid", bid) for bid in given] + [("assessor", who) for who in sorted({who for marks in given.values() for who in marks})]
    at = {name: number for number, name in enumerate(names)}
    normal = [[0] * (len(names) + 1) for _ in names]
    for bid, marks in given.items():
        for who, percent in marks.items():
            for one in (("bid", bid), ("assessor", who)):
                for other in (("bid", bid), ("assessor", who)):
                    normal[at[one]][at[other]] += 1
                normal[at[one]][-1] += percent
    for name, number in at.items():
        normal[number][number] += SEVERITY_SHRINKAGE if name[0] == "assessor" else 0
    found = dict(zip(names, solved(normal), strict=True))
    return {name: value for (kind, name), value in found.items() if kind == "bid"}, {
        name: value for (kind, name), value in found.items() if kind == "assessor"
    }


def ranked(scores):
    return {bid: 1 + sum(other > score for other in scores.values()) for bid, score in scores.items()}


def without(given, assessor):
    return {bid: {who: percent for who, percent in marks.items() if who != assessor} for bid, marks in given.items()}


PERCENT = st.one_of(st.sampled_from([40, 60]), st.integers(0, 300).map(lambda thirds: Fraction(thirds, 3)))
DESIGNS = st.lists(st.dictionaries(st.sampled_from("ABCD"), PERCENT, min_size=1), min_size=1, max_size=6).map(
    lambda each: dict(enumerate(each))
)


def linked(designs):
    return designs.filter(lambda each: len(adjust(each).groups) == 1)


@given(linked(DESIGNS))
def test_the_fit_is_the_least_squares_solution(given):
    scores, effects = dense(given)
    found = adjust(given)
    assert (found.scores, found.effects, found.ranks) == (scores, effects, ranked(scores))


@given(linked(DESIGNS))
def test_the_range_holds_the_ranks_of_every_fit_without_one_assessor(given):
    found = adjust(given)
    seen = {bid: [rank] for bid, rank in found.ranks.items()}
    for who in set(found.effects) - set(found.needed):
        rest = without(given, who)
        assert all(rest.values())
        for bid, rank in ranked(dense(rest)[0]).items():
            seen[bid].append(rank)
    assert found.ranges == {bid: (min(each), max(each)) for bid, each in seen.items()}


@given(linked(DESIGNS))
def test_the_pairs_that_swap_are_those_whose_order_the_fit_turns_round(given):
    found = adjust(given)
    means = {bid: Fraction(sum(marks.values()), len(marks)) for bid, marks in given.items()}

    def corrected(bid, who):
        return means[bid] - found.effects[who] / len(given[bid]) * (who in given[bid])

    for one, other in combinations(given, 2):
        above, below = (one, other) if means[one] > means[other] else (other, one)
        swaps = [each for each in found.swaps if {each.above, each.below} == {one, other}]
        if means[above] > means[below] and found.scores[above] < found.scores[below]:
            because_of = {who for who in found.effects if corrected(above, who) < corrected(below, who)}
            assert [(each.above, each.below, set(each.because_of)) for each in swaps] == [(above, below, because_of)]
        else:
            assert swaps == []


@given(linked(DESIGNS))
def test_effects_add_to_nothing_and_a_bid_that_everybody_read_keeps_its_mean(given):
    found = adjust(given)
    assert sum(found.effects.values()) == 0
    for bid, marks in given.items():
        if set(marks) == set(found.effects):
            assert found.scores[bid] == Fraction(sum(marks.values()), len(marks))


@given(linked(DESIGNS), st.sets(st.integers(0, 5), min_size=1))
def test_an_assessor_without_effect_changes_nothing_whether_there_or_not(given, read):
    before = adjust(given)
    agreeing = {bid: marks | ({"Z": before.scores[bid]} if bid in read else {}) for bid, marks in given.items()}
    assume(agreeing != given)
    after = adjust(agreeing)
    assert (after.scores, after.ranks, after.effects) == (before.scores, before.ranks, before.effects | {"Z": 0})


@given(linked(DESIGNS), st.integers(-20, 20))
def test_a_bid_to_which_everybody_gives_more_rises_by_as_much_and_no_other_moves(given, more):
    raised = given | {0: {who: percent + more for who, percent in given[0].items()}}
    before, after = adjust(given), adjust(raised)
    assert after.effects == before.effects
    assert after.scores == before.scores | {0: before.scores[0] + more}


@given(DESIGNS, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_in_which_bids_and_assessors_come_does_not_matter(given, random):
    mixed = {bid: dict(random.sample(list(given[bid].items()), len(given[bid]))) for bid in random.sample(list(given), len(given))}
    before, after = adjust(given), adjust(mixed)
    assert (after.scores, after.effects, after.ranges) == (before.scores, before.effects, before.ranges)
    assert set(after.groups) == set(before.groups)
