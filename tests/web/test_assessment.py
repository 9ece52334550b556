"""Marking as people see it: interests before anything is read, marks beside the answers, nobody else's until all are in."""

import re

import pytest

from partnerhub.actions import assessment as actions
from partnerhub.extensions import db
from partnerhub.models import Assignment, FundingRound, Interest, Score
from tests.actions.test_assessment import (  # fixtures
    BEFORE,
    FULL,
    after_the_close,
    as_person,
    assessors,
    bid,
    chair,
    confirmed,
    finish,
    funding_round,
    given_to_all,
    officer,
)

__all__ = ["after_the_close", "assessors", "bid", "chair", "confirmed", "funding_round", "officer"]


@pytest.fixture
def given(bid, assessors, officer):
    return given_to_all(bid, assessors, officer)


@pytest.fixture
def clerk(make):
    return make.user("officer", name="Clerk")


def test_an_assessor_states_their_interests_against_a_list_that_tells_of_no_application(browser, bid, assessors, funding_round):
    one = browser(assessors[0])
    assert "State your interests" in one.get("/assessment").text
    address = f"/rounds/{funding_round.id}/interests"
    page = one.get(address).text
    assert "Example boxing club" in page
    assert bid.reference not in page
    ticked = {f"interest.{bid.organisation_id}": "yes", f"why.{bid.organisation_id}": "My sister trains there"}
    one.post(address, ticked | {"read": str(bid.organisation_id)})
    assert db.session.query(Interest).one().text == "My sister trains there"
    assert "Declared" in one.get(address).text


def test_an_officer_shares_out_and_gives_by_hand(browser, bid, assessors, clerk, funding_round):
    for each in assessors[:2]:
        actions.state_interests(funding_round, BEFORE, {}, by=as_person(each))
    one = browser(clerk)
    address = f"/rounds/{funding_round.id}/assessors"
    page = one.get(address).text
    assert page.count("Not stated yet") == 1
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    refused = one.post(f"/applications/{bid.id}/assessors", {"assessor": str(assessors[2].id), "version": version})
    assert refused.status_code == 422
    assert "Cat has not stated their interests in this round" in refused.text
    one.post(f"/applications/{bid.id}/assessors", {"assessor": str(assessors[0].id), "version": version})
    assert "1 given out." in one.get(one.post(address, {}).headers["Location"]).text


def test_whoever_leads_an_applicant_too_neither_sees_who_marks_it_nor_gives_it_out(browser, make, bid, assessors, officer, funding_round):
    for each in assessors:
        actions.state_interests(funding_round, BEFORE, {}, by=as_person(each))
    one, address = browser(make.insider("officer", bid.organisation)), f"/rounds/{funding_round.id}/assessors"
    one.post(address, {})
    assert db.session.query(Assignment).count() == 0
    actions.share_out(funding_round, by=officer)
    page = one.get(address).text
    assert bid.reference not in page and "Not begun" not in page
    assert re.findall(r'numeric">(\d+)</td>', page) == ["0"] * 3  # nor by counting what each has to read


def test_an_assessor_reads_what_was_sent_with_the_boxes_beside_the_answers_and_finishes(browser, given, assessors, bid):
    one = browser(assessors[0])
    address = f"/assignments/{given[0].id}"
    assert bid.reference in one.get("/assessment").text
    page = one.get(address).text
    assert page.index("There is nowhere to go") < page.index('id="criterion-need"') < page.index('id="criterion-cost"')
    assert re.search(r'value="5"><label[^>]*><b>5</b> Excellent', page)
    saved = one.post(f"{address}/marks", {"a.need.mark": "4"}, htmx=True)
    assert "saved " in saved.text
    assert "You have marked 0 of 2 criteria." in saved.text
    typed = {f"a.{criterion}.{cell}": text for (criterion, cell), text in FULL.items()}
    answer = one.post(f"{address}/marks", typed | {"then": "finish"})
    assert answer.headers["Location"] == "/assessment"
    assert "Others' marks appear when all are in." in one.get(address).text


