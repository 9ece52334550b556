"""Signing in as people do, and reading the letters they get."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import inspect, select
from werkzeug.test import TestResponse

from partnerhub.actions.passwords import hashed
from partnerhub.extensions import db
from partnerhub.models import OutboxMail, User
from tests.browser import Browser

PASSWORD = "three odd words"


def with_password(user: User) -> User:
    user.password_hash = hashed(PASSWORD)
    db.session.commit()
    return user


def sign_in(browser: Browser, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
    """As the sign-in page does it; afterwards the browser knows the form token of its new session, as from a page it loaded."""
    answer = browser.post("/sign-in", {"email": email, "password": password, **fields})
    take_token(browser)
    return answer


def take_token(browser: Browser) -> None:
    with browser.client.session_transaction() as session:
        session["csrf_token"] = browser.raw


def cookie(browser: Browser) -> str:
    """What somebody could copy out of the browser, to use it later."""
    name = browser.app.config["SESSION_COOKIE_NAME"]
    return browser.client.get_cookie(name).value


def replayed(browser: Browser, value: str) -> Browser:
    """Another browser, with the copied cookie."""
    other = Browser(browser.app)
    other.client.set_cookie(browser.app.config["SESSION_COOKIE_NAME"], value)
    other.raw = browser.raw
    return other


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


def letters(kind: str = "") -> list[OutboxMail]:
    statement = select(OutboxMail).order_by(OutboxMail.created_at, OutboxMail.id).execution_options(populate_existing=True)
    return [each for each in db.session.scalars(statement) if not kind or each.kind == kind]


def path_in(letter: OutboxMail) -> str:
    """The path of the link that the letter holds."""
    return re.search(r"http://[^/\s]+(/(?:join|reset|confirm-email)/\S+)", letter.body)[1]


def link_to(recipient: str, kind: str) -> str:
    """The path of the link in the newest letter of this kind to this person."""
    return path_in([each for each in letters(kind) if each.recipient == recipient][-1])


def again(row: Any) -> Any:
    """The row as it stands in the database now."""
    return db.session.get(type(row), inspect(row).identity, populate_existing=True)
