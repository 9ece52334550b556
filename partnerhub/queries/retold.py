"""The history told again from its first line: what rows must hold now, if nobody wrote past it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import (
    Event,
    EventPerson,
    GrantAgreement,
    ImportBatch,
    Invitation,
    Membership,
    MonitoringReturn,
    Observation,
    ReportingPeriod,
    ReturnQuery,
    ServiceAgreement,
    User,
)
from partnerhub.models.programmes import Target
from partnerhub.queries.agreements import own_due_day
from partnerhub.rules import agreement_words
from partnerhub.rules import periods as calendar
from partnerhub.rules.numbers import RETURN_DUE_WORKING_DAYS
from partnerhub.rules.policy import RULES
from partnerhub.rules.words import OfficeRole, ReturnStatus

Faults = list[str]
Role = tuple[str, str, str]  # role, organisation, programme


def events_of(*actions: str) -> Iterator[Any]:
    columns = (Event.action, Event.at, Event.actor_id, Event.about_id, Event.organisation_id, Event.details, Event.personal_id)
    yield from db.session.execute(select(*columns).where(Event.action.in_(actions)).order_by(Event.seq)).yield_per(1000)


def digest_of(said: Any) -> str:
    """What an event keeps of texts and figures that stand in rows of their own."""
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


# Returns


@dataclass(slots=True)
class Told:
    """What happened to one return."""

    statuses: frozenset[str] = frozenset({ReturnStatus.DUE, ReturnStatus.DRAFT})
    approved: tuple[UUID | None, datetime | None] = (None, None)
    first_sent: date | None = None
    waived: str = ""
    moved_to: set[date] = field(default_factory=set)
    asked: list[str | None] = field(default_factory=list)

    def hear(self, event: Any) -> None:
        becomes = RULES[event.action].becomes
        if becomes is not None:
            self.statuses = frozenset({becomes})
        getattr(self, f"_{event.action.partition('.')[2]}")(event)

    def _submit(self, event: Any) -> None:
        self.first_sent = self.first_sent or clock.day_of(event.at)

    def _query(self, event: Any) -> None:
        self.asked.append(event.details.get("digest"))

    def _approve(self, event: Any) -> None:
        self.approved = (event.actor_id, event.at)

    def _waive(self, event: Any) -> None:
        self.waived = event.details["reason"]

    def _extend(self, event: Any) -> None:
        self.moved_to.add(date.fromisoformat(event.details["now"]))

    def _reopen(self, event: Any) -> None:
        self.moved_to.add(date.fromisoformat(event.details["until"]))

    def _close(self, event: Any) -> None:
        self.statuses = frozenset({ReturnStatus.WAIVED if self.approved == (None, None) else ReturnStatus.APPROVED})


OF_A_RETURN = tuple(f"return.{each}" for each in ("submit", "query", "approve", "waive", "extend", "reopen", "close"))


def returns(faults: Faults) -> int:
    """Status, approver, days and reasons of every return, and what the office asked."""
    told: defaultdict[str, Told] = defaultdict(Told)
    for event in events_of(*OF_A_RETURN):
        told[event.about_id].hear(event)
    due, of_awards, asked, count = _due_days(), _days_of_awards(), _asked(), 0
    statement = (
        select(MonitoringReturn, ReportingPeriod.label, ServiceAgreement)
        .join(ReportingPeriod, ReportingPeriod.id == MonitoringReturn.period_id)
        .join(ServiceAgreement, ServiceAgreement.id == MonitoringReturn.agreement_id)
    )
    for row, label, agreement in db.session.execute(statement).yield_per(500):
        count += 1
        own_day = own_due_day(agreement)
        days = of_awards[str(row.award_id)] if row.award_id else due[label] if own_day is None else {own_day}
        heard = told[str(row.id)]
        faults += [f"return {row.id}: {what}" for what, holds in _about_return(row, heard, days).items() if not holds]
        texts = asked.get(row.id, {})
        wanted = {number: digest for number, digest in enumerate(heard.asked) if digest is not None}
        kept = {number: digest_of(texts[moment]) for number, moment in enumerate(sorted(texts)) if number in wanted}
        if kept != wanted or len(texts) != len(heard.asked):
            faults.append(f"return {row.id}: the office's questions are not those it asked")
    return count


def _about_return(row: MonitoringReturn, told: Told, due: set[date]) -> dict[str, bool]:
    """Each sentence is what is wrong when it does not hold."""
    return {
        "its status is not what was last done with it": row.status in told.statuses,
        "who approved it and when is not what the history says": (row.approved_by_id, row.approved_at) == told.approved,
        "the day it was first sent is not that of the history": row.first_submitted_on == told.first_sent,
        "nobody moved its due date to this day": row.due_on in due | told.moved_to,
        "the reason why it is not needed is another": row.waived_reason == told.waived,
    }


def _due_days() -> Mapping[str, set[date]]:
    """For each period the days on which its returns were ever due."""
    days: defaultdict[str, set[date]] = defaultdict(set)
    for label in db.session.scalars(select(ReportingPeriod.label)):
        days[label].add(calendar.due_on(calendar.parse(label), RETURN_DUE_WORKING_DAYS))
    for event in events_of("period.create", "period.change"):
        if event.action == "period.change":
            days[event.details["period"]].add(date.fromisoformat(event.details["due_on"]))
        else:
            for label in event.details["periods"]:
                days[label].add(calendar.due_on(calendar.parse(label), event.details["working_days"]))
    return days


def _days_of_awards() -> Mapping[str, set[date]]:
    """For each award the days on which its reports were to be due when both sides had signed."""
    days: defaultdict[str, set[date]] = defaultdict(set)
    for event in events_of("award.countersign"):
        days[event.about_id] |= {date.fromisoformat(each) for each in event.details.get("reports", ())}
    return days


def _asked() -> Mapping[UUID, Mapping[datetime, list[str]]]:
    """For each return what was asked at each moment, in order."""
    found: defaultdict[UUID, defaultdict[datetime, list[str]]] = defaultdict(lambda: defaultdict(list))
    columns = (ReturnQuery.return_id, ReturnQuery.at, ReturnQuery.text)
    for return_id, at, text in db.session.execute(select(*columns).order_by(ReturnQuery.return_id, ReturnQuery.number)):
        found[return_id][at].append(text)
    return found


# Grant agreements

SIGNATURES = {"award.sign": "partner_signed_by_id", "award.countersign": "office_signed_by_id"}


def agreements(faults: Faults) -> int:
    """The words have their digest, and whoever signed them signed this digest."""
    told: defaultdict[tuple[str, int, str], set[tuple[UUID | None, str]]] = defaultdict(set)
    for event in events_of(*SIGNATURES):
        told[event.about_id, event.details["agreement"], SIGNATURES[event.action]].add((event.actor_id, event.details["digest"]))
    count = 0
    for row in db.session.scalars(select(GrantAgreement).options(joinedload(GrantAgreement.award))).yield_per(200):
        count += 1
        if agreement_words.digest(row.text) != row.digest:
            faults.append(f"agreement {row.reference}: its words are not those of its digest")
        for column in SIGNATURES.values():
            signed_by = getattr(row, column)
            if row.number == 1 and ({(signed_by, row.digest)} if signed_by else set()) != told[str(row.award_id), 1, column]:
                faults.append(f"agreement {row.reference}: who signed it is not what the history says")
    return count


# People

OF_PEOPLE = (
    "organisation.invite",
    "person.invite",
    "invitation.accept",
    "membership.change",
    "membership.end",
    "person.change_roles",
    "person.deactivate",
    "person.reactivate",
    "person.confirm_email_change",
)


def people(faults: Faults) -> int:
    """Who holds which role, whose account is closed, and by which address each signs in. Demonstration accounts were never invited."""
    roles, closed, addresses = _told_of_people()
    held: defaultdict[str, set[Role]] = defaultdict(set)
    columns = (Membership.user_id, Membership.role, Membership.organisation_id, Membership.programme_id)
    for user_id, role, organisation_id, programme_id in db.session.execute(select(*columns).where(Membership.ended_at.is_(None))):
        held[str(user_id)].add(_role(role, organisation_id, programme_id))
    count = 0
    for user_id, email, deactivated_at in db.session.execute(
        select(User.id, User.email, User.deactivated_at).where(User.is_demonstration.is_(False))
    ):
        count += 1
        key = str(user_id)
        if held[key] != roles[key]:
            faults.append(f"person {key}: {_named(held[key] ^ roles[key])} is not as the history says")
        if (deactivated_at is not None) != (key in closed):
            faults.append(f"person {key}: whether the account is closed is not what the history says")
        if addresses.get(key, email) != email:
            faults.append(f"person {key}: the e-mail address is not the one that was invited or confirmed")
    return count


def _told_of_people() -> tuple[defaultdict[str, set[Role]], set[str], dict[str, str]]:
    """Roles by person, closed accounts, addresses by person (as long as they are not erased)."""
    roles: defaultdict[str, set[Role]] = defaultdict(set)
    closed, addresses, sent_to = set(), {}, {}
    invited = {str(each.id): each for each in db.session.execute(select(Invitation.id, Invitation.email, Invitation.programme_id))}
    personal = dict(db.session.execute(select(EventPerson.id, EventPerson.values)).all())
    for event in events_of(*OF_PEOPLE):
        user, details = event.details.get("user", event.about_id), event.details
        if event.action.endswith(".invite"):
            sent_to[event.about_id] = (personal.get(event.personal_id) or {}).get("email")
        elif event.action == "invitation.accept":
            invitation = invited.get(event.about_id)
            given = _role(details["role"], event.organisation_id, invitation.programme_id if invitation else None)
            roles[user] = {each for each in roles[user] if not given[1] or each[1] != given[1]} | {given}
            addresses.setdefault(user, sent_to.get(event.about_id) or (invitation.email if invitation else ""))
        elif event.action in ("membership.change", "membership.end"):
            roles[user] = {each for each in roles[user] if each[1] != str(event.organisation_id)}
            roles[user] |= {_role(details["after"], event.organisation_id)} if "after" in details else set()
        elif event.action == "person.change_roles":
            roles[user] = {each for each in roles[user] if each[1]} | _office_roles(details)
        elif event.action == "person.deactivate":
            closed.add(user)
        elif event.action == "person.reactivate":
            closed.discard(user)
        elif after := (personal.get(event.personal_id) or {}).get("after"):
            addresses[user] = after
    return roles, closed, addresses


def _role(role: str, organisation_id: UUID | None = None, programme_id: UUID | None = None) -> Role:
    return (role, str(organisation_id or ""), str(programme_id or ""))


def _office_roles(details: Mapping[str, Any]) -> set[Role]:
    viewers = {(OfficeRole.VIEWER.value, "", programme) for programme in details["programmes"]}
    return viewers | {_role(role) for role in details["roles"] if role != OfficeRole.VIEWER}


def _named(roles: Iterable[Role]) -> str:
    return ", ".join(sorted(f"the role {role}" for role, *_ in roles))


# Targets and figures from files


def targets(faults: Faults) -> int:
    """The targets of every agreement are those that were set, or copied with it."""
    copied = {
        str(each.id): str(each.copied_from_id) for each in db.session.execute(select(ServiceAgreement.id, ServiceAgreement.copied_from_id))
    }
    told: defaultdict[str, dict[str, tuple[int, int | None]]] = defaultdict(dict)
    for event in events_of("agreement.set_target", "agreement.copy"):
        if event.action == "agreement.copy":
            told[event.about_id] = dict(told[copied.get(event.about_id, "")])
            continue
        for key, wanted in event.details["targets"].items():
            if wanted is None:
                told[event.about_id].pop(key, None)
            else:
                told[event.about_id][key] = (wanted[0], wanted[1])
    kept: defaultdict[str, dict[str, tuple[int, int | None]]] = defaultdict(dict)
    rows = db.session.execute(select(Target.agreement_id, Target.indicator_key, Target.value, Target.upper)).all()
    for agreement_id, key, value, upper in rows:
        kept[str(agreement_id)][key] = (value, upper)
    for agreement in copied:
        changed = {key for key, _ in kept[agreement].items() ^ told[agreement].items()}
        faults += [f"agreement {agreement}: the target of {key} is not the one that was set" for key in sorted(changed)]
    return len(rows)


def imported(faults: Faults) -> int:
    """The figures of every file are those that were imported. Of files that came before digests were kept nobody can tell."""
    told = {event.about_id: event.details["figures"] for event in events_of("observation.import") if "figures" in event.details}
    batches = db.session.scalars(select(ImportBatch.id)).all()
    for batch_id in batches:
        if told.pop(str(batch_id), None) not in (None, digest_of_import(batch_id)):
            faults.append(f"import {batch_id}: its figures are not those that were imported")
    faults += [f"import {batch_id}: the history tells of it, but it is gone" for batch_id in told]
    return len(batches)


def digest_of_import(batch_id: UUID) -> str:
    """The figures that a file brought; whether they count changes, what they say does not."""
    columns = (
        Observation.agreement_id, Observation.indicator_key, Observation.period_id, Observation.category,
        Observation.value, Observation.out_of, Observation.percent,
    )  # fmt: skip
    rows = db.session.execute(select(*columns).where(Observation.import_batch_id == batch_id).order_by(Observation.id))
    return digest_of([[str(row[0]), *row[1:]] for row in rows])
