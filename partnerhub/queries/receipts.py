"""Where a number of a summary came from: figures, returns, versions, who signed and approved, reasons, what was missing, earlier values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import (
    Event,
    ImportBatch,
    MonitoringReturn,
    Observation,
    Organisation,
    Programme,
    ReportingPeriod,
    Service,
    ServiceAgreement,
    SubmissionVersion,
    User,
)
from partnerhub.queries.questionnaires import definition, definitions
from partnerhub.queries.summaries import (
    ALL,
    Agreement,
    Figures,
    Owed,
    agreements_where,
    counting,
    counts_as,
    figures,
    is_due,
    is_missing,
    library,
    newest_year,
    put_together,
)
from partnerhub.rules import percentages, printed, readable
from partnerhub.rules import periods as calendar
from partnerhub.rules import summary as rules
from partnerhub.rules.measures import MEASURES, Absence, Cell, CellStatus, is_ratio
from partnerhub.rules.periods import Period
from partnerhub.rules.question_types import REASON
from partnerhub.rules.questionnaire import EVERYONE, Question, Questionnaire, Severity
from partnerhub.rules.summary import Line, Receipt
from partnerhub.rules.words import RETURN_STATUS_LABELS, ObservationStatus, ReturnStatus

IN_FULL = (
    joinedload(ServiceAgreement.service).load_only(Service.name),
    joinedload(ServiceAgreement.programme).load_only(Programme.name, Programme.slug),
    joinedload(ServiceAgreement.organisation).load_only(Organisation.name),
)
NOBODY = UUID(int=0)
DEEDS = {"return.approve": "approved", "return.reopen": "reopened", "return.waive": "waived"}


def agreement_id(receipt: Receipt) -> UUID:
    """The agreement that a receipt names; an id that nothing has where it names none."""
    try:
        return UUID(receipt.agreement)
    except ValueError:
        return NOBODY


@dataclass(frozen=True, slots=True)
class Explained:
    """A check that failed for this figure, in its sentence, and the reason that was given. `stops`: it asked for none."""

    sentence: str
    reason: str
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One figure as it was stored, with where it came from: a version of a return, or a file."""

    text: str
    standing: str
    """What became of it, in words."""
    counts: bool
    version: SubmissionVersion | None = None
    signed_by: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    explained: Sequence[Explained] = ()
    batch: ImportBatch | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One column of the number: its figure, its return (if one was drawn up), where it came from, newest first, and what is missing."""

    cell: Cell
    text: str
    period: Period
    monitoring_return: MonitoringReturn | None
    state: str
    sources: Sequence[Source]
    missing: str
    earlier: Sequence[str]
    """What it was before, in sentences."""
    happened: Sequence[tuple[str, str, datetime, str]]
    """Deeds that explain it: what, by whom, when, why."""


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt as its page tells it."""

    label: str
    definition: str
    unit: str
    period: Period
    category: str
    text: str
    asked: str
    """How the figure of one period is made, in words."""
    rule: str
    """How the parts are combined; "" for a number that has one part."""
    sum: str
    """The same with the numbers."""
    parts: Sequence[Part]
    in_papers: Sequence[Source]
    """Totals that a paper printed, beside which the hub's own stands."""
    is_for_everyone: bool = True
    """Not of a question that the provider does not see."""


def told(agreement: ServiceAgreement, receipt: Receipt, *, provisional: bool) -> Told:
    """Everything about one number. Twelve statements at most, however many parts it has."""
    period, key, category = receipt.period, receipt.indicator.replace("\0", ""), receipt.category.replace("\0", "")
    papers = _Papers.of(agreement, period, key, category, provisional)
    found = papers.figures(agreement, key)
    columns = calendar.columns_of(period)
    lines = rules.lines(found.expected, found.observations, found.indicators, columns, period, returns=found.returns, today=clock.today())
    if not lines:
        return _nothing(receipt, key, papers)
    line = lines[0]
    question = papers.question(key)
    indicator = found.indicators.get(key)
    papers.is_ratio = indicator is not None and is_ratio(indicator)
    parts = [papers.part(column, cell, line) for column, cell in zip(columns, line.cells, strict=True)]
    has_parts = len(columns) > 1
    return Told(
        label=line.label,
        definition=getattr(indicator, "definition", ""),
        unit=line.unit,
        period=period,
        category="" if category == ALL else category,
        text=printed.in_full(line.total, line.decimals, line.unit),
        asked=_asked(question, papers.form) if question else "",
        rule=MEASURES[line.measure].rule if has_parts else "",
        sum=_in_numbers(line) if has_parts else "",
        parts=parts,
        in_papers=papers.sources([row for row in papers.rows if row.period == period.label], line) if has_parts else (),
        is_for_everyone=question is None or question.visible_to == EVERYONE,
    )


