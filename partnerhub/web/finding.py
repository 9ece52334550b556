"""The one way from an address to a row: what you may not see does not exist."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar

from flask import abort
from sqlalchemy import Select, bindparam, select
from sqlalchemy.sql.base import ExecutableOption

from partnerhub.actions.doing import ask
from partnerhub.extensions import db
from partnerhub.models.conditions import may
from partnerhub.rules.policy import Answer
from partnerhub.web.doors import me

Row = TypeVar("Row")


def find(model: type[Row], identity: Any, *options: ExecutableOption, to: str, by: str = "id") -> Row:
    """The row, or 404: also for a person who may not do `to` with it."""
    found = db.session.execute(_one(model, by, options), {"identity": identity}).unique().scalar_one_or_none()
    if found is None or may(me(), to, found) is Answer.NO:
        abort(404)
    return found


@lru_cache(maxsize=128)
def _one(model: type[Row], by: str, options: tuple[ExecutableOption, ...]) -> Select[Any]:
    """The statement, built once for each page."""
    return select(model).where(getattr(model, by) == bindparam("identity")).options(*options)


def insist(action: str, thing: Any) -> None:
    """For what somebody may see: the refusal in words when they may not do this with it, or not now."""
    ask(action, me(), thing)


def require(action: str) -> None:
    """For pages about no row in particular: 404 for those who may not."""
    if may(me(), action) is Answer.NO:
        abort(404)
