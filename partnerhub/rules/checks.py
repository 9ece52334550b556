"""Checks between figures: those a form states and those built in. A failed check stops submission, or asks for a reason.

A form's check compares two sides. `blanks` says for each side what a blank does (after DHIS2's validation rules): skip_if_any leaves
the check out when anything the side names is blank, skip_if_all when everything is, never counts blanks as 0. `both_or_neither` and
`not_both` ask only whether anything on a side was answered. Hidden questions and "not applicable" are blank. A check that names an
earlier period's value or a fact is left out when that is not known, whatever it says about blanks. A check none of whose questions
is shown is left out.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from partnerhub.rules import percentages, readable
from partnerhub.rules.expressions import BLANK, Expression, Result, Use
from partnerhub.rules.question_types import REASON, Answers, rows, spoken
from partnerhub.rules.question_types.numbers import Breakdown, Computed, Decimal, Money, Percentage, WholeNumber, number_in
from partnerhub.rules.question_types.tables import MOST_ROWS, Table
from partnerhub.rules.question_types.written import Text
from partnerhub.rules.questionnaire import FACTS, Check, Facts, Filled, Question, Questionnaire, Severity
from partnerhub.rules.questionnaire.dependencies import (
    ADDS_UP,
    NOT_KNOWN,
    PERSONAL,
    ROWS,
    SWING,
    WITHIN,
    decimals_of_use,
    is_money_use,
)
from partnerhub.rules.text import personal_details

_NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that failed. The sentence stands beside about[0]; a reason for it is the answer to that question's cell `reason_cell`."""

    check_key: str
    severity: Severity
    sentence: str
    about: tuple[tuple[str, str], ...]
    left: Result | None = None
    right: Result | None = None

    @property
    def reason_cell(self) -> str:
        return REASON + self.check_key


def failed(
    questionnaire: Questionnaire,
    answers: Answers,
    previous: Answers | None,
    facts: Facts,
    *,
    sections: Collection[str] | None = None,
    only: Collection[str] | None = None,
) -> list[Failure]:
    """Every check that fails. `sections`: only those whose sentence stands there; `only`: only these keys, as `depends_on` gives them."""
    return failures(Filled(questionnaire, answers, previous, facts), sections=sections, only=only)


def failures(
    filled: Filled,
    *,
    sections: Collection[str] | None = None,
    only: Collection[str] | None = None,
    beside: Collection[str] | None = None,
) -> list[Failure]:
    """The same for answers that are already at hand. `beside`: only those whose sentence stands beside one of these questions."""
    return [*_of_the_form(filled, sections, only, beside), *_built_in(filled, sections, only, beside)]


# What a form states


def not_made(filled: Filled, *, sections: Collection[str] | None = None) -> list[Check]:
    """The checks of a form that compare with the period before and cannot be made, because that is not known."""
    questions = filled.questionnaire.questions
    return [
        check
        for check in filled.questionnaire.checks
        if any(use.how.startswith("previous") and filled.use(use) is BLANK for side in (check.left, check.right) for use in side.uses)
        and (shown := [key for key, _ in check.about if filled.is_shown(key)])
        and (sections is None or questions[shown[0]].section in sections)
    ]


def _of_the_form(
    filled: Filled, sections: Collection[str] | None, only: Collection[str] | None, beside: Collection[str] | None
) -> Iterator[Failure]:
    questions = filled.questionnaire.questions
    for check in filled.questionnaire.checks:
        if (only is not None and check.key not in only) or (sections is not None and check.sections.isdisjoint(sections)):
            continue
        if beside is not None and not any(place[0] in beside for place in check.about):
            continue
        failure = _failure(check, filled)
        if failure is None:
            continue
        first = failure.about[0][0]
        if (sections is None or questions[first].section in sections) and (beside is None or first in beside):
            yield failure


