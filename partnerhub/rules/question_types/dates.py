"""Questions answered with a day or a month, in any way that people write them."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from partnerhub.rules import readable
from partnerhub.rules.expressions import BLANK, Result
from partnerhub.rules.numbers import EARLIEST_YEAR, LAST_YEAR
from partnerhub.rules.periods import MONTHS
from partnerhub.rules.question_types.base import Choices, QuestionType, Value, kept, plain_digits

if TYPE_CHECKING:
    from partnerhub.rules.questionnaire import Question

_BY_NAME = {name: at for at, full in enumerate(MONTHS, 1) for name in (full.lower(), full[:3].lower())} | {"sept": 9}
_GAP = r"[ ./\-,]{1,3}"
_DAY_FIRST = re.compile(rf"([0-9]{{1,2}})(?:st|nd|rd|th)?{_GAP}(?:of )?([0-9]{{1,2}}|[a-z]{{3,9}}){_GAP}([0-9]{{4}})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_MONTH_FIRST = re.compile(rf"([0-9]{{1,2}}|[a-z]{{3,9}}){_GAP}([0-9]{{4}})")
_YEAR_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_SHORT_YEAR = re.compile(rf"[0-9]{{1,2}}{_GAP}(?:[0-9]{{1,2}}|[a-z]{{3,9}}){_GAP}[0-9]{{2}}")


def _tidy(text: str) -> str:
    return plain_digits(" ".join(text.lower().split())) if len(text) <= 100 else ""


def _month(word: str) -> int:
    return int(word) if word.isdigit() else _BY_NAME.get(word, 0)


def day_in(text: str) -> datetime.date | None:
    """The day that `text` names, day before month as in Britain; None when it names none."""
    words = _tidy(text)
    if found := _YEAR_FIRST.fullmatch(words):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(words):
        day, month, year = int(found[1]), _month(found[2]), int(found[3])
    else:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def month_in(text: str) -> str | None:
    """The month that `text` names, alone or with a day in it, as "2026-03"; None when it names none."""
    if day := day_in(text):
        return day.isoformat()[:7]
    words = _tidy(text)
    if found := _YEAR_MONTH.fullmatch(words):
        year, month = int(found[1]), int(found[2])
    elif found := _MONTH_FIRST.fullmatch(words):
        year, month = int(found[2]), _month(found[1])
    else:
        return None
    return f"{year:04d}-{month:02d}" if 1 <= month <= 12 else None


def shown_month(iso: str) -> str:
    """ "2026-03" as "March 2026"."""
    year, month = iso.split("-")
    return f"{MONTHS[int(month) - 1]} {year}"


def days_of(iso: object) -> Result:
    """The number of a day, so that two days can be subtracted; a month counts from its first day."""
    try:
        return datetime.date.fromisoformat(iso if len(iso) > 7 else f"{iso}-01").toordinal()  # ty: ignore[invalid-argument-type]
    except (TypeError, ValueError):
        return BLANK


class Date(QuestionType):
    name = "date"
    limits = frozenset({"min", "max"})
    in_table = True
    noun = "a date"
    example = "a date, like 27 3 2026"

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        iso = self.iso(text)
        if iso is None:
            if _SHORT_YEAR.fullmatch(_tidy(text)):
                raise kept("Enter the year with four digits, like 27 3 2026.")
            raise kept(f"Enter {self.example}.")
        self.hold_to(question, iso)
        return iso

    def hold_to(self, question: Question, iso: str) -> None:
        earliest, latest = question.limit.min, question.limit.max
        if not EARLIEST_YEAR <= int(iso[:4]) <= LAST_YEAR:
            raise kept(f"Enter a year between {EARLIEST_YEAR} and {LAST_YEAR}.")
        if isinstance(earliest, str) and iso < earliest:
            raise kept(f"Enter {self.noun} that is {self.spoken(earliest)} or later.")
        if isinstance(latest, str) and iso > latest:
            raise kept(f"Enter {self.noun} that is {self.spoken(latest)} or earlier.")

    def iso(self, text: str) -> str | None:
        day = day_in(text)
        return day.isoformat() if day else None

    def spoken(self, iso: str) -> str:
        return readable.day(day_in(iso))

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        return self.spoken(str(value)) if self.iso(str(value)) else str(value)


class Month(Date):
    name = "month"
    noun = "a month"
    example = "a month and a year, like 3 2026"

    def iso(self, text: str) -> str | None:
        return month_in(text)

    def spoken(self, iso: str) -> str:
        return shown_month(iso)
