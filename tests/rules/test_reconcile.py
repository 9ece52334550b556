"""The published tables come out as printed, and what does not reconcile is found: that, and nothing else."""

import pytest

from partnerhub.rules import periods, reconcile, summary
from partnerhub.rules.printed import in_full
from partnerhub.rules.reconcile import Balance, FormFacts
from partnerhub.rules.summary import ObservationRow
from tests.rules.published import ACCOMMODATION, LOCALITY, LWA, WALL, form, published_summary
from tests.rules.test_summary import INDICATORS, YEAR, asked, told

# By hand from the two tables as printed: four quarters and the printed total.
TABLE_1 = {
    "Number of referrals accepted into the service": (115, 263, 198, 164, 740),
    "Number of referrals not accepted into the service": (5, 9, 42, 27, 83),
    "Contact made following referral: within 48 hours": (91, 233, 168, 131, 623),
    "Contact made following referral: within 72 hours": (4, 5, 5, 3, 17),
    "Contact made following referral: 72 hours or more": (19, 25, 25, 30, 99),
    "Victims with positive case closure: number": (23, 19, 3, 20, 65),
    "Service users exiting the service within the quarter: planned exit": (109, 66, 88, 74, 337),
    "Service users exiting the service within the quarter: unplanned exit": (100, 62, 26, 32, 220),
}
TABLE_2 = {
    "Number of referrals accepted into the service": (7, 7, 5, 3, 22),
    "Number of referrals declined": (0, 0, 0, 0, 0),
    "Number of hours of support per quarter": (191, 330, 158, 193, 872),
    "Victims with positive case closure: number": (5, 3, 4, 5, 17),
    "Clients moved to appropriate housing: 6 months or less": (0, 3, 1, 1, 5),
    "Clients moved to appropriate housing: 6-9 months": (0, 1, 3, 0, 4),
    "Clients moved to appropriate housing: 9-12 months": (0, 0, 0, 1, 1),
    "Clients moved to appropriate housing: 12 months or more": (2, 0, 0, 3, 5),
    "Number of clients exiting the service: planned exit": (4, 5, 4, 5, 18),
    "Number of clients exiting the service: unplanned exit": (1, 1, 0, 0, 2),
}
PERCENT = "Victims with positive case closure: per cent"


@pytest.mark.parametrize(("service", "organisation", "table"), [(LOCALITY, LWA, TABLE_1), (ACCOMMODATION, WALL, TABLE_2)])
def test_every_count_and_total_of_a_published_table_is_reproduced(service, organisation, table):
    lines = [line for line in published_summary().lines if line.service == service and line.label != PERCENT]
    assert {line.label: tuple(cell.value for cell in (*line.cells, line.total)) for line in lines} == table
    assert {line.organisation for line in lines} == {organisation}
    assert [line.label for line in lines] == list(table)  # in the order printed
    assert all(cell.status == "approved" for line in lines for cell in (*line.cells, line.total))


def percent_line(service):
    return next(line for line in published_summary().lines if line.service == service and line.label == PERCENT)


def test_safe_accommodation_pools_17_of_20():
    line = percent_line(ACCOMMODATION)
    assert [cell[1:4] for cell in line.cells] == [(5, 5, 1000), (3, 6, 500), (4, 4, 1000), (5, 5, 1000)]
    assert line.total[1:5] == (17, 20, 850, "approved")
    assert in_full(line.total) == "17 of 20 (85%)"


def test_no_denominators_are_invented_for_the_locality_service():
    line = percent_line(LOCALITY)
    assert [cell[1:5] for cell in line.cells] == [(None, None, printed, "as_published") for printed in (890, 870, 1000, 830)]
    assert line.total[1:5] == (None, None, None, "cannot_be_combined")


