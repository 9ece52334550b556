"""Every set-up form against everything that should not be typed: answered with a sentence, never with a crash, and nothing is half done."""

import re

import pytest
from sqlalchemy import func, select

from partnerhub.extensions import db
from partnerhub.models import District, Event, OrganisationIdentifier
from tests.browser import words_of

HOSTILE = {
    "nothing": "",
    "blank": "  \t\n ",
    "very long": "9" * 5_000,
    "long text": "x" * 120_000,
    "NUL": "a\x00b",
    "lone surrogate": "a\ud800b",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "formula": "=HYPERLINK(1)",
    "template": "{{ 7*7 }}{% raw %}",
    "statement": "'; DROP TABLE programme; --",
    "negative": "-1",
    "huge": "99999999999999999999999999",
    "fraction": "1e309",
    "not a number": "NaN",
    "wrong uuid": "123e4567-e89b-12d3-a456-42661417400",
    "foreign uuid": "00000000-0000-4000-8000-000000000000",
    "digits of another script": "٣٤٥",
    "right to left": "\u202eabc\u200f",
    "line breaks": "a\r\nb\u2028c",
}
FORMS = {
    "/organisations/new": ("name", "kind", "district_code", "website", "telephone", "address", "scheme", "number"),
    "/organisations/{organisation}/change": ("name", "kind", "district_code", "website", "telephone", "address", "version"),
    "/organisations/{organisation}/numbers": ("scheme", "number", "version"),
    "/organisations/{organisation}/numbers/remove": ("org_id",),
    "/organisations/{organisation}/profile": (
        *("legal_name", "purpose", "line1", "line2", "town", "postcode", "email", "phone"),
        *("has_governing_document", "has_bank_account", "version"),
    ),
    "/programmes/new": ("name", "slug", "about"),
    "/programmes/{programme}/change": ("name", "slug", "about", "version"),
    "/programmes/{programme}/services/new": ("name", "about", "position"),
    "/services/{service}/change": ("name", "about", "position", "version"),
    "/services/{service}/agreements/new": (
        *("reference", "organisation_id", "commissioners", "districts", "starts", "ends", "questionnaire_id", "frequency"),
    ),
    "/agreements/{agreement}/change": (
        *("reference", "organisation_id", "commissioners", "districts", "starts", "ends", "questionnaire_id", "frequency", "version"),
    ),
    "/agreements/{agreement}/targets": ("target_0", "target_1", "upper_0", "version"),
    "/agreements/{agreement}/draw-up": ("version",),
    "/periods": ("year", "kind", "working_days"),
    "/periods/{period}/change": ("due_working_days", "version"),
    "/questionnaires/load": ("text", "file"),
    "/questionnaires/small_return/2/publish": ("digest",),
}
# Some texts are fit to be kept; then they must come back as text.
KEEPS = {"markup", "formula", "template", "statement", "line breaks", "negative", "huge", "fraction", "not a number"}


@pytest.fixture
def paths(make):
    """The addresses of every form, with rows behind them."""
    db.session.add(District(code="E06000017", name="Rutland", kind="unitary authority"))
    version = make.version()
    make.version(status="draft", number=2)
    organisation, agreement = make.organisation(), make.agreement(version=version)
    db.session.add(OrganisationIdentifier(org_id="GB-CHC-1012345", organisation_id=organisation.id))
    db.session.commit()
    make.monitoring_return(agreement, "2022-23 Q1")
    known = {
        "organisation": organisation.id,
        "programme": agreement.programme_id,
        "service": agreement.service_id,
        "agreement": agreement.id,
        "period": make.period("2022-23 Q1").uuid,
    }
    return {path: path.format(**known) for path in FORMS}


@pytest.fixture
def officer(make, browser):
    return browser(make.user("officer"))


def test_what_was_typed_over_a_newer_version_stays_and_a_second_press_saves_it(make, officer):
    agreement = make.agreement()
    form = {
        "organisation_id": str(agreement.organisation_id),
        "starts": ["1", "4", "2022"],
        "ends": ["31", "3", "2023"],
        "questionnaire_id": str(agreement.questionnaire_id),
        "frequency": "quarter",
    }
    changes = {
        f"/programmes/{agreement.programme_id}/change": ("name", {"slug": "grants", "about": ""}),
        f"/services/{agreement.service_id}/change": ("name", {"about": "", "position": "1"}),
        f"/agreements/{agreement.id}/change": ("reference", form),
        f"/organisations/{agreement.organisation_id}/change": ("name", {"kind": "charity"}),
        f"/organisations/{agreement.organisation_id}/profile": ("legal_name", {}),
        f"/agreements/{agreement.id}/targets": ("target_0", {}),
        f"/periods/{make.period().uuid}/change": ("due_working_days", {}),
    }
    for path, (name, fields) in changes.items():
        first, second = ("17", "19") if name in ("target_0", "due_working_days") else ("Theirs", "Mine")
        fields = fields | {"version": version_in(officer.get(path))}
        assert officer.post(path, fields | {name: first}).status_code == 303
        stale = officer.post(path, fields | {name: second})
        assert stale.status_code == 409, path
        assert "Somebody changed this after you opened the page" in words_of(stale) and "replaces what they saved" in words_of(stale)
        assert re.search(f'name="{name}"[^>]*value="{second}', stale.text), path
        assert not re.search(f'value="{second}', officer.get(path).text)  # nothing was saved yet
        assert officer.post(path, fields | {name: second, "version": version_in(stale)}).status_code == 303
        assert re.search(f'name="{name}"[^>]*value="{second}', officer.get(path).text)


