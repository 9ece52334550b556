"""What people write: how it is cleaned before it is stored, how it is counted, and what in it could identify a person."""

import re
import unicodedata

from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.numbers import LONGEST_SENTENCE

LONGEST = 100_000
"""Characters of one stored answer."""

_SPACE = "\t\n\x0b\x0c\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_WORD = re.compile(f"[^{_SPACE}]+")
_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# NUL and lone surrogates no database keeps; the rest no XML file (Word, Excel) may hold.
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MARKS_IN_A_ROW = 30


def words(text: str) -> int:
    r"""Maximal runs of what is not white space. White space is JavaScript's `\s`, so `text.match(/\S+/g)` counts the same.

    Python's `str.split` differs from it in two places: it also splits at U+001C to U+001F and U+0085, which `clean` takes out
    of stored text, and it does not split at U+FEFF, which this does.
    """
    return sum(1 for _ in _WORD.finditer(text))


def characters(text: str) -> int:
    r"""Code points after composition (NFC), a line break counting as one: `[...text.replace(/\r\n?/g, "\n").normalize()].length`."""
    return len(_composed(_LINE_BREAK.sub("\n", text)))


def reply(text: str) -> str | None:
    """A reply to a question of the office as it counts; None when it is blank. Raises BadAnswer when it is too long."""
    if characters(text) > LONGEST_SENTENCE:
        raise BadAnswer(f"Shorten your reply to {LONGEST_SENTENCE:,} characters. We kept what you typed, but it does not count yet.")
    return text if text.strip() else None


def sentence(text: str, what: str) -> str:
    """A sentence that somebody must write, as it is kept; `what` names it ("why it ends"). Refuses nothing and too much."""
    text = clean(text).strip()
    if not text:
        raise BadAnswer(f"Write {what}. Nothing was changed.")
    if characters(text) > LONGEST_SENTENCE:
        raise BadAnswer(f"Shorten {what} to {LONGEST_SENTENCE:,} characters. Nothing was changed.")
    return text


def clean(text: str) -> str:
    """The text as it is stored: line breaks as \\n, composed (NFC), what cannot be stored shown as U+FFFD.

    Raises BadAnswer when it is longer than LONGEST characters.
    """
    if text.isascii() and text.isprintable():
        return _short_enough(text)
    text = _short_enough(_LINE_BREAK.sub("\n", text))
    return _short_enough(_composed(_UNSTORABLE.sub("\ufffd", text)))


def _short_enough(text: str) -> str:
    if len(text) > LONGEST:
        raise BadAnswer(
            f"This is {len(text):,} characters long and we can keep {LONGEST:,}. It was not saved. Shorten it, or send it as a file."
        )
    return text


def _composed(text: str) -> str:
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _with_few_marks(text))


def _with_few_marks(text: str) -> str:
    """Leaves out accents after the thirtieth on one letter: sorting thousands of them takes a processor for minutes."""
    kept: list[str] = []
    marks = 0
    for each in text:
        marks = marks + 1 if unicodedata.combining(each) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(each)
    return "".join(kept)


def name(text: str) -> str:
    """A name of a person or an organisation. Raises BadAnswer for an address or a long number in it: letters repeat names to strangers,
    and a mail program would make a link of it."""
    seen = unicodedata.normalize("NFKC", text).casefold()
    if any(sign in seen for sign in _ADDRESS_SIGNS):
        raise BadAnswer("A name cannot have “@”, “www.” or “://” in it. Leave web and e-mail addresses out of it.")
    if _BARE_ADDRESS.search(seen):
        raise BadAnswer("A name cannot have a web address like “example.org” in it. Leave web and e-mail addresses out of it.")
    if _LONG_NUMBER.search(seen):
        raise BadAnswer("A name cannot have seven or more figures in a row. Leave phone and other numbers out of it.")
    return text


_ADDRESS_SIGNS = ("://", "www.", "@")
# A word, a dot and a word of letters; no initials, and neither "St.John" nor "No.1".
_BARE_ADDRESS = re.compile(r"\b(?!(?:st|dr|mr|mrs|ms|rev|no)\.)[\w-]{2,}\.[a-z]{2,}(?![\w'’])")
_LONG_NUMBER = re.compile(r"\d(?:\s*\d){6}")


# Things that could identify somebody

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
_DIGIT_RUN = re.compile(r"(?<![\w£.,])\+?\(?[0-9](?:[ ().-]{0,2}[0-9]){8,13}(?![\w])")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = (
    r"(?:[0-9]{1,2}[ ./-][0-9]{1,2}[ ./-](?:[0-9]{4}|[0-9]{2})\b|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)? {_MONTH},? [0-9]{{2,4}})"
)
_BORN = re.compile(rf"\b(?:born|d\.?o\.?b\.?|date of birth|birth ?da(?:y|te))\b[^\n]{{0,25}}?{_DAY}", re.IGNORECASE)


def personal_details(text: str) -> tuple[str, ...]:
    """The kinds of personal detail that `text` seems to hold, as words for a sentence; never the details themselves."""
    if not any(each in text for each in "0123456789@"):
        return ()
    numbers = ["".join(filter(str.isdigit, found.group())) for found in _DIGIT_RUN.finditer(text)]
    seen = {
        "an e-mail address": _EMAIL.search(text) is not None,
        "a phone number": any(_is_phone(each) for each in numbers),
        "an NHS number": any(_is_nhs_number(each) for each in numbers),
        "a full postcode": _POSTCODE.search(text) is not None,
        "a date of birth": _BORN.search(text) is not None,
    }
    return tuple(kind for kind, found in seen.items() if found)


def _is_phone(digits: str) -> bool:
    """A number as dialled in the United Kingdom: 0 and nine or ten digits, or the same after 44."""
    if digits.startswith("0044"):
        digits = digits[4:]
    elif digits.startswith("44"):
        digits = digits[2:]
    elif not digits.startswith("0"):
        return False
    return len(digits.lstrip("0")) in (9, 10)


def _is_nhs_number(digits: str) -> bool:
    """Ten digits of which the last proves the others (modulus 11; NHS Data Dictionary, "NHS number")."""
    if len(digits) != 10 or digits.startswith("0"):
        return False
    remainder = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return (11 - remainder) % 11 == int(digits[9])
