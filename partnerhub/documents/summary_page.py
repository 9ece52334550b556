"""A programme summary as the rows of a page: every text ready to print, so that a template only has to write them down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from partnerhub.rules.against_targets import Aims, against
from partnerhub.rules.measures import Cell, CellStatus
from partnerhub.rules.printed import text_of
from partnerhub.rules.reconcile import explained
from partnerhub.rules.summary import Line, Note, Summary, spark, to_read
from partnerhub.rules.targets import RAG_LABELS, Rag


class Shown(NamedTuple):
    """One cell: what it reads, the letter that marks its standing, its receipt, the numbers of the notes about it."""

    text: str
    mark: str
    receipt: str
    notes: str


class Row(NamedTuple):
    label: str
    cells: Sequence[Shown]
    bars: str  # the path of a small chart, "" where there is nothing to compare
    rag: str  # the word of its standing against the target, "" without one
    colour: str  # of that word
    standing: str  # the target and what became of it


class Table(NamedTuple):
    """One service of one provider. `groups` are the sections of its form."""

    service: str
    organisation: str
    coverage: str
    groups: Sequence[tuple[str, Sequence[Row]]]
    has_targets: bool


class Page(NamedTuple):
    headings: Sequence[str]
    total: str
    tables: Sequence[Table]
    notes: Sequence[Note]
    explained: Sequence[str]
    """The words of the notes that not everybody knows."""
    marks: Sequence[tuple[str, str]]
    """The letters that stand somewhere in the tables, and what they mean."""


PROVISIONAL, AS_PUBLISHED = "p", "*"
MARK_WORDS = {
    PROVISIONAL: "provisional: sent, not yet approved by the office",
    AS_PUBLISHED: "as published, cannot be pooled: no denominators. The paper did not say how many people it is a percentage of.",
}
_new = tuple.__new__  # Shown(...) without the cost of a call: a page has thousands
RAG_COLOURS = {Rag.GREEN: "green", Rag.AMBER: "yellow", Rag.RED: "red", Rag.GREY: "grey"}  # as GOV.UK Frontend calls them
MARKS = {CellStatus.PROVISIONAL: PROVISIONAL, CellStatus.AS_PUBLISHED: AS_PUBLISHED}


def drawn(summary: Summary, aims: Aims) -> Page:
    """The tables of a summary, one for each service and provider."""
    summary = to_read(summary)
    noted = notes_by_receipt(summary)
    headings, total = headings_of(summary)
    has_total = bool(total)
    tables = [
        _table(list(lines), noted, aims, has_total)
        for _, lines in groupby(summary.lines, key=lambda line: (line.service, line.organisation, line.agreement))
    ]
    used = {cell.mark for table in tables for _, rows in table.groups for row in rows for cell in row.cells}
    return Page(headings, total, tables, summary.notes, explained(summary.notes), marks_among(used))


def marks_among(used: set[str]) -> list[tuple[str, str]]:
    """The key to these letters."""
    return [(mark, words) for mark, words in MARK_WORDS.items() if mark in used]


def headings_of(summary: Summary) -> tuple[list[str], str]:
    """What heads the columns, and the total: "" where one column is the whole period. Quarters of one year leave the year to the total."""
    if summary.columns == (summary.period,):
        return [summary.period.label], ""
    is_of_one_year = len({period.label[:7] for period in summary.columns}) == 1
    return [period.short if is_of_one_year else period.label for period in summary.columns], summary.period.label


def notes_by_receipt(summary: Summary) -> dict[str, str]:
    """The numbers of the notes about each cell, by its receipt: "1, 4"."""
    noted: dict[str, str] = {}
    for number, note in enumerate(summary.notes, 1):
        for receipt in note.about.receipts:
            noted[receipt] = f"{noted[receipt]}, {number}" if receipt in noted else str(number)
    return noted


def _table(lines: Sequence[Line], noted: Mapping[str, str], aims: Aims, has_total: bool) -> Table:
    first = lines[0]
    groups = [
        (group, [_row(line, noted, aims, has_total) for line in grouped]) for group, grouped in groupby(lines, key=lambda line: line.group)
    ]
    has_targets = any(row.rag for _, rows in groups for row in rows)
    return Table(first.service, first.organisation, str(first.coverage) if first.agreement else "", groups, has_targets)


def _row(line: Line, noted: Mapping[str, str], aims: Aims, has_total: bool) -> Row:
    decimals, unit = line.decimals, line.unit
    cells = (*line.cells, line.total) if has_total else line.cells
    shown = [
        _new(Shown, (text_of(cell, decimals, unit), MARKS.get(cell[4], ""), cell[5], noted.get(cell[5], "") if noted else ""))
        for cell in cells
    ]
    if has_total and line.total.status is CellStatus.CANNOT_BE_COMBINED:
        shown[-1] = shown[-1]._replace(text=f"cannot be combined{_why_not(line)}")
    aim = aims.get((line.agreement, line.indicator)) if aims else None
    word, standing = against(line, aim) if aim else (None, "")
    return Row(line.label, shown, bars(line.cells), RAG_LABELS[word] if word else "", RAG_COLOURS[word] if word else "", standing)


def _why_not(line: Line) -> str:
    if any(cell.value is None and cell.percent is not None for cell in line.cells):
        return ": no denominators"
    return "" if line.measure not in ("not_additive", "narrative") else ": not a figure that adds up"


def bars(cells: Sequence[Cell]) -> str:
    """A bar for each column as one path, 20 units high; nought and a gap have none."""
    heights = spark(cells)
    if heights is None:
        return ""
    return "".join([f"M{8 * at + 4} 20v{-round(20 * high)}" for at, high in enumerate(heights) if high is not None])
