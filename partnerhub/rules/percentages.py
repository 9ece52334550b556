"""Shares and ratios: exact until printed, rounded half up, and which printed ones their count allows."""

from collections.abc import Callable
from fractions import Fraction


def whole(number: int | Fraction) -> int:
    """The nearest whole number, halves up."""
    return (2 * number.numerator + number.denominator) // (2 * number.denominator)


def rounded(number: int, out_of: int, scale: int) -> int | None:
    """number / out_of × scale as a whole number, halves up; None when nothing was counted."""
    return (2 * scale * number + out_of) // (2 * out_of) if out_of > 0 else None


def tenths(number: int, out_of: int) -> int | None:
    """A share in tenths of a per cent, halves up: 17 of 20 is 850. None when out_of is 0."""
    return (2000 * number + out_of) // (2 * out_of) if out_of > 0 else None


def as_printed(percent: int) -> str:
    """A share given in tenths of a per cent, everywhere so: 890 is "89%", 895 is "89.5%"."""
    return f"{decimal(percent, 1).removesuffix('.0')}%"


def decimal(scaled: int, places: int) -> str:
    """A whole number that stands for one with decimal places: (-1250, 2) is "-12.50"."""
    if places == 0:
        return str(scaled)
    whole, rest = divmod(abs(scaled), 10**places)
    return f"{'-' if scaled < 0 else ''}{whole}.{rest:0{places}d}"


def half_up(number: int, out_of: int, step: int) -> int:
    """The share in tenths, rounded half up to a multiple of `step` tenths (10: whole per cents; 1: one decimal)."""
    return (2000 * number + out_of * step) // (2 * out_of * step) * step


def cut(number: int, out_of: int, step: int) -> int:
    """The share in tenths, cut down to a multiple of `step` tenths."""
    return 1000 * number // (out_of * step) * step


Rounding = Callable[[int, int, int], int]
ROUNDINGS: tuple[Rounding, ...] = (half_up, cut)


def step_of(printed: int) -> int:
    """How finely a percentage was printed, in tenths: a whole per cent, or one decimal."""
    return 10 if printed % 10 == 0 else 1


def prints(number: int, out_of: int, printed: int, rounding: Rounding) -> bool:
    """Whether this share, rounded so, is the printed percentage (in tenths)."""
    return out_of > 0 and rounding(number, out_of, step_of(printed)) == printed


def denominators(count: int, printed: int, rounding: Rounding, slack: int = 0) -> range:
    """The whole denominators, none below the count, that print `printed` tenths for `count`; empty when there is none.

    `slack` widens the printed figure by so many tenths each way. A count of 0 goes with any denominator when 0 is printed.
    """
    step = step_of(printed)
    low, high = printed - slack, printed + step + slack  # the exact share lies in [low, high) tenths, before half up moves it
    if rounding is half_up:
        low, high = 2 * low - step, 2 * high - step
    else:
        low, high = 2 * low, 2 * high
    if count <= 0:
        return range(1, 2) if low <= 0 < high else range(0)
    least = 2000 * count // high + 1 if high > 0 else 1  # 2000 × count / N < high
    most = 2000 * count // low if low > 0 else NO_LIMIT  # 2000 × count / N >= low
    return range(max(least, count, 1), most + 1) if high > 0 else range(0)


NO_LIMIT = 2**53


def possible(count: int, printed: int, rounding: Rounding) -> bool:
    """Whether any whole number of people gives the printed percentage (in tenths) from this count."""
    return len(denominators(count, printed, rounding)) > 0


def possible_somehow(count: int, printed: int) -> bool:
    """Whether it is possible when rounded half up or when cut: the two ways that are in use."""
    return any(possible(count, printed, rounding) for rounding in ROUNDINGS)
