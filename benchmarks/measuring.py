"""Drives the server: rounds in which each page and its floor take turns, and what came of them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote_plus

from benchmarks.floors import FLOOR
from benchmarks.pages import CONNECTIONS, Measured, Visitor, reader, saving_head
from benchmarks.server import Server, fetch

WARM = 0.7  # seconds before each measurement


@dataclass
class Turn:
    """One measurement."""

    requests: int
    per_second: float
    p50: float  # milliseconds
    p95: float
    cpu: float  # milliseconds of the server's workers for each request
    database_cpu: float
    own_cpu: float


@dataclass
class Line:
    """All turns of one page and of its floor, in step."""

    page: Measured
    size: int
    turns: list[Turn] = field(default_factory=list)
    floor_turns: list[Turn] = field(default_factory=list)

    @property
    def shares(self) -> list[float]:
        return [turn.per_second / floor.per_second for turn, floor in zip(self.turns, self.floor_turns, strict=True)]

    @property
    def share(self) -> float:
        return median(self.shares)

    def of(self, which: str, *, floor: bool = False) -> float:
        """The median of a number over the rounds."""
        return median(getattr(each, which) for each in (self.floor_turns if floor else self.turns))


def lines(
    server: Server, pages: list[Measured], rounds: int, seconds: float, database_pids: Callable[[], list[int]], root: Path
) -> list[Line]:
    """Every page beside its floor, `rounds` times over."""
    found = [Line(page, _size(server, page)) for page in pages]
    for number in range(rounds):
        for line in found:
            line.floor_turns.append(_turn(server, _floor_asks(line), seconds, database_pids(), root))
            line.turns.append(_turn(server, line.page.asks(), seconds, database_pids(), root))
            here, floor = line.turns[-1].per_second, line.floor_turns[-1].per_second
            print(f"  round {number + 1}: {line.page.name}: {here:,.0f} of {floor:,.0f} a second", file=sys.stderr)
    return found


def _size(server: Server, page: Measured) -> int:
    """The bytes of the answer, which must be a good one."""
    if page.saves:
        typing = page.asks()[0]
        key, cell, value, revision = typing["cells"][0]
        name = f"{key}.{cell}" if cell else key
        body = f"csrf_token={quote_plus(typing['token'])}&a.{name}={value}&r.{name}={revision}"
        head = dict(re.findall(r"^([\w-]+): (.*?)\r$", typing["head"], re.MULTILINE))
        status, _headers, answer = fetch(server.port, page.example, head, body)
    else:
        status, _headers, answer = fetch(server.port, page.example, page.visitor.headers)
    if status != 200:
        raise RuntimeError(f"{page.name} answers {status}: {answer[:500]!r}")
    return len(answer)


def _floor_asks(line: Line) -> list[dict[str, Any]]:
    """The bare view of the same size; for saving with the body and the cookies that the save has."""
    page = line.page
    if not page.saves:
        return [reader(Visitor(), [f"{FLOOR}/page/{line.size}"])] * CONNECTIONS
    body = f"csrf_token={quote_plus(page.visitor.csrf_token)}&a.accepted_by_age.25_to_44=123&r.accepted_by_age.25_to_44=1"
    request = f"{saving_head(f'{FLOOR}/row/{line.size}', page.visitor)}Content-Length: {len(body)}\r\n\r\n{body}"
    return [{"kind": "reader", "requests": [request]}] * CONNECTIONS


def _turn(server: Server, asks: list[dict[str, Any]], seconds: float, database_pids: list[int], root: Path) -> Turn:
    plan = {"port": server.port, "pids": server.workers, "database_pids": database_pids, "warm": WARM, "seconds": seconds, "askers": asks}
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(plan, default=str),
        capture_output=True,
        text=True,
        cwd=root,
        timeout=seconds + 60,
    )
    if told.returncode or told.stderr:
        raise RuntimeError(f"the load generator: {told.stderr[-2000:]}")
    result = json.loads(told.stdout)
    if result["wrong"]:
        raise RuntimeError(f"answers other than 200: {result['wrong']}")
    waits, count = result["latencies"], len(result["latencies"])
    if not count:
        raise RuntimeError("nothing was answered")
    return Turn(
        requests=count,
        per_second=count / result["seconds"],
        p50=1000 * waits[count // 2],
        p95=1000 * waits[min(count - 1, count * 95 // 100)],
        cpu=1000 * result["server_cpu"] / count,
        database_cpu=1000 * result["database_cpu"] / count,
        own_cpu=1000 * result["own_cpu"] / count,
    )
