"""Until the letter is released, nothing that an applicant can reach tells what the office has come to."""

import pytest

from partnerhub import clock
from partnerhub.rules.words import APPLICATION_STATUS_LABELS, SHOWN_ONCE_TOLD, ApplicationStatus
from tests.make import DECIDED

LABELS = {status: APPLICATION_STATUS_LABELS[status] for status in SHOWN_ONCE_TOLD}


@pytest.fixture
def untold(make):
    """An organisation with an application in every status that it may not know, all with the version they were sent in."""
    organisation = make.organisation()
    rounds = {status: make.autumn_round() for status in SHOWN_ONCE_TOLD}
    return organisation, {status: make.application(each, organisation, status=status) for status, each in rounds.items()}


def test_every_page_and_every_refusal_says_no_more_than_that_it_is_being_marked(make, browser, untold):
    organisation, applications = untold
    lead = browser(make.lead(organisation))
    with clock.at(DECIDED):
        told = [lead.get("/"), lead.get("/applications"), lead.get(f"/organisations/{organisation.id}")]
        for application in applications.values():
            told.append(lead.get(f"/applications/{application.id}"))
            for deed in ("submit", "reopen", "withdraw", "answers"):
                version = {"version": application.version, "reason": "x" if deed != "withdraw" else ""}
                told.append(lead.post(f"/applications/{application.id}/{deed}", version))
    texts = [answer.text for answer in told]
    assert sum("Being marked" in text for text in texts) >= 2 + len(applications)
    assert not {label for label in LABELS.values() for text in texts if f">{label}<" in text or f"“{label}”" in text}


def test_the_refusal_is_the_same_whatever_was_decided(make, browser, untold):
    organisation, applications = untold
    lead, said = browser(make.lead(organisation)), set()
    with clock.at(DECIDED):
        for status, application in applications.items():
            if status not in (ApplicationStatus.MODERATED, ApplicationStatus.RECOMMENDED):  # these may still be withdrawn
                answer = lead.post(f"/applications/{application.id}/withdraw", {"version": application.version, "reason": "Other money"})
                assert answer.status_code == 409
                said.add("it is being decided on, and you will be told by letter" in answer.text)
    assert said == {True}


@pytest.mark.parametrize("told_status", ["", ApplicationStatus.RESERVE])
def test_what_was_told_is_shown(make, told_status):
    application = make.application(status=ApplicationStatus.DECLINED, told_status=told_status)
    assert application.shown_status == (told_status or ApplicationStatus.ASSESSMENT)
    application.told_at = DECIDED
    assert application.shown_status == ApplicationStatus.DECLINED


def test_the_office_sees_how_it_stands(make, browser, untold):
    _, applications = untold
    officer = browser(make.user("officer"))
    for status, application in applications.items():
        assert LABELS[status] in officer.get(f"/applications/{application.id}").text
