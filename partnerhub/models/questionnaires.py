"""Questionnaires and the indicator library; a published version never changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerhub.extensions import Base, Moment
from partnerhub.rules.words import QuestionnaireStatus


class Questionnaire(Base):
    """One form over time; its versions hold the words."""

    __tablename__ = "questionnaire"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)

    versions: Mapped[list[QuestionnaireVersion]] = relationship(back_populates="questionnaire", order_by="QuestionnaireVersion.number")

    __mapper_args__ = {"version_id_col": version}


class QuestionnaireVersion(Base):
    """A numbered definition: a JSON document with a digest. One draft at most per questionnaire."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (
        UniqueConstraint("questionnaire_id", "number"),
        Index(
            "uq_questionnaire_version_draft",
            "questionnaire_id",
            unique=True,
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    questionnaire_id: Mapped[UUID] = mapped_column(ForeignKey("questionnaire.id"), index=True)
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default=QuestionnaireStatus.DRAFT)
    document: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime | None] = mapped_column(Moment)

    questionnaire: Mapped[Questionnaire] = relationship(back_populates="versions")


class IndicatorDefinition(Base):
    """An entry of the indicator library; when the meaning changes the key changes."""

    __tablename__ = "indicator"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class BreakdownDefinition(Base):
    """A list of categories that forms may cite by its key."""

    __tablename__ = "breakdown"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    categories: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(Moment)
