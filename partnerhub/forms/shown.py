"""What stands beside typed figures, in words: percentages with their counts, running totals, computed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from partnerhub.rules import printed
from partnerhub.rules.numbers import SMALLEST_DENOMINATOR_FOR_COLOUR
from partnerhub.rules.question_types import NO_CELLS, Answers
from partnerhub.rules.question_types.base import number_in
from partnerhub.rules.questionnaire import TOTAL, Question

ADDRESS_LINES = (("line1", "Address line 1"), ("line2", "Address line 2 (optional)"), ("town", "Town or city"), ("postcode", "Postcode"))


def labelled_cells(question: Question) -> Sequence[tuple[str, str]]:
    """(cell, label) of each fixed cell."""
    kind = question.type.name
    if kind == "percentage":
        return ("number", question.number_label or "how many"), ("out_of", question.out_of_label or "out of")
    if kind == "breakdown":
        return question.categories
    return ADDRESS_LINES if kind == "address" else tuple((cell, question.label) for cell in question.cells)


def share(number: int | None, out_of: int | None, decimals: int = 0) -> str:
    """ "623 of 740 (84.2%)", and a word of caution where one person would move it far (hub.js writes the same while somebody types)."""
    if number is None or not out_of:
        return ""
    caution = ", based on fewer than 10" if out_of < SMALLEST_DENOMINATOR_FOR_COLOUR * 10**decimals else ""
    return f"{printed.share(number, out_of, decimals)}{caution}"


def shown(question: Question, answers: Answers) -> Any:
    """The text beside a question; for a table {cell: text}; "" for what shows nothing beside itself."""
    draw = SHOWN.get(question.type.name)
    return draw(question, answers.get(question.key, NO_CELLS), answers) if draw else ""


def _share_of(question: Question, cells: Mapping[str, Any], _answers: Answers) -> str:
    return share(number_in(cells.get("number")), number_in(cells.get("out_of")))


def _computed(question: Question, cells: Mapping[str, Any], _answers: Answers) -> str:
    if question.share is None:
        return question.type.show(question, "", cells.get(""))
    number, out_of = number_in(cells.get("number")), number_in(cells.get("out_of"))
    return (_ratio if question.is_ratio else share)(number, out_of, question.decimals)


def _ratio(number: int | None, out_of: int | None, decimals: int) -> str:
    """ "14.3 (118 divided by 8.25)": a plain number, with what it was made of."""
    return printed.ratio(number, out_of, decimals) if number is not None and out_of else ""


def _running_total(question: Question, cells: Mapping[str, Any], answers: Answers) -> str:
    """ "198 of 198": the categories so far, of their parent."""
    found = [each for each in map(number_in, map(cells.get, question.cells)) if each is not None]
    if not found:
        return ""  # nothing typed is not nought
    total = question.counted.show(question, "", sum(found))
    parent = number_in(answers.get(question.of, NO_CELLS).get(""))
    return f"{total} of {question.counted.show(question, '', parent)}" if question.adds_up and parent is not None else total


def _table(question: Question, cells: Mapping[str, Any], _answers: Answers) -> dict[str, str]:
    """Computed columns and column totals by cell: "r1.difference", "total.cost"."""
    columns = {each.key: each for each in question.columns}
    found = {}
    for cell, value in cells.items():
        row, _, key = cell.partition(".")
        column = columns.get(key)
        if column is not None and (row == TOTAL or not column.type.is_typed):
            found[f"{row.removeprefix('_')}.{key}"] = column.type.show(column, "", value)
    return found


SHOWN = {"percentage": _share_of, "computed": _computed, "breakdown": _running_total, "table": _table}
