"""The official score: percentages, moderation, what rules a bid out, the ranking, and what a line costs."""

import copy
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from partnerhub.catalogue import reading
from partnerhub.rules import scoring as rules
from partnerhub.rules.questionnaire import parse
from partnerhub.rules.scoring import Pot, Reach, above, apart, by_assessor, percentage, printed, ranked_list, ranking, result
from tests.make import SMALL_RETURN

CATALOGUE = Path(__file__).parents[2] / "partnerhub" / "catalogue"
TWO_CRITERIA = """
scale: {min: 0, max: 5}
criteria:
  - {key: need, label: Need, weight: 60}
  - {key: delivery, label: Delivery, weight: 40}
floor: {criteria: [need], min: 2}
bands: [{label: weak, min: 0}, {label: recommend, min: 70}, {label: consider, min: 60}]
tie_break: [need]
"""
# Two areas that are passed or failed, then four on a scale from 1 to 10, as some offices mark larger grants.
TEN_POINTS = """
scale: {min: 1, max: 10}
criteria:
  - {key: eligible, label: Eligible, pass_fail: true}
  - {key: governance, label: Soundly governed, pass_fail: true}
  - {key: need, label: Need, weight: 40}
  - {key: outcomes, label: Outcomes, weight: 30}
  - {key: outputs, label: Outputs, weight: 17.5}
  - {key: evaluation, label: Evaluation, weight: 12.5}
line: 70
tie_break: [need, outcomes]
"""


def scheme(text):
    return parse({**copy.deepcopy(SMALL_RETURN), "scoring": yaml.safe_load(text)}).scoring


FIVES, TENS = scheme(TWO_CRITERIA), scheme(TEN_POINTS)


def marks(scoring, digits):
    """ "43" marks the first criterion 4 and the second 3; "-" leaves one out."""
    return {each.key: int(digit) for each, digit in zip(scoring.criteria, digits, strict=True) if digit != "-"}


def sheets(scoring, *assessors):
    return {name: marks(scoring, digits) for name, digits in zip("ABCDE", assessors, strict=False)}


@pytest.mark.parametrize(
    ("assessors", "agreed", "percent", "band"),
    [
        (["55"], {}, 100, "recommend"),
        (["00"], {}, 0, "weak"),
        (["43"], {}, 72, "recommend"),  # 60 × 4/5 + 40 × 3/5
        (["43", "34"], {}, 70, "recommend"),  # 3.5 and 3.5
        (["33", "33", "34"], {}, Fraction(188, 3), "consider"),  # 36 + 40 × (10/3)/5
        (["53", "33"], {"need": 3}, 60, "consider"),
        (["53", "33"], {"need": 3, "delivery": 4}, 68, "consider"),
        (["43", "4-"], {}, 72, "recommend"),  # the mean of the marks there are
        (["4-"], {}, None, ""),
        (["4-"], {"delivery": 3}, 72, "recommend"),
        (["--"], {}, None, ""),
        ([], {}, None, ""),
    ],
)
def test_the_percentage_is_the_weighted_mean_of_the_marks_with_agreed_marks_in_their_place(assessors, agreed, percent, band):
    found = result(FIVES, sheets(FIVES, *assessors), agreed)
    assert (found.percent, found.band) == (percent, band)


@pytest.mark.parametrize(
    ("digits", "percent"),
    [("111111", 10), ("115555", 50), ("119876", 79 + Fraction(3, 4)), ("116000", 24)],  # 36 + 24 + 12.25 + 7.5
)
def test_a_scale_from_1_to_10_and_weights_with_decimals_need_nothing_but_their_scheme(digits, percent):
    assert percentage(TENS, marks(TENS, digits)) == percent


@pytest.mark.parametrize(
    ("assessors", "agreed", "failed", "to_agree", "percent"),
    [
        (["118888", "118888"], {}, (), (), 80),
        (["108888", "108888"], {}, ("governance",), (), None),
        (["108888", "118888"], {}, (), ("governance",), None),
        (["108888", "118888"], {"governance": 1}, (), (), 80),
        (["108888", "118888"], {"governance": 0}, ("governance",), (), None),
        (["1-8888"], {}, (), (), None),
    ],
)
def test_the_percentage_counts_only_when_everything_that_must_be_passed_is_passed(assessors, agreed, failed, to_agree, percent):
    found = result(TENS, sheets(TENS, *assessors), agreed)
    assert (found.failed, found.to_agree, found.percent) == (failed, to_agree, percent)
    assert found.may_be_funded == (percent is not None)


