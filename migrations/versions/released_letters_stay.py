"""A released letter never changes and is never removed: its triggers, made after every migration, are there from this one on."""

revision = "released_letters_stay"
down_revision = "who_saw_the_marks_of_others"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing in the tables."""


def downgrade() -> None:
    """Nothing in the tables."""
