"""Pages about people: who finds whom, what cannot be read is said beside its field, and no page costs more because it shows more."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.actions.doing import writing
from partnerhub.actions.mail import put_mail
from partnerhub.extensions import db
from partnerhub.models import Event, Invitation, Membership, User
from partnerhub.rules import numbers
from partnerhub.rules.policy import RULES, during_words
from tests.browser import words_of
from tests.counting import assert_steady
from tests.signing_in import again, letters, with_password

HOSTILE = [
    "\x00",
    "a\x00b",
    "x" * 5000,
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "' OR 1=1 --",
    "%_\\",
    "=cmd|' /C calc'!A0",
    "\u202e\u0000",
    "𝒳" * 200,
    "9" * 400,
    "-1",
    "1e308",
    "\r\nBcc: x@example.org",
    "../../etc/passwd",
    "",
    "   ",
]


@pytest.fixture
def administrator(make, browser):
    return browser(make.user("administrator", name="Ada Admin", email="ada@office.example"))


# Finding


def test_people_are_found_by_name_address_role_and_account(make, administrator):
    organisation = make.organisation("Example Advocacy")
    make.lead(organisation, name="Lena Lead", email="lena@example.org")
    make.user("officer", name="Olu Officer", email="olu@office.example")
    make.user(name="Gone", email="gone@example.org", deactivated_at=organisation.created_at)

    def found(query):
        text = administrator.get(f"/people?{query}").text.partition("<table")[2]
        return {name for name in ("Lena Lead", "Olu Officer", "Gone", "Ada Admin") if f">{name}<" in text}

    assert found("") == {"Lena Lead", "Olu Officer", "Gone", "Ada Admin"}
    assert found("q=LENA") == {"Lena Lead"}
    assert found("q=office.example") == {"Olu Officer", "Ada Admin"}
    assert found("q=%25") == set(), "a per cent sign is looked for as itself"
    assert found("role=lead") == {"Lena Lead"}
    assert found("state=closed") == {"Gone"}
    assert found("state=open&role=officer&q=olu") == {"Olu Officer"}
    assert "Lead, Example Advocacy" in words_of(administrator.get("/people?q=lena"))


def test_fifty_people_stand_on_a_page_and_the_filter_goes_along(make, administrator):
    for _ in range(119):
        make.user()
    first = administrator.get("/people?q=example&role=")
    assert "120 people" in words_of(first)
    assert 'href="/people?q=example&amp;page=2"' in first.text
    rows = [administrator.get(f"/people?page={page}").text.count('<th scope="row"') for page in (1, 2, 3, 4)]
    assert rows == [50, 50, 20, 0]


def test_letters_of_one_moment_follow_each_other_over_the_pages_without_gap_or_repetition(administrator):
    moment = clock.now()
    with writing():
        for number in range(120):
            put_mail("test", "thing", f"p{number}@example.org", "once", "password_changed", now=moment)
    address, seen = "/mail", []
    while address:
        page = administrator.get(address).text
        seen += re.findall(r">(p\d+)@example.org<", page)
        following = re.search(r'href="([^"]+)">Earlier letters', page)
        address = html.unescape(following[1]) if following else ""
    assert len(seen) == 120
    assert set(seen) == {f"p{number}" for number in range(120)}


@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_typed_into_a_filter_breaks_the_page(administrator, value):
    for path in ("/people", "/history", "/mail"):
        answer = administrator.get(
            path, query_string=dict.fromkeys(("q", "role", "state", "page", "before", "organisation", "person", "deed"), value)
        )
        assert answer.status_code == 200, (path, value)
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_typed_into_any_field_of_a_form_breaks_it(stranger, make, administrator, browser, value):
    organisation = make.organisation()
    lead = browser(with_password(make.lead(organisation)))
    fields = (
        "email",
        "password",
        "name",
        "role",
        "roles",
        "programme",
        "programmes",
        "version",
        "new_password",
        "current_password",
        "next",
    )
    everything = dict.fromkeys(fields, value)
    other = make.user()
    for who, path in (
        (stranger, "/sign-in"),
        (stranger, "/forgotten-password"),
        (stranger, "/join/x"),
        (stranger, "/reset/x"),
        (stranger, "/confirm-email/x"),
        (lead, f"/organisations/{organisation.id}/invitations"),
        (lead, "/account/password"),
        (lead, "/account/email"),
        (administrator, "/people/invitations"),
        (administrator, f"/people/{other.id}"),
        (
            administrator,
            f"/memberships/{db.session.scalars(select(Membership.id).where(Membership.organisation_id.is_not(None))).first()}/role",
        ),
    ):
        assert who.post(path, everything).status_code in (400, 410, 422, 429), path
        assert who.post(path).status_code in (400, 410, 422, 429), path
    assert lead.post("/account/name", {"name": value}).status_code in (303, 422)
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0
    assert letters("invitation") == []


@pytest.mark.parametrize("body", [b"[1, 2]", b'{"email": {"a": 1}}', b'"x"', b"null", b"{", b"\xff"])
def test_what_is_no_form_counts_as_nothing_typed(stranger, body):
    answer = stranger.client.post("/sign-in", data=body, content_type="application/json", headers={"X-CSRFToken": stranger.csrf_token})
    assert answer.status_code in (400, 422)


# One person


def test_a_persons_page_warns_before_an_organisation_loses_its_only_lead(make, administrator):
    organisation = make.organisation("Example Advocacy")
    lead = make.lead(organisation, name="Lena")
    assert "Nobody else is a lead of Example Advocacy" in words_of(administrator.get(f"/people/{lead.id}"))
    make.lead(organisation)
    assert "Nobody else is a lead" not in words_of(administrator.get(f"/people/{lead.id}"))


def test_roles_are_changed_on_the_persons_page_against_what_it_showed(make, administrator):
    user = make.user("officer")
    page = administrator.get(f"/people/{user.id}")
    assert 'value="officer" checked' in page.text
    seen = str(again(user).version)
    assert administrator.post(f"/people/{user.id}", {"version": seen, "roles": ["finance", "chair"]}).status_code == 303
    assert make.person(user).office_roles == {"finance", "chair"}
    late = administrator.post(f"/people/{user.id}", {"version": seen, "roles": ["officer"]})
    assert late.status_code == 409
    assert "Somebody changed this after you opened the page" in words_of(late)
    assert make.person(user).office_roles == {"finance", "chair"}


def test_an_auditor_sees_people_and_finds_no_button(make, browser):
    user = make.user("officer")
    auditor = browser(make.user("auditor"))
    page = auditor.get(f"/people/{user.id}")
    assert page.status_code == 200
    assert "<form" not in page.text.split('id="main"')[1]
    assert auditor.post(f"/people/{user.id}/close").status_code == 403
    assert again(user).deactivated_at is None


def test_nobody_else_sees_people(make, browser):
    user = make.user("officer")
    for who in (make.user("officer", "director", "finance"), make.lead(make.organisation())):
        signed_in = browser(who)
        assert signed_in.get("/people").status_code == 404
        assert signed_in.get(f"/people/{user.id}").status_code == 404
        assert signed_in.get("/mail").status_code == 404
        assert signed_in.post(f"/people/{user.id}/close").status_code == 404


def test_people_of_an_organisation_are_managed_on_its_page(make, browser):
    organisation = make.organisation("Example Advocacy")
    lead, member = make.lead(organisation, name="Lena"), make.member(organisation, name="Mia")
    held = db.session.scalars(select(Membership.id).where(Membership.user_id == member.id)).one()
    page = browser(lead).get(f"/organisations/{organisation.id}")
    assert "Make lead Mia" in words_of(page)
    assert browser(lead).post(f"/memberships/{held}/role", {"role": "lead"}).headers["Location"] == f"/organisations/{organisation.id}"
    assert make.person(member).organisations[organisation.id] == "lead"
    assert browser(lead).post(f"/memberships/{held}/end").status_code == 303
    assert "Mia" not in words_of(browser(lead).get(f"/organisations/{organisation.id}"))


def test_a_member_sees_colleagues_and_finds_only_their_own_button(make, browser):
    organisation = make.organisation("Example Advocacy")
    make.lead(organisation, name="Lena")
    page = words_of(browser(make.member(organisation, name="Mia")).get(f"/organisations/{organisation.id}"))
    assert "Lena" in page
    assert "Leave Mia" in page
    assert "Remove" not in page
    assert "Invite somebody" not in page


# Your account


def test_a_name_is_tidied_and_the_history_keeps_it_beside_the_chain(make, browser):
    user = make.user(name="Before")
    assert browser(user).post("/account/name", {"name": "  After \n the  change "}).status_code == 303
    assert again(user).name == "After the change"
    event = db.session.scalars(select(Event)).one()
    assert event.says == "changed their name"
    assert "After" not in str(event.details)
    assert browser(user).post("/account/name", {"name": ""}).status_code == 422


def test_who_belongs_to_several_organisations_finds_them_all(make, browser):
    first, second = make.organisation("First"), make.organisation("Second")
    user = make.lead(first)
    db.session.add(Membership(user_id=user.id, organisation_id=second.id, role="member", since=first.created_at))
    db.session.commit()
    page = browser(user).get("/")
    assert "First (you are a lead) Second (you are a member)" in words_of(page)
    for each in (first, second):
        assert f'href="/organisations/{each.id}"' in page.text


def test_who_belongs_to_one_organisation_is_led_straight_to_it(make, browser):
    organisation = make.organisation("Only")
    assert f'href="/organisations/{organisation.id}">People and details</a>' in browser(make.lead(organisation)).get("/").text


# Cost


@pytest.mark.parametrize("path", ["/people", "/people/invitations", "/mail", "/history", "/account"])
def test_no_list_costs_more_because_it_is_longer(make, administrator, path):
    def more():
        for number in range(50):
            organisation = make.organisation()
            make.lead(organisation, name=f"Lead {number}")
            administrator.post("/people/invitations", {"email": f"new{number}@example.org", "role": "officer"})
            administrator.post("/account/name", {"name": f"Ada {number}"})

    make.lead(make.organisation())
    administrator.post("/people/invitations", {"email": "new@example.org", "role": "officer"})
    assert_steady(administrator, path, more)


def test_a_persons_page_costs_the_same_with_fifty_organisations(make, administrator):
    user = make.lead(make.organisation())

    def more():
        for _ in range(50):
            db.session.add(Membership(user_id=user_id, organisation_id=make.organisation().id, role="lead", since=user.created_at))
        db.session.commit()

    user_id = user.id
    assert_steady(administrator, f"/people/{user.id}", more)


# Pages for everybody


def test_a_stranger_is_welcomed_and_finds_the_door(stranger):
    page = stranger.get("/")
    assert 'href="/sign-in"' in page.text
    assert "Create an account" in words_of(page)


def test_every_rule_of_the_table_stands_on_the_page_of_permissions(stranger):
    page = words_of(stranger.get("/permissions"))
    for name, rule in RULES.items():
        said = (rule.does, rule.who.words, during_words(name) or "At any time")
        assert " ".join(each[:1].upper() + each[1:] for each in said) in page, name


def test_who_may_is_named_before_what_narrows_it(stranger):
    page = words_of(stranger.get("/permissions"))
    narrowed = "not somebody who has an interest in the applicant or left it lately and not the person who submitted it"
    assert f"Approve a return An officer, but not a member of the organisation concerned and {narrowed}" in page
    assert "has an interest in the applicant or left it lately and only while the organisation's lead asks for help" in page


def test_an_officer_invites_to_organisations_and_sees_to_no_invitation_to_the_office(make, browser):
    place, administrator, officer = make.organisation(), browser(make.user("administrator")), browser(make.user("officer"))
    address = f"/organisations/{place.id}/invitations"
    assert address in officer.get(f"/organisations/{place.id}").text
    officer.post(address, {"email": "new@example.org", "role": "lead"})
    administrator.post("/people/invitations", {"email": "boss@example.org", "role": "administrator"})
    waiting = {each.email: f"/invitations/{each.id}/withdraw" for each in db.session.scalars(select(Invitation))}
    assert officer.post(waiting["boss@example.org"]).status_code == 404
    assert officer.post(waiting["new@example.org"]).status_code == 303


def test_the_privacy_notice_says_the_numbers_that_hold(stranger):
    page = words_of(stranger.get("/privacy"))
    for said in (
        f"{numbers.SESSION_IDLE_STAFF} minutes without use for people of the office",
        f"{numbers.SESSION_IDLE_PARTNER // 60} hours for partners",
        f"after {numbers.SESSION_LONGEST} hours for everybody",
        f"{numbers.LINKS_KEPT_DAYS} days after they run out",
        f"could not send: {numbers.LINKS_KEPT_DAYS} days",
        f"remembers for {numbers.DEVICE_KNOWN_DAYS} days",
    ):
        assert said in page
    assert numbers.FAILURES_KEPT_HOURS == 24


def test_the_accessibility_statement_says_what_was_not_tested_and_whom_to_call(stranger):
    page = words_of(stranger.get("/accessibility"))
    assert "has not been tested by an independent body" in page
    assert "0116 555 0100" in page
    assert db.session.scalar(select(func.count()).select_from(User)) == 0
