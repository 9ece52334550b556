"""A fund of another kind, told by files alone: two areas to pass, marks from 1 to 10, two assessors; from its form to its last report."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
import yaml

from partnerhub import clock
from partnerhub.actions import awards, decisions, funds, letters, rounds
from partnerhub.cli import hub
from partnerhub.extensions import db
from partnerhub.models import Award, MonitoringReturn
from partnerhub.queries.letters import letters_of_decision
from partnerhub.queries.moderation import marks_of
from partnerhub.queries.people import person_of
from partnerhub.queries.questionnaires import definition, newest_published, questionnaire_by_key
from partnerhub.rules.decisions import Proposed
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.scoring import ranked_list
from partnerhub.rules.words import ApplicationStatus, AwardStatus, Outcome
from tests.panel import panel

APPLICATION = """
questionnaire: waterways_bid
title: Application to the Waterways fund
kind: application
sections:
  - key: plan
    title: Your plan
    questions:
      - {key: project_name, type: short_text, label: Name of the project, required: true, limit: {characters: 80}}
      - {key: reach_of_water, type: single_choice, label: Which water?, required: true, options_from: priorities.waterways}
      - {key: start_date, type: date, label: First day, required: true}
      - {key: end_date, type: date, label: Last day, required: true}
      - {key: case, type: long_text, label: Why there?, required: true, limit: {words: 50}, score: case}
      - {key: rescue, type: long_text, label: How is nobody hurt?, required: true, limit: {words: 50}, score: safe}
      - {key: total, type: money, label: What it costs, required: true, limit: {min: 1}}
      - {key: amount_requested, type: computed, decimals: 2, label: Amount, value: total / 2, score: cost}
checks:
  - key: within_round
    left: amount_requested
    operator: "<="
    right: award_max
    blanks: skip_if_any
    severity: stops
    message: This is more than the round allows
scoring:
  scale: {min: 1, max: 10, anchors: {1: Very poor, 10: Could not be better}}
  criteria:
    - {key: safe, label: Safe on the water, pass_fail: true}
    - {key: owner, label: The owner agrees, pass_fail: true}
    - {key: case, label: The case for it, weight: 62.5}
    - {key: cost, label: Cost, weight: 37.5}
  line: 70
  bands: [{label: gold, min: 80}, {label: silver, min: 0}]
  tie_break: [case]
"""
REPORT = """
questionnaire: waterways_log
title: Log of the water
kind: report
sections:
  - key: done
    title: What was done
    questions:
      - {key: trips, type: whole_number, label: Trips, required: true}
"""
PRIORITIES = """
priorities:
  - scheme: waterways
    starts: 2024-01-01
    lines:
      - {key: upper, label: The upper canal}
      - {key: lower, label: The lower canal}
