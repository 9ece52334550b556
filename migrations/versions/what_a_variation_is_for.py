"""A change to a grant may say what the grant is for then."""

import sqlalchemy as sa
from alembic import op

revision = "what_a_variation_is_for"
down_revision = "joining_and_registrations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("variation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("new_items", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("variation", schema=None) as batch_op:
        batch_op.alter_column("new_items", existing_type=sa.Text(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("variation", schema=None) as batch_op:
        batch_op.drop_column("new_items")
