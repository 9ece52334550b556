"""What is done with the rounds of a fund: prepared, changed, published, finished."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from partnerhub.actions.doing import Deed, action
from partnerhub.actions.unique import flush_or
from partnerhub.extensions import db
from partnerhub.models import Fund, FundingRound, Questionnaire, QuestionnaireVersion
from partnerhub.queries.letters import count_owed
from partnerhub.queries.rounds import FOR_APPLICATIONS
from partnerhub.rules import rounds
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.policy import Person
from partnerhub.rules.words import QuestionnaireStatus

KNOWN = "This fund has a round with this number in that year already."


@action("round.create")
def create_round(fund: Fund, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> FundingRound:
    """A round in preparation: nobody outside the office sees it before it is published."""
    rounds.check_dates(details["opens_at"], details["closes_at"], details["decided_by"])
    _refuse_other_forms(details)
    funding_round = FundingRound(fund=fund, **details, created_at=now)
    db.session.add(funding_round)
    flush_or(KNOWN)
    deed.about, deed.details = funding_round, {"round": funding_round.reference}
    return funding_round


@action("round.change")
def change_round(funding_round: FundingRound, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> None:
    """Once it is published, only what helps those who apply."""
    before = {name: getattr(funding_round, name) for name in details}
    if funding_round.is_public:
        broken = rounds.broken_promise(before, details, has_opened=funding_round.has_opened(now))
        if broken:
            raise BadAnswer(broken[1])
    rounds.check_dates(details["opens_at"], details["closes_at"], details["decided_by"])
    changed = [name for name, value in details.items() if before[name] != value]
    if "questionnaire_version_id" in changed:
        _refuse_other_forms(details)
    for name in changed:
        setattr(funding_round, name, details[name])
    deed.silent = not changed
    deed.details = {"changed": {name: _told(before[name], details[name]) for name in changed}}
    flush_or(KNOWN)


@action("round.publish")
def publish_round(funding_round: FundingRound, *, by: Person, now: datetime, deed: Deed) -> None:
    """Freezes what applicants are promised: the fund's terms are kept with the round."""
    if funding_round.has_closed(now):
        raise NotNow("The day of closing has passed, so nobody could apply. Change the dates first.")
    funding_round.promised = funding_round.fund.terms.to_keep()
    funding_round.published_at = now
    deed.details = {"round": funding_round.reference}


@action("round.finish")
def finish_round(funding_round: FundingRound, *, by: Person, now: datetime, deed: Deed) -> None:
    """Done with: it stays readable. Never while somebody who applied waits for an answer."""
    if not funding_round.has_closed(now):
        raise NotNow("The round has not closed yet, so it cannot be finished.")
    waiting = count_owed(funding_round.id)
    if waiting:
        raise NotNow(rounds.still_waiting(waiting))
    deed.details = {"round": funding_round.reference}


def _refuse_other_forms(details: Mapping[str, Any]) -> None:
    """Only the published questions of an application."""
    found = db.session.execute(
        select(QuestionnaireVersion.status, Questionnaire.kind)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(QuestionnaireVersion.id == details["questionnaire_version_id"])
    ).one_or_none()
    if found is None or found.status != QuestionnaireStatus.PUBLISHED or found.kind != FOR_APPLICATIONS:
        raise BadAnswer("Choose a published form for applications.")


def _told(before: Any, after: Any) -> list[str]:
    return [str(before), str(after)]
