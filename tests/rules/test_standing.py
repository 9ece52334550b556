"""How a filled-in questionnaire stands: shown, required, missing, worked out, ready; and the figures it yields."""

import copy
import datetime

import pytest

from partnerhub.rules import standing
from partnerhub.rules.question_types import NOT_APPLICABLE, Choice, Figure
from partnerhub.rules.questionnaire import Filled, parse
from partnerhub.rules.standing import SectionState

TODAY = datetime.date(2026, 4, 15)
DOCUMENT = {
    "questionnaire": "f",
    "title": "F",
    "kind": "return",
    "short_version_when": "award <= 2500",
    "sections": [
        {
            "key": "first",
            "title": "First",
            "questions": [
                {"key": "opened", "type": "whole_number", "label": "Opened", "required": True, "indicator": "opened"},
                {"key": "by_area", "type": "breakdown", "of": "opened", "breakdown": "area", "required": True},
                {"key": "safer", "type": "percentage", "label": "Safer", "indicator": "safer"},
                {"key": "closed", "type": "whole_number", "label": "Closed"},
                {"key": "closed_share", "type": "computed", "number": "closed", "out_of": "opened", "indicator": "closed_share"},
                {
                    "key": "eligible",
                    "type": "yes_no",
                    "label": "Eligible?",
                    "stop_if": "eligible == 'no'",
                    "stop_message": "Only for groups here.",
                },
                {"key": "district", "type": "single_choice", "label": "District", "options_from": "districts"},
            ],
        },
        {
            "key": "second",
            "title": "Second",
            "questions": [
                {"key": "changed", "type": "yes_no", "label": "Did it change?"},
                {
                    "key": "why",
                    "type": "long_text",
                    "label": "Why?",
                    "show_if": "changed == 'yes'",
                    "required": {"when": "opened > 10"},
                },
                {"key": "more", "type": "long_text", "label": "More", "show_if": "answered(why)", "short": False},
                {"key": "address", "type": "address", "label": "Address"},
                {"key": "agreed", "type": "declaration", "label": "Agreed", "required": {"when": "days(today) >= days(decision_date)"}},
                {"key": "later", "type": "file", "label": "Insurance", "required": "before_payment"},
            ],
        },
        {
            "key": "money",
            "title": "Money",
            "show_if": "opened > 0",
            "questions": [
                {
                    "key": "budget",
                    "type": "table",
                    "label": "Budget",
                    "columns": [
                        {"key": "item", "type": "short_text", "required": True},
                        {"key": "cost", "type": "money"},
                        {"key": "grant", "type": "money"},
                        {"key": "rest", "type": "computed", "value": "cost - grant"},
                    ],
                    "totals": ["cost", "rest"],
                },
                {
                    "key": "unspent",
                    "type": "computed",
                    "label": "Unspent",
                    "value": "award - column(budget, 'grant')",
                    "indicator": "unspent",
                },
                {"key": "accepted", "type": "yes_no", "label": "Accepted?", "visible_to": "office", "required": True},
            ],
        },
    ],
    "breakdowns": {"area": ["North", "South"]},
    "indicators": [
        {"key": "opened", "label": "Opened", "measure": "sum", "over_providers": "sum", "unit": "cases", "breakdowns": ["area"]},
        {"key": "safer", "label": "Safer", "measure": "pooled_share", "over_providers": "pooled_share", "unit": "percent"},
        {"key": "closed_share", "label": "Closed", "measure": "pooled_share", "over_providers": "pooled_share", "unit": "percent"},
        {"key": "unspent", "label": "Unspent", "measure": "sum", "over_providers": "sum", "unit": "pounds"},
    ],
    "checks": [
        {
            "key": "most",
            "left": "closed",
            "operator": "<=",
            "right": "opened",
            "severity": "asks",
            "message": "More were closed than opened",
        }
    ],
}
FORM = parse(DOCUMENT)


def assess(answers, previous=None, facts=None, **rest):
    return standing.assess(FORM, cells(answers), previous, facts or {"award": 10_000}, TODAY, **rest)


def cells(answers):
    return {key: each if isinstance(each, dict) else {"": each} for key, each in answers.items()}


@pytest.mark.parametrize(
    ("answers", "facts", "hidden"),
    [
        ({}, {}, {"why", "more", "budget", "unspent", "accepted"}),
        ({"opened": 0}, {}, {"why", "more", "budget", "unspent", "accepted"}),
        ({"opened": 1}, {}, {"why", "more", "accepted"}),
        ({"opened": 1, "changed": "yes"}, {}, {"more", "accepted"}),
        ({"opened": 1, "changed": "yes", "why": "x"}, {}, {"accepted"}),
        ({"opened": 1, "changed": "yes", "why": "x"}, {"award": 2500}, {"more", "accepted"}),
        ({"opened": 1, "changed": "yes", "why": "x"}, {"award": 2501}, {"accepted"}),
        ({"opened": 1, "changed": "no", "why": "x", "more": "y"}, {}, {"why", "more", "accepted"}),  # why is hidden, so it answers nothing
    ],
)
def test_conditions_decide_what_is_shown(answers, facts, hidden):
    assert set(FORM.questions) - assess(answers, facts=facts).visible == hidden


