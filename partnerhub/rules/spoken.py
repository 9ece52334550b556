"""A form in plain words: what is asked, within which limits, when, how answers are checked and scored. For reading and for paper."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from partnerhub.rules.expressions import Expression
from partnerhub.rules.question_types import NO_CHOICES, Choice, Choices, Limit
from partnerhub.rules.question_types.tables import Table
from partnerhub.rules.questionnaire import EVERYONE, FACTS, Check, Criterion, Question, Questionnaire, Scoring, Section, Severity
from partnerhub.rules.readable import plural
from partnerhub.rules.scoring import FORMULA

ANSWERS: Mapping[str, str] = {
    "short_text": "A few words",
    "long_text": "Text",
    "whole_number": "A whole number",
    "decimal": "A number",
    "money": "Pounds and pence",
    "percentage": "Two counts; the percentage is worked out",
    "percentage_as_published": "A percentage as it was printed",
    "yes_no": "Yes or no",
    "single_choice": "One of these",
    "multiple_choice": "Any of these",
    "date": "A date",
    "month": "A month",
    "email": "An e-mail address",
    "phone": "A telephone number",
    "postcode": "A postcode",
    "address": "An address",
    "organisation": "An organisation that the hub knows",
    "table": "A table",
    "breakdown": "Split into these groups",
    "computed": "Worked out for you",
    "file": "A file",
    "declaration": "A statement to agree with",
    "information": "To read; nothing is asked",
}
REFERENCE: Mapping[str, str] = {
    "districts": "the districts that the office works with",
    "organisations": "the organisations that the hub knows",
    "other_organisations": "the other organisations that the hub knows",
}
SEEN_BY: Mapping[str, str] = {
    "office": "Only the office sees this",
    "finance": "Only finance sees this",
    "assessor": "Only assessors see this",
}
SEVERITIES: Mapping[Severity, str] = {
    Severity.STOPS: "The form cannot be sent until this is put right.",
    Severity.ASKS: "Otherwise we ask for a reason, and the form can be sent with it.",
}

_COMPARED: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "is",
    ast.NotEq: "is not",
    ast.Lt: "is less than",
    ast.LtE: "is at most",
    ast.Gt: "is more than",
    ast.GtE: "is at least",
    ast.In: "is one of",
    ast.NotIn: "is none of",
}
_OPERATED: Mapping[type[ast.operator], str] = {ast.Add: "plus", ast.Sub: "less", ast.Mult: "times", ast.Div: "divided by"}
_OPERATORS: Mapping[str, str] = {
    "=": "must equal",
    "!=": "must not equal",
    "<": "must be less than",
    "<=": "must be at most",
    ">": "must be more than",
    ">=": "must be at least",
    "both_or_neither": "must be answered together with, or both left empty:",
    "not_both": "must not be answered together with",
}
_WITH_TWO: Mapping[str, str] = {"min": "the smallest of", "max": "the largest of"}


class _Speaker:
    """Says an expression with the labels of a form."""

    def __init__(self, form: Questionnaire) -> None:
        self.form = form

    def say(self, node: ast.expr) -> str:
        """One part of an expression; parts were checked when the form was read, so none is unknown."""
        match node:
            case ast.Constant(value=value):
                return self.constant(value)
            case ast.Name(id=name):
                return self.name(name)
            case ast.BinOp(left=left, op=operator, right=right):
                return f"{self.side(left, operator)} {_OPERATED[type(operator)]} {self.side(right, operator, after=True)}"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"it is not so that {self.say(operand)}"
            case ast.UnaryOp(operand=operand):
                return f"minus {self.side(operand, ast.Mult())}"
            case ast.BoolOp(op=operator, values=values):
                word = ", and " if isinstance(operator, ast.And) else ", or "
                return word.join(self.say(each) for each in values)
            case ast.Compare(left=left, ops=operators, comparators=rights):
                sides = [left, *rights]
                return ", and ".join(self.compare(sides[at], each, sides[at + 1]) for at, each in enumerate(operators))
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return ", ".join(self.say(each) for each in items)
            case ast.Call(func=ast.Name(id=function), args=arguments):
                return self.call(function, arguments)
        return ast.unparse(node)

    def side(self, node: ast.expr, of: ast.operator, after: bool = False) -> str:
        """A side of a sum or product, in brackets where they are needed."""
        is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub))
        needed = is_sum and (isinstance(of, (ast.Mult, ast.Div)) or (after and isinstance(of, ast.Sub)))
        return f"({self.say(node)})" if needed else self.say(node)

    def constant(self, value: object) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        return f"{value:,}" if isinstance(value, (int, float)) else f"“{value}”"

    def name(self, name: str) -> str:
        question = self.form.questions.get(name)
        return f"“{question.label}”" if question else FACTS.get(name, name.replace("_", " "))

    def compare(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> str:
        if isinstance(operator, (ast.In, ast.NotIn)) and isinstance(right, ast.Name):
            verb = "includes" if isinstance(operator, ast.In) else "does not include"
            return f"{self.name(right.id)} {verb} {self.option(right, left)}"
        if isinstance(right, (ast.List, ast.Tuple)):
            return f"{self.say(left)} {_COMPARED[type(operator)]} {', '.join(self.option(left, each) for each in right.elts)}"
        return f"{self.option(right, left)} {_COMPARED[type(operator)]} {self.option(left, right)}"

    def option(self, asked: ast.expr, answer: ast.expr) -> str:
        """An answer by its label, when `asked` is a question with options."""
        if isinstance(answer, ast.Constant) and isinstance(answer.value, str) and isinstance(asked, ast.Name):
            question = self.form.questions.get(asked.id)
            labels = {each.key: each.label for each in question.options} if question else {}
            labels |= {"yes": "Yes", "no": "No"} if question and question.type.name == "yes_no" else {}
            return f"“{labels.get(answer.value, answer.value)}”"
        return self.say(answer)

    def call(self, function: str, arguments: list[ast.expr]) -> str:
        said = [self.say(each) for each in arguments]
        if function in _WITH_TWO:
            return f"{_WITH_TWO[function]} {' and '.join(said)}"
        detail = arguments[1].value if len(arguments) > 1 and isinstance(arguments[1], ast.Constant) else ""
        named = arguments[0].id if isinstance(arguments[0], ast.Name) else ""
        part = f"“{self.part(named, str(detail))}”"
        return {
            "answered": f"{said[0]} is answered",
            "starts": f"{said[0]} begins with {part}",
            "sum": f"the total of {said[0]}",
            "cell": f"{said[0]}: {part}",
            "column": f"the total of {part} in {said[0]}",
            "previous": f"{said[0]} of the period before",
            "previous_cell": f"{said[0]}: {part} of the period before",
            "abs": f"the size of ({said[0]})",
            "days": said[0],
        }.get(function, f"{function} of {', '.join(said)}")

    def part(self, name: str, key: str) -> str:
        """A cell, category or column of a question by its label."""
        question = self.form.questions.get(name)
        if question is None:
            return key
        labels = {"number": question.number_label, "out_of": question.out_of_label} if question.number_label else {}
        labels |= dict(question.categories) | {each.key: each.label for each in question.columns}
        return labels.get(key) or key.replace("_", " ")


def expression(said: Expression, form: Questionnaire) -> str:
    """An expression with labels instead of keys: "“Cases open at start” plus “Referrals accepted”"."""
    return _Speaker(form).say(ast.parse(said.text.replace("\n", " "), mode="eval").body)


def condition(said: Expression | None, form: Questionnaire, start: str) -> list[str]:
    """One sentence that begins with `start`, or none."""
    return [f"{start} {expression(said, form)}."] if said else []


def number(value: int | Fraction | str | None) -> str:
    return f"{float(value):,.10g}" if isinstance(value, (int, Fraction)) else str(value)


def limits(limit: Limit) -> list[str]:
    """Limits as phrases: "from 0 to 100,000", "at most 200 words"."""
    found = []
    if limit.min is not None and limit.max is not None:
        found.append(f"from {number(limit.min)} to {number(limit.max)}")
    elif limit.max is not None:
        found.append(f"at most {number(limit.max)}")
    elif limit.min is not None:
        found.append(f"{number(limit.min)} or more")
    counts = (
        (limit.words, "word", ""),
        (limit.characters, "character", ""),
        (limit.rows, "row", ""),
        (limit.choices, "of them", "of them"),
        (limit.files, "file", ""),
        (limit.megabytes, "megabyte each", "megabytes each"),
    )
    return found + [f"at most {plural(count, one, many)}" for count, one, many in counts if count is not None]


@dataclass(frozen=True, slots=True)
class SpokenQuestion:
    """A question as it stands on paper."""

    question: Question
    answer: str
    must: list[str]
    """When it is asked and must be answered, and how a computed value comes about: what paper needs too."""
    notes: list[str]
    options: tuple[Choice, ...]
    boxes: list[str]
    """Labels of the boxes of its answer, "" for a single one."""


def sections(form: Questionnaire, for_everyone: bool = True, choices: Choices = NO_CHOICES) -> list[tuple[Section, list[SpokenQuestion]]]:
    """The sections with their questions; for everyone, without those that only the office sees."""
    found = [
        (
            section,
            [question(each, form, choices) for each in section.questions if not for_everyone or form.is_put_to(each.key, (EVERYONE,))],
        )
        for section in form.sections
    ]
    return [(section, questions) for section, questions in found if questions]


def question(asked: Question, form: Questionnaire, choices: Choices = NO_CHOICES) -> SpokenQuestion:
    """What is asked, and everything that is said about the answer. `choices`: the lists of reference data that may be printed."""
    bounds = limits(asked.limit)
    options = asked.options or asked.categories or choices.get(asked.options_from, ())
    answer = ANSWERS[asked.type.name] + (f" ({', '.join(bounds)})" if bounds else "")
    if asked.options_from and not options:
        answer += f": {REFERENCE.get(asked.options_from, asked.options_from.rpartition('.')[2].replace('_', ' '))}"
    return SpokenQuestion(asked, answer, _must(asked, form), [*_marked(asked, form), *_notes(asked, form)], options, _boxes(asked))


def _marked(asked: Question, form: Questionnaire) -> list[str]:
    """What the answer counts for."""
    criteria = form.scoring.criteria if form.scoring else ()
    return [f"Marked as “{each.label}”: {weight(each)}." for each in criteria if each.key == asked.score]


def weight(criterion: Criterion) -> str:
    """What a criterion counts for."""
    return "must be passed" if criterion.pass_fail else f"{number(criterion.weight)}% of the whole mark"


def _must(asked: Question, form: Questionnaire) -> list[str]:
    found = condition(asked.required_when, form, "Must be answered when")
    if asked.required or asked.before_payment:
        found.append("Must be answered." if asked.required else "Must be answered before money is paid.")
    found += condition(asked.show_if, form, "Asked only when") + condition(asked.stop_if, form, "The form stops when")
    return found + _worked_out(asked, form)


def _notes(asked: Question, form: Questionnaire) -> list[str]:
    notes = [f"In every row: {rule.message}. {SEVERITIES[rule.severity]}" for rule in asked.row_rules]
    indicator = None if asked.of else form.indicators.get(asked.indicator)
    notes += [
        note
        for holds, note in (
            (asked.stop_message, f"It then says: “{asked.stop_message}”"),
            (asked.may_not_apply, "May be answered “not applicable”, which is not zero."),
            (indicator, f"Feeds the indicator “{indicator.label if indicator else ''}”."),
            (asked.carry_forward, "Filled in from what was said before; you can change it."),
            (asked.reuse, "Filled in from the organisation's profile; you can change it."),
            (asked.visible_to != EVERYONE, f"{SEEN_BY.get(asked.visible_to, asked.visible_to)}."),
            (asked.publish, "The answer may be published."),
            (not asked.short, "Left out in the short version."),
        )
        if holds
    ]
    return notes


def _worked_out(asked: Question, form: Questionnaire) -> list[str]:
    """How a computed value comes about, and what a split must add up to."""
    if asked.value:
        return [f"Worked out as {expression(asked.value, form)}."]
    if asked.share:
        return [f"Worked out as {expression(asked.share.number, form)}, out of {expression(asked.share.out_of, form)}."]
    if asked.of and asked.adds_up:
        return [f"The groups must add up to “{form.questions[asked.of].label}”. {SEVERITIES[asked.severity]}"]
    return ["A person may be in several groups, so they need not add up."] if asked.of else []


def _boxes(asked: Question) -> list[str]:
    if not asked.type.is_typed or isinstance(asked.type, Table):
        return []
    labels = dict(asked.categories) | {"number": asked.number_label or "number", "out_of": asked.out_of_label or "out of"}
    labels |= {"line1": "Address line 1", "line2": "Address line 2", "town": "Town or city", "postcode": "Postcode"}
    return [labels.get(cell, "") for cell in asked.cells]


def checks(form: Questionnaire, for_everyone: bool = True) -> list[Check]:
    """Those that a form states; for everyone, without those that name a question that only the office sees."""
    return [each for each in form.checks if not for_everyone or all(form.is_put_to(key, (EVERYONE,)) for key, _cell in each.about)]


def check(said: Check, form: Questionnaire) -> str:
    """A check as one sentence, and what happens when it fails."""
    speaker = _Speaker(form)
    left, right = (speaker.say(ast.parse(each.text.replace("\n", " "), mode="eval").body) for each in (said.left, said.right))
    return f"{left} {_OPERATORS[said.operator]} {right}. {SEVERITIES[said.severity]}"


def built_in_checks(form: Questionnaire) -> list[str]:
    """What is checked in every form of this kind without being listed."""
    severity = SEVERITIES[form.built_in]
    found = []
    if any(each.type.is_share and each.type.is_typed for each in form.questions.values()):
        found.append(f"A count must not be more than what it is out of. {severity}")
    if any(each.of and each.adds_up for each in form.questions.values()):
        found.append("Groups must add up to the figure they belong to.")
    if form.swing:
        found.append(
            f"A figure that moved by more than {number(form.swing.percent)} per cent and by more than {number(form.swing.at_least)} "
            "since the period before needs a reason."
        )
    if form.not_known_above is not None:
        found.append(f"More than {number(form.not_known_above)} per cent “not known” in any split needs a reason.")
    if form.asks_about_personal_details:
        found.append("Text that seems to hold an address, a telephone number or other personal details needs a reason.")
    return found


def marking(scoring: Scoring) -> list[str]:
    """How answers are marked, besides the criteria and their weights."""
    labels = {each.key: f"“{each.label}”" for each in scoring.criteria}
    found = [f"Each criterion is marked from {scoring.min} to {scoring.max}.", FORMULA]
    if scoring.must_be_passed:
        found.append("A percentage counts only when every criterion that must be passed is passed.")
    if scoring.floor_criteria:
        floor = " or ".join(labels[key] for key in scoring.floor_criteria)
        found.append(f"A bid whose mark is below {number(scoring.floor_min)} on {floor} cannot be recommended, whatever its percentage.")
    if scoring.tie_break:
        found.append(f"Between equal percentages the marks decide: {', then '.join(labels[key] for key in scoring.tie_break)}.")
    if scoring.line is not None:
        found.append(
            f"Applications are ranked by percentage. Money usually goes to those at {number(scoring.line)}% or more: this is the line."
        )
    return found
