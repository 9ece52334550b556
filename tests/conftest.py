"""What every test stands on: the app over a real, freshly emptied database; people who sign in; a clock that moves."""

from __future__ import annotations

import gc
import os
import shutil
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine, event, inspect, text

from partnerhub import create_app
from partnerhub.extensions import db
from partnerhub.models import triggers
from partnerhub.models.people import User
from tests.browser import Browser
from tests.make import Make
from tests.sharing import ByFile, longest_first

settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # how fast it is says the machine
settings.load_profile("busy")


@event.listens_for(Engine, "connect")
def _wait_for_no_disk(connection: Any, _record: Any) -> None:
    """What a test writes need not outlive the machine; after the hub's own listener, which waits for the disk at every commit."""
    if type(connection).__module__.partition(".")[0] == "sqlite3":
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of this worker's own: SQLite in a temporary folder, or a new one on the server in TEST_DATABASE_URL."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'hub.db'}"
        return
    name = f"partnerhub_test_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    yield f"{server.rpartition('/')[0]}/{name}"
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app({"HUB_ENV": "test", "DATABASE_URL": database_url, "INSTANCE_FOLDER": str(tmp_path_factory.mktemp("instance"))})
    app.testing = False  # errors become the pages that people see
    with app.app_context():
        upgrade()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
            shutil.copy(db.engine.url.database, f"{db.engine.url.database}.empty")
        else:
            _triggers_of(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The app with an empty, migrated database and an application context."""
    with migrated_app.app_context():
        _empty()
        yield migrated_app
        db.session.remove()


def _empty() -> None:
    if db.engine.dialect.name == "sqlite":
        db.engine.dispose()
        place = Path(db.engine.url.database)
        for leftover in ("-wal", "-shm"):
            place.with_name(place.name + leftover).unlink(missing_ok=True)
        shutil.copy(f"{place}.empty", place)
        return
    with db.engine.begin() as connection:
        filled = connection.exec_driver_sql(_which_are_filled(db.engine)).scalars().all()
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # foreign keys and append-only triggers rest
        for table in filled:
            connection.exec_driver_sql(f'DELETE FROM "{table}"')
        if connection.exec_driver_sql(TRIGGERS).scalar() == _triggers_of(db.engine):
            connection.exec_driver_sql(triggers.FIRST_HEAD)
        else:
            triggers.install(connection)


TRIGGERS = "SELECT string_agg(pg_get_triggerdef(oid) || tgenabled::text, '; ' ORDER BY tgname) FROM pg_trigger WHERE NOT tgisinternal"


@cache
def _triggers_of(engine: Engine) -> str:
    """The triggers as they were before the first test; some tests take them away."""
    with engine.connect() as connection:
        return connection.exec_driver_sql(TRIGGERS).scalar_one()


@cache
def _which_are_filled(engine: Engine) -> str:
    """Asks for the tables that hold anything: most tests fill a few of many."""
    tables = [each for each in inspect(engine).get_table_names() if each != "alembic_version"]
    return " UNION ALL ".join(f"SELECT '{each}' WHERE EXISTS (SELECT 1 FROM \"{each}\")" for each in tables)


@pytest.fixture
def make(app: Flask) -> Make:
    """Builds rows."""
    return Make()


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """A browser in which nobody has signed in."""
    return Browser(app)


@pytest.fixture
def browser(app: Flask):
    """`browser(user)`: a browser in which `user` has signed in."""

    def signed_in(user: User) -> Browser:
        return Browser(app).signed_in_as(user)

    return signed_in


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # one of several workers
        longest_first(items)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector of garbage need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
