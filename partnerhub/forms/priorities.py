"""What is typed about priorities: a line of a dated list, and its last day."""

from __future__ import annotations

from typing import Any

from wtforms.validators import StopValidation

from partnerhub.forms.fields import Choice, Day, Form, TextLine
from partnerhub.rules.priorities import key_of
from partnerhub.rules.questionnaire.entries import KEY


class NewPriorityForm(Form):
    scheme = TextLine(
        "List",
        "Enter the list it belongs to",
        hint="Small letters, digits and _, such as police_crime_plan. Forms name it: options_from: priorities.police_crime_plan",
        longest=40,
    )
    label = TextLine("Priority", "Enter the priority", hint="As applicants read it.", longest=200)
    district_code = Choice("District", (), hint="Only if it is a place.", blank="None")
    starts = Day("First day", "Enter the first day")

    def validate_scheme(self, field: TextLine) -> None:
        field.data = "_".join((field.data or "").lower().replace("-", "_").split())
        if not KEY.fullmatch(field.data):
            raise StopValidation("Enter a list name of small letters, digits and _, like police_crime_plan")

    def details(self) -> dict[str, Any]:
        label = self.label.data or ""
        return {
            "scheme": self.scheme.data,
            "key": key_of(label),
            "label": label,
            "district_code": self.district_code.data or None,
            "starts": self.starts.data,
        }


class EndPriorityForm(Form):
    ends = Day("Last day", "Enter the last day", hint="Rounds that open later do not offer it.")
