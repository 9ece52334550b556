"""The forms, indicators and lists that the catalogue holds say what the field and the published tables say."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from partnerhub.catalogue import reading
from partnerhub.catalogue.office import districts, postcode_sectors
from partnerhub.rules.expressions import FUNCTIONS
from partnerhub.rules.question_types import TYPES
from partnerhub.rules.question_types.numbers import Breakdown
from partnerhub.rules.question_types.written import postcode
from partnerhub.rules.questionnaire import FACTS, Question, Questionnaire, embed, parse, parse_indicators
from partnerhub.rules.questionnaire.parsing import PAIRS
from partnerhub.rules.words import OfficeRole, OrganisationKind, PartnerRole

CATALOGUE = Path(__file__).parents[2] / "partnerhub" / "catalogue"
FORMS = sorted(path.stem for path in (CATALOGUE / "questionnaires").glob("*.yaml"))
PUBLISHED = {
    "Domestic Abuse Locality Service": "da_locality_service_published",
    "Leicestershire Safe Accommodation Support Service": "safe_accommodation_published",
}


def read(path: Path) -> Any:
    return reading.read([path])[0].content


@cache
def library() -> dict[str, Any]:
    """The indicators and breakdowns of all files of the library together."""
    return reading.library()


@cache
def form(key: str) -> Questionnaire:
    path = CATALOGUE / "questionnaires" / f"{key}.yaml"
    return parse(embed(read(path), library()), file=path.name)


@cache
def published_rows() -> tuple[dict[str, str], ...]:
    with (CATALOGUE / "demo" / "appendix-a-2022-23.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def questions(key: str, *, breakdowns: bool = False) -> list[Question]:
    return [each for each in form(key).questions.values() if breakdowns or not isinstance(each.type, Breakdown)]


def counted(key: str) -> tuple[int, int]:
    """How many figures feed an indicator as a whole, and how many texts are asked."""
    plain = questions(key)
    return sum(bool(each.indicator) for each in plain), sum(each.type.name == "long_text" for each in plain)


# Every file


def test_catalogue_check_finds_no_fault_in_the_whole_catalogue() -> None:
    assert reading.check([CATALOGUE]) == []


def test_whoever_agrees_to_terms_or_a_notice_is_told_where_they_stand() -> None:
    stands = {"terms": "grant agreement", "privacy notice": "at the foot of every page"}
    agreed = [
        (key, what, each.help)
        for key in FORMS
        for each in questions(key)
        for what in stands
        if each.type.name == "declaration" and what in each.label
    ]
    assert len(agreed) == 3
    assert [(key, what) for key, what, told in agreed if stands[what] not in told] == []


@pytest.mark.parametrize("key", FORMS)
def test_a_form_parses_without_a_fault_and_is_called_as_its_file(key: str) -> None:
    assert form(key).key == key


def test_every_indicator_file_parses_and_no_key_stands_in_two_of_them() -> None:
    keys = [key for path in (CATALOGUE / "indicators").glob("*.yaml") for key in parse_indicators(read(path), file=path.name)]
    assert len(keys) == len(set(keys)) > 40


def test_no_breakdown_stands_in_two_files_of_the_library() -> None:
    keys = [key for path in (CATALOGUE / "breakdowns").glob("*.yaml") for key in read(path)["breakdowns"]]
    assert len(keys) == len(set(keys))


def test_every_indicator_is_cited_by_a_form() -> None:
    cited = {each.indicator for key in FORMS for each in questions(key)}
    assert {each["key"] for each in library()["indicators"]} - cited == set()


def test_every_indicator_says_what_it_is_and_why_it_is_asked() -> None:
    assert [each["key"] for each in library()["indicators"] if not each.get("definition") or not each.get("why")] == []


@pytest.mark.parametrize("key", [key for key in FORMS if not key.endswith("_published")])
def test_every_figure_that_is_typed_says_what_is_meant(key: str) -> None:
    typed = [each for each in questions(key) if each.indicator and each.type.is_typed and each.type.name != "long_text"]
    assert [each.key for each in typed if not each.help and not form(key).indicators[each.indicator].definition] == []


def test_every_breakdown_that_adds_up_has_a_place_for_what_is_not_known_or_a_catch_all() -> None:
    enough = {"risk_level", "safeguarding_route", "incident_kind", "household", "local_connection", "accommodation_type"}
    catch_all = {"not_known", "other", "not_assessed"}
    grids = {(key, each.breakdown): each for key in FORMS for each in questions(key, breakdowns=True) if each.breakdown and each.adds_up}
    bare = {name for (_, name), each in grids.items() if not catch_all & {choice.key for choice in each.categories}}
    assert bare <= enough


def test_district_codes_are_those_of_the_districts_file() -> None:
    with (CATALOGUE / "places" / "districts.csv").open(encoding="utf-8", newline="") as file:
        districts = {row["code"]: row["name"] for row in csv.DictReader(file)}
    assert len(districts) == 9
    for key in FORMS:
        for each in questions(key, breakdowns=True):
            if each.breakdown == "district":
                assert {choice.key: choice.label for choice in each.categories if choice.key.startswith("E0")}.items() <= districts.items()


def test_every_postcode_of_the_table_lies_in_one_district_that_is_there() -> None:
    known = {}
    for row in postcode_sectors():
        assert re.fullmatch(r"[A-Z]{1,2}[0-9]{1,2} [0-9]", row["sector"]) and len(row["units"]) % 2 == 0
        for at in range(0, len(row["units"]), 2):
            code = row["sector"] + row["units"][at : at + 2]
            assert code not in known and postcode(code) == code
            known[code] = row["district_code"]
    assert len(known) == 37_196
    assert set(known.values()) == {each["code"] for each in districts()}
    assert (known["LE1 1AA"], known["LE1 1ZB"], known["LE67 3AA"]) == ("E06000016", "E07000129", "E07000134")


# The return forms, counted by hand


def test_the_locality_return_asks_for_28_indicators_and_compliments_apart_and_4_texts() -> None:
    assert counted("da_locality_service_return") == (28 + 1, 4)


def test_the_safe_accommodation_return_asks_for_23_indicators_and_the_number_of_positive_closures_and_3_texts() -> None:
    assert counted("safe_accommodation_return") == (23 + 1, 3)


def test_the_locality_return_breaks_accepted_referrals_down_ten_ways() -> None:
    ways = {each.breakdown for each in questions("da_locality_service_return", breakdowns=True) if each.of == "referrals_accepted"}
    people = {"age_band", "sex", "ethnic_group", "disability", "sexual_orientation", "religion", "gender_identity"}
    assert ways == {"referral_source", "district", "risk_level"} | people


def test_the_locality_return_has_its_twelve_checks_six_written_and_six_built_in() -> None:
    locality = form("da_locality_service_return")
    written = [
        "contact_bands",
        "reviews_within_exits",
        "caseload_balances",
        "opening_is_last_closing",
        "referrals_balance",
        "high_risk_base",
    ]
    assert [each.key for each in locality.checks] == written
    # num <= den; breakdowns; small denominators (shown); swing; not known; personal details
    assert locality.swing and (locality.swing.percent, locality.swing.at_least) == (50, 10)
    assert locality.not_known_above == 20
    assert locality.asks_about_personal_details
    assert [each.key for each in locality.checks if each.severity == "asks"] == ["contact_bands"]


def test_specialist_characteristics_may_overlap_and_every_other_grid_adds_up() -> None:
    loose = [each.key for key in FORMS for each in questions(key, breakdowns=True) if each.breakdown and not each.adds_up]
    assert loose == ["accepted_by_characteristic"]


def test_the_opening_caseload_is_filled_in_from_the_last_closing() -> None:
    assert form("da_locality_service_return").questions["cases_open_start"].carry_forward == "cases_open_end"
    assert form("safe_accommodation_return").questions["households_supported_start"].carry_forward == "households_supported_end"


def test_positive_closure_states_its_base_and_is_never_pooled_over_providers() -> None:
    locality = form("da_locality_service_return").questions["positive_closure"]
    assert (locality.type.name, locality.out_of_label) == ("percentage", "closed with an outcome review completed")
    accommodation = form("safe_accommodation_return").questions["positive_closure"]
    assert accommodation.share and accommodation.share.out_of.names == ("exit_planned", "exit_unplanned")
    assert form("safe_accommodation_return").indicators["positive_closure_percent"].over_providers == "not_additive"


def test_distinct_people_are_never_added() -> None:
    indicators = {each["key"]: each for each in library()["indicators"]}
    assert indicators["people_took_part"]["measure"] == indicators["children_supported"]["measure"] == "not_additive"
    assert indicators["individuals_supported_year_to_date"]["measure"] == "last"
    assert indicators["individuals_supported_year_to_date"]["over_providers"] == "not_additive"


# What was published


@pytest.mark.parametrize(("service", "key"), PUBLISHED.items())
def test_the_published_form_has_the_rows_groups_and_words_of_the_published_table_in_its_order(service: str, key: str) -> None:
    rows = [row for row in published_rows() if row["service"] == service]
    printed = dict.fromkeys((row["group"], row["indicator"], row["label"]) for row in rows)
    assert list(printed) == [(form(key).section_of(each.key).title, each.key, each.label) for each in questions(key)]
    assert all(each.indicator == each.key for each in questions(key))


@pytest.mark.parametrize("key", PUBLISHED.values())
def test_no_check_stops_a_published_form(key: str) -> None:
    published = form(key)
    assert {each.severity for each in published.checks} == {"asks"}
    assert (published.built_in, published.swing, published.asks_about_personal_details) == ("asks", None, False)


def test_the_percentage_without_counts_is_kept_as_printed_and_the_one_with_exits_is_computed() -> None:
    assert form("da_locality_service_published").questions["positive_closure_percent"].number_from == "positive_closure_number"
    computed = form("safe_accommodation_published").questions["positive_closure_percent"]
    assert computed.share and computed.share.number.names == ("positive_closure_number",)
    assert computed.share.out_of.names == ("exit_planned", "exit_unplanned")


# Grants, counted by hand (what only the office sees is counted apart)


def partner_and_office(key: str) -> tuple[int, int]:
    seen = [each.visible_to == "everyone" for each in questions(key)]
    return sum(seen), len(seen) - sum(seen)


def test_the_safety_fund_asks_60_questions_with_both_contacts_addresses_apart() -> None:
    assert partner_and_office("csf_application") == (60 + 2, 6)


def test_people_zones_asks_41_questions_with_start_and_finish_apart() -> None:
    assert partner_and_office("people_zones_application") == (41 + 1, 6)


def test_the_end_of_project_report_asks_27_questions_and_the_figures_of_nine_indicators() -> None:
    report = form("small_grant_end_of_project_report")
    indicators = {each.indicator for each in questions(report.key) if each.indicator}
    assert len(indicators) == 9
    # 27, with start and end apart; besides, people planned and the seven figures that are no question of the 27
    assert partner_and_office(report.key) == (27 + 1 + 1 + 7, 3)


@pytest.mark.parametrize(
    ("key", "weights"),
    [
        (
            "csf_application",
            {"plan_fit": 15, "need": 20, "delivery": 20, "community": 10, "outcomes": 20, "sustainability": 5, "value": 10},
        ),
        ("people_zones_application", {"zone_led": 25, "plan": 20, "assets": 15, "difference": 20, "inclusion": 10, "value": 10}),
    ],
)
def test_weights_are_as_agreed_add_to_100_and_each_criterion_is_marked_on_one_answer(key: str, weights: dict[str, int]) -> None:
    scoring = form(key).scoring
    assert scoring and {each.key: each.weight for each in scoring.criteria} == weights
    assert sum(weights.values()) == 100
    assert sorted(each.score for each in questions(key) if each.score) == sorted(weights)
    assert scoring.line == 65


@pytest.mark.parametrize(
    ("key", "gates"),
    [
        ("csf_application", ["helps_area", "organisation_kind", "match_and_free"]),
        ("people_zones_application", ["promotes_belief", "already_spent"]),
    ],
)
def test_who_cannot_apply_is_told_at_the_question(key: str, gates: list[str]) -> None:
    stopping = [each for each in questions(key) if each.stop_if]
    assert [each.key for each in stopping] == gates
    assert all(each.stop_message for each in stopping)


def test_papers_that_shut_groups_out_are_wanted_before_payment_only() -> None:
    wanted = {key: [each.key for each in questions(key) if each.before_payment] for key in FORMS if key.endswith("application")}
    assert wanted == {"csf_application": ["insurance"], "people_zones_application": ["safeguarding_policy", "insurance"]}


def test_no_application_asks_for_bank_details() -> None:
    words = " ".join(f"{each.label} {each.help}".lower() for key in FORMS for each in questions(key, breakdowns=True))
    assert "sort code" not in words and "account number" not in words


# The demonstration office


@cache
def office() -> Any:
    return read(CATALOGUE / "demo" / "office.yaml")


def test_the_demonstration_accounts_are_those_the_product_promises() -> None:
    accounts = {each["email"]: each for each in office()["accounts"]}
    at_office = ["officer", "officer2", "assessor1", "assessor2", "assessor3", "chair", "finance", "finance2", "director", "director2"]
    promised = [f"{name}@office.example" for name in [*at_office, "administrator", "auditor"]] + ["viewer@county.example"]
    promised += [f"{role}@{place}.example" for place in ("lwa", "wall") for role in ("lead", "member")]
    assert set(promised) <= set(accounts)
    assert {role for each in accounts.values() for role in each["roles"]} == {*OfficeRole, *PartnerRole}
    assert all(each["organisation"] in {other["key"] for other in office()["organisations"]} for each in accounts.values())


def test_the_plan_refers_only_to_what_it_defines() -> None:
    plan = office()
    organisations = {each["key"] for each in plan["organisations"]}
    services = {each["key"] for programme in plan["programmes"] for each in programme["services"]}
    agreements = {each["key"]: each for each in plan["agreements"]}
    assert sorted(plan["questionnaires"]) == FORMS
    assert {each["kind"] for each in plan["organisations"]} <= set(OrganisationKind)
    for each in agreements.values():
        assert each["service"] in services and each["provider"] in organisations and set(each["commissioners"]) <= organisations
        assert each["questionnaire"] in FORMS
        assert {target["indicator"] for target in each.get("targets", [])} <= {entry["key"] for entry in library()["indicators"]}
    people = {each["email"] for each in plan["accounts"]}
    for each in plan["returns"]:
        known = form(agreements[each["agreement"]]["questionnaire"]).questions
        for step in each["steps"]:
            named = {*step.get("answers", {}), *step.get("queries", {}), *step.get("reasons", {})} - {"every_check"}
            assert step["by"] in people and named <= set(known)


def test_services_and_providers_are_named_as_published() -> None:
    names = {each["name"] for each in office()["organisations"]} | {each["name"] for p in office()["programmes"] for each in p["services"]}
    assert {row[column] for row in published_rows() for column in ("service", "provider")} <= names


def test_real_organisations_have_no_invented_targets_returns_or_identifiers() -> None:
    plan = office()
    invented = {each["key"] for each in plan["organisations"] if each["name"].startswith("Example ")}
    agreements = {each["key"]: each for each in plan["agreements"]}
    assert all(agreements[each["agreement"]]["provider"] in invented for each in plan["returns"])
    assert all(each["provider"] in invented for each in agreements.values() if each.get("targets"))
    assert not any(each.get("identifiers") for each in plan["organisations"])


# The reference


def test_the_examples_of_the_reference_parse() -> None:
    reference = (CATALOGUE.parents[1] / "docs" / "questionnaires.md").read_text(encoding="utf-8")
    whole, checks, scoring = (yaml.safe_load(block.partition("```")[0]) for block in reference.split("```yaml\n")[1:])
    example = parse(whole)
    assert [each.key for each in example.figures] == ["young_people", "young_people_by_age", "first_time_share"]
    locality = next(
        each
        for each in read(CATALOGUE / "questionnaires" / "da_locality_service_return.yaml")["checks"]
        if each["key"] == "caseload_balances"
    )
    assert checks["checks"] == [locality]
    assert parse({**whole, **scoring}).scoring


def test_the_reference_names_every_type_function_and_fact() -> None:
    reference = (CATALOGUE.parents[1] / "docs" / "questionnaires.md").read_text(encoding="utf-8")
    assert [name for name in [*TYPES, *FUNCTIONS, *FACTS, *PAIRS] if f"`{name}`" not in reference and f"{name}(" not in reference] == []
