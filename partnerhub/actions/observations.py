"""Bringing in figures from a file: the whole file or nothing, and the same file again changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from partnerhub.actions.doing import Deed, action
from partnerhub.actions.periods import kept_periods
from partnerhub.documents.observations_csv import Told, read
from partnerhub.extensions import db
from partnerhub.models import ImportBatch, Observation
from partnerhub.queries.observations import Contract, Place, contracts, indicators_of, known_names, standing_figures
from partnerhub.queries.retold import digest_of_import
from partnerhub.queries.summaries import ALL
from partnerhub.rules import percentages
from partnerhub.rules.errors import BadDefinition, Fault
from partnerhub.rules.policy import Person
from partnerhub.rules.questionnaire import Indicator
from partnerhub.rules.words import ObservationStatus


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows of a file."""

    added: int
    restated: int
    unchanged: int
    left_out: int
    """Rows that were not asked for: quarters, when only the totals are."""


@dataclass(frozen=True, slots=True)
class _New:
    told: Told
    place: Place
    contract: Contract
    value: int | None
    percent: int | None
    status: ObservationStatus


@dataclass(slots=True)
class _Reading:
    """A file while its rows are matched with what the hub knows."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    new: dict[tuple[Place, ObservationStatus], _New] = field(default_factory=dict)

    def fault(self, told: Told, text: str) -> None:
        self.faults.append(Fault(self.file, f"line {told.line}", text))


@action("observation.import")
def import_observations(
    _: None,
    content: bytes,
    file_name: str,
    *,
    source: str = "",
    totals_only: bool = False,
    by: Person,
    now: datetime,
    deed: Deed,
) -> Imported:
    """Quarters of the file become approved figures, printed totals stand beside what the hub works out; raises BadDefinition."""
    told = read(content, file_name)
    wanted = [each for each in told if each.is_total or not totals_only]
    reading = _matched(wanted, file_name)
    there = standing_figures({each.contract.id for each in reading.new.values()}, {each.place[2] for each in reading.new.values()})
    _refuse_what_returns_say(reading, there)
    if reading.faults:
        raise BadDefinition(sorted(reading.faults, key=lambda fault: int(fault.place.split()[-1])))
    changed, replaced = _changes(reading, there)
    result = Imported(len(changed) - len(replaced), len(replaced), len(reading.new) - len(changed), len(told) - len(wanted))
    if not changed:
        deed.silent = True
        return result
    batch = ImportBatch(
        file_name=file_name[-200:], digest=hashlib.sha256(content).hexdigest(), source=source[:500], rows=len(changed), at=now
    )
    db.session.add(batch)
    db.session.flush()
    _write(changed, replaced, batch, {each.period.label: each.period for each in wanted})
    deed.about = batch
    deed.details = {"added": result.added, "restated": result.restated, "digest": batch.digest, "figures": digest_of_import(batch.id)}
    return result


def _matched(wanted: Sequence[Told], file: str) -> _Reading:
    """Each row with its agreement and its indicator; what cannot be matched is a fault."""
    reading = _Reading(file)
    found = contracts({each.service for each in wanted})
    services, providers = known_names({each.service for each in wanted}, {each.provider for each in wanted})
    measured = indicators_of(found, {each.indicator for each in wanted})
    for told in wanted:
        contract = _contract(told, found, services, providers, reading)
        indicator = measured[contract.questionnaire_id].get(told.indicator) if contract else None
        if contract is not None and indicator is None:
            reading.fault(told, f"there is no indicator “{told.indicator}”")
        if contract is not None and indicator is not None:
            _take(told, contract, indicator, reading)
    return reading


def _contract(told: Told, found: Sequence[Contract], services: set[str], providers: set[str], reading: _Reading) -> Contract | None:
    """The one agreement that a row can be about."""
    mine = [each for each in found if (each.service, each.provider) == (told.service, told.provider)]
    fitting = [each for each in mine if each.covers(told.period)] or [each for each in mine if each.touches(told.period)]
    if len(fitting) == 1:
        return fitting[0]
    if told.service not in services:
        reading.fault(told, f"there is no service “{told.service}”")
    elif told.provider not in providers:
        reading.fault(told, f"there is no provider “{told.provider}”")
    elif fitting:
        named = " and ".join(each.reference for each in fitting)
        reading.fault(told, f"{named} both cover {told.period.label}, so the figure could be of either")
    else:
        reading.fault(told, f"“{told.provider}” has no agreement for “{told.service}” in {told.period.label}")
    return None


def _take(told: Told, contract: Contract, indicator: Indicator, reading: _Reading) -> None:
    scaled = told.scaled(1 if told.is_percent else indicator.decimals)
    place = (contract.id, told.indicator, told.period.label)
    status = ObservationStatus.AS_PUBLISHED if told.is_total else ObservationStatus.APPROVED
    if scaled is None:
        places = 1 if told.is_percent else indicator.decimals
        reading.fault(told, f"{told.value} has more than {places} decimals, or is too large" if places else f"{told.value} is not whole")
    elif not told.is_percent and indicator.measure == "pooled_share":
        reading.fault(
            told, f"“{told.indicator}” is a share: a bare number is not one. Write the unit “percent as printed” for a percentage"
        )
    elif (place, status) in reading.new:
        reading.fault(told, f"the figure of {told.period.label} is in the file twice")
    else:
        value, percent = (None, scaled) if told.is_percent else (scaled, None)
        reading.new[place, status] = _New(told, place, contract, value, percent, status)


def _refuse_what_returns_say(reading: _Reading, there: Mapping[Place, Sequence[Any]]) -> None:
    """A figure that came with a return changes by reopening it, not by a file. Printed totals only stand beside it."""
    for new in reading.new.values():
        returned = [row for row in there.get(new.place, ()) if row.submission_version_id]
        if returned and not new.told.is_total and not any(_says_the_same(row, new) for row in returned):
            reading.fault(new.told, f"{new.place[2]} was reported in a return: reopen that, or import the totals only")


def _says_the_same(row: Any, new: _New) -> bool:
    """A stored figure and one of the file: the same count, or a share that prints as the percentage in the file."""
    if new.percent is None or row.out_of is None:
        return (row.value, row.out_of, row.percent) == (new.value, None, new.percent)
    return any(percentages.prints(row.value, row.out_of, new.percent, rounding) for rounding in percentages.ROUNDINGS)


def _changes(reading: _Reading, there: Mapping[Place, Sequence[Any]]) -> tuple[list[_New], list[int]]:
    """The figures that are new or differ from those an earlier file brought, and the numbers of the rows they replace."""
    changed, replaced = [], []
    for (place, status), new in reading.new.items():
        before = [row for row in there.get(place, ()) if row.status == status or (row.submission_version_id and not new.told.is_total)]
        if not any(_says_the_same(row, new) for row in before):
            changed.append(new)
            replaced += [row.id for row in before]
    return changed, replaced


def _write(changed: Sequence[_New], replaced: Sequence[int], batch: ImportBatch, periods: Mapping[str, Any]) -> None:
    numbers = {row.label: row.id for row in kept_periods(periods.values())}
    if replaced:
        old = update(Observation).where(Observation.id.in_(replaced)).values(status=ObservationStatus.SUPERSEDED)
        db.session.execute(old.execution_options(synchronize_session=False))
    db.session.execute(insert(Observation), [_row(each, numbers, batch.id) for each in changed])


def _row(new: _New, numbers: Mapping[str, int], batch_id: UUID) -> dict[str, Any]:
    return {
        "service_id": new.contract.service_id,
        "agreement_id": new.contract.id,
        "indicator_key": new.place[1],
        "period_id": numbers[new.place[2]],
        "category": ALL,
        "value": new.value,
        "percent": new.percent,
        "not_applicable": False,
        "status": new.status,
        "import_batch_id": batch_id,
    }
