"""Forms on screens: read in words, printed blank, loaded with every fault told, published, open returns moved."""

import copy
import io
import re

import pytest
import yaml
from sqlalchemy import select, text

from partnerhub.actions.questionnaires import load_questionnaire, publish_questionnaire
from partnerhub.actions.returns import save_answers
from partnerhub.catalogue import reading
from partnerhub.catalogue.loading import as_yaml
from partnerhub.extensions import db
from partnerhub.forms.answers import read_cells
from partnerhub.models import Answer, MonitoringReturn, QuestionnaireVersion, SubmissionVersion
from partnerhub.queries.questionnaires import definition
from partnerhub.rules.policy import HUB
from partnerhub.rules.scoring import FORMULA
from tests.browser import words_of
from tests.counting import assert_steady
from tests.make import LONG_AGO, SMALL_RETURN

FORMS = reading.HOUSE / "questionnaires"


@pytest.fixture
def officer(make, browser):
    return browser(make.user("officer"))


def changed(**changes):
    return copy.deepcopy(SMALL_RETURN) | changes


def written(document):
    return yaml.safe_dump(document, sort_keys=False)


def typed(make, monitoring_return, **answers):
    """Answers as a lead of the organisation types them."""
    fields = {f"a.{key}": value for key, value in answers.items()} | {f"r.{key}": "0" for key in answers}
    lead = make.person(make.lead(monitoring_return.organisation))
    form = read_cells(_fields(fields), definition(monitoring_return.questionnaire_version_id))
    save_answers(monitoring_return, form.cells, by=lead)


def _fields(fields):
    from werkzeug.datastructures import MultiDict

    return MultiDict(fields)


def fresh(row):
    """The row as it stands now."""
    return db.session.get(type(row), row.id, populate_existing=True)


def reload(model):
    db.session.expire_all()
    return db.session.scalars(select(model).order_by(model.number)).all()


# reading


def test_a_version_is_read_in_words(make, officer):
    make.version()
    words = words_of(officer.get("/questionnaires/small_return/1"))
    for said in (
        "Small quarterly return",
        "Referrals received A whole number",
        "Must be answered.",
        "Text (at most 20 words)",
        "The groups must add up to “Referrals received”",
        "People seen should equal referrals. “People seen” must equal “Referrals received”. Otherwise we ask for a reason",
        "A count must not be more than what it is out of",
    ):
        assert said in words


