"""Questions about returns: what is due, who is in and who is not, what was said in earlier periods, what the office asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Select, True_, bindparam, case, func, or_, select, union_all
from sqlalchemy.orm import joinedload, load_only

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models.conditions import allowed, may
from partnerhub.models.history import Event
from partnerhub.models.organisations import Organisation
from partnerhub.models.programmes import Programme, ReportingPeriod, Service, Target
from partnerhub.models.questionnaires import Questionnaire as Form
from partnerhub.models.questionnaires import QuestionnaireVersion
from partnerhub.models.returns import ABOUT_THE_WHOLE, MonitoringReturn, ReturnQuery
from partnerhub.models.submissions import Answer, SubmissionVersion
from partnerhub.models.summaries import Observation
from partnerhub.queries.rows import rows
from partnerhub.queries.submissions import Sent, sent_in
from partnerhub.rules import percentages, periods
from partnerhub.rules.agreements import promised
from partnerhub.rules.policy import Answer as PolicyAnswer
from partnerhub.rules.policy import Person
from partnerhub.rules.questionnaire import Questionnaire
from partnerhub.rules.words import OPEN, WITH_THE_OFFICE, ObservationStatus, ReturnStatus

LONGEST_LIST = 200
PAGE = 50

# What a page about one return shows beside it, in the statement that finds it.
IN_FULL = (
    joinedload(MonitoringReturn.organisation).load_only(Organisation.name),
    joinedload(MonitoringReturn.service).load_only(Service.name),
    joinedload(MonitoringReturn.programme).load_only(Programme.name, Programme.slug),
    joinedload(MonitoringReturn.period),
    joinedload(MonitoringReturn.latest_version),
)


class Listed(NamedTuple):
    """A return as lists show it; the policy reads it like the row itself."""

    id: UUID
    status: str
    due_on: date
    first_submitted_on: date | None
    submitted_at: datetime | None
    submitted_by_id: UUID | None
    help_asked_at: datetime | None
    submission_id: UUID
    questionnaire_version_id: UUID
    programme_id: UUID
    organisation_id: UUID
    round_id: UUID | None
    award_id: UUID | None
    organisation: str
    service: str
    period: str
    begins: date
    latest: int | None  # the number of the version that was sent last
    report: str | None  # of a grant: the title of its form, by which it is told from its other reports

    is_open = MonitoringReturn.is_open
    days_late = MonitoringReturn.days_late
    days_after = MonitoringReturn.days_after

    @property
    def what(self) -> str:
        """By which it is told from the others of its service: a report of a grant by its form, other returns by their period."""
        return self.report or self.period

    def is_for_later(self, today: date) -> bool:
        """Its period has not begun, and nobody has typed anything."""
        return self.status == ReturnStatus.DUE and self.begins > today


_LISTED = (
    select(
        MonitoringReturn.id,
        MonitoringReturn.status,
        MonitoringReturn.due_on,
        MonitoringReturn.first_submitted_on,
        MonitoringReturn.submitted_at,
        MonitoringReturn.submitted_by_id,
        MonitoringReturn.help_asked_at,
        MonitoringReturn.submission_id,
        MonitoringReturn.questionnaire_version_id,
        MonitoringReturn.programme_id,
        MonitoringReturn.organisation_id,
        MonitoringReturn.round_id,
        MonitoringReturn.award_id,
        Organisation.name,
        Service.name,
        ReportingPeriod.label,
        ReportingPeriod.starts,
        SubmissionVersion.number,
        Form.title,
    )
    .join(Organisation, Organisation.id == MonitoringReturn.organisation_id)
    .join(Service, Service.id == MonitoringReturn.service_id)
    .join(ReportingPeriod, ReportingPeriod.id == MonitoringReturn.period_id)
    .outerjoin(SubmissionVersion, SubmissionVersion.id == MonitoringReturn.latest_version_id)
    .outerjoin(
        QuestionnaireVersion,
        (QuestionnaireVersion.id == MonitoringReturn.questionnaire_version_id) & MonitoringReturn.award_id.is_not(None),
    )
    .outerjoin(Form, Form.id == QuestionnaireVersion.questionnaire_id)
)
# OR instead of IN, which is written anew for every execution.
_IS_OPEN = or_(*(MonitoringReturn.status == status for status in sorted(OPEN)))
_WAITS = or_(*(MonitoringReturn.status == status for status in sorted(WITH_THE_OFFICE)))
_CAME = MonitoringReturn.first_submitted_on.is_not(None)

_IS_OWN = MonitoringReturn.organisation_id.in_(bindparam("own", expanding=True))

_OWED = _LISTED.where(_IS_OWN, _IS_OPEN).order_by(MonitoringReturn.due_on, Service.name, MonitoringReturn.id).limit(LONGEST_LIST)
_SENT = (
    _LISTED.where(_IS_OWN, or_(_WAITS, MonitoringReturn.status == ReturnStatus.APPROVED))
    .order_by(_WAITS.desc(), MonitoringReturn.submitted_at.desc(), MonitoringReturn.id)
    .limit(12)
)
_TO_READ = _LISTED.where(_WAITS).order_by(MonitoringReturn.submitted_at, MonitoringReturn.id).limit(LONGEST_LIST)
_OVERDUE = (
    _LISTED.where(_IS_OPEN, ~_CAME, MonitoringReturn.due_on < bindparam("today", type_=Date()))
    .order_by(MonitoringReturn.due_on, MonitoringReturn.id)
    .limit(LONGEST_LIST)
)


def _seen_by(person: Person, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The statement, about what this person may view only; as it is for those who may view everything."""
    where = allowed(person, "return.view", MonitoringReturn)
    return statement if isinstance(where, True_) else statement.where(where)


