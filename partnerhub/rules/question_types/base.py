"""What every kind of question can do: read what was typed, show it, say what it means in an expression, yield figures."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from partnerhub.rules import text as written
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.expressions import BLANK, Result

if TYPE_CHECKING:
    from partnerhub.rules.questionnaire import Question

Value = int | str | list[str]
Cells = Mapping[str, Value]
Answers = Mapping[str, Cells]

NOT_APPLICABLE: Final = "not-applicable"
"""The value of a question's first cell when the partner says that it does not apply. No key may hold a hyphen, so it is no choice's key."""

NO_CELLS: Cells = MappingProxyType({})
REASON: Final = "reason."
"""Cells that hold the reason given for a failed check: "reason." and the check's key."""
REPLY: Final = "reply."
"""Cells that hold the reply to a question of the office: "reply." and the question's number."""
LONGEST_REASON: Final = 1_000
KEPT: Final = "We kept what you typed, but it does not count yet."
_SAYS_NOT_APPLICABLE = frozenset({"not applicable", NOT_APPLICABLE, "n/a", "n.a.", "n\\a"})


class Choice(NamedTuple):
    """One answer to choose, or one category of a breakdown."""

    key: str
    label: str


Choices = Mapping[str, tuple[Choice, ...]]
NO_CHOICES: Choices = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits of a question; None where there is none. `min` and `max` are numbers as the author wrote them, or ISO dates."""

    min: int | Fraction | str | None = None
    max: int | Fraction | str | None = None
    words: int | None = None
    characters: int | None = None
    rows: int | None = None
    choices: int | None = None
    files: int | None = None
    megabytes: int | None = None


class Figure(NamedTuple):
    """One number of a submission. `value` and `out_of` are whole numbers scaled by the indicator's decimals, `percent` by ten.

    `category` is "all", or the breakdown and its category: "district:E07000129". `percent` is set only for what was published so.
    """

    indicator: str
    category: str
    value: int | None
    out_of: int | None = None
    percent: int | None = None
    not_applicable: bool = False


def kept(sentence: str) -> BadAnswer:
    """The refusal of an answer that is kept as typed."""
    return BadAnswer(f"{sentence} {KEPT}")


class QuestionType:
    """One kind of question. Its one instance stands in TYPES; its template is templates/questions/<name>.html."""

    name: ClassVar[str]
    keys: ClassVar[frozenset[str]] = frozenset()
    """Keys of the document that this type takes besides those of every question."""
    limits: ClassVar[frozenset[str]] = frozenset()
    is_typed: ClassVar[bool] = True
    """Whether somebody types the answer."""
    is_number: ClassVar[bool] = False
    """Whether it can stand in arithmetic."""
    is_share: ClassVar[bool] = False
    """Whether its figure is a percentage or a ratio."""
    in_table: ClassVar[bool] = False
    """Whether a column of a table may be of this type."""

    @property
    def template(self) -> str:
        return self.name

    def cells(self, question: Question) -> tuple[str, ...]:
        """The fixed cells that hold its answer."""
        return ("",)

    def read(self, question: Question, cell: str, text: str, choices: Choices = NO_CHOICES) -> Value | None:
        """The value of what was typed, None when nothing was. Raises BadAnswer, and nothing else, whatever was typed."""
        text = written.clean(text)
        if cell.startswith(REASON):
            return _within(text, characters=LONGEST_REASON) or None
        self.know(question, cell)
        words = text.strip()
        if not words:
            return None
        if len(words) < 20 and words.casefold() in _SAYS_NOT_APPLICABLE and self.takes_not_applicable(question, cell):
            return NOT_APPLICABLE
        return self.parse(question, cell, text, choices)

    def places(self, question: Question) -> int:
        """The decimal places of its numbers: the values of its cells are scaled by them."""
        return 0

    def know(self, question: Question, cell: str) -> None:
        """Refuses a cell that the question does not have."""
        if cell not in question.cells:
            raise BadAnswer("This box is not part of the question. Load the page again.")

    def takes_not_applicable(self, question: Question, cell: str) -> bool:
        return question.may_not_apply and cell == first_cell(question)

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        """The value of `text`, which is clean and not blank."""
        raise NotImplementedError

    def show(self, question: Question, cell: str, value: Value | None, choices: Choices = NO_CHOICES) -> str:
        """The value as people read it."""
        if value is None:
            return ""
        if value == NOT_APPLICABLE:
            return "Not applicable"
        return str(value) if cell.startswith(REASON) else self.shown(question, cell, value, choices)

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        return str(value)

    def write(self, question: Question, cell: str, value: Value | None) -> str:
        """The value as text that `read` reads back: to fill in what is carried from elsewhere."""
        return "" if value is None else str(value)

    def meaning(self, question: Question, cells: Cells) -> Result:
        """What its name stands for in an expression."""
        value = cells.get("")
        return value if isinstance(value, str) and value != NOT_APPLICABLE else BLANK

    def cell_meaning(self, question: Question, cells: Cells, cell: str) -> Result:
        """What cell(question, 'cell') stands for."""
        return self.meaning(question, cells)

    def missing(self, question: Question, cells: Cells) -> Iterable[str]:
        """The cells that must be filled and are not, when the question must be answered."""
        return () if does_not_apply(question, cells) else [cell for cell in question.cells if cells.get(cell) is None]

    def is_answered(self, question: Question, cells: Cells) -> bool:
        return any(cells.get(cell) is not None for cell in question.cells)

    def figures(self, question: Question, answers: Answers) -> Iterator[Figure]:
        """The figures it yields; a blank yields none. `answers` holds computed values too."""
        return iter(())


def first_cell(question: Question) -> str:
    return question.cells[0] if question.cells else ""


def does_not_apply(question: Question, cells: Cells) -> bool:
    """Whether the partner said that the question does not apply. Neither zero nor blank."""
    return cells.get(first_cell(question)) == NOT_APPLICABLE


def _within(text: str, *, characters: int) -> str:
    count = written.characters(text)
    if count > characters:
        raise kept(f"Shorten this to {characters:,} characters. It has {count:,}, which is {count - characters:,} too many.")
    return text.strip()


def plain_digits(text: str) -> str:
    """Full-width and other decimal digits as 0 to 9; "½" and "²" are no digits and stay."""
    return text if text.isascii() else "".join(str(unicodedata.decimal(each, each)) for each in text)


def number_in(value: object) -> int | None:
    """A stored whole number, or None for anything else that stands there."""
    return value if type(value) is int else None
