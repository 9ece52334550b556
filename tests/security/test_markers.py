"""Every confidential text of the office holds a word of its own: it is seen by those who may, and stands nowhere else."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from partnerhub.extensions import db
from partnerhub.models import EmailToken, Event, Invitation, OutboxMail, User, UserSession
from partnerhub.queries.people import leads_of
from tests.security.crawl import Pages
from tests.security.office import NUMBERS, OFFICE, PASSWORD, ROLES, Answer, Office
from tests.security.samples import NEW_PASSWORD, form_of, lines_of, path_of

OURS = {"member", "lead"}
READERS = {"officer", "director", "administrator", "auditor"}
SUMMARY = READERS | {"finance", "chair", "viewer"}
STAFF = set(OFFICE)
PANEL = {"chair", "officer", "director", "auditor"}
DECIDERS = {"officer", "chair", "finance", "director", "administrator", "auditor"}
PART_2 = ("confidential", "press_plan", "line_reason")
PAYS = READERS | {"finance"}
LETTERS = ("letter", "answer", "strength", "improvement")
SENT = ("submitted", "queried", "approved", "reopened")
KEPT_BACK = ("draft", "waived")

AWARDED = {"project awarded": PAYS | {"chair"}, "condition": PAYS}  # the record of a decision names its projects

# The word -> the roles that may meet it, wherever.
SEEN_BY: dict[str, set[str]] = {
    **{f"{what} {state}": OURS for state in KEPT_BACK for what in ("story", "reason", "file")},
    **{f"{what} {state}": OURS | READERS for state in ("helped", *SENT) for what in ("story", "reason", "file")},
    **{f"{what} foreign": READERS | {"foreign"} for what in ("story", "reason")},
    **{f"{what} drafted": OURS for what in ("project", "paper")},
    **{f"{what} {state}": OURS | READERS for state in ("shared", "sent", "came") for what in ("project", "paper")},
    **{f"{what} entered": OURS | {"officer"} for what in ("project", "paper")},
    **{f"{what} of others": READERS | {"foreign"} for what in ("project", "paper")},
    **{f"{what} marked": OURS | READERS | {"assessor"} for what in ("project", "paper")},
    **{f"{what} judged": OURS | READERS | {"assessor"} for what in ("project", "paper")},
    "payee": {"finance", "auditor"},
    "change asked for": OURS | READERS | {"finance"},
    "reason for cancelling": OURS | READERS | {"finance"},
    **{f"note on the {what} by {who}": PAYS for what in ("application", "return") for who in ("officer", "finance")},
    "reason for a mark": {"assessor"},
    "mark as typed": {"assessor"},
    "reason for fewer assessors": {"officer", "auditor"},
    "reason for all": {"assessor", "chair", "officer", "director", "auditor"},
    "reason of the panel": {"chair", "officer", "director", "auditor"},
    # nothing of an award before it is offered, and nothing of a letter before it is released
    **{f"{what} approved": seen for what, seen in AWARDED.items()},
    **{f"{what} {state}": OURS | seen for state in ("offered", "signed", "not answered", "agreed") for what, seen in AWARDED.items()},
    **{f"{what} of others": seen | {"foreign"} for what, seen in AWARDED.items()},
    **{f"{what} {state}": PANEL for state in ("draft", "ready") for what in LETTERS},
    **{f"{what} released": OURS | READERS | {"chair"} for what in LETTERS},
    **{f"{what} of others": READERS | {"foreign"} for what in LETTERS},
    "name of an assessor": {"assessor", "chair", "officer", "director", "administrator", "auditor"},
    # decisions: Part 1 is everybody's once it is public, Part 2 and the reason of the line never are
    **{f"{part} {state}": DECIDERS for part in ("title", "summary", *PART_2) for state in ("written", "put forward", "signed off")},
    **{f"{part} public": set(ROLES) for part in ("title", "summary")},
    **{f"{part} public": DECIDERS for part in PART_2},
    "interest of the chair": {"chair"},
    "interest of an assessor": set(),  # only that assessor, whose pages are not read here
    "question from the office": OURS | READERS,
    "reply not sent": OURS,
    "reason for reopening": OURS | READERS,
    "reason for waiving": OURS | READERS,
    "our name": OURS | STAFF | {"viewer"},
    "their name": STAFF | {"foreign", "elsewhere"},
    "our address": OURS | STAFF,
    "their address": STAFF | {"foreign"},
    "our email": OURS | STAFF,
    "our name of a person": OURS | STAFF,
    "their email": STAFF | {"foreign"},
    "document kept": OURS | READERS,
    "name of a document": OURS | READERS,
    "profile": {"lead", "officer", "administrator"},
    "programme about": STAFF | {"viewer"},
    "other programme": STAFF | {"elsewhere"},
    "service about": STAFF | {"viewer"},
    "other service": STAFF | {"elsewhere"},
    "unpublished form": STAFF,
    "form thrown away": STAFF,
    "round in preparation": STAFF,
    "advertised": STAFF,
    "invited to ours": {"lead", "officer", "administrator", "auditor"},
    "invited to office": {"administrator", "auditor"},
    "name of who asks": {"lead", "officer", "administrator", "auditor"},
    "reason for letting nobody in": {"lead", "officer", "administrator", "auditor", "viewer"},
    "registered name": {"officer", "administrator", "auditor"},
    "new email": set(),
    "account asked for": set(),
    "name typed by a stranger": set(),
}
FIGURES = {"draft": OURS, "submitted": OURS | READERS, "approved": OURS | SUMMARY}

# Whoever holds a link sees whom it is for.
BEHIND_A_LINK = {
    "/join/": {"our name", "invited to ours", "invited to office", "account asked for", "name typed by a stranger"},
    "/confirm-email/": {"new email", "our email"},
    "/reset/": {"our email", "our name of a person"},
}
NOWHERE = ("$argon2", "only for development")


def text_of(answer: Answer) -> str:
    """Everything that came: headers, and the body, unpacked where it is a packed file."""
    body = answer.response.data
    told = str(answer.response.headers)
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return told + "".join(packed.read(each).decode("utf-8", "replace") for each in packed.namelist())
    return told + body.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def texts(pages: Pages) -> dict[str, list[tuple[str, str]]]:
    return {who: [(path, text_of(answer)) for path, answer in each] for who, each in pages.items()}


def _elsewhere(path: str, name: str) -> bool:
    return not any(path.startswith(link) and name in words for link, words in BEHIND_A_LINK.items())


def test_every_word_is_decided(office: Office):
    assert set(office.words) == set(SEEN_BY)


@pytest.mark.parametrize("name", SEEN_BY)
def test_a_word_is_seen_by_those_who_may_and_by_nobody_else(office: Office, texts: dict[str, list[tuple[str, str]]], name: str):
    asks_for_all = f"/returns/{office.every_type_id}"  # its form lets people choose among all organisations, as its author wished
    names_it = f"/organisations/{office.ours.id}/join" if name == "our name" else asks_for_all  # whoever looks for it finds its name
    known = (asks_for_all, names_it)
    found = {
        who: [path for path, text in each if office.words[name] in text and _elsewhere(path, name) and not path.startswith(known)]
        for who, each in texts.items()
    }
    leaks = {who: paths[:5] for who, paths in found.items() if paths and who not in SEEN_BY[name]}
    assert not leaks
    assert {who for who, paths in found.items() if paths} or not SEEN_BY[name], "nobody sees it: the crawl has not been there"


@pytest.mark.parametrize("state", FIGURES)
def test_a_figure_is_seen_by_those_who_may(texts: dict[str, list[tuple[str, str]]], state: str):
    """Answers before they are sent are the partner's own; provisional figures are the office's."""
    spellings = (str(NUMBERS[state]), f"{NUMBERS[state]:,}")
    found = {who: [path for path, text in each if any(spelling in text for spelling in spellings)] for who, each in texts.items()}
    assert {who: paths[:5] for who, paths in found.items() if paths and who not in FIGURES[state]} == {}
    assert {who for who, paths in found.items() if paths} == FIGURES[state]


def test_a_score_is_seen_by_the_panel_and_by_nobody_else(texts: dict[str, list[tuple[str, str]]]):
    """60 × (1 + 4 + 4) / 15 + 40 × 2 / 5, the agreed mark, as no weight reads; whole or rounded, in a page, a file or JSON."""
    found = {who for who, each in texts.items() if any("52%" in text for path, text in each if "/summary" not in path)}
    assert found == {"chair", "officer", "director", "auditor"}


def secrets_of(office: Office) -> Iterator[tuple[str, str]]:
    """(what it is, the secret): nothing of it may stand in any answer but the one at its own address."""
    yield from office.tokens.items()
    with office.app.app_context():
        for model, column in ((User, User.password_hash), (UserSession, UserSession.token_hash), (Invitation, Invitation.token_hash),
                              (EmailToken, EmailToken.token_hash)):  # fmt: skip
            yield from ((model.__name__, each) for each in db.session.scalars(select(column)) if each)
    yield from ((f"secret of {who}", raw) for who, raw in office.raw.items())
    yield "key", office.app.config["SECRET_KEY"]


def test_secrets_stand_in_no_answer(office: Office, texts: dict[str, list[tuple[str, str]]]):
    kept = list(secrets_of(office))
    leaks = [
        f"{who}: {path}: {what}"
        for who, each in texts.items()
        for path, text in each
        for what, secret in kept
        if secret in text and secret not in path
    ]
    assert not leaks, "\n".join(leaks)
    assert not [(who, path) for who, each in texts.items() for path, text in each for word in NOWHERE if word in text]


def test_letters_tell_only_what_their_reader_may_know(office: Office):
    """And a link stands only in the letter to whom it is for."""
    with office.app.app_context():
        letters = db.session.scalars(select(OutboxMail)).all()
        leads = {each.email: "lead" for each in leads_of(office.ours.id)}  # with those who only came to sign
    readers = {user.email: role for role, user in office.users.items()} | leads
    leaks = []
    for letter in letters:
        text = f"{letter.subject}\n{letter.body}"
        role = readers.get(letter.recipient)
        words = {name for name, word in office.words.items() if word in text}
        allowed = {name for name, roles in SEEN_BY.items() if role in roles} if role else BEHIND_A_LINK["/join/"]
        leaks += [f"{letter.kind} to {role or letter.recipient} tells {name}" for name in words - allowed]
        leaks += [f"{letter.kind} to {role} holds {name}" for name, token in office.tokens.items() if role and token in text]
    assert len(letters) > 10 and not leaks


def test_the_history_holds_nothing_about_a_person(office: Office):
    with office.app.app_context():
        told = json.dumps([[event.details, event.says, event.about_id] for event in db.session.scalars(select(Event))])
    personal = ("our email", "their email", "our name of a person", "invited to ours", "invited to office", "new email", "story draft")
    assert not [name for name in personal if office.words[name] in told]


def test_the_log_holds_no_secret_and_no_answer(office: Office, caplog: pytest.LogCaptureFixture):
    """Everything that can be sent is sent once, taken or refused, with the log wide open."""
    caplog.set_level(logging.DEBUG)
    for line in {line.endpoint: line for line in lines_of(office) if line.method == "POST"}.values():
        for who in ("stranger", "lead", "administrator"):
            path = path_of(office, line, who)
            if path:
                office.back(office.post(who, path, form_of(office, line)))
    ours = "\n".join(
        record.getMessage() + str(record.exc_info or "") for record in caplog.records if not record.name.startswith("sqlalchemy")
    )
    secrets = [
        PASSWORD,
        NEW_PASSWORD,
        *(token for name, token in office.tokens.items() if name.startswith("session")),
        *office.words.values(),
    ]
    assert not [secret for secret in secrets if secret in ours]


@pytest.mark.parametrize("role", ROLES)
def test_everybody_was_shown_something(texts: dict[str, list[tuple[str, str]]], role: str):
    assert len(texts[role]) > 50
