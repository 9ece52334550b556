"""Questions about people: who is signed in, who belongs where."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, and_, bindparam, cast, func, literal, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload, subqueryload

from partnerhub.extensions import db
from partnerhub.models.applications import Application
from partnerhub.models.assessment import LEFT_LATELY, Interest
from partnerhub.models.conditions import allowed
from partnerhub.models.people import EmailToken, Invitation, Membership, User, UserSession
from partnerhub.models.programmes import Programme
from partnerhub.queries.rows import rows
from partnerhub.rules.numbers import SESSION_IDLE_PARTNER, SESSION_IDLE_STAFF, SESSION_LONGEST
from partnerhub.rules.policy import Person
from partnerhub.rules.words import OfficeRole, PartnerRole


def hash_of(token: str) -> str:
    """What is kept of a token that was given away."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _as_text(funding_round: Any, organisation: Any) -> Any:
    """Pairs as one text: "round organisation,round organisation"."""
    return select(func.aggregate_strings(cast(funding_round, String) + literal(" ") + cast(organisation, String), ",")).correlate(User)


# What somebody has an interest in: declared, or applied for by an organisation that they left lately.
_INTERESTS = (
    _as_text(Interest.round_id, Interest.organisation_id).where(Interest.user_id == User.id).scalar_subquery().label("declared"),
    _as_text(Application.round_id, Application.organisation_id)
    .join(Membership, Membership.organisation_id == Application.organisation_id)
    .where(Membership.user_id == User.id, LEFT_LATELY)
    .scalar_subquery()
    .label("left"),
)

# One statement finds session, person and roles, for every request of somebody signed in.
_SIGNED_IN = (
    select(
        User.id,
        User.name,
        User.email,
        UserSession.created_at,
        UserSession.last_seen_at,
        Membership.role,
        Membership.organisation_id,
        Membership.programme_id,
        *_INTERESTS,
    )
    .select_from(UserSession)
    .join(User, and_(User.id == UserSession.user_id, User.deactivated_at.is_(None)))
    .outerjoin(Membership, and_(Membership.user_id == User.id, Membership.ended_at.is_(None)))
    .where(UserSession.token_hash == bindparam("token_hash"))
)


def signed_in_by(token: str, now: datetime) -> tuple[Person, datetime] | None:
    """The person whose session this is, and when the session was last seen; nothing when it has ended or lain idle too long."""
    found = rows(_SIGNED_IN, token_hash=hash_of(token)).all()
    if not found:
        return None
    person = _person(found)
    idle = SESSION_IDLE_STAFF if person.office_roles else SESSION_IDLE_PARTNER
    began, seen = found[0].created_at, found[0].last_seen_at
    if now - seen > timedelta(minutes=idle) or now - began > timedelta(hours=SESSION_LONGEST):
        return None
    return person, seen


_PERSON = (
    select(User.id, User.name, User.email, Membership.role, Membership.organisation_id, Membership.programme_id, *_INTERESTS)
    .outerjoin(Membership, and_(Membership.user_id == User.id, Membership.ended_at.is_(None)))
    .where(User.id == bindparam("user_id"), User.deactivated_at.is_(None))
)


def person_of(user_id: UUID) -> Person | None:
    """A person with their roles as the policy sees them now; nobody when the account is closed or gone."""
    found = rows(_PERSON, user_id=user_id).all()
    return _person(found) if found else None


def _person(found: Sequence[Any]) -> Person:
    first = found[0]
    organisations = {row.organisation_id: row.role for row in found if row.organisation_id is not None}
    return Person(
        id=first.id,
        name=first.name,
        email=first.email,
        office_roles=frozenset(row.role for row in found if row.role and row.organisation_id is None and row.programme_id is None),
        organisations=organisations,
        programmes=frozenset(row.programme_id for row in found if row.programme_id is not None),
        interests=frozenset(_pair(each) for text in (first.declared, first.left) if text for each in text.split(",")),
    )


def _pair(text: str) -> tuple[UUID, UUID]:
    funding_round, organisation = text.split(" ")
    return UUID(funding_round), UUID(organisation)


# Accounts


def account_of(email: str) -> User | None:
    """The account with this address, open or closed."""
    return db.session.scalars(select(User).where(User.email == email)).one_or_none()


def open_account_of(email: str) -> User | None:
    """The account with this address that may sign in."""
    return db.session.scalars(select(User).where(User.email == email, User.deactivated_at.is_(None))).one_or_none()


def demonstration_accounts() -> list[User]:
    """People of the demonstration office with their present memberships, by address."""
    with_roles = selectinload(_PRESENT).joinedload(Membership.organisation)
    return list(db.session.scalars(select(User).where(User.is_demonstration).options(with_roles).order_by(User.email)))


def has_password(email: str) -> bool:
    """Is there an account with this address, open or closed, that signs in with a password?"""
    return db.session.scalar(select(User.password_hash).where(User.email == email)) is not None


def sessions_of(user_id: UUID) -> list[UserSession]:
    """Where this person is signed in, last used first."""
    return list(db.session.scalars(select(UserSession).where(UserSession.user_id == user_id).order_by(UserSession.last_seen_at.desc())))


PAGE = 50
_PRESENT = User.memberships.and_(Membership.ended_at.is_(None))


def people(found_by: str = "", role: str = "", closed: bool | None = None, page: int = 1) -> tuple[list[User], int]:
    """One page of people by name, with their present memberships; and how many there are in all."""
    statement = _people(found_by, role, closed)
    count = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    with_roles = selectinload(_PRESENT).joinedload(Membership.organisation)
    return list(db.session.scalars(statement.options(with_roles).limit(PAGE).offset((page - 1) * PAGE))), count


