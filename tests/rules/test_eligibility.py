"""The eligibility check: which questions it asks, and what follows from the answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from partnerhub.catalogue import reading
from partnerhub.rules.eligibility import AMOUNT, KIND, MISSING, asked, check
from partnerhub.rules.questionnaire import parse
from partnerhub.rules.rounds import Terms
from partnerhub.rules.words import OrganisationKind
from tests.make import SMALL_APPLICATION

FORM = parse(SMALL_APPLICATION)
TODAY = date(2025, 9, 27)
EVERY_KIND = tuple(OrganisationKind)
TERMS = Terms("", "", "", 10_000_00, 12, EVERY_KIND)
DECIDED = date(2026, 2, 3)


def verdict(**texts):
    return check(FORM, TERMS, DECIDED, texts, TODAY)


def in_catalogue(name):
    return parse(reading.read([reading.HOUSE / "questionnaires" / f"{name}.yaml"])[0].content)


def keys(questions):
    return [each.key for each in questions]


def test_it_asks_what_can_end_the_form_and_what_that_depends_on_and_nothing_else():
    assert keys(asked(FORM, TERMS)) == ["in_area", "applying_as", "is_free"]


def test_a_question_is_asked_only_once_it_matters():
    assert keys(verdict().shown) == ["in_area", "applying_as"]
    assert keys(verdict(applying_as="business").shown) == ["in_area", "applying_as", "is_free"]


@pytest.mark.parametrize(
    ("texts", "stopped"),
    [
        ({"in_area": "no"}, "This fund is only for projects in our area."),
        ({"in_area": "yes", "applying_as": "business", "is_free": "no"}, "A business can apply only if it is free."),
    ],
)
def test_it_says_why_not_at_once(texts, stopped):
    found = verdict(**texts)
    assert found.stopped == stopped and not found.may_apply


def test_an_answer_that_is_not_asked_any_more_stops_nobody():
    assert verdict(in_area="yes", applying_as="group", is_free="no").may_apply


@pytest.mark.parametrize(
    ("texts", "blank"),
    [
        ({}, {"in_area", "applying_as"}),
        ({"in_area": "yes"}, {"applying_as"}),
        ({"in_area": "yes", "applying_as": "business"}, {"is_free"}),
    ],
)
def test_nobody_may_apply_before_everything_that_is_asked_is_answered(texts, blank):
    found = verdict(**texts)
    assert found.unanswered == blank and not found.may_apply and not found.stopped and MISSING


def test_what_cannot_be_read_is_told_without_promising_that_it_is_kept():
    found = verdict(in_area="perhaps", applying_as="group")
    assert found.errors == {"in_area": "Choose yes or no."} and not found.may_apply


def test_a_form_that_ends_for_nobody_asks_nothing():
    section = {"key": "idea", "title": "Idea", "questions": [{"key": "need", "type": "long_text", "label": "Need"}]}
    form = parse({"questionnaire": "open", "title": "Open", "kind": "application", "sections": [section]})
    assert asked(form, TERMS) == () and check(form, TERMS, DECIDED, {}, TODAY).may_apply


def test_only_the_first_sections_that_can_end_a_form_are_asked():
    later = {"key": "late", "type": "yes_no", "label": "Late?", "stop_if": "late == 'yes'"}
    sections = [*SMALL_APPLICATION["sections"], {"key": "end", "title": "End", "questions": [later]}]
    assert keys(asked(parse(SMALL_APPLICATION | {"sections": sections}), TERMS)) == ["in_area", "applying_as", "is_free"]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        (
            "csf_application",
            [
                "helps_area",
                "organisation_kind",
                "has_governing_document",
                "start_date",
                "end_date",
                "people_at_risk",
                AMOUNT,
            ],
        ),
        ("people_zones_application", ["promotes_belief", "already_spent", "start_date", "end_date", "people_at_risk", AMOUNT]),
    ],
)
def test_the_forms_of_the_catalogue_have_a_check_of_a_minute(name, first):
    assert keys(check(in_catalogue(name), TERMS, DECIDED, {}, TODAY).shown) == first


CSF = {
    "helps_area": "yes",
    "organisation_kind": "charity",
    "has_governing_document": "yes",
    "bank_account": "yes",
    "people_at_risk": "no",
}


def of_csf(terms=TERMS, **texts):
    return check(in_catalogue("csf_application"), terms, DECIDED, CSF | texts, TODAY)


def test_a_sum_and_days_that_are_not_known_yet_stop_nobody():
    assert of_csf().may_apply
    assert of_csf(**{AMOUNT: "10,000", "start_date": "4 2 2026", "end_date": "4 2 2027"}).may_apply


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({AMOUNT: "10,000.01"}, ["It asks for £10,000.01. The most that one application can be given is £10,000.00."]),
        ({"start_date": "4 2 2026", "end_date": "6 2 2027"}, ["The project must end within 12 months of its start."]),
        ({"start_date": "3 2 2026"}, ["The project must start after the date of the decision."]),
    ],
)
def test_another_sum_or_other_days_would_do(texts, said):
    found = of_csf(**texts)
    assert list(found.to_mend) == said and not found.may_apply and found.stopped is None


def test_the_gate_of_the_start_is_told_where_the_form_has_no_check_of_it():
    texts = {"promotes_belief": "no", "already_spent": "no", "people_at_risk": "no", "start_date": "3 2 2026"}
    found = check(in_catalogue("people_zones_application"), TERMS, DECIDED, texts, TODAY)
    assert [each.partition(". ")[0] for each in found.to_mend] == ["The project starts on Tuesday 3 February 2026"]


def test_a_kind_that_the_round_is_not_open_to_is_told_as_the_form_asks_for_it_or_as_the_hub_does():
    groups = replace(TERMS, kinds=("group",))
    assert of_csf(groups).stopped == "The round is not open to this kind of organisation: Charity."
    assert of_csf(groups, organisation_kind="cic").stopped is None  # the hub knows no kind of that name
    texts = {"in_area": "yes", "applying_as": "group"}
    assert keys(asked(FORM, groups))[-1] == KIND
    assert (
        check(FORM, groups, DECIDED, texts | {KIND: "school"}, TODAY).stopped
        == "The round is not open to this kind of organisation: School or college."
    )
    assert check(FORM, groups, DECIDED, texts | {KIND: "group"}, TODAY).may_apply
    assert check(FORM, groups, DECIDED, texts, TODAY).unanswered == {KIND}


def test_it_says_what_to_have_ready_for_answers_like_these():
    accounts = "Latest accounts, or a statement of income and spending"
    assert of_csf().to_have_ready == ("Governing document", accounts)
    host = "Which organisation will hold the money for you?"
    alone = of_csf(has_governing_document="no", people_at_risk="yes").to_have_ready
    assert alone == (host, accounts, "Safeguarding policy", "Letter of agreement from the host organisation")
    kept = of_csf(replace(TERMS, before_scoring=("accounts", "dbs_evidence"))).to_have_ready
    assert kept == ("Governing document", accounts, "Evidence of DBS checks")


def test_nothing_that_tells_of_a_person_stands_in_an_address():
    section = {"key": "you", "title": "You", "questions": [
        {"key": "email", "type": "email", "label": "E-mail", "stop_if": "not answered(email)"},
        {"key": "name", "type": "short_text", "label": "Name", "stop_if": "not answered(name)"},
        {"key": "home", "type": "postcode", "label": "Postcode", "stop_if": "not answered(home)"},
        {"key": "sure", "type": "yes_no", "label": "Sure?", "stop_if": "sure == 'no'"},
    ]}  # fmt: skip
    assert keys(asked(parse({"questionnaire": "open", "title": "Open", "kind": "application", "sections": [section]}), TERMS)) == ["sure"]
