"""What is typed about awards: a name that signs, a reason, the wording of agreements."""

from __future__ import annotations

from wtforms.fields import HiddenField

from partnerhub.forms.fields import Form, Name, TextBox, TextLine, Version
from partnerhub.forms.returns import DecisionForm
from partnerhub.rules.numbers import LONGEST_SENTENCE

LONGEST_WORDING = 60_000


class SignForm(DecisionForm):
    """A signature under the words of the page; `seen` is their digest."""

    seen = HiddenField()
    name = Name("Your full name", "Type your full name. Nothing was signed.", hint="Typing it is your signature.", longest=200)


class RefuseAwardForm(DecisionForm):
    reason = TextBox(
        "Why you do not take it", "Write why you do not take it. Nothing was changed.", longest=LONGEST_SENTENCE, id="refuse-reason"
    )


class EndAwardForm(DecisionForm):
    reason = TextBox(
        "Why it ends",
        "Write why it ends. Nothing was changed.",
        hint="The organisation reads this.",
        longest=LONGEST_SENTENCE,
        id="end-reason",
    )


# What stands on an award's own page, by the last word of its policy line.
DECISIONS: dict[str, type[DecisionForm]] = {"refuse": RefuseAwardForm, "end": EndAwardForm}


class TemplateForm(Form):
    """The next version of the wording; `version` is the number of the one it is written from."""

    title = TextLine("Title", "Enter a title", longest=200)
    text = TextBox(
        "Wording",
        "Enter the wording of the agreement",
        hint="A blank line parts paragraphs. A line that begins with # is a heading, lines that begin with - are a list.",
        longest=LONGEST_WORDING,
    )
    version = Version()
