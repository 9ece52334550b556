"""The line and the decision as people see them: tried, fixed, written, recommended, signed off, approved, published."""

import re
from datetime import timedelta

import pytest
from lxml import html

from partnerhub import clock
from partnerhub.actions.decisions import recommend
from partnerhub.extensions import db
from partnerhub.models import Application, Award, Decision, Interest, Letter, Proposal
from partnerhub.rules.errors import NotNow
from partnerhub.rules.words import ApplicationStatus, DecisionStatus, LetterStatus
from tests.browser import words_of
from tests.counting import assert_steady
from tests.decided import decided as with_proposals
from tests.make import DECIDED
from tests.panel import FULL_MARKS, decided, more_bids, panel

WHY = "It keeps to the money"


@pytest.fixture
def at(make):
    """Four bids: 100.0, 90.67, 80.0 and 74.67 per cent, each asking for £1,234.50; a pot of £4,000, and a tenth more may be promised."""
    made = panel(make, 4, funding_round=make.autumn_round(money=4_000_00, over_commitment=10), marks=FULL_MARKS, moderated=True)
    with clock.at(DECIDED):
        yield made


def line_of(at):
    return f"/rounds/{at.funding_round.id}/line"


def begun(one, at, line="80"):
    """The address of the decision that begins when the line is fixed."""
    answer = one.post(line_of(at), {"line": line, "reason": WHY, "version": at.funding_round.version})
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["Location"]


def seen(one, address):
    return {"version": re.search(r'name="version" value="(\d+)"', one.get(address).text)[1]}


def test_a_line_is_tried_in_the_address_and_nothing_is_decided_by_looking(browser, at):
    page = words_of(browser(at.officer).get(f"{line_of(at)}?line=80"))
    assert "With a line at 80%" in page
    assert "3 of 4 applications, £3,703.50 : within the money available" in page
    assert "£696.50 would be left" in page
    over = words_of(browser(at.officer).get(f"{line_of(at)}?line=74.6"))
    assert "4 of 4 applications, £4,938.00 : beyond the over-commitment limit" in over
    assert "£538.00 too much" in over
    assert db.session.query(Decision).count() == 0


def test_a_line_that_is_no_percentage_is_said_so(browser, at):
    answer = browser(at.officer).get(f"{line_of(at)}?line=most")
    assert answer.status_code == 422
    assert "like 65 or 62.5" in answer.text


def test_the_page_of_the_line_asks_as_many_questions_of_the_database_for_more_bids(browser, make, at):
    assert_steady(browser(at.officer), line_of(at), lambda: more_bids(make, at, 2, marks=FULL_MARKS, moderated=True))


def test_fixing_the_line_without_a_reason_keeps_what_was_typed(browser, at):
    answer = browser(at.officer).post(line_of(at), {"line": "72.5", "reason": "", "version": at.funding_round.version})
    assert answer.status_code == 422
    assert 'value="72.5"' in answer.text and "Write why the line lies there" in answer.text


