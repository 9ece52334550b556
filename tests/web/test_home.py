"""The first page after signing in: what one can do now, first what waits, and nothing that is not there."""

import re
from datetime import UTC, datetime

import pytest
from lxml import html

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import FundingRound, Membership, OutboxMail
from partnerhub.rules.words import ApplicationStatus, MailState
from tests.browser import words_of
from tests.counting import assert_steady
from tests.make import LONG_AGO

MAY = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
OFFICE = ("officer", "assessor", "chair", "finance", "director", "administrator", "auditor")


def home(one):
    with clock.at(MAY):
        return html.fromstring(one.get("/").text)


def links(page):
    return {" ".join(each.text_content().split()): each.get("href") for each in page.xpath("//main//a")}


@pytest.fixture
def sent(make, browser):
    """A return that was filled in and sent."""
    organisation = make.organisation("Example Harbour Project")
    due = make.monitoring_return(make.agreement(provider=organisation), "2025-26 Q4")
    said = {"referrals": "12", "seen": "12", "helped.number": "5", "helped.out_of": "6"}
    lead = browser(make.lead(organisation))
    with clock.at(MAY):
        lead.post(f"/returns/{due.id}/answers?section=numbers", {f"a.{k}": v for k, v in said.items()} | {f"r.{k}": "0" for k in said})
        assert lead.sign(f"/returns/{due.id}").status_code == 303
    return due


def test_an_officer_is_led_straight_to_the_reading_page(make, browser, sent):
    officer = browser(make.user("officer"))
    [read] = [address for name, address in links(home(officer)).items() if name.startswith("Read ")]
    assert read == f"/returns/{sent.id}/versions/1"
    with clock.at(MAY):
        assert f'href="{read}">Read<' in officer.get("/returns?period=2025-26 Q4").text
        assert "Send back with these questions" in words_of(officer.get(read))


@pytest.mark.parametrize("role", ["administrator", "auditor", "director"])
def test_who_cannot_decide_is_not_asked_to_read(make, browser, sent, role):
    page = home(browser(make.user(role)))
    assert not [name for name in links(page) if name.startswith("Read ") and "version" in links(page)[name]]
    assert "To read" not in page.text_content()
    assert "Sent, not decided yet (1)" in page.text_content()
    assert not page.xpath("//main//a[contains(@class, 'govuk-button')]")


@pytest.mark.parametrize("role", OFFICE)
def test_every_role_of_the_office_finds_something_to_do_and_every_link_leads_somewhere(make, browser, sent, role):
    one = browser(make.user(role))
    found = links(home(one))
    assert len(found) >= 4
    assert {address: one.get(address).status_code for address in found.values()} == dict.fromkeys(found.values(), 200)


def test_an_administrator_sees_invitations_and_mail_that_did_not_go(make, browser):
    administrator = browser(make.user("administrator"))
    assert "/people" in links(home(administrator)).values()
    assert "could not be sent" not in home(administrator).text_content()
    make._kept(
        OutboxMail(
            kind="test", about="it", recipient="a@example.org", occasion="once", subject="A letter", body="", state=MailState.FAILED,
            attempts=9, message_id="<1@example.org>", created_at=LONG_AGO, next_try_at=LONG_AGO,
        )
    )  # fmt: skip
    assert "1 letter could not be sent" in home(administrator).text_content()


def test_a_role_promises_nothing_that_the_hub_does_not_do(stranger):
    said = words_of(stranger.get("/permissions"))
    said = said[said.index("Roles") : said.index("A person may have several roles")]
    assert not re.search("payment|scores|sign|moderate", said.replace("signs and sends", ""))


