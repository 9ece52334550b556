"""Twenty people press the same button at the same moment: it happens once, and everybody gets an answer."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from partnerhub.actions import assessment
from partnerhub.extensions import db
from partnerhub.models import (
    Application,
    Assignment,
    EmailToken,
    Event,
    Invitation,
    Membership,
    MonitoringReturn,
    Observation,
    OutboxMail,
    ReturnQuery,
    ServiceAgreement,
    SubmissionVersion,
    User,
)
from partnerhub.rules.words import PartnerRole
from tests.security.office import Office
from tests.security.samples import NEW_PASSWORD, application_read, signature
from tests.security.test_routes import code_of

TIMES = 20


def together(office: Office, asks: list[Callable[[], Any]]) -> Counter[str]:
    """Every request in a thread of its own, all let go at once; how often each answer came."""
    barrier, answers, faults = threading.Barrier(len(asks)), [], []

    def run(ask: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            answers.append(code_of(ask()).rstrip("!"))
        except AssertionError as fault:
            faults.append(str(fault))

    threads = [threading.Thread(target=run, args=(ask,)) for ask in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    return Counter(answers)


def count(office: Office, model: Any, *where: Any) -> int:
    with office.app.app_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def team_of(office: Office) -> int:
    """How many of our people are written to."""
    return count(office, Membership, Membership.organisation_id == office.ours.id, Membership.ended_at.is_(None))


def leads_of(office: Office) -> int:
    ours = (Membership.organisation_id == office.ours.id, Membership.ended_at.is_(None), Membership.role == PartnerRole.LEAD)
    return count(office, Membership, *ours)


@pytest.fixture(autouse=True)
def _put_back(office: Office):
    office.keeper.restore()
    yield
    office.keeper.restore()


def many(office: Office, who: str, path: str, fields: dict[str, Any]) -> list[Callable[[], Any]]:
    return [lambda: office.post(who, path, dict(fields))] * TIMES


def test_a_return_is_sent_once(office: Office):
    draft = office.returns["draft"]
    versions, events, letters = (count(office, model) for model in (SubmissionVersion, Event, OutboxMail))
    answers = together(office, many(office, "lead", f"/returns/{draft.id}/submit", signature(office, "draft")))
    assert answers == {"303": TIMES}
    assert count(office, SubmissionVersion, SubmissionVersion.submission_id == draft.submission_id) == 1
    assert count(office, SubmissionVersion) == versions + 1
    assert count(office, Event) == events + 1
    assert count(office, OutboxMail) == letters + team_of(office)
    assert count(office, Observation, Observation.period_id == draft.period_id, Observation.indicator_key == "referrals") == 1


def test_a_return_is_approved_once(office: Office):
    sent = office.returns["submitted"]
    answers = together(office, many(office, "officer", f"/returns/{sent.id}/approve", {"version": str(sent.version)}))
    assert answers == {"303": 1, "409": TIMES - 1}
    assert count(office, Event, Event.action == "return.approve", Event.about_id == str(sent.id)) == 1
    assert count(office, OutboxMail, OutboxMail.kind == "return_approved", OutboxMail.about == str(sent.id)) == team_of(office)


def test_of_approving_and_asking_back_one_happens(office: Office):
    sent = office.returns["submitted"]
    seen = {"version": str(sent.version)}
    asks = [
        *many(office, "officer", f"/returns/{sent.id}/approve", seen)[:10],
        *many(office, "officer", f"/returns/{sent.id}/query", seen | {"ask": "Is this right?"})[:10],
    ]
    assert together(office, asks) == {"303": 1, "409": TIMES - 1}
    asked = count(office, ReturnQuery, ReturnQuery.return_id == sent.id)
    approved = count(office, MonitoringReturn, MonitoringReturn.id == sent.id, MonitoringReturn.approved_version_id.is_not(None))
    assert (asked, approved) in ((1, 0), (0, 1))


def test_an_invitation_is_accepted_once(office: Office):
    people, team = count(office, User), team_of(office)
    fields = {"name": "Newcomer", "new_password": NEW_PASSWORD}
    answers = together(office, many(office, "stranger", f"/join/{office.tokens['invitation']}", fields))
    assert answers["303"] == 1
    assert set(answers) <= {"303", "200", "409", "410"}
    assert count(office, User) == people + 1
    assert team_of(office) == team + 1
    assert count(office, Invitation, Invitation.used_at.is_not(None)) == 1
    assert count(office, Event, Event.action == "invitation.accept") == 1


def test_a_password_is_reset_once(office: Office):
    answers = together(office, many(office, "stranger", f"/reset/{office.tokens['reset']}", {"new_password": NEW_PASSWORD}))
    assert answers["303"] == 1 and set(answers) <= {"303", "409", "410"}
    assert count(office, EmailToken, EmailToken.kind == "reset", EmailToken.used_at.is_not(None)) == 1
    assert count(office, OutboxMail, OutboxMail.kind == "password_changed") == 1


def test_an_agreement_is_copied_once_and_its_returns_are_drawn_up_once(office: Office):
    agreements, owed = count(office, ServiceAgreement), count(office, MonitoringReturn)
    path = f"/agreements/{office.other_agreement.id}"
    assert together(office, many(office, "officer", f"{path}/copy", {})) == {"303": TIMES}
    assert (count(office, ServiceAgreement), count(office, MonitoringReturn)) == (agreements + 1, owed + 4)
    undrawn = f"/agreements/{office.agreement.id}/draw-up"
    before = count(office, MonitoringReturn)
    assert together(office, many(office, "officer", undrawn, {})) == {"303": TIMES}
    drawn = count(office, MonitoringReturn) - before
    assert 0 < drawn < 12
    assert count(office, Event, Event.action == "agreement.draw_up", Event.about_id == str(office.agreement.id)) == 1


def test_a_name_is_taken_once(office: Office):
    fields = {"name": "New programme", "slug": "new-programme", "about": ""}
    answers = together(office, many(office, "officer", "/programmes/new", fields))
    assert answers == {"303": 1, "422": TIMES - 1}
    fields = {"name": "Two clicks", "kind": "charity", "scheme": "GB-COH", "number": "12345678"}
    answers = together(office, many(office, "officer", "/organisations/new", fields))
    assert answers == {"303": 1, "422": TIMES - 1}


def test_answers_of_two_people_in_many_cells_are_all_kept_or_shown(office: Office):
    """Twenty saves of one cell, each over the same revision: one is kept, the others are shown both."""
    draft = office.returns["draft"]
    asks = [
        (
            lambda who=who, text=f"Words {at} of {who}": office.post(
                who, f"/returns/{draft.id}/answers?section=words", {"a.story": text, "r.story": "1"}
            )
        )
        for at, who in enumerate(["member", "lead"] * (TIMES // 2))
    ]
    assert together(office, asks) == {"303": 1, "409": TIMES - 1}


def test_the_history_is_one_chain_after_all_of_it(office: Office):
    together(
        office,
        [lambda who=who: office.post(who, "/account/name", {"name": f"Name {who}"}) for who in ("member", "lead", "officer", "auditor")],
    )
    with office.app.app_context():
        events = db.session.scalars(select(Event).order_by(Event.seq)).all()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    for before, event in itertools.pairwise(events):
        assert event.previous_hash == before.hash
        assert event.hash == event.link()


def test_an_application_is_sent_once_under_one_reference_with_one_receipt_for_each_contact(office: Office):
    draft = office.applications["drafted"]
    answers = together(office, many(office, "lead", f"/applications/{draft.id}/submit", application_read(office, "drafted")))
    assert answers == {"303": TIMES}
    assert count(office, SubmissionVersion, SubmissionVersion.submission_id == draft.submission_id) == 1
    assert count(office, Event, Event.action == "application.submit", Event.about_id == str(draft.id)) == 1
    assert count(office, OutboxMail, OutboxMail.about == str(draft.id)) == leads_of(office)
    with office.app.app_context():
        assert db.session.get_one(Application, draft.id).reference == "EF-2025-5-0002"


def test_two_applications_that_are_sent_at_once_never_share_a_reference(office: Office):
    states = ("drafted", "shared")
    asks = [
        ask
        for state in states
        for ask in many(office, "lead", f"/applications/{office.applications[state].id}/submit", application_read(office, state))[:10]
    ]
    assert together(office, asks) == {"303": TIMES}
    with office.app.app_context():
        numbers = sorted(db.session.get_one(Application, office.applications[state].id).number for state in states)
    assert numbers == [2, 3]


def test_marking_is_finished_once_by_each_and_whoever_is_last_settles_the_application(office: Office):
    """Both assessors of one application press “Save and finish” ten times each: none is lost, and nobody waits for marks that are in."""
    ours = {who: office.assignments[state] for who, state in (("assessor", "begun"), ("second", "untouched"))}
    marked = office.applications["marked"]
    with office.app.app_context():
        for who, said in (("assessor", {"need": "4", "cost": "1"}), ("second", {"need": "3", "cost": "3"})):
            typed = {(key, "mark"): mark for key, mark in said.items()} | {(key, "reason"): "So" for key in said}
            assessment.save_marks(db.session.get_one(Assignment, ours[who].id), typed, by=office.people[who])
        office.lets_in("second")
    asks = [ask for who in ours for ask in many(office, who, f"/assignments/{ours[who].id}/marks", {"then": "finish"})[:10]]
    answers = together(office, asks)
    assert answers == {"303": TIMES}
    assert count(office, Event, Event.action == "score.finish", Event.about_id == str(marked.id)) == 2
    with office.app.app_context():
        assert all(db.session.get_one(Assignment, each.id).is_finished for each in ours.values())
        settled = db.session.get_one(Application, marked.id)
        assert settled.marks_in_at is not None
        assert settled.status == "assessment"  # the marks for cost lie 2 apart: to be agreed
