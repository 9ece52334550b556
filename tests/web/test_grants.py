"""The public register: only what was agreed, and only once its decision is public."""

import pytest

from partnerhub.extensions import db
from partnerhub.rules.words import AwardStatus, DecisionStatus
from tests.browser import words_of
from tests.make import AGREED


def published(award):
    award.decision.status, award.decision.published_at = DecisionStatus.PUBLISHED, AGREED
    db.session.commit()
    return award


@pytest.fixture
def grant(make):
    bid = make.application(make.autumn_round(make.fund(name="Example fund", code="EXF"), number=2), amount_requested=8_000_00)
    return published(make.award(bid, amount=7_940_00, status=AwardStatus.AGREED))


def test_everybody_reads_what_was_agreed_under_a_published_decision(grant, stranger):
    said = words_of(stranger.get("/grants"))
    for words in (grant.organisation.name, "Evenings for young people", "£7,940.00", grant.decision.reference):
        assert words in said


def test_other_programs_read_the_same(grant, stranger):
    assert stranger.get("/grants.json").get_json() == [
        {
            "reference": grant.reference, "fund": "Example fund", "round": "EXF-2024-2", "recipient": grant.organisation.name,
            "purpose": "Evenings for young people", "district": None, "amount_applied": 8000.0, "amount_awarded": 7940.0,
            "award_date": "2024-12-16", "start": "2025-01-06", "end": "2025-12-31", "decision": grant.decision.reference,
        }
    ]  # fmt: skip
    assert ',8000.00,7940.00,"2024-12-16",' in stranger.get("/grants.csv").text


@pytest.mark.parametrize(("pence", "pounds"), [(1, "0.01"), (7_940_10, "7940.10"), (12_345_678_99, "12345678.99"), (None, '""')])
def test_a_spreadsheet_has_pounds_with_two_decimals(grant, stranger, pence, pounds):
    grant.application.amount_requested = pence
    db.session.commit()
    assert f',{pounds},7940.00,"' in stranger.get("/grants.csv").text


@pytest.mark.parametrize("status", [each for each in AwardStatus if each not in ("agreed", "completed", "ended")])
def test_what_is_not_agreed_is_not_in_it(make, stranger, status):
    published(make.award(status=status))
    assert stranger.get("/grants.json").get_json() == []


def test_nothing_stands_in_it_before_its_decision_is_published(make, stranger):
    make.award(status=AwardStatus.AGREED)
    assert stranger.get("/grants.json").get_json() == []


def test_a_grant_that_was_changed_stands_there_as_agreed_now(grant, stranger):
    grant.amount = 5_000_00
    db.session.commit()
    assert stranger.get("/grants.json").get_json()[0]["amount_awarded"] == 5000.0