def test_what_is_no_mark_comes_back_as_typed_with_a_sentence_beside_it(browser, given, assessors):
    one = browser(assessors[0])
    address = f"/assignments/{given[0].id}"
    answer = one.post(f"{address}/marks", {"a.need.mark": "seven", "a.need.reason": "Why not"}, htmx=True)
    assert (answer.status_code, "whole number from 0 to 5" in answer.text) == (422, True)
    plain = one.post(f"{address}/marks", {"a.need.mark": "seven", "a.need.reason": "Why not"})
    assert plain.status_code == 422 and 'value="seven"' in plain.text and "Saved." not in plain.text
    page = one.post(f"{address}/marks", {"a.need.mark": "seven", "a.need.reason": "Why not", "then": "finish"})
    assert page.status_code == 422
    assert 'value="seven"' in page.text
    assert "Cost: give a mark" in page.text
    assert db.session.query(Score).filter_by(criterion="need").one().typed == "seven"


def test_others_marks_stand_on_the_sheet_only_when_all_are_in(browser, given, assessors):
    for each, name in zip(given, ("Ann", "Ben", "Cat"), strict=True):
        page = browser(assessors[0]).get(f"/assignments/{given[0].id}").text
        assert "Reason of Ben" not in page, name
        finish(each, FULL | {("need", "reason"): f"Reason of {name}"})
    page = browser(assessors[0]).get(f"/assignments/{given[0].id}").text
    assert "Reason of Ben" in page
    assert "Reason of Cat" in page


def test_an_application_vanishes_for_an_assessor_who_declares_an_interest(browser, given, assessors, bid):
    one = browser(assessors[0])
    address = f"/assignments/{given[0].id}"
    version = re.search(r'name="version" value="(\d+)"', one.get(f"{address}/interest").text).group(1)
    refused = one.post(f"{address}/interest", {"reason": "", "version": version})
    assert "Write what your interest is" in refused.text
    one.post(f"{address}/interest", {"reason": "I know the treasurer", "version": version})
    assert one.get(address).status_code == 404
    assert bid.reference not in one.get("/assessment").text


def test_nobody_else_reads_the_sheet_of_an_assessor(browser, make, given, assessors, clerk, bid):
    lead = make.lead(bid.organisation)
    for who in (assessors[1], clerk, lead):
        assert browser(who).get(f"/assignments/{given[0].id}").status_code == 404


def test_a_round_that_hides_who_applies_shows_assessors_no_name(browser, given, assessors, bid, funding_round):
    address = f"/assignments/{given[0].id}"
    one, identity = browser(assessors[0]), funding_round.id
    assert "Example boxing club" in one.get(address).text
    db.session.get_one(FundingRound, identity).hides_applicants = True
    db.session.commit()
    for page in (address, f"{address}/interest", "/assessment"):
        assert "Example boxing club" not in one.get(page).text, page


def test_what_another_window_saved_is_shown_beside_what_was_typed_here(browser, given, assessors):
    one, address = browser(assessors[0]), f"/assignments/{given[0].id}/marks"
    one.post(address, {"a.need.reason": "Saved there", "r.need.reason": "0"}, htmx=True)
    for htmx in (True, False):
        refused = one.post(address, {"a.need.reason": "Typed here", "r.need.reason": "0"}, htmx=htmx)
        assert refused.status_code == 409
        assert "in another window" in refused.text and "Saved there" in refused.text and "Typed here" in refused.text
    one.post(address, {"a.need.reason": "Typed here", "r.need.reason": "0", "choose.need.reason": "mine"})
    assert db.session.query(Score).one().reason == "Typed here"


def test_an_officer_says_on_the_page_that_fewer_mark_it(browser, bid, assessors, clerk, funding_round):
    one = browser(clerk)
    address = f"/applications/{bid.id}/assessors/fewer"
    version = re.search(r'name="version" value="(\d+)"', one.get(f"/rounds/{funding_round.id}/assessors").text).group(1)
    refused = one.post(address, {"number": "2", "reason": "", "version": version})
    assert (refused.status_code, "why fewer assessors mark it" in refused.text) == (422, True)
    one.post(address, {"number": "2", "reason": "Cat has an interest", "version": version})
    assert "Marked by 2 instead of 3" in one.get(f"/rounds/{funding_round.id}/assessors").text


def test_who_applies_is_hidden_until_all_marks_are_in_and_so_is_whom_to_write_to(browser, given, assessors, funding_round):
    db.session.get_one(FundingRound, funding_round.id).hides_applicants = True
    db.session.commit()
    one, address = browser(assessors[0]), f"/assignments/{given[0].id}"
    page = one.get(address).text
    assert "There is nowhere to go" in page
    assert "treasurer@example.org" not in page and "Example boxing club" not in page
    for each in given:
        finish(each)
    assert "Example boxing club" in one.get(address).text
