"""A link can lead to an account that somebody asked for: the name they gave stands beside it."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_asked_for"
down_revision = "decisions_letters_awards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(length=120), nullable=False, server_default=""))
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.alter_column("name", existing_type=sa.String(length=120), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_column("name")
