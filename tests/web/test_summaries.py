"""The summary as people meet it: read on a page, taken away as a file, followed to whoever signed."""

import copy
import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions import returns as actions
from partnerhub.extensions import db
from partnerhub.models import Programme, ServiceAgreement, Target
from partnerhub.web import summaries
from tests.browser import words_of
from tests.counting import assert_steady, needed, statements
from tests.make import SMALL_RETURN
from tests.reported import SENT, published_office, put, report, send_again
from tests.rules.published import LWA, WALL

PERCENT = "Victims with positive case closure: per cent"


@pytest.fixture
def officer(make, browser):
    return browser(make.user("officer", name="Officer One"))


@pytest.fixture
def published(make):
    return published_office(make)


def rows_of(response):
    """The rows of the tables on the page: label -> what its cells read (of the first service that has it)."""
    found = {}
    for row in re.findall(r'<tr><th scope="row">.*?</tr>', response.text, re.S):
        label, *cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        found.setdefault(label, [" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in cells])
    return found


def link_to(response, label, column, nth=0):
    """Where the number in this row and column leads."""
    row = re.findall(rf'<tr><th scope="row">{re.escape(label)}</th>.*?</tr>', response.text, re.S)[nth]
    return re.findall(r'href="([^"]+)"', row)[column]


# The page


def test_every_period_with_figures_or_returns_is_offered_below_its_year_the_newest_first(officer, published, make):
    make.monitoring_return(db.session.scalars(select(ServiceAgreement)).first(), "2023-24 Q1")
    page = officer.get("/programmes/dsva/summary?period=2019-20").text
    assert re.findall(r"<option( selected)?>([^<]+)</option>", page) == [
        *(("", each) for each in ("2023-24", "2023-24 Q1", "2022-23", "2022-23 Q4", "2022-23 Q3", "2022-23 Q2", "2022-23 Q1")),
        (" selected", "2019-20"),
    ]


def test_what_a_programme_is_for_stands_above_its_figures(officer, published):
    db.session.scalars(select(Programme)).one().about = "For people at risk <b>"
    db.session.commit()
    words = words_of(officer.get("/programmes/dsva/summary?period=2022-23"))
    assert words.index("For people at risk") < words.index("8 of 8 returns in")


def test_the_page_lays_the_published_tables_out_with_their_notes(officer, published):
    response = officer.get("/programmes/dsva/summary?period=2022-23")
    words = words_of(response)
    assert "Domestic and Sexual Violence and Abuse, 2022-23" in words
    assert "8 of 8 returns in" in words
    assert words.count("4 of 4 returns in") == 2
    rows = rows_of(response)
    assert rows["Number of hours of support per quarter"][:5] == ["191", "330", "158", "193", "872"]
    assert rows["Contact made following referral: within 72 hours"][:5] == ["4note 2", "5", "5", "3", "17note 2"]
    assert rows[PERCENT][:5] == [
        "89% *note 1, 4",
        "87% *note 1, 4",
        "100% *note 4",
        "83% *note 4",
        "cannot be combined: no denominatorsnote 3",
    ]
    assert "5 of 5 (100%) 3 of 6 (50%) 4 of 4 (100%) 5 of 5 (100%) 17 of 20 (85%)" in words
    assert "No whole number of people gives 89% from 23 or 87% from 19 (rounded half up, or cut)." in words
    assert "* as published, cannot be pooled: no denominators. The paper did not say how many people it is a percentage of." in words


def test_without_a_period_the_newest_year_with_figures_is_shown(officer, published):
    assert "Domestic and Sexual Violence and Abuse, 2022-23" in words_of(officer.get("/programmes/dsva/summary"))


def test_the_address_takes_the_id_as_well_as_the_short_name(officer, published):
    assert rows_of(officer.get(f"/programmes/{published.id}/summary")) == rows_of(officer.get("/programmes/dsva/summary"))


def test_quarter_year_and_twelve_months_lead_to_one_another(officer, published):
    year = officer.get("/programmes/dsva/summary?period=2022-23")
    ways = re.findall(r'href="(\?period=[^"]+)"', year.text)
    assert ways == ["?period=2022-23-Q4", "?period=12-months-to-2022-23-Q4"]
    quarter = officer.get(f"/programmes/dsva/summary{ways[0]}")
    assert rows_of(quarter)["Number of hours of support per quarter"] == ["193"]
    rolling = officer.get(f"/programmes/dsva/summary{ways[1]}")
    assert rows_of(rolling)["Number of hours of support per quarter"][:5] == ["191", "330", "158", "193", "872"]


def test_a_period_that_is_none_is_said(officer, published):
    response = officer.get("/programmes/dsva/summary?period=<b>")
    assert response.status_code == 422
    assert "“<b>” is not a period" in words_of(response)


@pytest.mark.parametrize("name", ["nothing", "%00", "00000000-0000-0000-0000-000000000000", "dsva%00"])
def test_a_programme_that_is_not_there_is_not_found(officer, published, name):
    assert officer.get(f"/programmes/{name}/summary").status_code == 404
    assert officer.get(f"/programmes/{name}/summary.json").status_code == 404


def test_a_year_without_figures_says_so(officer, published):
    assert "There are no figures for 2030-31." in words_of(officer.get("/programmes/dsva/summary?period=2030-31"))


def test_services_stand_in_the_order_that_the_programme_gives_them(make, officer):
    programme = make.programme()
    services = [make.service(programme, name, position=at) for at, name in ((2, "Advice"), (1, "Refuge"), (2, "Counselling"))]
    for service in services:
        report(make, make.agreement(service), "2022-23 Q1", {"referrals": 12})

    def order():
        page = officer.get(f"/programmes/{programme.id}/summary?period=2022-23")
        return re.findall(r'<h2 class="govuk-heading-m" id="service-\d+">(\w+)', page.text)

    assert order() == ["Refuge", "Advice", "Counselling"]
    lines = officer.get(f"/programmes/{programme.id}/summary.json?period=2022-23").json["lines"]
    assert list(dict.fromkeys(line["service"] for line in lines)) == ["Refuge", "Advice", "Counselling"]
    fields = {"name": "Advice", "about": "", "position": "0", "version": services[0].version}
    assert officer.post(f"/services/{services[0].id}/change", fields).status_code == 303
    assert order() == ["Advice", "Refuge", "Counselling"]


def test_a_target_prints_its_word_and_its_rule(make, officer):
    agreement = make.agreement()
    db.session.add(Target(agreement_id=agreement.id, indicator_key="helped", value=900))
    db.session.commit()
    report(make, agreement, "2022-23 Q1", {"helped": (300, 360)})
    report(make, agreement, "2022-23 Q2", {"helped": (323, 380)})
    rows = rows_of(officer.get(f"/programmes/{agreement.programme_id}/summary"))
    assert rows["People helped"][-1] == "Amber target 90%, within a tenth"


def test_names_are_shown_as_written_and_never_as_markup(make, officer):
    hostile = "<script>alert(1)</script><!-- tables -->"
    agreement = make.agreement(make.service(make.programme("odd", name=hostile), hostile), make.organisation(hostile))
    report(make, agreement, "2022-23 Q1", {"referrals": 1})
    response = officer.get("/programmes/odd/summary")
    assert "<script>alert" not in response.text
    assert words_of(response).count(hostile) >= 3
    assert rows_of(response)["Referrals received"][0] == "1"


def test_what_is_not_there_says_why_and_other_programs_read_the_same_few_statuses(make, officer):
    agreement = make.agreement()
    report(make, agreement, "2022-23 Q1", {"referrals": 12, "helped": None})
    make.monitoring_return(agreement, "2022-23 Q2", status="waived", waived_reason="The service had not begun.")
    make.monitoring_return(agreement, "2022-23 Q4", due_on=date(2023, 4, 25))
    address = f"/programmes/{agreement.programme.slug}/summary?period=2022-23"
    with clock.at(datetime(2023, 4, 11, 9, tzinfo=UTC)):
        page, rows = officer.get(address), rows_of(officer.get(address))
        assert rows["Referrals received"][:5] == ["12", "waived", "no return", "not due yet", "12"]
        assert rows["People helped"][0] == "not applicable"
        lines = {line["indicator"]: line for line in officer.get(address.replace("?", ".json?")).json["lines"]}
        statuses = [cell["status"] for cell in lines["referrals"]["cells"]]
        assert statuses == ["approved", "not_applicable", "not_applicable", "not_reported"]
        receipts = [words_of(officer.get(link_to(page, "Referrals received", at))) for at in range(1, 4)]
        assert "2022-23 Q2: waived" in receipts[0] and "The return was waived: it is not needed." in receipts[0]
        assert "2022-23 Q3: no return" in receipts[1] and "no return asked for it." in receipts[1]
        assert "2022-23 Q4: not due yet" in receipts[2] and "It is due on 25 April 2023." in receipts[2]
        word = text_of(officer.get(address.replace("?", ".docx?")), "docx")
        assert all(each in word for each in ("waived", "no return", "not due yet", "not applicable"))
    with clock.at(datetime(2023, 4, 26, 9, tzinfo=UTC)):
        assert rows_of(officer.get(address))["Referrals received"][3] == "not reported"


def test_a_programme_that_asks_once_a_year_shows_no_empty_quarters_and_its_files_to_read_neither(make, officer):
    agreement = make.agreement(frequency="year")
    report(make, agreement, "2022-23", {"referrals": 12})
    address = f"/programmes/{agreement.programme.slug}/summary?period=2022-23"
    page = officer.get(address)
    assert rows_of(page)["Referrals received"][0] == "12"
    assert re.findall(r'<th scope="col">([^<]+)</th>', page.text) == ["Indicator", "2022-23"]
    sheet = load_workbook(io.BytesIO(officer.get(address.replace("?", ".xlsx?")).data))["Summary"]
    assert [cell.value for row in sheet.iter_rows() for cell in row if cell.value in ("Q1", "2022-23")] == ["2022-23"]
    assert len(officer.get(address.replace("?", ".json?")).json["lines"][0]["cells"]) == 4


def test_a_programme_whose_forms_hold_no_figure_counts_its_returns(make, officer):
    document = copy.deepcopy(SMALL_RETURN) | {"questionnaire": "in_words", "indicators": []}
    document |= {"sections": document["sections"][1:], "checks": [], "breakdowns": {}}
    agreement = make.agreement(version=make.version(document))
    report(make, agreement, "2022-23 Q1", {})
    for quarter in ("Q2", "Q3", "Q4"):
        make.monitoring_return(agreement, f"2022-23 {quarter}")
    words = words_of(officer.get(f"/programmes/{agreement.programme_id}/summary?period=2022-23"))
    assert "1 of 4 returns in." in words
    assert "There are no figures for 2022-23. The returns that have come hold nothing that a summary adds up" in words


# Who sees what


@pytest.fixture
def mixed(make):
    """Q1 approved, Q2 only sent."""
    agreement = make.agreement()
    report(make, agreement, "2022-23 Q1", {"referrals": 12})
    report(make, agreement, "2022-23 Q2", {"referrals": 1414}, status="submitted")
    return agreement


def test_provisional_figures_are_marked_for_staff_and_hidden_from_viewers(make, browser, officer, mixed):
    viewer = browser(make.viewer(mixed.programme))
    address = f"/programmes/{mixed.programme.slug}/summary?period=2022-23"
    for _ in range(2):  # what was drawn for one is not shown to the other
        staff = officer.get(address)
        assert rows_of(staff)["Referrals received"][:2] == ["12", "1,414 p"]
        assert "p provisional: sent, not yet approved by the office" in words_of(staff)
        assert staff.text.index("provisional: sent") < staff.text.index("<table")  # read first, else a p looks like pence
        board = viewer.get(address)
        assert rows_of(board)["Referrals received"][:2] == ["12", "not reported"]
        assert "Approved figures only." in words_of(board)
        assert "1 of 2 returns in" in words_of(board)
    for kind in ("json", "csv"):
        said = [re.sub("[0-9a-f-]{36}", "id", each.get(address.replace("summary?", f"summary.{kind}?")).text) for each in (officer, viewer)]
        assert ["1414" in each for each in said] == [True, False]
    for kind in ("xlsx", "docx", "pdf"):
        assert viewer.get(address.replace("summary?", f"summary.{kind}?")).data
        assert "414" not in text_of(viewer.get(address.replace("summary?", f"summary.{kind}?")), kind)


def test_a_viewer_is_told_nothing_provisional_by_a_receipt(make, browser, officer, mixed):
    viewer = browser(make.viewer(mixed.programme))
    address = link_to(officer.get(f"/programmes/{mixed.programme_id}/summary"), "Referrals received", 1)
    assert "1,414" in words_of(officer.get(address))
    told = words_of(viewer.get(address))
    assert "1,414" not in told
    assert "not reported" in told


def test_partners_strangers_and_viewers_of_other_programmes_find_nothing(make, browser, stranger, officer, mixed):
    outside = [browser(make.lead(mixed.organisation)), browser(make.viewer(make.programme())), browser(make.user("assessor"))]
    address = f"/programmes/{mixed.programme.slug}/summary"
    receipt = link_to(officer.get(address), "Referrals received", 0)
    for page in (address, f"{address}.json", f"{address}.csv", f"{address}.xlsx", f"{address}.docx", f"{address}.pdf"):
        assert [each.get(page).status_code for each in outside] == [404, 404, 404]
        assert stranger.get(page).status_code == 303
    assert [each.get(receipt).status_code for each in outside[1:]] == [404, 404]
    assert stranger.get(receipt).status_code == 303


def test_a_provider_sees_where_each_of_its_own_figures_went_and_nobody_elses(make, browser, mixed):
    programme, beside = mixed.programme.slug, make.agreement(mixed.service)
    other = report(make, beside, "2022-23 Q2", {"referrals": 30})
    lead, member = browser(make.lead(mixed.organisation)), browser(make.member(mixed.organisation))
    others = browser(make.lead(make.organisation()))
    sent = next(each for each in db.session.query(actions.MonitoringReturn) if each.status == "submitted")
    sent_id, other_id, beside_id = sent.id, other.id, beside.id
    send_again(sent, {}, answers={"texts": {}, "values": {}, "failures": [], "visible": []})
    for each in (lead, member):
        for place in ("versions/2", "receipt"):
            assert f'href="/returns/{sent_id}/figures"' in each.get(f"/returns/{sent_id}/{place}").text
        page = each.get(f"/returns/{sent_id}/figures")
        assert rows_of(page)["Referrals received"] == ["1,414 (provisional)", "1,426 (provisional)"]
        assert [link_to(page, "Referrals received", at).rpartition("/")[2] for at in (0, 1)] == ["2022-23-Q2", "2022-23"]
        told = words_of(each.get(link_to(page, "Referrals received", 1)))
        assert "12 + 1,414 = 1,426" in told
        assert "Programmes" not in told  # nowhere that they may not go
        assert each.get(f"/programmes/{programme}/summary").status_code == 404
        assert each.get(f"/returns/{other_id}/figures").status_code == 404
        assert each.get(f"/receipts/a/{beside_id}/referrals/all/2022-23-Q2").status_code == 404
    assert len(needed(lead, f"/returns/{sent_id}/figures")) <= 12
    assert others.get(f"/returns/{sent_id}/figures").status_code == 404
    assert others.get(link_to(page, "Referrals received", 0)).status_code == 404


def test_what_was_never_sent_has_gone_nowhere(make, browser, mixed):
    owed = make.monitoring_return(mixed, "2022-23 Q3")
    assert browser(make.lead(mixed.organisation)).get(f"/returns/{owed.id}/figures").status_code == 404


def test_a_figure_that_only_the_office_sees_stays_with_the_office(make, browser, officer):
    document = copy.deepcopy(SMALL_RETURN) | {"questionnaire": "with_our_own"}
    document["sections"][0]["questions"][3]["visible_to"] = "office"
    agreement = make.agreement(version=make.version(document))
    sent = report(make, agreement, "2022-23 Q1", {"referrals": 12, "helped": (3, 5)})
    lead = browser(make.lead(agreement.organisation))
    assert list(rows_of(lead.get(f"/returns/{sent.id}/figures"))) == ["Referrals received"]
    receipt = f"/receipts/a/{agreement.id}/helped/all/2022-23-Q1"
    assert (lead.get(receipt).status_code, officer.get(receipt).status_code) == (404, 200)


def test_a_viewer_cannot_tell_what_was_sent_and_never_approved_from_what_never_came(make, browser, officer):
    programme = make.programme()
    service = make.service(programme)
    for state in ("draft", "submitted", "queried", "reopened"):
        agreement = make.agreement(service, make.organisation(f"Provider {state}"))
        db.session.add(Target(agreement_id=agreement.id, indicator_key="referrals", value=45))
        report(make, agreement, "2022-23 Q1", {"referrals": 1_001})
        if state == "draft":
            make.monitoring_return(agreement, "2022-23 Q2", status="draft")
        else:
            report(make, agreement, "2022-23 Q2", {"referrals": 1_414}, status="draft" if state == "reopened" else state)
    viewer = browser(make.viewer(programme))
    page = viewer.get(f"/programmes/{programme.id}/summary?period=2022-23")
    rows = re.findall(r'<tr><th scope="row">Referrals received.*?</tr>', page.text, re.S)
    lines = {re.sub(r"<[^>]+>|note [0-9]+", " ", row) for row in rows}
    assert (len(rows), len(lines)) == (4, 1)
    assert "a return that was due is not in" in lines.pop()
    places = [link_to(page, "Referrals received", 1, nth) for nth in range(4)]
    told = {re.sub("Provider [a-z]+", "The provider", words_of(viewer.get(place))) for place in places}
    assert len(told) == 1
    assert "The return is not in. It is due on 21 October 2022." in told.pop()
    assert sum("The return is not in." in words_of(officer.get(place)) for place in places) == 1


def test_a_viewer_finds_no_receipt_of_a_part_of_a_figure(make, browser, officer):
    agreement = make.agreement()
    sent = report(make, agreement, "2022-23 Q1", {"referrals": 12})
    put(
        agreement.id,
        agreement.service_id,
        sent.period_id,
        {"referrals": 3},
        "approved",
        "area:north",
        submission_version_id=sent.latest_version_id,
    )
    viewer = browser(make.viewer(agreement.programme))
    address = f"/receipts/x/{agreement.id}/referrals/{{}}/2022-23-Q1"
    assert viewer.get(address.format("all")).status_code == 200
    assert viewer.get(address.format("area:north")).status_code == 404
    assert viewer.get(address.format("area:nowhere")).status_code == 404
    assert officer.get(address.format("area:north")).status_code == 200


def test_approving_changes_the_page_at_once(make, officer, browser, mixed):
    address = f"/programmes/{mixed.programme_id}/summary"
    viewer = browser(make.viewer(mixed.programme))
    assert [rows_of(each.get(address))["Referrals received"][1] for each in (officer, viewer)] == ["1,414 p", "not reported"]
    sent = next(each for each in db.session.query(actions.MonitoringReturn) if each.status == "submitted")
    actions.approve_return(sent, by=make.person(make.user("officer")))
    assert [rows_of(each.get(address))["Referrals received"][1] for each in (officer, viewer)] == ["1,414", "1,414"]


# Files


def text_of(response, kind):
    """Every figure and word of a file, as one text."""
    if kind == "pdf":
        return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(response.data)).pages)
    if kind == "xlsx":
        book = load_workbook(io.BytesIO(response.data))
        return " ".join(str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None)
    document = Document(io.BytesIO(response.data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join([*(each.text for each in document.paragraphs), *cells])


def test_json_follows_its_contract(officer, published):
    said = officer.get("/programmes/dsva/summary.json?period=2022-23").json
    assert (said["programme"], said["period"], len(said["lines"])) == ("dsva", "2022-23", 20)
    pooled = next(line for line in said["lines"] if line["organisation"] == WALL and line["indicator"] == "positive_closure_percent")
    total = dict(pooled["total"])
    receipt = total.pop("receipt")
    assert total == {"value": 17, "out_of": 20, "percent": 85.0, "status": "approved", "coverage": {"in": 4, "expected": 4}}
    assert "17 of 20 (85%)" in words_of(officer.get(receipt)) or "17 of 20 (85%)" in words_of(officer.get(receipt))
    bare = next(line for line in said["lines"] if line["organisation"] == LWA and line["indicator"] == "positive_closure_percent")
    first = {key: bare["cells"][0][key] for key in ("period", "value", "out_of", "percent", "status")}
    assert first == {"period": "2022-23 Q1", "value": None, "out_of": None, "percent": 89, "status": "as_published"}
    assert bare["total"]["status"] == "cannot_be_combined"
    assert [note["kind"] for note in said["notes"]] == ["impossible_percentage", "does_not_add_up", "mean_of_percentages", "as_published"]
    assert all(officer.get(each).status_code == 200 for note in said["notes"] for each in note["about"]["receipts"][:1])


def test_all_files_hold_the_same_figures(officer, published):
    said = officer.get("/programmes/dsva/summary.json?period=2022-23").json
    lines = [[(cell["value"], cell["out_of"], cell["status"]) for cell in (*line["cells"], line["total"])] for line in said["lines"]]
    rows = list(csv.reader(io.StringIO(officer.get("/programmes/dsva/summary.csv?period=2022-23").data.decode("utf-8-sig"), newline="")))
    in_csv = [[(row[at], row[at + 1], row[at + 4]) for at in range(6, 31, 5)] for row in rows[1:21]]
    assert [
        [(str(value or 0) if value is not None else "", str(out_of or ""), status) for value, out_of, status in line] for line in lines
    ] == in_csv
    sheet = load_workbook(io.BytesIO(officer.get("/programmes/dsva/summary.xlsx?period=2022-23").data))["Figures"]
    in_book = [[(row[at], row[at + 1], row[at + 4]) for at in range(6, 31, 5)] for row in list(sheet.values)[1:21]]
    assert lines == [[tuple(cell) for cell in line] for line in in_book]
    word = text_of(officer.get("/programmes/dsva/summary.docx?period=2022-23"), "docx")
    assert "17 of 20 (85%)" in word
    for line in said["lines"]:
        assert line["label"] in word


def test_files_are_named_after_programme_and_period(officer, published):
    answers = {kind: officer.get(f"/programmes/dsva/summary.{kind}?period=2022-23") for kind in ("pdf", "docx", "xlsx", "csv", "json")}
    assert [answers[kind].mimetype for kind in ("csv", "json", "pdf")] == ["text/csv", "application/json", "application/pdf"]
    assert answers["pdf"].data.startswith(b"%PDF-")
    assert {kind: each.headers["Content-Disposition"] for kind, each in answers.items()} == {
        kind: f"attachment; filename=dsva-2022-23.{kind}" for kind in answers
    }
    assert officer.get("/programmes/dsva/summary.odt").status_code == 404


def test_the_files_are_offered_above_the_figures(officer, published):
    page = officer.get("/programmes/dsva/summary?period=2022-23").text
    offered = re.findall(r'<a class="govuk-link" download href="/programmes/dsva/summary\.(\w+)\?period=2022-23">', page)
    assert offered == ["pdf", "docx", "xlsx", "csv", "json"]
    assert page.index("summary.pdf") < page.index('id="summary-tables"')


# Receipts


def test_a_total_leads_to_its_cells_and_to_the_leads_who_signed_them(officer, published):
    page = officer.get("/programmes/dsva/summary?period=2022-23")
    told = officer.get(link_to(page, PERCENT, 4, nth=1))
    words = words_of(told)
    assert f"{PERCENT}, 2022-23: 17 of 20 (85%)" in words
    assert "pooled: 17 of 20 (85%), because 5 + 3 + 4 + 5 = 17 and 5 + 6 + 4 + 5 = 20" in words
    assert "“Victims with positive case closure: number”, out of “Number of clients exiting the service: planned exit”" in words
    assert words.count(f"by Lead of {WALL}") == 4
    assert "appendix-a-2022-23.csv" in words
    cells = re.findall(r'href="(/receipts/[^"]+)"', told.text)
    assert ["17 of 20" not in words_of(officer.get(each)) for each in cells] == [True] * 4


def test_a_sum_is_written_out(officer, published):
    page = officer.get("/programmes/dsva/summary?period=2022-23")
    words = words_of(officer.get(link_to(page, "Number of hours of support per quarter", 4)))
    assert "The figures are added up." in words
    assert "191 + 330 + 158 + 193 = 872" in words


@pytest.fixture
def caseload(make):
    """131 cases open for 6.5 workers, as the form works it out."""
    document = copy.deepcopy(SMALL_RETURN) | {"questionnaire": "caseload_return"}
    numbers = {"measure": "last", "over_providers": "pooled_ratio", "unit": "cases for each worker", "decimals": 2, "direction": "band"}
    document["indicators"].append({"key": "caseload", "label": "Cases for each worker", **numbers})
    document["sections"][0]["questions"] += [
        {"key": "cases", "type": "decimal", "decimals": 2, "label": "Cases open"},
        {"key": "workers", "type": "decimal", "decimals": 2, "label": "Workers"},
        {
            "key": "each",
            "type": "computed",
            "decimals": 2,
            "label": "Caseload",
            "number": "cases",
            "out_of": "workers",
            "indicator": "caseload",
        },
    ]
    agreement = make.agreement(version=make.version(document))
    report(make, agreement, "2022-23 Q1", {"caseload": (13100, 650)})
    return agreement


def test_a_ratio_is_a_plain_number_on_the_page_and_in_its_receipt(officer, caseload):
    page = officer.get(f"/programmes/{caseload.programme_id}/summary")
    assert rows_of(page)["Caseload"][0] == "20.2 (131 divided by 6.5)"
    words = words_of(officer.get(link_to(page, "Caseload", 0)))
    assert "Caseload, 2022-23 Q1: 20.2 (131 divided by 6.5)" in words
    assert "Figure 20.2 (131 divided by 6.5). Approved." in words
    assert "Worked out by the hub from other answers of the return: “Cases open”, divided by “Workers”." in words
    assert "%" not in words


def test_every_number_of_the_page_has_a_receipt(officer, published):
    page = officer.get("/programmes/dsva/summary?period=2022-23")
    links = re.findall(r'<td><a href="([^"]+)">', page.text)
    assert len(links) == 100
    for link in links[::7]:
        assert "Where it comes from" in words_of(officer.get(link))


def test_a_receipt_tells_who_signed_who_approved_what_it_was_before_and_why(make, officer):
    agreement = make.agreement()
    lead = make.lead(agreement.organisation, name="Lead One")
    approver = make.person(make.user("officer", name="Officer Two"))
    sent = report(make, agreement, "2022-23 Q1", {"referrals": 12}, status="submitted", signed_by=lead)
    with clock.at(SENT):
        actions.approve_return(sent, by=approver)
        actions.reopen_return(sent, "Two people were left out.", SENT.date(), by=approver)
    asked = {
        "failures": [
            {"check": "seen_is_referrals", "sentence": "People seen should equal referrals.", "about": [["seen", ""], ["referrals", ""]]},
            {"check": "swing", "severity": "asks", "sentence": "This moved far.", "about": [["referrals", ""]]},
            {"check": "adds_up", "severity": "stops", "sentence": "The groups must add up.", "about": [["referrals", ""]]},
        ],
        "texts": {"seen": {"reason.seen_is_referrals": "One came twice."}},
    }
    send_again(sent, {"referrals": 14}, signed_by=lead, answers=asked)
    sent.status = "submitted"
    db.session.commit()
    with clock.at(SENT.replace(day=20)):
        actions.approve_return(sent, by=approver)
    page = officer.get(f"/programmes/{agreement.programme_id}/summary")
    words = words_of(officer.get(link_to(page, "Referrals received", 0)))
    assert "Referrals received, 2022-23 Q1: 14" in words
    assert "Was 12 (version 1), restated to 14 on 20 July 2023 by version 2." in words
    assert "by Lead One, 13 July 2023 at 10:00" in words
    assert "by Officer Two, 20 July 2023 at 10:00" in words
    assert "Reopened by Officer Two, 3 July 2023 at 10:00: Two people were left out." in words
    assert "A check asked People seen should equal referrals. Reason given: One came twice." in words
    assert "A check asked This moved far. No reason was given." in words
    assert "A check said The groups must add up. " in words and "add up. No reason" not in words
    assert f'href="/returns/{sent.id}/versions/2"' in officer.get(link_to(page, "Referrals received", 0)).text


def test_a_figure_that_was_corrected_before_it_was_approved_stays_inside_the_office(make, browser, officer):
    agreement = make.agreement()
    sent = report(make, agreement, "2022-23 Q1", {"referrals": 1212}, status="submitted")
    db.session.query(actions.Observation).update({"status": "superseded"})
    send_again(sent, {"referrals": 14})
    actions.approve_return(sent, by=make.person(make.user("officer")))
    viewer = browser(make.viewer(agreement.programme))
    address = link_to(officer.get(f"/programmes/{agreement.programme_id}/summary"), "Referrals received", 0)
    assert "Was 1,212 (version 1), corrected to 14" in words_of(officer.get(address))
    assert "1,212" not in words_of(viewer.get(address))


def test_a_figure_that_was_sent_again_unchanged_was_not_corrected(make, officer):
    agreement = make.agreement()
    sent = report(make, agreement, "2022-23 Q1", {"referrals": 90, "helped": (3, 5)}, status="submitted")
    db.session.query(actions.Observation).update({"status": "superseded"})
    send_again(sent, {"referrals": 90, "helped": (4, 5)})
    page = officer.get(f"/programmes/{agreement.programme_id}/summary")
    unchanged = words_of(officer.get(link_to(page, "Referrals received", 0)))
    assert unchanged.count("Figure 90.") == 2
    assert "corrected" not in unchanged and "Was 90" not in unchanged
    changed = words_of(officer.get(link_to(page, "People helped", 0)))
    assert "Was 3 of 5 (60%) (version 1), corrected to 4 of 5 (80%)" in changed


def test_a_missing_return_is_named_in_the_receipt(make, officer):
    agreement = make.agreement()
    report(make, agreement, "2022-23 Q1", {"referrals": 12})
    make.monitoring_return(agreement, "2022-23 Q2")
    page = officer.get(f"/programmes/{agreement.programme_id}/summary")
    assert "The return is not in. It is due on 21 October 2022." in words_of(officer.get(link_to(page, "Referrals received", 1)))
    assert "No figure of this kind was reported, and no return asked for it." in words_of(
        officer.get(link_to(page, "Referrals received", 2))
    )


@pytest.mark.parametrize(
    "receipt", ["x", "a/b/c/d/e", "a/{agreement}/referrals/all/never", "a/{agreement}/referrals/all", "a/{nobody}/referrals/all/2022-23-Q1"]
)
def test_what_is_no_receipt_is_not_found(make, officer, receipt):
    agreement = make.agreement()
    address = receipt.format(agreement=agreement.id, nobody="00000000-0000-0000-0000-000000000000")
    assert officer.get(f"/receipts/{address}").status_code == 404


@pytest.mark.parametrize("indicator", ["nothing", "%00", "%3Cb%3E", "x" * 300])
def test_an_indicator_that_nothing_is_known_of_has_an_empty_receipt(make, officer, indicator):
    agreement = make.agreement()
    response = officer.get(f"/receipts/a/{agreement.id}/{indicator}/all/2022-23")
    assert response.status_code == 200
    assert "No figure of this kind was reported" in words_of(response)


# Cost


def test_page_and_receipts_take_as_many_statements_with_fifty_rows_as_with_one(make, officer):
    agreement = make.agreement()
    report(make, agreement, "2022-23 Q1", {"referrals": 1})
    address = f"/programmes/{agreement.programme_id}/summary?period=2022-23"

    before = drawn_anew(officer, address)
    receipt = link_to(officer.get(address), "Referrals received", 4)
    few = needed(officer, receipt)
    agreement = db.session.merge(agreement)
    for number in range(50):
        beside = make.agreement(make.service(agreement.programme))
        report(make, beside, f"2022-23 Q{number % 4 + 1}", {"referrals": number, "helped": (1, 2)})
    after = drawn_anew(officer, address)
    assert len(before) == len(after) <= 12, "\n".join(after)
    for quarter in ("Q2", "Q3", "Q4"):
        sent = report(make, agreement, f"2022-23 {quarter}", {"referrals": 5})
        send_again(sent, {"referrals": 6}, standing="superseded")
    assert len(needed(officer, receipt)) == len(few) <= 12
    for kind in ("json", "csv"):
        assert_steady(officer, f"/programmes/{agreement.programme_id}/summary.{kind}?period=2022-23", lambda: put_more(agreement, make))


def put_more(agreement, make):
    put(agreement.id, agreement.service_id, make.period("2022-23 Q3").id, {"referrals": 3}, "approved")


def drawn_anew(officer, address):
    """The statements of the page when nothing of it is kept."""
    officer.get(address)
    summaries.KEPT.clear()
    with statements() as sent:
        assert officer.get(address).status_code == 200
    return sent


def test_seen_again_the_page_takes_three_statements(officer, published):
    assert len(needed(officer, "/programmes/dsva/summary?period=2022-23")) == 3
