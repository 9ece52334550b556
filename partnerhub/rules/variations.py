"""A change to a grant: what may be asked for, and the words that both sides sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from partnerhub.rules import readable
from partnerhub.rules.errors import BadAnswer, NotNow


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked for; None and an empty text leave it as it is. Pence."""

    what: str
    why: str
    new_ends: date | None = None
    new_amount: int | None = None
    new_items: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What is to change, as it stands. Pence."""

    amount: int
    paid: int
    cap: int
    starts: date | None
    ends: date | None
    items: str = ""


def refuse_impossible(change: Change, grant: Grant, today: date) -> None:
    """Raises BadAnswer for an amount or a day that cannot be."""
    amount, ends = change.new_amount, change.new_ends
    least, most = max(1, grant.paid), max(grant.cap, grant.amount)
    if amount is not None and not least <= amount <= most:
        raise BadAnswer(
            f"The new amount must be between {readable.pounds(least)} (no less than is paid already) "
            f"and {readable.pounds(most)} (the most for one grant). Nothing was changed."
        )
    if ends is not None and (ends < today or (grant.starts is not None and ends <= grant.starts)):
        raise BadAnswer("The new end must be a day that is still to come, after the start. Nothing was changed.")


def refuse_beyond_the_pot(more: int, left: int) -> None:
    if more > left:
        raise NotNow(
            f"This gives {readable.pounds(more)} more, and the round has only {readable.pounds(max(0, left))} left. Nothing was changed."
        )


def words(number: int, office: str, organisation: str, reference: str, change: Change, grant: Grant) -> str:
    """The words of a change, to be signed as they stand."""
    lines = []
    if change.new_amount is not None and change.new_amount != grant.amount:
        lines.append(f"- The grant is {readable.pounds(change.new_amount)}. Before it was {readable.pounds(grant.amount)}.")
    if change.new_ends is not None and change.new_ends != grant.ends:
        before = f" Before it was {readable.day(grant.ends)}." if grant.ends else ""
        lines.append(f"- The project ends on {readable.day(change.new_ends)}.{before} The last report is due as long after it as before.")
    if change.new_items:
        lines.append(f"- The grant is for: {' '.join(change.new_items.split())}")
    lines.append(f"- {' '.join(change.what.split())}")
    return (
        f"# Change {number} to the grant agreement {reference}\n\nBetween {office} and {organisation}.\n\n# What changes\n\n"
        + "\n".join(lines)
        + "\n\n# What stays\n\nEverything else in the agreement stays as it is. This change counts once both of us have signed it."
    )
