"""Figures of a section, drawn without drawing them anew: the row of a question is the same for everybody but for what was typed.

A section may have 150 cells, and a template needs longer for them than everything else together. So a question is drawn once with
gaps where figures stand, by the very template that draws it otherwise (templates/questions/_figure.html), and afterwards the gaps
are filled. Whatever has an error, a conflict, a failed check or a question of the office in it is drawn as a whole.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from flask import get_template_attribute
from markupsafe import escape

from partnerhub import clock
from partnerhub.forms.drawing import Drawing, QuestionView, state_of
from partnerhub.forms.shown import labelled_cells
from partnerhub.queries.questionnaires import definition
from partnerhub.rules.question_types import FIGURES
from partnerhub.rules.questionnaire import Question, Section

_SIGN = secrets.token_hex(12)  # of this process alone: no text can imitate a gap
_GAP = re.compile(f"{_SIGN}(.*?);")

_MARKUP = re.compile("""[&<>'"]""").search  # what markupsafe escapes


def _gap(name: str) -> str:
    return f"{_SIGN}{name};"


class Row(NamedTuple):
    """A question of the grid that is drawn already."""

    kind: str
    row: Filled
    readonly: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """Finished HTML: what was filled into the gaps was escaped there."""

    text: str

    def __html__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the gaps, and the names of the gaps, in turn; what a gap holds where nothing was typed."""

    around: Sequence[str]
    gaps: Sequence[str]
    blank: Mapping[str, str]

    def filled(self, values: Mapping[str, str]) -> Filled:
        parts = [""] * (len(self.around) + len(self.gaps))
        parts[0::2] = self.around
        # Most are plain figures, in which there is nothing to escape.
        parts[1::2] = [text if (text := values[name]).isalnum() or not _MARKUP(text) else str(escape(text)) for name in self.gaps]
        return Filled("".join(parts))


def views(drawing: Drawing, section: Section, version_id: UUID, period: str, save_url: str) -> list[QuestionView | Row]:
    """The questions of a section that are shown, in order; plain figures drawn already."""
    place = version_id.hex, tuple(each.label for each in drawing.earlier), period  # a text is a cheaper key than a UUID
    today = clock.today()
    return [
        _row(drawing, question, place, save_url, today)
        if question.type.name in FIGURES and drawing.is_plain(question)
        else drawing.view(question)
        for question in section.questions
        if question.key in drawing.standing.visible
    ]


def _row(drawing: Drawing, question: Question, place: tuple[str, tuple[str, ...], str], save_url: str, today: date) -> Row:
    target, form = drawing.target(question), place[0]
    frame = _frame(*place, question.key, bool(target))
    values = {**frame.blank, "save": save_url, "shown": drawing.shown(question), "target": target}
    for cell, stored in drawing.by_question.get(question.key, {}).items():
        values[f"text {cell}"], values[f"revision {cell}"] = stored.text, str(stored.revision)
        values[f"state {cell}"] = state_of(question, stored, today)
    for number, earlier in enumerate(drawing.earlier):
        said = earlier.sent.words.get((form, question.key, number))
        if said is None:
            said = earlier.sent.words[form, question.key, number] = _said(drawing, question, number)
        values |= said
    return Row(question.type.name, frame.filled(values))


def _said(drawing: Drawing, question: Question, number: int) -> dict[str, str]:
    """What fills the gaps of an earlier period."""
    said = drawing.said(question, drawing.earlier[number])
    return {f"said{number} {cell}": text for cell, text in (said.items() if isinstance(said, dict) else (("", said),))}


@lru_cache(maxsize=2000)
def _frame(form: str, labels: tuple[str, ...], period: str, key: str, has_target: bool) -> Frame:
    """A question of a published form, which never changes."""
    question = definition(UUID(form)).questions[key]
    cells = question.cells or ("",)
    is_grid = question.type.name == "breakdown"
    view = QuestionView(
        key=key,
        kind=question.type.name,
        question=question,
        readonly=False,
        cells=labelled_cells(question),
        texts={cell: _gap(f"text {cell}") for cell in cells},
        revisions={cell: _gap(f"revision {cell}") for cell in cells},  # ty: ignore[invalid-argument-type]
        errors={},
        state={cell: _gap(f"state {cell}") for cell in cells},
        conflicts={},
        shown=_gap("shown"),
        choices=(),
        previous=[
            (label, {cell: _gap(f"said{number} {cell}") for cell in cells} if is_grid else _gap(f"said{number} "))
            for number, label in enumerate(labels)
        ],
        target=_gap("target") if has_target else "",
        failures=[],
        queries=[],
        not_applicable=False,
        may_be_not_applicable=question.may_not_apply,
        of=question.of if question.adds_up else "",
    )
    drawn = get_template_attribute("questions/_figure.html", "figure")(view, labels, period, _gap("save"))
    parts = _GAP.split(str(drawn))
    return Frame(parts[0::2], parts[1::2], {name: "0" if name.startswith("revision") else "" for name in parts[1::2]})
