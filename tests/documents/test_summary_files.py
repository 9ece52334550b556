"""The same summary as CSV, workbook, Word document and JSON: the same figures, and nothing that a spreadsheet would run."""

import csv
import dataclasses
import io
import json
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from openpyxl import load_workbook
from pypdf import PdfReader

from partnerhub.documents import tables
from partnerhub.documents.summary_csv import summary_csv
from partnerhub.documents.summary_docx import summary_docx
from partnerhub.documents.summary_json import summary_json
from partnerhub.documents.summary_pdf import summary_pdf
from partnerhub.documents.summary_xlsx import summary_xlsx
from partnerhub.rules.measures import Cell, CellStatus
from tests.documents.hostile import FORMULAS, LIBRARY, ODD, hostile_summary
from tests.documents.test_round_files import assert_british
from tests.rules.published import ACCOMMODATION, LOCALITY, LWA, published_summary

PERCENT = "Victims with positive case closure: per cent"
NOTE_1 = f"{LOCALITY}, {LWA}: No whole number of people gives 89% from 23 or 87% from 19 (rounded half up, or cut)."


def csv_rows(summary):
    content = summary_csv(summary).encode()
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets(summary):
    book = load_workbook(io.BytesIO(summary_xlsx(summary)))
    return book["Figures"], book["Notes"]


def reading(summary):
    """The workbook's first sheet, to be read and printed."""
    return load_workbook(io.BytesIO(summary_xlsx(summary))).worksheets[0]


def figures_of(row):
    """The texts of the cells of a row of the Word document, without the raised numbers of their notes."""
    return ["".join(run.text for run in cell.paragraphs[0].runs if not run.font.superscript) for cell in row.cells[1:]]


# CSV


def test_csv_has_one_row_for_each_line_and_five_columns_for_each_period():
    heading, *rows = csv_rows(published_summary())
    assert heading[:11] == [
        "service", "organisation", "group", "indicator", "label", "unit",
        "2022-23 Q1 value", "2022-23 Q1 out of", "2022-23 Q1 per cent", "2022-23 Q1 result", "2022-23 Q1 status",
    ]  # fmt: skip
    assert heading[-7:] == [
        "2022-23 total value", "2022-23 total out of", "2022-23 total per cent", "2022-23 total result", "2022-23 total status",
        "returns in", "returns expected",
    ]  # fmt: skip
    table = rows[: rows.index([])]
    assert len(table) == 20
    assert {len(row) for row in table} == {len(heading)}


def test_csv_gives_counts_shares_and_percentages_as_published():
    rows = {(row[0], row[4]): row for row in csv_rows(published_summary()) if len(row) > 5}
    assert rows[LOCALITY, "Number of referrals accepted into the service"][6::5] == ["115", "263", "198", "164", "740", "4"]
    assert rows[ACCOMMODATION, PERCENT][-7:] == ["17", "20", "85.0", "85.0", "approved", "4", "4"]
    assert rows[LOCALITY, PERCENT][6:11] == ["", "", "89.0", "89.0", "as_published"]
    assert rows[LOCALITY, PERCENT][-7:-2] == ["", "", "", "", "cannot_be_combined"]


@pytest.mark.parametrize(
    ("value", "out_of", "percent", "decimals", "result"),
    [
        (13100, 650, None, 2, "20.2"),  # nobody takes 131 for the caseload of a worker
        (17, 20, 850, 0, "85.0"),
        (740, None, None, 0, "740"),
        (-1250, None, None, 2, "-12.50"),
        (None, None, 890, 0, "89.0"),
        (0, 0, None, 0, ""),
        (None, None, None, 0, ""),
    ],
)
def test_csv_gives_the_number_that_people_read_as_the_result(value, out_of, percent, decimals, result):
    summary = published_summary()
    cell = Cell("2022-23 Q1", value, out_of, percent, CellStatus.APPROVED, "")
    line = summary.lines[0]._replace(cells=(cell, *summary.lines[0].cells[1:]), decimals=decimals)
    row = csv_rows(dataclasses.replace(summary, lines=(line,)))[1]
    assert row[9] == result


