"""What assessors and the panel say of applications: interests, assignments, marks, agreed marks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, extract
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerhub.extensions import Base, Moment
from partnerhub.models.applications import Application
from partnerhub.models.funds import FundingRound
from partnerhub.models.organisations import Organisation
from partnerhub.models.people import Membership, User
from partnerhub.rules.numbers import FORMER_MEMBER_DAYS

# Of a membership and an application of that organisation: it ended shortly before the application was begun, or later.
LEFT_LATELY = extract("epoch", Application.created_at) - extract("epoch", Membership.ended_at) < FORMER_MEMBER_DAYS * 24 * 3600


class InterestStatement(Base):
    """Somebody looked at the round's list of organisations and said what interests they have (none, or those declared beside it)."""

    __tablename__ = "interest_statement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    stage: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User] = relationship()


class InterestAsked(Base):
    """An organisation about which somebody was asked, when they stated their interests: who applies later is asked about anew."""

    __tablename__ = "interest_asked"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(20), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), primary_key=True, index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)


class Interest(Base):
    """A declared interest in an organisation that applies in a round: whoever has one takes no part in its application."""

    __tablename__ = "interest"
    __table_args__ = (UniqueConstraint("round_id", "user_id", "organisation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)

    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()
    funding_round: Mapped[FundingRound] = relationship()


class Assignment(Base):
    """One assessor is to mark one application. Finished when the assessor says that all marks are in."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("application_id", "user_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"), index=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)  # the applicant, as conditions read it
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    assigned_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    assigned_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    set_aside_at: Mapped[datetime | None] = mapped_column(Moment)  # an interest was declared: the marks are kept and do not count
    saw_others_at: Mapped[datetime | None] = mapped_column(Moment)  # when all marks were in: from then on these stay as they are
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    funding_round: Mapped[FundingRound] = relationship()
    scores: Mapped[list[Score]] = relationship(back_populates="assignment", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}

    @property
    def said(self) -> dict[str, Score]:
        """Its marks by criterion."""
        return {each.criterion: each for each in self.scores}

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class Score(Base):
    """One assessor's mark for one criterion, and why. Both are saved as they are typed."""

    __tablename__ = "score"

    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(80), primary_key=True)
    typed: Mapped[str] = mapped_column(String(200), default="")  # always kept, also what is no mark
    mark: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)
    mark_revision: Mapped[int] = mapped_column(default=0)  # how often each was saved: a save says which one it saw
    reason_revision: Mapped[int] = mapped_column(default=0)

    assignment: Mapped[Assignment] = relationship(back_populates="scores")

    def text(self, cell: str) -> str:
        """What was typed into one of its two boxes, "mark" or "reason"."""
        return self.typed if cell == "mark" else self.reason

    def revision(self, cell: str) -> int:
        return self.mark_revision if cell == "mark" else self.reason_revision

    def put(self, cell: str, text: str, now: datetime) -> None:
        if cell == "mark":
            self.typed, self.mark_revision = text, self.mark_revision + 1
        else:
            self.reason, self.reason_revision = text, self.reason_revision + 1
        self.at = now


class Moderation(Base):
    """The panel's agreed mark for one criterion of one application, and why. The individual marks stay."""

    __tablename__ = "moderation"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(80), primary_key=True)
    mark: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    by: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}
