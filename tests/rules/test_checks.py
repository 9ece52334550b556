"""Checks between figures: which fail, with what blanks, and what they say."""

import pytest

from partnerhub.rules import checks
from partnerhub.rules.question_types import NOT_APPLICABLE
from partnerhub.rules.questionnaire import Severity, parse

QUESTIONS = [
    {"key": "a", "type": "whole_number", "label": "Opened", "not_applicable": True, "indicator": "opened"},
    {"key": "b", "type": "whole_number", "label": "Closed"},
    {"key": "c", "type": "whole_number", "label": "Carried over"},
    {"key": "spend", "type": "money", "label": "Spend.", "indicator": "spend"},
    {"key": "share", "type": "percentage", "label": "Feels safer", "number_label": "who feel safer", "out_of_label": "asked"},
    {"key": "opened_share", "type": "computed", "number": "a", "out_of": "b", "indicator": "rate", "label": "Opened of closed"},
    {"key": "each", "type": "computed", "number": "a", "out_of": "b", "indicator": "ratio", "label": "Opened for each closed"},
    {"key": "by_area", "type": "breakdown", "of": "a", "breakdown": "area"},
    {"key": "several", "type": "breakdown", "of": "a", "breakdown": "need", "adds_up": False},
    {"key": "story", "type": "long_text", "label": "A story"},
    {"key": "hidden", "type": "whole_number", "label": "Hidden", "show_if": "c > 100"},
    {
        "key": "budget",
        "type": "table",
        "label": "Budget",
        "columns": [{"key": "item", "type": "short_text"}, {"key": "cost", "type": "money"}, {"key": "grant", "type": "money"}],
        "row_rules": [{"test": "grant <= cost", "message": "The grant pays no more than the cost"}],
        "limit": {"rows": 2},
    },
]
INDICATORS = [
    {"key": "opened", "label": "Opened", "measure": "sum", "over_providers": "sum", "unit": "cases", "breakdowns": ["area", "need"]},
    {"key": "spend", "label": "Spend", "measure": "sum", "over_providers": "sum", "unit": "pounds"},
    {"key": "rate", "label": "Rate", "measure": "pooled_share", "over_providers": "pooled_share", "unit": "percent"},
    {"key": "ratio", "label": "Ratio", "measure": "pooled_ratio", "over_providers": "pooled_ratio", "unit": "hours per household"},
]


def form(*stated, **rest):
    document = {
        "questionnaire": "f",
        "title": "F",
        "kind": "return",
        "sections": [
            {"key": "one", "title": "One", "questions": QUESTIONS},
            {"key": "two", "title": "Two", "questions": [{"key": "later", "type": "whole_number", "label": "Later"}]},
        ],
        "breakdowns": {"area": ["North", "South", {"key": "not_known", "label": "Not known"}], "need": ["Housing", "Money"]},
        "indicators": INDICATORS,
        "checks": [{"key": f"check{at}", "severity": "stops", "message": "They differ", **each} for at, each in enumerate(stated)],
    }
    return parse(document | rest)


def failed(questionnaire, answers, previous=None, facts=None, **rest):
    cells = {key: each if isinstance(each, dict) else {"": each} for key, each in answers.items()}
    earlier = None if previous is None else {key: {"": each} for key, each in previous.items()}
    return checks.failed(questionnaire, cells, earlier, facts or {}, **rest)


def keys(*args, **rest):
    return [each.check_key for each in failed(*args, **rest)]


@pytest.mark.parametrize(
    ("operator", "holds", "fails"),
    [
        ("=", [(3, 3), (0, 0)], [(3, 4)]),
        ("!=", [(3, 4)], [(3, 3)]),
        ("<", [(3, 4)], [(4, 4), (5, 4)]),
        ("<=", [(3, 4), (4, 4)], [(5, 4)]),
        (">", [(5, 4)], [(4, 4), (3, 4)]),
        (">=", [(5, 4), (4, 4)], [(3, 4)]),
        ("both_or_neither", [(1, 2), (0, 0), (None, None)], [(1, None), (None, 0)]),
        ("not_both", [(1, None), (None, 0), (None, None)], [(1, 2), (0, 0)]),
    ],
)
def test_operators(operator, holds, fails):
    made = form({"left": "b", "operator": operator, "right": "c"})
    for pairs, expected in ((holds, []), (fails, ["check0"])):
        for left, right in pairs:
            answers = {key: value for key, value in (("b", left), ("c", right)) if value is not None}
            assert keys(made, answers) == expected, (operator, left, right)