def test_csv_ends_with_what_it_is_of_and_its_notes():
    rows = csv_rows(published_summary())
    assert rows[rows.index([]) + 1 :][:5] == [
        ["Programme", "Domestic and Sexual Violence and Abuse"],
        ["Period", "2022-23"],
        ["As at", "2023-07-14 10:30 BST"],
        ["Coverage", "8 of 8 returns in"],
        ["Note 1", NOTE_1],
    ]


def test_a_spreadsheet_takes_the_csv_for_unicode():
    assert summary_csv(published_summary()).encode().startswith(b'\xef\xbb\xbf"service"')


def test_files_tell_the_time_in_the_united_kingdom():
    """Half past eleven in the evening of 30 June by Greenwich is 1 July in London."""
    summary = dataclasses.replace(published_summary(), generated_at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert ["As at", "2026-07-01 00:30 BST"] in csv_rows(summary)
    assert ("As at", "2026-07-01 00:30 BST") in list(sheets(summary)[1].iter_rows(values_only=True))
    texts = [paragraph.text for paragraph in Document(io.BytesIO(summary_docx(summary))).paragraphs]
    assert "As at 1 July 2026, 8 of 8 returns in." in texts


# Formulas


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(text):
    assert tables.safe(text).startswith("'")


@pytest.mark.parametrize("text", ["Referrals", "6-9 months", "a=b", "'quoted", "5", "", "1+1", "(=1)"])
def test_other_texts_stay_as_they_are(text):
    assert tables.safe(text) == text


def test_no_text_of_a_csv_begins_like_a_formula_and_every_text_is_quoted():
    text = summary_csv(hostile_summary())
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            if cell.lstrip()[:1] in tuple("=+-@＝＋－＠") or cell[:1] in tuple("\t\r\n"):
                assert cell in ("-5", "-12.50"), cell  # numbers are numbers
    assert '"approved"' in text
    assert ",-5," in text
    assert ",-12.50," in text


def test_no_cell_of_a_workbook_is_a_formula_or_a_link():
    for sheet in (reading(hostile_summary()), *sheets(hostile_summary())):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n"), (cell.coordinate, cell.value)
                assert cell.hyperlink is None
                assert cell.data_type == "n" or not str(cell.value).startswith(tuple("=+-@＝＋－＠\t\r\n"))


def test_numbers_stay_numbers_in_a_workbook():
    sheet, _ = sheets(hostile_summary())
    figures = {row[3].value: [cell.value for cell in row[6:9]] for row in sheet.iter_rows(min_row=2) if row[3].value in LIBRARY}
    assert figures == {"count": [-5, None, None], "money": [-12.5, None, None], "share": [17, 20, 85]}


# Workbook


def test_a_workbook_holds_what_the_csv_holds():
    sheet, notes = sheets(published_summary())
    rows = csv_rows(published_summary())
    table = [["" if value is None else str(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    assert [[cell.removesuffix(".0") for cell in row] for row in table] == [[cell.removesuffix(".0") for cell in row] for row in rows[:21]]
    assert [list(row) for row in notes.iter_rows(values_only=True)] == rows[rows.index([]) + 1 :]


def test_a_workbook_keeps_its_headings_in_view():
    sheet, _ = sheets(published_summary())
    assert sheet.freeze_panes == "F2"
    assert sheet["A1"].font.bold
    assert reading(published_summary()).freeze_panes == "B4"


def test_the_first_sheet_of_a_workbook_reads_as_the_page_does():
    rows = [[value for value in row if value is not None] for row in reading(published_summary()).iter_rows(values_only=True)]
    assert rows[:8] == [
        ["Domestic and Sexual Violence and Abuse, 2022-23"],
        ["As at 14 July 2023, 8 of 8 returns in."],
        ["Indicator", "Q1", "Q2", "Q3", "Q4", "2022-23", "Notes"],
        [],
        [f"{LOCALITY}: {LWA}"],
        ["4 of 4 returns in."],
        ["Engagement"],
        ["Number of referrals accepted into the service", 115, 263, 198, 164, 740, "2"],
    ]
    shares = [row for row in rows if row[:1] == [PERCENT]]
    assert shares[0] == [PERCENT, "89% *", "87% *", "100% *", "83% *", "cannot be combined", "1, 3, 4"]
    assert shares[1] == [PERCENT, "5 of 5 (100%)", "3 of 6 (50%)", "4 of 4 (100%)", "5 of 5 (100%)", "17 of 20 (85%)", ""]
    assert ["1. " + NOTE_1] in rows
    assert not any("_" in str(value) for row in rows for value in row)  # nothing that only programs read


def test_every_sheet_of_a_workbook_is_on_its_side_and_narrow_enough_for_the_page():
    book = load_workbook(io.BytesIO(summary_xlsx(published_summary())))
    assert [sheet.title for sheet in book] == ["Summary", "Figures", "Notes"]
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert [sheet.page_setup.fitToWidth or 1 for sheet in book] == [1, 2, 1]
    assert book["Summary"].print_title_rows == "$3:$3"
    names = max(len(line.service) for line in published_summary().lines)
    assert book["Figures"].column_dimensions["A"].width > names


def test_a_provisional_figure_is_marked_and_still_a_number():
    summary = published_summary()
    first = summary.lines[0]
    cells = (first.cells[0]._replace(status=CellStatus.PROVISIONAL), *first.cells[1:])
    sheet = reading(dataclasses.replace(summary, lines=(first._replace(cells=cells),)))
    row = next(row for row in sheet.iter_rows() if row[0].value == first.label)
    assert (row[1].value, row[2].value) == (115, 263)
    assert row[1].number_format == '#,##0" p"' and row[2].number_format == "#,##0_ _p"
    assert ["p  provisional: sent, not yet approved by the office"] in [
        [value for value in row if value] for row in sheet.iter_rows(values_only=True)
    ]


# Word


def test_a_word_document_has_a_real_table_with_a_header_row_for_each_service():
    document = Document(io.BytesIO(summary_docx(published_summary())))
    assert_british(document)
    assert len(document.tables) == 2
    for table in document.tables:
        assert [cell.text for cell in table.rows[0].cells] == ["Indicator", "Q1", "Q2", "Q3", "Q4", "2022-23"]
        assert table.rows[0]._tr.trPr.xpath("w:tblHeader")
    headings = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name.startswith(("Heading", "Title"))]
    assert headings == [
        "Domestic and Sexual Violence and Abuse, 2022-23",
        f"{LOCALITY}: {LWA}",
        f"{ACCOMMODATION}: Women's Aid Leicestershire Limited (WALL)",
        "Notes",
    ]


def test_a_word_document_prints_n_of_n_and_what_cannot_be_combined():
    document = Document(io.BytesIO(summary_docx(published_summary())))
    locality, accommodation = ({row.cells[0].text: figures_of(row) for row in table.rows} for table in document.tables)
    assert accommodation[PERCENT] == ["5 of 5 (100%)", "3 of 6 (50%)", "4 of 4 (100%)", "5 of 5 (100%)", "17 of 20 (85%)"]
    assert locality[PERCENT][0] == "89% (as published)"
    assert locality[PERCENT][-1] == "cannot be combined"
    assert "Outcomes" in locality
    raised = [run.text.split() for cell in row_of(document, PERCENT).cells for run in cell.paragraphs[0].runs if run.font.superscript]
    assert raised == [["1,", "4"], ["1,", "4"], ["4"], ["4"], ["3"]]
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "As at 14 July 2023, 8 of 8 returns in." in texts
    assert NOTE_1 in texts


def row_of(document, label):
    return next(row for table in document.tables for row in table.rows if row.cells[0].text == label)


def test_a_word_document_gives_the_labels_room_and_puts_the_figures_to_the_right():
    document = Document(io.BytesIO(summary_docx(published_summary())))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    for table in document.tables:
        label, *figures = (column.width for column in table.columns)
        assert label > 2 * figures[0] and len(set(figures)) == 1
        assert label + sum(figures) <= section.page_width - section.left_margin - section.right_margin
        for row in table.rows:
            assert row._tr.trPr.xpath("w:cantSplit")
            is_group = len({cell._tc for cell in row.cells}) == 1
            right = [cell.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT for cell in row.cells]
            assert is_group or right == [False, *[True] * len(figures)]


def test_no_heading_of_a_word_document_stands_alone_at_the_foot_of_a_page():
    document = Document(io.BytesIO(summary_docx(published_summary())))
    leading = [each for each in document.paragraphs if each.text == "4 of 4 returns in."]
    leading += [cell.paragraphs[0] for table in document.tables for cell in (*table.rows[0].cells, table.rows[1].cells[0])]
    assert len(leading) == 2 + 2 * 7
    assert all(each.paragraph_format.keep_with_next for each in leading)
    assert document.styles["Heading 1"].paragraph_format.keep_with_next


def test_the_notes_of_a_word_document_are_numbered():
    document = Document(io.BytesIO(summary_docx(published_summary())))
    assert next(each for each in document.paragraphs if each.text == NOTE_1).style.name == "List Number"


# PDF


def pages_of(summary):
    reader = PdfReader(io.BytesIO(summary_pdf(summary)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_a_pdf_holds_the_tables_the_notes_and_what_their_words_mean():
    text = " ".join(pages_of(published_summary()))
    assert "Domestic and Sexual Violence and Abuse, 2022-23 As at 14 July 2023, 8 of 8 returns in." in text
    assert "Number of hours of support per quarter 191 330 158 193 872" in text
    assert f"{PERCENT} 5 of 5 (100%) 3 of 6 (50%) 4 of 4 (100%) 5 of 5 (100%) 17 of 20 (85%)" in text
    assert f"{PERCENT} 89% * 1, 4 87% * 1, 4 100% * 4 83% * 4 cannot be combined 3" in text
    assert NOTE_1 in text
    assert "* as published, cannot be pooled: no denominators." in text
    assert "“Pooled”: the counts are added up first, and the percentage is taken of the totals." in text


def test_a_pdf_is_made_for_screen_readers_and_is_the_same_whenever_it_is_made():
    content = summary_pdf(published_summary())
    assert b"pdfuaid:part" in content
    assert content == summary_pdf(published_summary())
    assert PdfReader(io.BytesIO(content)).metadata.title == "Domestic and Sexual Violence and Abuse, 2022-23"


def test_hostile_texts_arrive_in_a_pdf_as_text():
    text = " ".join(pages_of(hostile_summary()))
    assert "<script>alert(1)</script>" in text
    assert "=1+1" in text


def test_a_summary_of_one_quarter_has_no_total_beside_it():
    summary = published_summary()
    quarter = dataclasses.replace(summary, period=summary.columns[0], columns=summary.columns[:1])
    quarter = dataclasses.replace(quarter, lines=tuple(line._replace(cells=line.cells[:1], total=line.cells[0]) for line in summary.lines))
    table = Document(io.BytesIO(summary_docx(quarter))).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Indicator", "2022-23 Q1"]
    assert [value for value in next(reading(quarter).iter_rows(min_row=3, values_only=True)) if value] == [
        "Indicator",
        "2022-23 Q1",
        "Notes",
    ]
    assert "Indicator 2022-23 Q1 Engagement" in pages_of(quarter)[0]


def test_hostile_texts_arrive_in_a_word_document_as_text():
    document = Document(io.BytesIO(summary_docx(hostile_summary())))
    texts = [table.rows[-1].cells[0].text for table in document.tables]
    assert "<script>alert(1)</script>" in texts
    assert "a�b��" in texts
    assert len(texts) == len(FORMULAS) + len(ODD) + 1


# JSON


def test_json_keeps_its_contract():
    found = summary_json(published_summary())
    assert json.loads(json.dumps(found)) == found
    assert set(found) >= {"programme", "period", "generated_at", "lines", "notes"}
    assert (found["programme"], found["period"], found["generated_at"]) == ("dsva", "2022-23", "2023-07-14T09:30:00+00:00")
    for line in found["lines"]:
        assert set(line) >= {"service", "organisation", "indicator", "label", "measure", "unit", "cells", "total"}
        assert all(set(cell) == {"period", "value", "out_of", "percent", "status", "receipt"} for cell in line["cells"])
        assert set(line["total"]) == {"value", "out_of", "percent", "status", "coverage", "receipt"}
        assert line["total"]["coverage"] == {"in": 4, "expected": 4}
    assert all(set(note) == {"kind", "text", "about"} for note in found["notes"])


def test_json_gives_a_pooled_share_and_a_percentage_as_published():
    lines = {(line["service"], line["label"]): line for line in summary_json(published_summary())["lines"]}
    pooled, bare = lines[ACCOMMODATION, PERCENT]["total"], lines[LOCALITY, PERCENT]
    assert (pooled["value"], pooled["out_of"], pooled["percent"], pooled["status"]) == (17, 20, 85.0, "approved")
    assert [(cell["period"], cell["value"], cell["out_of"], cell["percent"], cell["status"]) for cell in bare["cells"]] == [
        ("2022-23 Q1", None, None, 89, "as_published"),
        ("2022-23 Q2", None, None, 87, "as_published"),
        ("2022-23 Q3", None, None, 100, "as_published"),
        ("2022-23 Q4", None, None, 83, "as_published"),
    ]
    assert (bare["total"]["value"], bare["total"]["percent"], bare["total"]["status"]) == (None, None, "cannot_be_combined")


def test_json_numbers_are_in_their_own_unit():
    lines = {line["indicator"]: line for line in summary_json(hostile_summary())["lines"]}
    assert lines["money"]["total"]["value"] == -12.5
    assert lines["count"]["total"]["value"] == -5
    assert lines["text_0"]["cells"][0]["value"] is None


# All of them


def test_a_hidden_figure_leaves_in_no_format():
    """Whatever a hidden cell still holds, no file says it."""
    summary = published_summary()
    secret = 987_654_321
    hidden = tuple(cell._replace(value=secret, out_of=secret, percent=secret, status=CellStatus.HIDDEN) for cell in summary.lines[0].cells)
    line = summary.lines[0]._replace(cells=hidden, total=hidden[0]._replace(period="2022-23"))
    summary = dataclasses.replace(summary, lines=(line, *summary.lines[1:]))
    document = Document(io.BytesIO(summary_docx(summary)))
    sheet, _ = sheets(summary)
    said = (
        summary_csv(summary),
        json.dumps(summary_json(summary)),
        " ".join(cell.text for table in document.tables for row in table.rows for cell in row.cells),
        " ".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row),
        " ".join(str(value) for row in reading(summary).iter_rows(values_only=True) for value in row),
        " ".join(pages_of(summary)),
    )
    assert all("hidden" in text for text in said)
    assert not any(str(secret)[:6] in text.replace(",", "") for text in said)


def test_an_empty_summary_makes_files_too():
    summary = dataclasses.replace(published_summary(), lines=(), notes=())
    assert len(csv_rows(summary)) == 6
    assert sheets(summary)[0].max_row == 1
    assert Document(io.BytesIO(summary_docx(summary))).tables == []
    assert summary_json(summary)["lines"] == []
    assert "8 of 8 returns in." in pages_of(summary)[0]
    assert reading(summary)["A3"].value == "Indicator"
