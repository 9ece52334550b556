"""A return as it was sent, as a PDF: tagged for screen readers (PDF/UA-1), made by typst from data alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from partnerhub.documents.paper import pdf

NOT_DRAWN = ("Please note", "Some characters of this return cannot be drawn on paper. Its page in the hub has them.")


@dataclass(frozen=True, slots=True)
class Row:
    """One question: its wording, what was said as people read it, and the notes beside it (checks, reasons, questions, replies)."""

    label: str
    value: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedSection:
    title: str
    figures: tuple[Row, ...] = ()
    answers: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedReturn:
    """Everything the paper says. `facts`: (what, value) lines under the title; `dated`: year to second, UTC, and no clock: the PDF of a
    version is the same, byte by byte, whenever it is made."""

    title: str
    organisation: str
    period: str
    reference: str
    office: str
    dated: tuple[int, ...]
    facts: tuple[tuple[str, str], ...]
    sections: tuple[PrintedSection, ...] = field(default=())


def return_pdf(printed: PrintedReturn) -> bytes:
    """The PDF of a sent return; where a character cannot be drawn, it says so."""
    return pdf("return.typ", asdict(printed), asdict(replace(printed, facts=(*printed.facts, NOT_DRAWN))))
