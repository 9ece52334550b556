"""Applications: requests for money, from the draft to the decision."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerhub.extensions import Base, Moment
from partnerhub.models.funds import Fund, FundingRound
from partnerhub.models.organisations import Organisation
from partnerhub.models.people import User
from partnerhub.models.submissions import Submission, SubmissionVersion
from partnerhub.rules.words import SHOWN_ONCE_TOLD, ApplicationStatus, Channel


class Application(Base):
    """A request for money in one round. Its number and reference come with the first submission and stay."""

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        Index("ix_application_organisation", "organisation_id", "created_at"),
        Index("ix_application_round", "round_id", "status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"), index=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    questionnaire_version_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire_version.id"), index=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), unique=True)
    channel: Mapped[str] = mapped_column(String(20), default=Channel.ONLINE)  # paper and telephone bids are typed by the office
    status: Mapped[str] = mapped_column(String(20), default=ApplicationStatus.DRAFT)
    number: Mapped[int | None]
    reference: Mapped[str | None] = mapped_column(String(40), unique=True)
    amount_requested: Mapped[int | None] = mapped_column(BigInteger)  # pence, of the version sent last
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    submitted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    latest_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission_version.id"), index=True)
    extended_until: Mapped[datetime | None] = mapped_column(Moment)  # for this applicant alone
    extended_reason: Mapped[str] = mapped_column(Text, default="")
    came_late_at: Mapped[datetime | None] = mapped_column(Moment)  # pressed after the close: kept as a draft
    help_asked_at: Mapped[datetime | None] = mapped_column(Moment)
    correction_asked: Mapped[str] = mapped_column(Text, default="")  # what is to be put right; asked once
    ineligible_reason: Mapped[str] = mapped_column(Text, default="")
    gates_waived: Mapped[str] = mapped_column(Text, default="")  # why it is considered although not all of its gates were passed
    marks_in_at: Mapped[datetime | None] = mapped_column(Moment)  # when the last of its assessors had finished
    assessors_needed: Mapped[int | None]  # fewer than the round says, where an officer said so
    fewer_reason: Mapped[str] = mapped_column(Text, default="")
    told_at: Mapped[datetime | None] = mapped_column(
        Moment
    )  # when the letter with the decision was released: until then no outcome is shown
    told_status: Mapped[str] = mapped_column(String(20), default="")  # what an earlier letter told, while a later one is owed
    version: Mapped[int] = mapped_column(default=1)

    fund: Mapped[Fund] = relationship()
    funding_round: Mapped[FundingRound] = relationship()
    organisation: Mapped[Organisation] = relationship()
    submission: Mapped[Submission] = relationship()
    latest_version: Mapped[SubmissionVersion | None] = relationship(foreign_keys=[latest_version_id])
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id])
    created_by: Mapped[User | None] = relationship(foreign_keys=[created_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def closes_at(self) -> datetime:
        """When it must be in: the round's close, or later where this applicant was given more time."""
        return max(self.funding_round.closes_at, self.extended_until) if self.extended_until else self.funding_round.closes_at

    def has_closed(self, now: datetime) -> bool:
        """No grace: at the moment of closing it is closed."""
        return self.closes_at <= now

    @property
    def shown_status(self) -> str:
        """To its team: what the office has come to is shown once the letter is released, and as being marked until then."""
        if self.told_at is not None or self.status not in SHOWN_ONCE_TOLD:
            return self.status
        return self.told_status or ApplicationStatus.ASSESSMENT

    @property
    def is_correction(self) -> bool:
        """It lies with the applicant, who was asked to put something right."""
        return self.status == ApplicationStatus.CORRECTION

    @property
    def is_untouched(self) -> bool:
        """What is known already is put in when it is started."""
        return False

    @property
    def is_online(self) -> bool:
        return self.channel == Channel.ONLINE

    @property
    def is_draft(self) -> bool:
        return self.status == ApplicationStatus.DRAFT

    @property
    def is_reopened(self) -> bool:
        """It was sent and opened again: what was sent counts for nothing until it is sent again."""
        return self.is_draft and self.latest_version_id is not None

    @property
    def hides_applicant(self) -> bool:
        """Whoever marks it is not told who applies: in some rounds, until all marks are in."""
        return self.funding_round.hides_applicants and self.marks_in_at is None

    @property
    def shown_applicant(self) -> str:
        """To whoever marks it: the name, unless it is hidden."""
        return "" if self.hides_applicant else self.organisation.name

    @property
    def is_under_assessment(self) -> bool:
        """Its marks are given, or were."""
        return self.status in (ApplicationStatus.ASSESSMENT, ApplicationStatus.MODERATED)

    @property
    def is_being_marked(self) -> bool:
        return self.status == ApplicationStatus.ASSESSMENT

    @property
    def marked_by(self) -> int:
        """How many assessors must have marked it."""
        return self.assessors_needed or self.funding_round.assessors_per_bid

    @property
    def is_withdrawn(self) -> bool:
        return self.status == ApplicationStatus.WITHDRAWN

    @property
    def is_sent(self) -> bool:
        """It lies with the office and was not looked at yet."""
        return self.status == ApplicationStatus.SUBMITTED


class CopiedAnswer(Base):
    """A cell that was taken over from an earlier application: said beside it until somebody types over it."""

    __tablename__ = "copied_answer"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    question_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    cell: Mapped[str] = mapped_column(String(120), primary_key=True)
    revision: Mapped[int]  # of the answer as it was taken over
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)  # where it comes from
