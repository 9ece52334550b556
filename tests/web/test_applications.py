"""Applications as people see them: started, filled in, sent in time or too late, looked at by the office, nobody else's."""

import copy
import re
from datetime import timedelta

import pytest

from partnerhub import clock
from partnerhub.actions import applications as actions
from partnerhub.extensions import db
from partnerhub.models import Application
from tests.actions.test_applications import GOOD, LATER, MOMENT
from tests.browser import words_of
from tests.make import CLOSED, FULL_APPLICATION, OPENED


@pytest.fixture
def applicant(make):
    return make.organisation(name="Example boxing club")


@pytest.fixture
def lead(make, applicant):
    return make.lead(applicant)


@pytest.fixture
def funding_round(make):
    return make.autumn_round(make.fund(code="PZ", name="Zones fund"), number=2)


def test_a_volunteer_starts_fills_in_and_sends_an_application(browser, lead, applicant, funding_round):
    with clock.at(OPENED):
        one = browser(lead)
        started = one.post(f"/rounds/{funding_round.id}/applications/begin", {"organisation": str(applicant.id)})
        address = started.headers["Location"]
        assert re.fullmatch(r"/applications/[0-9a-f-]{36}", address)
        page = one.get(address).text
        assert "Draft application" in page
        assert "Closes Monday 28 October, 5pm (British time), in 28 days" in page
        typed = {f"a.{key}" + (f".{cell}" if cell else ""): said.text for (key, cell), said in GOOD.items()}
        revisions = {name.replace("a.", "r.", 1): "0" for name in typed}
        for section in ("project", "money"):
            one.post(f"{address}/answers?section={section}", typed | revisions)
        check = one.get(f"{address}/check").text
        assert "Everything needed is here." in check
        assert "1,234.50" in check
        sent = one.post(f"{address}/submit", read_on(check))
        assert sent.headers["Location"] == f"{address}/receipt"
        receipt = one.get(f"{address}/receipt").text
    assert "PZ-2024-2-0001" in receipt
    assert "£1,234.50" in receipt


def read_on(check):
    """What the check page's form sends along."""
    return {"seen": re.search(r'name="seen" value="(\w+)"', check).group(1)}


def send(one, address):
    return one.post(f"{address}/submit", read_on(one.get(f"{address}/check").text))


def ready(make, lead, applicant, funding_round):
    application = make.application(funding_round, applicant)
    with clock.at(OPENED):
        actions.save_answers(application, GOOD, by=make.person(lead))
    return application


def test_what_arrives_at_the_close_is_kept_as_a_draft_and_the_page_says_when_it_came(make, browser, lead, applicant, funding_round):
    application = ready(make, lead, applicant, funding_round)
    with clock.at(CLOSED):
        answer = send(browser(lead), f"/applications/{application.id}")
    assert answer.status_code == 409
    assert "The round closed at 17:00:00 on 28 October 2024; this arrived at 17:00:00 on 28 October 2024" in answer.text
    db.session.expire_all()
    assert db.session.get(Application, application.id).status == "draft"


def test_what_a_colleague_changed_since_the_page_was_opened_is_shown_before_it_is_sent(make, browser, lead, applicant, funding_round):
    application = ready(make, lead, applicant, funding_round)
    with clock.at(OPENED):
        one = browser(lead)
        old = read_on(one.get(f"/applications/{application.id}/check").text)
        fields = {"a.project_name": "Changed name", "r.project_name": "1"}
        browser(make.member(applicant)).post(f"/applications/{application.id}/answers?section=project", fields)
        answer = one.post(f"/applications/{application.id}/submit", old)
    assert answer.status_code == 409
    assert "Something changed after you opened this page" in answer.text
    assert "Changed name" in answer.text


def test_an_application_that_nobody_has_read_is_not_sent(make, browser, lead, applicant, funding_round):
    application = ready(make, lead, applicant, funding_round)
    with clock.at(OPENED):
        answer = browser(lead).post(f"/applications/{application.id}/submit")
    assert answer.status_code == 409
    assert db.session.get(Application, application.id).status == "draft"


def test_another_organisation_s_application_does_not_exist(make, browser, lead, applicant, funding_round):
    application = ready(make, lead, applicant, funding_round)
    rival = browser(make.lead(make.organisation()))
    for path in ("", "/check", "/sections/project", "/receipt", "/versions/1", "/versions/1.pdf"):
        assert rival.get(f"/applications/{application.id}{path}").status_code == 404


