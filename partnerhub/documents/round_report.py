"""What a round came to, as a workbook and as a PDF."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from partnerhub.documents import tables
from partnerhub.documents.paper import pdf
from partnerhub.documents.summary_xlsx import PLAIN, make_ready_to_print
from partnerhub.rules import readable
from partnerhub.rules.round_report import SEVERAL, RoundReport, Share

HEADINGS = ("Applications", "Asked for", "Marked", "Awards", "Awarded", "Success")
NOT_DRAWN = "Some characters of this report cannot be drawn on paper. Its page in the hub has them."
_WIDE, _NARROW = 54, 16  # characters that a column holds


def report_pdf(report: RoundReport, office: str, made_at: datetime) -> bytes:
    """The document as bytes: a table for each way to tell applications apart."""
    said: dict[str, Any] = {
        "title": f"Round report: {report.title}",
        "office": office,
        "dated": made_at.astimezone(UTC).timetuple()[:6],
        "lines": report.sentences,
        "headings": HEADINGS,
        "tables": [("All", [_row(report.total)], ""), *_tables(report)],
    }
    return pdf("round_report.typ", said, said | {"lines": [*said["lines"], NOT_DRAWN]})


def _tables(report: RoundReport) -> list[tuple[str, list[list[str]], str]]:
    return [(heading, [_row(line) for line in lines], SEVERAL if several else "") for heading, lines, several in report.parts]


def _row(line: Share) -> list[str]:
    asked, given = readable.pence(line.asked), readable.pence(line.given)
    return [line.label, str(line.bids), asked, str(line.scored), str(line.awarded), given, line.success]


def report_xlsx(report: RoundReport, office: str, made_at: datetime) -> bytes:
    """A workbook with one sheet: numbers are numbers, money is in pounds."""
    from xlsxwriter import Workbook  # a heavy import that only these files need

    file = io.BytesIO()
    with Workbook(file, PLAIN) as workbook:
        workbook.set_properties({"title": report.title, "author": office, "created": made_at.astimezone(UTC).replace(tzinfo=None)})
        sheet = workbook.add_worksheet("Report")
        bold, money = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "£#,##0.00"})
        sheet.set_column(0, 1, _WIDE)
        sheet.set_column(2, 1 + len(HEADINGS), _NARROW)
        for column, text in enumerate(("Group", "Line", *HEADINGS)):
            sheet.write_string(0, column, text, bold)
        for row, (heading, line) in enumerate(report.lines, start=1):
            for column, text in ((0, heading), (1, line.label), (7, line.success)):
                sheet.write_string(row, column, tables.safe(text))
            for column, number in ((2, line.bids), (4, line.scored), (5, line.awarded)):
                sheet.write_number(row, column, number)
            for column, pence in ((3, line.asked), (6, line.given)):
                sheet.write_number(row, column, pence / 100, money)
        for row, text in enumerate(report.sentences, start=len(report.lines) + 2):
            sheet.write_string(row, 0, tables.safe(text))
        sheet.freeze_panes(1, 2)
        make_ready_to_print(sheet, pages_wide=1)
    return file.getvalue()
