"""What an organisation is called in public registers: a list's code, a hyphen, the number in that list (org-id.guide).

The register of lists holds no patterns; these are ours, and none of the lists has a check digit: a well-formed number is
still looked up by a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from partnerhub.rules.errors import BadAnswer

LONGEST = 80
"""Characters of one identifier as it is stored."""


def _plain(text: str) -> str:
    return text.upper()


def _charity(text: str) -> str:
    """The number of the charity itself: a linked charity's is the same with a hyphen and its own small number."""
    return re.sub(r"-[0-9]{1,4}$", "", text)


def _company(text: str) -> str:
    """Companies House writes eight characters; people leave out the zeros in front."""
    text = text.upper()
    return text.rjust(8, "0") if text.isdigit() and text.isascii() else text


def _as_typed(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Scheme:
    """A list of organisations: its code, how people call it, and how a number in it looks."""

    code: str
    label: str
    form: str
    says: str
    """What to enter, for a sentence when the number is not well formed."""
    tidied: Callable[[str], str] = _plain


_FREE = r"[A-Z0-9][A-Z0-9-]{0,59}"
_ANY = "the reference in that list: letters, digits and hyphens"

# In the order in which one is chosen to stand for an organisation that has several.
SCHEMES: Mapping[str, Scheme] = MappingProxyType(
    {
        each.code: each
        for each in (
            Scheme("GB-CHC", "Charity in England and Wales", r"[1-9][0-9]{5,6}", "6 or 7 digits, like 1012345", _charity),
            Scheme(
                "GB-COH",
                "Company, CIC or LLP",
                r"[0-9]{8}|[A-Z]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}[A-Z]|R[0-9]{7}",
                "8 characters, like 01234567 or OC123456",
                _company,
            ),
            Scheme("GB-SC", "Charity in Scotland", r"SC[0-9]{6}", "SC and 6 digits, like SC012345"),
            Scheme("GB-NIC", "Charity in Northern Ireland", r"[0-9]{6}", "6 digits, like 101234"),
            Scheme("GB-EDU", "School (URN)", r"[0-9]{6}", "6 digits, like 120345"),
            Scheme("GB-UKPRN", "College or learning provider (UKPRN)", r"1[0-9]{7}", "8 digits beginning with 1, like 10012345"),
            Scheme("GB-LAE", "Council in England", r"[A-Z]{3}", "the 3 letters of the register, like RUT"),
            Scheme("GB-NHS", "NHS body", _FREE, _ANY),
            Scheme("GB-SHPE", "Registered provider of social housing", _FREE, _ANY),
            Scheme("GB-MPR", "Mutual society", _FREE, _ANY),
            Scheme("GB-CASC", "Community amateur sports club", _FREE, _ANY),
            Scheme("GB-REV", "Charity known to HM Revenue and Customs only", _FREE, _ANY),
            Scheme(
                "360G",
                "Reference from a funder that publishes its grants",
                r"[A-Za-z0-9_]+-[A-Za-z0-9_-]+",
                "the funder's letters, a hyphen and its reference, like ABC-12345",
                _as_typed,
            ),
        )
    }
)


def read(scheme: str, number: str) -> str:
    """The identifier of a number in a list, however it was typed: with spaces, small letters, or the list's code in front.

    Raises BadAnswer with what to enter instead.
    """
    found = SCHEMES.get(scheme)
    if found is None:
        raise BadAnswer("Choose what kind of number this is.")
    text = "".join(number.split())
    if text.upper().startswith(f"{found.code}-"):
        text = text[len(found.code) + 1 :]
    text = found.tidied(text)
    identifier = f"{found.code}-{text}"
    if not re.fullmatch(found.form, text) or len(identifier) > LONGEST:
        raise BadAnswer(
            f"“{number[:40].strip()}” is not the number of: {found.label}. Enter {found.says}." if text else f"Enter {found.says}."
        )
    return identifier


def scheme_of(identifier: str) -> Scheme | None:
    """The list that an identifier belongs to."""
    return next((each for each in SCHEMES.values() if identifier.startswith(f"{each.code}-")), None)


def said(identifier: str) -> str:
    """As people read it: "Charity in England and Wales 1012345"."""
    scheme = scheme_of(identifier)
    return f"{scheme.label} {number_in(identifier)}" if scheme else identifier


def number_in(identifier: str) -> str:
    """The number alone, as forms ask for it."""
    scheme = scheme_of(identifier)
    return identifier[len(scheme.code) + 1 :] if scheme else identifier


def in_order(identifiers: Iterable[str]) -> list[str]:
    """The one that stands for the organisation first."""
    order = {code: place for place, code in enumerate(SCHEMES)}

    def place(identifier: str) -> tuple[int, str]:
        scheme = scheme_of(identifier)
        return (order[scheme.code] if scheme else len(order), identifier)

    return sorted(identifiers, key=place)
