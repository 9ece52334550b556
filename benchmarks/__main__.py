"""`python -m benchmarks`: fills an office, serves it, measures it beside its floors, prints tables, and clears everything away."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from benchmarks import filling, floors, inside, measuring, report, summary_query
from benchmarks.office import FIGURES_OF_A_PROGRAMME, Office, sized
from benchmarks.pages import measured
from benchmarks.server import serving
from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.rules.periods import bank_holidays

ROOT = Path(__file__).parent.parent
SIZES = (90_000, 900_000, 9_000_000)
POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/partnerhub_benchmark"


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; 0 when everything was measured, whether or not the goals were met."""
    asked = _asked(arguments)
    folder = Path(asked.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    print(_machine(), flush=True)
    query_times: list[tuple[str, int, summary_query.Timing]] = []
    for database in asked.databases:
        for size in sorted({asked.size, *asked.scale}):
            office = sized(size, clock.today())
            url = _url(database, size, folder, asked.postgresql)
            try:
                _made(url, office, folder, keep=asked.keep)
                app = filling.application(url, folder)
                if size == asked.size and not asked.only_queries:
                    _pages(database, app, url, office, folder, asked)
                query_times += [(database, size, each) for each in summary_query.timings(app, office)]
                _closed(app)
            finally:
                if not asked.keep:
                    filling.forget(url)
    print(f"\n## The summary's query\n\n{report.queries(query_times)}\n")
    print(f"load average at the end: {os.getloadavg()[0]:.1f}")
    return 0


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", type=int, default=900_000, help=f"figures, a multiple of {FIGURES_OF_A_PROGRAMME:,} (%(default)s)")
    parser.add_argument("--scale", type=int, nargs="*", default=SIZES, help="sizes at which the summary's query is timed (%(default)s)")
    parser.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"), default=("sqlite", "postgresql"))
    parser.add_argument("--rounds", type=int, default=3, help="how often each page and its floor take turns (%(default)s)")
    parser.add_argument("--seconds", type=float, default=4, help="how long each is measured (%(default)s)")
    parser.add_argument("--pages", nargs="*", default=(), help="only pages in whose name one of these words stands")
    parser.add_argument("--only-queries", action="store_true", help="time the summary's query, serve nothing")
    parser.add_argument("--keep", action="store_true", help="keep the databases, and use those that are there")
    parser.add_argument("--folder", default=str(ROOT / "instance" / "benchmarks"), help="where SQLite's files go (%(default)s)")
    parser.add_argument("--postgresql", default=POSTGRESQL, help="the beginning of the address of PostgreSQL databases (%(default)s)")
    return parser.parse_args(arguments)


def _machine() -> str:
    busy = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    what = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    return f"{clock.now():%Y-%m-%d %H:%M} UTC, {what}\nload average before anything was started: {busy}"


def _url(database: str, size: int, folder: Path, postgresql: str) -> str:
    return f"sqlite:///{folder / f'office-{size}.db'}" if database == "sqlite" else f"{postgresql}_{size}"


def _made(url: str, office: Office, folder: Path, *, keep: bool) -> None:
    bank_holidays(office.today.year)  # a library that takes its time to load is not part of it
    if keep and filling.is_there(url, office, folder):
        return
    began = time.perf_counter()
    filling.fill(url, office, folder)
    print(f"{url.rpartition('/')[2]}: {office.observations:,} figures made in {time.perf_counter() - began:.0f} s", flush=True)


def _pages(database: str, app: Flask, url: str, office: Office, folder: Path, asked: argparse.Namespace) -> None:
    """Serve the office and print the tables about its pages."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(floors.MAKE_TABLE_SQLITE if database == "sqlite" else floors.MAKE_TABLE))
    pages = [each for each in measured(app, office) if not asked.pages or any(word in each.name for word in asked.pages)]
    statements = inside.statements(app, pages)
    with serving(filling.settings(url, folder), ROOT) as server:
        sizes = inside.first_visit(server)
        lines = measuring.lines(server, pages, asked.rounds, asked.seconds, _backends(app), ROOT)
    print(f"\n## {database}, {office.observations:,} figures\n\n{report.pages(lines, statements)}\n")
    print(f"load generator: {max(each.of('own_cpu', floor=True) for each in lines):.3f} ms of CPU for each request of a floor, at most\n")
    print(f"{report.elsewhere(lines)}\n\n{report.assets(sizes)}", flush=True)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(floors.DROP_TABLE))


def _backends(app: Flask) -> Callable[[], list[int]]:
    """The processes of PostgreSQL that serve this database (none for SQLite, which works inside the hub's own)."""

    def found() -> list[int]:
        with app.app_context(), db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                return []
            asked = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            return list(connection.scalars(asked))

    return found


def _closed(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
