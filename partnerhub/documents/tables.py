"""Cells that no spreadsheet evaluates, and the one layout that a summary has in every table file."""

import re
from collections.abc import Iterator
from decimal import Decimal

from partnerhub.rules.measures import Cell, CellStatus
from partnerhub.rules.printed import quotient
from partnerhub.rules.readable import in_london
from partnerhub.rules.summary import Line, Summary

Content = str | int | Decimal | None

# What makes a spreadsheet take a text for a formula, half and full width (OWASP, "CSV injection").
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
# Control characters, lone surrogates and non-characters: no XML file may hold them.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
LONGEST_CELL = 32_767  # the most that Excel keeps in one cell


def printable(text: str) -> str:
    """The text with what no file may hold shown as �."""
    return _UNPRINTABLE.sub("�", text)


def safe(text: str) -> str:
    """The text as a table cell: an apostrophe before what would be read as a formula. Numbers do not come here."""
    text = printable(text)
    if _FORMULA.match(text):
        text = f"'{text}"
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


FACTS = ("service", "organisation", "group", "indicator", "label", "unit")
PARTS = ("value", "out of", "per cent", "result", "status")  # the result is the one number that people read: a count, a percentage, a ratio
COVERAGE = ("returns in", "returns expected")


def header(summary: Summary) -> tuple[str, ...]:
    """The headings: the facts of the line, five columns for each period and the total, coverage."""
    periods = (*(period.label for period in summary.columns), f"{summary.period.label} total")
    return (*FACTS, *(f"{period} {part}" for period in periods for part in PARTS), *COVERAGE)


def rows(summary: Summary) -> Iterator[tuple[Content, ...]]:
    """One row for each line, as the header has it; texts are safe, numbers are numbers, None is an empty cell."""
    return (_row(line) for line in summary.lines)


def _row(line: Line) -> tuple[Content, ...]:
    facts = (line.service, line.organisation, line.group, line.indicator, line.label, line.unit)
    figures = (part for cell in (*line.cells, line.total) for part in _figure(cell, line.decimals))
    return (*(safe(fact) for fact in facts), *figures, line.coverage.in_, line.coverage.expected)


def _figure(cell: Cell, decimals: int) -> tuple[Content, ...]:
    value, out_of, percent = open_figure(cell)
    result = _result(value, out_of, percent, decimals)
    return _number(value, decimals), _number(out_of, decimals), _number(percent, 1), result, cell.status.value


def _result(value: int | None, out_of: int | None, percent: int | None, decimals: int) -> Content:
    """A percentage where there is one; two numbers divided, as the page prints them; else the number itself."""
    if percent is not None:
        return _number(percent, 1)
    if value is None or out_of is None:
        return _number(value, decimals)
    return Decimal(quotient(value, out_of)) if out_of else None


def open_figure(cell: Cell) -> tuple[int | None, int | None, int | None]:
    """Value, out of and percent of a cell; nothing of a hidden one, whatever it holds."""
    return (None, None, None) if cell.status is CellStatus.HIDDEN else (cell.value, cell.out_of, cell.percent)


def _number(scaled: int | None, places: int) -> Content:
    return scaled if scaled is None or places == 0 else Decimal(scaled).scaleb(-places)


def about(summary: Summary) -> Iterator[tuple[str, str]]:
    """What the table is of, and its notes: pairs of a heading and a text."""
    yield "Programme", safe(summary.title)
    yield "Period", summary.period.label
    yield "As at", f"{in_london(summary.generated_at):%Y-%m-%d %H:%M %Z}"
    yield "Coverage", str(summary.coverage)
    for number, note in enumerate(summary.notes, 1):
        yield f"Note {number}", safe(f"{note.about.service}, {note.about.organisation}: {note.text}")
