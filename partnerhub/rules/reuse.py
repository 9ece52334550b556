"""Which answers of an earlier form can be used again in another one: those to the same question, where nothing stands yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from partnerhub.rules.question_types.base import Value
from partnerhub.rules.question_types.tables import rows
from partnerhub.rules.questionnaire import EVERYONE, Question, Questionnaire

NEVER = frozenset({"file", "declaration"})  # a file is taken from the documents that are kept; a declaration is made anew
ORDER = "._order"

Place = tuple[str, str]


def into_empty(
    form: Questionnaire, earlier: Questionnaire, texts: Mapping[str, Mapping[str, str]], filled: Collection[Place]
) -> dict[Place, str]:
    """What would come, by question and cell. A table comes whole, and only where none of its cells holds anything yet."""
    begun = {key for key, cell in filled if not cell.endswith(ORDER)}
    return {
        (question.key, cell): text
        for question in form.questions.values()
        if question.key in texts and is_same(question, earlier.questions.get(question.key))
        for cell, text in _coming(question, texts[question.key])
        if text and (question.key not in begun if question.columns else (question.key, cell) not in filled)
    }


def is_same(question: Question, other: Question | None) -> bool:
    """Whether an answer to the one can stand as an answer to the other: everybody sees them, and key, type and columns are alike."""
    if other is None or question.type.name in NEVER or not question.type.is_typed:
        return False
    return question.visible_to == other.visible_to == EVERYONE and _form(question) == _form(other)


def _form(question: Question) -> tuple[str, tuple[tuple[str, str], ...]]:
    return question.type.name, tuple((each.key, each.type.name) for each in question.columns)


def _coming(question: Question, texts: Mapping[str, str]) -> Iterator[Place]:
    """The cells that are answers; what was written beside them (reasons, replies) belongs to the earlier form."""
    for cell, text in texts.items():
        if cell in question.cells or (question.columns and not cell.startswith(("reason.", "reply."))):
            yield cell, text


def part_of(question: Question, texts: Mapping[str, str], values: Mapping[str, Value]) -> dict[str, str]:
    """An answer as the profile keeps it, by cell; of a table the first row."""
    if not question.columns:
        return {cell: texts.get(cell, "") for cell in question.cells}
    row = next(iter(rows(values)), "r1")
    return {f"r1.{each.key}": texts.get(f"{row}.{each.key}", "") for each in question.columns if each.type.is_typed}
