"""What happens to accounts and memberships. Whatever takes rights away, or changes how somebody signs in, ends their sessions."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm.attributes import flag_modified

from partnerhub.actions.doing import Deed, action, ask_again, writing
from partnerhub.actions.mail import NOBODY, link_to, put_mail, seldom
from partnerhub.actions.sessions import end_sessions_of, start_session, take_tries_back, trace_of
from partnerhub.actions.unique import flush_or
from partnerhub.extensions import db
from partnerhub.models.organisations import Organisation
from partnerhub.models.people import EmailToken, Membership, User
from partnerhub.queries.people import account_of, has_other_lead, hash_of, open_account_of
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.numbers import EMAIL_CHANGES_A_DAY, EMAIL_LINK_MINUTES
from partnerhub.rules.policy import Person
from partnerhub.rules.words import LinkKind, MailState, OfficeRole, PartnerRole

LINK_OVER = "This link has been used already, or it is too old. Nothing was changed. Ask for a new one."


# Oneself


@action("person.rename")
def rename(user: User, name: str, *, by: Person, now: datetime, deed: Deed) -> None:
    deed.silent = user.name == name
    deed.personal = {"before": user.name, "after": name}
    user.name = name


@action("person.change_password")
def change_password(user: User, kept: str, address: str, browser: str, *, by: Person, now: datetime) -> str:
    """`kept` is the new password's hash. Every session ends; the browser in use gets a new one, whose token is given back."""
    user.password_hash = kept
    take_tries_back(user.email, address)
    end_sessions_of(user.id)
    _end_links(user.id, LinkKind.RESET, now)
    put_mail("password_changed", str(user.id), user.email, now.isoformat(), "password_changed", now=now)
    return start_session(user.id, browser, now)


