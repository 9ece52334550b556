"""What is done with the documents that an organisation keeps here: put in, replaced, taken out. None is ever thrown away."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.actions.doing import Deed, action, ask
from partnerhub.actions.files import kept_on_disk, new_file
from partnerhub.extensions import db
from partnerhub.models import Organisation, OrganisationDocument, StoredFile
from partnerhub.rules.documents_asked import is_over
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.numbers import MOST_DOCUMENTS
from partnerhub.rules.policy import Person


def add_document(
    organisation: Organisation, kind: str, expires_on: date | None, name: str, content: bytes, folder: Path, *, by: Person
) -> OrganisationDocument:
    """Who is refused fills no disk; the content is safe before the write begins."""
    ask("document.add", by, organisation)
    stored = new_file(name, content)
    with kept_on_disk(folder, stored.id, content):
        return put_document(organisation, stored, kind, expires_on, by=by)


@action("document.add")
def put_document(
    organisation: Organisation, stored: StoredFile, kind: str, expires_on: date | None, *, by: Person, now: datetime, deed: Deed
) -> OrganisationDocument:
    """A file that lies on disk, among what the organisation keeps."""
    _refuse_over(expires_on, now)
    kept = (OrganisationDocument.organisation_id == organisation.id, OrganisationDocument.ended_at.is_(None))
    if (db.session.scalar(select(func.count()).where(*kept)) or 0) >= MOST_DOCUMENTS:
        raise BadAnswer(f"An organisation can keep {MOST_DOCUMENTS} documents here. Take one out first. Nothing was changed.")
    document = _kept(organisation.id, stored, kind, expires_on, by, now)
    deed.details = _told(document)
    return document


def replace_document(
    document: OrganisationDocument,
    expires_on: date | None,
    name: str,
    content: bytes,
    folder: Path,
    *,
    by: Person,
    expect: int | None = None,
) -> OrganisationDocument:
    """The newer one takes the place of the older, which stays readable."""
    ask("document.replace", by, document)
    stored = new_file(name, content)
    with kept_on_disk(folder, stored.id, content):
        return put_replacement(document, stored, expires_on, by=by, expect=expect)


@action("document.replace")
def put_replacement(
    document: OrganisationDocument, stored: StoredFile, expires_on: date | None, *, by: Person, now: datetime, deed: Deed
) -> OrganisationDocument:
    _refuse_ended(document)
    _refuse_over(expires_on, now)
    newer = _kept(document.organisation_id, stored, document.kind, expires_on, by, now)
    document.ended_at, document.ended_by_id, document.replaced_by_id = now, by.id, newer.id
    deed.about, deed.details = newer, _told(newer) | {"instead_of": str(document.id)}
    return newer


@action("document.replace")
def change_expiry(document: OrganisationDocument, expires_on: date | None, *, by: Person, now: datetime, deed: Deed) -> None:
    """Another day, also one that is over: whoever finds that a date was wrong says so."""
    _refuse_ended(document)
    deed.silent, deed.details = document.expires_on == expires_on, _told(document) | {"expires_on": _iso(expires_on)}
    document.expires_on = expires_on


@action("document.remove")
def take_document_out(document: OrganisationDocument, *, by: Person, now: datetime, deed: Deed) -> None:
    """It does not count any more."""
    _refuse_ended(document)
    document.ended_at, document.ended_by_id = now, by.id
    deed.details = _told(document)


def _kept(organisation_id: UUID, stored: StoredFile, kind: str, expires_on: date | None, by: Person, now: datetime) -> OrganisationDocument:
    stored.by_id, stored.at = by.id, now
    document = OrganisationDocument(organisation_id=organisation_id, kind=kind, expires_on=expires_on, file=stored)
    db.session.add(document)
    db.session.flush()
    return document


def _refuse_over(expires_on: date | None, now: datetime) -> None:
    if is_over(expires_on, clock.day_of(now)):
        raise BadAnswer("This date is over. Send the document that holds now. Nothing was changed.")


def _refuse_ended(document: OrganisationDocument) -> None:
    if not document.is_kept:
        raise NotNow("Somebody replaced this document or took it out meanwhile. Nothing of yours was changed.")


def _told(document: OrganisationDocument) -> dict[str, str]:
    """For the history: never the name of the file, which may name a person."""
    return {"kind": document.kind, "expires_on": _iso(document.expires_on), "digest": document.file.digest}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
