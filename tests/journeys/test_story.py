"""The story: a provider fills in and sends a quarterly return, the office approves it, the programme summary shows the figure."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.figures import ACCOMMODATION, ACCOMMODATION_WORKED_OUT, LOCALITY, REASON, WORKED_OUT


def test_a_return_is_filled_in_signed_read_approved_and_seen_in_the_summary(visitor):
    lead = visitor()
    lead.goes_to("/")
    lead.looks("welcome")
    lead.follows("Sign in")
    lead.looks("sign in")
    lead.signs_in_here("lead@lwa.example")
    lead.sees_heading("Returns to send")
    lead.sees("Domestic Abuse Locality Service")
    lead.looks("home of a provider")
    lead.presses(re.compile("^Start Domestic Abuse Locality Service"))
    lead.sees("Not started")
    lead.looks("return not started")
    lead.follows("Caseload")
    for title, answers in LOCALITY.items():
        lead.sees_heading(title)
        lead.looks(f"section {title}, empty")
        lead.fills(answers)
        for key, words in WORKED_OUT.get(title, {}).items():
            expect(lead.shown(key)).to_contain_text(words)
        if title == "Engagement":
            _gives_the_reason(lead)
        lead.looks(f"section {title}, filled")
        lead.presses(re.compile("^Save and"))
    lead.sees_heading("Check your answers")
    lead.sees("Everything needed is here")
    lead.sees(REASON)
    lead.looks("check your answers, ready")
    lead.page.get_by_label(re.compile("have read this return")).check()
    lead.presses("Sign and send")
    lead.sees("Return sent")
    lead.looks("receipt of a return")
    address = lead.page.url
    lead.follows("Read or print what you sent")
    lead.looks("version as sent, provider")

    officer = visitor("officer@office.example")
    officer.sees("To read")
    officer.looks("home of an officer")
    officer.presses(re.compile("^Read Domestic Abuse Locality Service"))
    officer.looks("return sent, officer")
    officer.sees(REASON)
    officer.looks("version to decide, officer")
    officer.opens("Approve this version")
    officer.presses("Yes, approve")
    officer.sees("Approved. Its figures now count in every summary.")
    officer.looks("return approved, officer")

    lead.goes_to(address.removesuffix("/receipt"))
    lead.sees("Approved")
    lead.looks("return approved, provider")
    _stands_in_the_summary(officer)


def _gives_the_reason(person):
    beside = person.page.locator(".hub-check", has_text="four bands of contact")
    expect(beside).to_contain_text("Correct it, or tell us why")
    person.looks("section Engagement, a check asks")
    beside.get_by_label("Reason").press_sequentially(REASON)
    beside.get_by_label("Reason").press("Tab")
    if person.javascript:
        expect(beside.locator(".hub-state")).to_contain_text(re.compile("saved", re.I))


def _stands_in_the_summary(officer):
    """From the list of programmes to the number, to where it comes from, to what the provider sent."""
    officer.follows("Programmes")
    officer.follows("Domestic and Sexual Violence and Abuse")
    officer.presses("See the summary of its figures")
    officer.sees_heading("Domestic and Sexual Violence and Abuse")
    officer.looks("summary of a year")
    table = officer.page.get_by_role("region", name=re.compile("Living Without Abuse"))
    line = table.locator("tr", has=officer.page.get_by_role("rowheader", name="Number of referrals accepted into the service"))
    expect(line).to_contain_text("62")
    share = table.locator("tr", has=officer.page.get_by_role("rowheader", name="Victims with positive case closure"))
    expect(share).to_contain_text("30 of 34 (88.2%)")
    officer.follows("62", within=line)
    officer.sees_heading("62")
    officer.sees("by Lead at LWA")
    officer.sees("by Officer One")
    officer.looks("receipt of a number")
    officer.follows("Version 1")
    officer.sees_heading("version 1")
    officer.sees("signed by Lead at LWA")
    expect(officer.page.locator("#question-referrals_accepted .hub-now")).to_have_text("62")


def test_the_same_without_javascript(visitor):
    lead = visitor("lead@wall.example", javascript=False)
    lead.presses(re.compile("^Start Leicestershire Safe Accommodation"))
    lead.page.locator(".govuk-task-list__link").first.click()
    for title, answers in ACCOMMODATION.items():
        lead.sees_heading(title)
        lead.fills(answers)
        lead.presses("Save", exact=True)
        lead.sees("Saved.")
        for key, words in ACCOMMODATION_WORKED_OUT.get(title, {}).items():
            expect(lead.shown(key)).to_contain_text(words)
        for name in answers:
            expect(lead.state(name)).to_contain_text(re.compile("saved [0-9]", re.I))
        lead.presses(re.compile("^Save and"))
    lead.sees_heading("Check your answers")
    lead.page.get_by_label(re.compile("have read this return")).check()
    lead.presses("Sign and send")
    lead.sees("Return sent")

    officer = visitor("officer@office.example", javascript=False)
    officer.presses(re.compile("^Read Leicestershire Safe Accommodation"))
    officer.opens("Approve this version")
    officer.presses("Yes, approve")
    officer.sees("Approved. Its figures now count in every summary.")
