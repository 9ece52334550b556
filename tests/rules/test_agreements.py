"""The next year of an agreement, and what its targets mean."""

from datetime import date

import pytest

from partnerhub.models import Target
from partnerhub.queries.returns import targets_of
from partnerhub.rules.agreements import next_reference, next_year, promised
from partnerhub.rules.questionnaire import parse
from partnerhub.rules.targets import Target as AimedAt
from partnerhub.rules.targets import rag
from tests.make import SMALL_RETURN


@pytest.mark.parametrize(
    ("starts", "ends", "then"),
    [
        (date(2022, 4, 1), date(2023, 3, 31), (date(2023, 4, 1), date(2024, 3, 31))),
        (date(2022, 4, 1), date(2022, 9, 30), (date(2023, 4, 1), date(2023, 9, 30))),
        (date(2022, 4, 1), date(2025, 3, 31), (date(2025, 4, 1), date(2026, 3, 31))),
        (date(2023, 3, 1), date(2024, 2, 29), (date(2024, 3, 1), date(2025, 2, 28))),
        (date(2022, 3, 1), date(2023, 2, 28), (date(2023, 3, 1), date(2024, 2, 29))),
        (date(2024, 2, 29), date(2024, 2, 29), (date(2025, 2, 28), date(2025, 2, 28))),
    ],
)
def test_the_next_year_follows_without_gap_or_overlap(starts, ends, then):
    assert next_year(starts, ends) == then


@pytest.mark.parametrize(
    ("reference", "following"),
    [("SA-12", "SA-12/2"), ("SA-12/2", "SA-12/3"), ("SA-12/9", "SA-12/10"), ("a/b", "a/b/2"), ("x" * 40, "x" * 38 + "/2")],
)
def test_references_are_counted_on(reference, following):
    assert next_reference(reference) == following


def test_targets_are_set_for_the_indicators_of_a_form_and_shares_in_per_cent():
    found = {each.indicator.key: each for each in promised(parse(SMALL_RETURN))}
    assert list(found) == ["referrals", "helped"]
    assert not found["referrals"].is_share and found["helped"].is_share
    assert found["helped"].said(905, None) == "90.5% or more"
    assert found["referrals"].said(1200, None).startswith("about 1,200")


@pytest.mark.parametrize(
    ("direction", "value", "upper", "said"),
    [("higher", 1200, None, "1,200"), ("lower", 10, None, "10 or less"), ("band", 1200, 2000, "1,200 to 2,000"), ("band", 80, None, "80")],
)
def test_a_target_reads_alike_beside_the_question_in_the_agreement_and_in_the_summary(make, direction, value, upper, said):
    document = {
        **SMALL_RETURN,
        "indicators": [{**each, "direction": direction} if each["key"] == "referrals" else each for each in SMALL_RETURN["indicators"]],
    }
    form, agreement = parse(document), make.agreement(version=make.version(document))
    make._kept(Target(agreement_id=agreement.id, indicator_key="referrals", value=value, upper=upper))
    assert targets_of(agreement.id, form) == {"referrals": f"target {said}"}
    assert promised(form)[0].said(value, upper).removesuffix(" or more") == said
    assert rag(5, AimedAt(value, upper), direction)[1].startswith(f"target {said}, ")
