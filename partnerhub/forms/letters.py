"""What staff write into a letter with a decision: its words, a strength and an improvement for each weak criterion, days and conditions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from partnerhub.forms.fields import Day, TextBox
from partnerhub.forms.returns import DecisionForm
from partnerhub.models import Letter
from partnerhub.rules.letters import IMPROVEMENT, STRENGTH, WITH_FEEDBACK, Missing, field_of
from partnerhub.rules.numbers import LONGEST_LETTER, LONGEST_SENTENCE
from partnerhub.rules.words import GIVES_MONEY, Outcome


class LetterForm(DecisionForm):
    """See `letter_form`: what else stands in it depends on the letter."""

    text = TextBox("What the letter says after its first sentence", longest=LONGEST_LETTER, hint="An empty line begins a new paragraph.")

    @property
    def terms(self) -> dict[str, Any]:
        """Days as they are kept, and texts, under the names that letters know them by."""
        found = {name: self[name].data for name in TERMS if name in self}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items() if value}

    def feedback(self, criteria: Iterable[str]) -> dict[str, dict[str, str]]:
        return {
            key: {part: self[field_of(key, part)].data or "" for part in (STRENGTH, IMPROVEMENT)}
            for key in criteria
            if field_of(key, STRENGTH) in self
        }

    def say(self, missing: Missing) -> None:
        """What is missing, each beside its box."""
        for sentence, name in missing:
            self[name].errors = [*self[name].errors, sentence]


def _day(label: str) -> Day:
    return Day(label)


def _box(label: str, hint: str = "", longest: int = LONGEST_SENTENCE, **rest: Any) -> TextBox:
    return TextBox(label, hint=hint, longest=longest, **rest)


TERMS = ("starts", "ends", "answer_by", "conditions", "until", "missing")


def _terms(outcome: str) -> dict[str, Any]:
    """The boxes that a letter of this outcome has besides its words."""
    if outcome in GIVES_MONEY:
        return {
            "starts": _day("First day of the project"),
            "ends": _day("Last day of the project"),
            "answer_by": _day("Last day on which they can say yes"),
            "conditions": _box("Conditions", "One on each line. Leave it empty if there are none.", LONGEST_LETTER),
        }
    if outcome == Outcome.RESERVE:
        return {"until": _day("The reserve list holds until")}
    if outcome == Outcome.DEFER:
        return {"missing": _box("What is missing before we can decide"), "until": _day("The day by which we decide")}
    return {}


def weak_in(letter: Letter) -> list[dict[str, Any]]:
    """The criteria for which a strength and an improvement are written."""
    return [each for each in letter.facts["criteria"] if each["weak"]] if letter.outcome in WITH_FEEDBACK else []


def letter_form(letter: Letter, *typed: Any) -> LetterForm:
    boxes = _terms(letter.outcome)
    for each in weak_in(letter):
        for part, label in ((STRENGTH, "one thing that was good"), (IMPROVEMENT, "one thing to improve")):
            name = field_of(each["key"], part)
            boxes[name] = _box(f"{each['label']}: {label}", id=name.replace(".", "-"))
    return type("LetterForm", (LetterForm,), boxes)(*typed, data=_filled_from(letter))


def _filled_from(letter: Letter) -> dict[str, Any]:
    terms = letter.facts["terms"]
    days = {name: date.fromisoformat(terms[name]) for name in ("starts", "ends", "answer_by", "until") if terms.get(name)}
    said = {field_of(key, part): words for key, parts in letter.feedback.items() for part, words in parts.items()}
    return {"version": letter.version, "text": letter.text, **terms, **days, **said}
