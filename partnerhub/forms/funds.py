"""What is typed about funds: purpose, area, the most for one award, who may apply, which documents are asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from wtforms.fields import StringField
from wtforms.validators import StopValidation

from partnerhub.forms.fields import Asked, Choice, Choices, Form, Pounds, TextBox, TextLine, Version, WholeNumber
from partnerhub.models import Fund
from partnerhub.rules.words import DOCUMENT_KIND_LABELS, ORGANISATION_KIND_LABELS

MOST_MONTHS = 60
USUAL_REPORT_DAYS = 28  # four weeks, as the office's reports have it


class Shares(Asked, StringField):
    """Percentages with commas between them that add up to 100, kept as whole numbers: 80, 20."""

    drawn_as = "StringField"

    def __init__(self, label: str, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.typed = ""

    def process_data(self, value: Any) -> None:
        self.data = None if value == [100] else value

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data, self.typed = None, "".join(each if each.isprintable() else " " for each in valuelist[0][:60]) if valuelist else ""
        parts = [each.strip(" %") for each in self.typed.split(",") if each.strip(" %")]
        if parts and not (all(re.fullmatch(r"[1-9][0-9]?|100", each) for each in parts) and sum(map(int, parts)) == 100):
            raise ValueError("Enter whole per cents with commas between them that add up to 100, like 80, 20")
        self.data = [int(each) for each in parts]

    def _value(self) -> str:
        return self.typed or ", ".join(str(each) for each in self.data or ())


class FundFields(Form):
    name = TextLine("Name", "Enter the fund's name", longest=200)
    code = TextLine(
        "Short code",
        "Enter a short code, like EXF",
        hint="Two to eight capital letters or digits. Every reference of an application begins with it.",
        longest=8,
    )
    purpose = TextBox("What it is for", "Say what the fund is for", hint="Printed on the public page of its rounds.", longest=5000)
    not_funded = TextBox("What it does not fund", hint="One thing on each line. Printed on the public page of its rounds.", longest=5000)
    area = TextBox("Area", "Say where projects must take place", hint="Where projects must take place, as applicants know it.", longest=500)
    cap = Pounds("Most for one award", "Enter the most for one award", least=100, most=100_000_000_00)
    duration_months = WholeNumber(
        "Longest project, in months", "Enter how many months a project may last", least=1, most=MOST_MONTHS, hint="12 for one year."
    )
    kinds = Choices("Who can apply", ORGANISATION_KIND_LABELS, "Choose at least one kind of organisation")
    before_scoring = Choices(
        "Documents asked for before an application is marked",
        DOCUMENT_KIND_LABELS,
        hint="While one of them is missing or out of date, an application is confirmed only with a reason. "
        "Printed on the public page of its rounds.",
    )
    before_payment = Choices(
        "Documents asked for, besides, before any money is paid",
        DOCUMENT_KIND_LABELS,
        hint="No payment is released while one of them is missing or out of date.",
    )

    # what an award of it brings with it
    one_payment_to = Pounds("Paid in one payment up to", hint="Empty if every award is paid in instalments.", most=100_000_000_00)
    instalments = Shares(
        "Instalments of larger awards, in per cent", hint="For example, 80, 20. They add up to 100. Empty if every award is paid at once."
    )
    report_form_id = Choice("Report at the end of the project", blank="No report")
    report_due_days = WholeNumber("Due so many days after the project ends", most=365, hint=f"Empty for {USUAL_REPORT_DAYS}.")
    half_way_form_id = Choice("Half-way report", blank="No half-way report")
    half_way_above = Pounds("Half-way report for awards larger than", hint="Empty if the amount does not matter.", most=100_000_000_00)
    half_way_months = WholeNumber("Or for projects longer than, in months", most=MOST_MONTHS, hint="Empty if the length does not matter.")
    programme_id = Choice(
        "Programme in which its reports are added up",
        blank="One of its own, made with the first award",
    )

    def offer(self, forms: list[tuple[str, str]], programmes: list[tuple[str, str]]) -> None:
        """What may be chosen: published forms of reports, programmes."""
        self.report_form_id.offer(forms)
        self.half_way_form_id.offer(forms)
        self.programme_id.offer(programmes)

    def validate_half_way_above(self, field: Pounds) -> None:
        if self.half_way_form_id.data and not field.data and not self.half_way_months.data:
            raise StopValidation("Enter for which awards or projects a half-way report is due, or choose no half-way report")

    def validate_code(self, field: TextLine) -> None:
        if not re.fullmatch(r"[A-Za-z0-9]{2,8}", field.data or ""):  # what was typed stays as it was typed
            raise StopValidation("Enter a short code of two to eight letters or digits, like EXF")
        field.data = (field.data or "").upper()

    def details(self) -> dict[str, Any]:
        return {
            "name": self.name.data,
            "code": self.code.data,
            "purpose": self.purpose.data or "",
            "not_funded": self.not_funded.data or "",
            "area": self.area.data or "",
            "cap": self.cap.data,
            "duration_months": self.duration_months.data,
            "kinds": _in_order(ORGANISATION_KIND_LABELS, self.kinds.data),
            "before_scoring": _in_order(DOCUMENT_KIND_LABELS, self.before_scoring.data),
            "before_payment": [
                each for each in _in_order(DOCUMENT_KIND_LABELS, self.before_payment.data) if each not in (self.before_scoring.data or ())
            ],
            "one_payment_to": self.one_payment_to.data or 0,
            "instalments": self.instalments.data or [100],
            "report_form_id": _id(self.report_form_id.data),
            "report_due_days": USUAL_REPORT_DAYS if self.report_due_days.data is None else self.report_due_days.data,
            "half_way_form_id": _id(self.half_way_form_id.data),
            "half_way_above": self.half_way_above.data or 0,
            "half_way_months": self.half_way_months.data or 0,
            "programme_id": _id(self.programme_id.data),
        }


def _id(chosen: str | None) -> UUID | None:
    return UUID(chosen) if chosen else None


def _in_order(labels: Mapping[Any, str], chosen: Collection[str] | None) -> list[str]:
    return [each for each in labels if each in (chosen or ())]


class NewFundForm(FundFields):
    """A new fund."""


class ChangeFundForm(FundFields):
    version = Version()

    @staticmethod
    def filled_from(fund: Fund) -> dict[str, Any]:
        """The fields' values from the row: where 0 says that something does not matter, the box is empty."""
        empty = ("one_payment_to", "half_way_above", "half_way_months")
        return {column.key: getattr(fund, column.key) for column in Fund.__table__.columns} | {
            name: getattr(fund, name) or None for name in empty
        }
