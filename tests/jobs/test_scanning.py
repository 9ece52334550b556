"""Where a virus scanner is set, nothing but its word opens a file to others, and an infected one goes to nobody."""

from __future__ import annotations

import copy
import socketserver
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions.files import claim_unscanned
from partnerhub.actions.returns import attach_file, save_answers, submit_return
from partnerhub.extensions import db
from partnerhub.forms.answers import Typed
from partnerhub.jobs.embedded import working_beside
from partnerhub.jobs.scanning import CHUNK, scan_waiting
from partnerhub.models import Event, StoredFile
from partnerhub.queries.files import place_of
from tests.browser import words_of
from tests.make import SMALL_RETURN

NOON = datetime(2022, 7, 4, 12, 0, tzinfo=UTC)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"  # what every scanner knows, and harms nobody
CLEAN, BAD = b"%PDF-1.7 our accounts", b"%PDF-1.7 " + EICAR


class Clamd(socketserver.BaseRequestHandler):
    """Speaks INSTREAM as clamd(8) tells it, and finds the one virus that it knows."""

    def handle(self) -> None:
        scanner = self.server
        with self.request.makefile("rb") as line:
            scanner.commands.append(line.read(10))
            content = b""
            while size := int.from_bytes(line.read(4), "big"):
                scanner.chunks.append(size)
                content += line.read(size)
            scanner.seen.append(content)
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        self.request.sendall(found if scanner.says is None else scanner.says)


class Scanner(socketserver.ThreadingMixIn):
    daemon_threads = True

    def __init__(self, place) -> None:
        super().__init__(place, Clamd)
        self.commands, self.chunks, self.seen = [], [], []
        self.says: bytes | None = None  # whatever was sent


class OnAPort(Scanner, socketserver.TCPServer):
    pass


class OnASocket(Scanner, socketserver.UnixStreamServer):
    pass


