"""The panel: marks side by side, marks agreed, the ranked list."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from partnerhub.actions import assessment as actions
from partnerhub.forms.assessment import AgreedForm
from partnerhub.forms.panel import printed_percent, ranking_of, table_of
from partnerhub.models import Application, FundingRound
from partnerhub.queries import assessment as queries
from partnerhub.queries.applications import IN_FULL
from partnerhub.queries.moderation import WITH_FUND, marks_of
from partnerhub.queries.questionnaires import definition
from partnerhub.rules import assessment as rules
from partnerhub.rules import scoring, severity
from partnerhub.rules.questionnaire import Scoring
from partnerhub.rules.words import InterestStage
from partnerhub.web.doors import me
from partnerhub.web.finding import find, insist, require
from partnerhub.web.respond import done, page

bp = Blueprint("moderation", __name__)


@bp.get("/rounds/<uuid:round_id>/marks")
def marks(round_id: UUID) -> Response:
    """Applications in rows, criteria in columns, in each cell the marks of all assessors once they are in."""
    require("moderation.list")
    funding_round = find(FundingRound, round_id, *WITH_FUND, to="round.view")
    if must_state_first(round_id):
        return to_interests(round_id)
    scheme = _scheme(funding_round)
    rows = table_of(marks_of(me(), round_id), scheme) if scheme else []
    return page("moderation/marks.html", funding_round=funding_round, scoring=scheme, rows=rows)


@bp.route("/applications/<uuid:application_id>/marks", methods=["GET"])
def show(application_id: UUID) -> Response:
    """The marks of one application side by side, with reasons."""
    application = find(Application, application_id, *IN_FULL, to="moderation.view")
    if must_state_first(application.round_id):
        return to_interests(application.round_id)
    return _page(application)


@bp.post("/applications/<uuid:application_id>/marks/<criterion>")
def agree(application_id: UUID, criterion: str) -> Response:
    """The mark that the panel agreed, and why."""
    application, form = find(Application, application_id, *IN_FULL, to="moderation.view"), AgreedForm()
    insist("moderation.agree", application)
    seen = form.version.data
    if form.validate_on_submit() and form.accepted(
        lambda: actions.agree_mark(application, criterion, form.mark.data, form.reason.data, seen, by=me()), "mark"
    ):
        return done(url_for(".show", application_id=application_id, _anchor=f"criterion-{criterion}"), message="Agreed.")
    return _page(application, criterion, form)


@bp.get("/rounds/<uuid:round_id>/ranking")
def ranking(round_id: UUID) -> Response:
    """The official score first, the money added up beside it; what corrects for severity clearly second."""
    require("moderation.list")
    funding_round = find(FundingRound, round_id, *WITH_FUND, to="round.view")
    if must_state_first(round_id):
        return to_interests(round_id)
    scheme = _scheme(funding_round)
    ranked = ranking_of(marks_of(me(), round_id), scheme, funding_round) if scheme else None
    return page("moderation/ranking.html", funding_round=funding_round, scoring=scheme, ranked=ranked)


@bp.get("/scores")
def explained() -> Response:
    """Both formulas, and where they come from."""
    require("assignment.list")
    return page("moderation/explained.html", official=scoring.FORMULA, adjusted=severity.FORMULA, source=severity.SOURCE)


def must_state_first(round_id: UUID) -> bool:
    """Whoever agrees marks says before they see any with whom they have to do."""
    return queries.must_state_first(me(), round_id)


def to_interests(round_id: UUID) -> Response:
    return done(
        url_for("assessment.interests", round_id=round_id, at=InterestStage.PANEL), important="State your interests at the panel first."
    )


def _scheme(funding_round: FundingRound) -> Scoring | None:
    return definition(funding_round.questionnaire_version_id).scoring


def _page(application: Application, pressed: str = "", form: AgreedForm | None = None) -> Response:
    scheme, agreed = queries.scoring_of(application), queries.agreed_of(application.id)
    sheets = queries.sheets_in(application)
    marks = {each.user_id: {key: score.mark for key, score in each.said.items() if score.mark is not None} for each in sheets}
    forms = {each.key: form if form and each.key == pressed else AgreedForm(None, prefix="") for each in scheme.criteria}
    found = scoring.result(scheme, marks, {key: each.mark for key, each in agreed.items()})
    for each in scheme.criteria:
        if each.key in agreed and each.key != pressed:
            forms[each.key].mark.data = rules.mark_in_words(each, agreed[each.key].mark)
            forms[each.key].reason.data = agreed[each.key].reason
    for key, one in forms.items():
        one.version.data = agreed[key].version if key in agreed else 0
        one.mark.id, one.reason.id = f"mark-{key}", f"reason-{key}"
        one.mark.label.field_id, one.reason.label.field_id = one.mark.id, one.reason.id
    return page(
        "moderation/show.html",
        form.status if form else 200,
        application=application,
        scoring=scheme,
        sheets=sheets,
        agreed=agreed,
        in_words=rules.mark_in_words,
        left=found.to_agree,
        reached=printed_percent(found, scheme),
        apart=scoring.apart(scheme, marks),
        forms_of=forms,
        form=form,
    )
