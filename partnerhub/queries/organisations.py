"""Questions about organisations: who there is, what they are called, what they have agreed and owe."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload, subqueryload

from partnerhub.extensions import db
from partnerhub.models import (
    District,
    MonitoringReturn,
    Organisation,
    OrganisationIdentifier,
    PostcodeSector,
    ProfileAnswer,
    Service,
    ServiceAgreement,
)
from partnerhub.models.conditions import allowed
from partnerhub.rules.policy import Person
from partnerhub.rules.words import OPEN

ON_A_PAGE = 50
LONGEST_LIST = 100

# What an organisation's page shows of it, in the statement that finds it.
IN_FULL = (joinedload(Organisation.district), selectinload(Organisation.identifiers))


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list."""

    rows: list[Organisation]
    total: int
    number: int


def listed(search: str = "", number: int = 1) -> Listed:
    """Organisations whose name or identifier holds `search`, by name; the last page when there is no page of this number."""
    wanted = _found_by(search)
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = min(max(1, number), max(1, -(-total // ON_A_PAGE)))
    page = wanted.order_by(func.lower(Organisation.name), Organisation.id).offset((number - 1) * ON_A_PAGE).limit(ON_A_PAGE)
    rows = (
        select(Organisation)
        .where(Organisation.id.in_(page.subquery().select()))
        .options(*IN_FULL)
        .order_by(func.lower(Organisation.name), Organisation.id)
    )
    return Listed(list(db.session.scalars(rows).unique()), total, number)


def every_organisation(search: str = "") -> list[Organisation]:
    """All pages of it."""
    rows = (
        select(Organisation)
        .where(Organisation.id.in_(_found_by(search)))
        .options(joinedload(Organisation.district), subqueryload(Organisation.identifiers))  # one statement, however many they are
        .order_by(func.lower(Organisation.name), Organisation.id)
    )
    return list(db.session.scalars(rows))


def _found_by(search: str) -> Select[UUID]:
    wanted = select(Organisation.id)
    if not search:
        return wanted
    known = select(OrganisationIdentifier.organisation_id).where(
        OrganisationIdentifier.org_id.icontains("".join(search.split()), autoescape=True)
    )
    return wanted.where(or_(Organisation.name.icontains(search, autoescape=True), Organisation.id.in_(known)))


def agreements_of(organisation_id: UUID) -> list[ServiceAgreement]:
    """What this organisation delivers, newest first."""
    return list(
        db.session.scalars(
            select(ServiceAgreement)
            .where(ServiceAgreement.organisation_id == organisation_id)
            .options(joinedload(ServiceAgreement.service), joinedload(ServiceAgreement.programme))
            .order_by(ServiceAgreement.starts.desc(), ServiceAgreement.reference)
            .limit(LONGEST_LIST)
        )
    )


def owed_by_organisation(organisation_id: UUID, person: Person) -> list[MonitoringReturn]:
    """Returns that this organisation still has to send, the earliest due first, as far as `person` may know of them."""
    return list(
        db.session.scalars(
            select(MonitoringReturn)
            .where(
                MonitoringReturn.organisation_id == organisation_id,
                MonitoringReturn.status.in_(sorted(OPEN)),
                allowed(person, "return.view", MonitoringReturn),
            )
            .options(joinedload(MonitoringReturn.period), joinedload(MonitoringReturn.service).load_only(Service.name))
            .order_by(MonitoringReturn.due_on, MonitoringReturn.id)
            .limit(LONGEST_LIST)
        )
    )


def profile_of(organisation_id: UUID) -> dict[str, dict[str, str]]:
    """What the organisation said of itself: key -> cell -> text."""
    rows = db.session.scalars(select(ProfileAnswer).where(ProfileAnswer.organisation_id == organisation_id))
    return {each.key: each.texts for each in rows}


def district_choices() -> list[tuple[str, str]]:
    return [(code, name) for code, name in db.session.execute(select(District.code, District.name).order_by(District.name))]


def district_of(postcode: str) -> str | None:
    """The code of the district in which a postcode (as it is printed) lies; nothing where the table does not know it."""
    sector, unit = postcode[:-2], postcode[-2:]
    for each in db.session.scalars(select(PostcodeSector).where(PostcodeSector.sector == sector)):
        if unit in {each.units[at : at + 2] for at in range(0, len(each.units), 2)}:
            return each.district_code
    return None


def organisation_choices() -> list[tuple[str, str]]:
    """Every organisation by name, for a form that names one."""
    rows = db.session.execute(select(Organisation.id, Organisation.name).order_by(func.lower(Organisation.name), Organisation.id))
    return [(str(row.id), row.name) for row in rows]
