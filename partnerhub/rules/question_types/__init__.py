"""The kinds of question: one class each, one instance of each in TYPES, and a template of the same name."""

from collections.abc import Mapping
from types import MappingProxyType

from partnerhub.rules.question_types.base import (
    LONGEST_REASON,
    NO_CELLS,
    NO_CHOICES,
    NOT_APPLICABLE,
    REASON,
    REPLY,
    Answers,
    Cells,
    Choice,
    Choices,
    Figure,
    Limit,
    QuestionType,
    Value,
    does_not_apply,
    first_cell,
)
from partnerhub.rules.question_types.chosen import (
    Declaration,
    File,
    Information,
    MultipleChoice,
    Organisation,
    SingleChoice,
    YesNo,
    choices_of,
    joined,
)
from partnerhub.rules.question_types.dates import Date, Month
from partnerhub.rules.question_types.numbers import (
    Breakdown,
    Computed,
    Decimal,
    Money,
    Number,
    Percentage,
    PercentageAsPublished,
    WholeNumber,
    spoken,
)
from partnerhub.rules.question_types.tables import Table, column_cells, rows
from partnerhub.rules.question_types.written import Address, Email, LongText, Phone, Postcode, ShortText

TYPES: Mapping[str, QuestionType] = MappingProxyType(
    {
        each.name: each
        for each in (
            ShortText(),
            LongText(),
            WholeNumber(),
            Decimal(),
            Money(),
            Percentage(),
            YesNo(),
            SingleChoice(),
            MultipleChoice(),
            Date(),
            Month(),
            Email(),
            Phone(),
            Postcode(),
            Address(),
            Organisation(),
            Table(),
            Breakdown(),
            Computed(),
            File(),
            Declaration(),
            Information(),
            PercentageAsPublished(),
        )
    }
)

# Kinds of question that stand as rows of the figures grid, beside their earlier values.
FIGURES = frozenset({"whole_number", "decimal", "money", "percentage", "percentage_as_published", "computed", "breakdown"})

__all__ = [
    "FIGURES",
    "LONGEST_REASON",
    "NOT_APPLICABLE",
    "NO_CELLS",
    "NO_CHOICES",
    "REASON",
    "REPLY",
    "TYPES",
    "Answers",
    "Cells",
    "Choice",
    "Choices",
    "Figure",
    "Limit",
    "Number",
    "QuestionType",
    "Value",
    "choices_of",
    "column_cells",
    "does_not_apply",
    "first_cell",
    "joined",
    "rows",
    "spoken",
]
