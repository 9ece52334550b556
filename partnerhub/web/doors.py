"""Who comes in, and what every answer carries: sessions, the origin check, security headers."""

from __future__ import annotations

import logging
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, request, session
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions.sessions import note_seen
from partnerhub.extensions import login
from partnerhub.queries.people import signed_in_by
from partnerhub.rules.policy import STRANGER, Person

log = logging.getLogger("partnerhub")

# Every address that a stranger may reach; all others ask for a sign-in first. tests/test_house.py walks the map against this.
OPEN_TO_STRANGERS = frozenset(
    {
        "static",
        "public.home",
        "public.healthz",
        "public.office_css",
        "public.favicon",
        "public.accessibility",
        "public.privacy",
        "public.permissions",
        "decisions.index",
        "grants.index",
        "decisions.show",
        "decisions.file",
        "rounds.index",
        "rounds.show",
        "rounds.file",
        "rounds.eligibility",
        "questionnaires.published",
        "questionnaires.version",
        "questionnaires.blank",
        "people.sign_in",
        "people.sign_out",
        "people.ask_account",
        "people.ask_reset",
        "people.reset",
        "people.accept",
        "people.confirm_email",
    }
)

# Only a hub in development has these addresses at all.
OPEN_IN_DEVELOPMENT = frozenset({"people.development_mail"})

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
SEEN_EVERY = timedelta(minutes=5)  # how coarse a session's last-seen time is


def me() -> Person:
    """The person of this request. Flask-Login keeps them in `g`; asking it costs a page of fifty rows more than reading the rows."""
    return g.get("_login_user") or current_user._get_current_object()


def init_app(app: Flask) -> None:
    login.session_protection = None  # the server-side session is the protection  # ty: ignore[invalid-assignment]
    login.anonymous_user = lambda: STRANGER  # ty: ignore[invalid-assignment]
    login.user_loader(_load)
    app.before_request_funcs.setdefault(None, []).insert(0, _guard)  # before the form token is looked for, which reads the form
    app.before_request(_start)
    app.after_request(_finish)


def _load(token: str) -> Person | None:
    found = signed_in_by(token, clock.now())
    if found is None:
        return None
    person, seen = found
    if clock.now() - seen > SEEN_EVERY:
        g.seen_token = token
    return person


def _guard() -> None:
    """Only files may be large, and only from somebody signed in: a form is read into memory whole. Other sites may not post.

    A missing form token leads to the sign-in page, which carries what was typed: what another site made up must not get so far.
    """
    if request.mimetype != "multipart/form-data" or not me().is_signed_in:
        request.max_content_length = current_app.config["HUB"].max_form
    if request.method not in SAFE_METHODS and from_elsewhere():
        abort(403, "This was sent from another site, so nothing was done. Open the page here and try again.")


def _start() -> None:
    """The time is read once; strangers are shown the sign-in page."""
    request.environ["hub.moment"] = clock.now()
    if request.endpoint is not None and request.endpoint not in OPEN_TO_STRANGERS | OPEN_IN_DEVELOPMENT and not me().is_signed_in:
        raise Unauthorized


def from_elsewhere() -> bool:
    """Whether another site had the browser send this."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return True
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    try:
        site = urlsplit(origin).netloc
    except ValueError:  # no address at all: no browser of a person here says that
        return True
    return site not in (request.host, urlsplit(current_app.config["HUB"].public_url).netloc)


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if current_app.config["HUB"].https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        response.vary.update(["HX-Request", "Cookie"])
        if "Cache-Control" not in headers or "_user_id" in session:
            headers["Cache-Control"] = "no-store, private"
    token = g.pop("seen_token", None)
    if token is not None and response.status_code < 500:
        _note_seen(token)
    return response


def _note_seen(token: str) -> None:
    """Nobody's page fails because this cannot be written down just now."""
    try:
        note_seen(token, clock.now())
    except OperationalError as error:
        log.warning("a session was seen, and it could not be written down: %s", error.orig)
