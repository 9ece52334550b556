"""Observations: one number each, with where it came from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from partnerhub.extensions import Base, Moment


class ImportBatch(Base):
    """Figures that came from a file rather than from a return."""

    __tablename__ = "import_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(500))
    rows: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)


class Observation(Base):
    """One figure of one agreement for one period. Values are whole numbers: pence, or scaled by the indicator's decimals.

    A share has `value` out of `out_of`; a percentage that was only published has `percent` (tenths) and neither.
    Superseded rows stay, so that a receipt can show what a number was before it was restated.
    """

    __tablename__ = "observation"
    __table_args__ = (
        Index("ix_observation_figures", "service_id", "period_id", "category", "status"),
        Index("ix_observation_agreement", "agreement_id", "period_id"),
        Index("ix_observation_source", "submission_version_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("service_agreement.id"))
    indicator_key: Mapped[str] = mapped_column(String(80))
    period_id: Mapped[int] = mapped_column(ForeignKey("reporting_period.id"))  # no index of its own: a period is everybody's
    category: Mapped[str] = mapped_column(String(120), default="all")
    value: Mapped[int | None] = mapped_column(BigInteger)
    out_of: Mapped[int | None] = mapped_column(BigInteger)
    percent: Mapped[int | None] = mapped_column(BigInteger)
    not_applicable: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(20))
    submission_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission_version.id"))
    import_batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
