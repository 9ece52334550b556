"""The money of an award as each person reads it: the partner, the officer, finance."""

import re
from datetime import timedelta

import pytest

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import FundingRound, Membership, Payment
from partnerhub.rules.words import ApplicationStatus, AwardStatus, FundingRoundStatus, PaymentStatus
from tests.actions.test_payments import approved
from tests.browser import words_of
from tests.make import AGREED, OPENED
from tests.web.test_refused_forms import says_beside, value_of


@pytest.fixture(autouse=True)
def the_day_after_it_was_signed():
    with clock.at(AGREED + timedelta(days=1)):
        yield


@pytest.fixture
def award(make):
    made = make.award(status=AwardStatus.AGREED)
    report = make.monitoring_return(make.agreement(provider=made.organisation, version=make.version()), "2025-26 Q4", award_id=made.id)
    made.payee_reference, made.payee_checked_at, made.payee_checked_by_id = "S-104421", AGREED, make.user("finance", name="A checker").id
    db.session.commit()
    make.payment(made, 6_352_00)
    make.payment(made, 1_588_00, due_on=None, return_id=report.id)
    return made


def test_the_partner_reads_what_holds_a_payment_and_never_the_payee(make, browser, award):
    text = browser(make.lead(award.organisation)).get(f"/awards/{award.id}").text
    assert "To be paid when the small quarterly return (due " in text
    assert "Checked in the finance system on 3 January 2025" in text
    assert "S-104421" not in text


def test_the_reference_of_the_payee_is_for_finance_and_the_auditor(make, browser, award):
    sees = {
        role: "S-104421" in browser(make.user(role)).get(f"/awards/{award.id}").text
        for role in ("finance", "auditor", "officer", "director")
    }
    listed = {
        role: "S-104421" in browser(make.user(role)).get("/payments.csv").text for role in ("finance", "auditor", "officer", "director")
    }
    assert sees == listed == {"finance": True, "auditor": True, "officer": False, "director": False}


def test_finance_is_led_from_home_to_what_is_to_be_prepared_and_released(make, browser, award):
    first, second = browser(make.user("finance", name="First")), browser(make.user("finance", name="Second"))
    payment = award.payments[0]
    assert f'href="/payments/{payment.id}"' in first.get("/").text
    page = first.get(f"/payments/{payment.id}")
    assert "Prepare this payment" in page.text
    answer = first.post(f"/payments/{payment.id}/prepare", {"version": payment.version})
    assert answer.status_code == 303
    assert "Release this payment" not in first.get(f"/payments/{payment.id}").text
    assert "To release (1)" in second.get("/").text
    assert "Release this payment" in second.get(f"/payments/{payment.id}").text


def test_a_bank_account_is_refused_beside_its_box_and_the_page_says_why(make, browser, award):
    answer = browser(make.user("finance")).post(f"/awards/{award.id}/payee", {"version": award.version, "reference": "20-00-00 12345678"})
    assert answer.status_code == 422
    assert "This looks like a bank account" in answer.text