def _nothing(receipt: Receipt, key: str, papers: _Papers) -> Told:
    """A column in which nobody asked for the figure."""
    to_come = Absence.NOT_DUE if receipt.period.ends >= clock.today() else Absence.NO_RETURN
    why = printed.ABSENT[Absence.NOT_ASKED if papers.returns else to_come]
    known = library([key]).get(key)
    label, definition = (known.label, known.definition) if known else (receipt.indicator, "")
    return Told(label, definition, "", receipt.period, "", why, "", "", "", (), ())


# Where the figures of one return went.


@dataclass(frozen=True, slots=True)
class Placed:
    """A figure of a return in its own period and in the year so far, if that is another: what each reads, and its receipt."""

    label: str
    text: str
    receipt: str
    year_text: str
    year_receipt: str


def placed(monitoring_return: MonitoringReturn, *, provisional: bool) -> list[Placed]:
    """The figures that a return asks for, as the programme summary has them. Six statements."""
    period = calendar.parse(monitoring_return.period.label)
    year = newest_year([period])
    agreement = monitoring_return.agreement_id
    found = figures(agreements_where(ServiceAgreement.id == agreement), year, provisional=provisional)
    form = definition(monitoring_return.questionnaire_version_id)
    asked = {each.indicator for each in form.figures if each.indicator and not each.of and each.visible_to == EVERYONE}

    def lines_for(whole: Period) -> dict[str, Line]:
        columns = calendar.columns_of(whole)
        lines = rules.lines(
            found.expected, found.observations, found.indicators, columns, whole, returns=found.returns, today=clock.today()
        )
        return {line.indicator: line for line in lines if line.indicator in asked}

    by_year = lines_for(year) if year.label != period.label else {}
    return [_placed(line, by_year.get(key)) for key, line in lines_for(period).items()]


def _placed(line: Line, in_year: Line | None) -> Placed:
    year_text = printed.in_full(in_year.total, in_year.decimals, in_year.unit) if in_year else ""
    year_receipt = in_year.total.receipt if in_year else ""
    return Placed(line.label, printed.in_full(line.total, line.decimals, line.unit), line.total.receipt, year_text, year_receipt)


# How it was made, in words.


def _asked(question: Question, form: Questionnaire) -> str:
    """How the form makes the figure of one period."""
    if question.number_label:
        return f"Two counts of the return: {question.number_label}, out of {question.out_of_label}."
    if question.share is not None:
        number, out_of = (_named(each.text, each.names, form) for each in (question.share.number, question.share.out_of))
        link = "divided by" if question.is_ratio else "out of"
        return f"Worked out by the hub from other answers of the return: {number}, {link} {out_of}."
    if question.value is not None:
        return f"Worked out by the hub from other answers of the return: {_named(question.value.text, question.value.names, form)}."
    if question.number_from:
        return "The percentage as it was published. What it is a percentage of is not known."
    return f"The answer to “{question.label}”."


def _named(text: str, names: Sequence[str], form: Questionnaire) -> str:
    """An expression with the questions' wording in place of their keys."""
    for name in sorted(names, key=len, reverse=True):
        if name in form.questions:
            text = text.replace(name, f"“{form.questions[name].label}”") if f"“{name}" not in text else text
    return text


