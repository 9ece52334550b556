"""The documents that an organisation keeps here: the list, one put in, replaced, taken out, handed out."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from partnerhub.actions import documents as actions
from partnerhub.forms.documents import DocumentForm, ReplaceForm
from partnerhub.forms.fields import Form
from partnerhub.forms.returns import DecisionForm
from partnerhub.models import Organisation, OrganisationDocument
from partnerhub.queries import documents as queries
from partnerhub.rules import documents_asked as rules
from partnerhub.web.doors import me
from partnerhub.web.files import files_folder, handed_out, shown_file
from partnerhub.web.finding import find, insist
from partnerhub.web.respond import done, page

bp = Blueprint("documents", __name__)
LIST = "/organisations/<uuid:organisation_id>/documents"
ONE = f"{LIST}/<uuid:document_id>"


@bp.route(LIST, methods=["GET", "POST"])
def index(organisation_id: UUID) -> Response:
    """What is kept and how long it holds, what was replaced or taken out, and a form for one more."""
    organisation = find(Organisation, organisation_id, to="document.view")
    form = DocumentForm(data={"kind": request.args.get("kind")})
    if form.is_submitted():
        insist("document.add", organisation)
    if form.validate_on_submit() and form.accepted(
        lambda: actions.add_document(organisation, form["kind"].data, form.expires_on.data, *form.sent, files_folder(), by=me()), "file"
    ):
        return done(url_for(".index", organisation_id=organisation_id), message="The document is kept here.")
    return _list(organisation, form, form)


def _list(organisation: Organisation, form: DocumentForm, pressed: Form) -> Response:
    """`pressed`: the form, or the button, that was sent from it."""
    return page(
        "documents/index.html",
        pressed.status,
        form=form,
        pressed=pressed,
        organisation=organisation,
        kept=queries.kept_by(organisation.id),
        earlier=queries.earlier_of(organisation.id),
        rules=rules,
        shown_file=lambda each: shown_file(each.file, url_for(".file", organisation_id=organisation.id, document_id=each.id)),
    )


@bp.route(f"{ONE}/replace", methods=["GET", "POST"])
def replace(organisation_id: UUID, document_id: UUID) -> Response:
    """A newer file in its place, or another day on which it expires."""
    document = _find(organisation_id, document_id, to="document.replace")
    form = ReplaceForm(obj=document)
    if form.validate_on_submit() and form.accepted(lambda: _replaced(document, form), "file", over=document):
        return done(url_for(".index", organisation_id=organisation_id), message="The document was changed.")
    return page("documents/replace.html", form.status, form=form, document=document, validity=rules.validity)


def _replaced(document: OrganisationDocument, form: ReplaceForm) -> None:
    if form.has_file:
        actions.replace_document(document, form.expires_on.data, *form.sent, files_folder(), by=me(), expect=form.version.data)
    else:
        actions.change_expiry(document, form.expires_on.data, by=me(), expect=form.version.data)


@bp.post(f"{ONE}/remove")
def remove(organisation_id: UUID, document_id: UUID) -> Response:
    document, pressed = _find(organisation_id, document_id), DecisionForm()
    if pressed.decides(document, actions.take_document_out, by=me()):
        return done(
            url_for(".index", organisation_id=organisation_id), message="The document was taken out. It stays under “Earlier documents”."
        )
    insist("document.remove", document)
    return _list(document.organisation, DocumentForm(None), pressed)


@bp.get(f"{ONE}/file")
def file(organisation_id: UUID, document_id: UUID) -> Response:
    return handed_out(_find(organisation_id, document_id).file)


def _find(organisation_id: UUID, document_id: UUID, to: str = "document.view") -> OrganisationDocument:
    document = find(OrganisationDocument, document_id, *queries.IN_FULL, to=to)
    return document if document.organisation_id == organisation_id else abort(404)
