"""Names of organisations as they are told apart: what people write differently of one and the same is left out."""

from __future__ import annotations

import re
from unicodedata import category, normalize
from unicodedata import name as name_of

# How an organisation is made up says nothing about which one it is.
LEFT_OUT = frozenset(
    {"the", "ltd", "limited", "plc", "llp", "cic", "cio", "scio", "inc", "incorporated", "co", "company", "charity", "uk"},
)
PHRASES = re.compile(r"\b(community interest company|charitable incorporated organisation|company limited by guarantee)\b")
SILENT = re.compile(r"[.'’`´]")  # in C.I.C. and in Women's
SHORTEST_SOUGHT = 3

# Small letters of other alphabets that look like Latin ones, themselves or as capitals; and letters that show nothing.
LATIN_FOR = str.maketrans("авгеёһнієіїјкмԛорсѕтуѵхԁԝαβεηικμνορτυχωօսհ", "abreehhieiijkmqopcstyvxdwabehikmnoptyxwouh")
BLANK = dict.fromkeys(map(ord, "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"))
NAMED_LATIN = re.compile(r"LATIN (?:SMALL LETTER|LETTER SMALL CAPITAL)(?: DOTLESS)? ([A-Z])\b")
FIGURE_IN_A_WORD = re.compile(r"(?<=[a-z])[01](?=[a-z])")
SHORTEST_WITH_A_SLIP = 5
LONG_ENOUGH_TO_TELL = 3  # words that are found again inside any longer name
BRACKETS = re.compile(r"\(([^()]*)\)")


def plain(name: str) -> str:
    """The letters and digits that tell it: “The Meadow Centre C.I.C.” and “Meadow-Centre Ltd” are alike. Never empty for a name."""
    words = _words(name)
    return "".join(_telling(words)) or "".join(words) or "".join(name.casefold().split())


def _words(name: str) -> list[str]:
    letters = (each for each in normalize("NFKD", name.casefold()) if category(each) != "Cf" and not "\u0300" <= each <= "\u036f")
    text = SILENT.sub("", "".join(letters)).replace("&", " and ").replace("+", " and ")
    return "".join(each if each.isalnum() or category(each)[0] == "M" else " " for each in text).split()


def _telling(words: list[str]) -> list[str]:
    return [each for each in PHRASES.sub(" ", " ".join(words)).split() if each not in LEFT_OUT]


def look_alike(one: str, other: str) -> bool:
    """Whether somebody may take one name for the other, with or without what stands in brackets, which is a name of its own."""
    if any(_alike(mine, theirs) for mine in _readings(one) for theirs in _readings(other)):
        return True
    inside = [(part, whole) for name, whole in ((one, other), (other, one)) for part in BRACKETS.findall(name)]
    return any(_telling(_words(part)) and _as_seen(part) == _as_seen(whole) for part, whole in inside)


def _readings(name: str) -> list[list[str]]:
    """As a whole, and without what stands in brackets where that leaves anything."""
    return [_as_seen(each) for each in {name, BRACKETS.sub(" ", name)} if each.strip()]


def _alike(one: list[str], other: list[str]) -> bool:
    """The same but for the order of words or a slip in one, or the longer one is the shorter one with no more words than that has
    (“Meadow Centre 1”), or with any number where that has three or more. What differs in its figures differs.
    """
    short, long = sorted((one, other), key=len)
    if "".join(short) == "".join(long) or sorted(short) == sorted(long):
        return True
    starts = range(len(long) - len(short) + 1)
    if len(short) * 2 < len(long) and len(short) < LONG_ENOUGH_TO_TELL:
        return False
    return any(all(map(_same_word, short, long[start:])) for start in starts) or _same_word("".join(short), "".join(long))


def _as_seen(name: str) -> list[str]:
    """Its telling words in the Latin letters that they look like; letters that look like one another are one."""
    letters = normalize("NFKD", name.translate(BLANK).casefold())
    letters = "".join(_latin(each) for each in letters if category(each) != "Mn").translate(LATIN_FOR).replace("|", "l")
    words = _words(FIGURE_IN_A_WORD.sub(lambda found: "ol"[int(found[0])], letters))
    return [each.replace("rn", "m").replace("vv", "w").replace("i", "l") for each in _telling(words) or words]


def _latin(letter: str) -> str:
    """The letter without its stroke or its shape as a small capital; `letter` itself where it is another one."""
    found = None if letter.isascii() else NAMED_LATIN.match(name_of(letter, ""))
    return found[1].casefold() if found else letter


def _same_word(one: str, other: str) -> bool:
    """Equal, or with one letter too many, too few, wrong, or two that changed places."""
    if one == other:
        return True
    if max(len(one), len(other)) < SHORTEST_WITH_A_SLIP or re.sub(r"\D", "", one) != re.sub(r"\D", "", other):
        return False
    same = next((at for at, (mine, theirs) in enumerate(zip(one, other, strict=False)) if mine != theirs), min(len(one), len(other)))
    one, other = one[same:], other[same:]
    swapped = one[:2] == other[:2][::-1] and one[2:] == other[2:]
    return swapped or one[1:] in (other, other[1:]) or one == other[1:]


def is_unusual(name: str) -> bool:
    """Whether it holds a letter or mark beyond the Latin alphabet: Cyrillic, small capitals, what cannot be seen.

    Such a name can look like another one, or be a good name in another script: a person tells.
    """
    composed = normalize("NFC", name)
    return any(category(each)[0] in "LM" and not (ord(each) < 0x250 or 0x1E00 <= ord(each) < 0x1F00) for each in composed)
