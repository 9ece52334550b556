"""Which answers were taken over from an earlier application."""

import sqlalchemy as sa
from alembic import op

revision = "answers_of_earlier_applications"
down_revision = "marks_say_what_they_saw"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "copied_answer",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("question_key", sa.String(length=80), nullable=False),
        sa.Column("cell", sa.String(length=120), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_copied_answer_application_id_application")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_copied_answer_submission_id_submission")),
        sa.PrimaryKeyConstraint("submission_id", "question_key", "cell", name=op.f("pk_copied_answer")),
    )
    with op.batch_alter_table("copied_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_copied_answer_application_id"), ["application_id"], unique=False)


def downgrade() -> None:
    op.drop_table("copied_answer")
