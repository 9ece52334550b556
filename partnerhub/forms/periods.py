"""What is typed about reporting periods: which to make, and when their returns are due."""

from __future__ import annotations

from partnerhub.forms.fields import Choice, Form, Version, WholeNumber
from partnerhub.rules import periods
from partnerhub.rules.numbers import RETURN_DUE_WORKING_DAYS
from partnerhub.rules.periods import Period, PeriodKind

KINDS = {
    PeriodKind.QUARTER: "Four quarters",
    PeriodKind.MONTH: "Twelve months",
    PeriodKind.HALF_YEAR: "Two half-years",
    PeriodKind.YEAR: "The year as one",
}
MOST_WORKING_DAYS = 120
DAYS_HINT = "Days after the end of the period, without week-ends and bank holidays in England."


class MakeForm(Form):
    year = Choice("Financial year", (), "Choose a financial year")
    kind = Choice("Which periods", KINDS, "Choose which periods to make")
    working_days = WholeNumber(
        "Working days until the return is due", "Enter the number of working days", least=1, most=MOST_WORKING_DAYS, hint=DAYS_HINT
    )

    def __init__(self, begins: int) -> None:
        self.usual = {"year": begins, "kind": PeriodKind.QUARTER, "working_days": RETURN_DUE_WORKING_DAYS}  # what one press makes
        super().__init__(data=self.usual)
        self.year.offer((each, periods.year(each).label) for each in range(begins - 6, begins + 6))

    def wanted(self) -> list[Period]:
        year = periods.year(int(self.year.data or 0))
        return periods.within(PeriodKind(self.kind.data), year.starts, year.ends)


class DueForm(Form):
    due_working_days = WholeNumber(
        "Working days until the return is due", "Enter the number of working days", least=1, most=MOST_WORKING_DAYS, hint=DAYS_HINT
    )
    version = Version()