def test_the_notes_on_the_published_tables_are_these_and_no_others():
    notes = published_summary().notes
    assert [(note.kind, note.text) for note in notes] == [
        ("impossible_percentage", "No whole number of people gives 89% from 23 or 87% from 19 (rounded half up, or cut)."),
        (
            "does_not_add_up",
            "Contact made following referral: the bands add up to 114 of 115 in Q1 and 739 of 740 in the year.",
        ),
        (
            "mean_of_percentages",
            "The published 90% is the mean of the four quarters' percentages (89.75), which gives 3 cases the same weight as 23.",
        ),
        ("as_published", "Victims with positive case closure: per cent: as published, cannot be pooled: no denominators."),
    ]
    assert {(note.about.service, note.about.organisation) for note in notes} == {(LOCALITY, LWA)}


def test_a_note_names_the_cells_that_it_speaks_of():
    line = percent_line(LOCALITY)
    impossible, bands, mean, _ = published_summary().notes
    assert impossible.about.receipts == (line.cells[0].receipt, line.cells[1].receipt)
    assert mean.about.receipts == (line.total.receipt,)
    assert {receipt.rpartition("/")[2] for receipt in bands.about.receipts} == {"2022-23-Q1", "2022-23"}


def test_all_eight_returns_are_in():
    assert str(published_summary().coverage) == "8 of 8 returns in"


# What a form says


def test_only_balances_of_one_period_are_taken_from_a_form():
    facts = reconcile.facts_of(form("da_locality_service_published"))
    bands = ((1, "contact_within_48h"), (1, "contact_within_72h"), (1, "contact_after_72h"))
    assert [(balance.left, balance.right) for balance in facts.balances] == [(bands, ((1, "referrals_accepted"),))]
    assert dict(facts.numbers_from) == {"positive_closure_percent": "positive_closure_number"}
    assert reconcile.facts_of(form("safe_accommodation_published")) == FormFacts()


def test_balances_with_the_last_period_or_a_breakdown_are_left_to_the_form():
    facts = reconcile.facts_of(form("da_locality_service_return"))
    assert [balance.right for balance in facts.balances] == [((1, "referrals_accepted"),), ((1, "cases_open_end"),)]


# The rules, one by one


def notes_of(expected, observations, facts=None, period=YEAR):
    columns = periods.columns_of(period)
    lines = summary.lines(expected, observations, INDICATORS, columns, period)
    return [note.text for note in reconcile.notes(lines, observations, {"LWA": facts or FormFacts()}, columns, period)]


def as_published(indicator, figure):
    return told(indicator, {"as_published": figure}, labels=["2022-23"])


PAIR = FormFacts(numbers_from={"positive": "accepted"})
BARE = "Positive closure: as published, cannot be pooled: no denominators."


@pytest.mark.parametrize(
    ("percents", "counts", "year", "found"),
    [
        (("50%", "50%", "50%", "50%"), (1, 2, 3, 4), "50%", []),  # the mean, and the pool
        (("100%", "50%", "100%", "100%"), (5, 3, 4, 5), "85%", []),  # 17 of 20: pooled, not the mean
        (
            ("100%", "50%", "100%", "100%"),
            (5, 3, 4, 5),
            "88%",
            [  # 17 of 19 is 89, 17 of 20 is 85
                "No whole number of people gives 88% from 17 (rounded half up, or cut).",
                "The published 88% is the mean of the four quarters' percentages (87.5), which gives 3 cases the same weight as 5.",
            ],
        ),
        (("100%", "50%", "100%", "100%"), (5, 3, 4, 5), "70%", []),  # neither: nothing can be said of it
        (
            ("100%", "10%", "100%", "100%"),
            (1, 1, 1, 1),
            "78%",
            [  # equal counts: nothing to say about weights
                "No whole number of people gives 78% from 4 (rounded half up, or cut).",
                "The published 78% is the mean of the four quarters' percentages (77.5).",
            ],
        ),
        (
            ("89%", "87%", "89%", "87%"),
            (23, 19, 23, 19),
            "88%",
            [  # the mean, but 84 of 26 + 22 + 26 + 22 also makes 88%: nothing to say of the year
                "No whole number of people gives 89% from 23, 87% from 19, 89% from 23 or 87% from 19 (rounded half up, or cut).",
            ],
        ),
        (("100%", "50%", "100%"), (5, 3, 4), "83%", []),  # a quarter is missing, so a mean of four it is not
        (("88%", "50%", "100%", "100%"), (5, 3, 4, 5), None, ["No whole number of people gives 88% from 5 (rounded half up, or cut)."]),
        (("67%", "66%", "100%", "100%"), (2, 2, 4, 5), None, []),  # one rounded, one cut: each is possible
        (("89%", "87%", "12%", "100%"), (None,) * 4, None, []),  # no counts beside them: nothing to test
    ],
)
def test_percentages_as_published_are_tested_against_their_counts(percents, counts, year, found):
    rows = [*told("positive", *percents), *told("accepted", *counts), *(as_published("positive", year) if year else [])]
    assert notes_of(asked("positive", *("approved",) * 4), rows, PAIR) == [*found, BARE]