def test_from_the_line_to_the_public_page(browser, stranger, make, at):
    officer, finance, director = browser(at.officer), browser(make.user("finance")), browser(make.user("director"))
    named, unnamed, who = at.bids[0].organisation.name, at.bids[3].organisation.name, at.officer.name
    address = begun(officer, at)
    bid = at.bids[1]
    refused = officer.post(f"{address}/bids/{bid.id}", {"outcome": "part", "amount": "600", "reason": "x"} | seen(officer, address))
    assert refused.status_code == 422
    assert "name the items" in refused.text and 'value="600"' in refused.text
    changed = {"outcome": "part", "amount": "600", "items": "The hall", "reason": "Others pay the rest"}
    assert officer.post(f"{address}/bids/{bid.id}", changed | seen(officer, address)).status_code == 303
    record = re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', officer.get(f"{address}/record").text, re.S)
    typed = dict(record) | {"title": "Autumn awards", "confidential": "zqsecret", "press_plan": "zqpress"}
    assert "£3,069.00" in typed["summary"]
    assert officer.post(f"{address}/record", typed | seen(officer, f"{address}/record")).status_code == 303
    assert officer.post(f"{address}/recommend", seen(officer, address)).status_code == 303
    assert director.post(f"{address}/approve", {"interests": "None", "has_interest": "none"} | seen(director, address)).status_code == 403
    assert finance.post(f"{address}/sign-off", seen(finance, address)).status_code == 303
    refused = director.post(f"{address}/approve", {"interests": "", "has_interest": "none"} | seen(director, address))
    assert refused.status_code == 422 and "State your interests" in refused.text
    conflict = {"interests": "My sister leads one", "has_interest": "some"}
    refused = director.post(f"{address}/approve", conflict | seen(director, address))
    assert refused.status_code == 422 and "Ask another director to approve it" in refused.text and "My sister leads one" in refused.text
    assert director.post(f"{address}/approve", {"interests": "None"} | seen(director, address)).status_code == 422
    assert stranger.get(address).status_code == 404
    assert (
        director.post(f"{address}/approve", {"interests": "None zqinterest", "has_interest": "none"} | seen(director, address)).status_code
        == 303
    )
    assert sorted(each.amount for each in db.session.query(Award)) == [600_00, 1_234_50, 1_234_50]
    assert "Publish by Wednesday 4 December, in 5 days" in words_of(officer.get(address))
    early = officer.post(f"{address}/publish", seen(officer, address))
    assert early.status_code == 409 and "Not everybody has their letter yet" in early.text
    told(at)
    assert officer.post(f"{address}/publish", seen(officer, address)).status_code == 303
    page = stranger.get(address)
    assert "Autumn awards" in page.text and "zqinterest" in page.text and "£600.00" in page.text
    assert named in page.text and unnamed not in page.text
    assert "zqsecret" not in page.text and "zqpress" not in page.text and who not in page.text
    assert "Autumn awards" in stranger.get("/decisions").text
    assert stranger.get("/decisions.json").json[0]["given_pence"] == 306900
    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert stranger.get(f"{address}.{kind}").data.startswith(begins)


def told(at):
    """Every letter of the decision is released."""
    for each in db.session.query(Proposal).all():
        db.session.add(
            Letter(
                decision_id=each.decision_id,
                application_id=each.application_id,
                round_id=at.funding_round.id,
                organisation_id=each.application.organisation_id,
                outcome=each.outcome,
                status=LetterStatus.RELEASED,
                released_at=DECIDED,
            )
        )
    db.session.commit()


def test_a_decision_that_changed_meanwhile_is_not_signed_off_unread(browser, make, at):
    officer = browser(at.officer)
    address = begun(officer, at)
    old = seen(officer, address)
    officer.post(f"{address}/line", {"line": "90", "reason": WHY} | old)
    answer = officer.post(f"{address}/line", {"line": "95", "reason": "zq typed"} | old)
    assert answer.status_code == 409
    assert "Somebody changed this" in answer.text and "zq typed" in answer.text
    assert db.session.query(Decision).one().line == 900


def test_what_goes_back_says_why(browser, make, at):
    officer, finance = browser(at.officer), browser(make.user("finance"))
    address = begun(officer, at)
    officer.post(f"{address}/recommend", seen(officer, address))
    assert finance.post(f"{address}/send-back", {"reason": ""} | seen(finance, address)).status_code == 422
    assert finance.post(f"{address}/send-back", {"reason": "Where is the reserve list?"} | seen(finance, address)).status_code == 303
    assert "Where is the reserve list?" in officer.get(address).text


def test_the_reserve_list_has_an_order_that_can_be_changed(browser, at):
    officer = browser(at.officer)
    address = begun(officer, at, "95")
    for bid in at.bids[1:3]:
        officer.post(f"{address}/bids/{bid.id}", {"outcome": "reserve", "reason": "If money comes back"} | seen(officer, address))
    old = seen(officer, address)
    assert officer.post(f"{address}/bids/{at.bids[2].id}/up", old).status_code == 303
    page = words_of(officer.get(address))
    assert page.index(at.bids[2].reference) < page.index("Reserve list, place 1") < page.index(at.bids[1].reference)


