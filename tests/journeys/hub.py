"""A real hub for a journey: a server process of its own over a copy of the demonstration office, which may be killed and started again."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

COMMAND = str(Path(sys.executable).with_name("partnerhub"))
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds for a server to answer, on a machine that is busy with other things


class Databases:
    """Where databases come from: files in a folder, or the server in TEST_DATABASE_URL. All are thrown away in the end."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder
        self.server = server.replace("postgresql+psycopg://", "postgresql://")
        self.made: list[str] = []

    def new(self, template: str = "") -> str:
        """The address of a new database, empty or a copy of another one that nobody uses now."""
        name = f"partnerhub_journey_{uuid.uuid4().hex[:12]}"
        if not self.server:
            place = self.folder / f"{name}.db"
            if template:
                shutil.copy(template.removeprefix("sqlite:///"), place)
            return f"sqlite:///{place}"
        self._on_server(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template.rpartition("/")[2]}"' if template else ""))
        self._on_server(f'ALTER DATABASE "{name}" SET synchronous_commit = off')  # none of them need outlive the machine
        self.made.append(name)
        return f"{self.server.rpartition('/')[0]}/{name}"

    def drop_all(self) -> None:
        for name in self.made:
            self._on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _on_server(self, statement: str) -> None:
        engine = create_engine(self.server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


class Hub:
    """One hub: its database, its folder, and the process that serves it while it runs."""

    def __init__(self, database_url: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.database_url, self.folder = database_url, folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH") if name in os.environ}
        return kept | {
            "HUB_ENV": "development",
            "DATABASE_URL": self.database_url,
            "INSTANCE_FOLDER": str(self.folder),
            "PUBLIC_URL": self.url,
        }

    def command(self, *words: str) -> str:
        """`partnerhub …` in this hub; what it printed."""
        done = subprocess.run([COMMAND, *words], env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"partnerhub {' '.join(words)} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [COMMAND, "serve", "--port", str(self.port)], env=self.environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < deadline, f"the server did not start:\n{self.log}"
            time.sleep(0.05)

    def kill(self) -> None:
        """As when the power goes: no farewell."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)  # a run in the background has its interrupts ignored

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:  # noqa: S310 (our own server)
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    @contextlib.contextmanager
    def database(self) -> Iterator[Connection]:
        """A connection of the journey's own: for what only time or an operator would do."""
        engine = create_engine(self.database_url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            yield connection
        engine.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
