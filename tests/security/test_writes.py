"""Nothing is written without the form's own token, nor from another site."""

from __future__ import annotations

from typing import Any

import pytest

from tests.security.office import Office
from tests.security.samples import Line, form_of, lines_of, path_of
from tests.security.test_routes import GOLDEN, read

WRONG = "ImFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYSI.aAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture(scope="module")
def doing(office: Office) -> list[tuple[str, Line]]:
    """For every address that changes something, somebody who can: as routes.txt says."""
    table = read(GOLDEN.read_text(encoding="utf-8"))
    chosen: dict[str, tuple[str, Line]] = {}
    for line in lines_of(office):
        able = [role for role, cell in table.get(line.name, {}).items() if cell.endswith("!")] if line.method == "POST" else []
        if able:
            chosen.setdefault(line.endpoint, (able[0], line))
    return list(chosen.values())


def test_every_address_that_changes_something_is_tried(office: Office, doing: list[tuple[str, Line]]):
    assert {line.endpoint for _, line in doing} == {line.endpoint for line in lines_of(office) if line.method == "POST"}


def _requests(office: Office, who: str) -> dict[str, dict[str, Any]]:
    """Name of the attack -> what is different about the request."""
    other = office.csrf_token("director" if who != "director" else "auditor")
    good = office.csrf_token(who)
    return {
        "no token": {},
        "an empty token": {"fields": {"csrf_token": ""}},
        "a wrong token": {"fields": {"csrf_token": WRONG}},
        "the bare secret of the cookie": {"fields": {"csrf_token": office.raw[who]}},
        "a token of somebody else": {"fields": {"csrf_token": other}},
        "a token of somebody else as header": {"headers": {"X-CSRFToken": other}},
        "a good token in the address": {"query_string": {"csrf_token": good}},
        "a good token as cookie": {"headers": {"Cookie": f"{office.cookies[who]}; csrf_token={good}"}},
        "a good token, from another site": {"fields": {"csrf_token": good}, "headers": {"Origin": "https://evil.example"}},
        "a good token, from an origin that begins alike": {
            "fields": {"csrf_token": good},
            "headers": {"Origin": "http://localhost.evil.example"},
        },
        "a good token, from nowhere": {"fields": {"csrf_token": good}, "headers": {"Origin": "null"}},
        "a good token, from no address": {"fields": {"csrf_token": good}, "headers": {"Origin": "http://[x"}},
        "a good token, from an empty one": {"fields": {"csrf_token": good}, "headers": {"Origin": ""}},
        "a good token, across sites": {"fields": {"csrf_token": good}, "headers": {"Sec-Fetch-Site": "cross-site"}},
    }


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "HTMX"])
def test_what_is_forged_is_refused_and_writes_nothing(office: Office, doing: list[tuple[str, Line]], htmx: bool):
    faults = []
    for who, line in doing:
        path = path_of(office, line, who) or ""
        for name, attack in _requests(office, who).items():
            fields = (form_of(office, line) or {}) | attack.get("fields", {})
            rest = {"query_string": attack["query_string"]} if "query_string" in attack else {}
            answer = office.ask(who, "POST", path, fields, htmx=htmx, csrf=False, headers=attack.get("headers"), **rest)
            if answer.status not in (400, 403) or answer.wrote:
                faults.append(f"{who}: {line.name}, {name}: {answer.status}, wrote {sorted(answer.wrote)}")
            office.back(answer)
    assert not faults, "\n".join(faults)


def test_the_same_requests_with_the_token_are_taken(office: Office, doing: list[tuple[str, Line]]):
    """So that the refusals above are refusals of the forgery."""
    for who, line in doing:
        path = path_of(office, line, who) or ""
        own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
        for fields, headers in (({"csrf_token": office.csrf_token(who)}, own), ({}, own | {"X-CSRFToken": office.csrf_token(who)})):
            answer = office.ask(who, "POST", path, (form_of(office, line) or {}) | fields, csrf=False, headers=headers)
            assert answer.wrote, f"{who}: {line.name}"
            assert office.get("auditor" if who != "auditor" else "administrator", "/history").status == 200, f"the history of {line.name}"
            office.back(answer)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "get", "POSTS"])
def test_no_other_method_does_anything(office: Office, doing: list[tuple[str, Line]], method: str):
    for who, line in doing:
        answer = office.ask(
            who, method, path_of(office, line, who) or "", form_of(office, line), headers={"X-HTTP-Method-Override": "POST"}
        )
        assert not answer.wrote, f"{who}: {method} {line.name}"
        assert answer.status in ({200, 405} if method in ("OPTIONS", "get") else {400, 401, 403, 405}), f"{method} {line.name}"
        office.back(answer)


# What another site sends: the browser withholds the cookie and says where the form comes from.
ELSEWHERE = [
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://[x"},
    {"Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_what_another_site_made_up_is_not_carried_through_the_sign_in(
    office: Office, doing: list[tuple[str, Line]], headers: dict[str, str]
):
    made_up = {"carry_to": "/people/invitations", "carry.email": "evil@example.org", "carry.role": "administrator"}
    for htmx in (False, True):
        asked = [("/sign-in", made_up)] + [(path_of(office, line, who) or "", form_of(office, line) or {}) for who, line in doing]
        for path, fields in asked:
            answer = office.ask("stranger", "POST", path, fields, htmx=htmx, csrf=False, headers=headers)
            assert answer.status == 403 and not answer.wrote, path
            assert "carry" not in answer.text and 'name="password"' not in answer.text, path


def test_a_forged_form_of_a_cookie_that_was_lost_carries_what_was_typed_and_writes_nothing(office: Office):
    """Whoever lost the cookie is asked to sign in; the text comes along, and nothing was done."""
    path = f"/returns/{office.returns['draft'].id}/answers?section=words"
    answer = office.ask("stranger", "POST", path, {"a.story": "kept words", "r.story": "1"}, csrf=False)
    assert answer.status == 401 and not answer.wrote
    assert "kept words" in answer.text
