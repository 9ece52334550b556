"""What time it is: read once when a request arrives, and movable in demonstrations and tests."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The moment this piece of work counts as happening, in UTC."""
    return _moment.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day of that moment in the United Kingdom, where due dates live."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The calendar day of a moment, in the same place."""
    return moment.astimezone(LONDON).date()


@contextmanager
def at(moment: datetime) -> Generator[datetime]:
    """Inside, it is `moment` (which must carry a time zone)."""
    token = _moment.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _moment.reset(token)
