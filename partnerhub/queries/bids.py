"""What the applications of a round say of themselves, for the line and the round's report: place, lists, first time, money."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import aliased

from partnerhub.clock import day_of
from partnerhub.extensions import db
from partnerhub.models import Application, Award, Decision, District, FundingRound, Organisation, Priority
from partnerhub.models.conditions import is_involved
from partnerhub.queries.priorities import PREFIX, in_force
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import sent_in
from partnerhub.rules import round_report as rules
from partnerhub.rules.policy import Person
from partnerhub.rules.questionnaire import Question
from partnerhub.rules.round_report import Bid, RoundReport
from partnerhub.rules.words import TAKES_MONEY, ApplicationStatus

NOT_SENT = (ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN)


def bids_of(funding_round: FundingRound, reader: Person | None = None) -> list[Bid]:
    """Every application of the round that was sent and not withdrawn. Three statements, however many there are.

    `reader`: what a bid in which they are involved got counts once its applicant was told.
    """
    earlier, its_round = aliased(Application), aliased(FundingRound)
    applied_before = exists(
        select(earlier.id)
        .join(its_round, its_round.id == earlier.round_id)
        .where(
            earlier.organisation_id == Application.organisation_id,
            earlier.fund_id == funding_round.fund_id,
            earlier.submitted_at.is_not(None),
            its_round.closes_at <= funding_round.opens_at,
        )
    )
    statement = (
        select(Application, District.name, Organisation.kind, applied_before, Award.amount)
        .join(Organisation, Organisation.id == Application.organisation_id)
        .outerjoin(District, District.code == Organisation.district_code)
        .outerjoin(Award, and_(Award.application_id == Application.id, Award.status.in_(TAKES_MONEY)))
        .where(Application.round_id == funding_round.id, Application.submitted_at.is_not(None), Application.status.not_in(NOT_SENT))
        .order_by(Application.number)
    )
    rows = db.session.execute(statement).all()
    named = _named(funding_round, {row.Application.id: row.Application.latest_version_id for row in rows})
    return [
        Bid(
            application.id,
            district or "",
            kind,
            not before,
            named[application.id],
            application.amount_requested or 0,
            application.marks_in_at is not None,
            None if reader is not None and application.told_at is None and is_involved(reader, application) else given,
        )
        for application, district, kind, before, given in rows
    ]


def _named(funding_round: FundingRound, sent: Mapping[UUID, UUID | None]) -> dict[UUID, dict[str, tuple[str, ...]]]:
    """What each chose of the dated lists that the form asks about, as it was sent: application -> question -> labels.

    `sent`: application -> the version that was sent last.
    """
    asking = _asking(funding_round)
    if not asking:
        return {each: {} for each in sent}
    labels, versions = _labels(set(asking.values())), sent_in([each for each in sent.values() if each])
    found: dict[UUID, dict[str, tuple[str, ...]]] = {}
    for application_id, version_id in sent.items():
        values = versions[version_id].values if version_id else {}
        found[application_id] = {}
        for question, scheme in asking.items():
            known = labels.get(scheme, {})
            chosen = _chosen(values.get(question.key, {}).get(""))
            found[application_id][question.label] = tuple(known.get(each, each) for each in chosen)
    return found


def _asking(funding_round: FundingRound) -> dict[Question, str]:
    """The questions that name a dated list, and the list of each."""
    questions = definition(funding_round.questionnaire_version_id).questions.values()
    return {each: each.options_from.removeprefix(PREFIX) for each in questions if each.options_from.startswith(PREFIX)}


def _chosen(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _labels(schemes: Collection[str]) -> dict[str, dict[str, str]]:
    """Of every list, also of what is not in force any more: key -> label."""
    found: dict[str, dict[str, str]] = {}
    rows = select(Priority.scheme, Priority.key, Priority.label).where(Priority.scheme.in_(list(schemes))).order_by(Priority.starts)
    for scheme, key, label in db.session.execute(rows):
        found.setdefault(scheme, {})[key] = label
    return found


def report_of(funding_round: FundingRound, reader: Person) -> RoundReport:
    """What the round came to, as things stand and as far as this person may know it."""
    bids = bids_of(funding_round, reader)
    decided = db.session.scalar(
        select(Decision.approved_at)
        .where(Decision.round_id == funding_round.id, Decision.approved_at.is_not(None))
        .order_by(Decision.approved_at)
        .limit(1)
    )
    newest = _newest_rounds(funding_round)
    all_bids = [bids, *(bids_of(each) for each in newest[1:])]
    parts = ((heading, tuple(rules.spread(bids, group)), rules.names_several(bids, group)) for heading, group in rules.groups(bids).items())
    return RoundReport(
        title=funding_round.name,
        total=rules.share("All applications", bids),
        parts=tuple(parts),
        money=funding_round.money,
        closed_on=day_of(funding_round.closes_at),
        decided_on=day_of(decided) if decided else None,
        cold=tuple((heading, tuple(places)) for heading, places in _cold(funding_round, all_bids)),
        has_earlier=len(newest) == rules.ROUNDS_WITHOUT,
    )


def _newest_rounds(funding_round: FundingRound) -> list[FundingRound]:
    """This round and those of the same fund that closed before it, the newest first: as many as a cold spot takes."""
    statement = (
        select(FundingRound)
        .where(
            FundingRound.fund_id == funding_round.fund_id,
            FundingRound.published_at.is_not(None),
            FundingRound.closes_at <= funding_round.closes_at,
        )
        .order_by(FundingRound.closes_at.desc())
        .limit(rules.ROUNDS_WITHOUT)
    )
    return list(db.session.scalars(statement))


def _cold(funding_round: FundingRound, heard: list[list[Bid]]) -> Iterator[tuple[str, list[str]]]:
    """From which districts, and for which of the dated lists' lines that are in force, nobody applied."""
    districts = list(db.session.scalars(select(District.name).order_by(District.name)))
    yield "Districts", rules.cold_spots(districts, [[bid.district for bid in each] for each in heard])
    for question, labels in _in_force(funding_round).items():
        yield question, rules.cold_spots(labels, [[label for bid in each for label in bid.named.get(question, ())] for each in heard])


def _in_force(funding_round: FundingRound) -> Mapping[str, list[str]]:
    """The questions that name a dated list, and its lines on the day the round opened."""
    day = day_of(funding_round.opens_at)
    return {each.label: [choice.label for choice in in_force(scheme, day)] for each, scheme in _asking(funding_round).items()}
