"""Part 1 of a decision record: what the public page, the PDF and the Word file all draw. Nothing of Part 2 comes here."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from partnerhub.documents.paper import pdf
from partnerhub.documents.round_docx import add_part
from partnerhub.documents.round_page import Part
from partnerhub.documents.summary_docx import on_a4, say_what_it_is
from partnerhub.documents.tables import printable
from partnerhub.models import Award, Decision
from partnerhub.rules import readable
from partnerhub.rules.words import IMPLICATION_LABELS

NOT_DRAWN = "Some characters of this decision cannot be drawn on paper. The page in the hub has them."
NOT_APPROVED = "Not approved yet: this is how the public part stands."


@dataclass(frozen=True, slots=True)
class DecisionPaper:
    """What everybody may read, in order."""

    title: str
    lines: tuple[str, ...]
    parts: tuple[Part, ...]
    dated: datetime


def decision_paper(decision: Decision, record: Mapping[str, str], awards: Sequence[Award]) -> DecisionPaper:
    """`record`: its words by part. Applicants that got nothing are not named."""
    decided = {each.application_id: each.amount for each in decision.proposals}  # what an award is now, a variation may have changed
    awarded = tuple((_award(each), readable.pence(decided.get(each.application_id, each.amount))) for each in awards)
    parts = (
        Part("summary", "Summary", paragraphs=_paragraphs(record["summary"])),
        Part("recommendation", "Recommendation", paragraphs=_paragraphs(record["recommendation"])),
        Part("awards", "Awards", rows=awarded, headings=("Award", "Amount") if awarded else None),
        *(Part(each, label, paragraphs=_paragraphs(record[each])) for each, label in IMPLICATION_LABELS.items()),
        Part("interests", "Interests of the person who approved it", paragraphs=_paragraphs(decision.approver_interests)),
        Part("steps", "How it was decided", bullets=_steps(decision)),
    )
    return DecisionPaper(
        title=f"Decision {decision.reference}: {record['title']}" if decision.reference else record["title"],
        lines=(decision.funding_round.name, *_standing(decision)),
        parts=tuple(each for each in parts if each.says_something),
        dated=decision.published_at or decision.approved_at or decision.created_at,
    )


def _award(award: Award) -> str:
    whose = f"{award.reference} {award.organisation.name}"
    return f"{whose}: {award.project}" if award.project else whose


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.splitlines() if each.strip())


def _standing(decision: Decision) -> tuple[str, ...]:
    if decision.approved_at is None:
        return (NOT_APPROVED,)
    said = [f"Approved on {readable.day_in_words(decision.approved_at)}."]
    if decision.published_at is not None:
        said.append(f"Published on {readable.day_in_words(decision.published_at)}.")
    if decision.deferred_until is not None:
        said.append(f"The publication waited until {readable.day_in_words(decision.deferred_until)}: {decision.deferred_reason}")
    return tuple(said)


def _steps(decision: Decision) -> tuple[str, ...]:
    """The offices people hold, and not their names."""
    steps = (
        ("Recommended", "by the originating officer", decision.recommended_at),
        ("Signed off", "by a chief officer", decision.signed_off_at),
        ("Approved", "by a director who did neither", decision.approved_at),
    )
    return tuple(f"{what} {who} on {readable.day_in_words(at)}" for what, who, at in steps if at is not None)


def decision_pdf(said: DecisionPaper, office: str) -> bytes:
    """Tagged for screen readers (PDF/UA-1), made from data alone."""
    told: dict[str, Any] = {
        "title": said.title,
        "lines": said.lines,
        "office": office,
        "dated": said.dated.astimezone(UTC).timetuple()[:6],
        "parts": [
            {"title": part.title, "paragraphs": part.paragraphs, "headings": part.headings, "rows": part.rows, "bullets": part.bullets}
            for part in said.parts
        ],
        "sections": [],
    }
    return _made(json.dumps(told))


@lru_cache(maxsize=16)  # strangers ask for the same file again and again, and a compiler runs for each
def _made(text: str) -> bytes:
    told = json.loads(text)
    return pdf("round.typ", told, told | {"lines": [*told["lines"], NOT_DRAWN]})


def decision_docx(said: DecisionPaper, office: str) -> bytes:
    """As a Word document."""
    from docx import Document  # a heavy import that only files for Word need

    document = Document()
    on_a4(document)
    say_what_it_is(document, said.title, office, said.dated)
    document.add_heading(printable(said.title), level=0)
    for line in said.lines:
        document.add_paragraph(printable(line))
    for part in said.parts:
        add_part(document, part)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