@action("person.ask_email_change")
def ask_email_change(user: User, new: str, address: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """One link to the old address and one to the new; the change happens when both were pressed.

    Whose account the new address may already be is told to nobody but its owner.
    """
    if new == user.email:
        raise BadAnswer("This is your e-mail address already")
    mine = (EmailToken.user_id == user.id, EmailToken.kind == LinkKind.EMAIL_NEW, EmailToken.created_at > now - timedelta(days=1))
    if (db.session.scalar(select(func.count()).where(*mine)) or 0) >= EMAIL_CHANGES_A_DAY:
        raise BadAnswer("You have asked for this too often today. Try again tomorrow, or call us.")
    take_tries_back(user.email, address)
    _end_links(user.id, LinkKind.EMAIL_OLD, now)
    _end_links(user.id, LinkKind.EMAIL_NEW, now)
    old_link, expires = _put_link(LinkKind.EMAIL_OLD, user.id, new, now)
    new_link, _ = _put_link(LinkKind.EMAIL_NEW, user.id, new, now)
    occasion = now.isoformat()
    put_mail("email_change", str(user.id), user.email, occasion, "email_change_old", now=now, expires_at=expires, link=old_link)
    if account_of(new) is None:
        put_mail("email_change", str(user.id), new, occasion, "email_change_new", now=now, expires_at=expires, link=new_link)
    else:
        put_mail("email_change", str(user.id), new, occasion, "email_change_taken", now=now, expires_at=expires)
    deed.personal = {"new": new}


@action("person.confirm_email_change")
def confirm_email_change(link: EmailToken, *, by: Person, now: datetime, deed: Deed) -> bool:
    """One of the two addresses agrees. True when it was the second, and the address is changed now."""
    _use(link, now)
    user = db.session.get_one(User, link.user_id, with_for_update=True)
    deed.about, deed.actor_id = user, user.id
    wanted = {LinkKind.EMAIL_OLD, LinkKind.EMAIL_NEW} - {link.kind}
    other = db.session.scalars(
        select(EmailToken).where(
            EmailToken.user_id == user.id,
            EmailToken.kind.in_(wanted),
            EmailToken.email == link.email,
            EmailToken.created_at == link.created_at,
        )
    ).one_or_none()
    if other is None or other.used_at is None:
        return False
    before, user.email = user.email, link.email
    flush_or("Another account uses this e-mail address by now. Nothing was changed. Call us, and we will sort it out.")
    deed.personal = {"before": before, "after": user.email}
    put_mail("email_changed", str(user.id), before, now.isoformat(), "email_changed", now=now)
    end_sessions_of(user.id)
    _end_links(user.id, LinkKind.RESET, now)
    return True


@action("person.ask_reset")
def ask_reset(_nothing: None, email: str, *, by: Person, now: datetime) -> None:
    """A link to the address, if it has an account. The same rows are written if it has none, but nothing is sent and nothing told."""
    user = open_account_of(email)
    about, recipient = trace_of("reset", email), user.email if user else NOBODY
    link, expires = _new_link(now)
    new = put_mail(
        "reset",
        about,
        recipient,
        seldom(now),
        "reset",
        now=now,
        expires_at=expires,
        state=MailState.WAITING if user else MailState.EXPIRED,
        link=link_to("people.reset", token=link),
    )
    if user is not None and new:
        _end_links(user.id, LinkKind.RESET, now)
        _keep_link(link, LinkKind.RESET, user.id, user.email, now, expires)


@action("person.reset_password")
def reset_password(link: EmailToken, kept: str, address: str, *, by: Person, now: datetime, deed: Deed) -> User:
    """A new password (its hash) for whoever holds the link; all sessions end."""
    _use(link, now)
    user = db.session.get_one(User, link.user_id, with_for_update=True)
    if user.deactivated_at is not None or user.email != link.email:
        raise NotNow(LINK_OVER)
    deed.about, deed.actor_id = user, user.id
    user.password_hash = kept
    take_tries_back(user.email, address)
    end_sessions_of(user.id)
    _end_links(user.id, LinkKind.RESET, now)
    put_mail("password_changed", str(user.id), user.email, now.isoformat(), "password_changed", now=now)
    return user


# Others


@action("person.deactivate")
def deactivate(user: User, *, by: Person, now: datetime, deed: Deed) -> None:
    deed.silent = user.deactivated_at is not None
    user.deactivated_at = user.deactivated_at or now
    end_sessions_of(user.id)
    for kind in LinkKind:
        _end_links(user.id, kind, now)
    ask_again("person.deactivate", by, user)


@action("person.reactivate")
def reactivate(user: User, *, by: Person, now: datetime, deed: Deed) -> None:
    deed.silent = user.deactivated_at is None
    user.deactivated_at = None


@action("person.change_roles")
def change_roles(user: User, roles: Collection[str], programmes: Collection[UUID], *, by: Person, now: datetime, deed: Deed) -> None:
    """From now on exactly these office roles, and a viewer of exactly these programmes."""
    held = db.session.scalars(
        select(Membership).where(Membership.user_id == user.id, Membership.organisation_id.is_(None), Membership.ended_at.is_(None))
    ).all()
    wanted = {(str(role), None) for role in roles} | {(OfficeRole.VIEWER.value, programme) for programme in programmes}
    before = {(each.role, each.programme_id): each for each in held}
    for each in before.keys() - wanted:
        before[each].ended_at = now
    for role, programme in sorted(wanted - before.keys(), key=str):
        db.session.add(Membership(user_id=user.id, role=role, programme_id=programme, since=now))
    deed.silent = wanted == before.keys()
    deed.details = {"roles": sorted(role for role, _ in wanted), "programmes": sorted(str(each) for each in programmes)}
    if not deed.silent:
        flag_modified(user, "name")  # so that the version counts on, and a colleague who decides on the old roles is told
        end_sessions_of(user.id)
    ask_again("person.change_roles", by, user)


@action("membership.change")
def change_membership(membership: Membership, role: PartnerRole, *, by: Person, now: datetime, deed: Deed) -> None:
    """Member becomes lead, lead becomes member; the only lead stays one, whoever asks."""
    _must_be_present(membership)
    place = _must_be_in_an_organisation(membership)
    deed.silent = membership.role == role
    if role != PartnerRole.LEAD:
        _must_leave_a_lead(membership, place)
    deed.details = {"before": membership.role, "after": role, "user": str(membership.user_id)}
    membership.role = role
    if not deed.silent:
        end_sessions_of(membership.user_id)


@action("membership.end")
def end_membership(membership: Membership, *, by: Person, now: datetime, deed: Deed) -> None:
    """Work belongs to the organisation and stays. The only lead cannot go, unless an administrator removes them."""
    _must_be_present(membership)
    place = _must_be_in_an_organisation(membership)
    if OfficeRole.ADMINISTRATOR not in by.office_roles:
        _must_leave_a_lead(membership, place)
    deed.details = {"role": membership.role, "user": str(membership.user_id)}
    membership.ended_at = now
    end_sessions_of(membership.user_id)


def _must_be_present(membership: Membership) -> None:
    if membership.ended_at is not None:
        raise NotNow("This person does not belong to the organisation any more. Nothing was changed.")


def _must_be_in_an_organisation(membership: Membership) -> UUID:
    if membership.organisation_id is None:
        raise NotNow("Roles at the office are changed by an administrator on the person's page. Nothing was changed.")
    return membership.organisation_id


def _must_leave_a_lead(membership: Membership, place: UUID) -> None:
    """Somebody must be able to send what is owed. Two leads who go, or demote each other, do so one after the other."""
    db.session.get(Organisation, place, with_for_update=True)
    if membership.role == PartnerRole.LEAD and not has_other_lead(place, membership.user_id):
        raise NotNow(
            "This is the only lead of the organisation, and only a lead can send its returns. Make somebody else a lead first, or call us."
        )


# Links sent by e-mail


def _new_link(now: datetime) -> tuple[str, datetime]:
    return secrets.token_urlsafe(32), now + timedelta(minutes=EMAIL_LINK_MINUTES)


def _keep_link(token: str, kind: LinkKind, user_id: UUID, email: str, now: datetime, expires: datetime) -> None:
    db.session.add(EmailToken(token_hash=hash_of(token), kind=kind, user_id=user_id, email=email, created_at=now, expires_at=expires))


def _put_link(kind: LinkKind, user_id: UUID, email: str, now: datetime) -> tuple[str, datetime]:
    """(the address to press, until when)."""
    token, expires = _new_link(now)
    _keep_link(token, kind, user_id, email, now, expires)
    return link_to("people.confirm_email", token=token), expires


def _use(link: EmailToken, now: datetime) -> None:
    """Once and in time, or not at all."""
    unused = (EmailToken.token_hash == link.token_hash, EmailToken.used_at.is_(None), EmailToken.expires_at > now)
    used = update(EmailToken).where(*unused).values(used_at=now).returning(EmailToken.token_hash)
    if db.session.execute(used).first() is None:
        raise NotNow(LINK_OVER)


def _end_links(user_id: UUID, kind: LinkKind, now: datetime) -> None:
    unused = (EmailToken.user_id == user_id, EmailToken.kind == kind, EmailToken.used_at.is_(None))
    db.session.execute(update(EmailToken).where(*unused).values(used_at=now))


def forget_links(before: datetime) -> None:
    """Links that ran out long ago."""
    with writing():
        db.session.execute(delete(EmailToken).where(EmailToken.expires_at < before))
