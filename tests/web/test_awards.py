"""Awards as people meet them: the home page, the award's page, the agreement and its signatures."""

from datetime import UTC, date, datetime

import pytest

from partnerhub import clock
from partnerhub.actions import grant_agreements
from partnerhub.actions.doing import writing
from partnerhub.extensions import db
from partnerhub.models import Award, GrantAgreement
from partnerhub.rules.words import AwardStatus
from tests.browser import words_of

NOW = datetime(2025, 1, 3, 15, 30, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def during():
    with clock.at(NOW):
        yield


@pytest.fixture
def award(make):
    application = make.application(make.autumn_round(make.fund("Safety Fund")), make.organisation("Boxing for everyone"), status="approved")
    application.submitted_at = NOW
    award = make.award(application, status=AwardStatus.APPROVED, project="Youth boxing")
    with writing():
        grant_agreements.offer_award(award, date(2025, 1, 17), NOW)
    return award


@pytest.fixture
def lead(make, browser, award):
    return browser(make.lead(award.organisation, name="Ann Example"))


def signed(browser, award, deed, name, **changes):
    agreement = db.session.query(GrantAgreement).filter_by(award_id=award.id).one()
    fields = {"seen": agreement.digest, "name": name, "version": str(db.session.get(Award, award.id).version)}
    return browser.post(f"/awards/{award.id}/{deed}", fields | changes)


def test_from_the_home_page_to_a_signed_agreement(make, browser, award, lead):
    home = lead.get("/").text
    assert "Youth boxing</strong>, " in home and "awarded £7,940.00" in home and "Read and sign" in home
    page = lead.get(f"/awards/{award.id}/agreements/1").text
    assert "Sign for Boxing for everyone" in page and "We give you £7,940.00" in page
    assert signed(lead, award, "sign", "Ann Example").status_code == 303
    director = browser(make.user("director", name="Dee Rector"))
    assert "1 grant agreement to sign" in director.get("/").text and "Agreements to sign (1)" in director.get("/awards").text
    assert signed(director, award, "countersign", "Dee Rector").status_code == 303
    page = lead.get(f"/awards/{award.id}/agreements/1").text
    assert "Signed by Ann Example on 3 January 2025 at 15:30:12 GMT" in page
    assert "Signed by Dee Rector on 3 January 2025 at 15:30:12 GMT" in page
    paper = lead.get(f"/awards/{award.id}/agreements/1.pdf")
    assert paper.data.startswith(b"%PDF") and paper.headers["Content-Type"] == "application/pdf"
    assert "Read and sign" not in lead.get("/").text


def test_a_wrong_name_comes_back_beside_its_box_and_nothing_is_signed(award, lead):
    answer = signed(lead, award, "sign", "Bob")
    assert answer.status_code == 422
    assert "Type your full name as it stands in your account: Ann Example" in answer.text and 'value="Bob"' in answer.text
    assert db.session.query(GrantAgreement).one().partner_signed_at is None


def test_other_words_than_those_on_the_page_are_not_signed(award, lead):
    answer = signed(lead, award, "sign", "Ann Example", seen="f" * 64)
    assert answer.status_code == 409 and "not the words that you had before you" in answer.text


def test_a_member_sees_who_may_sign(make, browser, award, lead):
    member = browser(make.member(award.organisation))
    assert "A lead of your organisation signs the agreement, by 17 January 2025: Ann Example" in member.get(f"/awards/{award.id}").text
    assert "Sign the agreement" not in member.get(f"/awards/{award.id}/agreements/1").text
    assert signed(member, award, "sign", "x").status_code == 403


def test_a_reason_is_needed_to_turn_it_down_and_the_office_reads_it(make, browser, award, lead):
    version = str(award.version)
    assert lead.post(f"/awards/{award.id}/refuse", {"reason": "", "version": version}).status_code == 422
    assert lead.post(f"/awards/{award.id}/refuse", {"reason": "Our hall burned down", "version": version}).status_code == 303
    assert "Our hall burned down" in browser(make.user("officer")).get(f"/awards/{award.id}").text


def test_after_the_last_day_there_is_nothing_to_press_but_a_number_to_call(make, browser, award):
    with clock.at(datetime(2025, 1, 18, 9, tzinfo=UTC)):
        lead = browser(make.lead(award.organisation))
        page = lead.get(f"/awards/{award.id}").text
        assert "The offer stood until 17 January 2025. Call us on" in page and "Read and sign" not in page
        assert "Sign the agreement" not in lead.get(f"/awards/{award.id}/agreements/1").text


def test_the_wording_is_written_as_a_new_version(make, browser, award):
    officer = browser(make.user("officer"))
    refused = officer.post("/agreement-templates/new", {"title": "T", "text": "We give {sum}.", "version": "1"})
    assert refused.status_code == 422 and "Nothing stands for {sum}" in refused.text and "We give {sum}." in refused.text
    assert officer.post("/agreement-templates/new", {"title": "T", "text": "We give {amount}.", "version": "1"}).status_code == 303
    late = officer.post("/agreement-templates/new", {"title": "T", "text": "They give {amount}.", "version": "1"})
    assert late.status_code == 409 and 'name="version" type="hidden" value="2"' in late.text and "They give {amount}." in late.text
    assert "We give {amount}." in officer.get("/agreement-templates").text
    assert "We give you {amount}" in officer.get("/agreement-templates/1").text


def test_documents_due_before_payment_stand_on_the_awards_page(make, browser):
    fund = make.fund("Asking fund", before_payment=["insurance"])
    award = make.award(make.application(make.autumn_round(fund), status="approved"))
    with clock.at(NOW):
        page = browser(make.lead(award.organisation)).get(f"/awards/{award.id}").text
    assert "nsurance: missing, asked for before we pay" in page
    assert "asked for before we pay" not in browser(make.user("officer")).get(f"/awards/{make.award().id}").text


def test_a_report_that_came_late_or_is_late_says_so_on_the_page_of_the_award(make, browser):
    award = make.award(status="agreed")
    agreement = make.agreement(provider=award.organisation)
    make.monitoring_return(agreement, award_id=award.id, due_on=date(2026, 1, 28), status="approved", first_submitted_on=date(2026, 2, 2))
    make.monitoring_return(agreement, "2022-23 Q2", award_id=award.id, due_on=date(2026, 2, 20))
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        page = words_of(browser(make.lead(award.organisation)).get(f"/awards/{award.id}"))
    assert "Due 28 January 2026, came 2 February 2026 5 days late" in page
    assert "Due 20 February 2026 10 days late" in page
