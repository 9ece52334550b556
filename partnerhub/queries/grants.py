"""The public register of grants: what was agreed under a decision that everybody may read."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from partnerhub.extensions import db
from partnerhub.models import Award, Decision, FundingRound, Organisation
from partnerhub.rules.words import AwardStatus

AGREED = (AwardStatus.AGREED, AwardStatus.COMPLETED, AwardStatus.ENDED)


def register() -> list[Award]:
    """The newest decision first, then by reference. No person is named in it."""
    statement = (
        select(Award)
        .join(Decision, Decision.id == Award.decision_id)
        .where(Decision.published_at.is_not(None), Award.status.in_(AGREED))
        .options(
            joinedload(Award.application),
            joinedload(Award.decision),
            joinedload(Award.organisation).joinedload(Organisation.district),
            joinedload(Award.funding_round).joinedload(FundingRound.fund),
        )
        .order_by(Decision.approved_at.desc(), Award.reference)
    )
    return list(db.session.scalars(statement))
