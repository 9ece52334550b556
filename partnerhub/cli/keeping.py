"""`partnerhub verify`, `backup` and `restore`: is everything still as it was written down, and can it be brought back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from partnerhub import clock
from partnerhub.cli import Stop, backups, command, hub
from partnerhub.queries import verifying
from partnerhub.queries.verifying import Head
from partnerhub.web.files import files_folder

MOST_TOLD = 20  # of one check; the rest is counted

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@command(hub, "verify")
@click.option("--heads", type=FILE, help="Compare the history with the heads in this file, exported earlier.")
@click.option("--export-heads", type=FILE, help="Add the head of the history to this file; keep the file where the database is not.")
def verify(heads: Path | None, export_heads: Path | None) -> None:
    """Recompute every total and check history, versions, forms, files, triggers and rows."""
    _verified(_read_heads(heads) if heads else ())
    if export_heads:
        end = verifying.head()
        with export_heads.open("a", encoding="utf-8") as file:
            file.write(f"{end.seq} {end.hash} {clock.now().isoformat(timespec='seconds')}\n")
        click.echo(f"Line {end.seq} of the history was added to {export_heads}.")


def _verified(heads: Iterable[Head] = (), *, told: str = "Nothing was changed.") -> None:
    wrong = 0
    for finding in verifying.findings(files_folder(), heads):
        wrong += len(finding.faults)
        click.echo(f"{'WRONG' if finding.faults else 'ok':<6}{finding.looked_at:>9,}  {finding.what}")
        for fault in finding.faults[:MOST_TOLD]:
            click.echo(f"{'':<17}{fault}")
        if len(finding.faults) > MOST_TOLD:
            click.echo(f"{'':<17}and {len(finding.faults) - MOST_TOLD:,} more")
    if wrong:
        said = "thing is not as it was" if wrong == 1 else "things are not as they were"
        raise Stop(f"{wrong:,} {said} written down. {told}")


def _read_heads(path: Path) -> list[Head]:
    """Lines of `seq hash`, and whatever follows."""
    heads = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if len(words) < 2 or not words[0].isdecimal() or len(words[0]) > 18 or len(words[1]) != 64:
            raise Stop(f"{path}:{number}: this is not a head of the history as verify --export-heads writes it")
        heads.append(Head(int(words[0]), words[1]))
    return heads


@command(hub, "backup")
@click.argument("directory", type=FOLDER)
def backup(directory: Path) -> None:
    """Write everything in the database, and the files sent with returns, to a new or empty DIRECTORY.

    One file for each table, of one moment, readable by SQLite and PostgreSQL alike, and a manifest with their sums. It holds personal
    details and hashes of passwords: keep it as safe as the database. SECRET_KEY and other settings are not in it. Sessions, links sent by
    e-mail and failed sign-ins are left out.
    """
    manifest = backups.write(directory, files_folder())
    rows, tables, files = sum(each["rows"] for each in manifest["tables"]), len(manifest["tables"]), len(manifest["files"])
    click.echo(f"{rows:,} rows of {tables} tables and {files} files are in {directory}.")
    click.echo(f"The history in it ends with line {manifest['history']['seq']}.")


@command(hub, "restore")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
def restore(directory: Path) -> None:
    """Bring the backup in DIRECTORY into an empty, migrated database, and verify what is there then.

    Everybody must sign in again, links sent by e-mail no longer work, invitations that were waiting have to be sent again, and letters
    that were waiting are held and not sent.
    """
    told = backups.read(directory, files_folder())
    click.echo(f"{told.rows:,} rows of {told.tables} tables and {told.files} files were restored.")
    click.echo(f"{told.held} letters are held, {told.invitations} invitations ran out.")
    _verified(told="It was restored as it stands in the backup, so the fault is in there too.")
