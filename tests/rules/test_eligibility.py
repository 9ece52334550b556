"""The eligibility check: which questions it asks, and what follows from the answers."""

from __future__ import annotations

from datetime import date

import pytest

from partnerhub.catalogue import reading
from partnerhub.rules.eligibility import MISSING, asked, check
from partnerhub.rules.questionnaire import parse
from tests.make import SMALL_APPLICATION

FORM = parse(SMALL_APPLICATION)
TODAY = date(2025, 9, 27)


def verdict(**texts):
    return check(FORM, texts, {}, TODAY)


def keys(questions):
    return [each.key for each in questions]


def test_it_asks_what_can_end_the_form_and_what_that_depends_on_and_nothing_else():
    assert keys(asked(FORM)) == ["in_area", "applying_as", "is_free"]


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
    assert asked(form) == () and check(form, {}, {}, TODAY).may_apply


def test_only_the_first_sections_that_can_end_a_form_are_asked():
    later = {"key": "late", "type": "yes_no", "label": "Late?", "stop_if": "late == 'yes'"}
    sections = [*SMALL_APPLICATION["sections"], {"key": "end", "title": "End", "questions": [later]}]
    assert keys(asked(parse(SMALL_APPLICATION | {"sections": sections}))) == ["in_area", "applying_as", "is_free"]


@pytest.mark.parametrize(
    ("name", "first"),
    [("csf_application", ["helps_area", "organisation_kind"]), ("people_zones_application", ["promotes_belief", "already_spent"])],
)
def test_the_forms_of_the_catalogue_have_a_check(name, first):
    form = parse(reading.read([reading.HOUSE / "questionnaires" / f"{name}.yaml"])[0].content)
    assert keys(check(form, {}, {}, TODAY).shown) == first
