"""Reporting periods: the list by financial year, made a year at a time, their due dates moved."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import periods as actions
from partnerhub.documents import lists
from partnerhub.forms.periods import DueForm, MakeForm
from partnerhub.models import ReportingPeriod
from partnerhub.queries import periods as queries
from partnerhub.rules import periods as calendar
from partnerhub.rules import readable
from partnerhub.web.doors import me
from partnerhub.web.finding import find, require
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.respond import done, page

bp = Blueprint("periods", __name__)
TRIED = (10, 15, 20, 25, 30)  # numbers of working days for which the page says what day that would be


@bp.route("/periods", methods=["GET", "POST"])
def index() -> Response:
    """Every period by financial year; a year more at one press."""
    require("period.list")
    begins = queries.next_without_quarters(clock.today())
    form = MakeForm(begins)
    if form.validate_on_submit() and form.accepted(lambda: actions.make_periods(None, form.wanted(), form.working_days.data, by=me())):
        made = [each.label for each in form.result]
        return done(url_for(".index"), message=f"Made: {', '.join(made)}." if made else "Nothing was missing: they were there already.")
    return page("periods/index.html", form.status, form=form, years=queries.by_year(), next_year=calendar.year(begins))


@bp.get(f"/periods{FILE}")
def file(kind: str) -> Response:
    """The periods of the page as a file."""
    require("period.list")
    return list_file(kind, lists.PERIODS, [each for year in queries.by_year() for each in year.periods])


@bp.route("/periods/<uuid:period_id>/change", methods=["GET", "POST"])
def change(period_id: UUID) -> Response:
    """When the returns for a period are due, and which of them would follow."""
    period = find(ReportingPeriod, period_id, to="period.change", by="uuid")
    form = DueForm(obj=period)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.change_due(period, form.due_working_days.data, by=me(), expect=form.version.data), over=period
    ):
        moved = readable.plural(form.result, "return")
        return done(
            url_for(".index"),
            message=f"{period.label} is due on {readable.day_in_words(period.due_on)}. {moved} moved.",
        )
    ends = calendar.parse(period.label)
    tried = [(days, calendar.due_on(ends, days)) for days in TRIED]
    return page("periods/change.html", form.status, form=form, period=period, tried=tried, counts=queries.counts_of(period))
