"""Red, amber, green: the word and its rule, said once."""

import pytest

from partnerhub.rules.targets import RAG_LABELS, Rag, Target, rag


@pytest.mark.parametrize(
    ("value", "target", "direction", "out_of", "label", "sentence"),
    [
        (623, Target(900), "higher", 740, "Amber", "target 90%, within a tenth"),
        (666, Target(900), "higher", 740, "Green", "target 90%, met"),
        (518, Target(900), "higher", 740, "Red", "target 90%, missed by more than a tenth"),
        (81, Target(900), "higher", 100, "Amber", "target 90%, within a tenth"),
        (809, Target(900), "higher", 1000, "Red", "target 90%, missed by more than a tenth"),
        (2249, Target(900), "higher", 2500, "Amber", "89.96%, target 90%, within a tenth"),
        (904, Target(904), "higher", 1000, "Green", "target 90.4%, met"),
        (9, Target(900), "higher", 9, "Not judged", "target 90%: based on fewer than 10"),
        (9, Target(900), "higher", 10, "Green", "target 90%, met"),
        (0, Target(900), "higher", 0, "Not judged", "target 90%: based on fewer than 10"),
        (12, None, "higher", 40, "Not judged", "no target"),
        (None, Target(900), "higher", None, "Not judged", "nothing is reported yet"),
        (900, Target(800), "neutral", None, "Not judged", "target 800: neither more nor less is better"),
        (1200, Target(1000), "higher", None, "Green", "target 1,000, met"),
        (900, Target(1000), "higher", None, "Amber", "target 1,000, within a tenth"),
        (899, Target(1000), "higher", None, "Red", "target 1,000, missed by more than a tenth"),
        (10, Target(10), "lower", None, "Green", "target 10 or less, met"),
        (11, Target(10), "lower", None, "Amber", "target 10 or less, within a tenth"),
        (12, Target(10), "lower", None, "Red", "target 10 or less, missed by more than a tenth"),
        (1, Target(0), "lower", None, "Red", "target 0 or less, missed by more than a tenth"),
        (80, Target(80, 100), "band", None, "Green", "target 80 to 100, met"),
        (100, Target(80, 100), "band", None, "Green", "target 80 to 100, met"),
        (72, Target(80, 100), "band", None, "Amber", "target 80 to 100, within a tenth"),
        (110, Target(80, 100), "band", None, "Amber", "target 80 to 100, within a tenth"),
        (111, Target(80, 100), "band", None, "Red", "target 80 to 100, missed by more than a tenth"),
        (71, Target(80, 100), "band", None, "Red", "target 80 to 100, missed by more than a tenth"),
    ],
)
def test_a_figure_is_judged_in_a_word_and_its_rule(value, target, direction, out_of, label, sentence):
    word, said = rag(value, target, direction, out_of)
    assert (RAG_LABELS[word], said) == (label, sentence)


@pytest.mark.parametrize(
    ("value", "out_of", "label", "sentence"),
    [
        (13100, 650, "Amber", "target 15.00 to 20.00, within a tenth"),  # 20.15 cases for each worker
        (10000, 650, "Green", "target 15.00 to 20.00, met"),
        (65000, 650, "Red", "target 15.00 to 20.00, missed by more than a tenth"),
    ],
)
def test_a_ratio_is_judged_as_the_plain_number_it_is(value, out_of, label, sentence):
    word, said = rag(value, Target(1500, 2000), "band", out_of, decimals=2, is_ratio=True)
    assert (RAG_LABELS[word], said) == (label, sentence)


def test_a_target_met_but_worse_for_two_periods_is_amber():
    word, said = rag(95, Target(900), "higher", 100, worse_for_two_periods=True)
    assert (word, said) == (Rag.AMBER, "target 90%, met, but worse for two periods")


def test_a_late_figure_gets_no_colour():
    assert rag(95, Target(900), "higher", 100, is_late=True) == (Rag.GREY, "target 90%: a return that was due is not in")
    assert rag(None, Target(900), "higher", is_late=True) == (Rag.GREY, "a return that was due is not in")


def test_money_is_compared_and_printed_in_its_decimals():
    assert rag(1050, Target(1000), "lower", decimals=2)[1] == "target 10.00 or less, within a tenth"
