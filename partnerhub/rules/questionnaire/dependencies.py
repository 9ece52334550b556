"""What depends on what: order of working out, circles, units of computed values, and what one answer touches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from partnerhub.rules.expressions import Expression, Use
from partnerhub.rules.question_types import QuestionType
from partnerhub.rules.question_types.numbers import Breakdown, Computed, Decimal, Money, Percentage, WholeNumber
from partnerhub.rules.question_types.tables import Table
from partnerhub.rules.question_types.written import Text
from partnerhub.rules.questionnaire.definition import FACTS, MONEY_FACTS, Check, Question, Touched

_EARLIER = ("previous", "previous_cell")
MOST_CIRCLES = 20

Graph = Mapping[str, set[str]]


def in_order(graph: Graph, circular: Callable[[str], None]) -> tuple[str, ...]:
    """The keys of `graph` (each with those it needs), each after those it needs. Tells `circular` of every circle."""
    left = {key: set(needs) for key, needs in graph.items()}
    for _ in range(MOST_CIRCLES):
        try:
            return tuple(TopologicalSorter(left).static_order())
        except CycleError as error:
            circle = list(reversed(error.args[1]))
            circular(" needs ".join(circle))
            left[circle[0]].discard(circle[1])
    return tuple(left)


def names_now(*expressions: Expression | None) -> set[str]:
    """The questions an expression reads of this period."""
    return {use.name for each in expressions if each for use in each.uses if use.how not in _EARLIER and use.name not in FACTS}


def expressions_of(question: Question) -> tuple[Expression | None, ...]:
    """What its value is worked out from."""
    return (question.value, question.share.number, question.share.out_of) if question.share else (question.value,)


def needs(questions: Mapping[str, Question], shown_by: Mapping[str, Expression | None]) -> dict[str, set[str]]:
    """Each question with those that decide whether it is shown and what it is worth."""
    return {
        key: names_now(each.show_if, shown_by[each.section], *expressions_of(each)) | ({each.of} if each.of else set())
        for key, each in questions.items()
    }


def with_unit(question: Question, questions: Mapping[str, Question]) -> Question:
    """A computed question with its unit: money when it is made of money, else as many decimals as its parts have."""
    if not isinstance(question.type, Computed) or question.is_stated:
        return question
    parts = [(use, questions[use.name]) for each in expressions_of(question) if each for use in each.uses if use.name in questions]
    facts = {use.name for each in expressions_of(question) if each for use in each.uses}
    is_money = question.share is None and (any(is_money_use(use, part) for use, part in parts) or bool(facts & MONEY_FACTS))
    places = max((decimals_of_use(use, part) for use, part in parts), default=0)
    if is_money:
        places = 2
    elif question.value and question.value.divides:
        places = max(places, 1)
    return replace(question, is_money=is_money, decimals=places, figure_decimals=question.figure_decimals if question.indicator else places)


def _read_column(use: Use, part: Question) -> Question:
    return next((each for each in part.columns if each.key == use.detail), part) if use.how == "column" else part


def is_money_use(use: Use, part: Question) -> bool:
    """Whether what is read is an amount of money."""
    return use.how not in ("days", "answered", "starts") and _read_column(use, part).is_money


def decimals_of_use(use: Use, part: Question) -> int:
    """How many decimals what is read has."""
    if use.how in ("days", "answered", "starts"):
        return 0
    if part.type.is_share and use.how in ("value", "previous"):
        return 1
    part = _read_column(use, part)
    return part.type.places(part)


# What one answer touches

WITHIN, ADDS_UP, SWING, NOT_KNOWN, PERSONAL, ROWS = "_within_", "_adds_up_", "_swing_", "_not_known_", "_personal_", "_rows_"
_BUILT_IN: Mapping[str, tuple[type[QuestionType], ...]] = {
    WITHIN: (Percentage, Computed),
    ADDS_UP: (Breakdown,),
    SWING: (WholeNumber, Decimal, Money),
    NOT_KNOWN: (Breakdown,),
    PERSONAL: (Text, Table),
    ROWS: (Table,),
}


def built_in_keys(question: Question) -> set[str]:
    """The keys of the built-in checks that a question may fail. The key of a row rule's failure adds "_" and its row."""
    built_in = {f"{prefix}{question.key}" for prefix, types in _BUILT_IN.items() if isinstance(question.type, types)}
    return built_in | {each.key for each in question.row_rules}


def is_worked_out(question: Question) -> bool:
    """Whether the hub works something out for it."""
    has_computed_columns = bool(question.totals) or any(each.value for each in question.columns)
    return isinstance(question.type, (Computed, Breakdown)) or has_computed_columns


def touched(questions: Mapping[str, Question], shown_by: Mapping[str, Expression | None], checks: Iterable[Check]) -> dict[str, Touched]:
    """For each question, what must be worked out again when its answer changes."""
    needed = needs(questions, shown_by)
    needing: dict[str, set[str]] = {key: set() for key in questions}
    for key, names in needed.items():
        for name in names & set(questions):
            needing[name].add(key)
    read = {check.key: names_now(check.left, check.right) for check in checks}
    decides = {
        key: names_now(each.show_if, shown_by[each.section], each.required_when) | ({each.of} if each.of else set())
        for key, each in questions.items()
    }
    return {key: _touched(_reach(key, needing), questions, read, decides) for key in questions}


def _reach(key: str, needing: Graph) -> set[str]:
    reached, waiting = {key}, [key]
    while waiting:
        for each in needing[waiting.pop()] - reached:
            reached.add(each)
            waiting.append(each)
    return reached


def _touched(reached: set[str], questions: Mapping[str, Question], read: Graph, decides: Graph) -> Touched:
    built_in = {each for key in reached for each in built_in_keys(questions[key])}
    return Touched(
        checks=frozenset(built_in | {key for key, names in read.items() if names & reached}),
        computed=frozenset(key for key in reached if is_worked_out(questions[key])),
        shown=frozenset(key for key, names in decides.items() if names & reached),
    )
