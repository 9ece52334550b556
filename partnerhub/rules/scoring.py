"""The official score: from assessors' marks to percentages, bands, a ranking, and what a line costs. rules/severity.py stands beside it.

Marks come as they were accepted where they were typed: numbers on the scale; for a criterion that is passed or failed, 1 or 0.
Everything is exact until it is printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from partnerhub.rules import percentages
from partnerhub.rules.numbers import MODERATED_WHEN_APART
from partnerhub.rules.questionnaire import Scoring

FORMULA = (
    "The mark on a criterion is the average of the marks that its assessors gave, or the mark that the panel agreed. "
    "It is multiplied by the weight of the criterion and divided by the highest mark of the scale. "
    "Added up over all criteria, that is the percentage. It is judged exactly and printed to one decimal place at most, halves rounded up."
)
"""The office's scoring scheme: weights that add to 100, percent = sum of weight × mark / highest mark. The lowest mark is not taken off
first, so that anybody can work it out by hand: on a scale from 1 to 10 the least is 10 per cent."""

Bid = Any  # whatever a bid and an assessor are known by: anything that can be a key
Assessor = Any
Marks = Mapping[str, int | Fraction]  # by key of the criterion
NONE_AGREED: Marks = {}


@dataclass(frozen=True, slots=True)
class Result:
    """What one bid has officially reached. Criteria are named by key, in the order of the form."""

    marks: Marks
    """The official mark on each criterion that has one: agreed, or else the mean."""
    to_agree: tuple[str, ...]
    """Where assessors are too far apart and the panel has not agreed yet; until it has, the percentage is not final."""
    failed: tuple[str, ...]
    below_floor: tuple[str, ...]
    percent: Fraction | None
    """None while a mark is missing, and unless everything that must be passed is passed."""
    band: str

    @property
    def may_be_funded(self) -> bool:
        return self.percent is not None and not self.below_floor


def result(scoring: Scoring, sheets: Mapping[Assessor, Marks], agreed: Marks = NONE_AGREED) -> Result:
    """The official result of a bid from its assessors' sheets and the marks that the panel agreed."""
    marks = _official_marks(scoring, sheets, agreed)
    is_passed = all(marks.get(each.key) == 1 for each in scoring.must_be_passed)
    percent = percentage(scoring, marks) if is_passed else None
    return Result(
        marks=marks,
        to_agree=tuple(key for key in apart(scoring, sheets) if key not in agreed),
        failed=tuple(each.key for each in scoring.must_be_passed if marks.get(each.key) == 0),
        below_floor=tuple(key for key in scoring.floor_criteria if key in marks and marks[key] < (scoring.floor_min or 0)),
        percent=percent,
        band=band(scoring, percent) if percent is not None else "",
    )


def _official_marks(scoring: Scoring, sheets: Mapping[Assessor, Marks], agreed: Marks) -> Marks:
    found: dict[str, Fraction] = {}
    for each in scoring.criteria:
        given = _given(sheets, each.key)
        if each.key in agreed:
            found[each.key] = Fraction(agreed[each.key])
        elif given:
            found[each.key] = Fraction(sum(given), len(given))
    return found


def _given(sheets: Mapping[Assessor, Marks], key: str) -> list[int | Fraction]:
    return [marks[key] for marks in sheets.values() if key in marks]


def apart(scoring: Scoring, sheets: Mapping[Assessor, Marks]) -> tuple[str, ...]:
    """The criteria on which the panel must agree: marks 2 or more apart, or passed by one and failed by another."""
    found = []
    for each in scoring.criteria:
        given = _given(sheets, each.key)
        if given and max(given) - min(given) >= (1 if each.pass_fail else MODERATED_WHEN_APART):
            found.append(each.key)
    return tuple(found)


def percentage(scoring: Scoring, marks: Marks) -> Fraction | None:
    """What these marks come to (see FORMULA); None while one is missing."""
    if any(each.key not in marks for each in scoring.scored):
        return None
    return Fraction(sum(each.weight * marks[each.key] for each in scoring.scored)) / scoring.max


