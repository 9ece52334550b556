"""Somebody without an account, with a phone: from the public page of a round to an account, an organisation and an application begun."""

from __future__ import annotations

import re

from tests.journeys.looking import PHONE

FUND = re.compile("Commissioner's Safety Fund")


def test_a_stranger_on_a_phone_gets_an_account_registers_a_group_and_begins_an_application(visitor):
    stranger = visitor()
    stranger.page.set_viewport_size(PHONE)
    stranger.goes_to("/rounds")
    stranger.follows(FUND)
    stranger.presses("Start an application")
    stranger.follows("Create an account")
    with stranger.expecting(422):
        stranger.presses("Send the link")
        stranger.sees("Enter your full name")
    stranger.looks("create an account, nothing typed")
    stranger.page.get_by_label("Your full name").fill("Stranger One")
    stranger.page.get_by_label("E-mail address").fill("one@evening.example")
    stranger.presses("Send the link")
    stranger.sees_heading("Check your e-mail")
    stranger.looks("account asked for")
    _presses_the_link(stranger)
    stranger.sees_heading("Create your account")
    stranger.looks("account, choose a password")
    stranger.page.get_by_label("Choose a password").fill("lantern bridge walnut")
    stranger.presses("Create the account")
    stranger.sees("you do not belong to one here yet")
    stranger.looks("start of an application, without an organisation")
    stranger.presses("Join or register your organisation")
    stranger.page.get_by_label("Name or number of your organisation").fill("meadow")
    stranger.presses("Look for it")
    stranger.sees("Example Meadow Centre")
    stranger.looks("look for an organisation, found")
    stranger.page.get_by_label("Name or number of your organisation").fill("Evening Boxing Group")
    stranger.presses("Look for it")
    stranger.sees("Nothing was found")
    stranger.looks("look for an organisation, not found")
    stranger.presses("Register it")
    stranger.page.get_by_label("Community group").check()
    stranger.page.get_by_label("Postcode").fill("LE1 9ZZ")
    with stranger.expecting(422):
        stranger.presses("Register", exact=True)
        stranger.sees("We do not know the postcode LE1 9ZZ")
    stranger.looks("register an organisation, postcode not known")
    stranger.page.get_by_label("Postcode").fill("LE1 1AA")
    stranger.presses("Register", exact=True)
    stranger.sees("Evening Boxing Group is registered, and you are its lead.")
    stranger.looks("start of an application, organisation registered")
    stranger.presses("Start", exact=True)
    stranger.sees("Draft application")


def _presses_the_link(stranger):
    letter = stranger.page.locator(".govuk-inset-text", has_text="asked for an account")
    for _ in range(30):  # the mail goes every few seconds
        stranger.goes_to("/development/mail")
        if letter.count():
            break
        stranger.page.wait_for_timeout(500)
    stranger.goes_to(letter.first.get_by_role("link").first.get_attribute("href") or "")
