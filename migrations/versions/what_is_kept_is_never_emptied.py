"""What is kept is never emptied: its triggers, made after every migration, are there from this one on."""

revision = "what_is_kept_is_never_emptied"
down_revision = "reports_name_their_round"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing in the tables."""


def downgrade() -> None:
    """Nothing in the tables."""
