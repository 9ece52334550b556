"""Whether what an expression reads is there to be read: the right function for the type, a cell, a column, an option that exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from partnerhub.rules.expressions import Expression, Use
from partnerhub.rules.question_types.base import NO_CHOICES
from partnerhub.rules.question_types.chosen import File, Information, MultipleChoice, Organisation, SingleChoice
from partnerhub.rules.question_types.dates import Date
from partnerhub.rules.question_types.numbers import Breakdown, Percentage
from partnerhub.rules.question_types.tables import Table
from partnerhub.rules.question_types.written import Address
from partnerhub.rules.questionnaire.definition import FACTS, Question
from partnerhub.rules.questionnaire.entries import did_you_mean


def check_uses(expression: Expression | None, questions: Mapping[str, Question], fault: Callable[[str], None]) -> None:
    """Tells `fault` of everything that the expression reads and that is not there."""
    if expression is None:
        return
    for use in expression.uses:
        if use.name in questions:
            problem = _RULES[use.how](questions[use.name], use)
        else:
            problem = "" if use.how in _OF_FACTS else f"“{use.name}” is a fact, not a question: {use.how}() cannot read it"
        if problem:
            fault(problem)
    for name, text, is_list in expression.compared:
        if name in questions and (problem := _comparison(questions[name], text, is_list)):
            fault(problem)
        elif name in FACTS and is_list:
            fault(f"“{name}” is not a list")


_OF_FACTS = ("value", "days", "answered", "starts")


def _value(question: Question, use: Use) -> str:
    if isinstance(question.type, Table):
        return f"“{question.key}” is a table: read a column of it with column({question.key}, 'column')"
    return f"“{question.key}” has no answer to read" if isinstance(question.type, Information) else ""


def _answered(question: Question, use: Use) -> str:
    return f"“{question.key}” has no answer to read" if isinstance(question.type, Information) else ""


def _sum(question: Question, use: Use) -> str:
    return "" if isinstance(question.type, Breakdown) else f"“{question.key}” is not a breakdown, so it has no sum"


def _cell(question: Question, use: Use) -> str:
    if not isinstance(question.type, (Breakdown, Percentage, Address)):
        return f"“{question.key}” has no cells"
    return "" if use.detail in question.cells else f"“{question.key}” has no cell “{use.detail}”.{did_you_mean(use.detail, question.cells)}"


def _column(question: Question, use: Use) -> str:
    column = next((each for each in question.columns if each.key == use.detail), None)
    if column is None:
        return f"“{question.key}” has no column “{use.detail}”.{did_you_mean(use.detail, [each.key for each in question.columns])}"
    return "" if column.type.is_number else f"the column “{use.detail}” of “{question.key}” holds no numbers"


def _days(question: Question, use: Use) -> str:
    return "" if isinstance(question.type, Date) else f"“{question.key}” is not a date"


def _starts(question: Question, use: Use) -> str:
    wrong = question.type.is_number or isinstance(question.type, (Table, MultipleChoice, Information, File))
    return f"“{question.key}” is not a text" if wrong else ""


_RULES: Mapping[str, Callable[[Question, Use], str]] = {
    "value": _value,
    "previous": _value,
    "sum": _sum,
    "cell": _cell,
    "previous_cell": _cell,
    "column": _column,
    "days": _days,
    "answered": _answered,
    "starts": _starts,
}


def _comparison(question: Question, text: str, is_list: bool) -> str:
    """What is wrong with comparing the question with a text."""
    key = question.key
    if question.type.is_number:
        return f"“{key}” is a number and is compared with the text '{text}'"
    if isinstance(question.type, MultipleChoice) != is_list:
        return f"write {key} == '{text}'" if is_list else f"“{key}” has several answers: write '{text}' in {key}"
    if not isinstance(question.type, SingleChoice) or isinstance(question.type, Organisation):
        return ""
    offered = question.type.offered(question, NO_CHOICES)
    if not offered or any(each.key == text for each in offered):
        return ""
    meant = next((each.key for each in offered if each.label == text), "")
    return f"“{key}” has no option with the key '{text}'.{f' Write {meant!r}.' if meant else did_you_mean(text, [o.key for o in offered])}"
