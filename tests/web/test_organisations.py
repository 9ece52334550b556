"""Organisations as people meet them: found, read, added, changed, told apart by their numbers."""

import copy
import re

import pytest
from lxml import html
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from partnerhub import clock
from partnerhub.actions.applications import attach_file, save_answers, start_application, submit_application
from partnerhub.extensions import db
from partnerhub.forms.answers import Typed
from partnerhub.models import District, Event, Organisation, OrganisationIdentifier, ProfileAnswer
from partnerhub.queries.submissions import cells_of
from tests.actions.test_invitations import together
from tests.browser import words_of
from tests.counting import assert_steady

NEW = {
    "name": "Riverside Youth Club",
    "kind": "group",
    "district_code": "",
    "website": "riverside.example.org",
    "telephone": "",
    "address": "",
}


@pytest.fixture
def officer(make, browser):
    return browser(make.user("officer"))


def found(name):
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def identified(organisation, org_id):
    db.session.add(OrganisationIdentifier(org_id=org_id, organisation_id=organisation.id))
    db.session.commit()


def test_the_list_is_searched_by_part_of_a_name_or_a_number(make, officer):
    identified(make.organisation("Riverside Youth Club"), "GB-CHC-1012345")
    make.organisation("Hillside Trust")
    assert "Hillside Trust" in words_of(officer.get("/organisations"))
    for search in ("rIVER", "101 2345", "GB-CHC-1012345"):
        words = words_of(officer.get(f"/organisations?q={search}"))
        assert "Riverside Youth Club" in words and "Hillside Trust" not in words
    assert "Nothing was found" in words_of(officer.get("/organisations?q=%25"))


def test_a_list_of_more_than_fifty_has_pages(make, officer):
    for number in range(51):
        make.organisation(f"Group {number:02}")
    first, second = (words_of(officer.get(f"/organisations?page={page}")) for page in (1, 2))
    assert "Group 49" in first and "Group 50" not in first and "51 organisations" in first
    assert "Group 50" in second and "Group 49" not in second
    assert "Group 50" in words_of(officer.get("/organisations?page=99"))
    found = officer.get("/organisations?q=Group&page=1").text
    assert 'href="/organisations?q=Group&amp;page=2" aria-label="Page 2"' in found and 'rel="next"' in found and 'rel="prev"' not in found


def test_a_partner_does_not_find_the_list_nor_other_organisations(make, browser):
    ours, theirs = make.organisation(), make.organisation("Theirs")
    lead = browser(make.lead(ours))
    assert lead.get("/organisations").status_code == 404
    assert lead.get(f"/organisations/{theirs.id}").status_code == 404
    assert ours.name in words_of(lead.get(f"/organisations/{ours.id}"))


def test_an_officer_adds_an_organisation_with_its_number(officer):
    answer = officer.post("/organisations/new", NEW | {"scheme": "GB-COH", "number": " 123 4567 "})
    assert answer.status_code == 303
    made = found("Riverside Youth Club")
    assert made.website == "https://riverside.example.org" and made.district_code is None
    assert [each.org_id for each in made.identifiers] == ["GB-COH-01234567"]
    page = words_of(officer.get(answer.location))
    assert "Company, CIC or LLP 01234567" in page
    event = db.session.scalars(select(Event)).one()
    assert (event.action, event.organisation_id) == ("organisation.create", made.id)


def test_sent_twice_it_is_added_once(officer):
    officer.post("/organisations/new", NEW)
    answer = officer.post("/organisations/new", NEW | {"name": "riverside youth club"})
    assert answer.status_code == 422 and "There is already an organisation called" in words_of(answer)
    assert len(db.session.scalars(select(Organisation)).all()) == 1


def test_sent_by_several_at_the_same_moment_it_is_added_once_and_the_others_are_told(app, make, browser):
    officers = [browser(make.user("officer")) for _ in range(6)]
    told = together(app, [lambda who=who: who.post("/organisations/new", NEW) for who in officers])
    assert sorted(each.status_code for each in told) == [303, *[422] * 5]
    assert all(
        "There is already an organisation called “Riverside Youth Club”" in words_of(each) for each in told if each.status_code == 422
    )
    assert len(db.session.scalars(select(Organisation)).all()) == 1


def test_the_database_itself_refuses_a_second_organisation_of_one_name(make):
    make.organisation("École Riverside")
    with pytest.raises(IntegrityError):
        make.organisation("ÉCOLE  RIVERSIDE")
    db.session.rollback()


