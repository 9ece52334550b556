"""Beside the official score, and clearly second: how bids would rank if every assessor were equally severe.

An additive fit on the assessors' percentages (scoring.by_assessor): overall + bid + assessor + chance. It is worked out in whole numbers
over one common denominator, so that ties are ties. Only one equation for each assessor is solved: the bids' parts follow from those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import lcm
from string import ascii_uppercase
from typing import NamedTuple

from partnerhub.rules.numbers import SEVERITY_SHRINKAGE
from partnerhub.rules.scoring import Assessor, Bid, ranks

FORMULA = (
    "The percentage that an assessor gives a bid is read as a sum of four parts: the overall level, what the bid is worth, "
    "how generous or severe the assessor is, and chance. The parts are chosen so that the squares of the chance parts, "
    f"and {SEVERITY_SHRINKAGE} times the square of each assessor's part, add up to as little as possible. "
    "The second term draws assessors towards 0, so that one who read few bids is hardly corrected. "
    "The adjusted score is the overall level plus the bid's part. A mark that the panel agreed counts in place of the assessors' own."
)
SOURCE = (
    "A main-effects model of reviewer and proposal served the U.S. Fish and Wildlife Neotropical Grant Program for six years "
    "(Joint Statistical Meetings 2021, abstract 318916). "
    "Kuhlisch and others set it beside a mixed linear model (Metrika 79, 2016, pages 37 to 57), "
    "which is where drawing assessors towards 0 comes from."
)

Percentages = Mapping[Bid, Mapping[Assessor, int]]  # of each bid by each of its assessors, scaled to whole numbers


@dataclass(frozen=True, slots=True)
class Swap:
    """Two bids that stand the other way round once severity is removed, and whose severity alone does it; nobody's: only all together."""

    above: Bid
    below: Bid
    because_of: tuple[Assessor, ...]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The fit. A bid without a percentage of any assessor is not in it; nothing is when assessors cannot be compared (`groups`)."""

    scores: Mapping[Bid, Fraction]
    """The overall level plus the bid's part, in per cent."""
    effects: Mapping[Assessor, Fraction]
    """How many percentage points an assessor gives more (generous) or less (severe, below 0) than the others; together 0."""
    ranks: Mapping[Bid, int]
    ranges: Mapping[Bid, tuple[int, int]]
    """The best and the worst rank with all assessors and when any one of them is left out."""
    swaps: tuple[Swap, ...]
    """Against the mean of the assessors' percentages; the pair that stands highest first."""
    groups: tuple[frozenset[Assessor], ...]
    """Assessors linked by bids that they both read, or through others. More than one group: the groups cannot be compared."""
    needed: tuple[Assessor, ...]
    """Assessors who could not be left out: without them a bid has no percentage, or the others fall into groups."""


def adjust(by_assessor: Mapping[Bid, Mapping[Assessor, Fraction]]) -> Adjusted:
    """The fit to each bid's percentages by assessor, in per cent; any number of assessors for each bid, none included."""
    unit = lcm(*(percent.denominator for given in by_assessor.values() for percent in given.values()))
    given = {bid: {who: int(percent * unit) for who, percent in marks.items()} for bid, marks in by_assessor.items() if marks}
    groups = _groups(given)
    if len(groups) > 1:
        return Adjusted({}, {}, {}, {}, (), groups, ())
    fit = _fit(given)
    rank = ranks(fit.scores)
    ranges, needed = _ranges(given, rank, fit.effects)
    return Adjusted(
        scores={bid: Fraction(score, fit.of * unit) for bid, score in fit.scores.items()},
        effects={who: Fraction(effect, fit.of * unit) for who, effect in fit.effects.items()},
        ranks=rank,
        ranges=ranges,
        swaps=_swaps(given, fit),
        groups=groups,
        needed=needed,
    )


def _groups(given: Percentages) -> tuple[frozenset[Assessor], ...]:
    groups: list[frozenset[Assessor]] = []
    for marks in given.values():
        linked = [each for each in groups if not each.isdisjoint(marks)]
        groups = [each for each in groups if each not in linked] + [frozenset(marks).union(*linked)]
    return tuple(groups)


class _Fit(NamedTuple):
    """Whole numbers, each to be divided by `of`."""

    scores: dict[Bid, int]
    effects: dict[Assessor, int]
    of: int


