"""Signing in: the same answer for everybody without a password, few tries, and a session that dies when it should."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.actions.sessions import TooOften, count_try
from partnerhub.extensions import db
from partnerhub.models import Event, Membership, SignInFailure, UserSession
from partnerhub.rules.numbers import THROTTLE_ACCOUNT, THROTTLE_ADDRESS
from partnerhub.web.carrying import MOST_CHARACTERS, Carried, is_local
from tests.browser import Browser, words_of
from tests.counting import statements
from tests.signing_in import PASSWORD, again, cookie, is_signed_in, letters, replayed, sign_in, take_token, with_password

WRONG = "The e-mail address or the password is not right"
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def lead(make):
    return with_password(make.lead(make.organisation("Example Advocacy"), email="lead@example.org", name="Lena Lead"))


def failures() -> int:
    return db.session.scalar(select(func.count()).select_from(SignInFailure))


# The door


def test_the_right_password_lets_in_and_goes_where_it_was_going(stranger, lead):
    assert stranger.get("/account").headers["Location"] == "/sign-in?next=/account"
    assert stranger.get("/account?x=" + "y" * 200_000).headers["Location"] == "/sign-in"
    answer = sign_in(stranger, " Lead@Example.ORG ", next="/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert "Lena Lead" in words_of(stranger.get("/account"))
    assert db.session.scalars(select(Event.action)).all() == ["person.sign_in"]
    assert failures() == 0


def test_unknown_closed_and_wrong_are_told_the_same(stranger, make, lead):
    closed = with_password(make.user(email="closed@example.org", deactivated_at=NOON))
    told = []
    for email, password in ((lead.email, "not the password"), (closed.email, PASSWORD), ("nobody@example.org", PASSWORD)):
        answer = sign_in(stranger, email, password)
        assert answer.status_code == 422
        told.append(words_of(answer))
        assert email in answer.text, "the address stays in its box"
        assert password not in answer.text
    assert WRONG in told[0]
    assert len(set(told)) == 1
    assert not is_signed_in(stranger)


def test_unknown_addresses_cost_the_same_statements_as_known_ones(app, stranger, lead):
    counted = []
    for email in (lead.email, "nobody@example.org"):
        with statements() as seen:
            sign_in(stranger, email, "not the password")
        counted.append([each.split(" FROM ")[0] for each in seen])
    assert counted[0] == counted[1]


def test_unknown_addresses_cost_the_same_work_on_the_password(app, stranger, make, lead, monkeypatch):
    make.user(email="new@example.org")
    real, looked_at = PasswordHasher.verify, []
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, kept, password: looked_at.append(kept.split("$")[1:4]) or real(self, kept, password)
    )
    for email in (lead.email, "nobody@example.org", "new@example.org"):
        sign_in(stranger, email, "not the password")
    assert len(looked_at) == 3
    assert looked_at[0] == looked_at[1] == looked_at[2], "all with the same parameters"


def test_an_account_that_never_chose_a_password_cannot_be_signed_in_to(stranger, make):
    make.user(email="new@example.org")
    assert WRONG in words_of(sign_in(stranger, "new@example.org", "nobody has this password"))


def test_a_password_kept_with_old_parameters_is_kept_with_todays_after_signing_in(stranger, make):
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    user = make.user(email="old@example.org", password_hash=old)
    assert sign_in(stranger, user.email).status_code == 303
    assert again(user).password_hash != old
    assert sign_in(Browser(stranger.app), user.email).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/\x00/evil.example",
        "evil.example",
        "",
        ".",
        "@evil.example",
        "/\u2028/evil.example",
        "//[evil",
        "/sign-out",
        "/sign-in",
    ],
)
def test_after_signing_in_nobody_is_led_elsewhere(stranger, lead, path):
    assert not is_local(path)
    assert sign_in(stranger, lead.email, next=path).headers["Location"] == "/"


def test_who_is_signed_in_already_is_not_asked_again(browser, lead):
    assert browser(lead).get("/sign-in?next=/account").headers["Location"] == "/account"


def test_signing_in_gives_a_new_session_and_a_new_form_token(stranger, lead):
    sign_in(stranger, lead.email)
    first = cookie(stranger)
    sign_in(stranger, lead.email)
    assert cookie(stranger) != first
    assert not is_signed_in(replayed(stranger, first)), "the session that the browser had before is gone"
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 1


def test_a_form_of_the_time_before_signing_in_is_refused_after_it(stranger, lead):
    stale = stranger.csrf_token
    stranger.post("/sign-in", {"email": lead.email, "password": PASSWORD})
    answer = stranger.post("/account/name", {"name": "Somebody", "csrf_token": stale})
    assert answer.status_code == 400
    assert again(lead).name == "Lena Lead"


def test_signing_in_needs_a_form_of_ours(stranger, lead):
    answer = stranger.post("/sign-in", {"email": lead.email, "password": PASSWORD}, csrf=False)
    assert answer.status_code == 400
    assert "Enter your password once more" in words_of(answer)
    assert not is_signed_in(stranger)
    crossed = stranger.client.post(
        "/sign-in",
        data={"email": lead.email, "password": PASSWORD, "csrf_token": stranger.csrf_token},
        headers={"Origin": "https://evil.example"},
    )
    assert crossed.status_code == 403
    assert not is_signed_in(stranger)


# Too many tries


def test_five_wrong_passwords_from_one_place_close_the_door_for_a_quarter_of_an_hour(stranger, lead):
    with clock.at(NOON):
        for _ in range(THROTTLE_ACCOUNT):
            assert sign_in(stranger, lead.email, "wrong").status_code == 422
        answer = sign_in(stranger, lead.email)
        assert answer.status_code == 429
        assert "Wait 15 minutes (until 12:15:00), then try again" in words_of(answer)
    with clock.at(NOON + timedelta(minutes=14, seconds=59)):
        assert sign_in(stranger, lead.email).status_code == 429
    with clock.at(NOON + timedelta(minutes=15)):
        assert sign_in(stranger, lead.email).status_code == 303


def test_unknown_addresses_are_throttled_alike(stranger):
    with clock.at(NOON):
        told = [sign_in(stranger, "nobody@example.org", "wrong").status_code for _ in range(THROTTLE_ACCOUNT + 1)]
    assert told == [422] * THROTTLE_ACCOUNT + [429]


def test_one_address_may_fail_thirty_times_whatever_accounts_it_tries(app, make, lead):
    with clock.at(NOON):
        for number in range(THROTTLE_ADDRESS):
            assert sign_in(Browser(app), f"person{number}@example.org", "wrong").status_code == 422
        assert sign_in(Browser(app), lead.email).status_code == 429
        elsewhere = Browser(app)
        assert (
            elsewhere.post("/sign-in", {"email": lead.email, "password": PASSWORD}, environ_base={"REMOTE_ADDR": "10.9.9.9"}).status_code
            == 303
        )


def guess(app, email: str, times: int, start: datetime) -> datetime:
    """Somebody with many addresses guesses passwords of one account, as fast as they are let."""
    moment = start
    for number in range(times):
        attacker = Browser(app)
        place = {"REMOTE_ADDR": f"10.0.{number}.1"}
        with clock.at(moment):
            answer = attacker.post("/sign-in", {"email": email, "password": "wrong"}, environ_base=place)
        if answer.status_code == 429:
            moment += timedelta(seconds=1)
    return moment


def test_nobody_can_lock_out_somebody_else_from_a_device_they_use(app, stranger, lead):
    with clock.at(NOON - timedelta(days=30)):
        sign_in(stranger, lead.email)
        stranger.post("/sign-out")
        take_token(stranger)
    guess(app, lead.email, 60, NOON)
    with clock.at(NOON + timedelta(seconds=20)):
        new_device = Browser(app)
        answer = new_device.post("/sign-in", {"email": lead.email, "password": PASSWORD}, environ_base={"REMOTE_ADDR": "10.7.7.7"})
        assert answer.status_code == 429, "a device that never signed in waits while somebody guesses"
        assert sign_in(stranger, lead.email).status_code == 303


def test_the_wait_of_unknown_devices_grows_and_never_beyond_five_minutes(app):
    waits, moment = [], NOON
    for number in range(24):
        try:
            count_try("lead@example.org", f"10.1.{number}.1", False, moment)
        except TooOften as refused:
            waits.append(refused.seconds)
            moment += timedelta(seconds=refused.seconds)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300][: len(waits)]
    assert len(waits) > 8
    count_try("lead@example.org", "10.2.1.1", False, moment + timedelta(minutes=5))


def test_a_device_cookie_of_another_hub_or_made_up_is_worth_nothing(app, lead):
    guess(app, lead.email, 60, NOON)
    with clock.at(NOON + timedelta(seconds=20)):
        browser = Browser(app)
        browser.client.set_cookie("device", "WyJhYmMiXQ.made-up")
        assert (
            browser.post("/sign-in", {"email": lead.email, "password": PASSWORD}, environ_base={"REMOTE_ADDR": "10.7.7.7"}).status_code
            == 429
        )


def test_failures_name_nobody(stranger, lead):
    sign_in(stranger, lead.email, "wrong")
    kept = db.session.scalars(select(SignInFailure)).one()
    assert lead.email not in f"{kept.account_hash}{kept.address_hash}"
    assert len(kept.account_hash) == len(kept.address_hash) == 64
    assert "person.sign_in" not in db.session.scalars(select(Event.action)).all()


# How sessions end


def test_signing_out_ends_the_session_on_the_server_and_clears_the_browser(stranger, lead):
    sign_in(stranger, lead.email)
    held = cookie(stranger)
    answer = stranger.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert cookie(stranger) != held
    with stranger.client.session_transaction() as session:
        assert "_user_id" not in session
    assert not is_signed_in(stranger)
    assert not is_signed_in(replayed(stranger, held))
    assert db.session.scalars(select(Event.action).order_by(Event.seq)).all() == ["person.sign_in", "person.sign_out"]


def test_signing_out_twice_is_no_error(stranger, lead):
    sign_in(stranger, lead.email)
    stranger.post("/sign-out")
    take_token(stranger)
    assert stranger.post("/sign-out").status_code == 303


def test_a_new_password_signs_out_everywhere_else_and_stays_signed_in_here(app, stranger, lead):
    other = Browser(app)
    sign_in(other, lead.email)
    sign_in(stranger, lead.email)
    held = cookie(stranger)
    answer = stranger.post("/account/password", {"current_password": PASSWORD, "new_password": "quite another phrase"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert is_signed_in(stranger)
    assert not is_signed_in(replayed(stranger, held))
    assert not is_signed_in(other)
    assert WRONG in words_of(sign_in(Browser(app), lead.email))
    assert sign_in(Browser(app), lead.email, "quite another phrase").status_code == 303
    assert [each.recipient for each in letters("password_changed")] == [lead.email]


def end_by_role(make, administrator, lead, browser):
    membership = db.session.scalars(select(Membership).where(Membership.user_id == lead.id)).one()
    make.lead(membership.organisation)  # somebody must be left to lead
    return browser(administrator).post(f"/memberships/{membership.id}/role", {"role": "member"})


def end_by_leaving(make, administrator, lead, browser):
    membership = db.session.scalars(select(Membership).where(Membership.user_id == lead.id)).one()
    return browser(administrator).post(f"/memberships/{membership.id}/end")


def end_by_closing(make, administrator, lead, browser):
    return browser(administrator).post(f"/people/{lead.id}/close")


def end_by_office_role(make, administrator, lead, browser):
    return browser(administrator).post(f"/people/{lead.id}", {"version": str(lead.version), "roles": "officer"})


def end_by_signing_out_everywhere(make, administrator, lead, browser):
    return browser(administrator).post(f"/people/{lead.id}/sessions/end")


@pytest.mark.parametrize("cause", [end_by_role, end_by_leaving, end_by_closing, end_by_office_role, end_by_signing_out_everywhere])
def test_a_session_dies_at_once_when_rights_are_changed_or_taken(stranger, make, lead, browser, cause):
    sign_in(stranger, lead.email)
    held = cookie(stranger)
    assert cause(make, make.user("administrator"), lead, browser).status_code == 303
    assert not is_signed_in(stranger)
    assert not is_signed_in(replayed(stranger, held))


def test_own_sessions_are_listed_and_end_together(app, stranger, lead):
    phone = Browser(app)
    phone.post("/sign-in", {"email": lead.email, "password": PASSWORD}, environ_base={"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) Safari/605"})
    take_token(phone)
    sign_in(stranger, lead.email)
    shown = words_of(stranger.get("/account"))
    assert "Safari on iPhone" in shown
    assert shown.count("last used") == 2
    assert "(this one)" in shown
    stranger.post("/account/sessions/end")
    assert not is_signed_in(stranger)
    assert not is_signed_in(phone)


@pytest.mark.parametrize(("role", "minutes"), [("officer", 30), ("", 120)])
def test_a_session_left_alone_ends(stranger, make, role, minutes):
    user = with_password(make.user(role, email="one@example.org") if role else make.member(make.organisation(), email="one@example.org"))
    with clock.at(NOON):
        sign_in(stranger, user.email)
    with clock.at(NOON + timedelta(minutes=minutes)):
        assert is_signed_in(stranger)
    with clock.at(NOON + timedelta(minutes=2 * minutes, seconds=1)):
        assert not is_signed_in(stranger)


def test_no_session_lives_longer_than_twelve_hours(stranger, lead):
    for hour in range(0, 13):
        with clock.at(NOON + timedelta(hours=hour)):
            if hour == 0:
                sign_in(stranger, lead.email)
            assert is_signed_in(stranger), hour
    with clock.at(NOON + timedelta(hours=12, seconds=1)):
        assert not is_signed_in(stranger)


# Typing while signed out


def typed_while_signed_out(stranger: Browser, path: str, **rest):
    fields = {"name": "Ångström & <b>Söhne</b>", "story": "first line\nsecond line", "version": "3", "password": "never carried"}
    return stranger.post(path, fields, **rest)


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("cookie_lost", [False, True])
def test_what_was_typed_comes_through_the_sign_in(stranger, lead, htmx, cookie_lost):
    if cookie_lost:
        stranger.client.delete_cookie(stranger.app.config["SESSION_COOKIE_NAME"])
    answer = typed_while_signed_out(stranger, "/account/name", htmx=htmx)
    assert answer.status_code == 401
    assert ("<html" in answer.text) is not htmx
    assert "never carried" not in answer.text
    carried = hidden_fields(answer.text)
    assert carried["carry_to"] == "/account/name"
    assert carried["carry.story"] == "first line\nsecond line"

    wrong = stranger.post("/sign-in", {**carried, "email": lead.email, "password": "wrong"})
    assert wrong.status_code == 422
    assert hidden_fields(wrong.text)["carry.name"] == "Ångström & <b>Söhne</b>"

    offered = sign_in(stranger, lead.email, **carried)
    assert offered.status_code == 200
    assert "Ångström & <b>Söhne</b>" in words_of_typed(offered)
    assert again(lead).name == "Lena Lead", "nothing is written before Save is pressed"
    assert 'action="/account/name"' in offered.text

    saved = stranger.post("/account/name", {name: value for name, value in hidden_fields(offered.text).items() if name != "csrf_token"})
    assert saved.status_code == 303
    assert again(lead).name == "Ångström & <b>Söhne</b>"


def test_the_offered_form_carries_a_token_that_works(stranger, lead):
    answer = typed_while_signed_out(stranger, "/account/name")
    offered = stranger.post(
        "/sign-in", {**hidden_fields(answer.text), "email": lead.email, "password": PASSWORD, "csrf_token": stranger.csrf_token}
    )
    assert stranger.client.post("/account/name", data=hidden_fields(offered.text)).status_code == 303


def test_a_sign_in_page_whose_cookie_is_gone_keeps_what_it_carried(stranger, lead):
    carried = hidden_fields(typed_while_signed_out(stranger, "/account/name").text)
    stranger.client.delete_cookie(stranger.app.config["SESSION_COOKIE_NAME"])
    answer = stranger.post("/sign-in", {**carried, "email": lead.email, "password": PASSWORD})
    assert answer.status_code == 400
    assert hidden_fields(answer.text)["carry.story"].startswith("first line")


def test_too_much_text_is_shown_to_be_copied_and_not_carried(stranger):
    answer = stranger.post("/account/name", {"name": "x" * (MOST_CHARACTERS + 1)})
    assert answer.status_code == 401
    assert "Copy it from below before you sign in" in words_of(answer)
    assert "carry.name" not in answer.text
    assert "x" * 1000 in answer.text


APPROVAL = "/returns/6f0f1b3c-7a0e-4d5e-9d62-0d6f0c0a9b11/approve"


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "/sign-out", "/nothing", "/account", "/account/password", APPROVAL]
)
def test_what_is_carried_is_only_offered_to_this_hub(stranger, lead, to):
    answer = sign_in(stranger, lead.email, **{"carry_to": to, "carry.name": "x"})
    assert answer.status_code == 303


def test_the_button_that_sends_on_what_was_carried_says_what_it_does(stranger, make):
    administrator = with_password(make.user("administrator", email="one@example.org"))
    carried = hidden_fields(stranger.post("/people/invitations", {"email": "two@example.org", "role": "officer"}).text)
    offered = sign_in(stranger, administrator.email, **carried)
    assert "two@example.org" in words_of_typed(offered) and "officer" in words_of_typed(offered), (
        "nobody is invited as what they cannot see"
    )
    assert "Invite people to the office or as viewers" in offered.text.split("<form")[-1].split("</form>")[0]


@pytest.mark.parametrize(
    ("page", "led_to"),
    [
        (f"http://localhost{APPROVAL}?x=1", f"{APPROVAL}?x=1"),
        ("http://evil.example/returns", "/"),
        ("http://[x", "/"),
        ("http://localhost//evil.example", "/"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_a_press_while_signed_out_leads_back_to_the_page_of_its_button(stranger, lead, page, led_to, htmx):
    with_referrer = {"environ_overrides": {"HTTP_REFERER": page}} if page else {}
    answer = stranger.post(APPROVAL, {"version": "4"}, htmx=htmx, **with_referrer)
    assert answer.status_code == 401
    assert "carry" not in answer.text.replace("carried-", "")
    assert sign_in(stranger, lead.email, **hidden_fields(answer.text)).headers["Location"] == led_to


def test_a_page_asked_for_while_signed_out_is_led_through_the_sign_in(stranger, lead):
    answer = stranger.get("/account?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/account?x%3D1")


def hidden_fields(text: str) -> dict[str, str]:
    return {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text.split('id="main"')[-1])
    }


def words_of_typed(answer) -> str:
    return html.unescape(answer.text.split('id="typed"')[1].split("</dl>")[0])


def test_what_was_typed_into_a_return_reads_as_words_and_the_rest_is_carried_silently():
    fields = (
        ("a.referrals_accepted.", "12"),
        ("r.referrals_accepted.", "3"),
        ("then", "next"),
        ("a.story.", "It went well"),
        ("a.empty.", " "),
    )
    offered = Carried("/returns/1", fields, "return.answer")
    assert offered.typed == [("Referrals accepted", "12"), ("Story", "It went well")]
    assert [name for name, _ in offered.hidden] == ["carry_to", *(f"carry.{name}" for name, _ in fields)]
