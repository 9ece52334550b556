"""What a browser holds of a person: the session's cookie, and for long the mark that somebody once signed in there."""

from __future__ import annotations

from dataclasses import dataclass, fields
from uuid import UUID

from flask import current_app, g, request, session
from flask_login import login_user
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from partnerhub.actions.sessions import trace_of
from partnerhub.queries.people import person_of
from partnerhub.rules.numbers import DEVICE_ACCOUNTS, DEVICE_KNOWN_DAYS
from partnerhub.rules.policy import STRANGER, Person

PROGRAMS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS X": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class Holder(Person):
    """The person of this request, with the token that their cookie will hold."""

    token: str = ""

    def get_id(self) -> str:
        return self.token


def let_in(user_id: UUID, token: str) -> None:
    """A fresh cookie for a fresh session: nothing of the stranger's stays in it, the form token neither."""
    session.clear()
    g.pop("csrf_token", None)
    person = person_of(user_id) or STRANGER  # closed at this very moment
    login_user(Holder(**{each.name: getattr(person, each.name) for each in fields(Person)}, token=token))


def forget() -> None:
    """The cookie of somebody who left."""
    session.clear()
    g.pop("csrf_token", None)


def token_of_session() -> str:
    return session.get("_user_id", "")


def address() -> str:
    return request.remote_addr or ""


def described() -> str:
    """“Firefox on Windows”, for the list of one's sessions."""
    told = request.user_agent.string
    program = next((name for mark, name in PROGRAMS.items() if mark in told), "A browser")
    system = next((name for mark, name in SYSTEMS.items() if mark in told), "")
    return f"{program} on {system}" if system else program


# Known devices


def _cookie() -> str:
    return "__Host-device" if current_app.config["HUB"].https else "device"


def _marks() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["HUB"].secret_key, salt="device")


def _known_here() -> list[str]:
    try:
        return [str(each) for each in _marks().loads(request.cookies.get(_cookie(), ""))]
    except (BadData, TypeError):
        return []


def is_known(email: str) -> bool:
    """Did somebody sign in to this account from this browser before?"""
    return trace_of("device", email)[:24] in _known_here()


def remember(response: Response, email: str) -> Response:
    """From now on this browser is known for the account."""
    mark = trace_of("device", email)[:24]
    marks = [mark, *(each for each in _known_here() if each != mark)][:DEVICE_ACCOUNTS]
    response.set_cookie(
        _cookie(),
        _marks().dumps(marks),
        max_age=DEVICE_KNOWN_DAYS * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["HUB"].https,
    )
    return response
