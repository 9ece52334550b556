"""What is typed by people who come by themselves: which organisation, what it is like, and what is decided about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wtforms.fields import HiddenField
from wtforms.validators import StopValidation

from partnerhub.forms.fields import Choice, Filter, Name, Options, TextBox, TextLine
from partnerhub.forms.organisations import IdentifierFields
from partnerhub.forms.people import PARTNER_ROLES
from partnerhub.forms.returns import DecisionForm
from partnerhub.rules.numbers import LONGEST_SENTENCE
from partnerhub.rules.question_types.written import postcode
from partnerhub.rules.words import ORGANISATION_KIND_LABELS

ELSEWHERE = "elsewhere"


class Sought(Filter):
    q = TextLine("Name or number of your organisation", hint="For example, its charity number, or a part of its name.", longest=100)
    next = HiddenField()


class RegisterForm(IdentifierFields):
    """An organisation, by somebody who belongs to it. `district` is found from the postcode, or asked for."""

    name = Name("Name of the organisation", "Enter the organisation's name", longest=200)
    kind = Choice("Kind of organisation", ORGANISATION_KIND_LABELS, "Choose the kind of organisation")
    postcode = TextLine(
        "Postcode", hint="Of its office or the place where it meets, not of anybody’s home. Leave it empty if it has neither.", longest=20
    )
    district_code = Choice("District", hint="Where it has its office, or where it meets.", blank="Choose the district")
    next = HiddenField()
    district: str | None = None

    def offer(self, districts: Options) -> None:
        self.district_code.offer([*districts, (ELSEWHERE, "None of these")])

    def validate_postcode(self, field: TextLine) -> None:
        if field.data and postcode(field.data) is None:
            raise StopValidation("Enter a full UK postcode, like LE1 1AA, or leave it empty")

    @property
    def asks_district(self) -> bool:
        """Only where the postcode did not tell it."""
        return bool(self.district_code.errors or self.district_code.data)

    def finds_district(self, district_of: Callable[[str], str | None]) -> bool:
        typed = postcode(self.postcode.data or "") or ""
        self.district = district_of(typed) if typed else None
        if self.district is None and not self.district_code.data:
            why = f"We do not know the postcode {typed}. Check it, or choose" if typed else "Enter the postcode, or choose"
            self["district_code"].errors = [f"{why} the district"]
            return False
        if self.district is None and self.district_code.data != ELSEWHERE:
            self.district = self.district_code.data
        return True

    def details(self) -> dict[str, Any]:
        typed = postcode(self.postcode.data or "") or ""
        plain = {"name": self.name.data, "kind": self.kind.data, "identifier": self.identifier}
        return plain | {"postcode": typed, "district_code": self.district}


class ApproveForm(DecisionForm):
    role = Choice("They join as", PARTNER_ROLES, "Choose whether they will be a member or a lead", default="member")


class RefuseForm(DecisionForm):
    reason = TextBox("Why you refuse", "Write why you refuse. Nothing was changed.", hint="They read this.", longest=LONGEST_SENTENCE)


class EstablishForm(DecisionForm):
    name = Name("Name under which it is registered", "Enter the name. Nothing was changed.", longest=200)
