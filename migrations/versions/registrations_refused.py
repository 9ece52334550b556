"""An officer refuses to register an organisation, and says why."""

import sqlalchemy as sa
from alembic import op

revision = "registrations_refused"
down_revision = "released_letters_stay"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.alter_column("reason", existing_type=sa.Text(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_column("reason")
