"""Questions about the outbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from partnerhub.extensions import db
from partnerhub.models.mail import OutboxMail
from partnerhub.rules.words import MailState

PAGE = 50


def letters(state: str = "", before: str = "") -> tuple[list[OutboxMail], str]:
    """Letters in this state (any), newest first, after the place `before` in the list; and where the next page begins, if there is one."""
    statement = select(OutboxMail).order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc()).limit(PAGE + 1)
    if state:
        statement = statement.where(OutboxMail.state == state)
    place = _place(before)
    if place is not None:
        moment, last = place
        statement = statement.where(or_(OutboxMail.created_at < moment, and_(OutboxMail.created_at == moment, OutboxMail.id < last)))
    found = list(db.session.scalars(statement))
    return found[:PAGE], f"{found[PAGE - 1].created_at.isoformat()}_{found[PAGE - 1].id}" if len(found) > PAGE else ""


def could_not_be_sent() -> Select[int]:
    """How many letters were given up."""
    return select(func.count(OutboxMail.id)).where(OutboxMail.state == MailState.FAILED)


def _place(text: str) -> tuple[datetime, UUID] | None:
    """Of a letter in the list: many may be written at one moment."""
    moment_text, _, id_text = text.partition("_")
    try:
        moment, last = datetime.fromisoformat(moment_text), UUID(id_text)
    except ValueError:
        return None
    return (moment, last) if moment.tzinfo is not None and moment.year > 1 else None
