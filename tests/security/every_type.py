"""A form that asks one question of every kind there is."""

from __future__ import annotations

from typing import Any

from partnerhub.rules.question_types import TYPES

KEEPS_NOTHING = frozenset({"computed", "information", "file"})  # nobody types them

EXTRA: dict[str, dict[str, Any]] = {
    "single_choice": {"options": ["red", "green"]},
    "multiple_choice": {"options": ["red", "green", "blue"]},
    "organisation": {"options_from": "organisations"},
    "decimal": {"decimals": 2},
    "percentage": {"number_label": "helped", "out_of_label": "asked"},
    "breakdown": {"of": "a_whole_number", "breakdown": "sex", "label": "By sex"},
    "computed": {"value": "a_whole_number + a_decimal"},
    "percentage_as_published": {"number_from": "a_whole_number"},
    "long_text": {"limit": {"words": 50}},
    "file": {"limit": {"files": 2}},
    "table": {
        "columns": [
            {"key": f"the_{kind}", "type": kind, "label": kind, **({"options": ["red", "green"]} if kind == "single_choice" else {})}
            for kind in ("short_text", "long_text", "money", "date", "whole_number", "yes_no", "single_choice")
        ]
    },
}


def form() -> dict[str, Any]:
    """The document: `a_<kind>` for every kind, and checks that read what was typed."""
    questions = [{"key": f"a_{kind}", "type": kind, "label": f"A question: {kind}", **EXTRA.get(kind, {})} for kind in TYPES]
    return {
        "questionnaire": "every_type",
        "title": "Every kind of question",
        "kind": "return",
        "breakdowns": {"sex": [{"key": "female", "label": "Female"}, {"key": "male", "label": "Male"}]},
        "sections": [{"key": "all", "title": "All", "questions": questions}],
        "checks": [
            {"key": "sum", "left": "a_whole_number", "operator": "=", "right": "a_decimal + a_money", "severity": "asks", "message": "Sum"},
            {
                "key": "rest",
                "left": "a_breakdown * 2",
                "operator": "<=",
                "right": "a_percentage + column(a_table, 'the_money')",
                "severity": "asks",
                "message": "Rest",
            },
        ],
    }


CELLS = {
    "percentage": ("number", "out_of"),
    "breakdown": ("female", "male"),
    "address": ("line1", "line2", "town", "postcode"),
    "table": (*(f"r1.{column['key']}" for column in EXTRA["table"]["columns"]), "r2._order", "r2.the_short_text", "r2._deleted"),
}


def places(kind: str) -> list[tuple[str, str]]:
    """The cells of the question of this kind."""
    return [(f"a_{kind}", cell) for cell in CELLS.get(kind, ("",))]


def field(place: tuple[str, str]) -> str:
    return ".".join(filter(None, place))
