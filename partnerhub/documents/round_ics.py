"""The dates of a round for a calendar program (RFC 5545): when it opens and closes, when the answer comes, the bid workshops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from partnerhub.models import FundingRound
from partnerhub.rules import readable

LONGEST_LINE = 75  # octets, without the line break (RFC 5545, 3.1)


def round_ics(funding_round: FundingRound, address: str, now: datetime) -> bytes:
    """`address`: where the round can be read; it also makes the events' names unique."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//partnerhub//rounds//EN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(funding_round.name)}",
        *_events(funding_round, address, now),
        "END:VCALENDAR",
    ]
    return "".join(f"{each}\r\n" for line in lines for each in _folded(line)).encode()


def _events(funding_round: FundingRound, address: str, now: datetime) -> Iterator[str]:
    closes = readable.time_in_words(readable.in_london(funding_round.closes_at).time())
    name = funding_round.name
    happenings: list[tuple[str, datetime | date, str]] = [
        ("opens", funding_round.opens_at, f"{name} opens"),
        ("closes", funding_round.closes_at, f"{name} closes at {closes}"),
    ]
    if funding_round.decided_by:
        happenings.append(("answer", funding_round.decided_by, f"{name}: answer promised by today"))
    happenings += [(f"workshop-{each.id}", each.at, f"Bid workshop: {name}, {each.place}") for each in funding_round.workshops]
    for key, at, summary in happenings:
        yield from (
            "BEGIN:VEVENT",
            f"UID:{funding_round.id}-{key}@partnerhub",
            f"DTSTAMP:{_moment(now)}",
            f"SEQUENCE:{funding_round.version}",
            *_start(at),
            f"SUMMARY:{_text(summary)}",
            f"URL:{address}",
            "END:VEVENT",
        )


def _start(at: datetime | date) -> tuple[str, ...]:
    if isinstance(at, datetime):
        return (f"DTSTART:{_moment(at)}",)
    return (f"DTSTART;VALUE=DATE:{at:%Y%m%d}", f"DTEND;VALUE=DATE:{at + timedelta(days=1):%Y%m%d}", "TRANSP:TRANSPARENT")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    r"""Commas, semicolons, backslashes and line ends are written with a backslash (3.3.11)."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(escaped.splitlines())


def _folded(line: str) -> Iterator[str]:
    """A long line in several, each further one begun with a blank; no character is cut in two."""
    kept, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > LONGEST_LINE:
            yield kept
            kept, size = " ", 1
        kept, size = kept + character, size + width
    yield kept
