"""What a fund's screen says of its awards: instalments, reports, programme."""

import pytest

from partnerhub.extensions import db
from partnerhub.models import Fund
from tests.make import SMALL_RETURN
from tests.web.test_rounds import FUND

BRINGS = {"one_payment_to": "2,500", "instalments": "80, 20%", "report_due_days": "30", "half_way_above": "£5,000", "half_way_months": "6"}


@pytest.fixture
def officer(make, browser):
    return browser(make.user("officer"))


@pytest.fixture
def report(make):
    return str(make.version(SMALL_RETURN | {"questionnaire": "small_report", "title": "Small report", "kind": "report"}).questionnaire_id)


def test_what_an_award_brings_with_it_is_set_on_the_funds_screen(make, officer, report):
    forms = {"report_form_id": report, "half_way_form_id": report, "programme_id": str(make.programme(name="Grants").id)}
    assert officer.post("/funds/new", FUND | BRINGS | forms).status_code == 303
    fund = db.session.query(Fund).one()
    assert (fund.one_payment_to, fund.instalments, fund.report_due_days) == (2_500_00, [80, 20], 30)
    assert (fund.half_way_above, fund.half_way_months) == (5_000_00, 6)
    page = officer.get(f"/funds/{fund.id}").text
    half_way = "awards of more than £5,000.00 or projects of more than 6 months"
    for said in ("80%, 20%", "Small report, due 30 days after the end", half_way, "Grants"):
        assert said in page
    again = officer.get(f"/funds/{fund.id}/change").text
    assert 'value="80, 20"' in again and 'value="2,500"' in again


def test_what_is_left_empty_has_its_usual_value(officer):
    officer.post("/funds/new", FUND)
    fund = db.session.query(Fund).one()
    assert (fund.instalments, fund.report_due_days, fund.report_form_id, fund.programme_id) == ([100], 28, None, None)


@pytest.mark.parametrize("instalments", ["80, 30", "80; 20", "eighty", "100, 0", "-20, 120"])
def test_instalments_add_up_to_100_and_what_was_typed_comes_back(officer, instalments):
    answer = officer.post("/funds/new", FUND | {"instalments": instalments})
    assert answer.status_code == 422
    assert "add up to 100, like 80, 20" in answer.text and f'value="{instalments}"' in answer.text


def test_a_half_way_report_needs_to_be_for_something(officer, report):
    answer = officer.post("/funds/new", FUND | {"half_way_form_id": report})
    assert answer.status_code == 422 and "Enter for which awards or projects a half-way report is due" in answer.text
