"""What follows from a service agreement: when its next year runs and what that is called, and what its targets mean in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from partnerhub.rules import targets
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.numbers import LAST_YEAR
from partnerhub.rules.question_types.numbers import Breakdown
from partnerhub.rules.questionnaire import Indicator, Question, Questionnaire

LONGEST_REFERENCE = 40
_SUFFIX = re.compile(r"(.*)/([0-9]{1,3})")


def a_year_later(day: date) -> date:
    """The same day next year; the last day of February stays the last day of February."""
    if (day.month, (day + timedelta(days=1)).month) == (2, 3):
        return date(day.year + 1, 3, 1) - timedelta(days=1)
    return day.replace(year=day.year + 1)


def next_year(starts: date, ends: date) -> tuple[date, date]:
    """When the copy of an agreement runs: the same days a year later, or, after one of more than a year, the year that follows it."""
    if a_year_later(ends).year > LAST_YEAR:
        raise BadAnswer(f"The next year would end after {LAST_YEAR}, the last year that the hub knows. Nothing was changed.")
    if ends >= a_year_later(starts):
        return ends + timedelta(days=1), a_year_later(ends)
    return a_year_later(starts), a_year_later(ends)


def next_reference(reference: str) -> str:
    """SA-12 is followed by SA-12/2, that by SA-12/3."""
    found = _SUFFIX.fullmatch(reference)
    stem, number = (found[1], int(found[2]) + 1) if found else (reference, 2)
    suffix = f"/{number}"
    return stem[: LONGEST_REFERENCE - len(suffix)] + suffix


@dataclass(frozen=True, slots=True)
class Promised:
    """An indicator of a form for which a target can be set, and how its number is written."""

    indicator: Indicator
    is_share: bool

    @property
    def decimals(self) -> int:
        """How many decimals the stored target has: a share is kept in tenths of a per cent."""
        return 1 if self.is_share else self.indicator.decimals

    @property
    def is_band(self) -> bool:
        return self.indicator.direction == "band"

    @property
    def unit(self) -> str:
        return "per cent" if self.is_share else self.indicator.unit

    def written(self, value: int) -> str:
        """A stored target as a number: 90% or 1,200."""
        return targets.written(value, is_share=self.is_share, decimals=self.decimals)

    def asked(self, value: int, upper: int | None) -> str:
        """A target in few words: 90%, 10 or less, 80 to 100."""
        target = targets.Target(value, upper)
        return targets.in_words(target, self.indicator.direction, is_share=self.is_share, decimals=self.decimals)

    def said(self, value: int, upper: int | None) -> str:
        """What a target asks of each period."""
        asked = self.asked(value, upper)
        if self.indicator.direction == "neutral":
            return f"about {asked}; shown without a colour, because neither more nor less is better"
        is_floor = self.indicator.direction == "higher" or (self.is_band and upper is None)
        return f"{asked} or more" if is_floor else asked


def promised(form: Questionnaire) -> list[Promised]:
    """The indicators that a form feeds, in its order."""
    found: dict[str, Promised] = {}
    for question in form.figures:
        indicator = form.indicators.get(question.indicator)
        if indicator is not None and not isinstance(question.type, Breakdown):
            found.setdefault(indicator.key, Promised(indicator, _is_share(question, indicator)))
    return list(found.values())


def _is_share(question: Question, indicator: Indicator) -> bool:
    """Two counts whose quotient is a percentage; a ratio, such as cases per worker, is a plain number."""
    return (question.type.is_share or question.share is not None) and not indicator.is_ratio