def test_moving_up_pressed_twice_moves_one_place(browser, at):
    officer = browser(at.officer)
    address = begun(officer, at, "95")
    for bid in at.bids[1:]:
        officer.post(f"{address}/bids/{bid.id}", {"outcome": "reserve", "reason": "If money comes back"} | seen(officer, address))
    old, last = seen(officer, address), at.bids[3]
    assert officer.post(f"{address}/bids/{last.id}/up", old).status_code == 303
    again = officer.post(f"{address}/bids/{last.id}/up", old)
    assert again.status_code == 409 and "you pressed twice, so this press did nothing" in words_of(again)
    page = words_of(again)
    assert page.index(last.reference) < page.index("Reserve list, place 2") < page.index(at.bids[2].reference), "as it stands now"
    assert officer.post(f"{address}/bids/{last.id}/up", {}).status_code == 422


def test_whoever_proposes_on_an_older_page_overwrites_nothing(browser, at):
    officer, chair = browser(at.officer), browser(at.chair)
    address, bid = begun(officer, at), at.bids[3]
    old = seen(chair, address)
    chair.post(f"{address}/bids/{bid.id}", {"outcome": "defer", "reason": "A question is open"} | old)
    late = officer.post(f"{address}/bids/{bid.id}", {"outcome": "reserve", "reason": "zq typed"} | old)
    assert late.status_code == 409 and "zq typed" in late.text and "Somebody changed this" in words_of(late)
    kept = db.session.query(Proposal).filter_by(application_id=bid.id).one()
    assert (kept.outcome, kept.reason) == ("defer", "A question is open")


def test_publication_waits_for_a_reason(browser, make, at):
    with clock.at(DECIDED):
        decision = decided(make, at, 800)
    officer = browser(at.officer)
    address = f"/decisions/{decision.id}"
    told(at)
    waits = {"until": ["6", "1", "2025"], "reason": "A court case"} | seen(officer, address)
    assert officer.post(f"{address}/defer", waits | {"reason": ""}).status_code == 422
    assert officer.post(f"{address}/defer", waits).status_code == 303
    assert "Publication put off until Monday 6 January 2025" in words_of(officer.get("/decisions"))
    refused = officer.post(f"{address}/publish", seen(officer, address))
    assert refused.status_code == 409 and "put off until Monday 6 January 2025" in refused.text
    with clock.at(DECIDED + timedelta(days=45)):
        later = browser(at.officer)
        assert "overdue by 7 days" in words_of(later.get("/decisions"))
        assert later.post(f"{address}/publish", seen(later, address)).status_code == 303
    assert db.session.get(Decision, decision.id).status == DecisionStatus.PUBLISHED


def test_whoever_is_involved_sees_neither_the_decision_nor_its_files(browser, make, at):
    decision = decided(make, at, 800)
    both = make.lead(at.bids[3].organisation)
    make._kept(type(both.memberships[0])(user_id=both.id, role="director", since=DECIDED))
    for one in (browser(both), browser(make.lead(at.bids[0].organisation))):
        for address in (f"/decisions/{decision.id}", f"/decisions/{decision.id}.pdf", f"/decisions/{decision.id}.docx"):
            assert one.get(address).status_code == 404
        assert str(decision.id) not in one.get("/decisions").text
    assert at.bids[0].status != ApplicationStatus.MODERATED


def test_the_round_report_tells_whoever_is_involved_no_more_than_the_applicant_knows(browser, make, at):
    decided(make, at, 800)
    both = make.lead(at.bids[0].organisation)
    make._kept(type(both.memberships[0])(user_id=both.id, role="director", since=DECIDED))
    declared = make.user("officer")
    make._kept(Interest(round_id=at.funding_round.id, user_id=declared.id, organisation_id=at.bids[0].organisation_id, at=DECIDED))
    address = f"/rounds/{at.funding_round.id}/report.json"

    def awarded(user):
        return next((each["awarded"], each["awarded_pence"]) for each in browser(user).get(address).json)

    bid_id = at.bids[0].id
    assert [awarded(each) for each in (at.officer, both, declared)] == [(3, 3 * 1_234_50), (2, 2 * 1_234_50), (2, 2 * 1_234_50)]
    db.session.get(Application, bid_id).told_at = DECIDED
    db.session.commit()
    assert awarded(both) == awarded(declared) == (3, 3 * 1_234_50)


@pytest.fixture
def insider(make, at):
    """An officer who leads the applicant of the best bid."""
    one = make.lead(at.bids[0].organisation)
    make._kept(type(one.memberships[0])(user_id=one.id, role="officer", since=DECIDED))
    return one


