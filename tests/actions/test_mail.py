"""Mail is never lost: a letter is a row of the deed's own transaction, and what a dying sender left is sent again as the same letter."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config import ROOT
from partnerhub import clock, create_app
from partnerhub.actions.doing import writing
from partnerhub.actions.mail import claim_mail, link_to, put_mail
from partnerhub.extensions import db
from partnerhub.jobs.embedded import working_beside
from partnerhub.jobs.housekeeping import tidy
from partnerhub.jobs.outbox import message, send_waiting
from partnerhub.models import EmailToken, SignInFailure, UserSession
from partnerhub.rules.words import MailState
from tests.actions.test_invitations import together
from tests.signing_in import again, letters

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def put(occasion: str = "once", now: datetime = NOON, **rest) -> bool:
    with writing():
        return put_mail(
            "invitation",
            "thing",
            rest.pop("to", "nia@example.org"),
            occasion,
            "invitation",
            now=now,
            **{"organisation": "Example", "role": "lead", "link": "http://hub.example/join/secret"} | rest,
        )


# The row


def test_a_letter_is_written_with_the_deed_or_not_at_all(app):
    with pytest.raises(RuntimeError, match="after all"), writing():
        put_mail("invitation", "x", "a@example.org", "1", "invitation", now=NOON, link="x", role="lead", organisation="")
        raise RuntimeError("not done after all")
    assert letters() == []


def test_the_same_letter_is_never_put_twice(app):
    assert [put(), put(), put("another time")] == [True, False, True]
    assert len(letters()) == 2


def test_the_same_letter_put_by_twenty_at_once_stands_once(app):
    assert together(app, [put for _ in range(20)]).count(True) == 1
    assert len(letters()) == 1


def test_what_people_typed_cannot_break_the_subject_or_add_a_header(app):
    put(organisation="Example\r\nBcc: everybody@example.org\n\nHello")
    letter = letters()[0]
    assert letter.subject == "You have been invited to Example Bcc: everybody@example.org Hello"
    made = message(letter, app.config["HUB"], NOON)
    assert made["Bcc"] is None
    assert made["To"] == "nia@example.org"


def test_a_letter_is_short_plain_and_says_how_long_its_link_lives_and_whom_to_call(app):
    put(organisation="Söhne & <b>Co</b>")
    body = letters()[0].body
    assert "Söhne & <b>Co</b>" in body
    for said in ("http://hub.example/join/secret", "72 hours", "call 0116 555 0100"):
        assert said in body
    assert len(body.split()) < 120


def test_links_in_letters_come_from_the_settings_and_never_from_a_request(app, sends_to):
    sends_to(None, public_url="https://hub.example.org/")
    with app.test_request_context("/", headers={"Host": "evil.example"}):
        assert link_to("people.accept", token="abc") == "https://hub.example.org/join/abc"


# Sending


def test_waiting_letters_are_sent_in_order_and_once(app, sink, sends_to):
    sends_to(sink.port)
    for number in (2, 1, 3):
        put(f"{number}", now=NOON + timedelta(minutes=number), organisation=f"Group {number}")
    with clock.at(NOON + timedelta(hours=1)):
        assert send_waiting() == 3
        assert send_waiting() == 0
    assert sink.subjects == [f"You have been invited to Group {number}" for number in (1, 2, 3)]
    first = sink.letters[0]
    assert (first["From"], first["To"], first["Reply-To"]) == (
        "Partner hub <no-reply@office.example>",
        "nia@example.org",
        "grants@office.example",
    )
    assert first["Message-ID"] == letters()[0].message_id
    assert first["Auto-Submitted"] == "auto-generated"
    assert {(each.state, each.sent_at) for each in letters()} == {(MailState.SENT, NOON + timedelta(hours=1))}


def test_a_letter_with_a_secret_link_does_not_keep_it(app, sink, sends_to):
    sends_to(sink.port)
    put("1", expires_at=NOON + timedelta(hours=72))
    put("2")
    with clock.at(NOON):
        send_waiting()
    assert [bool(each.body) for each in letters()] in ([False, True], [True, False])
    assert next(each for each in letters() if each.occasion == "1").body == ""


def test_a_letter_that_is_out_of_date_is_not_sent(app, sink, sends_to):
    sends_to(sink.port)
    put("1", expires_at=NOON + timedelta(minutes=30))
    put("2")
    with clock.at(NOON + timedelta(minutes=30)):
        assert send_waiting() == 1
    assert [each.state for each in sorted(letters(), key=lambda each: each.occasion)] == [MailState.EXPIRED, MailState.SENT]
    assert len(sink.letters) == 1


@pytest.mark.parametrize("answer", ["451 Try again later", "550 No such person", "drop"])
def test_a_server_that_refuses_or_drops_is_tried_again_with_the_same_message_id(app, sink, sends_to, answer):
    sends_to(sink.port)
    put()
    sink.answer = answer
    with clock.at(NOON):
        assert send_waiting() == 0
    letter = letters()[0]
    assert (letter.state, letter.attempts, letter.next_try_at) == (MailState.WAITING, 1, NOON + timedelta(minutes=1))
    assert letter.fault
    sink.answer = "250 OK"
    with clock.at(NOON + timedelta(seconds=59)):
        assert send_waiting() == 0
    with clock.at(NOON + timedelta(minutes=1)):
        assert send_waiting() == 1
    assert len({each["Message-ID"] for each in sink.letters}) == 1
    assert letters()[0].fault == ""


def test_a_server_that_is_away_for_a_day_loses_nothing_that_is_still_of_use(app, sink, sends_to):
    put("short", expires_at=NOON + timedelta(minutes=30))
    put("long", to="a@example.org")
    put("late", to="b@example.org", now=NOON + timedelta(hours=20))
    sends_to(1)  # nobody listens there
    moment = NOON
    while moment < NOON + timedelta(hours=23, minutes=55):
        with clock.at(moment):
            assert send_waiting() == 0
        moment += timedelta(minutes=5)
    sends_to(sink.port)
    with clock.at(NOON + timedelta(hours=30)):
        send_waiting()
    assert {each["To"] for each in sink.letters} == {"a@example.org", "b@example.org"}
    assert {each.occasion: each.state for each in letters()} == {"short": MailState.EXPIRED, "long": MailState.SENT, "late": MailState.SENT}


def test_after_a_day_of_refusals_it_is_given_up_and_shown(app, sink, sends_to, make, browser):
    sends_to(sink.port)
    sink.answer = "451 Try again later"
    put()
    for hours in (0, 1, 5, 12, 20, 25):
        with clock.at(NOON + timedelta(hours=hours)):
            send_waiting()
    assert letters()[0].state == MailState.FAILED
    with clock.at(NOON + timedelta(hours=26)):
        assert send_waiting() == 0
    page = browser(make.user("administrator")).get("/mail?state=failed").text
    assert "Could not be sent" in page
    assert "451" in page
    assert "join/secret" not in page


def test_a_letter_somebody_else_is_sending_is_left_to_them_until_they_must_be_dead(app):
    put()
    assert claim_mail(NOON).state == MailState.SENDING
    assert claim_mail(NOON + timedelta(minutes=4)) is None
    assert claim_mail(NOON + timedelta(minutes=5)).attempts == 2


def test_a_sender_killed_in_the_middle_loses_nothing(app, sink, sends_to, database_url):
    """kill -9 between the claim and the server's answer; then the same letter goes out, under the same Message-ID."""
    put(now=clock.now())
    sink.hold.clear()
    settings = {
        "HUB_ENV": "test",
        "DATABASE_URL": database_url,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(sink.port),
        "SMTP_TLS": "false",
    }
    work = "with create_app().app_context(): send_waiting()"
    program = f"from partnerhub import create_app\nfrom partnerhub.jobs.outbox import send_waiting\n{work}"
    sender = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=os.environ | settings)
    assert sink.reached.wait(60), "the sender did not reach the mail server"
    sender.kill()
    sender.wait()
    sink.hold.set()
    letter = letters()[0]
    assert (letter.state, letter.attempts) == (MailState.SENDING, 1)
    sends_to(sink.port)
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert send_waiting() == 1
    assert letters()[0].state == MailState.SENT
    assert len({each["Message-ID"] for each in sink.letters}) == 1


