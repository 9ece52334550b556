"""Definitions: what a good one says, every fault of a bad one, what depends on what, and what changed between two."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnerhub.rules.errors import BadDefinition
from partnerhub.rules.question_types import Choice, Limit
from partnerhub.rules.questionnaire import (
    FACTS,
    ChangeKind,
    Severity,
    carry,
    changes,
    embed,
    parse,
    parse_indicators,
    wording_only,
)

DOCUMENT = {
    "questionnaire": "example_return",
    "title": "Example return",
    "kind": "return",
    "about": "Counts only.",
    "swing": {"percent": 50, "at_least": 10},
    "not_known_above": 20,
    "short_version_when": "award <= 2500",
    "sections": [
        {
            "key": "people",
            "title": "People",
            "questions": [
                {"key": "accepted", "type": "whole_number", "label": "Accepted", "required": True, "indicator": "accepted"},
                {"key": "by_area", "type": "breakdown", "of": "accepted", "breakdown": "area"},
                {"key": "reached", "type": "whole_number", "label": "Reached", "limit": {"min": 0, "max": 1000}},
                {"key": "reached_share", "type": "computed", "number": "reached", "out_of": "accepted", "indicator": "reached_share"},
                {"key": "safer", "type": "percentage", "label": "Safer", "indicator": "safer"},
                {"key": "kind", "type": "single_choice", "label": "Kind", "options": ["As planned", {"key": "other", "label": "Other"}]},
                {
                    "key": "why",
                    "type": "long_text",
                    "label": "Why?",
                    "show_if": "kind == 'other'",
                    "required": {"when": "reached < accepted"},
                },
            ],
        },
        {
            "key": "money",
            "title": "Money",
            "show_if": "accepted > 0",
            "short": False,
            "questions": [
                {
                    "key": "budget",
                    "type": "table",
                    "label": "Budget",
                    "columns": [
                        {"key": "item", "type": "short_text", "required": True},
                        {"key": "total", "type": "money"},
                        {"key": "grant", "type": "money"},
                        {"key": "rest", "type": "computed", "value": "total - grant"},
                    ],
                    "totals": ["total", "rest"],
                    "row_rules": [{"test": "grant <= total", "message": "The grant pays no more than the cost"}],
                    "limit": {"rows": 3},
                },
                {"key": "spent", "type": "computed", "label": "Spent", "value": "column(budget, 'grant')"},
                {"key": "left", "type": "computed", "label": "Left", "value": "award - spent"},
            ],
        },
    ],
    "breakdowns": {"area": [{"key": "north", "label": "North"}, {"key": "not_known", "label": "Not known"}]},
    "indicators": [
        {"key": "accepted", "label": "Accepted", "measure": "sum", "over_providers": "sum", "unit": "people", "breakdowns": ["area"]},
        {"key": "reached_share", "label": "Share reached", "measure": "pooled_share", "over_providers": "pooled_share", "unit": "percent"},
        {"key": "safer", "label": "Safer", "measure": "pooled_share", "over_providers": "pooled_share", "unit": "percent"},
    ],
    "checks": [
        {
            "key": "reached",
            "left": "reached",
            "operator": "<=",
            "right": "accepted",
            "severity": "stops",
            "message": "No more than accepted",
        }
    ],
    "scoring": {
        "scale": {"min": 0, "max": 5, "anchors": {"0": "Nothing", "5": "Excellent"}},
        "criteria": [{"key": "need", "label": "Need", "weight": 60}, {"key": "value", "label": "Value", "weight": 40}],
        "floor": {"criteria": ["need"], "min": 2},
        "line": 65,
        "bands": [{"label": "recommend", "min": 70}],
        "tie_break": ["need"],
    },
}


PASSED = {"key": "sound", "label": "Soundly governed", "pass_fail": True}


def document(path="", value=None, drop=()):
    """A copy of DOCUMENT with one value changed: `path` is like "sections.0.questions.2.label"."""
    made = copy.deepcopy(DOCUMENT)
    if path:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        at = made
        for step in way:
            at = at[step]
        if value is DROP:
            del at[last]
        elif last == "+":
            at.append(value)
        else:
            at[last] = value
    return made


DROP = object()
FIRST = "sections.0.questions"


def faults(*args):
    with pytest.raises(BadDefinition) as bad:
        parse(document(*args), file="form.yaml")
    return bad.value.faults


def test_a_good_definition_is_read_whole():
    made = parse(DOCUMENT)
    assert (made.key, made.title, made.kind) == ("example_return", "Example return", "return")
    assert list(made.questions) == [
        "accepted",
        "by_area",
        "reached",
        "reached_share",
        "safer",
        "kind",
        "why",
        "budget",
        "spent",
        "left",
    ]
    assert [each.key for each in made.figures] == ["accepted", "by_area", "reached_share", "safer"]
    assert made.questions["by_area"].cells == ("north", "not_known")
    assert made.questions["by_area"].label == "Accepted by area"
    assert made.questions["by_area"].indicator == "accepted"
    assert made.questions["reached_share"].label == "Share reached"
    assert made.questions["safer"].cells == ("number", "out_of")
    assert made.questions["kind"].options == (Choice("as_planned", "As planned"), Choice("other", "Other"))
    assert made.questions["reached"].limit == Limit(min=0, max=1000)
    assert made.section_of("spent").key == "money"
    assert (made.questions["left"].is_money, made.questions["left"].decimals) == (True, 2)
    assert [each.label for each in made.questions["budget"].columns] == ["Item", "Total", "Grant", "Rest"]
    assert made.questions["budget"].columns[3].is_money
    assert made.scoring.anchors[5] == "Excellent"
    assert made.checks[0].severity is Severity.STOPS


def test_figures_may_be_answered_not_applicable_and_other_questions_only_when_it_is_said():
    made = parse(document(f"{FIRST}.2.not_applicable", True))
    assert {key for key, each in made.questions.items() if each.may_not_apply} == {"accepted", "by_area", "safer", "reached"}


def test_a_definition_cannot_be_changed():
    made = parse(DOCUMENT)
    with pytest.raises(TypeError):
        made.questions["new"] = made.questions["kind"]
    with pytest.raises(AttributeError):
        made.title = "Other"
    with pytest.raises(AttributeError):
        made.questions["kind"].label = "Other"


@pytest.mark.parametrize(
    ("path", "value", "place", "text"),
    [
        ("questionnaire", DROP, "", "“questionnaire” is missing"),
        ("questionnaire", "Big Form", "", "cannot be a key"),
        ("title", DROP, "", "“title” is missing"),
        ("kind", "survey", "", "it is one of return, application, report"),
        ("tilte", "x", "", "unknown key “tilte”. Did you mean “title”?"),
        ("swing", {"percent": 50}, "", ""),
        ("swing", 5, "swing", "keys and values"),
        ("not_known_above", 200, "", "from 0 to 100"),
        ("personal_details", False, "", "false (put quotation marks round a word such as “yes”)"),
        ("short_version_when", "accepted > 5", "", "neither a question nor a known fact"),
        ("built_in", "maybe", "", "one of stops, asks"),
        ("sections", [], "", "“sections” is missing"),
        ("sections", "none", "", "should be a list"),
        ("sections.0.title", DROP, "sections[0] people", "“title” is missing"),
        ("sections.1.key", "people", "sections[1] people", "the key “people” is used twice"),
        ("sections.1.colour", "red", "sections[1] money", "unknown key “colour”"),
        ("sections.1.show_if", "accepted", "sections[1] money", "should be a condition"),
        ("sections.1.show_if", "spent > 0", "sections[1].questions[", "circle"),
        (f"{FIRST}.0.key", "Accepted Cases", "sections[0].questions[0]", "cannot be a key"),
        (f"{FIRST}.0.key", DROP, "sections[0].questions[0]", "“key” is missing"),
        (f"{FIRST}.2.key", "accepted", "sections[0].questions[2] accepted", "used twice (first at sections[0].questions[0] accepted)"),
        (f"{FIRST}.2.key", "award", "sections[0].questions[2] award", "is the name of a fact"),
        (f"{FIRST}.0.type", "number", "sections[0].questions[0] accepted", "“type” cannot be “number”"),
        (f"{FIRST}.0.type", "whole_numbr", "sections[0].questions[0] accepted", "Did you mean “whole_number”?"),
        (f"{FIRST}.0.label", DROP, "sections[0].questions[0] accepted", "“label” is missing"),
        (f"{FIRST}.0.label", ["x"], "sections[0].questions[0] accepted", "should be a text"),
        (f"{FIRST}.0.label", "x" * 501, "sections[0].questions[0] accepted", "501 characters; the most is 500"),
        (f"{FIRST}.0.lable", "x", "sections[0].questions[0] accepted", "Did you mean “label”?"),
        (f"{FIRST}.0.options", ["a"], "sections[0].questions[0] accepted", "“options” means nothing for this type"),
        (f"{FIRST}.0.indicator", "acepted", "sections[0].questions[0] accepted", "unknown indicator “acepted”. Did you mean “accepted”?"),
        (f"{FIRST}.4.indicator", "accepted", "sections[0].questions[4] safer", "combined as sum"),
        (f"{FIRST}.2.indicator", "accepted", "sections[0].questions[2] reached", "“accepted” already feeds the indicator “accepted”"),
        (f"{FIRST}.5.indicator", "accepted", "sections[0].questions[5] kind", "yields no figure"),
        (f"{FIRST}.0.required", "yes", "sections[0].questions[0] accepted", "“required” should be true or false"),
        (f"{FIRST}.3.required", True, "sections[0].questions[3] reached_share", "nobody answers this"),
        (f"{FIRST}.6.required", {"if": "x"}, "sections[0].questions[6] why required", "“when” is missing"),
        (f"{FIRST}.6.required", {"when": "nobody > 1"}, "sections[0].questions[6] why required", "“nobody” is neither"),
        (f"{FIRST}.2.limit", {"min": 10, "max": 5}, "sections[0].questions[2] reached limit", "contradict"),
        (f"{FIRST}.2.limit", {"max": -5}, "sections[0].questions[2] reached limit", "contradict"),
        (f"{FIRST}.2.limit", {"words": 5}, "sections[0].questions[2] reached limit", "means nothing"),
        (f"{FIRST}.6.limit", {"words": 0}, "sections[0].questions[6] why limit", "from 1 to 20000"),
        (f"{FIRST}.6.limit", {"words": 2.5}, "sections[0].questions[6] why limit", "whole number"),
        (f"{FIRST}.1.of", "nobody", "sections[0].questions[1] by_area", "“of” names no question"),
        (f"{FIRST}.1.of", "kind", "sections[0].questions[1] by_area", "is not one number"),
        (f"{FIRST}.1.breakdown", "aera", "sections[0].questions[1] by_area", "unknown breakdown “aera”. Did you mean “area”?"),
        ("indicators.0.breakdowns", [], "sections[0].questions[1] by_area", "is not broken down by “area”"),
        (f"{FIRST}.5.options", DROP, "sections[0].questions[5] kind", "“options” is missing"),
        (f"{FIRST}.5.options", ["A", "a "], "sections[0].questions[5] kind", "twice"),
        (f"{FIRST}.5.options", [True, False], "sections[0].questions[5] kind options", "quotation marks"),
        (f"{FIRST}.5.options", ["???"], "sections[0].questions[5] kind options", "needs a key of its own"),
        (f"{FIRST}.5.options", [{"key": "a-b", "label": "x"}], "sections[0].questions[5] kind options", "cannot be a key"),
        (f"{FIRST}.5.options_from", "districts", "sections[0].questions[5] kind", "only one of them"),
        (f"{FIRST}.2.reuse", "shoe_size", "sections[0].questions[2] reached", "names no part of the organisation's profile"),
        (f"{FIRST}.2.carry_forward", "nobody", "sections[0].questions[2] reached", "names no question"),
        (f"{FIRST}.2.carry_forward", "kind", "sections[0].questions[2] reached", "same type"),
        (f"{FIRST}.2.score", "style", "sections[0].questions[2] reached", "names no criterion"),
        (f"{FIRST}.2.visible_to", "nobody", "sections[0].questions[2] reached", "one of everyone, office"),
        *(
            (
                f"{FIRST}.+",
                {"key": "proof", "type": "file", "label": "Proof", "visible_to": reader},
                "sections[0].questions[7] proof",
                f"a question of type file cannot be for {reader}",
            )
            for reader in ("office", "finance", "assessor")
        ),
        (f"{FIRST}.2.stop_message", "Stop", "sections[0].questions[2] reached", "needs “stop_if”"),
        (f"{FIRST}.2.show_if", "reached > 1", "sections[0].questions[2] reached", "circle: reached needs reached"),
        (f"{FIRST}.0.show_if", "kind == 'other'", "", ""),
        (f"{FIRST}.2.show_if", "why == 'x'", "", ""),
        (f"{FIRST}.5.show_if", "answered(why)", "sections[0].questions[", "circle"),
        (f"{FIRST}.6.show_if", "kind == 'oter'", "sections[0].questions[6] why", "no option with the key 'oter'. Did you mean “other”?"),
        (f"{FIRST}.6.show_if", "kind == 'As planned'", "sections[0].questions[6] why", "Write 'as_planned'"),
        (f"{FIRST}.6.show_if", "'other' in kind", "sections[0].questions[6] why", "write kind == 'other'"),
        (f"{FIRST}.6.show_if", "accepted == 'many'", "sections[0].questions[6] why", "is a number"),
        (f"{FIRST}.6.show_if", "cell(safer, 'top') > 1", "sections[0].questions[6] why", "has no cell “top”"),
        (f"{FIRST}.6.show_if", "sum(accepted) > 1", "sections[0].questions[6] why", "is not a breakdown"),
        (f"{FIRST}.6.show_if", "budget > 1", "sections[0].questions[6] why", "is a table"),
        (f"{FIRST}.6.show_if", "days(kind) > 1", "sections[0].questions[6] why", "is not a date"),
        (f"{FIRST}.6.show_if", "column(budget, 'item') > 1", "sections[0].questions[6] why", "holds no numbers"),
        (f"{FIRST}.6.show_if", "previous(award) > 1", "sections[0].questions[6] why", "is a fact, not a question"),
        (f"{FIRST}.6.show_if", "accepted >", "sections[0].questions[6] why", "cannot be read"),
        (f"{FIRST}.3.out_of", DROP, "sections[0].questions[3] reached_share", "give either “value”, or “number” and “out_of”"),
        (f"{FIRST}.3.value", "accepted", "sections[0].questions[3] reached_share", "give either"),
        ("sections.1.questions.1.value", "award - left", "sections[1].questions[", "circle: "),
        ("sections.1.questions.1.value", "award > 5", "sections[1].questions[1] spent", "not a condition"),
        ("sections.1.questions.0.columns", [], "sections[1].questions[0] budget", "“columns” is missing"),
        ("sections.1.questions.0.columns.0.type", "table", "sections[1].questions[0].columns[0] item", "a column cannot be of type table"),
        ("sections.1.questions.0.columns.1.key", "item", "sections[1].questions[0].columns[1] item", "used twice"),
        ("sections.1.questions.0.columns.3.value", "total - rest", "sections[1].questions[0] budget", "circle"),
        ("sections.1.questions.0.columns.3.value", "accepted", "sections[1].questions[0].columns[3] rest", "“accepted” is neither"),
        ("sections.1.questions.0.totals", ["item"], "sections[1].questions[0] budget", "names no column with numbers"),
        ("sections.1.questions.0.row_rules.0.test", "accepted > 1", "sections[1].questions[0].row_rules[0]", "“accepted” is neither"),
        ("sections.1.questions.0.row_rules.0.message", DROP, "sections[1].questions[0].row_rules[0]", "“message” is missing"),
        ("breakdowns.area", [{"key": "a", "label": "A"}, {"key": "a", "label": "B"}], "breakdowns", "the key “a” twice"),
        ("breakdowns.area", [], "breakdowns", "“area” is missing"),
        ("indicators.1.key", "accepted", "indicators[1] accepted", "used twice"),
        ("indicators.0.measure", "mean", "indicators[0] accepted", "“measure” cannot be “mean”"),
        ("indicators.0.unit", DROP, "indicators[0] accepted", "“unit” is missing"),
        ("indicators.0.decimals", 1.5, "indicators[0] accepted", "whole number"),
        ("checks.0.operator", "==", "checks[0] reached", "one of ="),
        ("checks.0.severity", DROP, "checks[0] reached", "“severity” is missing"),
        ("checks.0.right", DROP, "checks[0] reached", "“right” is missing"),
        ("checks.0.left", "nobody", "checks[0] reached", "“nobody” is neither"),
        ("checks.0.left", "reached > 1", "checks[0] reached", "not a condition"),
        ("checks.0.blanks", "sometimes", "checks[0] reached", "“blanks” cannot be “sometimes”"),
        ("checks.+", DOCUMENT["checks"][0], "checks[1] reached", "used twice"),
        ("checks.+", DOCUMENT["checks"][0] | {"key": "x", "left": "1", "right": "award"}, "checks[1] x", "names no question"),
        ("checks.+", DOCUMENT["checks"][0] | {"key": "x", "operator": "not_both", "blanks": "never"}, "checks[1] x", "means nothing"),
        ("scoring.criteria.0.weight", 50, "scoring", "the weights add up to 90, not to 100"),
        ("scoring.criteria.0.weight", DROP, "scoring.criteria[0] need", "“weight” is missing"),
        ("scoring.criteria.1.key", "need", "scoring.criteria[1] need", "used twice"),
        ("scoring.tie_break", ["style"], "scoring", "“tie_break” names no criterion"),
        ("scoring.scale", {"min": 5, "max": 5}, "scoring scale", "“min” below its “max”"),
        ("scoring.scale.anchors", {"9": "x"}, "scoring scale", "is no mark of the scale"),
        ("scoring.floor.min", 6, "scoring floor", "“min” should be from 0 to 5"),
        ("scoring.floor", {"min": 2}, "scoring floor", "needs “criteria” and “min”"),
        ("scoring.floor.min", DROP, "scoring floor", "needs “criteria” and “min”"),
        ("scoring.criteria.+", PASSED | {"weight": 10}, "scoring.criteria[2] sound", "has no “weight”"),
        ("scoring.criteria.0.pass_fail", "yes", "scoring.criteria[0] need", "“pass_fail” should be true or false"),
        ("scoring.criteria", [PASSED], "scoring", "the weights add up to 0, not to 100"),
        ("scoring.floor", {"criteria": ["sound"], "min": 1}, "scoring floor", "“criteria” names no criterion that is marked"),
    ],
)
def test_every_fault_is_named_at_its_place(path, value, place, text):
    if not text:  # two changes that are right, so that the table shows where the line runs
        if path == "swing":
            assert "needs “percent” and “at_least”" in str(faults(path, value)[0])
        else:
            assert parse(document(path, value)).questions
        return
    found = faults(path, value)
    assert {each.file for each in found} == {"form.yaml"}
    assert any(each.place.startswith(place) and text in each.text for each in found), [str(each) for each in found]


def test_all_faults_are_named_at_once():
    bad = document("title", DROP)
    bad["sections"][0]["questions"][0]["type"] = "nothing"
    bad["sections"][0]["questions"][5]["options"] = []
    bad["checks"][0]["message"] = ""
    bad["scoring"]["criteria"][0]["weight"] = 1
    with pytest.raises(BadDefinition) as refused:
        parse(bad)
    places = {fault.place for fault in refused.value.faults}
    assert {"", "sections[0].questions[0] accepted", "sections[0].questions[5] kind", "checks[0] reached", "scoring"} <= places


@pytest.mark.parametrize("content", [None, [], "text", 5, True, {}, {"sections": {}}, {"sections": [None]}, {1: 2}])
def test_what_is_no_definition_at_all_is_a_fault(content):
    with pytest.raises(BadDefinition):
        parse(content)


def test_a_definition_that_is_too_large_is_refused():
    made = document()
    made["sections"][0]["questions"] += [{"key": f"q{n}", "type": "yes_no", "label": "Q"} for n in range(300)]
    with pytest.raises(BadDefinition, match=r"the most is 200"):
        parse(made)
    made = document("breakdowns.area", [{"key": f"k{n}", "label": f"L{n}"} for n in range(300)])
    grids = [{"key": f"g{n}", "type": "breakdown", "breakdown": "area", "label": "Grid"} for n in range(20)]
    made["sections"][0]["questions"] += grids
    with pytest.raises(BadDefinition, match=r"boxes to fill in; the most is 5,000"):
        parse(made)


junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(["accepted", "table", "a > 1"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "type", "label", "when", "x"]), inner, max_size=3),
    max_leaves=8,
)


def places_in(value, path=()):
    yield path
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places_in(inner, (*path, step))


@settings(max_examples=400)
@given(st.data(), st.sampled_from([each for each in places_in(DOCUMENT) if each]), junk)
def test_whatever_stands_in_a_document_nothing_but_a_fault_comes_out(data, path, value):
    made = copy.deepcopy(DOCUMENT)
    at = made
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    try:
        parse(made)
    except BadDefinition as bad:
        assert bad.faults
        str(bad).encode()


# What depends on what


@pytest.mark.parametrize(
    ("key", "checks", "computed", "shown"),
    [
        ("accepted", {"reached", "_adds_up_by_area", "_swing_accepted"}, {"reached_share", "by_area"}, {"why", "by_area", "budget"}),
        ("reached", {"reached", "_within_reached_share"}, {"reached_share"}, {"why"}),
        ("by_area", {"_adds_up_by_area", "_not_known_by_area"}, {"by_area"}, set()),
        ("safer", {"_within_safer"}, set(), set()),
        ("kind", {"_personal_why"}, set(), {"why"}),
        ("budget", {"_rows_budget", "_row_budget_1"}, {"budget", "spent", "left"}, set()),
    ],
)
def test_one_answer_touches_what_depends_on_it(key, checks, computed, shown):
    touched = parse(DOCUMENT).depends_on(key)
    assert checks <= touched.checks
    assert computed <= touched.computed
    assert shown <= touched.shown
    if key in ("by_area", "safer"):
        assert (checks, computed, shown) == (touched.checks, touched.computed, touched.shown)


def test_facts_and_earlier_periods_make_no_circle():
    made = document(f"{FIRST}.2.required", {"when": "previous(reached) > award"})
    made["sections"][0]["questions"][0]["show_if"] = "previous(accepted) > 0"
    assert parse(made).questions["accepted"].show_if is not None
    assert "award" in FACTS


# The library


def test_a_published_version_takes_along_what_it_cites():
    library = {
        "indicators": [*DOCUMENT["indicators"], DOCUMENT["indicators"][0] | {"key": "unused"}],
        "breakdowns": {"area": ["North", "Not known"], "unused": ["x"]},
    }
    bare = document("indicators", DROP)
    del bare["breakdowns"]
    whole = embed(bare, library)
    assert [each["key"] for each in whole["indicators"]] == ["accepted", "reached_share", "safer"]
    assert list(whole["breakdowns"]) == ["area"]
    assert set(parse(whole).indicators) == {"accepted", "reached_share", "safer"}
    with pytest.raises(BadDefinition, match="unknown indicator “accepted”"):
        parse(embed(bare, {}))


def test_what_the_document_defines_itself_wins_over_the_library():
    other = {"indicators": [DOCUMENT["indicators"][0] | {"label": "Other"}], "breakdowns": {"area": ["East"]}}
    whole = parse(embed(DOCUMENT, other))
    assert whole.indicators["accepted"].label == "Accepted"
    assert whole.questions["by_area"].cells == ("north", "not_known")


def test_indicators_in_pounds_are_pence():
    entry = {"key": "spend", "label": "Spend", "measure": "sum", "over_providers": "sum", "unit": "pounds"}
    assert parse_indicators({"indicators": [entry]})["spend"].decimals == 2
    with pytest.raises(BadDefinition, match="2 decimals"):
        parse_indicators({"indicators": [entry | {"decimals": 0}]})


# Changes


@pytest.mark.parametrize(
    ("path", "value", "kinds"),
    [
        ("", None, set()),
        ("title", "Better title", {ChangeKind.WORDING}),
        (f"{FIRST}.0.label", "Accepted cases", {ChangeKind.WORDING}),
        (f"{FIRST}.0.help", "Count each once", {ChangeKind.WORDING}),
        (f"{FIRST}.5.options.1", {"key": "other", "label": "Something else"}, {ChangeKind.WORDING}),
        ("checks.0.message", "Never more than accepted", {ChangeKind.WORDING}),
        (f"{FIRST}.0.required", False, {ChangeKind.RULE}),
        (f"{FIRST}.2.limit.max", 500, {ChangeKind.RULE}),
        (f"{FIRST}.6.show_if", "kind != 'other'", {ChangeKind.RULE}),
        ("checks.0.severity", "asks", {ChangeKind.RULE}),
        ("swing.percent", 40, {ChangeKind.RULE}),
        ("sections.1.show_if", "accepted > 1", {ChangeKind.RULE}),
        ("indicators.0.measure", "last", {ChangeKind.RULE}),
        ("scoring.line", 60, {ChangeKind.RULE}),
        ("scoring.criteria.+", PASSED, {ChangeKind.RULE}),
        (f"{FIRST}.+", {"key": "more", "type": "yes_no", "label": "More?"}, {ChangeKind.ADDED}),
        ("breakdowns.area.+", {"key": "south", "label": "South"}, {ChangeKind.ADDED}),
        (f"{FIRST}.4", DROP, {ChangeKind.NO_PLACE}),
        (f"{FIRST}.5.options.0", "As agreed", {ChangeKind.NO_PLACE, ChangeKind.ADDED}),
        (f"{FIRST}.2.type", "decimal", {ChangeKind.NO_PLACE, ChangeKind.RULE}),  # the share made of it has a decimal more
        ("sections.1.questions.0.columns.0.type", "long_text", {ChangeKind.NO_PLACE, ChangeKind.ADDED}),
    ],
)
def test_changes_are_told_by_kind(path, value, kinds):
    found = changes(parse(DOCUMENT), parse(document(path, value)))
    assert {each.kind for each in found} == kinds
    assert wording_only(found) == (kinds <= {ChangeKind.WORDING})


def test_answers_are_carried_by_key_and_what_finds_no_place_is_listed():
    new = document(f"{FIRST}.4", DROP)
    new["breakdowns"]["area"] = [{"key": "south", "label": "South"}, {"key": "not_known", "label": "Not known"}]
    new["sections"][0]["questions"][2]["limit"] = {"max": 5}
    texts = {
        "accepted": {"": "1,234", "reason._swing_accepted": "More staff"},
        "by_area": {"north": "5", "not_known": "6"},
        "reached": {"": "7"},
        "safer": {"number": "1", "out_of": ""},
        "budget": {"r1.item": "Chairs", "r1.colour": "red"},
        "kind": {"": ""},
    }
    carried = carry(texts, parse(new))
    assert carried.no_place == (("by_area", "north"), ("safer", "number"), ("budget", "r1.colour"))
    assert carried.texts["reached"] == {"": "7"}
    assert carried.values == {
        "accepted": {"": 1234, "reason._swing_accepted": "More staff"},
        "by_area": {"not_known": 6},
        "budget": {"r1.item": "Chairs"},
    }
