"""What the server of the benchmarks serves: the hub, and beside it, in the same processes, bare Flask views to compare it with.

The bare views belong to an application of their own, so that nothing of the hub runs for them: no session, no policy, no headers.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask import Flask, request
from sqlalchemy import create_engine

from config import Settings
from partnerhub import create_app
from partnerhub.web import summaries

FLOOR = "/_floor"
ANEW = "/_anew"
TABLE = "floor_row"
MAKE_TABLE = f"CREATE TABLE IF NOT EXISTS {TABLE} (id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, cell TEXT, said TEXT, at TEXT)"
MAKE_TABLE_SQLITE = f"CREATE TABLE IF NOT EXISTS {TABLE} (id INTEGER PRIMARY KEY, cell TEXT, said TEXT, at TEXT)"
DROP_TABLE = f"DROP TABLE IF EXISTS {TABLE}"


def bare(settings: Settings) -> Flask:
    """A page that only sends so many bytes; a save that only inserts one row, durably, over a connection that stays open."""
    app = Flask("floor")
    engine = create_engine(settings.sqlalchemy_url)  # opened as the hub opens it: the same pragmas
    own = threading.local()
    insert = _insert_sqlite if engine.dialect.name == "sqlite" else _insert_postgres

    @app.get("/page/<int:size>")
    def page(size: int) -> str:
        return _body(size)

    @app.post("/row/<int:size>")
    def row(size: int) -> str:
        if not hasattr(own, "connection"):
            own.lent = engine.raw_connection()  # kept, or the pool would lend it to another thread
            own.connection = own.lent.driver_connection
        typed = next(each for each in request.form if each.startswith("a."))
        insert(own.connection, (typed, request.form[typed], datetime.now(UTC).isoformat()))
        return _body(size)

    return app


@cache
def _body(size: int) -> str:
    return "x" * size


def _insert_sqlite(connection: Any, values: tuple[str, str, str]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"INSERT INTO {TABLE} (cell, said, at) VALUES (?, ?, ?)", values)
    connection.execute("COMMIT")


def _insert_postgres(connection: Any, values: tuple[str, str, str]) -> None:
    if not connection.autocommit:
        connection.autocommit = True
    connection.execute(f"INSERT INTO {TABLE} (cell, said, at) VALUES (%s, %s, %s)", values)


Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def served() -> Wsgi:
    """`/_floor/…` is bare, `/_anew/…` is the hub with nothing kept from the request before, everything else the hub."""
    hub = create_app()
    floor = bare(hub.config["HUB"])
    gc.collect()
    gc.freeze()  # as wsgi.py does

    def door(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(FLOOR):
            environ["PATH_INFO"] = path.removeprefix(FLOOR)
            return floor(environ, start_response)
        if path.startswith(ANEW):
            environ["PATH_INFO"] = path.removeprefix(ANEW)
            summaries.KEPT.clear()
        return hub(environ, start_response)

    return door
