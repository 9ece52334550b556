"""`@action`: one short write. Ends the reading, locks the thing, asks the policy, lets the function write, appends the history, commits."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, wraps
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Executable, Select, bindparam, func, select
from sqlalchemy import inspect as sa_inspect

from partnerhub import clock
from partnerhub.extensions import Base, db
from partnerhub.models.conditions import may, shown_status
from partnerhub.models.history import Event, EventPerson, HistoryHead
from partnerhub.queries.people import person_of
from partnerhub.rules.errors import NotAllowed, NotNow
from partnerhub.rules.policy import RULES, Answer, Person, being_decided, not_now, sentence_for

CHANGED_MEANWHILE = "Somebody changed this after you opened the page. Nothing of yours was done. Open the page again to see how it stands."

ACTIONS: dict[str, Callable[..., Any]] = {}


@dataclass(slots=True)
class Deed:
    """What the history should hold besides the sentence; an action that wants to add to it takes `deed`."""

    details: dict[str, Any] = field(default_factory=dict)  # never personal
    personal: dict[str, Any] = field(default_factory=dict)  # names and addresses, kept beside the chain
    actor_id: UUID | None = None  # when the person is known only from what they brought (a link, a password)
    about: Base | None = None
    silent: bool = False  # nothing happened after all (pressed twice): nothing to write down


class ChangedMeanwhile(NotNow):
    """Somebody decided on the same thing after the page was drawn."""


@contextmanager
def writing():
    """The write transaction: begun at once (SQLite's lock is taken now), committed at the end, undone on any error."""
    db.session.commit()  # ends the reading; nothing is pending
    db.session.connection(execution_options={"sqlite_begin": "BEGIN IMMEDIATE"})
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def action(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a function the one way to do `name`.

    Called as `deed(thing, ..., by=person)`; `thing` is the row concerned, or None where there is none yet. `expect` is the
    version of the row that the person saw: a decision on a changed row is refused with ChangedMeanwhile.
    """
    rule = RULES[name]

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        takes = inspect.signature(function).parameters
        may_be_told = "deed" in takes

        @wraps(function)
        def run(thing: Any, *args: Any, by: Person, now: datetime | None = None, expect: int | None = None, **rest: Any) -> Any:
            now = now or clock.now()
            with writing():
                locked = thing if thing is None else _read_again(thing)
                if expect is not None and locked.version != expect:
                    raise ChangedMeanwhile(CHANGED_MEANWHILE)
                by = _as_they_are_now(by)
                ask(name, by, locked)
                deed = Deed(actor_id=by.id)
                if may_be_told:
                    rest["deed"] = deed
                result = function(locked, *args, by=by, now=now, **rest)
                if rule.becomes is not None and not deed.silent:
                    locked.status = rule.becomes
                if rule.says is not None and not deed.silent:
                    about = deed.about or (locked if locked is not None else result)
                    append_event(name, rule.says, about, deed, now)
            return result

        ACTIONS[name] = run
        return run

    return decorate


def _read_again(thing: Any) -> Any:
    """The same row as it stands now, locked where the database locks rows."""
    model = type(thing)
    key = sa_inspect(thing).identity
    if thing in db.session:
        db.session.expire(thing)  # a version remembered from the reading would be taken for a clash: `expect` says what the person saw
    found = db.session.execute(_locking(model), {f"key_{at}": part for at, part in enumerate(key)}).unique().scalar_one_or_none()
    if found is None:
        raise NotNow("This is not there any more. Somebody removed it. Nothing of yours was changed.")
    return found


@cache
def _locking(model: type[Base]) -> Select[Any]:
    """The statement that reads and locks one row, built once for each table."""
    parts = (column == bindparam(f"key_{at}") for at, column in enumerate(sa_inspect(model).primary_key))
    return select(model).where(*parts).with_for_update(of=model).execution_options(populate_existing=True)


def _as_they_are_now(by: Person) -> Person:
    """The same person with the roles they have at this moment: since the page was asked for, one may have ended."""
    if by.id is None:
        return by
    present = person_of(by.id)
    if present is None:
        raise NotAllowed("Your account has been closed. Nothing was changed. Call us if you did not expect this.")
    return present


def ask(name: str, by: Person, thing: Any) -> None:
    """Refuses in words unless this person may do it as things stand; for who asks before the write does."""
    answer = may(by, name, thing)
    if answer is Answer.NO:
        raise NotAllowed(sentence_for(name))
    if answer is Answer.NOT_NOW:
        raise NotNow(not_now(name, thing.status) if shown_status(by, thing) == thing.status else being_decided(name))


def ask_again(name: str, by: Person, thing: Any) -> None:
    """At the end of a deed that takes rights away, when whoever does it must have kept theirs.

    Two who take them from each other at the same moment come here one after the other, since the head of the history is locked.
    """
    db.session.flush()
    _locked_head()
    ask(name, _as_they_are_now(by), thing)


def _locked_head() -> HistoryHead:
    return db.session.execute(select(HistoryHead).with_for_update().execution_options(populate_existing=True)).scalar_one()


def one_at_a_time() -> None:
    """From here to the end of the write nobody else passes: for numbers that run through the whole office."""
    db.session.flush()
    _locked_head()


def append_event(name: str, says: str, about: Any, deed: Deed, now: datetime) -> Event:
    """One line more in the chain; called last, so that the head row is locked for the shortest time."""
    db.session.flush()
    head = _locked_head()
    personal_id = None
    if deed.personal:
        person = EventPerson(values=deed.personal)
        db.session.add(person)
        db.session.flush()
        personal_id = person.id
    event = Event(
        seq=head.seq + 1,
        at=now,
        actor_id=deed.actor_id,
        action=name,
        says=says,
        about_kind=type(about).__name__,
        about_id=str(sa_inspect(about).identity[0]),
        organisation_id=getattr(about, "organisation_id", None),
        details=deed.details,
        personal_id=personal_id,
        previous_hash=head.hash,
    )
    event.hash = event.link()
    db.session.add(event)
    head.seq, head.hash = event.seq, event.hash
    return event


def rows_changed(statement: Executable) -> int:
    """Carry out an UPDATE, DELETE or INSERT; how many rows it touched."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def next_number(column: Any, *where: Any) -> int:
    """One more than the largest so far; only inside a write."""
    return (db.session.execute(select(func.max(column)).where(*where)).scalar() or 0) + 1
