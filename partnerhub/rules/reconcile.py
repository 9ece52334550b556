"""Figures that do not reconcile, found by general rules and said in a sentence each; and the whole summary with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from partnerhub.rules import percentages, summary
from partnerhub.rules.measures import Cell, CellStatus, Indicator
from partnerhub.rules.periods import Period, PeriodKind, columns_of
from partnerhub.rules.readable import plural
from partnerhub.rules.summary import About, ExpectedFigure, ExpectedReturn, Line, Note, ObservationRow, Summary
from partnerhub.rules.words import ObservationStatus

if TYPE_CHECKING:
    from partnerhub.rules.expressions import Expression
    from partnerhub.rules.questionnaire import Check, Question, Questionnaire

Terms = tuple[tuple[int, str], ...]  # +1 or -1, and an indicator


@dataclass(frozen=True, slots=True)
class Balance:
    """A check of a form that says: the figures on the left, added up, equal those on the right."""

    left: Terms
    right: Terms
    message: str
    left_blanks: str = "skip_if_any"
    right_blanks: str = "skip_if_any"


@dataclass(frozen=True, slots=True)
class FormFacts:
    """What the form of an agreement says about how its figures hang together."""

    balances: tuple[Balance, ...] = ()
    numbers_from: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Indicator of a percentage as published -> indicator of the count that was printed beside it."""


NO_FACTS = FormFacts()


def facts_of(form: Questionnaire) -> FormFacts:
    """The balances and printed pairs of a form; a caller may keep them as long as the form."""
    numbers_from = {
        question.indicator: form.questions[question.number_from].indicator
        for question in form.questions.values()
        if question.indicator and question.number_from in form.questions
    }
    balances = (_balance(check, form.questions) for check in form.checks if check.operator == "=")
    return FormFacts(tuple(each for each in balances if each), MappingProxyType(numbers_from))


def _balance(check: Check, questions: Mapping[str, Question]) -> Balance | None:
    left, right = _terms(check.left, questions), _terms(check.right, questions)
    return Balance(left, right, check.message, check.left_blanks, check.right_blanks) if left and right else None


def _terms(side: Expression, questions: Mapping[str, Question]) -> Terms | None:
    """The side as indicators to add and take away; None when it reads anything but figures of the same period."""
    terms = []
    for sign, use in side.terms or ():
        question = questions.get(use.name)
        if use.how != "value" or question is None or not _is_plain_figure(question):
            return None
        terms.append((sign, question.indicator))
    return tuple(terms) or None


def _is_plain_figure(question: Question) -> bool:
    return bool(question.indicator) and question.type.is_number and not question.type.is_share and not question.share and not question.of


def summarise(
    *,
    programme: str,
    title: str,
    period: Period,
    expected: Iterable[ExpectedFigure],
    observations: Sequence[ObservationRow],
    indicators: Mapping[str, Indicator],
    facts: Mapping[str, FormFacts],
    generated_at: datetime,
    order: Sequence[str] = (),
    returns: Sequence[ExpectedReturn] = (),
) -> Summary:
    """The summary of a programme for a period, its quarters in columns; `facts` are by agreement, `order` is theirs."""
    columns = columns_of(period)
    lines = tuple(summary.lines(expected, observations, indicators, columns, period, order, returns, generated_at.date()))
    found = notes(lines, observations, facts, columns, period)
    return Summary(programme, title, period, columns, generated_at, lines, found, summary.coverage_of(lines, returns))


# What the rules look at: the lines of one agreement, and what was printed of it.


@dataclass(frozen=True, slots=True)
class _Case:
    lines: Mapping[str, Line]
    facts: FormFacts
    printed: Mapping[tuple[str, str], ObservationRow]  # indicator, period
    columns: Sequence[Period]
    total: Period

    def about(self, line: Line, cells: Iterable[Cell]) -> About:
        return About(line.service, line.organisation, line.indicator, tuple(cell.receipt for cell in cells))

    def printed_total(self, line: Line) -> ObservationRow | None:
        return self.printed.get((line.indicator, self.total.label))


_STATUS = ObservationRow._fields.index("status")