def test_the_office_sees_that_there_is_a_draft_and_not_its_words(make, browser, lead, applicant, funding_round):
    application = ready(make, lead, applicant, funding_round)
    officer = browser(make.user("officer"))
    page = officer.get(f"/applications/{application.id}").text
    assert "You see the progress of a draft, not its words" in page
    assert "Boxing for young people" not in page
    assert officer.get(f"/applications/{application.id}/check").status_code == 404


def test_an_officer_refuses_with_a_reason_and_an_empty_one_comes_back_beside_its_box(make, browser, lead, applicant, funding_round):
    application = ready(make, lead, applicant, funding_round)
    with clock.at(CLOSED - MOMENT):
        send(browser(lead), f"/applications/{application.id}")
    db.session.expire_all()
    version = db.session.get(Application, application.id).version
    with clock.at(LATER):
        officer = browser(make.user("officer"))
        empty = officer.post(f"/applications/{application.id}/refuse", {"reason": "", "version": str(version)})
        assert empty.status_code == 422
        assert "Write why it cannot be considered. Nothing was changed." in empty.text
        officer.post(f"/applications/{application.id}/refuse", {"reason": "Outside the area", "version": str(version)})
        page = browser(lead).get(f"/applications/{application.id}").text
    assert "It cannot be considered: Outside the area" in page


def sent_back(make, browser, lead, applicant, funding_round):
    """(the address of an application that was sent and is to be put right, its lead's browser)"""
    application = ready(make, lead, applicant, funding_round)
    address, one = f"/applications/{application.id}", browser(lead)
    with clock.at(CLOSED - MOMENT):
        send(one, address)
    with clock.at(LATER):
        actions.ask_correction(db.session.get(Application, application.id), "Send page 2", by=make.person(make.user("officer")))
    return address, one


def test_what_is_to_be_put_right_stands_on_the_check_page_and_is_not_sent_unchanged_by_mistake(
    make, browser, lead, applicant, funding_round
):
    address, one = sent_back(make, browser, lead, applicant, funding_round)
    with clock.at(LATER):
        page = words_of(one.get(f"{address}/check"))
        assert "The office asked for this to be put right: Send page 2" in page
        assert "You can send it once more." in page
        assert page.index("Send page 2") < page.index("Everything needed is here")
        assert "Nothing was changed since you sent it" in page
        assert f'href="/organisations/{applicant.id}/documents"' in one.get(f"{address}/check").text
        refused = send(one, address)
        assert refused.status_code == 422
        assert "Nothing was sent. Put right what the office asked for" in words_of(refused)
        one.post(f"{address}/answers?section=project", {"a.project_name": "Changed name", "r.project_name": "1"})
        assert "Nothing was changed" not in words_of(one.get(f"{address}/check"))
        assert send(one, address).headers["Location"] == f"{address}/receipt"


def test_what_is_sent_unchanged_on_purpose_goes(make, browser, lead, applicant, funding_round):
    address, one = sent_back(make, browser, lead, applicant, funding_round)
    with clock.at(LATER):
        assert one.sign(address, as_it_is="yes").headers["Location"] == f"{address}/receipt"


def test_what_was_opened_again_is_said_not_to_be_with_the_office_wherever_it_stands(make, browser, lead, applicant, funding_round):
    application = ready(make, lead, applicant, funding_round)
    address, one = f"/applications/{application.id}", browser(lead)
    waits = "You opened this again. It is not with us until you send it before 28 October 2024 at 17:00"
    with clock.at(CLOSED - timedelta(days=1)):
        assert "opened this again" not in words_of(one.get(address))
        send(one, address)
        assert "opened this again" not in words_of(one.get(address))
        actions.reopen_application(db.session.get(Application, application.id), by=make.person(lead))
        for path in (address, "/applications", "/"):
            assert waits in words_of(one.get(path)), path
        assert "The applicant opened this again. It is not with us until it is sent" in words_of(browser(make.user("officer")).get(address))
    with clock.at(LATER):
        for path in (address, "/applications", "/"):
            assert "You opened this again and did not send it before 28 October 2024 at 17:00. It is not with us." in words_of(
                one.get(path)
            ), path
    with clock.at(CLOSED - MOMENT):
        send(one, address)
        assert "opened this again" not in words_of(one.get(address))


