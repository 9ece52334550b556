"""What is typed about an organisation: its details, its numbers in public registers, its profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms.validators import StopValidation

from partnerhub.forms.fields import (
    Choice,
    Email,
    Filter,
    Form,
    Name,
    Options,
    Telephone,
    TextBox,
    TextLine,
    Version,
    WebAddress,
    WholeNumber,
)
from partnerhub.rules import identifiers
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.question_types.dates import month_in
from partnerhub.rules.question_types.numbers import Money
from partnerhub.rules.words import ORGANISATION_KIND_LABELS

SCHEME_LABELS = {code: scheme.label for code, scheme in identifiers.SCHEMES.items()}


class Search(Filter):
    q = TextLine("Name or number", longest=100)
    page = WholeNumber("Page", least=1, most=100_000)


class IdentifierFields(Form):
    """A list of organisations and the number in it; `identifier` is what they make together."""

    scheme = Choice("Kind of number", SCHEME_LABELS, blank="It has no number")
    number = TextLine("Number", hint="It is often on letters and on the web site. Spaces do not matter.", longest=100)

    def validate_number(self, field: TextLine) -> None:
        self.identifier = ""
        if not self.scheme.data and not field.data:
            return
        try:
            self.identifier = identifiers.read(self.scheme.data or "", field.data or "")
        except BadAnswer as error:
            raise StopValidation(error.sentence) from None


class IdentifierForm(IdentifierFields):
    scheme = Choice("Kind of number", SCHEME_LABELS, "Choose what kind of number this is", blank="Choose one")
    version = Version()


class DetailFields(Form):
    name = Name("Name", "Enter the organisation's name", longest=200)
    kind = Choice("Kind of organisation", ORGANISATION_KIND_LABELS, "Choose the kind of organisation")
    district_code = Choice(
        "District", hint="Where it has its office. Leave empty if it works from several places.", blank="None in particular"
    )
    website = WebAddress("Web site")
    telephone = Telephone("Telephone number")
    address = TextBox("Postal address", longest=1000)

    def offer(self, districts: Options) -> None:
        self.district_code.offer(districts)

    def details(self) -> dict[str, Any]:
        """The columns as they are stored."""
        names = ("name", "kind", "website", "telephone", "address")
        return {name: self[name].data or "" for name in names} | {"district_code": self.district_code.data or None}


class CreateForm(DetailFields, IdentifierFields):
    """A new organisation."""


class ChangeForm(DetailFields):
    version = Version()


ADDRESS = ("line1", "line2", "town", "postcode")
LAST_YEAR = ("year_end", "income", "expenditure", "unrestricted_reserves")  # columns of the one row of that table
LEFT_OUT = "Not said"


class Amount(TextLine):
    """An amount of money, kept as it was typed: a form reads it again."""

    def check(self) -> None:
        if self.data and Money().typed(self.data) is None:
            raise StopValidation(f"{self.label.text} must be an amount in pounds, like 12,000")


class MonthLine(TextLine):
    def check(self) -> None:
        if self.data and month_in(self.data) is None:
            raise StopValidation(f"{self.label.text} must be a month and a year, like March 2026")


class ProfileForm(Form):
    """What application forms ask again and again; a question that cites it is filled in from here."""

    legal_name = Name("Legal name", hint="As it stands in your governing document.", longest=200)
    purpose = TextBox("What the organisation does", hint="A few sentences that you can use again in applications.", longest=2000)
    line1 = TextLine("Address line 1", longest=200)
    line2 = TextLine("Address line 2 (if there is one)", longest=200)
    town = TextLine("Town or city", longest=100)
    postcode = TextLine("Postcode", longest=10)
    email = Email("E-mail address for letters", missing="")
    phone = Telephone("Telephone number for letters")
    has_governing_document = Choice("Is there a governing document, such as a constitution?", {"yes": "Yes", "no": "No"}, blank="Not said")
    has_bank_account = Choice("Is there a bank account that needs two people to sign?", {"yes": "Yes", "no": "No"}, blank="Not said")
    kind = Choice("Kind of organisation, as forms ask for it", blank=LEFT_OUT)
    income_band = Choice("Income last year", blank=LEFT_OUT)
    year_end = MonthLine("Year ended", hint="For example, March 2026", longest=40)
    income = Amount("Income", longest=40)
    expenditure = Amount("Spending", longest=40)
    unrestricted_reserves = Amount("Free reserves", longest=40)
    version = Version()

    PLAIN = ("legal_name", "purpose", "email", "phone", "has_governing_document", "has_bank_account")
    OFFERED = ("kind", "income_band")  # what can be chosen is told by the forms in use

    def offer(self, choices: Mapping[str, Options]) -> None:
        for name in self.OFFERED:
            self[name].offer(choices[name])

    def texts(self) -> dict[str, dict[str, str]]:
        """By key and cell, as a question that cites the profile takes it; what no form offers a choice for stays as it is."""
        plain = {name: {"": self[name].data or ""} for name in self.PLAIN}
        chosen = {name: {"": self[name].data or ""} for name in self.OFFERED if len(self[name].choices) > 1}
        year = {f"r1.{cell}": self[cell].data or "" for cell in LAST_YEAR}
        return plain | chosen | {"address": {cell: self[cell].data or "" for cell in ADDRESS}, "last_year": year}

    @classmethod
    def filled_from(cls, texts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """The fields' values from what was kept."""
        plain = {name: texts.get(name, {}).get("", "") for name in (*cls.PLAIN, *cls.OFFERED)}
        year = {cell: texts.get("last_year", {}).get(f"r1.{cell}", "") for cell in LAST_YEAR}
        return plain | year | {cell: texts.get("address", {}).get(cell, "") for cell in ADDRESS}
