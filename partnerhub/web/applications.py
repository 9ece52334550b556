"""Applications: started, filled in together, sent, and looked at by the office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import applications as actions
from partnerhub.actions.documents import add_document
from partnerhub.actions.organisations import save_profile
from partnerhub.forms.applications import (
    BEGUN_WITH_REASONS,
    DECISIONS,
    BeginForm,
    ConfirmForm,
    CorrectionForm,
    EnterForm,
    ExtendForm,
    RefuseForm,
    SendForm,
    WithdrawForm,
)
from partnerhub.forms.returns import DecisionForm
from partnerhub.models import Application, FundingRound, Organisation
from partnerhub.queries import applications as queries
from partnerhub.queries.answering import fingerprint_of
from partnerhub.queries.awards import award_of
from partnerhub.queries.decisions import decisions_on
from partnerhub.queries.documents import lacking
from partnerhub.queries.files import content_of
from partnerhub.queries.gates import gates_of
from partnerhub.queries.letters import letters_of
from partnerhub.queries.organisations import organisation_choices
from partnerhub.queries.people import leads_of
from partnerhub.queries.reuse import coming_from, earlier_applications, has_earlier, to_keep
from partnerhub.queries.submissions import cells_of, versions_of
from partnerhub.rules import applications as rules
from partnerhub.rules import readable
from partnerhub.rules.gates import reasons
from partnerhub.rules.words import DocumentStage
from partnerhub.web.answering import drawing_of, frozen_drawing
from partnerhub.web.doors import me
from partnerhub.web.files import files_folder
from partnerhub.web.filling import Filling
from partnerhub.web.finding import find, insist, require
from partnerhub.web.furniture import may
from partnerhub.web.respond import done, page

bp = Blueprint("applications", __name__)
FILLING = Filling(
    Application, "application", "applications", queries.IN_FULL, actions.save_answers, actions.attach_file, actions.detach_file
)


@bp.get("/applications")
def index() -> Response:
    """What one's organisations apply for; for the office, what came by round."""
    if not me().organisations:
        require("application.list")
    return page(
        "applications/index.html",
        own=queries.applications_of(me()),
        rounds=queries.rounds_with_counts(me()) if may("application.list") else [],
        open_rounds=queries.open_rounds(clock.now()),
    )


@bp.get("/rounds/<uuid:round_id>/applications")
def of_round(round_id: UUID) -> Response:
    """Everything that came in a round, and the drafts."""
    require("application.list")
    funding_round = find(FundingRound, round_id, to="round.view")
    return page("applications/of_round.html", funding_round=funding_round, applications=queries.came_in(me(), round_id))


@bp.route("/rounds/<uuid:round_id>/applications/begin", methods=["GET", "POST"])
def begin(round_id: UUID) -> Response:
    """Start an application for one of one's organisations."""
    funding_round, form = find(FundingRound, round_id, to="round.view"), BeginForm()
    own = queries.names_of_own(me())
    form.organisation.offer(own)
    if len(own) == 1 and not form.is_submitted():
        form.organisation.data = own[0][0]
    if form.validate_on_submit():
        organisation = find(Organisation, UUID(form.organisation.data), to="organisation.view")
        application = actions.start_application(organisation, funding_round, by=me())
        return done(url_for(".show", application_id=application.id))
    begun = queries.drafts_in(round_id, list(me().organisations))
    return page("applications/begin.html", form.status, funding_round=funding_round, form=form, own=begun)


@bp.route("/rounds/<uuid:round_id>/applications/enter", methods=["GET", "POST"])
def enter(round_id: UUID) -> Response:
    """Type in an application that came on paper or by telephone."""
    funding_round, form = find(FundingRound, round_id, to="round.view"), EnterForm()
    require("application.enter")
    form.organisation.offer(organisation_choices())
    if form.validate_on_submit():
        organisation = find(Organisation, UUID(form.organisation.data), to="organisation.view")
        application = actions.enter_application(organisation, funding_round, form.channel.data, by=me())
        return done(url_for(".show", application_id=application.id))
    return page("applications/enter.html", form.status, funding_round=funding_round, form=form)


@bp.get("/applications/<uuid:application_id>")
def show(application_id: UUID) -> Response:
    """Where an application stands, and what can be done with it."""
    return _own_page(application_id)


@bp.get("/applications/<uuid:application_id>/sections/<section_key>")
def section(application_id: UUID, section_key: str) -> Response:
    return FILLING.section(application_id, section_key)


