"""What is done with priorities: added, ended, loaded from files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select

from partnerhub.actions.doing import Deed, action
from partnerhub.actions.unique import flush_or
from partnerhub.extensions import db
from partnerhub.models import District, Priority
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.policy import Person
from partnerhub.rules.priorities import Line

KNOWN = "This list has such a priority from that day already."


@action("priority.add")
def add_priority(_: None, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> Priority:
    """One line more, at the end of its list."""
    _refuse_in_force(details)
    last = db.session.scalar(select(func.max(Priority.position)).where(Priority.scheme == details["scheme"])) or 0
    priority = Priority(**details, position=last + 1)
    db.session.add(priority)
    flush_or(KNOWN)
    deed.details = {"list": priority.scheme, "key": priority.key}
    return priority


@action("priority.end")
def end_priority(priority: Priority, ends: date, *, by: Person, now: datetime, deed: Deed) -> None:
    """From the day after `ends` no round that opens then offers it; what named it stays."""
    if ends < priority.starts:
        raise BadAnswer("The last day must not be before the first day.")
    deed.silent = priority.ends == ends
    priority.ends = ends
    deed.details = {"list": priority.scheme, "key": priority.key, "ends": ends.isoformat()}


@action("priority.load")
def load_priorities(_: None, lines: Iterable[Line], *, by: Person, now: datetime, deed: Deed) -> list[Priority]:
    """The lines of files that are not there yet; what staff changed since is left as it is."""
    there = {(each.scheme, each.key, each.starts) for each in db.session.scalars(select(Priority))}
    districts = set(db.session.scalars(select(District.code)))
    added = [
        Priority(
            scheme=line.scheme,
            key=line.key,
            label=line.label,
            district_code=line.district if line.district in districts else None,
            position=line.position,
            starts=line.starts,
            ends=line.ends,
        )
        for line in lines
        if (line.scheme, line.key, line.starts) not in there
    ]
    db.session.add_all(added)
    flush_or(KNOWN)
    deed.silent, deed.about = not added, added[0] if added else None
    deed.details = {"added": [f"{each.scheme}.{each.key}" for each in added]}
    return added


def _refuse_in_force(details: Mapping[str, Any]) -> None:
    """One key stands for one thing at a time."""
    same = select(Priority.id).where(Priority.scheme == details["scheme"], Priority.key == details["key"])
    overlap = or_(Priority.ends.is_(None), Priority.ends >= details["starts"])
    if db.session.scalar(same.where(overlap).limit(1)) is not None:
        raise BadAnswer("This priority is in its list already. End it before it begins anew.")
