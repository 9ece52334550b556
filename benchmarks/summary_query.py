"""How long the database needs for a summary: the hub's own statement beside the best one written by hand, and all the page reads."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import select

from benchmarks.office import Office, identity
from benchmarks.pages import years
from partnerhub.extensions import db
from partnerhub.models import ReportingPeriod
from partnerhub.queries import summaries
from partnerhub.rules import periods

PROGRAMMES = 10  # looked at in turn
TIMES = 200

BY_HAND = """
SELECT {agreement}, indicator_key, period_id, value, out_of, percent, status, not_applicable
FROM observation
WHERE service_id IN ({services}) AND period_id IN ({periods}) AND category = 'all' AND status IN ('approved', 'as_published', 'provisional')
"""


@dataclass(frozen=True)
class Timing:
    """Medians in milliseconds."""

    period: str
    rows: int
    by_hand: float
    statement: float  # the hub's statement for the same figures, sent and fetched as the hub does
    everything: float  # all statements of the summary, and their rows made ready for the rules

    @property
    def ratio(self) -> float:
        return self.statement / self.by_hand


def timings(app: Flask, office: Office) -> list[Timing]:
    """For the year and for the rolling twelve months."""
    with app.app_context():
        found = [_timing(office, label) for label in years(office)]
        db.session.remove()
    return found


def _timing(office: Office, label: str) -> Timing:
    period = periods.parse(label)
    wanted = select(ReportingPeriod.id).where(ReportingPeriod.starts >= period.starts, ReportingPeriod.ends <= period.ends)
    period_ids = list(db.session.scalars(wanted))
    programmes = range(min(office.programmes, PROGRAMMES))
    raw: Any = db.session.connection().connection.driver_connection
    took: dict[str, list[float]] = {"by hand": [], "statement": [], "everything": []}
    rows = 0
    for turn in range(TIMES):
        programme = programmes[turn % len(programmes)]
        services = [identity("service", programme, number) for number in range(2)]
        statement, values = _by_hand(db.engine.dialect.name, services, period_ids)
        first = _timed(took["by hand"], lambda: raw.cursor().execute(statement, values).fetchall())  # noqa: B023 (called at once)
        second = _timed(took["statement"], lambda: summaries.figure_rows(services, period_ids, summaries.INTERNAL))  # noqa: B023
        if sorted(map(str, first)) != sorted(map(str, second)):
            raise RuntimeError("the two statements give different figures")
        rows = len(first)
        _timed(
            took["everything"],
            lambda: summaries.figures(summaries.agreements_of(identity("programme", programme)), period, provisional=True),  # noqa: B023
        )
    half = {name: 1000 * median(each[len(programmes) :]) for name, each in took.items()}  # the first of each warm the caches
    return Timing(label, rows, half["by hand"], half["statement"], half["everything"])


def _by_hand(dialect: str, services: list[Any], period_ids: list[int]) -> tuple[str, list[Any]]:
    mark = "?" if dialect == "sqlite" else "%s"
    statement = BY_HAND.format(
        agreement="agreement_id" if dialect == "sqlite" else "agreement_id::text",
        services=", ".join([mark] * len(services)),
        periods=", ".join([mark] * len(period_ids)),
    )
    keys = [each.hex for each in services] if dialect == "sqlite" else services
    return statement, [*keys, *period_ids]


def _timed(into: list[float], function: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    result = function()
    into.append(time.perf_counter() - began)
    return result
