"""Questions about reporting periods: which there are, and what hangs on their due dates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import ColumnElement, func, select

from partnerhub.extensions import db
from partnerhub.models import MonitoringReturn, ReportingPeriod
from partnerhub.rules import periods as calendar
from partnerhub.rules.words import ReturnStatus


def labels_among(labels: Iterable[str]) -> set[str]:
    """Those of these labels whose periods there are."""
    return set(db.session.scalars(select(ReportingPeriod.label).where(ReportingPeriod.label.in_(list(labels)))))


def following(period: ReportingPeriod) -> tuple[ColumnElement[bool], ...]:
    """Which returns follow the period when its due date moves: never sent, and not given a date of their own."""
    return (
        MonitoringReturn.period_id == period.id,
        MonitoringReturn.due_on == period.due_on,
        MonitoringReturn.status.in_((ReturnStatus.DUE, ReturnStatus.DRAFT)),
        MonitoringReturn.first_submitted_on.is_(None),
        MonitoringReturn.award_id.is_(None),
    )


@dataclass(frozen=True, slots=True)
class Year:
    """A financial year and its periods in order."""

    label: str
    periods: list[tuple[ReportingPeriod, int]]  # with the number of returns drawn up for each


def by_year() -> list[Year]:
    """Every period, by financial year, the newest year first."""
    drawn = select(func.count()).where(MonitoringReturn.period_id == ReportingPeriod.id).scalar_subquery()
    rows = db.session.execute(select(ReportingPeriod, drawn).order_by(ReportingPeriod.starts.desc(), ReportingPeriod.ends.desc())).all()
    years = groupby(rows, key=lambda row: calendar.financial_year_of(row[0].starts))
    return [Year(calendar.year(begins).label, sorted(((row[0], row[1]) for row in group), key=_in_time)) for begins, group in years]


def _in_time(row: tuple[ReportingPeriod, int]) -> tuple[date, int]:
    """By their ends; the quarter before the year that ends with it."""
    return row[0].ends, -row[0].starts.toordinal()


def next_without_quarters(today: date) -> int:
    """The calendar year in which the first financial year begins, from this one on, that lacks quarters."""
    begins = calendar.financial_year_of(today)
    labels = [calendar.quarter(year, number).label for year in range(begins, begins + 10) for number in range(1, 5)]
    there = labels_among(labels)
    return next((year for year in range(begins, begins + 10) if calendar.quarter(year, 4).label not in there), begins)


def counts_of(period: ReportingPeriod) -> tuple[int, int]:
    """How many returns there are for a period, and how many of them follow its due date."""
    every = select(func.count()).where(MonitoringReturn.period_id == period.id).scalar_subquery()
    waiting = select(func.count()).where(*following(period)).scalar_subquery()
    row = db.session.execute(select(every, waiting)).one()
    return row[0], row[1]
