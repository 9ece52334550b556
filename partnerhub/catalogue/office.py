"""Reads the demonstration office: who is in it, what they agreed, and who did what with which return on which day."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from partnerhub.catalogue.reading import HOUSE, read
from partnerhub.clock import LONDON, day_of
from partnerhub.rules import periods
from partnerhub.rules.periods import Period, PeriodKind

DEMO = HOUSE / "demo"
PRINTED_TOTAL = "printed_total"

# At what time of the day people do these things.
HOURS = {
    "fill": time(10, 20),
    "submit": time(15, 40),
    "query": time(11, 5),
    "approve": time(11, 30),
    "waive": time(9, 50),
    "reopen": time(9, 15),
    "make": time(9, 30),
    "import": time(14, 10),
    "open": time(9),
    "close": time(12),
}


class Published(NamedTuple):
    """One figure of the published tables; `column` is a quarter, or the total as it was printed."""

    service: str
    provider: str
    financial_year: str
    column: str
    group: str
    indicator: str
    label: str
    unit: str
    value: str

    @property
    def period(self) -> str:
        return self.financial_year if self.column == PRINTED_TOTAL else f"{self.financial_year} {self.column}"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody does with a return: `said` holds the answers, reasons or questions."""

    at: datetime
    does: str
    by: str
    agreement: str
    period: str
    said: Mapping[str, Any]


class Office:
    """The demonstration office as it looks on the day it is made; nothing in it happens later than that moment."""

    def __init__(self, now: datetime, path: Path = DEMO / "office.yaml") -> None:
        self.now = now
        self.content = read([path])[0].content
        self.figures_file = path.parent / self.content["published_returns"]["figures_from"]
        self.figures = published(self.figures_file)
        self.grant_rounds = [each.content for each in read([path.parent / name for name in self.content["grant_rounds"]])]
        self.agreements: dict[str, dict[str, Any]] = {each["key"]: each for each in self.content["agreements"]}

    def __getitem__(self, part: str) -> Any:
        return self.content[part]

    def moment(self, day: date, does: str = "make") -> datetime:
        return min(datetime.combine(day, HOURS[does], LONDON), self.now)

    def quarter(self, ago: int) -> Period:
        """1 is the quarter that ended last."""
        found = periods.last_ended(PeriodKind.QUARTER, day_of(self.now))
        for _ in range(ago - 1):
            found = periods.previous(found)
        return found

    def working_day(self, count: int) -> date:
        """So many working days from the day on which the office is made; before it where `count` is negative."""
        today = day_of(self.now)
        return periods.working_days_after(today, count) if count >= 0 else periods.working_days_before(today, -count)

    def days_ago(self, count: int, does: str = "make") -> datetime:
        """The moment, so many working days before the office is made, at which people do this."""
        return self.moment(self.working_day(-count), does)

    def opens_at(self, funding_round: Mapping[str, Any]) -> datetime:
        return datetime.combine(self.working_day(-funding_round["opened"]), HOURS["open"], LONDON)

    def closes_at(self, funding_round: Mapping[str, Any]) -> datetime:
        return datetime.combine(self.working_day(funding_round["closes"]), HOURS["close"], LONDON)

    def dates(self, agreement: Mapping[str, Any]) -> tuple[date, date]:
        """The first and the last day of an agreement."""
        starts, ends = agreement["from"], agreement["to"]
        return (
            self.quarter(starts["quarters_ago"]).starts if isinstance(starts, dict) else date.fromisoformat(starts),
            self.quarter(ends["quarters_ago"]).ends if isinstance(ends, dict) else date.fromisoformat(ends),
        )

    def deeds(self) -> list[Deed]:
        """What happens to all returns, in the order of time."""
        return sorted((*self._published_deeds(), *self._invented_deeds()), key=lambda deed: deed.at)

    def _published_deeds(self) -> Iterator[Deed]:
        told = self["published_returns"]
        for each in told["returns"]:
            said = {"answers": self._printed_answers(each["agreement"], each["period"]), "reasons": told["reasons"]}
            for does in ("fill", "submit", "approve"):
                by = told["by"]["approve" if does == "approve" else each["agreement"]]
                yield Deed(self.moment(date.fromisoformat(each[does]), does), does, by, each["agreement"], each["period"], said)

    def _printed_answers(self, agreement: str, period: str) -> dict[str, str]:
        return {each.indicator: each.value for each in self.printed_of(agreement) if each.period == period}

    def printed_of(self, agreement: str) -> list[Published]:
        """What was published about the service and provider of an agreement."""
        wanted = self.agreements[agreement]
        service = next(
            each["name"] for programme in self["programmes"] for each in programme["services"] if each["key"] == wanted["service"]
        )
        provider = next(each["name"] for each in self["organisations"] if each["key"] == wanted["provider"])
        return [each for each in self.figures if (each.service, each.provider) == (service, provider)]

    def _invented_deeds(self) -> Iterator[Deed]:
        for each in self["returns"]:
            quarter = self.quarter(each["quarters_ago"])
            for step in each["steps"]:
                day = periods.working_days_after(quarter.ends, step["at"]["working_days"])
                yield Deed(self.moment(day, step["does"]), step["does"], step["by"], each["agreement"], quarter.label, step)


def published(path: Path) -> list[Published]:
    with path.open(newline="", encoding="utf-8") as file:
        return [Published(**row) for row in csv.DictReader(file)]


def districts() -> list[dict[str, str]]:
    """The districts that the hub knows from the start: code, name and kind."""
    with (HOUSE / "places" / "districts.csv").open(newline="", encoding="utf-8") as file:
        return [{key: row[key] for key in ("code", "name", "kind")} for row in csv.DictReader(file)]


def postcode_sectors() -> list[dict[str, str]]:
    """Which postcodes of a sector lie in which district."""
    with (HOUSE / "places" / "postcodes.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
