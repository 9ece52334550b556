"""From observations to the lines of a programme summary: pure, and the only place where figures are put side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

from partnerhub.rules import periods as time
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.measures import (
    MEASURES,
    NOT_APPLICABLE,
    NOT_REPORTED,
    Absence,
    Cell,
    CellStatus,
    Figure,
    Indicator,
    Measure,
    UnknownIndicator,
    is_ratio,
)
from partnerhub.rules.percentages import tenths
from partnerhub.rules.periods import Period
from partnerhub.rules.words import COUNTED_IN, ObservationStatus, ReturnStatus

# ExpectedFigure and ObservationRow are named tuples: rows of a query with these columns in this order serve as they are.


class ExpectedFigure(NamedTuple):
    """One figure that a return asks for; `period` is a label, `order` its place in the form, `label` the form's wording."""

    service: str
    organisation: str
    agreement: str
    group: str
    indicator: str
    label: str
    order: int
    period: str
    return_id: str
    return_status: str


class ExpectedReturn(NamedTuple):
    """A return that was asked for, whatever its form holds. `is_due`: the day by which it should come is there."""

    agreement: str
    return_id: str
    period: str
    status: str
    is_due: bool = True


class ObservationRow(NamedTuple):
    """One figure that counts (no breakdown). `value`, `out_of` scaled by the indicator's decimals; `percent` in tenths.

    A percentage without its counts is one as published. A row with status `as_published` is what a paper printed: it stands
    in where nothing else is known and is otherwise compared with what the hub works out (rules/reconcile.py).
    """

    service: str
    organisation: str
    agreement: str
    indicator: str
    period: str
    value: int | None
    out_of: int | None
    percent: int | None
    status: str
    not_applicable: bool = False
    source: str = ""


class Coverage(NamedTuple):
    """Returns sent in (submitted at least once) of returns expected; a waived return is not expected."""

    in_: int
    expected: int

    def __str__(self) -> str:
        return f"{self.in_} of {self.expected} returns in"


class Line(NamedTuple):
    """One row of a summary: an indicator of one agreement, or (agreement "") of several providers together."""

    service: str
    organisation: str
    group: str
    indicator: str
    label: str
    measure: str
    unit: str
    decimals: int
    direction: str
    cells: tuple[Cell, ...]
    total: Cell
    coverage: Coverage
    agreement: str


class About(NamedTuple):
    """What a note speaks of; `receipts` are those of the cells to mark."""

    service: str
    organisation: str
    indicator: str
    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader of the summary must know."""

    kind: str
    text: str
    about: About


@dataclass(frozen=True, slots=True)
class Summary:
    """A programme's figures for a period, as shown on the page and in every file made of it."""

    programme: str  # the slug
    title: str
    period: Period
    columns: tuple[Period, ...]
    generated_at: datetime
    lines: tuple[Line, ...]
    notes: tuple[Note, ...]
    coverage: Coverage


def to_read(summary: Summary) -> Summary:
    """The same for people: without the columns that hold no figure because nothing was asked in them, or because they have not begun."""
    today = summary.generated_at.date()
    kept = [
        at
        for at, period in enumerate(summary.columns)
        if period == summary.period or any(_says_something(line.cells[at], period.starts <= today) for line in summary.lines)
    ]
    if len(kept) == len(summary.columns):
        return summary
    lines = tuple(line._replace(cells=tuple(line.cells[at] for at in kept)) for line in summary.lines)
    return replace(summary, columns=tuple(summary.columns[at] for at in kept), lines=lines)


def _says_something(cell: Cell, has_begun: bool) -> bool:
    is_figure = cell.value is not None or cell.percent is not None
    return is_figure or (has_begun and cell.absence is not Absence.NOT_ASKED)


# Receipts: the name of a figure, so that a link can lead from it to where it came from.


class Receipt(NamedTuple):
    """A receipt read back. `service` is a slug for the reader of the address; the agreement is what counts."""

    service: str
    agreement: str
    indicator: str
    category: str
    period: Period


def receipt_of(service: str, agreement: str, indicator: str, period: Period, category: str = "all") -> str:
    """The receipt of a figure: five parts safe in an address, "service/agreement/indicator/category/period"."""
    return _receipt_of_owner(service, agreement) + _receipt_of_figure(indicator, category) + period.slug


def _receipt_of_owner(service: str, agreement: str) -> str:
    slug = "-".join("".join(letter if letter.isascii() and letter.isalnum() else " " for letter in service.lower()).split())
    return f"{slug or '-'}/{_part(agreement) or '-'}/"


