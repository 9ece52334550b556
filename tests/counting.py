"""How many SQL statements a page needs, and that the number does not grow with what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from partnerhub.extensions import db
from tests.browser import Browser

MOST = 12
NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")


class Statement(str):
    """What was sent to the database, and with which values."""

    values: Any

    def plan(self) -> str:
        """How the database goes about it."""
        explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
        return " ".join(map(str, db.session.connection().exec_driver_sql(explain + self, self.values)))


@contextmanager
def statements() -> Iterator[list[Statement]]:
    """Inside, every statement sent to the database is noted."""
    sent: list[Statement] = []

    def note(connection, cursor, statement, parameters, context, executemany) -> None:
        if not statement.lstrip().upper().startswith(NOT_COUNTED):
            noted = Statement(statement)
            noted.values = parameters
            sent.append(noted)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def needed(browser: Browser, path: str) -> list[Statement]:
    """The statements of one page, which must be there."""
    browser.get(path)  # what is kept in memory is kept now
    with statements() as sent:
        response = browser.get(path)
    assert response.status_code == 200, f"{path} answers {response.status_code}"
    return sent


def assert_steady(browser: Browser, path: str, more: Callable[[], object]) -> None:
    """The page needs as many statements after `more` rows were made as before, and never more than twelve."""
    before = needed(browser, path)
    more()
    after = needed(browser, path)
    told = "\n".join(after)
    assert len(after) <= MOST, f"{len(after)} statements:\n{told}"
    assert len(after) == len(before), f"{len(before)} statements became {len(after)}:\n{told}"
