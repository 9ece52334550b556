"""Writers of files: safe on disk, under a random name, before any row speaks of them."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import or_, select

from partnerhub.actions.doing import Deed, action, writing
from partnerhub.extensions import db
from partnerhub.models.submissions import StoredFile
from partnerhub.queries.files import place_of
from partnerhub.rules import uploads
from partnerhub.rules.errors import OutOfOrder, Refusal
from partnerhub.rules.numbers import SCAN_AGAIN_MINUTES
from partnerhub.rules.policy import Person
from partnerhub.rules.words import ScanState

log = logging.getLogger("partnerhub.files")

HALF = ".part"  # ends the name of a file that is being written
LONGEST_VIRUS = 100  # characters of a virus's name that the history keeps
UNSETTLED = ".new"  # ends the name of the mark beside a file until its row is written, or refused


def new_file(
    name: str, content: bytes, *, submission_id: UUID | None = None, question_key: str = "", megabytes: int | None = None
) -> StoredFile:
    """The row of a file that is sent (as an answer, or as a document), not written yet. BadFile says why it is not taken."""
    return StoredFile(
        id=uuid4(),
        submission_id=submission_id,
        question_key=question_key,
        name=uploads.clean_name(name),
        media_type=uploads.kind_of(name, content, megabytes=megabytes),
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
    )


@contextmanager
def kept_on_disk(folder: Path, file_id: UUID, content: bytes) -> Generator[None]:
    """The content is safe on disk before the write that belongs inside begins: a disk is slow, and everybody waits for a write.

    When the write is refused the file goes at once. Where nobody can tell whether it was done (a crash, a lost connection) a mark
    stays beside the file, and tidying looks for the row.
    """
    place = place_of(folder, file_id)
    mark = place.with_suffix(UNSETTLED)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
    try:
        write_file(folder, file_id, content)
    except OSError as error:
        log.error("file %s could not be kept: %s", file_id, error.strerror)
        mark.unlink()
        raise OutOfOrder("The hub could not keep your file. That is our fault, not yours. Everything that said “saved” is safe.") from None
    try:
        yield
    except Refusal:
        place.unlink()
        mark.unlink()
        raise
    mark.unlink()


def write_file(folder: Path, file_id: UUID, content: bytes) -> None:
    """Written whole under another name, forced to disk, then renamed, and the folders forced too: there is no half file."""
    place = place_of(folder, file_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_suffix(HALF)
    try:
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        half.unlink(missing_ok=True)  # a full disk must not be filled further by what is of no use
        raise
    half.replace(place)
    for directory in (place.parent, folder):
        _force(directory)


def _force(directory: Path) -> None:
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def claim_unscanned(now: datetime) -> StoredFile | None:
    """The next file that the scanner should look at; nobody else takes it for a while, and it comes again unless it is marked."""
    due = or_(StoredFile.next_scan_at.is_(None), StoredFile.next_scan_at <= now)
    statement = select(StoredFile).where(StoredFile.scan_state == ScanState.NOT_SCANNED, due)
    new_ones_first = (StoredFile.next_scan_at.is_not(None), StoredFile.at, StoredFile.id)
    with writing():
        locked = statement.order_by(*new_ones_first).limit(1).with_for_update(skip_locked=True)
        stored = db.session.scalars(locked.execution_options(populate_existing=True)).first()
        if stored is not None:
            stored.next_scan_at = now + timedelta(minutes=SCAN_AGAIN_MINUTES)
    return stored


def mark_clean(stored: StoredFile) -> None:
    with writing():
        stored.scan_state, stored.next_scan_at = ScanState.CLEAN, None


@action("file.withhold")
def withhold_file(stored: StoredFile, virus: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """Nobody gets this file any more; `virus` is what the scanner calls it."""
    stored.scan_state, stored.next_scan_at = ScanState.INFECTED, None
    deed.details = {"virus": virus[:LONGEST_VIRUS]}


def forget_unsettled(folder: Path, before: datetime) -> None:
    """What a crash left, long ago: half files, and files of which no row speaks. Only what bears a mark is looked at."""
    for half in _older(folder, HALF, before):
        half.unlink(missing_ok=True)
    for mark in _older(folder, UNSETTLED, before):
        place = mark.with_suffix("")
        if db.session.get(StoredFile, UUID(place.name)) is None:
            place.unlink(missing_ok=True)
        mark.unlink(missing_ok=True)


def _older(folder: Path, ending: str, before: datetime) -> Iterator[Path]:
    for each in folder.glob(f"*/*{ending}"):
        with suppress(FileNotFoundError):  # its write has ended meanwhile
            if datetime.fromtimestamp(each.stat().st_mtime, UTC) < before:
                yield each
