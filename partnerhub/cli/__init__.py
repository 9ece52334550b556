"""The `partnerhub` command: every subcommand exits 0 only on success and says its errors in one clear line."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError
from werkzeug.local import LocalProxy

from config import UnsafeSettings
from partnerhub.rules import readable
from partnerhub.rules.errors import BadDefinition, Fault, Refusal

SUBJECTS = ("running", "people", "catalogue", "figures", "demonstration", "keeping")
NOT_MIGRATED = "The database has not been migrated: run `partnerhub migrate`"


class Stop(click.ClickException):
    """The end of a command that could not do its work: one line on standard error, exit 1."""

    def show(self, file: Any = None) -> None:
        click.echo(f"partnerhub: {self.message}", err=True)


def command(group: click.Group, name: str, **options: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A subcommand inside the application, whose refusals are told in one line."""

    def decorate(function: Callable[..., Any]) -> click.Command:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except BadDefinition as error:
                raise Stop(f"{told(error.faults)}, nothing was changed") from None
            except Refusal as error:
                raise Stop(error.sentence) from None
            except OSError as error:
                raise Stop(f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")) from None
            except DBAPIError as error:
                raise Stop(_about_the_database(error)) from None
            except UnicodeError:
                raise Stop("What was typed or is in the file is not text in UTF-8.") from None

        return group.command(name, **options)(with_appcontext(run))

    return decorate


def told(faults: Sequence[Fault]) -> str:
    """Every fault on a line of standard error; gives how many there were, in words."""
    for fault in faults:
        click.echo(str(fault), err=True)
    return f"{readable.plural(len(faults), 'fault')} found"


def _about_the_database(error: DBAPIError) -> str:
    """Migrating is advised only where something is missing in a database that answers."""
    first = str(error.orig).strip().splitlines()[0]
    is_missing = re.search(r"no such (table|column)|(relation|column) .* does not exist", first) is not None
    return NOT_MIGRATED if is_missing else f"The database at DATABASE_URL could not be used: {first}"


def this_app() -> Flask:
    """The application itself, for what outlives the command's context."""
    return cast("LocalProxy[Flask]", current_app)._get_current_object()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def hub() -> None:
    """Run and look after a partner hub."""


def init_app(app: Flask) -> None:
    load()


def load() -> None:
    """Make every subcommand known."""
    for subject in SUBJECTS:
        __import__(f"partnerhub.cli.{subject}")


def main() -> None:
    """Entry point: make the app, then hand over to the subcommand."""
    from flask.cli import ScriptInfo

    from partnerhub import create_app

    load()
    try:
        hub.main(obj=ScriptInfo(create_app=create_app), prog_name="partnerhub")
    except UnsafeSettings as error:
        click.echo(str(error), err=True)
        sys.exit(1)
