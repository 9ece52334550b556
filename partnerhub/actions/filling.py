"""Writers shared by everything that is filled in (returns, applications): what was typed, what is known already, files."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from partnerhub.actions.files import kept_on_disk, new_file
from partnerhub.actions.submissions import Given, Saved, Typed, carried_cells, put_answers, put_carried
from partnerhub.extensions import db
from partnerhub.models.applications import CopiedAnswer
from partnerhub.models.submissions import StoredFile
from partnerhub.queries.answering import FilledIn, carried_texts, fingerprint_of
from partnerhub.queries.questionnaires import choices_of, definition
from partnerhub.queries.submissions import Cells, cells_of
from partnerhub.rules import readable
from partnerhub.rules.errors import BadAnswer, BadFile
from partnerhub.rules.policy import Person
from partnerhub.rules.questionnaire import Question
from partnerhub.rules.standing import PARTNER


class ReadAgain(BadAnswer):
    """It is not any more what the person who signs has read."""

    status = 409


def insist_read(thing: FilledIn, cells: Cells, seen: str | None) -> None:
    """Refuses to send what the person who signs has not read: `seen` is the fingerprint on their page (None: the hub itself sends it)."""
    if seen is not None and seen != fingerprint_of(thing, cells):
        raise ReadAgain(
            "Something changed after you opened this page, so nothing was sent. This is how it stands now. "
            "Read it, tick the declaration again and send it."
        )


NOT_PUT_TO_THEM = "One of these answers is for somebody else to give. Nothing was changed. Load the page again."


class NotPutToThem(BadAnswer):
    """An answer to a question that is for somebody else: no page of theirs shows it."""


def put_typed(
    thing: FilledIn,
    typed: Mapping[tuple[str, str], Typed],
    *,
    by: Person,
    now: datetime,
    add_row: str = "",
    readers: Collection[str] = PARTNER,
) -> Saved:
    """Keep what was typed, cell by cell; `readers` are the kinds of reader whose questions are answered here."""
    questionnaire, offered = definition(thing.questionnaire_version_id), choices_of(thing)
    keys = {key for key, _cell in typed} | ({add_row} if add_row else set())
    if not all(questionnaire.is_put_to(key, readers) for key in keys):
        raise NotPutToThem(NOT_PUT_TO_THEM)
    return put_answers(thing.submission_id, questionnaire, typed, offered, by=by.id, at=now, add_row=add_row)


def put_known(thing: FilledIn, *, now: datetime) -> None:
    """Keep what is known before anybody types."""
    questionnaire = definition(thing.questionnaire_version_id)
    put_carried(thing.submission_id, questionnaire, carried_texts(thing, questionnaire), choices_of(thing), at=now)


def put_copied(thing: FilledIn, texts: Mapping[tuple[str, str], str], source_id: UUID, *, by: Person, now: datetime) -> int:
    """Keep answers that come from elsewhere, and where they come from; what does not fit its question here stays away. How many came."""
    questionnaire = definition(thing.questionnaire_version_id)
    fitting = carried_cells(questionnaire, texts, choices_of(thing), revision=0, at=now)
    saved = put_typed(thing, {place: Given(cell.text) for place, cell in fitting.items()}, by=by, now=now)
    for key, cell in saved.changed:
        revision = saved.cells[key, cell].revision
        copied = CopiedAnswer(submission_id=thing.submission_id, question_key=key, cell=cell, revision=revision, application_id=source_id)
        db.session.merge(copied)
    return len({key for key, _cell in saved.changed})


@contextmanager
def kept_file(thing: FilledIn, question_key: str, name: str, content: bytes, folder: Path) -> Generator[StoredFile]:
    """A file that is taken lies on disk before the write that belongs inside begins."""
    question = _file_question(thing, question_key)
    _with_room(thing, question)
    megabytes = question.limit.megabytes
    stored = new_file(name, content, submission_id=thing.submission_id, question_key=question_key, megabytes=megabytes)
    with kept_on_disk(folder, stored.id, content):
        yield stored


def put_file(thing: FilledIn, stored: StoredFile, *, by: Person, now: datetime) -> StoredFile:
    """Name a file that lies on disk in its question's answer."""
    kept = _with_room(thing, _file_question(thing, stored.question_key))
    stored.by_id, stored.at = by.id, now
    db.session.add(stored)
    _put_file_ids(thing, stored.question_key, [*kept, str(stored.id)], by, now)
    return stored


def take_file_out(thing: FilledIn, question_key: str, file_id: str, *, by: Person, now: datetime) -> None:
    """Take a file out of an answer. The file itself stays: a version that was sent may name it."""
    _file_question(thing, question_key)
    left = [each for each in _file_ids(thing, question_key) if each != file_id]
    _put_file_ids(thing, question_key, left, by, now)


def _file_question(thing: FilledIn, key: str) -> Question:
    questionnaire = definition(thing.questionnaire_version_id)
    question = questionnaire.questions.get(key)
    if question is None or question.type.name != "file" or not questionnaire.is_put_to(key, PARTNER):
        raise BadAnswer("This question does not take files. Load the page again.")
    return question


def _with_room(thing: FilledIn, question: Question) -> list[str]:
    """The files that answer it so far, when there may be one more."""
    kept, most = _file_ids(thing, question.key), question.limit.files or 1
    if len(kept) >= most:
        raise BadFile(f"There can be at most {readable.plural(most, 'file')} here. Take one out first. Nothing was changed.")
    return kept


def _file_ids(thing: FilledIn, key: str) -> list[str]:
    stored = cells_of(thing.submission_id).get((key, ""))
    return stored.text.split() if stored else []


def _put_file_ids(thing: FilledIn, key: str, ids: list[str], by: Person, now: datetime) -> None:
    put_typed(thing, {(key, ""): Given("\n".join(ids))}, by=by, now=now)
