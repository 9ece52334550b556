"""The money of an award, with figures worked out by hand: schedules, holds, what was not spent, and what is refused as a payee."""

from dataclasses import replace
from datetime import date

import pytest

from partnerhub.rules import payments as rules
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.payments import AwaitedReport, Standing, Underspend

TODAY = date(2026, 6, 3)


@pytest.mark.parametrize(
    ("amount", "one_payment_to", "per_cent", "parts"),
    [
        (2_500_00, 2_500_00, [80, 20], [2_500_00]),  # up to the limit, and with it
        (2_500_01, 2_500_00, [80, 20], [2_000_01, 500_00]),  # 80% is 2,000.008
        (9_812_65, 2_500_00, [80, 20], [7_850_12, 1_962_53]),
        (7_940_00, 0, [80, 20], [6_352_00, 1_588_00]),
        (1_000_00, 0, [100], [1_000_00]),
        (1_000_00, 0, [], [1_000_00]),
        (100_00, 0, [33, 33, 34], [33_00, 33_00, 34_00]),
        (100_01, 0, [1, 1, 1], [33_34, 33_33, 33_34]),  # by then 3,333.67, 6,667.33, all
        (1, 0, [80, 20], [1]),  # nothing is left to be paid later
        (3, 0, [50, 50], [2, 1]),  # half a penny goes up
        (10_000_00, 2_500_00, [50, 30, 20], [5_000_00, 3_000_00, 2_000_00]),
    ],
)
def test_an_award_is_cut_to_the_penny(amount, one_payment_to, per_cent, parts):
    assert rules.instalments(amount, one_payment_to, per_cent) == parts
    assert sum(parts) == amount


@pytest.mark.parametrize("shares", [[], [0, 0], [120, -20]])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(BadAnswer):
        rules.split(100, shares)


@pytest.mark.parametrize(
    ("payments", "reports", "places"),
    [(1, 2, [None]), (2, 0, [None, None]), (2, 1, [None, 0]), (2, 2, [None, 1]), (3, 2, [None, 0, 1]), (3, 1, [None, None, 0]), (0, 1, [])],
)
def test_the_last_payment_waits_for_the_last_report(payments, reports, places):
    assert rules.waits_for(payments, reports) == places


def test_a_schedule_pays_what_was_awarded():
    rules.refuse_other_sum([6_000_00, 4_000_00], 10_000_00)
    with pytest.raises(BadAnswer, match=r"add up to £9,999\.99, which is £0\.01 less than the £10,000 that this award pays"):
        rules.refuse_other_sum([6_000_00, 3_999_99], 10_000_00)
    with pytest.raises(BadAnswer, match="£250 more"):
        rules.refuse_other_sum([6_250_00, 4_000_00], 10_000_00)


FREE = Standing(
    amount=2_000_00, due_on=TODAY, award=10_000_00, paid=8_000_00, is_signed=True, has_ended=False, payee_is_checked=True,
    report=AwaitedReport("end-of-project report", date(2026, 5, 1), is_approved=True),
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"is_signed": False}, "The grant agreement is not signed by both sides yet."),
        ({"has_ended": True}, "The grant has ended, so nothing more is paid."),
        ({"payee_is_checked": False}, "The office has not checked yet to whom it pays."),
        ({"papers": ("Insurance: missing", "Accounts: expired on 3 May 2026")},
         "We wait for documents: Insurance: missing; Accounts: expired on 3 May 2026."),
        ({"report": AwaitedReport("half-way update", date(2026, 9, 30), is_approved=False)},
         "To be paid when the half-way update (due 30 September 2026) is approved."),
        ({"due_on": date(2026, 6, 4)}, "Not to be paid before 4 June 2026."),
        ({"spent": 9_000_00}, "The report says that £9,000 was spent, and with it more would be paid than that."),
        ({"amount": 2_000_01}, "With it £0.01 more would be paid than the award of £10,000."),
    ],
)  # fmt: skip
def test_each_thing_that_holds_a_payment_is_said(change, sentence):
    assert rules.holds(FREE, TODAY) == []
    assert rules.holds(replace(FREE, **change), TODAY) == [sentence]


