"""Names of organisations as they are told apart: what people write differently of one and the same is left out."""

from __future__ import annotations

import re
from unicodedata import category, normalize

# How an organisation is made up says nothing about which one it is.
LEFT_OUT = frozenset(
    {"the", "ltd", "limited", "plc", "llp", "cic", "cio", "scio", "inc", "incorporated", "co", "company", "charity", "uk"},
)
PHRASES = re.compile(r"\b(community interest company|charitable incorporated organisation|company limited by guarantee)\b")
SILENT = re.compile(r"[.'’`´]")  # in C.I.C. and in Women's
SHORTEST_SOUGHT = 3


def plain(name: str) -> str:
    """The letters and digits that tell it: “The Meadow Centre C.I.C.” and “Meadow-Centre Ltd” are alike. Never empty for a name."""
    letters = (each for each in normalize("NFKD", name.casefold()) if category(each) != "Cf" and not "\u0300" <= each <= "\u036f")
    text = SILENT.sub("", "".join(letters)).replace("&", " and ").replace("+", " and ")
    words = "".join(each if each.isalnum() or category(each)[0] == "M" else " " for each in text).split()
    telling = [each for each in PHRASES.sub(" ", " ".join(words)).split() if each not in LEFT_OUT]
    return "".join(telling) or "".join(words) or "".join(name.casefold().split())


def is_unusual(name: str) -> bool:
    """Whether it holds a letter or mark beyond the Latin alphabet: Cyrillic, small capitals, what cannot be seen.

    Such a name can look like another one, or be a good name in another script: a person tells.
    """
    composed = normalize("NFC", name)
    return any(category(each)[0] in "LM" and not (ord(each) < 0x250 or 0x1E00 <= ord(each) < 0x1F00) for each in composed)
