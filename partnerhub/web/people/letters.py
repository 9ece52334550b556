"""The mail the hub sends, for the administrator; and in development a page to read it on."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

from flask import current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from partnerhub.forms.people import MailFilter
from partnerhub.queries import mail as queries
from partnerhub.web.finding import require
from partnerhub.web.people.blueprint import bp
from partnerhub.web.respond import page


@bp.get("/mail")
def letters() -> Response:
    """What was sent to whom and how that went, newest first; not what it said, since letters hold links."""
    require("mail.list")
    search = MailFilter(request.args)
    found, more = queries.letters(search.value("state") or "", search.value("before") or "")
    return page("people/letters.html", search=search, found=found, more=more, as_files=not current_app.config["HUB"].smtp_host)


def development_mail() -> Response:
    """Whatever was put into files instead of being sent: read without signing in, so that a newcomer can follow the first link."""
    folder = Path(current_app.config["HUB"].instance_folder, "mail")
    newest = sorted(folder.glob("*.eml"), reverse=True)[:50]
    return page("people/development_mail.html", letters=[message_from_bytes(each.read_bytes(), policy=policy.default) for each in newest])


@bp.record_once
def _in_development(state: BlueprintSetupState) -> None:
    """No other hub has this address at all."""
    if state.app.config["HUB"].hub_env == "development":
        state.add_url_rule("/development/mail", "development_mail", development_mail)
