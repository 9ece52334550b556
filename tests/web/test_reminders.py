"""Reminders of returns that never came: by one press, by e-mail to the team, once a day, and shown wherever the return is."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import html
from sqlalchemy import select

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import Event, Organisation
from tests.browser import words_of
from tests.counting import assert_steady
from tests.signing_in import letters

MAY = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)  # returns for January to March were due on 23 April


@pytest.fixture
def late(make):
    organisation = make.organisation("Example Harbour Project")
    make.lead(organisation, name="Lead One", email="lead@harbour.example")
    make.member(organisation, email="member@harbour.example")
    return make.monitoring_return(make.agreement(provider=organisation), "2025-26 Q4")


@pytest.fixture
def officer(make, browser):
    return browser(make.user("officer"))


def remind(one, due, at=MAY):
    with clock.at(at):
        return one.post(f"/returns/{due.id}/remind", {"version": str(due.version)})


def shown(one, address, at=MAY):
    with clock.at(at):
        return words_of(one.get(address))


def test_a_press_writes_to_the_team_and_the_return_says_so(officer, late):
    address = f"/returns/{late.id}"
    assert "No reminder was sent yet." in shown(officer, address)
    assert remind(officer, late).status_code == 303
    gone = letters("return_reminder")
    assert {each.recipient for each in gone} == {"lead@harbour.example", "member@harbour.example"}
    assert "is 11 days late" in gone[0].subject
    assert "It was due on 23 April 2026." in gone[0].body
    assert f"/returns/{late.id}" in gone[0].body
    assert "Reminded 1 time, last 4 May 2026 at 10:00." in shown(officer, address)
    [event] = db.session.scalars(select(Event)).all()
    assert (event.says, event.details) == ("reminded the organisation of the return", {"days_late": 11, "letters": 2})


def test_one_reminder_a_day_is_the_most_and_the_next_day_is_another(officer, late):
    remind(officer, late)
    again = remind(officer, late, MAY + timedelta(hours=13))
    assert again.status_code == 409
    assert "A reminder of this return went out today already. One a day is the most." in words_of(again)
    assert len(letters("return_reminder")) == 2
    tomorrow = MAY + timedelta(hours=14, minutes=30)  # half past midnight in London
    assert remind(officer, late, tomorrow).status_code == 303
    assert len(letters("return_reminder")) == 4
    assert "Reminded 2 times, last 5 May 2026 at 00:30." in shown(officer, f"/returns/{late.id}", tomorrow)
    assert "12 days reminded 2 times, last 5 May 2026" in shown(officer, "/returns?period=2025-26 Q4", tomorrow)


def test_the_office_sees_whom_to_ask_and_a_provider_sees_no_reminding(make, browser, officer, late):
    said = shown(officer, f"/returns/{late.id}")
    assert "Whom to ask Lead One, lead@harbour.example" in said
    assert "member@harbour.example" not in said
    own = browser(make.lead(db.session.get(Organisation, late.organisation_id)))
    assert "Whom to ask" not in shown(own, f"/returns/{late.id}")
    assert remind(own, late).status_code == 403
    auditor = browser(make.user("auditor"))
    assert "Whom to ask" in shown(auditor, f"/returns/{late.id}")
    assert "Send a reminder" not in shown(auditor, f"/returns/{late.id}")
    assert remind(auditor, late).status_code == 403


def test_what_is_not_late_has_no_button_and_nobody_is_reminded_of_it(officer, late):
    april = datetime(2026, 4, 23, 9, 0, tzinfo=UTC)
    assert "Send a reminder" not in shown(officer, f"/returns/{late.id}", april)
    refused = remind(officer, late, april)
    assert refused.status_code == 409
    assert "This return is not late" in words_of(refused)
    assert letters() == []


def test_where_nobody_can_be_reached_that_is_said_and_nothing_is_written_down(make, officer):
    due = make.monitoring_return(make.agreement(), "2025-26 Q4")
    refused = remind(officer, due)
    assert refused.status_code == 409
    assert "Nobody belongs to this organisation who could be reminded." in words_of(refused)
    assert db.session.scalars(select(Event)).all() == []


def test_all_that_are_missing_are_reminded_by_one_press(make, officer, late):
    other = make.organisation("Example Lantern Trust")
    make.lead(other)
    agreement = make.agreement(provider=other)
    missing, earlier = make.monitoring_return(agreement, "2025-26 Q4"), make.monitoring_return(agreement, "2025-26 Q3")
    make.monitoring_return(make.agreement(), "2025-26 Q4")  # of an organisation without people
    third = make.organisation()
    make.lead(third)
    make.monitoring_return(make.agreement(provider=third), "2025-26 Q4", status="queried", first_submitted_on=MAY.date(), submitted_at=MAY)
    remind(officer, late)
    with clock.at(MAY):
        page = html.fromstring(officer.get("/returns?period=2025-26 Q4").text)
        [form] = page.xpath("//form[@action='/returns/remind']")
        fields = {each.get("name"): each.get("value") for each in form.xpath("input") if each.get("name") != "csrf_token"}
        told = officer.post("/returns/remind", fields)
        assert told.location == "/returns?period=2025-26+Q4"
        assert "1 reminder sent." in words_of(officer.get(told.location))
        assert sorted(each.about for each in letters("return_reminder")) == sorted([str(late.id)] * 2 + [str(missing.id)])
        assert str(earlier.id) not in {each.about for each in letters()}
        assert officer.post("/returns/remind", fields).status_code == 303
        assert "No reminder was sent" in words_of(officer.get(told.location))
        assert len(letters("return_reminder")) == 3


def test_who_may_not_remind_finds_no_button_and_is_refused(make, browser, late):
    auditor = browser(make.user("auditor"))
    assert "Remind all missing" not in shown(auditor, "/returns?period=2025-26 Q4")
    assert auditor.post("/returns/remind", {"period": "2025-26 Q4"}).status_code in (403, 404)
    assert letters() == []


def test_a_longer_list_with_reminders_takes_no_more_statements(make, officer, late):
    def more():
        for number in range(5):
            organisation = make.organisation(f"Example club {number}")
            make.lead(organisation)
            remind(officer, make.monitoring_return(make.agreement(provider=organisation), "2025-26 Q4"))

    with clock.at(MAY):
        assert_steady(officer, "/returns?period=2025-26 Q4", more)
