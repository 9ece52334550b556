"""Every page that everybody can reach: by links from the front page, and by every address with every sample object."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.security.office import ROLES, Answer, Office
from tests.security.reading import links
from tests.security.samples import lines_of, path_of

Pages = dict[str, list[tuple[str, Answer]]]  # role -> every address it reached, and what came
OF_ONE_KIND = 8  # addresses that differ only behind the question mark are followed so often


def endpoint_of(app: Flask, path: str, method: str) -> str:
    try:
        return app.url_map.bind("localhost").match(urlsplit(path).path, method=method)[0]
    except HTTPException:
        return ""


def crawl(office: Office, who: str) -> Iterator[tuple[str, Answer]]:
    """Every page that this role can reach, each once."""
    waiting = ["/", *(path for line in lines_of(office) if line.method == "GET" and (path := path_of(office, line, who)))]
    seen: set[str] = set()
    asked: dict[str, int] = {}
    while waiting:
        path = waiting.pop()
        plain, _, query = path.partition("?")
        if path in seen or path.startswith("/static/") or (query and asked.get(plain, 0) >= OF_ONE_KIND):
            continue
        asked[plain] = asked.get(plain, 0) + bool(query)  # a link that stands on many pages counts once
        seen.add(path)
        answer = office.get(who, path)
        yield path, answer
        if answer.status == 200 and answer.response.mimetype == "text/html":
            waiting += sorted(links(path, answer.text))


def everybody(office: Office) -> Pages:
    return {who: list(crawl(office, who)) for who in ROLES}