def _in_numbers(line: Line) -> str:
    """ "115 + 263 + 198 + 164 = 740", or both sums of a share; "" where nothing was combined."""
    known = [cell for cell in line.cells if cell.value is not None]
    total = line.total
    if total.value is None or not known or line.measure not in ("sum", "pooled_share", "pooled_ratio"):
        return ""
    number = _added([cell.value or 0 for cell in known], total.value, line.decimals)
    if total.out_of is None:
        return number
    out_of = _added([cell.out_of or 0 for cell in known], total.out_of, line.decimals)
    return f"pooled: {printed.text_of(total, line.decimals, line.unit)}, because {number} and {out_of}"


def _added(values: Sequence[int], total: int, decimals: int) -> str:
    said = [printed.plain(each, decimals) for each in values]
    return f"{' + '.join(said)} = {printed.plain(total, decimals)}"


# The papers behind it.


class _Row(NamedTuple):
    period: str
    period_kind: str
    value: int | None
    out_of: int | None
    percent: int | None
    not_applicable: bool
    status: str
    version_id: UUID | None
    batch_id: UUID | None


class _Deed(NamedTuple):
    return_id: str
    action: str
    at: datetime
    by: str
    details: Mapping[str, Any]


@dataclass(slots=True)
class _Papers:
    """All rows that concern one figure of one agreement within a period."""

    provisional: bool
    rows: Sequence[_Row]
    returns: Sequence[MonitoringReturn]
    versions: Mapping[UUID, SubmissionVersion]
    deeds: Sequence[_Deed]
    batches: Mapping[UUID, ImportBatch]
    forms: Mapping[UUID, Questionnaire]
    is_ratio: bool = False

    @classmethod
    def of(cls, agreement: ServiceAgreement, period: Period, key: str, category: str, provisional: bool) -> _Papers:
        rows = _rows(agreement, period, key, category)
        returns = _returns(agreement, period)
        wanted = {row.version_id for row in rows} | {each.latest_version_id for each in returns}
        versions = _versions(wanted - {None})
        deeds = _deeds([str(each.id) for each in returns])
        batches = {row.batch_id for row in rows} - {None}
        papers = cls(
            provisional,
            rows,
            returns,
            versions,
            deeds,
            {each.id: each for each in db.session.scalars(select(ImportBatch).where(ImportBatch.id.in_(batches)))} if batches else {},
            definitions({each.questionnaire_version_id for each in returns}),
        )
        papers.rows = [row for row in rows if papers.is_shown(row)]
        return papers

    def figures(self, agreement: ServiceAgreement, key: str) -> Figures:
        """The rows as a summary reads them."""
        names = Agreement(agreement.service_id, agreement.service.name, agreement.organisation.name, str(agreement.id), agreement.frequency)
        owed = [
            Owed(
                agreement.id,
                each.id,
                each.period.label,
                each.questionnaire_version_id,
                counts_as(each, self.provisional),
                is_late=False,
                is_due=is_due(each),
            )
            for each in self.returns
        ]
        rows = [
            (*names[1:4], key, row.period, row.value, row.out_of, row.percent, row.status, row.not_applicable, "")
            for row in self.rows
            if row.status in counting(self.provisional)
        ]
        return put_together({agreement.id: names}, owed, rows, key)

    @property
    def form(self) -> Questionnaire:
        return self.forms[self.returns[-1].questionnaire_version_id]

    def question(self, key: str) -> Question | None:
        """The question that asks for this figure, in the newest form of the period."""
        if not self.returns:
            return None
        return next((each for each in self.form.figures if each.indicator == key and not each.of), None)

    def is_shown(self, row: _Row) -> bool:
        """A reader of approved figures sees what was approved once, and nothing that never was."""
        if self.provisional or row.status in counting(False):
            return True
        return row.version_id is not None and self._approval(row.version_id)[0] is not None

    def _return_of(self, version: SubmissionVersion) -> MonitoringReturn | None:
        return next((each for each in self.returns if each.submission_id == version.submission_id), None)

    def _approval(self, version_id: UUID) -> tuple[datetime | None, str]:
        """When a version was approved, and by whom."""
        version = self.versions[version_id]
        monitoring_return = self._return_of(version)
        if monitoring_return is None:
            return None, ""
        for deed in self.deeds:
            is_this = deed.return_id == str(monitoring_return.id) and deed.details.get("version") == version.number
            if is_this and deed.action == "return.approve":
                return deed.at, deed.by
        if monitoring_return.approved_version_id == version_id:
            return monitoring_return.approved_at or version.submitted_at, getattr(monitoring_return.approved_by, "name", "")
        return None, ""

    def part(self, column: Period, cell: Cell, line: Line) -> Part:
        """What is known of one column."""
        monitoring_return = next((each for each in self.returns if each.period.label == column.label), None)
        inside = {each.label for parts in calendar.splits(column) for each in parts} | {column.label}
        sources = self.sources([row for row in self.rows if row.period in inside], line)
        return Part(
            cell=cell,
            text=printed.in_full(cell, line.decimals, line.unit),
            period=column,
            monitoring_return=monitoring_return,
            state=self._state(monitoring_return),
            sources=sources,
            missing=_missing(cell, monitoring_return, self.provisional),
            earlier=_earlier(sources),
            happened=self._happened(monitoring_return),
        )

    def _state(self, monitoring_return: MonitoringReturn | None) -> str:
        if monitoring_return is None:
            return ""
        return RETURN_STATUS_LABELS[ReturnStatus(monitoring_return.status)] if self.provisional else ""

    def _happened(self, monitoring_return: MonitoringReturn | None) -> list[tuple[str, str, datetime, str]]:
        if monitoring_return is None or not self.provisional:
            return []
        told = [deed for deed in self.deeds if deed.return_id == str(monitoring_return.id) and deed.details.get("reason")]
        return [(DEEDS[deed.action], deed.by, deed.at, str(deed.details["reason"])) for deed in told]

    def sources(self, rows: Sequence[_Row], line: Line) -> list[Source]:
        """These figures with where they came from, newest first."""
        return [self._source(row, line) for row in reversed(rows)]

    def _source(self, row: _Row, line: Line) -> Source:
        text, counts = _text(row, line, is_ratio=self.is_ratio), row.status in counting(self.provisional)
        if row.version_id is None:
            batch = self.batches.get(row.batch_id) if row.batch_id else None
            return Source(text, STANDING[ObservationStatus(row.status)], counts, batch=batch)
        version = self.versions[row.version_id]
        approved_at, approved_by = self._approval(row.version_id)
        return Source(
            text,
            STANDING[ObservationStatus(row.status)],
            counts,
            version,
            signed_by=version.submitted_by.name if version.submitted_by else "",
            approved_by=approved_by,
            approved_at=approved_at,
            explained=self._explained(version, line.indicator) if self.provisional else (),  # what partners wrote stays with the office
        )

    def _explained(self, version: SubmissionVersion, key: str) -> list[Explained]:
        """The checks that failed for this figure when it was sent, with the reasons that were given."""
        form = self.forms.get(version.questionnaire_version_id)
        asked = {each.key for each in form.figures if each.indicator == key} if form else set()
        found = []
        for failure in version.answers.get("failures", ()):
            places = [tuple(place) for place in failure["about"]]
            if asked & {question for question, _ in places}:
                beside = version.answers.get("texts", {}).get(places[0][0], {})
                reason = beside.get(f"{REASON}{failure['check']}", "")
                found.append(Explained(failure["sentence"], reason, failure.get("severity") == Severity.STOPS))
        return found


