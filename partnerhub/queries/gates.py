"""What the gates of an application are told by: its answers as they were sent, its round, its organisation's documents and reports."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import Application, Award, MonitoringReturn
from partnerhub.queries.answering import known_of
from partnerhub.queries.assessment import NOT_SENT
from partnerhub.queries.documents import lacking
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import cells_of, values_of
from partnerhub.rules import documents_asked
from partnerhub.rules import gates as rules
from partnerhub.rules.applications import project_of
from partnerhub.rules.question_types import Answers
from partnerhub.rules.words import OPEN, ApplicationStatus, DocumentStage


def gates_of(application: Application, now: datetime) -> list[rules.Gate]:
    """What the hub checks of an application that was sent, as things stand now; nothing of a draft.

    While it lies with the office nobody changes its answers. What the form works out is worked out again, so it is left out of them.
    """
    sent_at = application.submitted_at
    if sent_at is None or not application.is_sent:
        return []
    form, answers = definition(application.questionnaire_version_id), values_of(cells_of(application.submission_id))
    return rules.gates(form, answers, known_of(application).facts(application), clock.day_of(sent_at), _known(application, answers, now))


def _known(application: Application, answers: Answers, now: datetime) -> rules.Known:
    terms, today = application.funding_round.terms, clock.day_of(now)
    missing = [each.words for each in lacking(application, DocumentStage.SCORING, today)]
    return rules.Known(
        amount=application.amount_requested,
        cap=terms.cap,
        kind=application.organisation.kind,
        kinds=terms.kinds,
        lacking=missing if documents_asked.asked(terms, DocumentStage.SCORING) else None,
        overdue=_overdue(application, today),
        others=_others(application),
        starts=project_of(answers).starts,
        decided_by=application.funding_round.decided_by,
    )


def _overdue(application: Application, today: date) -> list[rules.Overdue]:
    """Reports of this organisation's grants that were never sent and should have been."""
    statement = (
        select(Award.reference, MonitoringReturn.due_on)
        .join(Award, Award.id == MonitoringReturn.award_id)
        .where(MonitoringReturn.organisation_id == application.organisation_id, MonitoringReturn.status.in_(OPEN))
        .where(MonitoringReturn.first_submitted_on.is_(None), MonitoringReturn.due_on < today)
        .order_by(MonitoringReturn.due_on, Award.reference)
    )
    return [rules.Overdue(*row) for row in db.session.execute(statement)]


def _others(application: Application) -> list[str]:
    """What else the organisation sent in this round and did not take back; what was refused counts no more."""
    statement = select(Application.reference).where(
        Application.round_id == application.round_id,
        Application.organisation_id == application.organisation_id,
        Application.id != application.id,
        Application.status.not_in((*NOT_SENT, ApplicationStatus.INELIGIBLE)),
    )
    return [each for each in db.session.scalars(statement.order_by(Application.number)) if each]
