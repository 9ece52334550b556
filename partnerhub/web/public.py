"""Pages for everybody: the front page, accessibility, privacy, who can do what, and whether the hub is well."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.queries import joining
from partnerhub.queries.applications import open_rounds, sent_by_round
from partnerhub.queries.awards import applied_and_awarded
from partnerhub.queries.documents import all_kept_by, lacking_in, to_renew
from partnerhub.queries.payments import money_to_do, to_pay_back
from partnerhub.queries.people import memberships_of
from partnerhub.queries.programmes import programmes_for
from partnerhub.queries.returns import answers_so_far, at_the_office, owed_by, sent_by
from partnerhub.queries.shape import is_migrated
from partnerhub.queries.waiting import waiting_for
from partnerhub.rules.documents_asked import validity
from partnerhub.rules.policy import RULES, during_words
from partnerhub.rules.words import DocumentStage
from partnerhub.web import filters
from partnerhub.web.doors import me
from partnerhub.web.furniture import may
from partnerhub.web.respond import page
from partnerhub.web.waiting import address_of

bp = Blueprint("public", __name__)


@bp.get("/")
def home() -> Response:
    """A stranger is welcomed; everybody else sees first what waits for them."""
    person = me()
    if not person.is_signed_in:
        return page("public/home.html", open_rounds=open_rounds(clock.now()))
    now, today = clock.now(), clock.today()
    owed = owed_by(person) if person.organisations else []
    sent = sent_by(person) if person.organisations else []
    later = [each for each in owed if each.is_for_later(today)]
    to_read, overdue = at_the_office(person, today) if may("return.list") else ([], [])
    applied = applied_and_awarded(person) if person.organisations else []
    awards = sorted((each.award for each in applied if each.award), key=lambda award: (award.is_over, award.agreed_at is not None))
    to_sign = [each for each in awards if each.is_unsigned and may("award.sign", each)]
    applications = [each.application for each in applied]
    kept = all_kept_by(person.organisations)
    paid_later = [each for each in applied if each.award and each.to_pay and not each.award.is_unsigned]
    lacking = lacking_in([each.application for each in paid_later], DocumentStage.PAYMENT, today, kept)
    to_finish = [each for each in applications if each.is_correction or (each.is_draft and not each.has_closed(now))]
    waits = joining.waits_for(person)
    waiting = waiting_for(person, now)
    to_state = [] if may("interest.list_owed") else [each for each in waiting if each.deed == "interest.state"]
    return page(
        "home/home.html",
        awards=[each for each in awards if each not in to_sign],
        next_reports={each.award_id: each for each in reversed(owed)},
        to_pay_back=to_pay_back(person) if any(each.reference for each in applications) else [],
        to_send=[(each.award, papers) for each in paid_later if (papers := lacking[each.application.id])],
        owed=[each for each in owed if each not in later],
        later=later,
        sent=sent,
        so_far=answers_so_far(owed) if owed else {},
        applications=[each for each in applications if each not in to_finish],
        to_finish=to_finish,
        to_sign=to_sign,
        waiting=[each for each in waiting if each not in to_state],
        to_state=to_state,
        address_of=address_of,
        rounds=sent_by_round(person) if may("application.list") else [],
        to_renew=to_renew(kept, today),
        validity=validity,
        unsent=waits.unsent if may("mail.list") else 0,
        to_read=to_read,
        overdue=overdue,
        asking=waits.asking,
        alike=waits.alike,
        requests=joining.requests_of(person.id) if person.id and not person.organisations else [],
        registrations=joining.waiting_registrations(person.id) if person.id and not person.organisations else [],
        money=money_to_do(person, today) if may("payment.release") else None,
        today=today,
        memberships=memberships_of(person.id) if person.id and len(person.organisations) > 1 else [],
        programmes=programmes_for(person) if may("programme.list") else [],
    )


@bp.get("/permissions")
def permissions() -> Response:
    """Who can do what: drawn from the table that decides it."""
    return page("public/permissions.html", rules=RULES, during=during_words)


@bp.get("/accessibility")
def accessibility() -> Response:
    return page("public/accessibility.html")


@bp.get("/privacy")
def privacy() -> Response:
    return page("public/privacy.html")


@bp.get("/office.css")
def office_css() -> Response:
    """The office's colour, as a style sheet of its own because pages hold no styles."""
    answer = make_response(filters.office_css(current_app.config["HUB"].office_colour))
    answer.mimetype = "text/css"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@bp.get("/favicon.ico")
def favicon() -> Response:
    return redirect(url_for("static", filename="favicon.svg"), 301)


@bp.get("/healthz")
def healthz() -> Response:
    """200 when the database answers and its migrations are current."""
    try:
        well = is_migrated()
    except SQLAlchemyError:
        return make_response({"database": "does not answer"}, 503)
    return make_response({"database": "answers", "migrations": "current" if well else "behind"}, 200 if well else 503)
