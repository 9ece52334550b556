"""Writers of answers, shared by the actions on returns and applications: put cells, carry them forward, freeze a version."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Executable, bindparam, insert, update

from partnerhub.actions.doing import next_number
from partnerhub.extensions import Base, db
from partnerhub.models.submissions import Answer, AnswerRevision, Submission, SubmissionVersion
from partnerhub.queries.submissions import Cell, Cells, cells_of, values_of
from partnerhub.rules import text as written
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.question_types import NOT_APPLICABLE, REASON, REPLY, Choices
from partnerhub.rules.question_types.tables import MOST_ROWS
from partnerhub.rules.questionnaire import Question, Questionnaire
from partnerhub.rules.questionnaire.dependencies import built_in_keys
from partnerhub.rules.standing import Standing, counted, left_out

BURST = timedelta(minutes=10)  # typing by one person within this time is one burst: one earlier value is kept of it
ROW = re.compile(r"r([0-9]{1,4})\.")
MARK = re.compile(r"r[0-9]{1,4}\._(order|deleted)")  # what a row's place and its removal are written in: nobody types them
OF_A_ROW = re.compile(r"_r[1-9][0-9]{0,3}\Z")  # how the key of a row rule's failure ends
LAST_ROW = 9_999
MOST_BEGUN = 3 * MOST_ROWS  # of one table, those taken out too: beyond what may be sent, so that too many are shown and not cut
NO_ROOM = f"This table has room for {MOST_BEGUN} rows, those taken out too. Use one of those there are."
BOTH = "You ticked “Not applicable” and gave an answer as well. It counts as not applicable. Take the tick away if the answer should count."


class Typed(Protocol):
    """What forms/answers.py hands over for one cell."""

    @property
    def text(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def choice(self) -> str: ...
    @property
    def not_applicable(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Given:
    """What the hub itself puts into a cell for somebody: the ids of files, an answer that is used again."""

    text: str
    revision: int = 0
    choice: str = "mine"
    not_applicable: bool = False


@dataclass(slots=True)
class Saved:
    """What became of each cell: its new state; why it does not count; or the other person's text where two typed at once."""

    cells: Cells
    changed: set[tuple[str, str]] = field(default_factory=set)
    errors: dict[tuple[str, str], str] = field(default_factory=dict)
    conflicts: dict[tuple[str, str], str] = field(default_factory=dict)  # what was typed and not stored
    unstored: dict[tuple[str, str], str] = field(default_factory=dict)  # the same, where nothing like it can be stored: `errors` says why


_ANSWER = Base.metadata.tables["answer"]
_OVERWRITE = (
    update(_ANSWER)
    .where(
        _ANSWER.c.submission_id == bindparam("submission"),
        _ANSWER.c.question_key == bindparam("question"),
        _ANSWER.c.cell == bindparam("of_cell"),
    )
    .values({each: bindparam(each) for each in Cell._fields})
)


