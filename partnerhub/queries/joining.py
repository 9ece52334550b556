"""Questions about people who come by themselves: which organisation they mean, what they asked for, and who waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from partnerhub.extensions import db
from partnerhub.models import Application, Invitation, JoinRequest, Membership, Organisation, OrganisationIdentifier, Registration, User
from partnerhub.models.conditions import allowed
from partnerhub.queries.mail import could_not_be_sent
from partnerhub.rules import identifiers
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.lookalike import SHORTEST_SOUGHT, look_alike, plain
from partnerhub.rules.numbers import ASK_AGAIN_HOURS
from partnerhub.rules.policy import Person
from partnerhub.rules.words import JoinStatus, PartnerRole, RegistrationStatus

MOST_FOUND = 10
PAGE = 200

IN_FULL = (
    joinedload(JoinRequest.user).load_only(User.name, User.email, User.deactivated_at),
    joinedload(JoinRequest.organisation).load_only(Organisation.name),
)
REGISTERED = (joinedload(Registration.user), joinedload(Registration.district), joinedload(Registration.organisation))


def found(text: str) -> list[Organisation]:
    """Organisations of this number, or whose name holds these words, by name; one more than are shown when there are too many."""
    numbers = _numbers(text)
    wanted = plain(text)
    if len(wanted) < SHORTEST_SOUGHT and not numbers:
        return []
    named = Organisation.plain_name.contains(wanted, autoescape=True) if len(wanted) >= SHORTEST_SOUGHT else Organisation.id.in_([])
    statement = select(Organisation).where(or_(named, _has_number(numbers))).options(selectinload(Organisation.identifiers))
    return list(db.session.scalars(statement.order_by(func.lower(Organisation.name), Organisation.id).limit(MOST_FOUND + 1)))


def _numbers(text: str) -> list[str]:
    """What the text may be as a number, in each of the lists."""
    tried = []
    for scheme in identifiers.SCHEMES:
        try:
            tried.append(identifiers.read(scheme, text))
        except BadAnswer:
            continue
    return tried


def _has_number(numbers: Sequence[str]) -> ColumnElement[bool]:
    return Organisation.id.in_(select(OrganisationIdentifier.organisation_id).where(OrganisationIdentifier.org_id.in_(numbers)))


def looks_like(name: str, identifier: str) -> list[Organisation]:
    """Organisations that may be the same: of the same number, which come first, and those whose name may be taken for this one."""
    names = db.session.execute(select(Organisation.id, Organisation.name))
    named = [each.id for each in names if look_alike(name, each.name)]
    statement = (
        select(Organisation)
        .where(or_(Organisation.id.in_(named), _has_number([identifier] if identifier else [])))
        .options(joinedload(Organisation.district), selectinload(Organisation.identifiers))
        .order_by(func.lower(Organisation.name), Organisation.id)
    )
    alike = db.session.scalars(statement).all()
    return sorted(alike, key=lambda each: identifier not in {known.org_id for known in each.identifiers})


def last_request(user_id: UUID, organisation_id: UUID) -> JoinRequest | None:
    """What this person asked of this organisation last."""
    statement = (
        select(JoinRequest)
        .where(JoinRequest.user_id == user_id, JoinRequest.organisation_id == organisation_id)
        .order_by(JoinRequest.asked_at.desc(), JoinRequest.id)
        .limit(1)
    )
    return db.session.scalars(statement).first()


def may_ask_from(request: JoinRequest | None) -> datetime | None:
    """From when on somebody who was refused may ask again; nothing for everybody else."""
    return request.decided_at + timedelta(hours=ASK_AGAIN_HOURS) if request and request.is_refused and request.decided_at else None


def asked_since(user_id: UUID, since: datetime) -> int:
    """How many requests to join this person sent."""
    wanted = (JoinRequest.user_id == user_id, JoinRequest.asked_at > since)
    return db.session.scalar(select(func.count()).select_from(JoinRequest).where(*wanted)) or 0


def registered_since(user_id: UUID, since: datetime) -> int:
    """How many organisations this person registered or wanted to."""
    wanted = (Registration.user_id == user_id, Registration.asked_at > since)
    return db.session.scalar(select(func.count()).select_from(Registration).where(*wanted)) or 0


def is_known_only_to_itself(organisation_id: UUID) -> bool:
    """Somebody registered it and leads it, no officer has looked at it, and it has not applied for anything."""
    registered = exists().where(
        Registration.organisation_id == organisation_id,
        Registration.status == RegistrationStatus.REGISTERED,
        Registration.decided_by_id.is_(None),
    )
    applied = exists().where(Application.organisation_id == organisation_id, Application.submitted_at.is_not(None))
    return bool(db.session.scalar(select(registered & ~applied)))


def invited_since(since: datetime, **of: UUID | None) -> int:
    """How many people were invited to organisations: to one (`organisation_id`), or by one person (`invited_by_id`)."""
    wanted = select(func.count()).select_from(Invitation).filter_by(**of)
    return db.session.scalar(wanted.where(Invitation.organisation_id.is_not(None), Invitation.created_at > since)) or 0


def waiting_registrations(user_id: UUID) -> list[Registration]:
    """What this person registered and the office has not decided yet."""
    wanted = (Registration.user_id == user_id, Registration.status == RegistrationStatus.WAITING)
    return list(db.session.scalars(select(Registration).where(*wanted).order_by(Registration.asked_at.desc())))


def refused_registrations(user_id: UUID, since: datetime) -> list[Registration]:
    """What this person registered and the office has refused lately."""
    refused = (Registration.user_id == user_id, Registration.status == RegistrationStatus.REFUSED, Registration.decided_at > since)
    return list(db.session.scalars(select(Registration).where(*refused)))


def requests_of(user_id: UUID) -> list[JoinRequest]:
    """What this person asked, newest first."""
    statement = select(JoinRequest).where(JoinRequest.user_id == user_id).options(joinedload(JoinRequest.organisation))
    return list(db.session.scalars(statement.order_by(JoinRequest.asked_at.desc(), JoinRequest.id).limit(MOST_FOUND)))


def to_decide(person: Person, organisation_id: UUID) -> list[JoinRequest]:
    """Requests to join this organisation that this person may decide, the oldest first."""
    wanted = (JoinRequest.organisation_id == organisation_id, allowed(person, "joining.approve", JoinRequest))
    return list(db.session.scalars(select(JoinRequest).where(*wanted).options(*IN_FULL).order_by(JoinRequest.asked_at).limit(PAGE)))


class Waits(NamedTuple):
    """What waits for somebody, beside returns and applications."""

    asking: list[JoinRequest]
    alike: int
    unsent: int


def waits_for(person: Person) -> Waits:
    """Requests that this person is to decide (of their own organisations, or of those without a lead); how many registrations look like
    one in the hub; how many letters could not be sent. In one statement, since every home page asks it.
    """
    waits = Registration.status == RegistrationStatus.WAITING
    alike = select(func.count(Registration.id)).where(waits, allowed(person, "registration.establish", Registration)).scalar_subquery()
    counted = select(alike.label("alike"), could_not_be_sent().scalar_subquery().label("unsent")).subquery()
    theirs = or_(JoinRequest.organisation_id.in_(list(person.organisations)), ~_has_lead())
    asked = and_(theirs, allowed(person, "joining.approve", JoinRequest))
    statement = select(JoinRequest, counted.c.alike, counted.c.unsent).select_from(counted).outerjoin(JoinRequest, asked).options(*IN_FULL)
    found = db.session.execute(statement.order_by(JoinRequest.asked_at).limit(PAGE)).all()
    return Waits([each for each, _, _ in found if each is not None], found[0].alike, found[0].unsent)


def _has_lead() -> ColumnElement[bool]:
    lead = (
        Membership.organisation_id == JoinRequest.organisation_id,
        Membership.role == PartnerRole.LEAD,
        Membership.ended_at.is_(None),
        User.deactivated_at.is_(None),
    )
    return exists(select(Membership.id).join(User, User.id == Membership.user_id).where(and_(*lead)))


def waiting_requests() -> list[tuple[JoinRequest, bool]]:
    """Everybody who waits to join, the oldest first, and whether the organisation has a lead to decide."""
    statement = select(JoinRequest, _has_lead()).where(JoinRequest.status == JoinStatus.WAITING).options(*IN_FULL)
    return [(each, has_lead) for each, has_lead in db.session.execute(statement.order_by(JoinRequest.asked_at).limit(PAGE))]


def registrations(*, waiting: bool) -> list[Registration]:
    """Those that wait, the oldest first; or those that are settled, the newest first."""
    statement = select(Registration).options(*REGISTERED)
    if waiting:
        statement = statement.where(Registration.status == RegistrationStatus.WAITING).order_by(Registration.asked_at)
    else:
        statement = statement.where(Registration.status != RegistrationStatus.WAITING).order_by(Registration.asked_at.desc())
    return list(db.session.scalars(statement.limit(PAGE if waiting else MOST_FOUND)))
