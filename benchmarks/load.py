"""The load generator, a process of its own: so many connections to 127.0.0.1, each asking again as soon as it has its answer.

`python -m benchmarks.load` reads one plan as JSON, prints one result as JSON and ends. Its own CPU time is in the result, because
it works on the same cores as the server.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote_plus

HOST = "127.0.0.1"  # never another
MOST_REQUESTS = 200_000
LAST_ANSWERS = 10  # seconds to wait for them
TICK = os.sysconf("SC_CLK_TCK")
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


class Asker(Protocol):
    """What one connection asks for. It is left alone where `is_at_rest`: nobody stops in the middle of a correction."""

    @property
    def is_at_rest(self) -> bool: ...
    def next(self) -> bytes: ...
    def answered(self, body: bytes) -> None: ...


class Reader:
    """Reads the same pages over and over."""

    is_at_rest = True

    def __init__(self, requests: list[str]) -> None:
        self.requests = [each.encode() for each in requests]
        self.at = 0

    def next(self) -> bytes:
        self.at = (self.at + 1) % len(self.requests)
        return self.requests[self.at]

    def answered(self, body: bytes) -> None:
        """Pages are not looked into."""


class Typist:
    """Types into one cell after the other, as a browser sends it: with the revision that the last answer brought."""

    def __init__(self, head: str, token: str, cells: list[tuple[str, str, int, int]]) -> None:
        self.head, self.token = head, quote_plus(token)
        self.cells = [(f"{key}.{cell}" if cell else key, value) for key, cell, value, _revision in cells]
        self.revisions = {name: each[3] for (name, _value), each in zip(self.cells, cells, strict=True)}
        self.turn, self.name = -1, ""

    @property
    def is_at_rest(self) -> bool:
        return self.turn % 2 == 1

    def next(self) -> bytes:
        self.turn += 1
        self.name, value = self.cells[self.turn // 2 % len(self.cells)]
        typed = value + 1 - self.turn % 2  # a slip, then what it was: so that figures go on adding up
        body = f"csrf_token={self.token}&a.{self.name}={typed}&r.{self.name}={self.revisions[self.name]}"
        body += f"&choose.{self.name}=mine"  # the last answer of the turn before may have been stored after its revision was read
        return f"{self.head}Content-Length: {len(body)}\r\n\r\n{body}".encode()

    def answered(self, body: bytes) -> None:
        found = re.search(rb'name="r\.%b" value="(\d+)"' % self.name.encode(), body)
        if found is None or int(found[1]) <= self.revisions[self.name]:
            raise RuntimeError(f"the answer does not say that {self.name} was saved: {body[:300]!r}")
        self.revisions[self.name] = int(found[1])


KINDS: dict[str, Any] = {"reader": Reader, "typist": Typist}


class Connection(asyncio.Protocol):
    """One connection, kept alive; a new one when the server ends it."""

    def __init__(self, asker: Asker, tally: Tally) -> None:
        self.asker, self.tally = asker, tally
        self.buffer = b""
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        self.buffer = b""
        self.sent = time.perf_counter()
        self.transport.write(self.asker.next())

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self.tally.count(time.perf_counter() - self.sent, int(head[9:12]), len(body))
        if head[9:12] == b"200":
            self.asker.answered(body)
        if self.tally.ended and self.asker.is_at_rest:
            self.transport.close()
            self.tally.open_connections -= 1
        elif b"\r\nconnection: close" in head.lower():
            self.transport.close()
            self.tally.reopen(self.asker)
        else:
            self._ask()


def _length(head: bytes) -> int:
    found = LENGTH.search(head)
    return int(found[1]) if found else 0


class Tally:
    """What was answered within the measured window."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.measuring = self.ended = False
        self.latencies: list[float] = []
        self.wrong: dict[int, int] = {}
        self.open_connections = 0
        self.bytes = 0
        self.total = 0

    def count(self, latency: float, status: int, length: int) -> None:
        self.total += 1
        self.ended = self.ended or self.total >= MOST_REQUESTS
        if status != 200:
            self.wrong[status] = self.wrong.get(status, 0) + 1
        elif self.measuring:
            self.latencies.append(latency)
            self.bytes = length

    def reopen(self, asker: Asker) -> None:
        self._opening = asyncio.ensure_future(self.open(asker))

    async def open(self, asker: Asker) -> None:
        await asyncio.get_running_loop().create_connection(lambda: Connection(asker, self), HOST, self.port)


def processor_seconds(pids: list[int]) -> float:
    """CPU time of these processes so far, user and system."""
    return sum(map(_ticks, pids)) / TICK


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # a connection of the database that was closed
        return 0
    return int(fields[11]) + int(fields[12])


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Warm up, measure for the planned seconds, stop."""
    tally = Tally(plan["port"])
    for each in plan["askers"]:
        await tally.open(KINDS[each.pop("kind")](**each))
        tally.open_connections += 1
    await asyncio.sleep(plan["warm"])
    spent, database, own, began = (
        processor_seconds(plan["pids"]),
        processor_seconds(plan["database_pids"]),
        time.process_time(),
        time.perf_counter(),
    )
    tally.measuring = True
    await asyncio.sleep(plan["seconds"])
    tally.measuring = False
    took = time.perf_counter() - began
    spent, own = processor_seconds(plan["pids"]) - spent, time.process_time() - own
    database = processor_seconds(plan["database_pids"]) - database
    tally.ended = True
    ends = time.monotonic() + LAST_ANSWERS
    while tally.open_connections and time.monotonic() < ends:
        await asyncio.sleep(0.05)
    return {
        "seconds": took,
        "latencies": sorted(tally.latencies),
        "wrong": tally.wrong,
        "bytes": tally.bytes,
        "server_cpu": spent,
        "database_cpu": database,
        "own_cpu": own,
    }


def main() -> None:
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)


if __name__ == "__main__":
    main()
