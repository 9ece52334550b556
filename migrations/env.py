"""Alembic's environment: one set of migrations for both databases; SQLite's foreign keys rest while tables are copied."""

from alembic import context
from flask import current_app

from partnerhub.extensions import Moment, db
from partnerhub.models import triggers

config = context.config
target = db.metadata


def _skip_empty(_context, _revision, directives) -> None:
    if getattr(config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def _plain_moment(kind, item, _context):
    """A migration must not need tomorrow's code: our point in time is written as the column it is."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target,
            compare_type=True,
            render_as_batch=True,
            render_item=_plain_moment,
            process_revision_directives=_skip_empty,
        )
        # Inside a transaction SQLite ignores this pragma, and a copied table would take its children with it: so on the raw connection.
        raw = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
        if raw is not None:
            raw.execute("PRAGMA foreign_keys=OFF")
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.has_table(connection, "event") and not getattr(config.cmd_opts, "autogenerate", False):
                triggers.install(connection)
        connection.commit()
        if raw is not None:
            broken = raw.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"rows without their parents after migrating: {broken[:5]}")
            raw.execute("PRAGMA foreign_keys=ON")


run()