@pytest.mark.parametrize(
    ("blanks", "answers", "fails"),
    [
        ("skip_if_any", {"a": 1, "b": 2, "c": 4}, True),
        ("skip_if_any", {"a": 1, "c": 4}, False),
        ("skip_if_any", {"a": NOT_APPLICABLE, "b": 2, "c": 4}, False),
        ("skip_if_all", {"a": 1, "c": 4}, True),  # b counts as 0
        ("skip_if_all", {"a": 4, "c": 4}, False),
        ("skip_if_all", {"c": 4}, False),
        ("skip_if_all", {"a": 1}, False),  # nothing at all on the right
        ("never", {"c": 4}, True),
        ("never", {"a": 1}, True),
        ("never", {}, False),  # 0 = 0
        ("never", {"a": NOT_APPLICABLE, "c": 4}, True),
        ({"left": "skip_if_all", "right": "never"}, {"a": 1}, True),
        ({"left": "skip_if_all", "right": "never"}, {"c": 1}, False),
        ({"left": "never", "right": "skip_if_any"}, {"c": 1}, True),
    ],
)
def test_what_a_blank_does(blanks, answers, fails):
    made = form({"left": "a + b", "operator": "=", "right": "c", "blanks": blanks})
    assert keys(made, answers) == (["check0"] if fails else [])


@pytest.mark.parametrize("blanks", ["skip_if_any", "skip_if_all", "never"])
def test_a_check_on_an_earlier_value_that_is_not_known_is_left_out(blanks):
    made = form({"left": "a", "operator": "=", "right": "previous(b)", "blanks": blanks})
    assert keys(made, {"a": 5}) == []
    assert keys(made, {"a": 5}, {"c": 5}) == []
    assert keys(made, {"a": 5}, {"b": NOT_APPLICABLE}) == []
    assert keys(made, {"a": 5}, {"b": 5}) == []
    assert keys(made, {"a": 5}, {"b": 6}) == ["check0"]


def test_a_check_on_a_fact_that_is_not_known_is_left_out():
    made = form({"left": "spend", "operator": "<=", "right": "award", "blanks": "never"})
    assert keys(made, {"spend": 100_01}) == []
    assert keys(made, {"spend": 100_01}, facts={"award": 100}) == ["check0"]


def test_hidden_questions_do_not_count():
    made = form({"left": "hidden", "operator": "=", "right": "c", "blanks": "never"})
    assert keys(made, {"hidden": 5, "c": 50}) == ["check0"]  # c is still there to stand beside
    alone = form({"left": "hidden", "operator": "=", "right": "1", "blanks": "never"})
    assert keys(alone, {"hidden": 5, "c": 50}) == []
    assert keys(alone, {"hidden": 5, "c": 101}) == ["check0"]


@pytest.mark.parametrize(
    ("check", "answers", "previous", "sentence"),
    [
        (
            {"left": "a + b", "operator": "=", "right": "c"},
            {"a": 99, "b": 98, "c": 1198},
            None,
            "They differ. The 2 figures add up to 197. “Carried over” is 1,198.",
        ),
        (
            {"left": "a - b", "operator": "=", "right": "c"},
            {"a": 5, "b": 3, "c": 1},
            None,
            "They differ. Taken together, the 2 figures make 2. “Carried over” is 1.",
        ),
        (
            {"left": "a", "operator": "=", "right": "previous(c)"},
            {"a": 5},
            {"c": 6},
            "They differ. “Opened” is 5. “Carried over” was 6 last time.",
        ),
        (
            {"left": "spend", "operator": "<=", "right": "a"},
            {"a": 5, "spend": 123450},
            None,
            "They differ. “Spend” is £1,234.50. “Opened” is 5.",
        ),
        ({"left": "a / b", "operator": "<=", "right": "2"}, {"a": 5, "b": 2}, None, "They differ. The calculation comes to 2.5."),
        (
            {"left": "cell(share, 'out_of')", "operator": "<=", "right": "a"},
            {"a": 5, "share": {"number": 1, "out_of": 6}},
            None,
            "They differ. “Feels safer: asked” is 6. “Opened” is 5.",
        ),
        (
            {"left": "share", "operator": ">=", "right": "50"},
            {"share": {"number": 1, "out_of": 3}},
            None,
            "They differ. “Feels safer” is 33.3%.",
        ),
        ({"left": "a", "operator": "both_or_neither", "right": "b", "message": "Say both!"}, {"a": 5}, None, "Say both!"),
    ],
)
def test_the_sentence_says_what_was_counted(check, answers, previous, sentence):
    [failure] = [each for each in failed(form(check), answers, previous) if each.check_key == "check0"]
    assert failure.sentence == sentence


