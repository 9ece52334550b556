"""A round on paper, in Word, for calendars and for other programs: the same words, and dates that any calendar reads alike."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from docx.oxml.ns import qn

from partnerhub.documents.round_docx import round_docx
from partnerhub.documents.round_ics import round_ics
from partnerhub.documents.round_page import round_page
from partnerhub.documents.round_pdf import round_pdf
from partnerhub.queries.questionnaires import definition

HOSTILE = (
    "#panic()",
    "$x^2$",
    "<script>alert(1)</script>",
    "=1+1",
    "*bold* _it_ `code` @x <label>",
    "\x08\x1f\ufffe",
    "é – “”",
    "\\u{1F600}",
)
NOW = datetime(2025, 9, 27, 12, tzinfo=UTC)


@pytest.fixture
def funding_round(make):
    fund = make.fund("Example fund", code="EF", area="Rutland; Melton, and more", purpose="To help.\n" + "\n".join(HOSTILE))
    made = make.funding_round(fund, number=2)
    make.workshop(made, at=datetime(2025, 9, 10, 17, tzinfo=UTC), place="Town hall, room 3; Oakham")
    return made


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_a_calendar_gets_the_opening_the_close_the_answer_and_the_workshops(funding_round):
    lines = unfolded(round_ics(funding_round, "https://hub.example.org/rounds/1", NOW))
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 4
    assert [each for each in lines if each.startswith("DTSTART")] == [
        "DTSTART:20250901T080000Z",  # 9am in summer time
        "DTSTART:20251006T110000Z",
        "DTSTART;VALUE=DATE:20251201",
        "DTSTART:20250910T170000Z",
    ]
    assert "DTEND;VALUE=DATE:20251202" in lines and lines.count("DTSTAMP:20250927T120000Z") == 4
    assert "SUMMARY:Example fund\\, round 2 of 2025-26 closes at 12 noon" in lines
    assert "SUMMARY:Bid workshop: Example fund\\, round 2 of 2025-26\\, Town hall\\, room 3\\; Oakham" in lines
    assert len({each for each in lines if each.startswith("UID:")}) == 4


def test_no_line_of_a_calendar_is_longer_than_75_octets_and_none_ends_otherwise_than_with_crlf(make):
    fund = make.fund("Ein sehr langer Name – mit Überlänge, ťěžký; " * 4 + "\\")
    content = round_ics(make.funding_round(fund, decided_by=None), "https://hub.example.org/rounds/" + "1" * 90, NOW)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert "ťěžký\\;" in "".join(unfolded(content)) and "\\\\\\," in "".join(unfolded(content))


def paper(funding_round):
    return round_page(funding_round, definition(funding_round.questionnaire_version_id), [], None)


def test_paper_names_the_year_and_counts_no_days(funding_round):
    said = paper(funding_round)
    assert said.when == "closes Monday 6 October 2025, 12 noon (British time)"
    assert ("You have our answer by", "Monday 1 December 2025") in next(each for each in said.parts if each.key == "dates").rows


def test_the_pdf_is_made_of_whatever_people_typed_and_is_the_same_each_time(funding_round):
    first = round_pdf(paper(funding_round), "Example office", NOW)
    assert first.startswith(b"%PDF") and first == round_pdf(paper(funding_round), "Example office", NOW)


def test_the_word_file_holds_every_part_and_every_question(funding_round):
    from docx import Document

    document = Document(io.BytesIO(round_docx(paper(funding_round), "Example office", NOW)))
    texts = [each.text for each in document.paragraphs]
    for said in ("What we fund", "To help.", "What is the need?", "Text (at most 200 words)", "Say how you know.", "Every question"):
        assert said in texts, said
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "60% of the whole mark" in cells and "Before any money is paid." in cells
    assert document.core_properties.author == "Example office"
    assert_british(document)


def assert_british(document):
    """In English as it is written here, on the paper that is sold here."""
    languages = {each.get(qn("w:val")) for each in document.styles.element.iter(qn("w:lang"))}
    assert (document.core_properties.language, languages) == ("en-GB", {"en-GB"})
    [section] = document.sections
    assert sorted((round(section.page_width.mm), round(section.page_height.mm))) == [210, 297]


def test_what_the_page_says_of_the_answer_follows_the_form(make):
    version = make.version(unmarked_form())
    said = round_page(make.funding_round(version=version, decided_by=date(2025, 12, 1)), definition(version.id), [], NOW)
    assert [each.key for each in said.parts] == ["funded", "not-funded", "money", "who", "dates", "afterwards"]
    assert "You have our answer by Monday 1 December 2025." in said.parts[-1].bullets


def test_every_document_is_named_once_with_the_earliest_day_that_anybody_asks_for_it(make):
    labels = {
        "accounts": "Your accounts",
        "safeguarding_policy": "Your policy",
        "insurance": "Your cover",
        "equality_policy": "Your statement",
    }
    files = [{"key": key, "type": "file", "label": label, "reuse": key} for key, label in labels.items()]
    files[0] |= {"required": True}
    files[1] |= {"required": {"when": "at_risk == 'yes'"}}
    files[2] |= {"required": "before_payment"}
    files[3] |= {"required": False}
    at_risk = {"key": "at_risk", "type": "yes_no", "label": "Children?", "required": True}
    section = {"key": "papers", "title": "Papers", "questions": [at_risk, *files]}
    version = make.version({"questionnaire": "papers", "title": "Papers", "kind": "application", "sections": [section]})
    fund = make.fund(before_scoring=["accounts", "equality_policy"], before_payment=["safeguarding_policy", "insurance", "dbs_evidence"])
    said = round_page(make.funding_round(fund, version), definition(version.id), [], NOW)
    [needed] = [each for each in said.parts if each.title == "Documents you will need"]
    assert list(needed.rows) == [
        ("Your accounts", "With your application."),
        ("Your policy", "With your application when “Children?” is “Yes”. In any case before any money is paid."),
        ("Your cover", "Before any money is paid."),
        ("Your statement", "Before an application is marked."),
        ("Evidence of DBS checks", "Before any money is paid."),
    ]


def unmarked_form():
    question = {"key": "need", "type": "long_text", "label": "What is the need?"}
    section = {"key": "idea", "title": "Your idea", "questions": [question]}
    return {"questionnaire": "unmarked", "title": "Unmarked", "kind": "application", "sections": [section]}
