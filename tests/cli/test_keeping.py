"""What is kept stays as it was written down: verify finds every tampering, and a backup brings everything back but what must not return."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, and_, delete, func, insert, inspect, select, text, update

from partnerhub import clock
from partnerhub.actions import agreements, invitations, observations, people, questionnaires, returns
from partnerhub.actions.files import write_file
from partnerhub.actions.passwords import hashed
from partnerhub.cli import hub
from partnerhub.extensions import Base, db
from partnerhub.forms.answers import Typed
from partnerhub.models import (
    EmailToken,
    Event,
    HistoryHead,
    Invitation,
    Membership,
    MonitoringReturn,
    Observation,
    Organisation,
    OutboxMail,
    QuestionnaireVersion,
    ReportingPeriod,
    ReturnQuery,
    StoredFile,
    Submission,
    SubmissionVersion,
    Target,
    User,
    UserSession,
    triggers,
)
from partnerhub.queries.files import place_of
from partnerhub.queries.verifying import snapshot
from partnerhub.rules.policy import HUB, STRANGER
from partnerhub.web.files import files_folder
from tests.browser import Browser
from tests.conftest import _empty
from tests.make import SMALL_RETURN
from tests.signing_in import PASSWORD, is_signed_in, sign_in, with_password


def run(app, *arguments):
    """(exit code, standard output, standard error)"""
    result = app.test_cli_runner().invoke(hub, [str(each) for each in arguments])
    db.session.remove()
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def kept(app, make):
    """One return approved, one corrected and approved again, one that waits for the office; made as people make them."""
    version = questionnaires.load_questionnaire(None, SMALL_RETURN, by=HUB).version
    questionnaires.publish_questionnaire(version, by=HUB)
    provider = make.organisation()
    lead = with_password(make.lead(provider, name="Lead", email="lead@example.org", is_demonstration=True))
    officer = make.user("officer", email="officer@example.org", is_demonstration=True)
    agreement = make.agreement(make.service(make.programme("kept")), provider, version)
    sender, reader = make.person(lead), make.person(officer)
    drawn = agreements.draw_up(agreement, by=reader)
    for monitoring_return, referrals in zip(drawn[:3], ("12", "40", "7"), strict=True):
        send(monitoring_return, referrals, sender)
    for monitoring_return in drawn[:2]:
        returns.approve_return(monitoring_return, by=reader)
    returns.reopen_return(drawn[1], "It should read 41.", clock.today(), by=reader)
    send(drawn[1], "41", sender, 1)
    returns.approve_return(drawn[1], by=reader)
    returns.query_return(drawn[2], [("referrals", "", "Is 7 right?"), ("seen", "", "And this?")], by=reader)
    send(drawn[2], "7", sender, 1)
    agreements.set_targets(agreement, {"referrals": (40, None), "helped": (800, None)}, by=reader)
    agreements.set_targets(agreement, {"helped": None}, by=reader)
    invitation, _ = invitations.invite_to_office(None, "auditor@example.org", "auditor", by=HUB)
    invitations.accept(invitation, "", "Other", hashed(PASSWORD), by=STRANGER)
    given = f"{agreement.service.name},{provider.name},2022-23,printed_total,referrals,referrals,61"
    observations.import_observations(
        None, f"service,provider,financial_year,column,indicator,unit,value\n{given}\n".encode(), "t.csv", by=HUB
    )
    return app


def send(monitoring_return, referrals, sender, revision=0):
    typed = {("referrals", ""): referrals, ("seen", ""): referrals, ("helped", "number"): "3", ("helped", "out_of"): "4"}
    returns.save_answers(monitoring_return, {place: Typed(said, revision) for place, said in typed.items()}, by=sender)
    returns.submit_return(monitoring_return, by=sender)


@contextmanager
def unguarded() -> Iterator[Connection]:
    """Somebody with the database in hand: no trigger, no foreign key. The triggers are back afterwards."""
    db.session.remove()
    with db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.connection.execute("PRAGMA foreign_keys=OFF")
            for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection
        triggers.install(connection)
        if not is_sqlite:
            connection.exec_driver_sql("SET session_replication_role = origin")
        connection.commit()
        if is_sqlite:
            connection.connection.execute("PRAGMA foreign_keys=ON")


def test_nothing_is_wrong_with_what_people_did(kept):
    code, said, _ = run(kept, "verify")
    assert (code, "WRONG" in said) == (0, False), said
    counted = {line[15:].strip(): int(line[5:15].replace(",", "")) for line in said.splitlines()}
    assert counted["versions of returns as they were sent"] == 5
    assert counted["figures as worked out again from what was sent"] == 10


def test_an_empty_hub_has_nothing_wrong(app):
    assert run(app, "verify")[0] == 0


APPROVED = Observation.status == "approved"
WAITS = Observation.status == "provisional"
A_REFERRAL = and_(APPROVED, Observation.indicator_key == "referrals", Observation.value == 12)
FIRST_SENT = SubmissionVersion.reference.like("%Q1-v1")
OTHER_ANSWERS = {"values": {"referrals": {"": 99}}, "texts": {}, "typed_by": {}, "left_out": [], "failures": []}
THEIR_DIGEST = hashlib.sha256(json.dumps(OTHER_ANSWERS, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
ANOTHER_VERSION = select(SubmissionVersion.id).where(SubmissionVersion.reference.like("%Q3-v1")).scalar_subquery()
OLD_VERSION = select(SubmissionVersion.id).where(SubmissionVersion.reference.like("%Q2-v1")).scalar_subquery()
FIRST_RETURN = MonitoringReturn.submission_id.in_(select(SubmissionVersion.submission_id).where(FIRST_SENT))
SECOND_RETURN = MonitoringReturn.approved_version_id.in_(select(SubmissionVersion.id).where(SubmissionVersion.reference.like("%Q2-v2")))

IMPORTED = Observation.import_batch_id.is_not(None)
INVITED = select(User.id).where(User.email == "auditor@example.org")

TAMPERED = [
    ("a figure raised", update(Observation).where(A_REFERRAL).values(value=13), "the figure referrals = 13 was not sent"),
    ("a figure taken away", delete(Observation).where(A_REFERRAL), "the figure referrals = 12 is missing"),
    ("figures approved by hand", update(Observation).where(WAITS).values(status="approved"), "are approved and should be provisional"),
    ("approved figures hidden", update(Observation).where(APPROVED).values(status="superseded"), "superseded and should be approved"),
    ("a figure called as published", update(Observation).where(A_REFERRAL).values(status="as_published"), "but come from no file"),
    (
        "a figure from nowhere",
        update(Observation).where(A_REFERRAL).values(submission_version_id=None),
        "1 figures come from neither one version nor one file",
    ),
    ("what was sent rewritten", update(SubmissionVersion).where(FIRST_SENT).values(answers=OTHER_ANSWERS), "it is not what was sent"),
    (
        "what was sent rewritten with its digest",
        update(SubmissionVersion).where(FIRST_SENT).values(answers=OTHER_ANSWERS, digest=THEIR_DIGEST),
        "Q1-v1: the history does not tell of it with this digest",
    ),
    ("a version removed", delete(SubmissionVersion).where(FIRST_SENT), "the history tells of it, but it is gone"),
    ("a form rewritten", update(QuestionnaireVersion).values(document=SMALL_RETURN | {"title": "Other"}), "it is not what was published"),
    ("a form and its digest rewritten", update(QuestionnaireVersion).values(digest="0" * 64), "the history does not tell of it"),
    (
        "answers that nobody can read",
        update(SubmissionVersion).where(FIRST_SENT).values(answers={}),
        "its figures cannot be worked out again",
    ),
    (
        "an approval without a deed",
        update(MonitoringReturn).where(MonitoringReturn.status == "submitted").values(approved_version_id=ANOTHER_VERSION),
        "version 1 is marked as approved, the history says none",
    ),
    (
        "an approval moved back",
        update(MonitoringReturn).where(SECOND_RETURN).values(approved_version_id=OLD_VERSION),
        "version 1 is marked as approved, the history says version 2",
    ),
    ("an approval forgotten", update(MonitoringReturn).where(FIRST_RETURN).values(approved_version_id=None), "the history says version 1"),
    (
        "somebody else's version",
        update(MonitoringReturn).where(FIRST_RETURN).values(latest_version_id=ANOTHER_VERSION),
        "it points at a version of something else",
    ),
    (
        "an older version as the latest",
        update(MonitoringReturn).where(SECOND_RETURN).values(latest_version_id=OLD_VERSION),
        "its latest version is not the newest that was sent",
    ),
    (
        "another moment of sending",
        update(MonitoringReturn).where(FIRST_RETURN).values(submitted_at=MonitoringReturn.approved_at),
        "who sent it and when is not what its version says",
    ),
    (
        "the sender as the one who approved",
        update(MonitoringReturn).where(FIRST_RETURN).values(approved_by_id=MonitoringReturn.submitted_by_id),
        "whoever sent the approved version approved it",
    ),
    (
        "sent without a version",
        update(MonitoringReturn).where(MonitoringReturn.latest_version_id.is_(None)).values(status="submitted"),
        "without a version",
    ),
    (
        "a figure of another service",
        update(Observation).where(A_REFERRAL).values(service_id=uuid4()),
        "figures stand under another agreement",
    ),
    (
        "a person removed",
        delete(User).where(User.name == "Lead"),
        "rows of submission_version name a app_user (submitted_by_id) that is not there",
    ),
    (
        "another approver",
        update(MonitoringReturn).where(FIRST_RETURN).values(approved_by_id=select(User.id).where(User.name == "Other").scalar_subquery()),
        "who approved it and when is not what the history says",
    ),
    (
        "another moment of approval",
        update(MonitoringReturn).where(FIRST_RETURN).values(approved_at=MonitoringReturn.submitted_at),
        "who approved it and when is not what the history says",
    ),
    (
        "sent earlier than it was",
        update(MonitoringReturn).where(FIRST_RETURN).values(first_submitted_on=MonitoringReturn.due_on),
        "the day it was first sent is not that of the history",
    ),
    (
        "due later than it was",
        update(MonitoringReturn).where(MonitoringReturn.status == "due").values(due_on=clock.today()),
        "nobody moved its due date to this day",
    ),
    (
        "waived by hand",
        update(MonitoringReturn).where(MonitoringReturn.status == "due").values(status="waived"),
        "its status is not what was last done with it",
    ),
    (
        "opened again by hand",
        update(MonitoringReturn).where(FIRST_RETURN).values(status="draft", reopened_until=clock.today()),
        "its status is not what was last done with it",
    ),
    ("a target raised", update(Target).values(value=9000), "the target of referrals is not the one that was set"),
    ("a target taken away", delete(Target), "the target of referrals is not the one that was set"),
    ("a question of the office reworded", update(ReturnQuery).values(text="All is well."), "the office's questions are not those it asked"),
    ("a question of the office taken away", delete(ReturnQuery), "the office's questions are not those it asked"),
    ("an imported figure raised", update(Observation).where(IMPORTED).values(value=999), "its figures are not those that were imported"),
    ("an imported figure taken away", delete(Observation).where(IMPORTED), "its figures are not those that were imported"),
    (
        "a role given by hand",
        update(Membership).where(Membership.user_id.in_(INVITED)).values(role="administrator"),
        "the role administrator, the role auditor is not as the history says",
    ),
    ("a role taken by hand", delete(Membership).where(Membership.user_id.in_(INVITED)), "the role auditor is not as the history says"),
    (
        "another person's address",
        update(User).where(User.id.in_(INVITED)).values(email="evil@example.org"),
        "the e-mail address is not the one that was invited or confirmed",
    ),
    (
        "an account closed by hand",
        update(User).where(User.id.in_(INVITED)).values(deactivated_at=clock.now()),
        "whether the account is closed is not what the history says",
    ),
    ("answers without their submission", delete(Submission), "rows of answer name a submission"),
    ("the history reworded", update(Event).where(Event.seq == 3).values(says="did nothing"), "event 3: it was changed"),
    ("a line of the history removed", delete(Event).where(Event.seq == 3), "event 4: 1 events before it are gone"),
    ("the end of the history cut off", delete(Event).where(Event.action == "observation.import"), "the history should end here"),
]


@pytest.mark.parametrize(("statement", "found"), [pytest.param(*rest, id=name) for name, *rest in TAMPERED])
def test_verify_finds(kept, statement, found):
    with unguarded() as connection:
        assert connection.execute(statement).rowcount > 0
    code, said, error = run(kept, "verify")
    assert code == 1
    assert found in said, said
    assert "written down. Nothing was changed." in error


WEAKENED = {
    "sqlite": [
        ["DROP TRIGGER event_no_update"],
        [
            "DROP TRIGGER event_no_delete",
            "CREATE TRIGGER event_no_delete BEFORE DELETE ON event WHEN 0 BEGIN SELECT RAISE(ABORT, 'event is append-only'); END",
        ],
        ["DROP TRIGGER questionnaire_version_frozen"],
    ],
    "postgresql": [
        ["DROP TRIGGER event_no_update ON event"],
        ["ALTER TABLE event DISABLE TRIGGER event_no_truncate"],
        ["CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"],
    ],
}


@pytest.mark.parametrize("way", range(3))
def test_verify_finds_a_trigger_that_is_gone_or_changed(kept, way):
    with db.engine.begin() as connection:
        for statement in WEAKENED[connection.dialect.name][way]:
            connection.exec_driver_sql(statement)
    code, said, _ = run(kept, "verify")
    assert (code, said.count("WRONG")) == (1, 1)
    assert "it is missing" in said


def test_every_fault_is_counted_under_the_check_that_found_it(kept):
    with unguarded() as connection:
        connection.execute(update(Observation).where(Observation.import_batch_id.is_(None)).values(value=Observation.value + 1))
    said = run(kept, "verify")[1]
    assert said.count("WRONG") == 1
    assert "20 things are not" in run(kept, "verify")[2]


# Heads of the history, kept elsewhere


def test_a_history_rewritten_whole_is_found_by_a_head_exported_before(kept, tmp_path):
    heads = tmp_path / "heads"
    assert run(kept, "verify", "--export-heads", heads)[0] == 0
    assert run(kept, "verify", "--heads", heads)[0] == 0
    with unguarded() as connection:
        _rewrite(connection)
    assert run(kept, "verify")[0] == 0  # by itself nothing shows
    code, said, _ = run(kept, "verify", "--heads", heads)
    assert (code, "it is not the one that was exported" in said) == (1, True)


def _rewrite(connection):
    """Every line again, the first one with other words, each following from the one before."""
    session = db.session
    link = triggers.START
    for event in session.scalars(select(Event).order_by(Event.seq)).all():
        event.says, event.previous_hash = ("something else", link) if event.seq == 1 else (event.says, link)
        link = event.link()
        values = {"says": event.says, "previous_hash": event.previous_hash, "hash": link}
        connection.execute(update(Event).where(Event.seq == event.seq).values(**values))
    session.rollback()
    connection.execute(update(HistoryHead).values(hash=link))


def test_a_history_cut_short_is_found_by_a_head_exported_before(kept, tmp_path):
    heads = tmp_path / "heads"
    run(kept, "verify", "--export-heads", heads)
    heads.write_text(heads.read_text().replace(heads.read_text().split()[0], "999", 1))
    code, said, _ = run(kept, "verify", "--heads", heads)
    assert (code, "event 999: it was exported once and is gone" in said) == (1, True)


@pytest.mark.parametrize("content", ["not a head", "12", "x " + "0" * 64, "5 abc"])
def test_a_file_without_heads_is_refused_in_one_line(kept, tmp_path, content):
    (tmp_path / "heads").write_text(content)
    code, _, error = run(kept, "verify", "--heads", tmp_path / "heads")
    assert (code, "is not a head of the history" in error, error.count("\n")) == (1, True, 1)


# Files


@pytest.fixture
def stored(kept, request):
    """A file sent with a return."""
    content, submission = b"%PDF-1.7 minutes", db.session.scalars(select(Submission.id)).first()
    row = StoredFile(
        id=uuid4(), submission_id=submission, question_key="minutes", name="minutes.pdf", media_type="application/pdf",
        size=len(content), digest=hashlib.sha256(content).hexdigest(), at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    write_file(files_folder(), row.id, content)
    place = place_of(files_folder(), row.id)
    request.addfinalizer(lambda: place.unlink(missing_ok=True))
    return place


def test_verify_finds_a_file_that_was_changed_or_lost(kept, stored):
    assert run(kept, "verify")[0] == 0
    stored.write_bytes(b"%PDF-1.7 Minutes")
    code, said, _ = run(kept, "verify")
    assert (code, "it is not what was sent, its digest differs" in said) == (1, True)
    stored.unlink()
    code, said, _ = run(kept, "verify")
    assert (code, "it is gone" in said) == (1, True)


# Backups


def everything() -> dict[str, list]:
    """Every row of every table."""
    with db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def empty() -> None:
    """Another hub, in which there is nothing yet."""
    db.session.remove()
    _empty()


NOT_BACK = {"user_session", "email_token", "sign_in_failure"}
CHANGED = {"outbox_mail", "invitation"}


@pytest.fixture
def backed_up(kept, stored, make, tmp_path) -> Path:
    """A backup of a hub in which people are signed in, links are on their way and letters wait."""
    lead = db.session.scalars(select(User).where(User.name == "Lead")).one()
    administrator = make.person(make.user("administrator", is_demonstration=True))
    invitations.invite_to_organisation(db.session.scalars(select(Organisation)).first(), "new@example.org", "member", by=administrator)
    people.ask_reset(None, lead.email, by=HUB)
    Browser(kept).signed_in_as(lead)
    code, said, error = run(kept, "backup", tmp_path / "backup")
    assert code == 0, error
    assert "1 files" in said
    return tmp_path / "backup"


def test_what_is_restored_is_what_was_backed_up(kept, backed_up, stored):
    before, content = everything(), stored.read_bytes()
    stored.unlink()
    empty()
    code, said, error = run(kept, "restore", backed_up)
    assert (code, error) == (0, "")
    assert "WRONG" not in said
    after = everything()
    for table in before.keys() - NOT_BACK - CHANGED:
        assert after[table] == before[table], table
    assert all(before[table] for table in ("answer", "observation", "submission_version", "event", "user_session", "email_token"))
    assert stored.read_bytes() == content


def test_nobody_is_signed_in_and_no_link_works_after_a_restore(kept, backed_up):
    empty()
    said = run(kept, "restore", backed_up)[1]
    assert all(db.session.scalar(select(func.count()).select_from(each)) == 0 for each in (UserSession, EmailToken))
    assert db.session.scalars(select(Invitation).where(Invitation.used_at.is_(None))).one().expires_at <= clock.now()
    assert "1 invitations ran out" in said
    browser = Browser(kept)
    sign_in(browser, "lead@example.org", PASSWORD)
    assert is_signed_in(browser)


def test_letters_that_waited_are_held_and_said_to_be(kept, backed_up):
    waited = db.session.scalar(select(func.count()).select_from(OutboxMail).where(OutboxMail.state == "waiting"))
    empty()
    said = run(kept, "restore", backed_up)[1]
    assert waited > 2
    assert f"{waited} letters are held" in said
    rows = db.session.execute(select(OutboxMail.state, OutboxMail.fault)).all()
    assert {tuple(row) for row in rows} == {("failed", "Held: it was waiting when this hub was restored from a backup.")}


def test_a_backup_holds_no_key_to_anything(kept, backed_up):
    words = "".join(path.read_text(errors="replace") for path in sorted(backed_up.iterdir()))
    assert "/join/" not in words
    assert "/reset/" not in words
    assert not any((backed_up / f"{name}.jsonl").exists() for name in NOT_BACK)
    assert {path.stat().st_mode & 0o077 for path in (backed_up, *backed_up.iterdir())} == {0}


def test_work_goes_on_after_a_restore(kept, backed_up, make):
    empty()
    run(kept, "restore", backed_up)
    last = db.session.scalar(select(func.max(ReportingPeriod.id)))
    assert make.period("2030-31 Q1").id > last
    waits = db.session.scalars(select(MonitoringReturn).where(MonitoringReturn.status == "submitted")).one()
    returns.approve_return(waits, by=make.person(db.session.scalars(select(User).where(User.email == "officer@example.org")).one()))
    fresh = db.session.scalars(select(MonitoringReturn).where(MonitoringReturn.status == "due")).one()
    send(fresh, "9", make.person(db.session.scalars(select(User).where(User.name == "Lead")).one()))
    assert run(kept, "verify")[0] == 0


def test_a_copied_agreement_comes_back_after_the_one_it_names(kept, make, tmp_path):
    officer = make.person(make.user("officer", is_demonstration=True))
    [agreement] = {each.agreement for each in db.session.scalars(select(MonitoringReturn))}
    for _ in range(4):
        agreement = agreements.copy_into_next_year(agreement, by=officer)
    run(kept, "backup", tmp_path / "backup")
    before = everything()["service_agreement"]
    empty()
    assert run(kept, "restore", tmp_path / "backup")[0] == 0
    assert everything()["service_agreement"] == before


def test_a_backup_never_goes_over_another(kept, backed_up):
    before = {path.name: path.read_bytes() for path in backed_up.iterdir()}
    code, _, error = run(kept, "backup", backed_up)
    assert (code, "is not empty" in error) == (1, True)
    assert {path.name: path.read_bytes() for path in backed_up.iterdir()} == before


def test_nothing_is_restored_over_what_is_there(kept, backed_up):
    before = everything()
    code, _, error = run(kept, "restore", backed_up)
    assert (code, "The database is not empty" in error, everything() == before) == (1, True, True)


def _flipped(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])


def _changed(folder: Path, table: str, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Other rows, and a manifest that knows of them."""
    path, manifest = folder / f"{table}.jsonl", json.loads((folder / "manifest.json").read_text())
    path.write_bytes(b"".join(each + b"\n" for each in change(path.read_bytes().splitlines())))
    for each in manifest["tables"]:
        if each["table"] == table:
            each["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _each(folder: Path, table: str, **changes: object) -> None:
    _changed(folder, table, lambda lines: [json.dumps(json.loads(line) | changes).encode() for line in lines])


NO_ROWS = "holds rows that cannot be read or do not belong together"
NOBODY = "00000000-0000-0000-0000-000000000001"


def _with(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


SPOILT = {
    "a changed table": (lambda folder: _flipped(folder / "observation.jsonl"), "sum differs"),
    "a missing table": (lambda folder: (folder / "answer.jsonl").unlink(), "it is gone"),
    "a changed file": (lambda folder: _flipped(next(folder.glob("file-*"))), "sum differs"),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "manifest.json"),
    "a manifest of nothing": (lambda folder: (folder / "manifest.json").write_text("[]"), "cannot be read"),
    "another shape": (lambda folder: _with(folder / "manifest.json", revision="older"), "of another version"),
    "tables left out": (lambda folder: _with(folder / "manifest.json", tables=[]), "of another version"),
    "a way out of the folder": (
        lambda folder: _with(folder / "manifest.json", files=[{"file": "../../etc/passwd", "sha256": ""}]),
        "cannot be read",
    ),
    "a manifest without end": (lambda folder: (folder / "manifest.json").write_text("[" * 200_000), "cannot be read"),
    "a number for a file": (lambda folder: _with(folder / "manifest.json", files=[{"file": 5, "sha256": ""}]), "cannot be read"),
    "no rows but words": (lambda folder: _changed(folder, "answer", lambda lines: [*lines, b"{"]), NO_ROWS),
    "a list for a row": (lambda folder: _changed(folder, "answer", lambda lines: [*lines, b"[]"]), NO_ROWS),
    "rows without end": (lambda folder: _changed(folder, "answer", lambda lines: [*lines, b"[" * 200_000]), NO_ROWS),
    "a column that is not there": (lambda folder: _each(folder, "app_user", wrong=1), NO_ROWS),
    "a date that is none": (lambda folder: _each(folder, "app_user", created_at="x"), NO_ROWS),
    "a number for a date": (lambda folder: _each(folder, "app_user", created_at=5), NO_ROWS),
    "an id that is none": (lambda folder: _each(folder, "app_user", id="x"), NO_ROWS),
    "one id for all": (lambda folder: _each(folder, "app_user", id=NOBODY), NO_ROWS),
    "nothing where something must be": (lambda folder: _each(folder, "app_user", email=None), NO_ROWS),
    "a list for a word": (lambda folder: _each(folder, "app_user", email=["a"]), NO_ROWS),
    "a person who is not there": (lambda folder: _each(folder, "membership", user_id=NOBODY), NO_ROWS),
    "no head of the history": (lambda folder: _changed(folder, "history_head", lambda lines: []), NO_ROWS),
}


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_spoilt_backup_is_refused_and_restores_nothing(kept, backed_up, stored, spoil):
    spoiling, found = SPOILT[spoil]
    spoiling(backed_up)
    stored.unlink()
    empty()
    code, _, error = run(kept, "restore", backed_up)
    assert (code, found in error, error.count("\n")) == (1, True, 1), error
    assert not any(rows for table, rows in everything().items() if table != "history_head")
    assert not stored.exists()


def test_what_was_wrong_in_a_backup_already_is_told_after_it_was_restored(kept, backed_up):
    _changed(backed_up, "observation", lambda lines: lines[1:])
    empty()
    code, said, error = run(kept, "restore", backed_up)
    assert (code, "rows of" in said and "were restored." in said) == (1, True)
    assert (
        error
        == "partnerhub: 1 thing is not as it was written down. It was restored as it stands in the backup, so the fault is in there too.\n"
    )


def test_a_backup_is_of_one_moment_whoever_writes_meanwhile(kept):
    counting = select(func.count()).select_from(Organisation)
    with snapshot():
        before = db.session.scalar(counting)
        with db.engine.begin() as other:
            row = {"id": uuid4(), "name": "Late", "kind": "charity", "created_at": clock.now() + timedelta(days=1)}
            other.execute(
                insert(Organisation).values(website="", telephone="", address="", version=1, folded_name="late", plain_name="late", **row)
            )
        assert db.session.scalar(counting) == before
    assert db.session.scalar(counting) == before + 1


def test_tables_that_a_backup_leaves_out_are_those_it_should(kept, backed_up):
    there = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert there - {path.stem for path in backed_up.glob("*.jsonl")} == NOT_BACK
