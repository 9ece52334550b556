"""On a phone a press counts that began on a button, though what was just typed is saved meanwhile and moves the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

SAVED = re.compile(r"saved [0-9]{1,2}:[0-9]{2}", re.I)
NEXT = "Save and next section"


@pytest.fixture
def lead(visitor):
    """A provider's lead with a phone in hand, in a section of figures whose words below the last box push the button down."""
    person = visitor("lead@lwa.example", phone=True)
    person.goes_to("/")
    person.presses(re.compile("^(Start|Continue) Domestic Abuse Locality Service"))
    person.follows("Referrals")
    person.sees_heading("Referrals")
    return person


def middle_of(button):
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def types_last(lead, text):
    """What stands in the last box is not saved before the box is left."""
    lead.cell("repeat_cases").fill(text)
    return middle_of(lead.page.get_by_role("button", name=NEXT))


def test_the_note_that_a_figure_is_saved_moves_nothing(lead):
    _, before = types_last(lead, "1")
    lead.page.keyboard.press("Tab")
    expect(lead.state("repeat_cases")).to_contain_text(SAVED)
    assert middle_of(lead.page.get_by_role("button", name=NEXT))[1] == before


def test_one_press_saves_the_last_figure_and_goes_on_though_a_check_has_moved_the_button(lead):
    lead.fills({"referrals_accepted": "5"})
    place = types_last(lead, "50")
    lead.page.mouse.move(*place)
    lead.page.mouse.down()
    expect(lead.checks("repeat_within_12m")).to_contain_text("Correct")
    lead.page.mouse.up()
    lead.sees_heading("Engagement")
    lead.page.go_back()
    expect(lead.cell("repeat_cases")).to_have_value("50")


def test_one_tap_saves_the_last_figure_and_goes_on(lead):
    place = types_last(lead, "1")
    lead.page.touchscreen.tap(*place)
    lead.sees_heading("Engagement")
    lead.looks("a section of figures, after one tap on a phone")


def test_a_press_that_is_taken_away_from_the_button_does_nothing(lead):
    lead.fills({"referrals_accepted": "5"})
    left, top = types_last(lead, "50")
    lead.page.mouse.move(left, top)
    lead.page.mouse.down()
    expect(lead.checks("repeat_within_12m")).to_contain_text("Correct")
    lead.page.mouse.move(left, top - 100)
    lead.page.mouse.up()
    lead.page.wait_for_timeout(500)
    lead.sees_heading("Referrals")
