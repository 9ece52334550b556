"""What assessors and the panel type: interests, marks with their reasons, agreed marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from werkzeug.datastructures import MultiDict

from partnerhub.forms.answers import revision
from partnerhub.forms.fields import Choice, TextBox, TextLine, WholeNumber
from partnerhub.forms.returns import DecisionForm
from partnerhub.rules.numbers import LONGEST_SENTENCE, MOST_ASSESSORS

INTEREST, WHY, READ = "interest.", "why.", "read"


class InterestForm(DecisionForm):
    reason = TextBox(
        "What is your interest?",
        "Write what your interest is. Nothing was changed.",
        hint="For example: you volunteer there, a relative works there, you helped with the bid.",
        longest=LONGEST_SENTENCE,
        id="interest-reason",
    )


class AssessorForm(DecisionForm):
    assessor = Choice("Give it to", (), "Choose an assessor. Nothing was changed.", blank="Choose an assessor")


class FewerForm(DecisionForm):
    number = WholeNumber(
        "How many assessors mark it", "Give how many assessors mark it. Nothing was changed.", least=1, most=MOST_ASSESSORS
    )
    reason = TextBox("Why", hint="The panel reads this, the applicant does not.", longest=LONGEST_SENTENCE)


class AgreedForm(DecisionForm):
    mark = TextLine("Agreed mark", "Give the mark that the panel agreed. Nothing was changed.", longest=10)
    reason = TextBox("Why", "Write why the panel agreed this mark. Nothing was changed.", longest=LONGEST_SENTENCE)


def declared_in(form: Mapping[str, str]) -> dict[UUID, str]:
    """Organisation -> why, for each that was ticked on the page of interests."""
    ticked = [name.removeprefix(INTEREST) for name in form if name.startswith(INTEREST)]
    return {each: form.get(f"{WHY}{each}", "") for each in _ids(ticked)}


def read_in(form: MultiDict[str, str]) -> list[UUID]:
    """The organisations that stood on the page of interests."""
    return _ids(form.getlist(READ))


def _ids(texts: Iterable[str]) -> list[UUID]:
    found = []
    for each in texts:
        try:
            found.append(UUID(each))
        except ValueError:
            continue
    return found


class MarksTyped(NamedTuple):
    """By (criterion, "mark" or "reason"): what was typed, and over which revision, unless somebody pressed to keep theirs."""

    typed: dict[tuple[str, str], str]
    seen: dict[tuple[str, str], int]


def marks_in(form: Mapping[str, str]) -> MarksTyped:
    """Each box that was sent; none where what is stored was chosen ("theirs")."""
    found = MarksTyped({}, {})
    for name in form:
        prefix, _, rest = name.partition(".")
        criterion, _, cell = rest.rpartition(".")
        choice = form.get(f"choose.{rest}", "")
        if prefix != "a" or not criterion or cell not in ("mark", "reason") or choice == "theirs":
            continue
        found.typed[criterion, cell] = form[name]
        if choice != "mine":
            found.seen[criterion, cell] = revision(form.get(f"r.{rest}", ""))
    return found
