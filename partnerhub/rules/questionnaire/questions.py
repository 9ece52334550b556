"""Reading one question, or one column of a table, of a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from partnerhub.rules.expressions import Expression
from partnerhub.rules.question_types import TYPES, Choice, Limit, QuestionType
from partnerhub.rules.question_types.dates import Date
from partnerhub.rules.question_types.numbers import Breakdown, Computed, Decimal, Money, Percentage
from partnerhub.rules.question_types.tables import MOST_ROWS, Table
from partnerhub.rules.questionnaire.definition import (
    EVERYONE,
    FACTS,
    PROFILE,
    READERS,
    Indicator,
    Question,
    RowRule,
    Severity,
    Share,
)
from partnerhub.rules.questionnaire.dependencies import in_order, with_unit
from partnerhub.rules.questionnaire.entries import KEY, Entry, did_you_mean
from partnerhub.rules.questionnaire.library import MOST_DECIMALS, read_choices

MOST_OPTIONS = 300
MOST_COLUMNS = 20
MOST_ROW_RULES = 10
_EVERY_TYPE = frozenset().union(*(each.keys for each in TYPES.values()))
_SCALED = ("first", "last", "not_additive", "pooled_share", "pooled_ratio")
_COUNTED = ("sum", "first", "last", "not_additive")


@dataclass(frozen=True, slots=True)
class Draft:
    """A question of which only key and type are known yet."""

    entry: Entry
    key: str
    type: QuestionType
    section: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the other parts of the document say."""

    drafts: Mapping[str, Draft]
    indicators: Mapping[str, Indicator] | None
    """None: the document names no library, so what it cites cannot be checked."""
    breakdowns: Mapping[str, tuple[Choice, ...]]
    criteria: frozenset[str]
    built_in: Severity
    names: frozenset[str]


def draft(entry: Entry, section: str) -> Draft | None:
    """Key and type of a question; None when it cannot be told what it is."""
    key, name = entry.key("key"), entry.one_of("type", tuple(TYPES))
    if key in FACTS:
        entry.fault(f"“{key}” is the name of a fact ({FACTS[key]}): choose another key")
    return Draft(entry, key, TYPES[name], section) if key and name else None


def question(of: Draft, context: Context) -> Question:
    """The question, with every fault noted."""
    entry, type_ = of.entry, of.type
    parent = _parent(of, context)
    indicator = _indicator(of, parent, context)
    known = (context.indicators or {}).get(indicator)
    required, required_when, before_payment = _required(entry, context)
    breakdown, categories = _categories(of, known, context)
    figure_decimals, decimals = _decimals(of, parent, known)
    columns = tuple(_columns(of)) if isinstance(type_, Table) else ()
    value, share = _worked_out(of, context) if isinstance(type_, Computed) else (None, None)
    options, options_from = _options(of)
    made = Question(
        key=of.key,
        type=type_,
        section=of.section,
        label=_label(of, parent, known, breakdown),
        help=entry.text("help", longest=4_000),
        why=entry.text("why", longest=4_000) or (known.why if known and not parent else ""),
        required=required,
        required_when=required_when,
        before_payment=before_payment,
        limit=_limit(entry, type_),
        indicator=indicator,
        figure_decimals=figure_decimals,
        decimals=decimals,
        is_ratio=known is not None and known.is_ratio,
        is_stated=entry.has("decimals"),
        is_money=isinstance(type_, Money) or (parent is not None and isinstance(parent.type, Money)),
        show_if=entry.expression("show_if", context.names, condition=True),
        stop_if=entry.expression("stop_if", context.names, condition=True),
        stop_message=entry.text("stop_message"),
        visible_to=entry.one_of("visible_to", READERS, EVERYONE),
        publish=entry.flag("publish"),
        reuse=_known(entry, "reuse", PROFILE, "part of the organisation's profile"),
        carry_forward=_carried(of, context),
        may_not_apply=entry.flag("not_applicable", default=bool(indicator) and type_.is_number and type_.is_typed),
        short=entry.flag("short", default=True),
        score=_known(entry, "score", context.criteria, "criterion"),
        options=options,
        options_from=options_from,
        of=parent.key if parent else "",
        breakdown=breakdown,
        categories=categories,
        adds_up=entry.flag("adds_up", default=True) if isinstance(type_, Breakdown) else True,
        severity=Severity(entry.one_of("severity", tuple(Severity), context.built_in)) if "severity" in type_.keys else context.built_in,
        counted=_counted(parent),
        number_label=entry.text("number_label", longest=300) if isinstance(type_, Percentage) else "",
        out_of_label=entry.text("out_of_label", longest=300) if isinstance(type_, Percentage) else "",
        number_from=_number_from(of, context),
        value=value,
        share=share,
        columns=columns,
        totals=_totals(entry, columns) if columns else (),
        row_rules=tuple(_row_rules(of, columns, context)) if columns else (),
    )
    _agree(of, made)
    entry.finish(_EVERY_TYPE)
    return _with_cells(made)