def _failure(check: Check, filled: Filled) -> Failure | None:
    about = tuple(each for each in check.about if filled.is_shown(each[0]))
    if not about:
        return None
    if check.operator in _PAIRS:
        left, right = (_is_there(side, filled) for side in (check.left, check.right))
        return None if _PAIRS[check.operator](left, right) else Failure(check.key, check.severity, check.message, about)
    left, right = _side(check.left, check.left_blanks, filled), _side(check.right, check.right_blanks, filled)
    if left is BLANK or right is BLANK or _holds(check.operator, left, right):
        return None
    return Failure(check.key, check.severity, _sentence(check, left, right, filled.questionnaire), about, left, right)


_PAIRS: Mapping[str, Callable[[bool, bool], bool]] = {
    "both_or_neither": lambda left, right: left == right,
    "not_both": lambda left, right: not (left and right),
}
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _holds(sign: str, left: Result, right: Result) -> bool:
    try:
        return _COMPARE[sign](left, right)
    except TypeError:  # a number against a text: nothing that can be told
        return True


def _is_there(side: Expression, filled: Filled) -> bool:
    return any(filled.use(use) is not BLANK for use in side.uses)


def _side(side: Expression, blanks: str, filled: Filled) -> Result:
    """The value of one side, BLANK when the check is to be left out."""
    empty = [use for use in side.uses if filled.use(use) is BLANK]
    if not empty:
        return side.evaluate(filled)
    if any(use.how.startswith("previous") or use.name in FACTS for use in empty):
        return BLANK
    if blanks == "skip_if_any" or (blanks == "skip_if_all" and len(empty) == len(side.uses)):
        return BLANK
    return side.evaluate(_BlankAsZero(filled))  # ty: ignore[invalid-argument-type] (it answers whatever Filled answers)


class _BlankAsZero:
    """Finds the same values, with 0 for what is blank."""

    def __init__(self, filled: Filled) -> None:
        self.filled = filled

    def __getattr__(self, name: str) -> Callable[..., Result]:
        find = getattr(self.filled, name)

        def found(*named: str) -> Result:
            value = find(*named)
            return 0 if value is BLANK else value

        return found


# The second sentence: what was counted


def _sentence(check: Check, left: Result, right: Result, questionnaire: Questionnaire) -> str:
    """The author's message, and what each side came to: "The 3 figures add up to 197. “Referrals accepted” is 198."."""
    message = check.message if check.message.endswith((".", "!", "?")) else f"{check.message}."
    return " ".join([message, *filter(None, (_counted(check.left, left, questionnaire), _counted(check.right, right, questionnaire)))])


def _counted(side: Expression, value: Result, questionnaire: Questionnaire) -> str:
    uses = [use for use in side.uses if use.name in questionnaire.questions]
    if not uses or not isinstance(value, (int, Fraction)) or any(use.how == "days" for use in uses):
        return ""  # a day counts as a number nobody knows it by
    amount = _amount(side, value, questionnaire)
    if len(side.uses) == 1 and side.terms and side.terms[0][0] == 1 and len(side.terms) == 1:
        return f"“{_called(uses[0], questionnaire)}” {f'was {amount} last time' if uses[0].how.startswith('previous') else f'is {amount}'}."
    if side.terms and all(sign == 1 for sign, _ in side.terms) and len(side.terms) == len(uses):
        return f"The {len(uses)} figures add up to {amount}."
    return f"Taken together, the {len(uses)} figures make {amount}." if side.terms else f"The calculation comes to {amount}."


def _called(use: Use, questionnaire: Questionnaire) -> str:
    question = questionnaire.questions[use.name]
    label = question.label.rstrip(".?:")
    if use.how not in ("cell", "previous_cell"):
        return label
    words = {"number": question.number_label, "out_of": question.out_of_label} | {each.key: each.label for each in question.categories}
    return f"{label}: {words.get(use.detail) or use.detail}"


