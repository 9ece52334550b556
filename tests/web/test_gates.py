"""What the hub checked of an application that was sent: confirmed with a reason, sent back or refused with the hub's own."""

from datetime import date, timedelta

import pytest

from partnerhub import clock
from partnerhub.actions import applications as actions
from partnerhub.extensions import db
from partnerhub.models import Application, Event, MonitoringReturn
from tests.actions.test_applications import GOOD, LATER
from tests.browser import words_of
from tests.make import CLOSED, OPENED

MISSING = "Documents that are asked for before marking are not there (Safeguarding policy: missing)."


@pytest.fixture
def ours(make):
    return make.organisation(name="Example boxing club")


@pytest.fixture
def funding_round(make):
    fund = make.fund(code="PZ", cap=1_234_50, before_scoring=["safeguarding_policy"])
    return make.autumn_round(fund, number=2, decided_by=date(2024, 12, 16))


@pytest.fixture
def send(make, funding_round):
    """Another application of an organisation, sent before the close."""

    def sent(organisation):
        by = make.person(make.lead(organisation))
        with clock.at(OPENED):
            application = actions.start_application(organisation, funding_round, by=by)
            actions.save_answers(application, GOOD, by=by)
        with clock.at(CLOSED - timedelta(hours=1)):
            actions.submit_application(application, by=by)
        return application

    return sent


@pytest.fixture
def officer(browser, make):
    return browser(make.user("officer"))


def page_of(who, application):
    with clock.at(LATER):
        return who.get(f"/applications/{application.id}")


def press(who, application, deed, **typed):
    with clock.at(LATER):
        return who.post(f"/applications/{application.id}/{deed}", {"version": str(application.version)} | typed)


def again(application):
    db.session.expire_all()
    return db.session.get(Application, application.id)


def test_the_office_reads_what_the_hub_checked_and_the_applicant_does_not(make, browser, officer, ours, send):
    application = send(ours)
    said = words_of(page_of(officer, application))
    assert "What the hub checked" in said
    assert "The form’s own checks Passed All of them hold." in said  # its total, which is all that may be asked for, is added up once
    assert "Amount asked for Passed It asks for £1,234.50. The most is £1,234.50." in said
    assert f"Documents asked for before marking Not passed {MISSING}" in said
    assert "Other applications in this round Passed The organisation sent no other." in said
    own = words_of(page_of(browser(make.lead(ours)), application))
    assert "What the hub checked" not in own and "Not passed" not in own


def test_another_application_of_the_organisation_needs_a_look_and_stops_nothing(make, officer, ours, send):
    make.document(ours)
    first, second = send(ours), send(ours)
    send(make.organisation())
    assert "Other applications in this round Needs a look The same organisation also sent PZ-2024-2-0002." in words_of(
        page_of(officer, first)
    )
    assert press(officer, first, "confirm").status_code == 303
    assert press(officer, second, "confirm").status_code == 303
    assert again(first).status == again(second).status == "assessment"


def test_a_gate_that_is_not_passed_wants_a_reason_which_is_kept_and_goes_into_the_history(make, browser, officer, ours, send):
    application = send(ours)
    empty = press(officer, application, "confirm", reason=" ")
    assert empty.status_code == 422
    assert (
        "Not passed: Documents asked for before marking. Write why it can be marked all the same, or send it back. Nothing was changed."
        in words_of(empty)
    )
    assert again(application).status == "submitted"
    assert press(officer, application, "confirm", reason="The policy is with us on paper").status_code == 303
    assert (again(application).status, again(application).gates_waived) == ("assessment", "The policy is with us on paper")
    told = db.session.query(Event).filter_by(action="application.confirm").one().details
    assert told["not_passed"] == ["Documents asked for before marking"]
    assert told["reason"] == "The policy is with us on paper"
    assert "The policy is with us on paper" in words_of(page_of(officer, application))
    assert "on paper" not in words_of(page_of(browser(make.lead(ours)), application))


def test_where_all_gates_are_passed_no_reason_is_asked_for_or_kept(make, officer, ours, send):
    make.document(ours)
    application = send(ours)
    assert "Why it can be marked all the same" not in words_of(page_of(officer, application))
    assert press(officer, application, "confirm", reason="Nobody asked").status_code == 303
    assert again(application).gates_waived == ""


@pytest.mark.parametrize("box", ["correction-reason", "refuse-reason"])
def test_what_is_sent_to_the_applicant_begins_with_what_the_hub_found(officer, ours, send, box):
    begun = page_of(officer, send(ours)).text.partition(f'id="{box}"')[2]
    assert begun.partition(">\n")[2].startswith(f"{MISSING}</textarea>")


def test_what_was_typed_over_the_reasons_comes_back(officer, ours, send):
    back = press(officer, send(ours), "refuse", reason="")
    assert back.status_code == 422
    assert back.text.partition('id="refuse-reason"')[2].partition(">\n")[2].startswith("</textarea>")


def test_a_report_of_an_earlier_grant_that_is_overdue_is_not_passed(make, officer, ours, send):
    make.document(ours)
    earlier = make.award(make.application(make.autumn_round(number=1), ours, reference="PZ-2023-1-0004", number=4, status="approved"))
    report = make.monitoring_return(make.agreement(organisation=ours), award_id=earlier.id, due_on=LATER.date())
    application = send(ours)
    assert "Reports of earlier grants Passed None is overdue." in words_of(page_of(officer, application))
    db.session.get(MonitoringReturn, report.id).due_on = CLOSED.date()
    db.session.commit()
    late = f"A report of the grant {earlier.reference} was due on Monday 28 October 2024 and has not come."
    assert f"Reports of earlier grants Not passed {late}" in words_of(page_of(officer, application))
