"""Each condition of the policy in its two readings: in Python for a thing in hand, in SQL for lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from partnerhub import clock
from partnerhub.models.applications import Application
from partnerhub.rules.policy import RULES, Answer, Person, Who
from partnerhub.rules.words import Channel, OfficeRole, PartnerRole, PaymentStatus


@dataclass(frozen=True, slots=True)
class Reading:
    holds: Callable[[Person, Any], bool]
    where: Callable[[Person, Any], ColumnElement[bool]]
    is_of_the_person: bool = False


def _of_the_person(holds: Callable[[Person], bool]) -> Reading:
    """A condition that does not look at the thing."""
    return Reading(lambda person, thing: holds(person), lambda person, model: true() if holds(person) else false(), True)


def _role(role: OfficeRole) -> Reading:
    return _of_the_person(lambda person: role in person.office_roles)


def _belongs(person: Person, role: PartnerRole) -> list[Any]:
    return [organisation for organisation, held in person.organisations.items() if held == role]


def _in_organisation(role: PartnerRole) -> Reading:
    return Reading(
        lambda person, thing: thing is not None and person.organisations.get(thing.organisation_id) == role,
        lambda person, model: _is_one_of(model.organisation_id, _belongs(person, role)),
    )


def is_involved(person: Person, application: Application) -> bool:
    """Of the applicant's team, or with a declared interest in it."""
    return application.organisation_id in person.organisations or (application.round_id, application.organisation_id) in person.interests


def _involved_in(person: Person) -> ColumnElement[bool]:
    declared = (and_(Application.round_id == each, Application.organisation_id == whose) for each, whose in person.interests)
    return or_(Application.organisation_id.in_(list(person.organisations)), *declared)


ROLE_NAMES = frozenset(role.value for role in OfficeRole)

READINGS: dict[str, Reading] = {
    "anybody": _of_the_person(lambda person: True),
    "signed_in": _of_the_person(lambda person: person.is_signed_in),
    "the_hub": _of_the_person(lambda person: person.is_hub),
    "themselves": Reading(
        lambda person, thing: thing is not None and person.is_signed_in and thing.user_id == person.id,
        lambda person, model: model.user_id == person.id if person.is_signed_in else false(),
    ),
    "somebody_else": Reading(
        lambda person, thing: thing is None or thing.user_id != person.id,
        lambda person, model: model.user_id != person.id,
    ),
    "member": _in_organisation(PartnerRole.MEMBER),
    "lead": _in_organisation(PartnerRole.LEAD),
    "not_its_team": Reading(
        lambda person, thing: thing is None or thing.organisation_id not in person.organisations,
        lambda person, model: model.organisation_id.not_in(list(person.organisations)),
    ),
    "not_the_submitter": Reading(
        lambda person, thing: thing is None or thing.submitted_by_id is None or thing.submitted_by_id != person.id,
        lambda person, model: or_(model.submitted_by_id.is_(None), model.submitted_by_id != person.id),
    ),
    "not_the_preparer": Reading(
        lambda person, thing: thing is None or thing.prepared_by_id is None or thing.prepared_by_id != person.id,
        lambda person, model: or_(model.prepared_by_id.is_(None), model.prepared_by_id != person.id),
    ),
    "not_who_checked_the_payee": Reading(
        lambda person, thing: thing is None or thing.award.payee_checked_by_id is None or thing.award.payee_checked_by_id != person.id,
        lambda person, model: ~model.award.has(payee_checked_by_id=person.id) if person.id else true(),
    ),
    "not_the_claimant": Reading(
        lambda person, thing: thing is None or not thing.is_claimed or thing.prepared_by_id is None or thing.prepared_by_id != person.id,
        lambda person, model: or_(model.status != PaymentStatus.CLAIMED, model.prepared_by_id.is_(None), model.prepared_by_id != person.id),
    ),
    "no_interest": Reading(
        lambda person, thing: thing is None or (thing.round_id, thing.organisation_id) not in person.interests,
        lambda person, model: and_(
            true(),
            *(
                or_(
                    model.round_id.is_distinct_from(each), model.organisation_id != organisation
                )  # a return that no award owes has no round
                for each, organisation in person.interests
            ),
        ),
    ),
    "uninvolved": Reading(
        lambda person, thing: thing is None or not any(is_involved(person, each) for each in thing.applicants),
        lambda person, model: ~model.applicants.any(_involved_in(person)),
    ),
    "not_the_recommender": Reading(
        lambda person, thing: thing is None or thing.recommended_by_id is None or thing.recommended_by_id != person.id,
        lambda person, model: or_(model.recommended_by_id.is_(None), model.recommended_by_id != person.id),
    ),
    "signed_off": Reading(
        lambda person, thing: thing is not None and thing.signed_off_at is not None,
        lambda person, model: model.signed_off_at.is_not(None),
    ),
    "not_who_signed_off": Reading(
        lambda person, thing: thing is None or thing.signed_off_by_id is None or thing.signed_off_by_id != person.id,
        lambda person, model: or_(model.signed_off_by_id.is_(None), model.signed_off_by_id != person.id),
    ),
    "marks_in": Reading(
        lambda person, thing: thing is not None and thing.marks_in_at is not None,
        lambda person, model: model.marks_in_at.is_not(None),
    ),
    "told": Reading(
        lambda person, thing: thing is not None and thing.told_at is not None,
        lambda person, model: model.told_at.is_not(None),
    ),
    "released": Reading(
        lambda person, thing: thing is not None and thing.released_at is not None,
        lambda person, model: model.released_at.is_not(None),
    ),
    "entered": Reading(
        lambda person, thing: thing is not None and thing.channel != Channel.ONLINE,
        lambda person, model: model.channel != Channel.ONLINE,
    ),
    "programme_agreed": Reading(
        lambda person, thing: bool(person.programmes) if thing is None else thing.programme_id in person.programmes,
        lambda person, model: _is_one_of(model.programme_id, list(person.programmes)),
    ),
    "offered_once": Reading(
        lambda person, thing: thing is not None and thing.offered_at is not None,
        lambda person, model: model.offered_at.is_not(None),
    ),
    "published_once": Reading(
        lambda person, thing: thing is not None and thing.published_at is not None,  # a draft that was thrown away never was
        lambda person, model: model.published_at.is_not(None),
    ),
    "to_an_organisation": Reading(
        lambda person, thing: thing is not None and thing.organisation_id is not None,
        lambda person, model: model.organisation_id.is_not(None),
    ),
    "still_open": Reading(
        lambda person, thing: thing.reopened_until is None or thing.reopened_until >= clock.today(),
        lambda person, model: or_(model.reopened_until.is_(None), model.reopened_until >= clock.today()),
    ),
    "help_asked": Reading(
        lambda person, thing: thing.help_asked_at is not None,
        lambda person, model: model.help_asked_at.is_not(None),
    ),
} | {
    role.value: _role(role)
    for role in (
        OfficeRole.OFFICER,
        OfficeRole.ASSESSOR,
        OfficeRole.CHAIR,
        OfficeRole.FINANCE,
        OfficeRole.DIRECTOR,
        OfficeRole.ADMINISTRATOR,
        OfficeRole.AUDITOR,
    )
}


