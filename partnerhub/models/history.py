"""The history: appended, hash-chained, never changed; personal values stand beside the chain so that they can be erased."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from partnerhub.extensions import Base, Moment

START = "0" * 64


class HistoryHead(Base):
    """One row: the last link of the chain. It is locked last in every writing transaction."""

    __tablename__ = "history_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


class Event(Base):
    """One deed. `details` never holds anything about a person; that stands in EventPerson under `personal_id`."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_about", "about_kind", "about_id"), Index("ix_event_organisation", "organisation_id", "seq"))

    seq: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[UUID | None]  # empty: the hub itself, or a stranger
    action: Mapped[str] = mapped_column(String(60))
    says: Mapped[str] = mapped_column(String(200))
    about_kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[str] = mapped_column(String(80))
    organisation_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    personal_id: Mapped[UUID | None]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def link(self) -> str:
        """The hash this line must have: over the one before and everything the line says."""
        said = [
            self.seq,
            self.at.isoformat(timespec="microseconds"),
            str(self.actor_id or ""),
            self.action,
            self.says,
            self.about_kind,
            self.about_id,
            str(self.organisation_id or ""),
            self.details,
            str(self.personal_id or ""),
        ]
        canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(f"{self.previous_hash}\n{canonical}".encode()).hexdigest()


class EventPerson(Base):
    """Personal values of one event; may be erased without breaking the chain."""

    __tablename__ = "event_person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
