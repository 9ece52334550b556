"""A report of a grant names the round, in which people have their interests."""

import sqlalchemy as sa
from alembic import op

revision = "reports_name_their_round"
down_revision = "where_people_came_from"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("monitoring_return", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_monitoring_return_round_id"), ["round_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_monitoring_return_round_id_funding_round"), "funding_round", ["round_id"], ["id"])
    op.execute("UPDATE monitoring_return SET round_id = (SELECT round_id FROM award WHERE award.id = monitoring_return.award_id)")


def downgrade() -> None:
    with op.batch_alter_table("monitoring_return", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_monitoring_return_round_id_funding_round"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_monitoring_return_round_id"))
        batch_op.drop_column("round_id")
