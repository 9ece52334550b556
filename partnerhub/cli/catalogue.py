"""Load and check forms, the indicator library and priorities from files."""

from __future__ import annotations

from pathlib import Path

import click

from partnerhub.actions.priorities import load_priorities
from partnerhub.actions.questionnaires import load_library, load_questionnaire, publish_questionnaire
from partnerhub.catalogue import reading
from partnerhub.catalogue.loading import faults_in
from partnerhub.cli import Stop, command, hub, told
from partnerhub.rules import priorities
from partnerhub.rules.errors import BadDefinition
from partnerhub.rules.policy import HUB


@hub.group("catalogue", context_settings={"help_option_names": ["-h", "--help"]})
def catalogue() -> None:
    """Forms, indicators, breakdowns and priorities, written as YAML files."""


@command(catalogue, "check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
def check(paths: tuple[Path, ...]) -> None:
    """Name file, line, place and fault of every mistake in these files and folders. Changes nothing."""
    faults = reading.check(paths)
    if faults:
        raise Stop(told(faults))
    click.echo("No fault was found.")


@command(catalogue, "load")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--publish", is_flag=True, help="Publish the forms at once, instead of leaving them as drafts.")
def load(paths: tuple[Path, ...], publish: bool) -> None:
    """Load forms as drafts, indicators and breakdowns into the library, priorities into their lists. What is there is left as it is."""
    documents = [each for each in reading.read(paths) if each.kind != "office"]
    faults = faults_in(documents)
    if faults:
        raise BadDefinition(faults)
    library = reading.library(documents)
    if library["indicators"] or library["breakdowns"]:
        changed = load_library(None, library, by=HUB)
        click.echo(f"library: {len(changed)} new or changed" if changed else "library: nothing new")
    lines = [line for each in documents if each.kind == "priorities" for line in priorities.parse(each.content, file=each.file)]
    if lines:
        added = load_priorities(None, lines, by=HUB)
        click.echo(f"priorities: {len(added)} new" if added else "priorities: nothing new")
    for document in documents:
        if document.kind == "questionnaire":
            _load_form(document, publish)


def _load_form(document: reading.Document, publish: bool) -> None:
    loaded = load_questionnaire(None, document.content, document.file, by=HUB)
    name = f"{document.content['questionnaire']} version {loaded.version.number}"
    if publish and loaded.version.published_at is None:
        published = publish_questionnaire(loaded.version, by=HUB)
        moved = f", {published.moved} open returns moved to it" if published.moved else ""
        click.echo(f"{name}: published{moved}")
    elif loaded.is_new:
        click.echo(f"{name}: loaded as a draft")
    else:
        click.echo(f"{name}: nothing new, it is {'published' if loaded.version.published_at else 'a draft'} already")
