"""What is done with reporting periods: made, and their due dates moved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update

from partnerhub.actions.doing import Deed, action
from partnerhub.actions.unique import insert_into
from partnerhub.extensions import db
from partnerhub.models import MonitoringReturn, ReportingPeriod
from partnerhub.queries.periods import following, labels_among
from partnerhub.rules import periods as calendar
from partnerhub.rules.numbers import RETURN_DUE_WORKING_DAYS
from partnerhub.rules.policy import Person


@action("period.create")
def make_periods(
    _: None, wanted: list[calendar.Period], working_days: int = RETURN_DUE_WORKING_DAYS, *, by: Person, now: datetime, deed: Deed
) -> list[ReportingPeriod]:
    """Those of the wanted periods that were not there yet; the others keep their due dates."""
    there = labels_among(each.label for each in wanted)
    missing = [each for each in wanted if each.label not in there]
    made = kept_periods(missing, working_days)
    deed.silent = not made
    if made:
        deed.about, deed.details = made[0], {"periods": [each.label for each in made], "working_days": working_days}
    return made


@action("period.change")
def change_due(period: ReportingPeriod, working_days: int, *, by: Person, now: datetime, deed: Deed) -> int:
    """Moves the due date, also of returns that were never sent; gives back how many those were. Who was given more time keeps it."""
    if working_days == period.due_working_days:
        deed.silent = True
        return 0
    were_due_then = following(period)
    period.due_working_days = working_days
    period.due_on = calendar.due_on(calendar.parse(period.label), working_days)
    follow = update(MonitoringReturn).where(*were_due_then).values(due_on=period.due_on).returning(MonitoringReturn.id)
    moved = len(db.session.scalars(follow.execution_options(synchronize_session=False)).all())
    deed.details = {"period": period.label, "working_days": working_days, "due_on": period.due_on.isoformat(), "returns": moved}
    return moved


def kept_periods(wanted: Iterable[calendar.Period], working_days: int = RETURN_DUE_WORKING_DAYS) -> list[ReportingPeriod]:
    """The rows of these periods, in order; those that were missing are made. Two people at once make each only once."""
    asked = list(wanted)
    if not asked:
        return []
    rows = [
        {
            "uuid": uuid4(),
            "label": each.label,
            "kind": each.kind,
            "starts": each.starts,
            "ends": each.ends,
            "due_working_days": working_days,
            "due_on": calendar.due_on(each, working_days),
        }
        for each in asked
    ]
    db.session.execute(insert_into(ReportingPeriod).values(rows).on_conflict_do_nothing(index_elements=["label"]))
    labels = [each.label for each in asked]
    return list(db.session.scalars(select(ReportingPeriod).where(ReportingPeriod.label.in_(labels)).order_by(ReportingPeriod.starts)))
