"""What people type about an application besides its answers: where to start one, reasons, more time."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from wtforms.fields import HiddenField
from wtforms.validators import StopValidation

from partnerhub import clock
from partnerhub.forms.fields import Choice, Choices, Day, Form, TextBox, TextLine
from partnerhub.forms.returns import DecisionForm
from partnerhub.rules.numbers import LONGEST_SENTENCE
from partnerhub.rules.words import CHANNEL_LABELS, Channel


class SendForm(Form):
    """The button under what the check page shows; `seen` is its fingerprint."""

    seen = HiddenField()
    as_it_is = Choices("Nothing was changed since you sent it", {"yes": "Send it all the same, as it was"})


class BeginForm(Form):
    organisation = Choice("Which organisation applies?", (), "Choose the organisation that applies")


class EnterForm(Form):
    organisation = Choice("Which organisation applies?", (), "Choose the organisation that applies", blank="Choose an organisation")
    channel = Choice(
        "How did it come?",
        {each: label for each, label in CHANNEL_LABELS.items() if each != Channel.ONLINE},
        "Say how it came",
    )


def _box(label: str, missing: str, name: str) -> TextBox:
    return TextBox(label, f"{missing}. Nothing was changed.", longest=LONGEST_SENTENCE, id=name)


class ConfirmForm(DecisionForm):
    reason = TextBox(
        "Why it can be marked all the same", longest=LONGEST_SENTENCE, id="confirm-reason"
    )  # needed where a gate is not passed


class CorrectionForm(DecisionForm):
    reason = _box("What is to be put right", "Write what is to be put right", "correction-reason")


class RefuseForm(DecisionForm):
    reason = _box("Why it cannot be considered", "Write why it cannot be considered", "refuse-reason")


class WithdrawForm(DecisionForm):
    reason = _box("Why you withdraw it", "Write why you withdraw it", "withdraw-reason")


class ExtendForm(DecisionForm):
    until = Day("New last day", "Enter the new last day. Nothing was changed.", id="extend-until")
    time = TextLine("At what time, British time", "Enter a time, like 17:00", hint="Like 17:00", longest=5, id="extend-time")
    reason = _box("Why there is more time", "Write why there is more time", "extend-reason")

    def validate_time(self, field: Any) -> None:
        try:
            time.fromisoformat(f"{field.data:0>5}")
        except ValueError:
            raise StopValidation("Enter a time, like 17:00") from None

    @property
    def moment(self) -> datetime | None:
        """The new close; None where it was not given so that it can be read."""
        if self.until.data is None or self.until.errors or self.time.errors:
            return None
        return datetime.combine(self.until.data, time.fromisoformat(f"{self.time.data:0>5}"), clock.LONDON)


BEGUN_WITH_REASONS = frozenset({"ask_correction", "refuse"})  # their box holds what the hub found, to be edited
# What stands on an application's own page, by the last word of its policy line.
DECISIONS: dict[str, type[DecisionForm]] = {
    "confirm": ConfirmForm,
    "ask_correction": CorrectionForm,
    "refuse": RefuseForm,
    "extend": ExtendForm,
    "withdraw": WithdrawForm,
}
