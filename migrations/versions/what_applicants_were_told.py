"""What an applicant was told by an earlier letter, while a later one is owed."""

import sqlalchemy as sa
from alembic import op

revision = "what_applicants_were_told"
down_revision = "accounts_asked_for"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_status", sa.String(length=20), nullable=False, server_default=""))
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.alter_column("told_status", existing_type=sa.String(length=20), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_column("told_status")