def _amount(side: Expression, value: int | Fraction, questionnaire: Questionnaire) -> str:
    parts = [(use, questionnaire.questions[use.name]) for use in side.uses if use.name in questionnaire.questions]
    if any(is_money_use(*part) for part in parts):
        return readable.money(value)
    if all(use.how in ("value", "previous") and part.type.is_share for use, part in parts):
        return percentages.as_printed(percentages.whole(value * 10))
    places = max(decimals_of_use(*part) for part in parts)
    return spoken(value, places if value.denominator == 1 else max(places, 1)) if places or value.denominator != 1 else spoken(value)


# What is built in


def _built_in(
    filled: Filled, sections: Collection[str] | None, only: Collection[str] | None, beside: Collection[str] | None
) -> Iterator[Failure]:
    for key, question in filled.questionnaire.questions.items():
        if (beside is None or key in beside) and (sections is None or question.section in sections) and filled.is_shown(key):
            for type_, prefix, look in _LOOKS:
                if isinstance(question.type, type_) and (only is None or f"{prefix}{key}" in only):
                    yield from look(question, filled)
            if question.row_rules and (only is None or any(rule.key in only for rule in question.row_rules)):
                yield from _row_rules(question, filled, only)


def _within(question: Question, filled: Filled) -> Iterator[Failure]:
    """A share: the part is no more than the whole. (A part without its whole is a missing answer.)"""
    cells = filled.cells(question.key) if question.cells else filled.computed(question)
    number, out_of = number_in(cells.get("number")), number_in(cells.get("out_of"))
    if number is None or out_of is None or number <= out_of or not _is_share(question, filled):
        return
    first, second = (Fraction(each, 10**question.decimals) for each in (number, out_of))
    yield Failure(
        f"{WITHIN}{question.key}",
        filled.questionnaire.built_in,
        f"“{question.label.rstrip('.')}” is {spoken(first, question.decimals)} out of {spoken(second, question.decimals)}."
        " The first number cannot be more than the second.",
        tuple((question.key, each) for each in question.cells) or ((question.key, ""),),
        first,
        second,
    )


def _is_share(question: Question, filled: Filled) -> bool:
    """Hours for each household may well be more than 1; a share may not. The indicator's unit tells them apart."""
    indicator = filled.questionnaire.indicators.get(question.indicator)
    return indicator.unit == "percent" if indicator else bool(question.cells)


def _adds_up(question: Question, filled: Filled) -> Iterator[Failure]:
    """A breakdown adds up to the number it breaks down, when both are there."""
    if not (question.of and question.adds_up):
        return
    parent = filled.questionnaire.questions[question.of]
    total, whole = filled.value(question.key), filled.value(question.of)
    if isinstance(total, (int, Fraction)) and isinstance(whole, (int, Fraction)) and total != whole:
        said = readable.money if question.is_money else (lambda number: spoken(number, question.type.places(question)))
        difference = abs(whole - total)
        yield Failure(
            f"{ADDS_UP}{question.key}",
            question.severity,
            f"“{question.label.rstrip('.')}” adds up to {said(total)}, but “{parent.label.rstrip('.')}” is {said(whole)}:"
            f" {said(difference)} too {'few' if total < whole else 'many'}.",
            ((question.key, question.cells[0]), (parent.key, "")),
            total,
            whole,
        )


def _swing(question: Question, filled: Filled) -> Iterator[Failure]:
    """A figure that moved further since the period before than the form lets pass without a reason."""
    swing = filled.questionnaire.swing
    if swing is None or not question.indicator:
        return
    now, before = filled.value(question.key), filled.previous(question.key)
    if not isinstance(now, (int, Fraction)) or not isinstance(before, (int, Fraction)):
        return
    moved = abs(now - before)
    if moved > swing.at_least and moved * 100 > swing.percent * abs(before):
        said = readable.money if question.is_money else (lambda number: spoken(number, question.type.places(question)))
        yield Failure(
            f"{SWING}{question.key}",
            Severity.ASKS,
            f"“{question.label.rstrip('.')}” was {said(before)} last time and is {said(now)} now. Check it, or say why it changed.",
            ((question.key, ""),),
            now,
            before,
        )


