"""Reading priorities from a document: dated lists, such as the Police and Crime Plan or the Zones, that answers may name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from partnerhub.rules.questionnaire.entries import Entry, Faults

MOST_LISTS = 50
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One priority of a list: from which day it may be named, and to which (none: until somebody ends it)."""

    scheme: str
    key: str
    label: str
    district: str | None
    position: int
    starts: date
    ends: date | None


def key_of(label: str) -> str:
    """The key that a label gives: “New Parks (Leicester)” is new_parks_leicester."""
    words = "_".join(re.findall(r"[a-z0-9]+", label.lower()))[:60].strip("_")
    return words if words[:1].isalpha() else f"p_{words}"[:60]


def parse(content: Mapping[str, Any], *, file: str = "") -> list[Line]:
    """The lines of a document. Raises BadDefinition naming every fault."""
    faults = Faults(file)
    top = Entry(content, "", faults)
    found = [line for entry in top.entries("priorities", most=MOST_LISTS, needed=True) for line in _lines(entry)]
    top.finish()
    seen: set[tuple[str, str, date]] = set()
    for line in found:
        if (line.scheme, line.key, line.starts) in seen:
            top.fault(f"“{line.key}” stands twice in the list “{line.scheme}”")
        seen.add((line.scheme, line.key, line.starts))
    faults.raise_if_any()
    return found


def _lines(entry: Entry) -> list[Line]:
    scheme, starts, ends = entry.key("scheme"), _day(entry, "starts", needed=True), _day(entry, "ends")
    found = []
    for at, each in enumerate(entry.entries("lines", most=MOST_LINES, needed=True), start=1):
        key, label = each.key("key"), each.text("label", longest=200, needed=True)
        district = each.text("district", longest=9) or None
        each.finish()
        if scheme and key and label and starts:
            found.append(Line(scheme, key, label, district, at, starts, ends))
    if starts and ends and ends < starts:
        entry.fault("“ends” is before “starts”")
    entry.finish()
    return found


def _day(entry: Entry, key: str, needed: bool = False) -> date | None:
    text = entry.text(key, longest=40, needed=needed)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        entry.fault(f"“{key}” should be a day, like 2024-04-01")
        return None
