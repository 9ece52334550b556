"""What the office groups and pays for: programmes, services, agreements, reporting periods, targets."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from partnerhub.extensions import Base, Moment
from partnerhub.models.organisations import District, Organisation
from partnerhub.models.questionnaires import Questionnaire


class Programme(Base):
    """The office's grouping for summaries."""

    __tablename__ = "programme"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    programme_id: Mapped[UUID] = synonym("id")
    services: Mapped[list[Service]] = relationship(back_populates="programme", order_by="Service.position, Service.name")

    __mapper_args__ = {"version_id_col": version}


class Service(Base):
    """What a provider is paid to deliver."""

    __tablename__ = "service"
    __table_args__ = (UniqueConstraint("programme_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    programme: Mapped[Programme] = relationship(back_populates="services")
    agreements: Mapped[list[ServiceAgreement]] = relationship(back_populates="service", order_by="ServiceAgreement.starts")

    __mapper_args__ = {"version_id_col": version}


class ServiceAgreement(Base):
    """The contract that says what is due: who delivers what, for whom, where, when, and with which form it reports."""

    __tablename__ = "service_agreement"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), index=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)  # the provider
    questionnaire_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    frequency: Mapped[str] = mapped_column(String(20))
    starts: Mapped[date]
    ends: Mapped[date]
    copied_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_agreement.id"), index=True)
    award_id: Mapped[UUID | None] = mapped_column(ForeignKey("award.id"), index=True)  # drawn up by a grant: one report of its project
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    service: Mapped[Service] = relationship(back_populates="agreements")
    programme: Mapped[Programme] = relationship()
    organisation: Mapped[Organisation] = relationship()
    questionnaire: Mapped[Questionnaire] = relationship()
    commissioners: Mapped[list[Organisation]] = relationship(secondary="agreement_commissioner", order_by=Organisation.name)
    districts: Mapped[list[District]] = relationship(secondary="agreement_district", order_by=District.name)
    targets: Mapped[list[Target]] = relationship(back_populates="agreement", cascade="all, delete-orphan", order_by="Target.indicator_key")

    __mapper_args__ = {"version_id_col": version}


class AgreementCommissioner(Base):
    __tablename__ = "agreement_commissioner"

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("service_agreement.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)


class AgreementDistrict(Base):
    __tablename__ = "agreement_district"

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("service_agreement.id"), primary_key=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"), primary_key=True, index=True)


class Target(Base):
    """The number promised for an indicator in each period of an agreement; a share is given in per cent."""

    __tablename__ = "target"

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("service_agreement.id"), primary_key=True)
    indicator_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)  # scaled by the indicator's decimals; a share: tenths of a per cent
    upper: Mapped[int | None] = mapped_column(BigInteger)  # the other end of a band

    agreement: Mapped[ServiceAgreement] = relationship(back_populates="targets")


class ReportingPeriod(Base):
    """A month, quarter, half-year or year for which returns are due; its label is its name everywhere (`2022-23 Q1`)."""

    __tablename__ = "reporting_period"
    __table_args__ = (Index("ix_reporting_period_starts", "starts", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    label: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    starts: Mapped[date]
    ends: Mapped[date]
    due_working_days: Mapped[int] = mapped_column(default=15)
    due_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
