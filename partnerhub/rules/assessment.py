"""Marking: what is a mark, what an assessor still owes, and who gets which application."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from partnerhub.rules import text as written
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.numbers import LONGEST_SENTENCE
from partnerhub.rules.questionnaire import Scoring
from partnerhub.rules.questionnaire.definition import Criterion

PASSED, FAILED = "pass", "fail"
LONGEST_LIST = 10  # steps of a scale that are laid out one by one: 0 to 10
KEPT = "We kept what you typed, but it does not count."


def read_mark(scoring: Scoring, criterion: Criterion, typed: str) -> int | None:
    """A whole number of the scale, or 1 and 0 for what is passed or failed; None while nothing is typed. Raises BadAnswer."""
    typed = typed.strip()
    if not typed:
        return None
    if criterion.pass_fail:
        if typed not in (PASSED, FAILED):
            raise BadAnswer(f"Choose pass or fail. {KEPT}")
        return 1 if typed == PASSED else 0
    if not re.fullmatch(r"[0-9]{1,4}", typed) or not scoring.min <= int(typed) <= scoring.max:
        raise BadAnswer(f"The mark must be a whole number from {scoring.min} to {scoring.max}. {KEPT}")
    return int(typed)


def choices(scoring: Scoring, criterion: Criterion) -> list[tuple[str, str]]:
    """(what is typed, what it means) for each mark, to be chosen from; none where the scale is too long for that."""
    if criterion.pass_fail:
        return [(PASSED, ""), (FAILED, "")]
    if scoring.max - scoring.min > LONGEST_LIST:
        return []
    return [(str(mark), scoring.anchors.get(mark, "")) for mark in range(scoring.min, scoring.max + 1)]


def mark_in_words(criterion: Criterion, mark: int) -> str:
    """As it stands on a page, and as it would be typed."""
    return str(mark) if not criterion.pass_fail else PASSED if mark else FAILED


def check_reason(reason: str) -> None:
    """Raises BadAnswer when it is too long to count."""
    if written.characters(reason) > LONGEST_SENTENCE:
        raise BadAnswer(f"Shorten the reason to {LONGEST_SENTENCE:,} characters. {KEPT}")


class Marked(NamedTuple):
    """One criterion on an assessor's sheet: what was typed, what it counts as, and what is wrong with it."""

    typed: str = ""
    mark: int | None = None
    reason: str = ""
    mark_error: str = ""
    reason_error: str = ""

    def error(self, cell: str) -> str:
        return self.mark_error if cell == "mark" else self.reason_error

    @property
    def is_complete(self) -> bool:
        return self.mark is not None and bool(self.reason.strip()) and not self.reason_error


def marked(scoring: Scoring, criterion: Criterion, typed: str, reason: str) -> Marked:
    mark, mark_error, reason_error = None, "", ""
    try:
        mark = read_mark(scoring, criterion, typed)
    except BadAnswer as error:
        mark_error = error.sentence
    try:
        check_reason(reason)
    except BadAnswer as error:
        reason_error = error.sentence
    return Marked(typed, mark, reason, mark_error, reason_error)


def owed(scoring: Scoring, sheet: Mapping[str, Marked]) -> list[tuple[str, str, str]]:
    """(sentence, criterion, "mark" or "reason") of everything without which marking is not finished."""
    found = []
    for each in scoring.criteria:
        said = sheet.get(each.key, Marked())
        if said.mark is None:
            found.append((f"{each.label}: {said.mark_error or 'give a mark'}", each.key, "mark"))
        if said.reason_error or not said.reason.strip():
            found.append((f"{each.label}: {said.reason_error or 'write the reason for your mark'}", each.key, "reason"))
    return found


def shared_out(
    bids: Sequence[Any],
    assessors: Sequence[Any],
    needed: Mapping[Any, int],
    held: Mapping[Any, Collection[Any]],
    barred: Collection[tuple[Any, Any]],
    load: Mapping[Any, int],
) -> dict[Any, list[Any]]:
    """Which assessors each bid still gets, so that all have about the same to read.

    `needed`: how many, by bid; `held`: who has a bid already; `barred`: (assessor, bid) that may not be; `load`: what each has to read.
    Those bids come first that fewest may read, so that the last ones are not left without.
    """
    carried = {who: load.get(who, 0) for who in assessors}
    eligible = {bid: [who for who in assessors if (who, bid) not in barred and who not in held.get(bid, ())] for bid in bids}
    given: dict[Any, list[Any]] = {bid: [] for bid in bids}
    for bid in sorted(bids, key=lambda each: len(eligible[each])):
        wanted = max(0, needed[bid] - len(held.get(bid, ())))
        chosen = sorted(eligible[bid], key=lambda who: carried[who])[:wanted]
        for who in chosen:
            carried[who] += 1
        given[bid] = chosen
    return given


def named(labels: Iterable[str]) -> str:
    """ "need, cost and plan"."""
    *first, last = labels
    return f"{', '.join(first)} and {last}" if first else last
