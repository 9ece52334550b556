"""Without a mouse: from the sign-in page to saved figures, the focus always to be seen; arrows, Enter, a block pasted."""

from __future__ import annotations

import re

from playwright.sync_api import expect

SAVED = re.compile(r"saved [0-9]{1,2}:[0-9]{2}", re.I)
MARKED = """() => {
  const on = document.activeElement, style = getComputedStyle(on);
  const label = on.nextElementSibling && getComputedStyle(on.nextElementSibling, '::before');
  const lines = each => (each.outlineStyle !== 'none' && parseFloat(each.outlineWidth) > 0) || each.boxShadow !== 'none';
  return lines(style) || Boolean(label && lines(label));
}"""
MOST_PRESSES = 120


def tabs_to(person, wanted, key="Tab"):
    """Presses Tab until the focus is there; wherever it rests, it can be seen."""
    for _ in range(MOST_PRESSES):
        person.page.keyboard.press(key)
        assert person.page.evaluate(MARKED), f"the focus cannot be seen on {person.page.evaluate('document.activeElement.outerHTML')[:300]}"
        if wanted.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


def test_from_signing_in_to_saved_figures_with_the_keyboard_alone(visitor):
    person = visitor()
    page, press, type_ = person.page, person.page.keyboard.press, person.page.keyboard.type
    person.goes_to("/sign-in")
    press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to main content")).to_be_in_viewport()
    person.looks("sign in, skip link shown")
    press("Enter")
    expect(page.locator("#main")).to_be_focused()
    tabs_to(person, page.get_by_label("E-mail address"))
    type_("member@lwa.example")
    tabs_to(person, page.get_by_label("Password", exact=True))
    type_("demonstration only")
    press("Enter")
    person.sees_heading("Returns to send")
    tabs_to(person, page.get_by_role("button", name=re.compile("^Start Domestic Abuse")))
    press("Enter")
    person.sees_heading("Domestic Abuse Locality Service")
    tabs_to(person, page.get_by_role("link", name="Engagement"))
    press("Enter")
    person.sees_heading("Engagement")

    tabs_to(person, person.cell("contact_within_48h"))
    type_("50")
    press("Enter")
    expect(person.cell("contact_within_72h")).to_be_focused()
    type_("4")
    press("ArrowDown")
    expect(person.cell("contact_after_72h")).to_be_focused()
    type_("5")
    press("ArrowUp")
    expect(person.cell("contact_within_72h")).to_be_focused()
    for name in ("contact_within_48h", "contact_within_72h", "contact_after_72h"):
        expect(person.state(name)).to_contain_text(SAVED)
    person.looks("section Engagement, moved by keyboard")

    tabs_to(person, person.cell("high_risk_offered_24h.number"))
    type_("19")
    press("ArrowRight")
    expect(person.cell("high_risk_offered_24h.out_of")).to_be_focused()
    type_("20")
    expect(person.shown("high_risk_offered_24h")).to_have_text("19 of 20 (95%)")
    tabs_to(person, page.get_by_role("button", name="Save and next section"))
    press("Enter")
    person.sees_heading("Outcomes")


def test_a_breakdown_opens_and_is_filled_with_the_keyboard(visitor):
    person = visitor("member@lwa.example")
    person.presses(re.compile("^Start Domestic Abuse"))
    person.follows("Referrals")
    person.types("referrals_accepted", "62")
    tabs_to(person, person.page.locator("#question-accepted_by_risk > summary"))
    person.page.keyboard.press("Enter")
    tabs_to(person, person.cell("accepted_by_risk.high"))
    for count in ("20", "30", "12"):
        person.page.keyboard.type(count)
        person.page.keyboard.press("Enter")
    expect(person.shown("accepted_by_risk")).to_contain_text("62 of 62")
    expect(person.state("accepted_by_risk.standard")).to_contain_text(SAVED)
    person.looks("section Referrals, a breakdown open")


def test_a_block_pasted_from_a_spreadsheet_fills_a_block(visitor):
    person = visitor("member@lwa.example")
    person.presses(re.compile("^Start Domestic Abuse"))
    person.follows("Outcomes")
    person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.page.evaluate("text => navigator.clipboard.writeText(text)", "30\t34\r\n28\t33\r\n27\t33\r\n")
    person.cell("positive_closure.number").focus()
    person.page.keyboard.press("ControlOrMeta+v")
    for key, (number, out_of, words) in {
        "positive_closure": ("30", "34", "30 of 34 (88.2%)"),
        "feels_safer": ("28", "33", "28 of 33 (84.8%)"),
        "better_able_to_cope": ("27", "33", "27 of 33 (81.8%)"),
    }.items():
        expect(person.cell(f"{key}.number")).to_have_value(number)
        expect(person.cell(f"{key}.out_of")).to_have_value(out_of)
        expect(person.shown(key)).to_have_text(words)
        expect(person.state(f"{key}.out_of")).to_contain_text(SAVED)
    person.page.reload()
    expect(person.cell("better_able_to_cope.out_of")).to_have_value("33")
