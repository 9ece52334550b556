"""What may stand only once: two people at the same moment, of whom the second is told."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from partnerhub.extensions import Base, db
from partnerhub.rules.errors import BadAnswer

_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_into(model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do when the row is there already."""
    return _INSERT[db.session.get_bind().dialect.name](model)


def one_at_a_time(what: str) -> None:
    """Only inside a write: of those who look first and then write the same kind of thing, the next one looks when this one has written.

    SQLite's writers come one after the other anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        key = int(sha256(what.encode()).hexdigest()[:15], 16)
        db.session.execute(select(func.pg_advisory_xact_lock(key)))


def flush_or(sentence: str) -> None:
    """Send what was written so far to the database; `sentence` when somebody else was first with a name or number."""
    try:
        db.session.flush()
    except IntegrityError:
        raise BadAnswer(sentence) from None
