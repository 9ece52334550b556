"""What follows from a line, what needs a reason, what the money allows, and by when a decision is published: worked out by hand."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from partnerhub.rules.decision_record import Facts, drafted, to_keep, written
from partnerhub.rules.decisions import (
    Proposed,
    checked,
    kept_percent,
    line_under,
    publish_when,
    read_line,
    refuse_too_much,
    refuse_unfundable,
)
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.scoring import Pot, Result
from partnerhub.rules.words import Implication, Outcome


@pytest.mark.parametrize(("typed", "line"), [("65", 650), ("62.5", 625), (" 65% ", 650), ("0", 0), ("100", 1000)])
def test_a_line_is_read(typed, line):
    assert read_line(typed) == line


@pytest.mark.parametrize("typed", ["", "101", "-1", "62.55", "most", "100.1", "6 5", "٦٥"])
def test_what_is_no_line_is_refused(typed):
    with pytest.raises(BadAnswer):
        read_line(typed)


@pytest.mark.parametrize(("percent", "kept"), [(Fraction(6499, 100), 6499), (Fraction(64996, 1000), 6499), (Fraction(65), 6500),
                                               (Fraction(200, 3), 6667), (Fraction(64994, 1000), 6499)])  # fmt: skip
def test_a_percentage_is_never_lifted_to_a_line_that_it_misses(percent, kept):
    assert kept_percent(percent, 650) == kept


def test_the_line_just_under_a_bid_still_reaches_it():
    assert line_under(Fraction(200, 3)) == 666
    assert line_under(Fraction(65)) == 650


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        (Proposed(Outcome.DECLINE, None, "", ""), "does not follow from the line"),
        (Proposed(Outcome.RESERVE, None, "", " "), "does not follow from the line"),
        (Proposed(Outcome.DEFER, None, "", ""), "does not follow from the line"),
        (Proposed(Outcome.PART, 500_00, "The hall", ""), "does not follow from the line"),
        (Proposed(Outcome.PART, None, "The hall", "Why"), "amount"),
        (Proposed(Outcome.PART, 1_000_00, "The hall", "Why"), r"less than the £1,000\.00"),
        (Proposed(Outcome.PART, 500_00, "", "Why"), "name the items"),
    ],
)
def test_an_outcome_that_the_line_does_not_give_needs_what_goes_with_it(wanted, fault):
    with pytest.raises(BadAnswer, match=fault):
        checked(wanted, 1_000_00, 10_000_00, Outcome.AWARD)


def reached(percent, *, failed=(), below_floor=()):
    return Result(marks={}, to_agree=(), failed=failed, below_floor=below_floor, percent=percent, band="")


@pytest.mark.parametrize(
    ("result", "fault"),
    [(reached(None, failed=("safe",)), "did not pass"), (reached(Fraction(90), below_floor=("need",)), "below the floor")],
)
@pytest.mark.parametrize("outcome", Outcome)
def test_what_did_not_pass_or_stays_below_the_floor_gets_nothing_whatever_the_reason(result, fault, outcome):
    gets_something = outcome in (Outcome.AWARD, Outcome.PART, Outcome.RESERVE)
    with pytest.raises(BadAnswer, match=fault) if gets_something else nullcontext():
        refuse_unfundable(outcome, result)
    refuse_unfundable(outcome, reached(Fraction(10)))


def test_a_bid_that_names_no_amount_can_have_a_part_award_up_to_the_cap():
    with pytest.raises(BadAnswer, match="does not say how much"):
        checked(Proposed(Outcome.AWARD, None, "", ""), None, 900_00, Outcome.AWARD)
    with pytest.raises(BadAnswer, match=r"most for one award of this fund is £900\.00"):
        checked(Proposed(Outcome.PART, 901_00, "All", "Why"), None, 900_00, Outcome.AWARD)
    assert checked(Proposed(Outcome.PART, 900_00, "All", "Why"), None, 900_00, Outcome.AWARD).amount == 900_00


@pytest.mark.parametrize(("more", "is_refused"), [(1_000_00, False), (1_000_01, True)])
def test_the_last_penny_of_the_limit_can_be_promised_and_not_one_more(more, is_refused):
    pot = Pot(4_000_00, 10)  # £4,400.00 may be promised, £3,400.00 is
    with pytest.raises(NotNow, match=r"gives £1,000\.01, and only £1,000\.00 is left") if is_refused else nullcontext():
        refuse_too_much(pot, 3_400_00, more)


@pytest.mark.parametrize(
    ("today", "deferred", "said"),
    [
        (date(2025, 12, 1), None, "publish by Wednesday 3 December, in 2 days"),
        (date(2025, 12, 2), None, "publish by Wednesday 3 December, tomorrow"),
        (date(2025, 12, 3), None, "publish by Wednesday 3 December, today"),
        (date(2025, 12, 4), None, "publish by Wednesday 3 December, overdue by 1 day"),
        (date(2025, 12, 9), date(2025, 12, 12), "publication put off until Friday 12 December"),
        (date(2025, 12, 14), date(2025, 12, 12), "publish by Friday 12 December, overdue by 2 days"),
    ],
)
def test_by_when_a_decision_is_published_is_said_in_days(today, deferred, said):
    assert publish_when(date(2025, 12, 3), deferred, today) == said


FACTS = Facts("Zones, round 2", 12, 71_000_00, 650, 6, 1, 39_305_40, 2, 4, 0, 40_000_00, 10, 0, 3, 5, 14, 2)


def test_the_record_is_drafted_from_the_figures():
    said = drafted(FACTS)
    assert said["summary"].startswith(
        "14 applications came in the round, 2 of which could not be considered. 12 applications, asking for £71,000.00 in all, were marked "
        "by 3 assessors, who did not know each other's marks until all were in. A panel agreed marks for 5 of them. The line"
    )
    assert "drawn at 65%. 6 awards of £39,305.40 in all are made, 1 of them for a part of what was asked for." in said["summary"]
    assert said["recommendation"] == (
        "It is recommended to make 6 awards of £39,305.40 in all, each on condition that the grant agreement is signed and what is due "
        "before payment is sent; to hold 2 applications in reserve, in the order given; to decline 4 applications."
    )
    assert said[Implication.FINANCIAL] == "£694.60 of the £40,000.00 of the round is left."


def test_the_record_says_of_no_second_assessor_and_no_panel_that_they_were_there():
    said = drafted(replace(FACTS, bids=1, assessors=1, moderated=0, ineligible=0, sent=1))["summary"]
    assert said.startswith(
        "1 application came in the round. 1 application, asking for £71,000.00 in all, was marked by one assessor. The line"
    )
    assert "panel" not in said
    assert "put forward" in drafted(replace(FACTS, assessors=0))["summary"]


def test_words_left_as_they_were_drafted_follow_the_figures():
    typed = drafted(FACTS) | {"title": "Our title"}
    kept = to_keep(typed, FACTS)
    assert {part for part, text in kept.items() if text} == {"title"}
    later = Facts("Zones, round 2", 12, 71_000_00, 650, 7, 0, 41_000_00, 2, 3, 0, 40_000_00, 10, 500_00, 3, 5, 14, 2)
    assert written(kept, later)["title"] == "Our title"
    assert "£1,500.00 more than the £40,000.00 of the round, after £500.00 that was awarded earlier" in written(kept, later)["summary"]