def _with_cells(made: Question) -> Question:
    """The question with its fixed cells, which its type tells from the rest of it."""
    return replace(made, cells=made.type.cells(made))


def _agree(of: Draft, made: Question) -> None:
    entry, type_ = of.entry, of.type
    if not type_.is_typed and (made.required or made.required_when):
        entry.fault("nobody answers this, so it cannot be required")
    if made.stop_if is None and made.stop_message:
        entry.fault("“stop_message” needs “stop_if”")
    if made.may_not_apply and isinstance(type_, Table):
        entry.fault("a table cannot be answered “not applicable”")
    if type_.name == "file" and made.visible_to != EVERYONE:
        entry.fault(f"files are asked of everyone only: a question of type file cannot be for {made.visible_to}")
    if made.indicator and not type_.is_number:
        entry.fault(f"a question of type {type_.name} yields no figure, so it cannot cite an indicator")


def _label(of: Draft, parent: Draft | None, known: Indicator | None, breakdown: str) -> str:
    label = of.entry.text("label", longest=500)
    if label:
        return label
    if parent and breakdown:
        return f"{parent.entry.text('label', longest=500) or parent.key} by {breakdown.replace('_', ' ')}"
    if known and isinstance(of.type, Computed):
        return known.label
    of.entry.fault("“label” is missing")
    return ""


def _known(entry: Entry, key: str, known: Mapping[str, object] | frozenset[str], what: str) -> str:
    word = entry.text(key, longest=200)
    if word and word not in known:
        entry.fault(f"“{key}” names no {what}: “{word}”.{did_you_mean(word, known)}")
        return ""
    return word


def _required(entry: Entry, context: Context) -> tuple[bool, Expression | None, bool]:
    given = entry.raw("required")
    if given == "before_payment":
        return False, None, True
    if isinstance(given, dict):
        when = Entry(given, f"{entry.place} required", entry.faults)
        condition = when.expression("when", context.names, condition=True)
        if not when.has("when"):
            when.fault("“when” is missing")
        when.finish()
        return False, condition, False
    return entry.flag("required"), None, False


def _limit(entry: Entry, type_: QuestionType) -> Limit:
    given = entry.entry("limit")
    if given is None:
        return Limit()
    limits = type_.limits
    ends: dict[str, int | Fraction | str | None] = {}
    for end in sorted({"min", "max"} & limits):
        ends[end] = _day(given, end, type_) if isinstance(type_, Date) else given.number(end)
    sizes = {"words": 20_000, "characters": 100_000, "rows": MOST_ROWS, "choices": MOST_OPTIONS, "files": 50, "megabytes": 25}
    counts = {each: given.whole(each, most=most) for each, most in sizes.items() if each in limits}
    given.finish((*sizes, "min", "max"))
    least, most = ends.get("min"), ends.get("max")
    if type_.is_number and least is None and not isinstance(type_, Percentage):
        least = 0
    if least is not None and most is not None and least > most:  # ty: ignore[unsupported-operator]
        given.fault(f"the limits contradict each other: min {least}, max {most}")
    return Limit(**ends, **counts)  # ty: ignore[invalid-argument-type]


def _day(entry: Entry, key: str, type_: Date) -> str | None:
    text = entry.text(key, longest=40)
    iso = type_.iso(text) if text else None
    if text and iso is None:
        entry.fault(f"“{key}” should be {type_.example}")
    return iso


