"""People who sign in: accounts, memberships, sessions, invitations and links sent by e-mail."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from partnerhub.extensions import Base, Moment
from partnerhub.models.organisations import Organisation


class User(Base):
    """One person. `email` is stored folded to lower case."""

    __tablename__ = "app_user"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment)
    deactivated_at: Mapped[datetime | None] = mapped_column(Moment)
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    user_id: Mapped[UUID] = synonym("id")
    memberships: Mapped[list[Membership]] = relationship(back_populates="user", foreign_keys="Membership.user_id")

    __mapper_args__ = {"version_id_col": version}


class Membership(Base):
    """A role: in an organisation (member, lead), at the office (organisation empty), or for one programme (viewer)."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_user", "user_id", "ended_at"),
        Index("ix_membership_organisation", "organisation_id", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    role: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme.id"), index=True)
    since: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship(back_populates="memberships", foreign_keys=[user_id])
    organisation: Mapped[Organisation | None] = relationship()


class UserSession(Base):
    """A signed-in browser. Only the hash of its token is kept."""

    __tablename__ = "user_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
    browser: Mapped[str] = mapped_column(String(200), default="")


class Invitation(Base):
    """A single-use link, bound to an address: to an organisation, or (organisation empty) to the office or a programme.

    Without a role it is to an account of one's own, for which somebody asked by that name.
    """

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    role: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120), default="")
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme.id"), index=True)
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    organisation: Mapped[Organisation | None] = relationship()

    @property
    def is_asked_for(self) -> bool:
        """By the person themselves: it leads to an account, and into no organisation."""
        return not self.role


class EmailToken(Base):
    """A link sent by e-mail: a password reset, or one end of a change of address."""

    __tablename__ = "email_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # words.LinkKind
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))  # the address the link is bound to (for a change: the new one)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SignInFailure(Base):
    """A failed sign-in, for throttling; kept outside the history and thrown away after a day."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_account", "account_hash", "at"), Index("ix_sign_in_failure_address", "address_hash", "at"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    account_hash: Mapped[str] = mapped_column(String(64))
    address_hash: Mapped[str] = mapped_column(String(64))
    known_device: Mapped[bool] = mapped_column(default=False)  # the browser had signed in to this account before
    at: Mapped[datetime] = mapped_column(Moment)
