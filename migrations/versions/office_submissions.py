"""What a form asks of the office, kept apart from what the applicant sends."""

import sqlalchemy as sa
from alembic import op

revision = "office_submissions"
down_revision = "gates_waived"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_submission",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("return_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(application_id IS NULL) <> (return_id IS NULL)", name=op.f("ck_office_submission_of_one_thing")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_office_submission_application_id_application")),
        sa.ForeignKeyConstraint(["return_id"], ["monitoring_return.id"], name=op.f("fk_office_submission_return_id_monitoring_return")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_office_submission_submission_id_submission")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_office_submission")),
        sa.UniqueConstraint("application_id", name=op.f("uq_office_submission_application_id")),
        sa.UniqueConstraint("return_id", name=op.f("uq_office_submission_return_id")),
    )


def downgrade() -> None:
    op.drop_table("office_submission")