def _options(of: Draft) -> tuple[tuple[Choice, ...], str]:
    if "options_from" not in of.type.keys:
        return (), ""
    source = of.entry.text("options_from", longest=60)
    if source and not all(KEY.fullmatch(part) for part in source.split(".", 1)):
        of.entry.fault(f"“options_from” names a list of reference data, such as districts or priorities.people_zones, not “{source}”")
    if of.type.name == "organisation":
        return (), source or "other_organisations"
    given = of.entry.has("options")
    if given == bool(source):
        of.entry.fault("give only one of them: “options” or “options_from”" if given else "“options” is missing")
    return (read_choices(of.entry, "options", most=MOST_OPTIONS) if given else ()), source


# Figures


def _parent(of: Draft, context: Context) -> Draft | None:
    if not isinstance(of.type, Breakdown):
        return None
    key = of.entry.text("of", longest=200)
    parent = context.drafts.get(key)
    if key and parent is None:
        of.entry.fault(f"“of” names no question: “{key}”.{did_you_mean(key, context.drafts)}")
    elif parent and (not parent.type.is_number or parent.type.is_share or isinstance(parent.type, Breakdown)):
        of.entry.fault(f"“{key}” is not one number, so it cannot be broken down")
        return None
    return parent


def _counted(parent: Draft | None) -> QuestionType:
    return TYPES["whole_number"] if parent is None or isinstance(parent.type, Computed) else parent.type


def _indicator(of: Draft, parent: Draft | None, context: Context) -> str:
    key = of.entry.text("indicator", longest=200) or (parent.entry.text("indicator", longest=200) if parent else "")
    known = context.indicators
    if not key or known is None:
        return key
    if key not in known:
        if of.entry.has("indicator"):
            of.entry.fault(f"unknown indicator “{key}”.{did_you_mean(key, known)}")
        return ""
    is_share = of.type.is_share or (isinstance(of.type, Computed) and of.entry.has("out_of"))
    allowed = _SCALED if is_share else _COUNTED
    if of.type.is_number and known[key].measure not in allowed:
        of.entry.fault(f"the indicator “{key}” is combined as {known[key].measure}; this question can feed {', '.join(allowed)}")
    return key


def _categories(of: Draft, known: Indicator | None, context: Context) -> tuple[str, tuple[Choice, ...]]:
    if not isinstance(of.type, Breakdown):
        return "", ()
    name = of.entry.text("breakdown", longest=200, needed=True)
    if name and name not in context.breakdowns:
        of.entry.fault(f"unknown breakdown “{name}”.{did_you_mean(name, context.breakdowns)}")
    elif known and name and name not in known.breakdowns:
        theirs = ", ".join(known.breakdowns) or "none"
        of.entry.fault(f"the indicator “{known.key}” is not broken down by “{name}” (its breakdowns: {theirs})")
    return name, context.breakdowns.get(name, ())


def _decimals(of: Draft, parent: Draft | None, known: Indicator | None) -> tuple[int, int]:
    """Decimals of its figures, and its own."""
    source = parent if parent and not isinstance(parent.type, Computed) else of
    if isinstance(source.type, Money):
        own = 2
    elif isinstance(source.type, (Decimal, Computed)):
        own = source.entry.whole("decimals", least=0, most=MOST_DECIMALS)
        own = (1 if isinstance(source.type, Decimal) else 0) if own is None else own
    else:
        own = 0
    figure = known.decimals if known else own
    if known and figure < own and not isinstance(of.type, Computed):
        of.entry.fault(f"the question has {own} decimals and its indicator “{known.key}” only {figure}")
    return max(figure, own) if not isinstance(of.type, Computed) else figure, own


def _number_from(of: Draft, context: Context) -> str:
    if "number_from" not in of.type.keys:
        return ""
    key = _known(of.entry, "number_from", context.drafts, "question")
    if key and not context.drafts[key].type.is_number:
        of.entry.fault(f"“number_from” should name a number; “{key}” is {context.drafts[key].type.name}")
    return key


def _carried(of: Draft, context: Context) -> str:
    key = _known(of.entry, "carry_forward", context.drafts, "question")
    if key and context.drafts[key].type is not of.type:
        of.entry.fault(f"“carry_forward” should name a question of the same type; “{key}” is {context.drafts[key].type.name}")
    return key


