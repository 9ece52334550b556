"""Every kind of question reads what people type, shows it, and refuses the rest with a sentence."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.expressions import BLANK
from partnerhub.rules.question_types import NOT_APPLICABLE, TYPES, Choice, Figure, Limit, joined, rows
from partnerhub.rules.questionnaire import Question, Share
from partnerhub.rules.questionnaire import parse as parsed

UUID = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
OPTIONS = (Choice("one", "The first"), Choice("two", "The second"), Choice("three", "The third"))
CATEGORIES = (Choice("E07000129", "Blaby"), Choice("not_known", "Not known"))


def question(name, **rest):
    made = Question(key="q", type=TYPES[name], section="s", label="Question", **rest)
    return replace(made, cells=made.type.cells(made))


def column(key, name, **rest):
    return replace(question(name, **rest), key=key)


COLUMNS = (column("item", "short_text", required=True), column("total", "money"), column("kind", "single_choice", options=OPTIONS))
EVERY = {
    name: question(name, **rest)
    for name, rest in {
        "short_text": {},
        "long_text": {"limit": Limit(words=100)},
        "whole_number": {},
        "decimal": {"decimals": 2},
        "money": {},
        "percentage": {},
        "yes_no": {},
        "single_choice": {"options": OPTIONS},
        "multiple_choice": {"options": OPTIONS},
        "date": {},
        "month": {},
        "email": {},
        "phone": {},
        "postcode": {},
        "address": {},
        "organisation": {},
        "table": {"columns": COLUMNS},
        "breakdown": {"categories": CATEGORIES, "breakdown": "district"},
        "computed": {"share": None},
        "file": {},
        "declaration": {},
        "information": {},
        "percentage_as_published": {},
    }.items()
}


def cells_of(each):
    return ("r1.item", "r1.total", "r1.kind", "r1._order", "r1._deleted") if each.type.name == "table" else each.cells or ("",)


def read(name, text, cell=None, **rest):
    each = replace(EVERY[name], **rest)
    return each.type.read(each, cells_of(each)[0] if cell is None else cell, text)


def test_the_tables_here_leave_out_no_kind_of_question():
    assert set(EVERY) == set(TYPES)
    assert {each.template for each in TYPES.values()} == set(TYPES)


READ = [
    ("short_text", " A  title ", "A  title", "A  title"),
    ("short_text", "two\nlines", "two lines", "two lines"),
    ("short_text", "<b>=1+1</b>", "<b>=1+1</b>", "<b>=1+1</b>"),
    ("long_text", "two\r\nlines ", "two\nlines", "two\nlines"),
    ("whole_number", "12", 12, "12"),
    ("whole_number", " 12 ", 12, "12"),
    ("whole_number", "0", 0, "0"),
    ("whole_number", "1,234", 1234, "1,234"),
    ("whole_number", "1 234 567", 1234567, "1,234,567"),
    ("whole_number", "\u00a01\u202f234\u00a0", 1234, "1,234"),
    ("whole_number", "12.0", 12, "12"),
    ("whole_number", "007", 7, "7"),
    ("whole_number", "+5", 5, "5"),
    ("whole_number", "１２", 12, "12"),
    ("whole_number", "٣", 3, "3"),
    ("whole_number", str(2**53), 2**53, "9,007,199,254,740,992"),
    ("decimal", "12.5", 1250, "12.50"),
    ("decimal", ".5", 50, "0.50"),
    ("decimal", "1,234.50", 123450, "1,234.50"),
    ("decimal", "3.", 300, "3.00"),
    ("decimal", "0.500", 50, "0.50"),
    ("money", "£1,234.50", 123450, "£1,234.50"),
    ("money", "1234.5", 123450, "£1,234.50"),
    ("money", "£ 12", 1200, "£12.00"),
    ("money", "12 GBP", 1200, "£12.00"),
    ("money", "￡１２", 1200, "£12.00"),
    ("money", "0", 0, "£0.00"),
    ("percentage", "7", 7, "7"),
    ("percentage_as_published", "89", 890, "89%"),
    ("percentage_as_published", "12%", 120, "12%"),
    ("percentage_as_published", " 87.5 % ", 875, "87.5%"),
    ("percentage_as_published", "100", 1000, "100%"),
    ("breakdown", "1,000", 1000, "1,000"),
    ("yes_no", "yes", "yes", "Yes"),
    ("yes_no", "NO", "no", "No"),
    ("yes_no", "y", "yes", "Yes"),
    ("single_choice", "two", "two", "The second"),
    ("single_choice", "the second", "two", "The second"),
    ("multiple_choice", "three\none", ["one", "three"], "The first, The third"),
    ("multiple_choice", "one, two", ["one", "two"], "The first, The second"),
    ("date", "27 3 2026", "2026-03-27", "27 March 2026"),
    ("date", "27/03/2026", "2026-03-27", "27 March 2026"),
    ("date", "27.3.2026", "2026-03-27", "27 March 2026"),
    ("date", "27 March 2026", "2026-03-27", "27 March 2026"),
    ("date", "27th mar 2026", "2026-03-27", "27 March 2026"),
    ("date", "1st of May 2026", "2026-05-01", "1 May 2026"),
    ("date", "2026-03-27", "2026-03-27", "27 March 2026"),
    ("date", "29 2 2028", "2028-02-29", "29 February 2028"),
    ("month", "March 2026", "2026-03", "March 2026"),
    ("month", "03 2026", "2026-03", "March 2026"),
    ("month", "2026-03", "2026-03", "March 2026"),
    ("month", "Sept 2026", "2026-09", "September 2026"),
    ("month", "31 3 2026", "2026-03", "March 2026"),
    ("month", "31 March 2026", "2026-03", "March 2026"),
    ("month", "2026-03-31", "2026-03", "March 2026"),
    ("email", "Jo.Bloggs@Example.ORG", "Jo.Bloggs@example.org", "Jo.Bloggs@example.org"),
    ("phone", "0116 496 0000", "0116 496 0000", "0116 496 0000"),
    ("phone", "+44 7700 900982", "07700 900982", "07700 900982"),
    ("phone", "+33 1 23 45 67 89", "+33 1 23 45 67 89", "+33 1 23 45 67 89"),
    ("postcode", "le11aa", "LE1 1AA", "LE1 1AA"),
    ("postcode", " LE12  8TX ", "LE12 8TX", "LE12 8TX"),
    ("postcode", "ec1a 1bb", "EC1A 1BB", "EC1A 1BB"),
    ("address", " 1  High Street ", "1 High Street", "1 High Street"),
    ("organisation", UUID.upper(), UUID, UUID),
    ("table", "Chairs", "Chairs", "Chairs"),
    ("file", "ab-12\n", ["ab-12"], "1 file"),
    ("declaration", "on", "yes", "Agreed"),
]


@pytest.mark.parametrize(("name", "typed", "value", "shown"), READ)
def test_what_people_type_is_read_and_shown(name, typed, value, shown):
    found = read(name, typed)
    each = EVERY[name]
    assert found == value
    assert each.type.show(each, cells_of(each)[0], found) == shown


@pytest.mark.parametrize(("name", "typed", "value", "shown"), READ)
def test_a_value_written_out_reads_back_as_itself(name, typed, value, shown):
    each = EVERY[name]
    assert read(name, each.type.write(each, cells_of(each)[0], value)) == value


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("whole_number", "12.5", "Enter a whole number, like 12. We kept what you typed, but it does not count yet."),
        ("whole_number", "twelve", "Enter a whole number, like 12."),
        ("whole_number", "-5", "Enter a number that is 0 or more."),
        ("whole_number", "−5", "Enter a number that is 0 or more."),
        ("whole_number", "1e9", "Enter a whole number, like 12."),
        ("whole_number", "NaN", "Enter a whole number, like 12."),
        ("whole_number", "½", "Enter a whole number, like 12."),
        ("whole_number", "5²", "Enter a whole number, like 12."),
        ("whole_number", "1,23", "Enter a whole number, like 12."),
        ("whole_number", "1.234,50", "Enter a whole number, like 12."),
        ("whole_number", "=1+1", "Enter a whole number, like 12."),
        ("whole_number", "0x10", "Enter a whole number, like 12."),
        ("whole_number", "£5", "Enter a whole number, like 12."),
        ("whole_number", "n/a", "Enter a whole number, like 12."),
        ("whole_number", "9" * 5000, "That number is too big."),
        ("whole_number", "9" * 20, "That number is too big."),
        ("whole_number", str(2**53 + 1), "That number is too big."),
        ("decimal", "1.234", "Enter a number with at most 2 decimal places."),
        ("decimal", "abc", "Enter a number, like 12.5."),
        ("money", "12p", "Enter an amount in pounds, like 1,234.50."),
        ("money", "$12", "Enter an amount in pounds"),
        ("money", "12.345", "at most 2 decimal places"),
        ("money", "-£3", "Enter a number that is £0.00 or more."),
        ("percentage", "45%", "Enter a whole number, like 12. We work out the percentage."),
        ("percentage_as_published", "101", "Enter a percentage from 0 to 100."),
        ("percentage_as_published", "12.55", "at most 1 decimal place."),
        ("breakdown", "many", "Enter a whole number, like 12."),
        ("yes_no", "maybe", "Choose yes or no."),
        ("single_choice", "four", "Choose one of the answers in the list."),
        ("multiple_choice", "one\nfour", "Choose from the answers in the list."),
        ("date", "31 2 2026", "Enter a date, like 27 3 2026."),
        ("date", "27/3/26", "Enter the year with four digits"),
        ("date", "03/27/2026", "Enter a date, like 27 3 2026."),
        ("date", "27 3 9999", "Enter a year between 1900 and 2099."),
        ("month", "31 2 2026", "Enter a month and a year, like 3 2026."),
        ("month", "13 2026", "Enter a month and a year, like 3 2026."),
        ("email", "a@b", "Enter an e-mail address, like name@example.org."),
        ("email", "a b@example.org", "Enter an e-mail address"),
        ("email", "a@example..org", "Enter an e-mail address"),
        ("phone", "999", "Enter a telephone number"),
        ("phone", "call me", "Enter a telephone number"),
        ("postcode", "LE1", "Enter a full UK postcode, like LE1 1AA."),
        ("organisation", "somebody", "Choose an organisation from the list."),
        ("file", "../../etc/passwd", "Choose a file to send."),
        ("file", "a b", "Send at most 1 file."),
        ("declaration", "no", "Tick the box if you agree."),
        ("computed", "5", "there is nothing to enter"),
        ("information", "x", "there is nothing to enter"),
        ("short_text", "x" * 256, "Shorten this to 255 characters. It has 256, which is 1 too many."),
        ("long_text", "word " * 101, "Shorten this to 100 words. It has 101, which is 1 too many."),
    ],
)
def test_what_cannot_be_read_is_answered_with_a_sentence(name, typed, sentence):
    with pytest.raises(BadAnswer) as refused:
        read(name, typed)
    assert sentence in refused.value.sentence


@pytest.mark.parametrize(
    ("name", "limit", "good", "bad"),
    [
        ("whole_number", Limit(min=-10, max=10), "-10", "-11"),
        ("whole_number", Limit(max=10), "10", "11"),
        ("decimal", Limit(max=Fraction(1, 2)), "0.5", "0.51"),
        ("money", Limit(min=100), "100", "99.99"),
        ("percentage", Limit(max=100), "100", "101"),
        ("date", Limit(min="2026-04-01"), "1 4 2026", "31 3 2026"),
        ("date", Limit(max="2026-04-01"), "1 4 2026", "2 4 2026"),
        ("month", Limit(min="2026-04"), "4 2026", "3 2026"),
        ("multiple_choice", Limit(choices=2), "one\ntwo", "one\ntwo\nthree"),
        ("file", Limit(files=2), "a b", "a b c"),
        ("short_text", Limit(characters=3), "e\u0301cu", "écus"),
        ("long_text", Limit(words=2), "two words", "now three words"),
        ("long_text", Limit(characters=5), "a\r\nb\r\nc", "a\r\nb\r\nc1"),
    ],
)
def test_limits_are_kept_to_the_last_unit(name, limit, good, bad):
    assert read(name, good, limit=limit) is not None
    with pytest.raises(BadAnswer, match="We kept what you typed"):
        read(name, bad, limit=limit)


HOSTILE = [
    "",
    " ",
    "\n",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff12",
    "x" * 1_000_000,
    "9" * 5000,
    "9" * 100_000,
    "-" + "9" * 400,
    "a" + "\u0300\u0316" * 49_000,
    "<script>alert(1)</script>",
    "=1+1",
    "@SUM(A1)",
    "+44",
    "-1",
    "1e308",
    "1e999999999",
    "NaN",
    "Infinity",
    "½",
    "²",
    "१२",
    "０",
    "1,234",
    "1,2,3,4",
    "£1,234.50",
    "£",
    "%",
    ".",
    "-",
    "0" * 70,
    "0." + "0" * 4300,
    "2026-13-45",
    "0000-00-00",
    "00 00 0000",
    "31 " * 30_000,
    "\u202e12",
    "\ufeff12",
    "a@" * 40_000,
    "a@" + "b." * 40_000 + "c",
    "tel:+44;ext=" + "1" * 5000,
    "+" * 5000,
    "one\n" * 20_000,
    "{{7*7}}",
    "%s%n",
    "' OR 1=1 --",
    "r1.item",
    "not applicable",
    "None",
    "null",
    "true",
    "[]",
    "{}",
]


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("may_not_apply", [False, True])
def test_no_hostile_text_brings_anything_but_a_sentence(name, may_not_apply):
    each = replace(EVERY[name], may_not_apply=may_not_apply)
    for cell in (*cells_of(each), "reason.check", "r1.item", "r9999.total", "number", "no such cell", "\x00", "r1.", ".", "reason."):
        for text in HOSTILE:
            try:
                value = each.type.read(each, cell, text)
            except BadAnswer as refused:
                assert refused.sentence.endswith((".", "?"))
                continue
            assert isinstance(each.type.show(each, cell, value), str)
            assert isinstance(each.type.write(each, cell, value), str)


@settings(max_examples=300)
@given(st.sampled_from(sorted(TYPES)), st.text(max_size=40), st.sampled_from(["", "number", "line1", "postcode", "r2.total", "E07000129"]))
def test_whatever_is_read_can_be_shown_and_reads_back(name, text, cell):
    each = EVERY[name]
    try:
        value = each.type.read(each, cell, text)
    except BadAnswer:
        return
    assert each.type.read(each, cell, each.type.write(each, cell, value)) == value
    each.type.show(each, cell, value).encode()


@pytest.mark.parametrize("text", ["not applicable", "N/A", "n/a", NOT_APPLICABLE, " Not applicable "])
def test_not_applicable_is_an_answer_of_its_own_where_it_is_allowed(text):
    assert read("whole_number", text, may_not_apply=True) == NOT_APPLICABLE
    assert read("percentage", text, may_not_apply=True) == NOT_APPLICABLE
    assert EVERY["money"].type.show(EVERY["money"], "", NOT_APPLICABLE) == "Not applicable"
    with pytest.raises(BadAnswer):
        read("percentage", text, cell="out_of", may_not_apply=True)
    with pytest.raises(BadAnswer):
        read("whole_number", text)


def test_nothing_typed_is_nothing_and_not_zero():
    assert [read(name, " \n ") for name in sorted(set(TYPES) - {"computed", "information"})] == [None] * (len(TYPES) - 2)


def test_reasons_are_read_beside_every_question():
    assert read("whole_number", " Staff sickness ", cell="reason.bands") == "Staff sickness"
    with pytest.raises(BadAnswer, match="Shorten this to 1,000 characters"):
        read("whole_number", "x" * 1001, cell="reason.bands")


@pytest.mark.parametrize(
    ("name", "cells", "meaning"),
    [
        ("whole_number", {"": 5}, 5),
        ("whole_number", {}, BLANK),
        ("whole_number", {"": NOT_APPLICABLE}, BLANK),
        ("whole_number", {"": "5"}, BLANK),
        ("decimal", {"": 1250}, Fraction(25, 2)),
        ("money", {"": 150}, Fraction(3, 2)),
        ("percentage", {"number": 3, "out_of": 4}, 75),
        ("percentage", {"number": 3, "out_of": 0}, BLANK),
        ("percentage", {"number": 3}, BLANK),
        ("percentage_as_published", {"": 895}, Fraction(179, 2)),
        ("breakdown", {"E07000129": 2, "not_known": 3}, 5),
        ("breakdown", {"not_known": 3, "elsewhere": 100}, 3),
        ("breakdown", {}, BLANK),
        ("yes_no", {"": "no"}, "no"),
        ("single_choice", {"": "two"}, "two"),
        ("multiple_choice", {"": ["one", "two"]}, ("one", "two")),
        ("date", {"": "2026-03-27"}, "2026-03-27"),
        ("file", {"": ["a", "b"]}, 2),
        ("long_text", {}, BLANK),
    ],
)
def test_what_an_answer_means_in_an_expression(name, cells, meaning):
    each = EVERY[name]
    assert each.type.meaning(each, cells) == meaning


FED = {"indicator": "i"}


@pytest.mark.parametrize(
    ("name", "rest", "cells", "figures"),
    [
        ("whole_number", {}, {"": 5}, [Figure("i", "all", 5)]),
        ("whole_number", {"figure_decimals": 2}, {"": 5}, [Figure("i", "all", 500)]),
        ("whole_number", {}, {"": 0}, [Figure("i", "all", 0)]),
        ("whole_number", {}, {}, []),
        ("whole_number", {}, {"": NOT_APPLICABLE}, [Figure("i", "all", None, not_applicable=True)]),
        ("decimal", {"decimals": 1, "figure_decimals": 2}, {"": 125}, [Figure("i", "all", 1250)]),
        ("money", {"figure_decimals": 2}, {"": 123450}, [Figure("i", "all", 123450)]),
        ("percentage", {}, {"number": 3, "out_of": 4}, [Figure("i", "all", 3, 4)]),
        ("percentage", {}, {"number": 0, "out_of": 0}, [Figure("i", "all", 0, 0)]),
        ("percentage", {}, {"number": 3}, []),
        ("percentage", {}, {"number": NOT_APPLICABLE}, [Figure("i", "all", None, not_applicable=True)]),
        ("percentage_as_published", {}, {"": 890}, [Figure("i", "all", None, None, 890)]),
        ("breakdown", {"of": "p"}, {"E07000129": 2}, [Figure("i", "district:E07000129", 2)]),
        (
            "breakdown",
            {},
            {"E07000129": 2, "not_known": 0},
            [Figure("i", "all", 2), Figure("i", "district:E07000129", 2), Figure("i", "district:not_known", 0)],
        ),
        ("breakdown", {"adds_up": False}, {"not_known": 1}, [Figure("i", "district:not_known", 1)]),
        (
            "breakdown",
            {"of": "p"},
            {"E07000129": NOT_APPLICABLE},
            [Figure("i", "district:E07000129", None, not_applicable=True), Figure("i", "district:not_known", None, not_applicable=True)],
        ),
        ("computed", {"decimals": 1, "figure_decimals": 2}, {"": 125}, [Figure("i", "all", 1250)]),
        ("computed", {"share": Share(None, None)}, {"number": 3, "out_of": 4}, [Figure("i", "all", 3, 4)]),
        ("computed", {"share": Share(None, None)}, {"number": 3}, []),
        ("long_text", {}, {"": "words"}, []),
    ],
)
def test_figures_that_an_answer_yields(name, rest, cells, figures):
    each = replace(EVERY[name], **FED | rest)
    assert list(each.type.figures(each, {"q": cells})) == figures
    unfed = replace(each, indicator="")
    assert list(unfed.type.figures(unfed, {"q": cells})) == []


def test_rows_of_a_table_keep_their_order_and_leave_out_what_was_taken_out():
    cells = {"r2.item": "b", "r10.item": "c", "r1.item": "a", "r1._order": 5, "r3.item": "gone", "r3._deleted": "yes"}
    cells |= {"reason.x": "y", "r4._order": 1, "r5.item": None}
    assert rows(cells) == ("r2", "r1", "r10")


def test_a_table_reads_each_cell_as_its_column():
    assert read("table", "£12", cell="r12.total") == 1200
    assert read("table", "The first", cell="r1.kind") == "one"
    assert read("table", "yes", cell="r1._deleted") == "yes"
    assert read("table", "", cell="r1._deleted") is None
    assert read("table", "3", cell="r1._order") == 3
    for unknown in ("", "r0.item", "r1.none", "x", "r1", "r10000.item", "r1._secret"):
        with pytest.raises(BadAnswer, match="not part of the question"):
            read("table", "5", cell=unknown)


def test_choices_may_come_from_reference_data():
    each = question("single_choice", options_from="districts")
    districts = {"districts": CATEGORIES}
    assert each.type.read(each, "", "Blaby", districts) == "E07000129"
    assert each.type.show(each, "", "E07000129", districts) == "Blaby"
    with pytest.raises(BadAnswer):
        each.type.read(each, "", "Blaby")


def test_several_choices_are_sent_as_one_text():
    assert read("multiple_choice", joined(["two", "one", "two"])) == ["one", "two"]


def test_a_breakdown_of_money_reads_money():
    document = {
        "questionnaire": "q",
        "title": "Q",
        "kind": "return",
        "breakdowns": {"area": ["North", "South"]},
        "sections": [
            {
                "key": "s",
                "title": "S",
                "questions": [
                    {"key": "spend", "type": "money", "label": "Spend"},
                    {"key": "by_area", "type": "breakdown", "of": "spend", "breakdown": "area"},
                ],
            }
        ],
    }
    grid = parsed(document).questions["by_area"]
    assert grid.label == "Spend by area"
    assert grid.type.read(grid, "north", "£12.50") == 1250
    assert grid.type.show(grid, "north", 1250) == "£12.50"
    assert grid.type.meaning(grid, {"north": 1250, "south": 50}) == 13
