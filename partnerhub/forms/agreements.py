"""What is typed about service agreements: parties, dates, form, and the targets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms.fields import StringField
from wtforms.validators import StopValidation

from partnerhub.forms.fields import Asked, Choice, Choices, Day, Form, TextLine, Version
from partnerhub.models import ServiceAgreement
from partnerhub.rules.agreements import LONGEST_REFERENCE, Promised
from partnerhub.rules.numbers import LARGEST_WHOLE
from partnerhub.rules.words import FREQUENCY_LABELS

LONGEST_YEARS = 10


class AgreementFields(Form):
    reference = TextLine(
        "Reference", "Enter a reference", hint="As it stands on the contract. No two agreements share one.", longest=LONGEST_REFERENCE
    )
    organisation_id = Choice("Provider", (), "Choose the organisation that delivers the service", blank="Choose an organisation")
    commissioners = Choices("Commissioners", hint="Who pays: councils and public bodies that the hub knows.")
    districts = Choices("Districts", hint="Where the service is delivered.")
    starts = Day("First day", "Enter the first day of the agreement")
    ends = Day("Last day", "Enter the last day of the agreement")
    questionnaire_id = Choice("Return form", (), "Choose the form that the provider fills in", blank="Choose a form")
    frequency = Choice("How often a return is due", FREQUENCY_LABELS, "Choose how often a return is due")

    def offer(self, **lists: list[tuple[str, str]]) -> None:
        """What may be chosen, by the name of the field."""
        for name, options in lists.items():
            self[name].offer(options)

    def validate_ends(self, field: Day) -> None:
        starts = self.starts.data
        if not field.data or not starts or self.starts.errors:
            return
        if field.data < starts:
            raise StopValidation("The last day must not be before the first day")
        if field.data.year - starts.year > LONGEST_YEARS:
            raise StopValidation(f"An agreement can run for {LONGEST_YEARS} years. Make another one for the years after that")

    def details(self) -> dict[str, Any]:
        return {
            "reference": self.reference.data,
            "organisation_id": UUID(self.organisation_id.data),
            "questionnaire_id": UUID(self.questionnaire_id.data),
            "frequency": self.frequency.data,
            "starts": self.starts.data,
            "ends": self.ends.data,
        }

    @property
    def paying(self) -> list[UUID]:
        return [UUID(each) for each in self.commissioners.data or ()]

    @property
    def places(self) -> list[str]:
        return list(self.districts.data or ())


class NewAgreementForm(AgreementFields):
    """A new agreement."""


class ChangeAgreementForm(AgreementFields):
    version = Version()

    @staticmethod
    def filled_from(agreement: ServiceAgreement) -> dict[str, Any]:
        """The fields' values from the row: parties by their ids."""
        plain = ("reference", "organisation_id", "starts", "ends", "questionnaire_id", "frequency", "version")
        return {name: getattr(agreement, name) for name in plain} | {
            "commissioners": [str(each.id) for each in agreement.commissioners],
            "districts": [each.code for each in agreement.districts],
        }


class TargetNumber(Asked, StringField):
    """A number of an indicator, kept as a whole number scaled by its decimals; a share is typed in per cent."""

    drawn_as = "StringField"

    def __init__(self, label: str, promised: Promised, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.promised, self.typed = promised, ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        self.typed = "".join(each if each.isprintable() else " " for each in valuelist[0][:60]) if valuelist else ""
        text = re.sub(r"[,\s£%]", "", self.typed)
        if not text:
            return
        decimals = self.promised.decimals
        found = re.fullmatch(r"([0-9]{1,15})(?:\.([0-9]+))?", text, re.ASCII)
        if not found:
            raise ValueError(f"{self.label.text} must be a number, like {'90' if self.promised.is_share else '120'}")
        if len(found[2] or "") > decimals:
            places = f"{decimals} decimal place{'s' if decimals > 1 else ''}" if decimals else "no decimal places"
            raise ValueError(f"{self.label.text} can have {places}")
        self.data = int(found[1] + (found[2] or "").ljust(decimals, "0"))

    def _value(self) -> str:
        return self.typed or ("" if self.data is None else self.promised.written(self.data).rstrip("%"))

    def check(self) -> None:
        if self.data is None:
            return
        if self.promised.is_share and self.data > 1000:
            raise StopValidation(f"{self.label.text} must be between 0 and 100 per cent")
        if self.data > LARGEST_WHOLE:
            raise StopValidation(f"{self.label.text} is too large to be kept")


class TargetsFields(Form):
    """Two numbers for each indicator: the target, and the top of a band."""

    version = Version()
    promised: Sequence[Promised] = ()

    def rows(self) -> list[tuple[Promised, Any, Any]]:
        return [(each, self[f"target_{at}"], self[f"upper_{at}"] if each.is_band else None) for at, each in enumerate(self.promised)]

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        for _, target, upper in self.rows():
            if upper is None or upper.data is None or upper.errors or target.errors:
                continue
            if target.data is None or target.data > upper.data:
                upper.errors = [*upper.errors, f"{upper.label.text} must not be below the target it belongs to"]
                fine = False
        return fine

    def targets(self) -> dict[str, tuple[int, int | None] | None]:
        return {
            each.indicator.key: None if target.data is None else (target.data, upper.data if upper is not None else None)
            for each, target, upper in self.rows()
        }


def targets_form(promised: Sequence[Promised], agreement: ServiceAgreement) -> TargetsFields:
    """A form with a row for each indicator, filled with what was promised so far."""
    fields: dict[str, Any] = {"promised": promised}
    kept = {each.indicator_key: each for each in agreement.targets}
    filled: dict[str, Any] = {"version": agreement.version}
    for at, each in enumerate(promised):
        fields[f"target_{at}"] = TargetNumber(f"Target for {each.indicator.label}", each)
        fields[f"upper_{at}"] = TargetNumber(f"Top of the band for {each.indicator.label}", each)
        there = kept.get(each.indicator.key)
        filled |= {f"target_{at}": there and there.value, f"upper_{at}": there and there.upper}
    return type("TargetsForm", (TargetsFields,), fields)(data=filled)
