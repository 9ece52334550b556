"""How a figure stands against its target: the word, and the rule in words. Both are read beside the figure and do not say it again.

Green: at or better than the target. Amber: within a tenth of the target, or met but worse for two periods running. Red: worse
than that. Grey: nothing to compare, late, or a share of fewer than ten. (The office's red, amber, green rule.)
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from partnerhub.rules import percentages
from partnerhub.rules.numbers import AMBER_WITHIN, SMALLEST_DENOMINATOR_FOR_COLOUR
from partnerhub.rules.printed import number_of


class Rag(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


RAG_LABELS = {Rag.GREEN: "Green", Rag.AMBER: "Amber", Rag.RED: "Red", Rag.GREY: "Not judged"}


@dataclass(frozen=True, slots=True)
class Target:
    """What was promised, on the scale of the figure: tenths of a per cent for a share, else scaled by the indicator's decimals.

    `upper` is the top of a band; `value` is then its bottom.
    """

    value: int
    upper: int | None = None


def written(scaled: int, *, is_share: bool, decimals: int = 0) -> str:
    """A number on the scale of a target: "90%", "1,200", "12.50"."""
    return percentages.as_printed(scaled) if is_share else number_of(scaled, decimals)


def in_words(target: Target, direction: str, *, is_share: bool, decimals: int = 0) -> str:
    """What was promised: "90%", "10 or less", "80 to 100"."""
    number = written(target.value, is_share=is_share, decimals=decimals)
    if direction == "lower":
        return f"{number} or less"
    if direction == "band" and target.upper is not None:
        return f"{number} to {written(target.upper, is_share=is_share, decimals=decimals)}"
    return number


def rag(
    value: int | None,
    target: Target | None,
    direction: str,
    out_of: int | None = None,
    *,
    decimals: int = 0,
    is_ratio: bool = False,
    is_late: bool = False,
    worse_for_two_periods: bool = False,
) -> tuple[Rag, str]:
    """The word and its rule, to be read beside the figure: amber, "target 90%, within a tenth".

    `value` and `out_of` as in a cell; `direction` is the indicator's: higher, lower, band or neutral. With `is_ratio` two
    numbers are divided to a plain number, on the scale of the indicator's decimals; else they are a share.
    """
    aim = _Aim(target, direction, out_of is not None and not is_ratio, decimals) if target else None
    reason = _why_not(value, aim, out_of, is_late)
    if aim is None or value is None:
        return Rag.GREY, reason
    if reason:
        return Rag.GREY, f"target {aim.said}: {reason}"
    exact = Fraction((10**decimals if is_ratio else 1000) * value, out_of) if out_of else Fraction(value)
    word, reason = _judge(aim, exact)
    if word is Rag.GREEN and worse_for_two_periods:
        word, reason = Rag.AMBER, "met, but worse for two periods"
    return word, f"{_closer(aim, exact)}target {aim.said}, {reason}"


class _Aim:
    """A target with its bounds: green from `low` to `high`, None where there is none."""

    def __init__(self, target: Target, direction: str, is_share: bool, decimals: int) -> None:
        self.direction, self.is_share = direction, is_share
        self.smallest = SMALLEST_DENOMINATOR_FOR_COLOUR * 10**decimals if is_share else 1  # what a figure may be out of
        self.low = target.value if direction in ("higher", "band") else None
        self.high = {"lower": target.value, "band": target.upper}.get(direction)
        self.said = in_words(target, direction, is_share=is_share, decimals=decimals)

    def misses_by(self, exact: Fraction) -> tuple[Fraction, Fraction] | None:
        """How far the figure lies outside, and the bound it is outside of; None when it is inside."""
        if self.low is not None and exact < self.low:
            return self.low - exact, Fraction(self.low)
        if self.high is not None and exact > self.high:
            return exact - self.high, Fraction(self.high)
        return None

    def places_for(self, exact: Fraction) -> int:
        """Decimals to print, so that the printed share meets the target only when the share does: 89.96% is not said as 90%."""
        places, met = 1, not self.misses_by(exact)
        while self.is_share and met == bool(self.misses_by(Fraction(10 * percentages.whole(exact * 10**places / 10), 10**places))):
            places += 1
        return places


def _closer(aim: _Aim, exact: Fraction) -> str:
    """A share to more than the one decimal that the figure itself is printed to, where that decimal would hide that it was missed."""
    places = aim.places_for(exact)
    return f"{percentages.decimal(percentages.whole(exact * 10**places / 10), places)}%, " if places > 1 else ""


def _judge(aim: _Aim, exact: Fraction) -> tuple[Rag, str]:
    missed = aim.misses_by(exact)
    if missed is None:
        return Rag.GREEN, "met"
    distance, bound = missed
    if distance <= abs(bound) * AMBER_WITHIN:
        return Rag.AMBER, "within a tenth"
    return Rag.RED, "missed by more than a tenth"


def _why_not(value: int | None, aim: _Aim | None, out_of: int | None, is_late: bool) -> str:
    """Why it is not judged, "" when it is."""
    reasons = (
        (aim is None, "no target"),
        (is_late, "a return that was due is not in"),
        (value is None, "nothing is reported yet"),
        (aim is not None and aim.direction not in ("higher", "lower", "band"), "neither more nor less is better"),
        (aim is not None and out_of is not None and out_of < aim.smallest, f"based on fewer than {SMALLEST_DENOMINATOR_FOR_COLOUR}"),
    )
    return next((reason for holds, reason in reasons if holds), "")
