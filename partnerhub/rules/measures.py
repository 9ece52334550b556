"""The ways in which figures add up, over periods and over providers: one class each."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from partnerhub.rules.numbers import LARGEST_WHOLE
from partnerhub.rules.percentages import tenths

POUNDS = "pounds"  # the unit of figures that are kept in pence


class CellStatus(StrEnum):
    APPROVED = "approved"
    PROVISIONAL = "provisional"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    AS_PUBLISHED = "as_published"
    HIDDEN = "hidden"
    CANNOT_BE_COMBINED = "cannot_be_combined"


class Absence(StrEnum):
    """Why there is no figure, more closely than the status says it. The first of several counts for a total."""

    NOT_DUE = "not_due"
    NO_RETURN = "no_return"
    WAIVED = "waived"
    NOT_ASKED = "not_asked"


class Cell(NamedTuple):
    """One figure of a line. `value` and `out_of` are whole numbers scaled by the indicator's decimals, `percent` by ten.

    A named tuple, because a summary makes ten thousand of them. `receipt` names the figure (summary.receipt_of). `absence` is
    for people: to other programs the status is all (rules/printed.py says it).
    """

    period: str
    value: int | None
    out_of: int | None
    percent: int | None
    status: CellStatus
    receipt: str
    absence: Absence | None = None


# A figure without its place: value, out_of, percent (tenths), status. What goes into a combination, and what comes out.
Figure = tuple[int | None, int | None, int | None, CellStatus]

APPROVED, PROVISIONAL, HIDDEN = CellStatus.APPROVED, CellStatus.PROVISIONAL, CellStatus.HIDDEN
NOT_REPORTED: Figure = (None, None, None, CellStatus.NOT_REPORTED)
NOT_APPLICABLE: Figure = (None, None, None, CellStatus.NOT_APPLICABLE)
CANNOT_BE_COMBINED: Figure = (None, None, None, CellStatus.CANNOT_BE_COMBINED)
_IN_THE_WAY = (HIDDEN, CellStatus.CANNOT_BE_COMBINED)


class Measure:
    """A way to combine figures; `rule` is the sentence that a receipt prints.

    A total is no surer than its parts: one provisional figure makes it provisional.
    """

    key: str
    rule: str
    adds = True

    def combine(self, figures: Sequence[Figure]) -> Figure:
        """One figure for all of these (in order of time), or why there is none. Not reported is never taken for 0."""
        raise NotImplementedError


def _nothing(figures: Sequence[Figure]) -> Figure:
    """The standing of a total none of whose parts has a figure."""
    return NOT_REPORTED if any(status is CellStatus.NOT_REPORTED for *_, status in figures) else NOT_APPLICABLE


def _obstacle(figures: Sequence[Figure]) -> Figure:
    """A hidden part hides the total; a percentage without its counts, or a part that could not be made, leaves none."""
    return (None, None, None, HIDDEN) if any(status is HIDDEN for *_, status in figures) else CANNOT_BE_COMBINED


class Sum(Measure):
    key = "sum"
    rule = "The figures are added up."

    def combine(self, figures: Sequence[Figure]) -> Figure:
        total, counted, status = 0, False, APPROVED
        for value, _, percent, standing in figures:
            if value is not None:
                total += value
                counted = True
                if standing is not APPROVED and status is not PROVISIONAL:
                    status = standing
            elif percent is not None or standing in _IN_THE_WAY:
                return _obstacle(figures)
        if not counted:
            return _nothing(figures)
        return (total, None, None, status) if -LARGEST_WHOLE <= total <= LARGEST_WHOLE else CANNOT_BE_COMBINED


class PooledRatio(Measure):
    key = "pooled_ratio"
    rule = "The first counts are added up, the second counts are added up, and one total is divided by the other."
    is_share = False

    def combine(self, figures: Sequence[Figure]) -> Figure:
        number, total, counted, status = 0, 0, False, APPROVED
        for value, out_of, percent, standing in figures:
            if value is not None and out_of is not None:
                number += value
                total += out_of
                counted = True
                if standing is not APPROVED and status is not PROVISIONAL:
                    status = standing
            elif value is not None or percent is not None or standing in _IN_THE_WAY:
                return _obstacle(figures)
        if not counted:
            return _nothing(figures)
        if not -LARGEST_WHOLE <= number <= LARGEST_WHOLE or total > LARGEST_WHOLE:
            return CANNOT_BE_COMBINED
        return (number, total, tenths(number, total) if self.is_share else None, status)


class PooledShare(PooledRatio):
    key = "pooled_share"
    rule = "The numbers are added up, the numbers they are out of are added up, and the share is taken of the two totals."
    is_share = True


class First(Measure):
    key = "first"
    rule = "The figure of the first period is taken: how things stood at the start."

    def combine(self, figures: Sequence[Figure]) -> Figure:
        return next((figure for figure in figures if figure[3] is not CellStatus.NOT_APPLICABLE), NOT_APPLICABLE)


class Last(Measure):
    key = "last"
    rule = "The figure of the latest period that was reported is taken: how things stood at the end."

    def combine(self, figures: Sequence[Figure]) -> Figure:
        for figure in reversed(figures):
            if figure[0] is not None or figure[2] is not None or figure[3] is HIDDEN:
                return figure
        return _nothing(figures)


class NotAdditive(Measure):
    key = "not_additive"
    rule = "The figures cannot be added up: the same person may be counted in several of them."
    adds = False

    def combine(self, figures: Sequence[Figure]) -> Figure:
        known = any(value is not None or percent is not None or status in _IN_THE_WAY for value, _, percent, status in figures)
        return _obstacle(figures) if known else _nothing(figures)


class Narrative(NotAdditive):
    key = "narrative"
    rule = "Words are listed, not added up."


MEASURES: Mapping[str, Measure] = {
    measure.key: measure for measure in (Sum(), PooledShare(), PooledRatio(), First(), Last(), NotAdditive(), Narrative())
}

# How the figures of several providers for one period may be combined.
OVER_PROVIDERS = frozenset({"sum", "pooled_share", "pooled_ratio", "not_additive", "narrative"})


class Indicator(Protocol):
    """What adding up needs to know of an entry of the indicator library."""

    @property
    def label(self) -> str: ...
    @property
    def measure(self) -> str: ...
    @property
    def over_providers(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def decimals(self) -> int: ...
    @property
    def direction(self) -> str: ...


def is_ratio(indicator: Indicator) -> bool:
    """Whether it is one number divided by another, such as cases for each worker: a plain number, and never a percentage."""
    return "pooled_ratio" in (indicator.measure, indicator.over_providers)


class UnknownIndicator(NamedTuple):
    """Stands in for an indicator that the library does not hold: its figures are shown and never added up."""

    label: str
    measure: str = "not_additive"
    over_providers: str = "not_additive"
    unit: str = ""
    decimals: int = 0
    direction: str = "neutral"
