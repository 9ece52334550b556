"""Questions about programmes and their services."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from partnerhub.extensions import db
from partnerhub.models import Organisation, Programme, Service, ServiceAgreement
from partnerhub.models.conditions import allowed
from partnerhub.rules.policy import Person

# What a programme's page shows: its services, their agreements and who delivers them, in two statements more.
IN_FULL = (
    selectinload(Programme.services)
    .selectinload(Service.agreements)
    .joinedload(ServiceAgreement.organisation)
    .load_only(Organisation.name),
)
SERVICE_IN_FULL = (joinedload(Service.programme),)


@dataclass(frozen=True, slots=True)
class Listed:
    programme: Programme
    services: int
    agreements: int


def programmes_for(person: Person) -> list[Listed]:
    """The programmes that `person` may see, by name, with how much is in each."""
    services = select(func.count()).where(Service.programme_id == Programme.id).scalar_subquery()
    agreements = select(func.count()).where(ServiceAgreement.programme_id == Programme.id).scalar_subquery()
    rows = db.session.execute(
        select(Programme, services, agreements).where(allowed(person, "programme.view", Programme)).order_by(Programme.name, Programme.id)
    )
    return [Listed(*row) for row in rows]
