"""The checks of the catalogue's forms find what is wrong, and nothing else, in published, good and spoilt figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from partnerhub.rules import checks, standing
from partnerhub.rules.question_types import TYPES
from tests.catalogue.test_contents import PUBLISHED, form, office, published_rows

Figures = Mapping[str, Any]
LOCALITY, ACCOMMODATION = PUBLISHED.values()


def answers(key: str, figures: Figures) -> dict[str, dict[str, Any]]:
    """Figures as people type them, read by the questions they answer; what the hub computes is left out."""
    questions = form(key).questions
    read: dict[str, dict[str, Any]] = {}
    for name, given in figures.items():
        if questions[name].type.is_typed:
            cells = given if isinstance(given, dict) else {questions[name].cells[0]: given}
            read[name] = {cell: TYPES[questions[name].type.name].read(questions[name], cell, str(text)) for cell, text in cells.items()}
    return read


def found(key: str, figures: Figures, before: Figures | None = None, **facts: Any) -> dict[str, checks.Failure]:
    previous = None if before is None else answers(key, before)
    return {each.check_key: each for each in checks.failed(form(key), answers(key, figures), previous, facts)}


def printed(key: str, column: str) -> dict[str, str]:
    service = next(service for service, each in PUBLISHED.items() if each == key)
    return {row["indicator"]: row["value"] for row in published_rows() if row["service"] == service and row["column"] == column}


# The published figures


def test_of_the_published_locality_figures_only_the_bands_of_quarter_one_fail_and_by_one() -> None:
    failing = {quarter: list(found(LOCALITY, printed(LOCALITY, quarter))) for quarter in ("Q1", "Q2", "Q3", "Q4")}
    assert failing == {"Q1": ["contact_bands"], "Q2": [], "Q3": [], "Q4": []}
    failure = found(LOCALITY, printed(LOCALITY, "Q1"))["contact_bands"]
    assert (failure.left, failure.right) == (114, 115)


def test_of_the_printed_year_of_the_locality_service_the_bands_are_one_short() -> None:
    failing = found(LOCALITY, printed(LOCALITY, "printed_total"))
    assert {key: (each.left, each.right) for key, each in failing.items()} == {"contact_bands": (739, 740)}


def test_of_the_published_accommodation_figures_quarter_two_asks_most_and_each_for_its_own_reason() -> None:
    quarters = ["Q1", "Q2", "Q3", "Q4"]
    failing = {
        now: set(found(ACCOMMODATION, printed(ACCOMMODATION, now), printed(ACCOMMODATION, before) if before else None))
        for before, now in zip([None, *quarters[:-1]], quarters, strict=True)
    }
    assert failing == {
        "Q1": set(),
        "Q2": {"moves_within_positive", "declined_recorded", "hours_swing"},
        "Q3": {"declined_recorded", "hours_swing"},
        "Q4": {"declined_recorded"},
    }
    second = found(ACCOMMODATION, printed(ACCOMMODATION, "Q2"), printed(ACCOMMODATION, "Q1"))
    assert (second["moves_within_positive"].left, second["moves_within_positive"].right) == (4, 3)


# The current forms: a good quarter passes, and each fault is found by its check

LAST_QUARTER = {"cases_open_end": 120, "referrals_waiting_end": 6}
GOOD_LOCALITY = {
    "cases_open_start": 120,
    "referrals_received": 150,
    "referrals_accepted": 130,
    "referrals_not_accepted": 18,
    "referrals_waiting_end": 8,
    "contact_within_48h": 110,
    "contact_within_72h": 9,
    "contact_after_72h": 8,
    "contact_not_yet_made": 3,
    "accepted_by_risk": {"high": 40, "medium": 60, "standard": 30},
    "high_risk_offered_24h": {"number": 38, "out_of": 40},
    "positive_closure": {"number": 50, "out_of": 60},
    "feels_safer": {"number": 40, "out_of": 50},
    "exit_planned": 70,
    "exit_unplanned": 30,
    "cases_open_end": 150,
    "waiting_list_end": 4,
    "children_in_accepted_cases": 95,
    "better_able_to_cope": {"number": 41, "out_of": 50},
    "safeguarding_referrals": 14,
    "incidents_and_complaints": 2,
    "spend_in_quarter": "61500.00",
    "forecast_year_end": "246000.00",
    "fte_established": "6.00",
    "fte_in_post": "5.50",
    "caseworker_fte": "5",
    "repeat_cases": 12,
    "story_of_quarter": "A busy quarter; the new drop-in helped.",
}
LAST_HOUSEHOLDS = {"households_supported_end": 9, "referrals_declined": 2, "support_hours": 300, "individuals_supported_year_to_date": 20}
GOOD_ACCOMMODATION = {
    "households_supported_start": 9,
    "referrals_accepted": 7,
    "referrals_declined": 3,
    "referrals_from_helpline": 4,
    "support_hours": 330,
    "positive_closure_number": 5,
    "housed_within_6m": 2,
    "housed_6_to_9m": 1,
    "housed_9_to_12m": 0,
    "housed_after_12m": 1,
    "exit_planned": 5,
    "exit_unplanned": 1,
    "households_supported_end": 10,
    "individuals_supported_year_to_date": 31,
    "accepted_by_characteristic": {"disabled": 5, "mental_health": 6},
    "occupancy": {"number": 820, "out_of": 910},
    "children_supported": 12,
    "feels_safer": {"number": 5, "out_of": 5},
    "safeguarding_referrals": 3,
    "fte_established": "4.00",
    "fte_in_post": "3.60",
    "spend_in_quarter": "48250.50",
    "forecast_year_end": "193000.00",
    "demand_and_move_on": "More was asked of us than we had places for.",
}


def test_a_good_quarter_of_either_service_passes_every_check() -> None:
    assert found("da_locality_service_return", GOOD_LOCALITY, LAST_QUARTER, quarter=2) == {}
    assert found("safe_accommodation_return", GOOD_ACCOMMODATION, LAST_HOUSEHOLDS, quarter=2) == {}


@pytest.mark.parametrize(
    ("key", "good", "before"),
    [
        ("da_locality_service_return", GOOD_LOCALITY, LAST_QUARTER),
        ("safe_accommodation_return", GOOD_ACCOMMODATION, LAST_HOUSEHOLDS),
        ("da_locality_service_published", printed(LOCALITY, "Q2"), printed(LOCALITY, "Q1")),
        ("safe_accommodation_published", printed(ACCOMMODATION, "Q1"), None),
    ],
)
def test_a_good_quarter_with_what_is_required_is_ready_to_be_submitted(key: str, good: Figures, before: Figures | None) -> None:
    previous = answers(key, before) if before else None
    now = standing.assess(form(key), answers(key, good), previous, {"quarter": 2}, date(2025, 7, 1))
    assert (now.ready, now.missing, now.stopped) == (True, (), None)


def test_the_caseload_of_a_worker_and_the_hours_of_a_household_are_ratios_of_two_scaled_counts() -> None:
    key = "da_locality_service_return"
    now = standing.assess(form(key), answers(key, GOOD_LOCALITY), None, {"quarter": 2}, date(2025, 7, 1))
    figures = {each.indicator: (each.value, each.out_of) for each in standing.figures(form(key), answers(key, GOOD_LOCALITY), now)}
    assert figures["cases_per_worker"] == (150_00, 5_00)
    assert figures["posts_filled_percent"] == (5_50, 6_00)
    assert figures["outcome_review_percent"] == (60, 100)


@pytest.mark.parametrize(
    ("spoilt", "check", "severity"),
    [
        ({"contact_not_yet_made": 2}, "contact_bands", "asks"),
        ({"exit_planned": 71}, "caseload_balances", "stops"),
        ({"cases_open_start": 121, "cases_open_end": 151}, "opening_is_last_closing", "stops"),
        ({"referrals_received": 151}, "referrals_balance", "stops"),
        ({"high_risk_offered_24h": {"number": 38, "out_of": 39}}, "high_risk_base", "stops"),
        ({"feels_safer": {"number": 51, "out_of": 50}}, "_within_feels_safer", "stops"),
        ({"fte_in_post": "6.50"}, "_within_posts_filled", "stops"),
        ({"accepted_by_district": {"E06000017": 129}}, "_adds_up_accepted_by_district", "stops"),
        ({"accepted_by_age": {"age_18_24": 100, "not_known": 30}}, "_not_known_accepted_by_age", "asks"),
        ({"story_of_quarter": "Call her on 07700 900123 any day"}, "_personal_story_of_quarter", "asks"),
    ],
)
def test_one_fault_in_the_locality_return_fails_its_check_and_no_other(spoilt: Figures, check: str, severity: str) -> None:
    failing = found("da_locality_service_return", {**GOOD_LOCALITY, **spoilt}, LAST_QUARTER, quarter=2)
    assert {key: str(each.severity) for key, each in failing.items()} == {check: severity}


def test_more_reviews_than_exits_stop_beside_the_box_of_the_reviews() -> None:
    failing = found("da_locality_service_return", {**GOOD_LOCALITY, "positive_closure": {"number": 50, "out_of": 101}}, LAST_QUARTER)
    assert set(failing) == {"reviews_within_exits", "_within_outcome_review_rate"}
    assert failing["reviews_within_exits"].about[0] == ("positive_closure", "out_of")


def test_a_large_change_of_a_locality_figure_asks_for_a_reason() -> None:
    before = {**LAST_QUARTER, "referrals_not_accepted": 40}
    assert list(found("da_locality_service_return", GOOD_LOCALITY, before, quarter=2)) == ["_swing_referrals_not_accepted"]


def test_in_a_first_quarter_nothing_is_compared_with_a_quarter_before() -> None:
    assert found("da_locality_service_return", {**GOOD_LOCALITY, "referrals_received": 148}) == {}


@pytest.mark.parametrize(
    ("spoilt", "check", "severity"),
    [
        ({"positive_closure_number": 7}, "_within_positive_closure", "stops"),
        ({"households_supported_end": 11}, "households_balance", "stops"),
        ({"households_supported_start": 8, "households_supported_end": 9}, "opening_is_last_closing", "stops"),
        ({"positive_closure_number": 3}, "moves_within_positive", "asks"),
        ({"support_hours": 421}, "hours_swing", "asks"),
        ({"individuals_supported_year_to_date": 19}, "year_to_date_never_falls", "asks"),
        ({"accepted_by_household": {"single_adult": 6}}, "_adds_up_accepted_by_household", "stops"),
        ({"referrals_from_helpline": 11}, "_within_helpline_share", "stops"),
    ],
)
def test_one_fault_in_the_accommodation_return_fails_its_check_and_no_other(spoilt: Figures, check: str, severity: str) -> None:
    failing = found("safe_accommodation_return", {**GOOD_ACCOMMODATION, **spoilt}, LAST_HOUSEHOLDS, quarter=2)
    assert {key: str(each.severity) for key, each in failing.items()} == {check: severity}


def test_more_moves_to_housing_than_exits_stop_besides_asking_about_positive_closures() -> None:
    failing = found("safe_accommodation_return", {**GOOD_ACCOMMODATION, "housed_within_6m": 6}, LAST_HOUSEHOLDS, quarter=2)
    assert {key: str(each.severity) for key, each in failing.items()} == {"moves_within_exits": "stops", "moves_within_positive": "asks"}


@pytest.mark.parametrize(("hours", "check"), [(79, "hours_each_too_few"), (1921, "hours_each_too_many")])
def test_hours_for_each_household_outside_5_to_120_ask_for_a_reason(hours: int, check: str) -> None:
    before = {**LAST_HOUSEHOLDS, "support_hours": hours}
    assert list(found("safe_accommodation_return", {**GOOD_ACCOMMODATION, "support_hours": hours}, before, quarter=2)) == [check]


def test_nobody_declined_for_two_quarters_asks_and_for_one_does_not() -> None:
    none = {**GOOD_ACCOMMODATION, "referrals_declined": 0}
    assert found("safe_accommodation_return", none, LAST_HOUSEHOLDS, quarter=2) == {}
    twice = found("safe_accommodation_return", none, {**LAST_HOUSEHOLDS, "referrals_declined": 0}, quarter=2)
    assert list(twice) == ["declined_recorded"]


def test_the_individuals_of_the_year_begin_again_in_the_first_quarter() -> None:
    assert (
        found("safe_accommodation_return", {**GOOD_ACCOMMODATION, "individuals_supported_year_to_date": 4}, LAST_HOUSEHOLDS, quarter=1)
        == {}
    )


# Grants


def test_a_safety_fund_budget_that_does_not_add_up_asks_and_one_over_the_cap_stops() -> None:
    budget = {"r1.item": "Hall", "r1.total": "9000.00", "r1.from_grant": "8000.00"}
    assert list(found("csf_application", {"budget": budget})) == ["money_balances"]
    balanced = {"budget": budget, "other_money": {"r1.source": "Parish", "r1.amount": "1000.00"}}
    assert found("csf_application", balanced) == {}
    assert list(found("csf_application", balanced, award_max=5000)) == ["within_round"]
    over = {"budget": {"r1.total": "10000.01", "r1.from_grant": "10000.01"}}
    assert list(found("csf_application", over)) == ["within_fund"]


def test_a_project_lasts_a_year_at_most_and_starts_after_the_decision() -> None:
    dates = {"start_date": "2025-04-01", "end_date": "2026-03-31", "budget": {"r1.total": "10.00", "r1.from_grant": "10.00"}}
    assert found("csf_application", dates, decision_date="2025-03-31") == {}
    assert list(found("csf_application", dates, decision_date="2025-04-01")) == ["start_after_decision"]
    assert list(found("csf_application", {**dates, "end_date": "2026-04-03"})) == ["within_a_year"]
    assert list(found("csf_application", {**dates, "end_date": "2025-04-01"})) == ["end_after_start"]


def test_a_report_line_far_from_its_budget_needs_a_word_and_the_award_is_not_overspent() -> None:
    line = {"r1.item": "Hall", "r1.from_grant": "1000.00", "r1.actual_from_grant": "850.00"}
    key = "small_grant_end_of_project_report"
    assert len(found(key, {"budget": line}, award=1000)) == 1
    assert found(key, {"budget": {**line, "r1.reason": "The hall was cheaper"}}, award=1000) == {}
    assert found(key, {"budget": {**line, "r1.actual_from_grant": "900.00"}}, award=1000) == {}
    assert list(found(key, {"budget": {**line, "r1.actual_from_grant": "1050.00"}}, award=1000)) == ["spend_within_award"]


@pytest.mark.parametrize(
    ("figures", "failing"),
    [
        ({"people_took_part": 40, "people_planned": 40, "attendances": 90}, []),
        ({"people_took_part": 40, "attendances": 39}, ["attendances_at_least_people"]),
        ({"people_took_part": 19, "people_planned": 40}, ["reach_far_below_plan"]),
        ({"people_took_part": 81, "people_planned": 40}, ["reach_far_above_plan"]),
        ({"people_took_part": 40, "feels_safer": {"number": 30, "out_of": 41}}, ["asked_within_people"]),
        ({"people_took_part": 40, "people_by_sex": {"female": 20}}, ["_adds_up_people_by_sex"]),
        ({"actual_start": "2025-01-10", "actual_end": "2025-07-01"}, ["ended_in_time"]),
    ],
)
def test_the_end_of_project_report_checks_its_figures(figures: Figures, failing: list[str]) -> None:
    facts = {"award": 4000, "agreed_end": "2025-06-30"}
    assert list(found("small_grant_end_of_project_report", figures, **facts)) == failing


def test_a_report_on_a_small_award_asks_less_and_one_on_a_large_award_wants_receipts() -> None:
    report = form("small_grant_end_of_project_report")
    small, large = (standing.assess(report, {}, None, {"award": award}, date(2025, 7, 1), choices={}) for award in (2500, 5001))
    left_out = {"people_by_zone", "people_by_sex", "people_by_ethnic_group", "people_by_disability", "outcomes", "targets_met", "learning"}
    assert large.visible - small.visible == left_out
    assert "receipts" in large.required and "receipts" not in small.required


def test_what_only_the_office_fills_in_never_holds_an_applicant_up() -> None:
    for key in ("csf_application", "people_zones_application", "small_grant_end_of_project_report"):
        now = standing.assess(form(key), {}, None, {"award": 1000}, date(2025, 7, 1), choices={})
        assert not {each.key for each in form(key).questions.values() if each.visible_to != "everyone"} & (now.visible | now.required)


# The demonstration office


def test_every_invented_return_that_is_submitted_passes_and_every_question_asked_has_its_reason() -> None:
    agreements = {each["key"]: each for each in office()["agreements"]}
    before: dict[str, Figures] = {}
    asked = []
    for plan in sorted(office()["returns"], key=lambda each: -each["quarters_ago"]):
        key, figures, reasons = agreements[plan["agreement"]]["questionnaire"], {}, {}
        for step in plan["steps"]:
            figures |= step.get("answers", {})
            reasons |= step.get("reasons", {})
            if step["does"] == "submit":
                failing = found(key, figures, before.get(plan["agreement"]))
                assert [each.check_key for each in failing.values() if each.severity == "stops"] == []
                assert [each.check_key for each in failing.values() if not {each.about[0][0], "every_check"} & set(reasons)] == []
                asked += failing
        before[plan["agreement"]] = figures
    assert {"_swing_referrals_received", "_swing_referrals_accepted"} <= set(asked)
