"""What a round came to, counted by hand."""

from datetime import date

import pytest

from partnerhub.rules import round_report as rules
from partnerhub.rules.round_report import Bid, RoundReport, Share

ZONE = "Which Zone?"
BIDS = [
    Bid(1, "Leicester", "group", True, {ZONE: ("North",)}, 100_00, is_scored=True, given=80_00),
    Bid(2, "Leicester", "charity", False, {ZONE: ("North", "South")}, 200_00, is_scored=True),
    Bid(3, "", "group", True, {}, 50_00),
]


def lines(heading):
    return rules.spread(BIDS, rules.groups(BIDS)[heading])


def test_all_applications_are_added_up_with_their_success():
    total = rules.share("All", BIDS)
    assert total == Share("All", bids=3, asked=350_00, scored=2, awarded=1, given=80_00)
    assert total.success == "1 of 3 (33.3%)"


@pytest.mark.parametrize(
    ("heading", "wanted"),
    [
        ("District of the applicant", [("Leicester", 2, 300_00, 1), ("Not said", 1, 50_00, 0)]),
        (ZONE, [("North", 2, 300_00, 1), ("South", 1, 200_00, 0), ("Not said", 1, 50_00, 0)]),
        ("Kind of organisation", [("Charity", 1, 200_00, 0), ("Community group", 2, 150_00, 1)]),
        ("First time", [("Applies for the first time", 2, 150_00, 1), ("Has applied before", 1, 200_00, 0)]),
    ],
)
def test_applications_are_told_apart_in_each_way(heading, wanted):
    assert [(line.label, line.bids, line.asked, line.awarded) for line in lines(heading)] == wanted


def test_a_bid_that_names_two_zones_counts_in_both_and_the_report_says_so():
    groups = rules.groups(BIDS)
    assert rules.names_several(BIDS, groups[ZONE])
    assert not rules.names_several(BIDS, groups["First time"])


@pytest.mark.parametrize(
    ("heard", "cold"),
    [
        ([["A"], ["B"]], []),  # two rounds say nothing yet
        ([["A"], ["B"], []], ["C"]),
        ([["A"], [], ["A"], ["B", "C"]], ["B", "C"]),  # the fourth round back does not count
        ([["A"], ["B"], ["C"]], []),
    ],
)
def test_a_cold_spot_is_a_place_without_an_application_in_three_rounds(heard, cold):
    assert rules.cold_spots(["A", "B", "C"], heard) == cold


def report(**rest):
    values = {
        "title": "Round 2", "total": rules.share("All", BIDS), "parts": (), "money": 0, "closed_on": date(2024, 10, 28),
        "decided_on": date(2024, 11, 29), "cold": (), "has_earlier": False,
    }  # fmt: skip
    return RoundReport(**{**values, **rest})


def test_the_report_says_in_words_how_long_it_took_and_from_where_nobody_applies():
    too_few = "Places without an application are listed once the fund has had 3 rounds."
    assert report().sentences == ["Decided 32 days after the close.", too_few]
    assert report(decided_on=None).sentences[0] == "Not decided yet."
    cold = report(has_earlier=True, cold=(("Districts", ("Rutland", "Harborough")), ("Zones", ())))
    assert cold.sentences[1:] == ["Districts without an application in the last 3 rounds: Rutland, Harborough."]
    assert report(has_earlier=True).sentences[1] == "In the last 3 rounds there was an application from everywhere."