@pytest.mark.parametrize("path", sorted(FORMS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_form_of_the_house_is_read_and_printed(officer, path):
    document = reading.read([path])[0].content
    version = publish_questionnaire(load_questionnaire(None, document, by=HUB).version, by=HUB).version
    form = definition(version.id)
    for page in ("", "/blank"):
        response = officer.get(f"/questionnaires/{form.key}/1{page}")
        words = words_of(response)
        assert response.status_code == 200
        assert all(" ".join(question.label.split()) in words for question in form.questions.values())
        assert not any(f" {key} " in words for key in form.questions if "_" in key)  # keys are not for reading


def test_anybody_reads_and_prints_a_published_form_and_no_draft(make, browser, stranger):
    make.version()
    make.version(number=2, status="draft")
    member = browser(make.member(make.organisation()))
    assert "Referrals received" in words_of(member.get("/questionnaires/small_return/1/blank"))
    assert member.get("/questionnaires/small_return/2/blank").status_code == 404
    assert member.get("/questionnaires").status_code == member.get("/questionnaires/small_return").status_code == 404


def test_a_stranger_finds_the_forms_in_use_from_the_front_page(make, stranger):
    make.version()
    make.version(number=2)
    make.version(number=3, status="draft")
    make.version(changed(questionnaire="other", title="Not yet"), status="draft")
    assert 'href="/questionnaires/published"' in stranger.get("/").text
    listed = stranger.get("/questionnaires/published")
    assert 'href="/questionnaires/small_return/2">Small quarterly return</a>' in listed.text
    assert "small_return/1" not in listed.text and "Not yet" not in listed.text
    read = stranger.get("/questionnaires/small_return/2")
    assert "Referrals received A whole number" in words_of(read)
    links = set(re.findall(r'href="(/[^"?#]*)"', read.text))
    assert {each for each in links if each.startswith("/questionnaires")} == {
        "/questionnaires/published",
        "/questionnaires/small_return/2/blank",
    }
    assert stranger.get("/questionnaires/small_return/3").status_code == 404
    assert stranger.get("/questionnaires").status_code == 303


def test_anybody_reads_how_a_form_is_marked(make, stranger):
    criteria = [{"key": "sound", "label": "Soundly governed", "pass_fail": True}, {"key": "need", "label": "Need", "weight": 100}]
    anchors = {"1": "Nothing said"}
    make.version(changed(scoring={"scale": {"min": 1, "max": 10, "anchors": anchors}, "criteria": criteria, "line": 65}))
    for page in ("", "/blank"):
        words = words_of(stranger.get(f"/questionnaires/small_return/1{page}"))
        assert f"Each criterion is marked from 1 to 10. {FORMULA}" in words
        assert (
            "Applications are ranked by percentage. Money usually goes to those at 65% or more: this is the line. "
            "Criteria and weights Criterion Weight Soundly governed must be passed Need 100%" in words
        )
        assert "1: Nothing said" in words


def test_partners_do_not_read_what_only_the_office_fills_in(make, browser, officer):
    document = changed()
    document["sections"].append(
        {
            "key": "o",
            "title": "Office",
            "questions": [{"key": "secret", "type": "short_text", "label": "Office part", "visible_to": "office"}],
        }
    )
    make.version(document)
    member = browser(make.member(make.organisation()))
    assert "Office part" in words_of(officer.get("/questionnaires/small_return/1"))
    assert "Office part" not in words_of(member.get("/questionnaires/small_return/1"))


@pytest.mark.parametrize("path", ["nothing", "small_return/7", "small_return/99999999999999999999", "%00/1", "small_return/0"])
def test_what_is_not_there_is_not_found(make, officer, path):
    make.version()
    assert officer.get(f"/questionnaires/{path}").status_code == 404


# loading


def test_a_pasted_form_becomes_a_draft(officer):
    answer = officer.post("/questionnaires/load", {"text": written(SMALL_RETURN)})
    assert answer.status_code == 303
    page = words_of(officer.get(answer.location))
    assert "It is a draft now" in page and "Publish this version" in page
    again = officer.post("/questionnaires/load", {"text": written(SMALL_RETURN)})
    assert "Nothing is new" in words_of(officer.get(again.location))


def test_an_uploaded_form_becomes_a_draft(officer):
    file = (io.BytesIO(b"\xef\xbb\xbf" + written(SMALL_RETURN).encode()), "form.yaml")
    answer = officer.post("/questionnaires/load", {"file": file, "text": ""}, content_type="multipart/form-data")
    assert answer.status_code == 303 and answer.location.endswith("/questionnaires/small_return/1")


def test_mistakes_are_told_with_their_line_and_the_text_stays_to_be_corrected(officer):
    wrong = written(SMALL_RETURN).replace("type: whole_number", "type: number", 1).replace("severity: asks", "severity: shouts")
    file = (io.BytesIO(wrong.encode()), "form.yaml")
    answer = officer.post("/questionnaires/load", {"file": file}, content_type="multipart/form-data")
    words = words_of(answer)
    assert answer.status_code == 422 and "mistakes were found in the form" in words
    at = wrong.splitlines().index("    type: number")  # the question begins on the line before
    assert f"line {at}: sections[0].questions[0] referrals" in words and "shouts" in words and "title: Small quarterly return" in words
    assert not db.session.scalars(select(QuestionnaireVersion)).all()


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        " ",
        "\x00",
        "questionnaire: \x00",
        "a: &x [*x]",
        "- " * 20_000,
        "[" * 5_000,
        "9" * 5_000,
        "x: !!python/name:os.system",
        "a: 1\n" * 60_000,
    ],
)
def test_hostile_texts_are_mistakes_and_no_more(officer, hostile):
    answer = officer.post("/questionnaires/load", {"text": hostile})
    assert answer.status_code == 422 and "There is a problem" in words_of(answer)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 500_500, b"", "questionnaire: \ud800".encode("utf-8", "surrogatepass")])