def notes(
    lines: Iterable[Line],
    observations: Iterable[ObservationRow],
    facts: Mapping[str, FormFacts],
    periods: Sequence[Period],
    total_period: Period,
) -> tuple[Note, ...]:
    """All that does not reconcile, agreement by agreement; `facts` are by agreement, printed totals are in `observations`."""
    printed: dict[tuple[str, str, str], dict[tuple[str, str], ObservationRow]] = {}
    for row in observations:
        if row[_STATUS] == ObservationStatus.AS_PUBLISHED:
            found_row = ObservationRow(*row)
            printed.setdefault(found_row[:3], {})[found_row.indicator, found_row.period] = found_row
    owned: dict[tuple[str, str, str], dict[str, Line]] = {}
    for line in lines:
        owned.setdefault((line.service, line.organisation, line.agreement), {})[line.indicator] = line
    found = []
    for owner, by_indicator in owned.items():
        case = _Case(by_indicator, facts.get(owner[2], NO_FACTS), printed.get(owner, {}), periods, total_period)
        for rule in RULES:
            found.extend(rule(case))
    return tuple(found)


# Rule: a printed percentage that no number of people could give.


def _impossible_percentages(case: _Case) -> Iterator[Note]:
    for line in case.lines.values():
        pairs = [each for each in _printed_beside_counts(case, line) if not percentages.possible_somehow(each[2], each[1])]
        if pairs:
            said = _either([f"{percentages.as_printed(percent)} from {count:,}" for _, percent, count in pairs])
            text = f"No whole number of people gives {said} (rounded half up, or cut)."
            yield Note("impossible_percentage", text, case.about(line, [cell for cell, _, _ in pairs]))


def _printed_beside_counts(case: _Case, line: Line) -> Iterator[tuple[Cell, int, int]]:
    """Each percentage as printed, with the count that was printed beside it: the cell, tenths of a per cent, the count."""
    counts = case.lines.get(case.facts.numbers_from.get(line.indicator, ""))
    if counts is None or counts.decimals:
        return
    for cell, beside in zip(line.cells, counts.cells, strict=True):
        if cell.value is None and cell.percent is not None and beside.value is not None:
            yield cell, cell.percent, beside.value
    printed = case.printed_total(line)
    is_bare = line.total.value is None and counts.total.value is not None
    if printed and printed.percent is not None and is_bare and _is_whole(line) and _is_whole(counts):
        yield line.total, printed.percent, counts.total.value


# Rule: figures that should add up to another figure and do not.


def _balances(case: _Case) -> Iterator[Note]:
    for balance in case.facts.balances:
        terms = (*balance.left, *balance.right)
        named = [case.lines[name] for _, name in terms if name in case.lines]
        if len(named) < len(terms):
            continue
        places = max(line.decimals for line in named)
        sides = [_sides(case, balance, at, places) for at in range(len(case.columns))]
        wrong = [at for at, each in enumerate(sides) if each and each[0] != each[1]]
        said = [(case.columns[at].short, *(sides[at] or (0, 0))) for at in wrong]
        cells = [line.cells[at] for at in wrong for line in named]
        whole = _whole(named, sides)
        if whole and whole[0] != whole[1] and len(sides) > 1:
            said.append((case.total.short, *whole))
            cells += [line.total for line in named]
        if said:
            yield Note("does_not_add_up", _out_of_balance(case, balance, said, places), case.about(named[0], cells))


def _sides(case: _Case, balance: Balance, at: int, places: int) -> tuple[int, int] | None:
    """Left and right in one column, or None where the check does not look because something is missing."""
    left = _side(case, balance.left, balance.left_blanks, at, places)
    right = _side(case, balance.right, balance.right_blanks, at, places)
    return None if left is None or right is None else (left, right)


def _side(case: _Case, terms: Terms, blanks: str, at: int, places: int) -> int | None:
    values = [(sign * 10 ** (places - case.lines[name].decimals), case.lines[name].cells[at].value) for sign, name in terms]
    known = [factor * value for factor, value in values if value is not None]
    skip = {"skip_if_any": len(known) < len(values), "skip_if_all": not known}.get(blanks, False)
    return None if skip else sum(known)


