"""The eligibility check as a form that only looks: its answers stand in the address and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from partnerhub.forms.fields import Asked, Choice, Choices, Form, TextLine
from partnerhub.rules.eligibility import MISSING, Verdict, is_asked_for
from partnerhub.rules.question_types import Choices as Reference
from partnerhub.rules.question_types import joined
from partnerhub.rules.question_types.chosen import MultipleChoice, SingleChoice
from partnerhub.rules.question_types.dates import Date
from partnerhub.rules.questionnaire import Question

PREFIX = "q_"  # so that no question is called what forms call their own parts
NOT_KNOWN = "Leave it empty if you do not know yet."
SEEN = "seen"  # the questions that were on the page


class CheckFields(Form):
    class Meta(Form.Meta):
        csrf = False


def texts_in(typed: MultiDict[str, str], asked: Sequence[Question]) -> dict[str, str]:
    """What was answered, by question, as the question's type reads it."""
    return {each.key: joined(typed.getlist(PREFIX + each.key)) for each in asked}


def check_form(verdict: Verdict, typed: MultiDict[str, str], reference: Reference) -> Any:
    """The questions that are asked as things stand, with what was answered and what is wrong; no error for what was not on the page yet."""
    fields = {PREFIX + each.key: _field(each, reference) for each in verdict.shown}
    form = type("CheckForm", (CheckFields,), fields)(typed)
    seen = set(typed.getlist(SEEN))
    errors = dict(verdict.errors) | {
        each.key: f"{MISSING}: {each.label}" for each in verdict.shown if each.key in verdict.unanswered & seen
    }
    for key, sentence in errors.items():
        form[PREFIX + key].errors = [sentence]
    return form


def _field(question: Question, reference: Reference) -> Asked:
    if isinstance(question.type, SingleChoice):
        offered = [(each.key, each.label) for each in question.type.offered(question, reference)]
        kind = Choices if isinstance(question.type, MultipleChoice) else Choice
        return kind(question.label, offered, hint=question.help)
    hint = question.help if is_asked_for(question) else " ".join(filter(None, [question.help, _how(question), NOT_KNOWN]))
    return TextLine(question.label, hint=hint)


def _how(question: Question) -> str:
    return f"Enter {question.type.example}." if isinstance(question.type, Date) else ""
