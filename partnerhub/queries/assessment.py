"""Questions about marking: who stated their interests, who marks what, and the marks once all are in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import distinct, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from partnerhub.extensions import db
from partnerhub.models import (
    Application,
    Assignment,
    FundingRound,
    Interest,
    InterestAsked,
    InterestStatement,
    Membership,
    Moderation,
    Organisation,
    User,
)
from partnerhub.models.assessment import LEFT_LATELY
from partnerhub.models.conditions import allowed, may
from partnerhub.queries.questionnaires import definition
from partnerhub.rules.assessment import Marked, marked
from partnerhub.rules.errors import NotNow
from partnerhub.rules.policy import Answer, Person
from partnerhub.rules.questionnaire import Scoring
from partnerhub.rules.words import SHOWN_ONCE_TOLD, ApplicationStatus, FundingRoundStatus, InterestStage, OfficeRole

NOT_SENT = (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN)
TO_MARK = (ApplicationStatus.ASSESSMENT, ApplicationStatus.MODERATED)
MARKED = (*TO_MARK, *sorted(SHOWN_ONCE_TOLD - {*TO_MARK}))  # or were, before it was decided

# What the page of one assignment shows, in the statement that finds it.
TO_READ = (
    joinedload(Assignment.application).joinedload(Application.organisation).load_only(Organisation.name),
    joinedload(Assignment.application).joinedload(Application.fund),
    joinedload(Assignment.application).joinedload(Application.funding_round).joinedload(FundingRound.fund),
    joinedload(Assignment.application).joinedload(Application.latest_version),
    selectinload(Assignment.scores),
)


# Interests


def organisations_in(round_id: UUID) -> list[tuple[UUID, str]]:
    """Who applies in a round, by name: nothing tells which application is whose."""
    applying = select(Application.organisation_id).where(Application.round_id == round_id, Application.status.not_in(NOT_SENT))
    found = select(Organisation.id, Organisation.name).where(Organisation.id.in_(applying)).order_by(func.lower(Organisation.name))
    return [(row.id, row.name) for row in db.session.execute(found)]


def interests_of(user_id: UUID | None, round_id: UUID) -> dict[UUID, Interest]:
    """What somebody declared in a round, by organisation."""
    found = db.session.scalars(select(Interest).where(Interest.user_id == user_id, Interest.round_id == round_id))
    return {each.organisation_id: each for each in found}


def stated_at(user_id: UUID | None, round_id: UUID, stage: InterestStage) -> datetime | None:
    """When somebody last stated their interests in a round, if they did."""
    statement = select(func.max(InterestStatement.at)).where(
        InterestStatement.user_id == user_id, InterestStatement.round_id == round_id, InterestStatement.stage == stage
    )
    return db.session.scalar(statement)


def asked_in(round_id: UUID, stage: InterestStage) -> dict[UUID, set[UUID]]:
    """Person -> the organisations about which they have said whether they have an interest."""
    found: dict[UUID, set[UUID]] = {}
    statement = select(InterestAsked.user_id, InterestAsked.organisation_id)
    for row in db.session.execute(statement.where(InterestAsked.round_id == round_id, InterestAsked.stage == stage)):
        found.setdefault(row.user_id, set()).add(row.organisation_id)
    return found


def not_asked(user_id: UUID | None, stage: InterestStage) -> Any:
    """Of an application: somebody was not yet asked about its applicant."""
    asked = exists().where(
        InterestAsked.round_id == Application.round_id,
        InterestAsked.stage == stage,
        InterestAsked.user_id == user_id,
        InterestAsked.organisation_id == Application.organisation_id,
    )
    return Application.status.not_in(NOT_SENT) & ~asked


def owes_interests(user_id: UUID | None, round_id: UUID, stage: InterestStage) -> bool:
    """They have not stated their interests, or somebody applies about whom they were not asked."""
    if stated_at(user_id, round_id, stage) is None:
        return True
    return bool(db.session.scalar(select(exists().where(Application.round_id == round_id, not_asked(user_id, stage)))))


def must_state_first(person: Person, round_id: UUID) -> bool:
    """Whoever agrees marks or decides says before they see any with whom they have to do."""
    return may(person, "interest.list_owed") is Answer.YES and owes_interests(person.id, round_id, InterestStage.PANEL)


# Assignments


def assessors() -> list[User]:
    """Everybody who is an assessor now and may sign in, by name."""
    held = select(Membership.user_id).where(Membership.role == OfficeRole.ASSESSOR, Membership.ended_at.is_(None))
    return list(db.session.scalars(select(User).where(User.id.in_(held), User.deactivated_at.is_(None)).order_by(User.name, User.id)))


def barred_from(round_id: UUID) -> set[tuple[UUID, UUID]]:
    """(person, organisation) that must not meet in a round: a declared interest, or a member of its team, now or lately."""
    declared = select(Interest.user_id, Interest.organisation_id).where(Interest.round_id == round_id)
    teams = (
        select(Membership.user_id, Membership.organisation_id)
        .join(Application, Application.organisation_id == Membership.organisation_id)
        .where(Application.round_id == round_id, or_(Membership.ended_at.is_(None), LEFT_LATELY))
    )
    return {(row[0], row[1]) for each in (declared, teams) for row in db.session.execute(each)}


def marked_in(person: Person, round_id: UUID) -> list[Application]:
    """The applications of a round that are being marked and whose marking this person may see, by reference: never their own."""
    statement = (
        select(Application)
        .where(Application.round_id == round_id, Application.status.in_(TO_MARK), allowed(person, "moderation.view_progress", Application))
        .options(joinedload(Application.organisation).load_only(Organisation.name))
        .order_by(Application.number)
    )
    return list(db.session.scalars(statement))


def assignments_in(round_id: UUID) -> dict[UUID, list[Assignment]]:
    """Who marks what in a round, by application, in the order in which it was given out."""
    found: dict[UUID, list[Assignment]] = {}
    statement = (
        select(Assignment)
        .where(Assignment.round_id == round_id)
        .options(contains_eager(Assignment.user), selectinload(Assignment.scores))
        .order_by(Assignment.assigned_at)
    )
    for each in db.session.scalars(statement.join(Assignment.user).order_by(User.name)):
        found.setdefault(each.application_id, []).append(each)
    return found


def assignments_of(person: Person) -> list[Assignment]:
    """What somebody is to mark, the newest round first, by reference."""
    statement = (
        select(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .join(FundingRound, FundingRound.id == Assignment.round_id)
        .where(allowed(person, "assignment.view", Assignment), Application.status.in_(TO_MARK))
        .options(*TO_READ)
        .order_by(FundingRound.closes_at.desc(), Application.number)
    )
    return list(db.session.scalars(statement))


class Progress(NamedTuple):
    """How far somebody is with what they mark in a round, and what they have not finished yet: the next after this one."""

    finished: int
    total: int
    following: UUID | None


def progress_beyond(assignment: Assignment, person: Person) -> Progress:
    statement = (
        select(Assignment.id, Assignment.finished_at)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Assignment.round_id == assignment.round_id,
            Assignment.set_aside_at.is_(None),
            allowed(person, "assignment.view", Assignment),
            Application.status.in_(TO_MARK),
        )
        .order_by(Application.number)
    )
    own = db.session.execute(statement).all()
    here = next((at for at, each in enumerate(own) if each.id == assignment.id), 0)
    left = [each.id for each in (*own[here + 1 :], *own[:here]) if each.finished_at is None]
    return Progress(sum(each.finished_at is not None for each in own), len(own), left[0] if left else None)


def first_stage_of(person: Person) -> InterestStage:
    """When they are first asked: who marks before anything is given to them, others at the panel."""
    return InterestStage.ASSIGNMENT if OfficeRole.ASSESSOR in person.office_roles else InterestStage.PANEL


class RoundToMark(NamedTuple):
    """A round that has closed, with how many applications it has to mark, and when this person stated their interests.

    `to_ask`: how many organisations apply about which they were not asked.
    """

    funding_round: FundingRound
    to_mark: int
    stated_at: datetime | None
    to_ask: int


def rounds_to_mark(person: Person, stage: InterestStage, now: datetime) -> list[RoundToMark]:
    """Every published round that has closed and in which something was sent, the newest first."""
    sent = (
        select(
            Application.round_id,
            func.count().filter(Application.status.in_(TO_MARK)).label("to_mark"),
            func.count(distinct(Application.organisation_id)).filter(not_asked(person.id, stage)).label("to_ask"),
        )
        .where(Application.status.not_in(NOT_SENT))
        .group_by(Application.round_id)
        .subquery()
    )
    stated = (
        select(InterestStatement.round_id, func.max(InterestStatement.at).label("at"))
        .where(InterestStatement.user_id == person.id, InterestStatement.stage == stage)
        .group_by(InterestStatement.round_id)
        .subquery()
    )
    statement = (
        select(FundingRound, sent.c.to_mark, stated.c.at, sent.c.to_ask)
        .join(sent, sent.c.round_id == FundingRound.id)
        .outerjoin(stated, stated.c.round_id == FundingRound.id)
        .where(FundingRound.status == FundingRoundStatus.PUBLISHED, FundingRound.closes_at <= now)
        .options(joinedload(FundingRound.fund))
        .order_by(FundingRound.closes_at.desc(), FundingRound.id)
    )
    return [RoundToMark(*row) for row in db.session.execute(statement)]


# Marks


def scoring_of(application: Application) -> Scoring:
    """How its form says that it is marked."""
    scoring = definition(application.questionnaire_version_id).scoring
    if scoring is None:
        raise NotNow("The form of this round says nothing about marking, so it cannot be marked here.")
    return scoring


def sheet_of(assignment: Assignment, scoring: Scoring) -> dict[str, Marked]:
    """What one assessor has said, by criterion."""
    said = {each.criterion: each for each in assignment.scores}
    return {
        each.key: marked(scoring, each, said[each.key].typed, said[each.key].reason) if each.key in said else Marked()
        for each in scoring.criteria
    }


def live_assignments(application_id: UUID) -> Sequence[Assignment]:
    """Those whose marks count: none was set aside."""
    statement = (
        select(Assignment)
        .join(Assignment.user)
        .where(Assignment.application_id == application_id, Assignment.set_aside_at.is_(None))
        .options(selectinload(Assignment.scores), joinedload(Assignment.user))
        .order_by(Assignment.assigned_at, User.name)
    )
    return db.session.scalars(statement).all()


def sheets_in(application: Application) -> Sequence[Assignment]:
    """The marks of all assessors; nobody's before the last of them has finished."""
    return live_assignments(application.id) if application.marks_in_at is not None else ()


def agreed_of(application_id: UUID) -> Mapping[str, Moderation]:
    """What the panel agreed, by criterion."""
    found = db.session.scalars(select(Moderation).where(Moderation.application_id == application_id).options(joinedload(Moderation.by)))
    return {each.criterion: each for each in found}


def addresses_to_tell(application: Application) -> list[str]:
    """Officers who see to who marks it: not of the applicant's team, and without an interest in it."""
    barred = {user for user, organisation in barred_from(application.round_id) if organisation == application.organisation_id}
    held = select(Membership.user_id).where(Membership.role == OfficeRole.OFFICER, Membership.ended_at.is_(None))
    found = select(User).where(User.id.in_(held), User.deactivated_at.is_(None)).order_by(User.email)
    return [each.email for each in db.session.scalars(found) if each.id not in barred]
