"""Numbered pages of a list: their addresses keep whatever else stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pagination macro draws: [(number, address, is it this one)], the one before and the one after."""

    numbers: list[tuple[int, str, bool]]
    previous: str | None
    next: str | None


def page_number() -> int:
    """The page that the address asks for; the first one for whatever is no number."""
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def pages_of(endpoint: str, number: int, count: int, size: int, **kept: str) -> Pages | None:
    """None where everything stands on one page."""
    last = max(1, -(-count // size))
    if last == 1 and number == 1:
        return None
    near = sorted({1, last, *range(max(1, min(number, last) - 2), min(last, number + 2) + 1)})
    filters: dict[str, Any] = {name: value for name, value in kept.items() if value}
    addresses = {each: url_for(endpoint, **filters, page=each) for each in (*near, min(number - 1, last), number + 1)}
    return Pages(
        [(each, addresses[each], each == number) for each in near],
        addresses[min(number - 1, last)] if number > 1 else None,
        addresses[number + 1] if number < last else None,
    )
