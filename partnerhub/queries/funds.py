"""Questions about funds: each with its rounds."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from partnerhub.extensions import db
from partnerhub.models import Fund, Programme, Questionnaire, QuestionnaireVersion
from partnerhub.models.conditions import allowed
from partnerhub.rules.policy import Person
from partnerhub.rules.words import QuestionnaireStatus

IN_FULL = (selectinload(Fund.rounds),)


def funds_for(person: Person) -> list[Fund]:
    """The funds that `person` may see, by name, with their rounds, the newest first."""
    return list(db.session.scalars(select(Fund).where(allowed(person, "fund.view", Fund)).options(*IN_FULL).order_by(Fund.name, Fund.id)))


def report_choices(*kept: UUID | None) -> list[tuple[str, str]]:
    """Published forms of reports, and those that a fund has already."""
    published = select(QuestionnaireVersion.questionnaire_id).where(QuestionnaireVersion.status == QuestionnaireStatus.PUBLISHED)
    usable = (Questionnaire.kind == "report") & Questionnaire.id.in_(published)
    there = Questionnaire.id.in_([each for each in kept if each is not None])
    rows = db.session.execute(select(Questionnaire.id, Questionnaire.title).where(or_(usable, there)).order_by(Questionnaire.title))
    return [(str(identity), title) for identity, title in rows]


def programme_choices() -> list[tuple[str, str]]:
    rows = db.session.execute(select(Programme.id, Programme.name).order_by(Programme.name))
    return [(str(identity), name) for identity, name in rows]


def names_for(fund: Fund) -> dict[str, str]:
    """What a fund's page calls the programme and the forms of its reports."""
    forms = dict(report_choices(fund.report_form_id, fund.half_way_form_id))
    programmes = dict(programme_choices())
    named = {"report": fund.report_form_id, "half_way": fund.half_way_form_id, "programme": fund.programme_id}
    return {what: (forms | programmes).get(str(identity), "") for what, identity in named.items()}