def _receipt_of_figure(indicator: str, category: str = "all") -> str:
    return f"{_part(indicator)}/{_part(category)}/"


def _part(text: str) -> str:
    """One part of an address: no slash, not only dots, whatever it is called."""
    if text.isascii() and text.replace("_", "").replace("-", "").isalnum():
        return text
    return quote(text.replace("/", "∕") if text.strip(".") else text.replace(".", "․"), safe="")


def read_receipt(text: str) -> Receipt:
    """The parts of a receipt; raises BadAnswer when it is none."""
    parts = text.strip("/").split("/")
    if len(parts) != 5:
        raise BadAnswer("This is not the receipt of a figure. Open it from the summary.")
    service, agreement, indicator, category, period = (unquote(part) for part in parts)
    return Receipt(service, agreement, indicator, category, time.parse(period))


# From observations to lines.

_AFTER_ALL_QUESTIONS = 1_000_000  # the place of a figure that no form asks for

# Of several rows for one figure the heaviest counts. Each status: weight, status of a figure, status of a bare percentage.
_PUBLISHED, _PROVISIONAL, _APPROVED = 1, 2, 3
_STANDING: Mapping[str, tuple[int, CellStatus, CellStatus]] = {
    ObservationStatus.APPROVED: (_APPROVED, CellStatus.APPROVED, CellStatus.AS_PUBLISHED),
    ObservationStatus.PROVISIONAL: (_PROVISIONAL, CellStatus.PROVISIONAL, CellStatus.PROVISIONAL),
    ObservationStatus.AS_PUBLISHED: (_PUBLISHED, CellStatus.AS_PUBLISHED, CellStatus.AS_PUBLISHED),
}

_Owner = tuple[str, str, str]  # service, organisation, agreement
_Column = tuple[str, str]  # label, slug
_Returns = dict[str, dict[str, ExpectedReturn]]  # agreement -> return
_Absences = Sequence[Absence | None]  # for each column, and last for the whole period


class _Layout(NamedTuple):
    """Where figures go: a slot for each column, one for the whole period, and one for each shorter period that may be reported."""

    place: Mapping[str, int]  # the label of a period -> its slot
    width: int
    columns: tuple[_Column, ...]
    total: _Column
    pooled: tuple[tuple[int, tuple[int, ...]], ...]  # a slot -> the slots that make it up
    no_parts: list[Figure]
    nowhere: tuple[None, ...]  # a column of every line that has all its figures


@lru_cache(maxsize=64)
def _layout(periods: tuple[Period, ...], total: Period) -> _Layout:
    """Months make up a quarter's column; half-years, which fit no quarter, make up the year. Only parts that leave no gap do."""
    place = {period.label: at for at, period in enumerate(periods)}
    at_total = place.setdefault(total.label, len(periods))
    next_slot, pooled = len(periods) + 1, []
    for target, whole, longest in (*((at, period, None) for at, period in enumerate(periods)), (at_total, total, periods[0])):
        for parts in time.splits(whole):
            if any(part.label in place for part in parts) or (longest and parts[0].days <= longest.days):
                continue
            place.update({part.label: next_slot + at for at, part in enumerate(parts)})
            pooled.append((target, tuple(range(next_slot, next_slot + len(parts)))))
            next_slot += len(parts)
    columns = tuple((period.label, period.slug) for period in periods)
    nothing = [NOT_APPLICABLE] * (next_slot - len(periods) - 1)
    return _Layout(place, next_slot, columns, (total.label, total.slug), tuple(pooled), nothing, (None,) * len(periods))


class _Row:
    """What is known of one line while the rows are read, in the slots of the layout."""

    __slots__ = ("asked_at", "question", "slots", "weights")

    def __init__(self, width: int) -> None:
        self.asked_at = -1
        self.question = ("", "", _AFTER_ALL_QUESTIONS)
        self.slots = [NOT_APPLICABLE] * width
        self.weights = bytearray(width)


_Rows = dict[_Owner, dict[str, _Row]]  # the second key is the indicator


