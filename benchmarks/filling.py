"""Puts the generated office into a migrated database, as fast as the database takes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from benchmarks.office import Office, Row, rows
from partnerhub import create_app
from partnerhub.extensions import Base, db
from partnerhub.models import Programme, ReportingPeriod

AT_ONCE = 20_000  # rows kept in memory for each table


def application(database_url: str, folder: Path) -> Flask:
    """The hub over this database, in production's settings as far as they go without a proxy."""
    return create_app(settings(database_url, folder))


def settings(database_url: str, folder: Path) -> dict[str, str]:
    return {
        "HUB_ENV": "production",
        "SECRET_KEY": "of the benchmarks only, and worth nothing anywhere else",
        "PUBLIC_URL": "https://hub.example",
        "DATABASE_URL": database_url,
        "INSTANCE_FOLDER": str(folder),
        "OFFICE_TELEPHONE": "0116 555 0199",
        "OFFICE_EMAIL": "grants@hub.example",
        "MAIL_FROM": "no-reply@hub.example",
        "SMTP_HOST": "mail.hub.example",  # nothing is sent: no worker runs
    }


def fill(database_url: str, office: Office, folder: Path) -> None:
    """A new database with the whole office in it. An existing one of that name is thrown away."""
    _anew(database_url)
    app = application(database_url, folder)
    with app.app_context():
        upgrade()
        url = db.engine.url
        db.session.remove()
        db.engine.dispose()
    (_fill_sqlite if url.drivername == "sqlite" else _fill_postgres)(url, office)


def is_there(database_url: str, office: Office, folder: Path) -> bool:
    """Whether the database holds this office already (an office of another quarter is another one)."""
    if database_url.startswith("sqlite") and not Path(database_url.removeprefix("sqlite:///")).exists():
        return False
    app = application(database_url, folder)
    with app.app_context():
        try:
            newest = db.session.scalar(select(ReportingPeriod.label).order_by(ReportingPeriod.starts.desc()).limit(1))
            last = db.session.scalar(select(func.count()).select_from(Programme))
        except DBAPIError:
            return False
        finally:
            db.session.remove()
            db.engine.dispose()
    return (newest, last) == (office.quarters[-1].label, office.programmes)


def _anew(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        forget(database_url)
        Path(database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        return
    with closing(_server(database_url)) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{_name(database_url)}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{_name(database_url)}"'))


def forget(database_url: str) -> None:
    """Throw the database away."""
    if database_url.startswith("sqlite"):
        place = Path(database_url.removeprefix("sqlite:///"))
        for each in (place, place.with_name(place.name + "-wal"), place.with_name(place.name + "-shm")):
            each.unlink(missing_ok=True)
        return
    with closing(_server(database_url)) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{_name(database_url)}" WITH (FORCE)'))


def _name(database_url: str) -> str:
    return database_url.rpartition("/")[2]


def _server(database_url: str) -> Connection:
    server = database_url.replace("postgresql://", "postgresql+psycopg://").rpartition("/")[0]
    return create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool).connect()


# Both ways: the indexes of the largest table are made after its rows; rows go in packed by table, parents first.


def _fill_sqlite(url: Any, office: Office) -> None:
    import sqlite3

    with closing(sqlite3.connect(url.database, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        found = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'observation' AND sql IS NOT NULL"
        )
        indexes = found.fetchall()
        connection.execute("BEGIN")
        for name, _sql in indexes:
            connection.execute(f"DROP INDEX {name}")

        def write(table: str, columns: list[str], packed: list[tuple[Any, ...]]) -> None:
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", packed)

        _write_all(office, write, _for_sqlite)
        for _name, sql in indexes:
            connection.execute(sql)
        connection.execute("COMMIT")
        broken = connection.execute("PRAGMA foreign_key_check").fetchone() if office.programmes < 4 else None
        if broken:
            raise RuntimeError(f"a row without its parent: {broken}")


def _fill_postgres(url: Any, office: Office) -> None:
    import psycopg

    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'observation' AND indexname LIKE 'ix_%'"
        ).fetchall()
        with connection.transaction():
            for name, _sql in indexes:
                connection.execute(f"DROP INDEX {name}")

            def write(table: str, columns: list[str], packed: list[tuple[Any, ...]]) -> None:
                with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in packed:
                        copy.write_row(row)

            _write_all(office, write, _for_postgres)
            for _name, sql in indexes:
                connection.execute(sql)
            connection.execute("SELECT setval(pg_get_serial_sequence('reporting_period', 'id'), (SELECT max(id) FROM reporting_period))")
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _write_all(office: Office, write: Callable[[str, list[str], list[tuple[Any, ...]]], None], told: Callable[[Any], Any]) -> None:
    waiting: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = {}

    in_order = [each.name for each in Base.metadata.sorted_tables]

    def send() -> None:
        for table in in_order:
            columns, packed = waiting.get(table, ([], []))
            if packed:
                write(table, columns, packed)
                packed.clear()

    for table, row in _completed(rows(office)):
        if table not in waiting:
            waiting[table] = ([*row], [])
        packed = waiting[table][1]
        packed.append(tuple([told(each) if type(each) not in PLAIN else each for each in row.values()]))
        if len(packed) >= AT_ONCE:
            send()  # all tables, so that parents are there first
    send()


PLAIN = frozenset({int, str, type(None)})
ALWAYS = {"membership": ("organisation_id",)}


def _completed(every: Iterable[tuple[str, Row]]) -> Iterable[tuple[str, Row]]:
    """Rows of one table all have the same columns in the same order."""
    for table, row in every:
        yield table, row | {column: row.get(column) for column in ALWAYS.get(table, ())}


def _for_sqlite(value: Any) -> Any:
    """As the hub's column types write it."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict) else str(value) if isinstance(value, Enum) else value


def _for_postgres(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else str(value) if isinstance(value, Enum) else value
