"""Agreements draw up what is owed: whole periods inside their dates, each once, due by the period's date."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select

from partnerhub.actions.agreements import copy_into_next_year, draw_up
from partnerhub.extensions import db
from partnerhub.models import Answer, Event, MonitoringReturn, ReportingPeriod, ServiceAgreement, Submission
from partnerhub.rules.errors import NotAllowed, NotNow
from partnerhub.rules.policy import HUB


def labels(returns):
    return [each.period.label for each in returns]


def test_a_year_of_quarters_is_drawn_up_due_and_empty(make):
    agreement = make.agreement()
    drawn = draw_up(agreement, by=make.person(make.user("officer")))
    assert labels(drawn) == ["2022-23 Q1", "2022-23 Q2", "2022-23 Q3", "2022-23 Q4"]
    assert {each.status for each in drawn} == {"due"}
    assert drawn[0].due_on == date(2022, 7, 21)  # fifteen working days after 30 June
    assert drawn[3].due_on == date(2023, 4, 25)  # Good Friday and Easter Monday are not counted
    assert {each.organisation_id for each in drawn} == {agreement.organisation_id}
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 4
    assert db.session.scalar(select(func.count()).select_from(Answer)) == 0
    assert db.session.scalars(select(Event)).one().details["periods"] == labels(drawn)


@pytest.mark.parametrize(
    ("frequency", "starts", "ends", "owed"),
    [
        ("quarter", date(2022, 5, 1), date(2022, 12, 31), ["2022-23 Q2", "2022-23 Q3"]),
        ("quarter", date(2022, 4, 2), date(2022, 9, 29), []),
        ("month", date(2022, 4, 1), date(2022, 6, 29), ["April 2022", "May 2022"]),
        ("half_year", date(2022, 4, 1), date(2023, 3, 31), ["2022-23 H1", "2022-23 H2"]),
        ("year", date(2022, 4, 1), date(2024, 3, 30), ["2022-23"]),
    ],
)
def test_only_whole_periods_inside_the_agreement_are_owed(make, frequency, starts, ends, owed):
    assert labels(draw_up(make.agreement(frequency=frequency, starts=starts, ends=ends), by=HUB)) == owed


def test_pressing_twice_draws_up_nothing_more(make):
    agreement = make.agreement()
    draw_up(agreement, by=HUB)
    assert draw_up(agreement, by=HUB) == []
    assert db.session.scalar(select(func.count()).select_from(MonitoringReturn)) == 4
    assert db.session.scalar(select(func.count()).select_from(Event)) == 1


def test_what_was_missing_is_added_and_periods_that_exist_keep_their_due_date(make):
    agreement = make.agreement()
    make.monitoring_return(agreement, "2022-23 Q1")
    make.period("2022-23 Q2", due_on=date(2022, 10, 31))
    drawn = draw_up(agreement, by=HUB)
    assert labels(drawn) == ["2022-23 Q2", "2022-23 Q3", "2022-23 Q4"]
    assert drawn[0].due_on == date(2022, 10, 31)


def test_two_agreements_share_their_periods(make):
    draw_up(make.agreement(), by=HUB)
    draw_up(make.agreement(), by=HUB)
    assert db.session.scalar(select(func.count()).select_from(ReportingPeriod)) == 4


def test_returns_use_the_newest_published_version(make):
    old, new = make.version(number=1), make.version(number=2)
    make.version(number=3, status="draft")
    drawn = draw_up(make.agreement(version=old), by=HUB)
    assert {each.questionnaire_version_id for each in drawn} == {new.id}
    assert {each.submission.questionnaire_version_id for each in drawn} == {new.id}


def test_without_a_published_form_nothing_is_drawn_up(make):
    agreement = make.agreement(version=make.version(status="draft"))
    with pytest.raises(NotNow, match="no published version"):
        draw_up(agreement, by=HUB)
    assert db.session.scalar(select(func.count()).select_from(MonitoringReturn)) == 0


def test_a_provider_does_not_draw_up_its_own_returns(make):
    agreement = make.agreement()
    with pytest.raises(NotAllowed):
        draw_up(agreement, by=make.person(make.lead(agreement.organisation)))


def test_two_presses_at_the_same_moment_make_one_copy(app, make):
    agreement = make.agreement()
    identity, officer = agreement.id, make.person(make.user("officer"))
    db.session.remove()
    start = Barrier(2)

    def press(_):
        with app.app_context():
            mine = db.session.get(ServiceAgreement, identity)
            start.wait()
            return copy_into_next_year(mine, by=officer).id

    with ThreadPoolExecutor(2) as pool:
        made = set(pool.map(press, range(2)))
    assert len(made) == 1
    assert db.session.scalar(select(func.count()).select_from(ServiceAgreement)) == 2
    assert db.session.scalar(select(func.count()).select_from(MonitoringReturn)) == 4


def test_two_agreements_drawn_up_at_the_same_moment_share_their_periods(app, make):
    identities = [make.agreement().id, make.agreement().id]
    db.session.remove()
    start = Barrier(2)

    def press(identity):
        with app.app_context():
            mine = db.session.get(ServiceAgreement, identity)
            start.wait()
            return len(draw_up(mine, by=HUB))

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(press, identities)) == [4, 4]
    assert db.session.scalar(select(func.count()).select_from(ReportingPeriod)) == 4
