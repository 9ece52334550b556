"""What an agreed grant owes: its reports, drawn up as returns of a service of the fund's programme."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select

from partnerhub.actions.agreements import write_returns
from partnerhub.actions.unique import insert_into
from partnerhub.extensions import db
from partnerhub.models import Award, Fund, MonitoringReturn, Programme, Service, ServiceAgreement
from partnerhub.queries.awards import report_forms
from partnerhub.rules.words import Frequency


def draw_up_reports(award: Award, now: datetime) -> list[MonitoringReturn]:
    """The reports that the fund asks for, each due on its day, with nothing typed; in order of time. Only inside a write."""
    wanted = report_forms(award)
    if not wanted:
        return []
    programme = programme_of(db.session.get_one(Fund, award.fund_id), now)
    service = Service(programme_id=programme.id, name=_free_name(award, programme))
    db.session.add(service)
    db.session.flush()
    drawn: list[MonitoringReturn] = []
    for number, (form_id, report) in enumerate(wanted, start=1):
        agreement = ServiceAgreement(
            service_id=service.id,
            programme_id=programme.id,
            organisation_id=award.organisation_id,
            questionnaire_id=form_id,
            reference=f"{award.reference}-R{number}",
            frequency=Frequency.ONCE,
            starts=award.starts,
            ends=report.about,
            award_id=award.id,
            created_at=now,
        )
        db.session.add(agreement)
        db.session.flush()
        drawn += write_returns(agreement, now, report.due_on)
    return drawn


def programme_of(fund: Fund, now: datetime) -> Programme:
    """Where the reports of a fund are added up; made with its first award where nobody has chosen one. Only inside a write."""
    if fund.programme_id is None:
        slug = f"grants-{fund.code.lower()}"
        row = {
            "id": uuid4(),
            "slug": slug,
            "name": fund.name,
            "about": f"What was done with the grants of {fund.name}.",
            "created_at": now,
            "version": 1,
        }
        db.session.execute(insert_into(Programme).values(row).on_conflict_do_nothing(index_elements=["slug"]))
        fund.programme_id = db.session.scalars(select(Programme.id).where(Programme.slug == slug)).one()
    return db.session.get_one(Programme, fund.programme_id)


def _free_name(award: Award, programme: Programme) -> str:
    """The project; with the reference where another one is called the same. Who runs it stands beside it wherever it is named."""
    name = award.project or award.reference
    taken = select(Service.id).where(Service.programme_id == programme.id, Service.name == name)
    return name if db.session.scalar(taken) is None else f"{name[: 199 - len(award.reference)]} {award.reference}"
