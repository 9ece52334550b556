"""The decision record in the office's form: what the hub drafts of it from the figures, until somebody writes it otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from partnerhub.rules.decisions import line_in_words
from partnerhub.rules.readable import pence, plural
from partnerhub.rules.words import Implication


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision comes to. Money in pence."""

    funding_round: str
    bids: int
    asked: int
    line: int
    awards: int
    part_awards: int
    given: int
    reserved: int
    declined: int
    deferred: int
    money: int
    over_commitment: int
    promised: int
    """To awards of the round that were made before."""
    assessors: int
    """Who finished marking any of these applications."""
    moderated: int
    """Of these applications: for how many a panel agreed a mark."""
    sent: int
    """Applications that were sent in the round and not withdrawn, whatever became of them."""
    ineligible: int


def drafted(facts: Facts) -> dict[str, str]:
    """The words of each part, by its name; of an implication by the implication."""
    return {
        "title": f"{facts.funding_round}: {'awards' if facts.awards else 'applications'}"[:200],
        "summary": _summary(facts),
        "recommendation": _recommendation(facts),
        Implication.FINANCIAL: _money(facts),
        Implication.LEGAL: "Each award is made under a grant agreement, signed by both sides, that says what the money is for.",
        Implication.RISK: "Payments are held while a report or a document is missing, and money that is not used comes back.",
        Implication.EQUALITY: "The spread by place and by who applies for the first time was shown before the line was drawn.",
        Implication.IT: "None.",
        Implication.PROCUREMENT: "None: these are grants, and nothing is bought.",
    }


def written(kept: Mapping[str, str], facts: Facts) -> dict[str, str]:
    """The record as it reads: what somebody wrote, and where nobody did, what the hub drafts."""
    return {part: kept.get(part) or text for part, text in drafted(facts).items()}


def to_keep(typed: Mapping[str, str], facts: Facts) -> dict[str, str]:
    """What was written otherwise than it is drafted: the rest goes on following the figures."""
    return {part: "" if typed[part] == text else typed[part] for part, text in drafted(facts).items() if part in typed}


def _summary(facts: Facts) -> str:
    were = "was" if facts.bids == 1 else "were"
    by = "one assessor" if facts.assessors == 1 else f"{facts.assessors} assessors, who did not know each other's marks until all were in"
    refused = f", {facts.ineligible} of which could not be considered" if facts.ineligible else ""
    came = f"{plural(facts.sent, 'application')} came in the round{refused}. " if facts.sent else ""
    came += f"{plural(facts.bids, 'application')}, asking for {pence(facts.asked)} in all, {were} "
    came += f"marked by {by}. " if facts.assessors else "put forward. "
    if facts.moderated:
        came += f"A panel agreed marks for {facts.moderated} of them. "
    return f"{came}The line was then drawn at {line_in_words(facts.line)}. {_awards(facts)} {_money(facts)}"


def _awards(facts: Facts) -> str:
    if not facts.awards:
        return "No award is made."
    parts = f", {facts.part_awards} of them for a part of what was asked for" if facts.part_awards else ""
    return f"{plural(facts.awards, 'award')} of {pence(facts.given)} in all {'is' if facts.awards == 1 else 'are'} made{parts}."


def _recommendation(facts: Facts) -> str:
    wanted = []
    if facts.awards:
        wanted.append(
            f"to make {plural(facts.awards, 'award')} of {pence(facts.given)} in all, "
            "each on condition that the grant agreement is signed and what is due before payment is sent"
        )
    if facts.reserved:
        wanted.append(f"to hold {plural(facts.reserved, 'application')} in reserve, in the order given")
    if facts.deferred:
        wanted.append(f"to put {plural(facts.deferred, 'application')} off")
    if facts.declined:
        wanted.append(f"to decline {plural(facts.declined, 'application')}")
    return f"It is recommended {'; '.join(wanted)}." if wanted else "Nothing is recommended."


def _money(facts: Facts) -> str:
    taken = facts.promised + facts.given
    before = f", after {pence(facts.promised)} that was awarded earlier" if facts.promised else ""
    if taken <= facts.money:
        return f"{pence(facts.money - taken)} of the {pence(facts.money)} of the round is left{before}."
    if not facts.over_commitment:
        return f"That is {pence(taken - facts.money)} more than the {pence(facts.money)} of the round{before}, and too much."
    return (
        f"That is {pence(taken - facts.money)} more than the {pence(facts.money)} of the round{before}: "
        f"up to {facts.over_commitment} per cent more may be promised, because some projects spend less than they are given."
    )
