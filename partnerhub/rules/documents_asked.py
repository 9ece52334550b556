"""Which documents a fund asks for and by when, which of them an organisation lacks on a day, and how an expiry date reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from partnerhub.rules import readable
from partnerhub.rules.numbers import EXPIRES_SOON_DAYS
from partnerhub.rules.rounds import Terms
from partnerhub.rules.words import DOCUMENT_KIND_LABELS, DocumentKind, DocumentStage


class Held(NamedTuple):
    """A document that is there: its kind, and the last day on which it holds (None: it does not end)."""

    kind: str
    expires_on: date | None = None


class Lacking(NamedTuple):
    """A document that is asked for and not there, or there and over since a day."""

    kind: str
    expired_on: date | None = None

    @property
    def label(self) -> str:
        return DOCUMENT_KIND_LABELS[DocumentKind(self.kind)]

    @property
    def words(self) -> str:
        """ "Safeguarding policy: missing", "Public liability insurance: expired on 3 May 2026"."""
        return f"{self.label}: {f'expired on {readable.day(self.expired_on)}' if self.expired_on else 'missing'}"


def asked(terms: Terms, stage: DocumentStage) -> tuple[str, ...]:
    """The kinds asked for by then, in their usual order: before payment also what was asked for before marking."""
    wanted = {*terms.before_scoring, *(terms.before_payment if stage is DocumentStage.PAYMENT else ())}
    return tuple(kind for kind in DocumentKind if kind in wanted)


def lacking(wanted: Iterable[str], held: Iterable[Held], day: date) -> list[Lacking]:
    """Which of the kinds wanted no document covers on that day; of those that are over, since when the last one is."""
    ends: dict[str, list[date | None]] = {}
    for each in held:
        ends.setdefault(each.kind, []).append(each.expires_on)
    return [
        Lacking(kind, max((each for each in ends.get(kind, ()) if each), default=None))
        for kind in wanted
        if not any(each is None or each >= day for each in ends.get(kind, ()))
    ]


def is_over(expires_on: date | None, day: date) -> bool:
    """The last day is still a good one."""
    return expires_on is not None and expires_on < day


def ends_soon(expires_on: date | None, day: date) -> bool:
    return expires_on is not None and 0 <= (expires_on - day).days <= EXPIRES_SOON_DAYS


def validity(expires_on: date | None, day: date) -> str:
    """How long a document still holds, in words."""
    if expires_on is None:
        return "no expiry date"
    if is_over(expires_on, day):
        return f"expired on {readable.day(expires_on)}"
    if not ends_soon(expires_on, day):
        return f"expires on {readable.day(expires_on)}"
    days = (expires_on - day).days
    return "expires today" if days == 0 else "expires tomorrow" if days == 1 else f"expires in {days} days, on {readable.day(expires_on)}"
