"""Questions that a form asks of the office: whoever fills in the rest neither sees nor answers them."""

import copy
import io
from typing import Any

import pytest
from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import Answer, AnswerRevision, Membership, StoredFile, SubmissionVersion
from partnerhub.queries.submissions import cells_of
from tests.actions.test_applications import GOOD
from tests.browser import words_of
from tests.make import FULL_APPLICATION, OPENED, SMALL_RETURN

OFFICE_PART: dict[str, Any] = {
    "key": "office",
    "title": "Kept back",
    "questions": [
        {"key": "view", "type": "short_text", "label": "What we make of it", "visible_to": "office"},
        {"key": "reached", "type": "whole_number", "label": "How many it reaches", "visible_to": "office"},
        {"key": "by_age", "type": "breakdown", "of": "reached", "breakdown": "age", "label": "Reached by age"},
        {
            "key": "gates",
            "type": "table",
            "label": "Gates passed",
            "visible_to": "office",
            "columns": [{"key": "gate", "type": "short_text", "label": "Gate"}],
        },
        {"key": "release", "type": "yes_no", "label": "Let the money go", "visible_to": "finance"},
        {"key": "interest", "type": "yes_no", "label": "Interest of whoever marks", "visible_to": "assessor"},
        {"key": "recommended", "type": "money", "label": "Amount we recommend", "visible_to": "office"},
    ],
}
LABELS = [each["label"] for each in OFFICE_PART["questions"]]


AGES = {"age": [{"key": "young", "label": "Young"}, {"key": "old", "label": "Old"}]}


def with_office_part(document: dict[str, Any], asked: str) -> dict[str, Any]:
    """The form with a part for the office, and a check that names a question of both."""
    document = copy.deepcopy(document)
    document["sections"].append(OFFICE_PART)
    document["breakdowns"] = document.get("breakdowns", {}) | AGES
    document["checks"].append(
        {
            "key": "not_more_than_asked",
            "left": "recommended",
            "operator": "<=",
            "right": asked,
            "blanks": "skip_if_any",
            "severity": "asks",
            "message": "More than was asked for",
        }
    )
    return document


@pytest.fixture
def organisation(make):
    return make.organisation()


@pytest.fixture
def lead(make, browser, organisation):
    return browser(make.lead(organisation))


@pytest.fixture(params=["application", "return"])
def story(request, make, lead, organisation):
    """An application that is ready to be sent, or a return, with a part for the office."""

    class Story:
        kind, form = request.param, "/questionnaires/" + ("small_return" if request.param == "return" else "full_application") + "/1"
        if kind == "return":
            version = make.version(with_office_part(SMALL_RETURN, "referrals"))
            thing = make.monitoring_return(make.agreement(provider=organisation, version=version))
            path, section, own = f"/returns/{thing.id}", "numbers", ("referrals", "12")
        else:
            make.version(with_office_part(FULL_APPLICATION, "amount_requested"))
            thing = make.application(make.autumn_round(make.fund(code="PZ"), number=2), organisation)
            path, section, own = f"/applications/{thing.id}", "project", ("project_name", "Boxing")
            round_id = thing.round_id
        submission_id = thing.submission_id

        def post(self, rest, data, **more):
            with clock.at(OPENED):
                return lead.post(self.path + rest, data, **more)

        def read(self, rest):
            with clock.at(OPENED):
                return lead.get(self.path + rest)

    return Story()


def kept():
    return [db.session.scalar(select(func.count()).select_from(each)) for each in (Answer, AnswerRevision, StoredFile)]


