"""People who come by themselves: requests to join, registrations; names as they look alike; which postcode lies in which district."""

import re
from unicodedata import category, normalize

import sqlalchemy as sa
from alembic import op

revision = "joining_and_registrations"
down_revision = "answers_of_earlier_applications"
branch_labels = None
depends_on = None

LONGEST = 600
LEFT_OUT = frozenset(
    {"the", "ltd", "limited", "plc", "llp", "cic", "cio", "scio", "inc", "incorporated", "co", "company", "charity", "uk"},
)
PHRASES = re.compile(r"\b(community interest company|charitable incorporated organisation|company limited by guarantee)\b")
SILENT = re.compile(r"[.'’`´]")


def _plain(name: str) -> str:
    """As names were told apart when this was written."""
    letters = (each for each in normalize("NFKD", name.casefold()) if category(each) != "Cf" and not "\u0300" <= each <= "\u036f")
    text = SILENT.sub("", "".join(letters)).replace("&", " and ").replace("+", " and ")
    words = "".join(each if each.isalnum() or category(each)[0] == "M" else " " for each in text).split()
    telling = [each for each in PHRASES.sub(" ", " ".join(words)).split() if each not in LEFT_OUT]
    return "".join(telling) or "".join(words) or "".join(name.casefold().split())


def _decided() -> list[sa.Column]:
    return [
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "postcode_sector",
        sa.Column("sector", sa.String(length=6), nullable=False),
        sa.Column("district_code", sa.String(length=9), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_postcode_sector_district_code_district")),
        sa.PrimaryKeyConstraint("sector", "district_code", name=op.f("pk_postcode_sector")),
    )
    op.create_table(
        "join_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_decided(),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_join_request_user_id_app_user")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_join_request_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name=op.f("fk_join_request_decided_by_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
    )
    op.create_table(
        "registration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("identifier", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("district_code", sa.String(length=9), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        *_decided(),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_registration_user_id_app_user")),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_registration_district_code_district")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_registration_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name=op.f("fk_registration_decided_by_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    for table, columns in (
        (
            "join_request",
            {"organisation": ["organisation_id", "status"], "user": ["user_id", "asked_at"], "decided_by_id": ["decided_by_id"]},
        ),
        (
            "registration",
            {
                "status": ["status", "asked_at"],
                "user": ["user_id", "asked_at"],
                "district_code": ["district_code"],
                "organisation_id": ["organisation_id"],
                "decided_by_id": ["decided_by_id"],
            },
        ),
    ):
        for name, indexed in columns.items():
            op.create_index(f"ix_{table}_{name}", table, indexed, unique=False)
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("plain_name", sa.String(length=LONGEST), nullable=False, server_default=""))
    organisation = sa.table("organisation", sa.column("id", sa.Uuid()), sa.column("name"), sa.column("plain_name"))
    connection = op.get_bind()
    for identity, name in connection.execute(sa.select(organisation.c.id, organisation.c.name)).all():
        written = sa.update(organisation).where(organisation.c.id == identity).values(plain_name=_plain(name)[:LONGEST])
        connection.execute(written)
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.alter_column("plain_name", existing_type=sa.String(length=LONGEST), existing_nullable=False, server_default=None)
        batch_op.create_index("ix_organisation_plain_name", ["plain_name"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_index("ix_organisation_plain_name")
        batch_op.drop_column("plain_name")
    op.drop_table("registration")
    op.drop_table("join_request")
    op.drop_table("postcode_sector")
