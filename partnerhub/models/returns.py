"""Monitoring returns: the row is the obligation, drawn up as due before anything is typed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerhub.extensions import Base, Moment
from partnerhub.models.organisations import Organisation
from partnerhub.models.people import User
from partnerhub.models.programmes import Programme, ReportingPeriod, Service, ServiceAgreement
from partnerhub.models.questionnaires import QuestionnaireVersion
from partnerhub.models.submissions import Submission, SubmissionVersion
from partnerhub.rules.words import OPEN, WITH_THE_OFFICE, ReturnStatus

ABOUT_THE_WHOLE = "_return"  # stands where a question's key would; no question's key begins so


class MonitoringReturn(Base):
    """What one agreement owes for one period. Late and missing are computed; `approved_version_id` says which version counts."""

    __tablename__ = "monitoring_return"
    __table_args__ = (
        UniqueConstraint("agreement_id", "period_id"),
        Index("ix_monitoring_return_organisation", "organisation_id", "due_on"),
        Index("ix_monitoring_return_programme", "programme_id", "period_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("service_agreement.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), index=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    award_id: Mapped[UUID | None] = mapped_column(ForeignKey("award.id"), index=True)  # of a grant: a report of its project
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("funding_round.id"), index=True)  # of that grant: who has an interest in it
    period_id: Mapped[int] = mapped_column(ForeignKey("reporting_period.id"), index=True)
    questionnaire_version_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire_version.id"), index=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), unique=True)
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(20), default=ReturnStatus.DUE, index=True)
    submitted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    first_submitted_on: Mapped[date | None]  # the day in the United Kingdom: on time or late is told by it
    latest_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission_version.id"), index=True)
    approved_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission_version.id"), index=True)
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    waived_reason: Mapped[str] = mapped_column(Text, default="")
    reopened_reason: Mapped[str] = mapped_column(Text, default="")
    reopened_until: Mapped[date | None]
    help_asked_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    agreement: Mapped[ServiceAgreement] = relationship()
    service: Mapped[Service] = relationship()
    programme: Mapped[Programme] = relationship()
    organisation: Mapped[Organisation] = relationship()
    period: Mapped[ReportingPeriod] = relationship()
    questionnaire_version: Mapped[QuestionnaireVersion] = relationship()
    submission: Mapped[Submission] = relationship()
    latest_version: Mapped[SubmissionVersion | None] = relationship(foreign_keys=[latest_version_id])
    approved_version: Mapped[SubmissionVersion | None] = relationship(foreign_keys=[approved_version_id])
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_open(self) -> bool:
        """Somebody of the organisation may still type."""
        return self.status in OPEN

    @property
    def is_untouched(self) -> bool:
        """Nobody has typed anything yet."""
        return self.status == ReturnStatus.DUE

    @property
    def is_waived(self) -> bool:
        return self.status == ReturnStatus.WAIVED

    @property
    def is_with_the_office(self) -> bool:
        """It was sent and not yet decided on."""
        return self.status in WITH_THE_OFFICE

    def days_late(self, today: date) -> int:
        """Days past the due date while it is still with the organisation and was never sent; 0 when it is not late."""
        return max(0, (today - self.due_on).days) if self.is_open and self.first_submitted_on is None else 0

    def days_after(self) -> int:
        """Days between the due date and the day when it first came; 0 when it came in time or never."""
        return max(0, (self.first_submitted_on - self.due_on).days) if self.first_submitted_on else 0


class ReturnQuery(Base):
    """A question from the office about one figure, or about the return in general; the reply is the answer in `reply_cell`."""

    __tablename__ = "return_query"
    __table_args__ = (UniqueConstraint("return_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    return_id: Mapped[UUID] = mapped_column(ForeignKey("monitoring_return.id"))
    number: Mapped[int]
    submission_version_id: Mapped[UUID] = mapped_column(ForeignKey("submission_version.id"), index=True)
    question_key: Mapped[str] = mapped_column(String(80), default=ABOUT_THE_WHOLE)
    cell: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)

    by: Mapped[User] = relationship(foreign_keys=[by_id])

    @property
    def reply_cell(self) -> str:
        return f"reply.{self.number}"
