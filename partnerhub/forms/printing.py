"""A sent version as the rows that go on paper, whatever kind of submission it is of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

from partnerhub.documents.return_pdf import PrintedReturn, PrintedSection, Row
from partnerhub.forms.drawing import Drawing, QueryView, QuestionView
from partnerhub.forms.sent import sent_drawing
from partnerhub.models.applications import Application
from partnerhub.models.returns import ABOUT_THE_WHOLE, MonitoringReturn
from partnerhub.models.submissions import SubmissionVersion
from partnerhub.queries.submissions import owner_of
from partnerhub.rules import readable
from partnerhub.rules.question_types import FIGURES

NO_ANSWER = "No answer"


def printed_version(version: SubmissionVersion, office: str) -> PrintedReturn:
    """A version as it goes on paper; LookupError when nothing that can be printed owns it."""
    owner = owner_of(version.submission_id, PRINTED)
    return PRINTED[type(owner)](owner, version, office)


def printed_return(monitoring_return: MonitoringReturn, version: SubmissionVersion, office: str) -> PrintedReturn:
    """Everything that was sent, in reading order."""
    drawing = sent_drawing(monitoring_return, version)
    return PrintedReturn(
        title=f"{drawing.questionnaire.title}, {monitoring_return.period.label}",
        organisation=monitoring_return.organisation.name,
        period=monitoring_return.period.label,
        reference=version.reference,
        office=office,
        dated=version.submitted_at.astimezone(UTC).timetuple()[:6],
        facts=(
            ("Organisation", monitoring_return.organisation.name),
            ("Service", monitoring_return.service.name),
            *_sent_facts(version, "Signed by"),
        ),
        sections=tuple(_section(section.title, drawing.views(section)) for section in drawing.questionnaire.sections)
        + _about_the_whole(drawing),
    )


def printed_application(application: Application, version: SubmissionVersion, office: str) -> PrintedReturn:
    """The whole application, in reading order."""
    drawing = sent_drawing(application, version)
    return PrintedReturn(
        title=f"{drawing.questionnaire.title}: {application.reference}",
        organisation=application.organisation.name,
        period="",
        reference=version.reference,
        office=office,
        dated=version.submitted_at.astimezone(UTC).timetuple()[:6],
        facts=(
            ("Organisation", application.organisation.name),
            ("Applied to", application.funding_round.name),
            *_sent_facts(version, "Sent by"),
        ),
        sections=tuple(_section(section.title, drawing.views(section)) for section in drawing.questionnaire.sections),
    )


def _sent_facts(version: SubmissionVersion, by: str) -> tuple[tuple[str, str], ...]:
    sent = version.submitted_at
    return (
        ("Reference", version.reference),
        ("Sent", readable.moment(sent)),
        (by, version.submitted_by.name if version.submitted_by else ""),
        ("Fingerprint, for checking that nothing was changed", version.digest),
    )


# What is filled in and sent -> how a version of it goes on paper. Letters carry the PDF of whatever stands here.
PRINTED: Mapping[type, Callable[[Any, SubmissionVersion, str], PrintedReturn]] = {
    MonitoringReturn: printed_return,
    Application: printed_application,
}


def _section(title: str, views: list[QuestionView]) -> PrintedSection:
    figures = [row for view in views if view.kind in FIGURES for row in _figure_rows(view)]
    answers = [_answer_row(view) for view in views if view.kind not in FIGURES and view.kind != "information"]
    return PrintedSection(title, tuple(figures), tuple(answers))


def _figure_rows(view: QuestionView) -> list[Row]:
    if view.not_applicable:
        return [Row(view.question.label, "Not applicable", _notes(view))]
    if view.kind == "breakdown":
        said = [Row(f"{view.question.label}: {label}", view.texts[cell]) for cell, label in view.cells if view.texts.get(cell)]
        first = Row(view.question.label, view.shown if said else NO_ANSWER, _notes(view))
        return [first, *said]
    value = view.shown if view.kind in ("percentage", "computed") else view.texts.get("", "")
    return [Row(view.question.label, value or NO_ANSWER, _notes(view))]


def _answer_row(view: QuestionView) -> Row:
    return Row(view.question.label, "Not applicable" if view.not_applicable else _said(view) or NO_ANSWER, _notes(view))


def _said(view: QuestionView) -> str:
    if view.kind == "table":
        lines = ["; ".join(filter(None, (_cell(view, row, column.key) for column in view.columns))) for row in view.rows]
        return "\n".join(filter(None, lines))
    if view.kind == "file":
        return "\n".join(f"{file.name} ({file.size})" for file in view.files)
    if view.choices:
        chosen = view.texts.get("", "").split("\n")
        return "\n".join(choice.label for choice in view.choices if choice.key in chosen)
    return "\n".join(view.texts[cell] for cell, _label in view.cells if view.texts.get(cell))


def _cell(view: QuestionView, row: str, column: str) -> str:
    return view.texts.get(f"{row}.{column}") or view.shown.get(f"{row}.{column}", "")


def _notes(view: QuestionView) -> tuple[str, ...]:
    """What the checks said with the reason given, and what the office asked."""
    said = [f"{failure.sentence} Reason: {failure.text or 'none'}" for failure in view.failures]
    return (*said, *(_asked(query) for query in view.queries))


def _asked(query: QueryView) -> str:
    return f"{query.by} asked: {query.sentence} Reply: {query.text or 'none'}"


def _about_the_whole(drawing: Drawing) -> tuple[PrintedSection, ...]:
    """What the office asked about the return in general."""
    asked = drawing.query_views(ABOUT_THE_WHOLE)
    rows = tuple(Row(f"{query.by} asked ({query.at}): {query.sentence}", query.text or "No reply") for query in asked)
    return (PrintedSection("About the return as a whole", answers=rows),) if rows else ()
