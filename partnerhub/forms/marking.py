"""The sheet of an assessor: the answers in reading order, each criterion beside the answer that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from partnerhub.forms.drawing import Drawing, QuestionView, saved_at
from partnerhub.models import Assignment
from partnerhub.rules.questionnaire import Question, Scoring, Section
from partnerhub.rules.questionnaire.definition import Criterion

CONTACTS = ("email", "phone", "address")
BOTH = ("Saved there", "Typed here", "Use what was saved there", "Keep what I typed here")


class Row(NamedTuple):
    """An answer, and the criterion to be marked beside it, if any; a criterion that no answer was sent for stands alone."""

    view: QuestionView | None
    criterion: Criterion | None


def sheet_rows(drawing: Drawing, scoring: Scoring, *, hides_applicant: bool = False) -> list[tuple[Section | None, list[Row]]]:
    """By section; a criterion stands once, beside the last of the answers that it is about.

    With `hides_applicant` without what tells who applies (`tells_who`).
    """
    shown = {
        section: [each for each in drawing.views(section) if not (hides_applicant and tells_who(each.question))]
        for section in drawing.questionnaire.sections
        if section.key in drawing.standing.sections
    }
    beside = {view.question.score: view.key for views in shown.values() for view in views if view.question.score}
    by_question = {key: each for each in scoring.criteria for criterion, key in beside.items() if criterion == each.key}
    found: list[tuple[Section | None, list[Row]]] = [
        (section, [Row(view, by_question.get(view.key)) for view in views]) for section, views in shown.items()
    ]
    alone = [Row(None, each) for each in scoring.criteria if each.key not in beside]
    return found + ([(None, alone)] if alone else [])


def tells_who(question: Question) -> bool:
    """It comes from the organisation's profile, or asks for a person's or an organisation's address, or has a column that does."""
    return bool(question.reuse) or question.type.name in CONTACTS or any(each.type.name in CONTACTS for each in question.columns)


def conflicts_of(assignment: Assignment, typed: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], tuple[object, ...]]:
    """What templates/questions/_cell_state.html needs for each box that another window of the same person has saved meanwhile."""
    found: dict[tuple[str, str], tuple[object, ...]] = {}
    for (criterion, cell), mine in typed.items():
        score = assignment.said[criterion]
        when = f"in another window ({saved_at(score.at)})"
        found[criterion, cell] = (score.text(cell), "You", when, mine, BOTH)
    return found