STANDING = {
    ObservationStatus.APPROVED: "Approved",
    ObservationStatus.PROVISIONAL: "Provisional: sent, not approved yet",
    ObservationStatus.SUPERSEDED: "Replaced",
    ObservationStatus.AS_PUBLISHED: "As published",
}


def _rows(agreement: ServiceAgreement, period: Period, key: str, category: str) -> list[_Row]:
    """Every figure, replaced ones too, oldest first."""
    rows = db.session.execute(
        select(
            ReportingPeriod.label,
            ReportingPeriod.kind,
            Observation.value,
            Observation.out_of,
            Observation.percent,
            Observation.not_applicable,
            Observation.status,
            Observation.submission_version_id,
            Observation.import_batch_id,
        )
        .join(ReportingPeriod, ReportingPeriod.id == Observation.period_id)
        .where(
            Observation.agreement_id == agreement.id,
            ReportingPeriod.starts >= period.starts,
            ReportingPeriod.ends <= period.ends,
            Observation.indicator_key == key,
            Observation.category == category,
        )
        .order_by(ReportingPeriod.starts, Observation.id)
    )
    return [_Row(*row) for row in rows]


def _returns(agreement: ServiceAgreement, period: Period) -> list[MonitoringReturn]:
    statement = (
        select(MonitoringReturn)
        .join(MonitoringReturn.period)
        .where(
            MonitoringReturn.agreement_id == agreement.id,
            ReportingPeriod.starts >= period.starts,
            ReportingPeriod.ends <= period.ends,
        )
        .options(joinedload(MonitoringReturn.period), joinedload(MonitoringReturn.approved_by).load_only(User.name))
        .order_by(ReportingPeriod.starts)
    )
    return list(db.session.scalars(statement))


