"""What people type about a return besides its answers: the office's decisions with reasons, days and questions, and the declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wtforms.fields import HiddenField
from wtforms.validators import StopValidation

from partnerhub.forms.fields import Choice, Day, Form, TextBox, Version
from partnerhub.models.returns import ABOUT_THE_WHOLE
from partnerhub.rules.numbers import LONGEST_SENTENCE
from partnerhub.rules.policy import Person
from partnerhub.rules.questionnaire import Questionnaire, Section
from partnerhub.rules.standing import Standing
from partnerhub.rules.text import characters

TYPED_MEANWHILE = (
    "Somebody changed this after you opened the page, so nothing was done yet. The page shows how it stands now, and what you typed "
    "is still in it. Read it, then press the button again."
)
PRESSED_MEANWHILE = (
    "Somebody changed this after you opened the page, or you pressed twice, so this press did nothing. The page shows how it stands now. "
    "Read it, and press again only if it is still needed."
)


class SendForm(Form):
    """The signature under what the page shows; `seen` is its fingerprint."""

    seen = HiddenField()
    declaration = Choice(
        "Declaration", {"yes": "Yes"}, "Tick the declaration before you send. Nothing was sent, and everything you typed is kept."
    )


class DecisionForm(Form):
    """The press of a button, on a return or an application as the page showed it."""

    version = Version()

    @property
    def changed_meanwhile(self) -> str:
        return TYPED_MEANWHILE if self._fields.keys() - {"version", "csrf_token"} else PRESSED_MEANWHILE

    def decides(self, thing: Any, deed: Callable[..., Any], *typed: Any, by: Person, beside: str = "") -> bool:
        """Do `deed` with what was typed, on the version that the page showed. See `accepted`."""
        return self.validate_on_submit() and self.accepted(lambda: deed(thing, *typed, by=by, expect=self.version.data), beside, over=thing)


def _reason(label: str, missing: str, name: str) -> TextBox:
    return TextBox(label, f"{missing}. Nothing was changed.", longest=LONGEST_SENTENCE, id=name)  # several forms have a reason


class ExtendForm(DecisionForm):
    until = Day("New due date", "Enter the new due date. Nothing was changed.", id="extend-until")
    reason = _reason("Why there is more time", "Write why there is more time", "extend-reason")


class ReopenForm(DecisionForm):
    reason = _reason("Why it is reopened", "Write why it is reopened", "reopen-reason")
    until = Day("Open until", "Enter the day until which it is open. Nothing was changed.", id="reopen-until")


class WaiveForm(DecisionForm):
    reason = _reason("Why it is not needed", "Write why it is not needed", "waive-reason")


# What stands on a return's own page, by the last word of its policy line.
OFFICE_FORMS: dict[str, type[DecisionForm]] = {"extend": ExtendForm, "reopen": ReopenForm, "waive": WaiveForm}


class Ask(TextBox):
    """A box under the name of what is asked about."""

    def check(self) -> None:
        count = characters(self.data or "")
        if count > LONGEST_SENTENCE:
            raise StopValidation(f"{self.label.text}: shorten what you ask to {LONGEST_SENTENCE:,} characters. You have {count:,}.")


class QueryForm(DecisionForm):
    """A box for each question of a version, `ask.<question>`, and one about the return as a whole: see `query_form`."""

    def asked(self) -> list[tuple[str, str, str]]:
        """(question, cell, sentence) of every box that has words in it."""
        keys = {"ask": ABOUT_THE_WHOLE} | {name: name.removeprefix("ask.") for name in self._fields if name.startswith("ask.")}
        return [(key, "", self[name].data) for name, key in keys.items() if self[name].data]

    def sections(self, questionnaire: Questionnaire, standing: Standing) -> list[tuple[Section, list[Ask], bool]]:
        """(section, boxes, does it stand open): what was asked in the version, and whatever has words in it."""
        found = []
        for section in questionnaire.sections:
            boxes = [(self[f"ask.{each.key}"], each.key in standing.visible) for each in section.questions]
            shown = [box for box, is_visible in boxes if is_visible or box.data]
            if shown:
                found.append((section, shown, any(box.data for box in shown)))
        return found


def query_form(questionnaire: Questionnaire, *typed: Any, **rest: Any) -> QueryForm:
    labels = {key: question.label for key, question in questionnaire.questions.items()}
    boxes: dict[str, Any] = {f"ask.{key}": Ask(label, id=f"ask-{key}") for key, label in labels.items()}
    boxes["ask"] = Ask("About the return as a whole")  # last, as on the page
    return type("QueryForm", (QueryForm,), boxes)(*typed, **rest)
