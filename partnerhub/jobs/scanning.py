"""Takes files to the virus scanner, a clamd, where one is set. Only what it calls clean is clean: whatever else happens, the file waits."""

from __future__ import annotations

import logging
import socket

from flask import current_app

from partnerhub import clock
from partnerhub.actions.files import claim_unscanned, mark_clean, withhold_file
from partnerhub.queries.files import content_of
from partnerhub.rules.errors import Withheld
from partnerhub.rules.policy import HUB

log = logging.getLogger("partnerhub.files")

PATIENCE = 60  # seconds for an answer of the scanner; letters wait behind it
PATIENCE_TO_BEGIN = 5
CHUNK = 64 * 1024
LONGEST_ANSWER = 1_000
CLEAN, FOUND = "stream: OK", " FOUND"


class NoVerdict(Exception):
    """The scanner answered, and said neither that the file is clean nor that it is not."""


def scan_waiting() -> int:
    """Check whatever waits; how many files there is a verdict on. When the scanner does not answer, the rest waits for the next time."""
    settings, done = current_app.config["HUB"], 0
    while settings.scanner and (stored := claim_unscanned(clock.now())) is not None:
        try:
            virus = virus_in(content_of(settings.files_folder, stored), settings.scanner)
        except (NoVerdict, Withheld) as error:  # this file is the trouble: go on with the others
            log.warning("file %s was not checked for viruses: %s", stored.id, error)
        except OSError as error:
            log.warning("the virus scanner does not answer: %s", error)
            break
        else:
            if virus is None:
                mark_clean(stored)
            else:
                log.warning("a virus was found in file %s: %s", stored.id, virus)
                withhold_file(stored, virus, by=HUB)
            done += 1
    return done


def virus_in(content: bytes, scanner: str) -> str | None:
    """What the scanner found, None when it says that there is nothing (clamd(8), INSTREAM: chunks after their length, the last empty)."""
    with _connected(scanner) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            chunk = content[start : start + CHUNK]
            line.sendall(len(chunk).to_bytes(4, "big") + chunk)
        line.sendall(bytes(4))
        said = _answer(line)
    if said == CLEAN:
        return None
    if said.endswith(FOUND):
        return said.removeprefix("stream: ").removesuffix(FOUND)
    raise NoVerdict(said)


def _connected(scanner: str) -> socket.socket:
    if not scanner.startswith("/"):
        host, _, port = scanner.rpartition(":")
        line = socket.create_connection((host.strip("[]"), int(port)), PATIENCE_TO_BEGIN)
    else:
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE_TO_BEGIN)
        try:
            line.connect(scanner)
        except OSError:
            line.close()
            raise
    line.settimeout(PATIENCE)
    return line


def _answer(line: socket.socket) -> str:
    """Up to the NUL that ends it, without which it is none; printable, since it is kept."""
    said = b""
    while b"\0" not in said:
        more = line.recv(LONGEST_ANSWER)
        if not more or len(said) > LONGEST_ANSWER:
            raise NoVerdict("no whole answer")
        said += more
    text = said.partition(b"\0")[0].decode("utf-8", "replace")
    return "".join(each if each.isprintable() else "?" for each in text)
