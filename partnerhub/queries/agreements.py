"""Questions about service agreements: what is owed, what was promised, who may be named in one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from partnerhub.extensions import db
from partnerhub.models import (
    AgreementCommissioner,
    MonitoringReturn,
    Organisation,
    Programme,
    Questionnaire,
    QuestionnaireVersion,
    ReportingPeriod,
    Service,
    ServiceAgreement,
)
from partnerhub.rules import periods as calendar
from partnerhub.rules.numbers import RETURN_DUE_WORKING_DAYS
from partnerhub.rules.words import Frequency, OrganisationKind, QuestionnaireStatus

# What an agreement's page shows of it.
IN_FULL = (
    joinedload(ServiceAgreement.service),
    joinedload(ServiceAgreement.programme),
    joinedload(ServiceAgreement.organisation),
    joinedload(ServiceAgreement.questionnaire),
    selectinload(ServiceAgreement.commissioners),
    selectinload(ServiceAgreement.districts),
    selectinload(ServiceAgreement.targets),
)
PAYING_KINDS = (OrganisationKind.COUNCIL, OrganisationKind.PUBLIC_BODY)


def owed_periods(agreement: ServiceAgreement) -> list[calendar.Period]:
    """The periods of its frequency that lie wholly inside an agreement: one that starts mid-quarter does not owe that quarter.

    What is reported once is owed for the financial year in which the agreement ends.
    """
    if agreement.frequency == Frequency.ONCE:
        return [calendar.on(calendar.PeriodKind.YEAR, agreement.ends)]
    return calendar.within(calendar.PeriodKind(agreement.frequency), agreement.starts, agreement.ends)


def own_due_day(agreement: ServiceAgreement) -> date | None:
    """What is reported once follows the end of the agreement; None where returns follow their periods."""
    return calendar.working_days_after(agreement.ends, RETURN_DUE_WORKING_DAYS) if agreement.frequency == Frequency.ONCE else None


def drawn_up_for(agreement_id: UUID) -> set[str]:
    """The labels of the periods for which this agreement has a return."""
    labels = select(ReportingPeriod.label).join(MonitoringReturn, MonitoringReturn.period_id == ReportingPeriod.id)
    return set(db.session.scalars(labels.where(MonitoringReturn.agreement_id == agreement_id)))


@dataclass(frozen=True, slots=True)
class Owed:
    """A period for which an agreement owes a return: drawn up already, or still to be. `is_outside`: no longer inside its dates."""

    label: str
    due_on: date
    drawn_up: MonitoringReturn | None
    is_outside: bool = False


def owed_by_agreement(agreement: ServiceAgreement) -> list[Owed]:
    """What an agreement owes and when, drawn up or not, in order of time."""
    wanted = owed_periods(agreement)
    drawn = {
        each.period.label: each
        for each in db.session.scalars(
            select(MonitoringReturn).where(MonitoringReturn.agreement_id == agreement.id).options(joinedload(MonitoringReturn.period))
        )
    }
    missing = [each for each in wanted if each.label not in drawn]
    labels = [each.label for each in missing]
    kept = select(ReportingPeriod.label, ReportingPeriod.due_on).where(ReportingPeriod.label.in_(labels))
    due = dict(db.session.execute(kept).all()) if missing else {}
    inside = {each.label for each in wanted}
    own_day = own_due_day(agreement)
    found = [(each.period.starts, Owed(label, each.due_on, each, label not in inside)) for label, each in drawn.items()]
    found += [(each.starts, Owed(each.label, own_day or due.get(each.label) or calendar.due_on(each), None)) for each in missing]
    return [owed for _, owed in sorted(found, key=lambda pair: pair[0])]


def copy_of(agreement_id: UUID) -> ServiceAgreement | None:
    """The agreement that was copied from this one."""
    return db.session.scalars(select(ServiceAgreement).where(ServiceAgreement.copied_from_id == agreement_id).limit(1)).first()


def agreements_under(service_id: UUID) -> list[ServiceAgreement]:
    """The agreements of a service, newest first."""
    return list(
        db.session.scalars(
            select(ServiceAgreement)
            .where(ServiceAgreement.service_id == service_id)
            .options(joinedload(ServiceAgreement.organisation).load_only(Organisation.name))
            .order_by(ServiceAgreement.starts.desc(), ServiceAgreement.reference)
        )
    )


def suggested_reference(service: Service) -> str:
    """A reference for a new agreement: the programme's address in capitals and the next number."""
    row = db.session.execute(
        select(Programme.slug, func.count(ServiceAgreement.id))
        .outerjoin(ServiceAgreement, ServiceAgreement.programme_id == Programme.id)
        .where(Programme.id == service.programme_id)
        .group_by(Programme.slug)
    ).one()
    return f"{row[0].upper()[:30]}-{row[1] + 1:02}"


def commissioner_choices() -> list[tuple[str, str]]:
    """Councils and public bodies, and whoever commissions something already."""
    paying = select(AgreementCommissioner.organisation_id)
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(or_(Organisation.kind.in_(PAYING_KINDS), Organisation.id.in_(paying)))
        .order_by(func.lower(Organisation.name), Organisation.id)
    )
    return [(str(row.id), row.name) for row in rows]


def form_choices(kept: UUID | None = None) -> list[tuple[str, str]]:
    """Return forms with a published version, and the one an agreement has already."""
    published = select(QuestionnaireVersion.questionnaire_id).where(QuestionnaireVersion.status == QuestionnaireStatus.PUBLISHED)
    usable = (Questionnaire.kind == "return") & Questionnaire.id.in_(published)
    rows = db.session.execute(
        select(Questionnaire.id, Questionnaire.title).where(or_(usable, Questionnaire.id == kept)).order_by(Questionnaire.title)
    )
    return [(str(row.id), row.title) for row in rows]
