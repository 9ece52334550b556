"""Catalogue files are read safely, and every mistake is named with file and line."""

import pytest

from partnerhub.catalogue import reading
from partnerhub.rules.errors import BadDefinition

GOOD = """\
questionnaire: small_return
title: Small return
kind: return
sections:
  - key: people
    title: People
    questions:
      - {key: accepted, type: whole_number, label: Accepted, indicator: people_accepted}
      - key: by_age
        type: breakdown
        of: accepted
        breakdown: own_age
indicators:
  - {key: people_accepted, label: Accepted, measure: sum, over_providers: sum, unit: people, breakdowns: [own_age]}
breakdowns:
  own_age: [{key: 16_17, label: 16 to 17}, {key: 65_over, label: 65+}]
"""


@pytest.fixture
def file(tmp_path):
    def write(content, name="form.yaml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_good_file_is_read_and_has_no_faults(file):
    [document] = reading.read([file(GOOD)])
    assert document.kind == "questionnaire"
    assert document.content["breakdowns"]["own_age"][0] == {"key": "16_17", "label": "16 to 17"}
    assert document.lines["sections[0].questions[1]"] == 9
    assert reading.check([file(GOOD)]) == []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("off", "off"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("12", 12),
        ("-5", -5),
        ("2.5", 2.5),
        ("007", "007"),
        ("16_17", "16_17"),
        ("1e5", "1e5"),
        ("12:30", "12:30"),
        ("0x10", "0x10"),
        (".inf", ".inf"),
        ("2026-03-27", "2026-03-27"),
        ("=", "="),
        ('"12"', "12"),
        ("'true'", "true"),
        ("9" * 30, "9" * 30),
        ("E07000129", "E07000129"),
    ],
)
def test_plain_words_stay_texts(file, written, value):
    [document] = reading.read([file(f"office: {written}\n")])
    assert document.content == {"office": value}


@pytest.mark.parametrize(
    ("content", "line", "text"),
    [
        (GOOD.replace("title: Small return", "title: Small\ntitle: Return"), 3, "the key “title” is written twice (first on line 2)"),
        (GOOD.replace("of: accepted", "of: acepted"), 9, "“of” names no question: “acepted”. Did you mean “accepted”?"),
        (GOOD.replace("type: whole_number", "type: number"), 8, "“type” cannot be “number”"),
        (GOOD.replace("breakdown: own_age", "breakdown: other"), 9, "unknown breakdown “other”"),
        (
            GOOD.replace("people_accepted, type", "x").replace("indicator: people_accepted", "indicator: nothing"),
            8,
            "unknown indicator “nothing”",
        ),
        ("questionnaire: [\n", 2, "not well-formed YAML"),
        ("questionnaire: !!python/object/apply:os.system [echo]\n", 1, "is a tag"),
        ("questionnaire: &a x\ntitle: *a\n", 1, "anchors and aliases"),
        ("questionnaire: a\n---\nquestionnaire: b\n", 2, "more than one document"),
        ("? [a, b]\n: c\n", 1, "a key must be one word"),
        ("office: " + "[" * 200 + "]" * 200, 1, "nested more than 30 deep"),
        ("office: [" + "1," * 60_000 + "1]", 1, "more than 50,000 values"),
    ],
)
def test_faults_are_named_with_their_line(file, content, line, text):
    path = file(content)
    found = reading.check([path])
    assert any(text in fault.text and fault.file == f"{path}:{line}" for fault in found), [str(each) for each in found]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"title: \x00", "not well-formed YAML"),
        (b"", "should hold keys and values"),
        (b"- a\n- b\n", "should hold keys and values"),
        (b"just words", "should hold keys and values"),
        (b"questionair: x\n", "nothing tells what this file is"),
        (b"#" * 600_000, "larger than 500,000 bytes"),
    ],
)
def test_files_that_are_no_documents_are_faults(file, content, text):
    [fault] = reading.check([file(content)])
    assert text in fault.text


def test_a_billion_laughs_are_refused(file):
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(BadDefinition, match="anchors and aliases"):
        reading.read([file("\n".join(lines))])


def test_what_is_not_there_is_a_fault(tmp_path):
    assert [fault.text for fault in reading.check([tmp_path / "none.yaml"])] == ["the file cannot be read: No such file or directory"]
    assert [fault.text for fault in reading.check([tmp_path])] == ["there is no .yaml file in this folder"]


def test_all_files_of_a_folder_are_read_each_once(file, tmp_path):
    file(GOOD)
    (tmp_path / "deep").mkdir()
    file("office: x\n", "deep/more.yml")
    file("not read", "notes.txt")
    assert [each.kind for each in reading.read([tmp_path, tmp_path / "form.yaml"])] == ["office", "questionnaire"]


def test_the_same_key_in_two_files_is_a_fault(file, tmp_path):
    file(GOOD)
    file(GOOD, "other.yaml")
    assert any("the questionnaire “small_return” is defined in" in fault.text for fault in reading.check([tmp_path]))
    library = "indicators:\n  - {key: people_seen, label: Seen, measure: sum, over_providers: sum, unit: people}\n"
    file(library, "one.yaml")
    file(library, "two.yaml")
    assert any(
        "the indicator “people_seen” is defined in" in fault.text for fault in reading.check([tmp_path / "one.yaml", tmp_path / "two.yaml"])
    )


def test_a_form_may_cite_the_library_beside_it_and_that_of_the_house(file):
    form = file(GOOD[: GOOD.index("indicators:")].replace("own_age", "age_band").replace("people_accepted", "people_helped"))
    assert any("unknown indicator “people_helped”" in fault.text for fault in reading.check([form]))
    beside = file(
        "indicators:\n  - {key: people_helped, label: Helped, measure: sum, over_providers: sum, unit: people, breakdowns: [age_band]}\n",
        "l.yaml",
    )
    assert reading.check([form, beside]) == []  # age_band is the house's own


def test_faults_of_a_library_are_named(file):
    path = file("indicators:\n  - {key: a, label: A, measure: mean, over_providers: sum, unit: people}\n")
    [fault] = reading.check([path])
    assert (fault.file, fault.place) == (f"{path}:2", "indicators[0] a")


def test_the_house_catalogue_holds_together():
    assert [str(fault) for fault in reading.check([reading.HOUSE])] == []
