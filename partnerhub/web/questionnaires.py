"""Forms: the list, each version to read and to print, loaded, published, retired; open returns moved to a newer version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from partnerhub.actions import questionnaires as actions
from partnerhub.catalogue.loading import as_yaml
from partnerhub.documents import lists
from partnerhub.forms.questionnaires import ConfirmForm, LoadForm, PublishForm
from partnerhub.models import MonitoringReturn, QuestionnaireVersion
from partnerhub.queries import questionnaires as queries
from partnerhub.queries.returns import IN_FULL as RETURN_IN_FULL
from partnerhub.rules import readable, spoken
from partnerhub.rules.questionnaire import changes
from partnerhub.web.doors import me
from partnerhub.web.finding import find, require
from partnerhub.web.furniture import may
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.respond import done, page

bp = Blueprint("questionnaires", __name__)

VERSION = "/questionnaires/<word:key>/<int(max=99999):number>"


@bp.get("/questionnaires")
@bp.get(f"/questionnaires{FILE}")
def index(kind: str = "") -> Response:
    """Every form with its versions."""
    require("questionnaire.list")
    found, open_counts = queries.every_questionnaire(), queries.open_counts()
    if kind:
        return list_file(kind, lists.FORMS, [(each, open_counts.get(each.id, 0)) for each in found])
    return page("questionnaires/index.html", found=found, open_counts=open_counts)


@bp.get("/questionnaires/published")
@bp.get(f"/questionnaires/published{FILE}")
def published(kind: str = "") -> Response:
    """The forms in use, for everybody to read before they start."""
    found = queries.in_use()
    return list_file(kind, lists.FORMS_IN_USE, found) if kind else page("questionnaires/published.html", found=found)


@bp.route("/questionnaires/load", methods=["GET", "POST"])
def load() -> Response:
    """A form as text or file becomes a draft."""
    return _load_page("")


@bp.get("/questionnaires/<word:key>")
def show(key: str) -> Response:
    """One form over time, and the open returns that are still on older versions."""
    require("questionnaire.list")
    questionnaire = queries.questionnaire_by_key(key) or abort(404)
    newest = queries.newest_published(questionnaire.id)
    behind = queries.open_on_others(newest) if newest else []
    return page("questionnaires/show.html", questionnaire=questionnaire, newest=newest, behind=behind)


@bp.get(VERSION)
def version(key: str, number: int) -> Response:
    """A version to read: every question, limit, condition and check in words."""
    return page("questionnaires/version.html", **_spoken(_find(key, number)))


@bp.get(f"{VERSION}/blank")
def blank(key: str, number: int) -> Response:
    """The same on paper, with boxes to write in."""
    return page("questionnaires/blank.html", **_spoken(_find(key, number)))


@bp.get(f"{VERSION}/edit")
def edit(key: str, number: int) -> Response:
    """The text of a version, to be changed and loaded as the next draft."""
    return _load_page(as_yaml(_find(key, number, to="questionnaire.load").document))


@bp.route(f"{VERSION}/publish", methods=["GET", "POST"])
def publish(key: str, number: int) -> Response:
    """What changes and which returns move, before the draft is frozen."""
    draft = _find(key, number, to="questionnaire.publish")
    if not may("questionnaire.publish", draft):
        return done(url_for(".version", key=key, number=number))  # it is published already
    form = PublishForm(data={"digest": draft.digest})
    if form.validate_on_submit() and form.accepted(lambda: actions.publish_questionnaire(draft, form.digest.data or "none", by=me())):
        moved = f" {readable.plural(form.result.moved, 'open return')} moved to it." if form.result.moved else ""
        return done(url_for(".show", key=key), message=f"Version {number} is published.{moved}")
    newest = queries.newest_published(draft.questionnaire_id)
    found = changes(queries.definition(newest.id), queries.definition(draft.id)) if newest else []
    behind = queries.open_on_others(draft)
    return page("questionnaires/publish.html", form.status, form=form, version=draft, newest=newest, changes=found, behind=behind)


@bp.route(f"{VERSION}/retire", methods=["GET", "POST"])
def retire(key: str, number: int) -> Response:
    found = _find(key, number, to="questionnaire.retire")
    if not may("questionnaire.retire", found):
        return done(url_for(".version", key=key, number=number))  # it is retired already
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted(lambda: actions.retire_questionnaire(found, by=me())):
        return done(url_for(".show", key=key), message=f"Version {number} is retired.")
    return page("questionnaires/retire.html", form.status, form=form, version=found)


@bp.route(f"{VERSION}/move/<uuid:return_id>", methods=["GET", "POST"])
def move(key: str, number: int, return_id: UUID) -> Response:
    """What would become of the answers of an open return, then the move."""
    target = _find(key, number)
    monitoring_return = find(MonitoringReturn, return_id, *RETURN_IN_FULL, to="return.move")
    if monitoring_return.questionnaire_version.questionnaire_id != target.questionnaire_id:
        abort(404)
    form = ConfirmForm()
    if form.validate_on_submit() and form.accepted(lambda: actions.move_return(monitoring_return, target, by=me())):
        return done(url_for(".show", key=key), message=f"The return moved to version {number}.")
    old, new = queries.definition(monitoring_return.questionnaire_version_id), queries.definition(target.id)
    return page(
        "questionnaires/move.html",
        form.status,
        form=form,
        version=target,
        monitoring_return=monitoring_return,
        changes=changes(old, new),
        no_place=queries.without_place(monitoring_return, old, new),
    )


def _find(key: str, number: int, to: str = "questionnaire.view") -> QuestionnaireVersion:
    identity = queries.version_id_of(key, number)
    return find(QuestionnaireVersion, identity, joinedload(QuestionnaireVersion.questionnaire), to=to)


def _load_page(text: str) -> Response:
    require("questionnaire.load")
    form = LoadForm(text)
    if form.validate_on_submit() and form.accepted(lambda: actions.load_questionnaire(None, form.document, by=me()), "text"):
        loaded = form.result
        said = "It is a draft now. Read it, then publish it." if loaded.is_new else "Nothing is new: this version says the same already."
        return done(url_for(".version", key=loaded.version.questionnaire.key, number=loaded.version.number), message=said)
    return page("questionnaires/load.html", form.status, form=form)


def _spoken(found: QuestionnaireVersion) -> dict[str, Any]:
    """What both ways of reading a version show; questions that only the office sees are left out for partners."""
    form = queries.definition(found.id)
    for_everyone = not may("questionnaire.list")
    return {
        "version": found,
        "form_": form,
        "sections": spoken.sections(form, for_everyone=for_everyone),
        "conditions": {section.key: spoken.condition(section.show_if, form, "Asked only when") for section in form.sections},
        "short": spoken.condition(form.short_version_when, form, "The short version is used when"),
        "checks": [(each.message, spoken.check(each, form)) for each in spoken.checks(form, for_everyone=for_everyone)],
        "built_in": spoken.built_in_checks(form),
        "scoring": form.scoring,
        "marking": spoken.marking(form.scoring) if form.scoring else [],
    }
