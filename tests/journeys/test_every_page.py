"""Every page that a person can reach by following links, as each role, whatever the story: looked at once, at a desk and on a phone."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urlsplit

import pytest
from playwright.sync_api import expect

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
# One page of a kind is enough: which section, version, figure or form it is makes no other page.
KINDS = (
    (UUID, "one"),
    (re.compile(r"/sections/\w+"), "/sections/one"),
    (re.compile(r"/versions/\d+"), "/versions/one"),
    (re.compile(r"^/receipts/.+"), "/receipts/one"),
    (re.compile(r"^/questionnaires/(?!load)\w+"), "/questionnaires/one"),
    (re.compile(r"^(/questionnaires/one)/\d+"), r"\1/version"),
    (re.compile(r"^/programmes/(?!new)[a-z0-9-]+"), "/programmes/one"),
)
ALIKE = re.compile(r"^/(account.*|accessibility|privacy|permissions)$")  # the same for all: looked at as one of them
FILES = re.compile(r"\.(csv|json|xlsx|docx|pdf|ics|css)$|/files/")
MOST_PAGES = 160
PEOPLE = (
    "officer@office.example",
    "administrator@office.example",
    "auditor@office.example",
    "finance@office.example",
    "viewer@county.example",
    "lead@lantern.example",
    "member@harbour.example",
    "",
)


def kind_of(path: str) -> str:
    for pattern, name in KINDS:
        path = pattern.sub(name, path)
    return path


@pytest.mark.parametrize("email", PEOPLE, ids=lambda email: email.partition("@")[0] or "stranger")
def test_every_page_that_links_lead_to(visitor, email):
    person = visitor(email)
    role = email.partition("@")[0].rstrip("0123456789") or "stranger"
    waiting, known = ["/"], {"/"}
    while waiting:
        path = waiting.pop(0)
        answer = person.page.goto(path)
        assert answer is not None and answer.status == 200, f"{path} answers {answer and answer.status}"
        assert person.page.locator("h1").count() == 1, f"{path} has not one heading of the first rank"
        kind = kind_of(urlsplit(path).path)
        person.looks(f"page {kind}" if ALIKE.match(kind) else f"page {role} {kind}")
        for each in person.page.locator("a[href]").evaluate_all("found => found.map(each => each.href)"):
            there = urldefrag(each).url.removeprefix(person.hub.url)
            kind = kind_of(urlsplit(there).path)
            if there.startswith("/") and kind not in known and not FILES.search(kind):
                known.add(kind)
                waiting.append(there)
        assert len(known) < MOST_PAGES
    assert len(known) > (4 if not email else 8)


def test_errors_are_told_on_pages_that_hold_up(visitor):
    person = visitor()
    person.goes_to("/sign-in")
    with person.expecting(422, 404, 405):
        person.presses("Sign in")
        person.sees("There is a problem")
        person.looks("sign in, nothing typed")
        person.page.locator("#main").get_by_label("E-mail address").fill("lead@lwa.example")
        person.page.locator("#main").get_by_label("Password", exact=True).fill("wrong")
        person.presses("Sign in")
        person.sees("There is a problem")
        person.looks("sign in, wrong password")
        person.signs_in("lead@lwa.example")
        person.goes_to("/returns/00000000-0000-4000-8000-000000000000")
        person.looks("page not found")
        person.goes_to("/sign-out")
        person.looks("page that only answers forms")


def test_what_cannot_be_counted_is_said_beside_the_figure(visitor):
    member = visitor("member@lwa.example")
    member.presses(re.compile("^Start Domestic Abuse"))
    member.follows("Caseload")
    with member.expecting(422):
        member.types("cases_open_end", "about a dozen")
        expect(member.state("cases_open_end")).to_have_class(re.compile("hub-state--error"))
    member.looks("section with a figure that cannot be read")
    member.page.reload()
    member.looks("section with a figure that cannot be read, opened again")


def test_a_forgotten_password_is_set_anew(visitor):
    person = visitor()
    person.goes_to("/sign-in")
    person.follows("I have forgotten my password")
    person.page.get_by_label("E-mail address").fill("member@lwa.example")
    person.page.locator("#main").get_by_role("button").first.click()
    person.looks("reset asked for")
    letter = person.page.locator(".govuk-inset-text", has_text="password")
    for _ in range(30):
        person.goes_to("/development/mail")
        if letter.count():
            break
        person.page.wait_for_timeout(500)
    person.goes_to(letter.first.get_by_role("link").first.get_attribute("href") or "")
    person.looks("set a new password")
    person.page.get_by_label("New password").fill("walnut bridge lantern")
    person.page.locator("#main").get_by_role("button").first.click()
    person.looks("new password set")
    person.signs_in("member@lwa.example", "walnut bridge lantern")
    person.goes_to("/account/password")
    with person.expecting(422):
        person.page.get_by_label("Your password now").fill("not this")
        person.page.get_by_label("New password").fill("walnut")
        person.page.locator("#main").get_by_role("button").first.click()
        person.sees("There is a problem")
    person.looks("change password, refused")
