"""The database of an office as it was built: what has changed in it since, and the way back."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, event, insert, select

from partnerhub import models
from partnerhub.extensions import Base

assert models  # every table is known once the models are

# Written because somebody looked, or counted outside the history: no part of the office's business.
PASSING_COLUMNS = {("user_session", "last_seen_at")}
PASSING_TABLES = {"sign_in_failure"}
READS = ("SELECT", "PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SHOW")

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)

Fingerprint = dict[str, str]


class Keeper:
    """Remembers one state of the database, tells what differs from it, and brings it back."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.tables = list(Base.metadata.sorted_tables)
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.kept: Fingerprint = {}
        self.written: set[str] = set()  # tables named by statements that write
        self.memory = sqlite3.connect(":memory:", check_same_thread=False)
        self.witness: sqlite3.Connection | None = None  # sees whether other connections wrote
        self.untouched = -1  # what it saw when all was as it was kept
        self.place = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Inside, every statement that is no plain reading is noticed, so that fingerprints are taken only when they can differ."""
        event.listen(self.engine, "before_cursor_execute", self._note)
        self.witness = sqlite3.connect(self.place, isolation_level=None, check_same_thread=False) if self.place else None
        try:
            yield
        finally:
            event.remove(self.engine, "before_cursor_execute", self._note)
            if self.witness:
                self.witness.close()
                self.witness = None

    def _note(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(READS):
            named = WRITES.match(statement)
            self.written |= {named[1]} if named else {table.name for table in self.tables}

    @property
    def was_written(self) -> bool:
        return bool(self.written)

    def keep(self) -> None:
        """From now on this is the state to come back to."""
        if self.place is not None:
            self._copy(self.place, self.memory)
        else:
            with self.engine.connect() as connection:
                self.rows = {table.name: [dict(row) for row in connection.execute(select(table)).mappings()] for table in self.tables}
        self.kept = self.fingerprint()
        self.written.clear()

    def _copy(self, source: Path | sqlite3.Connection, to: Path | sqlite3.Connection) -> None:
        """Page by page, as a writer among others: connections that are open stay good."""
        ends = [each if isinstance(each, sqlite3.Connection) else sqlite3.connect(each, timeout=10) for each in (source, to)]
        if to is not self.memory:
            ends[1].execute("PRAGMA synchronous=OFF")
        ends[0].backup(ends[1])
        for end in ends:
            if end is not self.memory:
                end.close()

    def fingerprint(self, only: Collection[str] | None = None) -> Fingerprint:
        """A digest of each table's rows, or of some tables'."""
        with self.engine.connect() as connection:
            return {
                table.name: hashlib.sha256(
                    "\n".join(sorted(repr(tuple(row)) for row in connection.execute(_lasting(table)))).encode()
                ).hexdigest()
                for table in self.tables
                if table.name not in PASSING_TABLES and (only is None or table.name in only)
            }

    def changed(self) -> set[str]:
        """The tables that are not as they were kept. Costs nothing when nothing was sent to the database but questions."""
        return self.surely_changed(frozenset(self.written)) if self.written else set()

    def surely_changed(self, only: Collection[str] | None = None) -> set[str]:
        """The same, whatever was noticed."""
        now = self.fingerprint(only)
        return {name for name in now if now[name] != self.kept[name]}

    def left_behind(self) -> set[str]:
        """The tables that are not as they were kept, whatever was noticed. SQLite tells whether anybody wrote since they were put back."""
        if self.witness and self._version() == self.untouched:
            return set()
        now, left = self._version(), self.surely_changed()
        if not left:
            self.untouched = now
        return left

    def _version(self) -> int:
        return self.witness.execute("PRAGMA data_version").fetchone()[0] if self.witness else 0

    def restore(self, only: Collection[str] | None = None) -> None:
        """Everything as it was kept; or (where that is cheaper) these tables, when nothing else was written."""
        if self.place is not None:
            self._copy(self.memory, self.place)
        else:
            self._restore_rows({*(self.surely_changed() if only is None else only), *PASSING_TABLES})
        self.untouched = self._version()
        self.written.clear()

    def _restore_rows(self, names: set[str]) -> None:
        tables = [table for table in self.tables if table.name in names]
        with self.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # foreign keys and append-only triggers rest
            for table in tables:
                connection.execute(table.delete())
            for table in tables:
                if self.rows[table.name]:
                    connection.execute(insert(table), self.rows[table.name])


def _lasting(table: Table) -> Any:
    return select(*(column for column in table.columns if (table.name, column.name) not in PASSING_COLUMNS))