BANDS = Balance(((1, "accepted"), (1, "distinct")), ((1, "opening"),), "The parts should make the whole.")
SUMS = Balance(((1, "accepted"), (1, "spare")), ((1, "all"),), "The parts should make the whole.")


def adding_up(first, second, whole, *, balance=SUMS, labels=("Part: one", "Part: two", "Whole"), blanks="skip_if_any"):
    library = {**INDICATORS, **{key: INDICATORS["accepted"]._replace(label=key) for key in ("spare", "all")}}
    names = ("accepted", "spare", "all")
    expected = [row for name, label in zip(names, labels, strict=True) for row in asked(name, *("approved",) * 4, label=label)]
    observations = [row for name, figures in zip(names, (first, second, whole), strict=True) for row in told(name, *figures)]
    columns = periods.columns_of(YEAR)
    lines = summary.lines(expected, observations, library, columns, YEAR)
    facts = FormFacts((Balance(balance.left, balance.right, balance.message, blanks, blanks),))
    return [note.text for note in reconcile.notes(lines, observations, {"LWA": facts}, columns, YEAR)]


@pytest.mark.parametrize(
    ("first", "second", "whole", "found"),
    [
        ((1, 2, 3, 4), (1, 1, 1, 1), (2, 3, 4, 5), []),
        ((1, 2, 3, 4), (1, 1, 1, 1), (2, 3, 4, 6), ["Part: the bands add up to 5 of 6 in Q4 and 14 of 15 in the year."]),
        ((1, 2, 3, 4), (1, 1, 1, 1), (3, 2, 4, 5), ["Part: the bands add up to 2 of 3 in Q1 and 3 of 2 in Q2."]),  # the year agrees
        ((1, 2, 3, None), (1, 1, 1, 1), (2, 3, 5, 900), ["Part: the bands add up to 4 of 5 in Q3."]),  # Q4 is not complete, nor is the year
        ((1, 2, 3, "n/a"), (1, 1, 1, "n/a"), (2, 3, 5, "n/a"), ["Part: the bands add up to 4 of 5 in Q3 and 9 of 10 in the year."]),
        (
            (1000, 2, 3, 4),
            (1, 1, 1, 1),
            (2000, 4, 5, 6),
            ["Part: the bands add up to 1,001 of 2,000 in Q1, 3 of 4 in Q2, 4 of 5 in Q3, 5 of 6 in Q4 and 1,013 of 2,015 in the year."],
        ),
        ((), (), (), []),
    ],
)
def test_parts_that_do_not_make_their_whole_are_said_for_each_period(first, second, whole, found):
    assert adding_up(first, second, whole) == found


def test_without_a_common_wording_the_check_speaks_for_itself():
    found = adding_up((1,), (1,), (3,), labels=("One", "Two", "Whole"))
    assert found == ["The parts should make the whole: the parts add up to 2 of 3 in Q1."]


