"""Questions about applications: what an organisation applies for, and what came in a round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from partnerhub.extensions import db
from partnerhub.models import Application, Fund, FundingRound, Organisation, OrganisationDocument, StoredFile, SubmissionVersion
from partnerhub.models.conditions import allowed
from partnerhub.queries.people import leads_of
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import Cells, frozen_answers, sent_in
from partnerhub.rules import applications as rules
from partnerhub.rules.policy import Person
from partnerhub.rules.words import ApplicationStatus, FundingRoundStatus

PAGE = 50

# What a page about one application shows beside it, in the statement that finds it.
IN_FULL = (
    joinedload(Application.organisation).load_only(Organisation.name),
    joinedload(Application.fund),
    joinedload(Application.funding_round).joinedload(FundingRound.fund),
    joinedload(Application.latest_version),
)


def applications_of(person: Person) -> list[Application]:
    """What the person's organisations apply for, the newest first."""
    statement = (
        select(Application)
        .where(Application.organisation_id.in_(list(person.organisations)), allowed(person, "application.view", Application))
        .options(*IN_FULL)
        .order_by(Application.created_at.desc(), Application.id)
        .limit(PAGE)
    )
    return list(db.session.scalars(statement))


def names_of_own(person: Person) -> list[tuple[str, str]]:
    """The person's organisations, to choose from."""
    statement = (
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(list(person.organisations))).order_by(Organisation.name)
    )
    return [(str(identity), name) for identity, name in db.session.execute(statement)]


def came_in(person: Person, round_id: UUID) -> list[Application]:
    """The applications of a round that this person may view, by reference; drafts last, by organisation."""
    statement = (
        select(Application)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .where(Application.round_id == round_id, allowed(person, "application.view", Application))
        .options(*IN_FULL)
        .order_by(Application.number.is_(None), Application.number, Organisation.name, Application.id)
    )
    return list(db.session.scalars(statement))


def rounds_with_counts(person: Person) -> list[tuple[FundingRound, int, int]]:
    """Every round with how many applications were sent in it and how many are drafts, the newest first. One statement."""
    visible = allowed(person, "application.view", Application)
    draft = Application.status == ApplicationStatus.DRAFT
    counted = (
        select(
            Application.round_id,
            func.count().filter(~draft).label("sent"),
            func.count().filter(draft).label("drafts"),
        )
        .where(visible)
        .group_by(Application.round_id)
        .subquery()
    )
    statement = (
        select(FundingRound, func.coalesce(counted.c.sent, 0), func.coalesce(counted.c.drafts, 0))
        .outerjoin(counted, counted.c.round_id == FundingRound.id)
        .join(Fund, Fund.id == FundingRound.fund_id)
        .options(joinedload(FundingRound.fund))
        .order_by(FundingRound.opens_at.desc(), Fund.name)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(statement)]


def sent_by_round(person: Person) -> list[tuple[UUID, str, int]]:
    """(round, its name, how many were sent) of each round that is not finished and that they see applications of."""
    statement = (
        select(FundingRound, func.count())
        .join(Application, Application.round_id == FundingRound.id)
        .join(Fund, Fund.id == FundingRound.fund_id)
        .where(Application.submitted_at.is_not(None), allowed(person, "application.view", Application))
        .where(FundingRound.status == FundingRoundStatus.PUBLISHED)
        .options(contains_eager(FundingRound.fund))
        .group_by(FundingRound.id, Fund.id)
        .order_by(FundingRound.closes_at.desc(), FundingRound.id)
        .limit(PAGE)
    )
    return [(each.id, each.name, sent) for each, sent in db.session.execute(statement)]


def drafts_in(round_id: UUID, organisations: Sequence[UUID]) -> list[Application]:
    """Applications of these organisations in a round: shown before another one is started."""
    statement = (
        select(Application)
        .where(Application.round_id == round_id, Application.organisation_id.in_(list(organisations)))
        .options(*IN_FULL)
        .order_by(Application.created_at)
    )
    return list(db.session.scalars(statement))


def open_rounds(now: datetime) -> list[FundingRound]:
    """Rounds in which an application can be started, the one that closes first on top."""
    statement = select(FundingRound).where(FundingRound.opens_at <= now, FundingRound.closes_at > now)
    found = db.session.scalars(statement.options(joinedload(FundingRound.fund)).order_by(FundingRound.closes_at))
    return [each for each in found if each.is_open(now)]


def addresses_of(application: Application, *, with_contacts: bool = True) -> list[str]:
    """Who hears about an application: the leads of the organisation, and the contacts named in what was sent last."""
    found, version = {each.email for each in leads_of(application.organisation_id)}, application.latest_version_id
    if version and with_contacts:
        found |= rules.contacts_in(definition(application.questionnaire_version_id), sent_in([version])[version].values)
    return sorted(found)


def sent_since(organisation_id: UUID, since: datetime) -> int:
    """How often an organisation has sent an application since then."""
    sent = (
        select(func.count()).select_from(SubmissionVersion).join(Application, Application.submission_id == SubmissionVersion.submission_id)
    )
    return db.session.execute(
        sent.where(Application.organisation_id == organisation_id, SubmissionVersion.submitted_at > since)
    ).scalar_one()


def is_unchanged(application: Application, cells: Cells) -> bool:
    """It was sent back to be put right, and no answer of it and no document of its organisation was changed since it was sent."""
    version = application.latest_version
    if version is None or not application.is_correction:
        return False
    sent = frozen_answers(version.id)
    asked, texts = set(sent["visible"]), {(key, cell): text for key, said in sent["texts"].items() for cell, text in said.items()}
    now = {place: cell.text for place, cell in cells.items() if cell.text and (place[0] in asked or place[0].startswith("_"))}
    documents = (
        select(OrganisationDocument.id)
        .join(OrganisationDocument.file)
        .where(OrganisationDocument.organisation_id == application.organisation_id)
        .where(or_(StoredFile.at > version.submitted_at, OrganisationDocument.ended_at > version.submitted_at))
    )
    return now == texts and db.session.scalar(documents.limit(1)) is None