"""
FUND = """
code: WW
name: Waterways fund
purpose: To make towpaths safe.
not_funded: Boats
area: Along the canals
kinds: [group, charity]
cap: 500000
duration_months: 6
instalments: [50, 50]
one_payment_to: 100000
report_due_days: 14
"""
ANSWERS = {
    "project_name": "Lamps along the towpath",
    "reach_of_water": "lower",
    "start_date": "1 2 2025",
    "end_date": "31 5 2025",
    "case": "Nobody walks there in the dark",
    "rescue": "Rings every fifty metres",
    "total": "5,000",
}
MARKS = (  # by the two assessors of each bid; where they disagree the chair agrees the second one's
    {"safe": ["fail", "pass"], "owner": ["pass", "pass"], "case": ["8", "7"], "cost": ["6", "7"]},
    {"safe": ["pass", "pass"], "owner": ["fail", "fail"], "case": ["10", "10"], "cost": ["10", "10"]},
    {"safe": ["pass", "pass"], "owner": ["pass", "pass"], "case": ["5", "9"], "cost": ["8", "8"]},
)
# 62.5 × 7.5/10 + 37.5 × 6.5/10 = 71.25; not passed; 62.5 × 9/10 + 37.5 × 8/10 = 86.25
PERCENT = [Fraction(285, 4), None, Fraction(345, 4)]
SAID = {"strength": "It is clear.", "improvement": "Say who sees to the lamps."}
DECEMBER = datetime(2024, 12, 2, 9, tzinfo=UTC)


@pytest.fixture
def fund(app, make, tmp_path):
    """Loaded by the command that an office uses, and set up with the terms of its file."""
    for name, text in (("application", APPLICATION), ("report", REPORT), ("priorities", PRIORITIES)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    loaded = app.test_cli_runner().invoke(hub, ["catalogue", "load", "--publish", str(tmp_path)])
    assert loaded.exit_code == 0, loaded.stderr
    report = questionnaire_by_key("waterways_log")
    return funds.create_fund(None, yaml.safe_load(FUND) | {"report_form_id": report.id}, by=make.person(make.user("officer")))


@pytest.fixture
def marked(make, fund):
    """The round, published before it opened; three bids sent, confirmed, marked by two assessors each, and moderated."""
    officer = make.user("officer", name="Officer of the water")
    version = newest_published(questionnaire_by_key("waterways_bid").id)
    details = {
        "year": 2024,
        "number": 1,
        "opens_at": datetime(2024, 9, 30, 8, tzinfo=UTC),
        "closes_at": datetime(2024, 10, 28, 17, tzinfo=UTC),
        "decided_by": date(2024, 12, 20),
        "money": 10_000_00,
        "questionnaire_version_id": version.id,
        "assessors_per_bid": 2,
    }
    with clock.at(datetime(2024, 9, 16, 9, tzinfo=UTC)):
        funding_round = rounds.create_round(fund, details, by=person_of(officer.id))
        rounds.publish_round(funding_round, by=person_of(officer.id))
    return panel(make, 3, assessors=2, officer=officer, funding_round=funding_round, answers=ANSWERS, marks=MARKS, moderated=True)


def test_marks_are_ranked_by_its_own_scheme_and_what_is_not_passed_comes_last(marked):
    scoring = definition(marked.funding_round.questionnaire_version_id).scoring
    assert {each.status for each in marked.bids} == {ApplicationStatus.MODERATED}
    assert [each.reference for each in marked.bids] == ["WW-2024-1-0001", "WW-2024-1-0002", "WW-2024-1-0003"]
    found = marks_of(person_of(marked.officer.id), marked.funding_round.id).results(scoring)
    by_bid = [found[each.id] for each in marked.bids]
    assert [each.percent for each in by_bid] == PERCENT
    assert [each.band for each in by_bid] == ["silver", "", "gold"]
    assert [each.failed for each in by_bid] == [(), ("owner",), ()]
    places = ranked_list(scoring, found, {each.id: each.amount_requested for each in marked.bids})
    first, second, third = (each.id for each in marked.bids)
    assert [(each.bid, each.rank, each.so_far) for each in places] == [(third, 1, 2_500_00), (first, 2, 5_000_00), (second, None, 5_000_00)]


def test_it_goes_from_the_line_to_a_signed_agreement_and_its_report(make, marked):
    officer, [first, second, third] = person_of(marked.officer.id), marked.bids
    with clock.at(DECEMBER):
        decision = decisions.start_decision(marked.funding_round, 700, "It keeps to the money.", by=officer)
        outcomes = {each.application_id: (each.position, each.outcome, each.amount, each.percent) for each in decision.proposals}
        assert outcomes == {
            third.id: (1, Outcome.AWARD, 2_500_00, 8625),
            first.id: (2, Outcome.AWARD, 2_500_00, 7125),
            second.id: (3, Outcome.DECLINE, 0, None),
        }
        for outcome in (Outcome.AWARD, Outcome.PART, Outcome.RESERVE):
            with pytest.raises(BadAnswer, match="did not pass"):
                decisions.propose(decision, second.id, Proposed(outcome, 100_00, "Lamps", "We like it"), by=officer)
        decisions.recommend(decision, by=officer)
        decisions.sign_off(decision, by=person_of(make.user("finance").id))
        decisions.approve(decision, "None", by=person_of(make.user("director").id))
        assert letters.draw_up(decision, by=officer) == 3
        for each in letters_of_decision(decision.id):
            days = each.facts["terms"] | {"answer_by": "2024-12-20"} if each.facts["amount"] else {}
            letters.write(each, "Thank you.", dict.fromkeys(("safe", "owner", "case", "cost"), SAID), days, by=officer)
            letters.finish(each, by=officer)
        assert letters.release(decision, by=officer) == 3
        by_bid = {each.application_id: each for each in letters_of_decision(decision.id)}
        assert {key: each.facts["reached"] for key, each in by_bid.items()} == {
            first.id: "Your application reached 71.3%. The line was drawn at 70%.",
            second.id: "",
            third.id: "Your application reached 86.3%. The line was drawn at 70%.",
        }
        told = {each["label"]: each["mark"] for each in by_bid[second.id].facts["criteria"]}
        assert told == {
            "Safe on the water": "passed",
            "The owner agrees": "not passed",
            "The case for it (62.5%)": "10 of 10",
            "Cost (37.5%)": "10 of 10",
        }
        for each in db.session.query(Award).order_by(Award.reference).all():
            lead, director = make.lead(each.organisation), make.user("director")
            words = each.agreements[0].digest
            awards.sign_for_partner(each, words, lead.name, by=person_of(lead.id))
            awards.sign_for_office(each, words, director.name, by=person_of(director.id))
    agreed = db.session.query(Award).order_by(Award.reference).all()
    assert [(each.reference, each.status, each.starts) for each in agreed] == [
        ("WW-2024-1-0001", AwardStatus.AGREED, date(2025, 2, 1)),
        ("WW-2024-1-0003", AwardStatus.AGREED, date(2025, 2, 1)),
    ]
    owed = db.session.query(MonitoringReturn).all()
    assert {(each.award_id, each.due_on) for each in owed} == {(each.id, date(2025, 6, 14)) for each in agreed}
    assert {each.questionnaire_version.questionnaire.key for each in owed} == {"waterways_log"}
