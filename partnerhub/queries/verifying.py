"""Whether the database still holds what was written down: totals, sent versions, forms, history, triggers, rows that belong together."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, and_, case, func, or_, select, text
from sqlalchemy.orm import aliased

from partnerhub.extensions import Base, db
from partnerhub.models import (
    Event,
    EventPerson,
    HistoryHead,
    MonitoringReturn,
    Observation,
    QuestionnaireVersion,
    ServiceAgreement,
    StoredFile,
    Submission,
    SubmissionVersion,
    triggers,
)
from partnerhub.queries import retold, retold_grants
from partnerhub.queries.files import place_of
from partnerhub.queries.history import broken_links
from partnerhub.queries.questionnaires import definition
from partnerhub.rules.errors import BadDefinition
from partnerhub.rules.question_types import Figure
from partnerhub.rules.words import COUNTED_IN, ObservationStatus, QuestionnaireStatus, ReturnStatus

BATCH = 200
UNREADABLE = (BadDefinition, LookupError, TypeError, ValueError, AttributeError)

Faults = list[str]


class Finding(NamedTuple):
    """What one check found: how many things it looked at, and a sentence for each that is wrong."""

    what: str
    looked_at: int
    faults: Faults


class Head(NamedTuple):
    """Where the history ended at some time, kept outside the database."""

    seq: int
    hash: str


@contextmanager
def snapshot() -> Generator[None, None, None]:
    """Everything read inside is of one moment, whoever writes meanwhile."""
    db.session.rollback()
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
    try:
        yield
    finally:
        db.session.rollback()


def findings(folder: Path, heads: Iterable[Head] = ()) -> Iterator[Finding]:
    """What every check finds, one by one. Files lie in `folder`; `heads` were exported earlier and must still stand in the history."""
    kept = list(heads)
    checks = CHECKS | {"files as they were sent": partial(_files, folder)}
    if kept:
        checks |= {"exported heads that stand in the history": partial(_heads, kept)}
    with snapshot():
        for what, check in checks.items():
            faults: Faults = []
            yield Finding(what, check(faults), faults)


def head() -> Head:
    """Where the history ends now."""
    return Head(*db.session.execute(select(HistoryHead.seq, HistoryHead.hash)).one())


# The history


def _history(faults: Faults) -> int:
    faults += [str(each) for each in broken_links()]
    return db.session.scalar(select(func.count()).select_from(Event)) or 0


def _heads(kept: list[Head], faults: Faults) -> int:
    found = dict(db.session.execute(select(Event.seq, Event.hash).where(Event.seq.in_({each.seq for each in kept}))).all())
    for each in kept:
        if each.seq and each.seq not in found:
            faults.append(f"history, event {each.seq}: it was exported once and is gone")
        elif each.seq and found[each.seq] != each.hash:
            faults.append(f"history, event {each.seq}: it is not the one that was exported")
    return len(kept)


def _deeds(faults: Faults) -> int:
    """What the history says about versions, forms and approvals is what their rows say: nobody changed both a row and its digest."""
    sent, published, approved = _told()
    versions = db.session.execute(select(SubmissionVersion.reference, SubmissionVersion.digest)).all()
    for reference, digest in versions:
        if sent.pop(reference, None) != digest:
            faults.append(f"version {reference}: the history does not tell of it with this digest")
    faults += [f"version {reference}: the history tells of it, but it is gone" for reference in sent]
    forms = db.session.execute(
        select(QuestionnaireVersion.id, QuestionnaireVersion.number, QuestionnaireVersion.digest).where(
            QuestionnaireVersion.published_at.is_not(None)
        )
    ).all()
    for form in forms:
        if published.get(str(form.id)) != form.digest:
            faults.append(f"questionnaire version {form.id} (number {form.number}): the history does not tell of it with this digest")
    pointers = db.session.execute(
        select(MonitoringReturn.id, SubmissionVersion.number).outerjoin(
            SubmissionVersion, SubmissionVersion.id == MonitoringReturn.approved_version_id
        )
    ).all()
    for return_id, number in pointers:
        if approved.get(str(return_id)) != number:
            faults.append(
                f"return {return_id}: version {number or 'none'} is marked as approved, the history says {_or_none(approved, return_id)}"
            )
    return len(versions) + len(forms) + len(pointers)


def _told() -> tuple[dict[str, str], dict[str, str], dict[str, int]]:
    """From the history: digests of sent versions by reference, of published forms by id; the version last approved by return."""
    sent, published, approved = {}, {}, {}
    deeds = or_(Event.action.endswith(".submit"), Event.action.in_(("questionnaire.publish", "return.approve")))
    rows = db.session.execute(select(Event.action, Event.about_id, Event.details).where(deeds).order_by(Event.seq)).yield_per(1000)
    for action, about, details in rows:
        if action == "questionnaire.publish":
            published[about] = details.get("digest")
        elif action == "return.approve":
            approved[about] = details.get("version")
        else:
            sent[details.get("reference")] = details.get("digest")
    return sent, published, approved


def _or_none(approved: Mapping[str, int], return_id: UUID) -> str:
    number = approved.get(str(return_id))
    return f"version {number}" if number else "none"


# Triggers


def _triggers(faults: Faults) -> int:
    """Those that refuse to rewrite what was written down stand in the database word for word."""
    dialect = db.session.get_bind().dialect.name
    statements = triggers.statements(dialect)
    wanted = {found[1]: each for each in statements if (found := re.match(r"CREATE TRIGGER (\w+)", each))}
    there = _there_sqlite() if dialect == "sqlite" else _there_postgres(statements, faults)
    faults += [f"trigger {name}: it is missing, switched off or changed" for name, said in wanted.items() if there.get(name) != said]
    return len(wanted)


def _there_sqlite() -> dict[str, str]:
    return dict(db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all())


def _there_postgres(statements: list[str], faults: Faults) -> dict[str, str]:
    sources = dict(
        db.session.execute(text("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace")).all()
    )
    for each in statements:
        if (found := re.match(r"CREATE OR REPLACE FUNCTION (\w+)\(.*?\$\$(.*)\$\$", each, re.DOTALL)) and sources.get(found[1]) != found[2]:
            faults.append(f"function {found[1]}: it is missing or changed")
    there = db.session.execute(
        text(
            "SELECT tgname, replace(pg_get_triggerdef(oid), ' ON ' || current_schema() || '.', ' ON ')"
            " FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        )
    )
    return dict(there.all())


# Forms and what was sent with them


def _forms(faults: Faults) -> int:
    frozen = QuestionnaireVersion.status != QuestionnaireStatus.DRAFT
    rows = db.session.execute(
        select(QuestionnaireVersion.id, QuestionnaireVersion.document, QuestionnaireVersion.digest).where(frozen)
    ).all()
    for form_id, document, digest in rows:
        if _digest(document, ensure_ascii=True, separators=(",", ":")) != digest:
            faults.append(f"questionnaire version {form_id}: it is not what was published, its digest differs")
    return len(rows)


def _digest(document: Any, **spelling: Any) -> str:
    """As catalogue/loading.py and actions/submissions.py take it when they freeze a document."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, **spelling).encode()).hexdigest()


