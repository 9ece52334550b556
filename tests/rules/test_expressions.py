"""The language of conditions, checks and computed values."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnerhub.rules import expressions
from partnerhub.rules.errors import BadDefinition
from partnerhub.rules.expressions import BLANK


class Values:
    """What the names of these tests are worth."""

    NOW = {"a": 6, "b": 4, "half": Fraction(1, 2), "none": BLANK, "zero": 0, "word": "Yes - smaller", "several": ("x", "y"), "yes": True}
    NOW |= {"day": "2026-03-27"}

    def value(self, name):
        return self.NOW.get(name, BLANK)

    def cell(self, name, cell):
        return {"number": 3, "out_of": 4}.get(cell, BLANK)

    def total(self, name):
        return 10

    def column(self, name, column):
        return Fraction(25, 2)

    def previous(self, name):
        return 5

    def previous_cell(self, name, cell):
        return 2

    def days(self, name):
        return 739_702

    def answered(self, name):
        return self.value(name) is not BLANK


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("a + b", 10),
        ("a - b * 2", -2),
        ("(a - b) * 2", 4),
        ("a / b", Fraction(3, 2)),
        ("0.1 + 0.2", Fraction(3, 10)),  # exact, not as floating point
        ("half + half", 1),
        ("-a", -6),
        ("a / zero", BLANK),
        ("a / none", BLANK),
        ("none + 1", BLANK),
        ("a + word", BLANK),
        ("yes + 1", BLANK),
        ("sum(a)", 10),
        ("cell(a, 'number') / cell(a, 'out_of')", Fraction(3, 4)),
        ("column(a, 'total')", Fraction(25, 2)),
        ("previous(a) + previous_cell(a, 'x')", 7),
        ("days(day)", 739_702),
        ("min(a, b)", 4),
        ("max(a, b, 9)", 9),
        ("max(a, none)", BLANK),
        ("abs(b - a)", 2),
        ("a > b", True),
        ("b < a and a <= 6", True),
        ("a < b", False),
        ("none > 1", BLANK),
        ("a == 6", True),
        ("a != 6", False),
        ("none == 6", BLANK),
        ("none != 6", BLANK),
        ("word == 'Yes - smaller'", True),
        ("word < a", BLANK),
        ("a == word", False),
        ("yes == 1", False),
        ("day >= '2026-01-01'", True),
        ("a in [1, 6]", True),
        ("word in ['x']", False),
        ("word not in ['x']", True),
        ("none in ['x']", BLANK),
        ("'x' in several", True),
        ("'z' in several", False),
        ("starts(word, 'Yes')", True),
        ("starts(none, 'Yes')", BLANK),
        ("answered(a) and not answered(none)", True),
        ("a > b or none > 1", True),
        ("a < b and none > 1", False),
        ("a > b and none > 1", BLANK),
        ("a < b or none > 1", BLANK),
        ("not none", BLANK),
        ("yes", True),
        ("a and b", BLANK),  # a number is not true
    ],
)
def test_expressions_are_worked_out(text, worth):
    found = expressions.compile(text).evaluate(Values())
    assert (found, type(found) is bool) == (worth, type(worth) is bool)


def test_a_condition_holds_only_when_it_is_true():
    assert expressions.compile("a > b").holds(Values())
    assert not expressions.compile("none != 'x'").holds(Values())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "a +",
        "a.b",
        "a[0]",
        "a ** 2",
        "a % 2",
        "a // 2",
        "a & b",
        "~a",
        "+a",
        "lambda: 1",
        "[x for x in a]",
        "{'a': 1}",
        "f'{a}'",
        "b'x'",
        "a if b else a",
        "(a := 1)",
        "a is b",
        "open('x')",
        "__import__('os')",
        "a.__class__()",
        "sum(a)(b)",
        "sum()",
        "sum(a, b)",
        "sum(*a)",
        "sum(1)",
        "cell(a)",
        "cell(a, 1)",
        "cell(a, word)",
        "min(a)",
        "abs(a, b)",
        "min(a, b, key=a)",
        "starts('x', 'y')",
        "a in 'xyz'",
        "a in [b]",
        "1e9",
        "0x10",
        "1_000",
        "1j",
        "9" * 30,
        "9" * 5000,
        "1." + "0" * 400 + "1" * 200,
        "'\\n'",
        "a\x00b",
        "\ud800",
        "...",
        "a; b",
        "a = 1",
        "b < a <= 6",
        "unknown + 1",
        "-" * 400 + "a",
        "-" * 100 + "a",
        "not " * 100 + "a",
        "(" * 300 + "a" + ")" * 300,
        " + ".join(["a"] * 120),
        None,
        12,
        ["a"],
    ],
)
def test_anything_else_is_a_fault(text):
    with pytest.raises(BadDefinition) as bad:
        expressions.compile(text, {"a", "b", "word"})
    assert all(fault.text for fault in bad.value.faults)


def test_comparisons_within_comparisons_are_read_once_however_deep():
    text = "a < a"
    for _ in range(50):
        text = f"a<({text})"
    assert len(text) < expressions.LONGEST
    assert expressions.compile(text, {"a"}).names == ("a",)
    chained = text.replace(")", ")<a", 20)
    with pytest.raises(BadDefinition, match="compare two things at a time"):
        expressions.compile(chained, {"a"})


def test_every_unknown_name_is_told_at_once():
    with pytest.raises(BadDefinition) as bad:
        expressions.compile("x + y + a", {"a"})
    assert [fault.text for fault in bad.value.faults] == [
        "“x” is neither a question nor a known fact",
        "“y” is neither a question nor a known fact",
    ]


def test_an_expression_tells_what_it_reads():
    found = expressions.compile("a + cell(b, 'number') - previous(a)")
    assert found.names == ("a", "b")
    assert [(use.how, use.name, use.detail) for use in found.uses] == [
        ("value", "a", ""),
        ("cell", "b", "number"),
        ("previous", "a", ""),
    ]
    assert [sign for sign, _ in found.terms] == [1, 1, -1]
    assert expressions.compile("a * b").terms is None


def test_an_expression_tells_the_texts_a_name_is_compared_with():
    assert expressions.compile("a == 'x' and 'y' in b and a in ['z', 'w']").compared == (
        ("a", "x", False),
        ("b", "y", True),
        ("a", "z", False),
        ("a", "w", False),
    )


WORDS = (
    "a b none word several 1 0 2.5 'x' + - * / ( ) , < == in not and or sum cell column previous min abs answered starts"
    " [ ] . lambda if else : ** = f'"
)
words = st.sampled_from([*WORDS.split(" "), "\\"])


@settings(max_examples=600)
@given(st.one_of(st.text(max_size=80), st.lists(words, max_size=40).map(" ".join), st.lists(words, max_size=12).map("".join)))
def test_nothing_but_a_fault_leaves_the_compiler_and_every_value_is_bounded(text):
    try:
        found = expressions.compile(text, {"a", "b", "none", "word", "several"}).evaluate(Values())
    except BadDefinition:
        return
    assert found is BLANK or isinstance(found, (int, Fraction, str, bool, tuple))


def test_the_largest_expression_cannot_make_a_number_run_away():
    text = "*".join([str(expressions.BIGGEST)] * 25)
    found = expressions.compile(text).evaluate(Values())
    assert found == expressions.BIGGEST**25  # no power, so a product is as long as what was written
    with pytest.raises(BadDefinition):
        expressions.compile("a ** a ** a")
