"""A questionnaire as an immutable value: sections, questions, checks, scoring, indicators, and what depends on what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from partnerhub.rules.expressions import Expression
from partnerhub.rules.measures import is_ratio
from partnerhub.rules.question_types import TYPES, Choice, Limit, QuestionType


class Severity(StrEnum):
    """What a failed check does: stops submission, or asks for a reason."""

    STOPS = "stops"
    ASKS = "asks"


NO_LIMIT = Limit()
EVERYONE = "everyone"
READERS = (EVERYONE, "office", "finance", "assessor")
"""Who sees a question. Everyone: the partner and the office. The others: only those in the office, who also fill it in."""

FACTS: Mapping[str, str] = MappingProxyType(
    {
        "award": "the grant awarded, in pounds",
        "amount_applied": "the grant asked for, in pounds",
        "award_min": "the least the fund gives, in pounds",
        "award_max": "the most the fund gives, in pounds",
        "payments_received": "what was paid of the grant so far, in pounds",
        "duration_months": "how long the project lasts, in months",
        "decision_date": "the day on which the round is decided",
        "agreed_start": "the day on which the project or agreement starts",
        "agreed_end": "the day on which it ends",
        "quarter": "the quarter of the financial year, 1 to 4",
        "selected_for_check": "whether this report was drawn for a check of receipts",
        "today": "the day of reading",
    }
)
"""What an expression may name besides questions; the values come from outside, BLANK when not given."""
MONEY_FACTS = frozenset({"award", "amount_applied", "award_min", "award_max", "payments_received"})

PROFILE: Mapping[str, str] = MappingProxyType(
    {
        "legal_name": "legal name",
        "kind": "kind of organisation",
        "identifier": "charity or company number",
        "address": "registered or contact address",
        "district": "district",
        "email": "e-mail address",
        "phone": "telephone number",
        "website": "website",
        "purpose": "what the organisation does",
        "has_governing_document": "whether it has a governing document",
        "has_bank_account": "whether it has a bank account with two signatories",
        "last_year": "income and spending of the last financial year",
        "income_band": "income band",
        "governing_document": "governing document",
        "accounts": "latest accounts",
        "safeguarding_policy": "safeguarding policy",
        "equality_policy": "equality and diversity policy",
        "insurance": "public liability insurance",
    }
)
"""What an organisation's profile holds, for `reuse`."""
ON_ITS_PAGE = frozenset({"kind", "identifier", "district", "website"})
"""Of these, what stands on the organisation's own page."""


@dataclass(frozen=True, slots=True, eq=False)
class Indicator:
    """An entry of the indicator library."""

    key: str
    label: str
    definition: str
    why: str
    measure: str
    over_providers: str
    unit: str
    decimals: int
    direction: str
    breakdowns: tuple[str, ...]

    @property
    def is_ratio(self) -> bool:
        """Two numbers whose quotient is a plain number, such as cases for each worker, and not a percentage."""
        return is_ratio(self)


@dataclass(frozen=True, slots=True, eq=False)
class RowRule:
    """What must hold in every row of a table."""

    key: str
    test: Expression
    message: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Share:
    """The two numbers of a computed percentage or ratio."""

    number: Expression
    out_of: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One question, or one column of a table. It is the same object wherever it is named, so it compares by identity."""

    key: str
    type: QuestionType
    section: str
    label: str
    help: str = ""
    why: str = ""
    required: bool = False
    required_when: Expression | None = None
    before_payment: bool = False
    limit: Limit = NO_LIMIT
    indicator: str = ""
    """The key of the indicator it feeds, its own or its parent's; "" for none."""
    figure_decimals: int = 0
    """How many decimals its figures are scaled by: the indicator's."""
    decimals: int = 0
    is_ratio: bool = False
    """Whether its two numbers make a plain number, such as cases for each worker, and not a percentage."""
    is_money: bool = False
    is_stated: bool = False
    """Whether the author gave the decimals of a computed value; else they follow from what it is made of."""
    show_if: Expression | None = None
    stop_if: Expression | None = None
    stop_message: str = ""
    visible_to: str = EVERYONE
    publish: bool = False
    reuse: str = ""
    carry_forward: str = ""
    may_not_apply: bool = False
    """Whether it may be answered "not applicable"."""
    short: bool = True
    """Whether the short version of the form asks it."""
    score: str = ""
    options: tuple[Choice, ...] = ()
    options_from: str = ""
    of: str = ""
    breakdown: str = ""
    categories: tuple[Choice, ...] = ()
    adds_up: bool = True
    severity: Severity = Severity.STOPS
    """What a breakdown that does not add up does."""
    counted: QuestionType = TYPES["whole_number"]
    """The type of a breakdown's cells: that of its parent."""
    number_label: str = ""
    out_of_label: str = ""
    number_from: str = ""
    value: Expression | None = None
    share: Share | None = None
    columns: tuple[Question, ...] = ()
    totals: tuple[str, ...] = ()
    row_rules: tuple[RowRule, ...] = ()
    cells: tuple[str, ...] = ()
    """The fixed cells of its answer; none for a table and for what nobody types."""


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    key: str
    title: str
    intro: str
    show_if: Expression | None
    short: bool
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """A check between figures. `blanks` says for each side when to leave it: skip_if_any, skip_if_all, never."""

    key: str
    left: Expression
    operator: str
    right: Expression
    left_blanks: str
    right_blanks: str
    severity: Severity
    message: str
    about: tuple[tuple[str, str], ...]
    """The cells it names, the one it stands beside first."""
    sections: frozenset[str]


