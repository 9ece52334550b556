"""A grant agreement with its signatures, as a PDF: tagged for screen readers (PDF/UA-1), made by typst from data alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from partnerhub.documents.paper import pdf
from partnerhub.rules.agreement_words import Block

NOT_DRAWN = Block("paragraph", ("Some characters of this agreement cannot be drawn on paper. Its page in the hub has them.",))


@dataclass(frozen=True, slots=True)
class PrintedAgreement:
    """Everything the paper and the page say. `signed`: (side, who and when) for both; `dated`: year to second, UTC."""

    title: str
    reference: str
    office: str
    organisation: str
    blocks: tuple[Block, ...]
    signed: tuple[tuple[str, str], ...]
    digest: str
    dated: tuple[int, ...]


def agreement_pdf(printed: PrintedAgreement) -> bytes:
    """The PDF of an agreement; where a character cannot be drawn, it says so."""
    return pdf("agreement.typ", asdict(printed), asdict(replace(printed, blocks=(NOT_DRAWN, *printed.blocks))))
