"""What a form may name of the return that it is: its quarter, and when what was agreed begins and ends."""

import copy

import pytest

from partnerhub.actions import returns
from partnerhub.forms.answers import Typed
from partnerhub.queries.answering import standing_of
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import cells_of
from tests.make import SMALL_RETURN


def checked(left, operator, right):
    """A return with one check of its own, which names what is not asked."""
    document = copy.deepcopy(SMALL_RETURN) | {"questionnaire": "with_facts"}
    document["checks"] = [
        {"key": "named", "left": left, "operator": operator, "right": right, "blanks": "skip_if_any", "severity": "asks", "message": "Why?"}
    ]
    return document


@pytest.mark.parametrize(
    ("period", "fires"),
    [("2022-23 Q1", False), ("2022-23 Q3", False), ("2022-23 Q4", True), ("2022-23 H1", False), ("2022-23 H2", True), ("2022-23", True)],
)
def test_a_check_of_the_quarter_fires_in_the_quarter_in_which_the_period_ends(make, period, fires):
    assert ("named" in failing(make, period, "referrals * 0 + quarter", "<", "4")) is fires


@pytest.mark.parametrize(("operator", "asked"), [("<", True), (">", False)])
def test_a_question_is_asked_by_when_the_agreement_begins_and_ends(make, operator, asked):
    document = copy.deepcopy(SMALL_RETURN) | {"questionnaire": "with_dates"}
    show_if = f"agreed_start {operator} agreed_end"
    document["sections"][1]["questions"].append({"key": "later", "type": "short_text", "label": "Later", "show_if": show_if})
    owed = make.monitoring_return(make.agreement(version=make.version(document)))
    form = definition(owed.questionnaire_version_id)
    assert ("later" in standing_of(owed, form, {}).visible) is asked


def failing(make, period, *check):
    organisation = make.organisation()
    by = make.person(make.lead(organisation))
    agreement = make.agreement(provider=organisation, version=make.version(checked(*check)))
    owed = make.monitoring_return(agreement, period)
    returns.save_answers(owed, {("referrals", ""): Typed("12", 0)}, by=by)
    form = definition(owed.questionnaire_version_id)
    return {each.check_key for each in standing_of(owed, form, cells_of(owed.submission_id)).failures}