@bp.post("/applications/<uuid:application_id>/answers")
def save_answers(application_id: UUID) -> Response:
    return FILLING.save_answers(application_id)


@bp.route("/applications/<uuid:application_id>/earlier", methods=["GET", "POST"])
def earlier(application_id: UUID) -> Response:
    """Choose an earlier application, see which of its answers would come here, take them over."""
    application = find(Application, application_id, *queries.IN_FULL, to="application.answer")
    insist("application.answer", application)
    found = earlier_applications(application, me())
    source = next((each for each in found if str(each.id) == request.values.get("from")), None)
    if request.method == "POST":
        came = actions.use_earlier(application, source or abort(404), by=me())
        return done(url_for(".show", application_id=application_id), message=f"{readable.plural(came, 'answer')} came. Check each of them.")
    context: dict[str, Any] = {"application": application, "found": found, "source": source}
    if source is not None and source.latest_version is not None:
        drawing = frozen_drawing(source, source.latest_version)
        coming = {key for key, _cell in coming_from(source, application, cells_of(application.submission_id))}
        context["questions"] = [drawing.view(each) for each in drawing.questionnaire.questions.values() if each.key in coming]
    return page("applications/earlier.html", **context)


@bp.post("/applications/<uuid:application_id>/files")
def attach(application_id: UUID) -> Response:
    return FILLING.files(application_id)


@bp.get("/applications/<uuid:application_id>/files/<uuid:file_id>")
def file(application_id: UUID, file_id: UUID) -> Response:
    return FILLING.file(application_id, file_id)


@bp.get("/applications/<uuid:application_id>/check")
def check(application_id: UUID) -> Response:
    """Everything on one page, what is missing on top, then one button."""
    return _check_page(application_id, SendForm())


@bp.post("/applications/<uuid:application_id>/submit")
def submit(application_id: UUID) -> Response:
    """The moment that counts is the one at which this request arrived."""
    application, form = find(Application, application_id, to="application.view"), SendForm()
    arrived = request.environ["hub.moment"]
    if not form.validate_on_submit() or not form.accepted(
        lambda: actions.submit_application(application, form.seen.data or "", as_it_is=bool(form.as_it_is.data), by=me(), now=arrived)
    ):
        return _check_page(application_id, form)
    return _own_page(application_id, 409) if form.result is None else done(url_for(".receipt", application_id=application_id))


@bp.get("/applications/<uuid:application_id>/receipt")
def receipt(application_id: UUID) -> Response:
    """What was sent last, by whom and when, and what happens next."""
    application = find(Application, application_id, *queries.IN_FULL, to="application.read")
    if application.latest_version is None:
        abort(404)
    keeps = may("organisation.change", application) and may("document.add", application)
    return page(
        "applications/receipt.html",
        application=application,
        keeping=to_keep(application).labels if keeps else [],
        lacks=lacking(application, DocumentStage.SCORING, clock.today()) if application.is_sent else [],
    )


@bp.post("/applications/<uuid:application_id>/keep")
def keep(application_id: UUID) -> Response:
    """What was sent goes into the organisation's profile and among its documents, so that it need not be said again."""
    application = find(Application, application_id, *queries.IN_FULL, to="application.read")
    organisation, keeping = find(Organisation, application.organisation_id, to="organisation.change"), to_keep(application)
    insist("document.add", organisation)
    save_profile(organisation, keeping.profile, by=me())
    for kind, stored in keeping.documents:
        add_document(organisation, kind, None, stored.name, content_of(files_folder(), stored), files_folder(), by=me())
    if keeping.documents:
        return done(url_for("documents.index", organisation_id=organisation.id), message="Kept. Say of each document when it expires.")
    return done(url_for("organisations.profile", organisation_id=organisation.id), message="Kept. Forms are filled in from here.")


@bp.get("/applications/<uuid:application_id>/versions/<int:number>")
def version(application_id: UUID, number: int) -> Response:
    """A version as it was sent, read only."""
    application, found = FILLING.sent_version(application_id, number)
    return page("applications/version.html", application=application, version=found, drawing=frozen_drawing(application, found))


@bp.get("/applications/<uuid:application_id>/versions/<int:number>.pdf")
def version_pdf(application_id: UUID, number: int) -> Response:
    return FILLING.version_pdf(application_id, number)


# What is decided about it. A form that is refused comes back as the page it stands on, with what was typed in it.


