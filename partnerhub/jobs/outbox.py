"""Sends what stands in the outbox, with its PDFs: over SMTP, or into files where no mail server is set."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import NamedTuple

from flask import current_app

from config import Settings
from partnerhub import clock
from partnerhub.actions.mail import claim_mail, mark_not_sent, mark_sent
from partnerhub.documents.agreement_pdf import agreement_pdf
from partnerhub.documents.letter_page import letter_page
from partnerhub.documents.letter_pdf import letter_pdf
from partnerhub.documents.return_pdf import return_pdf
from partnerhub.extensions import db
from partnerhub.forms.agreement_page import printed_agreement
from partnerhub.forms.printing import printed_version
from partnerhub.models.awards import GrantAgreement
from partnerhub.models.decisions import Letter
from partnerhub.models.mail import OutboxMail
from partnerhub.models.submissions import SubmissionVersion
from partnerhub.rules.numbers import MAIL_TRIES_FOR_PDF
from partnerhub.rules.words import MailState

log = logging.getLogger("partnerhub.mail")

PATIENCE = 30  # seconds for one answer of the mail server
SMTPS = 465  # the port on which TLS begins at once (RFC 8314)

Hand = Callable[[OutboxMail, EmailMessage], None]


class Paper(NamedTuple):
    """A PDF that goes with a letter."""

    name: str
    content: bytes


def send_waiting() -> int:
    """Send whatever is due; how many went out. A letter that cannot be handed over waits, and so do those after it when nobody answers."""
    settings, sent = current_app.config["HUB"], 0
    with _by_smtp(settings) if settings.smtp_host else _into_files(settings) as hand:
        while (letter := claim_mail(clock.now())) is not None:
            if letter.state != MailState.SENDING:
                continue  # out of date
            paper, missing = _paper(letter, settings)
            if missing and letter.attempts < MAIL_TRIES_FOR_PDF:
                mark_not_sent(letter, missing, clock.now())
                continue
            try:
                hand(letter, message(letter, settings, clock.now(), paper))
            except (OSError, smtplib.SMTPException, ValueError) as error:
                log.warning("letter %s was not sent: %s", letter.id, type(error).__name__)
                mark_not_sent(letter, f"{type(error).__name__}: {error}", clock.now())
                if isinstance(error, (OSError, smtplib.SMTPServerDisconnected)) and not isinstance(error, smtplib.SMTPResponseException):
                    break
            else:
                mark_sent(letter, clock.now(), missing and f"Sent without its PDF. {missing}")
                sent += 1
    return sent


def _paper(letter: OutboxMail, settings: Settings) -> tuple[Paper | None, str]:
    """The PDF that goes with a letter, and why there is none where there should be one: whatever that is, it stops no other letter."""
    try:
        if letter.submission_version is not None:
            return _of_version(letter.submission_version, settings), ""
        if letter.grant_agreement is not None:
            return _of_agreement(letter.grant_agreement, settings), ""
        return (None if letter.letter is None else _of_letter(letter.letter, settings)), ""
    except Exception as error:
        log.exception("the PDF of letter %s could not be made", letter.id)
        db.session.rollback()
        return None, f"The PDF could not be made: {type(error).__name__}: {error}"


def _of_version(version: SubmissionVersion, settings: Settings) -> Paper:
    return Paper(f"{version.reference.replace('/', '-')}.pdf", return_pdf(printed_version(version, settings.office_name)))


def _of_agreement(agreement: GrantAgreement, settings: Settings) -> Paper:
    return Paper(f"{agreement.reference}.pdf", agreement_pdf(printed_agreement(agreement, settings.office_name)))


def _of_letter(letter: Letter, settings: Settings) -> Paper:
    return Paper(f"{letter.facts['reference']}-letter.pdf", letter_pdf(letter_page(letter, settings.office), letter.dated))


def message(letter: OutboxMail, settings: Settings, at: datetime, paper: Paper | None = None) -> EmailMessage:
    """The letter as it travels: plain text, to one person, with its PDF."""
    made = EmailMessage()
    made["From"] = formataddr((settings.office_name, settings.mail_from))
    made["To"] = letter.recipient
    made["Reply-To"] = settings.office_email
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(at)
    made["Message-ID"] = letter.message_id
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.body)
    if paper is not None:
        made.add_attachment(paper.content, maintype="application", subtype="pdf", filename=paper.name)
    return made


@contextmanager
def _by_smtp(settings: Settings) -> Generator[Hand]:
    """One connection for all, opened with the first letter."""
    line: list[smtplib.SMTP] = []

    def hand(_: OutboxMail, made: EmailMessage) -> None:
        if not line:
            line.append(_connected(settings))
        try:
            line[0].send_message(made)
        except smtplib.SMTPServerDisconnected:
            line.clear()
            raise

    try:
        yield hand
    finally:
        if line:
            line[0].close()


def _connected(settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if settings.smtp_tls and settings.smtp_port == SMTPS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=PATIENCE)
        if settings.smtp_tls:
            server.starttls(context=context)
    if settings.smtp_user:
        server.login(settings.smtp_user, settings.smtp_password)
    return server


@contextmanager
def _into_files(settings: Settings) -> Generator[Hand]:
    """One .eml file for each letter, named so that they sort by time."""
    folder = Path(settings.instance_folder, "mail")

    def hand(letter: OutboxMail, made: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / f"{letter.created_at:%Y%m%dT%H%M%S%f}-{letter.id}.eml"
        half = place.with_suffix(".part")
        half.write_bytes(bytes(made))
        half.replace(place)

    yield hand
