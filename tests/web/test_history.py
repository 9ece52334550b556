"""The history as its readers see it, and the check that finds whatever was done to it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, text

from partnerhub.actions.doing import Deed, append_event, writing
from partnerhub.actions.people import rename
from partnerhub.actions.questionnaires import load_library, load_questionnaire, publish_questionnaire
from partnerhub.extensions import db
from partnerhub.models import (
    BidWorkshop,
    BreakdownDefinition,
    Event,
    ImportBatch,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    Payment,
    Priority,
    Registration,
    StoredFile,
    Variation,
)
from partnerhub.models import triggers as guards
from partnerhub.queries.history import broken_links
from partnerhub.rules.policy import HUB
from partnerhub.rules.words import THING_LABELS
from partnerhub.web.history import DEEDS, PAGES
from tests.browser import words_of
from tests.make import LONG_AGO, SMALL_RETURN
from tests.panel import FULL_MARKS, decided, panel


@pytest.fixture
def told(make):
    """Some deeds of two people; the second belongs to an organisation and was invited there."""
    first, second = make.user(name="Ann Example", email="ann@example.org"), make.user(name="Ben Example", email="ben@example.org")
    for number in range(3):
        rename(first, f"Ann {number}", by=make.person(first))
        rename(second, f"Ben {number}", by=make.person(second))
    return first, second


def rows(page) -> str:
    return words_of(page).split("When Who What")[-1]


def test_deeds_are_listed_newest_first_with_names(make, browser, told):
    page = rows(browser(make.user("auditor")).get("/history"))
    assert page.index("after: Ben 2") < page.index("after: Ann 0")
    assert "Ann 2" in page


def test_the_history_is_filtered_in_the_address(make, browser, told):
    organisation = make.organisation("Example Advocacy")
    administrator = browser(make.user("administrator"))
    administrator.post(f"/organisations/{organisation.id}/invitations", {"email": "x@example.org", "role": "lead"})
    assert "Ann" not in rows(administrator.get("/history?person=ben@example"))
    assert "Ben 2" in rows(administrator.get("/history?person=ben@example"))
    by_deed = rows(administrator.get("/history?deed=organisation.invite"))
    assert "invited somebody" in by_deed
    assert "changed their name" not in by_deed
    by_place = rows(administrator.get("/history?organisation=advocacy"))
    assert "invited somebody" in by_place
    assert "changed their name" not in by_place
    assert "Nothing found" in words_of(administrator.get("/history?organisation=nowhere"))


def test_every_deed_of_the_filter_has_words_of_its_own():
    assert len(set(DEEDS.values())) == len(DEEDS)


def test_what_concerns_a_person_is_found_as_well_as_what_they_did(make, browser, told):
    administrator = make.user("administrator", name="Ada")
    browser(administrator).post(f"/people/{told[0].id}/close")
    assert "closed the account" in rows(browser(administrator).get("/history?person=ann@"))


def test_pages_follow_each_other_without_gap_or_repetition(make, browser):
    user = make.user(name="Ann")
    for number in range(120):
        rename(user, f"Ann {number}", by=make.person(user))
    auditor, address, seen = browser(make.user("auditor")), "/history?deed=person.rename", []
    while address:
        page = auditor.get(address).text
        seen += [int(each.split("<")[0].replace(",", "")) for each in page.split(">number ")[1:]]
        address = page.split('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&") if 'rel="next"' in page else ""
    assert seen == list(range(120, 0, -1))


def test_erased_personal_values_are_said_to_be_erased(make, browser, told):
    db.session.execute(text("DELETE FROM event_person"))
    db.session.commit()
    page = rows(browser(make.user("auditor")).get("/history"))
    assert "Personal details were erased" in page
    assert "after: Ann" not in page
    assert list(broken_links()) == []


def test_nobody_else_reads_the_history(make, browser, told):
    for who in (make.user("officer", "director", "finance", "chair"), make.lead(make.organisation())):
        assert browser(who).get("/history").status_code == 404


# The chain


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_how_an_applicant_is_marked_is_left_out_for_whoever_belongs_to_it(make, browser, role):
    made = panel(make, 2, marks=[{"need": "135", "cost": "444"}], moderated=True)
    own, other = made.bids
    one, apart = browser(make.insider(role, own.organisation)), browser(make.user(role))
    marking = ("application.assign", "score.finish", "moderation.agree")
    told = {(each, str(other.id)) for each in marking} | {("application.confirm", str(own.id))}
    hidden = {(each, str(own.id)) for each in marking}

    def deeds(reader):
        return {(line["action"], line["about_id"]) for line in reader.get("/history.json").json}

    assert told <= deeds(one) and not hidden & deeds(one)
    assert told | hidden <= deeds(apart)
    page = rows(one.get("/history?deed=score.finish"))
    assert other.reference in page and own.reference not in page
    assert list(broken_links()) == []


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_the_decision_on_an_applicant_is_left_out_for_whoever_belongs_to_it(make, browser, role):
    made = panel(make, 4, marks=FULL_MARKS, moderated=True)
    decided(make, made, 800, "Because the money ends there.")
    pages = ("/history", "/history.csv", "/history.json?deed=decision.approve", "/history?deed=round.decide")

    def told(reader):
        return " ".join(browser(reader).get(page).text for page in pages)

    words = ("Because the money ends there", "80%", "370350", "approved the decision")
    assert [word for word in words if word in told(make.insider(role, made.bids[1].organisation))] == []
    assert [word for word in words if word in told(make.user(role))] == list(words)


def test_a_history_as_it_was_written_holds(told):
    assert list(broken_links()) == []


def test_an_empty_history_holds(app):
    assert list(broken_links()) == []


ATTACKS = {
    "UPDATE event SET says = 'did nothing' WHERE seq = 2": [2],
    "UPDATE event SET actor_id = NULL WHERE seq = 3": [3],
    "UPDATE event SET details = '{\"x\": 1}' WHERE seq = 1": [1],
    "DELETE FROM event WHERE seq = 4": [5],
    "DELETE FROM event WHERE seq = 6": [6],
    "DELETE FROM event WHERE seq <= 6": [6],
    "UPDATE event SET hash = '" + "a" * 64 + "' WHERE seq = 2": [2, 3],
    "UPDATE history_head SET seq = 5": [5],
}


@pytest.mark.parametrize(("attack", "found"), ATTACKS.items())
def test_whatever_is_done_to_it_behind_the_hubs_back_is_found(app, told, attack, found):
    with db.engine.begin() as connection:
        without_triggers(connection)
        connection.exec_driver_sql(attack)
        guards.install(connection)
    assert [link.seq for link in broken_links()] == found
    assert all(str(link).startswith(f"history, event {link.seq}: ") for link in broken_links())


def without_triggers(connection) -> None:
    """As somebody with all rights on the database could do."""
    for deed in ("update", "delete"):
        on = " ON event" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER event_no_{deed}{on}")


def test_events_about_an_organisation_lead_to_its_page(make, browser):
    organisation = make.organisation("Example Advocacy")
    administrator = browser(make.user("administrator"))
    administrator.post(f"/people/{make.user(name='Ann').id}/close")
    page = administrator.get("/history").text
    person = db.session.scalars(select(Event.about_id)).one()
    assert f'href="/people/{person}"' in page
    assert db.session.get(Organisation, organisation.id) is not None


def _of_a_grant(make, asked_by):
    """The decision, the letter, and what came of it."""
    award = make.award()
    agreement = award.agreements[0]
    common = {"award_id": award.id, "round_id": award.round_id, "organisation_id": award.organisation_id, "number": 1}
    payment = make._kept(Payment(**common, amount=100))
    variation = make._kept(Variation(**common, what="More time", why="Rain", asked_by_id=asked_by.id, asked_at=LONG_AGO))
    letter = make.letter(award.decision, award.application, status="released")
    return [award, award.decision, letter, agreement, agreement.template, payment, variation]


@pytest.fixture
def one_of_each(make):
    """A thing of every kind that an event can be about, each with a line in the history."""
    monitoring_return = make.monitoring_return()
    member = make.member(monitoring_return.organisation)
    membership = db.session.scalars(select(Membership).where(Membership.user_id == member.id)).one()
    agreement, service = monitoring_return.agreement, monitoring_return.service
    invitation = Invitation(token_hash="t", email="a@example.org", role="lead", created_at=LONG_AGO, expires_at=LONG_AGO)
    things = [member, membership, monitoring_return, monitoring_return.organisation, monitoring_return.period, agreement, service]
    things += [make.programme(), make._kept(invitation), make._kept(BreakdownDefinition(key="sex", categories=[], updated_at=LONG_AGO))]
    things.append(make._kept(ImportBatch(file_name="f.csv", digest="d" * 64, source="a report", rows=1, at=LONG_AGO)))
    kept = {"question_key": "accounts", "name": "a.pdf", "media_type": "application/pdf", "size": 1, "digest": "d" * 64, "at": LONG_AGO}
    things.append(make._kept(StoredFile(submission_id=monitoring_return.submission_id, **kept)))
    funding_round = make.funding_round()
    things += [funding_round, funding_round.fund]
    things.append(make._kept(BidWorkshop(round_id=funding_round.id, at=LONG_AGO, place="Town hall", places=20)))
    things.append(make._kept(Priority(scheme="plan", key="safety", label="Safety", starts=LONG_AGO.date())))
    asked = {"user_id": member.id, "asked_at": LONG_AGO}
    things.append(make._kept(JoinRequest(organisation_id=monitoring_return.organisation_id, **asked)))
    things.append(make._kept(Registration(name="Example choir", kind="group", **asked)))
    things += [make.application(), make.document(), *_of_a_grant(make, member)]
    for thing in things:
        with writing():
            append_event("organisation.change", "did something", thing, Deed(), LONG_AGO)
    version, _ = load_questionnaire(None, SMALL_RETURN | {"questionnaire": "another_return"}, by=HUB)
    publish_questionnaire(version, by=HUB)
    load_library(None, {"indicators": SMALL_RETURN["indicators"], "breakdowns": {}}, by=HUB)


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_whatever_an_event_is_about_has_its_name_and_its_link_leads_somewhere(browser, make, one_of_each, role):
    assert set(db.session.scalars(select(Event.about_kind))) == set(THING_LABELS)
    reader = browser(make.user(role))
    page = reader.get("/history")
    assert page.status_code == 200
    for words in THING_LABELS.values():
        assert f"({words}" in words_of(page).replace("( ", "("), words
    links = re.findall(r'<a class="govuk-link" href="([^"]+)">[^<]*<span class="govuk-visually-hidden"> of event', page.text)
    assert len(links) == len(PAGES) + 1, "the form is loaded and published"
    assert {link: reader.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_fingerprints_stay_out_of_the_page_and_stand_in_the_files(browser, make, one_of_each):
    page = browser(make.user("auditor")).get("/history")
    digest = db.session.scalars(select(Event).where(Event.action == "questionnaire.publish")).one().details["digest"]
    assert digest[:8] not in page.text and "digest" not in words_of(page)
    assert "questionnaire:" in words_of(page), "what stands beside it is told"
    assert digest in browser(make.user("auditor")).get("/history.json").text
