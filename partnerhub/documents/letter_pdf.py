"""A letter with a decision as a PDF: tagged for screen readers (PDF/UA-1), made by typst from data alone."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from partnerhub.documents.letter_page import LetterPage
from partnerhub.documents.paper import pdf

NOT_DRAWN = "Some characters of this letter cannot be drawn on paper. Its page in the hub has them."


def letter_pdf(said: LetterPage, dated: datetime) -> bytes:
    """`dated`: what the PDF gives as the day it was made, so that the same words give the same file."""
    told: dict[str, Any] = asdict(said) | {"made": dated.astimezone(UTC).timetuple()[:6]}
    return pdf("letter.typ", told, told | {"closing": [*said.closing, NOT_DRAWN]})
