"""An assessor who has seen the marks of others opens their own no more, whoever is given the application later."""

import sqlalchemy as sa
from alembic import op

revision = "who_saw_the_marks_of_others"
down_revision = "office_submissions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("saw_others_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE assignment SET saw_others_at = (SELECT marks_in_at FROM application WHERE application.id = assignment.application_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_column("saw_others_at")
