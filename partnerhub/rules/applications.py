"""Rules of applications that are the same for every fund: when one may be sent, what it asks for, whom it names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from partnerhub.rules import readable
from partnerhub.rules.question_types import Answers, Cells
from partnerhub.rules.question_types.tables import rows
from partnerhub.rules.questionnaire import Questionnaire

AMOUNT = "amount_requested"
"""The key of the question that says how much is asked for; in pounds, as money is read."""
PROJECT, STARTS, ENDS = "project_name", "start_date", "end_date"
"""The keys of the questions that name the project, and its first and last day; a form need not have them."""
CONTACTS = frozenset({"contact", "main_contact", "second_contact"})
"""The keys of the questions that name whom we write to: an e-mail address, with or without `_email` after the key, or a table with one."""


def to_the_second(moment: datetime) -> str:
    """A time that a close is told by: "12:00:03 on 6 October 2025"."""
    return f"{readable.clock_to_the_second(moment)} on {readable.day(moment)}"


def not_open(opens_at: datetime, closes_at: datetime, now: datetime) -> str:
    """Why no application can be started now."""
    if now < opens_at:
        return f"The round opens at {to_the_second(opens_at)}. You can read every question until then."
    return f"The round closed at {to_the_second(closes_at)}, so no new application can be started. See which rounds are open, or call us."


def came_late(closes_at: datetime, came_at: datetime) -> str:
    """What somebody is told whose application arrived after the close."""
    return (
        f"The round closed at {to_the_second(closes_at)}; this arrived at {to_the_second(came_at)}. Your application is kept as a draft. "
        "Call us today if something went wrong on our side."
    )


def amount_requested(counting: Answers) -> int | None:
    """What is asked for, in pence, out of the answers that count; None where the form does not ask or it is blank."""
    value = counting.get(AMOUNT, {}).get("")
    return value if isinstance(value, int) else None


class Project(NamedTuple):
    """What an award is for, as the application says it."""

    name: str
    starts: date | None
    ends: date | None


def project_of(counting: Answers) -> Project:
    """The project's name and days out of the answers that count."""
    name = counting.get(PROJECT, {}).get("")
    return Project(name if isinstance(name, str) else "", _day(counting, STARTS), _day(counting, ENDS))


def _day(counting: Answers, key: str) -> date | None:
    value = counting.get(key, {}).get("")
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None  # a form may ask for a month there


def contacts_in(questionnaire: Questionnaire, counting: Answers) -> frozenset[str]:
    """The e-mail addresses of the contacts that it names, and no other address that stands in it."""
    found: set[str] = set()
    for key, question in questionnaire.questions.items():
        if key.removesuffix("_email") not in CONTACTS:
            continue
        cells = counting.get(key, {})
        if question.type.name == "email":
            found |= _texts(cells)
        for column in question.columns:
            if column.type.name == "email":
                found |= _texts({row: cells.get(f"{row}.{column.key}") for row in rows(cells)})
    return frozenset(found)


def _texts(cells: Mapping[str, Any] | Cells) -> set[str]:
    return {value for value in cells.values() if isinstance(value, str) and value}
