"""Documents that organisations keep, and which of them a fund asks for before marking and before payment."""

import sqlalchemy as sa
from alembic import op

revision = "documents_of_organisations"
down_revision = "what_applicants_were_told"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.alter_column("submission_id", existing_type=sa.Uuid(), nullable=True)
    op.create_table(
        "organisation_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ended_by_id"], ["app_user.id"], name=op.f("fk_organisation_document_ended_by_id_app_user")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_organisation_document_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_document_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["organisation_document.id"], name=op.f("fk_organisation_document_replaced_by_id_organisation_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_document")),
        sa.UniqueConstraint("file_id", name=op.f("uq_organisation_document_file_id")),
    )
    with op.batch_alter_table("organisation_document", schema=None) as batch_op:
        batch_op.create_index("ix_organisation_document_kept", ["organisation_id", "ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_document_ended_by_id"), ["ended_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_document_replaced_by_id"), ["replaced_by_id"], unique=False)
    _asked_for("before_scoring", "before_payment")


def _asked_for(*names: str) -> None:
    """Of the funds that are there, nothing."""
    with op.batch_alter_table("fund", schema=None) as batch_op:
        for name in names:
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("fund", schema=None) as batch_op:
        for name in names:
            batch_op.alter_column(name, existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("fund", schema=None) as batch_op:
        batch_op.drop_column("before_payment")
        batch_op.drop_column("before_scoring")
    op.drop_table("organisation_document")
    op.execute("DELETE FROM stored_file WHERE submission_id IS NULL")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.alter_column("submission_id", existing_type=sa.Uuid(), nullable=False)
