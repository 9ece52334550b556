"""A table that people add rows to. Cells are "row.column"; rows are r1, r2…, ordered, and marked when taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.expressions import BLANK, Result
from partnerhub.rules.question_types.base import (
    REASON,
    Cells,
    Choices,
    QuestionType,
    Value,
    number_in,
)

if TYPE_CHECKING:
    from partnerhub.rules.questionnaire import Question

_CELL = re.compile(r"(r[1-9][0-9]{0,3})\.(_deleted|_order|[a-z][a-z0-9_]*)")
MOST_ROWS = 100


class Table(QuestionType):
    name = "table"
    keys = frozenset({"columns", "totals", "row_rules"})
    limits = frozenset({"rows"})

    def cells(self, question: Question) -> tuple[str, ...]:
        return ()

    def column(self, question: Question, cell: str) -> Question | None:
        """The column that a cell stands in."""
        found = _CELL.fullmatch(cell)
        return next((each for each in question.columns if each.key == found[2]), None) if found else None

    def know(self, question: Question, cell: str) -> None:
        found = _CELL.fullmatch(cell)
        if not found or (found[2][0] != "_" and self.column(question, cell) is None):
            super().know(question, cell)

    def takes_not_applicable(self, question: Question, cell: str) -> bool:
        return False

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        column = self.column(question, cell)
        if column is not None:
            return column.type.read(column, "", text, choices)
        word = text.strip()
        if cell.endswith("._order") and word.isascii() and word.isdigit() and len(word) <= 4:
            return int(word)
        if cell.endswith("._deleted") and word.lower() in {"yes", "on", "1"}:
            return "yes"
        raise BadAnswer("This row could not be moved or taken out. Load the page again.")

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        column = self.column(question, cell)
        return column.type.show(column, "", value, choices) if column else str(value)

    def write(self, question: Question, cell: str, value: Value | None) -> str:
        column = self.column(question, cell)
        return column.type.write(column, "", value) if column else super().write(question, cell, value)

    def meaning(self, question: Question, cells: Cells) -> Result:
        return len(found) if (found := rows(cells)) else BLANK

    def missing(self, question: Question, cells: Cells) -> Iterable[str]:
        """The required columns of every row, and of the first row when there is none."""
        present = rows(cells)
        if not present:
            first = next((each.key for each in question.columns if each.type.is_typed), "")
            return [f"r1.{first}"]
        return [cell for each in question.columns if each.required for row in present if cells.get(cell := f"{row}.{each.key}") is None]

    def holes(self, question: Question, cells: Cells) -> list[str]:
        """The required columns of the rows that were begun: owed even when the table need not be filled in."""
        return list(self.missing(question, cells)) if rows(cells) else []

    def is_answered(self, question: Question, cells: Cells) -> bool:
        return bool(rows(cells))


def rows(cells: Cells) -> tuple[str, ...]:
    """The rows that count, in their order: not taken out, and something in them."""
    present: dict[str, int] = {}
    for cell, value in cells.items():
        row, dot, column = cell.partition(".")
        if value is None or not dot or column.startswith("_") or cell.startswith(REASON):
            continue
        if not cells.get(f"{row}._deleted"):
            number = int(row[1:]) if row[1:].isdigit() else 0
            present[row] = number_in(cells.get(f"{row}._order")) or number
    return tuple(sorted(present, key=lambda row: (present[row], int(row[1:]) if row[1:].isdigit() else 0)))


def column_cells(question: Question, cells: Cells, row: str) -> Iterator[tuple[Question, Mapping[str, Value]]]:
    """Each column of one row, with its value as a question of one cell has it."""
    for column in question.columns:
        value = cells.get(f"{row}.{column.key}")
        yield column, {} if value is None else {"": value}
