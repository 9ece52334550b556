"""What may stand in an address for the name of a thing: nothing that a database would choke on."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter


class Word(BaseConverter):
    """A key or short name: letters, digits, hyphens and _. Anything else is not found."""

    regex = "[A-Za-z0-9_-]{1,80}"


def init_app(app: Flask) -> None:
    """Before the first route: `<word:key>`."""
    app.url_map.converters["word"] = Word
