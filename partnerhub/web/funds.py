"""Funds: the list with their rounds, each one's page, set up and changed, the next round prepared."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import funds as actions
from partnerhub.actions import rounds as round_actions
from partnerhub.documents import lists
from partnerhub.forms.funds import ChangeFundForm, NewFundForm
from partnerhub.forms.rounds import NewRoundForm
from partnerhub.models import Fund
from partnerhub.queries import funds as queries
from partnerhub.queries.rounds import form_choices, in_words, next_number
from partnerhub.rules.periods import financial_year_of
from partnerhub.web.doors import me
from partnerhub.web.finding import find, require
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.respond import done, page

bp = Blueprint("funds", __name__)


@bp.get("/funds")
@bp.get(f"/funds{FILE}")
def index(kind: str = "") -> Response:
    """Every fund with its rounds."""
    require("fund.list")
    found = queries.funds_for(me())
    return (
        list_file(kind, lists.FUNDS, found)
        if kind
        else page("funds/index.html", found=found, stands=in_words(each for fund in found for each in fund.rounds))
    )


@bp.route("/funds/new", methods=["GET", "POST"])
def create() -> Response:
    require("fund.create")
    form = NewFundForm()
    form.offer(queries.report_choices(), queries.programme_choices())
    if form.validate_on_submit() and form.accepted(lambda: actions.create_fund(None, form.details(), by=me()), "name"):
        return done(url_for(".show", fund_id=form.result.id), message=f"{form.result.name} was set up. Prepare its first round next.")
    return page("funds/create.html", form.status, form=form)


@bp.get("/funds/<uuid:fund_id>")
def show(fund_id: UUID) -> Response:
    """What it promises, and its rounds."""
    fund = find(Fund, fund_id, *queries.IN_FULL, to="fund.view")
    return page("funds/show.html", fund=fund, stands=in_words(fund.rounds), named=queries.names_for(fund))


@bp.route("/funds/<uuid:fund_id>/change", methods=["GET", "POST"])
def change(fund_id: UUID) -> Response:
    fund = find(Fund, fund_id, *queries.IN_FULL, to="fund.change")
    form = ChangeFundForm(data=ChangeFundForm.filled_from(fund))
    form.offer(queries.report_choices(fund.report_form_id, fund.half_way_form_id), queries.programme_choices())
    if form.validate_on_submit() and form.accepted(
        lambda: actions.change_fund(fund, form.details(), by=me(), expect=form.version.data), "code", over=fund
    ):
        return done(url_for(".show", fund_id=fund_id), message="The fund was changed.")
    return page("funds/change.html", form.status, form=form, fund=fund)


@bp.route("/funds/<uuid:fund_id>/rounds/new", methods=["GET", "POST"])
def create_round(fund_id: UUID) -> Response:
    """A round in preparation, to be read as applicants will see it before it is published."""
    fund = find(Fund, fund_id, *queries.IN_FULL, to="round.create")
    year = financial_year_of(clock.today())
    form = NewRoundForm(data={"year": year, "number": next_number(fund, year), "over_commitment": 0, "assessors_per_bid": 3})
    form.offer([year - 1, year, year + 1, year + 2], form_choices())
    if form.validate_on_submit() and form.accepted(lambda: round_actions.create_round(fund, form.details(), by=me()), "number"):
        return done(
            url_for("rounds.show", round_id=form.result.id), message="The round is prepared. Read it as applicants will, then publish it."
        )
    return page("funds/create_round.html", form.status, form=form, fund=fund)
