"""What the panel's pages show: the marks side by side, and the ranked list with what stands second beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from partnerhub.models import Application, FundingRound
from partnerhub.queries.moderation import RoundMarks
from partnerhub.rules.assessment import mark_in_words, named
from partnerhub.rules.questionnaire import Scoring
from partnerhub.rules.scoring import Place, Pot, Result, apart, by_assessor, printed, ranked_list, result
from partnerhub.rules.severity import Adjusted, adjust


@dataclass(frozen=True, slots=True)
class MarksOf:
    """One application with its marks, as far as they are in."""

    application: Application
    finished: int
    given: int
    cells: dict[str, list[str]]
    """By criterion, one mark for each assessor in the order of their names."""
    agreed: dict[str, str]
    apart: tuple[str, ...]
    result: Result | None
    percent: str


def table_of(marks: RoundMarks, scoring: Scoring) -> list[MarksOf]:
    return [_marks_of(each, marks, scoring) for each in marks.shown]


def _marks_of(application: Application, marks: RoundMarks, scoring: Scoring) -> MarksOf:
    given, sheets = marks.assignments.get(application.id, []), marks.sheets(application)
    agreed = marks.agreed_marks(application)
    found = result(scoring, sheets, agreed) if sheets else None
    return MarksOf(
        application=application,
        finished=sum(each.is_finished for each in given),
        given=len(given),
        cells={
            each.key: [mark_in_words(each, said[each.key]) for said in sheets.values() if each.key in said] for each in scoring.criteria
        },
        agreed={each.key: mark_in_words(each, agreed[each.key]) for each in scoring.criteria if each.key in agreed},
        apart=apart(scoring, sheets),
        result=found,
        percent=printed_percent(found, scoring),
    )


def printed_percent(found: Result | None, scoring: Scoring) -> str:
    if found is None or found.percent is None:
        return ""
    return printed(found.percent, *(each for each in (scoring.line, *(band.min for band in scoring.bands)) if each is not None))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ranked list."""

    place: Place
    application: Application
    percent: str
    reach: str
    is_final: bool
    adjusted: str
    adjusted_rank: int | None
    range: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Ranking:
    lines: list[Line]
    not_listed: int
    """How many are not told to this person, because of an interest; ranks and sums are without them: they would tell of them."""
    swaps: list[str]
    apart: bool
    """Assessors fall into groups that have read nothing in common: no adjusted score can be worked out."""


def ranking_of(
    marks: RoundMarks, scoring: Scoring, funding_round: FundingRound, *, counting: Collection[UUID] | None = None, promised: int = 0
) -> Ranking:
    """The ranked list with the money added up from the top: of the applications in `counting` (none named: of all), onto `promised`."""
    results = marks.results(scoring)
    by_id = {each.id: each for each in marks.applications}
    adjusted = adjust({bid: by_assessor(scoring, marks.sheets(by_id[bid]), marks.agreed_marks(by_id[bid])) for bid in results})
    pot = Pot(funding_round.money, funding_round.over_commitment)
    amounts = {bid: (by_id[bid].amount_requested or 0) if counting is None or bid in counting else 0 for bid in results}
    places = [replace(each, so_far=each.so_far + promised) for each in ranked_list(scoring, results, amounts)]
    return Ranking(
        lines=[_line(each, by_id[each.bid], scoring, pot, adjusted) for each in places],
        not_listed=len(marks.applications) - len(marks.shown),
        swaps=_swaps(adjusted, results, by_id, marks, scoring),
        apart=len(adjusted.groups) > 1,
    )


def _line(place: Place, application: Application, scoring: Scoring, pot: Pot, adjusted: Adjusted) -> Line:
    score = adjusted.scores.get(place.bid)
    return Line(
        place=place,
        application=application,
        percent=printed_percent(place.result, scoring),
        reach=pot.reach(place.so_far),
        is_final=not place.result.to_agree,
        adjusted=printed(score) if score is not None else "",
        adjusted_rank=adjusted.ranks.get(place.bid),
        range=adjusted.ranges.get(place.bid),
    )


def _swaps(
    adjusted: Adjusted, results: dict[UUID, Result], by_id: dict[UUID, Application], marks: RoundMarks, scoring: Scoring
) -> list[str]:
    """Those pairs first that stand on both sides of the line."""

    def crosses(swap: Any) -> bool:
        sides = {(results[bid].percent or 0) >= (scoring.line or 0) for bid in (swap.above, swap.below)}
        return len(sides) == 2

    return [_swap(each, by_id, marks, crosses(each)) for each in sorted(adjusted.swaps, key=lambda swap: not crosses(swap))]


def _swap(swap: Any, by_id: dict[UUID, Application], marks: RoundMarks, crosses: bool) -> str:
    pair = f"{by_id[swap.above].reference} and {by_id[swap.below].reference} would swap places"
    why = (
        f"if the severity of {named(marks.names[who] for who in swap.because_of)} were removed"
        if swap.because_of
        else "if the severity of all assessors were removed together"
    )
    return f"{pair} {why}{', and the line lies between them' if crosses else ''}."
