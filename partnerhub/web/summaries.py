"""Summaries of programmes: the page, the same figures as files, and the receipt of every number."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.documents.summary_csv import summary_csv
from partnerhub.documents.summary_docx import summary_docx
from partnerhub.documents.summary_json import summary_json
from partnerhub.documents.summary_page import drawn
from partnerhub.documents.summary_pdf import summary_pdf
from partnerhub.documents.summary_xlsx import summary_xlsx
from partnerhub.models import MonitoringReturn, Programme, ServiceAgreement
from partnerhub.queries import receipts
from partnerhub.queries import summaries as queries
from partnerhub.queries.returns import IN_FULL
from partnerhub.queries.unchanged import Shelf, kept_by
from partnerhub.rules import periods
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.periods import Period
from partnerhub.rules.summary import Coverage, Summary, read_receipt
from partnerhub.web.finding import find
from partnerhub.web.furniture import may
from partnerhub.web.respond import download, page

bp = Blueprint("summaries", __name__)


PLACE = b"<!-- tables -->"  # where the page leaves room for them; what people type cannot look so, because it is escaped


@dataclass(frozen=True, slots=True)
class Drawing:
    """The part of a summary's page that does not depend on the reader: drawn for the first who asks, kept for all who see the same."""

    tables: bytes
    coverage: Coverage
    is_empty: bool
    offered: tuple[Period, ...]
    expected: tuple[Period, ...]


KEPT: Shelf[Drawing] = Shelf(room=96_000_000, size=lambda drawing: len(drawing.tables))


@bp.get("/programmes/<word:programme>/summary")
def show(programme: str) -> Response:
    """A programme's figures for a quarter, a year or twelve months."""
    found, provisional = _found(programme)
    period = _asked(found, provisional)
    key = kept_by(found.id, period.label, provisional, clock.today())
    drawing = KEPT.get(key, lambda: _drawing(found, period, provisional))
    answer = page(
        "summaries/show.html",
        programme=found,
        period=period,
        ways=_ways(period, drawing.offered),
        listed=periods.newest_first({period, *drawing.offered, *drawing.expected}),
        drawing=drawing,
        provisional=provisional,
    )
    answer.set_data(answer.get_data().replace(PLACE, drawing.tables, 1))
    return answer


def _found(name: str) -> tuple[Programme, bool]:
    """The programme with this slug or id, or 404; and whether this person sees provisional figures."""
    key, column = queries.key_of(name)
    found = find(Programme, key, to="summary.view", by=column)
    return found, may("summary.view_provisional", found)


def _asked(programme: Programme, provisional: bool) -> Period:
    asked = request.args.get("period", "").strip()
    return periods.parse(asked) if asked else queries.newest_year(queries.offered(programme.id, provisional=provisional))


def _drawing(programme: Programme, period: Period, provisional: bool) -> Drawing:
    agreements = queries.agreements_of(programme.id)
    figures = queries.figures(agreements, period, provisional=provisional)
    summary = queries.summarised(programme, period, figures)
    rows = drawn(summary, queries.aims_of(agreements, figures.late))
    return Drawing(
        tables=render_template("summaries/_tables.html", drawn=rows, receipts_at="/receipts/").encode(),
        coverage=summary.coverage,
        is_empty=not summary.lines,
        offered=queries.offered(programme.id, provisional=provisional),
        expected=queries.expected(programme.id),
    )


def _ways(period: Period, offered: tuple[Period, ...]) -> list[tuple[str, Period]]:
    """The other ways to look at these figures: by name and period. A quarter is the newest one of the period with figures."""
    columns = periods.columns_of(period)
    last = periods.on(periods.PeriodKind.QUARTER, columns[-1].starts)
    quarter = max((each for each in offered if each in columns and each.kind is last.kind), default=last)
    year = periods.on(periods.PeriodKind.YEAR, quarter.starts)
    return [("Quarter", quarter), ("Year", year), ("Rolling 12 months", periods.twelve_months_to(quarter))]


# The same figures as files.


def _as_json(summary: Summary) -> str:
    return json.dumps(summary_json(summary), ensure_ascii=False)


FILES: Mapping[str, Callable[[Summary], str | bytes]] = {
    "json": _as_json,
    "csv": summary_csv,
    "xlsx": summary_xlsx,
    "pdf": summary_pdf,
    "docx": summary_docx,
}


@bp.get("/programmes/<word:programme>/summary.<kind>")
def file(programme: str, kind: str) -> Response:
    """The lines of the page as a file."""
    if kind not in FILES:
        abort(404)
    found, provisional = _found(programme)
    period = _asked(found, provisional)
    content = FILES[kind](queries.summary_of(found, period.label, provisional=provisional))
    return download(content, f"{found.slug}-{period.slug}.{kind}")


# Where a number came from.


@bp.get("/receipts/<path:receipt>")
def receipt(receipt: str) -> Response:
    """What a number is made of: figures, returns, versions, who signed and approved, reasons, earlier values."""
    try:
        wanted = read_receipt(receipt)
    except BadAnswer:
        abort(404)
    agreement = find(ServiceAgreement, receipts.agreement_id(wanted), *receipts.IN_FULL, to="receipt.view")
    provisional = may("receipt.view_provisional", agreement)
    if wanted.category != receipts.ALL and not provisional:
        abort(404)  # no summary lists breakdowns: their numbers are small, and nothing hides them outside the office
    told = receipts.told(agreement, wanted, provisional=provisional)
    if not (told.is_for_everyone or may("summary.view", agreement)):
        abort(404)
    return page("summaries/receipt.html", agreement=agreement, told=told)


@bp.get("/returns/<uuid:return_id>/figures")
def figures_of_return(return_id: UUID) -> Response:
    """Where the figures of a sent return went: each with its receipt."""
    monitoring_return = find(MonitoringReturn, return_id, *IN_FULL, to="return.read")
    if monitoring_return.latest_version_id is None:
        abort(404)
    placed = receipts.placed(monitoring_return, provisional=may("receipt.view_provisional", monitoring_return))
    year = queries.newest_year([periods.parse(monitoring_return.period.label)])
    return page("summaries/figures.html", monitoring_return=monitoring_return, placed=placed, year=year)
