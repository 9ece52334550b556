"""A browser without a screen: keeps cookies, sends CSRF tokens as real forms do, reads pages."""

from __future__ import annotations

import html
import re
import secrets
from typing import Any

from flask import Flask, g
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models.people import User, UserSession
from partnerhub.queries.people import hash_of

HTMX = {"HX-Request": "true"}


class Browser:
    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.raw = secrets.token_hex(20)
        with self.client.session_transaction() as session:
            session["csrf_token"] = self.raw

    @property
    def csrf_token(self) -> str:
        return URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(self.raw)

    def signed_in_as(self, user: User) -> Browser:
        """A session as signing in makes it, without the cost of hashing the password."""
        token = secrets.token_urlsafe(32)
        db.session.add(UserSession(token_hash=hash_of(token), user_id=user.id, created_at=clock.now(), last_seen_at=clock.now()))
        db.session.commit()
        with self.client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
        return self

    def get(self, path: str, *, htmx: bool = False, **rest: Any) -> TestResponse:
        _forget()
        return self.client.get(path, headers=HTMX if htmx else {}, buffered=True, **rest)  # read to its end and closed, as servers do

    def post(self, path: str, data: dict[str, Any] | None = None, *, htmx: bool = False, csrf: bool = True, **rest: Any) -> TestResponse:
        _forget()
        fields = dict(data or {})
        if csrf:
            fields.setdefault("csrf_token", self.csrf_token)
        return self.client.post(path, data=fields, headers=HTMX if htmx else {}, buffered=True, **rest)

    def sign(self, address: str, **fields: str) -> TestResponse:
        """Read the check page of something that is filled in, tick the declaration and press the button."""
        found = re.search(r'name="seen" value="([^"]*)"', self.get(f"{address}/check").text)
        return self.post(f"{address}/submit", {"declaration": "yes", "seen": found[1] if found else ""} | fields)


def _forget() -> None:
    """Each request begins afresh: a test's application context stays open, and would carry the person of the request before."""
    db.session.remove()
    for name in list(g):
        g.pop(name)


def words_of(response: TestResponse) -> str:
    """What a person reads on the page: tags away, entities read, spaces tidied."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
