"""From a document to a Questionnaire, naming every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from partnerhub.rules.expressions import Expression, Use
from partnerhub.rules.question_types.numbers import Breakdown
from partnerhub.rules.questionnaire.definition import (
    EVERYONE,
    FACTS,
    Band,
    Check,
    Criterion,
    Question,
    Questionnaire,
    Scoring,
    Section,
    Severity,
    Swing,
)
from partnerhub.rules.questionnaire.dependencies import expressions_of, in_order, is_worked_out, needs, touched, with_unit
from partnerhub.rules.questionnaire.entries import Entry, Faults, did_you_mean
from partnerhub.rules.questionnaire.library import read_breakdowns, read_indicators
from partnerhub.rules.questionnaire.questions import Context, Draft, draft, question
from partnerhub.rules.questionnaire.uses import check_uses

KINDS = ("return", "application", "report")
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "both_or_neither", "not_both")
PAIRS = ("both_or_neither", "not_both")
BLANKS = ("skip_if_any", "skip_if_all", "never")
MOST_SECTIONS = 60
MOST_QUESTIONS = 200
MOST_ALTOGETHER = 600
MOST_CELLS = 5_000
MOST_CHECKS = 300
MOST_CRITERIA = 40


def parse(document: object, *, file: str = "") -> Questionnaire:
    """The questionnaire that `document` describes (the language: docs/questionnaires.md).

    Raises BadDefinition with every fault found; nothing else, whatever the document holds.
    """
    faults = Faults(file)
    if not isinstance(document, Mapping):
        faults.add("", "this is no questionnaire: it should be keys and values")
        faults.raise_if_any()
    made = _Parser(Entry(dict(document), "", faults)).questionnaire()  # ty: ignore[no-matching-overload]
    faults.raise_if_any()
    return made


class _Parser:
    """Reads one document: first what there is (keys and types), then each part in the light of the others."""

    def __init__(self, top: Entry) -> None:
        self.top = top
        self.indicators = read_indicators(top) if top.has("indicators") else None
        self.breakdowns = read_breakdowns(top)
        self.built_in = Severity(top.one_of("built_in", tuple(Severity), Severity.STOPS))
        self.scoring = self.read_scoring()
        self.section_entries = top.entries("sections", most=MOST_SECTIONS, needed=True)
        self.section_keys: list[str] = []
        self.drafts = self.read_drafts()
        self.names = frozenset(self.drafts) | frozenset(FACTS)
        criteria = frozenset(each.key for each in self.scoring.criteria) if self.scoring else frozenset()
        self.context = Context(self.drafts, self.indicators, self.breakdowns, criteria, self.built_in, self.names)
        self.places = {key: each.entry for key, each in self.drafts.items()}
        conditions = [each.expression("show_if", self.names, condition=True) for each in self.section_entries]
        self.shown_by = dict(zip(self.section_keys, conditions, strict=True))

    def read_drafts(self) -> dict[str, Draft]:
        found: dict[str, Draft] = {}
        for at, section in enumerate(self.section_entries):
            key = section.key("key") or f"_{at}"
            if key in self.section_keys:
                section.fault(f"the key “{key}” is used twice")
                key = f"_{at}"
            self.section_keys.append(key)
            for entry in section.entries("questions", most=MOST_QUESTIONS, needed=True):
                each = draft(entry, key)
                if each and each.key in found:
                    entry.fault(f"the key “{each.key}” is used twice (first at {found[each.key].entry.place})")
                elif each:
                    found[each.key] = each
        if len(found) > MOST_ALTOGETHER:
            self.top.fault(f"there are {len(found)} questions; the most is {MOST_ALTOGETHER}")
        return found

    def questionnaire(self) -> Questionnaire:
        top = self.top
        questions = {key: question(each, self.context) for key, each in self.drafts.items()}
        order = in_order(needs(questions, self.shown_by), self.circular)
        for key in order:
            questions[key] = with_unit(questions[key], questions)
        sections = self.sections(questions)
        by_section = {section.key: section for section in sections}
        checks = self.checks(questions)
        self.look_over(questions)
        made = Questionnaire(
            key=top.key("questionnaire"),
            title=top.text("title", longest=200, needed=True),
            kind=top.one_of("kind", KINDS),
            about=top.text("about", longest=8_000),
            swing=self.read_swing(),
            not_known_above=top.number("not_known_above", least=0, most=100),
            asks_about_personal_details=top.one_of("personal_details", ("asks", "off"), "asks") == "asks",
            built_in=self.built_in,
            short_version_when=top.expression("short_version_when", frozenset(FACTS), condition=True),
            sections=sections,
            questions=MappingProxyType(questions),
            checks=checks,
            scoring=self.scoring,
            indicators=MappingProxyType(self.indicators or {}),
            breakdowns=MappingProxyType(self.breakdowns),
            figures=tuple(each for each in questions.values() if each.indicator),
            order=order,
            conditional=tuple(key for key in order if _may_be_hidden(questions[key], by_section)),
            worked_out=tuple(key for key in order if is_worked_out(questions[key])),
            touched=MappingProxyType(touched(questions, self.shown_by, checks)),
            by_section=MappingProxyType(by_section),
        )
        top.finish()
        return made

    def circular(self, circle: str) -> None:
        self.top.faults.add(self.places[circle.split(" ")[0]].place, f"conditions or computed values go round in a circle: {circle}")

    def sections(self, questions: Mapping[str, Question]) -> tuple[Section, ...]:
        made = []
        for key, entry in zip(self.section_keys, self.section_entries, strict=True):
            section = Section(
                key=key,
                title=entry.text("title", longest=300, needed=True),
                intro=entry.text("intro", longest=8_000),
                show_if=self.shown_by[key],
                short=entry.flag("short", default=True),
                questions=tuple(each for each in questions.values() if each.section == key),
            )
            check_uses(section.show_if, questions, entry.fault)
            entry.finish()
            made.append(section)
        return tuple(made)

    def look_over(self, questions: Mapping[str, Question]) -> None:
        """What can only be seen with all questions in hand."""
        for key, each in questions.items():
            entry = self.places[key]
            for expression in (each.show_if, each.stop_if, each.required_when, *expressions_of(each)):
                check_uses(expression, questions, entry.fault)
        cells = sum(len(each.cells) for each in questions.values())
        if cells > MOST_CELLS:
            self.top.fault(f"there are {cells:,} boxes to fill in; the most is {MOST_CELLS:,}")
        self.one_figure_each(questions)

    def one_figure_each(self, questions: Mapping[str, Question]) -> None:
        """No two questions may feed the same figure."""
        fed: dict[tuple[str, str], str] = {}
        for key, each in questions.items():
            for category in _fed(each):
                other = fed.setdefault((each.indicator, category), key)
                if other != key:
                    kind = "" if category == "all" else f" by {category}"
                    self.places[key].fault(f"“{other}” already feeds the indicator “{each.indicator}”{kind}")

    # Checks

    def checks(self, questions: Mapping[str, Question]) -> tuple[Check, ...]:
        made: dict[str, Check] = {}
        for entry in self.top.entries("checks", most=MOST_CHECKS):
            check = self.check(entry, questions)
            entry.finish()
            if check and check.key in made:
                entry.fault(f"the key “{check.key}” is used twice")
            elif check:
                made[check.key] = check
        return tuple(made.values())

    def check(self, entry: Entry, questions: Mapping[str, Question]) -> Check | None:
        key, operator = entry.key("key"), entry.one_of("operator", OPERATORS)
        severity, message = entry.one_of("severity", tuple(Severity)), entry.text("message", needed=True)
        left_blanks, right_blanks = self.blanks(entry, operator)
        left, right = (entry.expression(side, self.names, condition=False) for side in ("left", "right"))
        for side in ("left", "right"):
            if not entry.has(side):
                entry.fault(f"“{side}” is missing")
        if not (key and operator and severity and left and right):
            return None
        for expression in (left, right):
            check_uses(expression, questions, entry.fault)
        about = _about((left, right), questions)
        if not about:
            entry.fault("the check names no question")
        sections = frozenset(questions[each].section for each, _ in about)
        return Check(key, left, operator, right, left_blanks, right_blanks, Severity(severity), message, about, sections)

    def blanks(self, entry: Entry, operator: str) -> tuple[str, str]:
        given = entry.raw("blanks")
        if given is not None and operator in PAIRS:
            entry.fault(f"“blanks” means nothing with {operator}")
        if isinstance(given, dict):
            sides = Entry(given, f"{entry.place} blanks", entry.faults)
            strategies = sides.one_of("left", BLANKS, BLANKS[0]), sides.one_of("right", BLANKS, BLANKS[0])
            sides.finish()
            return strategies
        strategy = entry.one_of("blanks", BLANKS, BLANKS[0])
        return strategy, strategy

    # The rest

    def read_swing(self) -> Swing | None:
        entry = self.top.entry("swing")
        if entry is None:
            return None
        percent, at_least = entry.number("percent", least=0, most=10_000), entry.number("at_least", least=0)
        entry.finish()
        if percent is None or at_least is None:
            entry.fault("“swing” needs “percent” and “at_least”")
            return None
        return Swing(percent, at_least)

    def read_scoring(self) -> Scoring | None:
        entry = self.top.entry("scoring")
        if entry is None:
            return None
        least, most, anchors = _scale(entry)
        criteria = _criteria(entry)
        marked = [each.key for each in criteria if not each.pass_fail]
        floor_criteria, floor_min = _floor(entry, marked, least, most)
        bands = []
        for each in entry.entries("bands", most=20):
            bands.append(Band(each.text("label", longest=100, needed=True), each.number("min", least=0, most=100) or 0))
            each.finish()
        tie_break = entry.words("tie_break")
        _all_marked(entry, "tie_break", tie_break, marked)
        line = entry.number("line", least=0, most=100)
        entry.finish()
        return Scoring(least, most, MappingProxyType(anchors), criteria, floor_criteria, floor_min, line, tuple(bands), tie_break)


def _fed(question: Question) -> list[str]:
    """The categories whose figures a question yields: "all", the key of a breakdown, or both."""
    if not question.indicator:
        return []
    if not isinstance(question.type, Breakdown):
        return ["all"]
    return [question.breakdown, "all"] if question.adds_up and not question.of else [question.breakdown]


def _may_be_hidden(question: Question, sections: Mapping[str, Section]) -> bool:
    section = sections[question.section]
    is_conditional = question.show_if or section.show_if or question.of
    return bool(is_conditional) or not (question.short and section.short) or question.visible_to != EVERYONE


def _about(sides: tuple[Expression, ...], questions: Mapping[str, Question]) -> tuple[tuple[str, str], ...]:
    """The cells a check names: those that are typed first, because a sentence stands beside a box."""
    uses = [use for side in sides for use in side.uses if use.name in questions]
    now = [use for use in uses if not use.how.startswith("previous")] or uses
    cells = dict.fromkeys((use.name, _cell(use, questions[use.name])) for use in now)
    return tuple(sorted(cells, key=lambda each: not questions[each[0]].type.is_typed))


def _cell(use: Use, question: Question) -> str:
    if use.how in ("cell", "previous_cell"):
        return use.detail
    return question.cells[0] if question.cells else ""


def _scale(entry: Entry) -> tuple[int, int, dict[int, str]]:
    scale = entry.entry("scale")
    if scale is None:
        entry.fault("“scale” is missing")
        return 0, 5, {}
    least, most = scale.number("min", least=0, most=100, whole=True), scale.number("max", least=1, most=100, whole=True)
    if least is None or most is None or least >= most:
        scale.fault("a scale needs a “min” below its “max”")
    anchors: dict[int, str] = {}
    given = scale.entry("anchors") or Entry({}, "", scale.faults)
    for mark in given.content:
        if mark.isascii() and mark.isdigit() and (least or 0) <= int(mark[:9]) <= (most or 0):
            anchors[int(mark)] = given.text(mark, longest=500)
        else:
            scale.fault(f"the anchor “{mark[:20]}” is no mark of the scale")
    scale.finish()
    return int(least or 0), int(most or 5), anchors


def _criteria(entry: Entry) -> tuple[Criterion, ...]:
    found: dict[str, Criterion] = {}
    for each in entry.entries("criteria", most=MOST_CRITERIA, needed=True):
        key, label = each.key("key"), each.text("label", longest=300, needed=True)
        weight, pass_fail = each.number("weight", least=0, most=100), each.flag("pass_fail")
        if pass_fail and each.has("weight"):
            each.fault("what is passed or failed has no “weight”")
        elif not (pass_fail or each.has("weight")):
            each.fault("“weight” is missing")
        if key in found:
            each.fault(f"the key “{key}” is used twice")
        found[key] = Criterion(key, label, weight or 0, pass_fail)
        each.finish()
    total = sum((Fraction(each.weight) for each in found.values()), Fraction(0))
    if found and total != 100:
        entry.fault(f"the weights add up to {float(total):g}, not to 100")
    return tuple(found.values())


def _floor(entry: Entry, marked: list[str], least: int, most: int) -> tuple[tuple[str, ...], int | Fraction | None]:
    floor = entry.entry("floor")
    if floor is None:
        return (), None
    criteria, lowest = floor.words("criteria"), floor.number("min", least=least, most=most)
    if not criteria or not floor.has("min"):
        floor.fault("a floor needs “criteria” and “min”")
    _all_marked(floor, "criteria", criteria, marked)
    floor.finish()
    return criteria, lowest


def _all_marked(entry: Entry, key: str, words: tuple[str, ...], marked: list[str]) -> None:
    for each in words:
        if each not in marked:
            entry.fault(f"“{key}” names no criterion that is marked on the scale: “{each}”.{did_you_mean(each, marked)}")