def put_answers(
    submission_id: UUID,
    questionnaire: Questionnaire,
    typed: Mapping[tuple[str, str], Typed],
    choices: Choices,
    *,
    by: UUID | None,
    at: datetime,
    add_row: str = "",
) -> Saved:
    """Store every cell whose text changed. Text that cannot be read is kept and does not count; nobody's text is overwritten unseen.

    `add_row` names a table that gets one more row, which is a cell like any other: its order.
    """
    cells = cells_of(submission_id)
    saved = Saved(cells)
    fresh: list[dict[str, Any]] = []
    rewritten: list[dict[str, Any]] = []
    earlier: list[dict[str, Any]] = []
    begun = _rows_begun(cells)
    if add_row:
        place = _next_row(add_row, [*cells, *typed], begun)
        number = place[1].partition(".")[0].removeprefix("r")
        cells[place] = Cell(number, int(number), 1, by, at)
        fresh.append(_row(submission_id, place, cells[place]))
    for place, said in typed.items():
        stored = cells.get(place)
        text, value, error = _read(questionnaire, place, NOT_APPLICABLE if said.not_applicable else said.text, choices)
        _tell(saved, place, said, stored, text, error)
        if text is None or said.choice == "theirs" or text == (stored.text if stored else ""):
            continue
        if stored is not None and said.choice != "mine" and said.revision != stored.revision and stored.by_id is not None:
            saved.conflicts[place] = text
            earlier.append(_revision(submission_id, place, Cell(text, None, said.revision, by, at)))
            continue
        if stored is None and not _finds_room(begun, place):
            saved.errors[place], saved.unstored[place] = NO_ROOM, said.text
            continue
        cells[place] = Cell(text, value, stored.revision + 1 if stored else 1, by, at)
        saved.changed.add(place)
        if stored is None:
            fresh.append(_row(submission_id, place, cells[place]))
        else:
            rewritten.append({"submission": submission_id, "question": place[0], "of_cell": place[1], **cells[place]._asdict()})
            if stored.by_id != by or at - stored.at > BURST:
                earlier.append(_revision(submission_id, place, stored))
    _write({insert(Answer): fresh, _OVERWRITE: rewritten, insert(AnswerRevision): earlier})
    return saved


def _write(rows_by_statement: Mapping[Executable, list[dict[str, Any]]]) -> None:
    for statement, rows in rows_by_statement.items():
        if rows:
            db.session.execute(statement, rows)


def _next_row(table: str, places: list[tuple[str, str]], begun: dict[str, set[str]]) -> tuple[str, str]:
    """The cell that makes a new row, after those there are; a table begins with one row drawn."""
    number = max((int(found[1]) for key, cell in places if key == table and (found := ROW.match(cell))), default=1) + 1
    place = (table, f"r{number}._order")
    if number > LAST_ROW or not _finds_room(begun, place):
        raise BadAnswer("There is no room for another row. Use one of those there are. Nothing was changed.")
    return place


def _rows_begun(cells: Cells) -> dict[str, set[str]]:
    """The rows that each table has, those taken out too."""
    begun: dict[str, set[str]] = {}
    for key, cell in cells:
        if ROW.match(cell):
            begun.setdefault(key, set()).add(cell.partition(".")[0])
    return begun


def _finds_room(begun: dict[str, set[str]], place: tuple[str, str]) -> bool:
    """Whether a cell stands in no new row of a table, or in one that may still be begun, and is begun with this."""
    if not ROW.match(place[1]):
        return True
    rows, row = begun.setdefault(place[0], set()), place[1].partition(".")[0]
    if row not in rows and len(rows) >= MOST_BEGUN:
        return False
    rows.add(row)
    return True


def _tell(saved: Saved, place: tuple[str, str], said: Typed, stored: Cell | None, text: str | None, error: str | None) -> None:
    """Note what the person must hear of: why it does not count, and what of it is not stored."""
    if error is None and _says_both(said, stored):
        error = BOTH
    if error is not None:
        saved.errors[place] = error
    if text is None or error == BOTH:
        saved.unstored[place] = said.text


def _says_both(said: Typed, stored: Cell | None) -> bool:
    """Whether "not applicable" came with an answer that is more than the one from before it was ticked. The tick counts, and it is said."""
    return said.not_applicable and said.choice != "theirs" and said.text.strip() not in ("", stored.text if stored else "")


def _read(questionnaire: Questionnaire, place: tuple[str, str], text: str, choices: Choices) -> tuple[str | None, Any, str | None]:
    """(text to store or None, value, why it does not count). Cells that the form does not have are not stored."""
    key, cell = place
    try:
        text = written.clean(text)
    except BadAnswer as error:
        return None, None, error.sentence
    if cell.startswith(REPLY):
        try:
            return text, written.reply(text), None
        except BadAnswer as error:
            return text, None, error.sentence
    question = questionnaire.questions[key]
    try:
        if not _is_reason(questionnaire, question, cell):
            question.type.know(question, cell)
    except BadAnswer as error:
        return None, None, error.sentence
    try:
        return text, question.type.read(question, cell, text, choices), None
    except BadAnswer as error:
        return None if MARK.fullmatch(cell) else text, None, error.sentence


