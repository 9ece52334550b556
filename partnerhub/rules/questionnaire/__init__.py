"""The definition of a form as an immutable value: parse it once, keep it, ask it."""

from partnerhub.rules.questionnaire.changes import Carried, Change, ChangeKind, carry, changes, wording_only
from partnerhub.rules.questionnaire.definition import (
    EVERYONE,
    FACTS,
    ON_ITS_PAGE,
    PROFILE,
    READERS,
    Check,
    Criterion,
    Indicator,
    Question,
    Questionnaire,
    RowRule,
    Scoring,
    Section,
    Severity,
    Share,
    Touched,
)
from partnerhub.rules.questionnaire.filled import TOTAL, Facts, Filled
from partnerhub.rules.questionnaire.library import embed, parse_indicators
from partnerhub.rules.questionnaire.parsing import parse

__all__ = [
    "EVERYONE",
    "FACTS",
    "ON_ITS_PAGE",
    "PROFILE",
    "READERS",
    "TOTAL",
    "Carried",
    "Change",
    "ChangeKind",
    "Check",
    "Criterion",
    "Facts",
    "Filled",
    "Indicator",
    "Question",
    "Questionnaire",
    "RowRule",
    "Scoring",
    "Section",
    "Severity",
    "Share",
    "Touched",
    "carry",
    "changes",
    "embed",
    "parse",
    "parse_indicators",
    "wording_only",
]
