"""A list as a file: the same address with .csv or .json added, for the same people, with the same filters, and whole."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from partnerhub.documents.lists import WRITERS, Columns
from partnerhub.web.respond import CONTENT_TYPES, download

FILE = f".<any({', '.join(WRITERS)}):kind>"  # what is added to the address of a list
IN_MEMORY = 2_000_000  # bytes; a larger file waits on the disk until it is fetched
AT_ONCE = 64 * 1024


def list_file(kind: str, columns: Columns, rows: Iterable[Any]) -> Response:
    """Written whole before any of it is sent: a fault leaves no half file, and a slow line does not keep the database reading."""
    with ExitStack() as closing:
        file = closing.enter_context(SpooledTemporaryFile(IN_MEMORY))
        text = TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
        WRITERS[kind](text, columns, rows)
        text.detach()
        size = file.tell()
        file.seek(0)
        content = iter(lambda: file.read(AT_ONCE), b"")
        name = request.path.strip("/").replace("/", "-")
        answer = download(content, name) if kind == "csv" else Response(content, content_type=CONTENT_TYPES[kind])
        answer.call_on_close(closing.pop_all().close)
    answer.content_length = size
    return answer
