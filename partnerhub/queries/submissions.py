"""Questions about what was typed: the cells of a submission, and the frozen versions of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import JSON, String, TypeDecorator, bindparam, select, type_coerce

from partnerhub.extensions import db
from partnerhub.models.people import User
from partnerhub.models.submissions import Answer, SubmissionVersion
from partnerhub.queries.rows import rows


class Cell(NamedTuple):
    """One answer as it is stored: what was typed, what it counts as (None: kept, not counted), who typed it last and when."""

    text: str
    value: Any
    revision: int
    by_id: UUID | None
    at: datetime


Cells = dict[tuple[str, str], Cell]


class _Told(TypeDecorator[Any]):
    """SQLite gives plain numbers as numbers, and most answers are: there is nothing to read."""

    impl = JSON
    cache_ok = True

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], Any] | None:  # ty: ignore[incompatible-method-override]
        read = super().result_processor(dialect, coltype)
        return None if read is None else lambda kept: kept if type(kept) is int else read(kept)


# A section and every save read hundreds of cells: a row must cost next to nothing.
_CELLS = select(
    Answer.question_key,
    Answer.cell,
    Answer.text,
    type_coerce(Answer.value, _Told),
    Answer.revision,
    type_coerce(Answer.by_id, String),
    Answer.at,
).where(Answer.submission_id == bindparam("submission"))
_person = lru_cache(maxsize=4096)(UUID)
_new = tuple.__new__


def cells_of(submission_id: UUID) -> Cells:
    """Every cell of a submission: (question, cell) -> Cell. One statement."""
    return {
        (key, cell): _new(Cell, (text, value, revision, _person(by) if type(by) is str else by, at))
        for key, cell, text, value, revision, by, at in rows(_CELLS, submission=submission_id).all()
    }


def values_of(cells: Cells) -> dict[str, dict[str, Any]]:
    """What counts, as the rules read it: question -> cell -> value."""
    values: dict[str, dict[str, Any]] = {}
    for (question, cell), stored in cells.items():
        if stored.value is not None:
            values.setdefault(question, {})[cell] = stored.value
    return values


def names_of(people: set[UUID | None]) -> Mapping[UUID, str]:
    """The names of these people."""
    wanted = [each for each in people if each is not None]
    return dict(db.session.execute(select(User.id, User.name).where(User.id.in_(wanted))).all()) if wanted else {}


@dataclass(frozen=True, slots=True)
class Sent:
    """The values that counted when a version was sent; `words` keeps how its figures read, once a page has shown them."""

    values: dict[str, dict[str, Any]]
    words: dict[Any, dict[str, str]] = field(default_factory=dict)


# A version that was sent never changes, and every save of the next period compares with it: the ones used last stay in memory.
_MOST_SENT = 256
_sent: OrderedDict[UUID, Sent] = OrderedDict()
_sent_lock = Lock()
# Of the frozen document only what counted: the rest of it is twice as long.
_VALUES = select(SubmissionVersion.id, SubmissionVersion.answers["values"]).where(
    SubmissionVersion.id.in_(bindparam("versions", expanding=True))
)


def sent_in(versions: Collection[UUID]) -> dict[UUID, Sent]:
    """What counted in each of these versions. At most one statement."""
    found = {each: kept for each in versions if (kept := _sent.get(each)) is not None}
    missing = [each for each in versions if each not in found]
    if missing:
        found |= {row[0]: Sent(row[1] or {}) for row in rows(_VALUES, versions=missing)}
    with _sent_lock:
        for version, kept in found.items():
            _sent[version] = kept
            _sent.move_to_end(version)
        while len(_sent) > _MOST_SENT:
            _sent.popitem(last=False)
    return found


def frozen_answers(version_id: UUID | None) -> dict[str, Any]:
    """The document frozen when a version was sent, as actions/submissions.py: freeze puts it together; empty when there is none."""
    if version_id is None:
        return {}
    return db.session.scalars(select(SubmissionVersion.answers).where(SubmissionVersion.id == version_id)).one()


def owner_of(submission_id: UUID, kinds: Iterable[Any]) -> Any:
    """What was filled in with these answers: the row of one of these tables that names the submission. LookupError when none does."""
    for kind in kinds:
        found = db.session.scalars(select(kind).where(kind.submission_id == submission_id)).one_or_none()
        if found is not None:
            return found
    raise LookupError(f"nothing that is known here was filled in with submission {submission_id}")


def versions_of(submission_id: UUID) -> list[SubmissionVersion]:
    """The versions that were sent, newest first."""
    statement = select(SubmissionVersion).where(SubmissionVersion.submission_id == submission_id).order_by(SubmissionVersion.number.desc())
    return list(db.session.scalars(statement))
