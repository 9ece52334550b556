"""What can be seen without load: statements for each page, and the bytes of a first visit."""

from __future__ import annotations

import gzip
import re

from flask import Flask
from sqlalchemy import event

from benchmarks.floors import ANEW
from benchmarks.load import Typist
from benchmarks.pages import HOST, Measured
from benchmarks.server import Server, fetch
from partnerhub.extensions import db
from partnerhub.web import summaries

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK")


def statements(app: Flask, pages: list[Measured]) -> dict[str, int]:
    """How many statements each page sends, when what is kept in memory is kept."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(NOT_COUNTED):
            sent.append(statement)

    found = {}
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    for page in pages:
        _ask(app, page)
        sent.clear()
        _ask(app, page)
        found[page.name] = len(sent)
    event.remove(engine, "before_cursor_execute", note)
    engine.dispose()
    return found


def _ask(app: Flask, page: Measured) -> None:
    client = app.test_client(use_cookies=False)
    if page.saves:
        plan = page.asks()[0]
        plan.pop("kind")
        head, _, body = Typist(**plan).next().decode().partition("\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
        answer = client.post(page.example, data=body, headers=headers)
    else:
        if page.example.startswith(ANEW):
            summaries.KEPT.clear()
        answer = client.get(page.example.removeprefix(ANEW), headers=page.visitor.headers)
    if answer.status_code != 200:
        raise RuntimeError(f"{page.name} answers {answer.status_code}")


def first_visit(server: Server) -> dict[str, int]:
    """Compressed bytes of everything that a browser fetches with the sign-in page. The page itself is compressed by the proxy in front."""
    page = fetch(server.port, "/sign-in", {"Host": HOST})[2]
    found = {"the page itself": len(gzip.compress(page, 6))}
    for address in re.findall(r'<(?:link|script)[^>]* (?:href|src)="(/[^"]+)"', page.decode()):
        status, _headers, body = fetch(server.port, address, {"Host": HOST, "Accept-Encoding": "gzip"})
        if status != 200:
            raise RuntimeError(f"{address} answers {status}")
        found[address.partition("?")[0]] = len(body)
    return found
