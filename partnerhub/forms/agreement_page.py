"""A grant agreement as its page and its paper show it: the words, and who signed them when."""

from __future__ import annotations

from datetime import UTC, datetime

from partnerhub.documents.agreement_pdf import PrintedAgreement
from partnerhub.models.awards import GrantAgreement
from partnerhub.rules import readable
from partnerhub.rules.agreement_words import blocks


def printed_agreement(agreement: GrantAgreement, office: str) -> PrintedAgreement:
    """Everything that it says; the same paper whenever it is made, as long as nobody signs."""
    organisation = agreement.award.organisation.name
    last = max(filter(None, (agreement.made_at, agreement.partner_signed_at, agreement.office_signed_at)))
    return PrintedAgreement(
        title=agreement.template.title,
        reference=agreement.reference,
        office=office,
        organisation=organisation,
        blocks=tuple(blocks(agreement.text)),
        signed=(
            (f"For {organisation}", _signature(agreement.partner_signed_by, agreement.partner_signed_at)),
            (f"For {office}", _signature(agreement.office_signed_by, agreement.office_signed_at)),
        ),
        digest=agreement.digest,
        dated=last.astimezone(UTC).timetuple()[:6],
    )


def _signature(who: object, at: datetime | None) -> str:
    """ "Signed by Ann Example on 3 January 2025 at 15:30:00 GMT"."""
    if at is None:
        return "Not signed yet"
    return f"Signed by {getattr(who, 'name', '')} on {readable.day(at)} at {readable.clock_to_the_second(at)} {readable.in_london(at):%Z}"
