"""The form of the generated office: 30 indicators, 150 figures, 12 checks; all its figures stand on one page of 150 cells."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

# Eight rows of three: a total and its two parts.
COUNTS = (
    ("referrals_received", "Referrals received", "accepted", "Referrals accepted", "declined", "Referrals not accepted"),
    ("contacts", "First contacts made", "contacts_in_time", "Made within two working days", "contacts_later", "Made later"),
    ("cases_closed", "Cases closed", "closed_planned", "Closed as planned", "closed_unplanned", "Closed unplanned"),
    ("assessments", "Assessments completed", "assessed_face_to_face", "Face to face", "assessed_by_telephone", "By telephone or video"),
    ("sessions", "Sessions held", "sessions_single", "One to one", "sessions_group", "In a group"),
    ("plans", "Plans agreed", "plans_new", "New plans", "plans_renewed", "Plans renewed"),
    ("signposted", "People signposted", "signposted_health", "To health services", "signposted_advice", "To advice and housing"),
    ("returning", "People who came back", "returned_within_year", "Within a year", "returned_later", "After a year or more"),
)
SHARES = (  # typed as two counts
    ("felt_safer", "People who felt safer at the end"),
    ("felt_heard", "People who felt heard"),
    ("still_well", "People who were well three months later"),
)
COMPUTED = (  # from counts that were typed anyway: (key, label, number, out of)
    ("acceptance", "Referrals accepted, share", "accepted", "referrals_received"),
    ("timeliness", "First contacts made in time, share", "contacts_in_time", "contacts"),
    ("planned_endings", "Planned endings, share", "closed_planned", "cases_closed"),
)
AGES = (
    ("under_25", "Under 25"),
    ("25_to_44", "25 to 44"),
    ("45_to_64", "45 to 64"),
    ("65_and_over", "65 and over"),
    ("not_known", "Not known"),
)
FIGURES = 150
SECTION = "figures"


def count_keys() -> list[str]:
    return [key for row in COUNTS for key in row[::2]]


def by_age(key: str) -> str:
    """The key of the breakdown below a count."""
    return f"{key}_by_age"


def document() -> dict[str, Any]:
    """The published version, with the indicators it cites."""
    return {
        "questionnaire": "quarterly_figures",
        "title": "Quarterly figures",
        "kind": "return",
        "about": "Counts of people and of work done in the quarter.",
        "swing": {"percent": 50, "at_least": 10},
        "not_known_above": 20,
        "personal_details": "asks",
        "indicators": [*_indicators()],
        "breakdowns": {"age": [{"key": key, "label": label} for key, label in AGES]},
        "sections": [
            {"key": SECTION, "title": "Figures of the quarter", "questions": [*_questions()]},
            {
                "key": "words",
                "title": "In your own words",
                "questions": [{"key": "story", "type": "long_text", "label": "What went well, and what did not", "limit": {"words": 500}}],
            },
        ],
        "checks": [*_checks()],
    }


def _indicators():
    for row in COUNTS:
        for key, label in zip(row[::2], row[1::2], strict=True):
            yield _indicator(key, label, "sum") | {"breakdowns": ["age"]}
    for key, label, *_counts in (*SHARES, *COMPUTED):
        yield _indicator(key, label, "pooled_share")


def _indicator(key: str, label: str, measure: str) -> dict[str, Any]:
    return {
        "key": key,
        "label": label,
        "measure": measure,
        "over_providers": measure,
        "unit": "people" if measure == "sum" else "percent",
        "decimals": 0,
        "direction": "neutral" if measure == "sum" else "higher",
    }


def _questions():
    for row in COUNTS:
        for key, label in zip(row[::2], row[1::2], strict=True):
            yield {
                "key": key,
                "type": "whole_number",
                "label": label,
                "required": True,
                "indicator": key,
                "limit": {"min": 0, "max": 100_000},
                "help": "Count everybody once, in the quarter in which it happened.",
                "why": "The office adds it up over all providers.",
            }
            yield {"key": by_age(key), "type": "breakdown", "label": f"{label}, by age", "of": key, "breakdown": "age", "required": False}
    for key, label in SHARES:
        yield {"key": key, "type": "percentage", "label": label, "indicator": key, "number_label": "yes", "out_of_label": "asked"}
    for key, label, number, out_of in COMPUTED:
        yield {"key": key, "type": "computed", "label": label, "number": number, "out_of": out_of, "indicator": key}


def _checks():
    for total, label, one, _label, other, _other_label in COUNTS:
        yield _check(f"{total}_parts", f"{one} + {other}", "=", total, f"The two parts must add up to: {label}")
    for (earlier, first, *_rest), (later, second, *_others) in pairwise(COUNTS[:5]):
        yield _check(f"{later}_after_{earlier}", later, "<=", f"3 * {earlier}", f"More than three times as many: {second}, against {first}")


def _check(key: str, left: str, operator: str, right: str, message: str) -> dict[str, Any]:
    return {
        "key": key,
        "left": left,
        "operator": operator,
        "right": right,
        "blanks": "skip_if_any",
        "severity": "asks",
        "message": message,
    }
