"""The figures of a programme for a period: a handful of statements, whatever the number of rows, and none about anybody else's rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, String, and_, bindparam, cast, or_, select, type_coerce

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import (
    IndicatorDefinition,
    MonitoringReturn,
    Observation,
    Organisation,
    Programme,
    QuestionnaireVersion,
    ReportingPeriod,
    Service,
    ServiceAgreement,
    Target,
)
from partnerhub.queries.questionnaires import definitions
from partnerhub.queries.rows import rows
from partnerhub.rules import periods as calendar
from partnerhub.rules import reconcile, targets
from partnerhub.rules.against_targets import Aim, Aims
from partnerhub.rules.periods import Period, PeriodKind
from partnerhub.rules.questionnaire import Indicator, Questionnaire, parse_indicators
from partnerhub.rules.reconcile import FormFacts
from partnerhub.rules.summary import ExpectedFigure, ExpectedReturn, ObservationRow, Summary
from partnerhub.rules.words import COUNTED_IN, OPEN, ObservationStatus, QuestionnaireStatus, ReturnStatus

ALL = "all"  # the category of a figure that is not broken down
PUBLIC = (ObservationStatus.APPROVED, ObservationStatus.AS_PUBLISHED)
INTERNAL = (*PUBLIC, ObservationStatus.PROVISIONAL)


def counting(provisional: bool) -> tuple[ObservationStatus, ...]:
    """The statuses of the figures that a reader sees."""
    return INTERNAL if provisional else PUBLIC


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a summary is worked out from. The rows are plain tuples as rules/summary.py reads them."""

    expected: Sequence[ExpectedFigure]
    observations: Sequence[ObservationRow]
    indicators: Mapping[str, Indicator]
    facts: Mapping[str, FormFacts]
    late: frozenset[str]
    """Agreements that owe a return of this period which should have come by today."""
    order: Sequence[str]
    """The agreements as the programme puts its services."""
    returns: Sequence[ExpectedReturn]
    """All returns of the window, also those whose form holds no figure."""


class Agreement(NamedTuple):
    """Names of an agreement, as every line of it says them."""

    service_id: UUID
    service: str
    organisation: str
    agreement: str
    frequency: str


def summary_of(programme: Programme, label: str, *, provisional: bool) -> Summary:
    """The summary of a programme for the period that `label` names; raises BadAnswer where it names none."""
    period = calendar.parse(label)
    agreements = agreements_of(programme.id)
    return summarised(programme, period, figures(agreements, period, provisional=provisional))


def summarised(programme: Programme, period: Period, found: Figures) -> Summary:
    return reconcile.summarise(
        programme=programme.slug,
        title=programme.name,
        period=period,
        expected=found.expected,
        observations=found.observations,
        indicators=found.indicators,
        facts=found.facts,
        generated_at=clock.now(),
        order=found.order,
        returns=found.returns,
    )


def aims_of(agreements: Mapping[UUID, Agreement], late: Collection[str]) -> Aims:
    """The targets of these agreements by agreement and indicator. One statement."""
    rows = db.session.execute(
        select(Target.agreement_id, Target.indicator_key, Target.value, Target.upper).where(Target.agreement_id.in_(list(agreements)))
    )
    return {
        (agreements[row[0]].agreement, row[1]): Aim(
            targets.Target(row[2], row[3]), agreements[row[0]].frequency, agreements[row[0]].agreement in late
        )
        for row in rows
    }


def agreements_of(programme_id: UUID) -> dict[UUID, Agreement]:
    """The agreements of a programme, in the order of its services."""
    return agreements_where(ServiceAgreement.programme_id == programme_id)


def agreements_where(which: Any) -> dict[UUID, Agreement]:
    """The names of these agreements. One statement."""
    rows = db.session.execute(
        select(ServiceAgreement.id, Service.id, Service.name, Organisation.name, ServiceAgreement.frequency)
        .join(Service, Service.id == ServiceAgreement.service_id)
        .join(Organisation, Organisation.id == ServiceAgreement.organisation_id)
        .where(which)
        .order_by(Service.position, Service.name, Organisation.name, ServiceAgreement.starts)
    )
    return {row[0]: Agreement(row[1], row[2], row[3], str(row[0]), row[4]) for row in rows}


# The rows.


class Owed(NamedTuple):
    """A return, as much as a summary needs of it. `counts_as` is its status as far as this reader is told."""

    agreement_id: UUID
    id: UUID
    period: str
    questionnaire_version_id: UUID
    counts_as: str
    is_late: bool
    is_due: bool


def figures(agreements: Mapping[UUID, Agreement], period: Period, *, provisional: bool) -> Figures:
    """What is expected of these agreements and was reported within a period. Four statements, one more for a form new to the process."""
    labels = labels_within(period)
    return put_together(agreements, _owed(agreements, labels, provisional), observed(agreements, labels, counting(provisional)))


