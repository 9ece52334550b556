"""Files sent with a return: kept whole, given back only as downloads, and only to those who may read."""

import copy
import errno
import io
import os
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from lxml import html
from sqlalchemy import create_engine, select, text

from partnerhub import clock
from partnerhub.actions.files import write_file
from partnerhub.actions.returns import attach_file
from partnerhub.extensions import db
from partnerhub.jobs.housekeeping import tidy
from partnerhub.models import MonitoringReturn, StoredFile, SubmissionVersion
from partnerhub.queries.files import place_of
from partnerhub.queries.submissions import cells_of
from partnerhub.rules.errors import BadAnswer, NotAllowed
from tests.browser import Browser, words_of
from tests.make import SMALL_RETURN

PDF = b"%PDF-1.7 our accounts"


@pytest.fixture
def evidence(make, browser):
    document = copy.deepcopy(SMALL_RETURN)
    document["sections"][1]["questions"].append({"key": "accounts", "type": "file", "label": "Accounts", "limit": {"files": 1}})
    organisation = make.organisation()
    due = make.monitoring_return(make.agreement(provider=organisation, version=make.version(document)))

    lead_user = make.lead(organisation)

    class Evidence:
        lead, officer, foreign = browser(lead_user), browser(make.user("officer")), browser(make.lead(make.organisation()))
        person, member_user, return_id = make.person(lead_user), make.member(organisation), due.id
        path = f"/returns/{due.id}/files"
        submission_id = due.submission_id
        return_path = f"/returns/{due.id}"

        def send(self, name="accounts.pdf", content=PDF, **rest):
            data = {"f.accounts": (io.BytesIO(content), name), **rest}
            return self.lead.post(self.path + "?section=words", data, content_type="multipart/form-data")

        def ids(self):
            return [each.id for each in db.session.scalars(select(StoredFile))]

    return Evidence()


def test_a_file_is_kept_listed_and_given_back_as_it_was_sent(evidence):
    assert evidence.send().status_code == 303
    assert "accounts.pdf" in words_of(evidence.lead.get(evidence.return_path + "/sections/words"))
    given = evidence.lead.get(f"{evidence.path}/{evidence.ids()[0]}")
    assert given.data == PDF
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.headers["Content-Type"] == "application/octet-stream"
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in given.headers["Content-Security-Policy"]


def test_what_else_was_typed_in_the_section_is_saved_when_a_file_is_sent_or_refused_without_javascript(evidence):
    refused = evidence.send(name="page.html", content=b"<script>", **{"a.story": "A good quarter.", "r.story": "0"})
    assert refused.status_code == 422
    assert "We take PDF" in words_of(refused)
    assert cells_of(evidence.submission_id)["story", ""].text == "A good quarter."
    assert evidence.ids() == []


def test_a_file_is_sent_and_never_typed(evidence):
    evidence.send()
    for typed in ("see the e-mail", str(uuid4()), ""):
        fields = {"a.accounts": typed, "r.accounts": "1", "choose.accounts": "mine"}
        evidence.lead.post(evidence.return_path + "/answers?section=words", fields)
        assert cells_of(evidence.submission_id)["accounts", ""].text == str(evidence.ids()[0])


def test_one_file_too_many_is_refused_and_the_first_stays(evidence):
    evidence.send()
    assert evidence.send(name="second.pdf").status_code == 422
    assert len(evidence.ids()) == 1


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "HTMX"])
@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("photo.jpg", b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1", "In the phone's camera settings choose “Most compatible”"),
        ("page.html", b"<script>", "We take PDF"),
        ("second.pdf", PDF, "There can be at most 1 file here."),
    ],
)
def test_why_a_file_was_not_taken_stands_beside_its_question(evidence, name, content, says, htmx):
    if name == "second.pdf":
        evidence.send()
    fields = {"f.accounts": (io.BytesIO(content), name)}
    answer = evidence.lead.post(f"{evidence.path}?section=words", fields, htmx=htmx, content_type="multipart/form-data")
    assert answer.status_code == 422
    (question,) = html.fromstring(answer.text).xpath("//*[@id='question-accounts']")
    assert says in question.find_class("govuk-error-message")[0].text_content()
    assert ("accounts.pdf" in question.text_content()) == (name == "second.pdf")
    (box,) = question.xpath(".//input[@type='file']")
    assert "state-accounts" in box.get("aria-describedby").split()


def test_a_removed_file_no_longer_answers_the_question(evidence):
    evidence.send()
    evidence.lead.post(evidence.path + "?section=words", {"remove_file": f"accounts.{evidence.ids()[0]}"})
    assert cells_of(evidence.submission_id)["accounts", ""].value is None


def test_the_office_gets_a_file_only_once_it_was_sent_and_other_organisations_never(evidence):
    evidence.send()
    address = f"{evidence.path}/{evidence.ids()[0]}"
    assert evidence.officer.get(address).status_code == 404
    data = {"a.referrals": "1", "r.referrals": "0", "a.seen": "1", "r.seen": "0"}
    evidence.lead.post(evidence.return_path + "/answers?section=numbers", data)
    evidence.lead.sign(evidence.return_path)
    assert db.session.scalars(select(SubmissionVersion)).one().answers["values"]["accounts"][""]
    assert evidence.officer.get(address).data == PDF
    assert evidence.foreign.get(address).status_code == 404


# What may happen to a file on disk


