"""What pages open on, lead to and mark as here, and how they ask: the small things that lose people."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html

from partnerhub import clock
from partnerhub.models import OutboxMail
from partnerhub.rules.words import MailState
from tests.browser import words_of
from tests.make import LONG_AGO
from tests.signing_in import sign_in, with_password

SPRING = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("periods", "opens_on"),
    [
        (("2025-26 Q3", "2025-26 Q4", "2026-27 Q1", "2026-27 Q4"), "2025-26 Q4"),
        (("2025-26", "2025-26 Q4"), "2025-26 Q4"),
        (("2026-27 Q2", "2026-27 Q3"), "2026-27 Q2"),
    ],
    ids=["the last that has ended", "the shorter of two that ended together", "the first to come where none has ended"],
)
def test_the_list_of_returns_opens_on_the_last_period_that_has_ended(make, browser, periods, opens_on):
    agreement = make.agreement()
    for label in periods:
        make.monitoring_return(agreement, label)
    officer = browser(make.user("officer"))
    with clock.at(SPRING):
        assert html.fromstring(officer.get("/returns").text).xpath("//select[@id='period']/option[@selected]/text()") == [opens_on]


def test_a_programme_leads_to_its_summary_only_whoever_may_see_it(make, browser):
    service = make.service()
    address = f"/programmes/{service.programme_id}"
    summary = f"/programmes/{service.programme.slug}/summary"
    for role, leads in (("assessor", False), ("finance", True), ("officer", True)):
        one = browser(make.user(role))
        assert (summary in one.get(address).text) is leads
        assert (one.get(summary).status_code == 200) is leads


@pytest.mark.parametrize("page", ["/account/name", "/organisations/{}/change", "/organisations/{}/profile", "/organisations/{}/numbers"])
def test_the_way_back_stands_inside_a_landmark(make, browser, page):
    organisation = make.organisation()
    shown = html.fromstring(browser(make.lead(organisation)).get(page.format(organisation.id)).text)
    assert shown.xpath("//nav[@aria-label]/a[@class='govuk-back-link']")


def test_ones_own_account_is_not_among_the_people_of_the_hub(make, browser):
    administrator = browser(make.user("administrator"))
    marked = re.compile(r'href="/people" aria-current="true"')
    assert not marked.search(administrator.get("/account").text)
    assert marked.search(administrator.get("/people").text)
    assert marked.search(administrator.get("/mail").text)


def test_a_sign_in_that_fails_leads_to_the_field_and_to_a_new_password(make, stranger):
    user = with_password(make.user("officer"))
    page = html.fromstring(sign_in(stranger, user.email, "not the password").text)
    assert page.xpath("//*[contains(@class, 'govuk-error-summary')]//a/@href") == ["#email", "/forgotten-password"]
    [field] = page.xpath("//input[@id='email']")
    assert field.get("aria-invalid") == "true"
    assert html.fromstring(sign_in(stranger, user.email, "").text).xpath("//*[contains(@class, 'error-summary')]//a/@href") == ["#password"]


def test_the_list_of_mail_calls_nothing_sent_that_reached_nobody(make, browser):
    for number, tries in enumerate((0, 1)):
        make._kept(
            OutboxMail(
                kind="test", about="it", recipient=f"{number}@example.org", occasion="once", subject="A letter", body="",
                state=MailState.SENT, attempts=tries, message_id="<1@example.org>", created_at=LONG_AGO, next_try_at=LONG_AGO,
                sent_at=LONG_AGO,
            )
        )  # fmt: skip
    page = html.fromstring(browser(make.user("administrator")).get("/mail").text)
    states = {
        " ".join(row.xpath("string(td[1])").split()): " ".join(row.xpath("string(td[3])").split()) for row in page.xpath("//tbody/tr")
    }
    assert states["0@example.org"] == "Not sent: part of the demonstration"
    assert states["1@example.org"].startswith("Written as a file 5 January 2022")


def test_days_are_asked_for_in_one_way(make, browser):
    due = make.monitoring_return(make.agreement(), due_on=date(2026, 7, 21))
    officer = browser(make.user("officer"))
    page = html.fromstring(officer.get(f"/returns/{due.id}").text)
    assert page.xpath("//div[@id='extend-until-hint']/text()") == ["For example, 27 3 2027"]
    asked = {"version": str(due.version), "reason": "Illness"}
    assert "New due date must be a real date, like 27 3 2027" in words_of(
        officer.post(f"/returns/{due.id}/extend", asked | {"until": ["31", "2", "2026"]})
    )


def test_a_stranger_finds_the_grants_that_are_open_and_what_returns_are_for(make, stranger):
    funding_round = make.autumn_round(make.fund(name="Safer streets"))
    over = make.autumn_round(make.fund(name="Over and done"), closes_at=funding_round.opens_at + timedelta(days=1))
    with clock.at(funding_round.opens_at + timedelta(days=2)):
        page = html.fromstring(stranger.get("/").text)
        addresses = page.xpath("//h2[text()='Apply for a grant']/following-sibling::*//a/@href")
        assert addresses[:3] == [f"/rounds/{funding_round.id}", "/rounds", "/grants"]
        assert f"/rounds/{over.id}" not in page.xpath("//a/@href")
        assert "how many people it reached" in page.xpath("string(//h2[text()='Send a return']/following-sibling::p[1])")
    with clock.at(funding_round.closes_at):
        assert "No grant is open now." in words_of(stranger.get("/"))
