"""Signing in and out; and the few things written beside the history: tries that are counted, when a session was last seen."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, func, select, update

from partnerhub.actions import passwords
from partnerhub.actions.doing import Deed, action, writing
from partnerhub.actions.unique import one_at_a_time
from partnerhub.extensions import db
from partnerhub.models.people import SignInFailure, User, UserSession
from partnerhub.queries.people import hash_of, open_account_of
from partnerhub.rules import readable
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.numbers import (
    LONGEST_DELAY_SECONDS,
    SESSION_LONGEST,
    THROTTLE_ACCOUNT,
    THROTTLE_ADDRESS,
    THROTTLE_MINUTES,
)
from partnerhub.rules.policy import Person

WRONG = "The e-mail address or the password is not right. Check both and try again, or ask for a new password."


class TooOften(BadAnswer):
    """Too many tries: says when to try again."""

    status = 429

    def __init__(self, why: str, until: datetime, now: datetime) -> None:
        self.seconds = max(1, round((until - now).total_seconds()))
        minutes = -(-self.seconds // 60)
        wait = f"{self.seconds} seconds" if self.seconds < 60 else readable.plural(minutes, "minute")
        super().__init__(f"{why} Wait {wait} (until {readable.clock_to_the_second(until)}), then try again.")


@action("person.sign_in")
def sign_in(
    user: User,
    proved: str | None,
    address: str,
    browser: str,
    *,
    by: Person,
    now: datetime,
    deed: Deed,
    better: str | None = None,
    instead_of: str = "",
) -> str:
    """A new session for the person whose password was right for `proved`, the hash read before; the token is its cookie.

    `better` is the same password kept with today's parameters; `instead_of` the session that this browser had.
    """
    if user.deactivated_at is not None or user.password_hash != proved:
        raise BadAnswer(WRONG)  # closed or changed while the password was being looked at
    if better is not None:
        user.password_hash = better
    take_tries_back(user.email, address)
    db.session.execute(delete(UserSession).where(UserSession.token_hash == hash_of(instead_of)))
    deed.actor_id = user.id
    return start_session(user.id, browser, now)


@action("person.sign_out")
def sign_out(user: User, token: str, *, by: Person, now: datetime) -> None:
    db.session.execute(delete(UserSession).where(UserSession.token_hash == hash_of(token), UserSession.user_id == user.id))


@action("person.end_sessions")
def sign_out_everywhere(user: User, *, by: Person, now: datetime) -> None:
    end_sessions_of(user.id)


def start_session(user_id: UUID, browser: str, now: datetime) -> str:
    """Only inside a write. Always a new token, whatever the browser held before."""
    token = secrets.token_urlsafe(32)
    db.session.add(UserSession(token_hash=hash_of(token), user_id=user_id, created_at=now, last_seen_at=now, browser=browser[:200]))
    return token


def end_sessions_of(user_id: UUID) -> None:
    """Only inside a write: every browser of this person is signed out with its next request."""
    db.session.execute(delete(UserSession).where(UserSession.user_id == user_id))


def note_seen(token: str, now: datetime) -> None:
    """The one thing written because somebody looked: when a session was last seen, coarsely."""
    with writing():
        db.session.execute(update(UserSession).where(UserSession.token_hash == hash_of(token)).values(last_seen_at=now))


# Tries


def check_password(email: str, password: str, address: str, known_device: bool, now: datetime) -> User:
    """The open account that address and password belong to. Same answer and same work for unknown, closed and wrong.

    The try is counted before the password is looked at, so that a hundred tries at once are a hundred tries.
    What follows a right one takes it back.
    """
    count_try(email, address, known_device, now)
    user = open_account_of(email)
    if not passwords.is_right(password, user.password_hash if user else None) or user is None:
        raise BadAnswer(WRONG)
    return user


def confirm_password(user: User, password: str, address: str, known_device: bool, now: datetime) -> None:
    """That somebody signed in still knows their password; counted as a try to sign in."""
    count_try(user.email, address, known_device, now)
    if not passwords.is_right(password, user.password_hash):
        raise BadAnswer("This is not your password")


def take_tries_back(email: str, address: str) -> None:
    """Only inside a write: whoever knew the password is no guesser."""
    mine = (SignInFailure.account_hash == trace_of("account", email), SignInFailure.address_hash == trace_of("address", _network(address)))
    db.session.execute(delete(SignInFailure).where(*mine))


def count_try(account: str, address: str, known_device: bool, now: datetime) -> None:
    """Count one try, or refuse it (uncounted) where there were too many.

    Per account and address, and per address: a fixed window. Per account from anywhere: a growing delay, only for devices that never
    signed in to it, so that nobody can lock out somebody else.
    """
    who, where = trace_of("account", account), trace_of("address", _network(address))
    with writing():
        one_at_a_time(who)
        until = _refused_until(who, where, known_device, now)
        if until is not None:
            raise until
        db.session.add(SignInFailure(account_hash=who, address_hash=where, known_device=known_device, at=now))


def _refused_until(who: str, where: str, known_device: bool, now: datetime) -> TooOften | None:
    window, day = now - timedelta(minutes=THROTTLE_MINUTES), now - timedelta(days=1)
    at, here = SignInFailure.at, SignInFailure.address_hash == where
    from_here, first_here, strange, last_strange = db.session.execute(
        select(
            func.count().filter(here, at > window),
            func.min(at).filter(here, at > window),
            func.count().filter(SignInFailure.known_device.is_(False)),
            func.max(at).filter(SignInFailure.known_device.is_(False)),
        ).where(SignInFailure.account_hash == who, at > day)
    ).one()
    if from_here >= THROTTLE_ACCOUNT:
        return TooOften("There were too many tries for this e-mail address.", first_here + timedelta(minutes=THROTTLE_MINUTES), now)
    of_address, first = db.session.execute(select(func.count(), func.min(at)).where(here, at > window)).one()
    if of_address >= THROTTLE_ADDRESS:
        return TooOften("There were too many tries from your network.", first + timedelta(minutes=THROTTLE_MINUTES), now)
    if not known_device and strange >= THROTTLE_ACCOUNT:
        until = last_strange + timedelta(seconds=min(2 ** min(strange - THROTTLE_ACCOUNT + 1, 20), LONGEST_DELAY_SECONDS))
        if now < until:
            return TooOften("There were too many tries for this e-mail address.", until, now)
    return None


def trace_of(kind: str, value: str) -> str:
    """What is kept of an address: enough to count with, useless to anybody without the secret key."""
    return hmac.new(current_app.config["SECRET_KEY"].encode(), f"{kind}:{value}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _network(address: str) -> str:
    """One home or office: an IPv4 address, or the first 64 bits of an IPv6 one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Address(int(found) >> 64 << 64)) if isinstance(found, IPv6Address) else str(found)


def forget_sessions(now: datetime, failures_before: datetime) -> None:
    """Sessions too old to be used, and failures too old to be counted."""
    with writing():
        db.session.execute(delete(UserSession).where(UserSession.created_at < now - timedelta(hours=SESSION_LONGEST)))
        db.session.execute(delete(SignInFailure).where(SignInFailure.at < failures_before))
