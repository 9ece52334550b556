"""Regular work in threads beside the built-in server, so that a small hub is one process."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from flask import Flask

PATIENCE = 10  # seconds for the letter in hand when the server stops


@contextmanager
def working_beside(app: Flask) -> Generator[None]:
    """While the server runs: mail goes out, old things are thrown away. What is not done when it stops is done again later."""
    from partnerhub.jobs.queue import Beside, queue_of  # huey takes a moment, and only who works needs it

    consumer = Beside(queue_of(app), workers=1, check_worker_health=False, max_delay=1, shutdown_timeout=PATIENCE)
    consumer.start()
    try:
        yield
    finally:
        consumer.stop(graceful=True)
