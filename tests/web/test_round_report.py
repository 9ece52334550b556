"""What a round came to, as its page and its files tell it."""

import io

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from partnerhub.models import District
from partnerhub.rules.words import ApplicationStatus, AwardStatus
from tests.browser import words_of
from tests.counting import assert_steady
from tests.make import CLOSED


@pytest.fixture
def funding_round(make):
    return make.autumn_round(make.fund(code="PZ"), number=2)


def sent(make, funding_round, number, asked, status=ApplicationStatus.DECLINED, **rest):
    values = {"number": number, "reference": f"{funding_round.reference}-{number:04}", "submitted_at": CLOSED, "marks_in_at": CLOSED}
    return make.application(funding_round, amount_requested=asked, status=status, **values, **rest)


@pytest.fixture
def decided(make, funding_round):
    """Three were sent, one got a part of what it asked for; a draft and one that was withdrawn do not count."""
    funded = sent(make, funding_round, 1, 10_000_00, ApplicationStatus.APPROVED)
    make.award(funded, amount=7_940_00, status=AwardStatus.AGREED)
    sent(make, funding_round, 2, 5_000_00)
    sent(make, funding_round, 3, 1_000_00, ApplicationStatus.INELIGIBLE)
    sent(make, funding_round, 4, 2_000_00, ApplicationStatus.WITHDRAWN)
    make.application(funding_round)
    return funding_round


def test_the_page_adds_up_what_was_sent_and_what_was_given(make, browser, decided):
    said = words_of(browser(make.user("officer")).get(f"/rounds/{decided.id}/report"))
    assert "3 applications came, and asked for £16,000.00; 1 award came to £7,940.00, a success of 1 of 3 (33.3%)." in said
    assert "Decided 32 days after the close." in said


def test_the_files_have_the_same_figures(make, browser, decided):
    officer = browser(make.user("officer"))
    first = officer.get(f"/rounds/{decided.id}/report.json").get_json()[0]
    assert (first["applications"], first["asked_pence"], first["awarded"], first["awarded_pence"]) == (3, 16_000_00, 1, 7_940_00)
    assert '"All","All applications",3,1600000,3,1,794000,"1 of 3 (33.3%)"' in officer.get(f"/rounds/{decided.id}/report.csv").text
    sheet = load_workbook(io.BytesIO(officer.get(f"/rounds/{decided.id}/report.xlsx").data)).active
    assert [cell.value for cell in sheet[2]] == ["All", "All applications", 3, 16_000, 3, 1, 7_940, "1 of 3 (33.3%)"]
    pages = PdfReader(io.BytesIO(officer.get(f"/rounds/{decided.id}/report.pdf").data)).pages
    assert "£7,940.00" in " ".join(each.extract_text() for each in pages)


def test_an_award_that_was_refused_gave_nothing(make, browser, funding_round):
    make.award(sent(make, funding_round, 1, 10_000_00, ApplicationStatus.APPROVED), status=AwardStatus.REFUSED)
    assert "0 awards came to £0.00" in words_of(browser(make.user("officer")).get(f"/rounds/{funding_round.id}/report"))


def test_who_applied_in_an_earlier_round_of_the_fund_does_not_apply_for_the_first_time(make, browser, funding_round):
    group = make.organisation()
    earlier = make.autumn_round(funding_round.fund, number=1, opens_at=CLOSED.replace(month=5), closes_at=CLOSED.replace(month=6))
    sent(make, earlier, 1, 1_000_00, organisation=group)
    sent(make, funding_round, 1, 1_000_00, organisation=group)
    sent(make, funding_round, 2, 1_000_00)
    told = browser(make.user("officer")).get(f"/rounds/{funding_round.id}/report.json").get_json()
    assert {line["line"]: line["applications"] for line in told if line["group"] == "First time"} == {
        "Applies for the first time": 1,
        "Has applied before": 1,
    }


def test_three_rounds_show_from_which_districts_nobody_applies(make, browser, funding_round):
    for code, name in (("E07000129", "Blaby"), ("E06000017", "Rutland")):
        make._kept(District(code=code, name=name, kind="district"))
    for month, number in ((3, 8), (5, 9)):
        make.autumn_round(
            funding_round.fund, number=number, opens_at=CLOSED.replace(month=month), closes_at=CLOSED.replace(month=month + 1)
        )
    sent(make, funding_round, 1, 1_000_00, organisation=make.organisation(district_code="E07000129"))
    said = words_of(browser(make.user("officer")).get(f"/rounds/{funding_round.id}/report"))
    assert "Districts without an application in the last 3 rounds: Rutland." in said


def test_the_page_asks_no_more_of_the_database_when_more_applied(make, browser, funding_round):
    officer = browser(make.user("officer"))
    numbers = iter(range(1, 100))

    def one_more():
        sent(make, funding_round, next(numbers), 1_000_00)

    one_more()
    assert_steady(officer, f"/rounds/{funding_round.id}/report", lambda: [one_more() for _ in range(10)])


def test_an_applicant_does_not_see_it(make, browser, decided):
    assert browser(make.lead(make.organisation())).get(f"/rounds/{decided.id}/report").status_code == 404