def lines(
    expected: Iterable[ExpectedFigure],
    observations: Iterable[ObservationRow],
    indicators: Mapping[str, Indicator],
    periods: Sequence[Period],
    total_period: Period,
    order: Sequence[str] = (),
    returns: Iterable[ExpectedReturn] = (),
    today: date | None = None,
) -> list[Line]:
    """The lines of a summary: agreements as `order` has them (others by service and organisation), each in the order of its form.

    Where a figure is both approved and provisional (a return that was reopened) the approved one counts. `returns` are those
    of the agreements, also such as hold no figure; before the end of a period, as seen from `today`, nothing of it is due.
    """
    layout = _layout(tuple(periods), total_period)
    rows: _Rows = {}
    owed = _read_expected(rows, expected, layout)
    for each in returns:
        if each.period in layout.place:
            owed.setdefault(each.agreement, {})[each.return_id] = each
    unsent = {(each.agreement, each.period) for sent in owed.values() for each in sent.values() if each.status not in COUNTED_IN}
    reported = _read_observations(rows, observations, layout, unsent)
    coverage = {agreement: _coverage(sent.values(), reported) for agreement, sent in owed.items()}
    to_come = [Absence.NOT_DUE if today and period.ends >= today else Absence.NO_RETURN for period in periods]
    absences = {owner[2]: _absences(owed.get(owner[2], {}).values(), layout, to_come) for owner in rows}
    names = {name for owned in rows.values() for name in owned}
    places = {agreement: at for at, agreement in enumerate(order)}
    kinds = {name: _Kind(name, indicators.get(name) or UnknownIndicator(name)) for name in names}
    return [
        _line(owner, row, kinds[name], layout, coverage.get(owner[2], _NO_RETURNS), absences[owner[2]], receipt)
        for owner in sorted(rows, key=lambda owner: (places.get(owner[2], len(places)), owner))
        for receipt in (_receipt_of_owner(owner[0], owner[2]),)
        for name, row in sorted(rows[owner].items(), key=_in_order)
    ]


def _in_order(item: tuple[str, _Row]) -> tuple[int, str]:
    return item[1].question[2], item[0]


def _read_expected(rows: _Rows, expected: Iterable[ExpectedFigure], layout: _Layout) -> _Returns:
    """Marks the figures that are asked for; gives back the returns that ask for them."""
    place, width = layout.place, layout.width
    returns: _Returns = {}
    owner, owned = None, {}
    last_return, is_expected = None, False
    for service, organisation, agreement, group, indicator, label, order, period, return_id, status in expected:
        at = place.get(period)
        if at is None:
            continue
        if return_id != last_return:
            last_return, is_expected = return_id, status != ReturnStatus.WAIVED
            returns.setdefault(agreement, {})[return_id] = ExpectedReturn(agreement, return_id, period, status)
        if owner != (service, organisation, agreement):
            owner = (service, organisation, agreement)
            owned = rows.setdefault(owner, {})
        row = owned.get(indicator)
        if row is None:
            row = owned[indicator] = _Row(width)
        if at > row.asked_at:  # the latest wording counts
            row.asked_at, row.question = at, (group, label, order)
        if is_expected:
            row.slots[at] = NOT_REPORTED
    return returns


