"""A return may be a report of a grant; a letter may carry the PDF of a grant agreement."""

import sqlalchemy as sa
from alembic import op

revision = "reports_of_awards"
down_revision = "mail_carries_letters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("monitoring_return", schema=None) as batch_op:
        batch_op.add_column(sa.Column("award_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_monitoring_return_award_id"), ["award_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_monitoring_return_award_id_award"), "award", ["award_id"], ["id"])
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("grant_agreement_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_outbox_mail_grant_agreement_id"), ["grant_agreement_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_outbox_mail_grant_agreement_id_grant_agreement"), "grant_agreement", ["grant_agreement_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_outbox_mail_grant_agreement_id_grant_agreement"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_outbox_mail_grant_agreement_id"))
        batch_op.drop_column("grant_agreement_id")
    with op.batch_alter_table("monitoring_return", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_monitoring_return_award_id_award"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_monitoring_return_award_id"))
        batch_op.drop_column("award_id")
