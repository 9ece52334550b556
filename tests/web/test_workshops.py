"""Bid workshops: added by the office, booked by whoever is signed in, never by more people than there are places."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import BidWorkshop, Event, WorkshopBooking
from tests.browser import words_of
from tests.counting import assert_steady

DURING = datetime(2025, 9, 27, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def during():
    with clock.at(DURING):
        yield


@pytest.fixture
def officer(make, browser):
    return browser(make.user("officer"))


@pytest.fixture
def volunteer(make, browser):
    return browser(make.user())


def booked():
    return db.session.scalar(select(func.count()).select_from(WorkshopBooking))


FIELDS = {"on": ["30", "9", "2025"], "at": "6pm", "place": "Town hall", "places": "2"}


def test_a_workshop_is_added_and_stands_on_the_public_page(make, officer, stranger):
    funding_round = make.funding_round()
    address = f"/rounds/{funding_round.id}"
    assert "Bid workshops" not in words_of(stranger.get(address))
    assert officer.post(f"{address}/workshops/new", FIELDS).status_code == 303
    page = words_of(stranger.get(address))
    assert "Tuesday 30 September, 6pm (British time) Town hall 2 places left. Sign in to book a place" in page
    assert db.session.scalars(select(BidWorkshop)).one().at == datetime(2025, 9, 30, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"on": ["27", "9", "2025"], "at": "12:00"}, "must be still to come"),
        ({"on": ["6", "10", "2025"], "at": "noon"}, "must be before the round closes"),
        ({"on": ["26", "10", "2025"], "at": "1:15am"}, "happens twice"),
        ({"places": "0"}, "must be between 1 and 1,000"),
        ({"place": ""}, "Say where it is"),
        ({"at": "six"}, "must be a time, like 12:00 or 5pm"),
        ({"on": ["31", "9", "2025"]}, "must be a real date"),
    ],
)
def test_a_workshop_that_helps_nobody_is_told(make, officer, changes, sentence):
    answer = officer.post(f"/rounds/{make.funding_round().id}/workshops/new", FIELDS | changes)
    assert answer.status_code == 422 and sentence in words_of(answer)
    assert db.session.scalar(select(func.count()).select_from(BidWorkshop)) == 0


def test_a_place_is_booked_once_and_given_back(make, volunteer, stranger):
    workshop = make.workshop(make.funding_round())
    page, here = f"/rounds/{workshop.round_id}", f"/rounds/{workshop.round_id}/workshops/{workshop.id}"
    assert "20 places left" in words_of(volunteer.get(page))
    assert stranger.post(f"{here}/book").status_code in (303, 401) and booked() == 0
    for _ in range(2):
        answer = volunteer.post(f"{here}/book")
        assert answer.status_code == 303 and answer.location.endswith("#workshops")
    assert booked() == 1
    assert "You have a place. Give my place back" in words_of(volunteer.get(page)) and "19 places left" in words_of(stranger.get(page))
    for _ in range(2):
        assert volunteer.post(f"{here}/cancel").status_code == 303
    assert booked() == 0
    assert [each.action for each in db.session.scalars(select(Event).order_by(Event.seq))] == ["workshop.book", "workshop.cancel"]


def test_the_last_place_is_given_once(make, browser, volunteer):
    workshop = make.workshop(make.funding_round(), places=1)
    here = f"/rounds/{workshop.round_id}/workshops/{workshop.id}"
    assert volunteer.post(f"{here}/book").status_code == 303
    late = browser(make.user())
    refused = late.post(f"{here}/book")
    assert refused.status_code == 409 and "The last place has just been taken" in words_of(refused)
    assert "No places left" in words_of(late.get(f"/rounds/{workshop.round_id}")) and booked() == 1


def test_what_is_over_cannot_be_booked(make, volunteer):
    workshop = make.workshop(make.funding_round(), at=DURING)
    refused = volunteer.post(f"/rounds/{workshop.round_id}/workshops/{workshop.id}/book")
    assert refused.status_code == 409 and "is over" in words_of(refused) and booked() == 0
    assert "This one is over." in words_of(volunteer.get(f"/rounds/{workshop.round_id}"))


def test_the_workshop_of_a_round_in_preparation_does_not_exist_outside_the_office(make, volunteer, officer):
    workshop = make.workshop(make.funding_round(status="draft"))
    here = f"/rounds/{workshop.round_id}/workshops/{workshop.id}"
    assert volunteer.post(f"{here}/book").status_code == 404
    refused = officer.post(f"{here}/book")
    assert refused.status_code == 409 and "not published yet" in words_of(refused) and booked() == 0


def test_a_workshop_belongs_to_its_round(make, volunteer):
    workshop, other = make.workshop(make.funding_round()), make.funding_round()
    assert volunteer.post(f"/rounds/{other.id}/workshops/{workshop.id}/book").status_code == 404 and booked() == 0


def test_only_the_office_reads_who_comes(make, browser, volunteer, officer):
    workshop = make.workshop(make.funding_round())
    here = f"/rounds/{workshop.round_id}/workshops/{workshop.id}"
    guest = browser(make.user(name="Pat Example", email="pat@example.org"))
    guest.post(f"{here}/book")
    assert "Pat Example pat@example.org" in words_of(officer.get(here)) and "1 of 20 places booked" in words_of(officer.get(here))
    assert officer.get(f"{here}.json").json == [
        {"name": "Pat Example", "email": "pat@example.org", "booked_at": "2025-09-27T13:00:00+01:00"}
    ]
    assert volunteer.get(here).status_code == volunteer.get(f"{here}.csv").status_code == 404
    assert "Pat Example" not in volunteer.get(f"/rounds/{workshop.round_id}").text


def test_the_page_needs_as_many_statements_however_many_come(make, volunteer, officer, browser):
    workshop = make.workshop(make.funding_round())

    def more():
        another = make.workshop(workshop.funding_round)
        for _ in range(6):
            user = make.user()
            for each in (workshop.id, another.id):
                db.session.add(WorkshopBooking(workshop_id=each, user_id=user.id, at=DURING))
        db.session.commit()

    more()
    assert_steady(volunteer, f"/rounds/{workshop.round_id}", more)
    assert_steady(officer, f"/rounds/{workshop.round_id}/workshops/{workshop.id}", more)
