"""What can go wrong, told to a person: what happened, that the work is safe, what to do."""

from __future__ import annotations

import logging

from flask import Flask, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, Unauthorized
from werkzeug.wrappers import Response

from partnerhub.extensions import db
from partnerhub.rules.errors import BadAnswer, BadDefinition, NotAllowed, NotNow, OutOfOrder, Refusal, Withheld
from partnerhub.rules.policy import STRANGER
from partnerhub.web.carrying import Carried, carried, is_local, page_before
from partnerhub.web.doors import OPEN_TO_STRANGERS, SAFE_METHODS, from_elsewhere, me
from partnerhub.web.respond import wants_part

log = logging.getLogger("partnerhub")

STATUS_OF = {BadAnswer: 422, BadDefinition: 422, NotAllowed: 403, NotNow: 409, Withheld: 410, OutOfOrder: 503}
PAGES = frozenset({400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503})
CHANGED_MEANWHILE = "Somebody else changed this at the same moment. Nothing of yours was done. Open the page again to see how it stands."


def init_app(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(StaleDataError, lambda error: _answer(409, CHANGED_MEANWHILE))
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Unauthorized, _signed_out)
    app.register_error_handler(CSRFError, csrf_refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, _bug)


def _refused(error: Refusal) -> Response:
    db.session.rollback()
    status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 422)
    return _answer(status, error.sentence)


def _http(error: HTTPException) -> Response:
    if isinstance(error.response, Response):
        return error.response
    code = error.code or 500
    said = error.description if code in (403, 429) and error.description != type(error).description else None
    answer = _answer(code, said)
    for name, value in error.get_headers(request.environ):
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def csrf_refused(error: CSRFError) -> Response:
    """Whoever lost the whole cookie is signed out: what was typed is carried. Everybody else sees that the page was too old."""
    lost = not me().is_signed_in and request.endpoint not in OPEN_TO_STRANGERS
    return _signed_out(error) if lost else _answer(400, None)


def _signed_out(_error: Exception) -> Response:
    """A stranger: pages lead to the sign-in page and back; what was typed is carried through it."""
    if request.method in SAFE_METHODS and not wants_part():
        here = request.full_path.rstrip("?")
        return redirect(url_for("people.sign_in", next=here if is_local(here) else None), 303)
    template = "people/_signed_out.html" if wants_part() else "people/signed_out.html"
    answer = make_response(render_template(template, carried=carried(), before=page_before()), 401)
    if wants_part():
        answer.headers["HX-Retarget"] = "#alerts"
        answer.headers["HX-Reswap"] = "innerHTML"
    return answer


def _database(error: OperationalError) -> Response:
    db.session.rollback()
    g._login_user = STRANGER  # the page is drawn without asking the database who this is
    log.exception("database unavailable", exc_info=error)
    answer = _answer(503, None)
    answer.headers["Retry-After"] = "5"
    return answer


def _bug(error: Exception) -> Response:
    cause = getattr(error, "original_exception", error)
    log.error("unexpected error at %s", request.endpoint, exc_info=cause)
    db.session.rollback()
    if isinstance(cause, SQLAlchemyError):
        g._login_user = STRANGER
    return _answer(500, None)


def _answer(code: int, sentence: str | None) -> Response:
    shown = code if code in PAGES else (400 if code < 500 else 500)
    if wants_part():
        answer = make_response(render_template("errors/_alert.html", code=shown, sentence=sentence), code)
        answer.headers["HX-Retarget"] = "#alerts"
        answer.headers["HX-Reswap"] = "innerHTML"
        return answer
    return make_response(render_template(f"errors/{shown}.html", sentence=sentence, carried=_typed(code)), code)


def _typed(code: int) -> Carried | None:
    """What a refused form of ours had typed in it, to be copied from the page that says so. What is too large was never read."""
    is_ours = request.method not in SAFE_METHODS and code != RequestEntityTooLarge.code and not from_elsewhere()
    return carried() if is_ours else None
