"""Service agreements: made and changed, their returns drawn up, copied into the next year, given targets."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from partnerhub.actions import agreements as actions
from partnerhub.forms.agreements import AgreementFields, ChangeAgreementForm, NewAgreementForm, targets_form
from partnerhub.models import Service, ServiceAgreement
from partnerhub.queries import agreements as queries
from partnerhub.queries.organisations import district_choices, organisation_choices
from partnerhub.queries.programmes import SERVICE_IN_FULL
from partnerhub.queries.questionnaires import definition, newest_published
from partnerhub.rules import readable
from partnerhub.rules.agreements import next_year, promised
from partnerhub.web.doors import me
from partnerhub.web.finding import find
from partnerhub.web.respond import done, page

bp = Blueprint("agreements", __name__)


@bp.route("/services/<uuid:service_id>/agreements/new", methods=["GET", "POST"])
def create(service_id: UUID) -> Response:
    service = find(Service, service_id, *SERVICE_IN_FULL, to="service.add_agreement")
    form = NewAgreementForm(data={"reference": queries.suggested_reference(service)})
    _offer(form)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.add_agreement(service, form.details(), form.paying, form.places, by=me()), "reference"
    ):
        return done(url_for(".show", agreement_id=form.result.id), message="The agreement was made. Draw up its returns next.")
    return page("agreements/create.html", form.status, form=form, service=service)


@bp.get("/agreements/<uuid:agreement_id>")
def show(agreement_id: UUID) -> Response:
    """Who delivers what for whom, what is owed and when, what was promised."""
    agreement = find(ServiceAgreement, agreement_id, *queries.IN_FULL, to="agreement.view")
    version = newest_published(agreement.questionnaire_id)
    return page(
        "agreements/show.html",
        agreement=agreement,
        owed=queries.owed_by_agreement(agreement),
        version=version,
        promised=promised(definition(version.id)) if version else [],
        copy=queries.copy_of(agreement_id),
        next_year=next_year(agreement.starts, agreement.ends),
    )


@bp.route("/agreements/<uuid:agreement_id>/change", methods=["GET", "POST"])
def change(agreement_id: UUID) -> Response:
    agreement = find(ServiceAgreement, agreement_id, *queries.IN_FULL, to="agreement.change")
    form = ChangeAgreementForm(data=ChangeAgreementForm.filled_from(agreement))
    _offer(form, agreement.questionnaire_id)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.change_agreement(agreement, form.details(), form.paying, form.places, by=me(), expect=form.version.data),
        over=agreement,
    ):
        return done(url_for(".show", agreement_id=agreement_id), message="The agreement was changed.")
    return page("agreements/change.html", form.status, form=form, agreement=agreement)


@bp.post("/agreements/<uuid:agreement_id>/draw-up")
def draw_up(agreement_id: UUID) -> Response:
    agreement = find(ServiceAgreement, agreement_id, to="agreement.view")
    drawn = actions.draw_up(agreement, by=me())
    said = f"{readable.plural(len(drawn), 'return')} drawn up." if drawn else "Nothing was missing: every return was drawn up already."
    return done(url_for(".show", agreement_id=agreement_id), message=said)


@bp.post("/agreements/<uuid:agreement_id>/copy")
def copy(agreement_id: UUID) -> Response:
    agreement = find(ServiceAgreement, agreement_id, to="agreement.view")
    made = actions.copy_into_next_year(agreement, by=me())
    return done(
        url_for(".show", agreement_id=made.id), message=f"This is the copy of {agreement.reference} for the next year, with its returns."
    )


@bp.route("/agreements/<uuid:agreement_id>/targets", methods=["GET", "POST"])
def targets(agreement_id: UUID) -> Response:
    """A number for each indicator of the form."""
    agreement = find(ServiceAgreement, agreement_id, *queries.IN_FULL, to="agreement.set_target")
    version = newest_published(agreement.questionnaire_id)
    form = targets_form(promised(definition(version.id)) if version else [], agreement)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.set_targets(agreement, form.targets(), by=me(), expect=form.version.data), over=agreement
    ):
        return done(url_for(".show", agreement_id=agreement_id), message="The targets were saved.")
    return page("agreements/targets.html", form.status, form=form, agreement=agreement)


def _offer(form: AgreementFields, kept: UUID | None = None) -> None:
    form.offer(
        organisation_id=organisation_choices(),
        commissioners=queries.commissioner_choices(),
        districts=district_choices(),
        questionnaire_id=queries.form_choices(kept),
    )
