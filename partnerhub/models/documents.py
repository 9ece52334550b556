"""Documents that an organisation keeps here: policies, accounts, insurance, each with the day on which it expires."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerhub.extensions import Base, Moment
from partnerhub.models.organisations import Organisation
from partnerhub.models.people import User
from partnerhub.models.submissions import StoredFile


class OrganisationDocument(Base):
    """One document. What was replaced or taken out stays with its file: a payment or a decision may have rested on it."""

    __tablename__ = "organisation_document"
    __table_args__ = (Index("ix_organisation_document_kept", "organisation_id", "ended_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(String(40))
    expires_on: Mapped[date | None]  # the last day on which it holds
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    replaced_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation_document.id"), index=True)  # None: taken out
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship()
    file: Mapped[StoredFile] = relationship(back_populates="document")
    ended_by: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_kept(self) -> bool:
        """It is among those that count."""
        return self.ended_at is None