def _worked_out(of: Draft, context: Context) -> tuple[Expression | None, Share | None]:
    """The expressions of a computed question: one value, or a number and what it is out of."""
    entry = of.entry
    value = entry.expression("value", context.names, condition=False)
    number = entry.expression("number", context.names, condition=False)
    out_of = entry.expression("out_of", context.names, condition=False)
    if entry.has("value") == entry.has("number") or entry.has("number") != entry.has("out_of"):
        entry.fault("give either “value”, or “number” and “out_of”")
    return value, Share(number, out_of) if number and out_of else None


# Tables


def _columns(of: Draft) -> list[Question]:
    made: list[Question] = []
    entries = of.entry.entries("columns", most=MOST_COLUMNS, needed=True)
    drafts = [each for entry in entries if (each := draft(entry, of.section))]
    names = frozenset(each.key for each in drafts) | frozenset(FACTS)
    for each in drafts:
        if not each.type.in_table and not isinstance(each.type, Computed):
            each.entry.fault(f"a column cannot be of type {each.type.name}")
        if any(each.key == other.key for other in made):
            each.entry.fault(f"the key “{each.key}” is used twice")
        made.append(_column(each, names))
    return worked_out_columns(of.entry, made)


def _column(of: Draft, names: frozenset[str]) -> Question:
    entry = of.entry
    options, options_from = _options(of)
    if not entry.has("label"):
        entry.content["label"] = of.key.replace("_", " ").capitalize()
    lone = Context({}, None, {}, frozenset(), Severity.STOPS, names)
    value, share = _worked_out(of, lone) if isinstance(of.type, Computed) else (None, None)
    figure_decimals, decimals = _decimals(of, None, None)
    made = Question(
        key=of.key,
        type=of.type,
        section=of.section,
        label=_label(of, None, None, ""),
        help=entry.text("help", longest=4_000),
        required=entry.flag("required"),
        limit=_limit(entry, of.type),
        figure_decimals=figure_decimals,
        decimals=decimals,
        is_stated=entry.has("decimals"),
        is_money=isinstance(of.type, Money),
        options=options,
        options_from=options_from,
        value=value,
    )
    if share:
        entry.fault("a column has one value: give “value”")
    if made.required and not of.type.is_typed:
        entry.fault("nobody fills in this column, so it cannot be required")
    entry.finish(_EVERY_TYPE)
    return _with_cells(made)


def worked_out_columns(entry: Entry, columns: list[Question]) -> list[Question]:
    """The columns with the units of computed ones; names those that need each other in a circle."""
    by_key = {each.key: each for each in columns}
    graph = {each.key: set(each.value.names) & set(by_key) for each in columns if each.value}
    order = in_order(graph, lambda circle: entry.fault(f"the columns need each other in a circle: {circle}"))
    for key in order:
        by_key[key] = with_unit(by_key[key], by_key)
    return [by_key[each.key] for each in columns]


def _totals(entry: Entry, columns: tuple[Question, ...]) -> tuple[str, ...]:
    totals = entry.words("totals", most=MOST_COLUMNS)
    numbers = {each.key for each in columns if each.type.is_number}
    for each in totals:
        if each not in numbers:
            entry.fault(f"“totals” names no column with numbers: “{each}”.{did_you_mean(each, numbers)}")
    return tuple(each for each in totals if each in numbers)


def _row_rules(of: Draft, columns: tuple[Question, ...], context: Context) -> list[RowRule]:
    names = frozenset(each.key for each in columns) | frozenset(FACTS)
    made = []
    for at, entry in enumerate(of.entry.entries("row_rules", most=MOST_ROW_RULES)):
        test = entry.expression("test", names, condition=True)
        message = entry.text("message", needed=True)
        severity = Severity(entry.one_of("severity", tuple(Severity), context.built_in))
        if not entry.has("test"):
            entry.fault("“test” is missing")
        elif test and not set(test.names) & {each.key for each in columns}:
            entry.fault("the rule names no column")
        elif test:
            made.append(RowRule(f"_row_{of.key}_{at + 1}", test, message, severity))
        entry.finish()
    return made
