"""A form for a service that nobody has seen works from its file alone: loaded, agreed, filled in, checked, approved, summarised."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from partnerhub import clock
from partnerhub.rules import periods
from partnerhub.rules.periods import PeriodKind

FORM = Path(__file__).parent / "forms" / "night_shelter_return.yaml"
QUARTER = periods.last_ended(PeriodKind.QUARTER, clock.today())

# Guests: 18 + 40 - 14 - 20 = 24. 1,700 bed nights of 24 x 90 = 2,160. At first too many are new and long on the street: 30 + 45 > 70.
ANSWERS: dict[str, dict[str, str]] = {
    "On the street": {
        "shifts": "60",
        "shift_hours": "210.5",
        "people_met": "70",
        "people_met_by_age.under_25": "12",
        "people_met_by_age.age_25_49": "44",
        "people_met_by_age.age_50_over": "10",
        "people_met_by_age.not_known": "4",
        "people_met_by_place.centre": "50",
        "people_met_by_place.park": "15",
        "people_met_by_place.elsewhere": "5",
        "new_to_street": "30",
        "long_on_street": "45",
        "referred_to_shelter": "25",
    },
    "In the shelter": {
        "beds": "24",
        "nights_open": "90",
        "bed_nights": "1700",
        "guests_start": "18",
        "arrived": "40",
        "arrived_by_source.outreach": "22",
        "arrived_by_source.council": "10",
        "arrived_by_source.hospital": "3",
        "arrived_by_source.themselves": "5",
        "moved_on": "14",
        "left_otherwise": "20",
        "guests_end": "24",
        "turned_away": "9",
        "turned_away_by_reason.single": "5",
        "turned_away_by_reason.couple": "1",
        "turned_away_by_reason.dog": "3",
    },
    "Support": {
        "health_checks": "31",
        "gp_registered.number": "33",
        "gp_registered.out_of": "40",
        "benefits.number": "28",
        "benefits.out_of": "35",
        "in_work.number": "6",
        "in_work.out_of": "40",
        "still_housed.number": "7",
        "still_housed.out_of": "9",
        "meals": "1650",
        "volunteers": "38",
        "volunteer_hours": "2100",
    },
    "Safety and money": {
        "incidents": "4",
        "ambulance": "2",
        "spent": "41,250.75",
        "given": "6300",
        "inspected_on": "3/2/2026",
    },
    "In your own words": {"story": "A quiet quarter on the street and a full house."},
}
HEIC, JPEG = b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1", b"\xff\xd8\xff\xe0 a photo"
WORKED_OUT = {
    "On the street": {"hours_per_shift": "3.5 (210.5 divided by 60)", "people_met_by_age": "70 of 70", "new_share": "30 of 70 (42.9%)"},
    "In the shelter": {"occupancy": "1,700 of 2,160 (78.7%)", "moved_on_share": "14 of 34 (41.2%)"},
    "Support": {"still_housed": "7 of 9 (77.8%), based on fewer than 10"},
    "Safety and money": {"cost_of_night": "24.3 (41,250.75 divided by 1,700)"},
}


def test_a_form_nobody_has_seen_goes_from_its_file_to_the_summary(visitor, hub):
    assert "night_shelter_return version 1: published" in hub.command("catalogue", "load", str(FORM), "--publish")
    officer = visitor("officer@office.example")
    officer.follows("Forms")
    officer.follows("Night shelter and street outreach return")
    officer.looks("form, one version")
    _makes_the_agreement(officer)
    lead = visitor("lead@meadow.example")
    lead.presses(f"Start Night shelter, {QUARTER.label}")
    lead.follows("On the street")
    _fills_it(lead)
    _corrects_what_stops_and_explains_what_asks(lead)
    lead.page.get_by_label(re.compile("have read this return")).check()
    lead.presses("Sign and send")
    lead.sees("Return sent")
    officer.goes_to("/")
    officer.presses(re.compile("^Read Night shelter"))
    officer.opens("Approve this version")
    officer.presses("Yes, approve")
    officer.sees("Approved.")
    _stands_in_the_summary(officer, hub)


def _makes_the_agreement(officer):
    officer.follows("Programmes")
    officer.follows("Example programme: early help")
    officer.follows("Add another service")
    officer.page.get_by_label("Name", exact=True).fill("Night shelter")
    officer.presses("Add the service")
    officer.presses("Make an agreement")
    officer.page.get_by_label("Provider").select_option("Example Meadow Centre")
    for name, day in (("First day", QUARTER.starts), ("Last day", QUARTER.ends)):
        group = officer.page.get_by_role("group", name=name)
        for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            group.get_by_label(part).fill(str(value))
    officer.page.get_by_label("Return form").select_option(label="Night shelter and street outreach return")
    officer.page.get_by_label("Every quarter").check()
    officer.presses("Make the agreement")
    officer.presses("Draw up the returns")
    officer.sees("1 return drawn up.")


def _fills_it(lead):
    for title, answers in ANSWERS.items():
        lead.sees_heading(title)
        lead.fills(answers)
        for key, words in WORKED_OUT.get(title, {}).items():
            expect(lead.shown(key)).to_contain_text(words)
        if title == "Safety and money":
            lead.page.get_by_label("Nurse").check()
            lead.page.get_by_label("Benefits adviser").check()
            expect(lead.state("works_with")).to_contain_text(re.compile("saved", re.I))
            lead.page.get_by_role("group", name=re.compile("Did the shelter close")).get_by_label("Yes").check()
            lead.fills({"nights_closed": "2"})
            _a_question_comes_and_goes(lead)
            lead.looks("section of every kind of question")
        if title == "In your own words":
            _a_photo_comes_and_goes(lead)
        lead.presses(re.compile("^Save and"))


def _a_question_comes_and_goes(lead):
    closed = lead.page.get_by_role("group", name=re.compile("Did the shelter close"))
    closed.get_by_label("No").check()
    expect(lead.cell("nights_closed")).to_have_count(0)
    closed.get_by_label("Yes").check()
    expect(lead.cell("nights_closed")).to_have_value("2")
    expect(closed.get_by_label("Yes")).to_be_focused()


def _a_photo_comes_and_goes(lead):
    """What is wrong with it stands beside the question; where one was stays where one is, and the news is told."""
    question, box, news = lead.page.locator("#question-photos"), lead.cell("photos"), lead.page.locator("#announce")
    with lead.expecting(422):
        box.set_input_files({"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": HEIC})
        expect(question.locator(".govuk-error-message")).to_contain_text("In the phone's camera settings choose “Most compatible”")
    expect(news).to_contain_text("This photo is in the format HEIC")
    expect(box).to_be_focused()
    lead.looks("section with a file that was not taken")
    box.set_input_files({"name": "shelter.jpg", "mimeType": "image/jpeg", "buffer": JPEG})
    expect(question).to_contain_text("shelter.jpg (1 kB, not checked for viruses)")
    expect(news).to_have_text("File added")
    lead.presses("Remove shelter.jpg")
    expect(question).not_to_contain_text("shelter.jpg")
    expect(news).to_have_text("File removed")
    expect(box).to_be_focused()


def _corrects_what_stops_and_explains_what_asks(lead):
    lead.sees("Before you can send")
    lead.sees("Nobody is both new and long on the street")
    lead.sees("There were fewer meals than bed nights")
    lead.looks("check your answers, not ready")
    lead.follows(re.compile("Nobody is both new and long"))
    lead.fills({"long_on_street": "20"})
    expect(lead.page.locator("#main")).not_to_contain_text("Nobody is both new and long")
    lead.page.go_back()
    lead.page.reload()
    lead.follows(re.compile("There were fewer meals"))
    beside = lead.page.locator(".hub-check", has_text="There were fewer meals than bed nights")
    beside.get_by_label("Reason").fill("The kitchen was closed for a week.")
    beside.get_by_label("Reason").press("Tab")
    expect(beside.locator(".hub-state")).to_contain_text(re.compile("saved", re.I))
    lead.page.go_back()
    lead.page.reload()
    lead.sees("Everything needed is here.")


def _stands_in_the_summary(officer, hub):
    officer.goes_to(f"/programmes/example/summary?period={QUARTER.label}")
    for label, words in {
        "Hours on the street": "210.5",
        "Occupancy": "1,700 of 2,160 (78.7%)",
        "Still housed after six months": "7 of 9 (77.8%)",
        "Spent this quarter": "£41,250.75",
    }.items():
        line = officer.page.locator("tr", has=officer.page.get_by_role("rowheader", name=label, exact=True))
        expect(line).to_contain_text(words)
    officer.looks("summary of a quarter")
    told = json.loads(hub.command("summary", "example", "--period", QUARTER.label, "--format", "json"))
    figures = {each["indicator"]: each for each in told["lines"] if each["service"] == "Night shelter"}
    assert len(figures) == 33
    assert (figures["moved_on_share"]["total"]["value"], figures["moved_on_share"]["total"]["out_of"]) == (14, 34)
    assert figures["turned_away"]["total"]["status"] == "approved"