def test_everything_that_holds_a_payment_is_said_at_once():
    held = replace(FREE, is_signed=False, payee_is_checked=False, due_on=date(2026, 7, 1), paid=9_000_00)
    assert len(rules.holds(held, TODAY)) == 4


@pytest.mark.parametrize(
    ("award", "paid", "spent", "asked_back", "unspent", "to_pay_back", "still_to_pay", "not_to_pay"),
    [
        (10_000_00, 8_000_00, 7_500_00, 0, 2_500_00, 500_00, 0, 2_000_00),
        (10_000_00, 8_000_00, 7_500_00, 500_00, 2_500_00, 0, 0, 2_000_00),
        (10_000_00, 8_000_00, 8_000_00, 0, 2_000_00, 0, 0, 2_000_00),
        (10_000_00, 8_000_00, 9_250_50, 0, 749_50, 0, 1_250_50, 749_50),
        (10_000_00, 8_000_00, 10_000_00, 0, 0, 0, 2_000_00, 0),
        (10_000_00, 10_000_00, 10_400_00, 0, 0, 0, 0, 0),  # more than the grant is the partner's own
        (2_500_00, 2_500_00, 0, 0, 2_500_00, 2_500_00, 0, 0),
        (10_000_00, 0, 4_000_00, 0, 6_000_00, 0, 4_000_00, 6_000_00),
    ],
)
def test_what_was_not_spent_is_paid_back_or_not_paid(award, paid, spent, asked_back, unspent, to_pay_back, still_to_pay, not_to_pay):
    assert rules.underspend(award, paid, spent, asked_back) == Underspend(spent, unspent, to_pay_back, still_to_pay, not_to_pay)


def test_what_was_spent_is_known_by_the_question_that_asks_for_it():
    assert rules.grant_spent({"grant_spent": {"": 750_000}}) == 7_500_00
    assert rules.grant_spent({"other_money": {"": 5}}) is None


@pytest.mark.parametrize(
    "typed", ["S-10442", " 100 442 ", "SUP0012345", "12345678", "4500012345", "PZ-2024-2-0041", "ACME/7", "GBL-2024-000017"]
)
def test_a_reference_of_the_finance_system_is_taken(typed):
    assert rules.payee_reference(typed) == " ".join(typed.split())


@pytest.mark.parametrize(
    "typed",
    [
        "12-34-56 12345678", "12-34-56", "account 12345678, sort code 123456", "123456 12345678", "12 34 56 12345678",
        "12345612345678", "sort code 123456, account 1234567",
        "12–34–56/12345678", "GB29 NWBK 6016 1331 9268 19", "gb29nwbk60161331926819", "payee GB29NWBK60161331926819",
        "GB00NWBK60161331926819", "DE89370400440532013000", "A/C 12345678 (20.00.00)", "1 2 3 4 5 6 1 2 3 4 5 6 7 8",
    ],
)  # fmt: skip
def test_what_looks_like_a_bank_account_is_refused(typed):
    with pytest.raises(BadAnswer, match="This looks like a bank account"):
        rules.payee_reference(typed)


def test_an_empty_reference_is_refused():
    with pytest.raises(BadAnswer, match="Enter the reference"):
        rules.payee_reference("  ")


@pytest.mark.parametrize(
    ("status", "amount", "to_them", "to_others"),
    [
        ("released", 635_200, "Paid to you on 3 June 2026.", "Paid on 3 June 2026."),
        ("claimed", -6_000, "You have £60.00 to pay back by 13 July 2026.", "They have £60.00 to pay back by 13 July 2026."),
        ("received", -6_000, "You paid £60.00 back on 3 June 2026.", "They paid £60.00 back on 3 June 2026."),
        ("cancelled", 635_200, "Cancelled.", "Cancelled."),
        ("planned", 635_200, "", ""),
        ("prepared", 635_200, "", ""),
    ],
)
def test_how_a_payment_stands_is_told_to_whoever_gets_it_as_you(status, amount, to_them, to_others):
    days = date(2026, 7, 13), date(2026, 6, 3)
    assert rules.in_words(status, amount, *days, to_you=True) == to_them
    assert rules.in_words(status, amount, *days, to_you=False) == to_others
