"""When a round opens and closes: times typed as the clock in London shows them, unkind days, what was promised once it is published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from partnerhub.clock import LONDON
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.numbers import SHORTEST_ROUND_DAYS
from partnerhub.rules.periods import bank_holidays, is_working_day
from partnerhub.rules.readable import DAYS, day_in_words, in_london, moment_in_words, plural, time_in_words
from partnerhub.rules.words import FUNDING_ROUND_STATUS_LABELS, FundingRoundStatus

HELP_FROM, HELP_UNTIL = time(9), time(17)  # the office answers the telephone


@dataclass(frozen=True, slots=True)
class Terms:
    """What a fund promises to those who apply: a round keeps the terms it was published with."""

    purpose: str
    not_funded: str
    area: str
    cap: int
    """Pence: the most for one award."""
    duration_months: int
    kinds: tuple[str, ...]
    before_scoring: tuple[str, ...] = ()
    """Kinds of document that are asked for before an application is marked."""
    before_payment: tuple[str, ...] = ()
    """Kinds of document that are asked for, besides, before any money is paid."""
    one_payment_to: int = 0
    """Pence: an award up to this is paid at once."""
    instalments: tuple[int, ...] = (100,)
    """Of larger ones: per cent of each payment."""
    report_form: str | None = None
    """Id of the form of the report at the end, if there is one."""
    report_due_days: int = 28
    """After the project ends."""
    half_way_form: str | None = None
    half_way_above: int = 0
    """Pence: a report half-way is due for awards larger than this (0: not because of it),"""
    half_way_months: int = 0
    """or for projects longer than this (0: not because of it)."""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Terms:
        plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()}
        return cls(**plain)

    def to_keep(self) -> dict[str, Any]:
        """As JSON can hold it; `of` reads it back."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


def facts(terms: Terms, decided_by: date | None) -> Mapping[str, Any]:
    """What an application form may name of its round: the most it gives, in pounds; how long a project may last; when it is decided."""
    return {"award_max": Fraction(terms.cap, 100), "duration_months": terms.duration_months, "decision_date": decided_by}


def how_it_stands(status: str, awards: int, running: int) -> str:
    """A round in words: when it is finished, its awards go on. `running`: those that are neither completed nor ended."""
    if status != FundingRoundStatus.FINISHED:
        return FUNDING_ROUND_STATUS_LABELS[status]  # ty: ignore[invalid-argument-type]
    if not awards:
        return "Decided. No awards"
    return f"Decided. {plural(awards, 'award')}, {f'{running} still running' if running else 'none still running'}"


# Moments


def moment(day: date, at: time) -> datetime:
    """That time in London as a moment. Raises BadAnswer for a time that a change of the clocks leaves out or repeats."""
    first = datetime.combine(day, at, LONDON)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    said = f"{at:%H:%M} on {day_in_words(day)}"
    if first.astimezone(UTC).astimezone(LONDON).time() != at:
        raise BadAnswer(f"There is no {said}: the clocks go forward. Choose a time outside 01:00 to 02:00.")
    raise BadAnswer(f"{said} happens twice: the clocks go back. Choose a time outside 01:00 to 02:00.")


def days_until(at: datetime, now: datetime) -> int:
    """How often one sleeps until then, by the calendar in London."""
    return (in_london(at).date() - in_london(now).date()).days


def how_long(at: datetime, now: datetime) -> str:
    """Until then, in words: today, tomorrow, in 9 days."""
    days = days_until(at, now)
    return "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"


def when(opens: datetime, closes: datetime, now: datetime | None) -> str:
    """One line about where a round stands: closes Monday 6 October, 12 noon (British time), in 9 days. On paper `now` is not known."""
    if now is None:
        return f"closes {moment_in_words(closes, None)}"
    if closes <= now:
        return f"closed {moment_in_words(closes, now)}"
    word, at = ("opens", opens) if now < opens else ("closes", closes)
    return f"{word} {moment_in_words(at, now)}, {how_long(at, now)}"


# The calendar guard


