"""The small language of conditions, checks and computed values: compiled to closures, exact, bounded, unable to reach anything else.

It is Python's expression syntax with names, numbers, quoted text, `+ - * /`, comparisons, `in`, `and or not` and the functions
listed in FUNCTIONS. There is no attribute, index, power, import or call of anything else.

Three values besides numbers and text are known: true, false and BLANK (not answered, hidden, or not applicable). Arithmetic with
BLANK is BLANK, and so is a division by zero. A comparison with BLANK is BLANK; `and`, `or` and `not` follow Kleene: what is
decided by the known side is decided, the rest stays BLANK. A condition holds only when it is true.
"""

import ast
import operator
import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Protocol

from partnerhub.rules.errors import BadDefinition, Fault

LONGEST: Final = 500
MOST_PARTS: Final = 200
DEEPEST: Final = 60
BIGGEST: Final = 10**15


class Blank:
    """Nothing there. Its one instance is BLANK."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "BLANK"


BLANK: Final = Blank()
Result = int | Fraction | str | bool | tuple[str, ...] | Blank


class Lookup(Protocol):
    """Where an expression finds its values; each answer may be BLANK."""

    def value(self, name: str) -> Result: ...
    def cell(self, name: str, cell: str) -> Result: ...
    def total(self, name: str) -> Result: ...
    def column(self, name: str, column: str) -> Result: ...
    def previous(self, name: str) -> Result: ...
    def previous_cell(self, name: str, cell: str) -> Result: ...
    def days(self, name: str) -> Result: ...
    def answered(self, name: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Use:
    """One thing an expression reads: `how` is "value" or one of the functions that read (sum, cell, column, previous…)."""

    how: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. `evaluate(lookup)` gives a number (int or Fraction), text, true, false or BLANK."""

    text: str
    uses: tuple[Use, ...]
    compared: tuple[tuple[str, str, bool], ...]
    """Names compared with a text, the text, and whether the name was searched for it ('a' in name): so that a condition on an option
    that does not exist is found."""
    is_condition: bool
    divides: bool
    terms: tuple[tuple[int, Use], ...] | None
    """Its parts as (+1 or -1, use) when it only adds and subtracts; else None."""
    evaluate: Callable[[Lookup], Result]

    @property
    def names(self) -> tuple[str, ...]:
        """What it reads, in the order written, each once."""
        return tuple(dict.fromkeys(use.name for use in self.uses))

    def holds(self, lookup: Lookup) -> bool:
        """Whether it is true: BLANK is not."""
        return self.evaluate(lookup) is True


def compile(text: object, names: Container[str] | None = None) -> Expression:  # noqa: A001 (a short name for it)
    """Reads `text`; `names` are the names it may use (None: any). Raises BadDefinition with every fault found."""
    compiler = _Compiler(names)
    tree = _tree(text)
    evaluate = compiler.part(tree)
    if compiler.faults:
        raise BadDefinition([Fault("", "", each) for each in dict.fromkeys(compiler.faults)])
    return Expression(
        text=str(text).strip(),
        uses=tuple(dict.fromkeys(compiler.uses)),
        compared=tuple(compiler.compared),
        is_condition=_is_condition(tree),
        divides=any(isinstance(each, ast.Div) for each in ast.walk(tree)),
        terms=_terms(tree, 1),
        evaluate=evaluate,
    )


_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")
_ODD_NUMBER = re.compile(r"(?<![\w.])[0-9][0-9.]*[A-Za-z_]")


def _tree(text: object) -> ast.expr:
    if not isinstance(text, str) or not text.strip():
        raise _bad('an expression is a text such as "referrals_accepted > 0"')
    if len(text) > LONGEST:
        raise _bad(f"the expression has {len(text)} characters; the longest allowed is {LONGEST}")
    line = text.strip().replace("\n", " ")
    if "\\" in line or _ODD_NUMBER.search(_QUOTED.sub("''", line)):
        raise _bad(f"“{_shown(line)}” cannot be read: write numbers in plain digits, and no backslashes")
    try:
        tree = ast.parse(line, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _bad(f"“{_shown(line)}” cannot be read as an expression") from None
    parts, depth = _size(tree)
    if parts > MOST_PARTS or depth > DEEPEST:
        raise _bad(f"the expression is too long: at most {MOST_PARTS} parts, nested at most {DEEPEST} deep")
    return tree


def _size(tree: ast.AST) -> tuple[int, int]:
    """How many parts, and how deep; without recursion, because what comes may be hostile."""
    parts = depth = 0
    level: list[ast.AST] = [tree]
    while level:
        depth += 1
        parts += sum(isinstance(each, ast.expr) for each in level)
        level = [child for each in level for child in ast.iter_child_nodes(each)]
    return parts, depth


def _shown(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _bad(text: str) -> BadDefinition:
    return BadDefinition([Fault("", "", text)])


# What can be worked out

Part = Callable[[Lookup], Result]


def _is_number(value: object) -> bool:
    return type(value) is int or type(value) is Fraction


def _divide(left: Any, right: Any) -> Result:
    return plain(Fraction(left) / right) if right else BLANK


def plain(number: int | Fraction) -> int | Fraction:
    """A whole fraction as an int, which is much quicker to work with."""
    return number.numerator if number.denominator == 1 else number


_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Result]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
}
_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_SAME: dict[type[ast.cmpop], bool] = {ast.Eq: True, ast.NotEq: False}
_AMONG: dict[type[ast.cmpop], bool] = {ast.In: True, ast.NotIn: False}