@pytest.mark.parametrize(
    "at",
    [
        "view",
        "reached",
        "by_age.young",  # says nothing of the office itself: it goes with what it splits
        "gates.r1.gate",
        "release",
        "interest",
        "recommended.reason.not_more_than_asked",
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_an_answer_to_a_question_of_the_office_is_refused_and_nothing_is_kept(story, at, htmx):
    before, (own, text) = kept(), story.own
    typed = {f"a.{own}": text, f"r.{own}": "0", f"a.{at}": "7", f"r.{at}": "0", f"choose.{at}": "mine"}
    for page in (f"?section={story.section}", "?section=office", ""):
        answer = story.post(f"/answers{page}", typed, htmx=htmx)
        assert answer.status_code == 422
        assert "somebody else to give" in words_of(answer)
    assert kept() == before
    del typed[f"a.{at}"], typed[f"r.{at}"]
    assert story.post(f"/answers?section={story.section}", typed).status_code == 303  # their own still counts
    assert kept() != before


@pytest.mark.parametrize("pressed", [{"add_row": "gates"}, {"delete_row": "gates.r1"}, {"n.view": "1", "r.view": "0"}])
def test_nothing_else_is_pressed_there_either(story, pressed):
    before = kept()
    assert story.post("/answers?section=office", pressed).status_code == 422
    assert kept() == before


def test_no_file_goes_there_and_none_is_taken_out(app, story):
    before = kept()
    for sent in ({"f.view": (io.BytesIO(b"%PDF-1.7 x"), "proof.pdf")}, {"remove_file": "view.1"}):
        assert story.post("/files?section=office", sent, content_type="multipart/form-data").status_code == 422
    assert kept() == before


def test_what_was_typed_there_once_is_not_frozen_and_stands_on_no_page_of_theirs(story, lead):
    for key in ("view", "reached", "release"):  # as it could get in before it was refused
        db.session.add(Answer(submission_id=story.submission_id, question_key=key, cell="", text="77431", value="77431", at=OPENED))
    db.session.commit()
    typed = {f"a.{key}" + (f".{cell}" if cell else ""): said.text for (key, cell), said in GOOD.items()}
    if story.kind == "return":
        typed = {"a.referrals": "12", "a.seen": "12", "a.helped.number": "5", "a.helped.out_of": "6", "a.story": "Well"}
    story.post("/answers", typed | {name.replace("a.", "r.", 1): "0" for name in typed})
    check = story.read("/check")
    seen = check.text.partition('name="seen" value="')[2].partition('"')[0]
    sent = story.post("/submit", {"seen": seen, "declaration": "yes"})
    assert sent.status_code == 303, words_of(sent)
    [version] = db.session.scalars(select(SubmissionVersion))
    assert "77431" not in str(version.answers)
    assert not {each["key"] for each in OFFICE_PART["questions"]} & set(version.answers["visible"])
    pages = [check, *(story.read(each) for each in ("", "/receipt", "/versions/1")), lead.get(story.form), lead.get(f"{story.form}/blank")]
    if story.kind == "application":
        one = f"/rounds/{story.round_id}"
        pages += [lead.get(each) for each in (one, f"{one}.json")]
    for page in pages:
        assert page.status_code == 200
        for word in (*LABELS, "77431", "More than was asked for"):
            assert word not in page.text, page.request.path
    assert story.read("/sections/office").status_code == 404


# The office answers them once it was sent.


@pytest.fixture
def sent(story):
    """It lies with the office: 12 were referred, or £1,234.50 is asked for."""
    typed = {f"a.{key}" + (f".{cell}" if cell else ""): said.text for (key, cell), said in GOOD.items()}
    if story.kind == "return":
        typed = {"a.referrals": "12", "a.seen": "12", "a.helped.number": "5", "a.helped.out_of": "6", "a.story": "Well"}
    story.post("/answers", typed | {name.replace("a.", "r.", 1): "0" for name in typed})
    seen = story.read("/check").text.partition('name="seen" value="')[2].partition('"')[0]
    assert story.post("/submit", {"seen": seen, "declaration": "yes"}).status_code == 303
    return story


@pytest.fixture
def officer(make, browser):
    return browser(make.user("officer"))


def typed(**cells):
    return {f"a.{at}": text for at, text in cells.items()} | {f"r.{at}": "0" for at in cells}


def test_the_office_answers_beside_what_was_sent_and_leaves_it_as_it_was(sent, officer):
    [version] = db.session.scalars(select(SubmissionVersion))
    answers, cells = dict(version.answers), cells_of(sent.submission_id)
    assert f'href="{sent.path}/office"' in officer.get(sent.path).text
    page = officer.get(f"{sent.path}/office")
    for label in ("What we make of it", "How many it reaches", "Reached by age", "Gates passed", "Amount we recommend"):
        assert label in page.text
    for label in ("Referrals", "Project name", "Interest of whoever marks"):
        assert label not in page.text
    saved = officer.post(f"{sent.path}/office/answers?section=office", typed(view="Sound", reached="9", **{"by_age.young": "9"}))
    assert saved.status_code == 303
    again = officer.get(saved.location).text
    assert "Saved." in again and 'value="Sound"' in again
    db.session.expire_all()
    [version] = db.session.scalars(select(SubmissionVersion))
    assert version.answers == answers
    assert cells_of(sent.submission_id) == cells


def test_a_check_reads_both_what_was_sent_and_what_the_office_says(sent, officer):
    path = f"{sent.path}/office/answers?section=office"
    part = officer.post(path, typed(recommended="5000"), htmx=True)
    assert part.status_code == 200 and "More than was asked for" in part.text
    page = officer.get(f"{sent.path}/office").text
    assert "More than was asked for" in page
    assert "More than was asked for" not in sent.read("").text
    why = officer.post(path, typed(**{"recommended.reason.not_more_than_asked": "They forgot the hall"}), htmx=True)
    assert why.status_code == 200
    assert "They forgot the hall" in officer.get(f"{sent.path}/office").text
    less = officer.post(path, typed(recommended="10") | {"r.recommended": "1"}, htmx=True)
    assert less.status_code == 200 and "More than was asked for" not in less.text


def test_what_the_hub_checked_stands_beside_it_for_those_who_see_it(sent, make, browser, officer):
    is_application = sent.kind == "application"
    page = words_of(officer.get(f"{sent.path}/office"))
    assert ("Amount asked for Passed It asks for £1,234.50. The most is" in page) is is_application
    assert ("What the hub checked" in page) is is_application
    assert "What the hub checked" not in words_of(browser(make.user("finance")).get(f"{sent.path}/office"))
    refused = officer.post(f"{sent.path}/office/answers?section=office", typed(recommended="a lot"))
    assert refused.status_code == 422
    assert ("What the hub checked" in words_of(refused)) is is_application


def test_a_row_is_added_without_leaving_the_page(sent, officer):
    part = officer.post(f"{sent.path}/office/answers?section=office", {"add_row": "gates"}, htmx=True)
    assert part.status_code == 200 and "gates.r2.gate" in part.text


@pytest.mark.parametrize(
    ("role", "at", "is_kept"),
    [
        ("officer", "view", True),
        ("officer", "release", False),
        ("finance", "release", True),
        ("finance", "view", False),
        ("director", "view", False),
        ("officer", "interest", False),
        ("officer", "project_name", False),
        ("officer", "referrals", False),
    ],
)
def test_each_answers_what_is_put_to_them(sent, make, browser, role, at, is_kept):
    before = kept()
    sent_there = browser(make.user(role)).post(f"{sent.path}/office/answers?section=office", typed(**{at: "yes"}))
    assert (kept() != before) is is_kept
    if at in ("view", "release", "interest"):  # the two forms differ in what is their applicant's
        assert sent_there.status_code in ((303,) if is_kept else (403, 422))


def test_who_may_not_answer_reads_it(sent, make, browser, officer):
    officer.post(f"{sent.path}/office/answers?section=office", typed(view="Sound"))
    for role in ("director", "auditor", "finance"):
        page = browser(make.user(role)).get(f"{sent.path}/office").text
        assert "Sound" in page and 'name="a.view"' not in page
        assert (f'href="{sent.path}"' in page) is (role != "finance")  # which has no page of it
    for role in ("assessor", "chair"):
        assert browser(make.user(role)).get(f"{sent.path}/office").status_code == 404


def test_whoever_sent_it_never_meets_it_and_nobody_before_it_was_sent(story, sent, lead, organisation, make, browser, officer):
    officer.post(f"{sent.path}/office/answers?section=office", typed(view="Sound judgement"))
    both = make.member(organisation)  # an officer who belongs to them reads as their team
    db.session.add(Membership(user_id=both.id, role="officer", since=OPENED))
    db.session.commit()
    for one in (lead, browser(both)):
        assert one.get(f"{sent.path}/office").status_code == 404
        assert one.post(f"{sent.path}/office/answers?section=office", typed(view="Mine")).status_code == 404
        for page in ("", "/versions/1", "/receipt"):
            assert "Sound judgement" not in one.get(sent.path + page).text
            assert f"{sent.path}/office" not in one.get(sent.path + page).text


def test_there_is_nothing_for_the_office_before_it_is_sent(story, officer):
    assert f"{story.path}/office" not in officer.get(story.path).text
    before = kept()
    assert officer.get(f"{story.path}/office").status_code == 409
    assert officer.post(f"{story.path}/office/answers", typed(view="Early")).status_code == 409
    assert kept() == before
