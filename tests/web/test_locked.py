"""Somebody else holds the database: readers read on, writers are told to come back, and nobody sees a trace."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from partnerhub import clock
from partnerhub.extensions import Base, db
from partnerhub.jobs.queue import queue_of
from partnerhub.models import UserSession
from tests.browser import words_of
from tests.signing_in import again


@pytest.fixture
def lead(make):
    return make.lead(make.organisation("Example Advocacy"), name="Lena Lead")


PATIENCE = {"sqlite": "PRAGMA busy_timeout=50", "postgresql": "SET lock_timeout=50"}
LOCK = {"sqlite": "BEGIN IMMEDIATE", "postgresql": f"LOCK TABLE {', '.join(Base.metadata.tables)} IN EXCLUSIVE MODE"}


@pytest.fixture(autouse=True)
def short_patience(app):
    """What takes ten seconds takes a twentieth of one."""
    patience = PATIENCE[db.engine.dialect.name]

    def impatient(connection, *_):
        connection.execute(patience)
        connection.commit()

    event.listen(db.engine, "checkout", impatient)
    yield
    event.remove(db.engine, "checkout", impatient)
    db.session.remove()
    db.engine.dispose()


@contextmanager
def locked():
    """As a long write of somebody else, or a copy being made, does."""
    with db.engine.connect() as connection:
        holder = connection.connection.driver_connection
        holder.execute(LOCK[db.engine.dialect.name])
        yield
        holder.rollback()


def test_whoever_writes_is_told_to_come_back_and_nothing_is_lost(browser, lead):
    signed_in = browser(lead)
    with locked():
        answer = signed_in.post("/account/name", {"name": "Another"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert again(lead).name == "Lena Lead"
    assert signed_in.post("/account/name", {"name": "Another"}).status_code == 303
    assert again(lead).name == "Another"


def test_whoever_only_reads_reads_on_though_their_session_cannot_be_marked_as_seen(browser, lead):
    with clock.at(clock.now() - timedelta(minutes=6)):
        signed_in = browser(lead)
    with locked():
        answer = signed_in.get("/account")
        assert answer.status_code == 200
        assert "Lena Lead" in words_of(answer)
    signed_in.get("/account")
    assert clock.now() - db.session.scalars(select(UserSession.last_seen_at)).one() < timedelta(minutes=1), "the next page marks it"


def test_work_in_the_background_waits_without_a_trace(app, caplog):
    queue = queue_of(app)
    with locked(), caplog.at_level(logging.WARNING):
        for task in list(queue._registry.periodic_tasks):
            queue.execute(task)
    assert "the database cannot be used, so work waits" in caplog.text
    assert "Traceback" not in caplog.text
