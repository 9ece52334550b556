"""Reading a document that somebody wrote: key by key, with every fault noted at its place and none of them fatal."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from partnerhub.rules.errors import BadDefinition, Fault
from partnerhub.rules.expressions import BIGGEST, Expression, plain
from partnerhub.rules.expressions import compile as compiled
from partnerhub.rules.questionnaire.definition import FACTS

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
CATEGORY = re.compile(r"[A-Za-z0-9_]{1,60}")
MOST_FAULTS = 500


class Faults:
    """Every fault found in one document."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []

    def add(self, place: str, text: str) -> None:
        if len(self.found) < MOST_FAULTS:
            self.found.append(Fault(self.file, place, _safe(text)))

    def expression(self, place: str, text: object, names: Collection[str]) -> Expression | None:
        """The compiled expression, or None with its faults noted."""
        try:
            return compiled(text, names)
        except BadDefinition as bad:
            for each in bad.faults:
                self.add(place, each.text)
            return None

    def raise_if_any(self) -> None:
        if self.found:
            raise BadDefinition(list(dict.fromkeys(self.found)))


def _safe(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text[:600])


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """ " Did you mean “x”?" when something is close, else nothing."""
    close = get_close_matches(str(word)[:60], list(known), 1, 0.75)
    return f" Did you mean “{close[0]}”?" if close else ""


class Entry:
    """One mapping of a document. Asking for a key gives its value or a harmless stand-in, and notes what is wrong."""

    def __init__(self, content: object, place: str, faults: Faults) -> None:
        self.place = place
        self.faults = faults
        self.asked: set[str] = set()
        self.content: dict[str, Any] = {}
        if isinstance(content, dict):
            self.content = {str(key)[:200]: value for key, value in content.items()}
        else:
            self.fault(f"this should be a list of keys and values, not {_kind(content)}")

    def fault(self, text: str) -> None:
        self.faults.add(self.place, text)

    def has(self, key: str) -> bool:
        return self.raw(key) is not None

    def raw(self, key: str) -> Any:
        self.asked.add(key)
        return self.content.get(key)

    def finish(self, known: Iterable[str] = ()) -> None:
        """Notes the keys that nobody asked for; `known` are those that would mean something elsewhere."""
        for key in sorted(set(self.content) - self.asked):
            if key in known:
                self.fault(f"“{key}” means nothing for this type of question")
            else:
                self.fault(f"unknown key “{key}”.{did_you_mean(key, [*self.asked, *known])}")

    def text(self, key: str, *, longest: int = 2_000, needed: bool = False) -> str:
        value = self.raw(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if value is None or value == "":
            if needed:
                self.fault(f"“{key}” is missing")
            return ""
        if not isinstance(value, str):
            self.fault(f"“{key}” should be a text, not {_kind(value)}")
            return ""
        if len(value) > longest:
            self.fault(f"“{key}” has {len(value):,} characters; the most is {longest:,}")
            return ""
        if not value.replace("\n", " ").replace("\t", " ").isprintable():
            self.fault(f"“{key}” holds characters that cannot be printed")
            return ""
        return value.strip()

    def key(self, key: str, *, pattern: re.Pattern[str] = KEY) -> str:
        """An identifier; "" when there is none that will do."""
        value = self.text(key, needed=True, longest=200)
        if value and not pattern.fullmatch(value):
            rule = "small letters, digits and _, beginning with a letter" if pattern is KEY else "letters, digits and _"
            self.fault(f"“{value}” cannot be a key: {rule}, at most 60")
            return ""
        return value

    def one_of(self, key: str, known: Collection[str], default: str = "") -> str:
        """One word of a closed list; needed when there is no default."""
        value = self.text(key, longest=200, needed=not default)
        if value and value not in known:
            self.fault(f"“{key}” cannot be “{value}”; it is one of {', '.join(known)}.{did_you_mean(value, known)}")
            return default
        return value or default

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.raw(key)
        if value is not None and not isinstance(value, bool):
            self.fault(f"“{key}” should be true or false, not {_kind(value)}")
        return value if isinstance(value, bool) else default

    def number(self, key: str, *, least: int | None = None, most: int | None = None, whole: bool = False) -> int | Fraction | None:
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= BIGGEST:
            self.fault(f"“{key}” should be a number, not {_kind(value)}")
            return None
        number = plain(Fraction(str(value)))
        if whole and not isinstance(number, int):
            self.fault(f"“{key}” should be a whole number")
        elif (least is not None and number < least) or (most is not None and number > most):
            self.fault(f"“{key}” should be {f'at least {least}' if most is None else f'from {least} to {most}'}")
        else:
            return number
        return None

    def whole(self, key: str, *, least: int = 1, most: int = 100_000) -> int | None:
        number = self.number(key, least=least, most=most, whole=True)
        return number if isinstance(number, int) else None

    def items(self, key: str, *, most: int, needed: bool = False) -> list[Any]:
        value = self.raw(key)
        if value is None or value == []:
            if needed:
                self.fault(f"“{key}” is missing")
            return []
        if not isinstance(value, (list, tuple)):
            self.fault(f"“{key}” should be a list, not {_kind(value)}")
            return []
        if len(value) > most:
            self.fault(f"“{key}” has {len(value):,} entries; the most is {most}")
            return []
        return list(value)

    def entries(self, key: str, *, most: int, needed: bool = False) -> list[Entry]:
        """A list of mappings, each with its place: "sections[2].questions[4] contact_bands" (counted from 0)."""
        found = []
        for at, each in enumerate(self.items(key, most=most, needed=needed)):
            name = each.get("key") if isinstance(each, dict) else None
            place = f"{self.place.split(' ')[0]}{'.' if self.place else ''}{key}[{at}]"
            found.append(Entry(each, f"{place} {name[:60]}" if isinstance(name, str) else place, self.faults))
        return found

    def entry(self, key: str) -> Entry | None:
        """A mapping below this one, or None when there is none."""
        value = self.raw(key)
        return None if value is None else Entry(value, f"{self.place}{' ' if self.place else ''}{key}", self.faults)

    def words(self, key: str, *, most: int = 100) -> tuple[str, ...]:
        """A list of identifiers."""
        found = self.items(key, most=most)
        for each in found:
            if not isinstance(each, str):
                self.fault(f"“{key}” should list keys, not {_kind(each)}")
        return tuple(each[:200] for each in found if isinstance(each, str))

    def expression(self, key: str, names: Collection[str], *, condition: bool) -> Expression | None:
        """A compiled expression: a condition (true or false) or a value."""
        if not self.has(key):
            return None
        found = self.faults.expression(self.place, self.raw(key), names)
        if found and condition and not (found.is_condition or found.text in FACTS):
            self.fault(f'“{key}” should be a condition, such as "{found.text[:40]} > 0"')
        elif found and not condition and found.is_condition:
            self.fault(f"“{key}” should be a number, not a condition")
        else:
            return found
        return None


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return f"{str(value).lower()} (put quotation marks round a word such as “yes”)"
    names = {dict: "keys and values", list: "a list", str: f"“{str(value)[:60]}”", type(None): "nothing"}
    return names.get(type(value), f"“{str(value)[:60]}”" if isinstance(value, (int, float)) else "something else")
