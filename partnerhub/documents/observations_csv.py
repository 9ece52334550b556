"""Figures in a CSV file, one to a row, as the catalogue's published tables have them: read whole, every bad row named."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from partnerhub.rules import periods
from partnerhub.rules.errors import BadAnswer, BadDefinition, Fault
from partnerhub.rules.numbers import LARGEST_WHOLE
from partnerhub.rules.periods import Period, PeriodKind

COLUMNS = ("service", "provider", "financial_year", "column", "indicator", "unit", "value")  # group and label are for the reader
TOTAL = "printed_total"
PERCENT = "percent as printed"
MOST_ROWS = 100_000
_PART = re.compile(r"[QH][0-9]")
_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,4})?")


class Told(NamedTuple):
    """One row. `is_total`: what stood in the column of totals; `is_percent`: a percentage without what it is a percentage of."""

    line: int
    service: str
    provider: str
    indicator: str
    period: Period
    is_total: bool
    is_percent: bool
    value: Decimal

    def scaled(self, decimals: int) -> int | None:
        """The value as a whole number of so many decimals; None where it has more of them."""
        number = self.value.scaleb(decimals)
        return int(number) if number == number.to_integral_value() and abs(number) <= LARGEST_WHOLE else None


def read(content: bytes, file: str) -> list[Told]:
    """The rows of the file; raises BadDefinition naming every row that cannot be read."""
    try:
        rows = list(_numbered(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise BadDefinition([Fault(file, f"byte {error.start + 1}", "the file is not UTF-8 text: save it as “CSV UTF-8”")]) from None
    except csv.Error as error:
        raise BadDefinition([Fault(file, "", f"the file is not a CSV file ({error})")]) from None
    header = [name.strip() for name in rows[0][1]] if rows else []
    missing = [name for name in COLUMNS if name not in header]
    if missing or len(rows) > MOST_ROWS:
        fault = f"the first line lacks the columns {', '.join(missing)}" if missing else f"more than {MOST_ROWS:,} rows: divide the file"
        raise BadDefinition([Fault(file, "line 1", fault)])
    faults: list[Fault] = []
    told = [_row(line, cells, header, lambda line, text: faults.append(Fault(file, f"line {line}", text))) for line, cells in rows[1:]]
    if faults:
        raise BadDefinition(faults)
    return [each for each in told if each is not None]


def _numbered(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]


def _row(line: int, cells: list[str], header: list[str], fault: Callable[[int, str], None]) -> Told | None:
    if len(cells) != len(header):
        fault(line, f"has {len(cells)} cells, the first line has {len(header)}")
        return None
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    period, value = _period(row, line, fault), _value(row, line, fault)
    if period is None or value is None:
        return None
    is_percent = row["unit"] == PERCENT
    if is_percent and not 0 <= value <= 100:
        fault(line, f"{row['value']} is not a percentage: it lies between 0 and 100")
        return None
    return Told(line, row["service"], row["provider"], row["indicator"], period, row["column"] == TOTAL, is_percent, value)


def _period(row: dict[str, str], line: int, fault: Callable[[int, str], None]) -> Period | None:
    """The year itself for a printed total, else the quarter (or half, H1 and H2) that the column names."""
    try:
        year = periods.parse(row["financial_year"])
        if year.kind is not PeriodKind.YEAR:
            raise BadAnswer(f"“{row['financial_year'][:40]}” is not a financial year. Write it like 2022-23.")
        if row["column"] == TOTAL:
            return year
        if not _PART.fullmatch(row["column"]):
            raise BadAnswer(f"“{row['column'][:40]}” is not a column: write Q1 to Q4, H1, H2 or {TOTAL}")
        return periods.parse(f"{year.label} {row['column']}")
    except BadAnswer as error:
        fault(line, error.sentence)
        return None


def _value(row: dict[str, str], line: int, fault: Callable[[int, str], None]) -> Decimal | None:
    if not _NUMBER.fullmatch(row["value"]):
        fault(line, f"“{row['value'][:40]}” is not a number like 1234 or 12.5")
        return None
    return Decimal(row["value"])