def serving(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def clamd():
    yield from serving(OnAPort(("127.0.0.1", 0)))


@pytest.fixture
def scanned_by(app, monkeypatch):
    """The running app with this scanner."""

    def scanned(scanner):
        where = scanner if isinstance(scanner, str) else f"127.0.0.1:{scanner.server_address[1]}"
        monkeypatch.setitem(app.config, "HUB", replace(app.config["HUB"], scanner=where))

    return scanned


@pytest.fixture
def sent(app, make, browser):
    """Files that a member sent with a return, which a lead has sent to the office."""
    document = copy.deepcopy(SMALL_RETURN)
    document["sections"][1]["questions"].append({"key": "accounts", "type": "file", "label": "Accounts", "limit": {"files": 9}})
    organisation = make.organisation("Example Harbour Project")
    member, lead, officer = make.member(organisation), make.lead(organisation), make.user("officer")
    due = make.monitoring_return(make.agreement(provider=organisation, version=make.version(document)))
    typed = {("referrals", ""): "12", ("seen", ""): "12"}

    class Sent:
        path = f"/returns/{due.id}"
        sender, colleague, office = browser(member), browser(lead), browser(officer)
        administrator = browser(make.user("administrator"))

        def file(self, name: str, content: bytes) -> UUID:
            return attach_file(due, "accounts", name, content, app.config["HUB"].files_folder, by=make.person(member)).id

        def submit(self) -> None:
            save_answers(due, {place: Typed(said, 0) for place, said in typed.items()}, by=make.person(lead))
            submit_return(due, by=make.person(lead))

        def given(self, file_id: UUID) -> tuple[int, int, int]:
            """What the sender, a colleague and the office get at the address of the file."""
            return tuple(each.get(f"{self.path}/files/{file_id}").status_code for each in (self.sender, self.colleague, self.office))

        def told(self, who) -> str:
            return words_of(who.get(f"{self.path}/versions/1"))

    return Sent()


def states() -> dict[str, str]:
    db.session.expire_all()
    return {each.name: each.scan_state for each in db.session.scalars(select(StoredFile))}


def scan_at(minutes: int) -> int:
    with clock.at(NOON + timedelta(minutes=minutes)):
        return scan_waiting()


def test_without_a_scanner_files_are_given_out_and_are_said_to_be_unchecked(app, sent):
    kept = sent.file("accounts.pdf", CLEAN)
    sent.submit()
    assert scan_waiting() == 0
    assert sent.given(kept) == (200, 200, 200)
    for who in (sent.sender, sent.colleague, sent.office):
        assert "accounts.pdf (1 kB, not checked for viruses)" in sent.told(who)


def test_a_file_waits_until_it_is_called_clean_and_nobody_but_its_sender_gets_it_before(app, sent, clamd, scanned_by):
    scanned_by(clamd)
    kept = sent.file("accounts.pdf", CLEAN)
    sent.submit()
    assert sent.given(kept) == (200, 410, 410)
    for who in (sent.sender, sent.colleague, sent.office):
        assert "accounts.pdf (1 kB, waiting to be checked for viruses)" in sent.told(who)
    assert f"/files/{kept}" in sent.sender.get(f"{sent.path}/versions/1").text
    assert f"/files/{kept}" not in sent.office.get(f"{sent.path}/versions/1").text
    refused = sent.office.get(f"{sent.path}/files/{kept}")
    assert "still waiting to be checked for viruses" in words_of(refused) and b"our accounts" not in refused.data
    assert scan_waiting() == 1
    assert clamd.seen == [CLEAN]
    assert sent.given(kept) == (200, 200, 200)
    assert "accounts.pdf (1 kB, checked, no virus found)" in sent.told(sent.office)
    assert scan_waiting() == 0


def test_an_infected_file_is_withheld_from_everybody_and_the_page_and_the_history_say_so(app, sent, clamd, scanned_by):
    scanned_by(clamd)
    bad, good = sent.file("bad.pdf", BAD), sent.file("good.pdf", CLEAN)
    sent.submit()
    assert scan_waiting() == 2
    assert (sent.given(bad), sent.given(good)) == ((410, 410, 410), (200, 200, 200))
    for who in (sent.sender, sent.colleague, sent.office):
        assert "bad.pdf (1 kB, a virus was found in it, so nobody can open it)" in sent.told(who)
        answer = who.get(f"{sent.path}/files/{bad}")
        assert "A virus was found in the file “bad.pdf”" in words_of(answer) and EICAR not in answer.data
    event = db.session.scalars(select(Event).where(Event.action == "file.withhold")).one()
    assert (event.about_id, event.details) == (str(bad), {"virus": "Eicar-Test-Signature"})
    assert "withheld a file in which a virus was found" in words_of(sent.administrator.get("/history?organisation=Harbour"))


def test_an_infected_file_stays_withheld_when_the_scanner_is_switched_off(app, sent, clamd, scanned_by):
    scanned_by(clamd)
    bad = sent.file("bad.pdf", BAD)
    sent.submit()
    scan_waiting()
    scanned_by("")
    assert sent.given(bad) == (410, 410, 410)


def test_what_was_sent_before_there_was_a_scanner_waits_for_it_too(app, sent, clamd, scanned_by):
    bad = sent.file("bad.pdf", BAD)
    sent.submit()
    assert sent.given(bad) == (200, 200, 200)
    scanned_by(clamd)
    assert sent.given(bad) == (200, 410, 410)
    assert scan_waiting() == 1
    assert states() == {"bad.pdf": "infected"}


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"stream: OK",
        b"stream: OK but not quite\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"OK\0",
        b"\xff\xfe\0",
        b"x" * 5000,
    ],
)
def test_whatever_else_the_scanner_says_opens_nothing(app, sent, clamd, scanned_by, says):
    scanned_by(clamd)
    clamd.says = says
    kept = sent.file("accounts.pdf", CLEAN)
    sent.submit()
    assert scan_at(0) == 0
    assert (states(), sent.given(kept)) == ({"accounts.pdf": "not_scanned"}, (200, 410, 410))
    clamd.says = None
    assert (scan_at(1), scan_at(2)) == (0, 1), "it is asked again after two minutes"
    assert sent.given(kept) == (200, 200, 200)


