"""People who come by themselves: they ask to join an organisation, or register it; a lead or an officer decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from partnerhub.actions.doing import Deed, action
from partnerhub.actions.invitations import give_role
from partnerhub.actions.mail import link_to, tell, whole_address
from partnerhub.actions.organisations import refuse_known_name, write_identifier
from partnerhub.actions.unique import flush_or, one_at_a_time
from partnerhub.extensions import db
from partnerhub.models import JoinRequest, Organisation, OrganisationIdentifier, ProfileAnswer, Registration, User
from partnerhub.queries import joining as queries
from partnerhub.queries.people import addresses_of_officers, leads_of, person_of
from partnerhub.rules import readable
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.lookalike import is_unusual, plain
from partnerhub.rules.numbers import ASK_AGAIN_HOURS, ASKED_TO_JOIN_A_DAY, REGISTERED_A_DAY
from partnerhub.rules.policy import Person
from partnerhub.rules.text import sentence
from partnerhub.rules.words import PartnerRole, RegistrationStatus

A_DAY = timedelta(days=1)
TAKEN = "Somebody registered this a moment ago. Nothing was written. Press the button again."


@action("organisation.ask_to_join")
def ask_to_join(organisation: Organisation, then: str = "", *, by: Person, now: datetime, deed: Deed) -> JoinRequest:
    """Its leads are told; where it has none, the officers. Pressed twice, it gives the request that waits.

    `then`: the page of the hub to which they are led back.
    """
    user = db.session.get_one(User, by.id)
    earlier = queries.last_request(user.id, organisation.id)
    if earlier is not None and earlier.is_waiting:
        deed.silent = True
        return earlier
    _must_not_be_refused_lately(earlier, now)
    if queries.asked_since(user.id, now - A_DAY) >= ASKED_TO_JOIN_A_DAY:
        raise NotNow(f"You have asked {ASKED_TO_JOIN_A_DAY} times within a day. Nothing was sent. Wait for an answer, or call us.")
    request = _ask(organisation, user, then, now)
    deed.details = {"user": str(user.id)}
    return request


@action("joining.approve")
def approve(request: JoinRequest, role: PartnerRole, *, by: Person, now: datetime, deed: Deed) -> None:
    _must_have_an_account(request.user)
    person = person_of(request.user_id)
    if person is None or person.organisations.get(request.organisation_id) != PartnerRole.LEAD:  # invited meanwhile
        give_role(request.user_id, role, now, organisation_id=request.organisation_id)
    _decided(request, by, now)
    deed.details = {"role": role, "user": str(request.user_id)}
    _write(request, "join_approved", request.user.email, _back(request), now, role=role, goes_on=bool(request.then))


@action("joining.refuse")
def refuse(request: JoinRequest, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """With a sentence, which they read; the history does not hold it."""
    request.reason = sentence(reason, "why you refuse")
    _decided(request, by, now)
    deed.details = {"user": str(request.user_id)}
    _write(request, "join_refused", request.user.email, link_to("joining.show", request_id=request.id), now, reason=request.reason)


@action("joining.withdraw")
def withdraw(request: JoinRequest, *, by: Person, now: datetime) -> None:
    _decided(request, by, now)


@action("organisation.register")
def register(_: None, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> Registration:
    """An organisation that looks like none in the hub is there at once, with this person as its lead; any other waits for an officer.

    So does a name in other letters than the Latin ones: only a person tells what it looks like.

    `details`: name, kind, identifier (empty where there is none), postcode, district_code, and `then`, the page of the hub to be led back
    to. One after the other, so that of two who register the same, the second waits.
    """
    user = db.session.get_one(User, by.id)
    one_at_a_time("registration")
    registration = Registration(**details, user_id=user.id, asked_at=now, status=RegistrationStatus.WAITING)
    pressed_before = [each for each in queries.waiting_registrations(user.id) if _says_the_same(each, registration)]
    if pressed_before:
        deed.silent = True
        return pressed_before[0]
    if queries.registered_since(user.id, now - A_DAY) >= REGISTERED_A_DAY:
        raise NotNow(f"You have registered {REGISTERED_A_DAY} organisations within a day. Nothing was written. Call us about the others.")
    for each in queries.refused_registrations(user.id, now - timedelta(hours=ASK_AGAIN_HOURS)):
        if plain(each.name) == plain(registration.name) or (each.identifier and each.identifier == registration.identifier):
            raise NotNow(f"The office refused this less than {ASK_AGAIN_HOURS} hours ago. Nothing was sent. Call us about it.")
    alike = queries.looks_like(registration.name, registration.identifier)
    _must_be_new_to(user.id, [each for each in alike if _is_the_same(each, registration)], now)
    db.session.add(registration)
    deed.about = registration
    waits = bool(alike) or is_unusual(registration.name)
    if not waits:
        registration.status = RegistrationStatus.REGISTERED
        _establish(registration, registration.name, by, now)
    db.session.flush()
    deed.details = {"kind": registration.kind, "identifier": registration.identifier, "became": registration.status}
    if waits:
        _tell_officers(registration, now)
    return registration


@action("registration.establish")
def establish(registration: Registration, name: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """It is another one than those it looks like. A number that belongs to one of them is left out."""
    user = db.session.get_one(User, registration.user_id)
    _must_have_an_account(user)
    refuse_known_name(name, None, by)
    _establish(registration, name, by, now)
    _decided(registration, by, now)
    deed.details = {"user": str(registration.user_id), "organisation": str(registration.organisation_id)}
    _write_about(registration, "registration_done", [user.email], _back(registration), now, name=name, goes_on=bool(registration.then))


@action("registration.match")
def match(registration: Registration, organisation_id: UUID, *, by: Person, now: datetime, deed: Deed) -> None:
    """It is one that is there: whoever registered it asks its leads to join instead."""
    alike = {each.id: each for each in queries.looks_like(registration.name, registration.identifier)}
    organisation = alike.get(organisation_id)
    if organisation is None:
        raise NotNow("That organisation does not look like this one any more. Nothing was changed. Open the page again to see which do.")
    user = db.session.get_one(User, registration.user_id)
    _must_have_an_account(user)
    registration.organisation_id = organisation_id
    _decided(registration, by, now)
    deed.details = {"user": str(registration.user_id), "organisation": str(organisation_id)}
    earlier, person = queries.last_request(user.id, organisation_id), person_of(user.id)
    if person is not None and organisation_id not in person.organisations and not (earlier and earlier.is_waiting):
        _ask(organisation, user, registration.then, now)
    _write_about(registration, "registration_same", [user.email], link_to("joining.index"), now, name=organisation.name)


@action("registration.refuse")
def turn_down(registration: Registration, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """With a sentence, which they read; the history does not hold it."""
    registration.reason = sentence(reason, "why you refuse")
    _decided(registration, by, now)
    deed.details = {"user": str(registration.user_id)}
    user, link = db.session.get_one(User, registration.user_id), link_to("joining.registration", registration_id=registration.id)
    _write_about(registration, "registration_refused", [user.email], link, now, name=registration.name, reason=registration.reason)


# What they share


def _ask(organisation: Organisation, user: User, then: str, now: datetime) -> JoinRequest:
    request = JoinRequest(user_id=user.id, organisation_id=organisation.id, then=then, asked_at=now)
    db.session.add(request)
    db.session.flush()
    leads = [each.email for each in leads_of(organisation.id)]
    told = {"name": user.name, "organisation": organisation.name, "has_lead": bool(leads)}
    link = link_to("joining.show", request_id=request.id)
    tell(leads or addresses_of_officers(), "join_asked", request.id, "asked", now=now, link=link, **told)
    return request


def _back(thing: JoinRequest | Registration) -> str:
    """Where they came from, or the grants that they can apply for."""
    return whole_address(thing.then) if thing.then else link_to("rounds.index")


def _write(request: JoinRequest, template: str, address: str, link: str, now: datetime, **rest: Any) -> None:
    tell([address], template, request.id, "decided", now=now, organisation=request.organisation.name, link=link, **rest)


def _tell_officers(registration: Registration, now: datetime) -> None:
    link = link_to("joining.registration", registration_id=registration.id)
    _write_about(registration, "registration_waits", addresses_of_officers(), link, now, name=registration.name)


def _write_about(registration: Registration, template: str, addresses: list[str], link: str, now: datetime, **rest: Any) -> None:
    tell(addresses, template, registration.id, registration.status, now=now, link=link, **rest)


def _must_have_an_account(user: User) -> None:
    if user.deactivated_at is not None:
        raise NotNow("Their account has been closed, so they cannot belong to anything. Nothing was changed.")


def _decided(thing: JoinRequest | Registration, by: Person, now: datetime) -> None:
    thing.decided_at, thing.decided_by_id = now, by.id


def _must_not_be_refused_lately(earlier: JoinRequest | None, now: datetime) -> None:
    again = queries.may_ask_from(earlier)
    if again is not None and now < again:
        raise NotNow(
            f"You were refused less than {ASK_AGAIN_HOURS} hours ago. Nothing was sent. "
            f"Talk to them, and ask again after {readable.clock(again)} on {readable.day(again)}, or call us."
        )


def _says_the_same(one: Registration, other: Registration) -> bool:
    return (plain(one.name), one.identifier) == (plain(other.name), other.identifier)


def _is_the_same(organisation: Organisation, registration: Registration) -> bool:
    """By its number, or by its name however it is written; what only looks like it is for an officer to tell."""
    numbers = {known.org_id for known in organisation.identifiers}
    return registration.identifier in numbers or organisation.plain_name == plain(registration.name)


def _must_be_new_to(user_id: UUID, same: list[Organisation], now: datetime) -> None:
    """Nobody registers what they belong to already (the button pressed twice), or what refused them a moment ago."""
    person = person_of(user_id)  # as they are now: whoever was first may have been the same person
    for each in same:
        if person is not None and each.id in person.organisations:
            raise BadAnswer(f"You belong to {each.name} already. Nothing was written.")
        _must_not_be_refused_lately(queries.last_request(user_id, each.id), now)


def _establish(registration: Registration, name: str, by: Person, now: datetime) -> None:
    """The organisation is in the hub, and whoever registered it leads it."""
    organisation = Organisation(name=name, kind=registration.kind, district_code=registration.district_code, created_at=now)
    db.session.add(organisation)
    flush_or(TAKEN)
    if registration.identifier and db.session.get(OrganisationIdentifier, registration.identifier) is None:
        write_identifier(organisation, registration.identifier, by)
    if registration.postcode:
        address = {"line1": "", "line2": "", "town": "", "postcode": registration.postcode}
        db.session.add(ProfileAnswer(organisation_id=organisation.id, key="address", texts=address, at=now))
    give_role(registration.user_id, PartnerRole.LEAD, now, organisation_id=organisation.id)
    registration.organisation_id = organisation.id
