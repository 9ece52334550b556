"""What every answer must carry, written down a second time on purpose: a change of the program's own table is a change to be seen here."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
DOWNLOAD = {"default-src": "'none'", "sandbox": ""}  # what people sent is never shown inside the hub's own pages
EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOT_PLAIN = re.compile(r"[^\t\x20-\x7e]")
PUBLIC = ("/static/", "/office.css", "/favicon.ico")  # may be kept by a browser when a stranger asks for them


def faults_of(response: TestResponse, path: str, *, signed_in: bool) -> list[str]:
    """What is wrong with the headers of this answer."""
    headers = response.headers
    faults = [f"{name} is {headers.get(name)!r}" for name, value in EXACTLY.items() if headers.getlist(name) != [value]]
    is_download = (
        headers.get("Content-Disposition", "").startswith("attachment") and headers.get("Content-Type") == "application/octet-stream"
    )
    if (
        policy_of(headers.get("Content-Security-Policy", "")) != (DOWNLOAD if is_download else POLICY)
        or len(headers.getlist("Content-Security-Policy")) != 1
    ):
        faults.append(f"Content-Security-Policy is {headers.getlist('Content-Security-Policy')!r}")
    if any(NOT_PLAIN.search(name + value) for name, value in headers):
        faults.append("a header holds a control character or one that is not ASCII")
    is_static = path.startswith("/static/")
    if not is_static:
        faults += _kept_apart(response)
    if not path.startswith(PUBLIC) or (signed_in and not is_static):
        faults += _not_kept(response)
    if is_static and "Set-Cookie" in headers:
        faults.append("a static file sets a cookie")
    if response.data and headers.get("Content-Type", "").startswith("text/") and "charset=utf-8" not in headers["Content-Type"].lower():
        faults.append(f"Content-Type without charset: {headers.get('Content-Type')}")
    for cookie in headers.getlist("Set-Cookie"):
        faults += [f"cookie without {flag}: {cookie.partition('=')[0]}" for flag in ("HttpOnly", "SameSite=Lax") if flag not in cookie]
    return faults


def policy_of(text: str) -> dict[str, str]:
    parts = [each.strip().partition(" ") for each in text.split(";") if each.strip()]
    return {name: sources for name, _, sources in parts}


def _kept_apart(response: TestResponse) -> list[str]:
    vary = {each.strip().lower() for each in response.headers.get("Vary", "").split(",")}
    return [f"Vary without {name}" for name in ("HX-Request", "Cookie") if name.lower() not in vary]


def _not_kept(response: TestResponse) -> list[str]:
    said = {each.strip() for each in response.headers.get("Cache-Control", "").split(",")}
    return [] if "no-store" in said and "public" not in said else [f"Cache-Control is {response.headers.get('Cache-Control')!r}"]