def by_assessor(scoring: Scoring, sheets: Mapping[Assessor, Marks], agreed: Marks = NONE_AGREED) -> dict[Assessor, Fraction]:
    """The percentage of each assessor who has marked everything, with the agreed marks in place of their own.

    Their mean is the official percentage when all have marked everything: what the panel settled is nobody's severity any more.
    """
    complete = {assessor: marks for assessor, marks in sheets.items() if percentage(scoring, marks) is not None}
    found = {assessor: percentage(scoring, {**marks, **agreed}) for assessor, marks in complete.items()}
    return {assessor: percent for assessor, percent in found.items() if percent is not None}


def band(scoring: Scoring, percent: Fraction) -> str:
    """The label of the highest band that begins at or below; "" below all."""
    reached = [each for each in scoring.bands if each.min <= percent]
    return max(reached, key=lambda each: each.min).label if reached else ""


def printed(percent: Fraction, *bounds: int | Fraction) -> str:
    """One decimal at most, halves up: "65.3%", "65%". With more where one would lift it to a bound that it misses: "64.96%" against 65."""
    places = 1
    while any(percent < bound <= Fraction(percentages.whole(percent * 10**places), 10**places) for bound in bounds):
        places += 1
    return f"{percentages.decimal(percentages.whole(percent * 10**places), places).removesuffix('.0')}%"


# The ranking


def ranks(points: Mapping[Any, Any]) -> dict[Any, int]:
    """Ranks by points, the highest first; equal points share a rank: 1, 2, 2, 4. Those that share stay in the order given."""
    best: dict[Any, int] = {}
    order = sorted(points, key=points.__getitem__, reverse=True)
    for at, each in enumerate(order, 1):
        best.setdefault(points[each], at)
    return {each: best[points[each]] for each in order}


def ranking(scoring: Scoring, results: Mapping[Bid, Result]) -> dict[Bid, int]:
    """The rank of each bid that has a percentage, best first. Equal percentages are told apart by the marks on the `tie_break` criteria."""
    ranked = {bid: each for bid, each in results.items() if each.percent is not None}
    return ranks({bid: (each.percent, *(each.marks[key] for key in scoring.tie_break)) for bid, each in ranked.items()})


# The money


class Reach(StrEnum):
    """How far an amount reaches into the money of a round."""

    WITHIN = "within the money available"
    OVER_COMMITTED = "within the over-commitment limit"
    BEYOND = "beyond the over-commitment limit"


@dataclass(frozen=True, slots=True)
class Pot:
    """The money of a round, in pence, and how many per cent more may be promised because partners spend less than they asked for."""

    money: int
    over_commitment: int | Fraction = 0

    @property
    def limit(self) -> int:
        """The most that may be promised."""
        return int(self.money * (100 + self.over_commitment) // 100)

    def reach(self, pence: int) -> Reach:
        if pence <= self.money:
            return Reach.WITHIN
        return Reach.OVER_COMMITTED if pence <= self.limit else Reach.BEYOND


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the ranked list. Money is in pence."""

    bid: Bid
    rank: int | None
    """None without a percentage."""
    result: Result
    amount: int
    so_far: int
    """What this bid and those above it come to; a bid that may not be funded adds nothing."""


def ranked_list(scoring: Scoring, results: Mapping[Bid, Result], amounts: Mapping[Bid, int]) -> list[Place]:
    """All bids, best first and those without a percentage last, with the money added up from the top. `amounts` in pence."""
    rank = ranking(scoring, results)
    places, so_far = [], 0
    for bid in [*rank, *(each for each in results if each not in rank)]:
        so_far += amounts[bid] if results[bid].may_be_funded else 0
        places.append(Place(bid, rank.get(bid), results[bid], amounts[bid], so_far))
    return places


def above(places: Sequence[Place], line: int | Fraction) -> tuple[list[Bid], int]:
    """The bids that a line at so many per cent would fund, and what they come to in pence. A bid exactly on the line is above it."""
    funded = [each for each in places if each.result.may_be_funded and (each.result.percent or 0) >= line]
    return [each.bid for each in funded], sum(each.amount for each in funded)
