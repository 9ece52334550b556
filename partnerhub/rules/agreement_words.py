"""The words of a grant agreement: names in braces filled in, a digest of what was signed, and what is heading, list and paragraph."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from partnerhub.rules.errors import BadAnswer

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "office": "the office that gives the grant",
        "organisation": "who gets it",
        "reference": "the reference of the award",
        "fund": "the fund",
        "project": "the project's title",
        "amount": "the sum",
        "items": "what the grant is for",
        "conditions": "the conditions of this award",
        "starts": "the first day of the project",
        "ends": "its last day",
        "payments": "the instalments, a line for each",
        "reports": "the reports that are due, a line for each",
        "answer_by": "the day until which the offer stands",
    }
)
"""What the wording may name in braces, and what stands there in an agreement."""

_NAME = re.compile(r"\{([^{}]*)\}")
_STRAY = re.compile(r"[{}]")


class Block(NamedTuple):
    """A stretch of the words: "heading", "paragraph", or "list" with a line for each thing."""

    kind: str
    lines: tuple[str, ...]


def check(text: str) -> None:
    """Refuses a name that nothing stands for, and a brace that is alone."""
    unknown = [each for each in dict.fromkeys(_NAME.findall(text)) if each not in NAMES]
    if unknown:
        said = " and ".join(f"{{{each}}}" for each in unknown)
        known = ", ".join(f"{{{each}}}" for each in NAMES)
        raise BadAnswer(f"Nothing stands for {said}. The names that can be used are {known}. Nothing was saved.")
    if _STRAY.search(_NAME.sub("", text)):
        raise BadAnswer("There is a brace without its other half. Write a name as {amount}. Nothing was saved.")


def filled(text: str, values: Mapping[str, str]) -> str:
    """The wording with what stands for each name; what people typed is never looked at for names again."""
    return _NAME.sub(lambda found: values[found[1]], text)


def digest(text: str) -> str:
    """SHA-256 of the words as UTF-8: the same words, the same digest."""
    return hashlib.sha256(text.encode()).hexdigest()


def blocks(text: str) -> Iterator[Block]:
    """Blank lines part paragraphs; a line that begins with "# " is a heading, lines that begin with "- " are a list."""
    for part in re.split(r"\n\s*\n", text.strip()):
        kept: list[str] = []
        kind = "paragraph"
        for line in (each.strip() for each in part.split("\n")):
            of_line = "heading" if line.startswith("# ") else "list" if line.startswith("- ") else "paragraph"
            if kept and (of_line != kind or of_line == "heading"):
                yield Block(kind, tuple(kept))
                kept = []
            kind = of_line
            kept.append(line if kind == "paragraph" else line[2:])
        yield Block(kind, tuple(kept))
