"""A programme summary as a workbook: a sheet to read and print, one with every figure in columns of its own, one with the notes."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from partnerhub.documents import tables
from partnerhub.documents.summary_page import PROVISIONAL
from partnerhub.documents.summary_paper import Figure, Paper, Row, on_paper
from partnerhub.rules.measures import POUNDS, CellStatus
from partnerhub.rules.summary import Summary

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

# Every text is written as a text; should a line ever forget to say so, it still becomes neither formula nor link.
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_A4 = 9
_LABEL, _FIGURE, _NOTES = 58, 22, 8  # widths in characters
_WIDEST = 60


def summary_xlsx(summary: Summary) -> bytes:
    """The workbook as bytes."""
    from xlsxwriter import Workbook  # a heavy import that only this file needs

    file = io.BytesIO()
    workbook = Workbook(file, PLAIN)
    workbook.set_properties(
        {"title": tables.printable(summary.title), "created": summary.generated_at.astimezone(UTC).replace(tzinfo=None)}
    )
    _Reading(workbook, on_paper(summary)).write()
    _write_figures(workbook, summary)
    _write_notes(workbook, summary)
    workbook.close()
    return file.getvalue()


class _Reading:
    """The sheet to read: the tables of the page below one another, under one row of headings."""

    def __init__(self, workbook: Workbook, paper: Paper) -> None:
        self.workbook, self.paper = workbook, paper
        self.sheet: Worksheet = workbook.add_worksheet("Summary")
        self.row = 0
        self.last = len(paper.headings) + 1  # the column of the notes
        self.formats = _Formats(workbook)
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.right = workbook.add_format({"align": "right", "valign": "top"})
        self.bold = workbook.add_format({"bold": True})
        self.large = workbook.add_format({"bold": True, "font_size": 14})
        self.heading = workbook.add_format({"bold": True, "bottom": 1, "align": "right"})
        self.first_heading = workbook.add_format({"bold": True, "bottom": 1})

    def write(self) -> None:
        self._set_up()
        self._line(self.paper.title, self.large)
        self._line(self.paper.as_at)
        self._headings()
        for table in self.paper.tables:
            self.row += 1
            self._line(table.title, self.bold)
            self._line(table.coverage)
            for group, rows in table.groups:
                if group:
                    self._line(group, self.bold)
                for row in rows:
                    self._figures(row)
        self._below()

    def _set_up(self) -> None:
        self.sheet.set_column(0, 0, _LABEL)
        self.sheet.set_column(1, self.last - 1, _FIGURE)
        self.sheet.set_column(self.last, self.last, _NOTES)
        make_ready_to_print(self.sheet, pages_wide=1)

    def _line(self, text: str, style: Format | None = None) -> None:
        self.sheet.write_string(self.row, 0, tables.safe(text), style)
        self.row += 1

    def _headings(self) -> None:
        self.sheet.write_string(self.row, 0, "Indicator", self.first_heading)
        for at, text in enumerate((*self.paper.headings, "Notes"), 1):
            self.sheet.write_string(self.row, at, text, self.heading)
        self.sheet.repeat_rows(self.row)
        self.row += 1
        self.sheet.freeze_panes(self.row, 1)

    def _figures(self, row: Row) -> None:
        self.sheet.write_string(self.row, 0, tables.safe(row.label), self.wrapped)
        for at, figure in enumerate(row.figures, 1):
            self._figure(at, figure, row)
        self.sheet.write_string(self.row, self.last, _all_notes(row), self.right)
        self.row += 1

    def _figure(self, at: int, figure: Figure, row: Row) -> None:
        """A number where the figure is one, so that it can be reckoned with; else what the page says."""
        cell, is_provisional = figure.cell, figure.mark == PROVISIONAL
        if cell.value is not None and cell.out_of is None and cell.status is not CellStatus.HIDDEN:
            number = Decimal(cell.value).scaleb(-row.decimals)
            style = self.formats.of(number, is_provisional=is_provisional, is_money=row.unit == POUNDS)
            self.sheet.write_number(self.row, at, float(number), style)
        else:
            self.sheet.write_string(self.row, at, tables.safe(f"{figure.text} {figure.mark}".strip()), self.right)

    def _below(self) -> None:
        for mark, words in self.paper.marks:
            self.row += 1
            self._wide(f"{mark}  {words}")
        if self.paper.notes:
            self.row += 1
            self._line("Notes", self.bold)
        for number, note in enumerate(self.paper.notes, 1):
            self._wide(f"{number}. {note}")
        for sentence in self.paper.explained:
            self._wide(sentence)

    def _wide(self, text: str) -> None:
        """A text over the whole width: two lines of it where it is long."""
        room = _LABEL + _FIGURE * len(self.paper.headings) + _NOTES
        self.sheet.merge_range(self.row, 0, self.row, self.last, "", self.wrapped)
        self.sheet.write_string(self.row, 0, tables.safe(text), self.wrapped)
        self.sheet.set_row(self.row, 15 * (1 + len(text) // int(room * 1.1)))
        self.row += 1


def _all_notes(row: Row) -> str:
    """The numbers of the notes about any figure of the row, each once: "1, 3, 4"."""
    numbers = {int(number) for figure in row.figures for number in figure.notes.split(", ") if number}
    return ", ".join(str(number) for number in sorted(numbers))


def _write_figures(workbook: Workbook, summary: Summary) -> None:
    """One row for each line and a column for each part of a figure, as the CSV file has them: to filter and to reckon with."""
    sheet = workbook.add_worksheet("Figures")
    heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    headings, rows = tables.header(summary), list(tables.rows(summary))
    for column, text in enumerate(headings):
        sheet.write_string(0, column, text, heading)
        sheet.set_column(column, column, _width(row[column] for row in rows))
    formats = _Formats(workbook)
    for at, contents in enumerate(rows, start=1):
        for column, content in enumerate(contents):
            if isinstance(content, str):
                sheet.write_string(at, column, content)
            elif content is not None:
                sheet.write_number(at, column, float(content), formats.of(content))
    sheet.freeze_panes(1, len(tables.FACTS) - 1)
    sheet.autofilter(0, 0, len(rows), len(headings) - 1)
    make_ready_to_print(sheet, pages_wide=2)
    sheet.repeat_rows(0)


def _width(contents: Iterable[tables.Content]) -> int:
    longest = max((len(str(content)) for content in contents if content is not None), default=0)
    return min(max(longest + 2, 12), _WIDEST)


def _write_notes(workbook: Workbook, summary: Summary) -> None:
    sheet = workbook.add_worksheet("Notes")
    bold, wrapped = workbook.add_format({"bold": True, "valign": "top"}), workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 110)
    make_ready_to_print(sheet, pages_wide=1)
    for row, (heading, text) in enumerate(tables.about(summary)):
        sheet.write_string(row, 0, heading, bold)
        sheet.write_string(row, 1, text, wrapped)


def make_ready_to_print(sheet: Worksheet, *, pages_wide: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(pages_wide, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.set_footer("&L&A&Rpage &P of &N")


class _Formats:
    """The number formats of a workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[str, bool], Format] = {}

    def of(self, number: int | Decimal, *, is_provisional: bool | None = None, is_money: bool = False) -> Format:
        """`is_provisional`: whether the letter p stands behind it; the others leave room for it, so that digits stand below digits."""
        places = max(-int(number.as_tuple().exponent), 0) if isinstance(number, Decimal) else 0
        beside = {None: "", True: f'" {PROVISIONAL}"', False: f"_ _{PROVISIONAL}"}[is_provisional]
        shape = ("£" if is_money else "") + "#,##0" + ("." + "0" * places if places else "") + beside
        key = shape, is_provisional is not None
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"num_format": shape} | ({"valign": "top"} if key[1] else {}))
        return self._made[key]
