"""Awards: the money, the contract that both sides sign, instalments, and changes to the contract."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerhub.extensions import Base, Moment
from partnerhub.models.applications import Application
from partnerhub.models.decisions import Decision
from partnerhub.models.funds import Fund, FundingRound
from partnerhub.models.organisations import Organisation
from partnerhub.models.people import User
from partnerhub.models.returns import MonitoringReturn
from partnerhub.rules.words import COMING_BACK, GONE, TO_PAY, AwardStatus, PaymentStatus, VariationStatus


class Award(Base):
    """The money that a decision gave to one application. It bears the application's reference."""

    __tablename__ = "award"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), unique=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id"), index=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"), index=True)
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(20), default=AwardStatus.APPROVED, index=True)
    project: Mapped[str] = mapped_column(String(200), default="")  # its title, as the application gives it
    amount: Mapped[int] = mapped_column(BigInteger)  # pence, as agreed now: a signed variation changes it
    items: Mapped[str] = mapped_column(Text, default="")  # what a part award is for
    conditions: Mapped[str] = mapped_column(Text, default="")
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    approved_at: Mapped[datetime] = mapped_column(Moment)
    offered_at: Mapped[datetime | None] = mapped_column(Moment)  # when the letter was released
    answer_by: Mapped[date | None]  # the offer lapses after it
    agreed_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_reason: Mapped[str] = mapped_column(Text, default="")  # why it was refused or ended
    payee_reference: Mapped[str] = mapped_column(String(60), default="")  # the finance system's: bank details are not held here
    payee_checked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    payee_checked_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    application: Mapped[Application] = relationship()
    decision: Mapped[Decision] = relationship()
    funding_round: Mapped[FundingRound] = relationship()
    fund: Mapped[Fund] = relationship()
    organisation: Mapped[Organisation] = relationship()
    payee_checked_by: Mapped[User | None] = relationship(foreign_keys=[payee_checked_by_id])
    agreements: Mapped[list[GrantAgreement]] = relationship(back_populates="award", order_by="GrantAgreement.number")
    payments: Mapped[list[Payment]] = relationship(back_populates="award", order_by="Payment.number")
    variations: Mapped[list[Variation]] = relationship(back_populates="award", order_by="Variation.number")

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_over(self) -> bool:
        return self.status in (AwardStatus.COMPLETED, AwardStatus.ENDED)

    @property
    def is_unsigned(self) -> bool:
        """Its agreement is there, and the organisation has not signed it."""
        return bool(self.agreements) and not self.agreements[0].is_signed_by_partner


class AgreementTemplate(Base):
    """The wording of grant agreements: a numbered version that never changes once an agreement was made from it."""

    __tablename__ = "agreement_template"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)  # with {names in braces} for what differs
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class GrantAgreement(Base):
    """The contract, or a variation of it: the words as both sides see them, with a digest, and who signed when."""

    __tablename__ = "grant_agreement"
    __table_args__ = (UniqueConstraint("award_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    award_id: Mapped[UUID] = mapped_column(ForeignKey("award.id"))
    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[int]  # 1 is the agreement, what follows are its variations
    template_id: Mapped[UUID] = mapped_column(ForeignKey("agreement_template.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Moment)
    partner_signed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    partner_signed_at: Mapped[datetime | None] = mapped_column(Moment)
    office_signed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    office_signed_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    award: Mapped[Award] = relationship(back_populates="agreements")
    template: Mapped[AgreementTemplate] = relationship()
    partner_signed_by: Mapped[User | None] = relationship(foreign_keys=[partner_signed_by_id])
    office_signed_by: Mapped[User | None] = relationship(foreign_keys=[office_signed_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def reference(self) -> str:
        """As its paper is called: `EXF-2024-2-0041-agreement-1`."""
        return f"{self.award.reference}-agreement-{self.number}"

    @property
    def is_signed_by_partner(self) -> bool:
        return self.partner_signed_at is not None

    @property
    def is_signed(self) -> bool:
        """By both sides."""
        return self.partner_signed_at is not None and self.office_signed_at is not None


class Payment(Base):
    """An instalment, or money that comes back (its amount is negative)."""

    __tablename__ = "payment"
    __table_args__ = (UniqueConstraint("award_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    award_id: Mapped[UUID] = mapped_column(ForeignKey("award.id"))
    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)  # pence
    due_on: Mapped[date | None]
    return_id: Mapped[UUID | None] = mapped_column(ForeignKey("monitoring_return.id"), index=True)  # held until it is approved
    status: Mapped[str] = mapped_column(String(20), default=PaymentStatus.PLANNED, index=True)
    prepared_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)  # or who asked for it back
    prepared_at: Mapped[datetime | None] = mapped_column(Moment)
    released_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)  # or who saw it come back
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(Text, default="")  # why it was cancelled, or why it is to come back
    version: Mapped[int] = mapped_column(default=1)

    award: Mapped[Award] = relationship(back_populates="payments")
    monitoring_return: Mapped[MonitoringReturn | None] = relationship()
    prepared_by: Mapped[User | None] = relationship(foreign_keys=[prepared_by_id])
    released_by: Mapped[User | None] = relationship(foreign_keys=[released_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_to_pay(self) -> bool:
        """Neither released nor cancelled."""
        return self.status in TO_PAY

    @property
    def is_planned(self) -> bool:
        return self.status == PaymentStatus.PLANNED

    @property
    def is_fixed(self) -> bool:
        """Out, or on its way out: a new schedule leaves it alone."""
        return self.status in GONE

    @property
    def is_claimed(self) -> bool:
        return self.status == PaymentStatus.CLAIMED

    @property
    def is_coming_back(self) -> bool:
        """Asked back, or back already."""
        return self.status in COMING_BACK

    def days_late(self, today: date) -> int:
        """Days past the day by which money was to come back; 0 when it is not late, or back already."""
        return max(0, (today - self.due_on).days) if self.is_claimed and self.due_on else 0


class Variation(Base):
    """A change to the contract that a partner asks for: more time, other items, another sum."""

    __tablename__ = "variation"
    __table_args__ = (UniqueConstraint("award_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    award_id: Mapped[UUID] = mapped_column(ForeignKey("award.id"))
    round_id: Mapped[UUID] = mapped_column(ForeignKey("funding_round.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default=VariationStatus.ASKED)
    what: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    new_amount: Mapped[int | None] = mapped_column(BigInteger)  # pence
    new_ends: Mapped[date | None]
    new_items: Mapped[str] = mapped_column(Text, default="")  # what the grant is for then
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_reason: Mapped[str] = mapped_column(Text, default="")
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("grant_agreement.id"), index=True)  # the words that are signed
    version: Mapped[int] = mapped_column(default=1)

    award: Mapped[Award] = relationship(back_populates="variations")
    agreement: Mapped[GrantAgreement | None] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_asked(self) -> bool:
        """The office has not decided yet."""
        return self.status == VariationStatus.ASKED

    @property
    def is_open(self) -> bool:
        """Not decided, or not signed yet: another one has to wait."""
        return self.status in (VariationStatus.ASKED, VariationStatus.APPROVED)
