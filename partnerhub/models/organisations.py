"""Partners: groups, charities, councils; their identifiers, districts and what their profile holds."""

from __future__ import annotations

from datetime import datetime
from unicodedata import category, normalize
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym, validates

from partnerhub.extensions import Base, Moment
from partnerhub.rules.lookalike import plain

LONGEST_FOLDED = 600


class District(Base):
    """A local authority district by its GSS code."""

    __tablename__ = "district"

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(60))


class PostcodeSector(Base):
    """The postcodes of one sector (“LE1 1”) that lie in one district: the two letters that end each, one after the other."""

    __tablename__ = "postcode_sector"

    sector: Mapped[str] = mapped_column(String(6), primary_key=True)
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"), primary_key=True)
    units: Mapped[str] = mapped_column(Text)


class Organisation(Base):
    __tablename__ = "organisation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(200))
    folded_name: Mapped[str] = mapped_column(String(LONGEST_FOLDED), unique=True)  # set with `name`: the same but for capitals is the same
    plain_name: Mapped[str] = mapped_column(String(LONGEST_FOLDED), index=True)  # set with `name`: what looks alike is alike
    kind: Mapped[str] = mapped_column(String(20))
    district_code: Mapped[str | None] = mapped_column(ForeignKey("district.code"), index=True)
    website: Mapped[str] = mapped_column(String(300), default="")
    telephone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    organisation_id: Mapped[UUID] = synonym("id")  # so that the policy's conditions read every thing alike
    district: Mapped[District | None] = relationship()
    identifiers: Mapped[list[OrganisationIdentifier]] = relationship(
        back_populates="organisation", cascade="all, delete-orphan", order_by="OrganisationIdentifier.org_id"
    )

    __mapper_args__ = {"version_id_col": version}

    @validates("name")
    def _fold(self, _key: str, name: str) -> str:
        self.folded_name = folded(name)
        self.plain_name = plain(name)[:LONGEST_FOLDED]
        return name


def folded(name: str) -> str:
    """A name as the eye tells it from others: without capitals, needless spaces, signs that cannot be seen, and other widths of letters.

    Alike on both databases (SQLite's lower() knows only A to Z); a single sign can stand for eighteen letters.
    """
    seen = "".join(each for each in normalize("NFKC", name) if category(each) != "Cf")
    return " ".join(normalize("NFKC", seen.casefold()).split())[:LONGEST_FOLDED]


class OrganisationIdentifier(Base):
    """An org-id: list code, hyphen, number in that list (standard: org-id.guide)."""

    __tablename__ = "organisation_identifier"

    org_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)

    organisation: Mapped[Organisation] = relationship(back_populates="identifiers")


class ProfileAnswer(Base):
    """What an organisation said once and need not say again; questions cite it with `reuse`."""

    __tablename__ = "profile_answer"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    texts: Mapped[dict[str, str]] = mapped_column(JSON)  # cell -> what was typed
    at: Mapped[datetime] = mapped_column(Moment)
