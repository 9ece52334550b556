"""A figure that was drawn once and filled in reads, to the letter, like one drawn anew."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, get_template_attribute

from partnerhub.models import MonitoringReturn, SubmissionVersion, Target
from partnerhub.queries.people import person_of
from partnerhub.web import frames
from partnerhub.web.answering import drawing_of
from tests.make import LONG_AGO, SMALL_RETURN, Make

KINDS: list[dict[str, Any]] = [
    {"key": "whole", "type": "whole_number", "label": "Whole & <b>bold</b>", "help": "Help", "why": "Why", "indicator": "referrals"},
    {"key": "parts", "type": "decimal", "decimals": 2, "label": "Decimal"},
    {"key": "spent", "type": "money", "label": "Money", "not_applicable": True},
    {"key": "share", "type": "percentage", "label": "Share", "number_label": "yes", "out_of_label": "asked", "indicator": "helped"},
    {"key": "grid", "type": "breakdown", "label": "By sex", "of": "whole", "breakdown": "sex", "help": "Count each once"},
    {"key": "printed", "type": "percentage_as_published", "label": "As printed"},
    {"key": "double", "type": "computed", "label": "Twice", "value": "whole + whole"},
    {"key": "part_of", "type": "computed", "label": "Part", "number": "whole", "out_of": "whole"},
]
FORM = SMALL_RETURN | {"questionnaire": "every_figure", "sections": [{"key": "all", "title": "All", "questions": KINDS}], "checks": []}
TYPED = {
    "whole": {"": "1,204"}, "parts": {"": "12.50"}, "spent": {"": "£3"}, "share": {"number": "5", "out_of": "9"},
    "grid": {"female": "1,200", "male": "4"}, "printed": {"": "61.4"},
}  # fmt: skip


@pytest.fixture
def monitoring_return(make: Make) -> MonitoringReturn:
    version = make.version(FORM)
    return make.monitoring_return(make.agreement(version=version), "2023-24 Q1", version)


def rows_of(app: Flask, monitoring_return: MonitoringReturn) -> list[tuple[str, str, str]]:
    """(question, filled in, drawn anew) of every question that is filled in."""
    with app.test_request_context():
        drawing = drawing_of(monitoring_return, section_key="all")
        section = drawing.questionnaire.sections[0]
        found = frames.views(drawing, section, monitoring_return.questionnaire_version_id, "2023-24 Q1", "/save?a=1&b=2")
        figure = get_template_attribute("questions/_figure.html", "figure")
        labels = [each.label for each in drawing.earlier]
        return [
            (question.key, each.row.text, str(figure(drawing.view(question), labels, "2023-24 Q1", "/save?a=1&b=2")))
            for question, each in zip(section.questions, found, strict=True)
            if isinstance(each, frames.Row)
        ]


def type_in(make: Make, monitoring_return: MonitoringReturn, typed: dict[str, dict[str, str]]) -> None:
    from partnerhub.actions.returns import save_answers
    from partnerhub.forms.answers import Typed

    lead = make.lead(monitoring_return.organisation)
    cells = {(key, cell): Typed(text, 0) for key, texts in typed.items() for cell, text in texts.items()}
    save_answers(monitoring_return, cells, by=person_of(lead.id))


def test_an_empty_section_is_the_same(app: Flask, monitoring_return: MonitoringReturn):
    rows = rows_of(app, monitoring_return)
    assert [key for key, _, _ in rows] == [each["key"] for each in KINDS]
    for key, filled, drawn in rows:
        assert filled == drawn, key


def test_a_section_with_figures_and_a_target_is_the_same(app: Flask, make: Make, monitoring_return: MonitoringReturn):
    make._kept(Target(agreement_id=monitoring_return.agreement_id, indicator_key="referrals", value=100))
    type_in(make, monitoring_return, TYPED)
    rows = rows_of(app, monitoring_return)
    assert [key for key, _, _ in rows] == [each["key"] for each in KINDS]
    for key, filled, drawn in rows:
        assert filled == drawn, key
    assert 'value="1,204"' in rows[0][1]
    assert "target 100" in rows[0][1]


def test_what_was_said_earlier_is_the_same(app: Flask, make: Make, monitoring_return: MonitoringReturn):
    said = {"whole": {"": 1900}, "parts": {"": 250}, "share": {"number": 17, "out_of": 20}, "grid": {"female": 1200}, "double": {"": 3800}}
    earlier = make.monitoring_return(monitoring_return.agreement, "2022-23 Q4")
    version = make._kept(
        SubmissionVersion(
            submission_id=earlier.submission_id,
            questionnaire_version_id=earlier.questionnaire_version_id,
            number=1,
            reference="earlier",
            answers={"values": said, "texts": {}},
            digest="",
            submitted_at=LONG_AGO,
        )
    )
    earlier.latest_version_id = version.id
    make._kept(earlier)
    rows = rows_of(app, monitoring_return)
    for key, filled, drawn in rows:
        assert filled == drawn, key
    assert "17 of 20" in rows[3][1]
    assert "1,200" in rows[4][1]


def test_what_cannot_be_read_is_drawn_as_a_whole(app: Flask, make: Make, monitoring_return: MonitoringReturn):
    type_in(make, monitoring_return, {"whole": {"": '"><script>'}, "parts": {"": "1"}, "spent": {"": "n/a"}})
    keys = [key for key, _, _ in rows_of(app, monitoring_return)]
    assert "whole" not in keys
    assert "spent" not in keys
    assert "parts" in keys


def test_what_is_filled_in_is_escaped():
    frame = frames.Frame(("<p>", "</p>"), ("text",), {"text": ""})
    assert frame.filled({"text": '"><script>'}).text == "<p>&#34;&gt;&lt;script&gt;</p>"
