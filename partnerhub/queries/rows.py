"""A page of a long list; plain rows, read without the session's machinery: a third of its cost, and every page asks several times."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import CursorResult, Executable, Select, func, select

from partnerhub.extensions import db

PAGE = 50


class Counted(NamedTuple):
    """One page of a list: which one it is, and how many there are on all of them."""

    found: list[Any]
    number: int
    total: int


def one_page(statement: Select[*tuple[Any, ...]], number: int) -> Counted:
    """What a statement finds, fifty to a page, objects where it asks for nothing else; the last page for a number beyond it."""
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    number = min(number, max(1, -(-total // PAGE)))
    found = db.session.execute(statement.limit(PAGE).offset((number - 1) * PAGE))
    return Counted(list(found.scalars() if len(statement.column_descriptions) == 1 else found), number, total)


def rows(statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """The rows of a statement that is written once and has its values filled in; objects not yet flushed are not seen."""
    return db.session.connection().execute(statement, values)
