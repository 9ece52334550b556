"""Accounts and memberships: who may change them, what ends with them, and that nobody's work is left without anybody."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from partnerhub import clock
from partnerhub.actions.doing import writing
from partnerhub.actions.invitations import give_role
from partnerhub.actions.people import (
    ask_email_change,
    ask_reset,
    change_membership,
    change_roles,
    deactivate,
    end_membership,
    forget_links,
    reactivate,
    rename,
)
from partnerhub.extensions import db
from partnerhub.models import Assignment, EmailToken, Event, EventPerson, HistoryHead, Membership, OutboxMail, User
from partnerhub.models.conditions import may
from partnerhub.queries.assessment import barred_from
from partnerhub.queries.people import person_of
from partnerhub.rules.errors import BadAnswer, NotAllowed, NotNow
from partnerhub.rules.numbers import EMAIL_CHANGES_A_DAY
from partnerhub.rules.policy import STRANGER, Answer
from partnerhub.rules.words import MailState, OfficeRole, PartnerRole
from tests.actions.test_invitations import together
from tests.browser import Browser, words_of
from tests.signing_in import PASSWORD, again, cookie, is_signed_in, letters, link_to, replayed, sign_in, take_token, with_password

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
HERE = "127.0.0.1"


@pytest.fixture
def organisation(make):
    return make.organisation("Example Advocacy")


@pytest.fixture
def administrator(make):
    return make.person(make.user("administrator", name="Ada"))


def membership_of(user) -> Membership:
    return db.session.scalars(select(Membership).where(Membership.user_id == user.id)).first()


def events() -> list[str]:
    return list(db.session.scalars(select(Event.action).order_by(Event.seq)))


# Members and leads


def test_a_lead_makes_a_member_a_lead_and_removes_people(make, organisation):
    lead, member = make.lead(organisation), make.member(organisation)
    change_membership(membership_of(member), PartnerRole.LEAD, by=make.person(lead))
    assert make.person(member).organisations == {organisation.id: PartnerRole.LEAD}
    end_membership(membership_of(member), by=make.person(lead))
    assert make.person(member).organisations == {}
    assert events() == ["membership.change", "membership.end"]


def test_nobody_but_the_lead_and_the_administrator_changes_who_belongs(make, organisation):
    member, other = make.member(organisation), make.member(organisation)
    for by in (make.person(other), make.person(make.lead(make.organisation())), make.person(make.user("officer", "auditor")), STRANGER):
        for deed in (
            lambda by=by: change_membership(membership_of(member), PartnerRole.LEAD, by=by),
            lambda by=by: end_membership(membership_of(member), by=by),
        ):
            with pytest.raises(NotAllowed):
                deed()
    assert make.person(member).organisations == {organisation.id: PartnerRole.MEMBER}
    assert events() == []


def test_nobody_raises_themselves(make, organisation):
    lead = make.lead(organisation)
    with pytest.raises(NotAllowed):
        change_membership(membership_of(lead), PartnerRole.MEMBER, by=make.person(lead))


def test_the_only_lead_cannot_leave_until_there_is_another(make, organisation):
    lead, member = make.lead(organisation), make.member(organisation)
    with pytest.raises(NotNow, match="Make somebody else a lead first"):
        end_membership(membership_of(lead), by=make.person(lead))
    change_membership(membership_of(member), PartnerRole.LEAD, by=make.person(lead))
    end_membership(membership_of(lead), by=make.person(lead))
    assert make.person(lead).organisations == {}


def test_a_lead_whose_account_is_closed_is_no_other_lead(make, organisation):
    lead = make.lead(organisation)
    make.lead(organisation, deactivated_at=NOON)
    with pytest.raises(NotNow):
        end_membership(membership_of(lead), by=make.person(lead))


def test_an_administrator_may_end_even_the_last_leads_membership(make, organisation, administrator):
    lead = make.lead(organisation)
    end_membership(membership_of(lead), by=administrator)
    assert make.person(lead).organisations == {}


def test_two_leads_who_leave_at_the_same_moment_do_not_leave_it_without_any(app, make, organisation):
    leads = [make.lead(organisation) for _ in range(2)]
    leaving = [(Browser(app).signed_in_as(each), f"/memberships/{membership_of(each).id}/end") for each in leads]
    told = together(app, [lambda browser=browser, path=path: browser.post(path).status_code for browser, path in leaving])
    assert sorted(told) == [303, 409]
    assert db.session.scalar(select(func.count()).select_from(Membership).where(Membership.ended_at.is_(None))) == 1


def test_two_leads_who_demote_each_other_at_the_same_moment_leave_one(app, make, organisation):
    first, second = (make.lead(organisation) for _ in range(2))
    deeds = [
        (Browser(app).signed_in_as(by), f"/memberships/{membership_of(other).id}/role") for by, other in ((first, second), (second, first))
    ]
    told = together(app, [lambda browser=browser, path=path: browser.post(path, {"role": "member"}).status_code for browser, path in deeds])
    assert told.count(303) == 1, told
    assert db.session.scalars(select(Membership.role).order_by(Membership.role)).all() == ["lead", "member"]


def test_the_only_lead_is_made_a_member_by_nobody(make, organisation, administrator):
    lead = make.lead(organisation)
    make.lead(organisation, deactivated_at=NOON)
    with pytest.raises(NotNow, match="Make somebody else a lead first"):
        change_membership(membership_of(lead), PartnerRole.MEMBER, by=administrator)
    assert make.person(lead).organisations == {organisation.id: PartnerRole.LEAD}
    make.lead(organisation)
    change_membership(membership_of(lead), PartnerRole.MEMBER, by=administrator)
    assert make.person(lead).organisations == {organisation.id: PartnerRole.MEMBER}


def test_what_a_person_did_stays_when_they_leave(make, organisation):
    lead, member = make.lead(organisation), make.member(organisation, name="Mia")
    rename(member, "Mia M", by=make.person(member))
    end_membership(membership_of(member), by=make.person(lead))
    assert db.session.scalars(select(Event.actor_id).where(Event.action == "person.rename")).one() == member.id
    assert again(member).name == "Mia M"


def test_an_office_role_is_not_ended_as_a_membership(make, administrator):
    officer = make.user("officer")
    with pytest.raises(NotNow, match="on the person's page"):
        end_membership(membership_of(officer), by=administrator)
    with pytest.raises(NotNow, match="on the person's page"):
        change_membership(membership_of(officer), PartnerRole.LEAD, by=administrator)


# The office


def test_roles_are_exactly_what_the_administrator_says(make, administrator):
    user, programme = make.user("officer", "auditor"), make.programme()
    change_roles(user, [OfficeRole.OFFICER, OfficeRole.FINANCE], [programme.id], by=administrator, expect=user.version)
    person = make.person(user)
    assert (person.office_roles, person.programmes) == ({"officer", "finance"}, {programme.id})
    with pytest.raises(NotNow, match="Somebody changed this"):
        change_roles(user, [], [], by=administrator, expect=1)
    ended = db.session.scalars(select(Membership).where(Membership.ended_at.is_not(None))).all()
    assert [each.role for each in ended] == ["auditor"], "what was is kept with its end"


def test_saying_the_same_roles_again_changes_nothing_and_is_not_written_down(make, administrator):
    user = make.user("officer")
    change_roles(user, [OfficeRole.OFFICER], [], by=administrator)
    assert events() == []


def test_administrators_do_not_decide_on_themselves(make, administrator):
    ada = db.session.get(User, administrator.id)
    for deed in (lambda: change_roles(ada, [], [], by=administrator), lambda: deactivate(ada, by=administrator)):
        with pytest.raises(NotAllowed):
            deed()
    assert make.person(ada).office_roles == {"administrator"}


@pytest.mark.parametrize("role", ["officer", "director", "auditor", "finance", "chair", "assessor", ""])
def test_nobody_else_closes_accounts_or_gives_roles(make, role):
    user = make.user()
    by = make.person(make.user(role) if role else make.lead(make.organisation()))
    for deed in (deactivate, reactivate, lambda user, by: change_roles(user, ["administrator"], [], by=by)):
        with pytest.raises(NotAllowed):
            deed(user, by=by)
    assert again(user).deactivated_at is None


def test_a_closed_account_cannot_sign_in_until_it_is_opened_again(make, stranger, administrator):
    user = with_password(make.user("officer", email="o@example.org"))
    sign_in(stranger, user.email)
    before = cookie(stranger)
    deactivate(user, by=administrator)
    stranger.client.delete_cookie(stranger.app.config["SESSION_COOKIE_NAME"])
    take_token(stranger)
    assert sign_in(stranger, user.email).status_code == 422
    reactivate(user, by=administrator)
    assert not is_signed_in(replayed(stranger, before)), "the session of the time before does not come back"
    assert sign_in(stranger, user.email).status_code == 303
    assert make.person(user).office_roles == {"officer"}


# Forgotten passwords


def test_a_reset_link_sets_the_password_once_and_ends_all_sessions(stranger, make, browser):
    user = with_password(make.user(email="one@example.org"))
    elsewhere = browser(user)
    ask_reset(None, user.email, by=STRANGER)
    path = link_to(user.email, "reset")
    assert "Choose a new password" in words_of(stranger.get(path))
    assert stranger.post(path, {"new_password": "short"}).status_code == 422
    assert stranger.post(path, {"new_password": "quite another phrase"}).headers["Location"] == "/sign-in"
    take_token(stranger)
    assert not is_signed_in(elsewhere)
    assert not is_signed_in(stranger), "a reset does not sign in"
    assert stranger.post(path, {"new_password": "a third phrase too"}).status_code == 410
    assert sign_in(stranger, user.email, "quite another phrase").status_code == 303
    assert events() == ["person.reset_password", "person.sign_in"]
    assert [letter.kind for letter in letters()] == ["reset", "password_changed"]


def test_a_reset_link_lives_thirty_minutes(stranger, make):
    user = with_password(make.user(email="one@example.org"))
    ask_reset(None, user.email, by=STRANGER, now=NOON)
    path = link_to(user.email, "reset")
    with clock.at(NOON + timedelta(minutes=29, seconds=59)):
        assert stranger.get(path).status_code == 200
    with clock.at(NOON + timedelta(minutes=30)):
        assert stranger.get(path).status_code == 410


def test_a_newer_link_ends_the_older_and_impatience_makes_one_letter(make):
    user = with_password(make.user(email="one@example.org"))
    for minute in (0, 1, 2):
        ask_reset(None, user.email, by=STRANGER, now=NOON + timedelta(minutes=minute))
    assert len(letters("reset")) == 1
    ask_reset(None, user.email, by=STRANGER, now=NOON + timedelta(minutes=7))
    assert len(letters("reset")) == 2
    assert db.session.scalar(select(func.count()).select_from(EmailToken).where(EmailToken.used_at.is_(None))) == 1


def test_who_has_no_account_is_told_the_same_and_sent_nothing(stranger, make):
    with_password(make.user(email="one@example.org"))
    make.user(email="closed@example.org", deactivated_at=NOON)
    told = []
    for email in ("one@example.org", "closed@example.org", "nobody@example.org"):
        answer = stranger.post("/forgotten-password", {"email": email})
        assert answer.status_code == 200
        told.append(words_of(answer).replace(email, "…"))
    assert len(set(told)) == 1
    assert [(letter.recipient, letter.state, bool(letter.body)) for letter in letters("reset")] == [
        ("one@example.org", MailState.WAITING, True),
        ("nobody", MailState.EXPIRED, False),
        ("nobody", MailState.EXPIRED, False),
    ]
    assert not any("nobody@" in letter.about or "closed@" in letter.about for letter in letters())


def test_asking_for_links_is_throttled(stranger):
    told = [stranger.post("/forgotten-password", {"email": "one@example.org"}).status_code for _ in range(6)]
    assert told == [200] * 5 + [429]


def test_twenty_uses_of_a_reset_link_at_once_set_one_password(app, stranger, make):
    user = with_password(make.user(email="one@example.org"))
    ask_reset(None, user.email, by=STRANGER)
    path = link_to(user.email, "reset")
    works = [
        lambda each=each, n=n: each.post(path, {"new_password": f"phrase of number {n}"}).status_code
        for n, each in enumerate(Browser(app) for _ in range(20))
    ]
    told = together(app, works)
    assert told.count(303) == 1
    assert set(told) <= {303, 409, 410}
    assert events() == ["person.reset_password"]


# Two at once


@contextmanager
def head_held_until(waiting: int):
    """On PostgreSQL: nobody gets to the end of a deed before so many have come there."""
    if db.engine.dialect.name != "postgresql":
        yield
        return
    with db.engine.connect() as holder, db.engine.connect() as watcher:
        holder.execute(select(HistoryHead).with_for_update())

        def let_go():
            asked = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            for _ in range(500):
                if watcher.scalar(asked) >= waiting:
                    break
                watcher.rollback()
                time.sleep(0.01)
            holder.rollback()

        thread = threading.Thread(target=let_go)
        thread.start()
        yield
        thread.join()


def closes(user, by):
    deactivate(db.session.get_one(User, user.id), by=by)


def takes_the_roles_of(user, by):
    change_roles(db.session.get_one(User, user.id), [OfficeRole.AUDITOR], [], by=by)


@pytest.mark.parametrize("first", [closes, takes_the_roles_of])
@pytest.mark.parametrize("second", [closes, takes_the_roles_of])
def test_of_two_administrators_who_remove_each_other_at_once_one_stays(app, make, first, second):
    ada, ben = make.person(make.user("administrator")), make.person(make.user("administrator"))

    def tried(deed, user, by):
        try:
            deed(user, by)
        except NotAllowed:
            return "refused"
        return "done"

    with head_held_until(waiting=2):
        told = together(app, [lambda: tried(first, ben, ada), lambda: tried(second, ada, ben)])
    assert sorted(told) == ["done", "refused"]
    still = [each for each in (person_of(ada.id), person_of(ben.id)) if each and OfficeRole.ADMINISTRATOR in each.office_roles]
    assert len(still) == 1
    assert len(events()) == 1


# Another address


def test_the_address_changes_when_both_ends_agreed(stranger, make, browser):
    user = with_password(make.user(email="old@example.org"))
    signed_in = browser(user)
    answer = signed_in.post("/account/email", {"email": "New@example.org", "current_password": PASSWORD})
    assert "Check both your e-mail addresses" in words_of(answer)
    old, new = link_to("old@example.org", "email_change"), link_to("new@example.org", "email_change")
    assert old != new
    stranger.get(new)
    assert "Now confirm at the other address" in words_of(stranger.post(new))
    assert again(user).email == "old@example.org"
    assert is_signed_in(signed_in)
    assert "has been changed" in words_of(stranger.post(old))
    assert again(user).email == "new@example.org"
    assert not is_signed_in(signed_in)
    assert [letter.recipient for letter in letters("email_changed")] == ["old@example.org"]
    assert sign_in(stranger, "new@example.org").status_code == 303
    last = db.session.scalars(select(Event).where(Event.action == "person.confirm_email_change").order_by(Event.seq.desc())).first()
    assert db.session.get(EventPerson, last.personal_id).values == {"before": "old@example.org", "after": "new@example.org"}
    assert "example.org" not in str(last.details)


def test_one_end_pressed_twice_is_not_both(stranger, make):
    user = with_password(make.user(email="old@example.org"))
    ask_email_change(user, "new@example.org", HERE, by=make.person(user))
    new = link_to("new@example.org", "email_change")
    stranger.post(new)
    assert stranger.post(new).status_code == 410
    assert again(user).email == "old@example.org"


def test_asking_twice_for_the_same_address_makes_one_pair_of_links(stranger, make):
    user = with_password(make.user(email="old@example.org"))
    for minutes in (2, 1):
        ask_email_change(user, "new@example.org", HERE, by=make.person(user), now=clock.now() - timedelta(minutes=minutes))
    assert "Now confirm at the other address" in words_of(stranger.post(link_to("new@example.org", "email_change")))
    assert again(user).email == "old@example.org"
    stranger.post(link_to("old@example.org", "email_change"))
    assert again(user).email == "new@example.org"


def test_links_of_two_different_wishes_do_not_add_up(stranger, make):
    user = with_password(make.user(email="old@example.org"))
    ask_email_change(user, "first@example.org", HERE, by=make.person(user), now=clock.now() - timedelta(minutes=2))
    first_new = link_to("first@example.org", "email_change")
    stranger.post(first_new)
    ask_email_change(user, "second@example.org", HERE, by=make.person(user))
    stranger.post(link_to("old@example.org", "email_change"))
    assert again(user).email == "old@example.org"


def test_an_address_that_has_an_account_is_told_so_only_in_its_own_letter(stranger, make, browser):
    user, other = with_password(make.user(email="old@example.org")), make.user(email="taken@example.org")
    signed_in = browser(user)
    told = [
        words_of(signed_in.post("/account/email", {"email": email, "current_password": PASSWORD})).replace(email, "…")
        for email in ("taken@example.org", "free@example.org")
    ]
    assert told[0] == told[1]
    letter = next(each for each in letters("email_change") if each.recipient == "taken@example.org")
    assert "there is an account with it already" in letter.body
    assert "confirm-email" not in letter.body
    assert again(other).email == "taken@example.org"


def test_an_address_taken_meanwhile_is_not_taken_twice(stranger, make):
    user = with_password(make.user(email="old@example.org"))
    ask_email_change(user, "new@example.org", HERE, by=make.person(user))
    old, new = link_to("old@example.org", "email_change"), link_to("new@example.org", "email_change")
    stranger.post(new)
    make.user(email="new@example.org")
    assert "Another account uses this e-mail address by now" in words_of(stranger.post(old))
    assert again(user).email == "old@example.org"


def test_a_change_of_address_or_password_wants_the_password_of_now(make, browser):
    user = with_password(make.user(email="old@example.org"))
    signed_in = browser(user)
    for path, fields in (("/account/email", {"email": "new@example.org"}), ("/account/password", {"new_password": "quite another phrase"})):
        answer = signed_in.post(path, {**fields, "current_password": "wrong"})
        assert answer.status_code == 422
        assert "This is not your password" in words_of(answer)
    told = [signed_in.post("/account/email", {"email": "new@example.org", "current_password": "wrong"}).status_code for _ in range(4)]
    assert told[-1] == 429, "guessing it in a session left open is throttled like signing in"
    assert letters() == []
    with pytest.raises(BadAnswer, match="already"):
        ask_email_change(user, "old@example.org", HERE, by=make.person(user))


def test_nobody_mails_the_world_by_wanting_ever_other_addresses(make):
    user = with_password(make.user(email="old@example.org"))
    for number in range(EMAIL_CHANGES_A_DAY):
        ask_email_change(user, f"new{number}@example.org", HERE, by=make.person(user), now=NOON)
    with pytest.raises(BadAnswer, match="too often today"):
        ask_email_change(user, "more@example.org", HERE, by=make.person(user), now=NOON + timedelta(hours=23))
    ask_email_change(user, "more@example.org", HERE, by=make.person(user), now=NOON + timedelta(hours=25))


def test_links_that_ran_out_long_ago_are_thrown_away(make):
    user = with_password(make.user(email="old@example.org"))
    ask_email_change(user, "new@example.org", HERE, by=make.person(user), now=NOON)
    forget_links(NOON)
    assert db.session.scalar(select(func.count()).select_from(EmailToken)) == 2
    forget_links(NOON + timedelta(days=1))
    assert db.session.scalar(select(func.count()).select_from(EmailToken)) == 0


@pytest.mark.parametrize(
    ("begun_after", "is_barred"),
    [(timedelta(days=-900), True), (timedelta(days=-1), True), (timedelta(days=364), True), (timedelta(days=366), False)],
)
def test_whoever_left_an_applicant_lately_has_an_interest_in_what_it_applies_for(make, begun_after, is_barred):
    """Whether it applied before or after they left, and however much later somebody looks."""
    organisation, other = make.organisation(), make.organisation()
    user = make.lead(organisation)
    [of_the_team] = user.memberships
    make._kept(Membership(user_id=user.id, role="director", since=NOON))
    with clock.at(NOON):
        end_membership(of_the_team, by=person_of(make.user("administrator").id))
    funding_round = make.autumn_round()
    application = make.application(funding_round, organisation, created_at=NOON + begun_after)
    make.application(funding_round, other, created_at=NOON)
    with clock.at(NOON + timedelta(days=2000)):
        person = person_of(user.id)
    assert person.interests == ({(funding_round.id, organisation.id)} if is_barred else set())
    assert barred_from(funding_round.id) & {(user.id, organisation.id)} == ({(user.id, organisation.id)} if is_barred else set())
    assert may(person, "application.view", application) is (Answer.NO if is_barred else Answer.YES)


def test_an_assessor_who_joins_an_applicant_marks_it_no_more_and_an_officer_is_told(make):
    organisation, officer = make.organisation(), make.user("officer", email="officer@example.org")
    assessor, funding_round = make.user("assessor"), make.autumn_round()
    given = []
    for status in ("assessment", "declined"):
        application = make.application(funding_round, organisation, status=status)
        own = {"application_id": application.id, "organisation_id": organisation.id, "user_id": assessor.id}
        given.append(make._kept(Assignment(round_id=funding_round.id, assigned_at=NOON, **own)))
    with clock.at(NOON), writing():
        give_role(assessor.id, "member", clock.now(), organisation_id=organisation.id)
    assert [each.set_aside_at for each in given] == [NOON, None], "what was marked before it was decided counts"
    assert [each.recipient for each in db.session.scalars(select(OutboxMail))] == [officer.email]
