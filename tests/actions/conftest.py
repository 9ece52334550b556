"""A mail server of our own, and the running app told to use it."""

from __future__ import annotations

import asyncio
import socket
import threading
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Sink:
    """A mail server of our own that can misbehave."""

    port = 0

    def __init__(self) -> None:
        self.letters: list = []
        self.answer = "250 OK"
        self.hold = threading.Event()
        self.hold.set()
        self.reached = threading.Event()

    async def handle_DATA(self, server: SMTP, session, envelope) -> str | None:
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.reached.set()
        while not self.hold.is_set():
            await asyncio.sleep(0.01)
        if self.answer == "drop":
            server.transport.abort()
            return None
        return self.answer

    @property
    def subjects(self) -> list[str]:
        return [each["Subject"] for each in self.letters]


@pytest.fixture
def sink():
    handler = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    handler.hold.set()
    controller.stop()


@pytest.fixture
def sends_to(app, monkeypatch):
    """Settings of the running app with this mail server (none: into files)."""

    def sends(port: int | None, **rest):
        settings = replace(app.config["HUB"], smtp_host="127.0.0.1" if port else "", smtp_port=port or 0, smtp_tls=False, **rest)
        monkeypatch.setitem(app.config, "HUB", settings)

    return sends
