"""What happens to an application: started, sent in time or too late, opened again, withdrawn, looked at by the office."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.actions import applications as actions
from partnerhub.extensions import db
from partnerhub.models import Application, Event, Interest, OutboxMail
from partnerhub.rules.errors import BadAnswer, NotAllowed, NotNow
from tests.make import CLOSED, OPENED

MOMENT = timedelta(milliseconds=1)
LATER = CLOSED + timedelta(days=1)


class Said:
    def __init__(self, text):
        self.text, self.revision, self.choice, self.not_applicable = text, 0, "", False


GOOD = {
    ("project_name", ""): Said("Boxing for young people"),
    ("need", ""): Said("There is nowhere to go"),
    ("contact", ""): Said("treasurer@example.org"),
    ("budget", "r1.item"): Said("Hall"),
    ("budget", "r1.cost"): Said("1,234.50"),
}


@pytest.fixture
def applicant(make):
    return make.organisation(name="Example boxing club")


@pytest.fixture
def lead(make, applicant):
    return make.person(make.lead(applicant, email="lead@example.org"))


@pytest.fixture
def officer(make):
    return make.person(make.user("officer"))


@pytest.fixture
def draft(make, applicant, lead):
    """Filled in and ready to send."""
    application = make.application(make.autumn_round(make.fund(code="PZ"), number=2), applicant)
    with clock.at(OPENED):
        saved = actions.save_answers(application, GOOD, by=lead)
    assert not saved.errors
    return application


def send(application, by, at=CLOSED - MOMENT):
    with clock.at(at):
        return actions.submit_application(application, by=by)


def says():
    return list(db.session.scalars(select(Event.says).order_by(Event.seq)))


def test_a_draft_is_started_in_an_open_round_and_belongs_to_the_organisation(make, applicant, lead):
    funding_round = make.autumn_round()
    with clock.at(OPENED):
        application = actions.start_application(applicant, funding_round, by=lead)
    assert (application.organisation_id, application.status, application.reference) == (applicant.id, "draft", None)
    assert says() == ["started an application"]


@pytest.mark.parametrize(
    ("at", "sentence"), [(OPENED - MOMENT, "The round opens at"), (CLOSED, "The round closed at 17:00:00 on 28 October 2024")]
)
def test_nothing_is_started_before_a_round_opens_or_after_it_has_closed(make, applicant, lead, at, sentence):
    funding_round = make.autumn_round()
    with clock.at(at), pytest.raises(NotNow, match=sentence):
        actions.start_application(applicant, funding_round, by=lead)
    assert db.session.scalar(select(func.count()).select_from(Application)) == 0


def test_a_kind_of_organisation_that_the_fund_does_not_take_cannot_start(make, applicant, lead):
    funding_round = make.autumn_round(make.fund(kinds=["school"]))
    with clock.at(OPENED), pytest.raises(NotNow, match="is not open to an organisation of this kind"):
        actions.start_application(applicant, funding_round, by=lead)


def test_a_millisecond_before_the_close_is_in(draft, lead):
    version = send(draft, lead)
    assert (version.reference, draft.reference, draft.status) == ("PZ-2024-2-0001-v1", "PZ-2024-2-0001", "submitted")
    assert draft.amount_requested == 123_450
    assert draft.submitted_at == CLOSED - MOMENT


def test_at_the_moment_of_the_close_it_is_out_and_kept_as_a_draft_with_the_time(draft, lead):
    assert send(draft, lead, CLOSED) is None
    db.session.refresh(draft)
    assert (draft.status, draft.came_late_at, draft.latest_version_id, draft.reference) == ("draft", CLOSED, None, None)
    assert says() == []


def test_more_time_for_one_applicant_is_for_that_one_alone(make, draft, lead, officer):
    other = make.application(draft.funding_round, make.organisation())
    with clock.at(CLOSED):
        actions.extend_application(draft, LATER, "The hub was down", by=officer)
    assert send(draft, lead, LATER - MOMENT).number == 1
    assert other.has_closed(CLOSED)
    assert not draft.has_closed(LATER - MOMENT)
    letter = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "application_extended")).one()
    assert "The hub was down" in letter.body


def test_the_receipt_goes_to_the_leads_and_to_the_contacts_named_in_it(make, draft, lead):
    make.member(draft.organisation, email="member@example.org")
    send(draft, lead)
    letters = db.session.scalars(select(OutboxMail).order_by(OutboxMail.recipient)).all()
    assert [each.recipient for each in letters] == ["lead@example.org", "treasurer@example.org"]
    assert {each.submission_version_id for each in letters} == {draft.latest_version_id}
    assert {each.subject for each in letters} == {"Application received: PZ-2024-2-0001-v1"}


def test_who_sends_again_and_again_writes_to_no_stranger_any_more(draft, lead):
    for number in range(8):
        with clock.at(CLOSED - timedelta(hours=10 - number)):
            send(draft, lead, CLOSED - timedelta(hours=10 - number))
            actions.reopen_application(draft, by=lead)
    told = [each.recipient for each in db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "application_submitted"))]
    assert (told.count("lead@example.org"), told.count("treasurer@example.org")) == (8, 5)


def test_pressed_again_it_is_the_same_version_and_nothing_more_is_sent(draft, lead):
    first, second = send(draft, lead), send(draft, lead)
    assert first.id == second.id
    assert says() == ["submitted the application"]
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 2


def test_opened_again_until_the_close_it_keeps_its_reference(draft, lead):
    send(draft, lead, OPENED)
    with clock.at(CLOSED - 2 * MOMENT):
        actions.reopen_application(draft, by=lead)
    assert draft.status == "draft"
    assert send(draft, lead).reference == "PZ-2024-2-0001-v2"
    with clock.at(CLOSED), pytest.raises(NotNow, match="The round has closed"):
        actions.reopen_application(draft, by=lead)


def test_an_unfinished_application_is_not_sent(make, applicant, lead):
    application = make.application(make.autumn_round(), applicant)
    with pytest.raises(BadAnswer, match="not ready to send"):
        send(application, lead)
    assert (application.status, application.reference) == ("draft", None)


def test_more_than_the_fund_gives_is_not_sent(make, applicant, lead):
    application = make.application(make.autumn_round(make.fund(cap=123_449)), applicant)
    with clock.at(OPENED):
        actions.save_answers(application, GOOD, by=lead)
    with pytest.raises(BadAnswer, match="not ready to send"):
        send(application, lead)


def test_only_a_lead_sends(make, draft, applicant):
    with pytest.raises(NotAllowed):
        send(draft, make.person(make.member(applicant)))


def test_an_officer_who_typed_a_paper_bid_sends_it_and_another_decides_whether_it_can_be_considered(make, applicant, officer):
    funding_round = make.autumn_round()
    with clock.at(OPENED):
        application = actions.enter_application(applicant, funding_round, "paper", by=officer)
        actions.save_answers(application, GOOD, by=officer)
    assert send(application, officer)
    with clock.at(LATER), pytest.raises(NotAllowed):
        actions.confirm_application(application, by=officer)
    with clock.at(LATER):
        actions.confirm_application(application, by=make.person(make.user("officer")))
    assert application.status == "assessment"
    assert says()[0] == "entered an application for somebody"


def test_the_office_decides_only_after_the_close(draft, lead, officer):
    send(draft, lead)
    for deed, rest in ((actions.confirm_application, ()), (actions.refuse_application, ("Too late",)), (actions.ask_correction, ("This",))):
        with clock.at(CLOSED - MOMENT), pytest.raises(NotNow, match="until the close"):
            deed(draft, *rest, by=officer)
    assert draft.status == "submitted"


def test_a_correction_is_asked_once_and_may_be_sent_after_the_close(draft, lead, officer):
    send(draft, lead)
    with clock.at(LATER):
        actions.ask_correction(draft, "Send the second page", by=officer)
        assert draft.status == "correction"
        actions.save_answers(draft, {("need", ""): SimpleNamespace(text="More", revision=1, choice="", not_applicable=False)}, by=lead)
        actions.submit_application(draft, by=lead)
        assert draft.latest_version.number == 2
        with pytest.raises(NotNow, match="asked once"):
            actions.ask_correction(draft, "And the third", by=officer)


def test_what_was_sent_back_and_not_changed_is_sent_only_by_somebody_who_means_it(draft, lead, officer):
    send(draft, lead)
    with clock.at(LATER):
        actions.ask_correction(draft, "Send the second page", by=officer)
        with pytest.raises(BadAnswer, match="Nothing was changed since you sent it, and you can send it only once more"):
            actions.submit_application(draft, by=lead)
        assert (draft.status, draft.latest_version.number) == ("correction", 1)
        assert actions.submit_application(draft, as_it_is=True, by=lead).number == 2


@pytest.mark.parametrize("ended", [None, LATER])
def test_a_document_that_was_put_in_or_taken_out_is_a_change(make, draft, lead, officer, applicant, ended):
    before = make.document(applicant)
    before.file.at = LATER if ended is None else OPENED
    before.ended_at = ended
    db.session.commit()
    send(draft, lead)
    with clock.at(LATER):
        actions.ask_correction(draft, "Send the policy that holds now", by=officer)
        assert actions.submit_application(draft, by=lead).number == 2


def test_a_refusal_tells_the_applicant_why(draft, lead, officer):
    send(draft, lead)
    with clock.at(LATER):
        actions.refuse_application(draft, "The project is outside the area", by=officer)
    letters = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "application_refused")).all()
    assert {each.recipient for each in letters} == {"lead@example.org", "treasurer@example.org"}
    assert all("The project is outside the area" in each.body for each in letters)
    assert draft.status == "ineligible"


def test_whoever_declared_an_interest_takes_no_part(make, draft, lead):
    user = make.user("officer")
    db.session.add(Interest(round_id=draft.round_id, user_id=user.id, organisation_id=draft.organisation_id, at=OPENED))
    db.session.commit()
    send(draft, lead)
    with clock.at(LATER), pytest.raises(NotAllowed):
        actions.confirm_application(draft, by=make.person(user))


def test_what_was_withdrawn_stays_withdrawn(draft, lead):
    with clock.at(OPENED):
        actions.withdraw_application(draft, "We found other money", by=lead)
    with pytest.raises(NotNow):
        send(draft, lead)
