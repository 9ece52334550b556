"""What the office does: asks about a figure and gets it corrected; sets up a programme and invites the lead who sends its first return."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from partnerhub import clock
from partnerhub.rules import periods

QUESTION = "Is 52 right? It was 58 of 71 in the quarter before."
REPLY = "One case was counted twice: it is 51."


def test_a_figure_is_questioned_answered_corrected_and_the_second_version_approved(visitor):
    officer = visitor("officer@office.example")
    officer.presses(re.compile("^Read Example early help service"))
    officer.opens("Ask about: Engagement")
    officer.page.get_by_label("Of these, reached within 48 hours").fill(QUESTION)
    officer.page.get_by_label("About the return as a whole").fill("A few lines on what went well, please.")
    officer.looks("version, questions typed")
    officer.presses("Send back with these questions")
    officer.sees("Sent back with your questions")
    officer.looks("return sent back, officer")

    lead = visitor("lead@harbour.example")
    lead.looks("home of a provider, sent back")
    lead.presses(re.compile("^Continue Example early help service"))
    lead.sees(QUESTION)
    lead.looks("return sent back, provider")
    lead.follows("Engagement")
    beside = lead.page.locator(".hub-query", has_text=QUESTION)
    expect(beside).to_contain_text("Officer One asks")
    beside.get_by_label("Your reply").press_sequentially(REPLY)
    beside.get_by_label("Your reply").press("Tab")
    expect(beside.locator(".hub-state")).to_contain_text(re.compile("saved", re.I))
    lead.fills({"contact_within_48h": "51"})
    lead.looks("section with a question of the office, answered")
    lead.presses(re.compile("^Save and"))
    lead.follows(re.compile("^Example early help service"), within=lead.page.locator(".govuk-breadcrumbs"))
    lead.presses(re.compile("^Check your answers"))
    lead.page.get_by_label(re.compile("have read this return")).check()
    lead.presses("Sign and send")
    lead.sees("Return sent")
    lead.sees(re.compile(r"Version\s*2"))

    officer.goes_to("/")
    officer.presses(re.compile("^Read Example early help service"))
    officer.sees(REPLY)
    expect(officer.page.locator("#question-contact_within_48h .hub-now")).to_have_text("51")
    officer.looks("version 2 with a reply, officer")
    officer.opens("Approve this version")
    officer.presses("Yes, approve")
    officer.sees("Approved. Its figures now count in every summary.")


def test_the_same_question_and_reply_without_javascript(visitor):
    officer = visitor("officer@office.example", javascript=False)
    officer.presses(re.compile("^Read Example early help service"))
    officer.opens("Ask about: Engagement")
    officer.page.get_by_label("Of these, reached within 48 hours").fill(QUESTION)
    officer.presses("Send back with these questions")
    officer.sees("Sent back with your questions")
    lead = visitor("lead@harbour.example", javascript=False)
    lead.presses(re.compile("^Continue Example early help service"))
    lead.page.get_by_label("Your reply").fill(REPLY)
    lead.presses("Save replies")
    lead.sees("Saved.")
    expect(lead.page.get_by_label("Your reply")).to_have_value(REPLY)


def test_what_the_office_typed_is_still_there_when_it_is_refused(visitor):
    officer = visitor("officer@office.example")
    officer.presses(re.compile("^Read Example early help service"))
    officer.opens("Ask about: Engagement")
    officer.page.get_by_label("Of these, reached within 48 hours").fill(QUESTION * 30)
    officer.page.get_by_label("About the return as a whole").fill("A few lines on what went well, please.")
    with officer.expecting(422):
        officer.presses("Send back with these questions")
        officer.sees("There is a problem")
    expect(officer.page.locator(".govuk-error-summary")).to_be_focused()
    officer.looks("version, a question that is too long")
    officer.follows(re.compile("Of these, reached within 48 hours: shorten what you ask"))
    asked = officer.page.get_by_label("Of these, reached within 48 hours")
    expect(asked).to_be_focused()
    expect(asked).to_have_value(QUESTION * 30)
    expect(officer.page.get_by_label("About the return as a whole")).to_have_value("A few lines on what went well, please.")
    asked.fill(QUESTION)
    officer.presses("Send back with these questions")
    officer.sees("Sent back with your questions")
    officer.opens("Give more time")
    officer.page.get_by_label("Why there is more time").fill("Their analyst is ill.")
    _types_day(officer, "New due date", 31, 2, 2030)
    with officer.expecting(422):
        officer.presses("Move the due date")
        officer.sees("New due date must be a real date")
    expect(officer.page.get_by_label("Why there is more time")).to_have_value("Their analyst is ill.")
    officer.looks("return, no such day for more time")
    _types_day(officer, "New due date", 28, 2, 2030)
    officer.presses("Move the due date")
    officer.sees("The due date has moved.")


def test_two_replies_at_once_without_javascript(visitor):
    officer = visitor("officer@office.example", javascript=False)
    officer.presses(re.compile("^Read Example early help service"))
    officer.page.get_by_label("About the return as a whole").fill(QUESTION)
    officer.presses("Send back with these questions")
    first, second = (visitor("lead@harbour.example", javascript=script) for script in (False, True))
    for lead in (first, second):
        lead.presses(re.compile("^Continue Example early help service"))
    first.page.get_by_label("Your reply").fill(REPLY)
    first.presses("Save replies")
    first.sees("Saved.")
    second.page.get_by_label("Your reply").evaluate("(box, text) => { box.value = text; }", "It is 52.")  # as if no script had heard of it
    with second.expecting(409):
        second.presses("Save replies")
        second.sees(re.compile(rf"Theirs\s*{re.escape(REPLY)}\s*Yours\s*It is 52\."))
    second.looks("return, two replies at once")
    second.presses("Keep mine")
    expect(second.page.locator(".hub-query .hub-state")).to_contain_text(re.compile("saved", re.I))
    expect(second.page.get_by_label("Your reply")).to_have_value("It is 52.")


LAST_YEAR = periods.financial_year_of(clock.today()) - 1  # the financial year of the agreement: all of it is over


def test_a_programme_is_set_up_its_lead_invited_and_the_first_return_sent(visitor):
    officer = visitor("officer@office.example")
    _adds_the_provider(officer)
    _sets_up_programme_and_service(officer)
    _makes_the_agreement(officer)
    administrator = visitor("administrator@office.example")
    lead = _joins(visitor, _invites_the_lead(administrator))
    _sends_the_first_return(lead)
    officer.goes_to("/")
    officer.sees("Example Beacon Society")


def _adds_the_provider(officer):
    officer.follows("Organisations")
    officer.presses("Add an organisation")
    with officer.expecting(422):
        officer.presses("Add the organisation")
        officer.sees("There is a problem")
    officer.looks("add an organisation, nothing typed")
    officer.page.get_by_label("Name", exact=True).fill("Example Beacon Society")
    officer.page.get_by_label("Charity", exact=True).check()
    officer.presses("Add the organisation")
    officer.sees_heading("Example Beacon Society")
    officer.sees("Nobody belongs to this organisation yet")


def _sets_up_programme_and_service(officer):
    officer.follows("Programmes")
    officer.presses("Set up a programme")
    with officer.expecting(422):
        officer.presses("Set up the programme")
        officer.sees("Enter the programme's name")
    officer.looks("set up a programme, nothing typed")
    officer.page.get_by_label("Name", exact=True).fill("Evening support")
    officer.page.get_by_label("What it is for").fill("Somebody to talk to after work.")
    officer.presses("Set up the programme")
    officer.sees("Evening support was set up")
    officer.looks("programme, new")
    officer.presses("Add a service")
    officer.page.get_by_label("Name", exact=True).fill("Evening line")
    officer.presses("Add the service")
    officer.sees("Evening line was added")
    officer.looks("service, new")


def _makes_the_agreement(officer):
    officer.presses("Make an agreement")
    with officer.expecting(422):
        officer.presses("Make the agreement")
        officer.sees("Choose the organisation that delivers the service")
    officer.looks("make an agreement, nothing typed")
    officer.page.get_by_label("Provider").select_option("Example Beacon Society")
    _types_day(officer, "First day", 1, 4, LAST_YEAR)
    _types_day(officer, "Last day", 31, 3, LAST_YEAR + 1)
    officer.page.get_by_label("Return form").select_option(label="Example early help return")
    officer.page.get_by_label("Every quarter").check()
    officer.page.get_by_label("Leicestershire County Council").check()
    officer.page.get_by_label("Charnwood").check()
    officer.presses("Make the agreement")
    officer.sees("The agreement was made. Draw up its returns next.")
    officer.looks("agreement, not drawn up")
    officer.follows("Set targets")
    officer.page.get_by_label(re.compile("^Target for .*referrals accepted", re.I)).fill("45")
    officer.presses("Save the targets")
    officer.sees("The targets were saved.")
    officer.presses("Draw up the returns")
    officer.sees("4 returns drawn up.")
    officer.looks("agreement, drawn up")
    officer.presses("Copy into the next year")
    officer.sees("This is the copy of")
    officer.sees(periods.year(LAST_YEAR + 1).label + " Q1")
    officer.sees("45 ")
    officer.looks("agreement, copied")


def _types_day(person, name, day, month, year):
    group = person.page.get_by_role("group", name=name)
    for part, value in (("Day", day), ("Month", month), ("Year", year)):
        group.get_by_label(part).fill(str(value))


def _invites_the_lead(administrator):
    """The link in the letter, as the invited person finds it."""
    administrator.follows("Organisations")
    administrator.follows("Example Beacon Society")
    administrator.follows("Invite somebody to Example Beacon Society")
    with administrator.expecting(422):
        administrator.presses("Send the invitation")
        administrator.sees("Enter the e-mail address of the person to invite")
    administrator.looks("invite somebody, nothing typed")
    administrator.page.get_by_label("E-mail address").fill("lead@beacon.example")
    administrator.page.get_by_label("Lead", exact=True).check()
    administrator.presses("Send the invitation")
    administrator.sees("lead@beacon.example")
    administrator.looks("invitation sent")
    letter = administrator.page.locator(".govuk-inset-text", has_text="Example Beacon Society")
    for _ in range(30):  # the mail goes every few seconds
        administrator.goes_to("/development/mail")
        if letter.count():
            break
        administrator.page.wait_for_timeout(500)
    administrator.looks("mail of a development hub")
    return letter.first.get_by_role("link").first.get_attribute("href")


def _joins(visitor, link):
    lead = visitor()
    lead.goes_to(link)
    lead.sees_heading("Join Example Beacon Society")
    with lead.expecting(422):
        lead.page.get_by_label("Choose a password").fill("short")
        lead.presses("Accept the invitation")
        lead.sees("There is a problem")
    lead.looks("accept an invitation, password too short")
    lead.page.get_by_label("Your full name").fill("Lead at Beacon")
    lead.page.get_by_label("Choose a password").fill("lantern bridge walnut")
    lead.presses("Accept the invitation")
    lead.sees_heading(re.compile("Returns to send|Sign in"))
    return lead


def _sends_the_first_return(lead):
    first = periods.quarter(LAST_YEAR, 1).label
    lead.presses(f"Start Evening line, {first}")
    lead.follows("Caseload")
    for answers in (
        {"cases_open_start": "0", "cases_open_end": "9"},
        {"referrals_received": "20", "referrals_accepted": "14", "contact_within_48h": "12"},
        {"exit_planned": "3", "exit_unplanned": "2", "feels_safer.number": "3", "feels_safer.out_of": "4"},
        {"spend_in_quarter": "4,100.00"},
    ):
        lead.fills(answers)
        lead.presses(re.compile("^Save and"))
    lead.sees_heading("Check your answers")
    lead.page.get_by_label(re.compile("have read this return")).check()
    lead.presses("Sign and send")
    lead.sees("Return sent")


def test_periods_are_made_and_a_due_date_moved(visitor):
    officer = visitor("officer@office.example")
    officer.follows("Programmes")
    officer.follows("Reporting periods and due dates")
    officer.presses(re.compile("^Make the quarters of"))
    officer.sees(re.compile("Made: .* Q4"))
    officer.looks("reporting periods, made")
    officer.follows(re.compile("^Change when returns for"))
    officer.page.get_by_label("Working days until the return is due").fill("20")
    officer.presses("Change the due date")
    officer.sees("is due on")
