"""How a filled-in questionnaire stands: what is shown, what is missing, what failed, what is worked out, how far each section is."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from partnerhub.rules import checks
from partnerhub.rules.checks import Failure, has_reason
from partnerhub.rules.question_types import NO_CELLS, NO_CHOICES, Answers, Cells, Choices, Figure, does_not_apply
from partnerhub.rules.question_types.chosen import SingleChoice
from partnerhub.rules.question_types.numbers import Breakdown, Percentage
from partnerhub.rules.question_types.tables import Table
from partnerhub.rules.questionnaire import EVERYONE, Check, Facts, Filled, Question, Questionnaire, Section, Severity
from partnerhub.rules.questionnaire.dependencies import is_worked_out
from partnerhub.rules.words import SectionState

PARTNER = frozenset({EVERYONE})
OFFICE = frozenset({EVERYONE, "office", "finance"})  # assessors answer elsewhere, each alone


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a section is: of the `total` questions that must be answered, `done` are; `needs_reason` failed checks still want one."""

    done: int
    total: int
    needs_reason: int
    state: SectionState


@dataclass(frozen=True, slots=True)
class Standing:
    """How the answers stand. With `sections` given to `assess`, all but `visible` and `stopped` speaks of those sections only."""

    visible: frozenset[str]
    required: frozenset[str]
    missing: tuple[tuple[str, str], ...]
    failures: tuple[Failure, ...]
    needs_reason: tuple[Failure, ...]
    computed: Mapping[str, Cells]
    sections: Mapping[str, Progress]
    """The sections that have something to show."""
    stopped: str | None
    ready: bool
    """Whether it may be sent: nothing missing, nothing that stops, a reason for the rest."""
    not_made: tuple[Check, ...] = ()
    """Checks that could not be made, because the period before is not known."""

    def asked_in(self, questionnaire: Questionnaire) -> list[Section]:
        """The sections with a question that is shown."""
        return [each for each in questionnaire.sections if any(question.key in self.visible for question in each.questions)]


def assess(
    questionnaire: Questionnaire,
    answers: Answers,
    previous: Answers | None,
    facts: Facts,
    today: date,
    *,
    choices: Choices = NO_CHOICES,
    sections: Collection[str] | None = None,
    only: Collection[str] | None = None,
    readers: frozenset[str] = PARTNER,
) -> Standing:
    """Works out everything about the answers, or about some sections. `readers` are the kinds of reader who look (see READERS).

    `only` narrows it to some questions, and leaves the progress of sections out.
    `choices` is the reference data on offer; an answer that is no longer among it must be chosen again.
    """
    filled = Filled(questionnaire, answers, previous, ChainMap({"today": today}, cast("MutableMapping", facts)), readers)
    failures = tuple(checks.failures(filled, sections=sections, beside=only))
    stopped = _stopped(filled)
    required: set[str] = set()
    missing: list[tuple[str, str]] = []
    computed: dict[str, Cells] = {}
    progress: dict[str, Progress] = {}
    beside: dict[str, list[Failure]] = {}
    for failure in failures:
        beside.setdefault(questionnaire.questions[failure.about[0][0]].section, []).append(failure)
    for section in questionnaire.sections:
        if sections is not None and section.key not in sections:
            continue
        shown = [each for each in section.questions if filled.is_shown(each.key) and (only is None or each.key in only)]
        owed = {each.key: _missing(each, filled, choices) for each in shown}
        required |= {each.key for each in shown if _is_required(each, filled)}
        missing += [(key, cell) for key, cells in owed.items() for cell in cells]
        computed |= {each.key: cells for each in shown if is_worked_out(each) and (cells := filled.computed(each))}
        if shown and only is None:
            progress[section.key] = _progress(section, shown, owed, beside.get(section.key, []), filled)
    needs_reason = tuple(each for each in failures if each.severity is Severity.ASKS and not has_reason(each, answers))
    return Standing(
        visible=frozenset(questionnaire.questions) - filled.hidden,
        required=frozenset(required),
        missing=tuple(missing),
        failures=failures,
        needs_reason=needs_reason,
        computed=computed,
        sections=progress,
        stopped=stopped,
        not_made=() if only is not None else tuple(checks.not_made(filled, sections=sections)),
        ready=not (missing or needs_reason or stopped or any(each.severity is Severity.STOPS for each in failures)),
    )


