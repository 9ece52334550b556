"""A figure as people read it: "1,234", "17 of 20 (85%)", "89%", "20.2 (131 divided by 6.5)", "£1,234.50", "not reported"."""

from partnerhub.rules import percentages
from partnerhub.rules.measures import POUNDS, Absence, Cell, CellStatus
from partnerhub.rules.readable import pence

WORDS = {
    CellStatus.NOT_REPORTED: "not reported",
    CellStatus.NOT_APPLICABLE: "not applicable",
    CellStatus.HIDDEN: "hidden",
    CellStatus.CANNOT_BE_COMBINED: "cannot be combined",
}
ABSENT = {
    Absence.NOT_DUE: "not due yet",
    Absence.NO_RETURN: "no return",
    Absence.WAIVED: "waived",
    Absence.NOT_ASKED: "not asked",
}
STANDING = {CellStatus.PROVISIONAL: "provisional", CellStatus.AS_PUBLISHED: "as published"}


def text_of(cell: Cell, decimals: int = 0, unit: str = "") -> str:
    """The figure alone; a page marks its standing beside it."""
    _, value, out_of, percent, status, _, absence = cell
    if value is not None and out_of is None and not decimals and status is not CellStatus.HIDDEN:
        return f"{value:,}"  # what most cells of a page are
    if status in WORDS:
        return WORDS[status] if absence is None else ABSENT[absence]
    if value is None:
        return percentages.as_printed(percent) if percent is not None else WORDS[CellStatus.NOT_REPORTED]
    if out_of is None:
        return number_of(value, decimals, unit)
    return share(value, out_of, decimals) if percent is not None or out_of <= 0 else ratio(value, out_of, decimals)


def share(number: int, out_of: int, decimals: int = 0) -> str:
    """ "623 of 740 (84.2%)": everywhere so, rounded half up to one decimal. Nothing can be said of none."""
    percent = percentages.tenths(number, out_of)
    return counts(number, out_of, decimals) + (f" ({percentages.as_printed(percent)})" if percent is not None else "")


def counts(number: int, out_of: int, decimals: int = 0) -> str:
    """ "623 of 740"."""
    return f"{plain(number, decimals)} of {plain(out_of, decimals)}"


def ratio(number: int, out_of: int, decimals: int = 0) -> str:
    """ "14.3 (118 divided by 8.25)": a plain number, with what it was made of. It may well be more than 1, so it is no percentage."""
    return f"{quotient(number, out_of)} ({plain(number, decimals)} divided by {plain(out_of, decimals)})"


def quotient(number: int, out_of: int) -> str:
    """One number divided by another, to one decimal, halves up: "14.3"."""
    return percentages.decimal(percentages.rounded(number, out_of, 10) or 0, 1)


def plain(scaled: int, decimals: int = 0) -> str:
    """A number without noughts that say nothing: 1,234 or 8.25 or 6.5."""
    said = number_of(scaled, decimals)
    return said.rstrip("0").rstrip(".") if decimals else said


def in_full(cell: Cell, decimals: int = 0, unit: str = "") -> str:
    """The figure with its standing in words: "60 (provisional)"."""
    standing = STANDING.get(cell.status)
    return text_of(cell, decimals, unit) + (f" ({standing})" if standing else "")


def number_of(scaled: int, decimals: int = 0, unit: str = "") -> str:
    """1,234 or -12.50 or £1,234.50."""
    if not decimals:
        return f"{scaled:,}"
    if unit == POUNDS:
        return pence(scaled)
    whole, rest = divmod(abs(scaled), 10**decimals)
    return f"{'-' if scaled < 0 else ''}{whole:,}.{rest:0{decimals}d}"
