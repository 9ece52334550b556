"""Questions about the history: what happened, and whether its chain still holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Row, Select, or_, select

from partnerhub.extensions import db
from partnerhub.models.conditions import allowed
from partnerhub.models.decisions import Decision
from partnerhub.models.history import START, Event, EventPerson, HistoryHead
from partnerhub.models.organisations import Organisation
from partnerhub.models.people import User
from partnerhub.rules.policy import Person

PAGE = 50
BATCH = 1000
MARKING = ("score.", "assignment.", "moderation.", "application.assign", "application.mark_by_fewer")  # how such deeds begin


def events(
    reader: Person, organisation: str = "", person: str = "", deed: str = "", before: int | None = None
) -> tuple[list[Row], int | None]:
    """A page of what `every_event` gives, and where the next page begins."""
    statement = _events(reader, organisation, person, deed).limit(PAGE + 1)
    if before is not None:
        statement = statement.where(Event.seq < before)
    found = list(db.session.execute(statement))
    return found[:PAGE], found[PAGE - 1].Event.seq if len(found) > PAGE else None


def every_event(reader: Person, organisation: str = "", person: str = "", deed: str = "") -> Iterable[Row]:
    """Newest first, each with the names of who did it and of the organisation, and its personal values; read as it is asked for.

    How an applicant is marked, and what is decided on it, is left out for a `reader` who belongs to it or has an interest in it.
    `organisation` and `person` are parts of names (or of an e-mail address); `person` finds who did it and whom it concerns.
    """
    return db.session.execute(_events(reader, organisation, person, deed).execution_options(yield_per=BATCH))


def _events(reader: Person, organisation: str, person: str, deed: str) -> Select:
    statement = (
        select(Event, User.name.label("actor"), Organisation.name.label("organisation"), EventPerson.values.label("personal"))
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(Organisation, Organisation.id == Event.organisation_id)
        .outerjoin(EventPerson, EventPerson.id == Event.personal_id)
        .order_by(Event.seq.desc())
    )
    if apart := {*reader.organisations, *(whose for _round, whose in reader.interests)}:
        marking = or_(*(Event.action.startswith(each) for each in MARKING))
        statement = statement.where(or_(Event.organisation_id.is_(None), Event.organisation_id.not_in(apart), ~marking))
        closed = db.session.scalars(select(Decision.id).where(~allowed(reader, "decision.view", Decision)))
        statement = statement.where(or_(Event.about_kind != Decision.__name__, Event.about_id.not_in([str(each) for each in closed])))
    if organisation:
        statement = statement.where(Organisation.name.icontains(organisation, autoescape=True))
    if person:
        meant = select(User.id).where(or_(User.name.icontains(person, autoescape=True), User.email.icontains(person, autoescape=True)))
        concerned = [str(each) for each in db.session.scalars(meant.limit(200))]
        statement = statement.where(or_(Event.actor_id.in_(meant), Event.about_id.in_(concerned)))
    if deed:
        statement = statement.where(Event.action == deed)
    return statement


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A place where the history is not what was written down."""

    seq: int
    fault: str

    def __str__(self) -> str:
        return f"history, event {self.seq}: {self.fault}"


def broken_links() -> Iterator[BrokenLink]:
    """Every place where the chain does not hold, from the first event to the head; read in batches, so any length will do."""
    seq, expected = 0, START
    while batch := db.session.scalars(select(Event).where(Event.seq > seq).order_by(Event.seq).limit(BATCH)).all():
        for event in batch:
            if event.seq != seq + 1:
                yield BrokenLink(event.seq, f"{event.seq - seq - 1} events before it are gone")
            elif event.previous_hash != expected:
                yield BrokenLink(event.seq, "it does not follow from the one before")
            if event.hash != event.link():
                yield BrokenLink(event.seq, "it was changed after it was written")
            seq, expected = event.seq, event.hash
        db.session.expunge_all()
    head = db.session.scalars(select(HistoryHead).execution_options(populate_existing=True)).one()
    if (head.seq, head.hash) != (seq, expected):
        yield BrokenLink(head.seq, f"the history should end here, but ends with {seq}")
