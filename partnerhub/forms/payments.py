"""What is typed about the money of an award: its payments, its payee, why a payment is stopped, what is to come back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from partnerhub.forms.fields import Choice, Day, Filter, Pounds, TextBox, TextLine
from partnerhub.forms.returns import DecisionForm
from partnerhub.models import Award, MonitoringReturn, Payment
from partnerhub.rules import words
from partnerhub.rules.numbers import LONGEST_SENTENCE
from partnerhub.rules.payments import Planned

BLANK_ROWS = 2


class PayeeForm(DecisionForm):
    reference = TextLine(
        "Reference of the payee in the finance system",
        "Enter the reference of the payee in the finance system. Nothing was kept.",
        hint="Only the reference. Never a sort code, an account number or an IBAN.",
        longest=60,
    )


class TakeBackForm(DecisionForm):
    reason = TextBox(
        "Why it is taken back", "Write why it is taken back. Nothing was changed.", longest=LONGEST_SENTENCE, id="take-back-reason"
    )


class CancelForm(DecisionForm):
    reason = TextBox("Why it is cancelled", "Write why it is cancelled. Nothing was changed.", longest=LONGEST_SENTENCE, id="cancel-reason")


# What stops a payment, by the last word of its policy line; both stand on its page.
STOPPED_BY: dict[str, type[DecisionForm]] = {"take_back": TakeBackForm, "cancel": CancelForm}


class ClaimForm(DecisionForm):
    amount = Pounds("Amount", "Enter the amount that is to come back. Nothing was changed.", least=1)
    due_on = Day("To be paid back by", "Enter the day by which it is to come back. Nothing was changed.")
    reason = TextBox("Why", "Write why it is to come back. Nothing was changed.", hint="They read this.", longest=LONGEST_SENTENCE)


class PaymentsFilter(Filter):
    state = Choice("State", words.PAYMENT_STATUS_LABELS, blank="Any state")


class ScheduleFields(DecisionForm):
    """A row for each payment that is still planned, and blank ones for more."""

    count: int

    def rows(self) -> list[tuple[Any, Any, Any]]:
        return [(self[f"amount_{at}"], self[f"due_{at}"], self[f"report_{at}"]) for at in range(self.count)]

    def planned(self) -> list[Planned]:
        """What was typed: a row without an amount is left out."""
        return [
            Planned(amount.data, due.data, UUID(report.data) if report.data else None) for amount, due, report in self.rows() if amount.data
        ]


def schedule_form(award: Award, planned: Sequence[Payment], reports: Iterable[tuple[str, MonitoringReturn]]) -> ScheduleFields:
    """Filled with the payments as they are planned now. `reports`: (its name, the report) that a payment may wait for."""
    choices = [(str(report.id), name) for name, report in reports]
    fields: dict[str, Any] = {"count": len(planned) + BLANK_ROWS}
    filled: dict[str, Any] = {"version": award.version}
    for at in range(len(planned) + BLANK_ROWS):
        fields[f"amount_{at}"] = Pounds(f"Amount of payment {at + 1}")
        fields[f"due_{at}"] = Day(f"Not before, payment {at + 1}", hint="")
        fields[f"report_{at}"] = Choice(f"Payment {at + 1} waits for", choices, blank="No report")
    for at, each in enumerate(planned):
        filled |= {f"amount_{at}": each.amount, f"due_{at}": each.due_on, f"report_{at}": each.return_id}
    return type("ScheduleForm", (ScheduleFields,), fields)(data=filled)
