"""A published round keeps, with what its fund promised, how its awards are paid and what they report."""

import sqlalchemy as sa
from alembic import op

revision = "rounds_keep_how_they_pay"
down_revision = "what_is_kept_is_never_emptied"
branch_labels = None
depends_on = None

KEPT = {
    "one_payment_to": "one_payment_to",
    "instalments": "instalments",
    "report_form": "report_form_id",
    "report_due_days": "report_due_days",
    "half_way_form": "half_way_form_id",
    "half_way_above": "half_way_above",
    "half_way_months": "half_way_months",
}
FUND = sa.table(
    "fund",
    sa.column("id", sa.Uuid()),
    sa.column("one_payment_to", sa.BigInteger()),
    sa.column("instalments", sa.JSON()),
    sa.column("report_form_id", sa.Uuid()),
    sa.column("report_due_days", sa.Integer()),
    sa.column("half_way_form_id", sa.Uuid()),
    sa.column("half_way_above", sa.BigInteger()),
    sa.column("half_way_months", sa.Integer()),
)
ROUND = sa.table("funding_round", sa.column("id", sa.Uuid()), sa.column("fund_id", sa.Uuid()), sa.column("promised", sa.JSON()))


def upgrade() -> None:
    connection = op.get_bind()
    funds = {each.id: each for each in connection.execute(sa.select(FUND))}
    for each in connection.execute(sa.select(ROUND).where(ROUND.c.promised.is_not(None))).all():
        told = {name: getattr(funds[each.fund_id], column) for name, column in KEPT.items()}
        as_text = {name: str(told[name]) for name in ("report_form", "half_way_form") if told[name] is not None}
        connection.execute(ROUND.update().where(ROUND.c.id == each.id).values(promised=each.promised | told | as_text))


def downgrade() -> None:
    connection = op.get_bind()
    for each in connection.execute(sa.select(ROUND).where(ROUND.c.promised.is_not(None))).all():
        told = {name: value for name, value in each.promised.items() if name not in KEPT}
        connection.execute(ROUND.update().where(ROUND.c.id == each.id).values(promised=told))