@pytest.mark.parametrize(
    ("assessors", "expected"),
    [
        (["43", "34", "33"], ()),
        (["53", "43", "33"], ("need",)),
        (["50", "44", "41"], ("delivery",)),
        (["50", "31"], ("need",)),
        (["50", "32"], ("need", "delivery")),
        (["5-", "-2"], ()),
        ([], ()),
    ],
)
def test_marks_of_2_or_more_apart_must_be_agreed(assessors, expected):
    assert apart(FIVES, sheets(FIVES, *assessors)) == expected
    assert result(FIVES, sheets(FIVES, *assessors)).to_agree == expected
    assert result(FIVES, sheets(FIVES, *assessors), {"need": 4}).to_agree == tuple(key for key in expected if key != "need")


@pytest.mark.parametrize(("need", "below"), [("222", ()), ("221", ("need",)), ("321", ()), ("111", ("need",)), ("", ())])
def test_the_floor_is_held_against_the_official_mark_and_leaves_the_percentage(need, below):
    found = result(FIVES, sheets(FIVES, *(f"{each}5" for each in need)))
    assert found.below_floor == below
    assert (found.percent is None) == (need == "")
    assert found.may_be_funded == bool(need and not below)


def test_the_percentages_of_the_assessors_average_to_the_official_one_with_what_was_agreed():
    three = sheets(FIVES, "53", "34", "33")
    agreed = {"need": 4}
    assert by_assessor(FIVES, three) == {"A": 84, "B": 68, "C": 60}
    assert by_assessor(FIVES, three, agreed) == {"A": 72, "B": 80, "C": 72}
    assert result(FIVES, three, agreed).percent == Fraction(72 + 80 + 72, 3)


def test_an_assessor_who_has_not_marked_everything_has_no_percentage_yet():
    assert by_assessor(FIVES, sheets(FIVES, "43", "4-", "--"), {"delivery": 3}) == {"A": 72}


@pytest.mark.parametrize(
    ("percent", "bounds", "text"),
    [
        (Fraction(188, 3), (), "62.7%"),
        (Fraction(1293, 20), (), "64.7%"),  # 64.65: half up
        (65, (65,), "65%"),
        (Fraction(6496, 100), (), "65%"),
        (Fraction(6496, 100), (65,), "64.96%"),
        (Fraction(194999, 3000), (60, 65, 70), "64.9997%"),
        (Fraction(6504, 100), (65,), "65%"),
        (0, (0,), "0%"),
        (100, (), "100%"),
    ],
)
def test_a_percentage_is_printed_to_one_decimal_and_never_as_a_bound_that_it_misses(percent, bounds, text):
    assert printed(Fraction(percent), *bounds) == text


def results(scoring, **bids):
    return {bid: result(scoring, sheets(scoring, *assessors.split())) for bid, assessors in bids.items()}


def test_equal_percentages_are_told_apart_by_the_tie_break_and_share_a_rank_when_that_is_equal_too():
    found = results(FIVES, a="33", b="40 34", c="50", d="2-", e="33 33", f="55", g="04")
    assert {bid: each.percent for bid, each in found.items()} == {"a": 60, "b": 58, "c": 60, "d": None, "e": 60, "f": 100, "g": 32}
    assert list(ranking(FIVES, found).items()) == [("f", 1), ("c", 2), ("a", 3), ("e", 3), ("b", 5), ("g", 6)]


def test_on_a_scale_from_1_the_second_tie_break_decides_and_what_did_not_pass_has_no_rank():
    found = results(
        TENS,
        outcomes_low="118689 118689",  # 40 × 8/10 + 30 × 6/10 + 17.5 × 8/10 + 12.5 × 9/10 = 32 + 18 + 14 + 11.25 = 75.25
        outcomes_high="118776 118776",  # 32 + 21 + 12.25 + 7.5 = 72.75
        need_low="117869 117869",  # 28 + 24 + 10.5 + 11.25 = 73.75
        failed="109999 109999",
        parted="109999 119999",  # passed by one and failed by the other: nothing is official before the panel agrees
        least="111111 111111",
    )
    assert {bid: each.percent for bid, each in found.items()} == {
        "outcomes_low": Fraction(301, 4),
        "outcomes_high": Fraction(291, 4),
        "need_low": Fraction(295, 4),
        "failed": None,
        "parted": None,
        "least": 10,
    }
    assert ranking(TENS, found) == {"outcomes_low": 1, "need_low": 2, "outcomes_high": 3, "least": 4}
    # 32 + 24 + 3.5 + 1.25 = 32 + 18 + 7 + 3.75 = 60.75: equal for need, so outcomes tell; the mean of 7 and 9 is as good as an 8
    equal = results(TENS, b="118643 118643", a="118821 118821", c="117821 119821")
    assert {each.percent for each in equal.values()} == {Fraction(243, 4)}
    assert ranking(TENS, equal) == {"a": 1, "c": 1, "b": 3}


