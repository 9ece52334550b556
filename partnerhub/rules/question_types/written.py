"""Questions answered in words: short and long text, e-mail, telephone, postcode, address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import phonenumbers

from partnerhub.rules import text as counting
from partnerhub.rules.expressions import BLANK, Result
from partnerhub.rules.question_types.base import Cells, Choices, QuestionType, Value, does_not_apply, kept

if TYPE_CHECKING:
    from partnerhub.rules.questionnaire import Question

LONGEST_LINE = 255


class Text(QuestionType):
    """Words, with a limit in words or characters or neither."""

    limits = frozenset({"words", "characters"})
    in_table = True
    longest: int | None = None

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        text = self.lines(text)
        most = question.limit.characters or self.longest
        for count, limit, unit in (
            (counting.words(text) if question.limit.words else 0, question.limit.words, "words"),
            (counting.characters(text), most, "characters"),
        ):
            if limit and count > limit:
                raise kept(f"Shorten this to {limit:,} {unit}. It has {count:,}, which is {count - limit:,} too many.")
        return text

    def lines(self, text: str) -> str:
        return text.strip()


class LongText(Text):
    name = "long_text"


class ShortText(Text):
    """One line: line breaks become spaces."""

    name = "short_text"
    longest = LONGEST_LINE

    def lines(self, text: str) -> str:
        return " ".join(text.split("\n")).strip()


_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9]")


class Email(QuestionType):
    name = "email"
    in_table = True

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        address = text.strip()
        if len(address) > LONGEST_LINE or not _EMAIL.fullmatch(address) or ".." in address:
            raise kept("Enter an e-mail address, like name@example.org.")
        mailbox, _, domain = address.rpartition("@")
        return f"{mailbox}@{domain.lower()}"


class Phone(QuestionType):
    name = "phone"
    in_table = True

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        """A number that could be dialled; numbers kept free for drama count, because demonstrations use them."""
        try:
            number = phonenumbers.parse(text.strip()[:60], "GB") if len(text) <= LONGEST_LINE else None
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise kept("Enter a telephone number, like 0116 496 0000 or 07700 900 982.")
        british = number.country_code == 44
        style = phonenumbers.PhoneNumberFormat.NATIONAL if british else phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return phonenumbers.format_number(number, style)


# The shape that Royal Mail gives for addressing (BS 7666): area, district, sector, unit.
_POSTCODE = re.compile(
    r"(GIR|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]|[A-HK-Y][0-9][0-9ABEHMNPRV-Y]|[0-9][A-HJKPS-UW])) *([0-9][ABD-HJLNP-UW-Z]{2})"
)


def postcode(text: str) -> str | None:
    """A postcode as it is printed, "LE1 1AA", or None when the text is none."""
    found = _POSTCODE.fullmatch(" ".join(text.upper().split())) if len(text) <= LONGEST_LINE else None
    return f"{found[1]} {found[2]}" if found else None


class Postcode(QuestionType):
    name = "postcode"
    in_table = True

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        found = postcode(text)
        if found is None:
            raise kept("Enter a full UK postcode, like LE1 1AA.")
        return found


class Address(QuestionType):
    """Four boxes; the second line may stay empty."""

    name = "address"
    longest = 120

    def cells(self, question: Question) -> tuple[str, ...]:
        return ("line1", "line2", "town", "postcode")

    def parse(self, question: Question, cell: str, text: str, choices: Choices) -> Value | None:
        if cell == "postcode":
            return POSTCODE.parse(question, cell, text, choices)
        line = " ".join(text.split())
        if len(line) > self.longest:
            raise kept(f"Shorten this to {self.longest} characters. It has {len(line):,}.")
        return line

    def missing(self, question: Question, cells: Cells) -> Iterable[str]:
        return [] if does_not_apply(question, cells) else [each for each in ("line1", "town", "postcode") if cells.get(each) is None]

    def meaning(self, question: Question, cells: Cells) -> Result:
        return self.cell_meaning(question, cells, "postcode")

    def cell_meaning(self, question: Question, cells: Cells, cell: str) -> Result:
        return BLANK if does_not_apply(question, cells) else super().meaning(question, {"": cells[cell]} if cell in cells else {})


POSTCODE = Postcode()
