"""The money of awards: every payment, one payment and what holds it, the schedule, the payee, what comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import payments as actions
from partnerhub.documents import lists
from partnerhub.forms.payments import STOPPED_BY, ClaimForm, PayeeForm, PaymentsFilter, schedule_form
from partnerhub.forms.returns import DecisionForm
from partnerhub.models import Award, Payment
from partnerhub.queries import payments as queries
from partnerhub.queries.awards import IN_FULL
from partnerhub.queries.rows import PAGE
from partnerhub.web.awards import decided
from partnerhub.web.doors import me
from partnerhub.web.finding import find, insist, require
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.paging import page_number, pages_of
from partnerhub.web.respond import done, page

bp = Blueprint("payments", __name__)


@bp.get("/payments")
@bp.get(f"/payments{FILE}")
def index(kind: str = "") -> Response:
    """Every payment, those that are due first."""
    require("payment.list")
    search = PaymentsFilter(request.args)
    state = search.value("state")
    if kind:
        return list_file(kind, lists.PAYMENTS, queries.every_payment(me(), state))
    listed = queries.a_page_of_payments(me(), state, page_number())
    pages = pages_of(".index", listed.number, listed.total, PAGE, state=state or "")
    return page("payments/index.html", search=search, found=listed.found, pages=pages, state=state)


# One payment


@bp.get("/payments/<uuid:payment_id>")
def show(payment_id: UUID) -> Response:
    """How it stands, what holds it, and what this person may do with it."""
    return _payment_page(payment_id)


@bp.post("/payments/<uuid:payment_id>/prepare")
def prepare(payment_id: UUID) -> Response:
    return _decided(payment_id, "prepare", actions.prepare_payment, "Prepared. A second person of finance can release it now.")


@bp.post("/payments/<uuid:payment_id>/release")
def release(payment_id: UUID) -> Response:
    return _decided(payment_id, "release", actions.release_payment, "Released. The organisation was told by e-mail.")


@bp.post("/payments/<uuid:payment_id>/take-back")
def take_back(payment_id: UUID) -> Response:
    return _stopped(payment_id, "take_back", actions.take_back_payment, "Taken back. It can be prepared again.")


@bp.post("/payments/<uuid:payment_id>/cancel")
def cancel(payment_id: UUID) -> Response:
    return _stopped(payment_id, "cancel", actions.cancel_payment, "Cancelled.")


@bp.post("/payments/<uuid:payment_id>/receive")
def receive(payment_id: UUID) -> Response:
    return _decided(payment_id, "receive", actions.receive_payment, "Noted: the money has come back.")


def _stopped(payment_id: UUID, deed: str, act: Callable[..., Any], said: str) -> Response:
    form = STOPPED_BY[deed]()
    return _decided(payment_id, deed, act, said, form["reason"].data, form=form)


def _decided(payment_id: UUID, deed: str, act: Callable[..., Any], said: str, *typed: Any, form: DecisionForm | None = None) -> Response:
    payment = find(Payment, payment_id, *queries.IN_FULL, to="payment.view")
    form = form or DecisionForm()
    insist(f"payment.{deed}", payment)
    if form.decides(payment, act, *typed, by=me()):
        return done(url_for(".show", payment_id=payment_id), message=said)
    return _payment_page(payment_id, form, deed)


def _payment_page(payment_id: UUID, form: DecisionForm | None = None, pressed: str = "") -> Response:
    payment = find(Payment, payment_id, *queries.IN_FULL, to="payment.view")
    award = payment.award
    return page(
        "payments/show.html",
        form.status if form else 200,
        payment=payment,
        award=award,
        held=queries.holds_of(award, queries.payments_of(award.id), clock.today()).get(payment.id, []),
        report=queries.report_in_words(payment.monitoring_return),
        forms_of={each: form if form and each == pressed else made(None, obj=payment) for each, made in STOPPED_BY.items()},
        form=form,
    )


# All of an award


@bp.route("/awards/<uuid:award_id>/payments", methods=["GET", "POST"])
def reschedule(award_id: UUID) -> Response:
    """Amounts, days and reports of what is still planned."""
    award = find(Award, award_id, *IN_FULL, to="award.view")
    insist("award.reschedule", award)
    payments, reports = queries.payments_of(award_id), queries.reports_in_words(award)
    form = schedule_form(award, [each for each in payments if each.is_planned], reports)
    if form.decides(award, lambda thing, **rest: actions.reschedule(thing, form.planned(), **rest), by=me()):
        return _done(award_id, "The payments were changed.")
    payable = queries.payable_of(award, payments)
    return page("payments/schedule.html", form.status, award=award, form=form, payments=payments, payable=payable)


@bp.route("/awards/<uuid:award_id>/payee", methods=["GET", "POST"])
def payee(award_id: UUID) -> Response:
    """The reference under which the finance system knows whom it pays."""
    award = find(Award, award_id, *IN_FULL, to="award.view")
    insist("award.check_payee", award)
    form = PayeeForm(data={"version": award.version})
    if form.decides(award, lambda thing, **rest: actions.check_payee(thing, form.reference.data, **rest), by=me(), beside="reference"):
        return _done(award_id, "The payee is checked.")
    return page("payments/payee.html", form.status, award=award, form=form)


@bp.post("/awards/<uuid:award_id>/payee/changed")
def doubt(award_id: UUID) -> Response:
    """The account has changed: nothing is paid until finance has checked the payee anew."""
    award = find(Award, award_id, to="award.view")
    actions.doubt_payee(award, by=me())
    return _done(award_id, "Thank you. Nothing is paid until our finance team has checked the new account with you.")


@bp.route("/awards/<uuid:award_id>/pay-back", methods=["GET", "POST"])
def claim(award_id: UUID) -> Response:
    """Ask for money of a grant back."""
    award = find(Award, award_id, *IN_FULL, to="award.view")
    insist("award.claim", award)
    form = ClaimForm(data={"version": award.version})
    typed = form.amount.data, form.due_on.data, form.reason.data
    if form.decides(award, actions.claim_back, *typed, by=me(), beside="amount"):
        return _done(award_id, "Asked for. They were told by e-mail.")
    totals = queries.totals_of(queries.payments_of(award_id), award.amount)
    return page("payments/claim.html", form.status, award=award, form=form, totals=totals)


@bp.post("/awards/<uuid:award_id>/settle")
def settle(award_id: UUID) -> Response:
    """What the approved report says was not spent is not paid out, or asked back."""
    said = "Settled: what was not spent is not paid out, or is asked back."
    return decided(award_id, DecisionForm(), "settle", actions.settle_underspend, said)


def _done(award_id: UUID, message: str) -> Response:
    return done(url_for("awards.show", award_id=award_id, _anchor="payments"), message=message)