@pytest.mark.parametrize(
    ("happened", "says"),
    [
        (lambda kept: kept.unlink(), "The file “accounts.pdf” is not where the hub keeps it."),
        (lambda kept: kept.write_bytes(b"%PDF-1.7 other accounts"), "The file “accounts.pdf” is not what was sent any more"),
        (lambda kept: (kept.unlink(), kept.mkdir()), "The file “accounts.pdf” is not where the hub keeps it."),
    ],
    ids=["lost", "altered", "unreadable"],
)
def test_a_file_that_was_lost_or_altered_is_told_in_words_and_not_handed_out(app, evidence, caplog, happened, says):
    evidence.send()
    file_id = evidence.ids()[0]
    happened(place_of(app.config["HUB"].files_folder, file_id))
    for htmx in (False, True):
        answer = evidence.lead.get(f"{evidence.path}/{file_id}", htmx=htmx)
        assert answer.status_code == 410
        for words in (says, "Every answer that was saved is safe.", "Tell us its name, and keep your own copy"):
            assert words in words_of(answer)
        assert "other accounts" not in answer.text
    assert f"file {file_id}" in caplog.text
    assert "accounts.pdf" in words_of(evidence.lead.get(evidence.return_path + "/sections/words"))


def test_nobody_waits_for_a_large_file_to_reach_the_disk(app, evidence, monkeypatch):
    """While it is forced to disk, somebody else can write to the same return at once."""
    forced, could_write = os.fsync, []

    def force(opened):
        could_write.append(_could_write_now(evidence.return_id))
        forced(opened)

    monkeypatch.setattr(os, "fsync", force)
    assert evidence.send(content=PDF + b"0" * 400_000).status_code == 303
    assert could_write == [True, True, True]  # the file, its folder, the folder of all


def _could_write_now(return_id):
    with create_engine(db.engine.url).connect() as elsewhere:
        if elsewhere.dialect.name == "sqlite":
            elsewhere.connection.execute("PRAGMA busy_timeout=0")
        else:
            elsewhere.execute(text("SET LOCAL lock_timeout = '100ms'"))
        elsewhere.execute(text("UPDATE monitoring_return SET version = version WHERE id = :id"), {"id": as_stored(return_id)})
        elsewhere.rollback()
    elsewhere.engine.dispose()
    return True


def as_stored(identity):
    return identity.hex if db.engine.dialect.name == "sqlite" else identity


def on_disk(app):
    return sorted(each.name for each in app.config["HUB"].files_folder.rglob("*") if each.is_file())


def test_who_is_refused_fills_no_disk(app, evidence, make, monkeypatch):
    """Neither a person who may not, nor a question that is full, nor one that takes no files: nothing is written, not even for a moment."""
    evidence.send()
    before = on_disk(app)
    monkeypatch.setattr(os, "fsync", lambda opened: pytest.fail("a refused file was written to disk"))
    officer = make.person(make.user("officer"))
    due = db.session.get(MonitoringReturn, evidence.return_id)
    for question, by, refusal in (
        ("accounts", officer, NotAllowed),
        ("accounts", evidence.person, BadAnswer),  # there is one already
        ("story", evidence.person, BadAnswer),
    ):
        with pytest.raises(refusal):
            attach_file(due, question, "a.pdf", PDF, app.config["HUB"].files_folder, by=by)
    assert on_disk(app) == before


def test_a_file_refused_at_the_last_moment_is_taken_from_the_disk(app, evidence, monkeypatch):
    """Somebody else's file arrives while this one is on its way to the disk."""
    before, forced = on_disk(app), os.fsync

    def force(opened):
        monkeypatch.setattr(os, "fsync", forced)
        forced(opened)
        other = Browser(app).signed_in_as(evidence.member_user)
        other.post(evidence.path + "?section=words", {"f.accounts": (io.BytesIO(PDF), "b.pdf")}, content_type="multipart/form-data")

    monkeypatch.setattr(os, "fsync", force)
    due = db.session.get(MonitoringReturn, evidence.return_id)
    with pytest.raises(BadAnswer, match="at most 1 file"):
        attach_file(due, "accounts", "a.pdf", PDF, app.config["HUB"].files_folder, by=evidence.person)
    (kept,) = db.session.scalars(select(StoredFile)).all()
    assert kept.name == "b.pdf"
    assert on_disk(app) == sorted([*before, kept.id.hex])


def test_a_full_disk_leaves_no_half_file_and_no_row(app, evidence, monkeypatch):
    before = on_disk(app)

    def full(opened):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    told = evidence.send(**{"a.story": "A good quarter.", "r.story": "0"})
    assert (told.status_code, "could not keep your file" in words_of(told)) == (503, True)
    assert cells_of(evidence.submission_id)["story", ""].text == "A good quarter."
    assert (on_disk(app), evidence.ids()) == (before, [])


def test_what_a_crash_left_goes_after_a_day_and_what_has_a_row_stays(app, evidence, monkeypatch):
    """Killed between the disk and the write; killed after the write; killed while writing. Files without a mark are never looked at."""
    evidence.send()
    folder, kept = app.config["HUB"].files_folder, evidence.ids()[0]
    lost, unmarked = uuid4(), uuid4()
    for file_id in (lost, unmarked):
        write_file(folder, file_id, PDF)
    for left in (place_of(folder, lost).with_suffix(".new"), place_of(folder, kept).with_suffix(".new"), folder / "ab" / "abcd.part"):
        left.parent.mkdir(exist_ok=True)
        left.touch()
    with clock.at(clock.now() + timedelta(hours=23)):
        tidy()
    assert place_of(folder, lost).is_file() and (folder / "ab" / "abcd.part").is_file()
    with clock.at(clock.now() + timedelta(hours=25)):
        tidy()
    assert not place_of(folder, lost).exists()
    assert place_of(folder, kept).is_file() and place_of(folder, unmarked).is_file()
    assert not [name for name in on_disk(app) if not re.fullmatch("[0-9a-f]{32}", name)]