def test_a_day_is_not_told_as_the_number_it_counts_as():
    days = [{"key": key, "type": "date", "label": key} for key in ("starts", "ends")]
    check = {"key": "order", "left": "days(ends)", "operator": ">", "right": "days(starts)", "severity": "stops", "message": "No"}
    document = {"questionnaire": "f", "title": "F", "kind": "application", "checks": [check]}
    questionnaire = parse(document | {"sections": [{"key": "one", "title": "One", "questions": days}]})
    [failure] = failed(questionnaire, {"starts": "2026-02-03", "ends": "2026-02-03"})
    assert failure.sentence == "No."


def test_a_failure_stands_beside_the_first_cell_that_is_typed():
    made = form({"left": "opened_share", "operator": "<=", "right": "c + cell(share, 'number')", "severity": "asks"})
    [failure] = [each for each in failed(made, {"a": 5, "b": 5, "c": 1, "share": {"number": 1, "out_of": 1}}) if each.check_key == "check0"]
    assert failure.about == (("c", ""), ("share", "number"), ("opened_share", ""))
    assert (failure.severity, failure.left, failure.right) == (Severity.ASKS, 100, 2)
    assert failure.reason_cell == "reason.check0"
    assert not checks.has_reason(failure, {"c": {"": 1}})
    assert checks.has_reason(failure, {"c": {"": 1, "reason.check0": "Because"}})


# Built in


@pytest.mark.parametrize(
    ("rest", "answers", "previous", "expected"),
    [
        ({}, {"share": {"number": 6, "out_of": 5}}, None, ["_within_share"]),
        ({}, {"share": {"number": 5, "out_of": 5}}, None, []),
        ({}, {"share": {"number": 1, "out_of": 0}}, None, ["_within_share"]),
        ({}, {"share": {"number": 0, "out_of": 0}}, None, []),
        ({}, {"share": {"number": 5}}, None, []),
        ({}, {"a": 6, "b": 5}, None, ["_within_opened_share"]),  # a share of 120 per cent; a ratio of 1.2 is no fault
        ({}, {"a": 5, "by_area": {"north": 2, "south": 3}}, None, []),
        ({}, {"a": 5, "by_area": {"north": 2, "south": 2}}, None, ["_adds_up_by_area"]),
        ({}, {"a": 5, "by_area": {}}, None, []),
        ({}, {"by_area": {"north": 2}}, None, []),
        ({}, {"a": NOT_APPLICABLE, "by_area": {"north": 2}}, None, []),
        ({}, {"a": 5, "by_area": {"north": NOT_APPLICABLE}}, None, []),
        ({}, {"a": 5, "several": {"housing": 5, "money": 4}}, None, []),
        ({"swing": {"percent": 50, "at_least": 10}}, {"a": 31}, {"a": 20}, ["_swing_a"]),
        ({"swing": {"percent": 50, "at_least": 10}}, {"a": 30}, {"a": 20}, []),  # 50 per cent and 10, not more
        ({"swing": {"percent": 50, "at_least": 10}}, {"a": 60}, {"a": 40}, []),  # more than 10, and 50 per cent, not more
        ({"swing": {"percent": 50, "at_least": 10}}, {"a": 111}, {"a": 100}, []),
        ({"swing": {"percent": 50, "at_least": 10}}, {"a": 0}, {"a": 11}, ["_swing_a"]),
        ({"swing": {"percent": 50, "at_least": 10}}, {"a": 11}, {"a": 0}, ["_swing_a"]),
        ({"swing": {"percent": 50, "at_least": 10}}, {"a": 1}, {}, []),
        ({"swing": {"percent": 50, "at_least": 10}}, {"b": 100}, {"b": 1}, []),  # feeds no indicator
        ({"swing": {"percent": 50, "at_least": 10}}, {"spend": 3001}, {"spend": 1000}, ["_swing_spend"]),  # pounds, not pence
        ({"swing": {"percent": 50, "at_least": 10}}, {"spend": 2000}, {"spend": 1000}, []),
        ({"not_known_above": 20}, {"a": 10, "by_area": {"north": 7, "not_known": 3}}, None, ["_not_known_by_area"]),
        ({"not_known_above": 20}, {"a": 10, "by_area": {"north": 8, "not_known": 2}}, None, []),
        ({}, {"a": 10, "by_area": {"not_known": 10}}, None, []),
        ({}, {"story": "Ring 0116 496 0000"}, None, ["_personal_story"]),
        ({}, {"story": "We rang them"}, None, []),
        ({"personal_details": "off"}, {"story": "Ring 0116 496 0000"}, None, []),
        ({}, {"budget": {"r1.item": "Ring 0116 496 0000", "r1.cost": 1}}, None, ["_personal_budget"]),
        ({}, {"budget": {"r1.cost": 100, "r1.grant": 101, "r2.cost": 100, "r2.grant": 100}}, None, ["_row_budget_1_r1"]),
        ({}, {"budget": {"r1.cost": 100, "r1.grant": 101, "r1._deleted": "yes"}}, None, []),
        ({}, {"budget": {"r1.grant": 101}}, None, []),
        ({}, {"budget": {"r1.cost": 1, "r2.cost": 1, "r3.cost": 1}}, None, ["_rows_budget"]),
    ],
)
def test_built_in_checks(rest, answers, previous, expected):
    assert keys(form(**rest), answers, previous) == expected


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"a": 198, "by_area": {"north": 197}}, "“Opened by area” adds up to 197, but “Opened” is 198: 1 too few."),
        ({"a": 1000, "by_area": {"north": 1200}}, "“Opened by area” adds up to 1,200, but “Opened” is 1,000: 200 too many."),
        ({"share": {"number": 6, "out_of": 5}}, "“Feels safer” is 6 out of 5. The first number cannot be more than the second."),
        ({"budget": {"r4.cost": 1, "r4.grant": 2}}, "Row 1: The grant pays no more than the cost."),
        ({"budget": {"r1.cost": 1, "r2.cost": 1, "r3.cost": 1}}, "“Budget” takes at most 2 rows, and has 3. Take out 1."),
    ],
)
def test_built_in_sentences(answers, sentence):
    assert [each.sentence for each in failed(form(), answers)] == [sentence]


