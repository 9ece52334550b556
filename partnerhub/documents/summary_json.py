"""A programme summary as JSON: the outside contract that other programs rely on."""

from typing import Any

from partnerhub.documents.tables import open_figure
from partnerhub.rules.measures import Cell
from partnerhub.rules.summary import Coverage, Line, Note, Summary

RECEIPTS = "/receipts/"  # where the hub answers for the receipt of a figure


def summary_json(summary: Summary) -> dict[str, Any]:
    """The summary as plain dicts, lists, numbers and texts."""
    return {
        "programme": summary.programme,
        "title": summary.title,
        "period": summary.period.label,
        "generated_at": summary.generated_at.isoformat(timespec="seconds"),
        "coverage": _coverage(summary.coverage),
        "lines": [_line(line) for line in summary.lines],
        "notes": [_note(note) for note in summary.notes],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "service": line.service,
        "organisation": line.organisation,
        "group": line.group,
        "indicator": line.indicator,
        "label": line.label,
        "measure": line.measure,
        "unit": line.unit,
        "direction": line.direction,
        "cells": [{"period": cell.period, **_figure(cell, line.decimals)} for cell in line.cells],
        "total": {**_figure(line.total, line.decimals), "coverage": _coverage(line.coverage)},
    }


def _figure(cell: Cell, decimals: int) -> dict[str, Any]:
    value, out_of, percent = open_figure(cell)
    is_pooled = value is not None  # a percentage as published is given as it was printed: 89, not 89.0
    return {
        "value": _number(value, decimals),
        "out_of": _number(out_of, decimals),
        "percent": percent // 10 if percent is not None and percent % 10 == 0 and not is_pooled else _number(percent, 1),
        "status": cell.status.value,
        "receipt": RECEIPTS + cell.receipt,
    }


def _number(scaled: int | None, places: int) -> int | float | None:
    return scaled if scaled is None or places == 0 else scaled / 10**places


def _coverage(coverage: Coverage) -> dict[str, int]:
    return {"in": coverage.in_, "expected": coverage.expected}


def _note(note: Note) -> dict[str, Any]:
    return {
        "kind": note.kind,
        "text": note.text,
        "about": {**note.about._asdict(), "receipts": [RECEIPTS + each for each in note.about.receipts]},
    }
