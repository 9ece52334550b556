"""Reports and instalments of awards by tables of figures worked out by hand; the words of agreements."""

from dataclasses import replace
from datetime import date

import pytest

from partnerhub.catalogue.wording import first_wording
from partnerhub.rules import agreement_words
from partnerhub.rules.awards import DueReport, has_half_way_report, has_lapsed, reports_due, still_owed
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.rounds import Terms

TERMS = Terms(
    "", "", "", 10_000_00, 12, (),
    report_form="end", report_due_days=28, half_way_form="half way", half_way_above=5_000_00, half_way_months=6,
)  # fmt: skip
START = date(2025, 1, 6)


@pytest.mark.parametrize(
    ("amount", "ends", "half_way"),
    [
        (2_500_00, date(2025, 7, 5), None),  # six months to the day, and small
        (5_000_00, date(2025, 7, 5), None),  # "more than" £5,000
        (5_000_01, date(2025, 7, 5), date(2025, 4, 6)),  # 180 days on, the 90th day
        (2_500_00, date(2025, 7, 6), date(2025, 4, 6)),  # a day longer than six months: 181 days, half a day is dropped
        (7_940_00, date(2025, 12, 31), date(2025, 7, 4)),  # 359 days on: 179
    ],
)
def test_a_half_way_report_is_due_for_what_is_larger_or_longer(amount, ends, half_way):
    found = {each.is_half_way: each for each in reports_due(amount, START, ends, TERMS)}
    assert (found[True].due_on if True in found else None) == half_way


def test_the_last_report_is_due_so_many_days_after_the_end_and_half_way_comes_first():
    assert reports_due(7_940_00, START, date(2025, 12, 31), TERMS) == [
        DueReport(True, date(2025, 7, 4), date(2025, 7, 4)),
        DueReport(False, date(2025, 12, 31), date(2026, 1, 28)),
    ]


def test_a_fund_without_forms_asks_for_no_report():
    assert reports_due(9_000_00, START, date(2026, 1, 5), Terms("", "", "", 10_000_00, 12, ())) == []


def test_larger_or_longer_grants_report_half_way():
    assert has_half_way_report(5_000_01, None, TERMS)
    assert has_half_way_report(100, 7, TERMS)
    assert not has_half_way_report(5_000_00, 6, TERMS)
    assert not has_half_way_report(5_000_01, 12, replace(TERMS, half_way_above=0, half_way_months=0))
    assert not has_half_way_report(5_000_01, 12, replace(TERMS, half_way_form=None))


def test_what_is_still_owed_names_reports_and_payments():
    owed = still_owed([("Half-way update", "approved"), ("End-of-project report", "submitted")], [(1, "released"), (2, "planned")])
    assert owed == ["End-of-project report is not approved", "payment 2 is not released"]
    assert still_owed([("Half-way update", "waived")], [(1, "cancelled")]) == []


def test_an_offer_stands_through_its_last_day_and_for_good_once_signed():
    last = date(2025, 1, 17)
    assert not has_lapsed(last, last, False)
    assert has_lapsed(last, date(2025, 1, 18), False)
    assert not has_lapsed(last, date(2025, 1, 18), True)
    assert not has_lapsed(None, date(2030, 1, 1), False)


# The words


def test_a_name_that_nothing_stands_for_is_refused_in_a_sentence():
    with pytest.raises(BadAnswer, match=r"Nothing stands for \{sum\} and \{\}\. The names that can be used are \{office\}"):
        agreement_words.check("We give {amount}, or {sum}, to {organisation} {}.")


@pytest.mark.parametrize("text", ["We give {amount", "We give amount}", "{{amount}}"])
def test_a_brace_alone_is_refused(text):
    with pytest.raises(BadAnswer, match="brace without its other half"):
        agreement_words.check(text)


def test_what_is_filled_in_is_not_read_for_names_again():
    assert (
        agreement_words.filled("To {organisation}: {amount}", {"organisation": "The {amount} club", "amount": "£5"})
        == "To The {amount} club: £5"
    )


def test_the_first_wording_is_one_that_could_be_saved_and_names_everything():
    title, text = first_wording()
    agreement_words.check(text)
    assert title == "Grant agreement"
    assert all(f"{{{name}}}" in text for name in agreement_words.NAMES)


def test_headings_lists_and_paragraphs_are_told_apart():
    text = "# 1. Money\nWe pay:\n\n- first\n- second\nand no more.\n\n\nThe end."
    assert list(agreement_words.blocks(text)) == [
        ("heading", ("1. Money",)),
        ("paragraph", ("We pay:",)),
        ("list", ("first", "second")),
        ("paragraph", ("and no more.",)),
        ("paragraph", ("The end.",)),
    ]
