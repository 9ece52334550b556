"""A questionnaire with answers in it: what is shown, what each name is worth, what is worked out. Each thing is worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from partnerhub.rules import percentages
from partnerhub.rules.expressions import BLANK, Result, Use, plain, read
from partnerhub.rules.numbers import LARGEST_WHOLE
from partnerhub.rules.question_types import NO_CELLS, Answers, Cells, Value, column_cells, does_not_apply, rows
from partnerhub.rules.question_types.dates import days_of
from partnerhub.rules.question_types.tables import Table
from partnerhub.rules.questionnaire.definition import EVERYONE, Question, Questionnaire

TOTAL = "_total"
"""The computed cell with the total of a breakdown; of a table's column, "_total." and the column."""

Fact = int | float | Fraction | Decimal | str | bool | date | None
Facts = Mapping[str, Fact]


class Filled:
    """Finds values for expressions. Hidden questions, and those that do not apply, are BLANK."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Answers,
        previous: Answers | None,
        facts: Facts,
        readers: frozenset[str] = frozenset({EVERYONE}),
    ) -> None:
        self.questionnaire = questionnaire
        self.answers = answers
        self.facts = facts
        self._earlier_answers = previous
        self._earlier: Filled | None = None
        self._known: dict[str, Result] = {}
        self._computed: dict[str, Cells] = {}
        self.hidden: set[str] = set()
        self._hide(readers)

    def _hide(self, readers: frozenset[str]) -> None:
        """Conditions are asked in an order in which each question stands after those it depends on."""
        definition = self.questionnaire
        is_short = definition.short_version_when is not None and definition.short_version_when.holds(self)
        shown_sections: dict[str, bool] = {}
        for key in definition.conditional:
            question = definition.questions[key]
            section = definition.by_section[question.section]
            if section.key not in shown_sections:
                shown_sections[section.key] = section.show_if is None or section.show_if.holds(self)
            if not (
                shown_sections[section.key]
                and question.visible_to in readers
                and (not is_short or (question.short and section.short))
                and question.of not in self.hidden
                and (question.show_if is None or question.show_if.holds(self))
            ):
                self.hidden.add(key)

    def is_shown(self, key: str) -> bool:
        return key not in self.hidden

    def cells(self, key: str) -> Cells:
        """The answer to a question, or nothing while it is hidden."""
        return NO_CELLS if key in self.hidden else self.answers.get(key, NO_CELLS)

    # What expressions ask (see expressions.Lookup)

    def value(self, name: str) -> Result:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._value(name)
        return found

    def _value(self, name: str) -> Result:
        question = self.questionnaire.questions.get(name)
        if question is None:
            return fact(self.facts.get(name))
        return question.type.meaning(question, self.computed(question) if question.value or question.share else self.cells(name))

    def cell(self, name: str, cell: str) -> Result:
        question = self.questionnaire.questions[name]
        return question.type.cell_meaning(question, self.cells(name), cell)

    def total(self, name: str) -> Result:
        return self.value(name)

    def column(self, name: str, column: str) -> Result:
        """The sum of a column over the rows that have a number in it; BLANK when none has."""
        question = self.questionnaire.questions[name]
        found = [each for row in self.table_rows(question) if isinstance(each := row.value(column), (int, Fraction))]
        return plain(sum(found, Fraction(0))) if found else BLANK

    def previous(self, name: str) -> Result:
        return BLANK if self.earlier is None else self.earlier.value(name)

    def previous_cell(self, name: str, cell: str) -> Result:
        return BLANK if self.earlier is None else self.earlier.cell(name, cell)

    def days(self, name: str) -> Result:
        return days_of(self.value(name))

    def answered(self, name: str) -> bool:
        """Whether the question has an answer; "not applicable" counts as blank here as everywhere in expressions."""
        question = self.questionnaire.questions.get(name)
        if question is None:
            return self.value(name) is not BLANK
        if question.value or question.share:
            return self.value(name) is not BLANK
        cells = self.cells(name)
        return question.type.is_answered(question, cells) and not does_not_apply(question, cells)

    def use(self, use: Use) -> Result:
        """The value of one use of an expression."""
        return read(use, self)

    @property
    def earlier(self) -> Filled | None:
        """The previous period, read with this definition."""
        if self._earlier is None and self._earlier_answers:
            self._earlier = Filled(self.questionnaire, self._earlier_answers, None, self.facts)
        return self._earlier

    # What is worked out

    def computed(self, question: Question) -> Cells:
        """The computed cells of a question, scaled like typed ones: a value, `number` and `out_of`, totals, computed columns."""
        found = self._computed.get(question.key)
        if found is None:
            found = self._computed[question.key] = {} if question.key in self.hidden else dict(self._work_out(question))
        return found

    def _work_out(self, question: Question) -> Iterator[tuple[str, Value]]:
        places = question.decimals
        if question.value:
            yield from _stored("", question.value.evaluate(self), places)
        elif question.share:
            both = [*_stored("number", question.share.number.evaluate(self), places)]
            both += _stored("out_of", question.share.out_of.evaluate(self), places)
            yield from both if len(both) == 2 else ()
        elif question.categories:
            yield from _stored(TOTAL, self.value(question.key), question.type.places(question))
        elif isinstance(question.type, Table):
            for row in self.table_rows(question):
                for column in question.columns:
                    if column.value:
                        yield from _stored(f"{row.key}.{column.key}", row.value(column.key), column.decimals)
            for column in question.columns:
                if column.key in question.totals:
                    yield from _stored(f"{TOTAL}.{column.key}", self.column(question.key, column.key), column.type.places(column))

    def table_rows(self, question: Question) -> list[Row]:
        """The rows of a table that count."""
        cells = self.cells(question.key)
        return [Row(self, question, cells, row) for row in rows(cells)]


class Row:
    """Finds values for the expressions of one row of a table: its columns, and facts."""

    def __init__(self, filled: Filled, question: Question, cells: Cells, key: str) -> None:
        self.filled = filled
        self.key = key
        self._known: dict[str, Result] = {}
        self._cells = {column.key: (column, of_column) for column, of_column in column_cells(question, cells, key)}

    def value(self, name: str) -> Result:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._value(name)
        return found

    def _value(self, name: str) -> Result:
        if name not in self._cells:
            return fact(self.filled.facts.get(name))
        column, cells = self._cells[name]
        if column.value:  # as exact as it is shown, so that columns made of columns cannot grow without end
            cells = dict(_stored("", column.value.evaluate(self), column.decimals))
        return column.type.meaning(column, cells)

    def days(self, name: str) -> Result:
        return days_of(self.value(name))

    def answered(self, name: str) -> bool:
        return self.value(name) is not BLANK

    # A row has no cells, breakdowns, tables or earlier periods of its own.

    def cell(self, name: str, cell: str) -> Result:
        return BLANK

    def total(self, name: str) -> Result:
        return BLANK

    def column(self, name: str, column: str) -> Result:
        return BLANK

    def previous(self, name: str) -> Result:
        return BLANK

    def previous_cell(self, name: str, cell: str) -> Result:
        return BLANK


def _stored(cell: str, value: Result, places: int) -> Iterator[tuple[str, int]]:
    """A computed number as a scaled whole number, halves up; nothing when there is none or it is too big to be exact."""
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        scaled = value * 10**places if type(value) is int else percentages.whole(Fraction(value) * 10**places)
        if abs(scaled) <= LARGEST_WHOLE:
            yield cell, scaled


def fact(value: Fact) -> Result:
    """A fact as expressions see it."""
    if value is None:
        return BLANK
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    return plain(Fraction(str(value)) if isinstance(value, (float, Decimal)) else Fraction(value))
