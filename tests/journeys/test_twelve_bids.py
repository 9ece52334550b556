"""Three assessors, a chair and a director take twelve bids to six signed agreements; a declined applicant reads why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from partnerhub import create_app
from partnerhub.actions.passwords import hashed
from partnerhub.extensions import db
from partnerhub.models import User
from tests.journeys.hub import Databases, Hub
from tests.journeys.visitor import PASSWORD, Visitor
from tests.make import Make
from tests.panel import FULL_MARKS, NAMES, panel

OFFICE = {"officer": "Officer One", "chair": "Panel Chair", "finance": "Finance One", "director": "Director One"}
ASSESSORS = ("Assessor One", "Assessor Two", "Assessor Three")
PHONE = {"width": 320, "height": 640}
NEXT_YEAR = date.today().year + 1  # noqa: DTZ011 (the hub that is looked at lives today)
FUNDED = 6  # a line at 65 per cent, by FULL_MARKS


def address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@office.example"


@pytest.fixture
def hub(databases: Databases, empty_office: str, tmp_path: Path) -> Iterator[Hub]:
    """A hub whose round has closed: twelve bids were sent, looked at, and given to three assessors each."""
    made = Hub(databases.new(empty_office), tmp_path / "hub")
    app = create_app({"HUB_ENV": "test", "DATABASE_URL": made.database_url, "INSTANCE_FOLDER": str(tmp_path / "hub")})
    with app.app_context():
        make = Make()
        staff = {role: make.user(role, name=name, email=address(name)) for role, name in OFFICE.items()}
        assessors = [make.user("assessor", name=name, email=address(name)) for name in ASSESSORS]
        panel(make, 12, assessors=assessors, officer=staff["officer"])
        kept = hashed(PASSWORD)
        for each in db.session.query(User):
            each.password_hash = kept
        db.session.commit()
        held = [each for each in db.session.query(User) if each.memberships[0].organisation_id]
        made.leads = {each.memberships[0].organisation.name: (each.email, each.name) for each in held}
        db.session.remove()
        db.engine.dispose()
    made.start()
    yield made
    made.stop()
    assert "Traceback" not in made.log, made.log


def marks_all(assessor: Visitor, place: int) -> None:
    """Each of the twelve applications, one after the other."""
    assessor.follows("Marking")
    assessor.looks("what is to be marked")
    page = assessor.page
    for number, marks in enumerate(FULL_MARKS, 1):
        assessor.follows(re.compile(f"-{number:04}"))
        for criterion, given in marks.items():
            page.locator(f'[name="a.{criterion}.mark"][value="{given[place]}"]').check()
            page.locator(f'[name="a.{criterion}.reason"]').fill(f"Why {criterion} is worth {given[place]}")
        assessor.looks("a sheet filled in")
        assessor.presses("Save and finish")
        assessor.sees(f"You have finished {number} of {len(FULL_MARKS)}")


def agrees(chair: Visitor, reference: str, mark: str) -> None:
    chair.follows(re.compile(reference))
    apart = chair.page.locator(".hub-moderated--apart")
    apart.get_by_label(re.compile("mark", re.IGNORECASE)).first.fill(mark)
    apart.get_by_label(re.compile("why|reason", re.IGNORECASE)).first.fill("The panel read it again together")
    chair.looks("marks that lie apart")
    chair.presses("Agree this mark", within=apart)
    chair.sees("Agreed:")
    chair.follows("Marks", within=chair.page.locator(".govuk-breadcrumbs"))


def test_twelve_bids_become_six_signed_agreements_and_a_declined_applicant_reads_why(visitor, hub):
    for place, name in enumerate(ASSESSORS):
        marks_all(visitor(address(name), javascript=place == 0), place)

    chair = visitor(address(OFFICE["chair"]))
    chair.follows("Marking")
    chair.follows("State your interests")
    chair.presses(re.compile("interest", re.IGNORECASE))
    chair.follows("Marking")
    chair.follows(re.compile("^Marks"))
    chair.looks("marks side by side")
    agrees(chair, "-0006", "3")
    agrees(chair, "-0011", "2")

    officer = visitor(address(OFFICE["officer"]))
    officer.follows("Marking")
    officer.follows(re.compile("^Ranked list"))
    officer.follows(re.compile("line", re.IGNORECASE))
    officer.page.get_by_label(re.compile("line", re.IGNORECASE)).first.fill("65")
    officer.presses("Try this line")
    officer.sees("With a line at 65%")
    officer.sees(f"{FUNDED} of 12 applications, £7,407.00")  # 6 × £1,234.50
    officer.looks("a line that is tried")
    fixing = officer.page.locator("form", has=officer.page.get_by_role("button", name="Fix the line"))
    fixing.locator("textarea").fill("It keeps to the money")
    officer.presses("Fix the line")
    officer.looks("a decision that is being written")
    officer.presses("Recommend it")
    decision = officer.page.url

    finance = visitor(address(OFFICE["finance"]))
    finance.goes_to(decision)
    finance.presses("Sign it off")
    director = visitor(address(OFFICE["director"]))
    director.goes_to(decision)
    director.page.get_by_label("I have no interest in any of them").check()
    director.page.locator("textarea[name=interests]").fill("None")
    director.looks("a decision to approve")
    director.presses("Approve the decision")
    director.sees("Approved")

    officer.goes_to(decision)
    officer.follows("Letters to the applicants")
    officer.presses("Draw up the letters")
    officer.looks("letters to write")
    letters = officer.page.url
    for _each in NAMES:
        officer.goes_to(letters)
        officer.presses("Write the next letter")
        writes(officer)
        officer.presses("Save and read the letter")
        officer.presses("It is ready")
    officer.goes_to(letters)
    officer.presses("Release 12 letters")
    officer.sees("Released")

    for email, name in (hub.leads[each] for each in NAMES[:FUNDED]):
        lead = visitor(email, javascript=False)
        lead.follows("Awards")
        lead.follows(re.compile(r"^F\d+-"))
        lead.presses("Read and sign the agreement")
        signs(lead, name)
    director.goes_to("/awards")
    waiting = [each.get_attribute("href") for each in director.page.locator("tbody th a").all()]
    assert len(waiting) == FUNDED
    for each in waiting:
        director.goes_to(each)
        director.presses("Read and sign the agreement")
        signs(director, OFFICE["director"])
    director.goes_to("/awards")
    director.looks("awards that are agreed")
    assert director.page.locator("tbody").inner_text().count("Agreed") == FUNDED

    declined = visitor(hub.leads[NAMES[FUNDED]][0])
    declined.page.set_viewport_size(PHONE)
    declined.follows("Applications")
    declined.presses("Look")
    declined.sees("We are sorry that the answer is no")
    declined.follows("Read the letter")
    declined.sees("Say which street, and who said so")
    declined.sees_no("Assessor")
    declined.looks("a declined applicant reads why")


def writes(officer: Visitor) -> None:
    """What the letter needs of staff: feedback on what was weak, or the days of the offer."""
    page = officer.page
    for box in page.locator("#main textarea").all():
        if not box.input_value():
            box.fill("Say which street, and who said so")
    for name, (day, month) in {"starts": (1, 6), "ends": (30, 11)}.items():
        for part, text in (("day", day), ("month", month), ("year", NEXT_YEAR)):
            box = page.locator(f"#{name}-{part}")
            if box.count():
                box.fill(str(text))
    officer.looks("a letter that is written")


def signs(person: Visitor, name: str) -> None:
    person.sees("The words")
    person.page.locator("[name=name]").fill(name)
    person.looks("an agreement to sign")
    person.presses("Sign the agreement")
    person.sees("signed")
