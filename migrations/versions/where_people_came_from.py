"""Who asks to join or registers an organisation is led back to the page they came from."""

import sqlalchemy as sa
from alembic import op

revision = "where_people_came_from"
down_revision = "registrations_refused"
branch_labels = None
depends_on = None

TABLES = ("join_request", "registration")


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("then", sa.Text(), nullable=False, server_default=""))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("then", existing_type=sa.Text(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("then")
