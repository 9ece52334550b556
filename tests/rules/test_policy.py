"""The table in words: what the help page and the refusals say of it."""

from __future__ import annotations

import pytest

from partnerhub.rules.policy import RULES, STATUS_LABELS, during_words, not_now

TIMED = [name for name, rule in RULES.items() if rule.during is not None]


def test_a_form_is_called_a_draft_and_a_return_in_progress():
    assert during_words("questionnaire.publish") == "“Draft”"
    assert during_words("questionnaire.retire") == "“Draft”, “Published”"
    assert "it is “Draft”" in not_now("questionnaire.publish", "draft")
    assert "it is “In progress”" in not_now("return.approve", "draft")
    assert during_words("return.answer") == "“Not started”, “In progress”, “Sent back with questions”"


@pytest.mark.parametrize("name", TIMED)
def test_every_status_of_a_line_has_its_words(name):
    labels = STATUS_LABELS[name.partition(".")[0]]
    assert RULES[name].during <= set(labels)
    assert during_words(name).count("“") == len(RULES[name].during)


def test_what_may_be_done_at_any_time_names_no_status():
    assert during_words("organisation.change") == ""
