"""The panel as people see it: marks side by side, marks agreed, the ranked list with what stands second."""

import pytest
from lxml import html

from partnerhub.actions import assessment as actions
from partnerhub.extensions import db
from partnerhub.models import Moderation
from partnerhub.rules.words import InterestStage
from tests.actions.test_assessment import (  # fixtures
    FULL,
    after_the_close,
    assessors,
    bid,
    confirmed,
    finish,
    funding_round,
    given_to_all,
    officer,
)
from tests.counting import MOST, needed
from tests.panel import FULL_MARKS, more_bids, panel

__all__ = ["after_the_close", "assessors", "bid", "confirmed", "funding_round", "officer"]
PANEL = {"at": "panel"}


@pytest.fixture
def chair(make, bid):
    user = make.user("chair", name="Dot")
    actions.state_interests(bid.funding_round, InterestStage.PANEL, {}, by=make.person(user))
    return user


def mark(bid, assessors, officer, marks):
    for each, need in zip(given_to_all(bid, assessors, officer), marks, strict=True):
        finish(each, FULL | {("need", "mark"): need, ("need", "reason"): f"Because it is a {need}"})


def test_a_chair_states_their_interests_before_any_mark_is_shown(browser, make, bid, assessors, officer, funding_round):
    mark(bid, assessors, officer, "135")
    one = browser(make.user("chair"))
    for address in (f"/rounds/{funding_round.id}/marks", f"/rounds/{funding_round.id}/ranking", f"/applications/{bid.id}/marks"):
        assert one.get(address).headers["Location"] == f"/rounds/{funding_round.id}/interests?at=panel"
    one.post(f"/rounds/{funding_round.id}/interests?at=panel", {"read": str(bid.organisation_id)})
    assert one.get(f"/applications/{bid.id}/marks").status_code == 200


def test_the_marks_that_lie_apart_are_named_and_agreed_with_a_reason(browser, chair, bid, assessors, officer, funding_round):
    mark(bid, assessors, officer, "135")
    one = browser(chair)
    assert "to agree" in one.get(f"/rounds/{funding_round.id}/marks").text
    address = f"/applications/{bid.id}/marks"
    page = one.get(address).text
    assert all(f"Because it is a {each}" in page for each in "135")
    refused = one.post(f"{address}/need", {"mark": "nine", "reason": "We talked it over", "version": "0"})
    assert refused.status_code == 422
    assert "The mark must be a whole number from 0 to 5" in refused.text
    assert 'value="nine"' in refused.text
    assert "We talked it over" in refused.text
    one.post(f"{address}/need", {"mark": "4", "reason": "We talked it over", "version": "0"})
    assert db.session.query(Moderation).one().mark == 4
    page = one.get(address).text
    assert "We talked it over" in page
    assert "Because it is a 1" in page
    assert "agreed 4" in one.get(f"/rounds/{funding_round.id}/marks").text


def test_marks_that_are_not_all_in_stand_on_no_page_of_the_panel(browser, chair, bid, assessors, officer, funding_round):
    first, *_ = given_to_all(bid, assessors, officer)
    finish(first)
    one = browser(chair)
    assert "1 of 3 assessors have finished" in one.get(f"/rounds/{funding_round.id}/marks").text
    assert one.get(f"/applications/{bid.id}/marks").status_code == 404
    assert "No application has all its marks yet." in one.get(f"/rounds/{funding_round.id}/ranking").text


def test_the_ranked_list_shows_the_official_score_first_and_adds_up_the_money(
    browser, make, chair, confirmed, bid, assessors, officer, funding_round
):
    mark(bid, assessors, officer, "333")
    better = confirmed("Abbey group")
    mark(better, assessors, officer, "555")
    actions.state_interests(funding_round, InterestStage.PANEL, {}, by=make.person(chair))
    page = browser(chair).get(f"/rounds/{funding_round.id}/ranking").text
    # 60 × 5/5 + 40 × 3/5 = 84.0; 60 × 3/5 + 40 × 3/5 = 60.0
    assert page.index(better.reference) < page.index(bid.reference)
    assert page.index("84%") < page.index("60%") < page.index("Second: if all assessors were equally severe")
    assert "£2,469.00" in page  # twice £1,234.50
    assert "No two applications would swap places." in page


def test_an_application_in_which_one_has_an_interest_is_not_listed_and_counts_in_no_rank_and_no_sum(
    browser, make, confirmed, bid, assessors, officer, funding_round
):
    mark(bid, assessors, officer, "555")
    other = confirmed("Abbey group")
    mark(other, assessors, officer, "333")
    chair = make.user("chair")
    actions.state_interests(funding_round, InterestStage.PANEL, {bid.organisation_id: "My choir"}, by=make.person(chair))
    one = browser(chair)
    page = one.get(f"/rounds/{funding_round.id}/ranking").text
    assert bid.reference not in page
    assert "1 application is not listed for you" in page
    first = html.fromstring(page).xpath("//table[1]/tbody/tr")[0]
    assert [cell.text_content() for cell in first.xpath("td")][:5] == ["1", "60%", "", "£1,234.50", "£1,234.50"]
    assert "/line" not in page
    assert bid.reference not in one.get(f"/rounds/{funding_round.id}/marks").text
    assert one.get(f"/applications/{bid.id}/marks").status_code == 404


def test_the_pages_of_marking_ask_the_database_as_often_for_fifty_applications_as_for_one(browser, make):
    made = panel(make, 1, assessors=1, funding_round=make.autumn_round(assessors_per_bid=1), marks=FULL_MARKS)
    first, sheet = made.bids[0].id, made.sheets(made.bids[0])[0].id
    pages = [
        *((made.chair, f"/rounds/{made.funding_round.id}/{page}") for page in ("marks", "ranking")),
        (made.chair, f"/applications/{first}/marks"),
        (made.officer, f"/rounds/{made.funding_round.id}/assessors"),
        (made.assessors[0], "/assessment"),
        (made.assessors[0], f"/assignments/{sheet}"),
        (made.assessors[0], f"/rounds/{made.funding_round.id}/interests"),
    ]
    few = [len(needed(browser(who), path)) for who, path in pages]
    more_bids(make, made, 49, marks=FULL_MARKS)
    many = [needed(browser(who), path) for who, path in pages]
    for (_who, path), before, after in zip(pages, few, many, strict=True):
        assert (len(after), len(after) <= MOST) == (before, True), f"{path}: {before} became\n" + "\n".join(after)


def test_the_help_page_says_both_formulas_and_their_sources(browser, chair):
    page = browser(chair).get("/scores").text
    assert "multiplied by the weight of the criterion" in page
    assert "Metrika 79" in page
