"""A mark is saved over the one that was seen; who was asked about which applicant; fewer assessors where an officer says so."""

import sqlalchemy as sa
from alembic import op

revision = "marks_say_what_they_saw"
down_revision = "reports_of_awards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mark_revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("reason_revision", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("assessors_needed", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("fewer_reason", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "interest_asked",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_interest_asked_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_interest_asked_round_id_funding_round")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_interest_asked_user_id_app_user")),
        sa.PrimaryKeyConstraint("round_id", "stage", "user_id", "organisation_id", name=op.f("pk_interest_asked")),
    )
    with op.batch_alter_table("interest_asked", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interest_asked_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interest_asked_user_id"), ["user_id"], unique=False)
    # Whoever has stated their interests was asked about all who apply.
    op.execute(
        "INSERT INTO interest_asked (round_id, stage, user_id, organisation_id) "
        "SELECT DISTINCT s.round_id, s.stage, s.user_id, a.organisation_id FROM interest_statement s "
        "JOIN application a ON a.round_id = s.round_id WHERE a.status NOT IN ('draft', 'withdrawn')"
    )


def downgrade() -> None:
    op.drop_table("interest_asked")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_column("fewer_reason")
        batch_op.drop_column("assessors_needed")
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.drop_column("reason_revision")
        batch_op.drop_column("mark_revision")
