"""Questions about the documents that organisations keep: which there are, and which a round asks for and does not find."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from partnerhub.extensions import db
from partnerhub.models import Application, Organisation, OrganisationDocument, StoredFile
from partnerhub.queries.files import files_of
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import cells_of, sent_in, values_of
from partnerhub.rules import documents_asked as rules
from partnerhub.rules.errors import BadFile
from partnerhub.rules.questionnaire import Question, Questionnaire
from partnerhub.rules.words import WITH_THE_APPLICANT, DocumentKind, DocumentStage, ScanState

IN_FULL = (joinedload(OrganisationDocument.file).joinedload(StoredFile.by), joinedload(OrganisationDocument.organisation))
LONGEST_LIST = 200
_IN_ORDER = {kind: at for at, kind in enumerate(DocumentKind)}


def kept_by(organisation_id: UUID, kinds: Collection[str] | None = None) -> list[OrganisationDocument]:
    """The documents that count now (of some kinds only when they are named), in their usual order."""
    statement = _of(organisation_id).where(OrganisationDocument.ended_at.is_(None))
    if kinds is not None:
        statement = statement.where(OrganisationDocument.kind.in_(list(kinds)))
    found = db.session.scalars(statement)
    return sorted(found, key=lambda each: (_IN_ORDER[DocumentKind(each.kind)], each.file.at))


def earlier_of(organisation_id: UUID) -> list[OrganisationDocument]:
    """Those that were replaced or taken out, the last one first."""
    ended = _of(organisation_id).where(OrganisationDocument.ended_at.is_not(None)).options(joinedload(OrganisationDocument.ended_by))
    return list(db.session.scalars(ended.order_by(OrganisationDocument.ended_at.desc()).limit(LONGEST_LIST)))


def _of(organisation_id: UUID) -> Select[OrganisationDocument]:
    return select(OrganisationDocument).where(OrganisationDocument.organisation_id == organisation_id).options(*IN_FULL)


class Kept(NamedTuple):
    """A document that counts now, as the home page of its organisation and payments look at it."""

    organisation_id: UUID
    organisation: str
    kind: str
    expires_on: date | None
    is_clean: bool


def all_kept_by(organisations: Collection[UUID]) -> list[Kept]:
    """The documents of these organisations that count now, the first to end first. At most one statement."""
    if not organisations:
        return []
    document = OrganisationDocument
    statement = (
        select(document.organisation_id, Organisation.name, document.kind, document.expires_on, StoredFile.scan_state != ScanState.INFECTED)
        .join(document.organisation)
        .join(document.file)
        .where(document.organisation_id.in_(organisations), document.ended_at.is_(None))
        .order_by(document.expires_on, document.id)
    )
    return [Kept(*row) for row in db.session.execute(statement)]


def to_renew(kept: Iterable[Kept], day: date) -> list[Kept]:
    """Those that are over or end soon."""
    return [each for each in kept if rules.is_over(each.expires_on, day) or rules.ends_soon(each.expires_on, day)]


def lacking(application: Application, stage: DocumentStage, day: date) -> list[rules.Lacking]:
    """Which of the documents that its round asks for by then are not there on that day: see `lacking_in`."""
    return lacking_in([application], stage, day)[application.id]


def lacking_in(
    applications: Sequence[Application], stage: DocumentStage, day: date, kept: Iterable[Kept] | None = None
) -> dict[UUID, list[rules.Lacking]]:
    """The same of each of these applications; as many statements for all as for one. `kept`: what their organisations keep, once known.

    There is what the organisation keeps here, and what stands in this application under a question that cites that document. A file in
    which a virus was found is not there.
    """
    wanted = {each.id: rules.asked(each.funding_round.terms, stage) for each in applications}
    asked = [each for each in applications if wanted[each.id]]
    sent = _documents_in(asked)
    held: dict[UUID, list[rules.Held]] = {}
    for each in all_kept_by({each.organisation_id for each in asked}) if kept is None else kept:
        if each.is_clean:
            held.setdefault(each.organisation_id, []).append(rules.Held(each.kind, each.expires_on))
    there = {each.id: [*held.get(each.organisation_id, ()), *(rules.Held(kind) for kind, _ in sent[each.id])] for each in asked}
    return {application_id: rules.lacking(kinds, there.get(application_id, ()), day) for application_id, kinds in wanted.items()}


def _cites(question: Question) -> bool:
    return question.type.name == "file" and question.reuse in _IN_ORDER


def documents_cited(questionnaire: Questionnaire) -> set[str]:
    """The kinds of document that a form can take from what is kept."""
    return {each.reuse for each in questionnaire.questions.values() if _cites(each)}


def usable(organisation_id: UUID, question: Question, identity: str, day: date) -> StoredFile:
    """The file of a document that is kept, for a question that cites its kind; BadFile says why there is none."""
    kept = kept_by(organisation_id, [question.reuse]) if _cites(question) else []
    document = next((each for each in kept if str(each.id) == identity), None)
    if document is None:
        raise BadFile("This document is not kept here any more. Choose a file instead. Nothing was changed.")
    if rules.is_over(document.expires_on, day):
        raise BadFile(f"This document {rules.validity(document.expires_on, day)}. Send one that holds now. Nothing was changed.")
    if document.file.scan_state == ScanState.INFECTED:
        raise BadFile("A virus was found in this document. Send a clean copy. Nothing was changed.")
    return document.file


def documents_in(application: Application, *, as_sent: bool = False) -> list[tuple[str, StoredFile]]:
    """The files that stand in it as documents, by kind: what is in it now while the applicant has it, else (or `as_sent`) what was sent."""
    return _documents_in([application], as_sent=as_sent)[application.id]


def _documents_in(applications: Sequence[Application], *, as_sent: bool = False) -> dict[UUID, list[tuple[str, StoredFile]]]:
    """The same of each; as many statements for all that were sent as for one."""
    citing = {each.id: _kinds_cited(each) for each in applications}
    those = [each for each in applications if citing[each.id]]
    sent = sent_in([version for each in those if (version := _read_as_sent(each, as_sent))])
    clean = [each for each in files_of(*(each.submission_id for each in those)) if each.scan_state != ScanState.INFECTED]
    files = {(each.submission_id, str(each.id)): each for each in clean}
    found: dict[UUID, list[tuple[str, StoredFile]]] = {each: [] for each in citing}
    for each in those:
        version = _read_as_sent(each, as_sent)
        values = sent[version].values if version else values_of(cells_of(each.submission_id))
        named = {file: kind for key, kind in citing[each.id].items() for file in values.get(key, {}).get("", ())}
        found[each.id] = [(kind, files[its]) for file, kind in named.items() if (its := (each.submission_id, file)) in files]
    return found


def _kinds_cited(application: Application) -> dict[str, str]:
    """Question -> the kind of document that it cites."""
    return {each.key: each.reuse for each in definition(application.questionnaire_version_id).questions.values() if _cites(each)}


def _read_as_sent(application: Application, as_sent: bool) -> UUID | None:
    """The version in which its documents stand; None where what is in it now counts."""
    return None if application.status in WITH_THE_APPLICANT and not as_sent else application.latest_version_id
