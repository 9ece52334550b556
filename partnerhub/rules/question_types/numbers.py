"""Questions answered with a number: whole, decimal, money, percentages, and the grid that breaks a number down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from partnerhub.rules import percentages, readable
from partnerhub.rules.expressions import BLANK, Result, plain
from partnerhub.rules.numbers import LARGEST_WHOLE
from partnerhub.rules.question_types.base import (
    NO_CELLS,
    Answers,
    Cells,
    Choices,
    Figure,
    QuestionType,
    Value,
    does_not_apply,
    kept,
    number_in,
    plain_digits,
)

if TYPE_CHECKING:
    from partnerhub.rules.questionnaire import Question

_AS_TYPED = str.maketrans({"，": ",", "．": ".", "−": "-", "–": "-", "－": "-", "＋": "+", "￡": "£"})
_NUMBER = re.compile(r"([+-]?) ?(?:([0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(?:\.([0-9]*))?|\.([0-9]+))")
_MONEY = re.compile(r"(?:GBP ?)?([+-]?) ?£? ?([+-]?[0-9.][0-9., ]*)(?: ?GBP)?", re.IGNORECASE)
LONGEST_NUMBER = 60


def number(text: str) -> Fraction | None:
    """The number that `text` is, as people and spreadsheets write it ("1,234", " 12 ", "1 234.50"); None when it is none."""
    words = " ".join(plain_digits(text).translate(_AS_TYPED).split())
    found = _NUMBER.fullmatch(words) if len(words) <= LONGEST_NUMBER else None
    if found is None:
        return None
    sign, whole, part, only_part = found.groups()
    part = part or only_part or ""
    digits = (whole or "").replace(",", "").replace(" ", "") + part
    return Fraction(int(f"{sign}{digits}"), 10 ** len(part))


def _is_long_number(text: str) -> bool:
    return len(text) > LONGEST_NUMBER and not set(text) - set("0123456789,. +-£")


def spoken(number: int | Fraction, decimals: int = 0) -> str:
    """A number with commas: spoken(Fraction("1234.5"), 2) is "1,234.50"."""
    if type(number) is int and decimals == 0:  # most figures: a section shows hundreds
        return f"{number:,}"
    scaled = percentages.whole(number * 10**decimals)
    whole, point, rest = percentages.decimal(abs(scaled), decimals).partition(".")
    return f"{'-' if scaled < 0 else ''}{int(whole):,}{point}{rest}"


class Number(QuestionType):
    """One number, kept as a whole number scaled by its decimal places."""

    limits = frozenset({"min", "max"})
    is_number = True
    in_table = True
    ask = "Enter a number, like 12.5."

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        found = self.typed(text)
        if found is None:
            raise kept("That number is too big. Check it." if _is_long_number(text.strip()) else self.ask)
        return self.fit(question, found, self.places(question))

    def typed(self, text: str) -> Fraction | None:
        return number(text)

    def fit(self, question: Question, found: Fraction, places: int) -> int:
        """The number scaled, when it has not too many decimals and stands within the limits."""
        scaled = found * 10**places
        if scaled.denominator != 1:
            raise kept(self.ask if places == 0 else f"Enter a number with at most {places} decimal place{'s' if places > 1 else ''}.")
        if abs(scaled) > LARGEST_WHOLE:
            raise kept("That number is too big. Check it.")
        self.hold_to(question, found)
        return int(scaled)

    def hold_to(self, question: Question, found: Fraction) -> None:
        """The limits. Without a least one, nothing below 0 is taken."""
        least, most = question.limit.min, question.limit.max
        least = least if isinstance(least, (int, Fraction)) else 0
        if found < least:
            raise kept(f"Enter a number that is {self.said(question, least)} or more.")
        if isinstance(most, (int, Fraction)) and found > most:
            raise kept(f"Enter a number that is {self.said(question, most)} or less.")

    def said(self, question: Question, amount: int | Fraction) -> str:
        return spoken(amount, 0 if amount.denominator == 1 else self.places(question))

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        found, places = number_in(value), self.places(question)
        return str(value) if found is None else spoken(Fraction(found, 10**places) if places else found, places)

    def write(self, question: Question, cell: str, value: Value | None) -> str:
        return percentages.decimal(value, self.places(question)) if isinstance(value, int) else super().write(question, cell, value)

    def meaning(self, question: Question, cells: Cells) -> Result:
        return self.cell_meaning(question, cells, "")

    def cell_meaning(self, question: Question, cells: Cells, cell: str) -> Result:
        found = number_in(cells.get(cell))
        if found is None:
            return BLANK
        places = self.places(question)
        return plain(Fraction(found, 10**places)) if places else found

    def figures(self, question: Question, answers: Answers) -> Iterator[Figure]:
        if question.indicator:
            cells = answers.get(question.key, NO_CELLS)
            found = number_in(cells.get(""))
            if does_not_apply(question, cells):
                yield Figure(question.indicator, "all", None, not_applicable=True)
            elif found is not None:
                yield Figure(question.indicator, "all", found * 10 ** (question.figure_decimals - self.places(question)))


class WholeNumber(Number):
    name = "whole_number"
    ask = "Enter a whole number, like 12."


class Decimal(Number):
    name = "decimal"
    keys = frozenset({"decimals"})

    def places(self, question: Question) -> int:
        return question.decimals


class Money(Number):
    name = "money"
    ask = "Enter an amount in pounds, like 1,234.50."

    def places(self, question: Question) -> int:
        return 2

    def typed(self, text: str) -> Fraction | None:
        words = " ".join(plain_digits(text).translate(_AS_TYPED).split())
        found = _MONEY.fullmatch(words) if len(words) <= LONGEST_NUMBER else None
        return number(found[1] + found[2]) if found else None

    def said(self, question: Question, amount: int | Fraction) -> str:
        return readable.money(amount)

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        found = number_in(value)
        return str(value) if found is None else readable.pence(found)


def percent(number: int | Fraction | None, out_of: int | Fraction | None) -> Fraction | None:
    """An exact percentage, or None where there is none."""
    return None if number is None or not out_of else Fraction(number) * 100 / out_of


class Percentage(Number):
    """A share, typed as its two counts: never as a percentage."""

    name = "percentage"
    keys = frozenset({"number_label", "out_of_label"})
    limits = frozenset({"max"})
    is_share = True
    in_table = False
    ask = "Enter a whole number, like 12. We work out the percentage."

    def cells(self, question: Question) -> tuple[str, ...]:
        return ("number", "out_of")

    def meaning(self, question: Question, cells: Cells) -> Result:
        """Its per cent, 0 to 100."""
        found = percent(number_in(cells.get("number")), number_in(cells.get("out_of")))
        return BLANK if found is None else plain(found)

    def figures(self, question: Question, answers: Answers) -> Iterator[Figure]:
        if question.indicator:
            cells = answers.get(question.key, NO_CELLS)
            count, out_of = number_in(cells.get("number")), number_in(cells.get("out_of"))
            scale = 10**question.figure_decimals
            if does_not_apply(question, cells):
                yield Figure(question.indicator, "all", None, not_applicable=True)
            elif count is not None and out_of is not None:
                yield Figure(question.indicator, "all", count * scale, out_of * scale)


class PercentageAsPublished(Number):
    """A percentage as an earlier publication printed it, in tenths; its counts are not known, so it is never combined."""

    name = "percentage_as_published"
    keys = frozenset({"number_from"})
    limits = frozenset()
    is_share = True
    in_table = False
    ask = "Enter the percentage as it was printed, like 89 or 89.5."

    def places(self, question: Question) -> int:
        return 1

    def typed(self, text: str) -> Fraction | None:
        return number(text.strip().removesuffix("%"))

    def hold_to(self, question: Question, found: Fraction) -> None:
        if not 0 <= found <= 100:
            raise kept("Enter a percentage from 0 to 100.")

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        found = number_in(value)
        return str(value) if found is None else percentages.as_printed(found)

    def figures(self, question: Question, answers: Answers) -> Iterator[Figure]:
        if question.indicator:
            cells = answers.get(question.key, NO_CELLS)
            if does_not_apply(question, cells):
                yield Figure(question.indicator, "all", None, not_applicable=True)
            elif (printed := number_in(cells.get(""))) is not None:
                yield Figure(question.indicator, "all", None, percent=printed)


class Breakdown(Number):
    """A grid: one number for each category. Its `counted` type is that of its parent."""

    name = "breakdown"
    keys = frozenset({"of", "breakdown", "adds_up", "severity"})
    limits = frozenset({"max"})
    in_table = False

    def cells(self, question: Question) -> tuple[str, ...]:
        return tuple(each.key for each in question.categories)

    def places(self, question: Question) -> int:
        return question.counted.places(question)

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        return question.counted.parse(question, cell, text, choices)

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        return question.counted.shown(question, cell, value, choices)

    def meaning(self, question: Question, cells: Cells) -> Result:
        return self.total(question, cells)

    def total(self, question: Question, cells: Cells) -> Result:
        """The sum of the categories that were filled in; BLANK when none was."""
        if does_not_apply(question, cells):
            return BLANK
        found = [each for each in map(number_in, map(cells.get, question.cells)) if each is not None]
        return plain(Fraction(sum(found), 10 ** self.places(question))) if found else BLANK

    def missing(self, question: Question, cells: Cells) -> Iterable[str]:
        """One category filled in is enough: the total shows whether the rest are truly none."""
        return () if self.is_answered(question, cells) else question.cells[:1]

    def figures(self, question: Question, answers: Answers) -> Iterator[Figure]:
        if not question.indicator:
            return
        cells = answers.get(question.key, NO_CELLS)
        scale = 10 ** (question.figure_decimals - self.places(question))
        if does_not_apply(question, cells):
            if not question.of:
                yield Figure(question.indicator, "all", None, not_applicable=True)
            yield from (Figure(question.indicator, f"{question.breakdown}:{cell}", None, not_applicable=True) for cell in question.cells)
            return
        found = {cell: count for cell in question.cells if (count := number_in(cells.get(cell))) is not None}
        if found and question.adds_up and not question.of:
            yield Figure(question.indicator, "all", sum(found.values()) * scale)
        yield from (Figure(question.indicator, f"{question.breakdown}:{cell}", count * scale) for cell, count in found.items())


class Computed(Number):
    """A number the hub works out: a value, or a share of two numbers whose cells are `number` and `out_of`."""

    name = "computed"
    keys = frozenset({"value", "number", "out_of", "decimals"})
    limits = frozenset()
    is_typed = False

    def cells(self, question: Question) -> tuple[str, ...]:
        return ()

    def know(self, question: Question, cell: str) -> None:
        raise kept("The hub works this out; there is nothing to enter.")

    def places(self, question: Question) -> int:
        return question.decimals

    def shown(self, question: Question, cell: str, value: Value, choices: Choices) -> str:
        found = number_in(value)
        if found is None:
            return str(value)
        amount = Fraction(found, 10**question.decimals)
        return readable.money(amount) if question.is_money else spoken(amount, question.decimals)

    def meaning(self, question: Question, cells: Cells) -> Result:
        if question.share is None:
            return super().meaning(question, cells)
        found = percent(number_in(cells.get("number")), number_in(cells.get("out_of")))
        return BLANK if found is None else plain(found)

    def is_answered(self, question: Question, cells: Cells) -> bool:
        return bool(cells)

    def figures(self, question: Question, answers: Answers) -> Iterator[Figure]:
        if not question.indicator:
            return
        cells = answers.get(question.key, NO_CELLS)
        scale = Fraction(10) ** (question.figure_decimals - question.decimals)
        value, out_of = number_in(cells.get("" if question.share is None else "number")), number_in(cells.get("out_of"))
        if value is not None and (out_of is not None or question.share is None):
            yield Figure(
                question.indicator, "all", percentages.whole(value * scale), None if out_of is None else percentages.whole(out_of * scale)
            )