def _versions(faults: Faults) -> int:
    count = 0
    for batch in _sent():
        for version in batch:
            if _digest(version.answers, ensure_ascii=False) != version.digest:
                faults.append(f"version {version.reference}: it is not what was sent, its digest differs")
        count += len(batch)
    return count


def _sent() -> Iterator[list[Any]]:
    """Every version that was sent, a batch at a time."""
    columns = (
        SubmissionVersion.id,
        SubmissionVersion.reference,
        SubmissionVersion.answers,
        SubmissionVersion.digest,
        SubmissionVersion.questionnaire_version_id,
    )
    statement = select(*columns).order_by(SubmissionVersion.id).limit(BATCH)
    last = None
    while batch := db.session.execute(statement if last is None else statement.where(SubmissionVersion.id > last)).all():
        yield list(batch)
        last = batch[-1].id


def _files(folder: Path, faults: Faults) -> int:
    """Every file that was sent lies in its place, unchanged."""
    count = 0
    for file_id, digest in db.session.execute(select(StoredFile.id, StoredFile.digest).order_by(StoredFile.id)):
        count += 1
        place = place_of(folder, file_id)
        if not place.is_file():
            faults.append(f"file {file_id}: it is gone")
        elif sum_of(place) != digest:
            faults.append(f"file {file_id}: it is not what was sent, its digest differs")
    return count


def sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# Figures