def test_a_breakdown_is_hidden_with_the_number_it_breaks_down():
    document = copy.deepcopy(DOCUMENT)
    document["sections"][0]["questions"][0]["show_if"] = "closed > 0"
    hidden = standing.assess(parse(document), cells({"opened": 5, "by_area": {"north": 1}, "closed": 0}), None, {}, TODAY)
    assert not {"opened", "by_area"} & hidden.visible
    assert (hidden.failures, hidden.missing) == ((), ())


def test_what_only_the_office_sees_is_asked_of_the_office():
    partner = assess({"opened": 1})
    office = assess({"opened": 1}, readers=frozenset({"everyone", "office"}))
    assert ("accepted", "") not in partner.missing
    assert ("accepted", "") in office.missing


@pytest.mark.parametrize(
    ("answers", "facts", "missing"),
    [
        ({}, {}, [("opened", ""), ("by_area", "north")]),
        ({"opened": 0}, {}, []),  # a breakdown of nothing is not asked for
        ({"opened": NOT_APPLICABLE}, {}, []),
        ({"opened": 5}, {}, [("by_area", "north")]),
        ({"opened": 5, "by_area": {"south": 5}}, {}, []),
        ({"opened": 0, "safer": {"number": 3}}, {}, [("safer", "out_of")]),
        ({"opened": 0, "safer": {"number": NOT_APPLICABLE}}, {}, []),
        ({"opened": 11, "by_area": {"north": 11}, "changed": "yes"}, {}, [("why", "")]),
        ({"opened": 11, "by_area": {"north": 11}, "changed": "no"}, {}, []),
        ({"opened": 0}, {"decision_date": datetime.date(2026, 4, 15)}, [("agreed", "")]),
        ({"opened": 0}, {"decision_date": "2026-04-16"}, []),
        ({"opened": 1, "by_area": {"north": 1}, "budget": {"r1.cost": 5}}, {}, [("budget", "r1.item")]),
        ({"opened": 1, "by_area": {"north": 1}, "budget": {"r1.cost": 5, "r1._deleted": "yes"}}, {}, []),
    ],
)
def test_what_is_missing_is_named_cell_by_cell(answers, facts, missing):
    found = assess(answers, facts=facts)
    assert list(found.missing) == missing
    assert found.ready == (not missing)


def test_a_choice_that_was_withdrawn_must_be_made_again():
    offered = {"districts": (Choice("E06000016", "Leicester"),)}
    assert assess({"opened": 0, "district": "E06000016"}, choices=offered).missing == ()
    assert assess({"opened": 0, "district": "E07000129"}, choices=offered).missing == (("district", ""),)
    assert assess({"opened": 0, "district": "E07000129"}).missing == ()  # no list at hand: nothing to judge by


def test_an_answer_may_end_the_form():
    stopped = assess({"opened": 0, "eligible": "no"})
    assert (stopped.stopped, stopped.ready) == ("Only for groups here.", False)
    assert assess({"opened": 0, "eligible": "yes"}).ready


def test_a_failed_check_that_asks_is_settled_by_a_reason():
    answers = cells({"opened": 3, "by_area": {"north": 3}, "closed": 4})
    found = assess(answers)
    assert [each.check_key for each in found.needs_reason] == ["most"]
    assert found.sections["first"].needs_reason == 1
    assert found.sections["first"].state is SectionState.NEEDS_ATTENTION
    given = {**answers, "closed": {"": 4, "reason.most": "A backlog was cleared"}}
    assert assess(given).needs_reason == ()
    assert [each.check_key for each in assess(given).failures] == ["most", "_within_closed_share"]
    assert not assess(given).ready  # the built-in check still stops


def test_what_is_worked_out_is_scaled_like_what_is_typed():
    budget = {"r1.item": "a", "r1.cost": 10_000, "r1.grant": 2_500, "r2.item": "b", "r2.cost": 1, "r3.item": "c", "r3.grant": 100}
    found = assess({"opened": 4, "closed": 3, "by_area": {"north": 1}, "budget": budget}).computed
    assert found == {
        "by_area": {"_total": 1},
        "closed_share": {"number": 3, "out_of": 4},
        "budget": {"r1.rest": 7_500, "_total.cost": 10_001, "_total.rest": 7_500},
        "unspent": {"": 997_400},
    }


def test_nothing_is_worked_out_from_what_is_hidden():
    assert assess({"opened": 0, "budget": {"r1.item": "a", "r1.grant": 100}}).computed == {}


