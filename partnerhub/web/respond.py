"""The ways to answer: show a page, hand out a file, or say what changed. Only this module and errors.py know that HTMX exists."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from flask import current_app, flash, make_response, redirect, render_template, request, send_file
from htmx_flask import make_response as make_htmx_response
from werkzeug.wrappers import Response

DONE, IMPORTANT = "Done", "Important"  # the headings of the boxes in which messages stand


def wants_part() -> bool:
    """HTMX asks for a part of the page it already shows (not for a whole page out of the browser's history)."""
    asked = request.htmx  # ty: ignore[missing-attribute]
    return bool(asked) and not asked.boosted and not asked.history_restore_request


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A whole page."""
    return make_response(render_template(template, **context), status)


def drawn(template: str, **context: Any) -> str:
    """A part that looks at nothing but what it is given: cheaper than a page where several are drawn for one answer."""
    return current_app.jinja_env.get_template(template).render(context)


def parts(texts: Iterable[str], status: int = 200, *, tells: str = "") -> Response:
    """Parts that are drawn already; `tells` is the event that hub.js should hear of."""
    response = make_response("".join(texts), status)
    if tells:
        response.headers["HX-Trigger"] = tells
    return response


CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(content: str | bytes | Iterable[bytes], name: str, content_type: str = "") -> Response:
    """A file to keep, never shown inside the hub's own pages; the end of its name tells what kind it is."""
    answer = Response(content, content_type=content_type or CONTENT_TYPES[name.rpartition(".")[2]])
    named = send_file(BytesIO(), mimetype=answer.mimetype, as_attachment=True, download_name=name)  # also in letters that no header holds
    answer.headers["Content-Disposition"] = named.headers["Content-Disposition"]
    return answer


def done(url: str, *, message: str | None = None, important: str | None = None) -> Response:
    """On to `url`, with a message there: of what is done, or (`important`) of what is not, or is still to be done first."""
    if message:
        flash(message, DONE)
    if important:
        flash(important, IMPORTANT)
    return make_htmx_response("", redirect=url) if wants_part() else redirect(url, 303)
