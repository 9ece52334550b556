"""The published tables of 2022-23 as rows, through the catalogue's own forms: what the demonstration office holds when all is approved."""

import csv
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import yaml

from partnerhub.rules import periods, reconcile
from partnerhub.rules.questionnaire import Questionnaire, embed, parse
from partnerhub.rules.summary import ExpectedFigure, ObservationRow, Summary

CATALOGUE = Path(__file__).parents[2] / "partnerhub" / "catalogue"
YEAR = periods.parse("2022-23")
LWA, WALL = "Living Without Abuse (LWA)", "Women's Aid Leicestershire Limited (WALL)"
LOCALITY, ACCOMMODATION = "Domestic Abuse Locality Service", "Leicestershire Safe Accommodation Support Service"
AGREEMENTS = {LWA: "lwa", WALL: "wall"}
FORMS = {LWA: "da_locality_service_published", WALL: "safe_accommodation_published"}
AS_AT = datetime(2023, 7, 14, 9, 30, tzinfo=UTC)


@cache
def form(key: str) -> Questionnaire:
    library = {**_read("indicators/domestic_abuse.yaml"), "breakdowns": {}}
    for path in sorted((CATALOGUE / "breakdowns").glob("*.yaml")):
        library["breakdowns"].update(_read(f"breakdowns/{path.name}")["breakdowns"])
    return parse(embed(_read(f"questionnaires/{key}.yaml"), library))


def _read(path: str) -> dict:
    return yaml.safe_load((CATALOGUE / path).read_text())


@cache
def printed() -> list[dict[str, str]]:
    with (CATALOGUE / "demo" / "appendix-a-2022-23.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def period_of(row: dict[str, str]) -> str:
    return "2022-23" if row["column"] == "printed_total" else f"2022-23 {row['column']}"


def expected() -> list[ExpectedFigure]:
    return [
        ExpectedFigure(
            row["service"], row["provider"], AGREEMENTS[row["provider"]], row["group"], row["indicator"], row["label"], order,
            period_of(row), f"{row['provider']} {row['column']}", "approved",
        )
        for order, row in enumerate(printed())
        if row["column"] != "printed_total"
    ]  # fmt: skip


def observations() -> list[ObservationRow]:
    """Quarters as approved returns yield them; printed totals as published. WALL's share is worked out from its counts."""
    return [_observation(row) for row in printed()]


def _observation(row: dict[str, str]) -> ObservationRow:
    value, out_of, percent = int(row["value"]), None, None
    is_total, is_percent = row["column"] == "printed_total", row["unit"] == "percent as printed"
    if is_percent and row["provider"] == WALL and not is_total:
        value, out_of = _cell(row, "positive_closure_number"), _cell(row, "exit_planned") + _cell(row, "exit_unplanned")
    elif is_percent:
        value, percent = None, 10 * value
    status = "as_published" if is_total else "approved"
    agreement = AGREEMENTS[row["provider"]]
    return ObservationRow(row["service"], row["provider"], agreement, row["indicator"], period_of(row), value, out_of, percent, status)


def _cell(beside: dict[str, str], indicator: str) -> int:
    same = ("provider", "column")
    return next(int(row["value"]) for row in printed() if row["indicator"] == indicator and all(row[key] == beside[key] for key in same))


def published_summary() -> Summary:
    forms = {organisation: form(key) for organisation, key in FORMS.items()}
    return reconcile.summarise(
        programme="dsva",
        title="Domestic and Sexual Violence and Abuse",
        period=YEAR,
        expected=expected(),
        observations=observations(),
        indicators={key: indicator for each in forms.values() for key, indicator in each.indicators.items()},
        facts={AGREEMENTS[organisation]: reconcile.facts_of(each) for organisation, each in forms.items()},
        generated_at=AS_AT,
    )