def _own(statement: Select[*tuple[Any, ...]], person: Person) -> list[Listed]:
    """Few rows, which the policy looks at one by one."""
    found = map(Listed._make, rows(statement, own=list(person.organisations)))
    return [each for each in found if may(person, "return.view", each) is PolicyAnswer.YES]


def owed_by(person: Person) -> list[Listed]:
    """What the person's organisations still have to send: late first, because the earliest due date comes first."""
    return _own(_OWED, person)


def sent_by(person: Person) -> list[Listed]:
    """What the person's organisations sent: waiting for the office first, then the newest that were approved."""
    return _own(_SENT, person)


def at_the_office(person: Person, today: date) -> tuple[list[Listed], list[Listed]]:
    """What lies with the office, oldest first; and what was due before today and never came. One statement, for the home page."""
    both = (select(_seen_by(person, each).subquery()) for each in (_TO_READ, _OVERDUE))
    found = list(map(Listed._make, rows(union_all(*both), today=today)))
    to_read = sorted((each for each in found if each.status not in OPEN), key=lambda each: (each.submitted_at, each.id))
    return to_read, sorted((each for each in found if each.status in OPEN), key=lambda each: (each.due_on, each.id))


_ANSWERED = (
    select(Answer.submission_id, func.count(func.distinct(Answer.question_key)))
    .where(
        Answer.submission_id.in_(bindparam("submissions", expanding=True)),
        Answer.value.is_not(None),
        Answer.question_key != ABOUT_THE_WHOLE,
        Answer.cell.not_like("reason.%"),
        Answer.cell.not_like("reply.%"),
    )
    .group_by(Answer.submission_id)
)


def answers_so_far(returns: Sequence[Listed]) -> dict[UUID, int]:
    """How many questions of each of these returns have an answer that counts, in one statement."""
    answered = dict(rows(_ANSWERED, submissions=[each.submission_id for each in returns]).all())
    return {each.id: answered.get(each.submission_id, 0) for each in returns}


@dataclass(frozen=True, slots=True)
class Collection:
    """Who is in and who is not, for one period: the counts of the page's first line."""

    expected: int
    in_: int
    on_time: int
    late: int
    missing: int
    waived: int

    @property
    def all(self) -> int:
        return self.expected + self.waived

    @property
    def not_yet_due(self) -> int:
        return self.expected - self.in_ - self.missing

    @property
    def percent(self) -> int:
        """How many of those expected are in, in whole per cent, halves up."""
        return percentages.rounded(self.in_, self.expected, 100) or 0


def _how_many(where: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((where, 1)))


_EXPECTED = MonitoringReturn.status != ReturnStatus.WAIVED
_COLLECTED = (
    select(
        _how_many(_EXPECTED),
        _how_many(_EXPECTED & _CAME),
        _how_many(_EXPECTED & (MonitoringReturn.first_submitted_on <= MonitoringReturn.due_on)),
        _how_many(_IS_OPEN & ~_CAME & (MonitoringReturn.due_on < bindparam("today", type_=Date()))),
        _how_many(~_EXPECTED),
    )
    .select_from(MonitoringReturn)
    .join(ReportingPeriod, ReportingPeriod.id == MonitoringReturn.period_id)
    .where(ReportingPeriod.label == bindparam("period"))
)
_OF_A_PERIOD = _LISTED.where(ReportingPeriod.label == bindparam("period")).order_by(
    _CAME, MonitoringReturn.due_on, Organisation.name, MonitoringReturn.id
)
_A_PAGE = _OF_A_PERIOD.limit(PAGE).offset(bindparam("before", type_=Integer()))


