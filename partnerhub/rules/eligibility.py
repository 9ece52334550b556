"""The eligibility check: the questions of a form that can end it, asked before anybody signs in or writes anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile, takewhile

from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.expressions import Expression
from partnerhub.rules.question_types import NO_CHOICES, Choices, Value
from partnerhub.rules.question_types.base import KEPT
from partnerhub.rules.questionnaire import EVERYONE, Facts, Question, Questionnaire, Section
from partnerhub.rules.standing import assess

# Kinds of question that a check of one minute does not ask: they want a file, a list of everybody, or nothing at all.
NOT_ASKED = frozenset({"file", "organisation", "information", "declaration", "computed", "table", "long_text"})
MISSING = "Answer this question"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the check stands: what is asked as things are, what is wrong, and whether one can apply."""

    shown: tuple[Question, ...]
    errors: Mapping[str, str]
    unanswered: frozenset[str]
    stopped: str | None

    @property
    def may_apply(self) -> bool:
        return not (self.stopped or self.unanswered or self.errors)


def asked(form: Questionnaire) -> tuple[Question, ...]:
    """The questions of the form's first sections that can end it, with those that these depend on, in their order."""
    first = takewhile(_can_stop, dropwhile(lambda section: not _can_stop(section), form.sections))
    wanted = {each.key for section in first for each in section.questions if each.stop_if}
    to_do = set(wanted)
    while to_do:
        question = form.questions[to_do.pop()]
        conditions = (question.show_if, question.stop_if, form.section_of(question.key).show_if)
        named = {name for each in conditions for name in _names(each)} & form.questions.keys()
        to_do |= named - wanted
        wanted |= named
    return tuple(each for key, each in form.questions.items() if key in wanted and _is_askable(each))


def _can_stop(section: Section) -> bool:
    return any(each.stop_if for each in section.questions)


def _names(expression: Expression | None) -> Collection[str]:
    return expression.names if expression else ()


def _is_askable(question: Question) -> bool:
    return question.cells == ("",) and question.type.name not in NOT_ASKED and question.visible_to == EVERYONE


def check(form: Questionnaire, texts: Mapping[str, str], facts: Facts, today: date, choices: Choices = NO_CHOICES) -> Verdict:
    """What follows from what was typed, question by question. Nothing is kept."""
    answers: dict[str, Mapping[str, Value]] = {}
    errors: dict[str, str] = {}
    questions = asked(form)
    for question in questions:
        try:
            value = question.type.read(question, "", texts.get(question.key, ""), choices)
        except BadAnswer as error:
            errors[question.key] = error.sentence.removesuffix(KEPT).strip()
        else:
            answers |= {} if value is None else {question.key: {"": value}}
    standing = assess(form, answers, None, facts, today, choices=choices, sections=())
    shown = tuple(each for each in questions if each.key in standing.visible)
    blank = frozenset(each.key for each in shown if each.key not in answers and each.key not in errors)
    told = {key: sentence for key, sentence in errors.items() if key in standing.visible}
    return Verdict(shown, told, blank, standing.stopped)