def _read_observations(
    rows: _Rows, observations: Iterable[ObservationRow], layout: _Layout, unsent: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Puts each figure in its slot; gives back the unsent returns that have figures all the same: they were reopened."""
    place, width = layout.place, layout.width
    reopened: set[tuple[str, str]] = set()
    owner, owned = None, {}
    for service, organisation, agreement, indicator, period, value, out_of, percent, status, not_applicable, _ in observations:
        at, standing = place.get(period), _STANDING.get(status)
        if at is None or standing is None:
            continue
        if owner != (service, organisation, agreement):
            owner = (service, organisation, agreement)
            owned = rows.setdefault(owner, {})
        row = owned.get(indicator)
        if row is None:
            row = owned[indicator] = _Row(width)
        weight, cell_status, percent_status = standing
        if unsent and weight > _PUBLISHED and (agreement, period) in unsent:
            reopened.add((agreement, period))
        if weight < row.weights[at]:
            continue
        row.weights[at] = weight
        if not_applicable:
            row.slots[at] = NOT_APPLICABLE
        elif value is not None:
            row.slots[at] = (value, out_of, None if out_of is None else tenths(value, out_of), cell_status)
        elif percent is not None:
            row.slots[at] = (None, None, percent, percent_status)
    return reopened


def _coverage(returns: Iterable[ExpectedReturn], reopened: set[tuple[str, str]]) -> Coverage:
    expected = [each for each in returns if each.status != ReturnStatus.WAIVED]
    return Coverage(sum(each.status in COUNTED_IN or (each.agreement, each.period) in reopened for each in expected), len(expected))


_NO_RETURNS = Coverage(0, 0)


def _absences(returns: Collection[ExpectedReturn], layout: _Layout, to_come: _Absences) -> _Absences:
    """Why an agreement has no figure in a column where one was not reported: what its returns say, else that there is none.

    A return for a longer period is none for a column, but one that asks for nothing there.
    """
    width = len(to_come)
    columns: dict[int, int] = {slot: at for at in range(width) for slot in (at, *_parts_of(at, layout))}
    found: list[set[Absence | None]] = [set() for _ in range(width + 1)]
    for each in returns:
        slot = layout.place[each.period]
        is_awaited = not each.is_due and each.status not in COUNTED_IN
        standing = Absence.WAIVED if each.status == ReturnStatus.WAIVED else Absence.NOT_DUE if is_awaited else None
        found[columns.get(slot, width)].add(standing)
    default = [Absence.NOT_ASKED] * width if found[width] and width > 1 else to_come
    known = [_shared(each) if each else default[at] for at, each in enumerate(found[:width])]
    return (*known, _shared(found[width]))


def _parts_of(column: int, layout: _Layout) -> tuple[int, ...]:
    """The slots of the shorter periods that make up a column."""
    return next((parts for target, parts in layout.pooled if target == column and column < len(layout.columns)), ())


def _shared(absences: set[Absence | None]) -> Absence | None:
    return next(iter(absences)) if len(absences) == 1 else None


def _absence_in(at: int, row: _Row, layout: _Layout, absences: _Absences) -> Absence | None:
    """Why a column of a line has no figure; None where there is one, where it is missing and where the provider said "not applicable"."""
    value, _, percent, status = row.slots[at]
    if value is not None or percent is not None:
        return None
    if status is CellStatus.NOT_REPORTED:
        return absences[at] if absences[at] is Absence.NOT_DUE else None
    is_told = row.weights[at] or any(row.weights[part] for part in _parts_of(at, layout))
    return None if is_told or status is not CellStatus.NOT_APPLICABLE else absences[at] or Absence.NOT_ASKED


def _absence_of_total(total: Cell, cells: Sequence[Cell], row: _Row, absences: _Absences) -> Absence | None:
    """Why the whole period has no figure: its own return, else what the columns without a figure have in common."""
    width = len(cells)
    if total.status not in (CellStatus.NOT_REPORTED, CellStatus.NOT_APPLICABLE) or (width > 1 and row.weights[width]):
        return None
    if width > 1 and absences[width]:
        return absences[width]
    why = {cell.absence for cell in cells if cell.status is total.status}
    return None if None in why else min((each for each in why if each), key=list(Absence).index, default=None)


_new = tuple.__new__  # Cell(...) and Line(...) without the cost of a call: a summary makes ten thousand


class _Kind:
    """What all lines of one indicator have in common, looked up once."""

    __slots__ = ("facts", "has_percent", "label", "measure", "name", "receipt")

    def __init__(self, name: str, indicator: Indicator) -> None:
        self.name = name
        self.label = indicator.label
        self.measure = MEASURES[indicator.measure]
        self.facts = (indicator.measure, indicator.unit, indicator.decimals, indicator.direction)
        self.has_percent = not is_ratio(indicator)
        self.receipt = _receipt_of_figure(name)


def _line(owner: _Owner, row: _Row, kind: _Kind, layout: _Layout, coverage: Coverage, absences: _Absences, receipt: str) -> Line:
    """One line; `receipt` is how the receipts of its owner begin."""
    width = len(layout.columns)
    receipt += kind.receipt
    if row.slots[width + 1 :] != layout.no_parts:
        _combine_parts(row, kind.measure, layout)
    slots = row.slots if kind.has_percent else [(value, out_of, None, status) for value, out_of, _, status in row.slots]
    is_whole = NOT_REPORTED not in row.slots[:width] and NOT_APPLICABLE not in row.slots[:width]
    why = layout.nowhere if is_whole else [_absence_in(at, row, layout, absences) for at in range(width)]
    cells = [
        _new(Cell, (label, value, out_of, percent, status, receipt + slug, absence))
        for (label, slug), (value, out_of, percent, status), absence in zip(layout.columns, slots, why, strict=False)
    ]
    combined = kind.measure.combine(slots[:width]) if width > 1 else slots[0]
    if row.weights[width] or (width > 1 and row.slots[width] is NOT_REPORTED):
        combined = _or_as_reported(combined, slots[width], row.weights[width], kind.measure)
    label, slug = layout.total
    total = _new(Cell, (label, *combined, receipt + slug, None))
    if not is_whole and total.value is None:
        total = total._replace(absence=_absence_of_total(total, cells, row, absences))
    group, wording, _ = row.question
    service, organisation, agreement = owner
    fields = (service, organisation, group, kind.name, wording or kind.label, *kind.facts, tuple(cells), total, coverage, agreement)
    return _new(Line, fields)


def _combine_parts(row: _Row, measure: Measure, layout: _Layout) -> None:
    """Makes the figure of a column out of shorter periods, unless it was reported itself."""
    for target, parts in layout.pooled:
        figures = [row.slots[part] for part in parts]
        if row.weights[target] <= _PUBLISHED and any(figure is not NOT_APPLICABLE for figure in figures):
            row.slots[target] = measure.combine(figures)
            row.weights[target] = _APPROVED


def _or_as_reported(combined: Figure, whole: Figure, weight: int, measure: Measure) -> Figure:
    """The combination of the columns or, where they give none, the figure that was reported for the whole period itself.

    A printed total never stands in for a combination that cannot be made, unless the measure says that nothing could make it.
    """
    if combined[3] in (CellStatus.NOT_REPORTED, CellStatus.NOT_APPLICABLE):
        return whole
    may_stand_in = combined[0] is None and whole[0] is not None and (weight > _PUBLISHED or not measure.adds)
    return whole if may_stand_in else combined


def coverage_of(lines: Iterable[Line], returns: Iterable[ExpectedReturn] = ()) -> Coverage:
    """Returns in of returns expected over all the agreements that these lines belong to, and those whose returns hold no figure."""
    by_agreement = {line.agreement: line.coverage for line in lines if line.agreement}
    without: dict[str, list[ExpectedReturn]] = {}
    for each in returns:
        if each.agreement not in by_agreement:
            without.setdefault(each.agreement, []).append(each)
    by_agreement |= {agreement: _coverage(sent, set()) for agreement, sent in without.items()}
    return Coverage(sum(each.in_ for each in by_agreement.values()), sum(each.expected for each in by_agreement.values()))


# Several providers together.

ALL_PROVIDERS = "All providers"
ALL_SERVICES = "All services"


def combine_over_providers(lines: Iterable[Line], indicators: Mapping[str, Indicator], *, across_services: bool = False) -> list[Line]:
    """One line per service and indicator (or per indicator, across services), each column combined as the library says.

    An indicator whose figures may hold the same person twice gets cells that say so instead of a number.
    """
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((ALL_SERVICES if across_services else line.service, line.indicator), []).append(line)
    return [_over_providers(service, group, indicators) for (service, _), group in groups.items()]


def _over_providers(service: str, group: Sequence[Line], indicators: Mapping[str, Indicator]) -> Line:
    first = group[0]
    indicator = indicators.get(first.indicator) or UnknownIndicator(first.indicator)
    measure = MEASURES[indicator.over_providers]
    receipt = _receipt_of_owner(service, "") + _receipt_of_figure(first.indicator)

    def together(cells: Sequence[Cell]) -> Cell:
        combined = cells[0][1:5] if len(cells) == 1 else measure.combine([cell[1:5] for cell in cells])
        return Cell(cells[0].period, *combined, receipt + cells[0].receipt.rpartition("/")[2])

    return first._replace(
        service=service,
        organisation=ALL_PROVIDERS,
        label=first.label if all(line.label == first.label for line in group) else indicator.label,
        measure=measure.key,
        cells=tuple(together(cells) for cells in zip(*(line.cells for line in group), strict=True)),
        total=together([line.total for line in group]),
        coverage=Coverage(sum(line.coverage.in_ for line in group), sum(line.coverage.expected for line in group)),
        agreement="",
    )


# For the eye.


def spark(cells: Sequence[Cell]) -> list[float | None] | None:
    """Heights from 0 to 1 for a small chart of the shares or figures, None for a gap; None when there are fewer than two.

    The highest is 1 and nought is 0, so that twice the figure is twice the height.
    """
    known = [_height(cell) for cell in cells]
    figures = [each for each in known if each is not None]
    if len(figures) < 2:
        return None
    highest = max(figures)
    return [None if each is None else float(max(each, 0) / highest) if highest > 0 else 0.0 for each in known]


def _height(cell: Cell) -> Fraction | int | None:
    if cell.percent is not None:
        return cell.percent
    if cell.out_of is not None:
        return Fraction(cell.value or 0, cell.out_of) if cell.out_of else None
    return cell.value
