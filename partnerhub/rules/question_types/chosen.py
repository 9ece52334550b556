"""Questions answered by choosing: yes or no, one or several of a list, an organisation, files, a declaration; and information."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from partnerhub.rules.expressions import BLANK, Result
from partnerhub.rules.question_types.base import (
    NOT_APPLICABLE,
    Cells,
    Choice,
    Choices,
    QuestionType,
    Value,
    kept,
)

if TYPE_CHECKING:
    from partnerhub.rules.questionnaire import Question

YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))


def joined(keys: Sequence[str]) -> str:
    """Several chosen keys as the one text of their cell: a line each."""
    return "\n".join(keys)


def choices_of(question: Question, choices: Choices) -> tuple[Choice, ...]:
    """What can be chosen: the question's own list, or the reference data it names."""
    return question.options or choices.get(question.options_from, ())


def _found(offered: tuple[Choice, ...], words: str) -> str | None:
    """The key of the choice that `words` is the key or the label of."""
    wanted = words.strip()
    if len(wanted) > 500:
        return None
    by_key = next((each.key for each in offered if each.key == wanted), None)
    return by_key or next((each.key for each in offered if each.label.casefold() == wanted.casefold()), None)


def _label(offered: tuple[Choice, ...], key: object) -> str:
    return next((each.label for each in offered if each.key == key), str(key))


class SingleChoice(QuestionType):
    name = "single_choice"
    keys = frozenset({"options", "options_from"})
    in_table = True

    def offered(self, question: Question, choices: Choices) -> tuple[Choice, ...]:
        return choices_of(question, choices)

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        found = _found(self.offered(question, choices), text)
        if found is None:
            raise kept("Choose one of the answers in the list.")
        return found

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        return _label(self.offered(question, choices), value)

    def withdrawn(self, question: Question, cells: Cells, choices: Choices) -> bool:
        """Whether the stored choice is no longer offered by the reference data it came from."""
        offered = {each.key for each in self.offered(question, choices)}
        stored = cells.get("")
        chosen = stored if isinstance(stored, list) else [stored]
        return bool(offered) and any(each not in offered for each in chosen if each not in (None, NOT_APPLICABLE))


class YesNo(SingleChoice):
    name = "yes_no"
    keys = frozenset()

    def offered(self, question: Question, choices: Choices) -> tuple[Choice, ...]:
        return YES_NO

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        found = {"y": "yes", "n": "no"}.get(text.strip().lower()) or _found(YES_NO, text)
        if found is None:
            raise kept("Choose yes or no.")
        return found


class MultipleChoice(SingleChoice):
    """Several of a list. Its text has one key (or label) on each line."""

    name = "multiple_choice"
    limits = frozenset({"choices"})
    in_table = False

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        offered = self.offered(question, choices)
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) == 1 and _found(offered, lines[0]) is None:
            lines = lines[0].split(",")
        found = {_found(offered, line) for line in lines} if len(lines) <= 1000 else {None}
        if None in found:
            raise kept("Choose from the answers in the list.")
        most = question.limit.choices
        if most and len(found) > most:
            raise kept(f"Choose at most {most}. You have chosen {len(found)}.")
        return [each.key for each in offered if each.key in found]

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        offered = self.offered(question, choices)
        return ", ".join(_label(offered, key) for key in value) if isinstance(value, list) else str(value)

    def write(self, question: Question, cell: str, value: Value | None) -> str:
        return joined(value) if isinstance(value, list) else super().write(question, cell, value)

    def meaning(self, question: Question, cells: Cells) -> Result:
        """Its keys, for 'key' in question."""
        value = cells.get("")
        return tuple(value) if isinstance(value, (list, tuple)) and value else BLANK


class Organisation(SingleChoice):
    """Another organisation in the hub, by its id."""

    name = "organisation"
    keys = frozenset({"options_from"})

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        """By its name, also where it is not offered any more."""
        return _label((*self.offered(question, choices), *choices.get("organisations", ())), value)

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        offered = self.offered(question, choices)
        found = _found(offered, text)
        if found is None and not offered:
            found = _uuid(text)
        if found is None:
            raise kept("Choose an organisation from the list.")
        return found


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text.strip())) if len(text) <= 100 else None
    except ValueError:
        return None


_FILE = re.compile(r"[A-Za-z0-9-]{1,64}")


class File(QuestionType):
    """Files that were sent before: their ids, one on each line."""

    name = "file"
    limits = frozenset({"files", "megabytes"})

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        ids = list(dict.fromkeys(text.split()))
        most = question.limit.files or 1
        if len(ids) > 1000 or not all(_FILE.fullmatch(each) for each in ids):
            raise kept("Choose a file to send.")
        if len(ids) > most:
            raise kept(f"Send at most {most} file{'s' if most > 1 else ''}. There are {len(ids)}: take some out.")
        return ids

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        count = len(value) if isinstance(value, list) else 1
        return f"{count} file{'s' if count != 1 else ''}"

    def write(self, question: Question, cell: str, value: Value | None) -> str:
        return joined(value) if isinstance(value, list) else super().write(question, cell, value)

    def meaning(self, question: Question, cells: Cells) -> Result:
        value = cells.get("")
        return len(value) if isinstance(value, list) and value else BLANK


class Declaration(QuestionType):
    """A box to tick: yes, or nothing."""

    name = "declaration"

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        if text.strip().lower() not in {"yes", "y", "on", "true", "1"}:
            raise kept("Tick the box if you agree.")
        return "yes"

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        return "Agreed"


class Information(QuestionType):
    """Words for the reader; in a table, a column that the office fills in beforehand."""

    name = "information"
    is_typed = False
    in_table = True

    def cells(self, question: Question) -> tuple[str, ...]:
        return ()

    def know(self, question: Question, cell: str) -> None:
        raise kept("This is for reading; there is nothing to enter.")

    def missing(self, question: Question, cells: Cells) -> Iterable[str]:
        return ()