def test_the_receipt_is_found_again_beside_what_was_sent_last(make, browser, lead, applicant, funding_round):
    application = ready(make, lead, applicant, funding_round)
    address, one = f"/applications/{application.id}", browser(lead)
    link = f'<a class="govuk-link" href="{address}/receipt">Receipt</a>'
    with clock.at(CLOSED - timedelta(days=1)):
        assert link not in one.get(address).text
        send(one, address)
        assert link in one.get(f"{address}/versions/1").text
        actions.reopen_application(db.session.get(Application, application.id), by=make.person(lead))
        send(one, address)
        assert one.get(address).text.count(link) == 1
        assert link in one.get(f"{address}/versions/2").text
        assert link not in one.get(f"{address}/versions/1").text


def test_an_officer_reads_before_the_close_when_it_can_be_decided_on(make, browser, lead, applicant, funding_round):
    application = ready(make, lead, applicant, funding_round)
    address, officer = f"/applications/{application.id}", browser(make.user("officer"))
    says = "You can decide whether it can be considered after 28 October 2024 at 17:00."
    with clock.at(CLOSED - MOMENT):
        assert says not in words_of(officer.get(address))
        send(browser(lead), address)
        page = words_of(officer.get(address))
        assert says in page and "Yes, it can be marked" not in page
        assert says not in words_of(browser(lead).get(address))
    with clock.at(LATER):
        page = words_of(officer.get(address))
        assert says not in page and "Yes, it can be marked" in page


def test_the_name_and_the_kind_are_filled_in_where_the_form_asks_for_them_and_the_page_says_what_was(make, browser):
    document = copy.deepcopy(FULL_APPLICATION)
    kinds = [{"key": "charity", "label": "Charity"}, {"key": "other", "label": "Other"}]
    document["sections"][0]["questions"] += [
        {"key": "name", "type": "short_text", "label": "Legal name", "reuse": "legal_name"},
        {"key": "kind", "type": "single_choice", "label": "What are you?", "reuse": "kind", "options": kinds},
    ]
    make.version(document)
    funding_round = make.autumn_round(make.fund(kinds=["charity", "school"]))
    for kind, says in (("charity", "We filled in: Legal name; What are you. Check"), ("school", "We filled in: Legal name. Check")):
        applicant = make.organisation(name=f"The {kind} of Example")
        applicant.kind = kind
        db.session.commit()
        one = browser(make.lead(applicant))
        with clock.at(OPENED):
            begun = one.post(f"/rounds/{funding_round.id}/applications/begin", {"organisation": str(applicant.id)})
            address = begun.headers["Location"]
            assert says in words_of(one.get(address))
            assert f'value="The {kind} of Example"' in one.get(f"{address}/sections/project").text


def test_the_list_of_a_round_names_what_came_and_the_drafts(make, browser, lead, applicant, funding_round):
    sent = ready(make, lead, applicant, funding_round)
    make.application(funding_round, make.organisation(name="A slow group"))
    with clock.at(CLOSED - MOMENT):
        send(browser(lead), f"/applications/{sent.id}")
    page = browser(make.user("officer")).get(f"/rounds/{funding_round.id}/applications").text
    assert page.index("PZ-2024-2-0001") < page.index("A slow group")
    assert "£1,234.50" in page


def test_who_belongs_to_no_organisation_is_led_to_no_list_of_applications(make, browser, funding_round):
    with clock.at(OPENED):
        page = browser(make.viewer(make.programme())).get(f"/rounds/{funding_round.id}/applications/begin")
        assert (page.status_code, 'href="/applications"' in page.text) == (200, False)


def test_what_is_kept_and_does_not_count_is_said_so_on_the_check_page_and_in_the_list_of_sections(browser, lead, applicant, funding_round):
    with clock.at(OPENED):
        one = browser(lead)
        address = one.post(f"/rounds/{funding_round.id}/applications/begin", {"organisation": str(applicant.id)}).headers["Location"]
        one.post(f"{address}/answers?section=project", {"a.need": "word " * 25, "r.need": "0"})
        check, sections = one.get(f"{address}/check").text, words_of(one.get(address))
    assert "Why is it needed?: not answered yet" not in check
    assert re.search(r"Why is it needed\?: [^<]*5 words? too many|Why is it needed\?: [^<]*25", check)
    assert "Needs attention" in sections
