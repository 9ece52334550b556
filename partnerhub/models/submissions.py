"""What was said: answers cell by cell, their earlier values, and the frozen versions that were sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerhub.extensions import Base, Moment
from partnerhub.models.organisations import Organisation
from partnerhub.models.people import User
from partnerhub.models.questionnaires import QuestionnaireVersion
from partnerhub.rules.words import ScanState

if TYPE_CHECKING:
    from partnerhub.models.documents import OrganisationDocument


class Submission(Base):
    """One filled-in questionnaire."""

    __tablename__ = "submission"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    questionnaire_version_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire_version.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)

    questionnaire_version: Mapped[QuestionnaireVersion] = relationship()
    organisation: Mapped[Organisation] = relationship()


class Answer(Base):
    """One cell. `text` is what was typed, always kept; `value` is set when it could be read and counts."""

    __tablename__ = "answer"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    question_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    cell: Mapped[str] = mapped_column(String(120), primary_key=True, default="")
    text: Mapped[str] = mapped_column(Text)
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    revision: Mapped[int] = mapped_column(default=1)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)


class AnswerRevision(Base):
    """An earlier text of a cell: one per person and burst of typing."""

    __tablename__ = "answer_revision"
    __table_args__ = (Index("ix_answer_revision_cell", "submission_id", "question_key", "cell"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    question_key: Mapped[str] = mapped_column(String(80))
    cell: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)


class SubmissionVersion(Base):
    """What was sent: all answers that counted, frozen with a digest. Triggers refuse any change."""

    __tablename__ = "submission_version"
    __table_args__ = (UniqueConstraint("submission_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    questionnaire_version_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire_version.id"), index=True)
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(60), unique=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)  # what actions/submissions.py: freeze puts together
    digest: Mapped[str] = mapped_column(String(64))
    submitted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    submitted_at: Mapped[datetime] = mapped_column(Moment)

    submitted_by: Mapped[User | None] = relationship()
    questionnaire_version: Mapped[QuestionnaireVersion] = relationship()


class StoredFile(Base):
    """A file sent as an answer, or kept as a document. Its content lies on disk under its id; the name is only for people to read."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_scan", "scan_state", "next_scan_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    submission_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission.id"), index=True)  # None: a document of an organisation
    question_key: Mapped[str] = mapped_column(String(80), default="")
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    scan_state: Mapped[str] = mapped_column(String(20), default=ScanState.NOT_SCANNED)  # never waiting: see scan_standing
    next_scan_at: Mapped[datetime | None] = mapped_column(Moment)  # before then nobody else takes it to the scanner

    submission: Mapped[Submission | None] = relationship()
    document: Mapped[OrganisationDocument | None] = relationship(back_populates="file")
    by: Mapped[User | None] = relationship()

    @property
    def organisation_id(self) -> UUID | None:
        """Whose file it is."""
        owner = self.submission or self.document
        return owner.organisation_id if owner else None

    def scan_standing(self, is_scanned: bool) -> ScanState:
        """How the check for viruses stands: in a hub with a scanner, whatever it has not looked at waits, also what is older than it."""
        return ScanState.WAITING if is_scanned and self.scan_state == ScanState.NOT_SCANNED else ScanState(self.scan_state)

    def is_withheld_from(self, person_id: UUID | None, is_scanned: bool) -> bool:
        """An infected file goes to nobody, one that waits only to the person it came from."""
        standing = self.scan_standing(is_scanned)
        return standing == ScanState.INFECTED or (standing == ScanState.WAITING and self.by_id != person_id)
