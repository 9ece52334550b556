"""What a round says and asks, as a Word document in which applicants can prepare their answers."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING

from partnerhub.documents.round_page import Part, RoundPage, lines_of
from partnerhub.documents.summary_docx import on_a4, repeat_on_every_page, say_what_it_is
from partnerhub.documents.tables import printable

if TYPE_CHECKING:
    from docx.document import Document


def round_docx(said: RoundPage, office: str, dated: datetime) -> bytes:
    """The document as bytes."""
    from docx import Document  # a heavy import that only this file needs

    document = Document()
    on_a4(document)
    say_what_it_is(document, said.title, office, dated)
    document.add_heading(printable(said.title), level=0)
    for line in (said.when[:1].upper() + said.when[1:] + ".", said.lead, said.earlier):
        if line:
            document.add_paragraph(printable(line))
    for part in said.parts:
        add_part(document, part)
    document.add_heading("Every question", level=1)
    for section, questions in said.sections:
        document.add_heading(printable(section.title), level=2)
        for line in (section.intro, *said.conditions[section.key]):
            if line:
                document.add_paragraph(printable(line))
        for each in questions:
            document.add_heading(printable(each.question.label), level=3)
            for line in lines_of(each):
                document.add_paragraph(printable(line))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def add_part(document: Document, part: Part) -> None:
    document.add_heading(printable(part.title), level=1)
    for paragraph in part.paragraphs:
        document.add_paragraph(printable(paragraph))
    rows = [part.headings, *part.rows] if part.headings else list(part.rows)
    if rows:
        table = document.add_table(rows=0, cols=2, style="Table Grid")
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = printable(text)
        if part.headings:
            repeat_on_every_page(table.rows[0])
    for each in part.bullets:
        document.add_paragraph(printable(each), style="List Bullet")