def put_together(agreements: Mapping[UUID, Agreement], owed: Sequence[Owed], observations: Sequence[Any], indicator: str = "") -> Figures:
    """Returns and figures with what the forms say of them; of one indicator only where it is named."""
    forms = definitions({each.questionnaire_version_id for each in owed})
    told = {version: _told(form) for version, form in forms.items()}
    expected: list[Any] = []
    indicators: dict[str, Indicator] = {}
    facts: dict[str, FormFacts] = {}
    for each in owed:
        form, agreement = told[each.questionnaire_version_id], agreements[each.agreement_id]
        facts[agreement.agreement] = form.facts
        indicators.update(form.indicators)
        owner, about = agreement[1:4], (each.period, str(each.id), each.counts_as)
        expected += [(*owner, *figure, *about) for figure in form.figures if not indicator or figure[1] == indicator]
    unknown = {row[3] for row in observations} - indicators.keys()
    late = frozenset(agreements[each.agreement_id].agreement for each in owed if each.is_late)
    order = [each.agreement for each in agreements.values()]
    returns = [
        ExpectedReturn(agreements[each.agreement_id].agreement, str(each.id), each.period, each.counts_as, each.is_due) for each in owed
    ]
    known = indicators | _others(unknown, agreements) if unknown else indicators
    return Figures(expected, observations, known, facts, late, order, returns)


def labels_within(period: Period) -> dict[int, str]:
    """The reporting periods that lie within a period, itself included, by number."""
    rows = db.session.execute(
        select(ReportingPeriod.id, ReportingPeriod.label)
        .where(ReportingPeriod.starts >= period.starts, ReportingPeriod.ends <= period.ends)
        .order_by(ReportingPeriod.starts, ReportingPeriod.ends)
    )
    return {row[0]: row[1] for row in rows}


def _owed(agreements: Mapping[UUID, Agreement], labels: Mapping[int, str], provisional: bool) -> list[Owed]:
    """The returns of these periods, agreement by agreement, oldest first."""
    rows = db.session.execute(
        select(
            MonitoringReturn.agreement_id,
            MonitoringReturn.id,
            MonitoringReturn.period_id,
            MonitoringReturn.questionnaire_version_id,
            MonitoringReturn.status,
            MonitoringReturn.approved_version_id,
            MonitoringReturn.first_submitted_on,
            MonitoringReturn.due_on,
        ).where(MonitoringReturn.agreement_id.in_(list(agreements)), MonitoringReturn.period_id.in_(list(labels)))
    )
    found = [
        Owed(row[0], row[1], labels[row[2]], row[3], counts_as(row, provisional), is_late(row, provisional), is_due(row)) for row in rows
    ]
    place = {agreement: at for at, agreement in enumerate(agreements)}
    time = {label: at for at, label in enumerate(labels.values())}
    return sorted(found, key=lambda each: (place[each.agreement_id], time[each.period]))


def counts_as(owed: Any, provisional: bool) -> str:
    """The status of a return as a reader is told it: to a reader of approved figures, what was never approved is not in."""
    is_told = provisional or owed.approved_version_id is not None or owed.status not in COUNTED_IN
    return owed.status if is_told else ReturnStatus.DUE


def is_due(owed: Any) -> bool:
    """Whether the day by which it should come is there."""
    return owed.due_on <= clock.today()


def is_missing(owed: Any, provisional: bool) -> bool:
    """Whether it has still to come, as a reader is told it: sent and never approved must look the same as not sent to some."""
    came = owed.first_submitted_on if provisional else owed.approved_version_id
    return came is None and counts_as(owed, provisional) in OPEN


def is_late(owed: Any, provisional: bool) -> bool:
    """Whether it should have come by today and never did."""
    return is_missing(owed, provisional) and owed.due_on < clock.today()


# The statement that everything waits for. Ids are read as text and flags as numbers, so that a row costs nothing to read.
_figure = Observation.__table__.c
FIGURES = select(
    cast(_figure.agreement_id, String),
    _figure.indicator_key,
    _figure.period_id,
    _figure.value,
    _figure.out_of,
    _figure.percent,
    _figure.status,
    type_coerce(_figure.not_applicable, Integer),
).where(
    _figure.service_id.in_(bindparam("services", expanding=True)),
    _figure.period_id.in_(bindparam("periods", expanding=True)),
    _figure.category == ALL,
    _figure.status.in_(bindparam("statuses", expanding=True)),
)


