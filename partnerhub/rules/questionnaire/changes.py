"""What changed between two versions of a questionnaire, and what becomes of answers that move from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.expressions import Expression
from partnerhub.rules.question_types import NO_CHOICES, REASON, Cells, Choices
from partnerhub.rules.question_types.tables import Table
from partnerhub.rules.questionnaire.definition import Check, Question, Questionnaire


class ChangeKind(StrEnum):
    WORDING = "wording"
    """Labels, help, order: an open draft moves by itself."""
    ADDED = "added"
    RULE = "rule"
    """What is required, allowed, shown, checked, counted or published."""
    NO_PLACE = "no_place"
    """Answers already given find no place."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `question` is "" when it concerns the whole form or a check."""

    kind: ChangeKind
    question: str
    text: str


def changes(old: Questionnaire, new: Questionnaire) -> list[Change]:
    """Everything in which the new version differs from the old one."""
    return [*_of_the_form(old, new), *_of_questions(old, new), *_of_checks(old.checks, new.checks)]


def wording_only(found: Iterable[Change]) -> bool:
    """Whether open drafts may move by themselves."""
    return all(each.kind is ChangeKind.WORDING for each in found)


def _written(expression: Expression | None) -> str:
    return expression.text if expression else ""


def _of_the_form(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    if (old.title, old.about) != (new.title, new.about):
        yield Change(ChangeKind.WORDING, "", "The title or the introduction is worded differently.")
    rules = [
        (each.kind, each.swing, each.not_known_above, each.asks_about_personal_details, each.built_in, _written(each.short_version_when))
        for each in (old, new)
    ]
    if rules[0] != rules[1]:
        yield Change(ChangeKind.RULE, "", "The rules for the whole form changed.")
    if old.scoring != new.scoring:
        yield Change(ChangeKind.RULE, "", "How answers are scored changed.")
    if any(_condition(old, key) != _condition(new, key) for key in old.questions.keys() & new.questions.keys()):
        yield Change(ChangeKind.RULE, "", "When a section is shown changed.")
    if [(each.key, each.title, each.intro) for each in old.sections] != [(each.key, each.title, each.intro) for each in new.sections]:
        yield Change(ChangeKind.WORDING, "", "Sections are worded or ordered differently.")
    if [key for key in old.questions if key in new.questions] != [key for key in new.questions if key in old.questions]:
        yield Change(ChangeKind.WORDING, "", "Questions stand in a different order.")
    cited = {each.indicator for each in old.figures} & {each.indicator for each in new.figures}
    if any(_meaning(old, key) != _meaning(new, key) for key in cited):
        yield Change(ChangeKind.RULE, "", "How an indicator is combined changed.")


def _condition(of: Questionnaire, key: str) -> tuple[str, bool]:
    """The condition on a question that its section sets."""
    section = of.section_of(key)
    return _written(section.show_if), section.short


def _meaning(of: Questionnaire, key: str) -> tuple[object, ...]:
    known = of.indicators.get(key)
    return (known.measure, known.over_providers, known.unit, known.decimals) if known else ()


# Questions


def _of_questions(old: Questionnaire, new: Questionnaire) -> Iterator[Change]:
    for key, question in old.questions.items():
        if key not in new.questions:
            kind = ChangeKind.NO_PLACE if question.type.is_typed else ChangeKind.RULE
            yield Change(kind, key, f"“{question.label}” is no longer asked.")
        else:
            yield from _between(question, new.questions[key])
    for key, question in new.questions.items():
        if key not in old.questions:
            yield Change(ChangeKind.ADDED, key, f"“{question.label}” is new.")


def _words(question: Question, columns: Collection[str], keys: Collection[str]) -> tuple[object, ...]:
    """How a question is worded, with those of its columns and options that both versions have."""
    return (
        *(question.label, question.help, question.why, question.number_label, question.out_of_label, question.stop_message),
        [(each.label, each.help) for each in question.columns if each.key in columns],
        [each for each in (*question.options, *question.categories) if each.key in keys],
    )


_RULES: Mapping[str, Callable[[Question], object]] = {
    "when it must be answered": lambda each: (each.required, _written(each.required_when), each.before_payment, each.may_not_apply),
    "when it is asked": lambda each: (_written(each.show_if), _written(each.stop_if), each.short),
    "its limits": lambda each: (each.limit, each.decimals, each.options_from),
    "how it is worked out": lambda each: (
        _written(each.value),
        _written(each.share.number) if each.share else "",
        _written(each.share.out_of) if each.share else "",
        each.totals,
    ),
    "its figures": lambda each: (each.indicator, each.of, each.breakdown, each.adds_up, each.severity, each.number_from),
    "who sees it": lambda each: (each.visible_to, each.publish),
    "where its first answer comes from": lambda each: (each.reuse, each.carry_forward),
    "what is scored": lambda each: each.score,
    "the rules for its rows": lambda each: (
        [(rule.test.text, rule.severity) for rule in each.row_rules],
        {column.key: (column.limit, column.required, _written(column.value)) for column in each.columns},
    ),
}


def _between(old: Question, new: Question) -> Iterator[Change]:
    if old.type is not new.type or old.counted is not new.counted:
        yield Change(ChangeKind.NO_PLACE, new.key, f"“{new.label}” is now answered in another way ({new.type.name}).")
        return
    for kind, what, before, after in (
        (ChangeKind.NO_PLACE, "the answer", dict(old.options), dict(new.options)),
        (ChangeKind.NO_PLACE, "the category", dict(old.categories), dict(new.categories)),
        (ChangeKind.NO_PLACE, "the column", _columns(old), _columns(new)),
    ):
        for key in before.keys() - after.keys():
            yield Change(kind, new.key, f"“{new.label}” no longer has {what} “{before[key]}”.")
        for key in after.keys() - before.keys():
            yield Change(ChangeKind.ADDED, new.key, f"“{new.label}” has {what} “{after[key]}” as well.")
    for name, rule in _RULES.items():
        if rule(old) != rule(new):
            yield Change(ChangeKind.RULE, new.key, f"“{new.label}”: {name} changed.")
    columns = {each.key for each in old.columns} & {each.key for each in new.columns}
    keys = {each.key for each in (*old.options, *old.categories)} & {each.key for each in (*new.options, *new.categories)}
    if _words(old, columns, keys) != _words(new, columns, keys):
        yield Change(ChangeKind.WORDING, new.key, f"“{new.label}” is worded differently.")


def _columns(question: Question) -> dict[str, str]:
    """Columns by key and type: one whose type changed is another column."""
    return {f"{each.key} {each.type.name}": each.label for each in question.columns}


def _of_checks(old: Iterable[Check], new: Iterable[Check]) -> Iterator[Change]:
    before, after = ({each.key: each for each in checks} for checks in (old, new))
    for key in sorted(before.keys() | after.keys()):
        if key not in after:
            yield Change(ChangeKind.RULE, "", f"The check “{before[key].message}” was taken out.")
        elif key not in before:
            yield Change(ChangeKind.RULE, "", f"The check “{after[key].message}” is new.")
        elif _check(before[key]) != _check(after[key]):
            yield Change(ChangeKind.RULE, "", f"The check “{after[key].message}” changed.")
        elif before[key].message != after[key].message:
            yield Change(ChangeKind.WORDING, "", f"The check “{after[key].message}” is worded differently.")


def _check(check: Check) -> tuple[str, ...]:
    return (check.left.text, check.operator, check.right.text, check.left_blanks, check.right_blanks, check.severity)


# Answers


@dataclass(frozen=True, slots=True)
class Carried:
    """Answers as the new version reads them, and those that find no place in it: (question, cell)."""

    texts: Mapping[str, Mapping[str, str]]
    values: Mapping[str, Cells]
    no_place: tuple[tuple[str, str], ...]


def carry(texts: Mapping[str, Mapping[str, str]], new: Questionnaire, *, choices: Choices = NO_CHOICES) -> Carried:
    """Reads what was typed again with the new version, by key.

    What it cannot read is kept and does not count; what it has no box for is listed.
    """
    kept: dict[str, dict[str, str]] = {}
    values: dict[str, dict[str, object]] = {}
    no_place: list[tuple[str, str]] = []
    for key, cells in texts.items():
        question = new.questions.get(key)
        for cell, text in cells.items():
            if question is None or not _has_cell(question, cell):
                if text.strip():
                    no_place.append((key, cell))
                continue
            kept.setdefault(key, {})[cell] = text
            try:
                value = question.type.read(question, cell, text, choices)
            except BadAnswer:
                continue
            if value is not None:
                values.setdefault(key, {})[cell] = value
    return Carried(kept, values, tuple(no_place))  # ty: ignore[invalid-argument-type]


def _has_cell(question: Question, cell: str) -> bool:
    if isinstance(question.type, Table) and not cell.startswith(REASON):
        column = question.type.column(question, cell)
        return column is not None and column.type.is_typed if not cell.partition(".")[2].startswith("_") else True
    return cell in question.cells or cell.startswith(REASON)