@dataclass(frozen=True, slots=True)
class Swing:
    """How far a figure may move without a reason: both more than so many per cent and more than so much."""

    percent: int | Fraction
    at_least: int | Fraction


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is judged: marked on the scale and weighted, or, with `pass_fail`, passed or failed and without weight."""

    key: str
    label: str
    weight: int | Fraction
    pass_fail: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """A group of percentages, from `min` to where the next one begins."""

    label: str
    min: int | Fraction


@dataclass(frozen=True, slots=True)
class Scoring:
    """How an application is marked: criteria, a scale, a floor, a line. The sums are in rules/scoring.py."""

    min: int
    max: int
    anchors: Mapping[int, str]
    criteria: tuple[Criterion, ...]
    floor_criteria: tuple[str, ...]
    floor_min: int | Fraction | None
    line: int | Fraction | None
    bands: tuple[Band, ...]
    tie_break: tuple[str, ...]

    @property
    def scored(self) -> tuple[Criterion, ...]:
        """The criteria that are marked on the scale; their weights add to 100."""
        return tuple(each for each in self.criteria if not each.pass_fail)

    @property
    def must_be_passed(self) -> tuple[Criterion, ...]:
        return tuple(each for each in self.criteria if each.pass_fail)


@dataclass(frozen=True, slots=True)
class Touched:
    """What must be worked out again when one question changes."""

    checks: frozenset[str]
    computed: frozenset[str]
    shown: frozenset[str]
    """Questions that may appear, disappear, or become required."""


@dataclass(frozen=True, slots=True, eq=False)
class Questionnaire:
    """A parsed definition. It never changes, so a process parses it once and keeps it."""

    key: str
    title: str
    kind: str
    about: str
    swing: Swing | None
    not_known_above: int | Fraction | None
    asks_about_personal_details: bool
    built_in: Severity
    short_version_when: Expression | None
    sections: tuple[Section, ...]
    questions: Mapping[str, Question]
    checks: tuple[Check, ...]
    scoring: Scoring | None
    indicators: Mapping[str, Indicator]
    breakdowns: Mapping[str, tuple[Choice, ...]]
    figures: tuple[Question, ...]
    """The questions that feed indicators, in order."""
    order: tuple[str, ...]
    """The questions in an order in which each stands after those it depends on."""
    conditional: tuple[str, ...]
    """Those of `order` that may be hidden: by a condition, with their section or parent, or in the short version."""
    worked_out: tuple[str, ...]
    """The questions the hub works something out for: computed ones, totals of breakdowns and tables, computed columns."""
    touched: Mapping[str, Touched]
    by_section: Mapping[str, Section]

    def section_of(self, key: str) -> Section:
        """The section that a question stands in."""
        return self.by_section[self.questions[key].section]

    def for_whom(self, key: str) -> str:
        """The kind of reader a question is put to; a breakdown goes with what it splits. What is no question of the form is everyone's."""
        question = self.questions.get(key)
        if question is None:
            return EVERYONE
        return self.for_whom(question.of) if question.of and question.visible_to == EVERYONE else question.visible_to

    def is_put_to(self, key: str, readers: Collection[str]) -> bool:
        return self.for_whom(key) in readers

    def depends_on(self, key: str) -> Touched:
        """The checks, computed questions and conditions that an answer to this question touches."""
        return self.touched[key]