def _fit(given: Percentages) -> _Fit:
    """The least squares.

    Whatever the effects are, the best score of a bid is the mean, over its assessors, of percentage less effect. With that put into the
    equation of each assessor (percentage less score less effect, added up over their bids, is shrinkage × effect) only effects are left.
    """
    at = {who: number for number, who in enumerate(dict.fromkeys(who for marks in given.values() for who in marks))}
    common = lcm(*map(len, given.values()))  # times this, the share of each assessor in the mean of a bid is whole
    equations = [[common * SEVERITY_SHRINKAGE * (row == column) for column in at.values()] + [0] for row in at.values()]
    for marks in given.values():
        share = common // len(marks)
        mean = share * sum(marks.values())
        places = [at[who] for who in marks]
        for who, percent in marks.items():
            equation = equations[at[who]]
            equation[at[who]] += common
            equation[-1] += common * percent - mean
            for place in places:
                equation[place] -= share
    solved, of = _solved(equations)
    effects = dict(zip(at, solved, strict=True))
    scores = {bid: common // len(marks) * (of * sum(marks.values()) - sum(effects[who] for who in marks)) for bid, marks in given.items()}
    return _Fit(scores, {who: common * effect for who, effect in effects.items()}, common * of)


def _solved(equations: list[list[int]]) -> tuple[list[int], int]:
    """The unknowns of positive definite equations, and what to divide them by; every number on the way is whole (Bareiss 1968)."""
    divisor = 1
    for at, chosen in enumerate(equations):
        pivot = chosen[at]
        for row in equations:
            if row is not chosen:
                factor = row[at]
                row[:] = [(pivot * each - factor * other) // divisor for each, other in zip(row, chosen, strict=True)]
        divisor = pivot
    return [row[-1] for row in equations], divisor


def _ranges(
    given: Percentages, rank: Mapping[Bid, int], assessors: Iterable[Assessor]
) -> tuple[dict[Bid, tuple[int, int]], tuple[Assessor, ...]]:
    seen = {bid: [each] for bid, each in rank.items()}
    needed = []
    for assessor in assessors:
        rest = {bid: {who: percent for who, percent in marks.items() if who != assessor} for bid, marks in given.items()}
        if not all(rest.values()) or len(_groups(rest)) > 1:
            needed.append(assessor)
            continue
        for bid, each in ranks(_fit(rest).scores).items():
            seen[bid].append(each)
    return {bid: (min(each), max(each)) for bid, each in seen.items()}, tuple(needed)


def _swaps(given: Percentages, fit: _Fit) -> tuple[Swap, ...]:
    means = {bid: fit.of * sum(marks.values()) // len(marks) for bid, marks in given.items()}  # exact: `of` divides by each length

    def without(assessor: Assessor, bid: Bid) -> int:
        return means[bid] - (fit.effects[assessor] // len(given[bid]) if assessor in given[bid] else 0)

    def alone(above: Bid, below: Bid) -> tuple[Assessor, ...]:
        readers = [who for who in fit.effects if who in given[above] or who in given[below]]
        return tuple(who for who in readers if without(who, above) < without(who, below))

    return tuple(
        Swap(above, below, alone(above, below))
        for above, below in combinations(ranks(means), 2)
        if means[above] > means[below] and fit.scores[above] < fit.scores[below]
    )


# In words


def letters(assessors: Iterable[Assessor]) -> dict[Assessor, str]:
    """A letter for each assessor, in the order given, so that they need not be named: A to Z, AA, BB…"""
    return {who: ascii_uppercase[at % 26] * (at // 26 + 1) for at, who in enumerate(assessors)}


def sentences(adjusted: Adjusted, bids: Mapping[Bid, str], assessors: Mapping[Assessor, str]) -> list[str]:
    """What the fit says, for people: first what cannot be told, then the bids that swap places. `bids` and `assessors` are their labels."""
    if len(adjusted.groups) > 1:
        groups = "; ".join(_named(assessors[who] for who in assessors if who in group) for group in adjusted.groups)
        return [f"No bid links these groups of assessors, so severity cannot be separated from what the bids are worth: {groups}."]
    if len(adjusted.effects) < 2:
        return ["Only one assessor has marked, so severity cannot be separated from what the bids are worth."] if adjusted.effects else []
    left_in = [
        f"The ranges do not say what happens without assessor {assessors[who]}: the bids could not all be compared."
        for who in adjusted.needed
    ]
    swaps = [
        f"Bids {bids[swap.above]} and {bids[swap.below]} swap places if the severity of {_whose(swap, assessors)} is removed."
        for swap in adjusted.swaps
    ]
    return [*left_in, *(swaps or ["No bids swap places if the severity of the assessors is removed."])]


def _whose(swap: Swap, assessors: Mapping[Assessor, str]) -> str:
    return " or ".join(f"assessor {assessors[who]}" for who in swap.because_of) or "all assessors"


def _named(labels: Iterable[str]) -> str:
    *others, last = labels
    return f"{', '.join(others)} and {last}" if others else last