def _whole(named: Sequence[Line], sides: Sequence[tuple[int, int] | None]) -> tuple[int, int] | None:
    """Both sides over all columns, where every figure adds up over time and none is missing."""
    if any(line.measure != "sum" or not _is_whole(line) for line in named):
        return None
    looked_at = [each for each in sides if each is not None]
    return sum(left for left, _ in looked_at), sum(right for _, right in looked_at)


def _is_whole(line: Line) -> bool:
    """Whether every period that was asked for is in."""
    return all(cell.status is not CellStatus.NOT_REPORTED for cell in line.cells)


def _out_of_balance(case: _Case, balance: Balance, wrong: Sequence[tuple[str, int, int]], places: int) -> str:
    parts, whole = (balance.left, balance.right) if len(balance.left) >= len(balance.right) else (balance.right, balance.left)
    turned = parts is not balance.left
    pairs = [(when, *((right, left) if turned else (left, right))) for when, left, right in wrong]
    is_split = len(whole) == 1 and len(parts) > 1 and all(sign > 0 for sign, _ in (*parts, *whole))
    stem = _stem([case.lines[name].label for _, name in parts])
    link = "of" if is_split else "against"
    said = _listed([f"{_number(got, places)} {link} {_number(wanted, places)} in {when}" for when, got, wanted in pairs])
    if is_split and stem:
        return f"{stem}: the bands add up to {said}."
    opening = balance.message.rstrip(".")
    return f"{opening}: the parts add up to {said}." if is_split else f"{opening}: {said}."


def _stem(labels: Sequence[str]) -> str:
    """What labels share before a colon: "Contact made following referral"."""
    stems = {label.rpartition(":")[0].strip() for label in labels}
    return stems.pop() if len(stems) == 1 else ""


def _number(scaled: int, places: int) -> str:
    return percentages.decimal(scaled, places) if places else f"{scaled:,}"


# Rule: a year's percentage that is only the mean of its parts.


def _means_of_percentages(case: _Case) -> Iterator[Note]:
    for line in case.lines.values():
        printed = case.printed_total(line)
        if printed is None or printed.percent is None or line.total.value is not None:
            continue
        percents = [cell.percent for cell in line.cells if cell.percent is not None and cell.value is None]
        if len(percents) < max(2, len(line.cells)):
            continue
        mean = Fraction(sum(percents), len(percents))
        step = percentages.step_of(printed.percent)
        if percentages.whole(mean / step) * step != printed.percent or _may_be_pooled(case, line, printed.percent):
            continue
        parts = f"the {_COUNTED.get(len(percents), len(percents))} {_KINDS[case.columns[0].kind]}' percentages"
        weights = _unequal_weights(case, line)
        text = f"The published {percentages.as_printed(printed.percent)} is the mean of {parts} ({_plain(mean / 10)}){weights}."
        yield Note("mean_of_percentages", text, case.about(line, [line.total]))


_COUNTED = {2: "two", 3: "three", 4: "four", 6: "six", 12: "twelve"}
_KINDS = {
    PeriodKind.MONTH: "months",
    PeriodKind.QUARTER: "quarters",
    PeriodKind.HALF_YEAR: "half-years",
    PeriodKind.YEAR: "years",
    PeriodKind.ROLLING_YEAR: "years",
}


def _plain(number: Fraction) -> str:
    """89.75, at most two decimals, no trailing noughts."""
    hundredths = percentages.whole(number * 100)
    return percentages.decimal(hundredths, 2).rstrip("0").rstrip(".")


def _unequal_weights(case: _Case, line: Line) -> str:
    counts = [count for cell, _, count in _printed_beside_counts(case, line) if cell is not line.total]
    few, many = (min(counts), max(counts)) if counts else (0, 0)
    return f", which gives {plural(few, 'case')} the same weight as {many:,}" if few < many else ""


_NEARLY = 10  # tenths: where no denominator fits a printed percentage exactly, those within one point may have been meant


def _may_be_pooled(case: _Case, line: Line, printed: int) -> bool:
    """Whether some whole denominators, one for each part, would pool to the printed percentage."""
    pairs = [(percent, count) for cell, percent, count in _printed_beside_counts(case, line) if cell is not line.total]
    return len(pairs) == len(line.cells) and any(_pools_to(pairs, printed, rounding) for rounding in percentages.ROUNDINGS)