def collected(person: Person, period: str, programme: str, today: date) -> Collection:
    """Who is in and who is not, among the returns of a period (and a programme, by slug) that this person may view."""
    statement = _of_programme(_seen_by(person, _COLLECTED), programme)
    expected, came, on_time, missing, waived = rows(statement, period=period, today=today).one()
    return Collection(expected, came, on_time, came - on_time, missing, waived)


def returns_of(person: Person, period: str, programme: str, number: int = 1) -> list[Listed]:
    """A page of the officer's list: every return of a period (and a programme, by slug), those that never came on top."""
    statement = _of_programme(_seen_by(person, _A_PAGE), programme)
    return list(map(Listed._make, rows(statement, period=period, before=(number - 1) * PAGE)))


def every_return_of(person: Person, period: str, programme: str) -> list[Listed]:
    """All pages of it."""
    return list(map(Listed._make, rows(_of_programme(_seen_by(person, _OF_A_PERIOD), programme), period=period)))


def _of_programme(statement: Select[*tuple[Any, ...]], slug: str) -> Select[*tuple[Any, ...]]:
    programme = select(Programme.id).where(Programme.slug == slug).scalar_subquery()
    return statement.where(MonitoringReturn.programme_id == programme) if slug else statement


_LABELS = (
    select(ReportingPeriod.label, ReportingPeriod.starts, ReportingPeriod.ends)
    .where(select(MonitoringReturn.period_id).where(MonitoringReturn.period_id == ReportingPeriod.id).exists())
    .order_by(ReportingPeriod.starts.desc(), ReportingPeriod.kind)
)
_PROGRAMMES = select(Programme.slug, Programme.name).order_by(Programme.name)


class Owed(NamedTuple):
    """A period for which returns are owed."""

    label: str
    starts: date
    ends: date


def owed_periods() -> list[Owed]:
    """Periods for which returns are owed, newest first."""
    return list(map(Owed._make, rows(_LABELS)))


def last_ended(owed: Sequence[Owed], today: date) -> str:
    """The period whose returns people ask about: the last that has ended, the shorter where two ended together; else the first to come."""
    over = [each for each in owed if each.ends < today]
    if over:
        return max(over, key=lambda each: (each.ends, each.starts)).label
    return min(owed, key=lambda each: each.ends).label if owed else ""


