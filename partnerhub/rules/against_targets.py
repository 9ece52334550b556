"""How a line of a summary stands against its target: the figure of the whole period, judged by rules/targets.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from partnerhub.rules.measures import Cell, CellStatus
from partnerhub.rules.summary import Line
from partnerhub.rules.targets import Rag, Target, rag
from partnerhub.rules.words import Frequency


@dataclass(frozen=True, slots=True)
class Aim:
    """A target as an agreement sets it: for each period it reports on. `is_late`: one of its returns should have come and has not."""

    target: Target
    frequency: str
    is_late: bool = False


Aims = Mapping[tuple[str, str], Aim]  # agreement, indicator


def against(line: Line, aim: Aim) -> tuple[Rag, str]:
    """The word for the line's total, and the rule in words.

    What adds up is measured against the target once for each period that was reported: three quarters of 45 aim at 135.
    """
    total, target = line.total, aim.target
    if total.status is CellStatus.CANNOT_BE_COMBINED:
        return Rag.GREY, "there is no figure for the whole period"
    if line.measure == "sum":
        times = _periods_reported(line, aim)
        target = replace(target, value=target.value * times, upper=None if target.upper is None else target.upper * times)
    return rag(
        total.value,
        target,
        line.direction,
        total.out_of,
        decimals=line.decimals,
        is_ratio=bool(total.out_of) and total.percent is None,
        is_late=aim.is_late,
        worse_for_two_periods=worse_for_two_periods(line.cells, line.direction),
    )


def _periods_reported(line: Line, aim: Aim) -> int:
    in_columns = sum(cell.value is not None for cell in line.cells)
    return in_columns if aim.frequency == Frequency.QUARTER and in_columns else max(line.coverage.in_, 1)


def worse_for_two_periods(cells: Sequence[Cell], direction: str) -> bool:
    """Whether the last three figures that are known each went the wrong way."""
    turned = {"higher": 1, "lower": -1}.get(direction)
    last = [each for each in (_exact(cell) for cell in cells) if each is not None][-3:]
    return turned is not None and len(last) == 3 and turned * last[0] > turned * last[1] > turned * last[2]


def _exact(cell: Cell) -> Fraction | int | None:
    if cell.value is None or cell.out_of is None:
        return cell.value
    return Fraction(cell.value, cell.out_of) if cell.out_of else None
