"""How people come to an organisation by themselves: they ask to join it, or register it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerhub.extensions import Base, Moment
from partnerhub.models.organisations import District, Organisation
from partnerhub.models.people import User
from partnerhub.rules.words import JoinStatus, RegistrationStatus


class JoinRequest(Base):
    """Somebody asks to join an organisation; `reason` is why it was refused."""

    __tablename__ = "join_request"
    __table_args__ = (
        Index("ix_join_request_organisation", "organisation_id", "status"),
        Index("ix_join_request_user", "user_id", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    status: Mapped[str] = mapped_column(String(20), default=JoinStatus.WAITING)
    reason: Mapped[str] = mapped_column(Text, default="")
    then: Mapped[str] = mapped_column(Text, default="")  # the page of the hub they came from, to be led back to
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    organisation: Mapped[Organisation] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_waiting(self) -> bool:
        return self.status == JoinStatus.WAITING

    @property
    def is_approved(self) -> bool:
        return self.status == JoinStatus.APPROVED

    @property
    def is_refused(self) -> bool:
        return self.status == JoinStatus.REFUSED


class Registration(Base):
    """What somebody said of an organisation that they register; `organisation_id` is what it became, or turned out to be; `reason` is
    why it was refused.
    """

    __tablename__ = "registration"
    __table_args__ = (Index("ix_registration_status", "status", "asked_at"), Index("ix_registration_user", "user_id", "asked_at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    identifier: Mapped[str] = mapped_column(String(80), default="")
    postcode: Mapped[str] = mapped_column(String(10), default="")
    district_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"), index=True)
    status: Mapped[str] = mapped_column(String(20), default=RegistrationStatus.WAITING)
    reason: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    then: Mapped[str] = mapped_column(Text, default="")  # the page of the hub they came from, to be led back to
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    district: Mapped[District | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_waiting(self) -> bool:
        return self.status == RegistrationStatus.WAITING

    @property
    def is_registered(self) -> bool:
        return self.status == RegistrationStatus.REGISTERED

    @property
    def is_refused(self) -> bool:
        return self.status == RegistrationStatus.REFUSED
