"""What is typed about changes to a grant: what is asked for, and why it is refused."""

from __future__ import annotations

from partnerhub.forms.fields import Day, Pounds, TextBox
from partnerhub.forms.returns import DecisionForm
from partnerhub.rules.numbers import LONGEST_SENTENCE
from partnerhub.rules.variations import Change


class VariationForm(DecisionForm):
    what = TextBox("What is to change", "Write what is to change. Nothing was sent.", longest=LONGEST_SENTENCE)
    why = TextBox("Why", "Write why it is to change. Nothing was sent.", longest=LONGEST_SENTENCE)
    new_ends = Day("New end of the project", hint="Only if it is to end on another day. For example, 27 3 2027")
    new_amount = Pounds("New amount of the whole grant", hint="Only if you ask for another amount")
    new_items = TextBox("What the grant is for then", hint="Only if the items in your budget change", longest=LONGEST_SENTENCE)

    @property
    def change(self) -> Change:
        return Change(self.what.data, self.why.data, self.new_ends.data, self.new_amount.data, self.new_items.data or "")


class RefuseVariationForm(DecisionForm):
    reason = TextBox(
        "Why it is refused",
        "Write why it is refused. Nothing was changed.",
        hint="They read this.",
        longest=LONGEST_SENTENCE,
        id="refuse-reason",
    )
