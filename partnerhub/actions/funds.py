"""What is done with funds: set up and changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from partnerhub.actions.doing import Deed, action
from partnerhub.actions.unique import flush_or
from partnerhub.extensions import db
from partnerhub.models import Fund, FundingRound
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.policy import Person

KNOWN = "Another fund has this name or this short code. Choose another one."


@action("fund.create")
def create_fund(_: None, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> Fund:
    _refuse_known(details)
    fund = Fund(**details, created_at=now)
    db.session.add(fund)
    flush_or(KNOWN)
    deed.details = {"code": fund.code}
    return fund


@action("fund.change")
def change_fund(fund: Fund, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> None:
    """Counts for rounds that are published from now on: those that are public keep the terms they were published with."""
    changed = [key for key, value in details.items() if getattr(fund, key) != value]
    if "code" in changed and _has_public_rounds(fund):
        raise BadAnswer(f"Rounds were published under the code {fund.code}, and references begin with it: it stays.")
    if "code" in changed or "name" in changed:
        _refuse_known(details, fund)
    for key in changed:
        setattr(fund, key, details[key])
    deed.silent, deed.details = not changed, {"changed": changed}
    flush_or(KNOWN)


def _has_public_rounds(fund: Fund) -> bool:
    published = select(FundingRound.id).where(FundingRound.fund_id == fund.id, FundingRound.published_at.is_not(None))
    return db.session.scalar(published.limit(1)) is not None


def _refuse_known(details: Mapping[str, Any], fund: Fund | None = None) -> None:
    for what, column in (("name", Fund.name), ("code", Fund.code)):
        other = db.session.scalar(select(Fund.id).where(column == details[what]))
        if other is not None and (fund is None or other != fund.id):
            raise BadAnswer(f"Another fund has the {'name' if what == 'name' else 'short code'} “{details[what]}”. Choose another one.")
