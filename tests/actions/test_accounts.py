"""Whoever has no account gets one by a link, and nobody learns who has one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.actions import invitations
from partnerhub.actions.passwords import hashed
from partnerhub.extensions import db
from partnerhub.jobs.housekeeping import tidy
from partnerhub.models import Event, Invitation, Membership, OutboxMail, User
from partnerhub.queries.people import invitation_by, open_invitations
from partnerhub.rules.errors import NotNow
from partnerhub.rules.numbers import LINKS_KEPT_DAYS, THROTTLE_ACCOUNT
from partnerhub.rules.policy import STRANGER
from tests.browser import words_of
from tests.signing_in import PASSWORD, is_signed_in, letters, link_to, path_in, sign_in, take_token, with_password

ASKED = {"name": "Nia New", "email": "Nia@Example.org"}
CHOSEN = {"name": "Nia New", "new_password": "quite another phrase"}


def test_a_stranger_asks_gets_a_link_chooses_a_password_and_is_back_where_they_were(stranger):
    page = stranger.post("/create-account", ASKED | {"next": "/rounds?x=1"})
    assert "We have written to nia@example.org" in words_of(page)
    assert db.session.scalar(select(func.count()).select_from(User)) == 0, "there is no account before the link is pressed"
    link = link_to("nia@example.org", "account")
    shown = stranger.get(link)
    assert "Create your account" in words_of(shown) and 'value="Nia New"' in shown.text
    assert invitation_by(link.partition("?")[0].rpartition("/")[2], clock.now()), "looking uses nothing"
    answer = stranger.post(link, CHOSEN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/rounds?x=1")
    take_token(stranger)
    assert is_signed_in(stranger)
    assert sign_in(stranger, "nia@example.org", CHOSEN["new_password"]).status_code == 303
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 0
    event = db.session.scalars(select(Event).where(Event.action == "person.create_account")).one()
    assert (event.about_kind, event.about_id) == ("User", str(event.actor_id))
    assert stranger.post(link, CHOSEN).status_code == 410


def test_whether_there_is_an_account_shows_neither_in_the_answer_nor_in_what_is_written(make, stranger):
    make.user(email="known@example.org")
    make.user(email="closed@example.org", deactivated_at=clock.now())
    told, rows = set(), set()
    for address in ("known@example.org", "closed@example.org", "nobody@example.org"):
        before = [db.session.scalar(select(func.count()).select_from(model)) for model in (Invitation, OutboxMail, Event, User)]
        page = stranger.post("/create-account", {"name": "N", "email": address})
        told.add(words_of(page).replace(address, ""))
        after = [db.session.scalar(select(func.count()).select_from(model)) for model in (Invitation, OutboxMail, Event, User)]
        rows.add(tuple(new - old for old, new in zip(before, after, strict=True)))
    assert len(told) == 1 and rows == {(1, 1, 0, 0)}
    known, closed, nobody = letters("account")
    assert "there is one already" in known.body and "there is one already" in closed.body
    assert "/join/" not in known.body + closed.body and "/join/" in nobody.body


def test_a_letter_to_a_known_address_leaves_no_link_that_works(make, stranger):
    make.user(email="known@example.org")
    stranger.post("/create-account", {"name": "N", "email": "known@example.org"})
    assert db.session.scalars(select(Invitation.withdrawn_at)).one() is not None


def test_no_letter_holds_what_a_stranger_typed_as_a_name(stranger):
    stranger.post("/create-account", {"name": "Win a prize today", "email": "nia@example.org"})
    letter = letters("account")[0]
    assert "prize" not in letter.subject + letter.body


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "/sign-out", "/\\evil"])
def test_the_link_leads_to_no_other_site(stranger, there):
    stranger.post("/create-account", ASKED | {"next": there})
    assert "evil" not in letters("account")[0].body
    link = link_to("nia@example.org", "account").partition("?")[0]
    assert stranger.post(f"{link}?next={there}", CHOSEN).headers["Location"] == "/"


def test_five_letters_minutes_apart_then_one_waits_and_only_the_newest_link_works(stranger):
    now = clock.now().replace(minute=0, second=0)
    for minute in range(0, 3 * THROTTLE_ACCOUNT, 3):
        with clock.at(now + timedelta(minutes=minute)):
            last = stranger.post("/create-account", ASKED)
    sent = letters("account")
    assert last.status_code == 200 and len(sent) == 3, "at most one in five minutes"
    with clock.at(now + timedelta(minutes=13)):
        assert stranger.post("/create-account", ASKED).status_code == 429
        assert [stranger.get(path_in(each)).status_code for each in sent] == [410] * (len(sent) - 1) + [200]


def test_a_link_works_for_three_days(stranger):
    stranger.post("/create-account", ASKED)
    link, sent = link_to("nia@example.org", "account"), letters("account")[0]
    assert sent.expires_at - sent.created_at == timedelta(hours=72)
    with clock.at(sent.expires_at):
        assert stranger.post(link, CHOSEN).status_code == 410
    with clock.at(sent.expires_at - timedelta(seconds=1)):
        assert stranger.post(link, CHOSEN).status_code == 303


def test_what_was_typed_is_there_again_and_a_weak_password_is_refused(stranger):
    page = stranger.post("/create-account", {"name": "", "email": "nia@example", "next": "/rounds"})
    assert page.status_code == 422
    assert 'value="nia@example"' in page.text and 'value="/rounds"' in page.text
    stranger.post("/create-account", ASKED)
    link = link_to("nia@example.org", "account")
    assert stranger.post(link, CHOSEN | {"new_password": "nia@example.org"}).status_code == 422
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_a_link_to_an_account_gives_no_role_and_an_invitation_makes_no_bare_account(make, stranger):
    stranger.post("/create-account", ASKED)
    asked_for = db.session.scalars(select(Invitation)).one()
    with pytest.raises(NotNow):
        invitations.accept(asked_for, "", "Nia", hashed(PASSWORD), by=STRANGER)
    organisation = make.organisation()
    invited, _ = invitations.invite_to_organisation(organisation, "mia@example.org", "member", by=make.person(make.lead(organisation)))
    with pytest.raises(NotNow):
        invitations.create_account(invited, "", "Mia", hashed(PASSWORD), by=STRANGER)
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 1


def test_an_account_that_came_meanwhile_is_not_taken_over(make, stranger):
    stranger.post("/create-account", ASKED)
    link = link_to("nia@example.org", "account")
    user = with_password(make.user(email="nia@example.org"))
    before = user.password_hash
    assert stranger.post(link, CHOSEN).status_code == 410
    assert db.session.scalars(select(User.password_hash)).one() == before


def test_the_office_sees_no_invitation_in_it_and_what_nobody_used_is_forgotten(make, browser, stranger):
    stranger.post("/create-account", ASKED)
    administrator = make.user("administrator")
    assert open_invitations(make.person(administrator), None) == []
    asked_for = db.session.scalars(select(Invitation)).one()
    assert browser(administrator).post(f"/invitations/{asked_for.id}/send-again").status_code == 409
    with clock.at(asked_for.expires_at + timedelta(days=LINKS_KEPT_DAYS, seconds=1)):
        tidy()
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_whoever_is_signed_in_needs_no_account(make, browser):
    answer = browser(make.user()).get("/create-account?next=/rounds")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/rounds")
