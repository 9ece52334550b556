"""The wording of grant agreements: its versions, and the next one."""

from __future__ import annotations

from flask import Blueprint, abort, url_for
from werkzeug.wrappers import Response

from partnerhub.actions import grant_agreements as actions
from partnerhub.catalogue.wording import first_wording
from partnerhub.forms.awards import TemplateForm
from partnerhub.models import AgreementTemplate
from partnerhub.queries.awards import newest_template, templates
from partnerhub.rules.agreement_words import NAMES, blocks
from partnerhub.web.doors import me
from partnerhub.web.finding import require
from partnerhub.web.respond import done, page

bp = Blueprint("agreement_templates", __name__)


@bp.get("/agreement-templates")
def index() -> Response:
    """The wording that agreements are made from now, and the versions before it."""
    require("template.list")
    return _shown(_newest())


@bp.get("/agreement-templates/<int:number>")
def show(number: int) -> Response:
    """One version."""
    require("template.list")
    found = [_newest(), *templates()]
    return _shown(next((each for each in found if each.number == number), None) or abort(404))


@bp.route("/agreement-templates/new", methods=["GET", "POST"])
def create() -> Response:
    """The next version, written from the newest."""
    require("template.write")
    newest = _newest()
    form = TemplateForm(data={"title": newest.title, "text": newest.text, "version": newest.number})
    if form.validate_on_submit() and form.accepted(
        lambda: actions.write_template(None, form.title.data, form.text.data, form.version.data, by=me()), "text"
    ):
        return done(url_for(".index"), message="The wording was saved. Agreements that are made from now on have it.")
    form.version.data = _newest().number  # the next press is a knowing one
    return page("awards/write_template.html", form.status, form=form, names=NAMES)


def _newest() -> AgreementTemplate:
    """The first wording stands in until somebody has written one, or an agreement was made."""
    return newest_template() or AgreementTemplate(number=1, title=first_wording()[0], text=first_wording()[1])


def _shown(wording: AgreementTemplate) -> Response:
    return page("awards/templates.html", wording=wording, blocks=list(blocks(wording.text)), versions=templates())
