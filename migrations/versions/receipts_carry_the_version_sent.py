"""A letter names the version that was sent whose PDF goes with it."""

import sqlalchemy as sa
from alembic import op

revision = "receipts_carry_the_version_sent"
down_revision = "people_programmes_returns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("submission_version_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_outbox_mail_submission_version_id"), ["submission_version_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_mail_submission_version_id_submission_version"), "submission_version", ["submission_version_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outbox_mail_submission_version_id_submission_version"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outbox_mail_submission_version_id"))
        batch_op.drop_column("submission_version_id")
