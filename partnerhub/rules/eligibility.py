"""The eligibility check: what a form and its round can say no to, asked before anybody signs in or writes anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile, takewhile

from partnerhub.rules import applications, gates
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.expressions import Expression
from partnerhub.rules.question_types import NO_CHOICES, Answers, Choices, Value
from partnerhub.rules.question_types.base import KEPT
from partnerhub.rules.question_types.chosen import SingleChoice
from partnerhub.rules.questionnaire import EVERYONE, Question, Questionnaire, Section, Severity, parse
from partnerhub.rules.rounds import Terms, facts
from partnerhub.rules.standing import assess
from partnerhub.rules.words import DOCUMENT_KIND_LABELS, ORGANISATION_KIND_LABELS, DocumentKind, OrganisationKind

# Kinds of question that a check of one minute does not ask: they want a file, a list of everybody, or nothing at all, or tell of a person.
READY = frozenset({"file", "organisation"})
NOT_ASKED = READY | {"information", "declaration", "computed", "table", "long_text", "short_text", "email", "phone", "address", "postcode"}
MISSING = "Answer this question"
KIND, AMOUNT = "round_kind", "round_amount"
_OWN = parse(
    {
        "questionnaire": "of_the_round",
        "title": "What the hub checks of every application",
        "kind": "application",
        "sections": [
            {
                "key": "own",
                "title": "You and the grant",
                "questions": [
                    {
                        "key": KIND,
                        "type": "single_choice",
                        "label": "What kind of organisation are you?",
                        "options": [{"key": key.value, "label": label} for key, label in ORGANISATION_KIND_LABELS.items()],
                    },
                    {"key": AMOUNT, "type": "money", "label": "How much would you ask for?"},
                ],
            }
        ],
    }
)
"""What the hub checks of every application by its round's terms, as questions."""
OWN, OWN_SECTIONS = _OWN.questions, _OWN.sections


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the check stands: what is asked as things are, what is wrong, and whether one can apply."""

    shown: tuple[Question, ...]
    errors: Mapping[str, str]
    unanswered: frozenset[str]
    stopped: str | None
    to_mend: tuple[str, ...] = ()
    """What could not be considered as it is, in sentences; another sum or other days would do."""
    to_have_ready: tuple[str, ...] = ()
    """What those who answer like this need for the form."""

    @property
    def may_apply(self) -> bool:
        return not (self.stopped or self.unanswered or self.errors or self.to_mend)


def asked(form: Questionnaire, terms: Terms) -> tuple[Question, ...]:
    """The questions that can end the form early, that its stopping checks or its documents turn on, and what its round's terms turn on.

    With those that these depend on, in their order.
    """
    first = takewhile(_can_stop, dropwhile(lambda section: not _can_stop(section), form.sections))
    wanted = {each.key for section in first for each in section.questions if each.stop_if}
    wanted |= {name for each in form.questions.values() if each.type.name == "file" for name in _conditions_of(each, form)}
    for each in form.checks:
        about = {key for key, _cell in each.about}
        if each.severity is Severity.STOPS and all(_is_askable(form.questions[key]) for key in about):
            wanted |= about
    to_do = set(wanted)
    while to_do:
        named = _conditions_of(form.questions[to_do.pop()], form)
        to_do |= named - wanted
        wanted |= named
    theirs = tuple(each for key, each in form.questions.items() if key in wanted and _is_askable(each))
    own = {
        KIND: set(terms.kinds) != set(OrganisationKind) and not any(each.reuse == "kind" for each in theirs),
        AMOUNT: applications.AMOUNT in form.questions and applications.AMOUNT not in wanted,
    }
    return theirs + tuple(OWN[key] for key, is_asked in own.items() if is_asked)


def _conditions_of(question: Question, form: Questionnaire) -> set[str]:
    """The questions that decide whether this one is asked, must be answered, or ends the form."""
    conditions = (question.show_if, question.stop_if, question.required_when, form.section_of(question.key).show_if)
    return {name for each in conditions for name in _names(each)} & form.questions.keys()


def _can_stop(section: Section) -> bool:
    return any(each.stop_if for each in section.questions)


def _names(expression: Expression | None) -> Collection[str]:
    return expression.names if expression else ()


def _is_askable(question: Question) -> bool:
    return question.cells == ("",) and question.type.name not in NOT_ASKED and question.visible_to == EVERYONE


def is_asked_for(question: Question) -> bool:
    """Whether it must be answered: what somebody chooses is known; a sum or a day may not be known yet."""
    return isinstance(question.type, SingleChoice)


def check(
    form: Questionnaire, terms: Terms, decided_by: date | None, texts: Mapping[str, str], today: date, choices: Choices = NO_CHOICES
) -> Verdict:
    """What follows from what was typed, question by question. Nothing is kept."""
    answers: dict[str, Mapping[str, Value]] = {}
    errors: dict[str, str] = {}
    questions = asked(form, terms)
    for question in questions:
        try:
            value = question.type.read(question, "", texts.get(question.key, ""), choices)
        except BadAnswer as error:
            errors[question.key] = error.sentence.removesuffix(KEPT).strip()
        else:
            answers |= {} if value is None else {question.key: {"": value}}
    standing = assess(form, answers, None, facts(terms, decided_by), today, choices=choices)
    shown = tuple(each for each in questions if each.key in standing.visible or each.key in OWN)
    keys = {each.key for each in shown}
    failures = [each for each in standing.failures if each.severity is Severity.STOPS and {key for key, _cell in each.about} <= keys]
    about = {key for each in failures for key, _cell in each.about}
    known = _known(form, terms, None if applications.STARTS in about else decided_by, answers)
    found = gates.not_passed(gates.before_applying(known))
    kind = [each.reason for each in found if each.what == gates.KIND]
    return Verdict(
        shown,
        {key: sentence for key, sentence in errors.items() if key in keys},
        frozenset(each.key for each in shown if is_asked_for(each) and each.key not in answers and each.key not in errors),
        standing.stopped or next(iter(kind), None),
        (*(f"{each.sentence.rstrip('.')}." for each in failures), *(each.reason for each in found if each.what != gates.KIND)),
        _to_have_ready(form, terms, standing.required),
    )


def _known(form: Questionnaire, terms: Terms, decided_by: date | None, answers: Answers) -> gates.Known:
    """What the gates are told: the kind as the form asks for it, where the hub knows a kind of that name."""
    keys = [KIND, *(key for key, each in form.questions.items() if each.reuse == "kind")]
    kinds = [answers[key][""] for key in keys if key in answers]
    return gates.Known(
        amount=applications.amount_requested({applications.AMOUNT: answers[AMOUNT]} if AMOUNT in answers else answers),
        cap=terms.cap,
        kind=next((each for each in OrganisationKind if each in kinds), ""),
        kinds=terms.kinds,
        lacking=None,
        starts=applications.project_of(answers).starts,
        decided_by=decided_by,
    )


def _to_have_ready(form: Questionnaire, terms: Terms, required: Collection[str]) -> tuple[str, ...]:
    theirs = [each for key, each in form.questions.items() if key in required and each.type.name in READY]
    kept = [kind for kind in terms.before_scoring if kind not in {each.reuse for each in theirs}]
    return (*(each.label for each in theirs), *(DOCUMENT_KIND_LABELS[DocumentKind(each)] for each in kept))
