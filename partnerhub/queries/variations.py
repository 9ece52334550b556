"""Questions about changes to grants: how they stand, and how much of a round's money is left for more."""

from __future__ import annotations

from sqlalchemy.orm import joinedload

from partnerhub.models import Award, FundingRound, GrantAgreement, Organisation, Variation
from partnerhub.queries.decisions import promised_in
from partnerhub.rules.scoring import Pot

IN_FULL = (
    joinedload(Variation.award).joinedload(Award.organisation).load_only(Organisation.name),
    joinedload(Variation.asked_by),
    joinedload(Variation.decided_by),
    joinedload(Variation.agreement).options(
        joinedload(GrantAgreement.partner_signed_by), joinedload(GrantAgreement.office_signed_by), joinedload(GrantAgreement.template)
    ),
)


def left_in(funding_round: FundingRound) -> int:
    """Pence that a round may still promise: not taken by awards, nor by changes that are approved and not signed yet."""
    return Pot(funding_round.money, funding_round.over_commitment).limit - promised_in(funding_round.id)