def _pools_to(pairs: Sequence[tuple[int, int]], printed: int, rounding: percentages.Rounding) -> bool:
    fitting = [
        percentages.denominators(count, percent, rounding) or percentages.denominators(count, percent, rounding, _NEARLY)
        for percent, count in pairs
    ]
    if not all(fitting):
        return False
    together = percentages.denominators(sum(count for _, count in pairs), printed, rounding)
    least, most = sum(each.start for each in fitting), sum(each.stop - 1 for each in fitting)
    return max(least, together.start) <= min(most, together.stop - 1)


# Rule: a printed figure that is not what the hub works out.


def _published_differs(case: _Case) -> Iterator[Note]:
    if not case.printed:
        return
    for line in case.lines.values():
        for period, cell in (*zip(case.columns, line.cells, strict=True), (case.total, line.total)):
            printed = case.printed.get((line.indicator, period.label))
            text = _difference(line, cell, printed) if printed and (cell is not line.total or _is_whole(line)) else ""
            if text:
                yield Note("published_differs", f"{line.label}: {text}", case.about(line, [cell]))


def _difference(line: Line, cell: Cell, printed: ObservationRow) -> str:
    if cell.value is None or cell.status is CellStatus.AS_PUBLISHED:
        return ""
    if printed.percent is not None and cell.out_of is not None and cell.percent is not None:
        fits = any(percentages.prints(cell.value, cell.out_of, printed.percent, rounding) for rounding in percentages.ROUNDINGS)
        counts = f"{_number(cell.value, line.decimals)} of {_number(cell.out_of, line.decimals)}"
        said = f"the published {percentages.as_printed(printed.percent)} for {cell.period}"
        return "" if fits else f"{said} is not the {percentages.as_printed(cell.percent)} that {counts} gives."
    if printed.value is None or (printed.value, printed.out_of or cell.out_of) == (cell.value, cell.out_of):
        return ""
    gives = f"the figures reported give {_number(cell.value, line.decimals)}"
    return f"the published figure for {cell.period} is {_number(printed.value, line.decimals)}; {gives}."


# Rules: what else a reader must know of a line.


def _as_published(case: _Case) -> Iterator[Note]:
    for line in case.lines.values():
        cells = () if line.total.value is not None else [cell for cell in line.cells if cell.value is None and cell.percent is not None]
        if cells:
            text = f"{line.label}: as published, cannot be pooled: no denominators."
            yield Note("as_published", text, case.about(line, cells))


def _as_at(case: _Case) -> Iterator[Note]:
    """A closing figure whose last period is not in yet is that of an earlier one."""
    late: dict[str, list[Line]] = {}
    for line in case.lines.values():
        if line.measure == "last" and line.total.value is not None and line.cells[-1].value is None:
            latest = next((cell.period for cell in reversed(line.cells) if cell.value is not None), None)
            if latest:
                late.setdefault(latest, []).append(line)
    for latest, lines in late.items():
        about = About(lines[0].service, lines[0].organisation, lines[0].indicator, tuple(line.total.receipt for line in lines))
        yield Note("as_at", f"{_listed([line.label for line in lines])}: as at the end of {latest}, the latest reported.", about)


# What the words of a note mean, for those who did not write it.
_EXPLAINED = {
    "impossible_percentage": "“Rounded half up”: to the nearest whole per cent, a half upwards. “Cut”: without what comes after the point.",
    "as_published": "“Pooled”: the counts are added up first, and the percentage is taken of the totals. That needs the denominators: the"
    " numbers that the percentages are out of.",
}


def explained(notes: Iterable[Note]) -> tuple[str, ...]:
    """A sentence for each word in these notes that not everybody knows."""
    kinds = {note.kind for note in notes}
    return tuple(sentence for kind, sentence in _EXPLAINED.items() if kind in kinds)


Rule = Callable[[_Case], Iterator[Note]]
RULES: tuple[Rule, ...] = (_impossible_percentages, _balances, _means_of_percentages, _published_differs, _as_published, _as_at)


def _listed(parts: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return f" {last} ".join((*([", ".join(parts[:-1])] if parts[:-1] else []), parts[-1]))


def _either(parts: Sequence[str]) -> str:
    return _listed(parts, "or")
