"""On paper: the blank form holds every question, the summary every figure, and neither what can only be pressed."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from pypdf import PdfReader

from partnerhub.catalogue import reading

FORMS = {"lead@lwa.example": "da_locality_service_return", "lead@wall.example": "safe_accommodation_return"}


def printed(page) -> str:
    """What stands on the pages that Chromium prints, without blanks: lines break anywhere."""
    page.emulate_media(media="print")
    sheets = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    page.emulate_media(media="screen")
    return bare(" ".join(sheet.extract_text() for sheet in sheets))


def bare(words: str) -> str:
    """Also without ligatures, which fonts make of “ff” and “fi”."""
    return "".join(unicodedata.normalize("NFKC", words).split())


@pytest.mark.parametrize("email", FORMS)
def test_the_blank_form_on_paper_holds_every_question(visitor, email):
    lead = visitor(email)
    lead.presses(re.compile("^Start"))
    lead.follows("Print the blank form")
    lead.sees_heading(re.compile("quarterly return", re.I))
    lead.looks(f"blank form {FORMS[email]}")
    paper = printed(lead.page)
    assert not [each for each in ("Sign out", "Skip to main content", "Print this form") if bare(each) in paper]
    form = next(each.content for each in reading.read([reading.HOUSE / "questionnaires"]) if each.content["questionnaire"] == FORMS[email])
    asked = [question for section in form["sections"] for question in section["questions"] if question["type"] != "computed"]
    assert len(asked) > 25
    assert [each["label"] for each in asked if bare(each["label"]) not in paper] == []


def test_the_summary_on_paper_holds_every_figure_of_the_published_table(visitor):
    officer = visitor("officer@office.example")
    officer.goes_to("/programmes/dsva/summary?period=2022-23")
    officer.sees_heading("Domestic and Sexual Violence and Abuse")
    officer.looks("summary of 2022-23")
    paper = printed(officer.page)
    for words in ("Number of referrals accepted into the service", "740", "17 of 20 (85%)", "cannot be combined", "Notes"):
        assert bare(words) in paper
    assert not [each for each in ("Sign out", "Print this page") if bare(each) in paper]


def test_what_was_sent_prints_with_its_figures(visitor):
    lead = visitor("lead@harbour.example")
    lead.follows(re.compile("^Example early help service"))
    lead.follows(re.compile("^Version 1"))
    lead.sees_heading("version 1")
    paper = printed(lead.page)
    for words in ("Referrals accepted", "60", "35 of 41 (85.4%)", "£13,010.00"):
        assert bare(words) in paper
