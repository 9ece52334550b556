"""Funds with their rounds and bid workshops; applications; interests, assignments and marks."""

import sqlalchemy as sa
from alembic import op

revision = "funds_rounds_applications"
down_revision = "receipts_carry_the_version_sent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("not_funded", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=False),
        sa.Column("duration_months", sa.Integer(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("code", name=op.f("uq_fund_code")),
        sa.UniqueConstraint("name", name=op.f("uq_fund_name")),
    )
    op.create_table(
        "priority",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("district_code", sa.String(length=9), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_priority_district_code_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority")),
        sa.UniqueConstraint("scheme", "key", "starts", name=op.f("uq_priority_scheme_key_starts")),
    )
    with op.batch_alter_table("priority", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_priority_district_code"), ["district_code"], unique=False)

    op.create_table(
        "funding_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("advertised", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Date(), nullable=True),
        sa.Column("money", sa.BigInteger(), nullable=False),
        sa.Column("over_commitment", sa.Integer(), nullable=False),
        sa.Column("promised", sa.JSON(), nullable=True),
        sa.Column("questionnaire_version_id", sa.Uuid(), nullable=False),
        sa.Column("assessors_per_bid", sa.Integer(), nullable=False),
        sa.Column("hides_applicants", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_funding_round_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["questionnaire_version_id"],
            ["questionnaire_version.id"],
            name=op.f("fk_funding_round_questionnaire_version_id_questionnaire_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_round")),
        sa.UniqueConstraint("fund_id", "year", "number", name=op.f("uq_funding_round_fund_id_year_number")),
    )
    with op.batch_alter_table("funding_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_funding_round_questionnaire_version_id"), ["questionnaire_version_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_funding_round_status"), ["status"], unique=False)

    op.create_table(
        "bid_workshop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_bid_workshop_round_id_funding_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_workshop")),
    )
    with op.batch_alter_table("bid_workshop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bid_workshop_round_id"), ["round_id"], unique=False)

    op.create_table(
        "interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_interest_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_interest_round_id_funding_round")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_interest_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint("round_id", "user_id", "organisation_id", name=op.f("uq_interest_round_id_user_id_organisation_id")),
    )
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interest_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interest_user_id"), ["user_id"], unique=False)

    op.create_table(
        "interest_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_interest_statement_round_id_funding_round")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_interest_statement_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_statement")),
    )
    with op.batch_alter_table("interest_statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interest_statement_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interest_statement_user_id"), ["user_id"], unique=False)

    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("questionnaire_version_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=40), nullable=True),
        sa.Column("amount_requested", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latest_version_id", sa.Uuid(), nullable=True),
        sa.Column("extended_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_reason", sa.Text(), nullable=False),
        sa.Column("came_late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("help_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("correction_asked", sa.Text(), nullable=False),
        sa.Column("ineligible_reason", sa.Text(), nullable=False),
        sa.Column("marks_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"], name=op.f("fk_application_created_by_id_app_user")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_application_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["latest_version_id"], ["submission_version.id"], name=op.f("fk_application_latest_version_id_submission_version")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_application_organisation_id_organisation")),
        sa.ForeignKeyConstraint(
            ["questionnaire_version_id"],
            ["questionnaire_version.id"],
            name=op.f("fk_application_questionnaire_version_id_questionnaire_version"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_application_round_id_funding_round")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_application_submission_id_submission")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["app_user.id"], name=op.f("fk_application_submitted_by_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("reference", name=op.f("uq_application_reference")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_application_round_id_number")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_application_submission_id")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_fund_id"), ["fund_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_latest_version_id"), ["latest_version_id"], unique=False)
        batch_op.create_index("ix_application_organisation", ["organisation_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_questionnaire_version_id"), ["questionnaire_version_id"], unique=False)
        batch_op.create_index("ix_application_round", ["round_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_submitted_by_id"), ["submitted_by_id"], unique=False)

    op.create_table(
        "workshop_booking",
        sa.Column("workshop_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_workshop_booking_user_id_app_user")),
        sa.ForeignKeyConstraint(["workshop_id"], ["bid_workshop.id"], name=op.f("fk_workshop_booking_workshop_id_bid_workshop")),
        sa.PrimaryKeyConstraint("workshop_id", "user_id", name=op.f("pk_workshop_booking")),
    )
    with op.batch_alter_table("workshop_booking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_booking_user_id"), ["user_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_by_id", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_assignment_application_id_application")),
        sa.ForeignKeyConstraint(["assigned_by_id"], ["app_user.id"], name=op.f("fk_assignment_assigned_by_id_app_user")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_assignment_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_assignment_round_id_funding_round")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_assignment_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("application_id", "user_id", name=op.f("uq_assignment_application_id_user_id")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_assigned_by_id"), ["assigned_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_user_id"), ["user_id"], unique=False)

    op.create_table(
        "moderation",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=80), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_moderation_application_id_application")),
        sa.ForeignKeyConstraint(["by_id"], ["app_user.id"], name=op.f("fk_moderation_by_id_app_user")),
        sa.PrimaryKeyConstraint("application_id", "criterion", name=op.f("pk_moderation")),
    )
    with op.batch_alter_table("moderation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_by_id"), ["by_id"], unique=False)

    op.create_table(
        "score",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=80), nullable=False),
        sa.Column("typed", sa.String(length=200), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_score_assignment_id_assignment")),
        sa.PrimaryKeyConstraint("assignment_id", "criterion", name=op.f("pk_score")),
    )


def downgrade() -> None:
    op.drop_table("score")
    with op.batch_alter_table("moderation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_moderation_by_id"))

    op.drop_table("moderation")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_user_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_round_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_assigned_by_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("workshop_booking", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_booking_user_id"))

    op.drop_table("workshop_booking")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_submitted_by_id"))
        batch_op.drop_index("ix_application_round")
        batch_op.drop_index(batch_op.f("ix_application_questionnaire_version_id"))
        batch_op.drop_index("ix_application_organisation")
        batch_op.drop_index(batch_op.f("ix_application_latest_version_id"))
        batch_op.drop_index(batch_op.f("ix_application_fund_id"))
        batch_op.drop_index(batch_op.f("ix_application_created_by_id"))

    op.drop_table("application")
    with op.batch_alter_table("interest_statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interest_statement_user_id"))
        batch_op.drop_index(batch_op.f("ix_interest_statement_round_id"))

    op.drop_table("interest_statement")
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interest_user_id"))
        batch_op.drop_index(batch_op.f("ix_interest_organisation_id"))

    op.drop_table("interest")
    with op.batch_alter_table("bid_workshop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bid_workshop_round_id"))

    op.drop_table("bid_workshop")
    with op.batch_alter_table("funding_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_funding_round_status"))
        batch_op.drop_index(batch_op.f("ix_funding_round_questionnaire_version_id"))

    op.drop_table("funding_round")
    with op.batch_alter_table("priority", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_priority_district_code"))

    op.drop_table("priority")
    op.drop_table("fund")
