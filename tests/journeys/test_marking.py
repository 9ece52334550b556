"""Two assessors mark one bid on a scale from 1 to 10, by keyboard alone and without JavaScript; the chair agrees what lies apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from partnerhub import create_app
from partnerhub.actions.passwords import hashed
from partnerhub.extensions import db
from partnerhub.models import User
from tests.journeys.hub import Databases, Hub
from tests.journeys.visitor import PASSWORD, Visitor
from tests.make import CLOSED, FULL_APPLICATION, OPENED, Make
from tests.panel import FULL_ANSWERS, panel

LONG = "The Society for Rural and Urban Neighbourliness in the Parishes of Upper and Lower Examplethorpe"
SCALE = {"min": 1, "max": 10, "anchors": {1: "Very poor", 5: "Answers the question, with gaps", 10: "Could not be better"}}
SCORING = {
    "scale": SCALE,
    "criteria": [
        {"key": "need", "label": "Need of those who live there", "weight": 100},
        {"key": "cost", "label": "Sound costs", "pass_fail": True},
    ],
}
FORM = FULL_APPLICATION | {"questionnaire": "scaled_application", "scoring": SCORING}
REASON = "لا مكان للذهاب إليه في المساء"  # right to left

# Whether what has the focus can be seen: inside the window, and the topmost thing there.
IN_SIGHT = """() => {
  const box = document.activeElement.getBoundingClientRect(), y = box.top + Math.min(box.height, 40) / 2, x = box.left + box.width / 2;
  const top = document.elementFromPoint(x, y);
  return box.top >= 0 && y < innerHeight && !!top && (top === document.activeElement || document.activeElement.contains(top)
    || top.contains(document.activeElement) || top.closest('label')?.control === document.activeElement
    || top.parentElement.contains(document.activeElement));
}"""


@pytest.fixture
def hub(databases: Databases, empty_office: str, tmp_path: Path) -> Iterator[Hub]:
    """A hub with one bid that two assessors are to mark; all passwords are the demonstration's."""
    made = Hub(databases.new(empty_office), tmp_path / "hub")
    app = create_app({"HUB_ENV": "test", "DATABASE_URL": made.database_url, "INSTANCE_FOLDER": str(tmp_path / "hub")})
    with app.app_context():
        make = Make()
        staff = [make.user(role, name=name, email=f"{name.lower()}@office.example") for role, name in STAFF]
        funding_round = make.funding_round(make.fund(), make.version(FORM), opens_at=OPENED, closes_at=CLOSED, assessors_per_bid=2)
        bids = panel(make, 1, assessors=staff[:2], chair=staff[2], funding_round=funding_round, answers=FULL_ANSWERS).bids
        bids[0].organisation.name = LONG
        kept = hashed(PASSWORD)
        for each in db.session.query(User):
            each.password_hash = kept
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    made.start()
    yield made
    made.stop()
    assert "Traceback" not in made.log, made.log


STAFF = (("assessor", "Keys"), ("assessor", "Plain"), ("chair", "Chair"))


def tabs_to(visitor: Visitor, selector: str) -> None:
    """Tab after Tab, and whatever has the focus on the way can be seen."""
    for _ in range(60):
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(IN_SIGHT), visitor.page.evaluate("document.activeElement.outerHTML")
        if visitor.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no Tab leads to {selector}")


def test_one_bid_is_marked_by_keyboard_and_without_a_script_and_the_chair_agrees_a_mark(chromium, hub):
    keys = Visitor(chromium, hub).signs_in("keys@office.example")
    keys.follows("Marking")
    keys.looks("marking, one to do")
    keys.follows(re.compile("-0001"))
    keys.page.set_viewport_size({"width": 1000, "height": 420})  # the mark beside the answer is taller than this
    page = keys.page
    tabs_to(keys, "#cell-need-mark")
    page.keyboard.press("Space")
    for _ in range(7):
        page.keyboard.press("ArrowDown")
    expect(page.locator('[name="a.need.mark"][value="8"]')).to_be_checked()
    expect(keys.state("need.mark")).to_contain_text(re.compile("saved", re.I))
    tabs_to(keys, "#cell-need-reason")
    page.keyboard.type(REASON)
    tabs_to(keys, '[name="a.cost.mark"]')
    page.keyboard.press("Space")
    tabs_to(keys, "#cell-cost-reason")
    page.keyboard.type("It adds up")
    tabs_to(keys, 'button[value="finish"]')
    expect(page.locator("#progress-sheet")).to_contain_text("2 of 2")
    keys.looks("a sheet on a scale to 10, in a low window")
    page.keyboard.press("Enter")
    keys.sees("You have finished marking")
    keys.close()

    plain = Visitor(chromium, hub, javascript=False).signs_in("plain@office.example")
    plain.follows("Marking")
    plain.follows(re.compile("-0001"))
    page = plain.page
    page.locator('[name="a.need.mark"][value="3"]').check()
    plain.presses("Save and finish")
    plain.sees("There is a problem")
    expect(page.locator('[name="a.need.mark"][value="3"]')).to_be_checked()
    page.locator('[name="a.cost.mark"][value="pass"]').check()
    for key in ("need", "cost"):
        plain.cell(f"{key}.reason").fill("Nobody was asked")
    plain.presses("Save and finish")
    plain.sees("You have finished marking")
    plain.close()

    chair = Visitor(chromium, hub).signs_in("chair@office.example")
    chair.follows("Marking")
    chair.follows("Marks")
    chair.looks("marks of the round")
    chair.follows(re.compile("-0001"))
    chair.sees("To agree: Need of those who live there")
    with chair.expecting(422):
        chair.presses("Agree this mark")
        chair.sees("There is a problem")
    chair.looks("marks of one bid, refused")
    chair.page.locator('#criterion-need [name="mark"]').fill("6")
    chair.page.locator('#criterion-need [name="reason"]').fill("The panel heard of twelve residents")
    chair.presses("Agree this mark")
    chair.sees("Nothing is left to agree here.")
    chair.sees("60%")
    chair.looks("marks of one bid, agreed")
    chair.close()
