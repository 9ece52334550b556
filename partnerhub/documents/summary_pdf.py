"""A programme summary as a PDF: a table for each service, figures to the right, the notes below."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from partnerhub.documents.paper import pdf
from partnerhub.documents.summary_paper import Row, Table, on_paper
from partnerhub.rules.summary import Summary

NOT_DRAWN = "Some characters of this summary cannot be drawn on paper. Its page in the hub has them."


def summary_pdf(summary: Summary) -> bytes:
    """The document as bytes: the same for the same figures, whatever machine makes it."""
    paper = on_paper(summary)
    said: dict[str, Any] = {
        "title": paper.title,
        "as_at": paper.as_at,
        "headings": list(paper.headings),
        "tables": [_table(table) for table in paper.tables],
        "marks": list(paper.marks),
        "notes": list(paper.notes),
        "explained": list(paper.explained),
        "dated": summary.generated_at.astimezone(UTC).timetuple()[:6],
    }
    return pdf("summary.typ", said, said | {"as_at": f"{paper.as_at} {NOT_DRAWN}"})


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "coverage": table.coverage,
        "groups": [(group, [_row(row) for row in rows]) for group, rows in table.groups],
    }


def _row(row: Row) -> dict[str, Any]:
    return {"label": row.label, "figures": [{"text": each.text, "mark": each.mark, "notes": each.notes} for each in row.figures]}
