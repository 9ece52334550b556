"""What is asked of the server: each page as its reader sends for it, the floor it is compared with, and the goal."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import delete, insert, select

from benchmarks import form, office
from benchmarks.floors import ANEW
from benchmarks.office import Office
from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import Answer, MonitoringReturn, UserSession
from partnerhub.queries.people import hash_of
from partnerhub.rules import periods

HOST = "hub.example"
CONNECTIONS = 16


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in (or a stranger): what their browser sends with everything."""

    cookie: str = ""
    csrf_token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Host": HOST} | ({"Cookie": self.cookie} if self.cookie else {})


@dataclass(frozen=True)
class Measured:
    """One line of the table. `asks` gives the plan of each connection; `goal` is the least share of the floor's throughput."""

    name: str
    goal: float | None
    example: str  # an address, for the size of the page and its statements
    visitor: Visitor
    asks: Callable[[], list[dict[str, Any]]]
    saves: bool = False


def visitors(app: Flask, made: Office) -> tuple[list[Visitor], Visitor]:
    """Leads of as many providers as there are connections, and an officer: all freshly signed in."""
    people = [(office.lead(number % made.programmes, number // made.programmes % office.PROVIDERS)) for number in range(CONNECTIONS)]
    with app.app_context():
        db.session.execute(delete(UserSession))
        signed_in = [_sign_in(app, person) for person in (*people, office.OFFICER)]
        db.session.commit()
    return signed_in[:-1], signed_in[-1]


def _sign_in(app: Flask, person: Any) -> Visitor:
    """A session as signing in makes it, without the cost of hashing the password."""
    token, raw, now = secrets.token_urlsafe(32), secrets.token_hex(20), clock.now()
    db.session.execute(
        insert(UserSession), [{"token_hash": hash_of(token), "user_id": person, "created_at": now, "last_seen_at": now, "browser": ""}]
    )
    signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = signer.dumps({"_user_id": token, "_fresh": True, "csrf_token": raw})
    csrf_token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(raw)
    return Visitor(f"{app.config['SESSION_COOKIE_NAME']}={cookie}", str(csrf_token))


def years(made: Office) -> tuple[str, str]:
    """The last financial year with figures for each of its quarters, and the twelve months to the last quarter that was sent."""
    sent = made.quarters[-2]
    year = periods.year(periods.financial_year_of(sent.ends) - (0 if sent.label.endswith("Q4") else 1))
    return year.label, periods.twelve_months_to(sent).label


def measured(app: Flask, made: Office) -> list[Measured]:
    """Every page of the table, in order."""
    leads, officer = visitors(app, made)
    returns = [office.open_return(number % made.programmes, number // made.programmes % office.PROVIDERS) for number in range(CONNECTIONS)]
    year, rolling = years(made)

    def of_programmes(label: str, prefix: str = "") -> list[str]:
        return [
            f"{prefix}/programmes/{office.slug(each)}/summary?period={quote(label)}" for each in range(min(made.programmes, CONNECTIONS))
        ]

    def by_officer(name: str, goal: float | None, paths: list[str]) -> Measured:
        asks = [reader(officer, [*paths[number % len(paths) :], *paths[: number % len(paths)]]) for number in range(CONNECTIONS)]
        return Measured(name, goal, paths[0], officer, lambda: asks)

    def by_leads(name: str, goal: float, path: Callable[[Any], str]) -> Measured:
        asks = [reader(lead, [path(each)]) for lead, each in zip(leads, returns, strict=True)]
        return Measured(name, goal, path(returns[0]), leads[0], lambda: asks)

    return [
        Measured("sign-in page", 0.2, "/sign-in", Visitor(), lambda: [reader(Visitor(), ["/sign-in"])] * CONNECTIONS),
        by_leads("provider home", 0.2, lambda each: "/"),
        by_leads("return section of 150 cells", 0.1, lambda each: f"/returns/{each}/sections/{form.SECTION}"),
        _saving(app, leads, returns),
        by_officer("officer's list", 0.2, ["/returns"]),
        by_officer("summary, year", 0.1, of_programmes(year)),
        by_officer("summary, rolling twelve months", 0.1, of_programmes(rolling)),
        by_officer("summary, year, nothing kept", 0.1, of_programmes(year, ANEW)),
        by_officer("summary, rolling, nothing kept", 0.1, of_programmes(rolling, ANEW)),
    ]


def reader(visitor: Visitor, paths: list[str]) -> dict[str, Any]:
    head = "".join(f"{name}: {value}\r\n" for name, value in visitor.headers.items())
    return {"kind": "reader", "requests": [f"GET {path} HTTP/1.1\r\n{head}\r\n" for path in paths]}


def saving_head(path: str, visitor: Visitor) -> str:
    """Everything of a save but its length and body."""
    headers = visitor.headers | {
        "HX-Request": "true",
        "Origin": f"https://{HOST}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def _saving(app: Flask, leads: list[Visitor], returns: list[Any]) -> Measured:
    """Each connection types into the return of its own provider, cell after cell, from the revisions that are stored when it begins."""
    path = f"/returns/{{}}/answers?section={form.SECTION}"

    def asks() -> list[dict[str, Any]]:
        cells = _cells_of(app, returns)
        return [
            {"kind": "typist", "head": saving_head(path.format(each), lead), "token": lead.csrf_token, "cells": cells[each]}
            for lead, each in zip(leads, returns, strict=True)
        ]

    return Measured("save one answer", 0.4, path.format(returns[0]), leads[0], asks, saves=True)


def _cells_of(app: Flask, returns: list[Any]) -> dict[Any, list[tuple[str, str, int, int]]]:
    """What is stored now of each return: (question, cell, value, revision)."""
    found: dict[Any, list[tuple[str, str, int, int]]] = {each: [] for each in returns}
    with app.app_context():
        rows = db.session.execute(
            select(MonitoringReturn.id, Answer.question_key, Answer.cell, Answer.value, Answer.revision)
            .join(Answer, Answer.submission_id == MonitoringReturn.submission_id)
            .where(MonitoringReturn.id.in_(returns))
            .order_by(Answer.question_key, Answer.cell)
        )
        for row in rows:
            found[row[0]].append((row[1], row[2], row[3], row[4]))
        db.session.rollback()
    return found