@pytest.mark.parametrize("says", [b"stream: FOUND\0", b"stream:  FOUND\0", b" FOUND\0", b"stream: Odd\x07name FOUND\0"])
def test_whatever_it_calls_a_find_is_one(app, sent, clamd, scanned_by, says):
    scanned_by(clamd)
    clamd.says = says
    sent.file("accounts.pdf", CLEAN)
    assert scan_waiting() == 1
    assert states() == {"accounts.pdf": "infected"}


def test_a_scanner_that_is_away_opens_nothing_and_catches_up(app, sent, clamd, scanned_by):
    scanned_by("127.0.0.1:1")  # nobody listens there
    names = ("one.pdf", "two.pdf", "three.pdf")
    kept = [sent.file(name, CLEAN) for name in names]
    sent.submit()
    assert scan_at(0) == 0
    assert {sent.given(each) for each in kept} == {(200, 410, 410)}
    scanned_by(clamd)
    assert scan_at(0) == 2  # the one that was tried waits a little
    assert scan_at(2) == 1
    assert set(states().values()) == {"clean"}


def test_what_just_arrived_goes_before_what_was_tried_in_vain(app, sent):
    with clock.at(NOON):
        first = sent.file("first.pdf", CLEAN)
        assert claim_unscanned(NOON).id == first
    with clock.at(NOON + timedelta(minutes=1)):
        second = sent.file("second.pdf", CLEAN)
    assert [claim_unscanned(NOON + timedelta(minutes=2)).id for _ in range(2)] == [second, first]
    assert claim_unscanned(NOON + timedelta(minutes=3)) is None


def test_one_file_that_cannot_be_checked_keeps_no_other_waiting(app, sent, clamd, scanned_by):
    """Lost or altered on disk: it is not sent to the scanner, and stays closed."""
    scanned_by(clamd)
    lost, altered, good = (sent.file(f"{name}.pdf", CLEAN) for name in ("lost", "altered", "good"))
    folder = app.config["HUB"].files_folder
    place_of(folder, lost).unlink()
    place_of(folder, altered).write_bytes(b"%PDF-1.7 something else")
    sent.submit()
    assert scan_waiting() == 1
    assert states() == {"lost.pdf": "not_scanned", "altered.pdf": "not_scanned", "good.pdf": "clean"}
    assert clamd.seen == [CLEAN]
    assert sent.given(good) == (200, 200, 200)


def test_a_large_file_travels_in_chunks_and_arrives_whole(app, sent, clamd, scanned_by):
    scanned_by(clamd)
    content = CLEAN + bytes(range(256)) * 3_000
    sent.file("large.pdf", content)
    assert scan_waiting() == 1
    assert clamd.commands == [b"zINSTREAM\0"]
    assert clamd.seen == [content] and max(clamd.chunks) == CHUNK and len(clamd.chunks) == 12


def test_the_scanner_may_listen_at_a_socket_on_disk(app, sent, scanned_by, tmp_path):
    place = str(tmp_path / "clamd.ctl")
    scanned_by(place)
    sent.file("accounts.pdf", CLEAN)
    assert scan_at(0) == 0, "nobody listens there yet"
    for _ in serving(OnASocket(place)):
        assert scan_at(2) == 1
    assert states() == {"accounts.pdf": "clean"}


def test_the_worker_beside_the_server_has_files_checked(app, sent, clamd, scanned_by, monkeypatch, tmp_path):
    scanned_by(clamd)
    sent.file("accounts.pdf", CLEAN)
    with working_beside(app):
        until = time.monotonic() + 60
        while not clamd.seen and time.monotonic() < until:
            time.sleep(0.05)
    db.session.remove()
    assert states() == {"accounts.pdf": "clean"}
