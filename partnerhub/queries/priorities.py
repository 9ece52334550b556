"""Questions about priorities: the dated lists that answers may name."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from partnerhub.extensions import db
from partnerhub.models import Priority
from partnerhub.rules.question_types import Choice

PREFIX = "priorities."  # “priorities.people_zones” is a list of reference data for forms


def every_priority() -> list[Priority]:
    """All of them, list by list, in their order, the older before the newer."""
    return list(
        db.session.scalars(
            select(Priority)
            .options(joinedload(Priority.district))
            .order_by(Priority.scheme, Priority.position, Priority.starts, Priority.label, Priority.id)
        )
    )


def in_force(scheme: str, on: date) -> tuple[Choice, ...]:
    """What may be named of a list on a day."""
    rows = db.session.execute(
        select(Priority.key, Priority.label)
        .where(Priority.scheme == scheme, Priority.starts <= on, or_(Priority.ends.is_(None), Priority.ends >= on))
        .order_by(Priority.position, Priority.label, Priority.id)
    )
    return tuple(Choice(row.key, row.label) for row in rows)