def programme_choices() -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in rows(_PROGRAMMES)]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the same service said for an earlier period, worked-out values with it; nothing where nothing was sent."""

    label: str
    sent: Sent
    when: str = ""  # "a year ago"

    @property
    def values(self) -> dict[str, dict[str, Any]]:
        return self.sent.values


NOTHING_SENT = Sent({})
_COUNTING = (
    select(
        ReportingPeriod.label,
        func.coalesce(MonitoringReturn.approved_version_id, MonitoringReturn.latest_version_id),
        MonitoringReturn.agreement_id,
    )
    .join(ReportingPeriod, ReportingPeriod.id == MonitoringReturn.period_id)
    .where(
        MonitoringReturn.service_id == bindparam("service"),
        MonitoringReturn.organisation_id == bindparam("organisation"),
        ReportingPeriod.label.in_(bindparam("labels", expanding=True)),
        _EXPECTED,
    )
    .order_by(MonitoringReturn.id)
)


_LABEL = select(ReportingPeriod.label).where(ReportingPeriod.id == bindparam("period"))


def earlier_periods(monitoring_return: MonitoringReturn) -> list[Earlier]:
    """The same quarter last year and the two periods before this one, oldest first; the last is the one before."""
    is_at_hand = "period" in monitoring_return.__dict__
    this = periods.parse(monitoring_return.period.label if is_at_hand else rows(_LABEL, period=monitoring_return.period_id).scalar_one())
    before = periods.previous(this)
    wanted = [periods.same_quarter_last_year(this), periods.previous(before), before]
    labels = list(dict.fromkeys(each.label for each in sorted(wanted, key=lambda each: each.starts)))
    said = rows(_COUNTING, service=monitoring_return.service_id, organisation=monitoring_return.organisation_id, labels=labels)
    own = monitoring_return.agreement_id  # where two agreements overlap, the return's own says what it said last time
    counting = {label: version for label, version, _agreement in sorted(said, key=lambda row: row[2] == own) if version is not None}
    found = sent_in(counting.values()) if counting else {}
    ages = {wanted[0].label: "a year ago", wanted[1].label: "the time before", wanted[2].label: "last time"}
    return [Earlier(label, found.get(counting.get(label), NOTHING_SENT), ages[label]) for label in labels]


def queries_of(return_id: UUID) -> list[ReturnQuery]:
    """What the office asked about this return, oldest first."""
    statement = (
        select(ReturnQuery).where(ReturnQuery.return_id == return_id).options(joinedload(ReturnQuery.by)).order_by(ReturnQuery.number)
    )
    return list(db.session.scalars(statement))


_TARGETS = select(Target.indicator_key, Target.value, Target.upper).where(Target.agreement_id == bindparam("agreement"))


def targets_of(agreement_id: UUID, questionnaire: Questionnaire) -> dict[str, str]:
    """The targets of an agreement in words, by indicator."""
    found = rows(_TARGETS, agreement=agreement_id).all()
    known = {each.indicator.key: each for each in promised(questionnaire)} if found else {}
    return {key: f"target {known[key].asked(value, upper)}" for key, value, upper in found if key in known}


class Approval(NamedTuple):
    """What approving would change in the summaries."""

    adds: int
    replaces: int


def approval_of(monitoring_return: MonitoringReturn) -> Approval:
    """How many figures of the version that lies with the office would count, and how many that count now would give way."""
    counts_now = Observation.status == ObservationStatus.APPROVED
    before = or_(
        Observation.submission_version_id == monitoring_return.approved_version_id,
        Observation.import_batch_id.is_not(None)
        & (Observation.agreement_id == monitoring_return.agreement_id)
        & (Observation.period_id == monitoring_return.period_id),
    )
    added = Observation.submission_version_id == monitoring_return.latest_version_id
    statement = select(_how_many(added), _how_many(before & counts_now)).where(or_(added, before))
    return Approval(*rows(statement).one())


class Reminded(NamedTuple):
    """That the office reminded of a return."""

    times: int
    last: datetime


_REMINDED = (
    select(Event.about_id, func.count(), func.max(Event.at))
    .where(
        Event.about_kind == MonitoringReturn.__name__,
        Event.about_id.in_(bindparam("returns", expanding=True)),
        Event.action == "return.remind",
    )
    .group_by(Event.about_id)
)


def reminded(returns: Sequence[UUID]) -> dict[UUID, Reminded]:
    """Of which of these returns the organisation was reminded, how often and when last: from the history."""
    found = rows(_REMINDED, returns=[str(each) for each in returns]) if returns else ()
    return {UUID(about): Reminded(times, last) for about, times, last in found}


def to_remind(person: Person, period: str, programme: str, today: date) -> list[MonitoringReturn]:
    """Returns of a period (and a programme, by slug) that are late and never came, of which this person may remind and nobody did today."""
    statement = (
        select(MonitoringReturn)
        .join(ReportingPeriod, ReportingPeriod.id == MonitoringReturn.period_id)
        .where(
            ReportingPeriod.label == period,
            MonitoringReturn.due_on < today,
            ~_CAME,
            allowed(person, "return.remind", MonitoringReturn),
        )
        .order_by(MonitoringReturn.due_on, MonitoringReturn.id)
        .limit(LONGEST_LIST)
    )
    late = db.session.scalars(_of_programme(statement, programme)).all()
    known = reminded([each.id for each in late])
    return [each for each in late if each.id not in known or clock.day_of(known[each.id].last) < today]


def left_open(today: date) -> Sequence[MonitoringReturn]:
    """Returns reopened until a day that has passed, and not sent again."""
    return db.session.scalars(select(MonitoringReturn).where(_IS_OPEN, MonitoringReturn.reopened_until < today)).all()


def next_owed(monitoring_return: MonitoringReturn) -> MonitoringReturn | None:
    """What the organisation owes next after this one."""
    statement = (
        select(MonitoringReturn)
        .where(
            MonitoringReturn.organisation_id == monitoring_return.organisation_id,
            MonitoringReturn.id != monitoring_return.id,
            MonitoringReturn.status.in_(sorted(OPEN)),
        )
        .options(joinedload(MonitoringReturn.period), joinedload(MonitoringReturn.service), load_only(MonitoringReturn.due_on))
        .order_by(MonitoringReturn.due_on)
        .limit(1)
    )
    return db.session.scalars(statement).first()