def _versions(wanted: set[Any]) -> dict[UUID, SubmissionVersion]:
    if not wanted:
        return {}
    statement = (
        select(SubmissionVersion)
        .where(SubmissionVersion.id.in_(wanted))
        .options(joinedload(SubmissionVersion.submitted_by).load_only(User.name), undefer(SubmissionVersion.answers))
    )
    return {each.id: each for each in db.session.scalars(statement)}


def _deeds(return_ids: Sequence[str]) -> list[_Deed]:
    """What was decided about these returns, oldest first."""
    if not return_ids:
        return []
    rows = db.session.execute(
        select(Event.about_id, Event.action, Event.at, User.name, Event.details)
        .join(User, User.id == Event.actor_id, isouter=True)
        .where(Event.about_kind == MonitoringReturn.__name__, Event.about_id.in_(return_ids), Event.action.in_(list(DEEDS)))
        .order_by(Event.seq)
    )
    return [_Deed(row[0], row[1], row[2], row[3] or "", row[4]) for row in rows]


def _text(row: _Row, line: Line, *, is_ratio: bool) -> str:
    """A stored figure as it reads, whatever became of it."""
    if row.not_applicable:
        return printed.WORDS[CellStatus.NOT_APPLICABLE]
    percent = row.percent if row.out_of is None or is_ratio else percentages.tenths(row.value or 0, row.out_of)
    return printed.text_of(Cell("", row.value, row.out_of, percent, CellStatus.APPROVED, ""), line.decimals, line.unit)


def _missing(cell: Cell, monitoring_return: MonitoringReturn | None, provisional: bool) -> str:
    if monitoring_return is None:
        return _NO_RETURN.get(cell.absence, "")
    if cell.absence is Absence.WAIVED:
        return "The return was waived: it is not needed."
    if cell.absence is Absence.NOT_ASKED:
        return "The return of this period does not ask for this figure."
    if cell.status is not CellStatus.NOT_REPORTED:
        return ""
    if is_missing(monitoring_return, provisional):
        return f"The return is not in. It is due on {readable.day(monitoring_return.due_on)}."
    return "The return gives no figure here that counts yet."


_NO_RETURN: Mapping[Absence | None, str] = {
    Absence.NOT_DUE: "This period has not ended, and no return is asked for yet.",
    Absence.NO_RETURN: "No return was asked for in this period.",
    Absence.NOT_ASKED: "No return was asked for in this period alone.",
}


def _earlier(sources: Sequence[Source]) -> list[str]:
    """What the figure was before: "was 12, restated to 14 on 5 May 2023 by version 2"."""
    said, after = [], None
    for source in sources:
        is_other = after is not None and source.text != after.text  # sent again as it was, it was not corrected
        if is_other and not source.counts and source.version is not None and after.version is not None:
            day = after.approved_at or after.version.submitted_at
            verb = "restated to" if source.approved_at else "corrected to"
            before = "" if source.approved_at else " before it was approved"
            said.append(
                f"Was {source.text} (version {source.version.number}), {verb} {after.text} on {readable.day(day)}"
                f" by version {after.version.number}{before}."
            )
        after = source
    return said
