"""What people type about a decision: a line with its reason, an outcome, the record, why it goes back, which interests they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms.validators import StopValidation

from partnerhub.forms.fields import Choice, Choices, Day, Filter, Pounds, TextBox, TextLine
from partnerhub.forms.returns import DecisionForm
from partnerhub.models import Application, Decision, Proposal
from partnerhub.queries.decisions import record_of
from partnerhub.rules.decisions import Proposed, line_in_words, read_line
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.numbers import LONGEST_SENTENCE
from partnerhub.rules.words import (
    APPLICATION_STATUS_LABELS,
    IMPLICATION_LABELS,
    OUTCOME_LABELS,
    OWN_INTEREST_LABELS,
    ApplicationStatus,
    Implication,
    Outcome,
    OwnInterest,
)

WITH_AN_INTEREST = "Whoever has an interest does not decide. Ask another director to approve it. Nothing was approved."
LONGEST_PART = 5_000  # characters of one part of the record: a page
WRITTEN_PARTS = ("title", "summary", "recommendation", *Implication)


class LineField(TextLine):
    """A line in per cent; `tenths` is what it was read as."""

    tenths: int | None = None

    def check(self) -> None:
        if self.data:
            try:
                self.tenths = read_line(self.data)
            except BadAnswer as error:
                raise StopValidation(error.sentence) from error


class TryForm(Filter):
    """The line that is tried stands in the address."""

    line = LineField("Line to try, in per cent", longest=10)

    @property
    def tenths(self) -> int | None:
        return None if self.line.errors else self.line.tenths


def _reason(label: str, missing: str, name: str, **rest: Any) -> TextBox:
    return TextBox(label, f"{missing}. Nothing was changed." if missing else "", longest=LONGEST_SENTENCE, id=name, **rest)


class DrawForm(DecisionForm):
    line = LineField("The line, in per cent", "Enter the line. Nothing was changed.", longest=10, id="draw-line")
    reason = _reason("Why the line lies there", "Write why the line lies there", "draw-reason")


class TakeForm(DrawForm):
    """The line that begins a decision, and what it decides on: all that is marked, unless earlier decisions left something open."""

    bids = Choices("Which applications does it decide on?", ())

    def offer(self, to_decide: Sequence[Application]) -> None:
        """A choice is there only where there is one to make."""
        several = {each.status for each in to_decide} - {ApplicationStatus.MODERATED}
        self.bids.offer([(str(each.id), _named(each)) for each in to_decide] if several else [])

    def taken(self) -> set[UUID]:
        return {UUID(each) for each in self.bids.data or ()}


def _named(application: Application) -> str:
    stands = APPLICATION_STATUS_LABELS[ApplicationStatus(application.status)]
    return f"{application.reference} {application.organisation.name} ({stands[:1].lower()}{stands[1:]})"


class OutcomeForm(DecisionForm):
    outcome = Choice("What the decision does", OUTCOME_LABELS, "Choose what the decision does with it. Nothing was changed.")
    amount = Pounds("Amount of a part award", hint="Less than was asked for. Leave it empty for anything else.")
    items = TextBox("What the part award is for", hint="Name the items. The applicant reads this.", longest=LONGEST_SENTENCE)
    reason = TextBox("Why", hint="Needed for everything that does not follow from the line alone.", longest=LONGEST_SENTENCE)

    @classmethod
    def of(cls, proposal: Proposal) -> OutcomeForm:
        is_part = proposal.outcome == Outcome.PART
        filled = {"outcome": proposal.outcome, "items": proposal.items, "reason": proposal.reason}
        return cls(data=filled | {"amount": proposal.amount if is_part else None, "version": proposal.decision.version})

    def wanted(self) -> Proposed:
        return Proposed(Outcome(self.outcome.data), self.amount.data, self.items.data, self.reason.data)


class RecordForm(DecisionForm):
    """Part 1, which is published, and Part 2, which is not."""

    title = TextLine("Title", "Give it a title")
    summary = TextBox("Summary", "Write the summary", longest=LONGEST_PART)
    recommendation = TextBox("Recommendation", "Write the recommendation", longest=LONGEST_PART)
    financial, legal, risk, equality, it, procurement = (
        TextBox(IMPLICATION_LABELS[each], f"{IMPLICATION_LABELS[each]}: write what it means, or “None.”", longest=LONGEST_PART)
        for each in Implication
    )
    confidential = TextBox("Part 2: confidential", hint="Never published. Leave it empty where there is nothing.", longest=LONGEST_PART)
    press_plan = TextBox("Press plan", hint="Who is told what and when. Not published.", longest=LONGEST_PART)

    @classmethod
    def of(cls, decision: Decision) -> RecordForm:
        rest = {"confidential": decision.confidential, "press_plan": decision.press_plan, "version": decision.version}
        return cls(data={str(part): text for part, text in record_of(decision).items()} | rest)

    def record(self) -> Mapping[str, str]:
        return {part: self[part].data for part in WRITTEN_PARTS}


class SendBackForm(DecisionForm):
    reason = _reason("What is to be put right", "Write what is to be put right", "back-reason")


class NoInterest(Choice):
    """Whoever has an interest does not decide."""

    def check(self) -> None:
        super().check()
        if self.data == OwnInterest.SOME:
            raise StopValidation(WITH_AN_INTEREST)


class ApproveForm(DecisionForm):
    has_interest = NoInterest(
        "Have you an interest in any of these applications?", OWN_INTEREST_LABELS, "Say whether you have an interest."
    )
    interests = _reason(
        "Your statement of interests",
        "State your interests, or write “None”",
        "approve-interests",
        hint="Also what is no interest and should be known: friends, places you hold. “None” if there is nothing. This is published.",
    )


class DeferForm(DecisionForm):
    until = Day("Not before", "Enter the day on which it can be published. Nothing was changed.", id="defer-until")
    reason = _reason("Why it waits", "Write why the publication waits", "defer-reason", hint="This is published with the decision.")


# What stands on a decision's own page, by the last word of its policy line.
DECISIONS: dict[str, type[DecisionForm]] = {
    "set_line": DrawForm,
    "recommend": DecisionForm,
    "sign_off": DecisionForm,
    "send_back": SendBackForm,
    "approve": ApproveForm,
    "defer": DeferForm,
    "publish": DecisionForm,
}


def filled_for(kind: type[DecisionForm], decision: Decision) -> DecisionForm:
    """The form as the page shows it before anybody types."""
    if kind is DrawForm:
        line = line_in_words(decision.line or 0).removesuffix("%")
        return DrawForm(None, data={"line": line, "reason": decision.line_reason, "version": decision.version})
    return kind(None, data={"version": decision.version})