def _is_reason(questionnaire: Questionnaire, question: Question, cell: str) -> bool:
    """Whether a cell of a question holds the reason for a check that could fail there."""
    check = cell.removeprefix(REASON)
    built_in = built_in_keys(question)
    return check != cell and (
        check in built_in or OF_A_ROW.sub("", check) in built_in or any(check == each.key for each in questionnaire.checks)
    )


def _row(submission_id: UUID, place: tuple[str, str], cell: Cell) -> dict[str, Any]:
    return {"submission_id": submission_id, "question_key": place[0], "cell": place[1], **cell._asdict()}


def _revision(submission_id: UUID, place: tuple[str, str], cell: Cell) -> dict[str, Any]:
    """An earlier text, or one that lost against a colleague's: kept beside the answer."""
    row = _row(submission_id, place, cell)
    del row["value"]
    return row


def put_carried(
    submission_id: UUID, questionnaire: Questionnaire, texts: Mapping[tuple[str, str], str], choices: Choices, *, at: datetime
) -> None:
    """Keep what is known already (profile, earlier period), as typed by nobody: whoever types over it is never told of a conflict."""
    rows = [_row(submission_id, place, cell) for place, cell in carried_cells(questionnaire, texts, choices, revision=1, at=at).items()]
    if rows:
        db.session.execute(insert(Answer), rows)


def carried_cells(
    questionnaire: Questionnaire, texts: Mapping[tuple[str, str], str], choices: Choices, *, revision: int, at: datetime
) -> Cells:
    """What is known already, as cells; what no longer fits its question is left out."""
    read = {place: _read(questionnaire, place, text, choices) for place, text in texts.items()}
    return {place: Cell(text, value, revision, None, at) for place, (text, value, error) in read.items() if text and error is None}


def freeze(
    submission: Submission, questionnaire: Questionnaire, cells: Cells, standing: Standing, reference: str, *, by: UUID | None, at: datetime
) -> SubmissionVersion:
    """The version that was sent: everything that counts, what was left out because a condition hid it, and the reasons given."""
    answers = values_of(cells)
    counting = {place: cell for place, cell in cells.items() if cell.text and (place[0] in standing.visible or place[0].startswith("_"))}
    document = {
        "values": {key: dict(values) for key, values in counted(questionnaire, answers, standing).items()},
        "texts": _nested({place: cell.text for place, cell in counting.items()}),
        "typed_by": _nested({place: str(cell.by_id) for place, cell in counting.items() if cell.by_id}),
        "visible": sorted(standing.visible),
        "left_out": [question.key for question in left_out(questionnaire, answers, standing)],
        "failures": [
            {
                "check": failure.check_key,
                "severity": failure.severity,
                "sentence": failure.sentence,
                "about": [list(place) for place in failure.about],
            }
            for failure in standing.failures
        ],
    }
    digest = hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    number = next_number(SubmissionVersion.number, SubmissionVersion.submission_id == submission.id)
    version = SubmissionVersion(
        submission_id=submission.id,
        questionnaire_version_id=submission.questionnaire_version_id,
        number=number,
        reference=f"{reference}-v{number}",
        answers=document,
        digest=digest,
        submitted_by_id=by,
        submitted_at=at,
    )
    db.session.add(version)
    db.session.flush()
    return version


def _nested(flat: Mapping[tuple[str, str], Any]) -> dict[str, dict[str, Any]]:
    nested: dict[str, dict[str, Any]] = {}
    for (key, cell), each in flat.items():
        nested.setdefault(key, {})[cell] = each
    return nested
