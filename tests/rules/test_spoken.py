"""A form read aloud: labels for keys, words for operators, every limit and condition said."""

import copy

import pytest

from partnerhub.catalogue import reading
from partnerhub.rules import spoken
from partnerhub.rules.expressions import compile as compiled
from partnerhub.rules.question_types import TYPES, Limit
from partnerhub.rules.questionnaire import embed, parse
from partnerhub.rules.scoring import FORMULA
from tests.make import SMALL_RETURN


@pytest.fixture(scope="module")
def form():
    document = copy.deepcopy(SMALL_RETURN)
    document["sections"][1]["questions"] += [
        {"key": "ended", "type": "yes_no", "label": "Has it ended?"},
        {
            "key": "kind",
            "type": "single_choice",
            "label": "Kind",
            "options": [{"key": "a", "label": "Type A"}, {"key": "b", "label": "Type B"}],
        },
        {"key": "many", "type": "multiple_choice", "label": "Many", "options": ["One", "Two"]},
        {
            "key": "budget",
            "type": "table",
            "label": "Budget",
            "columns": [{"key": "item", "type": "short_text", "label": "Item"}, {"key": "cost", "type": "money", "label": "Cost"}],
        },
    ]
    return parse(document)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seen > 0", "“People seen” is more than 0"),
        ("ended == 'yes' and not (seen <= 10000)", "“Has it ended?” is “Yes”, and it is not so that “People seen” is at most 10,000"),
        ("kind in ['a', 'b'] or kind != 'a'", "“Kind” is one of “Type A”, “Type B”, or “Kind” is not “Type A”"),
        ("'one' in many", "“Many” includes “One”"),
        ("cell(helped, 'out_of') + cell(referrals_by_sex, 'male')", "“People helped”: “asked” plus “By sex”: “Male”"),
        ("seen - (referrals - 1) * 2", "“People seen” less (“Referrals received” less 1) times 2"),
        ("seen - (referrals + 1)", "“People seen” less (“Referrals received” plus 1)"),
        ("seen + referrals + 1", "“People seen” plus “Referrals received” plus 1"),
        ("column(budget, 'cost') <= award", "the total of “Cost” in “Budget” is at most the grant awarded, in pounds"),
        ("previous(seen)", "“People seen” of the period before"),
        ("answered(story)", "“What went well” is answered"),
        ("min(seen, referrals)", "the smallest of “People seen” and “Referrals received”"),
    ],
)
def test_expressions_are_said_with_labels(form, text, said):
    assert spoken.expression(compiled(text), form) == said


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (Limit(min=0, max=100000), ["from 0 to 100,000"]),
        (Limit(max=10), ["at most 10"]),
        (Limit(words=200, characters=1500), ["at most 200 words", "at most 1,500 characters"]),
        (Limit(files=1, megabytes=1), ["at most 1 file", "at most 1 megabyte each"]),
        (Limit(min="2024-01-01", max="2024-12-31"), ["from 2024-01-01 to 2024-12-31"]),
        (Limit(), []),
    ],
)
def test_limits_are_said(limit, said):
    assert spoken.limits(limit) == said


def test_a_check_says_what_must_hold_and_what_happens_otherwise(form):
    assert spoken.check(form.checks[0], form) == (
        "“People seen” must equal “Referrals received”. Otherwise we ask for a reason, and the form can be sent with it."
    )


def test_every_kind_of_question_says_how_it_is_answered():
    assert set(spoken.ANSWERS) == set(TYPES)


@pytest.mark.parametrize("path", sorted((reading.HOUSE / "questionnaires").glob("*.yaml")), ids=lambda path: path.stem)
def test_no_key_is_read_out_in_the_forms_of_the_house(path):
    form = parse(embed(reading.read([path])[0].content, reading.library()))
    asked = [spoken.question(each, form) for each in form.questions.values()]
    said = [sentence for each in asked for sentence in (each.answer, *each.must, *each.notes)]
    said += [spoken.check(each, form) for each in form.checks] + spoken.built_in_checks(form)
    keys = {key for key in form.questions if "_" in key}
    assert said and not [sentence for sentence in said if keys & set(sentence.replace("“", " ").replace("”", " ").split())]


def test_how_answers_are_marked_is_said_with_the_formula():
    criteria = [
        {"key": "sound", "label": "Soundly governed", "pass_fail": True},
        {"key": "need", "label": "Need", "weight": 60},
        {"key": "value", "label": "Value", "weight": 40},
    ]
    plain = {"scale": {"min": 1, "max": 10}, "criteria": criteria[1:]}
    rules = {"criteria": criteria, "floor": {"criteria": ["need", "value"], "min": 2.5}, "tie_break": ["value", "need"], "line": 65}
    assert spoken.marking(parse({**SMALL_RETURN, "scoring": plain}).scoring) == ["Each criterion is marked from 1 to 10.", FORMULA]
    assert spoken.marking(parse({**SMALL_RETURN, "scoring": plain | rules}).scoring) == [
        "Each criterion is marked from 1 to 10.",
        FORMULA,
        "A percentage counts only when every criterion that must be passed is passed.",
        "A bid whose mark is below 2.5 on “Need” or “Value” cannot be recommended, whatever its percentage.",
        "Between equal percentages the marks decide: “Value”, then “Need”.",
        "Applications are ranked by percentage. Money usually goes to those at 65% or more: this is the line.",
    ]
