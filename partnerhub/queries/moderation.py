"""All marks of a round as the panel needs them: read in a handful of statements, however many applications there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from partnerhub.extensions import db
from partnerhub.models import Application, Assignment, FundingRound, Moderation, Organisation, User
from partnerhub.models.conditions import allowed
from partnerhub.queries.assessment import MARKED
from partnerhub.rules.policy import Person
from partnerhub.rules.questionnaire import Scoring
from partnerhub.rules.scoring import Result, result

WITH_FUND = (joinedload(FundingRound.fund),)


@dataclass(frozen=True, slots=True)
class RoundMarks:
    """Of everything that is marked in a round; who may be told of it is another question (`visible`)."""

    applications: list[Application]
    assignments: Mapping[UUID, list[Assignment]]
    """By application; none that was set aside."""
    agreed: Mapping[UUID, Mapping[str, Moderation]]
    visible: frozenset[UUID]
    """The applications that the person who asks may follow: the others are not shown, and count in no rank and no sum."""

    @property
    def shown(self) -> list[Application]:
        return [each for each in self.applications if each.id in self.visible]

    def sheets(self, application: Application) -> dict[UUID, dict[str, int]]:
        """The marks of each assessor; none before all are in."""
        if application.marks_in_at is None:
            return {}
        return {
            each.user_id: {score.criterion: score.mark for score in each.scores if score.mark is not None}
            for each in self.assignments.get(application.id, ())
        }

    def agreed_marks(self, application: Application) -> dict[str, int]:
        return {key: each.mark for key, each in self.agreed.get(application.id, {}).items()}

    def results(self, scoring: Scoring) -> dict[UUID, Result]:
        """Of every application with its marks in that the person who asks may follow."""
        sheets = {each: self.sheets(each) for each in self.shown}
        return {each.id: result(scoring, sheet, self.agreed_marks(each)) for each, sheet in sheets.items() if sheet}

    @property
    def names(self) -> dict[UUID, str]:
        """Of the assessors whose marks are here."""
        return {each.user_id: each.user.name for given in self.assignments.values() for each in given}


def marks_of(person: Person, round_id: UUID) -> RoundMarks:
    in_round = Application.round_id == round_id, Application.status.in_(MARKED)
    applications = db.session.scalars(
        select(Application)
        .where(*in_round)
        .options(joinedload(Application.organisation).load_only(Organisation.name, Organisation.district_code))
        .order_by(Application.number)
    ).all()
    visible = db.session.scalars(select(Application.id).where(*in_round, allowed(person, "moderation.view_progress", Application)))
    assignments: dict[UUID, list[Assignment]] = {}
    given = (
        select(Assignment)
        .join(Assignment.user)
        .where(Assignment.round_id == round_id, Assignment.set_aside_at.is_(None))
        .options(contains_eager(Assignment.user), selectinload(Assignment.scores))
        .order_by(User.name, User.id)
    )
    for each in db.session.scalars(given):
        assignments.setdefault(each.application_id, []).append(each)
    agreed: dict[UUID, dict[str, Moderation]] = {}
    settled = select(Moderation).join(Application, Application.id == Moderation.application_id).where(*in_round)
    for one in db.session.scalars(settled.options(joinedload(Moderation.by))):
        agreed.setdefault(one.application_id, {})[one.criterion] = one
    return RoundMarks(list(applications), assignments, agreed, frozenset(visible))
