"""Letters with decisions: written by the office, looked at as the applicant will see them, released together, read by the applicant."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, request, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import letters as actions
from partnerhub.documents.letter_page import LetterPage, letter_page
from partnerhub.documents.letter_pdf import letter_pdf
from partnerhub.forms.letters import LetterForm, letter_form, weak_in
from partnerhub.forms.returns import DecisionForm
from partnerhub.models import Decision, FundingRound, Letter
from partnerhub.queries import letters as queries
from partnerhub.queries.assessment import agreed_of, sheets_in
from partnerhub.queries.moderation import WITH_FUND
from partnerhub.rules import readable
from partnerhub.rules.letters import Missing
from partnerhub.web.doors import me
from partnerhub.web.finding import find, insist, require
from partnerhub.web.furniture import may
from partnerhub.web.respond import done, download, page

bp = Blueprint("letters", __name__)


@bp.get("/rounds/<uuid:round_id>/letters")
def index(round_id: UUID) -> Response:
    """The letters of a round by decision: to be written, ready, released."""
    require("letter.list")
    funding_round = find(FundingRound, round_id, *WITH_FUND, to="round.view")
    return page("letters/index.html", funding_round=funding_round, decisions=queries.letters_in(me(), round_id))


@bp.post("/decisions/<uuid:decision_id>/letters")
def draw_up(decision_id: UUID) -> Response:
    decision = find(Decision, decision_id, to="decision.draw_up_letters")
    count = actions.draw_up(decision, by=me())
    said = f"{readable.plural(count, 'letter')} drawn up. Write each of them now." if count else "All letters were drawn up already."
    return done(url_for(".index", round_id=decision.round_id), message=said)


@bp.post("/decisions/<uuid:decision_id>/letters/release")
def release(decision_id: UUID) -> Response:
    """One press for all: the applicants are told at the same moment."""
    decision = find(Decision, decision_id, to="decision.release_letters")
    count = actions.release(decision, request.form.get("seen", ""), by=me())
    said = (
        f"{readable.plural(count, 'letter')} released, and whoever applied told by e-mail."
        if count
        else "These letters were released already."
    )
    return done(url_for(".index", round_id=decision.round_id), message=said)


@bp.get("/letters/<uuid:letter_id>")
def show(letter_id: UUID) -> Response:
    """The letter as the applicant reads it; for the office also what is missing, and what can be done with it."""
    letter = _find(letter_id)
    return page("letters/show.html", letter=letter, said=_said(letter), missing=_missing(letter), form=DecisionForm(obj=letter))


@bp.get("/letters/<uuid:letter_id>.pdf")
def pdf(letter_id: UUID) -> Response:
    letter = _find(letter_id)
    return download(letter_pdf(_said(letter), letter.dated), f"{letter.facts['reference']}-letter.pdf")


@bp.route("/letters/<uuid:letter_id>/write", methods=["GET", "POST"])
def write(letter_id: UUID) -> Response:
    """The words of a letter; beside each weak criterion stands what the assessors wrote, to write from."""
    letter = find(Letter, letter_id, *queries.IN_FULL, to="letter.write")
    insist("letter.write", letter)
    form = letter_form(letter)
    if form.is_submitted():
        keys = [each["key"] for each in weak_in(letter)]
        if form.validate() and form.accepted(
            lambda: actions.write(letter, form.text.data, form.feedback(keys), form.terms, by=me(), expect=form.version.data), over=letter
        ):
            return done(url_for(".show", letter_id=letter_id), message="Saved. Read the letter as the applicant will see it.")
    return _writing(letter, form)


@bp.post("/letters/<uuid:letter_id>/ready")
def ready(letter_id: UUID) -> Response:
    """Nothing is missing in it; else the page where it is written says what."""
    letter, pressed = find(Letter, letter_id, *queries.IN_FULL, to="letter.write"), DecisionForm()
    missing = _missing(letter)
    if missing:
        form = letter_form(letter, None)
        form.say(missing)
        return _writing(letter, form, 422)
    if pressed.decides(letter, actions.finish, by=me()):
        return done(url_for(".index", round_id=letter.round_id), message=f"The letter to {letter.facts['organisation']} is ready.")
    return page("letters/show.html", pressed.status, letter=letter, said=_said(letter), missing=[], form=pressed)


def _writing(letter: Letter, form: LetterForm, status: int = 0) -> Response:
    """With what the assessors and the panel wrote about the weak criteria, for whoever may read it."""
    application, weak = letter.application, weak_in(letter)
    shows = bool(weak) and may("moderation.view", application)
    return page(
        "letters/write.html",
        status or form.status,
        letter=letter,
        form=form,
        weak=weak,
        sheets=sheets_in(application) if shows else [],
        agreed=agreed_of(application.id) if shows else {},
    )


def _find(letter_id: UUID) -> Letter:
    return find(Letter, letter_id, *queries.IN_FULL, to="letter.view")


def _missing(letter: Letter) -> Missing:
    return queries.owed_by(letter, clock.today()) if may("letter.write", letter) else []


def _said(letter: Letter) -> LetterPage:
    return letter_page(letter, current_app.config["HUB"].office)