@pytest.mark.parametrize("name", ["Riverside\u200b Trust", "\uff32iverside Trust", "RIVERSIDE \u00a0trust", "Riverside Tr\u00adust"])
def test_names_that_look_the_same_are_the_same(make, name):
    make.organisation("Riverside Trust")
    with pytest.raises(IntegrityError):
        make.organisation(name)
    db.session.rollback()


def test_a_name_of_signs_that_stand_for_many_letters_is_kept(make):
    assert make.organisation("\ufdfa" * 200).name == "\ufdfa" * 200


def test_a_lead_does_not_learn_whether_another_organisation_is_in_the_hub(make, browser, officer):
    make.organisation("The Holder")
    ours = make.organisation("Ours")
    details = {"name": "the holder", "kind": "charity", "version": ours.version}
    told = words_of(browser(make.lead(ours)).post(f"/organisations/{ours.id}/change", details))
    assert "This name cannot be used as it is. Add your place to it, or call us." in told
    assert "already" not in told
    assert "There is already an organisation called" in words_of(officer.post(f"/organisations/{ours.id}/change", details))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Enter the organisation's name"),
        ({"name": "x" * 201}, "Name must be 200 characters or fewer. You have 201."),
        ({"kind": "circus"}, "Choose the kind of organisation"),
        ({"district_code": "E99999999"}, "Choose one of the options"),
        ({"telephone": "ring me"}, "Enter a telephone number"),
        ({"scheme": "GB-CHC", "number": "12"}, "Enter 6 or 7 digits"),
        ({"scheme": "", "number": "1012345"}, "Choose what kind of number this is"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(officer, fields, sentence):
    answer = officer.post("/organisations/new", NEW | fields)
    assert answer.status_code == 422
    assert sentence in words_of(answer) and "There is a problem" in words_of(answer)
    assert "https://riverside.example.org" in answer.text
    assert not db.session.scalars(select(Organisation)).all()


def test_a_number_belongs_to_one_organisation(make, officer):
    holder, other = make.organisation("The Holder"), make.organisation()
    identified(holder, "GB-CHC-1012345")
    answer = officer.post(f"/organisations/{other.id}/numbers", {"scheme": "GB-CHC", "number": "1012345", "version": other.version})
    assert answer.status_code == 422 and "already belongs to The Holder" in words_of(answer)


def test_a_lead_is_not_told_whose_number_it_is(make, browser):
    holder, ours = make.organisation("The Holder"), make.organisation()
    identified(holder, "GB-CHC-1012345")
    answer = browser(make.lead(ours)).post(
        f"/organisations/{ours.id}/numbers", {"scheme": "GB-CHC", "number": "1012345", "version": ours.version}
    )
    assert answer.status_code == 422
    assert "another organisation" in words_of(answer) and "The Holder" not in words_of(answer)


def test_numbers_are_added_and_removed(make, officer):
    organisation = make.organisation()
    path = f"/organisations/{organisation.id}/numbers"
    assert officer.post(path, {"scheme": "GB-CHC", "number": "1012345", "version": organisation.version}).status_code == 303
    assert "Charity in England and Wales 1012345" in words_of(officer.get(path))
    assert officer.post(f"{path}/remove", {"org_id": "GB-CHC-1012345"}).status_code == 303
    assert db.session.get(OrganisationIdentifier, "GB-CHC-1012345") is None
    assert [each.details for each in db.session.scalars(select(Event).order_by(Event.seq))] == [
        {"added": "GB-CHC-1012345"},
        {"removed": "GB-CHC-1012345"},
    ]


def test_a_lead_changes_the_details_of_their_own_organisation(make, browser):
    db.session.add(District(code="E06000017", name="Rutland", kind="unitary authority"))
    ours = make.organisation("Old name")
    lead = browser(make.lead(ours))
    fields = NEW | {"name": "New name", "kind": "charity", "district_code": "E06000017", "version": ours.version}
    assert lead.post(f"/organisations/{ours.id}/change", fields).status_code == 303
    words = words_of(lead.get(f"/organisations/{ours.id}"))
    assert "New name" in words and "Rutland" in words
    assert browser(make.member(ours)).get(f"/organisations/{ours.id}/change").status_code == 404


def test_the_second_of_two_changes_is_told(make, officer):
    organisation = make.organisation("Old name")
    path = f"/organisations/{organisation.id}/change"
    fields = NEW | {"kind": "charity", "version": organisation.version}
    assert officer.post(path, fields | {"name": "First"}).status_code == 303
    assert officer.post(path, fields | {"name": "Second"}).status_code == 409
    assert found("First").version == 2


def test_what_the_profile_holds_comes_back(make, browser):
    ours = make.organisation()
    lead = browser(make.lead(ours))
    path = f"/organisations/{ours.id}/profile"
    typed = {"legal_name": "Riverside Youth Club CIO", "town": "Oakham", "has_bank_account": "yes", "version": ours.version}
    assert lead.post(path, typed).status_code == 303
    assert "Riverside Youth Club CIO" in lead.get(path).text and "Oakham" in lead.get(path).text
    kept = {each.key: each.texts for each in db.session.scalars(select(ProfileAnswer))}
    assert kept["has_bank_account"] == {"": "yes"} and kept["address"]["town"] == "Oakham"
    assert set(kept) == {"legal_name", "has_bank_account", "address"}
    assert lead.post(path, typed | {"town": "Uppingham"}).status_code == 409  # the page was the old one
    event = db.session.scalars(select(Event).order_by(Event.seq.desc())).first()
    assert "Riverside" not in str(event.details)


def test_pages_of_organisations_cost_the_same_however_much_they_show(make, officer):
    organisation = make.organisation()
    identified(organisation, "GB-CHC-1000000")
    make.monitoring_return(make.agreement(provider=organisation), "2022-23 Q1")

    def fifty_more():
        service = make.service()
        for number in range(50):
            identified(make.organisation(), f"GB-CHC-{1000001 + number}")
            make.monitoring_return(make.agreement(service, organisation), "2022-23 Q2")

    for path in ("/organisations", f"/organisations/{organisation.id}", f"/organisations/{organisation.id}/numbers"):
        assert_steady(officer, path, fifty_more if path == "/organisations" else lambda: None)
    assert "SA-" in words_of(officer.get(f"/organisations/{organisation.id}"))


def test_an_organisations_own_page_costs_the_same_with_fifty_agreements(make, officer):
    organisation = make.organisation()
    make.monitoring_return(make.agreement(provider=organisation), "2022-23 Q1")

    def more():
        service = make.service()
        for _ in range(50):
            make.monitoring_return(make.agreement(service, organisation), "2022-23 Q2")

    assert_steady(officer, f"/organisations/{organisation.id}", more)


def test_every_region_of_the_page_has_a_name_of_its_own(make, officer):
    organisation = make.organisation()
    make.monitoring_return(make.agreement(make.service(), organisation))
    text = officer.get(f"/organisations/{organisation.id}").text
    headings = dict(re.findall(r'<h2[^>]* id="([^"]+)">([^<]+)</h2>', text))
    names = re.findall(r'role="region" aria-label="([^"]+)"', text)
    names += [headings[key] for key in re.findall(r'<section[^>]* aria-labelledby="([^"]+)"', text)]
    assert "Returns that are due" in names
    assert len(set(names)) == len(names)


def test_home_is_marked_in_the_navigation_only_when_it_is_here(officer):
    marked = re.compile(r'href="/" aria-current="true"')
    assert marked.search(officer.get("/").text)
    assert not marked.search(officer.get("/privacy").text)


APPLIES_WITH_PROFILE = {
    "questionnaire": "cites_the_profile",
    "title": "Cites the profile",
    "kind": "application",
    "sections": [
        {
            "key": "you",
            "title": "You",
            "questions": [
                {"key": "number", "type": "short_text", "label": "Charity number", "reuse": "identifier"},
                {"key": "site", "type": "short_text", "label": "Web site", "reuse": "website"},
                {
                    "key": "what",
                    "type": "single_choice",
                    "label": "What are you?",
                    "reuse": "kind",
                    "options": [{"key": "choir", "label": "Choir"}, {"key": "club", "label": "Club"}],
                },
                {
                    "key": "income",
                    "type": "single_choice",
                    "label": "Income",
                    "reuse": "income_band",
                    "options": [{"key": "little", "label": "Under £10,000"}],
                },
                {
                    "key": "year",
                    "type": "table",
                    "label": "Last year",
                    "limit": {"rows": 1},
                    "reuse": "last_year",
                    "columns": [
                        {"key": "year_end", "type": "month", "label": "Year ended"},
                        {"key": "income", "type": "money", "label": "Income"},
                    ],
                },
                {"key": "paper", "type": "file", "label": "Accounts", "reuse": "accounts", "limit": {"files": 1}},
            ],
        }
    ],
}


def test_what_forms_cite_is_filled_in_in_the_profile_and_comes_into_the_next_application(make, browser):
    ours, version = make.organisation(website="https://example.org"), make.version(APPLIES_WITH_PROFILE)
    identified(ours, "GB-CHC-1000000")
    user = make.lead(ours)
    lead, path = browser(user), f"/organisations/{ours.id}/profile"
    assert "Choir" in words_of(lead.get(path)) and "Under £10,000" in words_of(lead.get(path))
    typed = {"kind": "choir", "income_band": "little", "year_end": "March 2026", "income": "12,000"}
    for wrong in ({"kind": "band"}, {"year_end": "soon"}, {"income": "lots"}):
        assert lead.post(path, typed | wrong | {"version": ours.version}).status_code == 422
    assert lead.post(path, typed | {"version": ours.version}).status_code == 303
    fund_round = make.funding_round(None, version)
    with clock.at(fund_round.opens_at):
        application = start_application(ours, fund_round, by=make.person(user))
    texts = {place: cell.text for place, cell in cells_of(application.submission_id).items()}
    assert texts == {
        ("number", ""): "1000000",
        ("site", ""): "https://example.org",
        ("what", ""): "choir",
        ("income", ""): "little",
        ("year", "r1.year_end"): "March 2026",
        ("year", "r1.income"): "12,000",
    }


def test_after_sending_a_lead_may_keep_what_was_said_in_the_profile_and_what_was_sent_among_the_documents(make, browser, app):
    ours, version = make.organisation(), make.version(APPLIES_WITH_PROFILE)
    user, fund_round = make.lead(ours), make.funding_round(None, version)
    application, by = make.application(fund_round, ours), make.person(user)
    said = {("what", ""): "club", ("year", "r1.income"): "5", ("number", ""): "1000001"}
    with clock.at(fund_round.opens_at):
        save_answers(application, {place: Typed(text, 0) for place, text in said.items()}, by=by)
        attach_file(application, "paper", "a.pdf", b"%PDF-1.7 a", app.config["HUB"].files_folder, by=by)
        submit_application(application, by=by)
        lead, member = browser(user), browser(make.member(ours))
        receipt, keep = f"/applications/{application.id}/receipt", f"/applications/{application.id}/keep"
        assert "Keep for next time" in words_of(lead.get(receipt)) and "Keep for next time" not in words_of(member.get(receipt))
        assert member.post(keep).status_code == 404
        assert lead.post(keep).status_code == 303
        assert "Keep for next time" not in words_of(lead.get(receipt)), "nothing is left to keep"
        assert "Accounts" in words_of(lead.get(f"/organisations/{ours.id}/documents"))
    kept = {each.key: each.texts for each in db.session.scalars(select(ProfileAnswer))}
    assert kept == {"kind": {"": "club"}, "last_year": {"r1.year_end": "", "r1.income": "5"}}


def test_a_section_in_which_only_the_profile_stands_says_so_until_somebody_types_there(make, browser):
    document = copy.deepcopy(APPLIES_WITH_PROFILE) | {"questionnaire": "half_known"}
    document["sections"][0]["questions"][2]["required"] = True
    document["sections"].append(
        {"key": "more", "title": "More", "questions": [{"key": "why", "type": "short_text", "label": "Why", "required": True}]}
    )
    ours, version = make.organisation(website="https://example.org"), make.version(document)
    user, fund_round = make.lead(ours), make.funding_round(None, version)

    def states():
        page = html.fromstring(browser(user).get(f"/applications/{application.id}").text)
        return [" ".join(each.text_content().split()) for each in page.xpath("//*[contains(@class, 'govuk-task-list__status')]")]

    with clock.at(fund_round.opens_at):
        application = start_application(ours, fund_round, by=make.person(user))
        assert states() == ["Partly filled in from your organisation’s profile: check it", "Not started"]
        site = cells_of(application.submission_id)["site", ""]
        save_answers(application, {("site", ""): Typed("https://example.net", site.revision)}, by=make.person(user))
        assert states() == ["In progress", "Not started"]
        save_answers(application, {("what", ""): Typed("choir", 0)}, by=make.person(user))
        assert states() == ["Done", "Not started"]