def test_two_senders_at_once_send_each_letter_once(app, sink, sends_to):
    sends_to(sink.port)
    for number in range(10):
        put(f"{number}", now=clock.now())
    assert sum(together(app, [send_waiting] * 4)) == 10
    assert len(sink.letters) == len({each["Message-ID"] for each in sink.letters}) == 10


# Where no mail server is set


def test_without_a_mail_server_letters_are_files(app, sends_to, tmp_path):
    sends_to(None, instance_folder=str(tmp_path))
    put(organisation="Söhne")
    with clock.at(NOON):
        assert send_waiting() == 1
    files = list((tmp_path / "mail").iterdir())
    assert [each.suffix for each in files] == [".eml"]
    read = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert read["Subject"] == "You have been invited to Söhne"
    assert "http://hub.example/join/secret" in read.get_content()


def test_a_newcomer_reads_letters_on_a_page_that_only_development_has(app, stranger, tmp_path, database_url):
    assert stranger.get("/development/mail").status_code == 404
    with app.app_context():
        assert "people.development_mail" not in app.view_functions
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "1.eml").write_bytes(
        b"Subject: Hello\r\nTo: a@example.org\r\n\r\nhttp://127.0.0.1:8000/join/abc <b>not bold</b>\r\n"
    )
    beginners = create_app({"HUB_ENV": "development", "DATABASE_URL": database_url, "INSTANCE_FOLDER": str(tmp_path)})
    page = beginners.test_client().get("/development/mail")
    assert page.status_code == 200
    assert 'href="http://127.0.0.1:8000/join/abc"' in page.text
    assert "<b>not bold" not in page.text


