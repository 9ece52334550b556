"""What a round came to: how many applied for how much, who was funded, and from where nobody applies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from partnerhub.rules.printed import share as share_in_words
from partnerhub.rules.readable import plural
from partnerhub.rules.words import ORGANISATION_KIND_LABELS, OrganisationKind

NOT_SAID = "Not said"
FIRST, AGAIN = "Applies for the first time", "Has applied before"
ROUNDS_WITHOUT = 3
"""From where nobody applied in so many rounds, the newest among them, is a cold spot."""


@dataclass(frozen=True, slots=True)
class Bid:
    """One application that was sent, as the report and the line look at it. Money in pence."""

    id: Any
    district: str
    """Of the applicant; "" when it is not known."""
    kind: str
    is_first: bool
    """The organisation never applied to this fund in an earlier round."""
    named: Mapping[str, tuple[str, ...]]
    """What it chose of each dated list that the form asks about: the question -> labels."""
    asked: int
    is_scored: bool = False
    given: int | None = None
    """None when it got nothing, or nothing yet."""


@dataclass(frozen=True, slots=True)
class Share:
    """One line of the report: how the bids of one kind fared."""

    label: str
    bids: int
    asked: int
    scored: int
    awarded: int
    given: int

    @property
    def success(self) -> str:
        """Awards out of bids: "6 of 12 (50%)"; empty without bids."""
        return share_in_words(self.awarded, self.bids) if self.bids else ""


Group = Callable[[Bid], tuple[str, ...]]


def groups(bids: Sequence[Bid]) -> dict[str, Group]:
    """By what bids are told apart, in the order of the report: heading -> what a bid counts as."""
    questions = dict.fromkeys(question for bid in bids for question in bid.named)
    return {
        "District of the applicant": lambda bid: (bid.district or NOT_SAID,),
        **{question: _named(question) for question in questions},
        "Kind of organisation": lambda bid: (ORGANISATION_KIND_LABELS[OrganisationKind(bid.kind)],),
        "First time": lambda bid: (FIRST if bid.is_first else AGAIN,),
    }


def _named(question: str) -> Group:
    return lambda bid: bid.named.get(question) or (NOT_SAID,)


def share(label: str, bids: Iterable[Bid]) -> Share:
    """These bids added up."""
    bids = list(bids)
    given = [bid.given for bid in bids if bid.given is not None]
    return Share(label, len(bids), sum(bid.asked for bid in bids), sum(bid.is_scored for bid in bids), len(given), sum(given))


def spread(bids: Sequence[Bid], group: Group) -> list[Share]:
    """A line for each value, by its name. A bid that names several counts in each, so that lines can add up to more than all."""
    labels = sorted({label for bid in bids for label in group(bid)}, key=lambda label: (label == NOT_SAID, label))
    return [share(label, (bid for bid in bids if label in group(bid))) for label in labels]


def names_several(bids: Sequence[Bid], group: Group) -> bool:
    """Whether a bid counts in more than one line."""
    return any(len(group(bid)) > 1 for bid in bids)


def cold_spots(places: Iterable[str], heard_from: Sequence[Iterable[str]]) -> list[str]:
    """The places from which nobody applied. `heard_from`: of each round, the newest first; fewer than ROUNDS_WITHOUT rounds say nothing."""
    if len(heard_from) < ROUNDS_WITHOUT:
        return []
    heard = {place for each in heard_from[:ROUNDS_WITHOUT] for place in each}
    return [place for place in places if place not in heard]


@dataclass(frozen=True, slots=True)
class RoundReport:
    """The report of one round. Money in pence, days are calendar days."""

    title: str
    total: Share
    parts: tuple[tuple[str, tuple[Share, ...], bool], ...]
    """(heading, lines, whether a bid can count in several of them)."""
    money: int
    closed_on: date
    decided_on: date | None
    cold: tuple[tuple[str, tuple[str, ...]], ...]
    """(heading, places): from where nobody applied for ROUNDS_WITHOUT rounds."""
    has_earlier: bool
    """Whether there were rounds enough to speak of cold spots."""

    @property
    def days_to_decision(self) -> int | None:
        return (self.decided_on - self.closed_on).days if self.decided_on else None

    @property
    def lines(self) -> list[tuple[str, Share]]:
        """Every line with the heading that it stands under; all applications first."""
        return [("All", self.total), *((heading, line) for heading, lines, _ in self.parts for line in lines)]

    @property
    def sentences(self) -> list[str]:
        """What does not fit a table, in words."""
        decided = f"Decided {plural(self.days_to_decision or 0, 'day')} after the close." if self.decided_on else "Not decided yet."
        return [decided, *(self._cold_in_words if self.has_earlier else [TOO_FEW])]

    @property
    def _cold_in_words(self) -> list[str]:
        found = [(heading, places) for heading, places in self.cold if places]
        if not found:
            return [f"In the last {ROUNDS_WITHOUT} rounds there was an application from everywhere."]
        return [f"{heading} without an application in the last {ROUNDS_WITHOUT} rounds: {', '.join(places)}." for heading, places in found]


TOO_FEW = f"Places without an application are listed once the fund has had {ROUNDS_WITHOUT} rounds."
SEVERAL = "An application that names several counts in each, so these lines can add up to more than all."