def check_dates(opens: datetime, closes: datetime, decided_by: date | None) -> None:
    """Raises BadAnswer when the dates cannot follow one another."""
    if closes <= opens:
        raise BadAnswer("The round must close after it opens.")
    if decided_by is not None and decided_by <= in_london(closes).date():
        raise BadAnswer("The answer must be promised for a day after the close.")


def warnings(opens: datetime, closes: datetime) -> list[str]:
    """What is unkind about these dates, a sentence each; they warn and do not stop."""
    return [*_about_the_opening(in_london(opens)), *_about_the_close(in_london(closes)), *_about_the_length(opens, closes)]


def _about_the_opening(opens: datetime) -> Iterator[str]:
    if opens.weekday() > 4:
        yield f"It opens on a {DAYS[opens.weekday()]}, when nobody answers questions."


def _about_the_close(closes: datetime) -> Iterator[str]:
    day = closes.date()
    if day.weekday() > 4:
        yield f"It closes on a {DAYS[day.weekday()]}, when nobody can help."
    if day in bank_holidays(day.year):
        yield f"It closes on a bank holiday ({day_in_words(day)}), when nobody can help."
    elif is_working_day(day) and any(each in bank_holidays(each.year) for each in _days_off_before(day)):
        yield "It closes on the first working day after a bank holiday: questions asked over the holiday get no answer in time."
    if (day.month, day.day) == (12, 31):
        yield "It closes on 31 December, when most people are away."
    if not HELP_FROM <= closes.time() <= HELP_UNTIL:
        yield f"It closes at {time_in_words(closes.time())}, when nobody answers the telephone (9am to 5pm)."


def _days_off_before(day: date) -> Iterator[date]:
    """The days without work that end the day before."""
    before = day - timedelta(days=1)
    while not is_working_day(before):
        yield before
        before -= timedelta(days=1)


def _about_the_length(opens: datetime, closes: datetime) -> Iterator[str]:
    if closes - opens < timedelta(days=SHORTEST_ROUND_DAYS):
        days = (in_london(closes).date() - in_london(opens).date()).days
        yield f"It is open for {plural(days, 'day')}. Small groups need at least {SHORTEST_ROUND_DAYS}."


# Finishing


def still_waiting(count: int) -> str:
    """Why a round cannot be finished."""
    who = "1 applicant still waits" if count == 1 else f"{count:,} applicants still wait"
    return f"{who} for a letter, so the round cannot be finished. Nothing was changed."


# What was promised

# What may still change once a round is published: only what helps those who apply. before, after -> whether it helps.
HELPS: Mapping[str, Callable[[Any, Any], bool]] = {
    "about": lambda before, after: True,  # explanations
    "advertised": lambda before, after: True,
    "opens_at": lambda before, after: after < before,
    "closes_at": lambda before, after: after > before,
    "decided_by": lambda before, after: after is not None and (before is None or after < before),
    "money": lambda before, after: after > before,
    "over_commitment": lambda before, after: after > before,
}
PROMISES: Mapping[str, str] = {
    "opens_at": "It was published when the round opens: it can open earlier, never later.",
    "closes_at": "It was published when the round closes: it can close later, never earlier.",
    "decided_by": "Applicants were promised an answer by that day: it can be earlier, never later.",
    "money": "It was published how much money there is: it can be more, never less.",
    "over_commitment": "It was published how much more may be promised: it can be more, never less.",
    "questionnaire_version_id": "The questions were published with the round: they stay.",
    "assessors_per_bid": "It was published how many people mark an application: that stays.",
    "hides_applicants": "It was published whether assessors see names: that stays.",
    "theme": "The theme was published: it stays. Explain it under “About this round”.",
    "year": "The round was published under this year: it stays, because references begin with it.",
    "number": "The round was published under this number: it stays, because references begin with it.",
}


def broken_promise(before: Mapping[str, Any], after: Mapping[str, Any], *, has_opened: bool) -> tuple[str, str] | None:
    """The first change to a published round that does not help those who apply, and the sentence about it."""
    for name, value in after.items():
        if value == before[name]:
            continue
        if name == "opens_at" and has_opened:
            return name, "The round has opened: that cannot change any more."
        if not HELPS.get(name, _never)(before[name], value):
            return name, PROMISES[name]
    return None


def _never(before: Any, after: Any) -> bool:
    return False
