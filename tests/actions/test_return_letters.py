"""Letters about returns say the reason and the date themselves, and whom to ask."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config import ROOT
from partnerhub import clock
from partnerhub.actions.returns import extend_return, reopen_return, waive_return
from tests.signing_in import letters

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
REASON = "The building was closed & the “floor” relaid."
DEEDS = {
    "return_extended": (lambda due, by: extend_return(due, date(2026, 4, 17), REASON, by=by), "due", "now due on 17 April 2026"),
    "return_waived": (lambda due, by: waive_return(due, REASON, by=by), "due", "waived on 3 March 2026"),
    "return_reopened": (lambda due, by: reopen_return(due, REASON, date(2026, 3, 27), by=by), "waived", "until 27 March 2026"),
}


@pytest.mark.parametrize("kind", DEEDS)
def test_a_letter_gives_the_reason_the_date_and_whom_to_ask(app, make, kind):
    deed, status, said = DEEDS[kind]
    organisation = make.organisation()
    make.lead(organisation)
    due = make.monitoring_return(make.agreement(provider=organisation), status=status)
    with clock.at(NOON):
        deed(due, make.person(make.user("officer")))
    letter = next(each for each in letters() if each.kind == kind)
    office = app.config["HUB"]
    for part in (REASON, said, office.office_telephone, office.office_hours, office.office_email):
        assert part in letter.body


@pytest.mark.parametrize("place", sorted((ROOT / "templates" / "emails").glob("[!_]*.txt")), ids=lambda place: place.stem)
def test_every_letter_says_whom_to_ask(place: Path):
    assert place.read_text().rstrip().endswith('{% include "emails/_help.txt" %}')
