"""The outbox: mail is a row in the same transaction as the deed that causes it, and is sent by a job."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerhub.extensions import Base, Moment
from partnerhub.models.awards import GrantAgreement
from partnerhub.models.decisions import Letter
from partnerhub.models.submissions import SubmissionVersion
from partnerhub.rules.words import MailState


class OutboxMail(Base):
    __tablename__ = "outbox_mail"
    __table_args__ = (UniqueConstraint("kind", "about", "recipient", "occasion"), Index("ix_outbox_mail_state", "state", "next_try_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(80))  # what it concerns, with kind, recipient and occasion: never queued twice
    recipient: Mapped[str] = mapped_column(String(254))
    occasion: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    submission_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission_version.id"), index=True)  # whose PDF goes with it
    letter_id: Mapped[UUID | None] = mapped_column(ForeignKey("letter.id"), index=True)  # or that of a letter with a decision
    grant_agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("grant_agreement.id"), index=True)  # or of this agreement
    state: Mapped[str] = mapped_column(String(20), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment)
    next_try_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    fault: Mapped[str] = mapped_column(String(300), default="")

    @property
    def is_from_the_past(self) -> bool:
        """It counts as sent, but never was: the demonstration's letters of earlier quarters."""
        return self.state == MailState.SENT and self.attempts == 0

    submission_version: Mapped[SubmissionVersion | None] = relationship()
    letter: Mapped[Letter | None] = relationship()
    grant_agreement: Mapped[GrantAgreement | None] = relationship()
