"""A programme summary as people read it away from the hub: the texts of the Word document, the PDF and the workbook's first sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from partnerhub.documents.summary_page import MARKS, headings_of, marks_among, notes_by_receipt
from partnerhub.documents.tables import printable
from partnerhub.rules import readable
from partnerhub.rules.measures import Cell
from partnerhub.rules.printed import in_full, text_of
from partnerhub.rules.reconcile import explained
from partnerhub.rules.summary import Line, Summary, to_read


class Figure(NamedTuple):
    """What a cell reads, with its standing in words or beside the letter that stands for it; the numbers of the notes about it."""

    in_full: str
    text: str
    mark: str
    notes: str
    cell: Cell


class Row(NamedTuple):
    label: str
    figures: Sequence[Figure]
    decimals: int
    unit: str


class Table(NamedTuple):
    """One service of one provider. `groups` are the sections of its form."""

    title: str
    coverage: str
    groups: Sequence[tuple[str, Sequence[Row]]]


class Paper(NamedTuple):
    title: str
    as_at: str
    headings: Sequence[str]
    """Of the columns with figures."""
    tables: Sequence[Table]
    marks: Sequence[tuple[str, str]]
    notes: Sequence[str]
    explained: Sequence[str]
    """The words of the notes that not everybody knows."""


def on_paper(summary: Summary) -> Paper:
    """The tables of a summary, in the order of the page."""
    summary = to_read(summary)
    noted = notes_by_receipt(summary)
    headings, total = headings_of(summary)
    tables = [
        _table(list(lines), noted, bool(total))
        for _, lines in groupby(summary.lines, key=lambda line: (line.service, line.organisation, line.agreement))
    ]
    return Paper(
        title=printable(f"{summary.title}, {summary.period.label}"),
        as_at=f"As at {readable.day(summary.generated_at)}, {summary.coverage}.",
        headings=[*headings, total] if total else headings,
        tables=tables,
        marks=marks_among({each.mark for table in tables for _, rows in table.groups for row in rows for each in row.figures}),
        notes=[printable(f"{note.about.service}, {note.about.organisation}: {note.text}") for note in summary.notes],
        explained=explained(summary.notes),
    )


def _table(lines: Sequence[Line], noted: Mapping[str, str], has_total: bool) -> Table:
    groups = [
        (printable(group), [_row(line, noted, has_total) for line in grouped])
        for group, grouped in groupby(lines, key=lambda line: line.group)
    ]
    return Table(printable(f"{lines[0].service}: {lines[0].organisation}"), f"{lines[0].coverage}.", groups)


def _row(line: Line, noted: Mapping[str, str], has_total: bool) -> Row:
    cells = (*line.cells, line.total) if has_total else line.cells
    return Row(printable(line.label), [_figure(cell, line, noted) for cell in cells], line.decimals, line.unit)


def _figure(cell: Cell, line: Line, noted: Mapping[str, str]) -> Figure:
    said = (in_full(cell, line.decimals, line.unit), text_of(cell, line.decimals, line.unit))
    return Figure(*said, MARKS.get(cell.status, ""), noted.get(cell.receipt, ""), cell)
