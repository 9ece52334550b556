"""Questions about files that were sent: where they lie, and what an answer's list of ids names."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from partnerhub.extensions import db
from partnerhub.models.submissions import StoredFile, SubmissionVersion
from partnerhub.rules.errors import Withheld
from partnerhub.rules.policy import Person
from partnerhub.rules.uploads import WITHHELD

ASK_FOR_IT = "Tell us its name, and keep your own copy if you have one: we may need to ask you for it."

log = logging.getLogger("partnerhub.files")


def place_of(folder: Path, file_id: UUID) -> Path:
    """Where the content of a file lies: nothing of its name is in it."""
    return folder / file_id.hex[:2] / file_id.hex


def content_for(person: Person, stored: StoredFile, folder: Path, *, is_scanned: bool) -> bytes:
    """What somebody who may read a file is given; Withheld says why it is not handed out. `is_scanned`: this hub has a virus scanner."""
    if stored.is_withheld_from(person.id, is_scanned):
        raise Withheld(WITHHELD[stored.scan_standing(is_scanned)].format(name=stored.name))
    return content_of(folder, stored)


def content_of(folder: Path, stored: StoredFile) -> bytes:
    """The content as it was sent; Withheld says in words when it is lost, or is not what was sent any more."""
    try:
        content = place_of(folder, stored.id).read_bytes()
    except OSError as error:
        log.error("file %s cannot be read: %s", stored.id, type(error).__name__)
        raise Withheld(
            f"The file “{stored.name}” is not where the hub keeps it. That is our fault, not yours. Every answer that was saved is safe."
            f" {ASK_FOR_IT}"
        ) from None
    if hashlib.sha256(content).hexdigest() != stored.digest:
        log.error("file %s is not what was sent, its digest differs", stored.id)
        raise Withheld(
            f"The file “{stored.name}” is not what was sent any more, so the hub does not hand it out. That is our fault, not yours."
            f" Every answer that was saved is safe. {ASK_FOR_IT}"
        )
    return content


def files_of(*submissions: UUID) -> Sequence[StoredFile]:
    """Every file that was ever sent with these submissions, in the order of arrival. At most one statement."""
    if not submissions:
        return []
    return db.session.scalars(select(StoredFile).where(StoredFile.submission_id.in_(submissions)).order_by(StoredFile.at)).all()


def sent_files(submission_id: UUID) -> set[str]:
    """The ids of files named in any version that was sent."""
    documents = db.session.scalars(select(SubmissionVersion.answers).where(SubmissionVersion.submission_id == submission_id))
    return {
        each
        for document in documents
        for cells in document["values"].values()
        for value in cells.values()
        if isinstance(value, list)
        for each in value
    }