@pytest.mark.parametrize(
    ("answers", "section", "expected"),
    [
        ({}, "first", (0, 2, SectionState.NOT_STARTED)),
        ({"opened": 5}, "first", (1, 2, SectionState.IN_PROGRESS)),
        ({"opened": 5, "by_area": {"north": 5}}, "first", (2, 2, SectionState.DONE)),
        ({"opened": 5, "by_area": {"north": 4}}, "first", (2, 2, SectionState.NEEDS_ATTENTION)),
        ({}, "second", (0, 0, SectionState.OPTIONAL)),
        ({"changed": "no"}, "second", (0, 0, SectionState.DONE)),
        ({"opened": 1, "safer": {"number": 1}}, "first", (1, 3, SectionState.IN_PROGRESS)),
    ],
)
def test_how_far_a_section_is(answers, section, expected):
    found = assess(answers).sections[section]
    assert (found.done, found.total, found.state) == expected


def test_a_section_with_nothing_to_show_is_not_listed():
    assert list(assess({}).sections) == ["first", "second"]
    assert list(assess({"opened": 1}).sections) == ["first", "second", "money"]


def test_one_section_stands_as_it_does_in_the_whole():
    answers = {"opened": 3, "closed": 4, "by_area": {"north": 1}, "changed": "yes", "budget": {"r1.cost": 5}}
    whole = assess(answers)
    for key in ("first", "second", "money"):
        part = assess(answers, sections={key})
        mine = {each.key for each in FORM.by_section[key].questions}
        assert part.visible == whole.visible
        assert part.sections == {key: whole.sections[key]}
        assert part.missing == tuple(each for each in whole.missing if each[0] in mine)
        assert part.failures == tuple(each for each in whole.failures if each.about[0][0] in mine)
        assert part.computed == {each: found for each, found in whole.computed.items() if each in mine}


def test_figures_are_yielded_for_what_is_shown_and_filled_in():
    answers = cells({"opened": 4, "closed": 3, "by_area": {"north": 1, "south": 3}, "safer": {"number": 0, "out_of": 0}})
    answers["budget"] = {"r1.item": "a", "r1.grant": 50}
    found = standing.figures(FORM, answers, assess(answers))
    assert found == [
        Figure("opened", "all", 4),
        Figure("opened", "area:north", 1),
        Figure("opened", "area:south", 3),
        Figure("safer", "all", 0, 0),
        Figure("closed_share", "all", 3, 4),
        Figure("unspent", "all", 999_950),
    ]
    assert standing.figures(FORM, {}, assess({})) == []
    declined = cells({"opened": NOT_APPLICABLE})
    assert standing.figures(FORM, declined, assess(declined)) == [Figure("opened", "all", None, not_applicable=True)]


def test_what_is_hidden_counts_nowhere_and_is_listed():
    answers = cells({"opened": 0, "changed": "no", "why": "an old answer", "budget": {"r1.item": "a"}})
    found = assess(answers)
    assert set(standing.counted(FORM, answers, found)) == {"opened", "changed"}
    assert [each.key for each in standing.left_out(FORM, answers, found)] == ["why", "budget"]


def test_each_value_is_worked_out_once():
    filled = Filled(FORM, cells({"opened": 4, "closed": 3}), None, {})
    first = filled.computed(FORM.questions["closed_share"])
    assert filled.computed(FORM.questions["closed_share"]) is first


def test_columns_made_of_columns_are_worked_out_once_and_only_while_they_are_exact():
    """Each is the one before times itself: without an end to it the twentieth would have 400,000 digits."""
    columns = [{"key": "c0", "type": "whole_number"}]
    columns += [{"key": f"c{each}", "type": "computed", "value": f"c{each - 1} * c{each - 1}"} for each in range(1, 19)]
    columns += [{"key": "none", "type": "computed", "value": "c18 - c18"}]
    table = {"key": "t", "type": "table", "label": "T", "columns": columns}
    form = parse({"questionnaire": "f", "title": "F", "kind": "return", "sections": [{"key": "s", "title": "S", "questions": [table]}]})
    filled = Filled(form, {"t": {"r1.c0": 7}}, None, {})
    assert filled.computed(form.questions["t"]) == {"r1.c1": 49, "r1.c2": 2_401, "r1.c3": 5_764_801, "r1.c4": 33_232_930_569_601}
    [row] = filled.table_rows(form.questions["t"])
    assert row.value("c4") is row.value("c4")


def test_a_ratio_keeps_its_decimals_on_both_sides():
    form = parse(
        {
            "questionnaire": "f",
            "title": "F",
            "kind": "return",
            "sections": [
                {
                    "key": "s",
                    "title": "S",
                    "questions": [
                        {"key": "cases", "type": "whole_number", "label": "Cases"},
                        {"key": "posts", "type": "decimal", "decimals": 2, "label": "Posts"},
                        {"key": "load", "type": "computed", "number": "cases", "out_of": "posts", "indicator": "load"},
                    ],
                }
            ],
            "indicators": [
                {
                    "key": "load",
                    "label": "Load",
                    "measure": "last",
                    "over_providers": "pooled_ratio",
                    "unit": "cases per post",
                    "decimals": 2,
                }
            ],
        }
    )
    answers = cells({"cases": 240, "posts": 1250})
    found = standing.assess(form, answers, None, {}, TODAY)
    assert standing.figures(form, answers, found) == [Figure("load", "all", 24_000, 1_250)]
    assert found.failures == ()
