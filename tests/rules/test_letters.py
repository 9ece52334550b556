"""What a letter says, with figures worked out by hand."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from partnerhub.rules import letters
from partnerhub.rules.words import Outcome
from tests.rules.test_scoring import TEN_POINTS, TWO_CRITERIA, scheme

TWO, TEN = scheme(TWO_CRITERIA), scheme(TEN_POINTS)
NOW = datetime(2024, 12, 2, 9, tzinfo=UTC)


def test_the_average_is_that_of_the_funded_bids():
    funded = [{"need": 5, "delivery": 4}, {"need": 4, "delivery": 4}, {"need": Fraction(14, 3), "delivery": 3}]
    assert letters.funded_average(TWO, funded) == {"need": Fraction(41, 9), "delivery": Fraction(11, 3)}


@pytest.mark.parametrize("count", [0, 1, 2])
def test_of_fewer_than_three_funded_bids_no_average_is_told(count):
    assert letters.funded_average(TWO, [{"need": 5, "delivery": 4}] * count) == {}
    assert "average" in letters.compared(count)
    assert str(count) not in letters.compared(count)


def test_a_criterion_that_few_funded_bids_were_marked_on_has_no_average():
    funded = [{"need": 5, "delivery": 4}, {"need": 4, "delivery": 4}, {"need": 4}]
    assert letters.funded_average(TWO, funded) == {"need": Fraction(13, 3)}


# average need 4, delivery 4; half of the highest mark is 2.5
@pytest.mark.parametrize(
    ("need", "delivery", "found"),
    [
        ("4", "4", ("need",)),  # none is weak: need lost 60 × 1, delivery 40 × 1
        ("5", "4", ("delivery",)),  # none is weak, and only delivery lost any
        ("5", "5", ()),  # nothing was lost
        ("3", "4", ("need",)),  # exactly one point below
        ("10/3", "4", ("need",)),  # two thirds of a point below: not weak, but it cost most
        ("10/3", "3", ("delivery",)),
        ("4", "2", ("delivery",)),
        ("1", "2", ("need", "delivery")),
    ],
)
def test_what_is_weak(need, delivery, found):
    average = {"need": Fraction(4), "delivery": Fraction(4)}
    assert letters.weak(TWO, {"need": Fraction(need), "delivery": Fraction(delivery)}, average) == found


@pytest.mark.parametrize(("mark", "is_weak"), [("5/2", False), ("12/5", True)])
def test_without_an_average_less_than_half_of_the_highest_mark_is_weak(mark, is_weak):
    assert ("delivery" in letters.weak(TWO, {"need": 1, "delivery": Fraction(mark)}, {})) is is_weak


def test_what_had_to_be_passed_and_was_not_is_weak_on_any_scale():
    marks = {"eligible": 1, "governance": 0, "need": 5, "outcomes": 4, "outputs": 9, "evaluation": 10}
    assert letters.weak(TEN, marks, {}) == ("governance", "outcomes")
    said = {each["key"]: each["mark"] for each in letters.judged(TEN, marks, {})}
    assert (said["eligible"], said["governance"], said["outputs"]) == ("passed", "not passed", "9 of 10")


def test_marks_read_as_they_were_kept_and_are_printed_to_one_decimal():
    marks = letters.exact({"need": "14/3", "delivery": 4, "other": None})
    assert marks == {"need": Fraction(14, 3), "delivery": 4}
    told = letters.judged(TWO, marks, {"need": Fraction(41, 9)})
    assert told == [
        {"key": "need", "label": "Need (60%)", "mark": "4.7 of 5", "average": "4.6", "weak": False},
        {"key": "delivery", "label": "Delivery (40%)", "mark": "4 of 5", "average": "", "weak": True},
    ]


def test_where_the_line_was_is_told_and_no_percentage_is_lifted_to_it():
    assert letters.reached(6267, 650) == "Your application reached 62.7%. The line was drawn at 65%."
    assert letters.reached(6496, 650).startswith("Your application reached 64.96%.")
    assert letters.reached(None, 650) == ""
    assert letters.reached(6267, None) == "Your application reached 62.7%."


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.AWARD, "The answer is yes: we offer you £7,940.00 for “Boxing” (PZ-1)."),
        (Outcome.PART, "The answer is yes to a part: we offer you £7,940.00 for “Boxing” (PZ-1)."),
        (Outcome.DECLINE, "We are sorry that the answer is no: we will not fund “Boxing” (PZ-1)."),
        (Outcome.RESERVE, "We cannot fund “Boxing” (PZ-1) now, but it is number 2 on our reserve list."),
        (Outcome.DEFER, "We have not decided on “Boxing” (PZ-1) yet."),
    ],
)
def test_the_first_sentence_is_the_answer(outcome, said):
    assert letters.opening(outcome, letters.project_named("Boxing", "PZ-1"), "£7,940.00", 2) == said


def test_every_outcome_has_its_draft_and_none_hides_behind_others():
    assert set(letters.DRAFTS) == set(Outcome)
    assert not [each for each in letters.DRAFTS.values() if letters.EMPTY_PHRASE.search(each)]


def test_the_next_round_is_told_or_that_there_is_none():
    opens, closes = datetime(2025, 1, 6, 9, tzinfo=UTC), datetime(2025, 2, 3, 17, tzinfo=UTC)
    assert "no date" in letters.next_round("", None, None, NOW)
    said = letters.next_round("Example fund, round 3", opens, closes, NOW, [(datetime(2025, 1, 8, 18, tzinfo=UTC), "Town hall")])
    assert said.startswith("You can apply again: Example fund, round 3 opens on Monday 6 January 2025, 9am (British time), and closes on")
    assert said.endswith("There is a bid workshop on Wednesday 8 January 2025, 6pm (British time): Town hall.")
    assert "round 3 is open, and" in letters.next_round("Example fund, round 3", opens, closes, datetime(2025, 1, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    ("amount", "said"), [(2_500_00, "In one payment"), (2_500_01, "In 2 payments, of 80% and 20%"), (0, "In one payment")]
)
def test_how_it_is_paid(amount, said):
    assert letters.paid(amount, 2_500_00, [80, 20]) == said


def test_the_last_report_is_promised_by_a_day():
    assert letters.reports(True, 28, date(2025, 9, 30))[1] == "A report at the end of the project, by Tuesday 28 October 2025"


CRITERIA = [{"key": "need", "label": "Need (60%)", "weak": True}, {"key": "delivery", "label": "Delivery (40%)", "weak": False}]
SAID = {"need": {"strength": "It names those who ask for it.", "improvement": "Say how many will come."}}


def owed(outcome=Outcome.DECLINE, text="Thank you.", feedback=SAID, terms=None, names=()):
    return letters.owed(outcome, text, CRITERIA, feedback, terms or {}, names, date(2024, 12, 2))


def test_a_no_needs_a_strength_and_an_improvement_for_each_weak_criterion():
    assert owed() == []
    assert [field for _, field in owed(feedback={})] == ["strength.need", "improvement.need"]
    assert [field for _, field in owed(feedback={"need": SAID["need"] | {"improvement": " "}})] == ["improvement.need"]
    assert [field for _, field in owed(text=" ")] == ["text"]


def test_an_offer_needs_its_days_in_order_and_time_to_answer():
    days = {"starts": "2025-01-06", "ends": "2025-06-30", "answer_by": "2024-12-20"}
    assert owed(Outcome.AWARD, terms=days) == []
    assert [field for _, field in owed(Outcome.PART)] == ["starts", "ends", "answer_by"]
    assert [field for _, field in owed(Outcome.AWARD, terms=days | {"ends": "2025-01-05"})] == ["ends"]
    assert [field for _, field in owed(Outcome.AWARD, terms=days | {"answer_by": "2024-12-02"})] == ["answer_by"]


def test_what_waits_needs_its_day():
    assert [field for _, field in owed(Outcome.RESERVE)] == ["until"]
    assert [field for _, field in owed(Outcome.DEFER)] == ["missing", "until"]
    assert owed(Outcome.DEFER, terms={"missing": "The accounts", "until": "2025-01-31"}) == []


def test_no_letter_hides_behind_numbers_or_names_who_marked():
    [(sentence, field)] = owed(text="Due to the high volume of bids we cannot say more.")
    assert (field, "other" in sentence) == ("text", True)
    named = {"need": SAID["need"] | {"strength": "dot matrix liked it"}}
    assert [field for _, field in owed(feedback=named, names=["Dot Matrix"])] == ["strength.need"]
    assert owed(feedback={"need": SAID["need"] | {"strength": "Anna is not Ann"}}, names=["An"]) == []


def test_a_letter_names_only_the_reports_that_are_asked_for():
    assert letters.reports(True, None, date(2025, 9, 30)) == ["A short report half-way through the project"]
    assert letters.reports(False, 28, None) == ["A report at the end of the project, within 28 days of its end"]
    assert letters.reports(False, None, None) == []


def test_a_payment_of_nothing_is_not_promised():
    assert letters.paid(5_000_00, 2_500_00, [80, 20, 0]) == "In 2 payments, of 80% and 20%"
    assert letters.paid(5_000_00, 2_500_00, [100, 0]) == "In one payment"
