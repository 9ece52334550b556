"""The generated office, row by row: programmes, providers, five years of returns and their figures. All names are invented."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from benchmarks import form
from partnerhub.models.organisations import folded
from partnerhub.rules import periods
from partnerhub.rules.lookalike import plain
from partnerhub.rules.periods import Period, PeriodKind
from partnerhub.rules.words import (
    Frequency,
    ObservationStatus,
    OfficeRole,
    OrganisationKind,
    PartnerRole,
    QuestionnaireStatus,
    ReturnStatus,
)

PROVIDERS = 10  # of each programme
QUARTERS = 20  # sent by each provider
FIGURES_OF_A_PROGRAMME = PROVIDERS * QUARTERS * form.FIGURES
WITH_DOCUMENTS = 5  # of how many quarters the frozen answers are kept in full: those that a page about the next one shows
LEFT_BLANK = 12  # cells of the open return that nobody has filled in yet
SHARE_OF_AGES = (18, 37, 29, 12, 4)  # per cent

PLACES = ("Ashdene", "Birchfold", "Cotterby", "Dunnsford", "Elmsgate", "Farleigh", "Gorsewick", "Hallowby", "Inglemere", "Kestrel Hill")
NAMES = (
    "Families Trust",
    "Safe Homes",
    "Advice Service",
    "Neighbours",
    "Youth Project",
    "Recovery Partnership",
    "Women's Centre",
    "Victims' Voice",
    "Community Hub",
    "Outreach",
)
THEMES = ("Safer homes", "Young people", "Victims first", "Recovery", "Neighbourhoods", "Hidden harm")

Row = dict[str, Any]
Rows = Iterator[tuple[str, Row]]  # table, row


@dataclass(frozen=True)
class Office:
    """How large the office is, and the day it was made."""

    programmes: int
    today: date

    @property
    def observations(self) -> int:
        return self.programmes * FIGURES_OF_A_PROGRAMME

    @property
    def quarters(self) -> list[Period]:
        """Those that were sent, oldest first; the last one is still open."""
        found = [periods.last_ended(PeriodKind.QUARTER, self.today)]
        while len(found) <= QUARTERS:
            found.append(periods.previous(found[-1]))
        return found[::-1]


def sized(observations: int, today: date) -> Office:
    """The office with so many figures; a programme has always as many, so that only their number differs."""
    if observations % FIGURES_OF_A_PROGRAMME:
        raise ValueError(f"the number of figures must be a multiple of {FIGURES_OF_A_PROGRAMME:,}")
    return Office(observations // FIGURES_OF_A_PROGRAMME, today)


def identity(kind: str, *numbers: int) -> UUID:
    """The same id for the same thing in every run; as scattered as a random one."""
    return UUID(bytes=hashlib.md5(f"{kind}-{'-'.join(map(str, numbers))}".encode(), usedforsecurity=False).digest(), version=4)


VERSION = identity("questionnaire version")
OFFICER = identity("officer")


def lead(programme: int, provider: int) -> UUID:
    return identity("lead", programme, provider)


def open_return(programme: int, provider: int) -> UUID:
    """The return that is being filled in."""
    return identity("return", programme, provider, QUARTERS)


def slug(programme: int) -> str:
    return f"programme-{programme + 1:03}"


def rows(office: Office) -> Rows:
    """Every row, parents before children."""
    quarters = office.quarters
    began = _at(quarters[0].starts)
    yield from _form(began)
    yield from _periods(quarters)
    yield "app_user", _user(OFFICER, "officer@office.example", "Officer of the office", began)
    yield "membership", _membership(OFFICER, OfficeRole.OFFICER, began)
    for programme in range(office.programmes):
        yield from _programme(programme, began)
        for provider in range(PROVIDERS):
            yield from _provider(programme, provider, began)
            yield from _agreement(programme, provider, quarters, began)
            yield from _returns(programme, provider, quarters)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), UTC)


def _form(began: datetime) -> Rows:
    document = form.document()
    written = json.dumps(document, sort_keys=True)
    yield (
        "questionnaire",
        {
            "id": identity("questionnaire"),
            "key": document["questionnaire"],
            "title": document["title"],
            "kind": document["kind"],
            "version": 1,
        },
    )
    yield (
        "questionnaire_version",
        {
            "id": VERSION,
            "questionnaire_id": identity("questionnaire"),
            "number": 1,
            "status": QuestionnaireStatus.PUBLISHED,
            "document": document,
            "digest": hashlib.sha256(written.encode()).hexdigest(),
            "published_at": began,
        },
    )


def _periods(quarters: list[Period]) -> Rows:
    for number, period in enumerate(quarters, 1):
        yield (
            "reporting_period",
            {
                "id": number,
                "uuid": identity("period", number),
                "label": period.label,
                "kind": period.kind,
                "starts": period.starts,
                "ends": period.ends,
                "due_working_days": 15,
                "due_on": periods.due_on(period),
                "version": 1,
            },
        )


def _user(key: UUID, email: str, name: str, at: datetime) -> Row:
    return {"id": key, "email": email, "name": name, "created_at": at, "is_demonstration": False, "version": 1}


def _membership(user: UUID, role: str, since: datetime, organisation: UUID | None = None) -> Row:
    return {"id": identity(f"membership {user}"), "user_id": user, "role": role, "organisation_id": organisation, "since": since}


def _programme(programme: int, began: datetime) -> Rows:
    name = f"{THEMES[programme % len(THEMES)]} {programme + 1}"
    yield (
        "programme",
        {"id": identity("programme", programme), "slug": slug(programme), "name": name, "about": "", "created_at": began, "version": 1},
    )
    for service in range(2):
        yield (
            "service",
            {
                "id": identity("service", programme, service),
                "programme_id": identity("programme", programme),
                "name": ("Support service", "Prevention service")[service],
                "about": "",
                "position": service,
                "version": 1,
            },
        )


def _provider(programme: int, provider: int, began: datetime) -> Rows:
    organisation = identity("organisation", programme, provider)
    name = f"{PLACES[(programme + provider) % len(PLACES)]} {NAMES[provider]} {programme + 1}"
    yield (
        "organisation",
        {
            "id": organisation,
            "name": name,
            "folded_name": folded(name),
            "plain_name": plain(name),
            "kind": OrganisationKind.CHARITY,
            "website": "",
            "telephone": "",
            "address": "",
            "created_at": began,
            "version": 1,
        },
    )
    for role, key in ((PartnerRole.LEAD, lead(programme, provider)), (PartnerRole.MEMBER, identity("member", programme, provider))):
        yield "app_user", _user(key, f"{role}-{programme + 1}-{provider + 1}@provider.example", f"{role.title()} of {name}", began)
        yield "membership", _membership(key, role, began, organisation)


def _agreement(programme: int, provider: int, quarters: list[Period], began: datetime) -> Rows:
    agreement = identity("agreement", programme, provider)
    yield (
        "service_agreement",
        {
            "id": agreement,
            "service_id": identity("service", programme, provider % 2),
            "programme_id": identity("programme", programme),
            "organisation_id": identity("organisation", programme, provider),
            "questionnaire_id": identity("questionnaire"),
            "reference": f"SA-{programme + 1:03}-{provider + 1:02}",
            "frequency": Frequency.QUARTER,
            "starts": quarters[0].starts,
            "ends": quarters[-1].ends,
            "created_at": began,
            "version": 1,
        },
    )
    for key, value in (("accepted", 100), ("contacts_in_time", 80), ("acceptance", 700), ("planned_endings", 600)):
        yield "target", {"agreement_id": agreement, "indicator_key": key, "value": value, "upper": None}


def _returns(programme: int, provider: int, quarters: list[Period]) -> Rows:
    by_chance = random.Random(f"{programme}/{provider}")
    level = [by_chance.randint(40, 400) for _ in form.COUNTS]
    for number, period in enumerate(quarters):
        values = figures_typed(by_chance, level)
        sent = number < QUARTERS
        yield from _return(programme, provider, number, period, values, sent)


def _return(programme: int, provider: int, number: int, period: Period, values: dict[str, dict[str, int]], sent: bool) -> Rows:
    key, submission = identity("return", programme, provider, number), identity("submission", programme, provider, number)
    organisation, person = identity("organisation", programme, provider), lead(programme, provider)
    due = periods.due_on(period)
    came = _at(due) - timedelta(days=(programme + provider) % 9 - 2)
    waits = number == QUARTERS - 1 and provider % 3 == 0
    status = (ReturnStatus.SUBMITTED if waits else ReturnStatus.APPROVED) if sent else ReturnStatus.DRAFT
    version = identity("version", programme, provider, number) if sent else None
    yield (
        "submission",
        {"id": submission, "questionnaire_version_id": VERSION, "organisation_id": organisation, "created_at": _at(period.ends)},
    )
    if sent:
        yield "submission_version", _version(version, submission, values, person, came, (programme, provider, number))
    yield (
        "monitoring_return",
        {
            "id": key,
            "agreement_id": identity("agreement", programme, provider),
            "service_id": identity("service", programme, provider % 2),
            "programme_id": identity("programme", programme),
            "organisation_id": organisation,
            "period_id": number + 1,
            "questionnaire_version_id": VERSION,
            "submission_id": submission,
            "due_on": due,
            "status": status,
            "submitted_by_id": person if sent else None,
            "submitted_at": came if sent else None,
            "first_submitted_on": came.date() if sent else None,
            "latest_version_id": version,
            "approved_version_id": version if status == ReturnStatus.APPROVED else None,
            "approved_by_id": OFFICER if status == ReturnStatus.APPROVED else None,
            "approved_at": came + timedelta(days=4) if status == ReturnStatus.APPROVED else None,
            "waived_reason": "",
            "reopened_reason": "",
            "version": 2 if sent else 1,
        },
    )
    if sent:
        counts = ObservationStatus.APPROVED if status == ReturnStatus.APPROVED else ObservationStatus.PROVISIONAL
        yield from _observations((programme, provider, number), values, version, counts)
    else:
        yield from _answers(submission, values, person, _at(period.ends))


def figures_typed(by_chance: random.Random, level: list[int]) -> dict[str, dict[str, int]]:
    """One quarter: every total is the sum of its parts, and every breakdown adds up to its count."""
    values: dict[str, dict[str, int]] = {}
    for (total, _t, one, _o, other, _r), usual in zip(form.COUNTS, level, strict=True):
        whole = round(usual * by_chance.uniform(0.9, 1.1))
        part = round(whole * by_chance.uniform(0.6, 0.8))
        for key, count in ((total, whole), (one, part), (other, whole - part)):
            values[key] = {"": count}
            ages = [count * share // 100 for share in SHARE_OF_AGES]
            ages[0] += count - sum(ages)
            values[form.by_age(key)] = dict(zip((age for age, _label in form.AGES), ages, strict=True))
    for key, _label in form.SHARES:
        asked = by_chance.randint(20, 90)
        values[key] = {"number": asked * by_chance.randint(60, 95) // 100, "out_of": asked}
    return values


def _observations(which: tuple[int, int, int], values: dict[str, dict[str, int]], version: UUID, status: str) -> Rows:
    programme, provider, number = which
    common = {
        "service_id": identity("service", programme, provider % 2),
        "agreement_id": identity("agreement", programme, provider),
        "period_id": number + 1,
        "percent": None,
        "not_applicable": False,
        "status": status,
        "submission_version_id": version,
    }
    for indicator, category, value, out_of in figures_of(values):
        yield "observation", common | {"indicator_key": indicator, "category": category, "value": value, "out_of": out_of}


def figures_of(values: dict[str, dict[str, int]]) -> Iterator[tuple[str, str, int, int | None]]:
    """(indicator, category, value, out of): what the hub's own rules make of these answers; tests/test_benchmarks.py compares the two."""
    for key in form.count_keys():
        yield key, "all", values[key][""], None
        for age, count in values[form.by_age(key)].items():
            yield key, f"age:{age}", count, None
    for key, _label in form.SHARES:
        yield key, "all", values[key]["number"], values[key]["out_of"]
    for key, _label, number, out_of in form.COMPUTED:
        yield key, "all", values[number][""], values[out_of][""]