def about(whole: Standing, shown: Collection[str], asked: Collection[str], answers: Answers) -> Standing:
    """What of a standing concerns some questions: those `shown`, of all that are `asked` of one reader.

    A failed check that names several readers' questions stands beside the first of theirs, and that is where its reason is looked for.
    """
    theirs = [
        replace(each, about=tuple(sorted(each.about, key=lambda place: place[0] not in asked)))
        for each in whole.failures
        if any(key in asked for key, _cell in each.about)
    ]
    failures = tuple(each for each in theirs if each.about[0][0] in shown)
    needs_reason = tuple(each for each in failures if each.severity is Severity.ASKS and not has_reason(each, answers))
    missing = tuple(place for place in whole.missing if place[0] in shown)
    return Standing(
        visible=whole.visible & frozenset(asked),
        required=whole.required & frozenset(shown),
        missing=missing,
        failures=failures,
        needs_reason=needs_reason,
        computed={key: cells for key, cells in whole.computed.items() if key in shown},
        sections={},
        stopped=None,
        ready=not (missing or needs_reason or any(each.severity is Severity.STOPS for each in failures)),
    )


def _stopped(filled: Filled) -> str | None:
    """The sentence of the first answer that ends the form."""
    for key, question in filled.questionnaire.questions.items():
        if question.stop_if and filled.is_shown(key) and question.stop_if.holds(filled):
            return question.stop_message or f"You cannot go on because of your answer to “{question.label.rstrip('.')}”."
    return None


def _is_required(question: Question, filled: Filled) -> bool:
    """Whether it must be answered. A breakdown of nothing, or of what does not apply, need not."""
    if not (question.required or (question.required_when is not None and question.required_when.holds(filled))):
        return False
    if isinstance(question.type, Breakdown) and question.of:
        return filled.value(question.of) != 0 and not does_not_apply(filled.questionnaire.questions[question.of], filled.cells(question.of))
    return True


def _missing(question: Question, filled: Filled, choices: Choices) -> list[str]:
    """The cells that must be filled: all when it is required, and what was begun and cannot stand half done."""
    cells = filled.cells(question.key)
    if _is_required(question, filled):
        missing = list(question.type.missing(question, cells))
    elif isinstance(question.type, Table):
        missing = question.type.holes(question, cells)
    elif isinstance(question.type, Percentage) and question.type.is_answered(question, cells):
        missing = list(question.type.missing(question, cells))
    else:
        missing = []
    if isinstance(question.type, SingleChoice) and question.options_from and question.type.withdrawn(question, cells, choices):
        missing = [""]
    return missing


def _progress(section: Section, shown: list[Question], owed: Mapping[str, list[str]], failures: list[Failure], filled: Filled) -> Progress:
    to_do = [each for each in shown if _is_required(each, filled) or owed[each.key]]
    done = sum(not owed[each.key] for each in to_do)
    unexplained = [each for each in failures if each.severity is Severity.ASKS and not has_reason(each, filled.answers)]
    is_begun = any(each.type.is_answered(each, filled.cells(each.key)) for each in shown if each.type.is_typed)
    if unexplained or any(each.severity is Severity.STOPS for each in failures):
        state = SectionState.NEEDS_ATTENTION
    elif done < len(to_do):
        state = SectionState.IN_PROGRESS if is_begun else SectionState.NOT_STARTED
    elif is_begun or to_do:
        state = SectionState.DONE
    else:
        state = SectionState.OPTIONAL
    return Progress(done, len(to_do), len(unexplained), state)


def frozen(questionnaire: Questionnaire, document: Mapping[str, Any]) -> Standing:
    """How a version stood when it was sent, from what was frozen then: later corrections of other periods do not reach it."""
    visible = frozenset(document["visible"])
    failures = tuple(
        Failure(each["check"], Severity(each["severity"]), each["sentence"], tuple((key, cell) for key, cell in each["about"]))
        for each in document["failures"]
    )
    done = Progress(0, 0, 0, SectionState.DONE)
    return Standing(
        visible=visible,
        required=frozenset(),
        missing=(),
        failures=failures,
        needs_reason=(),
        computed=document["values"],
        sections={each.key: done for each in questionnaire.sections if any(question.key in visible for question in each.questions)},
        stopped=None,
        ready=True,
    )


def counted(questionnaire: Questionnaire, answers: Answers, standing: Standing) -> dict[str, Cells]:
    """The answers that count, with what is worked out: what a frozen version holds."""
    found = {key: cells for key, cells in answers.items() if key in standing.visible}
    return found | {key: {**found.get(key, NO_CELLS), **cells} for key, cells in standing.computed.items()}


def left_out(questionnaire: Questionnaire, answers: Answers, standing: Standing) -> list[Question]:
    """The questions whose answers are kept but do not count, because a condition hides them now."""
    return [
        question
        for key, question in questionnaire.questions.items()
        if key not in standing.visible and question.type.is_answered(question, answers.get(key, NO_CELLS))
    ]


def figures(questionnaire: Questionnaire, answers: Answers, standing: Standing) -> list[Figure]:
    """The figures of the answers: one for each indicator and one for each category of a breakdown; a blank yields none."""
    counting = counted(questionnaire, answers, standing)
    return [figure for each in questionnaire.figures if each.key in standing.visible for figure in each.type.figures(each, counting)]