def test_what_was_found_in_a_text_is_not_repeated():
    [failure] = failed(form(), {"story": "Write to jo@example.org, LE1 6TH"})
    assert "an e-mail address and a full postcode" in failure.sentence
    assert "jo@" not in repr(failure)
    assert "6TH" not in repr(failure)


def test_a_form_may_ask_instead_of_stopping():
    answers = {"a": 5, "by_area": {"north": 4}, "share": {"number": 2, "out_of": 1}}
    assert {each.severity for each in failed(form(), answers)} == {Severity.STOPS}
    assert {each.severity for each in failed(form(built_in="asks"), answers)} == {Severity.ASKS}


def test_only_what_is_asked_for_is_looked_at():
    made = form(
        {"left": "b", "operator": "=", "right": "c"},
        {"left": "later", "operator": "=", "right": "b"},
        {"left": "c", "operator": "=", "right": "later"},
    )
    answers = {"a": 5, "b": 1, "c": 2, "later": 3, "by_area": {"north": 4}}
    everything = {"check0", "check1", "check2", "_adds_up_by_area", "_within_opened_share"}
    assert set(keys(made, answers)) == everything
    assert set(keys(made, answers, sections={"two"})) == {"check1"}
    assert set(keys(made, answers, sections={"one"})) == everything - {"check1"}
    assert set(keys(made, answers, only={"check2", "_adds_up_by_area"})) == {"check2", "_adds_up_by_area"}


def test_saving_one_answer_needs_only_the_checks_it_touches():
    made = form({"left": "b", "operator": "=", "right": "c"}, {"left": "later", "operator": "=", "right": "b"})
    before = {"a": 2, "b": 1, "c": 2, "later": 1, "by_area": {"north": 4}, "share": {"number": 2, "out_of": 1}}
    after = before | {"b": 2}
    touched = made.depends_on("b").checks
    changed = set(keys(made, before)) ^ set(keys(made, after))
    assert changed == {"check0", "check1", "_within_opened_share"}
    assert changed <= touched
    assert set(keys(made, after, only=touched)) == set(keys(made, after)) & touched
