"""Whether the database has the shape that this program expects."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from partnerhub.extensions import db, migrate


def is_migrated() -> bool:
    """Every migration has been made; one that nobody has migrated yet has none."""
    head = ScriptDirectory(migrate.directory).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
