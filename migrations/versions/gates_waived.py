"""Why an application is considered although not all of its gates were passed."""

import sqlalchemy as sa
from alembic import op

revision = "gates_waived"
down_revision = "what_a_variation_is_for"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gates_waived", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.alter_column("gates_waived", existing_type=sa.Text(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_column("gates_waived")
