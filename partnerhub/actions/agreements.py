"""What is done with service agreements: made, changed, their returns drawn up, copied into the next year, given targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from partnerhub.actions.doing import Deed, action
from partnerhub.actions.periods import kept_periods
from partnerhub.actions.unique import flush_or
from partnerhub.extensions import db
from partnerhub.models import Award, District, MonitoringReturn, Organisation, Service, ServiceAgreement, Submission, Target
from partnerhub.queries.agreements import drawn_up_for, owed_periods, own_due_day
from partnerhub.queries.questionnaires import newest_published
from partnerhub.rules.agreements import next_reference, next_year
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.policy import Person

# What the returns of an agreement were drawn up from: it stays as it is once there are any.
SETTLED = {"organisation_id": "provider", "frequency": "frequency"}


@action("service.add_agreement")
def add_agreement(
    service: Service,
    details: Mapping[str, Any],
    commissioners: Iterable[UUID],
    districts: Iterable[str],
    *,
    by: Person,
    now: datetime,
    deed: Deed,
) -> ServiceAgreement:
    _refuse_known_reference(details["reference"])
    agreement = ServiceAgreement(service_id=service.id, programme_id=service.programme_id, created_at=now, **details)
    _name_parties(agreement, commissioners, districts)
    db.session.add(agreement)
    flush_or(_known_reference(agreement.reference))
    deed.about, deed.details = agreement, {"reference": agreement.reference}
    return agreement


@action("agreement.change")
def change_agreement(
    agreement: ServiceAgreement,
    details: Mapping[str, Any],
    commissioners: Iterable[UUID],
    districts: Iterable[str],
    *,
    by: Person,
    now: datetime,
    deed: Deed,
) -> None:
    """Returns that were drawn up stay as they are; new dates and another form count for those still to be drawn up."""
    changed = [key for key, value in details.items() if getattr(agreement, key) != value]
    settled = [words for key, words in SETTLED.items() if key in changed]
    if settled and drawn_up_for(agreement.id):
        raise BadAnswer(f"Returns were drawn up already, so the {' and the '.join(settled)} cannot change. Make a new agreement instead.")
    if "reference" in changed:
        _refuse_known_reference(details["reference"])
    parties = _name_parties(agreement, commissioners, districts)
    for key in changed:
        setattr(agreement, key, details[key])
    changed += parties
    if changed:
        flag_modified(agreement, "reference")  # whoever has the older page open is told, also when only parties changed
    flush_or(_known_reference(details["reference"]))
    deed.silent, deed.details = not changed, {"changed": changed}


@action("agreement.copy")
def copy_into_next_year(agreement: ServiceAgreement, *, by: Person, now: datetime, deed: Deed) -> ServiceAgreement:
    """The same agreement for the year that follows, with its parties, targets and returns. Pressed again it gives the same copy."""
    there = db.session.scalars(select(ServiceAgreement).where(ServiceAgreement.copied_from_id == agreement.id)).first()
    if there is not None:
        deed.silent = True
        return there
    starts, ends = next_year(agreement.starts, agreement.ends)
    copy = ServiceAgreement(
        service_id=agreement.service_id,
        programme_id=agreement.programme_id,
        organisation_id=agreement.organisation_id,
        questionnaire_id=agreement.questionnaire_id,
        reference=_free_reference(agreement.reference),
        frequency=agreement.frequency,
        starts=starts,
        ends=ends,
        copied_from_id=agreement.id,
        created_at=now,
        commissioners=list(agreement.commissioners),
        districts=list(agreement.districts),
        targets=[Target(indicator_key=each.indicator_key, value=each.value, upper=each.upper) for each in agreement.targets],
    )
    db.session.add(copy)
    flush_or(_known_reference(copy.reference))
    drawn = write_returns(copy, now)
    deed.about = copy
    deed.details = {"from": agreement.reference, "reference": copy.reference, "periods": [each.period.label for each in drawn]}
    return copy


@action("agreement.set_target")
def set_targets(
    agreement: ServiceAgreement, targets: Mapping[str, tuple[int, int | None] | None], *, by: Person, now: datetime, deed: Deed
) -> None:
    """For each indicator named its target and the top of a band, or None for no target. Scaled as `Target` says."""
    kept = {each.indicator_key: each for each in agreement.targets}
    changed = [key for key, wanted in targets.items() if wanted != ((kept[key].value, kept[key].upper) if key in kept else None)]
    for key in changed:
        wanted = targets[key]
        if wanted is None:
            agreement.targets.remove(kept[key])
        elif key in kept:
            kept[key].value, kept[key].upper = wanted
        else:
            agreement.targets.append(Target(indicator_key=key, value=wanted[0], upper=wanted[1]))
    if changed:
        flag_modified(agreement, "reference")
    deed.silent, deed.details = not changed, {"targets": {key: targets[key] for key in changed}}


def _name_parties(agreement: ServiceAgreement, commissioners: Iterable[UUID], districts: Iterable[str]) -> list[str]:
    """Who pays and where; says which of the two changed."""
    paying = list(db.session.scalars(select(Organisation).where(Organisation.id.in_(list(commissioners)))))
    places = list(db.session.scalars(select(District).where(District.code.in_(list(districts)))))
    changed = []
    if {each.id for each in paying} != {each.id for each in agreement.commissioners}:
        agreement.commissioners = paying
        changed.append("commissioners")
    if {each.code for each in places} != {each.code for each in agreement.districts}:
        agreement.districts = places
        changed.append("districts")
    return changed


def _known_reference(reference: str) -> str:
    return f"Another agreement has the reference “{reference}”. Choose another one."


def _refuse_known_reference(reference: str) -> None:
    if db.session.scalar(select(ServiceAgreement.id).where(ServiceAgreement.reference == reference)) is not None:
        raise BadAnswer(_known_reference(reference))


def _free_reference(reference: str) -> str:
    """The next reference that no agreement has."""
    taken = set(db.session.scalars(select(ServiceAgreement.reference)))
    reference = next_reference(reference)
    while reference in taken:
        reference = next_reference(reference)
    return reference


@action("agreement.draw_up")
def draw_up(agreement: ServiceAgreement, *, by: Person, now: datetime, deed: Deed) -> list[MonitoringReturn]:
    """The returns that were still missing, each due with nothing typed; none when all were there already."""
    drawn = write_returns(agreement, now)
    deed.silent = not drawn
    deed.details = {"agreement": agreement.reference, "periods": [each.period.label for each in drawn]}
    return drawn


def write_returns(agreement: ServiceAgreement, now: datetime, due_on: date | None = None) -> list[MonitoringReturn]:
    """One return for every period of the agreement's frequency that lies wholly inside it and has none yet; due on the day named."""
    there = drawn_up_for(agreement.id)
    missing = [period for period in owed_periods(agreement) if period.label not in there]
    if not missing:
        return []
    version = newest_published(agreement.questionnaire_id)
    if version is None:
        raise NotNow("The form of this agreement has no published version yet, so no return can be drawn up. Publish the form first.")
    round_id = db.session.get_one(Award, agreement.award_id).round_id if agreement.award_id else None
    drawn = []
    for period in kept_periods(missing):
        submission = Submission(questionnaire_version_id=version.id, organisation_id=agreement.organisation_id, created_at=now)
        db.session.add(submission)
        drawn.append(
            MonitoringReturn(
                agreement_id=agreement.id,
                service_id=agreement.service_id,
                programme_id=agreement.programme_id,
                organisation_id=agreement.organisation_id,
                period=period,
                questionnaire_version_id=version.id,
                submission=submission,
                due_on=due_on or own_due_day(agreement) or period.due_on,
                award_id=agreement.award_id,
                round_id=round_id,
            )
        )
    db.session.add_all(drawn)
    db.session.flush()
    return drawn
