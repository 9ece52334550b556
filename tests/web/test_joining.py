"""Coming by oneself: from a round to an account, to an organisation, back to the round; and what nobody sees on the way."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.actions import joining
from partnerhub.extensions import db
from partnerhub.models import Application, District, JoinRequest, Organisation, OrganisationIdentifier, PostcodeSector, Registration
from partnerhub.queries.organisations import district_of
from tests.browser import words_of
from tests.counting import assert_steady
from tests.signing_in import again, letters, link_to, take_token

OPEN = datetime(2025, 9, 27, 10, tzinfo=UTC)
GROUP = {"name": "Friday Club", "kind": "group", "postcode": "LE1 1AA", "scheme": "", "number": ""}


@pytest.fixture(autouse=True)
def _places(app):
    db.session.add(District(code="E06000016", name="Leicester", kind="unitary authority"))
    db.session.add(District(code="E07000129", name="Blaby", kind="district"))
    db.session.flush()
    db.session.add(PostcodeSector(sector="LE1 1", district_code="E06000016", units="AAABAD"))
    db.session.add(PostcodeSector(sector="LE1 1", district_code="E07000129", units="BADD"))
    db.session.commit()


@pytest.fixture
def nia(make):
    return make.user(name="Nia New", email="nia@example.org")


def test_a_stranger_starts_an_application_from_the_public_page(make, stranger):
    funding_round = make.funding_round()
    with clock.at(OPEN):
        begin = f"/rounds/{funding_round.id}/applications/begin"
        assert f'href="{begin}"' in stranger.get(f"/rounds/{funding_round.id}").text
        to_sign_in = stranger.get(begin).headers["Location"]
        page = stranger.get(to_sign_in)
        asks = f"/create-account?next={begin}"
        assert f'href="{asks}"' in page.text
        assert f'name="next" value="{begin}"' in stranger.get(asks).text
        stranger.post("/create-account", {"name": "Nia", "email": "nia@example.org", "next": begin})
        link = link_to("nia@example.org", "account")
        answer = stranger.post(link, {"name": "Nia", "new_password": "quite another phrase"})
        assert answer.headers["Location"] == begin
        take_token(stranger)
        assert f'href="/organisations/join?next={begin}"' in stranger.get(begin).text
        found = stranger.get(f"/organisations/join?q=Friday+Club&next={begin}")
        register = f"/organisations/register?name=Friday+Club&next={begin}"
        assert register.replace("&", "&amp;") in found.text
        assert 'value="Friday Club"' in stranger.get(register).text
        answer = stranger.post("/organisations/register", GROUP | {"next": begin})
        assert (answer.status_code, answer.headers["Location"]) == (303, begin)
        shown = stranger.get(begin)
        assert "Friday Club is registered, and you are its lead." in words_of(shown)
        organisation = db.session.scalars(select(Organisation)).one()
        assert organisation.district_code == "E06000016"
        assert stranger.post(begin, {"organisation": str(organisation.id)}).status_code == 303
    assert db.session.scalars(select(Application.organisation_id)).one() == organisation.id


def test_whoever_is_let_in_or_registered_later_is_led_back_to_the_round_they_came_from(make, browser, nia):
    organisation, begin = make.organisation("Friday Club"), f"/rounds/{make.funding_round().id}/applications/begin"
    lead, officer, asker = browser(make.lead(organisation)), browser(make.user("officer")), browser(nia)
    ask = f"/organisations/{organisation.id}/join?next={begin}"
    assert f'href="{ask}"' in asker.get(f"/organisations/join?q=Friday+Club&next={begin}").text
    assert f'name="next" value="{begin}"' in asker.get(ask).text
    address = asker.post(ask.partition("?")[0], {"next": begin}).headers["Location"]
    lead.post(f"{address}/approve", {"version": 1, "role": "member"})
    assert f'href="{begin}"' in asker.get(address).text
    assert re.search(rf"^https?://[^/\s]+{begin}$", letters("join_approved")[0].body, re.M)
    address = asker.post("/organisations/register", GROUP | {"name": "Friday Clubs", "next": begin}).headers["Location"]
    officer.post(f"{address}/establish", {"version": 1, "name": "Friday Clubs"})
    assert f'href="{begin}"' in asker.get(address).text
    assert re.search(rf"^https?://[^/\s]+{begin}$", letters("registration_done")[0].body, re.M)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/sign-out", "javascript:alert(1)"])
def test_nobody_is_led_out_of_the_hub(make, browser, nia, elsewhere):
    organisation = make.organisation("Friday Club")
    lead, asker = browser(make.lead(organisation)), browser(nia)
    address = asker.post(f"/organisations/{organisation.id}/join", {"next": elsewhere}).headers["Location"]
    lead.post(f"{address}/approve", {"version": 1, "role": "member"})
    assert "Grants you can apply for" in words_of(asker.get(address))
    asker.post("/organisations/register", GROUP | {"name": "Friday Clubs", "next": elsewhere})
    assert {*db.session.scalars(select(JoinRequest.then)), *db.session.scalars(select(Registration.then))} == {""}
    assert "evil" not in letters("join_approved")[0].body


def test_before_anybody_is_let_in_only_the_name_and_the_number_are_told(make, browser, nia):
    organisation = make.organisation("Meadow Centre", address="12 Hidden Lane", telephone="0116 496 0001", district_code="E07000129")
    make._kept(OrganisationIdentifier(org_id="GB-CHC-1012345", organisation_id=organisation.id))
    make.lead(organisation, name="Lena Lead", email="lena@example.org")
    make.member(organisation, name="Mia Member")
    signed_in = browser(nia)
    pages = [
        signed_in.get("/organisations/join?q=meadow"),
        signed_in.get("/organisations/join?q=1012345"),
        signed_in.get(f"/organisations/{organisation.id}/join"),
        signed_in.post(f"/organisations/{organisation.id}/join"),
        signed_in.get("/"),
        signed_in.get("/organisations/join"),
    ]
    pages.append(signed_in.get(pages[3].headers["Location"]))
    told = " ".join(page.text for page in pages)
    assert "Meadow Centre" in told and "1012345" in told
    for hidden in ("Lena", "lena@", "Mia", "Hidden Lane", "496 0001", "Blaby"):
        assert hidden not in told, hidden
    assert signed_in.get(f"/organisations/{organisation.id}").status_code == 404


def test_no_search_finds_people(make, browser, nia):
    organisation = make.organisation("Meadow Centre")
    make.lead(organisation, name="Lena Lead", email="lena@example.org")
    for sought in ("Lena", "lena@example.org", "example.org", "Lead"):
        assert "Nothing was found" in words_of(browser(nia).get("/organisations/join", query_string={"q": sought}))


def test_a_lead_decides_on_the_page_of_the_request_and_the_asker_sees_how_it_stands(make, browser, nia):
    organisation = make.organisation("Meadow Centre")
    lead, asker = browser(make.lead(organisation)), browser(nia)
    member = browser(make.member(organisation))
    address = asker.post(f"/organisations/{organisation.id}/join").headers["Location"]
    assert "Waiting for an answer" in words_of(asker.get(address)) and "Let them join" not in asker.get(address).text
    for page in ("/", f"/organisations/{organisation.id}"):
        assert address in lead.get(page).text, page
        assert "Nia New" not in member.get(page).text, page
    assert member.get(address).status_code == 404
    assert "nia@example.org" in lead.get(address).text
    asked = db.session.scalars(select(JoinRequest)).one()
    refused = lead.post(f"{address}/refuse", {"version": asked.version, "reason": ""})
    assert refused.status_code == 422 and "Write why you refuse" in words_of(refused)
    assert lead.post(f"{address}/refuse", {"version": asked.version, "reason": "We do not know you."}).status_code == 303
    assert lead.post(f"{address}/approve", {"version": asked.version, "role": "member"}).status_code == 409
    shown = words_of(asker.get(address))
    assert "We do not know you." in shown and "You can ask again after" in shown
    again_ = asker.post(f"/organisations/{organisation.id}/join")
    assert again_.status_code == 409 and "You were refused less than 24 hours ago" in words_of(again_)


def test_two_leads_who_decide_at_once_are_told(make, browser, nia):
    organisation = make.organisation()
    first, second = browser(make.lead(organisation)), browser(make.lead(organisation))
    asked = joining.ask_to_join(organisation, by=make.person(nia))
    seen = {"version": str(asked.version)}
    assert first.post(f"/joining/{asked.id}/approve", seen | {"role": "member"}).status_code == 303
    assert second.post(f"/joining/{asked.id}/refuse", seen | {"reason": "No"}).status_code == 409
    assert again(asked).reason == ""


def test_an_officer_refuses_a_registration_on_its_page(make, browser, nia):
    make.organisation("The Friday Club CIC")
    officer, asker = browser(make.user("officer")), browser(nia)
    address = asker.post("/organisations/register", GROUP).headers["Location"]
    version = db.session.scalars(select(Registration.version)).one()
    refused = officer.post(f"{address}/refuse", {"version": version, "reason": ""})
    assert refused.status_code == 422 and "Write why you refuse. Nothing was changed." in words_of(refused)
    answer = officer.post(f"{address}/refuse", {"version": version, "reason": "This is an advertisement"})
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    assert "They were told: This is an advertisement" in words_of(officer.get(address))
    assert "Refuse" not in re.findall(r"<button[^>]*>\s*(\w+)", officer.get(address).text)
    assert "We did not register it, for this reason: This is an advertisement" in words_of(asker.get(address))
    listed = officer.get("/joining")
    assert "Friday Club , by Nia" in words_of(listed) and f'href="{address}"' in listed.text


def test_what_looks_alike_waits_and_an_officer_sees_both_side_by_side(make, browser, nia):
    known = make.organisation("The Friday Club CIC", district_code="E07000129", website="https://known.example.org")
    officer, asker = browser(make.user("officer")), browser(nia)
    address = asker.post("/organisations/register", GROUP).headers["Location"]
    shown = words_of(asker.get(address))
    assert "Somebody at the office looks at it" in shown
    assert "The Friday Club CIC" not in shown and "known.example.org" not in shown, "which one it looks like is for the officer"
    assert "1 registration to decide" in words_of(officer.get("/"))
    assert address in officer.get("/joining").text
    page = officer.get(address)
    for said in ("Friday Club", "The Friday Club CIC", "Leicester, LE1 1AA", "Blaby", "nia@example.org", "known.example.org"):
        assert said in words_of(page), said
    sent = db.session.scalars(select(Registration)).one()
    taken = officer.post(f"{address}/establish", {"version": sent.version, "name": "the friday club cic"})
    assert taken.status_code == 422 and "There is already an organisation called" in words_of(taken)
    answer = officer.post(f"{address}/match/{known.id}", {"version": sent.version})
    assert answer.status_code == 303
    assert "It was in the hub already" in words_of(asker.get(address))
    assert "Join The Friday Club CIC" in words_of(asker.get("/"))
    assert officer.post(f"{address}/establish", {"version": sent.version, "name": "Other"}).status_code == 409


@pytest.mark.parametrize(
    ("typed", "status", "district"),
    [
        ({"postcode": "le1 1ab"}, 303, "E06000016"),
        ({"postcode": "LE11DD"}, 303, "E07000129"),
        ({"postcode": "LE1\u00a01BA"}, 303, "E07000129"),
        ({"postcode": "LE1 1ZZ"}, 422, None),
        ({"postcode": ""}, 422, None),
        ({"postcode": "LE1O 1AA"}, 422, None),
        ({"postcode": "LE1 1ZZ", "district_code": "E07000129"}, 303, "E07000129"),
        ({"postcode": "LE1 1ZZ", "district_code": "elsewhere"}, 303, None),
        ({"postcode": "", "district_code": "E07000129"}, 303, "E07000129"),
        ({"postcode": "", "district_code": "E99999999"}, 422, None),
        ({"postcode": "LE1 1AA", "district_code": "E07000129"}, 303, "E06000016"),
    ],
)
def test_the_district_is_found_from_the_postcode_or_asked_for(browser, nia, typed, status, district):
    answer = browser(nia).post("/organisations/register", GROUP | typed)
    assert answer.status_code == status, words_of(answer)
    if status == 303:
        assert db.session.scalars(select(Organisation.district_code)).one() == district
    else:
        assert 'value="Friday Club"' in answer.text and db.session.scalar(select(func.count()).select_from(Registration)) == 0


def test_an_unknown_postcode_is_a_question_and_no_mistake(browser, nia):
    signed_in = browser(nia)
    assert "None of these" not in signed_in.get("/organisations/register").text
    page = words_of(signed_in.post("/organisations/register", GROUP | {"postcode": "LE1 1ZZ"}))
    assert "We do not know the postcode LE1 1ZZ. Check it, or choose the district" in page and "None of these" in page


def test_no_name_of_an_organisation_or_a_person_holds_an_address(make, browser, nia, stranger):
    evil = "Your grant of £9,000 waits at http://evil.example"
    lead = browser(make.lead(make.organisation()))
    organisation = db.session.scalars(select(Organisation)).one()
    pages = [
        browser(nia).post("/organisations/register", GROUP | {"name": evil}),
        browser(make.user("officer")).post("/organisations/new", {"name": evil, "kind": "group"}),
        lead.post(f"/organisations/{organisation.id}/change", {"name": evil, "kind": "group", "version": organisation.version}),
        browser(nia).post("/account/name", {"name": "nia@evil.example"}),
        stranger.post("/create-account", {"name": "See www.evil.example", "email": "new@example.org"}),
    ]
    for page in pages:
        assert page.status_code == 422 and "Leave web and e-mail addresses out of it" in words_of(page)
    assert evil.replace("&", "&amp;") in pages[0].text, "what was typed is kept"


def test_a_number_of_the_wrong_form_is_refused_with_what_to_enter(browser, nia):
    page = browser(nia).post("/organisations/register", GROUP | {"scheme": "GB-CHC", "number": "12"})
    assert page.status_code == 422 and "6 or 7 digits" in words_of(page)


def test_the_home_page_of_somebody_without_an_organisation_leads_there_and_costs_the_same_for_many(make, browser, nia):
    signed_in = browser(nia)
    assert 'href="/organisations/join"' in signed_in.get("/").text

    def more():
        joining.ask_to_join(make.organisation(), by=make.person(nia))

    more()
    assert_steady(signed_in, "/", more)
    assert_steady(signed_in, "/organisations/join?q=example", lambda: make.organisation())
    assert_steady(browser(make.user("officer")), "/joining", more)


def test_no_postcode_is_found_across_the_letters_of_two(app):
    assert district_of("LE1 1AA") == "E06000016"
    assert district_of("LE1 1BA") == "E07000129"
    assert district_of("LE1 1DD") == "E07000129"
    assert district_of("LE1 1BD") is None, "the letters of BA and DD, not a postcode"
    assert district_of("LE1 2AA") is None