def _not_known(question: Question, filled: Filled) -> Iterator[Failure]:
    """Too much of a breakdown stands under "not known"."""
    most = filled.questionnaire.not_known_above
    total, unknown = filled.value(question.key), number_in(filled.cells(question.key).get(_NOT_KNOWN))
    if most is None or unknown is None or not isinstance(total, (int, Fraction)) or total <= 0 or _NOT_KNOWN not in question.cells:
        return
    scale = 10 ** question.type.places(question)
    if unknown * 100 > most * total * scale:
        share = percentages.as_printed(percentages.whole(Fraction(unknown, scale) / total * 1000))
        yield Failure(
            f"{NOT_KNOWN}{question.key}",
            Severity.ASKS,
            f"“Not known” is {share} of “{question.label.rstrip('.')}”. Say why for so many.",
            ((question.key, _NOT_KNOWN),),
            share * 100,
            most,
        )


def _personal(question: Question, filled: Filled) -> Iterator[Failure]:
    """Free text that seems to say who somebody is. What was found is not repeated."""
    if not filled.questionnaire.asks_about_personal_details:
        return
    for cell, text in filled.cells(question.key).items():
        if not isinstance(text, str) or not _is_free_text(question, cell):
            continue
        kinds = personal_details(text)
        if kinds:
            yield Failure(
                f"{PERSONAL}{question.key}",
                Severity.ASKS,
                f"This looks as if it holds {_listed(kinds)}. Take out anything that could identify a person, or say why it should stay.",
                ((question.key, cell),),
            )
            return


def _is_free_text(question: Question, cell: str) -> bool:
    if not isinstance(question.type, Table):
        return cell == ""
    row, _, key = cell.partition(".")
    return row != "reason" and any(each.key == key and isinstance(each.type, Text) for each in question.columns)


def _listed(words: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _rows(question: Question, filled: Filled) -> Iterator[Failure]:
    """More rows than the table takes."""
    most, count = question.limit.rows or MOST_ROWS, len(rows(filled.cells(question.key)))
    if count > most:
        yield Failure(
            f"{ROWS}{question.key}",
            Severity.STOPS,
            f"“{question.label.rstrip('.')}” takes at most {most} row{'s' if most > 1 else ''}, and has {count}. Take out {count - most}.",
            ((question.key, ""),),
            count,
            most,
        )


def _row_rules(question: Question, filled: Filled, only: Collection[str] | None) -> Iterator[Failure]:
    for at, row in enumerate(filled.table_rows(question), 1):
        for rule in question.row_rules:
            if (only is None or rule.key in only) and rule.test.evaluate(row) is False:
                typed = [each.key for each in question.columns if each.type.is_typed]
                cells = sorted((name for name in rule.test.names if name not in FACTS), key=lambda name: name not in typed)
                message = rule.message if rule.message.endswith((".", "!", "?")) else f"{rule.message}."
                about = tuple((question.key, f"{row.key}.{name}") for name in cells)
                yield Failure(f"{rule.key}_{row.key}", rule.severity, f"Row {at}: {message}", about)


_LOOKS: tuple[tuple[type | tuple[type, ...], str, Callable[[Question, Filled], Iterator[Failure]]], ...] = (
    ((Percentage, Computed), WITHIN, _within),
    (Breakdown, ADDS_UP, _adds_up),
    ((WholeNumber, Decimal, Money), SWING, _swing),
    (Breakdown, NOT_KNOWN, _not_known),
    ((Text, Table), PERSONAL, _personal),
    (Table, ROWS, _rows),
)


def has_reason(failure: Failure, answers: Answers) -> bool:
    """Whether somebody gave a reason for it."""
    question, _ = failure.about[0]
    return bool(answers.get(question, {}).get(failure.reason_cell))