def test_what_is_taken_away_is_set_against_the_other_side():
    balance = Balance(((1, "accepted"), (-1, "spare")), ((1, "all"),), "They should balance.")
    assert adding_up((5,), (2,), (4,), balance=balance) == ["They should balance: 3 against 4 in Q1."]


def test_a_whole_may_stand_on_the_left():
    balance = Balance(((1, "all"),), ((1, "accepted"), (1, "spare")), "They should balance.")
    assert adding_up((1,), (1,), (3,), balance=balance) == ["Part: the bands add up to 2 of 3 in Q1."]


@pytest.mark.parametrize(("blanks", "found"), [("skip_if_any", []), ("never", ["Part: the bands add up to 1 of 3 in Q1."])])
def test_a_blank_is_treated_as_the_check_says(blanks, found):
    assert adding_up((1,), (None,), (3,), blanks=blanks)[:1] == found


def test_figures_that_do_not_add_up_over_time_are_not_compared_over_the_year():
    rows = [*told("accepted", 1, 1, 1, 1), *told("distinct", 1, 1, 1, 1), *told("opening", 2, 2, 2, 3)]
    assert notes_of([], rows, FormFacts((BANDS,))) == ["The parts should make the whole: the parts add up to 2 of 3 in Q4."]


@pytest.mark.parametrize(
    ("indicator", "figures", "year", "found"),
    [
        ("accepted", (1, 2, 3, 4), 10, []),
        ("accepted", (1, 2, 3, 4), 11, ["Accepted: the published figure for 2022-23 is 11; the figures reported give 10."]),
        ("accepted", (1, 2, 3, None), 11, []),  # a quarter is missing: nothing to compare
        ("positive", ((5, 5), (3, 6), (4, 4), (5, 5)), "85%", []),
        (
            "positive",
            ((5, 5), (3, 6), (4, 4), (5, 5)),
            "88%",
            ["Positive closure: the published 88% for 2022-23 is not the 85% that 17 of 20 gives."],
        ),
        ("positive", ((2, 3), (0, 0), (0, 0), (0, 0)), "66%", []),  # cut, not rounded
        ("spend", (105, 0, 0, 0), 110, ["Spend: the published figure for 2022-23 is 1.10; the figures reported give 1.05."]),
    ],
)
def test_a_published_total_is_compared_with_what_the_figures_give(indicator, figures, year, found):
    rows = [*told(indicator, *figures), *as_published(indicator, year)]
    assert notes_of(asked(indicator, *("approved",) * 4), rows) == found


def test_a_published_figure_of_a_quarter_is_compared_too():
    rows = [*told("positive", (5, 5)), ObservationRow("Locality", "LWA", "LWA", "positive", "2022-23 Q1", None, None, 990, "as_published")]
    assert notes_of([], rows) == ["Positive closure: the published 99% for 2022-23 Q1 is not the 100% that 5 of 5 gives."]


def test_a_percentage_as_published_is_noted_while_it_is_provisional_and_a_count_as_published_is_not():
    assert notes_of([], told("positive", {"provisional": "89%"}, {"provisional": "87%"})) == [BARE]
    assert notes_of([], told("accepted", {"as_published": 5}, {"as_published": 6})) == []


def test_a_closing_figure_of_an_unfinished_year_says_as_at_when():
    rows = [*told("open", 40, 50), *told("accepted", 1, 2)]
    assert notes_of(asked("open", "approved", "approved", "due", "due"), rows) == [
        "Open cases: as at the end of 2022-23 Q2, the latest reported."
    ]


def test_a_complete_and_consistent_year_has_no_notes():
    rows = [
        row
        for name, figures in (("accepted", (1, 2, 3, 4)), ("open", (1, 2, 3, 4)), ("positive", ((1, 2),) * 4))
        for row in told(name, *figures)
    ]
    assert notes_of(asked("accepted", *("approved",) * 4), rows) == []
