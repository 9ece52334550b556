"""Backups: JSON lines for each table, of one moment, the same for both databases; the files that were sent; a manifest with all sums."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Column, Date, DateTime, Integer, Table, Uuid, func, insert, select, text, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from partnerhub import clock
from partnerhub.actions.doing import rows_changed, writing
from partnerhub.actions.files import write_file
from partnerhub.cli import Stop
from partnerhub.extensions import Base, Moment, db
from partnerhub.models import EmailToken, HistoryHead, Invitation, OutboxMail, SignInFailure, StoredFile, UserSession
from partnerhub.queries.files import place_of
from partnerhub.queries.verifying import head, snapshot, sum_of
from partnerhub.rules.words import MailState

FORMAT = 1
MANIFEST = "manifest.json"
BATCH = 1000
HELD = "Held: it was waiting when this hub was restored from a backup."

# What is good for a moment only, and must not come back: whoever finds a backup could use it.
MOMENTARY = {model.__tablename__ for model in (UserSession, EmailToken, SignInFailure)}
UNSEEN: Any = {"synchronize_session": False}  # no row of these is in memory
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)  # whatever else than a backup may stand in a file
HEAD = Base.metadata.tables[HistoryHead.__tablename__]

Row = dict[str, Any]


def tables() -> list[Table]:
    """What is kept, each table after those it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in MOMENTARY]


# Writing


def write(directory: Path, folder: Path) -> dict[str, Any]:
    """Everything that is kept, into a directory that is new or empty; gives back the manifest, which is written last.

    `folder` is where the files lie. They are on disk before any row speaks of them and never change.
    """
    if directory.exists() and any(directory.iterdir()):
        raise Stop(f"{directory} is not empty. A backup goes into a new or an empty folder. Nothing was written.")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with snapshot():
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "made_at": clock.now().isoformat(timespec="seconds"),
            "revision": revision(),
            "history": head()._asdict(),
            "tables": [_write_table(directory, table) for table in tables()],
            "files": [_copy(place, directory) for place in _places(folder) if place.is_file()],
        }
    with _new_file(directory / MANIFEST) as file:
        file.write(json.dumps(manifest, indent=1).encode())
        file.flush()
        os.fsync(file.fileno())
    return manifest


def revision() -> str:
    """The shape of the database, as migrations name it."""
    return str(db.session.scalar(text("SELECT version_num FROM alembic_version")))


def _write_table(directory: Path, table: Table) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    name = f"{table.name}.jsonl"
    rows = db.session.execute(select(table).order_by(*table.primary_key)).mappings().yield_per(BATCH)
    with _new_file(directory / name) as file:
        for row in rows:
            line = json.dumps(_without_secrets(table, row), ensure_ascii=False, default=_spelled).encode() + b"\n"
            digest.update(line)
            file.write(line)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return {"table": table.name, "file": name, "rows": count, "sha256": digest.hexdigest()}


def _places(folder: Path) -> list[Path]:
    """Where files should lie; one that is gone keeps nobody from making a backup of the rest, and verify tells of it."""
    return [place_of(folder, file_id) for file_id in db.session.scalars(select(StoredFile.id).order_by(StoredFile.id))]


def _copy(place: Path, directory: Path) -> Row:
    name = f"file-{place.name}"
    with place.open("rb") as source, _new_file(directory / name) as file:
        shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())
    return {"file": name, "sha256": sum_of(directory / name)}


