"""Part of `partnerhub demo`: answers as the demonstration's files have them, typed over what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from partnerhub.cli import Stop
from partnerhub.forms.answers import Typed
from partnerhub.queries.submissions import cells_of
from partnerhub.rules.questionnaire import Questionnaire

Texts = Mapping[tuple[str, str], str]


def texts_of(form: Questionnaire, said: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """The answers to those questions that this form has and that are typed, cell by cell."""
    asked = {key: answer for key, answer in said.items() if key in form.questions and form.questions[key].type.is_typed}
    return {(key, cell): text for key, answer in asked.items() for cell, text in _cells(form.questions[key].cells, answer)}


def _cells(cells: tuple[str, ...], answer: Any) -> Iterator[tuple[str, str]]:
    """A text, several by their cells, or the rows of a table."""
    if isinstance(answer, list):
        for number, row in enumerate(answer, 1):
            yield from ((f"r{number}.{column}", str(text)) for column, text in row.items())
    elif isinstance(answer, dict):
        yield from ((cell, str(text)) for cell, text in answer.items())
    else:
        yield cells[0], str(answer)


def typed_over(submission_id: UUID, texts: Texts) -> dict[tuple[str, str], Typed]:
    """Each text with the revision of what stands in its cell."""
    stored = cells_of(submission_id)
    return {place: Typed(text, stored[place].revision if place in stored else 0) for place, text in texts.items()}


def insist_kept(errors: Mapping[tuple[str, str], str], where: str) -> None:
    """The demonstration's own answers are all good ones."""
    for place, sentence in errors.items():
        raise Stop(f"{where}, {'.'.join(place)}: {sentence}")
