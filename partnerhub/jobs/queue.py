"""The queue of work that happens later (huey, in a file of its own beside the database), and who works it off."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask
from huey import SqliteHuey
from huey.consumer import Consumer, Scheduler
from sqlalchemy.exc import OperationalError

from config import Settings
from partnerhub import clock
from partnerhub.jobs.housekeeping import tidy
from partnerhub.jobs.outbox import send_waiting
from partnerhub.jobs.scanning import scan_waiting

log = logging.getLogger("partnerhub.jobs")

EVERY_SECONDS = 5  # how often the outbox, and what arrived, is looked into: somebody waits for it
TIDY_EVERY_MINUTES = 60


class Often(Scheduler):
    """Looks for what is due every few seconds, where huey's own looks every minute."""

    periodic_task_seconds = EVERY_SECONDS


class Beside(Consumer):
    """Works in threads of the process it is started in, and leaves that process its signals."""

    scheduler_class = Often

    def _set_signal_handlers(self) -> None:
        pass


class Alone(Consumer):
    """The process of `partnerhub worker`."""

    scheduler_class = Often


def queue_of(app: Flask) -> SqliteHuey:
    """The queue with its regular work: letters, and files for the virus scanner, every few seconds; tidying every hour."""
    logging.getLogger("huey").setLevel(logging.WARNING)
    queue = SqliteHuey("partnerhub", filename=str(_place_of(app.config["HUB"])), results=False)

    @queue.periodic_task(lambda _: True, expires=EVERY_SECONDS)
    def send_mail() -> None:
        _do(app, send_waiting)

    @queue.periodic_task(lambda _: True, expires=EVERY_SECONDS)
    def scan_files() -> None:
        _do(app, scan_waiting)

    @queue.periodic_task(_every(TIDY_EVERY_MINUTES))
    def tidy_up() -> None:
        _do(app, tidy)

    return queue


def _do(app: Flask, work: Callable[[], object]) -> None:
    """One piece of it. While the database cannot be used there is nothing to do but to come back later."""
    with app.app_context():
        try:
            work()
        except OperationalError as error:
            log.warning("the database cannot be used, so work waits: %s", error.orig)


def _place_of(settings: Settings) -> Path:
    """A file for each database: two hubs may share a folder, and neither does the other's work."""
    folder = Path(settings.instance_folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"jobs-{hashlib.sha256(settings.database_url.encode()).hexdigest()[:8]}.db"


def _every(minutes: int) -> Callable[[datetime], bool]:
    """Due when the process starts, and again so many minutes later."""
    last: list[datetime] = []

    def is_due(_: datetime) -> bool:
        now = clock.now()
        if last and (now - last[0]).total_seconds() < minutes * 60:
            return False
        last[:] = [now]
        return True

    return is_due
