"""Text as it is stored and counted, and what in it could identify a person."""

import json
import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerhub.rules import text
from partnerhub.rules.errors import BadAnswer

SPACES = "\t\n\x0b\x0c\r \u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("", 0),
        ("   \n", 0),
        ("one", 1),
        (" two words ", 2),
        ("a\u00a0b\u3000c\ufeffd", 4),
        ("it's well-known, isn't it?", 4),
        ("a\u200bb", 1),  # a zero-width space is no white space
        (SPACES.join("abcdef"), 6),
    ],
)
def test_words_are_runs_of_what_is_not_white_space(written, count):
    assert text.words(written) == count


@given(st.text(max_size=60))
def test_words_of_stored_text_are_those_of_python_when_there_is_no_byte_order_mark(written):
    stored = text.clean(written).replace("\ufeff", "")
    assert text.words(stored) == len(stored.split())


@pytest.mark.parametrize(
    ("written", "count"),
    [("abc", 3), ("a\r\nb", 3), ("a\rb", 3), ("e\u0301", 1), ("é", 1), ("🙂", 1), ("", 0)],
)
def test_characters_are_composed_and_a_line_break_is_one(written, count):
    assert text.characters(written) == count


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("plain", "plain"),
        ("a\r\nb\rc\x0bd\u2028e", "a\nb\nc\nd\ne"),
        ("a\x00b", "a\ufffdb"),
        ("\ud800 and \udfff", "\ufffd and \ufffd"),
        ("e\u0301", "é"),
        ("tab\tstays", "tab\tstays"),
        ("bell\x07", "bell\ufffd"),
        ("<b>&amp;</b> =1+1", "<b>&amp;</b> =1+1"),
    ],
)
def test_what_cannot_be_stored_is_replaced_and_the_rest_is_kept(typed, stored):
    assert text.clean(typed) == stored


@given(st.text(alphabet=st.characters(), max_size=200))
def test_cleaned_text_can_be_stored_and_cleaning_again_changes_nothing(typed):
    stored = text.clean(typed)
    stored.encode()
    assert "\x00" not in stored
    assert unicodedata.is_normalized("NFC", stored)
    assert text.clean(stored) == stored


def test_text_that_is_too_long_is_refused_with_a_sentence_and_not_kept():
    with pytest.raises(BadAnswer, match=r"1,000,000 characters long and we can keep 100,000\. It was not saved"):
        text.clean("x" * 1_000_000)


def test_thousands_of_accents_on_one_letter_are_cut_short():
    typed = "a" + "\u0300\u0316" * 40_000  # composing these untouched takes a processor for minutes
    assert len(text.clean(typed)) <= 31
    assert text.characters(typed) <= 31


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("We helped 12 people in 2026, up from 1,234.", ()),
        ("Nothing at all", ()),
        ("write to jo.bloggs+x@example.org.uk today", ("an e-mail address",)),
        ("Ring 0116 496 0000", ("a phone number",)),
        ("ring (0116) 4960000 or +44 7700 900123", ("a phone number",)),
        ("NHS number 943 476 5919", ("an NHS number",)),
        ("NHS number 943 476 5918", ()),  # its last digit proves it is none
        ("lives at LE1 6TH", ("a full postcode",)),
        ("people of LE1 and LE2", ()),
        ("born on 1 May 1990", ("a date of birth",)),
        ("DOB: 01/05/90", ("a date of birth",)),
        ("The project began on 1 May 2026", ()),
        ("a grant of £1234567890 was made", ()),
        ("a@example.org, 07700 900123", ("an e-mail address", "a phone number")),
    ],
)
def test_personal_details_are_told_by_kind(written, kinds):
    assert text.personal_details(written) == kinds


@given(st.text(alphabet="0123456789 ()+-.@aLE", max_size=300))
def test_no_text_upsets_the_search_for_personal_details(written):
    assert set(text.personal_details(written)) <= {
        "an e-mail address",
        "a phone number",
        "an NHS number",
        "a full postcode",
        "a date of birth",
    }


def test_a_long_text_is_searched_without_running_away():
    for repeated in ("0 ", "a.", "@a", "1-", "a@a.", "born ", "LE1 1"):
        text.personal_details(repeated * (100_000 // len(repeated)))


def test_the_browser_counts_the_same():
    node = shutil.which("node")
    samples = ["", " a  b ", SPACES.join("abc"), "e\u0301 \r\n x", "a\x1cb", "a\x85b", "a\u200bb", "🙂 🙂", "\ufeffa"]
    if node is None:  # the definition is held by the table above as well
        assert text.words("a\ufeffb") == 2
        return
    script = (
        "const s = JSON.parse(process.argv[1]);"
        "console.log(JSON.stringify(s.map(t => [(t.match(/\\S+/g) || []).length, [...t.replace(/\\r\\n?/g, '\\n').normalize()].length])))"
    )
    counted = json.loads(subprocess.run([node, "-e", script, json.dumps(samples)], check=True, capture_output=True, text=True).stdout)
    assert counted == [[text.words(each), text.characters(each)] for each in samples]


@pytest.mark.parametrize(
    "written",
    [
        "Your grant waits at http://evil.example",
        "See WWW.evil.example",
        "write@evil.example",
        "evil＠example.org",
        "http：//evil.example",
        "evil.example",
        "Pay at evil.co.uk/now",
        "Help (EVIL．example)",
        "See evil-bank.example.",
    ],
)
def test_a_name_that_holds_an_address_is_refused_with_a_sentence(written):
    with pytest.raises(BadAnswer, match="Leave web and e-mail addresses out of it"):
        text.name(written)


@pytest.mark.parametrize("written", ["Call 01164960123", "0116 496 0123 Helpline", "１２３４５６７"])
def test_a_name_that_holds_a_long_number_is_refused_with_a_sentence(written):
    with pytest.raises(BadAnswer, match="Leave phone and other numbers out of it"):
        text.name(written)


@pytest.mark.parametrize(
    "written",
    [
        "Women's Aid & Advice",
        "St. John's / Trinity: youth",
        "St.John's",
        "Mrs.Jones",
        "J.R.Smith",
        "No.1 Club",
        "Meadow C.I.C.",
        "Steps Ltd.",
        "1st 2nd 123456 Scouts",
        "O’Neill-Świątek",
        "",
    ],
)
def test_any_other_name_is_taken_as_it_is(written):
    assert text.name(written) == written