def _arithmetic(work: Callable[[Any, Any], Result], left: Part, right: Part) -> Part:
    def run(lookup: Lookup) -> Result:
        first, second = left(lookup), right(lookup)
        return work(first, second) if _is_number(first) and _is_number(second) else BLANK

    return run


def _ordered(compare: Callable[[Any, Any], bool], left: Part, right: Part) -> Part:
    def run(lookup: Lookup) -> Result:
        first, second = left(lookup), right(lookup)
        alike = (_is_number(first) and _is_number(second)) or (isinstance(first, str) and isinstance(second, str))
        return compare(first, second) if alike else BLANK

    return run


def _same(wanted: bool, left: Part, right: Part) -> Part:
    def run(lookup: Lookup) -> Result:
        first, second = left(lookup), right(lookup)
        if first is BLANK or second is BLANK:
            return BLANK
        return ((type(first) is bool) == (type(second) is bool) and first == second) is wanted

    return run


def _among(wanted: bool, left: Part, right: Part) -> Part:
    def run(lookup: Lookup) -> Result:
        first, second = left(lookup), right(lookup)
        if first is BLANK or not isinstance(second, tuple):
            return BLANK
        return (first in second) is wanted

    return run


def _all(parts: list[Part], decides: bool) -> Part:
    """`and` (decided by a false part) or `or` (decided by a true one)."""

    def run(lookup: Lookup) -> Result:
        known = True
        for part in parts:
            found = part(lookup)
            if found is decides:
                return decides
            known = known and isinstance(found, bool)
        return (not decides) if known else BLANK

    return run


def _opposite(part: Part) -> Part:
    def run(lookup: Lookup) -> Result:
        found = part(lookup)
        return (not found) if isinstance(found, bool) else BLANK

    return run


def _of_numbers(work: Callable[[list[Any]], Result], parts: list[Part]) -> Part:
    def run(lookup: Lookup) -> Result:
        found = [part(lookup) for part in parts]
        return work(found) if all(_is_number(each) for each in found) else BLANK

    return run


def _constant(value: Result) -> Part:
    return lambda lookup: value


def _starts(name: str, beginning: str) -> Part:
    def run(lookup: Lookup) -> Result:
        found = lookup.value(name)
        return found.startswith(beginning) if isinstance(found, str) else BLANK

    return run


# Functions on a question: name -> (has a second, quoted part; how it is read)
_READ: dict[str, tuple[bool, Callable[[str, str], Part]]] = {
    "value": (False, lambda name, _: lambda lookup: lookup.value(name)),
    "sum": (False, lambda name, _: lambda lookup: lookup.total(name)),
    "cell": (True, lambda name, cell: lambda lookup: lookup.cell(name, cell)),
    "column": (True, lambda name, column: lambda lookup: lookup.column(name, column)),
    "previous": (False, lambda name, _: lambda lookup: lookup.previous(name)),
    "previous_cell": (True, lambda name, cell: lambda lookup: lookup.previous_cell(name, cell)),
    "days": (False, lambda name, _: lambda lookup: lookup.days(name)),
    "answered": (False, lambda name, _: lambda lookup: lookup.answered(name)),
    "starts": (True, _starts),
}
_WORK: dict[str, tuple[int, int, Callable[[list[Any]], Result]]] = {
    "min": (2, 20, min),
    "max": (2, 20, max),
    "abs": (1, 1, lambda numbers: abs(numbers[0])),
}
FUNCTIONS: Final = (*(each for each in _READ if each != "value"), *_WORK)
_CONDITIONS = ("answered", "starts")


def read(use: Use, lookup: Lookup) -> Result:
    """The value of one use of an expression."""
    return _READ[use.how][1](use.name, use.detail)(lookup)


