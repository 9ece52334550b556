"""Lists as files: what each kind of value becomes, and nothing that a spreadsheet would run."""

import csv
import io
import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from partnerhub.documents import lists
from partnerhub.documents.lists import write_csv, write_json
from tests.documents.hostile import FORMULAS, ODD

ID = UUID("6f0f1b3c-7a0e-4d5e-9d62-0d6f0c0a9b11")
VALUES = {
    "text": "é “q”; , \n x",
    "number": -5,
    "none": None,
    "day": date(2022, 7, 4),
    "moment": datetime(2022, 6, 30, 23, 30, 5, 123, tzinfo=UTC),
    "id": ID,
    "several": ["a", "b"],
    "mapping": {"before": "a", "after": None, "periods": ["2022-23 Q1", "2022-23 Q2"], "nothing": []},
}
LISTS = ("RETURNS", "ORGANISATIONS", "PEOPLE", "HISTORY", "PROGRAMMES", "PERIODS", "FORMS", "FORMS_IN_USE")
COLUMNS = {name: lambda row, name=name: row[name] for name in VALUES}


def written(write, columns, rows) -> str:
    file = io.StringIO(newline="")
    write(file, columns, rows)
    return file.getvalue()


def test_csv_has_days_and_moments_as_iso_has_them_and_several_values_in_one_cell():
    heading, row = csv.reader(io.StringIO(written(write_csv, COLUMNS, [VALUES]).removeprefix("\ufeff"), newline=""))
    assert heading == ["text", "number", "none", "day", "moment", "id", "several", "mapping"]
    assert row == [
        "é “q”; , \n x",
        "-5",
        "",
        "2022-07-04",
        "2022-07-01T00:30:05+01:00",
        "6f0f1b3c-7a0e-4d5e-9d62-0d6f0c0a9b11",
        "a; b",
        "before: a; periods: 2022-23 Q1; 2022-23 Q2",
    ]


def test_json_has_the_same_values_with_their_kinds():
    assert (
        json.loads(written(write_json, COLUMNS, [VALUES, VALUES]))
        == [
            {
                "text": "é “q”; , \n x",
                "number": -5,
                "none": None,
                "day": "2022-07-04",
                "moment": "2022-07-01T00:30:05+01:00",
                "id": "6f0f1b3c-7a0e-4d5e-9d62-0d6f0c0a9b11",
                "several": ["a", "b"],
                "mapping": {"before": "a", "after": None, "periods": ["2022-23 Q1", "2022-23 Q2"], "nothing": []},
            }
        ]
        * 2
    )


def test_a_list_with_nothing_in_it_is_its_headings_or_an_empty_array():
    assert written(write_csv, COLUMNS, []) == '\ufeff"text","number","none","day","moment","id","several","mapping"\r\n'
    assert json.loads(written(write_json, COLUMNS, [])) == []


def test_numbers_are_not_quoted_and_texts_are():
    assert '","-5",' not in written(write_csv, COLUMNS, [VALUES])
    assert '",-5,""' in written(write_csv, COLUMNS, [VALUES])


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("wrapped", [str, lambda text: [text, "b"]], ids=["alone", "first of several"])
def test_no_cell_begins_like_a_formula(text, wrapped):
    [[cell]] = list(csv.reader(io.StringIO(written(write_csv, {"a": wrapped}, [text]).partition("\r\n")[2], newline="")))
    assert cell == "'" + text + ("; b" if wrapped is not str else "")


@pytest.mark.parametrize("text", [*FORMULAS, *(each for each in ODD if each != "\ud800")])
def test_json_tells_what_was_typed_to_the_letter(text):
    assert json.loads(written(write_json, {"a": str}, [text]).encode()) == [{"a": text}]


@pytest.mark.parametrize("name", LISTS)
def test_headings_are_lower_case_words_that_any_program_can_take_for_a_name(name):
    headings = list(getattr(lists, name))
    assert headings and all(each.isidentifier() and each == each.lower() for each in headings)