def test_whoever_is_involved_does_not_finish_the_round_nor_reads_there_how_their_own_bid_was_decided(browser, make, at, insider):
    decided(make, at, 800)
    address = f"/rounds/{at.funding_round.id}/finish"
    for refused in (browser(insider).get(address), browser(insider).post(address, {"version": at.funding_round.version})):
        text = words_of(refused)
        assert (refused.status_code, at.bids[0].reference in text, "but not somebody who belongs to an applicant" in text) == (
            403,
            False,
            True,
        )
    assert f"{at.bids[0].reference}, Abbey lunch club : approved" in words_of(browser(at.officer).get(address))


def test_whoever_is_involved_tries_no_line_whose_counts_would_tell_of_their_own_bid(browser, make, at, insider):
    declared = make.user("director")
    make._kept(Interest(round_id=at.funding_round.id, user_id=declared.id, organisation_id=at.bids[0].organisation_id, at=DECIDED))
    for each in (insider, declared):
        refused = browser(each).get(f"{line_of(at)}?line=95")
        assert (refused.status_code, "1 of 4" in words_of(refused)) == (403, False)
        assert "You cannot try where the line of a round lies" in words_of(refused)
        assert line_of(at) not in browser(each).get(f"/rounds/{at.funding_round.id}").text
    assert line_of(at) in browser(at.officer).get(f"/rounds/{at.funding_round.id}").text


def test_a_chair_states_their_interests_before_they_read_or_change_a_decision(browser, make, at):
    address = begun(browser(at.officer), at)
    version, user = seen(browser(at.officer), address), make.user("chair")
    chair, stating = browser(user), f"/rounds/{at.funding_round.id}/interests?at=panel"
    posts = {"/line": {"line": "75", "reason": WHY}, "/recommend": {}, f"/bids/{at.bids[0].id}": {"outcome": "decline", "reason": WHY}}
    answers = [chair.get(address), *(chair.post(f"{address}{path}", version | typed) for path, typed in posts.items())]
    answers.append(chair.post(line_of(at), {"line": "75", "reason": WHY, "version": at.funding_round.version}))
    assert {(each.status_code, each.headers["Location"]) for each in answers} == {(303, stating)}
    decision = db.session.query(Decision).one()
    with pytest.raises(NotNow, match="State your interests at the panel first"):
        recommend(decision, by=make.person(user))
    db.session.refresh(decision)
    assert (decision.status, decision.line) == (DecisionStatus.DRAFT, 800)
    assert browser(at.chair).post(f"{address}/recommend", version).status_code == 303


def test_a_round_that_is_decided_shows_its_decision_where_lines_were_tried(browser, at):
    begun(browser(at.officer), at)
    page = words_of(browser(at.officer).get(f"{line_of(at)}?line=80"))
    assert "Nothing is left to decide in this round" in page
    assert "With a line at" not in page


def test_whoever_may_not_open_an_application_reads_its_reference_in_the_decision_and_no_link(browser, at):
    decision = begun(browser(at.officer), at)
    assert f'/applications/{at.bids[0].id}"' in browser(at.officer).get(decision).text
    page = browser(at.chair).get(decision).text
    assert at.bids[0].reference in page
    assert f'/applications/{at.bids[0].id}"' not in page


def test_a_score_just_below_the_line_is_not_printed_as_if_it_reached_it(make, browser):
    decision, made = with_proposals(make)
    for each, kept in zip(decision.proposals, (6496, 6504, 7700, None), strict=True):
        each.percent = kept
    db.session.commit()
    page = html.fromstring(browser(made.officer).get(f"/decisions/{decision.id}").text)
    assert page.xpath("//tbody/tr/td[1]/text()")[:4] == ["64.96%", "65%", "77%", "–"]


def test_a_decided_application_leads_the_office_to_its_marks_and_its_decision_and_its_team_to_neither(browser, make, at):
    decision, bid = decided(make, at, 800), at.bids[0]
    address = f"/applications/{bid.id}"
    links = (f'href="/decisions/{decision.id}"', f'href="{address}/marks"')
    lead = make.lead(bid.organisation, name="Of the team")
    office, team = browser(at.officer).get(address).text, browser(lead).get(address).text
    assert [each in office for each in links] == [True, True]
    assert [each in team for each in links] == [False, False]
