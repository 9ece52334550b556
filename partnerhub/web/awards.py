"""Awards: the list, and each one's page with its agreement, payments, reports and changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import awards as actions
from partnerhub.documents import lists
from partnerhub.documents.agreement_pdf import agreement_pdf
from partnerhub.forms.agreement_page import printed_agreement
from partnerhub.forms.awards import DECISIONS, EndAwardForm, RefuseAwardForm, SignForm
from partnerhub.forms.returns import DecisionForm
from partnerhub.models import Award, GrantAgreement
from partnerhub.queries import awards as queries
from partnerhub.queries.documents import lacking
from partnerhub.queries.payments import money_of
from partnerhub.queries.people import leads_of
from partnerhub.queries.rounds import rounds_for
from partnerhub.queries.rows import PAGE
from partnerhub.rules.awards import has_lapsed
from partnerhub.rules.documents_asked import asked
from partnerhub.rules.payments import in_words
from partnerhub.rules.words import DocumentStage
from partnerhub.web.answering import office_name
from partnerhub.web.doors import me
from partnerhub.web.finding import find, insist, require
from partnerhub.web.furniture import may
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.paging import page_number, pages_of
from partnerhub.web.respond import done, download, page

bp = Blueprint("awards", __name__)


@bp.get("/awards")
@bp.get(f"/awards{FILE}")
def index(kind: str = "") -> Response:
    """What was awarded to one's organisations; for the office, every award. `round` in the address: those of one round."""
    if not me().organisations:
        require("award.list")
    asked = request.args.get("round", "")
    rounds = {each.reference: each.id for each in rounds_for(me())} if asked else {}
    asked = asked if asked in rounds else ""  # whatever else stands in the address never reaches the database
    if kind:
        return list_file(kind, lists.AWARDS, queries.awards_for(me(), rounds.get(asked)))
    listed = queries.a_page_of_awards(me(), rounds.get(asked), page_number())
    return page(
        "awards/index.html",
        found=listed.found,
        asked=asked,
        pages=pages_of(".index", listed.number, listed.total, PAGE, round=asked),
        to_countersign=queries.to_countersign(me()) if may("award.countersign") else [],
    )


@bp.get("/awards/<uuid:award_id>")
def show(award_id: UUID) -> Response:
    """How an award stands, and what is to be done with it."""
    return _own_page(award_id)


# The agreement, and its signatures


@bp.get("/awards/<uuid:award_id>/agreements/<int:number>")
def agreement(award_id: UUID, number: int) -> Response:
    """The words, who signed them, and the place to sign for whoever may."""
    return _agreement_page(award_id, number)


@bp.get("/awards/<uuid:award_id>/agreements/<int:number>.pdf")
def agreement_file(award_id: UUID, number: int) -> Response:
    _, found = _agreement(award_id, number)
    return download(agreement_pdf(printed_agreement(found, office_name())), f"{found.reference}.pdf")


@bp.post("/awards/<uuid:award_id>/sign")
def sign(award_id: UUID) -> Response:
    said = "You have signed. The office signs next, and you get the agreement by e-mail."
    return _signed(award_id, "sign", actions.sign_for_partner, said)


@bp.post("/awards/<uuid:award_id>/countersign")
def countersign(award_id: UUID) -> Response:
    return _signed(award_id, "countersign", actions.sign_for_office, "The grant is agreed. Both sides get the agreement by e-mail.")


def _signed(award_id: UUID, name: str, deed: Callable[..., Any], said: str) -> Response:
    award, form = find(Award, award_id, to="award.view"), SignForm()
    if form.validate_on_submit() and form.accepted(lambda: deed(award, form.seen.data or "", form.name.data, by=me()), "name", over=award):
        return done(url_for(".show", award_id=award_id), message=said)
    insist(f"award.{name}", award)
    return _agreement_page(award_id, 1, form)


def _agreement(award_id: UUID, number: int) -> tuple[Award, GrantAgreement]:
    award = find(Award, award_id, *queries.IN_FULL, to="award.view")
    found = next((each for each in award.agreements if each.number == number), None)
    return (award, found) if found is not None else abort(404)


def _agreement_page(award_id: UUID, number: int, pressed: SignForm | None = None) -> Response:
    award, found = _agreement(award_id, number)
    deed = "countersign" if found.is_signed_by_partner else "sign"
    may_sign = number == 1 and not found.is_signed and may(f"award.{deed}", award) and not _is_over(award)
    form = pressed or (SignForm(None, obj=award) if may_sign else None)
    return page(
        "awards/agreement.html",
        form.status if form else 200,
        award=award,
        agreement=found,
        said=printed_agreement(found, office_name()),
        form=form,
        deed=deed,
    )


# What is decided about it. A form that is refused comes back as the page it stands on, with what was typed in it.


@bp.post("/awards/<uuid:award_id>/refuse")
def refuse(award_id: UUID) -> Response:
    form = RefuseAwardForm()
    return decided(award_id, form, "refuse", actions.refuse_award, "You have turned the award down. The office sees why.", form.reason.data)


@bp.post("/awards/<uuid:award_id>/lapse")
def lapse(award_id: UUID) -> Response:
    return decided(award_id, DecisionForm(), "lapse", actions.lapse_award, "The offer is closed. They were told by e-mail.")


@bp.post("/awards/<uuid:award_id>/end")
def end(award_id: UUID) -> Response:
    form = EndAwardForm()
    return decided(award_id, form, "end", actions.end_award, "The grant has ended. They were told why by e-mail.", form.reason.data)


@bp.post("/awards/<uuid:award_id>/complete")
def complete(award_id: UUID) -> Response:
    return decided(award_id, DecisionForm(), "complete", actions.complete_award, "The grant is completed. They were told by e-mail.")


def decided(award_id: UUID, form: DecisionForm, name: str, deed: Callable[..., Any], said: str, *typed: Any) -> Response:
    award = find(Award, award_id, to="award.view")
    if form.decides(award, deed, *typed, by=me(), beside="reason" if "reason" in form else ""):
        return done(url_for("awards.show", award_id=award_id), message=said)
    insist(f"award.{name}", award)
    return _own_page(award_id, form.status, form)


def _is_over(award: Award) -> bool:
    """Its last day has passed and nobody of the organisation has signed."""
    signed = any(each.is_signed_by_partner for each in award.agreements)
    return has_lapsed(award.answer_by, clock.today(), signed)


def _own_page(award_id: UUID, status: int = 200, pressed: DecisionForm | None = None) -> Response:
    """The award's own page; after a form on it was refused, with what was typed."""
    award = find(Award, award_id, *queries.IN_FULL, to="award.view")
    decisions = {
        name: pressed if isinstance(pressed, kind) else kind(None, obj=award)
        for name, kind in DECISIONS.items()
        if may(f"award.{name}", award)
    }
    return page(
        "awards/show.html",
        status,
        award=award,
        agreement=award.agreements[0] if award.agreements else None,
        is_over=_is_over(award),
        asks_documents=bool(asked(award.funding_round.terms, DocumentStage.PAYMENT)),
        lacking=lacking(award.application, DocumentStage.PAYMENT, clock.today()),
        reports=queries.reports_by_award([award.id]).get(award.id, []),
        owed=queries.owed_of(award) if may("award.complete", award) else [],
        leads=leads_of(award.organisation_id) if not may("award.sign", award) else [],
        money=money_of(award, clock.today()),
        in_words=in_words,
        form=pressed,
        **decisions,
    )
