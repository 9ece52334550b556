"""Every address, with every method, for everybody, about every kind of object: the answer stands in routes.txt, which a person has read.

    WRITE_GOLDEN=1 python -m pytest tests/security/test_routes.py

writes routes.txt anew; read what changed in it before it is committed.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Blueprint, Flask

from tests.security.office import ROLES, Answer, Office
from tests.security.samples import CHANGE_NOTHING, Line, form_of, lines_of, path_of, undecided

GOLDEN = Path(__file__).with_name("routes.txt")
LEGEND = """\
Who gets what at which address. One line per method, address and [object]; one column per role.

  in    is asked to sign in             303   is sent on to another page
  404   does not exist for them         403   exists, and is not theirs to do
  409   not now, as things stand        410   a link that is over
  422   what was sent cannot be taken   !     something was written
  -     the role has no such object

norole: signed in, belongs nowhere. member, lead: of the organisation concerned. foreign: lead of another organisation.
viewer: of the programme concerned. elsewh.: viewer of another programme.
Lines that begin with `hx` differ when the same is asked by HTMX. Written by: WRITE_GOLDEN=1 python -m pytest tests/security/test_routes.py
"""
HEADINGS = {"administrator": "admin", "elsewhere": "elsewh."}
SEAT = "/rounds/<round_id>/workshops/<workshop_id>/"  # at a bid workshop, for whoever is signed in
UUIDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REFUSED = re.compile(r"in|4\d\d")


@dataclass
class Walk:
    """What was seen on the way."""

    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lines: list[Line] = field(default_factory=list)


@pytest.fixture(scope="module")
def walk(office: Office) -> Walk:
    """Everybody goes everywhere, and the office is put back after every step that changed it."""
    seen = Walk(lines=lines_of(office))
    missing: dict[tuple[str, ...], tuple[int, str]] = {}
    for line in seen.lines:
        for mode in ("", "hx "):
            cells = {role: _step(office, seen, missing, line, role, htmx=bool(mode)) for role in ROLES}
            if not mode or cells != seen.cells[line.name]:
                seen.cells[mode + line.name] = cells
        left = office.keeper.left_behind()
        if left:
            seen.faults["written unseen"].append(f"{line.name}: {sorted(left)}")
            office.keeper.restore()
    return seen


def _step(office: Office, seen: Walk, missing: dict[Any, tuple[int, str]], line: Line, role: str, *, htmx: bool) -> str:
    path = path_of(office, line, role)
    if path is None:
        return "-"
    where = f"{role}: {'hx ' if htmx else ''}{line.name}"
    try:
        answer = office.back(office.ask(role, line.method, path, form_of(office, line), htmx=htmx))
    except AssertionError as error:
        seen.faults["broken"].append(str(error))
        return "broken"
    code = code_of(answer)
    if answer.wrote and (REFUSED.fullmatch(code.rstrip("!")) or line.method == "GET"):
        seen.faults["refused and written"].append(f"{where} answers {code} and wrote {sorted(answer.wrote)}")
    if not htmx and line.method == "GET" and answer.status < 400:
        head = office.back(office.ask(role, "HEAD", path))
        if head.wrote or head.status != answer.status or head.response.data:
            seen.faults["HEAD"].append(f"{where}: {head.status}, {sorted(head.wrote)}")
    if code == "404" and not htmx:
        _compare(office, seen, missing, line, role, answer)
    return code


def _compare(office: Office, seen: Walk, missing: dict[Any, tuple[int, str]], line: Line, role: str, answer: Answer) -> None:
    """A refused object must look like one that was never there: same status, same page but for the id in it."""
    instead = nowhere(line)
    if not instead:
        return
    path, form = path_of(office, line, role, **instead) or "", form_of(office, line)
    made_up = str(next(iter(instead.values())))
    key = (line.method, path.replace(made_up, ""), repr(form), role)  # the same request need not be made for every line
    if key not in missing:
        missing[key] = alike(office.back(office.ask(role, line.method, path, form)))
    if missing[key] != alike(answer):
        seen.faults["told apart"].append(f"{role}: {line.name}: missing {missing[key][0]}, refused {answer.status}")


def nowhere(line: Line) -> dict[str, Any]:
    """The first object of the line replaced by one that does not exist."""
    for name, value in line.values:
        if isinstance(value, (UUID, dict)):
            return {name: uuid4()}
        if isinstance(value, str) and name != "kind":
            return {name: "nothing-of-the-kind"}
    return {}


def alike(answer: Answer) -> tuple[int, str]:
    """The answer without what differs at every request: ids and form tokens. Their lengths stay."""
    text = UUIDS.sub("x" * 36, answer.text)
    return answer.status, re.sub(r'(?<=")[\w-]{50,}\.[\w-]+\.[\w-]+(?=")', lambda found: "t" * len(found[0]), text)


def code_of(answer: Answer) -> str:
    """`in` or the status, with ! when something was written. An HTMX answer that leads elsewhere counts as such."""
    target = answer.response.headers.get("Location", "") or answer.response.headers.get("HX-Redirect", "")
    status = 303 if "HX-Redirect" in answer.response.headers else answer.status
    if answer.status == 401 or (status == 303 and target.startswith("/sign-in?next=")):
        return "in" + "!" * bool(answer.wrote)
    return f"{status}{'!' * bool(answer.wrote)}"


def written(cells: dict[str, dict[str, str]]) -> str:
    """The table as text, a blank line between subjects."""
    width = max(map(len, cells))
    heading = " " * (width + 2) + " ".join(f"{HEADINGS.get(role, role):8}" for role in ROLES).rstrip()
    text, subject = LEGEND, None
    for name, row in cells.items():
        here = re.split("[ .]", re.sub(r"^(hx )?\w+ ", "", name).split("/")[1])[0]
        if here != subject:
            text += f"\n{heading}\n"
            subject = here
        text += f"{name:{width}}  " + " ".join(f"{row[role]:8}" for role in ROLES).rstrip() + "\n"
    return text


def read(text: str) -> dict[str, dict[str, str]]:
    """The table read back."""
    rows = [re.split(r"  +", line, maxsplit=1) for line in text.removeprefix(LEGEND).splitlines() if re.match(r"(hx )?(GET|POST) ", line)]
    return {name: dict(zip(ROLES, cells.split(), strict=True)) for name, cells in rows}


def test_every_address_has_its_sample_objects_and_its_form(office: Office):
    assert undecided(office.app) == []


def test_everybody_gets_what_is_written_down(walk: Walk):
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.write_text(written(walk.cells), encoding="utf-8")
    expected, seen = read(GOLDEN.read_text(encoding="utf-8")), walk.cells
    differences = [
        f"{name}: {role} gets {seen.get(name, {}).get(role, 'no line')}, not {expected.get(name, {}).get(role, 'as no line says')}"
        for name in {**expected, **seen}
        for role in ROLES
        if seen.get(name, {}).get(role) != expected.get(name, {}).get(role)
    ]
    assert not differences, "\n".join(differences)


def test_the_file_is_as_it_would_be_written(walk: Walk):
    assert GOLDEN.read_text(encoding="utf-8") == written(walk.cells)


@pytest.mark.parametrize("fault", ["broken", "refused and written", "written unseen", "HEAD", "told apart"])
def test_nothing_is_written_by_looking_or_by_being_refused_and_what_is_hidden_seems_not_to_exist(walk: Walk, fault: str):
    assert not walk.faults[fault], "\n".join(walk.faults[fault])


def test_every_address_that_changes_something_was_seen_to_change_something(walk: Walk):
    """So that a refusal in the table is a refusal of the person, and not of a form that nobody could send."""
    changing = {line.endpoint for line in walk.lines if line.method == "POST"} - CHANGE_NOTHING
    seen = {line.endpoint for line in walk.lines if line.method == "POST" and any("!" in cell for cell in walk.cells[line.name].values())}
    assert changing == seen


def test_strangers_change_nothing_but_with_a_link_or_by_asking_for_one(walk: Walk):
    able = {line.endpoint for line in walk.lines if "!" in walk.cells[line.name]["stranger"]}
    assert able == {"people.accept", "people.reset", "people.confirm_email", "people.ask_account", "people.ask_reset", "people.sign_in"}


def test_auditors_and_viewers_change_nothing_but_their_own_account_and_their_own_seat(walk: Walk):
    links = ("/create-account", "/sign-", "/forgotten", "/reset", "/confirm-email", "/join/")
    by_themselves = ("/organisations/<organisation_id>/join", "/organisations/register", "/joining/<request_id>/withdraw")
    own = ("/account", "/people/<user_id>/sessions/end", *links, *by_themselves, SEAT)
    able = {line.name for line in walk.lines for role in ("auditor", "viewer", "elsewhere", "norole") if "!" in walk.cells[line.name][role]}
    assert not [name for name in able if not name.removeprefix("POST ").startswith(own) or ("<user_id>" in name and "oneself" not in name)]


def test_an_address_that_nobody_has_written_down_is_noticed():
    app = Flask("new")
    bp = Blueprint("returns", __name__)
    bp.add_url_rule("/returns/<uuid:thing_id>/burn", "burn", lambda thing_id: "", methods=["POST", "DELETE"])
    app.register_blueprint(bp)
    told = undecided(app)
    assert [each for each in told if "burn" in each] == [
        "/returns/<uuid:thing_id>/burn: no sample object for <thing_id>",
        "/returns/<uuid:thing_id>/burn: no sample form for returns.burn",
        "/returns/<uuid:thing_id>/burn: the method DELETE is not known here",
    ]
