"""Priorities as the office keeps them, and as rounds offer them: what is in force on the day a round opens."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.catalogue import reading
from partnerhub.cli import hub
from partnerhub.extensions import db
from partnerhub.models import District, Event, Priority
from partnerhub.queries.questionnaires import choices, choices_of, public_choices
from tests.browser import words_of
from tests.counting import assert_steady
from tests.make import SMALL_APPLICATION

DURING = datetime(2025, 9, 27, 12, tzinfo=UTC)


@pytest.fixture
def officer(make, browser):
    return browser(make.user("officer"))


def counted():
    return db.session.scalar(select(func.count()).select_from(Priority))


FIELDS = {"scheme": "Police crime plan", "label": "Rural crime", "district_code": "", "starts": ["1", "4", "2024"]}


def test_a_priority_is_added_and_ended_on_the_screen(officer):
    assert officer.post("/priorities/new", FIELDS).status_code == 303
    added = db.session.scalars(select(Priority)).one()
    assert (added.scheme, added.key, added.starts, added.ends) == ("police_crime_plan", "rural_crime", date(2024, 4, 1), None)
    page = words_of(officer.get("/priorities"))
    assert "Police crime plan" in page and "Rural crime 1 April 2024 End it" in page
    assert officer.post(f"/priorities/{added.id}/end", {"ends": ["31", "5", "2028"]}).status_code == 303
    assert "Rural crime 1 April 2024 31 May 2028" in words_of(officer.get("/priorities"))
    refused = officer.post(f"/priorities/{added.id}/end", {"ends": ["31", "3", "2024"]})
    assert refused.status_code == 422 and "must not be before the first day" in words_of(refused)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"scheme": "1st"}, "Enter a list name"),
        ({"scheme": ""}, "Enter the list it belongs to"),
        ({"label": ""}, "Enter the priority"),
        ({"starts": ["31", "2", "2024"]}, "must be a real date"),
        ({"district_code": "E0"}, "Choose one of the options"),
    ],
)
def test_a_priority_that_cannot_be_kept_is_told(officer, changes, sentence):
    answer = officer.post("/priorities/new", FIELDS | changes)
    assert answer.status_code == 422 and sentence in words_of(answer) and counted() == 0


def test_a_priority_is_in_its_list_once_at_a_time(make, officer):
    make.priority("Rural crime", scheme="police_crime_plan", key="rural_crime", ends=date(2024, 12, 31))
    refused = officer.post("/priorities/new", FIELDS | {"starts": ["31", "12", "2024"]})
    assert refused.status_code == 422 and "End it before it begins anew" in words_of(refused)
    assert officer.post("/priorities/new", FIELDS | {"starts": ["1", "1", "2025"]}).status_code == 303


@pytest.mark.parametrize(
    ("day", "labels"),
    [
        (date(2024, 3, 31), []),
        (date(2024, 4, 1), ["Old", "Both"]),
        (date(2025, 8, 31), ["Old", "Both"]),
        (date(2025, 9, 1), ["Both", "New"]),
    ],
)
def test_a_form_offers_what_is_in_force_on_the_day(make, day, labels):
    make.priority("Old", ends=date(2025, 8, 31))
    make.priority("Both")
    make.priority("New", starts=date(2025, 9, 1))
    for offered in (choices(None, day), public_choices(day)):
        assert [each.label for each in offered["priorities.zones"]] == labels
        assert offered["priorities.unknown"] == ()
    assert "organisations" not in public_choices(day)


def test_a_round_shows_the_priorities_of_the_day_it_opens(make, stranger):
    question = {"key": "zone", "type": "single_choice", "label": "Which zone?", "options_from": "priorities.zones"}
    stops = question | {"stop_if": "zone == 'zone_old'", "stop_message": "That zone is over."}
    section = {"key": "where", "title": "Where", "questions": [stops]}
    version = make.version(SMALL_APPLICATION | {"questionnaire": "zoned", "sections": [section, *SMALL_APPLICATION["sections"][1:]]})
    make.priority("Ends before", ends=date(2025, 8, 31))
    make.priority("The Old Mill", key="zone_old", ends=date(2025, 9, 1))
    make.priority("Begins later", starts=date(2025, 9, 2))
    funding_round = make.funding_round(version=version)
    with clock.at(DURING):
        page = words_of(stranger.get(f"/rounds/{funding_round.id}"))
        check = words_of(stranger.get(f"/rounds/{funding_round.id}/eligibility"))
        no = words_of(stranger.get(f"/rounds/{funding_round.id}/eligibility?seen=zone&q_zone=zone_old"))
    assert "The Old Mill" in page and "Ends before" not in page and "Begins later" not in page
    assert "The Old Mill" in check and "Begins later" not in check and "That zone is over." in no


def test_an_application_keeps_the_list_of_the_day_its_round_opened(make):
    make.priority("The Old Mill", ends=date(2025, 9, 1))
    make.priority("Begins later", starts=date(2025, 9, 2))
    application = make.application(make.funding_round())
    with clock.at(datetime(2027, 1, 1, tzinfo=UTC)):
        assert [each.label for each in choices_of(application)["priorities.zones"]] == ["The Old Mill"]
        assert [each.label for each in choices_of(make.monitoring_return())["priorities.zones"]] == ["Begins later"]


def test_the_list_is_a_file_too_and_only_the_offices(make, officer, browser):
    db.session.add(District(code="E06000016", name="Leicester", kind="unitary authority"))
    db.session.commit()
    make.priority("New Parks", key="new_parks", district_code="E06000016")
    [row] = officer.get("/priorities.json").json
    told = {"list": "zones", "priority": "New Parks", "district": "Leicester", "starts": "2024-04-01", "ends": None}
    assert row | told == row
    lead = browser(make.lead(make.organisation()))
    assert lead.get("/priorities").status_code == lead.get("/priorities.csv").status_code == lead.get("/priorities/new").status_code == 404


def test_loading_files_adds_what_is_missing_and_leaves_what_staff_changed(app):
    run = app.test_cli_runner()
    load = ["catalogue", "load", str(reading.HOUSE / "priorities")]
    first = run.invoke(hub, load)
    assert first.exit_code == 0 and "priorities: 9 new" in first.output
    vawg = db.session.scalars(select(Priority).where(Priority.key == "vawg")).one()
    vawg.ends = date(2026, 1, 1)
    db.session.commit()
    again = run.invoke(hub, load)
    assert "priorities: nothing new" in again.output and counted() == 9
    assert db.session.scalars(select(Priority).where(Priority.key == "vawg")).one().ends == date(2026, 1, 1)
    assert [each.action for each in db.session.scalars(select(Event))] == ["priority.load"]


def test_the_page_needs_as_many_statements_however_long_the_lists_are(make, officer):
    make.priority()
    assert_steady(officer, "/priorities", lambda: [make.priority() for _ in range(20)])
