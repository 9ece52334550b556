"""The first wording of grant agreements, until somebody at the office writes their own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def first_wording() -> tuple[str, str]:
    """(title, text): the first line, and what follows it."""
    title, _, text = files("partnerhub.catalogue").joinpath("agreement.txt").read_text(encoding="utf-8").partition("\n")
    return title.strip(), text.strip()
