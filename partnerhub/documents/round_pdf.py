"""What a round says and asks, as a PDF to read and print: tagged for screen readers (PDF/UA-1), made from data alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from partnerhub.documents.paper import pdf
from partnerhub.documents.round_page import RoundPage, lines_of

NOT_DRAWN = "Some characters of these questions cannot be drawn on paper. The page in the hub has them."


def round_pdf(said: RoundPage, office: str, dated: datetime) -> bytes:
    """`dated`: what the PDF gives as the day it was made, so that the same words give the same file."""
    told: dict[str, Any] = {
        "title": said.title,
        "lines": [said.when[:1].upper() + said.when[1:] + ".", said.lead, *([said.earlier] if said.earlier else [])],
        "office": office,
        "dated": dated.astimezone(UTC).timetuple()[:6],
        "parts": [
            {"title": part.title, "paragraphs": part.paragraphs, "headings": part.headings, "rows": part.rows, "bullets": part.bullets}
            for part in said.parts
        ],
        "sections": [
            {
                "title": section.title,
                "intro": [each for each in (section.intro, *said.conditions[section.key]) if each],
                "questions": [{"label": each.question.label, "lines": lines_of(each)} for each in questions],
            }
            for section, questions in said.sections
        ],
    }
    return _made(json.dumps(told))


@lru_cache(maxsize=16)  # strangers ask for the same file again and again, and a compiler runs for each
def _made(text: str) -> bytes:
    told = json.loads(text)
    return pdf("round.typ", told, told | {"lines": [*told["lines"], NOT_DRAWN]})
