"""A fund, its round and its public page from the screens alone; a volunteer on a phone finds out whether to apply."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.sync_api import expect

from partnerhub import clock
from partnerhub.rules import periods
from tests.journeys.looking import PHONE

TODAY = clock.today()
CLOSES = next(day for day in (TODAY + timedelta(days=each) for each in range(28, 60)) if day.weekday() == 2 and periods.is_working_day(day))


def fills_date(person, legend: str, day: date) -> None:
    group = person.page.get_by_role("group", name=legend)
    for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(label, exact=True).fill(str(value))


def test_a_fund_and_its_round_come_from_the_screens_and_a_volunteer_finds_out_whether_to_apply(visitor):
    officer = visitor("officer@office.example")
    officer.follows("Grants")
    officer.follows("Funds and their rounds, for the office")
    officer.looks("funds")
    officer.follows("Priorities that applications choose from")
    officer.sees("Rural crime")
    officer.looks("priorities")
    officer.follows("Add to this list")
    officer.looks("add a priority")
    officer.goes_to("/funds")
    officer.presses("Set up a fund")
    with officer.expecting(422):
        officer.presses("Set up the fund")
        officer.sees("There is a problem")
    officer.looks("set up a fund, refused")
    for label, text in (
        ("Name", "Example Safety Fund"),
        ("Short code", "ESF"),
        ("What it is for", "Projects that make people safer."),
        ("What it does not fund", "Fences\nFood"),
        ("Area", "Leicester, Leicestershire and Rutland"),
        ("Most for one award", "10,000"),
        ("Longest project, in months", "12"),
    ):
        officer.page.get_by_label(label, exact=True).fill(text)
    officer.page.get_by_label("Charity").check()
    officer.page.get_by_label("Community group").check()
    officer.presses("Set up the fund")
    officer.sees("Prepare its first round next.")
    officer.looks("fund, no round yet")
    officer.presses("Prepare a round")
    fills_date(officer, "Opens on", TODAY)
    officer.page.get_by_label("Opens at").fill("00:05")
    fills_date(officer, "Closes on", CLOSES)
    officer.page.get_by_label("Closes at").fill("6pm")
    fills_date(officer, "Answer promised by", CLOSES + timedelta(days=60))
    officer.page.get_by_label("Money in this round").fill("200,000")
    officer.page.get_by_label("Questions").select_option(label="Commissioner's Safety Fund application, version 1")
    officer.page.get_by_label("No, assessors see who applies").check()
    officer.looks("prepare a round")
    officer.presses("Prepare the round")
    officer.sees("It closes at 6pm, when nobody answers the telephone")
    officer.looks("round in preparation")
    officer.presses("Change the round")
    officer.page.get_by_label("Closes at").fill("noon")
    officer.looks("change a round")
    officer.presses("Save the round")
    officer.sees("The round was changed.")
    officer.sees_no("nobody answers the telephone")
    officer.follows("Add a bid workshop")
    fills_date(officer, "Day", CLOSES - timedelta(days=7))
    officer.page.get_by_label("Begins at").fill("6pm")
    officer.page.get_by_label("Place", exact=True).fill("Town hall")
    officer.page.get_by_label("Places", exact=True).fill("12")
    officer.looks("add a bid workshop")
    officer.presses("Add the workshop")
    officer.sees("12 places left")
    officer.presses("Publish the round")
    officer.looks("publish a round")
    officer.presses("Publish the round")
    officer.sees("The round is published")
    officer.looks("round, for the office")
    address = officer.page.url

    volunteer = visitor()
    volunteer.page.set_viewport_size(PHONE)
    volunteer.goes_to("/")
    volunteer.follows("Grants you can apply for")
    volunteer.looks("grants")
    volunteer.follows("Example Safety Fund")
    volunteer.sees("12 noon (British time)")
    volunteer.page.get_by_text("3. Your project (").click()
    volunteer.sees("Marked as “Need”: 20% of the whole mark.")
    volunteer.looks("round, for everybody")
    for name, kind in (("as a PDF", "pdf"), ("in Word", "docx"), ("The dates for your calendar", "ics")):
        with volunteer.page.expect_download() as download:
            volunteer.follows(name)
        assert download.value.suggested_filename.endswith(f".{kind}")
    volunteer.presses("Can I apply?")
    volunteer.looks("can I apply")
    _answers_as_a_business(volunteer)
    volunteer.looks("cannot apply")

    plain = visitor(javascript=False)
    plain.goes_to(f"{address}/eligibility")
    _answers_as_a_business(plain)

    member = visitor("member@lwa.example")
    member.goes_to(address)
    member.presses("Book a place")
    member.sees("You have a place at the workshop")
    officer.goes_to(address)
    officer.follows("Who comes")
    officer.sees("1 of 12 places booked")
    officer.looks("who comes to a workshop")


def _answers_as_a_business(person) -> None:
    """In the area, a business that does not match-fund: its question appears, and says why not."""
    for asked in ("Do you have a written constitution", "Will you work with children"):
        person.page.get_by_role("group", name=asked).get_by_label("No").check()
    person.page.get_by_role("group", name="Does your project help people").get_by_label("Yes").check()
    person.page.get_by_label("Business", exact=True).check()
    person.presses("Tell me")
    group = person.page.get_by_role("group", name="Will you match-fund")
    expect(group).to_be_visible()
    expect(person.page.get_by_label("Business", exact=True)).to_be_checked()
    group.get_by_label("No").check()
    person.presses("Tell me")
    person.sees_heading("You cannot apply for this")
    person.sees("A business can apply only if it match-funds the project")
