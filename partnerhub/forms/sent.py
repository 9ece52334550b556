"""A version of something filled in as it was sent: to be drawn on a page, or put on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from partnerhub.forms.drawing import Drawing, FileView, file_view
from partnerhub.models.submissions import StoredFile, SubmissionVersion
from partnerhub.queries.answering import FilledIn, known_of
from partnerhub.queries.files import files_of
from partnerhub.queries.questionnaires import choices_of, definition
from partnerhub.queries.submissions import Cell, Cells, frozen_answers
from partnerhub.rules.questionnaire import Questionnaire
from partnerhub.rules.standing import frozen

Shown = Callable[[StoredFile], FileView]


def sent_drawing(thing: FilledIn, version: SubmissionVersion, as_shown: Shown = file_view) -> Drawing:
    """With what the office had asked by then and what it asked about this version; on paper of a file only name and size are shown."""
    questionnaire, known = definition(version.questionnaire_version_id), known_of(thing)
    document = frozen_answers(version.id)
    return Drawing(
        questionnaire=questionnaire,
        cells=_cells_in(document, version),
        standing=frozen(questionnaire, document),
        choices=choices_of(thing),
        readonly=True,
        earlier=[each for each in known.earlier(thing) if each.values],
        queries=[each for each in known.asked(thing) if each.submission_version_id == version.id or each.at < version.submitted_at],
        files=files_in(thing, questionnaire, as_shown),
    )


def with_words_of(drawing: Drawing, version: SubmissionVersion | None) -> Drawing:
    """How far something has got, in the words that were sent last: for whoever may not read what is typed before it is sent."""
    return replace(drawing, cells=_cells_in(frozen_answers(version.id), version) if version else {})


def _cells_in(document: dict[str, Any], version: SubmissionVersion) -> Cells:
    return {
        (key, cell): Cell(text, document["values"].get(key, {}).get(cell), 1, None, version.submitted_at)
        for key, texts in document["texts"].items()
        for cell, text in texts.items()
    }


def files_in(thing: FilledIn, questionnaire: Questionnaire, as_shown: Shown) -> Mapping[str, FileView]:
    """The files that were sent with it by their ids, when its form takes any."""
    if not any(question.type.name == "file" for question in questionnaire.questions.values()):
        return {}
    return {str(each.id): as_shown(each) for each in files_of(thing.submission_id)}
