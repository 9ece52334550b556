"""Decisions: what follows from a line, what needs a reason, and what the money of a round allows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from partnerhub.rules import percentages, readable
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.scoring import Pot, Result
from partnerhub.rules.words import APPLICATION_STATUS_LABELS, GIVES_MONEY, ApplicationStatus, Outcome


def line_in_words(line: int) -> str:
    """A line is kept in tenths of a per cent: 650 is "65%"."""
    return percentages.as_printed(line)


def read_line(typed: str) -> int:
    """A line as somebody types it, in tenths of a per cent: "65", "62.5", "65%"."""
    found = re.fullmatch(r"([0-9]{1,3})(?:\.([0-9]))?", typed.strip().removesuffix("%").strip(), re.ASCII)
    line = int(found[1]) * 10 + int(found[2] or 0) if found else -1
    if not 0 <= line <= 1000:
        raise BadAnswer("The line must be a percentage from 0 to 100 with at most one decimal, like 65 or 62.5.")
    return line


def line_under(percent: Fraction) -> int:
    """The highest line that this percentage still reaches."""
    return int(percent * 10)


def tie_break_in_words(labels: Sequence[str]) -> str:
    """How equal percentages are told apart, by the criteria that the form names for it."""
    if not labels:
        return "Equal percentages share a rank: the form names no criteria that tell them apart."
    order = ", then ".join(f"“{each}”" for each in labels)
    return f"Equal percentages are told apart by the mark on {order}. Who is equal in all of these shares a rank."


def publish_when(publish_by: date, deferred_until: date | None, today: date) -> str:
    """By when the public part of an approved decision is owed: "publish by Wednesday 3 December, in 2 days"."""
    if deferred_until and deferred_until > today:
        return f"publication put off until {readable.day_in_words(deferred_until, today)}"
    due = max(publish_by, deferred_until) if deferred_until else publish_by
    days = (due - today).days
    left = f"overdue by {readable.plural(-days, 'day')}" if days < 0 else ("today", "tomorrow")[days] if days < 2 else f"in {days} days"
    return f"publish by {readable.day_in_words(due, today)}, {left}"


def follows(result: Result | None, line: int) -> Outcome:
    """What the line alone does with a bid: one exactly on it is above it."""
    above = result is not None and result.may_be_funded and (result.percent or 0) >= Fraction(line, 10)
    return Outcome.AWARD if above else Outcome.DECLINE


def refuse_unfundable(outcome: Outcome, result: Result | None) -> None:
    """What failed an area that must be passed, or stays below the floor, gets no money and no place in reserve, whatever the reason."""
    if result is None or result.may_be_funded or outcome not in GIVES_MONEY | {Outcome.RESERVE}:
        return
    if result.failed:
        raise BadAnswer("This application did not pass an area that must be passed, so it cannot be funded. Decline it, or put it off.")
    if result.below_floor:
        raise BadAnswer("A mark of this application is below the floor of its form, so it cannot be funded. Decline it, or put it off.")


def kept_percent(percent: Fraction | None, line: int) -> int | None:
    """In hundredths, halves up, but never lifted to a line that it misses."""
    if percent is None:
        return None
    kept = percentages.whole(percent * 100)
    return kept if percent * 10 >= line or kept < line * 10 else line * 10 - 1


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is to be done with one bid. Money in pence."""

    outcome: Outcome
    amount: int | None
    items: str
    reason: str


def checked(wanted: Proposed, asked: int | None, cap: int, line_says: Outcome) -> Proposed:
    """The outcome with the amount that goes with it. Raises BadAnswer where something is missing or does not fit."""
    outcome, amount, items = wanted.outcome, 0, ""
    if outcome == Outcome.AWARD:
        if not asked:
            raise BadAnswer("This application does not say how much it asks for. Make it a part award and give the amount.")
        amount = asked
    if outcome == Outcome.PART:
        amount, items = _part(wanted, asked, cap), wanted.items
    if outcome != line_says and not wanted.reason.strip():
        raise BadAnswer("Write the reason: this does not follow from the line alone.")
    return Proposed(outcome, amount, items, wanted.reason)


def _part(wanted: Proposed, asked: int | None, cap: int) -> int:
    if not wanted.amount:
        raise BadAnswer("Give the amount of the part award.")
    if asked and wanted.amount >= asked:
        raise BadAnswer(f"A part award is less than the {readable.pence(asked)} that is asked for.")
    if wanted.amount > cap:
        raise BadAnswer(f"The most for one award of this fund is {readable.pence(cap)}.")
    if not wanted.items.strip():
        raise BadAnswer("Say what the part award is for: name the items.")
    return wanted.amount


def given(amounts: Iterable[tuple[str, int]]) -> int:
    """What a decision gives, in pence, out of (outcome, amount)."""
    return sum(amount for outcome, amount in amounts if outcome in GIVES_MONEY)


def refuse_too_much(pot: Pot, promised: int, more: int) -> None:
    """Nobody promises more than the over-commitment limit of a round allows. `promised`: to awards that were made before."""
    left = max(0, pot.limit - promised)
    if more > left:
        raise NotNow(
            f"This decision gives {readable.pence(more)}, and only {readable.pence(left)} is left: "
            f"the round may promise {readable.pence(pot.limit)}, and {readable.pence(promised)} is promised already. "
            "Nothing was changed. Move the line, or give less."
        )


def refuse_untold(untold: Sequence[str]) -> None:
    """Applicants learn from their letters, and not from the newspaper."""
    if untold:
        raise NotNow(
            f"Not everybody has their letter yet: {', '.join(untold)}. Release the letters of this decision first, then publish it. "
            "Nothing was changed."
        )


def refuse_gone(found: Iterable[tuple[str, str]]) -> None:
    """(reference, status) of applications that cannot be decided on any more, such as those withdrawn meanwhile."""
    gone = [f"{reference} (“{APPLICATION_STATUS_LABELS[ApplicationStatus(status)]}”)" for reference, status in found]
    if gone:
        raise NotNow(
            f"This can no longer be decided as it stands: {', '.join(gone)}. Nothing was changed. Send the decision back to be put right."
        )