@pytest.mark.parametrize(("deed", "field"), [("take-back", "take-back-reason"), ("cancel", "cancel-reason")])
@pytest.mark.parametrize(("typed", "says"), [("", "Write why it is"), ("Why. " * 300, "1,000 characters or fewer. You have 1,499")])
def test_why_a_payment_is_stopped_is_asked_for_beside_its_own_box_and_kept(make, browser, award, deed, field, typed, says):
    payment = make.payment(award, status=PaymentStatus.PREPARED)
    finance = browser(make.user("finance"))
    page = finance.post(f"/payments/{payment.id}/{deed}", {"version": payment.version, "reason": typed})
    assert page.status_code == 422
    assert says in says_beside(page, field)
    assert value_of(page, "reason").strip() == typed.strip(), "the other box of this page stays empty"
    assert page.text.count('<details class="govuk-details" open>') == 1
    ids = re.findall(r' id="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    db.session.expire_all()
    assert db.session.get(Payment, payment.id).status == PaymentStatus.PREPARED


def test_money_to_pay_back_stands_on_top_of_the_home_page_and_says_when_it_is_late(make, browser, award):
    back = make.payment(award, -60_00, due_on=(AGREED + timedelta(days=10)).date(), status=PaymentStatus.CLAIMED)
    lead, finance = browser(make.lead(award.organisation)), browser(make.user("finance", name="Seen by"))
    before = words_of(lead.get("/"))
    assert "Pay back £60.00 , due 13 January 2025" in before
    assert "Overdue" not in before
    assert "days late" not in finance.get("/payments").text
    with clock.at(AGREED + timedelta(days=113)):
        lead, finance = browser(make.lead(award.organisation)), browser(make.user("finance", name="Seen later"))
        home, page = words_of(lead.get("/")), words_of(lead.get(f"/payments/{back.id}"))
        assert home.index("Overdue 103 days Pay back £60.00 , was due 13 January 2025") < home.index("Your grants Evenings")
        assert f'href="/payments/{back.id}"' in lead.get("/").text
        assert "Overdue 103 days late, was due 13 January 2025." in page
        assert f"Give the reference {award.reference} when you call and when you pay." in page
        assert all("103 days late" in words_of(finance.get(address)) for address in ("/", "/payments"))
        assert "How to pay back" not in finance.get(f"/payments/{back.id}").text
    db.session.get_one(Payment, back.id).status = PaymentStatus.RECEIVED
    db.session.commit()
    with clock.at(AGREED + timedelta(days=113)):
        assert "Pay back" not in lead.get("/").text


def test_what_was_not_spent_is_settled_once_and_the_second_press_shows_how_it_stands(make, browser, award):
    report = next(each.monitoring_return for each in award.payments if each.monitoring_return)
    approved(report, spent=7_000_00)
    officer = browser(make.user("officer", name="Settles it"))
    seen = {"version": re.search(r'/settle".*?name="version" value="(\d+)"', officer.get(f"/awards/{award.id}").text)[1]}
    answer = officer.post(f"/awards/{award.id}/settle", seen)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/awards/{award.id}")
    again = officer.post(f"/awards/{award.id}/settle", seen)
    assert again.status_code == 409 and "you pressed twice, so this press did nothing" in words_of(again)
    assert "£648.00" in words_of(again) and "Settle what was not spent" not in words_of(again)


@pytest.mark.parametrize("role", ["officer", "finance", "director"])
def test_whoever_handles_decides_or_pays_states_an_interest_from_where_they_work_and_takes_no_part_any_more(make, browser, award, role):
    other = make.award(make.application(award.funding_round, status=ApplicationStatus.APPROVED), status=AwardStatus.AGREED)
    payment = make.payment(other, 1_000_00)
    award.application.submitted_at = OPENED
    db.session.commit()
    person, interests = browser(make.user(role)), f"/rounds/{award.round_id}/interests"
    theirs, rest = (f"/awards/{award.id}", f"/payments/{award.payments[0].id}"), (f"/awards/{other.id}", f"/payments/{payment.id}")
    for page in (f"/rounds/{award.round_id}", *theirs, *(["/"] if role != "finance" else [])):
        assert f'href="{interests}"' in person.get(page).text, page
    assert "State your interests in a round" in person.get("/").text
    assert all(award.reference in person.get(place).text for place in ("/awards", "/payments", "/awards.csv", "/payments.csv"))
    assert award.organisation.name in person.get(interests).text
    name, declared = award.organisation.name, {f"interest.{award.organisation_id}": "yes", "read": str(award.organisation_id)}
    answer = person.post(interests, declared)
    assert (answer.status_code, person.get(answer.headers["Location"]).status_code) == (303, 200)
    assert [person.get(page).status_code for page in (*theirs, *rest)] == [404, 404, 200, 200]
    for place in ("/", "/awards", "/payments", "/awards.csv", "/payments.csv", "/awards.json", "/payments.json"):
        shown = person.get(place).text
        assert award.reference not in shown and name not in shown, place
    assert "Declared" in person.get(interests).text


def test_an_interest_is_stated_also_while_a_round_is_open_by_who_sees_what_comes_and_after_it_is_finished(make, browser):
    funding_round, applicant = make.autumn_round(), make.organisation("Early bird club")
    make.application(funding_round, applicant, status=ApplicationStatus.SUBMITTED)
    funding_round.status = FundingRoundStatus.PUBLISHED
    db.session.commit()
    people = {role: browser(make.user(role)) for role in ("officer", "director", "finance", "assessor")}
    address, declared = f"/rounds/{funding_round.id}/interests", {f"interest.{applicant.id}": "yes", "read": str(applicant.id)}
    with clock.at(OPENED):
        people = {role: browser(make.user(role)) for role in people}
        seen = {role: applicant.name in one.get(address).text for role, one in people.items()}
        told = {role: one.post(address, declared).status_code for role, one in people.items()}
    assert seen == {"officer": True, "director": True, "finance": False, "assessor": False}
    assert told == {"officer": 303, "director": 303, "finance": 409, "assessor": 409}
    funding_round = db.session.get_one(FundingRound, funding_round.id)
    funding_round.status = FundingRoundStatus.FINISHED
    db.session.commit()
    late = browser(make.user("finance"))
    assert applicant.name in late.get(address).text
    assert late.post(address, declared).status_code == 303


def test_somebody_who_left_an_applicant_reads_on_the_list_that_they_keep_out(make, browser, award):
    user = make.user("finance")
    left = {"organisation_id": award.organisation_id, "role": "lead", "since": OPENED, "ended_at": AGREED}
    make._kept(Membership(user_id=user.id, **left))
    pages, one = (f"/rounds/{award.round_id}/interests", f"/payments/{award.payments[0].id}"), browser(user)
    assert "You belong to it, or did lately" in one.get(pages[0]).text
    assert one.get(pages[1]).status_code == 404


def test_the_lead_of_a_small_group_reads_what_became_of_each_payment_and_the_office_its_state(make, browser, award):
    paid = make.payment(award, 100_00, status=PaymentStatus.RELEASED, released_at=AGREED)
    make.payment(award, -60_00, due_on=(AGREED + timedelta(days=10)).date(), status=PaymentStatus.CLAIMED)
    lead, officer = (words_of(browser(each).get(f"/awards/{award.id}")) for each in (make.lead(award.organisation), make.user("officer")))
    assert f"Payment {paid.number} £100.00 Paid to you on 3 January 2025." in lead
    assert "£60.00 You have £60.00 to pay back by 13 January 2025." in lead
    assert "To be paid when the small quarterly return (due" in lead
    assert not any(each in lead for each in ("-£", "Released", "Planned", "Waiting for a second person", "Held"))
    assert "Paid Paid on 3 January 2025." in officer and "They have £60.00 to pay back" in officer
    assert lead.count("Documents") == 1