@cache
def _ordered(who: Who) -> tuple[tuple[Reading, ...], ...]:
    """The readings of each alternative, conditions of the person alone first: they are cheap and usually decide."""
    return tuple(
        tuple(READINGS[condition.name] for condition in sorted(each, key=lambda condition: condition.name not in ROLE_NAMES))
        for each in who.alternatives
    )


def is_among(who: Who, person: Person, thing: Any = None) -> bool:
    """Does `person` belong to `who`, concerning `thing`?"""
    return any(all(reading.holds(person, thing) for reading in each) for each in _ordered(who))


def may(person: Person, action: str, thing: Any = None) -> Answer:
    """Yes, no, or not now."""
    rule = RULES[action]
    if not is_among(rule.who, person, thing):
        return Answer.NO
    if rule.during is not None and thing is not None and thing.status not in rule.during:
        return Answer.NOT_NOW
    return Answer.YES


def shown_status(person: Person, thing: Any) -> str:
    """The status of a thing as far as this person may know it: no word of a decision before its letter is released."""
    told: str = getattr(thing, "shown_status", thing.status)
    return thing.status if told == thing.status or may(person, "application.view_decision", thing) is Answer.YES else told


def allowed(person: Person, action: str, model: Any) -> ColumnElement[bool]:
    """The SQL reading of `may(...) is YES`, for lists; plain `false()` for whoever is never named."""
    rule = RULES[action]
    alternatives = list(_alternatives(rule.who, person, model))
    if not alternatives:
        return false()
    who = or_(*alternatives)
    return who if rule.during is None else and_(who, model.status.in_(sorted(rule.during)))


def _alternatives(who: Who, person: Person, model: Any) -> Iterator[ColumnElement[bool]]:
    """What depends on the person alone is settled here: the database is asked only about rows."""
    for readings in _ordered(who):
        if all(each.holds(person, None) for each in readings if each.is_of_the_person):
            yield and_(true(), *(each.where(person, model) for each in readings if not each.is_of_the_person))


def _is_one_of(column: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    """IN, but only for several: it is written anew for every execution."""
    if len(values) > 1:
        return column.in_(values)
    return column == values[0] if values else false()