def test_what_has_not_begun_stands_apart_and_asks_for_nothing(make, browser):
    organisation = make.organisation("Example Harbour Project")
    agreement = make.agreement(provider=organisation)
    now, later = (make.monitoring_return(agreement, label) for label in ("2026-27 Q1", "2026-27 Q2"))
    page = home(browser(make.lead(organisation)))
    assert page.xpath("//main//a[contains(@class, 'govuk-button')]/@href") == [f"/returns/{now.id}"]
    [line] = page.xpath("//h2[text()='Later']/following-sibling::ul[1]/li")
    assert line.xpath("a/@href") == [f"/returns/{later.id}"]
    assert "begins 1 July 2026" in line.text_content()
    assert "Example Harbour Project" not in page.xpath("string(//main)")


def test_who_belongs_to_two_organisations_sees_whose_return_it_is(make, browser):
    both = make.organisation("Example Harbour Project"), make.organisation("Example Lantern Trust")
    user = make.lead(both[0])
    make._kept(Membership(user_id=user.id, organisation_id=both[1].id, role="member", since=LONG_AGO))
    make.monitoring_return(make.agreement(provider=both[0]), "2026-27 Q1")
    assert "Example Harbour Project. Not started" in " ".join(home(browser(user)).xpath("string(//main)").split())


def test_what_a_partner_applies_for_stands_on_its_home_page_and_in_the_menu(make, browser):
    application = make.application()
    one = browser(make.lead(application.organisation))
    page = home(one)
    assert page.xpath("string(//h1)") == "What you apply for"
    assert f"/applications/{application.id}" in links(page).values()
    assert "Nothing is due" not in page.text_content()
    assert page.xpath("//nav[@aria-label='Main']//a[@href='/applications']")
    make.monitoring_return(make.agreement(provider=application.organisation), "2026-27 Q1")
    page = home(one)
    assert page.xpath("string(//h1)") == "Returns to send"
    assert list(links(page).values()).count(f"/applications/{application.id}") == 1


def test_the_office_sees_how_many_applications_came_and_an_assessor_has_no_such_place(make, browser):
    funding_round = make.autumn_round(make.fund(code="PZ", name="Zones fund"), number=2)
    for number, status in enumerate((ApplicationStatus.SUBMITTED, ApplicationStatus.ASSESSMENT, ApplicationStatus.DRAFT), 1):
        came = {} if status == ApplicationStatus.DRAFT else {"submitted_at": MAY, "number": number}
        make.application(funding_round, status=status, **came)
    page = home(browser(make.user("officer")))
    [line] = page.xpath("//h2[text()='Applications']/following-sibling::ul[1]/li")
    assert "2 applications sent" in line.text_content()
    assert line.xpath(".//a/@href") == [f"/rounds/{funding_round.id}/{place}" for place in ("applications", "interests")]
    assert page.xpath("//nav[@aria-label='Main']//a[@href='/applications']")
    page = home(browser(make.user("assessor")))
    assert not page.xpath("//a[@href='/applications']")
    db.session.get_one(FundingRound, funding_round.id).status = "finished"
    db.session.commit()
    assert not home(browser(make.user("officer"))).xpath("//h2[text()='Applications']"), "what is over is not listed as if it were open"


def test_somebody_with_several_hats_needs_no_more_statements_for_more_rows(make, browser):
    organisation = make.organisation()
    user = make.user("officer", "administrator")
    for each in (organisation, make.organisation()):
        make._kept(Membership(user_id=user.id, organisation_id=each.id, role="lead", since=LONG_AGO))
    agreement = make.agreement(provider=organisation)
    make.monitoring_return(agreement, "2025-26 Q4")
    funding_round = make.autumn_round()
    make.application(funding_round, organisation)
    make.application(funding_round, submitted_at=MAY, status="submitted", number=1)

    def more():
        for label in ("2026-27 Q1", "2026-27 Q2", "2026-27 Q3"):
            make.monitoring_return(agreement, label)
        for number in (2, 3):
            make.application(funding_round, organisation)
            make.application(make.autumn_round(), submitted_at=MAY, status="submitted", number=number)

    assert_steady(browser(user), "/", more)
