"""Pots of money and their rounds: what a fund is for, when a round is open, who may ask how much; bid workshops."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerhub.extensions import Base, Moment
from partnerhub.models.organisations import District
from partnerhub.models.people import User
from partnerhub.models.questionnaires import QuestionnaireVersion
from partnerhub.rules.rounds import Terms
from partnerhub.rules.words import FundingRoundStatus

if TYPE_CHECKING:
    from partnerhub.models.applications import Application


class Fund(Base):
    """A pot: its code begins every reference (`EXF`)."""

    __tablename__ = "fund"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    purpose: Mapped[str] = mapped_column(Text, default="")
    not_funded: Mapped[str] = mapped_column(Text, default="")
    area: Mapped[str] = mapped_column(Text, default="")
    cap: Mapped[int] = mapped_column(BigInteger)  # pence: the most for one award
    duration_months: Mapped[int]
    kinds: Mapped[list[str]] = mapped_column(JSON)  # kinds of organisation that may apply
    before_scoring: Mapped[list[str]] = mapped_column(JSON, default=list)  # kinds of document asked for before an application is marked
    before_payment: Mapped[list[str]] = mapped_column(JSON, default=list)  # and, besides, before any money is paid
    # what an award of this fund brings with it: instalments and reports
    one_payment_to: Mapped[int] = mapped_column(BigInteger, default=0)  # pence: an award up to this is paid at once
    instalments: Mapped[list[int]] = mapped_column(JSON, default=lambda: [100])  # of larger ones: per cent of each payment
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme.id"), index=True)  # where its reports are added up
    report_form_id: Mapped[UUID | None] = mapped_column(ForeignKey("questionnaire.id"), index=True)  # the end-of-project report
    report_due_days: Mapped[int] = mapped_column(default=28)  # after the project ends
    half_way_form_id: Mapped[UUID | None] = mapped_column(ForeignKey("questionnaire.id"), index=True)
    half_way_above: Mapped[int] = mapped_column(BigInteger, default=0)  # pence: due for awards larger than this,
    half_way_months: Mapped[int] = mapped_column(default=0)  # or for projects longer than this
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    rounds: Mapped[list[FundingRound]] = relationship(back_populates="fund", order_by="FundingRound.opens_at.desc()")

    __mapper_args__ = {"version_id_col": version}

    @property
    def terms(self) -> Terms:
        """What it promises now; a published round keeps what it promised then."""
        return Terms(
            purpose=self.purpose,
            not_funded=self.not_funded,
            area=self.area,
            cap=self.cap,
            duration_months=self.duration_months,
            kinds=tuple(self.kinds),
            before_scoring=tuple(self.before_scoring),
            before_payment=tuple(self.before_payment),
            one_payment_to=self.one_payment_to,
            instalments=tuple(self.instalments),
            report_form=str(self.report_form_id) if self.report_form_id else None,
            report_due_days=self.report_due_days,
            half_way_form=str(self.half_way_form_id) if self.half_way_form_id else None,
            half_way_above=self.half_way_above,
            half_way_months=self.half_way_months,
        )


class Priority(Base):
    """One line of a dated list (the Police and Crime Plan, the Zones): what an answer may name while it is in force."""

    __tablename__ = "priority"
    __table_args__ = (UniqueConstraint("scheme", "key", "starts"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    scheme: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(200))
    district_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    starts: Mapped[date]
    ends: Mapped[date | None]

    district: Mapped[District | None] = relationship()


class FundingRound(Base):
    """One opening of a fund. Open and closed are told by the clock; the status says whether it is public and whether it is done with."""

    __tablename__ = "funding_round"
    __table_args__ = (UniqueConstraint("fund_id", "year", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    year: Mapped[int]  # the financial year's first: 2024 is 2024-25
    number: Mapped[int]
    theme: Mapped[str] = mapped_column(String(200), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    advertised: Mapped[str] = mapped_column(Text, default="")  # where it was made known
    opens_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[date | None]  # when applicants are promised an answer
    money: Mapped[int] = mapped_column(BigInteger)  # pence
    over_commitment: Mapped[int] = mapped_column(default=0)  # per cent of the money that may be promised beyond it
    promised: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # the fund's terms when it was published
    questionnaire_version_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire_version.id"), index=True)
    assessors_per_bid: Mapped[int] = mapped_column(default=3)
    hides_applicants: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(20), default=FundingRoundStatus.DRAFT, index=True)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    fund: Mapped[Fund] = relationship(back_populates="rounds")
    questionnaire_version: Mapped[QuestionnaireVersion] = relationship()
    workshops: Mapped[list[BidWorkshop]] = relationship(back_populates="funding_round", order_by="BidWorkshop.at")
    applicants: Mapped[list[Application]] = relationship(viewonly=True)

    __mapper_args__ = {"version_id_col": version}

    @property
    def name(self) -> str:
        return f"{self.fund.name}, round {self.number} of {self.year}-{(self.year + 1) % 100:02}"

    @property
    def reference(self) -> str:
        """How the references of its applications begin."""
        return f"{self.fund.code}-{self.year}-{self.number}"

    @property
    def terms(self) -> Terms:
        """What those who apply were promised of the fund: frozen by publishing, so that a later change of the fund does not reach them."""
        return Terms.of(self.promised) if self.promised else self.fund.terms

    @property
    def is_public(self) -> bool:
        return self.published_at is not None

    def has_opened(self, now: datetime) -> bool:
        return self.opens_at <= now

    def has_closed(self, now: datetime) -> bool:
        """No grace: at the moment of closing it is closed."""
        return self.closes_at <= now

    def is_open(self, now: datetime) -> bool:
        return self.status == FundingRoundStatus.PUBLISHED and self.has_opened(now) and not self.has_closed(now)


class BidWorkshop(Base):
    """A day on which people learn how to apply."""

    __tablename__ = "bid_workshop"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    place: Mapped[str] = mapped_column(String(300))
    places: Mapped[int]

    funding_round: Mapped[FundingRound] = relationship(back_populates="workshops")
    bookings: Mapped[list[WorkshopBooking]] = relationship(back_populates="workshop", cascade="all, delete-orphan")


class WorkshopBooking(Base):
    """A seat at a bid workshop, taken by somebody signed in."""

    __tablename__ = "workshop_booking"

    workshop_id: Mapped[UUID] = mapped_column(ForeignKey("bid_workshop.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(Moment)

    workshop: Mapped[BidWorkshop] = relationship(back_populates="bookings")
    user: Mapped[User] = relationship()
