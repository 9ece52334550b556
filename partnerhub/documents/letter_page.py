"""A letter with a decision as parts that its page and its PDF both draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from partnerhub.models import Letter
from partnerhub.rules import readable
from partnerhub.rules.letters import IMPROVEMENT, STRENGTH, WITH_FEEDBACK
from partnerhub.rules.words import GIVES_MONEY


@dataclass(frozen=True, slots=True)
class LetterPart:
    """One heading and what stands under it: paragraphs, rows of a table (with headings) or of a list, points."""

    key: str
    title: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    headings: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterPage:
    title: str
    organisation: str
    about: str
    """What was applied to."""
    dated: str
    """When it was released; empty before."""
    opening: str
    paragraphs: tuple[str, ...]
    parts: tuple[LetterPart, ...]
    closing: tuple[str, ...]
    office: str


def letter_page(letter: Letter, office: Mapping[str, str]) -> LetterPage:
    """`office`: name, telephone, email, hours. Everything else stands in the letter itself."""
    facts = letter.facts
    return LetterPage(
        title=f"Our decision on {facts['reference']}",
        organisation=facts["organisation"],
        about=facts["round"],
        dated=readable.day_in_words(letter.released_at) if letter.released_at else "",
        opening=facts["opening"],
        paragraphs=lines(letter.text),
        parts=(*_offer(letter), *_waiting(facts), *_marks(facts), *_feedback(letter), *_again(facts)),
        closing=(
            f"If you want to talk about this letter, telephone {office['telephone']} ({office['hours']}) or write to {office['email']}.",
            office["name"],
        ),
        office=office["name"],
    )


def lines(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.splitlines() if each.strip())


def _offer(letter: Letter) -> Iterator[LetterPart]:
    facts, terms = letter.facts, letter.facts["terms"]
    if letter.outcome not in GIVES_MONEY:
        return
    rows = (
        ("Amount", facts["amount"]),
        ("You asked for", facts["asked"] if facts["asked"] != facts["amount"] else ""),
        ("For", facts["items"]),
        ("First day of the project", _day(terms.get("starts"))),
        ("Last day of the project", _day(terms.get("ends"))),
        ("How it is paid", facts["paid"]),
        ("Answer us by", _day(terms.get("answer_by"))),
    )
    yield LetterPart("offer", "What we offer", rows=tuple(row for row in rows if row[1]))
    conditions = lines(terms.get("conditions", ""))
    if conditions:
        yield LetterPart("conditions", "Conditions", bullets=conditions)
    if facts["documents"]:
        yield LetterPart("documents", "What we need before any money is paid", bullets=tuple(facts["documents"]))
    if facts["reports"]:
        yield LetterPart("reports", "Reports", bullets=tuple(facts["reports"]))
    yield LetterPart(
        "next",
        "What happens next",
        (
            "The agreement stands in the hub, with your award. To say yes, a lead of your organisation signs it there by that day.",
            "Then we sign it. Nothing is paid before both sides have signed.",
        ),
    )


def _waiting(facts: Mapping[str, Any]) -> Iterator[LetterPart]:
    """Of the reserve list, and of what was put off."""
    terms, place = facts["terms"], facts["place"]
    rows = (
        ("Your place on the reserve list", str(place) if place else ""),
        ("The list holds until" if place else "We decide by", _day(terms.get("until"))),
        ("What is missing", terms.get("missing", "")),
    )
    said = tuple(row for row in rows if row[1])
    if said:
        yield LetterPart("waiting", "How it stands", rows=said)


def _marks(facts: Mapping[str, Any]) -> Iterator[LetterPart]:
    if not facts["criteria"]:
        return
    averages = any(each["average"] for each in facts["criteria"])
    rows = tuple((each["label"], each["mark"], *([each["average"]] if averages else [])) for each in facts["criteria"])
    headings = ("Criterion", "Your mark", *(["Average of those funded"] if averages else []))
    yield LetterPart("marks", "Your marks", tuple(each for each in (facts["reached"], facts["compared"]) if each), rows, headings)


def _feedback(letter: Letter) -> Iterator[LetterPart]:
    if letter.outcome not in WITH_FEEDBACK:
        return
    for each in letter.facts["criteria"]:
        said = letter.feedback.get(each["key"], {})
        rows = (("What was good", said.get(STRENGTH, "")), ("What to improve", said.get(IMPROVEMENT, "")))
        if each["weak"] and any(words for _, words in rows):
            yield LetterPart(f"feedback-{each['key']}", each["label"], rows=tuple(row for row in rows if row[1]))


def _again(facts: Mapping[str, Any]) -> Iterator[LetterPart]:
    if facts["next_round"]:
        yield LetterPart("again", "Applying again", (facts["next_round"],))


def _day(kept: str | None) -> str:
    return readable.day_in_words(date.fromisoformat(kept)) if kept else ""
