"""An invitation works once, for three days, for one address; whatever twenty impatient browsers do."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.actions import joining
from partnerhub.actions.invitations import accept, invite_to_office, invite_to_organisation, send_again, withdraw
from partnerhub.actions.passwords import hashed
from partnerhub.actions.people import change_membership, deactivate, end_membership
from partnerhub.extensions import db
from partnerhub.models import Event, EventPerson, Invitation, Membership, Organisation, OutboxMail, User, UserSession
from partnerhub.queries.people import hash_of, invitation_by, person_of
from partnerhub.rules.errors import BadAnswer, NotAllowed, NotNow
from partnerhub.rules.numbers import INVITATIONS_A_DAY, INVITATIONS_OF_NEW_A_DAY
from partnerhub.rules.policy import HUB, STRANGER
from partnerhub.rules.words import OfficeRole, PartnerRole
from tests.browser import Browser, words_of
from tests.signing_in import PASSWORD, again, is_signed_in, letters, link_to, sign_in, take_token, with_password

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
NEW = {"name": "Nia New", "new_password": "quite another phrase"}


@pytest.fixture
def organisation(make):
    return make.organisation("Example Advocacy")


@pytest.fixture
def lead(make, organisation):
    return make.person(make.lead(organisation, email="lead@example.org"))


def invited(organisation, lead, email="nia@example.org", role=PartnerRole.MEMBER, **rest):
    return invite_to_organisation(organisation, email, role, by=lead, **rest)


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


# Making


def test_only_the_hash_of_the_link_is_kept_and_the_address_stays_out_of_the_chain(organisation, lead):
    invitation, link = invited(organisation, lead)
    assert invitation.token_hash == hash_of(token_of(link))
    letter = letters("invitation")[0]
    assert letter.recipient == "nia@example.org"
    assert link in letter.body
    assert letter.expires_at == invitation.expires_at == invitation.created_at + timedelta(hours=72)
    event = db.session.scalars(select(Event)).one()
    assert "nia" not in str(event.details)
    assert db.session.get(EventPerson, event.personal_id).values == {"email": "nia@example.org"}


def test_a_member_a_stranger_and_another_lead_invite_nobody(make, organisation):
    for by in (
        make.person(make.member(organisation)),
        make.person(make.lead(make.organisation())),
        STRANGER,
    ):
        with pytest.raises(NotAllowed):
            invited(organisation, by)
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0
    assert letters() == []


def test_inviting_a_person_with_an_account_looks_like_inviting_anybody(make, organisation, lead, browser):
    make.user(email="known@example.org")
    signed_in = browser(db.session.get(User, lead.id))
    told = []
    for email in ("known@example.org", "nobody@example.org"):
        signed_in.post(f"/organisations/{organisation.id}/invitations", {"email": email, "role": "member"})
        told.append(
            words_of(signed_in.get(f"/organisations/{organisation.id}/invitations"))
            .replace(email, "…")
            .partition("Invitations that wait")[0]
        )
    assert told[0] == told[1]
    first, second = (letter.body.split("/join/")[0] for letter in letters("invitation"))
    assert first == second


def test_somebody_who_belongs_already_is_not_invited_again(make, organisation, lead):
    make.member(organisation, email="here@example.org")
    with pytest.raises(BadAnswer, match="belongs to the organisation already"):
        invited(organisation, lead, "here@example.org")


def test_a_second_invitation_to_the_same_address_ends_the_first(organisation, lead):
    _, first = invited(organisation, lead)
    _, second = invited(organisation, lead)
    now = clock.now()
    assert invitation_by(token_of(first), now) is None
    assert invitation_by(token_of(second), now) is not None


def test_sending_again_makes_a_new_link_and_kills_the_old(make, organisation, lead):
    invitation, first = invited(organisation, lead, now=NOON)
    send_again(invitation, by=lead, now=NOON + timedelta(hours=80))
    new = link_to("nia@example.org", "invitation").rpartition("/")[2]
    assert new != token_of(first)
    assert invitation_by(token_of(first), NOON + timedelta(hours=1)) is None
    assert invitation_by(new, NOON + timedelta(hours=150)) is not None


def test_nobody_mails_the_world_through_invitations(organisation, lead):
    for number in range(INVITATIONS_A_DAY):
        invitation, _ = invited(organisation, lead, f"person{number}@example.org", now=NOON)
    with pytest.raises(BadAnswer, match="Invite the others tomorrow"):
        invited(organisation, lead, now=NOON + timedelta(hours=23))
    with pytest.raises(NotNow, match="a moment ago"):
        send_again(invitation, by=lead, now=NOON + timedelta(minutes=4, seconds=59))
    send_again(invitation, by=lead, now=NOON + timedelta(minutes=5))
    invited(organisation, lead, now=NOON + timedelta(hours=24))
    assert len(letters("invitation")) == INVITATIONS_A_DAY + 2


@pytest.fixture
def registers(make):
    """Somebody who registers organisations: each with themselves as they are then."""
    user = make.user(email="spam@example.org")

    def register(name):
        details = {"name": name, "kind": "group", "identifier": "", "postcode": "", "district_code": None}
        sent = joining.register(None, details, by=person_of(user.id), now=NOON)
        return db.session.get_one(Organisation, sent.organisation_id), person_of(user.id)

    return register


def test_an_organisation_nobody_has_seen_invites_a_few_a_day_and_its_lead_no_more_through_another(make, registers):
    first, by = registers("Quarry Allotments")
    for number in range(INVITATIONS_OF_NEW_A_DAY):
        invited(first, by, f"person{number}@example.org", now=NOON)
    with pytest.raises(BadAnswer, match="3 people have been invited within a day"):
        invited(first, by, now=NOON)
    second, by = registers("Harbour Singers")
    with pytest.raises(BadAnswer, match="You have invited 3 people"):
        invited(second, by, now=NOON)
    invited(second, make.person(make.user("officer")), "officer-knows@example.org", now=NOON)
    invited(second, by, now=NOON + timedelta(days=1))


def test_an_organisation_that_has_applied_or_that_an_officer_let_in_invites_as_any_other(make, registers):
    organisation, by = registers("Quarry Allotments")
    make.application(make.funding_round(), organisation, status="submitted", submitted_at=NOON)
    for number in range(INVITATIONS_OF_NEW_A_DAY + 1):
        invited(organisation, by, f"person{number}@example.org", now=NOON)


def test_whoever_leads_many_organisations_invites_no_more_people_for_it(make, organisation):
    user = make.lead(organisation)
    others = [make.organisation() for _ in range(2)]
    for each in others:
        make._kept(Membership(user_id=user.id, organisation_id=each.id, role="lead", since=NOON))
    by = make.person(user)
    for number in range(INVITATIONS_A_DAY):
        invited([organisation, *others][number % 2], by, f"invited{number}@example.org", now=NOON)
    with pytest.raises(BadAnswer, match="You have invited 50 people"):
        invited(others[1], by, now=NOON)


@pytest.mark.parametrize("deed", [withdraw, send_again])
def test_another_organisations_lead_touches_no_invitation(make, organisation, lead, deed):
    invitation, _ = invited(organisation, lead)
    with pytest.raises(NotAllowed):
        deed(invitation, by=make.person(make.lead(make.organisation())))


# Accepting


def test_opening_the_link_uses_nothing_and_pressing_the_button_lets_in(stranger, organisation, lead):
    invited(organisation, lead)
    path = link_to("nia@example.org", "invitation")
    for _ in range(3):
        assert "Join Example Advocacy" in words_of(stranger.get(path))
    answer = stranger.post(path, NEW)
    take_token(stranger)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "Nia New" in words_of(stranger.get("/account"))
    user = db.session.scalars(select(User).where(User.email == "nia@example.org")).one()
    held = db.session.scalars(select(Membership).where(Membership.user_id == user.id)).one()
    assert (held.organisation_id, held.role) == (organisation.id, PartnerRole.MEMBER)
    assert db.session.scalars(select(Event.actor_id).where(Event.action == "invitation.accept")).one() == user.id
    assert sign_in(Browser(stranger.app), "nia@example.org", NEW["new_password"]).status_code == 303


def test_a_link_works_once(stranger, organisation, lead):
    invited(organisation, lead)
    path = link_to("nia@example.org", "invitation")
    stranger.post(path, NEW)
    again_ = Browser(stranger.app)
    assert again_.get(path).status_code == 410
    assert again_.post(path, NEW).status_code == 410
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 1


def test_a_link_works_for_72_hours(stranger, organisation, lead):
    invited(organisation, lead, now=NOON)
    path = link_to("nia@example.org", "invitation")
    with clock.at(NOON + timedelta(hours=71, minutes=59)):
        assert stranger.get(path).status_code == 200
    with clock.at(NOON + timedelta(hours=72)):
        assert stranger.get(path).status_code == 410
        assert stranger.post(path, NEW).status_code == 410


def test_a_withdrawn_link_does_not_work(stranger, organisation, lead):
    invitation, _ = invited(organisation, lead)
    path = link_to("nia@example.org", "invitation")
    withdraw(invitation, by=lead)
    assert stranger.post(path, NEW).status_code == 410
    with pytest.raises(NotNow, match="withdrawn already"):
        withdraw(invitation, by=lead)


def removes_the_lead(make, lead):
    administrator = make.person(make.user("administrator"))
    end_membership(db.session.scalars(select(Membership).where(Membership.user_id == lead.id)).one(), by=administrator)


def closes_the_account(make, lead):
    deactivate(db.session.get_one(User, lead.id), by=make.person(make.user("administrator")))


def makes_a_member_of_the_lead(make, lead):
    membership = db.session.scalars(select(Membership).where(Membership.user_id == lead.id)).one()
    make.lead(db.session.get_one(Organisation, membership.organisation_id))
    change_membership(membership, PartnerRole.MEMBER, by=make.person(make.user("administrator")))


@pytest.mark.parametrize("ends", [removes_the_lead, closes_the_account, makes_a_member_of_the_lead])
def test_an_invitation_ends_with_the_right_of_whoever_made_it(stranger, make, organisation, lead, ends):
    invitation, _ = invited(organisation, lead)
    ends(make, lead)
    refused = stranger.post(link_to("nia@example.org", "invitation"), NEW)
    assert refused.status_code == 409
    assert "Ask whoever invited you for a new one" in words_of(refused)
    assert db.session.scalars(select(User).where(User.email == "nia@example.org")).all() == []

    send_again(db.session.get_one(Invitation, invitation.id), by=make.person(make.user("officer")), now=clock.now() + timedelta(hours=1))
    assert stranger.post(link_to("nia@example.org", "invitation"), NEW).status_code == 303


@pytest.mark.parametrize("role", [OfficeRole.ADMINISTRATOR, OfficeRole.OFFICER])
def test_a_closed_administrator_lets_nobody_into_the_office(stranger, make, role):
    first, second = make.user("administrator"), make.user("administrator")
    invite_to_office(None, "nia@example.org", role, by=make.person(first))
    deactivate(first, by=make.person(second))
    assert stranger.post(link_to("nia@example.org", "invitation"), NEW).status_code == 409


def test_a_made_up_link_tells_no_more_than_an_old_one(stranger, organisation, lead):
    invitation, _ = invited(organisation, lead)
    path = link_to("nia@example.org", "invitation")
    withdraw(invitation, by=lead)
    assert words_of(stranger.get(path)) == words_of(stranger.get("/join/made-up"))


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("", "quite another phrase", "Enter your full name"),
        ("Nia", "", "Enter a password"),
        ("Nia", "short words", "at least 12 characters"),
        ("Nia", "w" * 129, "128 characters or fewer"),
        ("Nia", "password1234", "one of the first that somebody would guess"),
        ("Nia", "nia@example.org", "a name or address that others know"),
        ("Nia New Surname", "Nia New Surname", "a name or address that others know"),
        ("Nia", "Example Advocacy", "a name or address that others know"),
        ("Nia", "123456789012", "follows the keyboard"),
        ("Nia", "with a\x00 null in it", "no keyboard types"),
    ],
)
def test_a_bad_name_or_password_is_said_beside_the_field_and_uses_nothing(stranger, organisation, lead, name, password, said):
    invited(organisation, lead)
    path = link_to("nia@example.org", "invitation")
    answer = stranger.post(path, {"name": name, "new_password": password})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert "value=" not in re.search(r'<input[^>]*id="new_password"[^>]*>', answer.text)[0], "a password is never shown again"
    assert stranger.post(path, NEW).status_code == 303


def test_a_person_with_an_account_signs_in_and_confirms(stranger, make, organisation, lead):
    with_password(make.lead(make.organisation("Other"), email="nia@example.org", name="Nia"))
    invited(organisation, lead)
    path = link_to("nia@example.org", "invitation")
    assert "There is an account for nia@example.org" in words_of(stranger.get(path))
    assert stranger.post(path, NEW).status_code == 200, "nobody gets in by inviting themselves over somebody's account"
    assert not is_signed_in(stranger)
    assert sign_in(stranger, "nia@example.org", next=path).headers["Location"] == path
    assert "Accept the invitation" in words_of(stranger.get(path))
    assert stranger.post(path).status_code == 303
    take_token(stranger)
    assert {"Example Advocacy", "Other"} <= set(re_names(stranger))


def re_names(browser):
    shown = words_of(browser.get("/account"))
    return [name for name in ("Example Advocacy", "Other") if name in shown]


def test_an_invitation_is_for_its_address_only(make, organisation, lead, browser):
    invited(organisation, lead)
    path = link_to("nia@example.org", "invitation")
    other = make.user(email="other@example.org")
    answer = browser(other).post(path, NEW)
    assert "This invitation is for nia@example.org" in words_of(answer)
    assert db.session.scalars(select(Invitation.used_at)).one() is None


def test_no_other_person_accepts_it_whatever_the_page_lets_through(make, organisation, lead):
    account = with_password(make.user(email="nia@example.org"))
    other = make.person(make.user(email="other@example.org"))
    invitation, _ = invited(organisation, lead)
    with pytest.raises(NotNow, match="another e-mail address"):
        accept(invitation, "", by=other)
    with pytest.raises(NotNow, match="Sign in to it"):
        accept(invitation, "", "Mallory", hashed("somebody else's phrase"), by=STRANGER)
    assert again(account).password_hash == account.password_hash
    assert again(invitation).used_at is None
    assert make.person(account).organisations == {}


def test_a_closed_account_is_not_opened_by_an_invitation(make, organisation, lead):
    closed = make.user(email="nia@example.org", deactivated_at=NOON)
    invitation, _ = invited(organisation, lead)
    with pytest.raises(NotNow, match="closed"):
        accept(invitation, "", "Nia", hashed(PASSWORD), by=STRANGER)
    assert again(closed).deactivated_at is not None
    assert again(invitation).used_at is None, "what is refused leaves nothing behind"


def test_accepting_a_higher_role_changes_the_one_held(make, organisation, lead):
    member = with_password(make.member(organisation, email="nia@example.org"))
    member_person = make.person(member)
    invitation = Invitation(
        token_hash="x" * 64,
        email=member.email,
        role=PartnerRole.LEAD,
        organisation_id=organisation.id,
        created_at=NOON,
        expires_at=clock.now() + timedelta(hours=1),
    )
    db.session.add(invitation)
    db.session.commit()
    accept(invitation, "", by=member_person)
    assert make.person(member).organisations == {organisation.id: PartnerRole.LEAD}
    assert db.session.scalar(select(func.count()).select_from(Membership).where(Membership.user_id == member.id)) == 1


@pytest.mark.parametrize("known", [False, True])
def test_twenty_uses_at_once_succeed_exactly_once(app, make, organisation, lead, known):
    if known:
        user = with_password(make.user(email="nia@example.org"))
    invited(organisation, lead)
    path = link_to("nia@example.org", "invitation")
    browsers = [Browser(app).signed_in_as(user) if known else Browser(app) for _ in range(20)]
    told = together(app, [lambda each=each: each.post(path, NEW).status_code for each in browsers])
    assert told.count(303) == 1
    assert set(told) <= {303, 409, 410, 200}, "200: signed out meanwhile, and asked to sign in"
    assert db.session.scalar(select(func.count()).select_from(Membership).where(Membership.organisation_id == organisation.id)) == 2
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.action == "invitation.accept")) == 1
    assert db.session.scalar(select(func.count()).select_from(User).where(User.email == "nia@example.org")) == 1


def together(app, works):
    """Each in a thread of its own, all let go at one moment."""
    gate, told = threading.Barrier(len(works)), []

    def go(work):
        with app.app_context():
            gate.wait()
            told.append(work())

    threads = [threading.Thread(target=go, args=(work,)) for work in works]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    db.session.rollback()
    return told


# The office


def test_the_hub_invites_its_first_administrator(stranger):
    invite_to_office(None, "boss@example.org", OfficeRole.ADMINISTRATOR, by=HUB)
    stranger.post(link_to("boss@example.org", "invitation"), NEW)
    take_token(stranger)
    assert stranger.get("/people").status_code == 200


def test_a_viewer_is_invited_for_a_programme(make, browser, stranger):
    programme = make.programme()
    administrator = browser(make.user("administrator"))
    page = administrator.post("/people/invitations", {"email": "board@example.org", "role": "viewer"})
    assert page.status_code == 422
    assert "Choose the programme that the viewer may read" in words_of(page)
    assert (
        administrator.post(
            "/people/invitations", {"email": "board@example.org", "role": "viewer", "programme": str(programme.id)}
        ).status_code
        == 303
    )
    stranger.post(link_to("board@example.org", "invitation"), NEW)
    viewer = db.session.scalars(select(User).where(User.email == "board@example.org")).one()
    person = make.person(viewer)
    assert person.programmes == {programme.id}
    assert person.office_roles == frozenset()


def test_a_lead_invites_nobody_to_the_office(make, organisation, lead, browser):
    signed_in = browser(db.session.get(User, lead.id))
    assert signed_in.post("/people/invitations", {"email": "x@example.org", "role": "administrator"}).status_code == 404
    answer = signed_in.post(f"/organisations/{organisation.id}/invitations", {"email": "x@example.org", "role": "administrator"})
    assert answer.status_code == 422
    with pytest.raises(NotAllowed):
        invite_to_office(None, "x@example.org", OfficeRole.ADMINISTRATOR, by=lead)
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 0
