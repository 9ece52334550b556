"""What a watcher is told: well, behind with its migrations, or without a database."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import text

from partnerhub import create_app
from partnerhub.extensions import db


@pytest.fixture
def never_migrated(app):
    """The database as it is before anybody has migrated it."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alembic_version RENAME TO put_away")
    yield
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE put_away RENAME TO alembic_version")


def test_a_migrated_hub_is_well(stranger):
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"database": "answers", "migrations": "current"})


def test_a_database_that_nobody_has_migrated_is_told(stranger, never_migrated):
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"database": "answers", "migrations": "behind"})


def test_a_database_that_is_away_is_told(tmp_path):
    away = create_app({"HUB_ENV": "test", "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/hub.db", "INSTANCE_FOLDER": str(tmp_path)})
    answer = away.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"database": "does not answer"})


def test_a_statement_that_fails_is_logged_without_what_people_typed(app, stranger, caplog, monkeypatch):
    typed = {"story": "zq-typed"}

    def failing() -> str:
        return db.session.scalar(text("SELECT story FROM nowhere WHERE story = :story"), typed)

    monkeypatch.setitem(app.view_functions, "public.privacy", failing)
    with caplog.at_level(logging.ERROR):
        assert stranger.get("/privacy").status_code in (500, 503)
    assert "SELECT story FROM nowhere" in caplog.text
    assert "zq-typed" not in caplog.text


def test_nobody_waits_for_a_lock_for_ever(app):
    """What happens then stands in test_locked.py."""
    asked, told = {"sqlite": ("PRAGMA busy_timeout", 10_000), "postgresql": ("SHOW lock_timeout", "10s")}[db.engine.dialect.name]
    db.engine.dispose()
    assert [db.session.scalar(text(asked)), db.session.rollback(), db.session.scalar(text(asked))] == [told, None, told]