def _new_file(path: Path) -> Any:
    """For the eyes of whoever makes the backup only."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _without_secrets(table: Table, row: Mapping[str, Any]) -> Row:
    """A letter that holds a link must not be read by whoever finds the backup."""
    holds_link = table.name == OutboxMail.__tablename__ and row["expires_at"] is not None
    return {**row, "body": ""} if holds_link else dict(row)


def _spelled(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


# Reading back


class Restored(NamedTuple):
    rows: int
    tables: int
    files: int
    held: int
    invitations: int


def read(directory: Path, folder: Path) -> Restored:
    """Everything in the directory, in one transaction, into a database of the same shape in which there is nothing yet."""
    manifest = _checked(directory)
    listed = {each["table"]: directory / each["file"] for each in manifest["tables"]}
    files = {_file_id(each["file"]): directory / each["file"] for each in manifest["files"]}
    with _gone_again_unless_done([place_of(folder, each) for each in files]), writing():
        _refuse_unless_empty()
        for file_id, place in files.items():
            write_file(folder, file_id, place.read_bytes())
        db.session.execute(HEAD.delete())
        rows = sum(_read_table(table, listed[table.name]) for table in tables())
        held, invitations = _hold_letters(), _end_invitations()
    return Restored(rows, len(listed), len(files), held, invitations)


@contextmanager
def _gone_again_unless_done(places: Iterable[Path]) -> Generator[None]:
    """Files that were not there before do not stay behind when the rows that speak of them do not come."""
    new = [place for place in places if not place.exists()]
    try:
        yield
    except BaseException:
        for place in new:
            place.unlink(missing_ok=True)
        raise


def _read_table(table: Table, path: Path) -> int:
    """How many rows there were."""
    count = 0
    try:
        for batch in _batches(table, (_read_row(table, line) for line in _lines(path))):
            db.session.execute(insert(table), batch)
            count += len(batch)
        if table is HEAD and count != 1:
            raise ValueError
    except OperationalError:  # the database's fault, not the backup's
        raise
    except (SQLAlchemyError, *UNREADABLE):
        raise Stop(f"{path} holds rows that cannot be read or do not belong together. Nothing was restored.") from None
    _go_on_counting(table)
    return count


def _checked(directory: Path) -> dict[str, Any]:
    """The manifest, when everything it lists is there, unchanged, and of this database's shape."""
    try:
        manifest = json.loads((directory / MANIFEST).read_bytes())
        made_by, shape, named = manifest["format"], manifest["revision"], {each["table"] for each in manifest["tables"]}
        sums = {Path(each["file"]): each["sha256"] for each in (*manifest["tables"], *manifest["files"])}
        [_file_id(each["file"]) for each in manifest["files"]]
    except UNREADABLE:
        raise Stop(f"{directory / MANIFEST} cannot be read. Nothing was restored.") from None
    if made_by != FORMAT or named != {table.name for table in tables()} or shape != revision():
        raise Stop(
            f"The backup was made by a hub of another version (database {shape}, here {revision()})."
            " Restore it with that version, then migrate."
        )
    for name, digest in sums.items():
        if name.name != str(name) or not (directory / name).is_file() or sum_of(directory / name) != digest:
            raise Stop(f"{directory / name} is not as it was written: it is gone, or its sum differs. Nothing was restored.")
    return manifest


def _file_id(name: str) -> UUID:
    return UUID(name.removeprefix("file-"))


def _refuse_unless_empty() -> None:
    filled = [
        table.name
        for table in Base.metadata.sorted_tables
        if table is not HEAD and db.session.scalar(select(func.count()).select_from(table))
    ]
    if filled:
        raise Stop(f"The database is not empty (there are rows in {', '.join(filled)}). Nothing was restored.")


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _read_row(table: Table, line: bytes) -> Row:
    return {name: _value(table.c[name], value) for name, value in json.loads(line).items()}


READ: tuple[tuple[tuple[type, ...], Callable[[str], Any]], ...] = (
    ((Moment, DateTime), datetime.fromisoformat),
    ((Date,), date.fromisoformat),
    ((Uuid,), UUID),
)


def _value(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    return next((made(value) for kinds, made in READ if isinstance(column.type, kinds)), value)


def _batches(table: Table, rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in order; of a table that refers to itself, each after the one it names."""
    named = next((key.parent.name for key in table.foreign_keys if key.column.table is table), None)
    rows = iter(rows) if named is None else iter(_parents_first(list(rows), named))
    while batch := list(islice(rows, BATCH)):
        yield batch


def _parents_first(rows: list[Row], named: str) -> list[Row]:
    ordered: list[Row] = []
    placed: set[Any] = {None}
    while rows:
        ready = [row for row in rows if row[named] in placed]
        if not ready:
            return [*ordered, *rows]  # a circle: the database will refuse it
        ordered += ready
        placed |= {row["id"] for row in ready}
        rows = [row for row in rows if row["id"] not in placed]
    return ordered


def _go_on_counting(table: Table) -> None:
    """PostgreSQL counts numbers beside the table; SQLite goes on from the largest."""
    column = table.autoincrement_column
    if column is None or not isinstance(column.type, Integer) or db.session.get_bind().dialect.name != "postgresql":
        return
    sequence = db.session.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
    if sequence:
        db.session.execute(select(func.setval(sequence, func.coalesce(func.max(column), 0) + 1, False)))


def _hold_letters() -> int:
    """An old letter must not go out again: staff see it in the list of mail."""
    waiting = OutboxMail.state.in_((MailState.WAITING, MailState.SENDING))
    return rows_changed(update(OutboxMail).where(waiting).values(state=MailState.FAILED, fault=HELD).execution_options(**UNSEEN))


def _end_invitations() -> int:
    """Links in old letters open nothing; whoever invited sends them again."""
    now = clock.now()
    unanswered = (Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > now)
    return rows_changed(update(Invitation).where(*unanswered).values(expires_at=now).execution_options(**UNSEEN))
