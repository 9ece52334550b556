"""Serve, migrate, work: what keeps a hub up."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask_migrate import upgrade

from partnerhub.actions.places import put_districts, put_postcodes
from partnerhub.catalogue.office import districts, postcode_sectors
from partnerhub.cli import NOT_MIGRATED, Stop, command, hub, this_app
from partnerhub.queries.people import demonstration_accounts
from partnerhub.queries.shape import is_migrated

LAST_PORT = 65535
DEVELOPMENT = "Development mode: anybody who reaches this hub can read its mail at /development/mail."
DEMONSTRATION = """
Sign in with the password “demonstration only” as
  lead@lwa.example         a provider: fills in and sends a quarterly return
  officer@office.example   the office: reads and approves it, and sees the programme summary change
All accounts: .venv/bin/partnerhub accounts
"""


@command(hub, "serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT", type=click.IntRange(1, LAST_PORT))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1))
def serve(host: str, port: int, threads: int) -> None:
    """Serve the hub with the built-in server, and send its mail."""
    from partnerhub.jobs.embedded import working_beside

    app = this_app()
    _must_be_migrated()
    server = _bound(app, host, port, threads)
    click.echo(f"partnerhub answers at http://{host}:{port}  (Ctrl+C stops it)")
    settings = app.config["HUB"]
    if settings.hub_env == "development":
        click.echo(DEVELOPMENT)
    if settings.production:
        for warning in settings.warnings():
            click.echo(f"Not ready yet: {warning}.", err=True)
    if demonstration_accounts():
        click.echo(DEMONSTRATION)
    with working_beside(app):
        server.run()


def _bound(app: Flask, host: str, port: int, threads: int) -> Any:
    from waitress import create_server

    alone = app.config["HUB"].proxies == 0  # else ProxyFix must see what the proxies say, of which it believes as many as were set
    try:
        return create_server(app, host=host, port=port, threads=threads, ident="partnerhub", clear_untrusted_proxy_headers=alone)
    except ValueError:
        raise Stop(f"{host} is not an address of this machine") from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise Stop(f"Port {port} is in use: try PORT={port + 1 if port < LAST_PORT else port - 1}") from None


def _must_be_migrated() -> None:
    if not is_migrated():
        raise Stop(NOT_MIGRATED)


@command(hub, "worker")
def worker() -> None:
    """Send mail and tidy up, without serving pages; for hubs served by another server than the built-in one."""
    from partnerhub.jobs.queue import Alone, queue_of

    _must_be_migrated()
    click.echo("partnerhub sends mail and tidies up  (Ctrl+C stops it)")
    Alone(queue_of(this_app()), workers=1).run()


@command(hub, "migrate")
def migrate() -> None:
    """Bring the database to the newest shape, and the districts and postcodes with it."""
    Path(this_app().config["HUB"].instance_folder).mkdir(parents=True, exist_ok=True)  # SQLite makes the file, not the folder
    upgrade()
    put_districts(districts())
    put_postcodes(postcode_sectors())
    click.echo("The database is up to date.")
