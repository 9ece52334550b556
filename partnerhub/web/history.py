"""The history, for the administrator and the auditor."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from partnerhub.documents import lists
from partnerhub.forms.people import HistoryFilter
from partnerhub.models.history import Event
from partnerhub.queries.history import events, every_event
from partnerhub.rules.policy import RULES
from partnerhub.rules.words import THING_LABELS
from partnerhub.web.doors import me
from partnerhub.web.finding import require
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.respond import page

bp = Blueprint("history", __name__)

IS_FINGERPRINT = re.compile("[0-9a-f]{64}").fullmatch

DEEDS = {name: rule.does[:1].upper() + rule.does[1:] for name, rule in sorted(RULES.items(), key=lambda pair: pair[1].does) if rule.says}

Values = Callable[[Event], dict[str, Any]]


def _id_as(name: str) -> Values:
    return lambda event: {name: event.about_id}


# What an event may be about and has a page: that page, and what its address needs to know.
PAGES: dict[str, tuple[str, Values]] = {
    "Organisation": ("organisations.show", _id_as("organisation_id")),
    "OrganisationDocument": ("documents.index", lambda event: {"organisation_id": event.organisation_id}),
    "JoinRequest": ("joining.show", _id_as("request_id")),
    "Registration": ("joining.registration", _id_as("registration_id")),
    "User": ("people.person", _id_as("user_id")),
    "MonitoringReturn": ("returns.show", _id_as("return_id")),
    "Application": ("applications.show", _id_as("application_id")),
    "Award": ("awards.show", _id_as("award_id")),
    "Decision": ("decisions.show", _id_as("decision_id")),
    "Letter": ("letters.show", _id_as("letter_id")),
    "AgreementTemplate": ("agreement_templates.index", lambda event: {}),
    "Variation": ("variations.show", _id_as("variation_id")),
    "Payment": ("payments.show", _id_as("payment_id")),
    "Fund": ("funds.show", _id_as("fund_id")),
    "FundingRound": ("rounds.show", _id_as("round_id")),
    "Programme": ("programmes.show", _id_as("programme_id")),
    "Service": ("programmes.service", _id_as("service_id")),
    "ServiceAgreement": ("agreements.show", _id_as("agreement_id")),
    "ReportingPeriod": ("periods.index", lambda event: {}),
    "QuestionnaireVersion": (
        "questionnaires.version",
        lambda event: {"key": event.details["questionnaire"], "number": event.details["version"]},
    ),
}


@bp.get("/history")
@bp.get(f"/history{FILE}")
def index(kind: str = "") -> Response:
    """Whatever was done, newest first, fifty to a page."""
    require("history.view")
    search = HistoryFilter(request.args)
    search.deed.offer(DEEDS)
    search.validate()
    kept = {name: search.value(name) for name in ("organisation", "person", "deed") if search.value(name)}
    if kind:
        return list_file(kind, lists.HISTORY, every_event(me(), **kept))
    found, more = events(me(), **kept, before=search.value("before"))
    older = url_for(".index", **kept, before=more) if more else None
    return page("history/index.html", search=search, found=found, older=older, about=about, shown=shown, kept=kept)


def about(event: Event) -> tuple[str, str | None]:
    """(what the event is about in words, the address of its page if it has one)."""
    words = THING_LABELS.get(event.about_kind, event.about_kind.lower())  # a line outlives the program
    endpoint, values = PAGES.get(event.about_kind, ("", _id_as("")))
    return words, url_for(endpoint, **values(event)) if endpoint else None


def shown(value: Any) -> tuple[str, str]:
    """A detail of an event, short enough to be read, and the whole of it where that is longer; fingerprints are left to the files."""
    parts = [str(each) for each in (value if isinstance(value, list) else [value])]
    text = ", ".join(each for each in parts if not IS_FINGERPRINT(each))
    short = text if len(text) <= 300 else f"{text[:300]}…"
    return short, "" if short == text else text
