"""What every answer carries: `Office.ask` looks at each answer of all these tests. Here stand those that no page gives, and letters."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from partnerhub.extensions import db
from partnerhub.models import OutboxMail
from tests.security.headers import faults_of
from tests.security.office import ROLES, Office
from tests.test_settings import SAFE

# What goes wrong, and the status that it gets.
WRONG = [
    ("GET", "/nothing-of-the-kind", 404),
    ("GET", "/returns/no-uuid", 404),
    ("POST", "/returns", 405),
    ("DELETE", "/", 405),
    ("GET", "/static/../config.py", 404),
    ("GET", "/static/", 404),
    ("GET", "/returns/", 404),
    ("OPTIONS", "/", 200),
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path", "status"), WRONG)
def test_answers_to_mistakes_carry_every_header_for_everybody(office: Office, role: str, method: str, path: str, status: int):
    for htmx in (False, True):
        assert office.ask(role, method, path, htmx=htmx).status == status


@pytest.mark.parametrize("role", ROLES)
def test_a_body_that_is_too_large_is_refused_with_every_header(office: Office, role: str):
    answer = office.post(role, "/sign-in", b"x" * 3_000_000, content_type="application/x-www-form-urlencoded")
    assert answer.status == 413


def test_a_fault_of_ours_is_a_page_with_every_header_and_no_detail(office: Office, monkeypatch: pytest.MonkeyPatch):
    def broken() -> str:
        raise RuntimeError("zq-inside")

    monkeypatch.setitem(office.app.view_functions, "public.privacy", broken)
    for role in ("stranger", "officer"):
        response = office.client.get("/privacy", headers={"Cookie": office.cookies[role]})
        assert response.status_code == 500
        assert faults_of(response, "/privacy", signed_in=role != "stranger") == []
        assert "zq-inside" not in response.text and "Traceback" not in response.text


def test_static_files_may_be_kept_by_everybody_and_pages_by_nobody(office: Office):
    assert "public" in office.get("lead", "/static/hub.css").response.headers["Cache-Control"]
    assert office.get("lead", "/").response.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("host", ["evil.example", "localhost:81@evil.example", "evil.example:443", "127.0.0.2", "[::1]"])
def test_links_in_letters_lead_to_the_hub_whatever_host_was_asked(office: Office, host: str):
    headers = {
        "Host": host,
        "X-Forwarded-Host": host,
        "X-Forwarded-Proto": "gopher",
        "Forwarded": f"host={host}",
        "Origin": f"http://{host}",
    }
    letters = {
        "/forgotten-password": ("stranger", {"email": office.users["deputy"].email}),
        f"/organisations/{office.ours.id}/invitations": ("lead", {"email": "somebody.else@example.org", "role": "member"}),
        f"/returns/{office.returns['submitted'].id}/approve": ("officer", {"version": str(office.returns["submitted"].version)}),
    }
    for path, (who, fields) in letters.items():
        answer = office.post(who, path, fields, headers={name: value for name, value in headers.items() if name != "Origin"})
        assert answer.status in (200, 303)
        assert host not in answer.response.headers.get("Location", "")
        with office.app.app_context():
            bodies = db.session.scalars(select(OutboxMail.body)).all()
        assert any("http://127.0.0.1:8000/" in body for body in bodies)
        assert not any(host in body.replace("http://127.0.0.1:8000/", "") for body in bodies)
        office.back(answer)
    refused = office.post("lead", "/account/name", {"name": "x"}, headers={"Origin": "http://evil.example", "Host": "localhost"})
    assert refused.status == 403 and not refused.wrote


def test_a_hub_in_production_answers_to_its_own_name_only(office: Office):
    """TRUSTED_HOSTS is set from PUBLIC_URL there; its cookies travel by https only."""
    from partnerhub import create_app

    app = create_app(
        SAFE
        | {
            "PUBLIC_URL": "https://hub.example",
            "DATABASE_URL": office.app.config["HUB"].database_url,
            "INSTANCE_FOLDER": office.app.config["HUB"].instance_folder,
        }
    )
    client = app.test_client()
    assert client.get("/sign-in", base_url="https://evil.example").status_code == 400
    response = client.get("/sign-in", base_url="https://hub.example")
    assert response.status_code == 200
    assert "max-age=" in response.headers["Strict-Transport-Security"]
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-") and "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Security-Policy", "default-src 'self'"),
        ("Content-Security-Policy", ""),
        ("X-Content-Type-Options", ""),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Referrer-Policy", "unsafe-url"),
        ("Cache-Control", "public, max-age=60"),
        ("Cache-Control", ""),
        ("Vary", "Cookie"),
        ("Set-Cookie", "hub=1; SameSite=Lax"),
        ("Content-Type", "text/html"),
    ],
)
def test_what_is_missing_is_noticed(office: Office, name: str, value: str):
    """The look at the headers, tried on an answer that was spoilt."""
    good = office.get("lead", "/").response
    spoilt = Response(
        good.data, good.status_code, [(each, text) for each, text in good.headers if each != name] + [(name, value)] * bool(value)
    )
    response = TestResponse(spoilt.response, spoilt.status, spoilt.headers, good.request)
    assert faults_of(response, "/", signed_in=True)
