"""What was typed into a questionnaire, cell by cell; templates/questions/_section.html tells the names of the fields."""

from __future__ import annotations

from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from partnerhub.rules.question_types import joined
from partnerhub.rules.questionnaire import Questionnaire

MOST_FIELDS = 4_000


@dataclass(frozen=True, slots=True)
class Typed:
    """One cell as it came in.

    `revision` is the one it was typed over, `choice` what was pressed beside a conflict ("mine", "theirs" or ""), `not_applicable` the box
    beside the question.
    """

    text: str
    revision: int
    choice: str = ""
    not_applicable: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """All cells that were on the page, and the buttons pressed."""

    cells: dict[tuple[str, str], Typed] = field(default_factory=dict)
    add_row: str = ""  # the table whose "add a row" was pressed
    row_pressed: str = ""  # the table whose "add a row" or "delete" was pressed


def read_cells(form: MultiDict[str, str], questionnaire: Questionnaire) -> Form:
    """The cells of known questions that somebody types; anything else in the form is left alone."""
    cells: dict[tuple[str, str], Typed] = {}
    for name in list(form)[:MOST_FIELDS]:
        if not name.startswith("r."):
            continue
        at = name[2:]
        key, _, cell = at.partition(".")
        question = questionnaire.questions.get(key)
        is_first = question is not None and cell in question.cells[:1]
        if (question is None and not cell.startswith("reply.")) or (is_first and question.type.name == "file"):
            continue  # which files answer a question is written when one is sent or taken out
        cells[key, cell] = Typed(
            text=joined(form.getlist(f"a.{at}")),
            revision=revision(form.get(name, "")),
            choice=form.get(f"choose.{at}", ""),
            not_applicable=is_first and form.get(f"n.{key}") == "1",
        )
    added = questionnaire.questions.get(form.get("add_row", ""))
    if added is not None and added.type.name == "table":
        return Form(cells, add_row=added.key, row_pressed=added.key)
    key, _, row = form.get("delete_row", "").partition(".")
    if key in questionnaire.questions and row:
        cells[key, f"{row}._deleted"] = Typed("yes", 0, "mine")  # a row taken out is a cell like any other: its mark
        return Form(cells, row_pressed=key)
    return Form(cells)


def revision(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
