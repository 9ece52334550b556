"""What is typed about a bid workshop: when, where, how many places."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms.validators import StopValidation

from partnerhub.forms.fields import Day, Form, TextLine, TimeOfDay, WholeNumber
from partnerhub.rules import rounds
from partnerhub.rules.errors import BadAnswer

MOST_PLACES = 1000


class WorkshopForm(Form):
    on = Day("Day", "Enter the day of the workshop")
    at = TimeOfDay("Begins at", "Enter the time at which the workshop begins", hint="British time, like 18:00 or 6pm.")
    place = TextLine("Place", "Say where it is", hint="An address, or “online” with how to join.", longest=300)
    places = WholeNumber("Places", "Enter how many can come", least=1, most=MOST_PLACES)

    moment: datetime | None = None

    def validate_at(self, field: TimeOfDay) -> None:
        if field.data is None or self.on.errors or self.on.data is None:
            return
        try:
            self.moment = rounds.moment(self.on.data, field.data)
        except BadAnswer as error:
            raise StopValidation(error.sentence) from None

    def details(self) -> dict[str, Any]:
        return {"at": self.moment, "place": self.place.data, "places": self.places.data}