def _version(
    key: UUID, submission: UUID, values: dict[str, dict[str, int]], person: UUID, at: datetime, which: tuple[int, int, int]
) -> Row:
    programme, provider, number = which
    document: dict[str, Any] = {"values": {}, "texts": {}, "typed_by": {}, "left_out": [], "failures": []}
    if number >= QUARTERS - WITH_DOCUMENTS:
        worked_out = {key: {"number": values[number][""], "out_of": values[out_of][""]} for key, _label, number, out_of in form.COMPUTED}
        document["values"] = values | worked_out
        document["texts"] = {key: {cell: str(value) for cell, value in cells.items()} for key, cells in values.items()}
        document["typed_by"] = {key: dict.fromkeys(cells, str(person)) for key, cells in values.items()}
    return {
        "id": key,
        "submission_id": submission,
        "questionnaire_version_id": VERSION,
        "number": 1,
        "reference": f"SA-{programme + 1:03}-{provider + 1:02}-{number + 1}-v1",
        "answers": document,
        "digest": hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
        "submitted_by_id": person,
        "submitted_at": at,
    }


def cells_typed(values: dict[str, dict[str, int]]) -> list[tuple[str, str, int]]:
    """(question, cell, value) in the order of the form."""
    return [(key, cell, value) for key, cells in values.items() for cell, value in cells.items()]


def _answers(submission: UUID, values: dict[str, dict[str, int]], person: UUID, at: datetime) -> Rows:
    for key, cell, value in cells_typed(values)[:-LEFT_BLANK]:
        yield (
            "answer",
            {
                "submission_id": submission,
                "question_key": key,
                "cell": cell,
                "text": str(value),
                "value": value,
                "revision": 1,
                "by_id": person,
                "at": at,
            },
        )
