"""The outbox: letters are written in the transaction of the deed that causes them; a job takes them out one by one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from jinja2 import Environment, Template
from sqlalchemy import and_, delete, select

from partnerhub.actions.doing import writing
from partnerhub.actions.unique import insert_into
from partnerhub.extensions import db
from partnerhub.models.mail import OutboxMail
from partnerhub.rules.numbers import MAIL_CLAIM_MINUTES, MAIL_GIVEN_UP_HOURS, MAIL_RETRY_MINUTES
from partnerhub.rules.words import MailState

SELDOM = timedelta(minutes=5)
NOBODY = "nobody"  # the recipient of a letter that is written only so that the same work is done; never sent


def put_mail(
    kind: str,
    about: str,
    recipient: str,
    occasion: str,
    template: str,
    *,
    now: datetime,
    expires_at: datetime | None = None,
    state: MailState = MailState.WAITING,
    attached: UUID | None = None,
    letter_id: UUID | None = None,
    agreement: UUID | None = None,
    **context: Any,
) -> bool:
    """Put a letter into the outbox; only inside a write. False when the same one (kind, about, recipient, occasion) is there already.

    `template` names templates/emails/<template>.txt, whose first line is the subject. A letter with `expires_at` holds a link that must
    not be kept: its words are wiped once it has been sent or is out of date. `attached` is a version that was sent, `letter_id` a
    letter with a decision, `agreement` a grant agreement: its PDF goes with the letter, and is made when the letter is sent.
    """
    subject, body = written(template, context)
    row = {
        "id": uuid4(),
        "kind": kind,
        "about": about,
        "recipient": recipient,
        "occasion": occasion,
        "subject": subject,
        "body": body if state == MailState.WAITING else "",
        "submission_version_id": attached,
        "letter_id": letter_id,
        "grant_agreement_id": agreement,
        "state": state,
        "attempts": 0,
        "message_id": f"<{uuid4()}@{current_app.config['HUB'].public_host}>",
        "created_at": now,
        "next_try_at": now,
        "expires_at": expires_at,
        "fault": "",
    }
    insert = insert_into(OutboxMail).values(row).on_conflict_do_nothing().returning(OutboxMail.id)
    return db.session.execute(insert).first() is not None


def tell(addresses: Iterable[str], template: str, about: UUID, occasion: str, **rest: Any) -> int:
    """The same letter to each of `addresses`, how many: the rest as for `put_mail`. Nobody is told twice of one occasion."""
    told = sorted(set(addresses))
    for address in told:
        put_mail(template, str(about), address, occasion, template, **rest)
    return len(told)


def seldom(now: datetime) -> str:
    """The occasion of a letter that anybody can cause: at most one to one address in this time."""
    return str(int(now.timestamp() // SELDOM.total_seconds()))


def written(template: str, context: dict[str, Any]) -> tuple[str, str]:
    """(subject, body) of a letter. What people typed cannot break the subject's line."""
    subject, body = _read(current_app.jinja_env, template)
    known = {"public_url": current_app.config["HUB"].public_url, **context}
    return " ".join(subject.render(known).split())[:200], body.render(known).strip() + "\n"


@cache
def _read(environment: Environment, template: str) -> tuple[Template, Template]:
    """The subject and the body of templates/emails/<template>.txt, read once: a reminder goes to hundreds."""
    plain = environment.overlay(autoescape=False)
    source = Path(current_app.root_path, str(current_app.template_folder), "emails", f"{template}.txt").read_text(encoding="utf-8")
    first, _, rest = source.partition("\n")
    return plain.from_string(first), plain.from_string(rest)


def link_to(endpoint: str, **values: Any) -> str:
    """The whole address of the page of an endpoint."""
    return whole_address(current_app.url_map.bind("").build(endpoint, values))


def whole_address(path: str) -> str:
    """A page of the hub as it may stand in a letter: built from PUBLIC_URL, never from a request."""
    return current_app.config["HUB"].public_url.rstrip("/") + path


def claim_mail(now: datetime) -> OutboxMail | None:
    """The next letter that is due, marked as being sent before anything goes over the network.

    A letter whose sender died is due again after a while, with the same Message-ID.
    """
    due = and_(OutboxMail.state.in_((MailState.WAITING, MailState.SENDING)), OutboxMail.next_try_at <= now)
    with writing():
        statement = select(OutboxMail).where(due).order_by(OutboxMail.created_at, OutboxMail.id).limit(1)
        letter = db.session.scalars(statement.with_for_update(skip_locked=True).execution_options(populate_existing=True)).first()
        if letter is None:
            return None
        if letter.expires_at is not None and letter.expires_at <= now:
            _finish(letter, MailState.EXPIRED)
        else:
            letter.state = MailState.SENDING
            letter.attempts += 1
            letter.next_try_at = now + timedelta(minutes=MAIL_CLAIM_MINUTES)
    return letter


def mark_sent(letter: OutboxMail, now: datetime, fault: str = "") -> None:
    """It went out; `fault` says what it went without."""
    with writing():
        letter.sent_at, letter.fault = now, _in_short(fault)
        _finish(letter, MailState.SENT)


def mark_not_sent(letter: OutboxMail, fault: str, now: datetime) -> None:
    """Try again later, or give up after a day."""
    with writing():
        letter.fault = _in_short(fault)
        if now - letter.created_at >= timedelta(hours=MAIL_GIVEN_UP_HOURS):
            _finish(letter, MailState.FAILED)
        else:
            letter.state = MailState.WAITING
            letter.next_try_at = now + timedelta(minutes=MAIL_RETRY_MINUTES[min(letter.attempts, len(MAIL_RETRY_MINUTES)) - 1])


def _in_short(fault: str) -> str:
    return " ".join(fault.split())[:300]


def _finish(letter: OutboxMail, state: MailState) -> None:
    letter.state = state
    if letter.expires_at is not None:
        letter.body = ""


def forget_letters(before: datetime) -> None:
    """The words of letters that were sent, or given up, long ago are not kept, nor is the trace of letters to nobody."""
    with writing():
        db.session.execute(delete(OutboxMail).where(OutboxMail.recipient == NOBODY, OutboxMail.created_at < before))
        done = OutboxMail.state.in_((MailState.SENT, MailState.EXPIRED, MailState.FAILED))
        for letter in db.session.scalars(select(OutboxMail).where(done, OutboxMail.created_at < before, OutboxMail.body != "").limit(1000)):
            letter.body = ""
