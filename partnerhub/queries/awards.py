"""Questions about awards: who may see which, their agreements, their reports, and what is still owed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, case, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from partnerhub.extensions import db
from partnerhub.models import (
    AgreementTemplate,
    Application,
    Award,
    FundingRound,
    GrantAgreement,
    MonitoringReturn,
    Organisation,
    Payment,
    Questionnaire,
    QuestionnaireVersion,
)
from partnerhub.models.conditions import allowed
from partnerhub.queries.applications import IN_FULL as APPLIED
from partnerhub.queries.applications import PAGE
from partnerhub.queries.grants import AGREED
from partnerhub.queries.rows import Counted, one_page
from partnerhub.rules.awards import DueReport, reports_due, still_owed
from partnerhub.rules.policy import Person
from partnerhub.rules.words import PAID_FROM, TO_PAY, AwardStatus

SIGNERS = (joinedload(GrantAgreement.partner_signed_by), joinedload(GrantAgreement.office_signed_by), joinedload(GrantAgreement.template))
IN_FULL = (
    joinedload(Award.organisation).load_only(Organisation.name),
    joinedload(Award.fund),
    joinedload(Award.funding_round).joinedload(FundingRound.fund),
    selectinload(Award.agreements).options(*SIGNERS),
)
IN_A_LIST = IN_FULL[:3]


def awards_for(person: Person, round_id: UUID | None = None) -> list[Award]:
    return list(db.session.scalars(_awards_for(person, round_id)))


def a_page_of_awards(person: Person, round_id: UUID | None, number: int) -> Counted:
    return one_page(_awards_for(person, round_id), number)


def _awards_for(person: Person, round_id: UUID | None) -> Select[Award]:
    """The awards that `person` may see, the newest first; those of one round where it is given."""
    statement = (
        select(Award).where(allowed(person, "award.view", Award)).options(*IN_A_LIST).order_by(Award.approved_at.desc(), Award.reference)
    )
    return statement.where(Award.round_id == round_id) if round_id else statement


def award_of(person: Person, application_id: UUID) -> Award | None:
    """The award of an application, for whoever may see it."""
    return db.session.scalars(select(Award).where(Award.application_id == application_id, allowed(person, "award.view", Award))).first()


# Agreements


def newest_template() -> AgreementTemplate | None:
    return db.session.scalars(select(AgreementTemplate).order_by(AgreementTemplate.number.desc()).limit(1)).first()


def templates() -> list[AgreementTemplate]:
    """Every version of the wording, the newest first."""
    return list(db.session.scalars(select(AgreementTemplate).order_by(AgreementTemplate.number.desc())))


def agreement_of(award_id: UUID) -> GrantAgreement | None:
    """The agreement itself, as it stands now; what follows it are its changes."""
    found = select(GrantAgreement).where(GrantAgreement.award_id == award_id, GrantAgreement.number == 1)
    return db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()


# Reports


class Due(NamedTuple):
    """A report of an award as lists show it."""

    id: UUID
    title: str
    due_on: date
    status: str
    monitoring_return: MonitoringReturn

    @property
    def is_open(self) -> bool:
        return self.monitoring_return.is_open


def report_forms(award: Award) -> list[tuple[UUID, DueReport]]:
    """(form, when) of each report that the round asks of its awards, in the order in which they are due."""
    terms = award.funding_round.terms
    if award.starts is None or award.ends is None:
        return []
    due = reports_due(award.amount, award.starts, award.ends, terms)
    return [(UUID(form), each) for each in due if (form := terms.half_way_form if each.is_half_way else terms.report_form)]


def report_titles(award: Award) -> list[tuple[str, DueReport]]:
    """The same, by the titles of the forms."""
    wanted = report_forms(award)
    found = select(Questionnaire.id, Questionnaire.title).where(Questionnaire.id.in_([form_id for form_id, _ in wanted]))
    titles = dict(db.session.execute(found).all()) if wanted else {}
    return [(titles[form_id], each) for form_id, each in wanted]


def reports_by_award(award_ids: Iterable[UUID]) -> dict[UUID | None, list[Due]]:
    """What was drawn up for these awards, by award, in the order in which it is due."""
    statement = (
        select(MonitoringReturn, Questionnaire.title)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == MonitoringReturn.questionnaire_version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(MonitoringReturn.award_id.in_(list(award_ids)))
        .order_by(MonitoringReturn.due_on, MonitoringReturn.id)
    )
    found: dict[UUID | None, list[Due]] = {}
    for each, title in db.session.execute(statement):
        found.setdefault(each.award_id, []).append(Due(each.id, title, each.due_on, each.status, each))
    return found


def owed_of(award: Award) -> list[str]:
    """What stands between an award and its completion, in words."""
    payments = db.session.execute(select(Payment.number, Payment.status).where(Payment.award_id == award.id).order_by(Payment.number))
    reports = reports_by_award([award.id]).get(award.id, [])
    return still_owed([(each.title, each.status) for each in reports], [(number, status) for number, status in payments])


# What waits


class Applied(NamedTuple):
    """An application with its grant, if it is offered or agreed or was; `to_pay`: money of it is still to be paid out."""

    application: Application
    award: Award | None
    to_pay: bool


def applied_and_awarded(person: Person) -> list[Applied]:
    """What the person's organisations apply for, each with its grant: offers first, then the newest. One statement and the agreements."""
    current = and_(
        Award.application_id == Application.id,
        Award.status.in_((AwardStatus.OFFERED, *AGREED)),
        allowed(person, "award.view", Award),
    )
    unpaid = exists().where(Payment.award_id == Award.id, Payment.status.in_(sorted(TO_PAY)))
    to_pay = or_(Award.status == AwardStatus.OFFERED, and_(Award.status.in_(sorted(PAID_FROM)), unpaid))
    statement = (
        select(Application, Award, to_pay)
        .outerjoin(Award, current)
        .where(Application.organisation_id.in_(list(person.organisations)), allowed(person, "application.view", Application))
        .options(*APPLIED, selectinload(Award.agreements), joinedload(Award.organisation).load_only(Organisation.name))
        .order_by(case((Award.status == AwardStatus.OFFERED, 0), else_=1), Application.created_at.desc(), Application.id)
        .limit(PAGE)
    )
    return [Applied(*row) for row in db.session.execute(statement)]


def to_countersign(person: Person) -> list[Award]:
    """Agreements that an organisation has signed and that this person may sign for the office, the longest waiting first."""
    statement = (
        select(Award)
        .join(GrantAgreement, (GrantAgreement.award_id == Award.id) & (GrantAgreement.number == 1))
        .where(
            Award.status == AwardStatus.OFFERED,
            GrantAgreement.partner_signed_at.is_not(None),
            allowed(person, "award.countersign", Award),
        )
        .options(*IN_FULL[:3])
        .order_by(GrantAgreement.partner_signed_at, Award.reference)
    )
    return list(db.session.scalars(statement))


def offers_over(today: date) -> list[Award]:
    """Offers whose last day has passed and that nobody of the organisation has signed."""
    statement = (
        select(Award)
        .join(GrantAgreement, (GrantAgreement.award_id == Award.id) & (GrantAgreement.number == 1))
        .where(Award.status == AwardStatus.OFFERED, Award.answer_by < today, GrantAgreement.partner_signed_at.is_(None))
    )
    return list(db.session.scalars(statement))
