"""What is typed about a round: dates as the clock in London shows them, money, questions, assessors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from partnerhub.forms.fields import Choice, Day, Form, Pounds, TextBox, TextLine, TimeOfDay, Version, WholeNumber
from partnerhub.models import FundingRound
from partnerhub.rules import periods, readable, rounds
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.numbers import MOST_ASSESSORS, MOST_OVER_COMMITMENT

TIME_HINT = "British time, like 12:00 or 5pm."
YES_NO = {"no": "No, assessors see who applies", "yes": "Yes, until the marks are in"}

# Where a sentence about one of the row's values is shown.
BESIDE = {"opens_at": "opens_on", "closes_at": "closes_on"}


class RoundFields(Form):
    year = Choice("Financial year", (), "Choose a financial year")
    number = WholeNumber("Number of the round in that year", "Enter the number of the round", least=1, most=99)
    theme = TextLine("Theme", hint="Leave it empty when the round is open to everything the fund is for.", longest=200)
    about = TextBox("About this round", hint="Whatever applicants should know besides what the fund says.", longest=5000)
    opens_on = Day("Opens on", "Enter the day on which the round opens")
    opens_time = TimeOfDay("Opens at", "Enter the time at which the round opens", hint=TIME_HINT)
    closes_on = Day("Closes on", "Enter the day on which the round closes")
    closes_time = TimeOfDay("Closes at", "Enter the time at which the round closes", hint=f"{TIME_HINT} There is no grace after it.")
    decided_by = Day("Answer promised by", "Enter the day by which applicants have their answer")
    money = Pounds("Money in this round", "Enter how much money there is", least=100, most=1_000_000_000_00)
    over_commitment = WholeNumber(
        "How much more may be promised, in per cent",
        "Enter a number from 0 to 10",
        most=MOST_OVER_COMMITMENT,
        hint="0 to 10. Some projects spend less than they were given.",
    )
    questionnaire_version_id = Choice("Questions", (), "Choose the questions that applicants answer", blank="Choose a published form")
    assessors_per_bid = WholeNumber(
        "How many people mark each application", "Enter how many people mark each application", least=1, most=MOST_ASSESSORS
    )
    hides_applicants = Choice("Hide who applies from assessors", YES_NO, "Choose whether assessors see who applies")
    advertised = TextBox("Where it is advertised", hint="One place on each line, such as the website or a newsletter.", longest=2000)

    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def offer(self, years: list[int], forms: list[tuple[str, str]]) -> None:
        self.year.offer((each, periods.year(each).label) for each in years)
        self.questionnaire_version_id.offer(forms)

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        self.opens_at = self._moment(self.opens_on, self.opens_time)
        self.closes_at = self._moment(self.closes_on, self.closes_time)
        if self.opens_at and self.closes_at:
            try:
                rounds.check_dates(self.opens_at, self.closes_at, None if self.decided_by.errors else self.decided_by.data)
            except BadAnswer as error:
                self._tell(self.closes_on if self.closes_at <= self.opens_at else self.decided_by, error.sentence)
        return not self.errors

    def _moment(self, day: Day, at: TimeOfDay) -> datetime | None:
        if day.errors or at.errors or day.data is None or at.data is None:
            return None
        try:
            return rounds.moment(day.data, at.data)
        except BadAnswer as error:
            self._tell(at, error.sentence)
            return None

    @staticmethod
    def _tell(field: Any, sentence: str) -> None:
        field.errors = [*field.errors, sentence]

    def details(self) -> dict[str, Any]:
        return {
            "year": int(self.year.data or 0),
            "number": self.number.data,
            "theme": self.theme.data or "",
            "about": self.about.data or "",
            "advertised": self.advertised.data or "",
            "opens_at": self.opens_at,
            "closes_at": self.closes_at,
            "decided_by": self.decided_by.data,
            "money": self.money.data,
            "over_commitment": self.over_commitment.data,
            "questionnaire_version_id": UUID(self.questionnaire_version_id.data),
            "assessors_per_bid": self.assessors_per_bid.data,
            "hides_applicants": self.hides_applicants.data == "yes",
        }


class NewRoundForm(RoundFields):
    """A new round."""


class ChangeRoundForm(RoundFields):
    version = Version()

    @staticmethod
    def filled_from(funding_round: FundingRound) -> Mapping[str, Any]:
        """The fields' values from the row: moments as day and time in London."""
        opens, closes = readable.in_london(funding_round.opens_at), readable.in_london(funding_round.closes_at)
        same = ("year", "number", "theme", "about", "decided_by", "money", "over_commitment", "questionnaire_version_id")
        more = ("assessors_per_bid", "advertised", "version")
        return {name: getattr(funding_round, name) for name in (*same, *more)} | {
            "opens_on": opens.date(),
            "opens_time": opens.time(),
            "closes_on": closes.date(),
            "closes_time": closes.time(),
            "hides_applicants": "yes" if funding_round.hides_applicants else "no",
        }

    def keeps_promises(self, funding_round: FundingRound, now: datetime) -> bool:
        """Whether nothing that was published changes for the worse; what does is said beside its field."""
        if not funding_round.is_public:
            return True
        details = self.details()
        before = {name: getattr(funding_round, name) for name in details}
        broken = rounds.broken_promise(before, details, has_opened=funding_round.has_opened(now))
        if broken:
            name, sentence = broken
            self._tell(self[BESIDE.get(name, name)], sentence)
            self.refused_with = 422
        return broken is None


class RoundVersionForm(Form):
    """The press of a button about the round that the page showed."""

    version = Version()