def figure_rows(service_ids: Collection[UUID], period_ids: Collection[int], statuses: Collection[str]) -> Sequence[Any]:
    """The figures of some services and periods, found through ix_observation_figures, as the database's driver gives them."""
    result = rows(FIGURES, services=list(service_ids), periods=list(period_ids), statuses=list(statuses))
    assert result.cursor is not None  # noqa: S101 (a SELECT always has one)
    found = result.cursor.fetchall()  # plain tuples: a Row object for each would double the cost
    result.close()
    return found


def observed(agreements: Mapping[UUID, Agreement], labels: Mapping[int, str], statuses: Collection[str]) -> list[Any]:
    """The figures of these agreements as rules/summary.py reads them."""
    found = figure_rows({each.service_id for each in agreements.values()}, labels, statuses)
    owners = {}
    for key, each in agreements.items():
        owners[key.hex] = owners[each.agreement] = each[1:4]
    return [
        (*owners[agreement], key, labels[period], value, out_of, percent, status, not_applicable, "")
        for agreement, key, period, value, out_of, percent, status, not_applicable in found
        if agreement in owners  # a service may have other agreements than these
    ]


class _Told(NamedTuple):
    """What a form says about its figures."""

    figures: tuple[tuple[str, str, str, int], ...]  # group, indicator, label, order
    indicators: Mapping[str, Indicator]
    facts: FormFacts


@lru_cache(maxsize=256)
def _told(form: Questionnaire) -> _Told:
    asked = [each for each in form.figures if not each.of]
    rows = tuple((form.section_of(each.key).title, each.indicator, each.label, order) for order, each in enumerate(asked))
    return _Told(rows, form.indicators, reconcile.facts_of(form))


def _others(keys: Collection[str], agreements: Collection[UUID]) -> dict[str, Indicator]:
    """Indicators that no return of the window asks for: out of the library, else out of any form of these agreements."""
    found = library(keys)
    if set(keys) <= found.keys():
        return found
    versions = db.session.scalars(
        select(QuestionnaireVersion.id)
        .join(ServiceAgreement, ServiceAgreement.questionnaire_id == QuestionnaireVersion.questionnaire_id)
        .where(ServiceAgreement.id.in_(list(agreements)), QuestionnaireVersion.status != QuestionnaireStatus.DRAFT)
    )
    in_forms = {key: each for form in definitions(versions).values() for key, each in form.indicators.items()}
    return {key: in_forms[key] for key in keys if key in in_forms} | found


def library(keys: Collection[str]) -> dict[str, Indicator]:
    """Entries of the indicator library, for figures that no form of the window asks for."""
    documents = db.session.scalars(select(IndicatorDefinition.document).where(IndicatorDefinition.key.in_(list(keys))))
    return dict(parse_indicators({"indicators": list(documents)}))


# Which periods there are.


def offered(programme_id: UUID, *, provisional: bool) -> tuple[Period, ...]:
    """The periods that a programme has figures of, oldest first. One statement, a look into the index for each."""
    has_figures = (
        select(1)
        .select_from(Service)
        .join(Observation, and_(Observation.service_id == Service.id, Observation.period_id == ReportingPeriod.id))
        .where(
            Service.programme_id == programme_id,
            Observation.category == ALL,
            or_(*(Observation.status == status for status in counting(provisional))),
        )
        .correlate(ReportingPeriod)
        .exists()
    )
    labels = db.session.scalars(select(ReportingPeriod.label).where(has_figures).order_by(ReportingPeriod.starts, ReportingPeriod.ends))
    return tuple(calendar.parse(label) for label in labels)


def expected(programme_id: UUID) -> tuple[Period, ...]:
    """The periods that a programme has returns of, sent or not. One statement."""
    has_returns = (
        select(1)
        .select_from(MonitoringReturn)
        .where(MonitoringReturn.programme_id == programme_id, MonitoringReturn.period_id == ReportingPeriod.id)
        .correlate(ReportingPeriod)
        .exists()
    )
    return tuple(calendar.parse(label) for label in db.session.scalars(select(ReportingPeriod.label).where(has_returns)))


def newest_year(periods: Sequence[Period]) -> Period:
    """The financial year of the newest of these periods; of today where there is none."""
    newest = max((each.ends for each in periods), default=clock.today())
    return calendar.on(PeriodKind.YEAR, newest)


def programme_named(name: str) -> Programme | None:
    """A programme by its slug or its id."""
    key, column = key_of(name)
    return db.session.scalars(select(Programme).where(getattr(Programme, column) == key)).one_or_none()


def key_of(name: str) -> tuple[UUID | str, str]:
    """The slug or id that an address holds, and which of the two it is."""
    try:
        return UUID(name), "id"
    except ValueError:
        return name.replace("\0", "�"), "slug"  # PostgreSQL refuses to compare with a NUL


def programme_names() -> list[str]:
    """The slugs of all programmes."""
    return list(db.session.scalars(select(Programme.slug).order_by(Programme.slug)))