def everybody(found_by: str = "", role: str = "", closed: bool | None = None) -> list[User]:
    """All pages of it."""
    with_roles = subqueryload(_PRESENT).joinedload(Membership.organisation)  # one statement, however many people
    return list(db.session.scalars(_people(found_by, role, closed).options(with_roles)))


def _people(found_by: str, role: str, closed: bool | None) -> Select[User]:
    wanted = []
    if found_by:
        wanted.append(or_(User.name.icontains(found_by, autoescape=True), User.email.icontains(found_by, autoescape=True)))
    if role:
        wanted.append(User.memberships.any(and_(Membership.role == role, Membership.ended_at.is_(None))))
    if closed is not None:
        wanted.append(User.deactivated_at.is_not(None) if closed else User.deactivated_at.is_(None))
    return select(User).where(*wanted).order_by(func.lower(User.name), User.id)


# Who belongs where


def memberships_of(user_id: UUID) -> list[Membership]:
    """Present memberships of a person: office roles first, then organisations by name."""
    statement = (
        select(Membership).where(Membership.user_id == user_id, Membership.ended_at.is_(None)).options(joinedload(Membership.organisation))
    )
    found = db.session.scalars(statement).all()
    return sorted(
        found, key=lambda each: (each.organisation is not None, each.organisation.name.casefold() if each.organisation else each.role)
    )


def members_of(organisation_id: UUID) -> list[Membership]:
    """Present members of an organisation by name."""
    statement = (
        select(Membership)
        .join(Membership.user)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .options(joinedload(Membership.user))
        .order_by(func.lower(User.name), Membership.id)
    )
    return list(db.session.scalars(statement))


def addresses_of_team(organisation_id: UUID) -> list[str]:
    """The addresses of everybody who belongs to an organisation and may sign in: leads act on a letter, members see it."""
    return list(
        db.session.scalars(
            select(User.email)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.organisation_id == organisation_id,
                Membership.ended_at.is_(None),
                Membership.role.in_([PartnerRole.LEAD, PartnerRole.MEMBER]),
                User.deactivated_at.is_(None),
            )
            .order_by(User.email)
        )
    )


def addresses_of_officers() -> list[str]:
    """Everybody at the office who sees to what nobody else can."""
    held = select(Membership.user_id).where(Membership.role == OfficeRole.OFFICER, Membership.ended_at.is_(None))
    return list(db.session.scalars(select(User.email).where(User.id.in_(held), User.deactivated_at.is_(None)).order_by(User.email)))


def leads_of(organisation_id: UUID) -> list[User]:
    """Whom to ask about what an organisation owes: its leads who may sign in, by name."""
    return list(
        db.session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.organisation_id == organisation_id,
                Membership.ended_at.is_(None),
                Membership.role == PartnerRole.LEAD,
                User.deactivated_at.is_(None),
            )
            .options(load_only(User.name, User.email))
            .order_by(User.name, User.id)
        )
    )


def only_lead_of(memberships: list[Membership]) -> list[str]:
    """Names of the organisations among these memberships of one person that nobody else leads."""
    led = {each.organisation_id: each.organisation.name for each in memberships if each.organisation and each.role == PartnerRole.LEAD}
    if not led:
        return []
    others = _present_leads().where(Membership.organisation_id.in_(led), Membership.user_id != memberships[0].user_id)
    shared = set(db.session.scalars(others.with_only_columns(Membership.organisation_id)))
    return sorted(name for organisation, name in led.items() if organisation not in shared)


def _present_leads() -> Select[Membership]:
    """Leads who may sign in."""
    present = (Membership.ended_at.is_(None), Membership.role == PartnerRole.LEAD, User.deactivated_at.is_(None))
    return select(Membership).join(Membership.user).where(*present)


def has_other_lead(organisation_id: UUID, user_id: UUID) -> bool:
    """Does anybody besides this person lead the organisation?"""
    statement = _present_leads().where(Membership.organisation_id == organisation_id, Membership.user_id != user_id).limit(1)
    return db.session.scalars(statement).first() is not None


def programmes_to_view() -> list[Programme]:
    """Programmes that can be agreed with a viewer, by name."""
    return list(db.session.scalars(select(Programme).order_by(Programme.name)))


# Links


def open_invitations(person: Person, organisation_id: UUID | None) -> list[Invitation]:
    """Invitations that wait for an answer or ran out unanswered: to an organisation, or (none) to the office and as viewers."""
    statement = (
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.role != "",  # those are nobody's invitation: an account was asked for
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            allowed(person, "invitation.view", Invitation),
        )
        .order_by(Invitation.created_at.desc())
        .limit(200)
    )
    return list(db.session.scalars(statement))


def invitation_by(token: str, now: datetime) -> Invitation | None:
    """The invitation whose link this is, while it can be accepted."""
    statement = (
        select(Invitation)
        .where(
            Invitation.token_hash == hash_of(token),
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .options(joinedload(Invitation.organisation))
    )
    return db.session.scalars(statement).one_or_none()


def link_by(token: str, kinds: tuple[str, ...], now: datetime) -> EmailToken | None:
    """The link sent by e-mail that this is, while it can be used."""
    statement = (
        select(EmailToken)
        .join(User, and_(User.id == EmailToken.user_id, User.deactivated_at.is_(None)))
        .where(
            EmailToken.token_hash == hash_of(token), EmailToken.kind.in_(kinds), EmailToken.used_at.is_(None), EmailToken.expires_at > now
        )
    )
    return db.session.scalars(statement).one_or_none()
