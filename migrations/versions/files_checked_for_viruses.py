"""How the check of a file for viruses stands; of those that are there, nothing was checked."""

import sqlalchemy as sa
from alembic import op

revision = "files_checked_for_viruses"
down_revision = "funds_rounds_applications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scan_state", sa.String(length=20), nullable=False, server_default="not_scanned"))
        batch_op.add_column(sa.Column("next_scan_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_stored_file_scan", ["scan_state", "next_scan_at"], unique=False)
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.alter_column("scan_state", existing_type=sa.String(length=20), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index("ix_stored_file_scan")
        batch_op.drop_column("next_scan_at")
        batch_op.drop_column("scan_state")
