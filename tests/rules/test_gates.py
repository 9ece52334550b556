"""What the hub checks of an application before it is marked: each gate, passed or not or to be looked at, and the sentence with it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date

import pytest

from partnerhub.rules.gates import Known, Overdue, gates, not_passed, reasons
from partnerhub.rules.questionnaire import parse
from tests.make import SMALL_APPLICATION

DOCUMENT = deepcopy(SMALL_APPLICATION)
DOCUMENT["sections"][1]["questions"].append({"key": "people", "type": "whole_number", "label": "How many come?"})
DOCUMENT["sections"][1]["questions"].append({"key": "young", "type": "whole_number", "label": "How many of them are young?"})
DOCUMENT["checks"] = [
    {
        "key": "part",
        "left": "young",
        "operator": "<=",
        "right": "people",
        "blanks": "skip_if_any",
        "severity": "stops",
        "message": "Too many young",
    }
]
FORM = parse(DOCUMENT)
DECIDED = "Monday 1 December 2025"
SENT = date(2025, 9, 27)
GOOD = {"in_area": {"": "yes"}, "applying_as": {"": "business"}, "is_free": {"": "yes"}, "people": {"": 10}, "young": {"": 10}}
KNOWN = Known(
    amount=5_000_00,
    cap=5_000_00,
    kind="group",
    kinds=("group", "charity"),
    lacking=(),
    starts=date(2025, 12, 2),
    decided_by=date(2025, 12, 1),
)
PASSED = [
    ("Is your project in our area?", "passed", "The answer does not rule it out."),
    ("Will it be free for those who come?", "passed", "The answer does not rule it out."),
    ("The form’s own checks", "passed", "All of them hold."),
    ("Amount asked for", "passed", "It asks for £5,000.00. The most is £5,000.00."),
    ("Kind of organisation", "passed", "Community group: may apply."),
    ("Documents asked for before marking", "passed", "All are there and in date."),
    ("Reports of earlier grants", "passed", "None is overdue."),
    (
        "Start of the project",
        "passed",
        "It starts on Tuesday 2 December 2025, after the decision that is promised by Monday 1 December 2025.",
    ),
    ("Other applications in this round", "passed", "The organisation sent no other."),
]


def found(answers=GOOD, known=KNOWN):
    return gates(FORM, answers, {}, SENT, known)


def test_where_nothing_is_wrong_every_gate_is_passed():
    assert found() == PASSED
    assert not_passed(found()) == [] and reasons(found()) == ""


@pytest.mark.parametrize(
    ("answers", "known", "gate"),
    [
        (GOOD | {"in_area": {"": "no"}}, {}, (PASSED[0][0], "not_passed", "This fund is only for projects in our area.")),
        (GOOD | {"is_free": {"": "no"}}, {}, (PASSED[1][0], "not_passed", "A business can apply only if it is free.")),
        (
            GOOD | {"young": {"": 11}},
            {},
            (PASSED[2][0], "not_passed", "Too many young. “How many of them are young” is 11. “How many come” is 10."),
        ),
        (
            GOOD,
            {"amount": 5_000_01},
            (PASSED[3][0], "not_passed", "It asks for £5,000.01. The most that one application can be given is £5,000.00."),
        ),
        (GOOD, {"amount": None}, (PASSED[3][0], "look", "The application does not say how much it asks for.")),
        (GOOD, {"kind": "council"}, (PASSED[4][0], "not_passed", "The round is not open to this kind of organisation: Council.")),
        (
            GOOD,
            {"lacking": ("Insurance: missing", "Policy: expired on 3 May 2025")},
            (
                PASSED[5][0],
                "not_passed",
                "Documents that are asked for before marking are not there (Insurance: missing; Policy: expired on 3 May 2025).",
            ),
        ),
        (
            GOOD,
            {"overdue": (Overdue("PZ-2024-2-0003", date(2025, 9, 26)),)},
            (PASSED[6][0], "not_passed", "A report of the grant PZ-2024-2-0003 was due on Friday 26 September 2025 and has not come."),
        ),
        (
            GOOD,
            {"starts": date(2025, 12, 1)},
            (
                PASSED[7][0],
                "not_passed",
                f"The project starts on {DECIDED}. It cannot start before the decision, which is promised by {DECIDED}.",
            ),
        ),
        (
            GOOD,
            {"others": ("PZ-2025-1-0002", "PZ-2025-1-0009")},
            (PASSED[8][0], "look", "The same organisation also sent PZ-2025-1-0002, PZ-2025-1-0009."),
        ),
    ],
)
def test_one_thing_that_is_wrong_is_one_gate_and_its_sentence(answers, known, gate):
    now = found(answers, replace(KNOWN, **known))
    assert [each for each in now if each not in PASSED] == [gate]
    assert len(now) == len(PASSED)
    assert reasons(now) == (gate[2] if gate[1] == "not_passed" else "")


def test_what_does_not_matter_is_not_listed():
    """A question that is not asked, documents that are not wanted, days that are not known."""
    now = found(GOOD | {"applying_as": {"": "group"}}, replace(KNOWN, lacking=None, decided_by=None))
    assert [each.what for each in now] == [each for each, *_ in (PASSED[0], *PASSED[2:5], PASSED[6], PASSED[8])]


def test_the_reasons_are_a_line_each():
    now = found(GOOD | {"in_area": {"": "no"}}, replace(KNOWN, amount=5_000_01, others=("PZ-2025-1-0002",)))
    assert reasons(now).splitlines() == [
        "This fund is only for projects in our area.",
        "It asks for £5,000.01. The most that one application can be given is £5,000.00.",
    ]
