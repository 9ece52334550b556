"""The office's part of an application or a return, as something that is filled in beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from partnerhub.extensions import db
from partnerhub.models.applications import Application
from partnerhub.models.office_parts import OfficeSubmission
from partnerhub.models.returns import MonitoringReturn
from partnerhub.models.submissions import Submission
from partnerhub.rules.questionnaire import Questionnaire

ANSWERED_BY: Mapping[str, str] = {"office": "answer_office", "finance": "answer_finance"}
"""Whom a question is for -> the policy line of whoever answers it. Assessors answer elsewhere."""


@dataclass(frozen=True, slots=True)
class OfficePart:
    """It has no row before somebody answers: then `submission_id` is none."""

    of: Any
    submission_id: UUID | None

    word = ""  # that its policy lines begin with

    @property
    def id(self) -> UUID:
        return self.of.id

    @property
    def questionnaire_version_id(self) -> UUID:
        return self.of.questionnaire_version_id

    @property
    def organisation_id(self) -> UUID:
        return self.of.organisation_id

    @property
    def version(self) -> int:
        return self.of.version

    @property
    def submission(self) -> Submission | None:
        return db.session.get(Submission, self.submission_id) if self.submission_id else None

    @property
    def funding_round(self) -> Any:
        """Whose opening day says which reference data is on offer."""
        return getattr(self.of, "funding_round", None)

    @property
    def is_untouched(self) -> bool:
        """Nothing is filled in for the office."""
        return False


class OfApplication(OfficePart):
    word = "application"


class OfReturn(OfficePart):
    word = "return"


OFFICE_PARTS = (OfApplication, OfReturn)


def office_part(thing: Application | MonitoringReturn) -> OfficePart:
    kind, column = (
        (OfReturn, OfficeSubmission.return_id) if isinstance(thing, MonitoringReturn) else (OfApplication, OfficeSubmission.application_id)
    )
    return kind(thing, db.session.scalar(select(OfficeSubmission.submission_id).where(column == thing.id)))


def asked_of_the_office(questionnaire: Questionnaire) -> frozenset[str]:
    """The questions of a form that the office answers."""
    return frozenset(key for key in questionnaire.questions if questionnaire.for_whom(key) in ANSWERED_BY)