class _Compiler:
    """Turns a tree into closures and notes what it reads; faults are collected so that all are named at once."""

    def __init__(self, names: Container[str] | None) -> None:
        self.known = names
        self.faults: list[str] = []
        self.uses: list[Use] = []
        self.compared: list[tuple[str, str, bool]] = []

    def part(self, node: ast.expr) -> Part:
        build = self.BUILDERS.get(type(node))
        return build(self, node) if build else self.fault(f"{_called(node)} cannot be used in an expression")

    def fault(self, text: str) -> Part:
        self.faults.append(text)
        return _constant(BLANK)

    def use(self, how: str, name: str, detail: str = "") -> Part:
        if self.known is not None and name not in self.known:
            return self.fault(f"“{name}” is neither a question nor a known fact")
        self.uses.append(Use(how, name, detail))
        return _READ[how][1](name, detail)

    def name(self, node: Any) -> Part:
        return self.use("value", node.id)

    def constant(self, node: Any) -> Part:
        value = node.value
        if isinstance(value, (bool, str)):
            return _constant(value)
        if isinstance(value, (int, float)) and abs(value) <= BIGGEST:
            return _constant(plain(Fraction(str(value))))
        return self.fault(f"{_called(node)} cannot be used in an expression")

    def unary(self, node: Any) -> Part:
        part = self.part(node.operand)
        if isinstance(node.op, ast.Not):
            return _opposite(part)
        if isinstance(node.op, ast.USub):
            return _of_numbers(lambda numbers: -numbers[0], [part])
        return self.fault("only “-” and “not” can stand before a value")

    def binary(self, node: Any) -> Part:
        left, right = self.part(node.left), self.part(node.right)
        work = _ARITHMETIC.get(type(node.op))
        return _arithmetic(work, left, right) if work else self.fault("only + - * / can be worked out")

    def logic(self, node: Any) -> Part:
        return _all([self.part(each) for each in node.values], decides=isinstance(node.op, ast.Or))

    def comparison(self, node: Any) -> Part:
        """Of two sides: the middle one of a chain would be read twice, and chains within chains without end."""
        if len(node.ops) > 1:
            return self.fault(f"compare two things at a time: instead of {_called(node)} write two comparisons with “and” between them")
        return self.link(node.left, node.ops[0], node.comparators[0])

    def link(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Part:
        self.note_comparison(left, op, right)
        first = self.part(left)
        if type(op) in _AMONG:
            return _among(_AMONG[type(op)], first, self.listed(right))
        second = self.part(right)
        if type(op) in _SAME:
            return _same(_SAME[type(op)], first, second)
        order = _ORDER.get(type(op))
        return _ordered(order, first, second) if order else self.fault("“is” cannot be used; write “==”")

    def listed(self, node: ast.expr) -> Part:
        if isinstance(node, ast.Name):
            return self.part(node)
        if isinstance(node, (ast.List, ast.Tuple)) and all(isinstance(each, ast.Constant) for each in node.elts):
            values = [self.part(each)(None) for each in node.elts]  # ty: ignore[invalid-argument-type]
            return _constant(tuple(values))  # ty: ignore[invalid-argument-type]
        return self.fault("after “in” stands a list such as ['a', 'b'] or a question with several choices")

    def note_comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> None:
        for name, other in ((left, right), (right, left)):
            if isinstance(name, ast.Name):
                others = other.elts if isinstance(other, (ast.List, ast.Tuple)) else [other]
                texts = [each.value for each in others if isinstance(each, ast.Constant) and isinstance(each.value, str)]
                self.compared += [(name.id, each, name is right and type(op) in _AMONG) for each in texts]

    def call(self, node: Any) -> Part:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.keywords or name not in FUNCTIONS:
            return self.fault(f"{_called(node)} cannot be used; the functions are {', '.join(FUNCTIONS)}")
        if name in _WORK:
            fewest, most, work = _WORK[name]
            if not fewest <= len(node.args) <= most:
                return self.fault(f"{name}() takes {fewest} value{'s or more' if most > fewest else ''}")
            return _of_numbers(work, [self.part(each) for each in node.args])
        return self.read(name, node.args)

    def read(self, name: str, given: list[ast.expr]) -> Part:
        question, *rest = given or [None]
        details = [each.value for each in rest if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if not isinstance(question, ast.Name) or len(rest) != len(details) or len(details) != int(_READ[name][0]):
            return self.fault(f"write {name}(question{', ' + repr('text') if _READ[name][0] else ''})")
        return self.use(name, question.id, *details)

    BUILDERS: Final[dict[type[ast.expr], Callable[..., Part]]] = {
        ast.Name: name,
        ast.Constant: constant,
        ast.UnaryOp: unary,
        ast.BinOp: binary,
        ast.BoolOp: logic,
        ast.Compare: comparison,
        ast.Call: call,
    }


def _called(node: ast.expr) -> str:
    """The part of an expression as its author wrote it, shortened."""
    written = _shown(ast.unparse(node))
    return f"“{written[:60]}…”" if len(written) > 60 else f"“{written}”"


def _is_condition(tree: ast.expr) -> bool:
    if isinstance(tree, ast.UnaryOp):
        return isinstance(tree.op, ast.Not)
    if isinstance(tree, ast.Call):
        return isinstance(tree.func, ast.Name) and tree.func.id in _CONDITIONS
    return isinstance(tree, (ast.Compare, ast.BoolOp)) or (isinstance(tree, ast.Constant) and isinstance(tree.value, bool))


def _terms(node: ast.expr, sign: int) -> tuple[tuple[int, Use], ...] | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        left, right = _terms(node.left, sign), _terms(node.right, sign if isinstance(node.op, ast.Add) else -sign)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.Name):
        return ((sign, Use("value", node.id)),)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _READ and not _is_condition(node):
        name, *detail = (each.id if isinstance(each, ast.Name) else getattr(each, "value", "") for each in node.args)
        return ((sign, Use(node.func.id, name, *map(str, detail))),)
    return None