def test_hostile_files_are_mistakes_and_no_more(officer, content):
    answer = officer.post("/questionnaires/load", {"file": (io.BytesIO(content), "form.yaml")}, content_type="multipart/form-data")
    assert answer.status_code == 422 and "There is a problem" in words_of(answer)


def test_a_form_is_changed_from_its_own_text(make, officer):
    publish_questionnaire(load_questionnaire(None, SMALL_RETURN, by=HUB).version, by=HUB)
    page = officer.get("/questionnaires/small_return/1/edit")
    assert "questionnaire: small_return title: Small quarterly return kind: return" in words_of(page)  # in the order of its author
    version = reload(QuestionnaireVersion)[0]
    assert not load_questionnaire(None, reading.read_text(as_yaml(version.document), "x").content, by=HUB).is_new
    changed_text = as_yaml(version.document).replace("Small quarterly return", "Another return")
    answer = officer.post("/questionnaires/load", {"text": changed_text})
    assert answer.location.endswith("/questionnaires/small_return/2")


def test_partners_load_and_publish_nothing(make, browser):
    make.version(status="draft")
    lead = browser(make.lead(make.organisation()))
    assert lead.get("/questionnaires/load").status_code == 404
    assert lead.post("/questionnaires/load", {"text": written(SMALL_RETURN)}).status_code == 404
    assert lead.post("/questionnaires/small_return/1/publish").status_code == 404
    assert reload(QuestionnaireVersion)[0].status == "draft"


# publishing, and what becomes of open returns


def published(document):
    return publish_questionnaire(load_questionnaire(None, document, by=HUB).version, by=HUB).version


def test_publishing_is_confirmed_and_then_final(make, officer):
    published(SMALL_RETURN)
    load_questionnaire(None, changed(title="Renamed return"), by=HUB)
    page = officer.get("/questionnaires/small_return/2/publish")
    assert "The title or the introduction is worded differently." in words_of(page)
    assert reload(QuestionnaireVersion)[1].status == "draft"
    digest = reload(QuestionnaireVersion)[1].digest
    assert officer.post("/questionnaires/small_return/2/publish", {"digest": "another"}).status_code == 409
    assert officer.post("/questionnaires/small_return/2/publish").status_code == 409
    answer = officer.post("/questionnaires/small_return/2/publish", {"digest": digest})
    assert answer.status_code == 303 and "Renamed return" in words_of(officer.get(answer.location))
    assert officer.get("/questionnaires/small_return/2/publish").status_code == 303  # nothing is left to confirm


def test_a_change_of_wording_takes_every_open_return_along(make):
    first = published(SMALL_RETURN)
    agreement = make.agreement(version=first)
    begun, sent = make.monitoring_return(agreement, "2022-23 Q1"), make.monitoring_return(agreement, "2022-23 Q2", status="submitted")
    typed(make, begun, referrals="12")
    second = published(changed(title="Renamed return"))
    begun = fresh(begun)
    assert begun.questionnaire_version_id == fresh(begun.submission).questionnaire_version_id == second.id
    assert fresh(sent).questionnaire_version_id == first.id
    assert db.session.scalars(select(Answer.value)).all() == [12]


def other_form():
    """The same form without the number of people seen, and with a story of at most two words."""
    document = changed()
    numbers, story = document["sections"]
    numbers["questions"] = [each for each in numbers["questions"] if each["key"] != "seen"]
    story["questions"][0]["limit"] = {"words": 2}
    return document | {"checks": []}


def test_another_form_takes_along_only_what_nobody_has_begun(make, officer):
    first = published(SMALL_RETURN)
    agreement = make.agreement(version=first)
    begun, untouched = make.monitoring_return(agreement, "2022-23 Q1"), make.monitoring_return(agreement, "2022-23 Q2")
    typed(make, begun, referrals="12", seen="11", story="three words here")
    load_questionnaire(None, other_form(), by=HUB)
    page = words_of(officer.get("/questionnaires/small_return/2/publish"))
    assert "2022-23 Q2: not begun, moves" in page and "2022-23 Q1: begun" in page
    second = reload(QuestionnaireVersion)[1]
    publish_questionnaire(second, by=HUB)
    assert fresh(untouched).questionnaire_version_id == second.id and fresh(begun).questionnaire_version_id == first.id
    assert "Move to version 2" in words_of(officer.get("/questionnaires/small_return"))