def _figures(faults: Faults) -> int:
    """The figures of every version, counted or not, are those that its frozen answers give with its form."""
    count = 0
    for batch in _sent():
        stored = _stored([version.id for version in batch])
        for version in batch:
            there = stored[version.id]
            count += there.total()
            try:
                wanted = Counter(_worked_out(version))
            except UNREADABLE as error:
                faults.append(f"version {version.reference}: its figures cannot be worked out again ({error})")
                continue
            faults += [f"version {version.reference}: {_said(each)} is missing" for each in wanted - there]
            faults += [f"version {version.reference}: {_said(each)} was not sent" for each in there - wanted]
    return count


def _worked_out(version: Any) -> Iterator[Figure]:
    values = version.answers["values"]
    for question in definition(version.questionnaire_version_id).figures:
        yield from question.type.figures(question, values)


def _stored(versions: list[UUID]) -> Mapping[UUID | None, Counter[Figure]]:
    columns = (
        Observation.indicator_key,
        Observation.category,
        Observation.value,
        Observation.out_of,
        Observation.percent,
        Observation.not_applicable,
    )
    found: dict[UUID | None, Counter[Figure]] = {version_id: Counter() for version_id in versions}
    of_these = Observation.submission_version_id.in_(versions)
    for version_id, *figure in db.session.execute(select(Observation.submission_version_id.label("id"), *columns).where(of_these)):
        found[version_id][Figure._make(figure)] += 1
    return found


def _said(figure: Figure) -> str:
    number = "not applicable" if figure.not_applicable else figure.percent if figure.value is None else figure.value
    out_of = f" of {figure.out_of}" if figure.out_of is not None else ""
    category = "" if figure.category == "all" else f" ({figure.category})"
    return f"the figure {figure.indicator}{category} = {number}{out_of}"


def _standing(faults: Faults) -> int:
    """Approved are exactly the figures of approved versions; provisional those of a version that lies with the office or was queried."""
    waits = and_(
        MonitoringReturn.latest_version_id == SubmissionVersion.id,
        MonitoringReturn.status.in_(sorted(COUNTED_IN - {ReturnStatus.APPROVED})),
    )
    meant = case(
        (MonitoringReturn.approved_version_id == SubmissionVersion.id, ObservationStatus.APPROVED.value),
        (waits, ObservationStatus.PROVISIONAL.value),
        else_=ObservationStatus.SUPERSEDED.value,
    )
    wrong = (
        select(SubmissionVersion.reference, Observation.status, meant, func.count())
        .select_from(Observation)
        .join(SubmissionVersion, SubmissionVersion.id == Observation.submission_version_id)
        .join(MonitoringReturn, MonitoringReturn.submission_id == SubmissionVersion.submission_id)
        .where(Observation.status != meant)
        .group_by(SubmissionVersion.reference, Observation.status, meant)
    )
    for reference, status, should, count in db.session.execute(wrong):
        faults.append(f"version {reference}: {count} figures are {status} and should be {should}")
    sources = _count(Observation, Observation.submission_version_id.is_(None) == Observation.import_batch_id.is_(None))
    _tell(faults, sources, "figures come from neither one version nor one file")
    published = and_(Observation.status == ObservationStatus.AS_PUBLISHED, Observation.import_batch_id.is_(None))
    _tell(faults, _count(Observation, published), "figures are called as published, but come from no file")
    return _count(Observation)


