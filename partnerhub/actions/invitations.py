"""Invitations: a link by e-mail, bound to its address, good once and for three days; only its hash is kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from partnerhub.actions.assessment import set_aside
from partnerhub.actions.doing import Deed, action, writing
from partnerhub.actions.mail import link_to, put_mail, seldom
from partnerhub.actions.sessions import end_sessions_of, start_session, trace_of
from partnerhub.actions.unique import flush_or
from partnerhub.extensions import db
from partnerhub.models.applications import Application
from partnerhub.models.assessment import Assignment
from partnerhub.models.conditions import may
from partnerhub.models.organisations import Organisation
from partnerhub.models.people import Invitation, Membership, User
from partnerhub.queries.assessment import TO_MARK
from partnerhub.queries.joining import invited_since, is_known_only_to_itself
from partnerhub.queries.people import account_of, hash_of, person_of
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.numbers import INVITATION_HOURS, INVITATIONS_A_DAY, INVITATIONS_OF_NEW_A_DAY, SENT_AGAIN_AFTER_MINUTES
from partnerhub.rules.policy import Answer, Person
from partnerhub.rules.words import ROLE_LABELS, OfficeRole, PartnerRole

LABELS: Mapping[str, str] = {str(role): label for role, label in ROLE_LABELS.items()}
OVER = "This invitation has been used already, was withdrawn, or is too old. Nothing was changed. Ask whoever invited you for a new one."
CLOSED = "The account with this e-mail address is closed, so the invitation cannot be accepted. Call us, and we will sort it out."
NOT_YOURS = "This invitation is for another e-mail address than the one you are signed in with. Sign out first, then press the link again."


@action("organisation.invite")
def invite_to_organisation(
    organisation: Organisation, email: str, role: PartnerRole, *, by: Person, now: datetime, deed: Deed
) -> tuple[Invitation, str]:
    """The invitation, and its link for a command that shows it; pages never do."""
    belongs = (
        select(Membership.id)
        .join(Membership.user)
        .where(User.email == email, Membership.organisation_id == organisation.id, Membership.ended_at.is_(None))
    )
    if db.session.scalar(belongs) is not None:
        raise BadAnswer("This person belongs to the organisation already. You can change their role in the list of people.")
    _must_not_invite_too_many(organisation, by, now - timedelta(days=1))
    return _invite(email, role, by, now, deed, organisation=organisation)


@action("person.invite")
def invite_to_office(
    _nothing: None, email: str, role: OfficeRole, programme_id: UUID | None = None, *, by: Person, now: datetime, deed: Deed
) -> tuple[Invitation, str]:
    """To the office, or as a viewer of one programme."""
    return _invite(email, role, by, now, deed, programme_id=programme_id if role == OfficeRole.VIEWER else None)


@action("invitation.withdraw")
def withdraw(invitation: Invitation, *, by: Person, now: datetime) -> None:
    _must_be_open(invitation)
    invitation.withdrawn_at = now


@action("invitation.send_again")
def send_again(invitation: Invitation, *, by: Person, now: datetime) -> None:
    """A new link with a new three days; the old one stops working. Whoever sends it again answers for it from then on."""
    _must_be_open(invitation)
    if now < invitation.expires_at - timedelta(hours=INVITATION_HOURS) + timedelta(minutes=SENT_AGAIN_AFTER_MINUTES):
        raise NotNow(f"It was sent a moment ago. Wait {SENT_AGAIN_AFTER_MINUTES} minutes before you send it again.")
    invitation.invited_by_id = by.id
    token = _renew(invitation, now)
    _write_letter(invitation, db.session.get(Organisation, invitation.organisation_id) if invitation.organisation_id else None, token, now)


@action("invitation.accept")
def accept(
    invitation: Invitation, browser: str, name: str = "", kept: str | None = None, *, by: Person, now: datetime, deed: Deed
) -> tuple[User, str]:
    """By the signed-in person whose address it is; or by somebody new, with a name and (the hash of) a password.

    Gives back the person and the token of a new session: rights changed, so all earlier sessions end.
    """
    _use(invitation, now)
    _must_still_be_meant(invitation)
    user = _accepting(invitation, name, kept, by, now)
    deed.actor_id = user.id
    deed.details = {"role": invitation.role, "user": str(user.id)}
    give_role(user.id, invitation.role, now, organisation_id=invitation.organisation_id, programme_id=invitation.programme_id)
    end_sessions_of(user.id)
    return user, start_session(user.id, browser, now)


@action("person.ask_account")
def ask_account(_nothing: None, name: str, email: str, then: str = "", *, by: Person, now: datetime) -> None:
    """A letter with a link to an account of one's own; or, where the address has one already, a letter that says so.

    The same rows are written for both, so that nobody can tell from outside. `then` is the page they came from. The letter does not hold
    the name: whoever typed it may be anybody.
    """
    invitation = Invitation(email=email, name=name, role="", created_at=now)
    token = _renew(invitation, now)
    is_known = account_of(email) is not None
    new = put_mail(
        "account",
        trace_of("account", email),
        email,
        seldom(now),
        "account_known" if is_known else "account",
        now=now,
        expires_at=invitation.expires_at,
        link=link_to("people.accept", token=token, **({"next": then} if then else {})),
    )
    if new:
        _end_earlier(now, Invitation.email == email, Invitation.role == "")
        invitation.withdrawn_at = now if is_known else None
        db.session.add(invitation)


@action("person.create_account")
def create_account(
    invitation: Invitation, browser: str, name: str, kept: str, *, by: Person, now: datetime, deed: Deed
) -> tuple[User, str]:
    """By whoever holds the link that was asked for: an account that belongs nowhere yet, and the token of its first session."""
    if not invitation.is_asked_for:
        raise NotNow(OVER)
    _use(invitation, now)
    user = _accepting(invitation, name, kept, by, now)
    deed.about, deed.actor_id = user, user.id
    return user, start_session(user.id, browser, now)


def _use(invitation: Invitation, now: datetime) -> None:
    """Once and in time, or not at all."""
    unused = (
        Invitation.id == invitation.id,
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
        Invitation.token_hash == invitation.token_hash,
    )
    used = update(Invitation).where(*unused).values(used_at=now).returning(Invitation.id)
    if db.session.execute(used).first() is None:
        raise NotNow(OVER)


def _must_still_be_meant(invitation: Invitation) -> None:
    """An invitation is worth what its maker may still do: whoever was removed, or whose account was closed, lets nobody in any more."""
    if invitation.is_asked_for:
        raise NotNow(OVER)
    if invitation.invited_by_id is None:  # by the hub itself
        return
    maker = person_of(invitation.invited_by_id)
    deed = "organisation.invite" if invitation.organisation_id else "person.invite"
    if maker is None or may(maker, deed, invitation if invitation.organisation_id else None) is not Answer.YES:
        raise NotNow(OVER)


def _accepting(invitation: Invitation, name: str, kept: str | None, by: Person, now: datetime) -> User:
    user = account_of(invitation.email)
    if user is not None and user.deactivated_at is not None:
        raise NotNow(CLOSED)
    if by.is_signed_in and by.email != invitation.email:
        raise NotNow(NOT_YOURS)
    if user is not None and user.password_hash is not None:
        if by.id != user.id:
            raise NotNow("There is an account with this e-mail address. Sign in to it, then press the link again.")
        return user
    if kept is None:
        raise NotNow(OVER)
    if user is None:
        user = User(email=invitation.email, name=name, created_at=now)
        db.session.add(user)
    user.password_hash = kept
    flush_or(OVER)
    return user


def give_role(user_id: UUID, role: str, now: datetime, *, organisation_id: UUID | None = None, programme_id: UUID | None = None) -> None:
    """Only inside a write. In an organisation somebody holds one role: the new one takes the place of the old.

    Whoever comes to an applicant does not mark it any more.
    """
    held = select(Membership).where(
        Membership.user_id == user_id,
        Membership.organisation_id == organisation_id,
        Membership.programme_id == programme_id,
        Membership.ended_at.is_(None),
    )
    present = db.session.scalars(held).all()
    if any(each.role == role for each in present):
        return
    if organisation_id is not None and present:
        present[0].role = role
        return
    db.session.add(Membership(user_id=user_id, role=str(role), organisation_id=organisation_id, programme_id=programme_id, since=now))
    if organisation_id is not None:
        set_aside(user_id, organisation_id, now, Assignment.application.has(Application.status.in_(TO_MARK)))


def _must_not_invite_too_many(organisation: Organisation, by: Person, since: datetime) -> None:
    """In one organisation; and whoever invites to their own, in all of them together."""
    is_own = organisation.id in by.organisations
    most = INVITATIONS_OF_NEW_A_DAY if is_own and is_known_only_to_itself(organisation.id) else INVITATIONS_A_DAY
    if invited_since(since, organisation_id=organisation.id) >= most:
        raise BadAnswer(f"{most} people have been invited within a day. Invite the others tomorrow, or call us.")
    if is_own and invited_since(since, invited_by_id=by.id) >= most:
        raise BadAnswer(f"You have invited {most} people or more within a day. Invite the others tomorrow, or call us.")


def _invite(
    email: str, role: str, by: Person, now: datetime, deed: Deed, organisation: Organisation | None = None, **rest: Any
) -> tuple[Invitation, str]:
    """An earlier invitation of the same address to the same place stops working."""
    place = Invitation.organisation_id == (organisation.id if organisation else None)
    earlier = (Invitation.email == email, place, Invitation.role != "")
    if organisation is None:
        earlier = (*earlier, Invitation.role == str(role))
    _end_earlier(now, *earlier)
    invitation = Invitation(
        email=email, role=str(role), organisation_id=organisation.id if organisation else None, invited_by_id=by.id, created_at=now, **rest
    )
    token = _renew(invitation, now)
    db.session.add(invitation)
    db.session.flush()
    _write_letter(invitation, organisation, token, now)
    deed.about = invitation
    deed.details, deed.personal = {"role": str(role)}, {"email": email}
    return invitation, link_to("people.accept", token=token)


def _end_earlier(now: datetime, *which: Any) -> None:
    """Links that were not used yet stop working."""
    unused = (*which, Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None))
    db.session.execute(update(Invitation).where(*unused).values(withdrawn_at=now))


def _renew(invitation: Invitation, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(token)
    invitation.expires_at = now + timedelta(hours=INVITATION_HOURS)
    return token


def _write_letter(invitation: Invitation, organisation: Organisation | None, token: str, now: datetime) -> None:
    put_mail(
        "invitation",
        str(invitation.id),
        invitation.email,
        now.isoformat(),
        "invitation",
        now=now,
        expires_at=invitation.expires_at,
        organisation=organisation.name if organisation else "",
        role=LABELS[invitation.role].lower(),
        link=link_to("people.accept", token=token),
    )


def forget_asked_for(before: datetime) -> None:
    """Links to an account that nobody made of them, with the names and addresses that were typed."""
    with writing():
        old = (Invitation.role == "", Invitation.used_at.is_(None), Invitation.expires_at < before)
        db.session.execute(delete(Invitation).where(*old))


def _must_be_open(invitation: Invitation) -> None:
    if invitation.is_asked_for:
        raise NotNow("Nobody was invited here: somebody asked for an account. Nothing was changed.")
    if invitation.used_at is not None:
        raise NotNow("This invitation has been accepted already. Nothing was changed.")
    if invitation.withdrawn_at is not None:
        raise NotNow("This invitation has been withdrawn already. Nothing was changed.")
