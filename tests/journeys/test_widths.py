"""How pages of a return stand on a small screen and on a desk: states on one line, buttons as wide as each other, digits below digits."""

from __future__ import annotations

import re

PHONE = {"width": 320, "height": 800}
BOXES = "each => each.map(one => { const box = one.getBoundingClientRect(); return [box.left, box.right, box.height].map(Math.round); })"


def opens_return(person):
    person.goes_to("/")
    person.presses(re.compile("^(Start|Continue) Domestic Abuse Locality Service"))
    person.sees_heading("Domestic Abuse Locality Service")


def boxes(person, selector):
    return person.page.locator(selector).evaluate_all(BOXES)


def test_on_a_phone_the_state_of_a_section_is_one_line_and_buttons_are_equally_wide(visitor):
    lead = visitor("lead@lwa.example")
    lead.page.set_viewport_size(PHONE)
    opens_return(lead)
    lead.looks("a return not begun, on a phone")
    assert {height for _, _, height in boxes(lead, ".govuk-task-list__status .govuk-tag")} == {30}
    buttons = boxes(lead, "#main .govuk-button")
    assert len(buttons) == 2
    assert {(left, right) for left, right, _ in buttons} == {(15, 305)}


def test_figures_to_read_end_below_each_other_and_close_to_those_of_earlier_quarters(visitor):
    officer = visitor("officer@office.example")
    officer.goes_to("/")
    officer.presses(re.compile("^Read Example early help service"))
    if "/versions/" not in officer.page.url:
        officer.presses(re.compile("^Read version"))
    officer.sees("a year ago")
    officer.looks("a version to decide on, beside earlier quarters")
    table = officer.page.locator(".hub-figures--read").first
    now = table.locator("tbody td.hub-now").first
    last = table.locator("tbody tr").first.locator("td.hub-past").last
    assert now.evaluate("each => getComputedStyle(each).textAlign") == "right"
    far = now.bounding_box()["x"] + now.bounding_box()["width"] - last.bounding_box()["x"] - last.bounding_box()["width"]
    assert far < 200
    label = table.locator("tbody th").first.bounding_box()
    assert label["width"] < 400