@bp.post("/applications/<uuid:application_id>/reopen")
def reopen(application_id: UUID) -> Response:
    return _decided(application_id, DecisionForm(), "reopen", actions.reopen_application, "It is a draft again. Send it before the close.")


@bp.post("/applications/<uuid:application_id>/withdraw")
def withdraw(application_id: UUID) -> Response:
    form = WithdrawForm()
    return _decided(application_id, form, "withdraw", actions.withdraw_application, "Withdrawn.", form.reason.data)


@bp.post("/applications/<uuid:application_id>/extend")
def extend(application_id: UUID) -> Response:
    form = ExtendForm()
    until = form.moment if form.validate() else None
    return _decided(
        application_id, form, "extend", actions.extend_application, "They have more time, and were told by e-mail.", until, form.reason.data
    )


@bp.post("/applications/<uuid:application_id>/confirm")
def confirm(application_id: UUID) -> Response:
    form = ConfirmForm()
    return _decided(application_id, form, "confirm", actions.confirm_application, "It can be marked.", form.reason.data)


@bp.post("/applications/<uuid:application_id>/correction")
def correction(application_id: UUID) -> Response:
    form = CorrectionForm()
    return _decided(
        application_id, form, "ask_correction", actions.ask_correction, "Sent back. They were told by e-mail.", form.reason.data
    )


@bp.post("/applications/<uuid:application_id>/refuse")
def refuse(application_id: UUID) -> Response:
    form = RefuseForm()
    return _decided(application_id, form, "refuse", actions.refuse_application, "Refused. They were told why.", form.reason.data)


@bp.post("/applications/<uuid:application_id>/help")
def ask_help(application_id: UUID) -> Response:
    application = find(Application, application_id, to="application.view")
    wanted = request.form.get("wanted") == "yes"
    actions.ask_help(application, wanted, by=me())
    said = "The office can read your draft now." if wanted else "The office can no longer read your draft."
    return done(url_for(".show", application_id=application_id), message=said)


def _check_page(application_id: UUID, form: SendForm) -> Response:
    application = find(Application, application_id, *queries.IN_FULL, to="application.read_draft")
    drawing = drawing_of(application, readonly=True)
    seen = fingerprint_of(application, drawing.cells)
    leads = [] if may("application.submit", application) else leads_of(application.organisation_id)
    lacks = lacking(application, DocumentStage.SCORING, clock.today())
    return page(
        "applications/check.html",
        form.status,
        application=application,
        drawing=drawing,
        form=form,
        seen=seen,
        leads=leads,
        lacks=lacks,
        is_unchanged=queries.is_unchanged(application, drawing.cells),
    )


def _decided(application_id: UUID, form: DecisionForm, name: str, deed: Callable[..., Any], said: str, *typed: Any) -> Response:
    application = find(Application, application_id, to="application.view")
    if form.decides(application, deed, *typed, by=me(), beside="reason" if "reason" in form else ""):
        return done(url_for(".show", application_id=application_id), message=said)
    insist(f"application.{name}", application)
    return _own_page(application_id, form.status, form)


def _own_page(application_id: UUID, status: int = 200, pressed: DecisionForm | None = None) -> Response:
    """The application's own page; after a form on it was refused, with what was typed."""
    application = find(Application, application_id, *queries.IN_FULL, to="application.view")
    gates = gates_of(application, clock.now()) if may("application.view_gates", application) else []
    found = reasons(gates)
    decisions = {
        name: pressed
        if isinstance(pressed, kind)
        else kind(None, obj=application, data={"reason": found} if name in BEGUN_WITH_REASONS else None)
        for name, kind in DECISIONS.items()
        if may(f"application.{name}", application)
    }
    late, drawing = application.came_late_at, drawing_of(application)
    carried = {key for (key, _), cell in drawing.cells.items() if cell.text and cell.by_id is None}
    return page(
        "applications/show.html",
        status,
        application=application,
        drawing=drawing,
        carried=[each.label.rstrip("?.") for key, each in drawing.questionnaire.questions.items() if key in carried],
        versions=versions_of(application.submission_id),
        has_earlier=may("application.answer", application) and has_earlier(application, me()),
        lacks={stage: lacking(application, stage, clock.today()) for stage in DocumentStage},
        letters=letters_of(me(), application_id),
        award=award_of(me(), application_id),
        decided=decisions_on(me(), application_id),
        gates=gates,
        came_late=rules.came_late(application.closes_at, late) if late else "",
        form=pressed,
        **decisions,
    )