def test_money_is_added_up_from_the_top_and_a_bid_that_may_not_be_funded_adds_nothing():
    found = results(FIVES, low="15", best="55", none="--", good="44", equal="44")
    places = ranked_list(FIVES, found, dict.fromkeys(found, 1_000_00) | {"best": 2_500_00})
    assert [(each.bid, each.rank, each.so_far) for each in places] == [
        ("best", 1, 2_500_00),
        ("good", 2, 3_500_00),
        ("equal", 2, 4_500_00),
        ("low", 4, 4_500_00),  # 52 per cent, with 1 of the 2 marks for need that it must have
        ("none", None, 4_500_00),
    ]
    assert above(places, 80) == (["best", "good", "equal"], 4_500_00)
    assert above(places, Fraction(801, 10)) == (["best"], 2_500_00)
    assert above(places, 0) == (["best", "good", "equal"], 4_500_00)
    assert above([], 0) == ([], 0)


@pytest.mark.parametrize(
    ("pence", "over_commitment", "reach"),
    [
        (10_000_00, 0, Reach.WITHIN),
        (10_000_01, 0, Reach.BEYOND),
        (10_000_01, 10, Reach.OVER_COMMITTED),
        (11_000_00, 10, Reach.OVER_COMMITTED),
        (11_000_01, 10, Reach.BEYOND),
        (10_250_00, Fraction(5, 2), Reach.OVER_COMMITTED),
        (10_250_01, Fraction(5, 2), Reach.BEYOND),
        (0, 0, Reach.WITHIN),
    ],
)
def test_an_amount_stays_within_the_pot_or_the_limit_beyond_it(pence, over_commitment, reach):
    assert Pot(10_000_00, over_commitment).reach(pence) is reach


# A real round of 2024-25 in its shape: 12 bids, three assessors, bands 2/5/4/1, a line at 65 per cent, six awards of £39,305.40 in all.
# The marks and the amounts of each bid are invented. Six criteria: led by the Zone, plan, strengths, difference, joining in, costs.
ROUND = {  # three sheets, the amount asked for in pence, the percentage as printed
    1: ("444444 444444 555444", 9_812_65, "84%"),
    2: ("444333 444433 444333", 7_500_00, "73.3%"),
    3: ("443333 443333 433333", 6_000_00, "67.7%"),
    4: ("533333 333333 433333", 4_992_75, "65%"),
    5: ("433433 433333 433333", 5_000_00, "66.3%"),
    6: ("433333 443333 333433", 6_000_00, "66%"),
    7: ("433333 433333 333433", 8_400_00, "64.7%"),
    8: ("333322 333322 333222", 3_100_00, "54.7%"),
    9: ("323222 323222 323222", 2_450_00, "48%"),
    10: ("222222 222222 222222", 9_999_00, "40%"),
    11: ("143433 143433 143433", 1_200_00, "58%"),
    12: ("111222 111222 111222", 5_500_00, "28%"),
}


def people_zones():
    [document] = reading.read([CATALOGUE / "questionnaires" / "people_zones_application.yaml"])
    return parse(document.content).scoring


def test_a_round_of_the_real_shape_gives_its_bands_and_six_bids_above_a_line_at_65():
    scoring = people_zones()
    agreed = {4: {"zone_led": 4}}
    marked = {bid: sheets(scoring, *three.split()) for bid, (three, _, _) in ROUND.items()}
    assert {bid: apart(scoring, each) for bid, each in marked.items() if apart(scoring, each)} == {4: ("zone_led",)}
    found = {bid: result(scoring, each, agreed.get(bid, rules.NONE_AGREED)) for bid, each in marked.items()}
    assert {bid: printed(each.percent, 65) for bid, each in found.items()} == {bid: percent for bid, (_, _, percent) in ROUND.items()}
    assert Counter(each.band for each in found.values()) == {"high": 2, "good": 5, "fair": 4, "low": 1}
    assert {bid: each.below_floor for bid, each in found.items() if each.below_floor} == {11: ("zone_led",), 12: ("zone_led",)}
    places = ranked_list(scoring, found, {bid: amount for bid, (_, amount, _) in ROUND.items()})
    assert [each.bid for each in places] == [1, 2, 3, 5, 6, 4, 7, 11, 8, 9, 10, 12]
    assert above(places, scoring.line) == ([1, 2, 3, 5, 6, 4], 39_305_40)
    assert [places[5].so_far, places[6].so_far, places[7].so_far] == [39_305_40, 47_705_40, 47_705_40]
