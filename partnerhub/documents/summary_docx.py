"""A programme summary as a Word document: a real table for each service, what does not reconcile below."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING

from partnerhub.documents.summary_paper import Figure, Paper, Table, on_paper
from partnerhub.documents.tables import printable
from partnerhub.rules.summary import Summary

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table as WordTable
    from docx.table import _Cell as WordCell
    from docx.table import _Row as WordRow

LABEL_SHARE = 0.31  # of the width of the page; the figures share the rest
WIDE, HIGH, MARGIN = 297, 210, 18  # millimetres of A4 on its side
POINTS = 9
LANGUAGE = "en-GB"


def summary_docx(summary: Summary) -> bytes:
    """The document as bytes."""
    from docx import Document  # a heavy import that only this file needs

    document, paper = Document(), on_paper(summary)
    _describe(document, summary)
    document.add_heading(paper.title, level=0)
    document.add_paragraph(paper.as_at)
    for table in paper.tables:
        document.add_heading(table.title, level=1)
        document.add_paragraph(table.coverage).paragraph_format.keep_with_next = True
        _add_table(document, paper, table)
    _add_notes(document, paper)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _describe(document: Document, summary: Summary) -> None:
    """Landscape A4, titled, in English; nothing of the template's own author is left."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(WIDE), Mm(HIGH)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    say_what_it_is(document, summary.title, "", summary.generated_at)


def on_a4(document: Document) -> None:
    """Upright; without it Word lays a document out for American paper."""
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(HIGH), Mm(WIDE)


def say_what_it_is(document: Document, title: str, author: str, dated: datetime) -> None:
    """Its title and its language, in which it is read aloud and its spelling checked: also that of its styles, or it is American."""
    from docx.oxml.ns import qn

    properties = document.core_properties
    properties.title, properties.author, properties.comments = printable(title)[:255], printable(author)[:255], ""
    properties.language = LANGUAGE
    properties.created = properties.modified = dated
    for each in document.styles.element.iter(qn("w:lang")):
        each.set(qn("w:val"), LANGUAGE)


def _add_notes(document: Document, paper: Paper) -> None:
    if not paper.notes:
        return
    document.add_heading("Notes", level=1)
    for note in paper.notes:
        document.add_paragraph(note, style="List Number")
    for sentence in paper.explained:
        document.add_paragraph(sentence)


# Tables.


def _add_table(document: Document, paper: Paper, table: Table) -> None:
    made = document.add_table(rows=0, cols=len(paper.headings) + 1, style="Table Grid")
    _set_widths(made)
    heading = made.add_row()
    for at, (cell, text) in enumerate(zip(heading.cells, ("Indicator", *paper.headings), strict=True)):
        _write(cell, text, is_bold=True, is_right=at > 0)
    repeat_on_every_page(heading)
    for group, rows in table.groups:
        if group:
            _add_group(made, group)
        for row in rows:
            added = made.add_row()
            _stay_whole(added)
            _write(added.cells[0], row.label)
            for cell, figure in zip(added.cells[1:], row.figures, strict=True):
                _write_figure(cell, figure)


def _add_group(table: WordTable, group: str) -> None:
    """A row of its own, on the page of the row below it."""
    row = table.add_row()
    whole = row.cells[0].merge(row.cells[-1])
    _write(whole, group, is_bold=True)
    _stay_whole(row)
    whole.paragraphs[0].paragraph_format.keep_with_next = True


def _write(cell: WordCell, text: str, *, is_bold: bool = False, is_right: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.bold, run.font.size = is_bold, Pt(POINTS)
    if is_right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _write_figure(cell: WordCell, figure: Figure) -> None:
    """The figure to the right, the numbers of its notes raised beside it."""
    from docx.shared import Pt

    _write(cell, figure.in_full, is_right=True)
    if figure.notes:
        raised = cell.paragraphs[0].add_run(f" {figure.notes}".replace(" ", "\N{NO-BREAK SPACE}"))
        raised.font.superscript, raised.font.size = True, Pt(POINTS)


def _set_widths(table: WordTable) -> None:
    """Without widths Word makes every column as wide as the one with the labels."""
    from docx.shared import Mm

    room, figures = WIDE - 2 * MARGIN, len(table.columns) - 1
    widths = (room * LABEL_SHARE, *[room * (1 - LABEL_SHARE) / figures] * figures)
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def repeat_on_every_page(row: WordRow) -> None:
    """Makes the row the table's header: screen readers name it, and Word repeats it on every page."""
    _mark(row, "w:tblHeader")
    _stay_whole(row)
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _stay_whole(row: WordRow) -> None:
    """No page ends in the middle of the row."""
    _mark(row, "w:cantSplit")


def _mark(row: WordRow, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
