"""What is typed about programmes and services."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from uuid import UUID

from wtforms.validators import StopValidation

from partnerhub.forms.fields import Form, TextBox, TextLine, Version, WholeNumber

LONGEST_SLUG = 60
RESERVED = frozenset({"new"})  # words that mean something in an address where a programme's could stand


def slug_of(name: str) -> str:
    """What stands in the address for a name: "Domestic & Sexual Violence" gives domestic-sexual-violence."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_SLUG].strip("-")


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


class ProgrammeFields(Form):
    name = TextLine("Name", "Enter the programme's name", longest=200)
    slug = TextLine(
        "Short name for addresses",
        hint="Small letters, digits and hyphens, such as early-help. It stands in the address of the programme's pages and summaries.",
        longest=LONGEST_SLUG,
    )
    about = TextBox("What it is for", hint="Printed above its summaries.", longest=5000)

    def validate_slug(self, field: TextLine) -> None:
        if not field.data and not self.name.errors:
            field.data = slug_of(self.name.data or "")
        if self.name.errors and not field.data:
            return
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", field.data or "") or field.data in RESERVED or _is_uuid(field.data):
            raise StopValidation("Enter a short name of small letters, digits and hyphens, like early-help")

    def details(self) -> dict[str, Any]:
        return {"name": self.name.data, "slug": self.slug.data, "about": self.about.data or ""}


class NewProgrammeForm(ProgrammeFields):
    """A new programme; the short name is made from the name when it is left empty."""


class ChangeProgrammeForm(ProgrammeFields):
    version = Version()


class ServiceFields(Form):
    name = TextLine("Name", "Enter the service's name", hint="As it should read in summaries.", longest=200)
    about = TextBox("What it does", longest=5000)
    position = WholeNumber("Place among the services", hint="1 comes first. Services of the same place stand by name.", most=999)

    def details(self) -> dict[str, Any]:
        return {"name": self.name.data, "about": self.about.data or "", "position": self.position.data or 0}


class NewServiceForm(ServiceFields):
    """A new service."""


class ChangeServiceForm(ServiceFields):
    version = Version()
