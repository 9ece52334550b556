"""The office's part of an application or a return: what its form asks of the office, kept apart from what the applicant sends."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from partnerhub.extensions import Base


class OfficeSubmission(Base):
    """The submission that holds the office's answers; it is never frozen, and never shown to whoever sent the rest."""

    __tablename__ = "office_submission"
    __table_args__ = (CheckConstraint("(application_id IS NULL) <> (return_id IS NULL)", name="of_one_thing"),)

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"), unique=True)
    return_id: Mapped[UUID | None] = mapped_column(ForeignKey("monitoring_return.id"), unique=True)
