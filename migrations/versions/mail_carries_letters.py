"""Mail names the letter with a decision whose PDF goes with it."""

import sqlalchemy as sa
from alembic import op

revision = "mail_carries_letters"
down_revision = "documents_of_organisations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("letter_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_outbox_mail_letter_id"), ["letter_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_outbox_mail_letter_id_letter"), "letter", ["letter_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outbox_mail_letter_id_letter"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outbox_mail_letter_id"))
        batch_op.drop_column("letter_id")
