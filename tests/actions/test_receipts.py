"""The receipt of a return carries the whole of it as a PDF, and comes also when the PDF cannot be made."""

from __future__ import annotations

import io
import logging
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from partnerhub import clock, create_app
from partnerhub.actions.returns import approve_return, save_answers, submit_return
from partnerhub.documents import paper
from partnerhub.extensions import db
from partnerhub.forms.answers import Typed
from partnerhub.jobs.outbox import send_waiting
from partnerhub.models import SubmissionVersion
from partnerhub.rules.words import MailState
from tests.browser import Browser, words_of
from tests.signing_in import letters

NOON = datetime(2022, 7, 4, 12, 0, tzinfo=UTC)
ANSWERS = {
    ("referrals", ""): "12",
    ("seen", ""): "12",
    ("helped", "number"): "5",
    ("helped", "out_of"): "6",
    ("story", ""): "We opened on Sundays.",
}


@pytest.fixture
def sent(app, make):
    """A return that a lead has just sent; a member belongs to the organisation as well."""
    organisation = make.organisation("Example Harbour Project")
    make.member(organisation, email="member@example.org")
    lead = make.person(make.lead(organisation, name="Lead One", email="lead@example.org"))
    due = make.monitoring_return(make.agreement(provider=organisation, reference="SA/7"))
    with clock.at(NOON):
        save_answers(due, {place: Typed(said, 0) for place, said in ANSWERS.items()}, by=lead)
        submit_return(due, by=lead)
    return due


def send_at(minutes: int) -> int:
    with clock.at(NOON + timedelta(minutes=minutes)):
        return send_waiting()


def paper_of(letter) -> bytes:
    (paper,) = letter.iter_attachments()
    assert (paper.get_content_type(), paper.get_filename()) == ("application/pdf", "SA-7-2022-23-Q1-v1.pdf")
    return paper.get_content()


def said_in(paper: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(paper)).pages)


@pytest.fixture
def broken(monkeypatch, tmp_path):
    """The PDF cannot be made: what lays it out is broken."""
    tmp_path.joinpath("return.typ").write_text("#panic()")
    monkeypatch.setattr(paper, "HERE", tmp_path)
    return monkeypatch


def test_everybody_of_the_organisation_gets_all_that_was_sent_as_the_pdf_that_the_page_gives(app, sent, sink, sends_to, make):
    sends_to(sink.port)
    assert send_at(0) == 2
    assert sorted(each["To"] for each in sink.letters) == ["lead@example.org", "member@example.org"]
    for letter in sink.letters:
        said = said_in(paper_of(letter))
        for words in (
            "Example Harbour Project",
            "Referrals received",
            "12",
            "5 of 6 (83.3%)",
            "We opened on Sundays.",
            "Signed by: Lead One",
        ):
            assert words in said
        assert "attached as a PDF" in letter.get_body(["plain"]).get_content()
    page = Browser(app).signed_in_as(make.user("officer")).get(f"/returns/{sent.id}/versions/1.pdf")
    assert paper_of(sink.letters[0]) == page.data
    assert PdfReader(io.BytesIO(page.data)).metadata.creation_date == NOON


def test_a_letter_about_a_decision_carries_no_pdf(app, sent, sink, sends_to, make):
    sends_to(sink.port)
    send_at(0)
    with clock.at(NOON):
        approve_return(sent, by=make.person(make.user("officer")))
    assert send_at(1) == 2
    assert [len(list(each.iter_attachments())) for each in sink.letters] == [1, 1, 0, 0]


def test_without_a_mail_server_the_pdf_is_in_the_file_of_the_letter_and_is_named_on_the_page(app, sent, sends_to, tmp_path, database_url):
    sends_to(None, instance_folder=str(tmp_path))
    send_at(0)
    files = sorted((tmp_path / "mail").iterdir())
    assert len(files) == 2
    assert "We opened on Sundays." in said_in(paper_of(message_from_bytes(files[0].read_bytes(), policy=policy.default)))
    beginners = create_app({"HUB_ENV": "development", "DATABASE_URL": database_url, "INSTANCE_FOLDER": str(tmp_path)})
    page = words_of(beginners.test_client().get("/development/mail"))
    assert "Return received: SA/7-2022-23-Q1-v1" in page and "Attached: SA-7-2022-23-Q1-v1.pdf" in page


def test_a_pdf_that_could_not_be_made_comes_with_the_next_try(app, sent, sink, sends_to, broken, make, caplog):
    sends_to(sink.port)
    with caplog.at_level(logging.CRITICAL):
        assert send_at(0) == 0
    assert sink.letters == []
    assert {(each.state, each.attempts, each.next_try_at) for each in letters()} == {(MailState.WAITING, 1, NOON + timedelta(minutes=1))}
    mail_page = words_of(Browser(app).signed_in_as(make.user("administrator")).get("/mail"))
    assert "Waiting The PDF could not be made: TypstError" in mail_page
    broken.undo()
    sends_to(sink.port)
    assert send_at(1) == 2
    assert "We opened on Sundays." in said_in(paper_of(sink.letters[0]))
    assert {(each.state, each.fault) for each in letters()} == {(MailState.SENT, "")}


def test_a_pdf_that_can_never_be_made_keeps_nobody_from_the_receipt_and_from_their_other_letters(app, sent, sink, sends_to, broken, make):
    sends_to(sink.port)
    with clock.at(NOON):
        approve_return(sent, by=make.person(make.user("officer")))
    assert send_at(0) == 2
    assert {each["Subject"].partition(":")[0] for each in sink.letters} == {"Return approved"}
    assert (send_at(1), send_at(6)) == (0, 2)
    assert {each["Subject"] for each in sink.letters[2:]} == {"Return received: SA/7-2022-23-Q1-v1"}
    assert not list(sink.letters[2].iter_attachments())
    mail_page = words_of(Browser(app).signed_in_as(make.user("administrator")).get("/mail?state=sent"))
    assert "Sent without its PDF. The PDF could not be made: TypstError" in mail_page


def test_a_version_that_belongs_to_nothing_that_is_known_does_not_stop_the_mail(app, sent, sink, sends_to):
    sends_to(sink.port)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE monitoring_return SET submission_id = :other"), {"other": _another_submission(connection, sent)})
    assert (send_at(0), send_at(1), send_at(6)) == (0, 0, 2)
    assert all("LookupError" in each.fault for each in letters())


def _another_submission(connection, sent) -> str:
    made = "INSERT INTO submission (id, questionnaire_version_id, organisation_id, created_at) SELECT :new, questionnaire_version_id, "
    connection.execute(text(made + "organisation_id, created_at FROM submission"), {"new": "0" * 31 + "1"})
    return "0" * 31 + "1"


def test_the_pdf_is_not_made_while_somebody_waits_for_the_page(app, broken, sent):
    assert {each.submission_version_id for each in letters("return_submitted")} == {db.session.query(SubmissionVersion).one().id}
