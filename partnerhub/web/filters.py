"""What templates use to write dates, numbers and money as people in the United Kingdom read them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

from flask import Flask

from partnerhub.clock import now
from partnerhub.rules import readable, rounds, scoring
from partnerhub.rules.percentages import whole
from partnerhub.rules.question_types import FIGURES
from partnerhub.rules.words import DOCUMENT_KIND_LABELS, ORGANISATION_KIND_LABELS, DocumentKind


def number(value: int | Decimal | Fraction | float | None, decimals: int = 0) -> str:
    """1,234; with decimals, half up."""
    return "" if value is None else f"{_rounded(value, decimals):,}"


def when(opens: datetime, closes: datetime) -> str:
    """Where a round stands: closes Monday 6 October, 12 noon (British time), in 9 days."""
    return rounds.when(opens, closes, now())


def moment_in_words(at: datetime) -> str:
    """Monday 6 October, 12 noon (British time)."""
    return readable.moment_in_words(at, now())


def capitalised(text: str) -> str:
    """The first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def kind_label(kind: str) -> str:
    """A kind of organisation in words."""
    return ORGANISATION_KIND_LABELS.get(kind, kind)


def document_label(kind: str) -> str:
    """ "Safeguarding policy"."""
    return DOCUMENT_KIND_LABELS[DocumentKind(kind)]


def percent(value: int | Decimal | Fraction | float | None, scale: int = 1) -> str:
    """84.2%, one decimal at most, half up; `scale` 10 when the value counts tenths of a per cent."""
    if value is None:
        return ""
    shown = f"{_rounded(_exact(value) / scale, 1):,}"
    return f"{shown.removesuffix('.0')}%"


def score(kept: int | None, line: int | None) -> str:
    """What a bid reached, as lists of marks and letters print it; `kept` counts hundredths of a per cent, `line` tenths."""
    return "–" if kept is None else scoring.printed(Fraction(kept, 100), Fraction(line or 0, 10))


def _exact(value: Any) -> Fraction:
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


def _rounded(value: Any, decimals: int) -> Decimal:
    exact = _exact(value) * 10**decimals
    size = whole(abs(exact))
    return Decimal(-size if exact < 0 else size).scaleb(-decimals)


def runs(views: Iterable[Any], grid: bool = True) -> Iterator[tuple[bool, list[Any]]]:
    """Questions in order, as (stand in the figures grid, those questions): consecutive figures share one grid."""
    for is_figures, group in groupby(views, key=lambda view: grid and view.kind in FIGURES):
        yield is_figures, list(group)


def office_css(colour: str) -> str:
    """The style sheet of an office: its colour, and black or white on it, whichever is easier to read (WCAG 2.2, 1.4.3)."""
    if len(colour) != 7 or colour[0] != "#" or not set(colour[1:].lower()) <= set("0123456789abcdef"):
        raise ValueError(f"the office's colour must look like #1d4f91, not {colour!r}")
    luminance = _luminance(colour)
    on_it = "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"
    return f":root{{--govuk-brand-colour:{colour};--hub-on-brand:{on_it}}}\n"


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_SHOWN = (readable.day, readable.day_in_words, readable.clock, readable.moment, readable.pence, readable.pounds, readable.plural)
_ALL = (*_SHOWN, number, percent, score, runs, when, moment_in_words, capitalised, kind_label, document_label)
FILTERS = {each.__name__: each for each in _ALL}


def init_app(app: Flask) -> None:
    """Give the app's templates these filters."""
    app.jinja_env.filters.update(FILTERS)
