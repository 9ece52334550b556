"""What a letter with a decision says: its first sentence, marks beside those of funded bids, what was weak, what comes next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from partnerhub.rules import percentages, readable, scoring
from partnerhub.rules.numbers import ANSWER_AN_OFFER_DAYS, FEWEST_FOR_AN_AVERAGE, WEAK_WHEN_BELOW
from partnerhub.rules.questionnaire import Scoring
from partnerhub.rules.questionnaire.definition import Criterion
from partnerhub.rules.words import GIVES_MONEY, Outcome

Marks = Mapping[str, int | Fraction]
Missing = list[tuple[str, str]]  # (sentence, the field of the form that it is about)

WITH_FEEDBACK = frozenset({Outcome.DECLINE})
STRENGTH, IMPROVEMENT = "strength", "improvement"
EMPTY_PHRASE = re.compile(r"\bhigh\s+(volume|number)\b", re.IGNORECASE)


def exact(kept: Mapping[str, Any] | None) -> dict[str, Fraction]:
    """Marks as a decision keeps them ("14/3", 4, 4.5), as numbers."""
    return {key: Fraction(str(mark)) for key, mark in (kept or {}).items() if mark is not None}


# Marks


def funded_average(scheme: Scoring, funded: Sequence[Marks]) -> dict[str, Fraction]:
    """The average mark of the funded bids on each criterion of the scale; nothing where there are so few that it would give one away."""
    found = {}
    for each in scheme.scored:
        marks = [one[each.key] for one in funded if each.key in one]
        if len(marks) >= FEWEST_FOR_AN_AVERAGE:
            found[each.key] = Fraction(sum(marks), 1) / len(marks)
    return found


def weak(scheme: Scoring, marks: Marks, average: Marks) -> tuple[str, ...]:
    """The criteria for which a letter that says no gives a strength and an improvement, in the order of the form.

    A criterion is weak when its mark is less than half of the highest one, or at least one point of the scale below the average of the
    funded bids, or when it had to be passed and was not. Where none is weak, the one that cost most percentage points takes the place:
    nobody is told a no without what would have helped.
    """
    found = tuple(each.key for each in scheme.criteria if each.key in marks and _is_weak(scheme, each, marks[each.key], average))
    lost = {each.key: each.weight * (scheme.max - marks[each.key]) for each in scheme.scored if each.key in marks}
    if found or not any(lost.values()):
        return found
    return (max(lost, key=lost.__getitem__),)


def _is_weak(scheme: Scoring, criterion: Criterion, mark: int | Fraction, average: Marks) -> bool:
    if criterion.pass_fail:
        return not mark
    return 2 * mark < scheme.max or (criterion.key in average and average[criterion.key] - mark >= WEAK_WHEN_BELOW)


def judged(scheme: Scoring, marks: Marks, average: Marks) -> list[dict[str, Any]]:
    """The criteria as a letter keeps them: label, mark and average in words, and whether it was weak."""
    found = weak(scheme, marks, average)
    return [
        {
            "key": each.key,
            "label": each.label if each.pass_fail else f"{each.label} ({in_short(Fraction(each.weight))}%)",
            "mark": in_words(scheme, each, marks.get(each.key)),
            "average": in_short(Fraction(average[each.key])) if each.key in average else "",
            "weak": each.key in found,
        }
        for each in scheme.criteria
    ]


def in_words(scheme: Scoring, criterion: Criterion, mark: int | Fraction | None) -> str:
    if mark is None:
        return "no mark"
    if criterion.pass_fail:
        return "passed" if mark else "not passed"
    return f"{in_short(Fraction(mark))} of {scheme.max}"


def in_short(number: Fraction) -> str:
    """To one decimal, halves up, and whole numbers as they are: 4.7, 4."""
    return percentages.decimal(percentages.whole(number * 10), 1).removesuffix(".0")


def reached(percent: int | None, line: int | None) -> str:
    """Where the bid came and where the line was; `percent` in hundredths, `line` in tenths of a per cent."""
    bounds = () if line is None else (Fraction(line, 10),)
    drawn = "" if line is None else f" The line was drawn at {in_short(Fraction(line, 10))}%."
    return "" if percent is None else f"Your application reached {scoring.printed(Fraction(percent, 100), *bounds)}.{drawn}"


def compared(funded: int) -> str:
    """What stands beside the marks, or why nothing does."""
    if funded >= FEWEST_FOR_AN_AVERAGE:
        return f"Beside each mark stands the average of the {funded} applications that were funded."
    if not funded:
        return "No application was funded by this decision, so there is no average of funded ones to compare with."
    return (
        f"Fewer than {FEWEST_FOR_AN_AVERAGE} applications were funded by this decision. "
        "We do not print their average, because it would give away the marks of a single one."
    )


# Sentences


def opening(outcome: str, about: str, amount: str = "", place: int | None = None) -> str:
    """The first sentence: whoever reads no further knows the answer. `about`: the application by name and reference."""
    return {
        Outcome.AWARD: f"The answer is yes: we offer you {amount} for {about}.",
        Outcome.PART: f"The answer is yes to a part: we offer you {amount} for {about}.",
        Outcome.DECLINE: f"We are sorry that the answer is no: we will not fund {about}.",
        Outcome.RESERVE: f"We cannot fund {about} now, but it is number {place} on our reserve list.",
        Outcome.DEFER: f"We have not decided on {about} yet.",
    }[Outcome(outcome)]


DRAFTS: Mapping[str, str] = {
    Outcome.AWARD: "Thank you for your application. Please read what the offer holds, and answer by the day below.",
    Outcome.PART: "Thank you for your application. Please read which part of it the offer is for, and answer by the day below.",
    Outcome.DECLINE: (
        "Thank you for the work that you and others put into it. Below you find your marks, what was good in it, and what would make "
        "another application stronger.\n\nThis is about the application, and not about what your organisation does."
    ),
    Outcome.RESERVE: (
        "Thank you for the work that you and others put into it. If money becomes free, we offer it in the order of the list, and write "
        "to you at once. You need not do anything."
    ),
    Outcome.DEFER: "Thank you for your application. Something is missing before we can decide. Below you find what it is, and when we do.",
}
"""What a letter says after its first sentence, before staff have written it."""


def project_named(project: str, reference: str) -> str:
    """“Youth boxing” (EXF-2024-2-0041)."""
    return f"“{project}” ({reference})" if project else f"your application {reference}"


def next_round(name: str, opens_at: datetime | None, closes_at: datetime | None, now: datetime, workshops: Iterable[Any] = ()) -> str:
    """When one can apply again. `workshops`: (when, where) of those to come. Without a date it says so."""
    if opens_at is None or closes_at is None:
        return "There is no date for the next round of this fund yet. Every round stands on our page of grants as soon as it is published."
    when = "is open" if opens_at <= now else f"opens on {readable.moment_in_words(opens_at, None)}"
    help_ = [f" There is a bid workshop on {readable.moment_in_words(at, None)}: {place}." for at, place in workshops]
    return f"You can apply again: {name} {when}, and closes on {readable.moment_in_words(closes_at, None)}.{''.join(help_)}"


def paid(amount: int, one_payment_to: int, instalments: Sequence[int]) -> str:
    """How the money comes. `amount` and `one_payment_to` in pence, `instalments` in per cent."""
    shares = [each for each in instalments if each]  # as the schedule is drawn up: none of nothing
    if amount <= one_payment_to or len(shares) < 2:
        return "In one payment"
    *first, last = (f"{each}%" for each in shares)
    return f"In {len(shares)} payments, of {', '.join(first)} and {last}"


def reports(half_way: bool, due_days: int | None, ends: date | None) -> list[str]:
    """Which reports are due, in words; `due_days` after the end of the project, None where no report is asked for then."""
    found = ["A short report half-way through the project"] if half_way else []
    if due_days is not None:
        last = f"by {readable.day_in_words(ends + timedelta(days=due_days))}" if ends else f"within {due_days} days of its end"
        found.append(f"A report at the end of the project, {last}")
    return found


# What must be written before a letter is ready


def owed(
    outcome: str,
    text: str,
    criteria: Iterable[Mapping[str, Any]],
    feedback: Mapping[str, Mapping[str, str]],
    terms: Mapping[str, Any],
    names: Iterable[str] = (),
    today: date | None = None,
) -> Missing:
    """(sentence, field) of everything that is missing or must go. `names`: of assessors, which never stand in a letter."""
    missing: Missing = [] if text.strip() else [("Write the letter", "text")]
    missing += _terms_owed(outcome, terms, today)
    if outcome in WITH_FEEDBACK:
        missing += _feedback_owed(criteria, feedback)
    written = {"text": text, "conditions": terms.get("conditions") or "", "missing": terms.get("missing") or ""}
    written |= {field_of(key, part): words for key, said in feedback.items() for part, words in said.items()}
    for field, words in written.items():
        if EMPTY_PHRASE.search(words):
            missing.append(("Take out how many others applied: it tells an applicant nothing about their own application", field))
        missing += [(f"Take out the name {name}: who marks an application is never told", field) for name in names if _is_in(name, words)]
    return missing


def field_of(criterion: str, part: str) -> str:
    """The name of the box for a strength or an improvement."""
    return f"{part}.{criterion}"


def _is_in(name: str, words: str) -> bool:
    return bool(name) and re.search(rf"\b{re.escape(name)}\b", words, re.IGNORECASE) is not None


def _feedback_owed(criteria: Iterable[Mapping[str, Any]], feedback: Mapping[str, Mapping[str, str]]) -> Missing:
    asked = {STRENGTH: "write one strength", IMPROVEMENT: "write one thing to improve"}
    return [
        (f"{each['label']}: {sentence}", field_of(each["key"], part))
        for each in criteria
        if each["weak"]
        for part, sentence in asked.items()
        if not feedback.get(each["key"], {}).get(part, "").strip()
    ]


def _terms_owed(outcome: str, terms: Mapping[str, Any], today: date | None) -> Missing:
    asked = {
        Outcome.AWARD: (("starts", "the first day of the project"), ("ends", "its last day"), ("answer_by", "the day to answer by")),
        Outcome.RESERVE: (("until", "the day until which the reserve list holds"),),
        Outcome.DEFER: (("missing", "what is missing"), ("until", "the day by which it is decided")),
    }
    fields = asked.get(Outcome.AWARD if outcome in GIVES_MONEY else Outcome(outcome), ())
    missing = [(f"Say {words}", field) for field, words in fields if not terms.get(field)]
    days = {name: date.fromisoformat(terms[name]) for name in ("starts", "ends", "answer_by", "until") if terms.get(name)}
    if "starts" in days and "ends" in days and days["ends"] < days["starts"]:
        missing.append(("The project must end after it starts", "ends"))
    if today is not None:
        missing += [("This day must be in the future", name) for name in ("answer_by", "until") if name in days and days[name] <= today]
    return missing


def usual_answer_by(today: date) -> date:
    """How long an offer holds unless staff say otherwise."""
    return today + timedelta(days=ANSWER_AN_OFFER_DAYS)
