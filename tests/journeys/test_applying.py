"""A volunteer with a phone applies for a grant: from the public page to the receipt; the same without JavaScript."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect

PHONE = {"width": 320, "height": 640}
FUND = re.compile("Commissioner's Safety Fund")
NEXT_YEAR = date.today().year + 1  # noqa: DTZ011 (the demonstration's round is open today, whenever that is)
PAPER = {"name": "paper.txt", "mimeType": "text/plain", "buffer": b"What our group has agreed."}

# Section -> what a volunteer says there, by the name of the box. A list is a box to choose in, a dictionary a file.
SAYS = {
    "Check you can apply": {
        "helps_area": ["yes"], "organisation_kind": ["community_group"], "has_governing_document": ["yes"], "bank_account": ["yes"],
    },
    "About your organisation": {
        "legal_name": "Example Meadow Centre", "address.line1": "1 Example Street",
        "address.town": "Loughborough", "address.postcode": "LE11 1AA",
        "main_contact.r1.name": "Contact One", "main_contact_email": "one@meadow.example",
        "second_contact.r1.name": "Contact Two", "second_contact_email": "two@meadow.example",
        "purposes": "A place for neighbours to meet.",
        "last_year.r1.year_end": f"3 {NEXT_YEAR - 2}", "last_year.r1.income": "4,000", "last_year.r1.expenditure": "3,500",
        "funded_before": ["no"],
    },
    "Your project": {
        "project_name": "Friday boxing", "summary": "Boxing for young people on Friday evenings.", "areas": ["E07000130"],
        "start_date": f"1/6/{NEXT_YEAR}", "end_date": f"30/11/{NEXT_YEAR}", "priority": ["neighbourhood_crime"],
        "plan_fit": "Fewer broken windows.", "need": "There is nowhere to go on a Friday.", "delivery": "Every Friday from six to eight.",
        "milestones.r1.milestone": "First evening", "milestones.r1.by": f"6 {NEXT_YEAR}",
        "beneficiaries.r1.group": "Young people", "beneficiaries.r1.age_band": ["11-17"], "beneficiaries.r1.number_unique": "30",
        "community": "They asked for it.",
        "risks.r1.risk": "Nobody comes", "risks.r1.likelihood": ["Low"], "risks.r1.impact": ["High"],
        "risks.r1.action": "Ask the school to tell them",
    },
    "The difference you will make": {
        "outputs.r1.output": "Evenings", "outputs.r1.target": "24", "outputs.r1.unit": ["sessions"],
        "outcomes.r1.outcome": ["Feel safer"], "outcomes.r1.target_percent": "70", "outcomes.r1.out_of": "30",
        "outcomes.r1.how_measured": 1,
        "learning": "We ask everybody at the end.", "after_grant": "The club pays.",
    },
    "Money": {
        "budget.r1.category": ["Venue"], "budget.r1.item": "Hall", "budget.r1.total": "1,200", "budget.r1.from_grant": "1,200",
        "value": "The hall is cheap.", "part_funding": ["none"],
    },
    "Keeping people safe": {
        "people_at_risk": ["yes"], "safeguarding_lead": "Contact One", "dbs_checks": ["yes"], "abuse_survivors": ["no"],
    },
    "Documents": {"governing_document": PAPER, "accounts": PAPER, "safeguarding_policy": PAPER},
    "Declaration": {
        "has_link": ["no"], "true_and_agreed": ["yes"], "terms_accepted": ["yes"], "privacy_read": ["yes"], "signed_by": "Contact One",
    },
}  # fmt: skip


def says(person, name, said):
    """Types, chooses or sends a file; with a script each is saved as it is said."""
    page = person.page
    if not person.javascript and not page.locator(f'[name="a.{name}"], [name="f.{name}"]').count():
        person.presses("Save", exact=True)  # brings in what is asked because of what was said above
    if isinstance(said, dict):
        box = page.locator(f'[name="f.{name}"]')
        box.set_input_files(said)
        question = page.locator(f"#question-{name}")
        if not person.javascript:
            question.get_by_role("button", name="Upload this file").click()
        expect(page.locator(f"#question-{name}")).to_contain_text("paper.txt")
        return
    box = page.locator(f'[name="a.{name}"]')
    if not isinstance(said, list | int):
        box.fill(said)
        box.press("Tab")
    elif box.first.evaluate("box => box.tagName") == "SELECT":
        box.select_option(said) if isinstance(said, list) else box.select_option(index=said)
    else:
        page.locator(f'[name="a.{name}"][value="{said[0]}"]').check()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_volunteer_on_a_phone_applies_from_the_public_page_to_the_receipt(visitor, javascript):
    volunteer = visitor(javascript=javascript)
    volunteer.page.set_viewport_size(PHONE)
    volunteer.goes_to("/")
    volunteer.follows("Grants")
    volunteer.looks("rounds, stranger")
    volunteer.follows(FUND)
    volunteer.sees("£10,000")
    volunteer.looks("public page of a round")
    volunteer.presses("Start an application")
    volunteer.signs_in_here("lead@meadow.example")
    volunteer.sees("Example Meadow Centre")
    volunteer.looks("start of an application")
    volunteer.presses("Start", exact=True)
    volunteer.sees("Draft application")
    volunteer.looks("application not started")
    volunteer.follows("Check you can apply")
    for title, answers in SAYS.items():
        volunteer.sees_heading(title)
        for name, said in answers.items():
            says(volunteer, name, said)
        volunteer.looks(f"application, {title}")
        volunteer.presses(re.compile("^Save and"))
    volunteer.sees_heading("Check your answers")
    volunteer.sees("Everything needed is here")
    volunteer.sees("£1,200")
    volunteer.looks("application ready to send")
    volunteer.presses("Send the application")
    volunteer.sees("Application sent")
    volunteer.sees(re.compile(r"CSF-\d{4}-1-0001"))
    volunteer.looks("receipt of an application")
    volunteer.follows("Where your application stands")
    volunteer.presses("Open it again to change it")
    volunteer.sees("It is a draft again")
