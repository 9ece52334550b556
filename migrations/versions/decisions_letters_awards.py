"""Decisions, letters, awards, grant agreements, payments, changes to a grant."""

import sqlalchemy as sa
from alembic import op

revision = "decisions_letters_awards"
down_revision = "files_checked_for_viruses"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"], name=op.f("fk_agreement_template_created_by_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_template")),
        sa.UniqueConstraint("number", name=op.f("uq_agreement_template_number")),
    )
    with op.batch_alter_table("agreement_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_template_created_by_id"), ["created_by_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("line_reason", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("recommendation", sa.Text(), nullable=False),
        sa.Column("implications", sa.JSON(), nullable=False),
        sa.Column("confidential", sa.Text(), nullable=False),
        sa.Column("press_plan", sa.Text(), nullable=False),
        sa.Column("deferred_until", sa.Date(), nullable=True),
        sa.Column("deferred_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recommended_by_id", sa.Uuid(), nullable=True),
        sa.Column("recommended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_off_by_id", sa.Uuid(), nullable=True),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approver_interests", sa.Text(), nullable=False),
        sa.Column("sent_back_reason", sa.Text(), nullable=False),
        sa.Column("publish_by", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["approved_by_id"], ["app_user.id"], name=op.f("fk_decision_approved_by_id_app_user")),
        sa.ForeignKeyConstraint(["recommended_by_id"], ["app_user.id"], name=op.f("fk_decision_recommended_by_id_app_user")),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_decision_round_id_funding_round")),
        sa.ForeignKeyConstraint(["signed_off_by_id"], ["app_user.id"], name=op.f("fk_decision_signed_off_by_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_decision_year_number")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_approved_by_id"), ["approved_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_recommended_by_id"), ["recommended_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_signed_off_by_id"), ["signed_off_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_status"), ["status"], unique=False)

    op.create_table(
        "award",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("payee_reference", sa.String(length=60), nullable=False),
        sa.Column("payee_checked_by_id", sa.Uuid(), nullable=True),
        sa.Column("payee_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_award_application_id_application")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_award_decision_id_decision")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_award_fund_id_fund")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_award_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["payee_checked_by_id"], ["app_user.id"], name=op.f("fk_award_payee_checked_by_id_app_user")),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_award_round_id_funding_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("application_id", name=op.f("uq_award_application_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_award_reference")),
    )
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_award_decision_id"), ["decision_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_fund_id"), ["fund_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_payee_checked_by_id"), ["payee_checked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_award_status"), ["status"], unique=False)

    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("feedback", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_letter_application_id_application")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_letter_decision_id_decision")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_letter_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["released_by_id"], ["app_user.id"], name=op.f("fk_letter_released_by_id_app_user")),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_letter_round_id_funding_round")),
        sa.ForeignKeyConstraint(["written_by_id"], ["app_user.id"], name=op.f("fk_letter_written_by_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("decision_id", "application_id", name=op.f("uq_letter_decision_id_application_id")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_released_by_id"), ["released_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_written_by_id"), ["written_by_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("marks", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_proposal_application_id_application")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_proposal_decision_id_decision")),
        sa.PrimaryKeyConstraint("decision_id", "application_id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_application_id"), ["application_id"], unique=False)

    op.create_table(
        "grant_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("partner_signed_by_id", sa.Uuid(), nullable=True),
        sa.Column("partner_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("office_signed_by_id", sa.Uuid(), nullable=True),
        sa.Column("office_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_grant_agreement_award_id_award")),
        sa.ForeignKeyConstraint(["office_signed_by_id"], ["app_user.id"], name=op.f("fk_grant_agreement_office_signed_by_id_app_user")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_grant_agreement_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["partner_signed_by_id"], ["app_user.id"], name=op.f("fk_grant_agreement_partner_signed_by_id_app_user")),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_grant_agreement_round_id_funding_round")),
        sa.ForeignKeyConstraint(["template_id"], ["agreement_template.id"], name=op.f("fk_grant_agreement_template_id_agreement_template")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_agreement")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_grant_agreement_award_id_number")),
    )
    with op.batch_alter_table("grant_agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_agreement_office_signed_by_id"), ["office_signed_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_agreement_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_agreement_partner_signed_by_id"), ["partner_signed_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_agreement_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_agreement_template_id"), ["template_id"], unique=False)

    op.create_table(
        "variation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("new_amount", sa.BigInteger(), nullable=True),
        sa.Column("new_ends", sa.Date(), nullable=True),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["grant_agreement.id"], name=op.f("fk_variation_agreement_id_grant_agreement")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["app_user.id"], name=op.f("fk_variation_asked_by_id_app_user")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_variation_award_id_award")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["app_user.id"], name=op.f("fk_variation_decided_by_id_app_user")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_variation_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_variation_round_id_funding_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variation")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_variation_award_id_number")),
    )
    with op.batch_alter_table("variation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_variation_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variation_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variation_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variation_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_variation_round_id"), ["round_id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("return_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("prepared_by_id", sa.Uuid(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_payment_award_id_award")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_payment_organisation_id_organisation")),
        sa.ForeignKeyConstraint(["prepared_by_id"], ["app_user.id"], name=op.f("fk_payment_prepared_by_id_app_user")),
        sa.ForeignKeyConstraint(["released_by_id"], ["app_user.id"], name=op.f("fk_payment_released_by_id_app_user")),
        sa.ForeignKeyConstraint(["return_id"], ["monitoring_return.id"], name=op.f("fk_payment_return_id_monitoring_return")),
        sa.ForeignKeyConstraint(["round_id"], ["funding_round.id"], name=op.f("fk_payment_round_id_funding_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_payment_award_id_number")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_prepared_by_id"), ["prepared_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_released_by_id"), ["released_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_return_id"), ["return_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_status"), ["status"], unique=False)

    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("fund", schema=None) as batch_op:
        batch_op.add_column(sa.Column("one_payment_to", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("instalments", sa.JSON(), nullable=False, server_default="[100]"))
        batch_op.add_column(sa.Column("programme_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("report_form_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("report_due_days", sa.Integer(), nullable=False, server_default="28"))
        batch_op.add_column(sa.Column("half_way_form_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("half_way_above", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("half_way_months", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(batch_op.f("ix_fund_half_way_form_id"), ["half_way_form_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fund_programme_id"), ["programme_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fund_report_form_id"), ["report_form_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_fund_half_way_form_id_questionnaire"), "questionnaire", ["half_way_form_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_fund_report_form_id_questionnaire"), "questionnaire", ["report_form_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_fund_programme_id_programme"), "programme", ["programme_id"], ["id"])

    with op.batch_alter_table("fund", schema=None) as batch_op:
        batch_op.alter_column("one_payment_to", existing_type=sa.BigInteger(), existing_nullable=False, server_default=None)
        batch_op.alter_column("instalments", existing_type=sa.JSON(), existing_nullable=False, server_default=None)
        batch_op.alter_column("report_due_days", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch_op.alter_column("half_way_above", existing_type=sa.BigInteger(), existing_nullable=False, server_default=None)
        batch_op.alter_column("half_way_months", existing_type=sa.Integer(), existing_nullable=False, server_default=None)

    with op.batch_alter_table("service_agreement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("award_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_service_agreement_award_id"), ["award_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_service_agreement_award_id_award"), "award", ["award_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("service_agreement", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_service_agreement_award_id_award"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_service_agreement_award_id"))
        batch_op.drop_column("award_id")

    with op.batch_alter_table("fund", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_fund_programme_id_programme"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_fund_report_form_id_questionnaire"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_fund_half_way_form_id_questionnaire"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_fund_report_form_id"))
        batch_op.drop_index(batch_op.f("ix_fund_programme_id"))
        batch_op.drop_index(batch_op.f("ix_fund_half_way_form_id"))
        batch_op.drop_column("half_way_months")
        batch_op.drop_column("half_way_above")
        batch_op.drop_column("half_way_form_id")
        batch_op.drop_column("report_due_days")
        batch_op.drop_column("report_form_id")
        batch_op.drop_column("programme_id")
        batch_op.drop_column("instalments")
        batch_op.drop_column("one_payment_to")

    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_column("told_at")

    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_status"))
        batch_op.drop_index(batch_op.f("ix_payment_round_id"))
        batch_op.drop_index(batch_op.f("ix_payment_return_id"))
        batch_op.drop_index(batch_op.f("ix_payment_released_by_id"))
        batch_op.drop_index(batch_op.f("ix_payment_prepared_by_id"))
        batch_op.drop_index(batch_op.f("ix_payment_organisation_id"))

    op.drop_table("payment")
    with op.batch_alter_table("variation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_variation_round_id"))
        batch_op.drop_index(batch_op.f("ix_variation_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_variation_decided_by_id"))
        batch_op.drop_index(batch_op.f("ix_variation_asked_by_id"))
        batch_op.drop_index(batch_op.f("ix_variation_agreement_id"))

    op.drop_table("variation")
    with op.batch_alter_table("grant_agreement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_agreement_template_id"))
        batch_op.drop_index(batch_op.f("ix_grant_agreement_round_id"))
        batch_op.drop_index(batch_op.f("ix_grant_agreement_partner_signed_by_id"))
        batch_op.drop_index(batch_op.f("ix_grant_agreement_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_grant_agreement_office_signed_by_id"))

    op.drop_table("grant_agreement")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposal_application_id"))

    op.drop_table("proposal")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_written_by_id"))
        batch_op.drop_index(batch_op.f("ix_letter_round_id"))
        batch_op.drop_index(batch_op.f("ix_letter_released_by_id"))
        batch_op.drop_index(batch_op.f("ix_letter_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_letter_application_id"))

    op.drop_table("letter")
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_award_status"))
        batch_op.drop_index(batch_op.f("ix_award_round_id"))
        batch_op.drop_index(batch_op.f("ix_award_payee_checked_by_id"))
        batch_op.drop_index(batch_op.f("ix_award_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_award_fund_id"))
        batch_op.drop_index(batch_op.f("ix_award_decision_id"))

    op.drop_table("award")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_status"))
        batch_op.drop_index(batch_op.f("ix_decision_signed_off_by_id"))
        batch_op.drop_index(batch_op.f("ix_decision_round_id"))
        batch_op.drop_index(batch_op.f("ix_decision_recommended_by_id"))
        batch_op.drop_index(batch_op.f("ix_decision_approved_by_id"))

    op.drop_table("decision")
    with op.batch_alter_table("agreement_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_template_created_by_id"))

    op.drop_table("agreement_template")
