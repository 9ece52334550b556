"""Whatever happens between typing and sending, the text is there: a killed server, a colleague in the same cell, an ended session."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

SAVED = re.compile(r"saved [0-9]{1,2}:[0-9]{2}", re.I)
LONG_STORY = "The drop-in moved to Thursdays. More people come, and the room is too small for them."


def opens_section(person, title):
    """From the home page to a section of the locality return."""
    person.goes_to("/")
    person.presses(re.compile("^(Start|Continue) Domestic Abuse Locality Service"))
    person.follows(title)
    person.sees_heading(title)
    return person.page.url


def test_text_survives_a_killed_server_and_what_was_typed_meanwhile_is_sent_when_it_is_back(visitor, hub):
    member = visitor("member@lwa.example")
    address = opens_section(member, "In your own words")
    member.fills({"story_of_quarter": LONG_STORY})
    hub.kill()
    with member.expecting("ERR_CONNECTION_REFUSED"):
        member.types("staffing_changes", "One vacancy since July.")
        expect(member.state("staffing_changes")).to_contain_text("Not saved. We will try again")
        member.looks("section while the server is away")
        hub.start()
        expect(member.state("staffing_changes")).to_contain_text(SAVED, timeout=30_000)

    again = visitor("member@lwa.example")
    again.goes_to(address)
    expect(again.cell("story_of_quarter")).to_have_value(LONG_STORY)
    expect(again.cell("staffing_changes")).to_have_value("One vacancy since July.")


def test_text_is_saved_in_a_pause_of_typing_before_the_cell_is_left(visitor, hub):
    member = visitor("member@lwa.example")
    address = opens_section(member, "In your own words")
    member.cell("story_of_quarter").click()
    member.page.keyboard.type(LONG_STORY)
    expect(member.state("story_of_quarter")).to_contain_text(SAVED)
    hub.kill()
    member.close()
    hub.start()
    again = visitor("member@lwa.example")
    again.goes_to(address)
    expect(again.cell("story_of_quarter")).to_have_value(LONG_STORY)


def test_two_people_in_one_cell_the_second_is_shown_both_and_chooses(visitor):
    member, lead = visitor("member@lwa.example"), visitor("lead@lwa.example")
    address = opens_section(member, "Referrals")
    lead.goes_to(address)
    member.fills({"referrals_received": "80", "children_in_accepted_cases": "41"})
    with lead.expecting(409):
        lead.types("referrals_received", "81")
        expect(lead.state("referrals_received")).to_contain_text("Member at LWA changed this")
    expect(lead.state("referrals_received")).to_contain_text(re.compile(r"Theirs\s*80\s*Yours\s*81"))
    lead.looks("section with a conflict")
    lead.fills({"referrals_not_accepted": "14"})
    lead.presses("Keep mine")
    expect(lead.state("referrals_received")).to_contain_text(SAVED)
    expect(lead.cell("referrals_received")).to_be_focused()

    with member.expecting(409):
        member.types("referrals_received", "79")
        expect(member.state("referrals_received")).to_contain_text("Lead at LWA changed this")
    member.presses("Use theirs")
    expect(member.state("referrals_received")).to_contain_text(SAVED)
    expect(member.cell("referrals_received")).to_have_value("81")
    for person in (member, lead):
        person.goes_to(address)
        expect(person.cell("referrals_received")).to_have_value("81")
        expect(person.cell("children_in_accepted_cases")).to_have_value("41")
        expect(person.cell("referrals_not_accepted")).to_have_value("14")


def test_two_people_in_one_cell_without_javascript(visitor):
    member, lead = visitor("member@lwa.example", javascript=False), visitor("lead@lwa.example", javascript=False)
    address = opens_section(member, "Referrals")
    lead.goes_to(address)
    member.fills({"referrals_received": "80"})
    member.presses("Save", exact=True)
    member.sees("Saved.")
    lead.fills({"referrals_received": "81", "referrals_waiting_end": "4"})
    with lead.expecting(409):
        lead.presses("Save", exact=True)
        expect(lead.state("referrals_received")).to_contain_text(re.compile(r"Theirs\s*80\s*Yours\s*81"))
    lead.presses("Keep mine")
    lead.sees("Saved.")
    member.goes_to(address)
    expect(member.cell("referrals_received")).to_have_value("81")
    expect(member.cell("referrals_waiting_end")).to_have_value("4")


def ends_sessions(hub):
    """As time does, or an administrator."""
    with hub.database() as connection:
        connection.execute(text("DELETE FROM user_session"))


@pytest.mark.parametrize("javascript", [True, False], ids=["with a script", "without"])
def test_a_session_that_ends_in_the_middle_of_typing_loses_nothing(visitor, hub, javascript):
    member = visitor("member@lwa.example", javascript=javascript)
    address = opens_section(member, "In your own words")
    with member.expecting(401):
        ends_sessions(hub)
        member.types("story_of_quarter", LONG_STORY)
        member.types("risks_and_requests", "A second room.")
        if not javascript:
            member.presses("Save", exact=True)
        member.sees("Sign in to go on")
        if javascript:
            expect(member.state("risks_and_requests")).to_contain_text("Not saved. Sign in to save it")
        member.looks("section, signed out while typing")
        member.signs_in_here("member@lwa.example")
    member.sees_heading("You are signed in: save what you typed")
    member.sees(LONG_STORY)
    member.looks("after signing in, save what you typed")
    member.presses("Save", exact=True)
    member.sees("Saved.")
    member.goes_to(address)
    expect(member.cell("story_of_quarter")).to_have_value(LONG_STORY)
    expect(member.cell("risks_and_requests")).to_have_value("A second room.")


def test_what_was_carried_through_the_sign_in_does_not_overwrite_what_a_colleague_wrote_meanwhile(visitor, hub):
    member, lead = visitor("member@lwa.example"), visitor("lead@lwa.example")
    address = opens_section(member, "In your own words")
    with member.expecting(401, 409):
        ends_sessions(hub)
        member.types("story_of_quarter", LONG_STORY)
        member.sees("Sign in to go on")
        lead.signs_in("lead@lwa.example")
        lead.goes_to(address)
        lead.fills({"story_of_quarter": "The lead was quicker."})
        member.signs_in_here("member@lwa.example")
        member.presses("Save", exact=True)
        expect(member.state("story_of_quarter")).to_contain_text("Lead at LWA changed this")
    member.sees(LONG_STORY)
    member.presses("Keep mine")
    expect(member.state("story_of_quarter")).to_contain_text(SAVED)


def test_signing_out_and_pressing_back_shows_nothing_of_the_person(visitor):
    lead = visitor("lead@lwa.example")
    opens_section(lead, "Caseload")
    lead.fills({"cases_open_start": "120", "waiting_list_end": "4"})
    lead.presses("Sign out", within=lead.page.locator("header"))
    expect(lead.page.get_by_role("link", name="Sign in").first).to_be_visible()
    lead.looks("signed out")
    for _ in range(3):
        lead.page.go_back()
        lead.sees_no("Lead at LWA")
        lead.sees_no("Cases open at start")
        expect(lead.cell("cases_open_start")).to_have_count(0)


def test_not_applicable_ticked_beside_a_figure_holds_also_when_the_page_is_sent(visitor):
    member = visitor("member@lwa.example")
    address = opens_section(member, "Referrals")
    box = member.page.locator("[name='n.referrals_received']")
    figure, state = member.cell("referrals_received"), member.state("referrals_received")
    figure.click()
    figure.press_sequentially("7")
    box.check()  # at once: the figure is still on its way
    expect(figure).to_have_value("")
    expect(state).to_contain_text(SAVED)
    box.uncheck()  # a slip: what stood there is back
    expect(figure).to_have_value("7")
    box.check()
    expect(state).to_contain_text(SAVED)
    member.presses("Save and next section")
    member.sees("Saved.")
    member.goes_to(address)
    expect(box).to_be_checked()
    expect(figure).to_have_value("")
    figure.press_sequentially("8")
    expect(box).not_to_be_checked()
    figure.press("Tab")
    expect(state).to_contain_text(SAVED)
    member.goes_to(address)
    expect(figure).to_have_value("8")
    expect(box).not_to_be_checked()


def test_a_breakdown_is_red_only_when_its_last_cell_does_not_add_up(visitor):
    member = visitor("member@lwa.example")
    opens_section(member, "Referrals")
    member.fills({"referrals_accepted": "62", "accepted_by_risk.high": "20", "accepted_by_risk.medium": "30"})
    expect(member.checks("accepted_by_risk")).to_contain_text("12 to go")
    expect(member.shown("accepted_by_risk")).not_to_have_class(re.compile("unequal"))
    member.looks("section with a breakdown half typed")
    member.fills({"accepted_by_risk.standard": "10", "accepted_by_risk.not_assessed": "1"})
    expect(member.checks("accepted_by_risk")).to_contain_text("1 too few")
    expect(member.shown("accepted_by_risk")).to_have_class(re.compile("unequal"))
