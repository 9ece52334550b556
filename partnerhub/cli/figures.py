"""Figures in and out: import them from a file, print the summary of a programme."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask import current_app

from partnerhub.actions.observations import Imported, import_observations
from partnerhub.cli import Stop, command, hub
from partnerhub.documents.summary_page import drawn
from partnerhub.models import Programme
from partnerhub.queries import summaries as queries
from partnerhub.rules import periods
from partnerhub.rules.periods import Period
from partnerhub.rules.policy import HUB
from partnerhub.web.summaries import FILES


@hub.group("import")
def bring_in() -> None:
    """Bring in what is kept elsewhere."""


@command(bring_in, "observations")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", default="", help="Where the figures come from, in words; receipts say it.")
@click.option("--totals-only", is_flag=True, help="Take only the printed totals; the quarters come from returns.")
def import_file(file: Path, source: str, totals_only: bool) -> None:
    """Import the figures of FILE, a CSV file: all of them, or none if any row is wrong.

    Columns: service, provider, financial_year, column (Q1 to Q4 or printed_total), indicator, unit, value.
    """
    told = import_observations(None, file.read_bytes(), file.name, source=source, totals_only=totals_only, by=HUB)
    click.echo(_said(told, file.name))


def _said(told: Imported, name: str) -> str:
    left_out = f" {told.left_out} figures of quarters were left out." if told.left_out else ""
    if not told.added + told.restated:
        return f"Nothing changed: the {told.unchanged} figures of {name} were there already.{left_out}"
    return f"{name}: {told.added} figures added, {told.restated} restated, {told.unchanged} were there already.{left_out}"


@command(hub, "summary")
@click.argument("programme")
@click.option(
    "--period", "label", default="", help="2022-23, 2022-23 Q1, 12 months to 2022-23 Q3; without it the newest year with figures."
)
@click.option("--format", "kind", type=click.Choice(["html", *sorted(FILES)]), default="html", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of standard output.")
def summary(programme: str, label: str, kind: str, output: Path | None) -> None:
    """Print the summary of PROGRAMME (its short name or id) for a period, provisional figures marked."""
    found = queries.programme_named(programme)
    if found is None:
        raise Stop(f"There is no programme “{programme}”. There are: {', '.join(queries.programme_names()) or 'none yet'}.")
    period = periods.parse(label) if label else queries.newest_year(queries.offered(found.id, provisional=True))
    if not queries.figures(queries.agreements_of(found.id), period, provisional=True).observations:
        click.echo(f"partnerhub: There are no figures for {period.label}.", err=True)
    written = _page(found, period) if kind == "html" else FILES[kind](queries.summary_of(found, period.label, provisional=True))
    content = written.encode() if isinstance(written, str) else written
    if output is not None:
        output.write_bytes(content)
    elif isinstance(written, bytes) and sys.stdout.isatty():
        raise Stop(f"A {kind} file is not for the screen: give its name with -o.")
    else:
        sys.stdout.buffer.write(content)


def _page(programme: Programme, period: Period) -> str:
    """The page alone, with links to the hub; without styles, so that it needs no server to be read."""
    agreements = queries.agreements_of(programme.id)
    figures = queries.figures(agreements, period, provisional=True)
    found = queries.summarised(programme, period, figures)
    return current_app.jinja_env.get_template("summaries/alone.html").render(
        summary=found,
        drawn=drawn(found, queries.aims_of(agreements, figures.late)),
        hub_at=current_app.config["HUB"].public_url.rstrip("/"),
    )
