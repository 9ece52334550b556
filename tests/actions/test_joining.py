"""People who come by themselves: whoever asks is let in by a lead, and what looks like something known waits for an officer."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from partnerhub.actions import joining
from partnerhub.actions.organisations import add_identifier
from partnerhub.extensions import db
from partnerhub.models import Event, JoinRequest, Membership, Organisation, ProfileAnswer, Registration
from partnerhub.queries import joining as queries
from partnerhub.queries.people import person_of
from partnerhub.rules.errors import BadAnswer, NotAllowed, NotNow
from partnerhub.rules.numbers import ASKED_TO_JOIN_A_DAY, REGISTERED_A_DAY
from partnerhub.rules.policy import STRANGER
from partnerhub.rules.words import JoinStatus, PartnerRole, RegistrationStatus
from tests.signing_in import again, letters

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
NUMBER = "GB-CHC-1012345"


@pytest.fixture
def nia(make):
    return make.person(make.user(name="Nia New", email="nia@example.org"))


@pytest.fixture
def organisation(make):
    return make.organisation("Meadow Centre")


@pytest.fixture
def lead(make, organisation):
    return make.person(make.lead(organisation, email="lead@example.org"))


@pytest.fixture
def officer(make):
    return make.person(make.user("officer", email="officer@example.org"))


def described(name="Meadow Centre", identifier="", **rest):
    return {"name": name, "kind": "group", "identifier": identifier, "postcode": "", "district_code": None} | rest


def count(model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def recipients(kind):
    return sorted(each.recipient for each in letters(kind))


# Asking to join


def test_a_lead_is_told_and_lets_somebody_in(organisation, lead, officer, nia):
    asked = joining.ask_to_join(organisation, by=nia)
    assert recipients("join_asked") == ["lead@example.org"], "an officer is not troubled where there is a lead"
    assert "Nia New asks to join Meadow Centre" in letters("join_asked")[0].body
    assert person_of(nia.id).organisations == {}
    joining.approve(asked, PartnerRole.MEMBER, by=lead, expect=asked.version)
    assert person_of(nia.id).organisations == {organisation.id: "member"}
    assert recipients("join_approved") == ["nia@example.org"]
    said = [event.says for event in db.session.scalars(select(Event).order_by(Event.seq))]
    assert said == ["asked to join the organisation", "let somebody join"]
    with pytest.raises(NotNow):
        joining.refuse(asked, "No", by=lead)
    with pytest.raises(NotAllowed):
        joining.ask_to_join(organisation, by=nia)


def test_where_no_lead_can_sign_in_the_officers_are_told_and_decide(make, organisation, officer, nia):
    make.lead(organisation, deactivated_at=NOON)
    make.member(organisation)
    asked = joining.ask_to_join(organisation, by=nia)
    assert recipients("join_asked") == ["officer@example.org"]
    assert "has no lead" in letters("join_asked")[0].body
    assert [each.id for each in queries.waits_for(officer).asking] == [asked.id]
    joining.approve(asked, PartnerRole.LEAD, by=officer)
    assert person_of(nia.id).organisations == {organisation.id: "lead"}


def test_nobody_else_decides_and_nobody_for_themselves(make, organisation, lead, nia):
    asked = joining.ask_to_join(organisation, by=nia)
    own = make.person(make.user("officer"))
    for_oneself = joining.ask_to_join(organisation, by=own)
    others = [nia, STRANGER, make.person(make.member(organisation)), make.person(make.lead(make.organisation()))]
    others += [make.person(make.user(role)) for role in ("director", "administrator", "auditor")]
    for by in others:
        with pytest.raises(NotAllowed):
            joining.approve(asked, PartnerRole.MEMBER, by=by)
        with pytest.raises(NotAllowed):
            joining.refuse(asked, "No", by=by)
    with pytest.raises(NotAllowed):
        joining.approve(for_oneself, PartnerRole.LEAD, by=own)
    assert again(asked).status == JoinStatus.WAITING


def test_whoever_was_refused_reads_why_and_asks_again_after_a_day(organisation, lead, nia):
    asked = joining.ask_to_join(organisation, by=nia, now=NOON)
    with pytest.raises(BadAnswer):
        joining.refuse(asked, " ", by=lead, now=NOON)
    joining.refuse(asked, "We do not know you.", by=lead, now=NOON + timedelta(hours=1))
    assert "We do not know you." in letters("join_refused")[0].body
    assert "know you" not in str([event.details for event in db.session.scalars(select(Event))])
    with pytest.raises(NotNow, match="after 13:00 on 4 March 2026"):
        joining.ask_to_join(organisation, by=nia, now=NOON + timedelta(hours=25) - timedelta(seconds=1))
    with pytest.raises(NotNow):
        joining.register(None, described("The Meadow Centre"), by=nia, now=NOON + timedelta(hours=2))
    assert count(Registration) == 0, "registering the same is no way round"
    assert joining.ask_to_join(organisation, by=nia, now=NOON + timedelta(hours=25)).id != asked.id


def test_pressed_twice_it_is_one_request_and_one_letter(organisation, lead, nia):
    first, second = (joining.ask_to_join(organisation, by=nia) for _ in range(2))
    assert first.id == second.id
    assert len(letters("join_asked")) == 1 and count(Event) == 1


def test_nobody_troubles_many_organisations_within_a_day(make, nia):
    for _ in range(ASKED_TO_JOIN_A_DAY):
        joining.ask_to_join(make.organisation(), by=nia, now=NOON)
    last = make.organisation()
    with pytest.raises(NotNow, match="within a day"):
        joining.ask_to_join(last, by=nia, now=NOON)
    joining.ask_to_join(last, by=nia, now=NOON + timedelta(days=1))


def test_who_was_made_lead_meanwhile_stays_lead_and_a_closed_account_joins_nothing(make, organisation, lead, nia):
    asked = joining.ask_to_join(organisation, by=nia)
    make._kept(Membership(user_id=nia.id, organisation_id=organisation.id, role="lead", since=NOON))
    joining.approve(asked, PartnerRole.MEMBER, by=lead)
    assert person_of(nia.id).organisations == {organisation.id: "lead"}
    other = make.user()
    asked = joining.ask_to_join(organisation, by=make.person(other))
    other.deactivated_at = NOON
    db.session.commit()
    with pytest.raises(NotNow, match="closed"):
        joining.approve(asked, PartnerRole.MEMBER, by=lead)


def test_a_request_is_taken_back_by_whoever_made_it(organisation, lead, nia):
    asked = joining.ask_to_join(organisation, by=nia)
    with pytest.raises(NotAllowed):
        joining.withdraw(asked, by=lead)
    joining.withdraw(asked, by=nia)
    with pytest.raises(NotNow):
        joining.approve(asked, PartnerRole.MEMBER, by=lead)
    assert joining.ask_to_join(organisation, by=nia).id != asked.id, "at once: nobody refused them"


# Registering


def test_what_looks_like_nothing_known_is_there_at_once_with_its_lead(organisation, officer, nia):
    sent = joining.register(None, described("North Meadow", NUMBER, postcode="LE1 1AA"), by=nia)
    assert sent.status == RegistrationStatus.REGISTERED
    registered = db.session.get_one(Organisation, sent.organisation_id)
    assert (registered.name, [each.org_id for each in registered.identifiers]) == ("North Meadow", [NUMBER])
    assert person_of(nia.id).organisations == {registered.id: "lead"}
    assert db.session.get_one(ProfileAnswer, (registered.id, "address")).texts["postcode"] == "LE1 1AA"
    assert letters() == []


@pytest.mark.parametrize(
    ("name", "identifier"),
    [("The MEADOW-CENTRE Ltd", ""), ("Meadow Centre", ""), ("Medow Center", ""), ("Meadow Centre 1", ""), ("Quite another name", NUMBER)],
)
def test_what_looks_like_one_that_is_there_waits_for_an_officer(make, organisation, lead, officer, nia, name, identifier):
    add_identifier(organisation, NUMBER, by=lead)
    sent = joining.register(None, described(name, identifier), by=nia)
    assert (sent.status, sent.organisation_id) == (RegistrationStatus.WAITING, None)
    assert person_of(nia.id).organisations == {}
    assert recipients("registration_waits") == ["officer@example.org"]
    assert [each.id for each in queries.looks_like(name, identifier)] == [organisation.id]
    assert joining.register(None, described(name, identifier), by=nia).id == sent.id, "pressed twice"
    assert count(Registration) == 1


def test_an_officer_says_it_is_the_same_and_its_lead_is_asked(organisation, lead, officer, nia):
    sent = joining.register(None, described("The Meadow Centre"), by=nia)
    joining.match(sent, organisation.id, by=officer, expect=sent.version)
    asked = db.session.scalars(select(JoinRequest)).one()
    assert (asked.user_id, asked.organisation_id, asked.status) == (nia.id, organisation.id, JoinStatus.WAITING)
    assert recipients("join_asked") == ["lead@example.org"]
    assert recipients("registration_same") == ["nia@example.org"]
    assert person_of(nia.id).organisations == {}
    assert count(Organisation) == 1
    with pytest.raises(NotNow):
        joining.establish(sent, "The Meadow Centre of Hull", by=officer)


def test_an_officer_says_it_is_another_one_under_a_name_of_its_own_and_without_the_others_number(organisation, lead, officer, nia):
    add_identifier(organisation, NUMBER, by=lead)
    sent = joining.register(None, described("Meadow Centre", NUMBER), by=nia)
    with pytest.raises(BadAnswer, match="already an organisation"):
        joining.establish(sent, "meadow  centre", by=officer)
    joining.establish(sent, "Meadow Centre, Hull", by=officer)
    registered = db.session.get_one(Organisation, again(sent).organisation_id)
    assert (registered.name, registered.identifiers) == ("Meadow Centre, Hull", [])
    assert person_of(nia.id).organisations == {registered.id: "lead"}
    assert [each.org_id for each in again(organisation).identifiers] == [NUMBER]
    assert recipients("registration_done") == ["nia@example.org"]


def test_only_an_officer_decides_about_a_registration_and_only_between_those_that_look_alike(make, organisation, officer, nia):
    sent = joining.register(None, described(), by=nia)
    for by in (nia, STRANGER, make.person(make.lead(organisation)), make.person(make.user("administrator"))):
        with pytest.raises(NotAllowed):
            joining.match(sent, organisation.id, by=by)
        with pytest.raises(NotAllowed):
            joining.establish(sent, "Another", by=by)
    with pytest.raises(NotNow):
        joining.match(sent, make.organisation("Something else").id, by=officer)
    own = joining.register(None, described("Meadow centre cic"), by=officer)
    with pytest.raises(NotAllowed):
        joining.establish(own, "Another", by=officer)


def test_what_the_office_refused_is_registered_anew_after_a_day_and_no_officer_is_mailed_before(organisation, officer, nia):
    joining.turn_down(joining.register(None, described("Meadow Centre"), by=nia, now=NOON), "No", by=officer, now=NOON)
    told = len(letters("registration_waits"))
    with pytest.raises(NotNow, match="less than 24 hours ago"):
        joining.register(None, described("MEADOW  centre"), by=nia, now=NOON + timedelta(hours=23))
    assert (len(letters("registration_waits")), count(Registration)) == (told, 1)
    joining.register(None, described("Meadow Centre"), by=nia, now=NOON + timedelta(hours=25))
    assert len(letters("registration_waits")) == told + 1


def test_an_officer_refuses_what_is_no_organisation_and_they_read_why(organisation, officer, nia):
    sent = joining.register(None, described("Meadow Centre"), by=nia)
    with pytest.raises(BadAnswer, match="why you refuse"):
        joining.turn_down(sent, " ", by=officer)
    with pytest.raises(NotAllowed):
        joining.turn_down(sent, "No", by=nia)
    joining.turn_down(sent, "Nobody meets there <b>", by=officer)
    sent = again(sent)
    assert (sent.status, sent.reason, sent.organisation_id, sent.decided_by_id) == (
        RegistrationStatus.REFUSED,
        "Nobody meets there <b>",
        None,
        officer.id,
    )
    [letter] = letters("registration_refused")
    assert (letter.recipient, letter.subject) == ("nia@example.org", "We did not register Meadow Centre")
    assert "Nobody meets there <b>" in letter.body and f"/registrations/{sent.id}" in letter.body
    assert person_of(nia.id).organisations == {} and count(Organisation) == 1
    event = db.session.scalars(select(Event).order_by(Event.seq.desc())).first()
    assert (event.action, event.details) == ("registration.refuse", {"user": str(nia.id)})
    with pytest.raises(NotNow):
        joining.establish(sent, "Another", by=officer)


def test_a_name_in_letters_that_can_be_taken_for_others_waits_for_an_officer(organisation, nia, officer):
    sent = joining.register(None, described("Me\u0430dow Centre \u3164"), by=nia)
    assert (sent.status, sent.organisation_id) == (RegistrationStatus.WAITING, None)
    joining.establish(sent, "Meadow Centre of Nia", by=officer)
    assert sent.status == RegistrationStatus.REGISTERED


def test_nobody_registers_what_they_belong_to(organisation, lead):
    with pytest.raises(BadAnswer, match="You belong to Meadow Centre already"):
        joining.register(None, described("The Meadow Centre"), by=lead)
    another = joining.register(None, described("Meadow Centre 2"), by=lead)
    assert another.status == RegistrationStatus.WAITING, "it only looks like it: an officer tells"


def test_nobody_fills_the_hub_within_a_day(nia):
    for number in range(REGISTERED_A_DAY):
        joining.register(None, described(f"Group {number}"), by=nia, now=NOON)
    with pytest.raises(NotNow, match="within a day"):
        joining.register(None, described("One more"), by=nia, now=NOON)
    assert count(Organisation) == REGISTERED_A_DAY


@pytest.mark.parametrize("details", [described("Some name", NUMBER), described("The same name")])
def test_of_ten_who_register_the_same_at_one_moment_one_succeeds_and_the_others_wait(app, make, details):
    people = [make.person(make.user()) for _ in range(10)]
    gate, told = threading.Barrier(len(people)), []

    def go(number, person):
        with app.app_context():
            gate.wait()
            told.append(joining.register(None, details | {"name": f"{details['name']} {'.' * number}"}, by=person).status)

    threads = [threading.Thread(target=go, args=each) for each in enumerate(people)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    db.session.rollback()
    assert sorted(told) == [RegistrationStatus.REGISTERED] + [RegistrationStatus.WAITING] * 9
    assert (count(Organisation), count(Registration), count(Membership)) == (1, 10, 1)


# Finding


def test_an_organisation_is_found_by_a_part_of_its_name_or_its_whole_number(make, organisation, lead):
    add_identifier(organisation, NUMBER, by=lead)
    make.organisation("Women's Aid & Advice")
    names = lambda text: [each.name for each in queries.found(text)]  # noqa: E731
    assert names("meadow") == names("MEADOW-cen") == names("the Meadow Centre Ltd") == ["Meadow Centre"]
    assert names("1012345") == names("gb-chc-1012345") == names(" 101 2345 ") == ["Meadow Centre"]
    assert names("womens aid and advice") == ["Women's Aid & Advice"]
    assert names("101234") == names("me") == names("%") == names("___") == names("") == []
    for number in range(30):
        make.organisation(f"Meadow {number}")
    assert len(names("meadow")) == queries.MOST_FOUND + 1
