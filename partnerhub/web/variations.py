"""Changes to a grant: asked for, decided, signed by both sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from partnerhub.actions import variations as actions
from partnerhub.forms.agreement_page import printed_agreement
from partnerhub.forms.awards import SignForm
from partnerhub.forms.returns import DecisionForm
from partnerhub.forms.variations import RefuseVariationForm, VariationForm
from partnerhub.models import Award, Variation
from partnerhub.queries.awards import IN_FULL as AWARD_IN_FULL
from partnerhub.queries.variations import IN_FULL
from partnerhub.web.answering import office_name
from partnerhub.web.doors import me
from partnerhub.web.finding import find, insist
from partnerhub.web.furniture import may
from partnerhub.web.respond import done, page

bp = Blueprint("variations", __name__)


@bp.route("/awards/<uuid:award_id>/changes/new", methods=["GET", "POST"])
def ask(award_id: UUID) -> Response:
    """A lead asks for more time, other items, another amount."""
    award = find(Award, award_id, *AWARD_IN_FULL, to="award.view")
    insist("award.vary", award)
    form = VariationForm(data={"version": award.version})
    if form.decides(award, lambda thing, **rest: actions.ask_variation(thing, form.change, **rest), by=me()):
        return done(url_for(".show", variation_id=form.result.id), message="Sent. The office decides, and you get an e-mail.")
    return page("variations/ask.html", form.status, award=award, form=form)


@bp.get("/changes/<uuid:variation_id>")
def show(variation_id: UUID) -> Response:
    return _own_page(variation_id)


@bp.post("/changes/<uuid:variation_id>/approve")
def approve(variation_id: UUID) -> Response:
    return _decided(variation_id, DecisionForm(), "approve", actions.approve_variation, "Approved. The organisation signs next.")


@bp.post("/changes/<uuid:variation_id>/refuse")
def refuse(variation_id: UUID) -> Response:
    form = RefuseVariationForm()
    return _decided(variation_id, form, "refuse", actions.refuse_variation, "Refused. They were told why.", form.reason.data)


@bp.post("/changes/<uuid:variation_id>/sign")
def sign(variation_id: UUID) -> Response:
    form = SignForm()
    typed = form.seen.data or "", form.name.data
    return _decided(variation_id, form, "sign", actions.sign_variation, "You have signed. The office signs next.", *typed)


@bp.post("/changes/<uuid:variation_id>/countersign")
def countersign(variation_id: UUID) -> Response:
    form = SignForm()
    typed = form.seen.data or "", form.name.data
    return _decided(variation_id, form, "countersign", actions.countersign_variation, "Signed. The grant is changed.", *typed)


def _decided(variation_id: UUID, form: DecisionForm, name: str, deed: Callable[..., Any], said: str, *typed: Any) -> Response:
    variation = find(Variation, variation_id, *IN_FULL, to="variation.view")
    insist(f"variation.{name}", variation)
    if form.decides(variation, deed, *typed, by=me(), beside="name" if "name" in form else "reason" if "reason" in form else ""):
        return done(url_for(".show", variation_id=variation_id), message=said)
    return _own_page(variation_id, form)


def _own_page(variation_id: UUID, pressed: DecisionForm | None = None) -> Response:
    variation = find(Variation, variation_id, *IN_FULL, to="variation.view")
    agreement = variation.agreement
    deed = "countersign" if agreement and agreement.is_signed_by_partner else "sign"
    may_sign = agreement is not None and not agreement.is_signed and may(f"variation.{deed}", variation)
    return page(
        "variations/show.html",
        pressed.status if pressed else 200,
        variation=variation,
        award=variation.award,
        said=printed_agreement(agreement, office_name()) if agreement else None,
        signing=(pressed if isinstance(pressed, SignForm) else SignForm(None, obj=variation)) if may_sign else None,
        refusing=pressed if isinstance(pressed, RefuseVariationForm) else RefuseVariationForm(None, obj=variation),
        deed=deed,
        form=pressed,
    )