def version_in(page):
    return re.search(r'name="version"[^>]*value="(\d+)"', page.text)[1]


def written():
    return db.session.scalar(select(func.count()).select_from(Event))


def answered_well(response, before):
    """Done, refused with a sentence, or not found; and what was not done left nothing behind."""
    assert response.status_code in (303, 404, 409, 413, 422), response.status_code
    if response.status_code != 303:
        assert "There is a problem" in words_of(response) or response.status_code != 422
        assert written() == before
    assert "<script>alert" not in response.text and "onerror=alert(1)>" not in response.text.replace("&gt;", "").replace("&#34;", "")


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("path", FORMS)
def test_hostile_values_in_all_fields_at_once(paths, officer, path, hostile):
    before = written()
    value = HOSTILE[hostile].encode("utf-8", "surrogatepass") if "\ud800" in HOSTILE[hostile] else HOSTILE[hostile]
    response = officer.post(paths[path], dict.fromkeys(FORMS[path], value))
    answered_well(response, before)


@pytest.mark.parametrize("path", FORMS)
def test_fields_that_are_missing_doubled_or_unknown(paths, officer, path):
    for fields in ({}, {each: ["1", "2", "1"] for each in FORMS[path]}, {"unknown": "x", "id": "y"}):
        answered_well(officer.post(paths[path], fields), written())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b'{"name": {"a": 1}}', "application/json"),
        (b"%ff%00=%ff", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"\x00" * 100, "application/octet-stream"),
    ],
)
@pytest.mark.parametrize("path", FORMS)
def test_broken_bodies(paths, officer, path, body, kind):
    before = written()
    db.session.remove()
    response = officer.client.post(paths[path], data=body, content_type=kind, headers={"X-CSRFToken": officer.csrf_token})
    if path in ("/agreements/{agreement}/draw-up", "/organisations/{organisation}/numbers/remove"):
        assert response.status_code in (303, 400)
    else:
        assert response.status_code in (400, 409, 422) and written() == before


LOOKED_FOR = {  # what an address may ask of a list, and of a form that is filled in from it
    "/organisations": ("q", "page"),
    "/organisations/join": ("q", "next"),
    "/organisations/register": ("name", "next"),
    "/awards": ("round", "page"),
    "/awards.csv": ("round",),
    "/awards.json": ("round",),
    "/applications": ("page",),
    "/payments": ("state", "page"),
    "/returns": ("period", "programme", "page"),
    "/returns.csv": ("period", "programme"),
    "/people": ("q", "role", "state", "page"),
    "/mail": ("state", "before"),
    "/history": ("organisation", "person", "deed", "before"),
    "/history.json": ("organisation", "person", "deed"),
    "/priorities/new": ("scheme",),
    "/rounds/{round}/line": ("line",),
    "/rounds/{round}/interests": ("at",),
    "/rounds/{round}/eligibility": ("seen", "q_in_area"),
    "/programmes/{programme}/summary": ("period",),
}
NONSENSE = ["%00", "%ed%a0%80", "9" * 20, "9" * 6000, "-1", "1e309", "%3Cscript%3Ealert", "%25", "_", "' or 1=1", "%d9%a3", "a%00b|a%00b"]


@pytest.mark.parametrize("path", LOOKED_FOR)
def test_whatever_an_address_asks_for_is_answered(make, browser, path):
    reader = browser(make.user("officer", "administrator", "finance", "chair", "auditor"))
    address = path.format(round=make.autumn_round(make.fund()).id, programme=make.agreement().programme_id)
    for field in LOOKED_FOR[path]:
        for nonsense in NONSENSE:
            answer = reader.get(f"{address}?{field}={nonsense}")
            assert (field, nonsense, answer.status_code) in [(field, nonsense, code) for code in (200, 302, 303, 404, 422)]
            assert "<script>alert" not in answer.text


@pytest.mark.parametrize("path", ["/programmes/{}", "/questionnaires/{}", "/questionnaires/{}/1", "/questionnaires/{}/1/blank"])
@pytest.mark.parametrize("word", ["%00", "%ed%a0%80", "x" * 3000, "..%2f..", "é", "'"])
def test_addresses_of_nothing_are_not_found(officer, path, word):
    assert officer.get(path.format(word)).status_code == 404


@pytest.mark.parametrize("hostile", sorted(KEEPS))
def test_what_may_be_kept_comes_back_as_it_was_typed(officer, hostile):
    text = " ".join(HOSTILE[hostile].split())
    answer = officer.post("/programmes/new", {"name": text, "slug": "kept", "about": text})
    assert answer.status_code == 303
    assert text in words_of(officer.get("/programmes/kept"))
