"""The server under measurement: gunicorn as in production, on 127.0.0.1, stopped at the end whatever happens."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

WORKERS, THREADS = 2, 4
PATIENCE = 60  # seconds until it must answer


@dataclass(frozen=True)
class Server:
    port: int
    workers: list[int]  # their process ids


@contextlib.contextmanager
def serving(settings: dict[str, str], root: Path) -> Iterator[Server]:
    """The hub with these settings and the floors beside it."""
    port = _free_port()
    options = {
        "--bind": f"127.0.0.1:{port}",
        "--worker-class": "gthread",
        "--workers": WORKERS,
        "--threads": THREADS,
        "--keep-alive": 30,
        "--log-level": "error",
    }
    arguments = [str(each) for pair in options.items() for each in pair]
    command = [sys.executable, "-m", "gunicorn", "benchmarks.floors:served()", "--no-control-socket", *arguments]
    process = subprocess.Popen(command, cwd=root, env=os.environ | settings)
    try:
        _until_it_answers(process, port)
        yield Server(port, _children(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def _until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError("the server ended as soon as it was started")
        with contextlib.suppress(OSError):
            status = fetch(port, "/sign-in")[0]
            if status == 200 and len(_children(process.pid)) == WORKERS:
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def fetch(port: int, path: str, headers: dict[str, str] | None = None, body: str | None = None) -> tuple[int, dict[str, str], bytes]:
    """One request: status, headers in lower case, body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET" if body is None else "POST", path, body, {"Host": "hub.example"} | (headers or {}))
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
