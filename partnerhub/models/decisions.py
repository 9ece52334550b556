"""Decisions on applications: the line, what is proposed for each bid, who approved it, the record that is published, and the letters."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerhub.extensions import Base, Moment
from partnerhub.models.applications import Application
from partnerhub.models.funds import FundingRound
from partnerhub.models.people import User
from partnerhub.rules.words import DecisionStatus, LetterStatus, Outcome


class Decision(Base):
    """One decision about applications of a round, from the line to its publication. Its number comes with the approval.

    A round usually has one; what was deferred or held in reserve is decided in a later one.
    """

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), default=DecisionStatus.DRAFT, index=True)
    year: Mapped[int | None]  # the calendar year of the approval
    number: Mapped[int | None]
    line: Mapped[int | None]  # tenths of a per cent: bids at or above it are proposed for an award
    line_reason: Mapped[str] = mapped_column(Text, default="")
    # the record, in the office's form: Part 1 is public, Part 2 is not
    title: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    recommendation: Mapped[str] = mapped_column(Text, default="")
    implications: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # words.Implication -> text
    confidential: Mapped[str] = mapped_column(Text, default="")
    press_plan: Mapped[str] = mapped_column(Text, default="")
    deferred_until: Mapped[date | None]  # publication waits until then, for a reason
    deferred_reason: Mapped[str] = mapped_column(Text, default="")
    # who
    created_at: Mapped[datetime] = mapped_column(Moment)
    recommended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    recommended_at: Mapped[datetime | None] = mapped_column(Moment)
    signed_off_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)  # the chief officer
    signed_off_at: Mapped[datetime | None] = mapped_column(Moment)
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    approver_interests: Mapped[str] = mapped_column(Text, default="")  # as the person who approved stated them; Part 1
    sent_back_reason: Mapped[str] = mapped_column(Text, default="")
    publish_by: Mapped[date | None]
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    funding_round: Mapped[FundingRound] = relationship()
    recommended_by: Mapped[User | None] = relationship(foreign_keys=[recommended_by_id])
    signed_off_by: Mapped[User | None] = relationship(foreign_keys=[signed_off_by_id])
    approved_by: Mapped[User | None] = relationship(foreign_keys=[approved_by_id])
    proposals: Mapped[list[Proposal]] = relationship(back_populates="decision", cascade="all, delete-orphan", order_by="Proposal.position")

    applicants: Mapped[list[Application]] = relationship(secondary="proposal", viewonly=True)

    __mapper_args__ = {"version_id_col": version}

    @property
    def reference(self) -> str:
        """`2024-017`; empty until it is approved."""
        return f"{self.year}-{self.number:03}" if self.number else ""


class Proposal(Base):
    """What a decision does with one application."""

    __tablename__ = "proposal"

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), primary_key=True, index=True)
    position: Mapped[int]  # in the ranked list; on the reserve list also the order of moving up
    outcome: Mapped[str] = mapped_column(String(20))
    amount: Mapped[int] = mapped_column(BigInteger, default=0)  # pence
    items: Mapped[str] = mapped_column(Text, default="")  # what a part award is for
    reason: Mapped[str] = mapped_column(Text, default="")  # where it does not follow from the line alone
    percent: Mapped[int | None]  # hundredths of a per cent, as it stood: for letters and the report
    # criterion -> the mark that counts, as it stood: an exact fraction in words, "4" or "14/3"; 1 or 0 for what is passed or failed
    marks: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))

    decision: Mapped[Decision] = relationship(back_populates="proposals")
    application: Mapped[Application] = relationship()

    @property
    def is_reserve(self) -> bool:
        return self.outcome == Outcome.RESERVE


class Letter(Base):
    """What an applicant is told of a decision: drafted by the hub, written by staff, released together."""

    __tablename__ = "letter"
    __table_args__ = (UniqueConstraint("decision_id", "application_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20), default=LetterStatus.DRAFT)
    text: Mapped[str] = mapped_column(Text, default="")
    feedback: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # criterion -> {"strength", "improvement"}
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # scores, the funded average, the line, dates: as they stood
    written_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    written_at: Mapped[datetime | None] = mapped_column(Moment)
    released_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    decision: Mapped[Decision] = relationship()
    application: Mapped[Application] = relationship()
    funding_round: Mapped[FundingRound] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_released(self) -> bool:
        return self.released_at is not None

    @property
    def dated(self) -> datetime:
        """What its PDF gives as the moment it was made."""
        return self.released_at or self.written_at or self.decision.created_at