# Regular work


def test_the_worker_beside_the_server_sends_what_waits(app, sends_to, tmp_path):
    sends_to(None, instance_folder=str(tmp_path))
    put(now=clock.now())
    with working_beside(app):
        until = time.monotonic() + 60
        while not list(Path(tmp_path).glob("mail/*.eml")) and time.monotonic() < until:
            time.sleep(0.05)
    db.session.remove()
    assert letters()[0].state == MailState.SENT


def test_tidying_throws_away_what_nobody_needs_and_nothing_else(app, make):
    user = make.user()
    now = clock.now()
    for days in (0, 40):
        at = now - timedelta(days=days, minutes=1)
        db.session.add(UserSession(token_hash=f"{days}", user_id=user.id, created_at=at, last_seen_at=at))
        db.session.add(SignInFailure(account_hash="a", address_hash="b", at=at))
        db.session.add(EmailToken(token_hash=f"{days}", kind="reset", user_id=user.id, email="x", created_at=at, expires_at=at))
    db.session.commit()
    done = (MailState.SENT, MailState.FAILED, MailState.EXPIRED)
    for state in done:
        put(f"old {state}", now=now - timedelta(days=40))
        put(f"new {state}", now=now)
    put("old, not sent yet", now=now - timedelta(days=40))
    for letter in letters():
        state = letter.occasion.partition(" ")[2]
        letter.state = state if state in done else MailState.WAITING
    db.session.commit()
    tidy()
    for model in (UserSession, SignInFailure, EmailToken):
        assert db.session.scalar(select(func.count()).select_from(model)) == 1, model
    assert {each.occasion: bool(each.body) for each in letters()} == {
        **{f"old {state}": False for state in done},
        **{f"new {state}": True for state in done},
        "old, not sent yet": True,
    }
    assert again(user) is not None
