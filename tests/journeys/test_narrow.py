"""Where things stand on a wide screen and on a phone: one header, no column out of sight, a link that leads into a folded box."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.looking import PHONE

CUT_OFF = "() => [...document.querySelectorAll('.hub-scroll')].filter(each => each.scrollWidth > each.clientWidth + 1).length"
LEFT_EDGES = """() => ['.hub-header__name', '.govuk-service-navigation__link', 'h1', '.govuk-footer h2']
  .map(each => Math.round(document.querySelector(each).getBoundingClientRect().left))"""


def test_header_menu_page_and_footer_begin_at_one_line_on_every_page(visitor):
    officer = visitor("officer@office.example")
    edges = []
    for path in ("/", "/returns", "/account", "/organisations"):
        officer.goes_to(path)
        edges += officer.page.evaluate(LEFT_EDGES)
    assert len(set(edges)) == 1, edges


def test_nobody_need_scroll_sideways_for_who_belongs_to_an_organisation_or_who_is_in(visitor):
    lead = visitor("lead@lwa.example")
    lead.follows("People and details")
    lead.sees_heading("Living Without Abuse")
    lead.page.set_viewport_size(PHONE)
    assert lead.page.evaluate(CUT_OFF) == 0
    officer = visitor("officer@office.example")
    officer.goes_to("/returns")
    officer.page.set_viewport_size({"width": 640, "height": 450})  # a page twice as large
    assert officer.page.evaluate(CUT_OFF) == 0


@pytest.mark.parametrize("path", ["/awards", "/grants", "/decisions", "/permissions"])
def test_on_a_phone_every_cell_of_a_list_is_in_sight(visitor, path):
    officer = visitor("officer@office.example", phone=True)
    officer.goes_to(path)
    rows = officer.page.locator(".hub-scroll tbody tr")
    expect(rows.first).to_be_visible()
    assert officer.page.evaluate(CUT_OFF) == 0
    edges = rows.locator("> *").evaluate_all("all => all.map(each => each.getBoundingClientRect().right)")
    assert max(edges) <= PHONE["width"]
    officer.looks(f"{path}, a list that folds on a phone")


@pytest.mark.parametrize("question", ["contact_within_48h", "feels_safer"])
def test_a_figure_leads_into_its_box_though_that_is_folded_away(visitor, question):
    officer = visitor("officer@office.example")
    officer.presses(re.compile("^Read Example early help service"))
    box = officer.page.locator(f"#ask-{question}")
    expect(box).to_be_hidden()
    officer.page.locator(f"#question-{question} .hub-ask").click()
    expect(box).to_be_visible()
    expect(box).to_be_focused()