def test_a_begun_return_is_moved_after_seeing_what_finds_no_place(make, officer):
    first = published(SMALL_RETURN)
    begun = make.monitoring_return(make.agreement(version=first), "2022-23 Q1")
    typed(make, begun, referrals="12", seen="11", story="three words here")
    second = published(other_form())
    path = f"/questionnaires/small_return/2/move/{begun.id}"
    page = words_of(officer.get(path))
    assert "For 1 answer there is no place in version 2" in page and "People seen" in page
    assert " 11 " not in page  # the office does not read a draft
    assert officer.post(path).status_code == 303
    begun = fresh(begun)
    assert begun.questionnaire_version_id == fresh(begun.submission).questionnaire_version_id == second.id
    kept = {key: (words, value) for key, words, value in db.session.execute(select(Answer.question_key, Answer.text, Answer.value))}
    assert kept == {"referrals": ("12", 12), "seen": ("11", None), "story": ("three words here", None)}
    assert officer.post(path).status_code == 303  # pressed twice
    assert db.session.execute(text("SELECT count(*) FROM event WHERE action = 'return.move'")).scalar() == 1


def test_what_was_sent_never_moves(make, officer):
    first = published(SMALL_RETURN)
    sent = make.monitoring_return(make.agreement(version=first), "2022-23 Q1", status="submitted")
    published(other_form())
    assert officer.post(f"/questionnaires/small_return/2/move/{sent.id}").status_code == 409
    assert fresh(sent).questionnaire_version_id == first.id


def test_what_was_sent_back_with_questions_stays_with_the_version_it_was_sent_with(make, officer):
    first = published(SMALL_RETURN)
    queried = make.monitoring_return(make.agreement(version=first), "2022-23 Q1", status="queried")
    sent = SubmissionVersion(
        submission_id=queried.submission_id,
        questionnaire_version_id=first.id,
        number=1,
        reference="R-1",
        answers={},
        digest="",
        submitted_at=LONG_AGO,
    )
    db.session.add(sent)
    db.session.flush()
    queried.latest_version_id = sent.id
    db.session.commit()
    published(changed(title="Renamed return"))
    answer = officer.post(f"/questionnaires/small_return/2/move/{queried.id}")
    assert answer.status_code == 409 and "was sent already" in words_of(answer)
    assert fresh(queried).questionnaire_version_id == first.id


def test_a_return_moves_only_to_a_version_of_its_own_form(make, officer):
    begun = make.monitoring_return(make.agreement(version=published(SMALL_RETURN)), "2022-23 Q1", status="draft")
    published(changed(questionnaire="other_return"))
    assert officer.get(f"/questionnaires/other_return/1/move/{begun.id}").status_code == 404


def test_retiring_is_confirmed(make, officer):
    make.version()
    assert "This cannot be undone" in words_of(officer.get("/questionnaires/small_return/1/retire"))
    assert officer.post("/questionnaires/small_return/1/retire").status_code == 303
    assert reload(QuestionnaireVersion)[0].status == "retired"


def test_pages_of_forms_cost_the_same_however_much_they_show(make, officer):
    published(SMALL_RETURN)
    agreement = make.agreement()
    make.monitoring_return(agreement, "2022-23 Q1", status="draft")
    published(other_form())
    load_questionnaire(None, changed(title="Next"), by=HUB)

    def more_forms():
        for number in range(50):
            make.version(changed(questionnaire=f"form_{number}"))

    def more_returns():
        version = reload(QuestionnaireVersion)[0]
        for number in range(50):
            make.monitoring_return(agreement, f"20{23 + number // 4}-{24 + number // 4} Q{number % 4 + 1}", version=version, status="draft")

    assert_steady(officer, "/questionnaires/small_return", more_returns)
    assert len(db.session.scalars(select(MonitoringReturn)).all()) == 51
    for path in ("/questionnaires/small_return/3/publish", "/questionnaires/small_return/2", "/questionnaires/small_return/2/blank"):
        assert_steady(officer, path, lambda: None)
    assert_steady(officer, "/questionnaires", more_forms)
