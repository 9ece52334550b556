"""`partnerhub summary` and `partnerhub import observations`: what they print, and what they say when they cannot."""

import csv
import io
import json
import re

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import func, select

from partnerhub.cli import hub
from partnerhub.extensions import db
from partnerhub.models import Observation
from tests.reported import APPENDIX, published_office


@pytest.fixture
def run(app):
    """Runs `partnerhub …`: (exit code, standard output as bytes, standard error)."""

    def command(*arguments):
        result = app.test_cli_runner().invoke(hub, [str(each) for each in arguments])
        return result.exit_code, result.stdout_bytes, result.stderr

    return command


@pytest.fixture
def published(make):
    return published_office(make)


def test_json_is_what_the_page_offers(run, published):
    code, out, _ = run("summary", "dsva", "--period", "2022-23", "--format", "json")
    said = json.loads(out)
    assert (code, said["period"], said["lines"][0]["total"]["value"]) == (0, "2022-23", 740)
    assert json.loads(run("summary", published.id, "--format", "json")[1])["lines"] == said["lines"]


def test_html_is_a_page_of_its_own_with_links_to_the_hub(run, published):
    code, out, _ = run("summary", "dsva", "--period", "12 months to 2022-23 Q3")
    page = out.decode()
    assert (code, page.lstrip()[:15]) == (0, "<!DOCTYPE html>")
    assert page.rstrip().endswith("</html>")
    assert "12 of 15 (80%)" in page
    assert "<link" not in page
    links = re.findall(r'(?:href|src)="([^"]+)"', page)
    assert links and all(each.startswith("http://127.0.0.1:8000/") for each in links)


def test_a_period_without_figures_is_told_and_printed_all_the_same(run, published):
    for kind in ("html", "csv", "json"):
        code, out, error = run("summary", "dsva", "--period", "2030-31", "--format", kind)
        assert (code, error) == (0, "partnerhub: There are no figures for 2030-31.\n")
        assert b"2030-31" in out


def test_files_are_written_where_asked(run, published, tmp_path):
    for kind in ("csv", "xlsx", "docx", "html", "pdf"):
        assert run("summary", "dsva", "--period", "2022-23", "--format", kind, "-o", tmp_path / f"it.{kind}") == (0, b"", "")
    assert len(list(csv.reader(io.StringIO((tmp_path / "it.csv").read_text("utf-8-sig"), newline="")))) == 21 + 9
    assert load_workbook(tmp_path / "it.xlsx")["Figures"].max_row == 21
    assert len(Document(tmp_path / "it.docx").tables) == 2
    assert len(PdfReader(tmp_path / "it.pdf").pages) == 2
    assert load_workbook(io.BytesIO(run("summary", "dsva", "--format", "xlsx")[1]))["Figures"].max_row == 21


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), "partnerhub: There is no programme “nothing”. There are: dsva.\n"),
        (("dsva", "--period", "soon"), "partnerhub: “soon” is not a period. Write a period as"),
        (("dsva", "-o", "/nowhere/it.html"), "partnerhub: /nowhere/it.html: No such file or directory\n"),
    ],
)
def test_what_cannot_be_printed_is_said_in_one_line(run, published, arguments, said):
    code, out, error = run("summary", *arguments)
    assert (code, out, error.count("\n")) == (1, b"", 1)
    assert error.startswith(said)


def test_importing_says_what_came_in_and_the_second_time_that_nothing_changed(run, published):
    db.session.query(Observation).filter_by(status="as_published").delete()
    db.session.commit()
    assert run("import", "observations", "--totals-only", APPENDIX)[1].decode() == (
        "appendix-a-2022-23.csv: 20 figures added, 0 restated, 0 were there already. 80 figures of quarters were left out.\n"
    )
    assert run("import", "observations", APPENDIX) == (
        0,
        b"Nothing changed: the 100 figures of appendix-a-2022-23.csv were there already.\n",
        "",
    )


def test_a_bad_file_is_refused_row_by_row(run, published, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text(APPENDIX.read_text().replace(",115\n", ",many\n").replace("referrals_declined", "referrals_lost"))
    before = db.session.scalar(select(func.count()).select_from(Observation))
    code, out, error = run("import", "observations", bad)
    assert (code, out) == (1, b"")
    assert error == "bad.csv: line 2: “many” is not a number like 1234 or 12.5\npartnerhub: 1 fault found, nothing was changed\n"
    assert db.session.scalar(select(func.count()).select_from(Observation)) == before
    assert run("import", "observations", tmp_path / "none.csv")[2] == f"partnerhub: {tmp_path}/none.csv: No such file or directory\n"
