"""Answers of an earlier application: seen before they come, written into empty cells alone, said beside each until it is changed."""

import copy
from datetime import timedelta

import pytest
from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions import applications as actions
from partnerhub.extensions import db
from partnerhub.forms.answers import Typed
from partnerhub.models import Application, CopiedAnswer
from partnerhub.queries.submissions import cells_of
from partnerhub.rules.errors import NotAllowed, NotNow
from tests.browser import words_of
from tests.make import CLOSED, FULL_APPLICATION, OPENED

SAID = {
    ("project_name", ""): "Boxing",
    ("need", ""): "There is nowhere to go",
    ("contact", ""): "old@example.org",
    ("budget", "r1.item"): "Hall",
    ("budget", "r1.cost"): "1,200",
    ("budget", "r2.item"): "Gloves",
    ("budget", "r2.cost"): "34",
}
LATER = CLOSED - timedelta(hours=1)


def other_form():
    """Asked alike: the name and the budget; the need with another type, the contact for the office alone."""
    document = copy.deepcopy(FULL_APPLICATION) | {"questionnaire": "other_application"}
    document["sections"][0]["questions"][1] |= {"type": "short_text", "limit": {"characters": 100}}
    document["sections"][0]["questions"][2]["visible_to"] = "office"
    return document


@pytest.fixture
def ours(make):
    return make.organisation("Example boxing club")


@pytest.fixture
def by(make, ours):
    return make.person(make.lead(ours))


def filled(application, said, by):
    with clock.at(OPENED):
        saved = actions.save_answers(application, {place: Typed(text, 0) for place, text in said.items()}, by=by)
    assert not saved.errors
    return application


@pytest.fixture
def sent(make, ours, by):
    """PZ-2024-1-0001."""
    application = filled(make.application(make.autumn_round(make.fund(code="PZ"), number=1), ours), SAID, by)
    with clock.at(LATER):
        actions.submit_application(application, by=by)
    return application


@pytest.fixture
def draft(make, ours):
    """In another round of another fund, with another form."""
    version = make.version(other_form())
    return make.application(make.funding_round(None, version, year=2024, opens_at=OPENED, closes_at=CLOSED), ours)


def texts_of(application):
    return {place: cell.text for place, cell in cells_of(application.submission_id).items()}


def test_what_is_asked_alike_comes_from_another_fund_and_the_rest_stays_away(sent, draft, by):
    with clock.at(LATER):
        assert actions.use_earlier(draft, sent, by=by) == 2
    came = texts_of(draft)
    assert came == {place: text for place, text in SAID.items() if place[0] in ("project_name", "budget")}
    assert cells_of(draft.submission_id)["budget", "r1.cost"].value == 120_000


def test_nothing_that_was_typed_is_changed_and_a_table_that_was_begun_gets_no_rows(sent, draft, by):
    filled(draft, {("project_name", ""): "Our own name", ("budget", "r1.item"): "Ring"}, by)
    with clock.at(LATER):
        assert actions.use_earlier(draft, sent, by=by) == 0
    assert texts_of(draft) == {("project_name", ""): "Our own name", ("budget", "r1.item"): "Ring"}
    with clock.at(LATER):
        actions.save_answers(draft, {("project_name", ""): Typed("", 1)}, by=by)
        assert actions.use_earlier(draft, sent, by=by) == 1, "a cell that was emptied is empty"
    assert texts_of(draft)["project_name", ""] == "Boxing"


def test_an_answer_that_no_longer_fits_stays_away(make, ours, by, sent):
    document = other_form() | {"questionnaire": "third"}
    document["sections"][0]["questions"][0]["limit"] = {"characters": 3}
    narrow = make.application(make.funding_round(None, make.version(document), year=2024, opens_at=OPENED, closes_at=CLOSED), ours)
    with clock.at(LATER):
        actions.use_earlier(narrow, sent, by=by)
    assert ("project_name", "") not in texts_of(narrow)


def test_only_ones_own_organisations_answers_come(make, sent, by):
    theirs = make.organisation()
    stranger = make.person(make.lead(theirs))
    foreign = make.application(sent.funding_round, theirs)
    with clock.at(LATER), pytest.raises(NotAllowed):
        actions.use_earlier(foreign, sent, by=stranger)
    both = make.lead(theirs)
    make._kept(type(both.memberships[0])(user_id=both.id, organisation_id=sent.organisation_id, role="lead", since=OPENED))
    with clock.at(LATER), pytest.raises(NotNow, match="same organisation"):
        actions.use_earlier(foreign, sent, by=make.person(both))
    assert texts_of(foreign) == {}


def test_what_was_never_sent_and_the_application_itself_are_not_offered(make, browser, ours, sent, draft):
    other = make.application(sent.funding_round, ours)
    with clock.at(LATER):
        lead = browser(make.lead(ours))
        page = lead.get(f"/applications/{other.id}/earlier").text
        assert f"from={sent.id}" in page and f"from={draft.id}" not in page and f"from={other.id}" not in page
        for source in (draft, other):
            assert lead.post(f"/applications/{other.id}/earlier", {"from": str(source.id)}).status_code == 404


def test_the_person_sees_what_would_come_takes_it_and_is_told_beside_each(make, browser, ours, sent, draft, by):
    lead, path = browser(make.lead(ours)), f"/applications/{draft.id}"
    with clock.at(LATER):
        assert "Use answers of an earlier application" in words_of(lead.get(path))
        page = words_of(lead.get(f"{path}/earlier?from={sent.id}"))
        assert "2 answers of PZ-2024-1-0001 would come here" in page and "Boxing" in page and "old@example.org" not in page
        assert lead.post(f"{path}/earlier", {"from": str(sent.id)}).status_code == 303
        shown = words_of(lead.get(f"{path}/sections/project"))
        assert shown.count("from your application PZ-2024-1-0001; check it") == 1
        assert words_of(lead.get(f"{path}/sections/money")).count("from your application PZ-2024-1-0001; check it") == 2, "once a row"
        lead.post(f"{path}/answers", {"a.project_name": "Boxing again", "r.project_name": "1"})
        assert "check it" not in words_of(lead.get(f"{path}/sections/project"))
        assert "No answer of PZ-2024-1-0001 would come" in words_of(lead.get(f"{path}/earlier?from={sent.id}"))
    assert db.session.scalars(select(CopiedAnswer)).all()


def test_what_was_sent_takes_no_answers(make, browser, ours, by, sent):
    second = filled(make.application(sent.funding_round, ours), SAID, by)
    with clock.at(LATER):
        actions.submit_application(second, by=by)
        assert browser(make.lead(ours)).post(f"/applications/{second.id}/earlier", {"from": str(sent.id)}).status_code == 409
    assert db.session.get(Application, second.id).status == "submitted"
