"""The demonstration office: the published tables come out as they were printed, and people can sign in and go on from there."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select, text

from partnerhub import clock, create_app
from partnerhub.catalogue.office import Office
from partnerhub.cli import hub
from partnerhub.extensions import db
from partnerhub.models import (
    Answer,
    Application,
    Assignment,
    Award,
    Decision,
    Event,
    Fund,
    FundingRound,
    Letter,
    MonitoringReturn,
    Observation,
    Organisation,
    OutboxMail,
    Payment,
    Programme,
    ServiceAgreement,
    Target,
    User,
)
from partnerhub.queries import retold_grants
from partnerhub.queries.people import account_of, person_of
from partnerhub.rules.policy import Person
from tests.browser import Browser, words_of
from tests.conftest import _empty
from tests.signing_in import is_signed_in, sign_in
from tests.test_settings import SAFE

A_FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PASSWORD = "demonstration only"
FIGURES = Path(__file__).parents[2] / "partnerhub" / "catalogue" / "demo" / "appendix-a-2022-23.csv"
LWA, WALL = "Living Without Abuse (LWA)", "Women's Aid Leicestershire Limited (WALL)"
LOCALITY = "Domestic Abuse Locality Service"

AT_THE_OFFICE = {
    "officer": "officer", "officer2": "officer", "assessor1": "assessor", "assessor2": "assessor", "assessor3": "assessor",
    "chair": "chair", "finance": "finance", "finance2": "finance", "director": "director", "director2": "director",
    "administrator": "administrator", "auditor": "auditor",
}  # fmt: skip
PARTNERS = {
    "lead@lwa.example": (LWA, "lead"),
    "member@lwa.example": (LWA, "member"),
    "lead@wall.example": (WALL, "lead"),
    "member@wall.example": (WALL, "member"),
    "lead@harbour.example": ("Example Harbour Project", "lead"),
    "lead@lantern.example": ("Example Lantern Trust", "lead"),
    "lead@meadow.example": ("Example Meadow Centre", "lead"),
}


def run(app: Flask, *arguments: str):
    return app.test_cli_runner().invoke(hub, ["demo", *arguments])


@pytest.fixture(scope="module")
def demonstration(migrated_app: Flask) -> Iterator[Flask]:
    """The office, made once; the tests that use it only look."""
    with migrated_app.app_context(), clock.at(A_FRIDAY):
        _empty()
        result = run(migrated_app)
        db.session.remove()
    assert result.exit_code == 0, result.output
    migrated_app.said = result.stdout
    yield migrated_app


@pytest.fixture
def office(demonstration: Flask) -> Iterator[Flask]:
    with demonstration.app_context():
        yield demonstration
        db.session.remove()


@cache
def printed() -> list[dict[str, str]]:
    with FIGURES.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def as_person(email: str) -> Person:
    return person_of(account_of(email).id)


@pytest.fixture
def summary(office: Flask):
    """The summary of 2022-23 as other programs read it."""
    browser = Browser(office).signed_in_as(account_of("officer@office.example"))
    return browser.get("/programmes/dsva/summary.json?period=2022-23").get_json()


# The round that has gone the whole way: 12 bids, bands of 2, 5, 4 and 1, the line at 65 per cent, six awards, £39,305.40


def test_the_round_of_people_zones_has_the_shape_of_the_real_one(office: Flask):
    funding_round = db.session.scalars(select(FundingRound).join(Fund).where(Fund.code == "PZ")).one()
    decision = db.session.scalars(select(Decision).where(Decision.round_id == funding_round.id)).one()
    assert (len(decision.proposals), decision.line) == (12, 650)
    reached = [each.percent / 100 for each in decision.proposals]
    bands = [sum(low <= each < high for each in reached) for low, high in ((70, 101), (60, 70), (40, 60), (0, 40))]
    assert bands == [2, 5, 4, 1]
    awards = db.session.scalars(select(Award).where(Award.decision_id == decision.id)).all()
    assert (len(awards), sum(each.amount for each in awards)) == (6, 39_305_40)
    marked = db.session.scalars(select(Assignment).where(Assignment.round_id == funding_round.id)).all()
    assert {len([each for each in marked if each.application_id == bid.application_id]) for bid in decision.proposals} == {3}


def test_everybody_in_it_was_told(office: Flask):
    told = db.session.scalars(select(Letter.outcome)).all()
    assert Counter(told) == {"award": 5, "part": 1, "decline": 6}
    assert all(db.session.scalars(select(Application.told_at).where(Application.submitted_at.is_not(None))))


def test_its_grants_are_signed_paid_and_reported_on_and_something_is_left_to_do(office: Flask):
    awards = db.session.scalars(select(Award)).all()
    assert Counter(each.status for each in awards) == {"completed": 3, "agreed": 3}
    payments = Counter(db.session.scalars(select(Payment.status)))
    assert payments == {"released": 9, "planned": 1, "prepared": 1, "claimed": 1}
    reports = select(MonitoringReturn.status).join(MonitoringReturn.agreement).where(ServiceAgreement.award_id.is_not(None))
    assert Counter(db.session.scalars(reports)) == {"approved": 9, "due": 1}
    assert db.session.scalars(select(Decision.status)).one() == "published"


# The published tables


def test_the_summary_has_the_lines_of_the_published_tables_in_their_order_and_no_others(summary):
    wanted = dict.fromkeys((row["service"], row["provider"], row["group"], row["indicator"], row["label"]) for row in printed())
    names = ("service", "organisation", "group", "indicator", "label")
    assert [tuple(line[name] for name in names) for line in summary["lines"]] == list(wanted)


def test_every_count_and_every_printed_total_is_reproduced(summary):
    found = {}
    for line in summary["lines"]:
        for cell in (*line["cells"], {"period": "2022-23 printed_total", **line["total"]}):
            found[line["organisation"], line["indicator"], cell["period"]] = (cell["value"], cell["status"])
    counts = [row for row in printed() if row["unit"] != "percent as printed"]
    wanted = {
        (row["provider"], row["indicator"], f"{row['financial_year']} {row['column']}"): (int(row["value"]), "approved") for row in counts
    }
    assert {place: figure for place, figure in found.items() if place in wanted} == wanted
    assert len(wanted) == 90


def percent_line(summary, organisation):
    return next(
        each for each in summary["lines"] if (each["organisation"], each["indicator"]) == (organisation, "positive_closure_percent")
    )


def percents_printed(organisation):
    rows = [row for row in printed() if row["provider"] == organisation and row["indicator"] == "positive_closure_percent"]
    return [int(row["value"]) for row in rows]


def test_safe_accommodation_is_pooled_to_17_of_20_as_printed(summary):
    line = percent_line(summary, WALL)
    assert [(each["value"], each["out_of"]) for each in line["cells"]] == [(5, 5), (3, 6), (4, 4), (5, 5)]
    assert [each["percent"] for each in (*line["cells"], line["total"])] == percents_printed(WALL)
    assert [line["total"][name] for name in ("value", "out_of", "percent", "status")] == [17, 20, 85.0, "approved"]


def test_no_denominator_is_invented_for_the_locality_service(summary):
    line = percent_line(summary, LWA)
    cells = [[each[name] for name in ("value", "out_of", "percent", "status")] for each in line["cells"]]
    assert cells == [[None, None, percent, "as_published"] for percent in percents_printed(LWA)[:4]]
    assert [line["total"][name] for name in ("value", "out_of", "percent", "status")] == [None, None, None, "cannot_be_combined"]


def test_the_notes_name_what_does_not_reconcile_and_nothing_else(summary):
    assert [note["text"] for note in summary["notes"]] == [
        "No whole number of people gives 89% from 23 or 87% from 19 (rounded half up, or cut).",
        "Contact made following referral: the bands add up to 114 of 115 in Q1 and 739 of 740 in the year.",
        "The published 90% is the mean of the four quarters' percentages (89.75), which gives 3 cases the same weight as 23.",
        "Victims with positive case closure: per cent: as published, cannot be pooled: no denominators.",
    ]
    assert {(note["about"]["service"], note["about"]["organisation"]) for note in summary["notes"]} == {(LOCALITY, LWA)}


def test_all_eight_published_returns_are_in_and_signed_by_a_lead_and_an_officer(office, summary):
    assert summary["coverage"] == {"in": 8, "expected": 8}
    returns = db.session.scalars(select(MonitoringReturn).where(MonitoringReturn.approved_at < datetime(2023, 5, 1, tzinfo=UTC))).all()
    signed = {(each.organisation.name, each.submitted_by.email, each.approved_by.email, each.submitted_at.year) for each in returns}
    assert signed == {
        (name, lead, "officer@office.example", year)
        for name, lead in ((LWA, "lead@lwa.example"), (WALL, "lead@wall.example"))
        for year in (2022, 2023)
    }


def test_real_organisations_have_nothing_but_what_was_published(office):
    real = select(Organisation.id).where(Organisation.name.in_((LWA, WALL)))
    theirs = select(MonitoringReturn).where(MonitoringReturn.organisation_id.in_(real))
    agreements = [each.agreement_id for each in db.session.scalars(theirs)]
    assert db.session.scalar(select(func.count()).select_from(Target).where(Target.agreement_id.in_(agreements))) == 0
    figures = select(func.count()).select_from(Observation).where(Observation.agreement_id.in_(agreements))
    assert db.session.scalar(figures) == len(printed())


# What there is to do


@pytest.mark.parametrize("organisation", [LWA, WALL])
def test_one_return_is_due_empty_and_not_late_for_the_quarter_that_ended_last(office, organisation):
    due = (
        select(MonitoringReturn)
        .join(MonitoringReturn.organisation)
        .where(Organisation.name == organisation, MonitoringReturn.status == "due")
    )
    found = db.session.scalars(due).one()
    assert (found.period.label, found.due_on) == ("2026-27 Q2", date(2026, 12, 4))
    assert found.questionnaire_version.questionnaire.key.endswith("_return")
    assert found.latest_version_id is None
    assert db.session.scalar(select(func.count()).select_from(Answer).where(Answer.submission_id == found.submission_id)) == 0


def test_the_lead_finds_it_on_the_first_page(office):
    browser = Browser(office).signed_in_as(account_of("lead@lwa.example"))
    assert "2026-27 Q2" in words_of(browser.get("/"))


def test_the_invented_returns_are_late_queried_waived_submitted_and_approved(office):
    rows = db.session.scalars(
        select(MonitoringReturn).join(MonitoringReturn.programme).where(Programme.slug == "example").order_by(MonitoringReturn.due_on)
    ).all()
    found = {}
    for each in rows:
        found.setdefault(each.organisation.name, []).append(str(each.status))
    assert found == {
        "Example Harbour Project": ["approved", "approved", "approved", "approved", "approved", "submitted"],
        "Example Lantern Trust": ["approved", "approved", "queried", "draft"],
        "Example Meadow Centre": ["approved", "waived", "due", "due"],
    }
    assert [each.period.label for each in rows if each.days_late(A_FRIDAY.date())] == ["2026-27 Q1", "2026-27 Q2", "2026-27 Q2"]


def test_a_corrected_return_counts_as_corrected_and_keeps_what_it_said_before(office):
    reached = select(Observation.value, Observation.status).where(
        Observation.indicator_key == "contact_within_48h", Observation.value.in_((34, 44))
    )
    assert set(db.session.execute(reached)) == {(34, "superseded"), (44, "approved")}


# People


def test_the_people_are_those_that_were_promised_in_their_roles(office):
    for name, role in AT_THE_OFFICE.items():
        person = as_person(f"{name}@office.example")
        assert (person.office_roles, dict(person.organisations), person.programmes) == ({role}, {}, set()), name
    for email, (organisation, role) in PARTNERS.items():
        named = {db.session.get(Organisation, key).name: value for key, value in as_person(email).organisations.items()}
        assert named == {organisation: role}, email
    viewer = as_person("viewer@county.example")
    agreed = {db.session.get(Programme, each).slug for each in viewer.programmes}
    assert (agreed, viewer.office_roles, dict(viewer.organisations)) == ({"dsva"}, set(), {})


def test_everybody_signs_in_with_the_password_of_the_demonstration(office):
    emails = db.session.scalars(select(User.email)).all()
    assert {*(f"{name}@office.example" for name in AT_THE_OFFICE), *PARTNERS, "viewer@county.example"} <= set(emails)
    for email in emails:
        browser = Browser(office)
        sign_in(browser, email, PASSWORD)
        assert is_signed_in(browser), email


def test_it_says_how_to_sign_in(office):
    assert f"the password “{PASSWORD}”" in office.said
    assert all(email in office.said for email in ("lead@lwa.example", "officer@office.example"))


# How it was made


def test_the_history_of_it_is_told_in_the_order_of_time_and_ends_before_now(office):
    moments = db.session.scalars(select(Event.at).where(Event.action != "person.sign_in").order_by(Event.seq)).all()
    assert moments == sorted(moments)
    assert moments[0].year == 2022
    assert moments[-1] <= A_FRIDAY


def test_everything_in_it_can_be_verified(office):
    result = office.test_cli_runner().invoke(hub, ["verify"])
    assert (result.exit_code, "WRONG" in result.stdout) == (0, False), result.output


FIRST = "application.reference = 'PZ-2025-2-0001'"
OF_THE_FIRST = f"(SELECT id FROM application WHERE {FIRST})"
BROKEN = [
    ("applications", f"UPDATE application SET number = 99 WHERE {FIRST}", "its reference is not that of its round and number"),
    ("applications", f"UPDATE application SET latest_version_id = NULL WHERE {FIRST}", "it was sent without a number or a version"),
    (
        "applications",
        f"UPDATE application SET amount_requested = amount_requested + 1 WHERE {FIRST}",
        "what the version sent last asks for",
    ),
    ("applications", f"UPDATE application SET status = 'declined' WHERE {FIRST}", "its status is not what was last done with it"),
    (
        "applications",
        f"UPDATE application SET status = 'moderated', marks_in_at = NULL WHERE {FIRST}",
        "its marks are called in and are not",
    ),
    ("applications", f"UPDATE application SET gates_waived = 'A friend' WHERE {FIRST}", "a reason that the office gave is not the one"),
    ("decisions", "UPDATE decision SET approved_by_id = recommended_by_id", "who approved it and when is not what the history says"),
    ("decisions", "UPDATE decision SET approved_by_id = recommended_by_id", "whoever recommended it approved it"),
    (
        "decisions",
        f"UPDATE proposal SET amount = amount + 1 WHERE application_id = {OF_THE_FIRST}",
        "what it gives is not what was approved",
    ),
    ("decisions", "UPDATE decision SET number = 999", "its number is not the one it was given"),
    ("decisions", f"UPDATE proposal SET percent = 9999 WHERE application_id = {OF_THE_FIRST}", "the percentage of PZ-2025-2-0001"),
    (
        "decisions",
        "UPDATE moderation SET mark = mark - 1 WHERE application_id IN (SELECT id FROM application)",
        "the marks or the percentage",
    ),
    ("decisions", "UPDATE score SET mark = 0", "the marks or the percentage of PZ-2025-2-0001"),
    (
        "decisions",
        "UPDATE funding_round SET money = 3000000, over_commitment = 5",
        "£39,305.40 is promised, and no more than £31,500.00 may be",
    ),
    ("letters", f"UPDATE letter SET released_by_id = NULL WHERE application_id = {OF_THE_FIRST}", "who released it and when"),
    ("letters", f"UPDATE letter SET status = 'ready' WHERE application_id = {OF_THE_FIRST}", "who released it and when"),
    ("letters", f"UPDATE letter SET text = 'No.' WHERE application_id = {OF_THE_FIRST}", "its words are not those that went out"),
    ("letters", f"UPDATE letter SET facts = feedback WHERE application_id = {OF_THE_FIRST}", "its words are not those that went out"),
    (
        "letters",
        "UPDATE letter SET organisation_id = (SELECT organisation_id FROM application WHERE id <> application_id LIMIT 1)",
        "its words are not those that went out",
    ),
    ("letters", f"UPDATE application SET told_at = NULL WHERE {FIRST}", "when its applicant was told is not when the letter was released"),
    ("awards", "UPDATE award SET reference = 'X' WHERE reference = 'PZ-2025-2-0001'", "its reference is not that of its application"),
    ("awards", "UPDATE award SET status = 'ended' WHERE reference = 'PZ-2025-2-0001'", "its status is not what was last done with it"),
    ("awards", "UPDATE award SET amount = amount + 1 WHERE reference = 'PZ-2025-2-0001'", "its amount is neither what was decided nor"),
    (
        "awards",
        "UPDATE award SET agreed_at = NULL WHERE reference = 'PZ-2025-2-0001'",
        "it is agreed since another time than both have signed",
    ),
    ("payments", "UPDATE payment SET status = 'released' WHERE status = 'planned'", "who let it go and when is not what the history says"),
    ("payments", "UPDATE payment SET status = 'released', released_by_id = prepared_by_id", "whoever prepared it let it go"),
    ("payments", "UPDATE payment SET status = 'released', amount = 1000001 WHERE number = 1", "£10,000.01 was paid, and it is"),
]


@pytest.mark.parametrize(("check", "statement", "found"), BROKEN)
def test_what_is_broken_in_a_grant_is_named(office, check, statement, found):
    """In a write that is never finished, by somebody who took away what keeps letters as they were."""
    on = "" if db.engine.dialect.name == "sqlite" else " ON letter"
    db.session.execute(text(f"DROP TRIGGER letter_frozen{on}"))
    assert db.session.execute(text(statement)).rowcount > 0
    faults: list[str] = []
    getattr(retold_grants, check)(faults)
    db.session.rollback()
    assert any(found in each for each in faults), faults


def test_letters_that_went_out_before_their_words_were_kept_are_told_as_such_and_no_fault(office):
    on, released = "" if db.engine.dialect.name == "sqlite" else " ON event", "decision.release_letters"
    db.session.execute(text(f"DROP TRIGGER event_no_update{on}"))
    for event in db.session.scalars(select(Event).where(Event.action == released)):
        event.details = {name: value for name, value in event.details.items() if name != "digests"}
    faults: list[str] = []
    retold_grants.letters(faults)
    old = retold_grants.letters_without_digest(faults)
    there = db.session.scalar(select(func.count()).select_from(Letter).where(Letter.released_at.is_not(None)))
    db.session.rollback()
    assert (faults, old, retold_grants.letters_without_digest(faults)) == ([], there, 0)


def test_no_letter_of_it_waits_to_be_sent(office):
    states = select(OutboxMail.state, func.count()).group_by(OutboxMail.state)
    [(state, count)] = db.session.execute(states)
    assert state == "sent"
    assert count > 50


def counted():
    return [db.session.scalar(select(func.count()).select_from(each)) for each in (User, Organisation, Event, Observation)]


def test_a_second_run_refuses_and_changes_nothing(office):
    before = counted()
    again = run(office)
    assert (again.exit_code, "The database is not empty" in again.stderr, counted()) == (1, True, before)


def test_if_empty_is_content_with_a_filled_database(office):
    before = counted()
    again = run(office, "--if-empty")
    assert (again.exit_code, again.stdout, counted()) == (0, "The database is filled already. Nothing was changed.\n", before)


@pytest.mark.parametrize("day", [datetime(2026, 10, 1, 0, 30, tzinfo=UTC), datetime(2027, 1, 18, 23, 30, tzinfo=UTC)])
def test_it_can_be_made_on_any_day(app, day):
    with clock.at(day):
        result = run(app)
    assert result.exit_code == 0, result.output
    assert db.session.scalar(select(func.max(Event.at))) <= day


def test_an_office_that_was_only_half_made_is_not_taken_for_one(app, make):
    make.user(is_demonstration=True)
    for arguments in ((), ("--if-empty",)):
        result = run(app, *arguments)
        assert (result.exit_code, "only half made" in result.stderr) == (1, True)


def test_a_hub_with_an_organisation_in_it_is_not_filled(app, make):
    make.organisation()
    assert run(app).exit_code == 1
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_it_is_never_made_in_production(tmp_path):
    place = {"DATABASE_URL": f"sqlite:///{tmp_path / 'hub.db'}", "INSTANCE_FOLDER": str(tmp_path)}
    app = create_app(SAFE | place)
    with app.app_context():
        upgrade()
        for arguments in ((), ("--if-empty",)):
            result = run(app, *arguments)
            assert (result.exit_code, "never made where HUB_ENV is production" in result.stderr) == (1, True)
        assert counted() == [0, 0, 0, 0]
        db.engine.dispose()


def test_nothing_in_it_happens_later_than_the_moment_it_is_made():
    now = datetime(2026, 10, 2, 9, 0, tzinfo=UTC)
    assert max(deed.at for deed in Office(now).deeds()) <= now
