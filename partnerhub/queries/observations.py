"""Questions that bringing in figures asks: whose they are, what they measure, and what is there already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from partnerhub.extensions import db
from partnerhub.models import Observation, Organisation, QuestionnaireVersion, ReportingPeriod, Service, ServiceAgreement
from partnerhub.queries.questionnaires import definitions
from partnerhub.queries.summaries import ALL, INTERNAL, library
from partnerhub.rules.periods import Period
from partnerhub.rules.questionnaire import Indicator
from partnerhub.rules.words import QuestionnaireStatus


class Contract(NamedTuple):
    """An agreement, as much of it as a row of a file can be matched with."""

    id: UUID
    service_id: UUID
    questionnaire_id: UUID
    reference: str
    service: str
    provider: str
    starts: date
    ends: date

    def covers(self, period: Period) -> bool:
        return self.starts <= period.starts and period.ends <= self.ends

    def touches(self, period: Period) -> bool:
        return self.starts <= period.ends and period.starts <= self.ends


def contracts(services: Collection[str]) -> list[Contract]:
    """The agreements for services of these names."""
    rows = db.session.execute(
        select(
            ServiceAgreement.id,
            ServiceAgreement.service_id,
            ServiceAgreement.questionnaire_id,
            ServiceAgreement.reference,
            Service.name,
            Organisation.name,
            ServiceAgreement.starts,
            ServiceAgreement.ends,
        )
        .join(Service, Service.id == ServiceAgreement.service_id)
        .join(Organisation, Organisation.id == ServiceAgreement.organisation_id)
        .where(Service.name.in_(list(services)))
        .order_by(ServiceAgreement.starts)
    )
    return [Contract(*row) for row in rows]


def indicators_of(found: Iterable[Contract], keys: Collection[str]) -> Mapping[UUID, Mapping[str, Indicator]]:
    """What each questionnaire of these agreements measures; the library stands in for what a form does not ask."""
    questionnaires = {each.questionnaire_id for each in found}
    rows = db.session.execute(
        select(QuestionnaireVersion.questionnaire_id, QuestionnaireVersion.id)
        .where(QuestionnaireVersion.questionnaire_id.in_(questionnaires), QuestionnaireVersion.status != QuestionnaireStatus.DRAFT)
        .order_by(QuestionnaireVersion.number)
    )
    versions = [tuple(row) for row in rows]
    forms, known = definitions(version for _, version in versions), library(keys)
    measured: dict[UUID, dict[str, Indicator]] = {each: dict(known) for each in questionnaires}
    for questionnaire, version in versions:
        measured[questionnaire].update(forms[version].indicators)
    return measured


def known_names(services: Collection[str], providers: Collection[str]) -> tuple[set[str], set[str]]:
    """Which of these services and which of these providers there are."""
    there = db.session.scalars(select(Service.name).where(Service.name.in_(list(services))))
    known = db.session.scalars(select(Organisation.name).where(Organisation.name.in_(list(providers))))
    return set(there), set(known)


Place = tuple[UUID, str, str]  # agreement, indicator, label of the period


def standing_figures(agreements: Collection[UUID], labels: Collection[str]) -> dict[Place, list[Any]]:
    """The figures that these agreements have for these periods, without breakdowns and without what was replaced."""
    rows = db.session.execute(
        select(
            Observation.id,
            Observation.agreement_id,
            Observation.indicator_key,
            ReportingPeriod.label,
            Observation.value,
            Observation.out_of,
            Observation.percent,
            Observation.status,
            Observation.submission_version_id,
        )
        .join(ReportingPeriod, ReportingPeriod.id == Observation.period_id)
        .where(
            Observation.agreement_id.in_(list(agreements)),
            ReportingPeriod.label.in_(list(labels)),
            Observation.category == ALL,
            Observation.status.in_(list(INTERNAL)),
        )
    )
    found: dict[Place, list[Any]] = {}
    for row in rows:
        found.setdefault((row.agreement_id, row.indicator_key, row.label), []).append(row)
    return found
