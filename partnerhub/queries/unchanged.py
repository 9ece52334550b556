"""What was worked out from the database may be kept while nothing has happened since: the history says so.

Everything a summary is made of (figures, returns, agreements, targets, names, forms) changes only in an action, and an action
appends its line to the history in the same transaction, the head of the chain locked last. So whoever can see the change can
see its line. What is kept remembers the line it was made after; it is good while that line still stands in the chain with the
same hash (it is the same history, not a restored one) and no later line is about anything but people and their accounts. The
line is read before the rows: what is read later can only be newer, and then the next reader sees a newer line and reads again.
Saving answers writes no line, and no summary shows unsent answers. Figures put in by hand are noticed by their number.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import and_, bindparam, func, not_, or_, select

from partnerhub.extensions import db
from partnerhub.models import Event, HistoryHead, Observation

Value = TypeVar("Value")

ABOUT_PEOPLE = ("person.", "membership.", "invitation.")  # deeds that no figure and no name in a summary depends on


class Stand(NamedTuple):
    """Where the history stood: its last line and that line's hash, and the newest figure."""

    seq: int
    hash: str
    newest: int | None


_newest = select(func.max(Observation.id)).scalar_subquery()
_about_people = or_(*(Event.action.startswith(each) for each in ABOUT_PEOPLE))
_is_same = select(1).where(Event.seq == bindparam("seq"), Event.hash == bindparam("hash")).exists()
_is_touched = select(1).where(and_(Event.seq > bindparam("seq"), not_(_about_people))).exists()
_STAND = select(HistoryHead.seq, HistoryHead.hash, _newest, _is_same, _is_touched)
_NOWHERE = Stand(0, "", None)


def _read(since: Stand) -> tuple[Stand, bool]:
    """Where the history stands now, and whether everything is as it was at `since`. One statement."""
    seq, link, newest, is_same, is_touched = db.session.execute(_STAND, {"seq": since.seq, "hash": since.hash}).one()
    now = Stand(seq, link, newest)
    return now, now == since or (bool(is_same) and not is_touched and newest == since.newest)


@dataclass(slots=True)
class _Kept(Generic[Value]):
    stand: Stand
    value: Value


class Shelf(Generic[Value]):
    """Values by key, the ones used longest ago leaving first. `size` weighs a value; `room` is for all together."""

    def __init__(self, room: int, size: Callable[[Value], int]) -> None:
        self._room, self._size = room, size
        self._kept: OrderedDict[Hashable, _Kept[Value]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """What is kept under this key, if it is still good; else what `make` makes."""
        kept = self._kept.get(key)
        now, is_good = _read(kept.stand if kept else _NOWHERE)
        if kept is not None and is_good:
            kept.stand = now
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
            return kept.value
        made = make()
        with self._lock:
            self._kept[key] = _Kept(now, made)
            self._kept.move_to_end(key)
            self._make_room()
        return made

    def _make_room(self) -> None:
        taken = sum(self._size(kept.value) for kept in self._kept.values())
        while taken > self._room and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            taken -= self._size(gone.value)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


def kept_by(*parts: Any) -> Hashable:
    """A key that also names the database: two applications in one process share nothing."""
    return (str(db.engine.url), *parts)