def _count(model: type[Base], *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def _tell(faults: Faults, count: int, what: str) -> None:
    if count:
        faults.append(f"{count} {what}")


# Rows that belong together


def _returns(faults: Faults) -> int:
    """A return points at versions of its own, stands as they do, and is what its agreement asked for."""
    latest, approved = aliased(SubmissionVersion), aliased(SubmissionVersion)
    newest = select(func.max(SubmissionVersion.number)).where(SubmissionVersion.submission_id == MonitoringReturn.submission_id)
    rows = db.session.execute(
        select(MonitoringReturn, ServiceAgreement, Submission, latest, approved, newest.scalar_subquery())
        .join(ServiceAgreement, ServiceAgreement.id == MonitoringReturn.agreement_id)
        .join(Submission, Submission.id == MonitoringReturn.submission_id)
        .outerjoin(latest, latest.id == MonitoringReturn.latest_version_id)
        .outerjoin(approved, approved.id == MonitoringReturn.approved_version_id)
    ).yield_per(500)
    count = 0
    for row in rows:
        count += 1
        faults += [f"return {row[0].id}: {what}" for what, holds in _about_return(*row).items() if not holds]
    return count


def _about_return(
    row: MonitoringReturn,
    agreement: ServiceAgreement,
    submission: Submission,
    latest: SubmissionVersion | None,
    approved: SubmissionVersion | None,
    newest: int | None,
) -> dict[str, bool]:
    """Each sentence is what is wrong when it does not hold."""
    sent = (latest.submitted_by_id, latest.submitted_at) if latest else (None, None)
    owner = (agreement.service_id, agreement.programme_id, agreement.organisation_id)
    return {
        "its latest version is not the newest that was sent": (latest.number if latest else None) == newest,
        "it points at a version of something else": all(each is None or each.submission_id == submission.id for each in (latest, approved)),
        "who sent it and when is not what its version says": (row.submitted_by_id, row.submitted_at) == sent,
        "it is marked as sent or approved without a version": row.status not in COUNTED_IN or latest is not None,
        "it is marked as approved, but its latest version is not": row.status != ReturnStatus.APPROVED or approved is latest,
        "it waits for the office, but its latest version is approved": row.status not in COUNTED_IN - {ReturnStatus.APPROVED}
        or approved is not latest,
        "whoever sent the approved version approved it": approved is None or row.approved_by_id != approved.submitted_by_id,
        "service, programme or organisation is not that of its agreement": (row.service_id, row.programme_id, row.organisation_id) == owner,
        "its answers belong to another organisation or form": (row.organisation_id, row.questionnaire_version_id)
        == (submission.organisation_id, submission.questionnaire_version_id),
    }


def _references(faults: Faults) -> int:
    """Every foreign key leads to a row; every figure stands where its return stands."""
    keys = sorted((key for table in Base.metadata.sorted_tables for key in table.foreign_keys), key=lambda key: str(key.parent))
    for key in keys:
        _tell(
            faults, _orphans(key), f"rows of {key.parent.table.name} name a {key.column.table.name} ({key.parent.name}) that is not there"
        )
    misplaced = (
        select(func.count())
        .select_from(Observation)
        .join(SubmissionVersion, SubmissionVersion.id == Observation.submission_version_id)
        .outerjoin(MonitoringReturn, MonitoringReturn.submission_id == SubmissionVersion.submission_id)
        .where(
            or_(
                MonitoringReturn.id.is_(None),
                MonitoringReturn.agreement_id != Observation.agreement_id,
                MonitoringReturn.service_id != Observation.service_id,
                MonitoringReturn.period_id != Observation.period_id,
            )
        )
    )
    _tell(faults, db.session.scalar(misplaced) or 0, "figures stand under another agreement, service or period than their return")
    unnamed = EventPerson.id.not_in(select(Event.personal_id).where(Event.personal_id.is_not(None)))
    _tell(faults, _count(EventPerson, unnamed), "personal values belong to no line of the history")
    return len(keys) + 2


def _orphans(key: ForeignKey) -> int:
    parent = key.column.table.alias()
    there = select(parent).where(parent.c[key.column.name] == key.parent).exists()
    statement = select(func.count()).select_from(key.parent.table).where(key.parent.is_not(None), ~there)
    return db.session.scalar(statement) or 0


CHECKS: dict[str, Callable[[Faults], int]] = {
    "lines of history, each following from the one before": _history,
    "versions, forms and approvals as the history tells of them": _deeds,
    "triggers that refuse to rewrite what was written down": _triggers,
    "published forms as they were published": _forms,
    "versions of returns as they were sent": _versions,
    "figures as worked out again from what was sent": _figures,
    "figures that count as their return says": _standing,
    "returns that agree with their versions and their agreement": _returns,
    "returns as the history tells of them": retold.returns,
    "applications as the history tells of them": retold_grants.applications,
    "decisions with their marks, and the money of rounds": retold_grants.decisions,
    "letters, and applicants who were told": retold_grants.letters,
    "letters from before their words were kept, which cannot be checked": retold_grants.letters_without_digest,
    "awards as they were decided and signed": retold_grants.awards,
    "payments as two people let them go": retold_grants.payments,
    "grant agreements as they were signed": retold.agreements,
    "people as the history tells of them": retold.people,
    "targets as they were set": retold.targets,
    "files with figures as they were imported": retold.imported,
    "references between tables": _references,
}
