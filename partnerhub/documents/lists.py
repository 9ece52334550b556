"""Lists as files: the columns of each list, and the two ways to write them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

from partnerhub import clock
from partnerhub.documents.summary_csv import BYTE_ORDER_MARK
from partnerhub.documents.tables import safe
from partnerhub.rules import identifiers, periods
from partnerhub.rules.decisions import given
from partnerhub.rules.readable import in_london
from partnerhub.rules.words import THING_LABELS

# A column is one line: its heading, and how it is read from a row of the list. The heading is the same in both files. Other programs
# rely on it, so a heading that was given out stays. Values are texts, whole numbers, dates, moments, ids, lists and mappings of these.
Columns = Mapping[str, Callable[[Any], Any]]

RETURNS: Columns = {
    "id": lambda each: each.id,
    "period": lambda each: each.period,
    "organisation": lambda each: each.organisation,
    "organisation_id": lambda each: each.organisation_id,
    "service": lambda each: each.service,
    "programme_id": lambda each: each.programme_id,
    "status": lambda each: each.status,
    "due_on": lambda each: each.due_on,
    "first_submitted_on": lambda each: each.first_submitted_on,
    "days_late": lambda each: each.days_late(clock.today()),
}
ORGANISATIONS: Columns = {
    "id": lambda each: each.id,
    "name": lambda each: each.name,
    "kind": lambda each: each.kind,
    "district": lambda each: each.district.name if each.district else None,
    "district_code": lambda each: each.district_code,
    "numbers": lambda each: identifiers.in_order(number.org_id for number in each.identifiers),
}
PEOPLE: Columns = {
    "id": lambda each: each.id,
    "name": lambda each: each.name,
    "email": lambda each: each.email,
    "roles": lambda each: [_role(held) for held in each.memberships],
    "account": lambda each: "closed" if each.deactivated_at else "open",
}
HISTORY: Columns = {
    "number": lambda row: row.Event.seq,
    "at": lambda row: row.Event.at,
    "who": lambda row: row.actor or "The hub",
    "action": lambda row: row.Event.action,
    "says": lambda row: row.Event.says,
    "about": lambda row: THING_LABELS.get(row.Event.about_kind, row.Event.about_kind.lower()),
    "about_id": lambda row: row.Event.about_id,
    "organisation": lambda row: row.organisation,
    "details": lambda row: row.Event.details,
    "personal": lambda row: {"erased": "yes"} if row.Event.personal_id and row.personal is None else row.personal or {},
}
PROGRAMMES: Columns = {
    "id": lambda each: each.programme.id,
    "slug": lambda each: each.programme.slug,
    "name": lambda each: each.programme.name,
    "services": lambda each: each.services,
    "agreements": lambda each: each.agreements,
}
PERIODS: Columns = {  # of a period and how many returns were drawn up for it
    "id": lambda row: row[0].uuid,
    "period": lambda row: row[0].label,
    "year": lambda row: periods.year(periods.financial_year_of(row[0].starts)).label,
    "kind": lambda row: row[0].kind,
    "starts": lambda row: row[0].starts,
    "ends": lambda row: row[0].ends,
    "due_on": lambda row: row[0].due_on,
    "due_working_days": lambda row: row[0].due_working_days,
    "returns": lambda row: row[1],
}
FUNDS: Columns = {
    "id": lambda each: each.id,
    "code": lambda each: each.code,
    "name": lambda each: each.name,
    "area": lambda each: each.area,
    "most_for_one_award_pence": lambda each: each.cap,
    "longest_project_months": lambda each: each.duration_months,
    "who_can_apply": lambda each: list(each.kinds),
    "documents_before_scoring": lambda each: list(each.before_scoring),
    "documents_before_payment": lambda each: list(each.before_payment),
    "rounds": lambda each: [funding_round.reference for funding_round in each.rounds],
}
ROUNDS: Columns = {
    "id": lambda each: each.id,
    "reference": lambda each: each.reference,
    "fund": lambda each: each.fund.name,
    "year": lambda each: periods.year(each.year).label,
    "number": lambda each: each.number,
    "theme": lambda each: each.theme,
    "status": lambda each: each.status,
    "opens_at": lambda each: each.opens_at,
    "closes_at": lambda each: each.closes_at,
    "decided_by": lambda each: each.decided_by,
    "money_pence": lambda each: each.money,
    "most_for_one_award_pence": lambda each: each.terms.cap,
}
DECISIONS: Columns = {
    "id": lambda each: each.id,
    "reference": lambda each: each.reference or None,
    "title": lambda each: each.title or None,
    "round": lambda each: each.funding_round.reference,
    "status": lambda each: each.status,
    "approved_at": lambda each: each.approved_at,
    "publish_by": lambda each: each.publish_by,
    "put_off_until": lambda each: each.deferred_until,
    "published_at": lambda each: each.published_at,
    "given_pence": lambda each: given((proposal.outcome, proposal.amount) for proposal in each.proposals),
}
AWARDS: Columns = {
    "id": lambda each: each.id,
    "reference": lambda each: each.reference,
    "fund": lambda each: each.fund.name,
    "organisation": lambda each: each.organisation.name,
    "organisation_id": lambda each: each.organisation_id,
    "project": lambda each: each.project,
    "status": lambda each: each.status,
    "amount_pence": lambda each: each.amount,
    "starts": lambda each: each.starts,
    "ends": lambda each: each.ends,
    "approved_at": lambda each: each.approved_at,
    "offered_at": lambda each: each.offered_at,
    "answer_by": lambda each: each.answer_by,
    "agreed_at": lambda each: each.agreed_at,
}
GRANTS: Columns = {  # the public register; money in pounds
    "reference": lambda each: each.reference,
    "fund": lambda each: each.funding_round.fund.name,
    "round": lambda each: each.funding_round.reference,
    "recipient": lambda each: each.organisation.name,
    "purpose": lambda each: each.project,
    "district": lambda each: each.organisation.district.name if each.organisation.district else None,
    "amount_applied": lambda each: _pounds(each.application.amount_requested),
    "amount_awarded": lambda each: _pounds(each.amount),
    "award_date": lambda each: clock.day_of(each.approved_at),
    "start": lambda each: each.starts,
    "end": lambda each: each.ends,
    "decision": lambda each: each.decision.reference,
}
ROUND_REPORT: Columns = {  # of a heading of the report and a line below it
    "group": lambda row: row[0],
    "line": lambda row: row[1].label,
    "applications": lambda row: row[1].bids,
    "asked_pence": lambda row: row[1].asked,
    "scored": lambda row: row[1].scored,
    "awarded": lambda row: row[1].awarded,
    "awarded_pence": lambda row: row[1].given,
    "success": lambda row: row[1].success,
}
PAYMENTS: Columns = {  # of a payment, when it is expected, and its payee for those who may see it
    "id": lambda row: row.Payment.id,
    "award": lambda row: row.Payment.award.reference,
    "award_id": lambda row: row.Payment.award_id,
    "organisation": lambda row: row.Payment.award.organisation.name,
    "organisation_id": lambda row: row.Payment.organisation_id,
    "round": lambda row: row.Payment.award.funding_round.reference,
    "number": lambda row: row.Payment.number,
    "amount_pence": lambda row: row.Payment.amount,
    "not_before": lambda row: row.Payment.due_on,
    "expected": lambda row: row.expected,
    "status": lambda row: row.Payment.status,
    "prepared_at": lambda row: row.Payment.prepared_at,
    "released_at": lambda row: row.Payment.released_at,
    "payee_reference": lambda row: row.payee,
}
BOOKINGS: Columns = {
    "name": lambda each: each.user.name,
    "email": lambda each: each.user.email,
    "booked_at": lambda each: each.at,
}
PRIORITIES: Columns = {
    "id": lambda each: each.id,
    "list": lambda each: each.scheme,
    "key": lambda each: each.key,
    "priority": lambda each: each.label,
    "district": lambda each: each.district.name if each.district else None,
    "district_code": lambda each: each.district_code,
    "starts": lambda each: each.starts,
    "ends": lambda each: each.ends,
}
FORMS: Columns = {  # of a form and how many of its returns are open
    "key": lambda row: row[0].key,
    "title": lambda row: row[0].title,
    "kind": lambda row: row[0].kind,
    "versions": lambda row: [f"{version.number}: {version.status}" for version in row[0].versions],
    "open_returns": lambda row: row[1],
}
FORMS_IN_USE: Columns = {
    "key": lambda each: each.questionnaire.key,
    "title": lambda each: each.questionnaire.title,
    "version": lambda each: each.number,
}


def _pounds(pence: int | None) -> float | None:
    """A number of pounds, exact to the penny in every file."""
    return None if pence is None else pence / 100


def _role(membership: Any) -> str:
    return f"{membership.role}, {membership.organisation.name}" if membership.organisation else membership.role


def write_csv(file: TextIO, columns: Columns, rows: Iterable[Any]) -> None:
    """As RFC 4180 has it: texts are quoted and safe, numbers are numbers; several values share a cell."""
    file.write(BYTE_ORDER_MARK)
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(columns)
    writer.writerows([_cell(read(row)) for read in columns.values()] for row in rows)


def write_json(file: TextIO, columns: Columns, rows: Iterable[Any]) -> None:
    """An array of objects, one to a line."""
    before = "["
    for row in rows:
        told = {heading: read(row) for heading, read in columns.items()}
        file.write(before + json.dumps(told, ensure_ascii=False, default=_said))
        before = ",\n"
    file.write("[]\n" if before == "[" else "]\n")


WRITERS: Mapping[str, Callable[[TextIO, Columns, Iterable[Any]], None]] = {"csv": write_csv, "json": write_json}


def _cell(value: Any) -> str | int | Decimal:
    match value:
        case float():
            return Decimal(f"{value:.2f}")  # pounds, the only fractions in these lists: 7940.00
        case int():
            return value
        case _:
            return safe(_said(value))


def _said(value: Any) -> str:
    """A value as text: days and moments as ISO 8601 has them, moments by the clock in London; of a mapping what says something."""
    match value:
        case None:
            return ""
        case datetime():
            return in_london(value).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case list():
            return "; ".join(map(_said, value))
        case Mapping():
            return "; ".join(f"{name}: {_said(each)}" for name, each in value.items() if each not in (None, "", []))
        case _:
            return str(value)
