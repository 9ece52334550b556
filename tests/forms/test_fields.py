"""The fields of account and staff forms: what they take, what they say, and that nothing hostile gets through to a table."""

from __future__ import annotations

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from partnerhub.forms.fields import (
    Choice,
    Choices,
    Day,
    Email,
    Filter,
    Form,
    Telephone,
    TextBox,
    TextLine,
    Version,
    WebAddress,
    WholeNumber,
)


class Sample(Form):
    class Meta(Form.Meta):
        csrf = False

    line = TextLine("Name", longest=20)
    box = TextBox("Story", longest=30)
    email = Email(missing="")
    tel = Telephone()
    web = WebAddress()
    role = Choice("Role", {"a": "A", "b": "B"})
    roles = Choices("Roles", {"a": "A", "b": "B"})
    count = WholeNumber("Count", most=1000)
    day = Day("Start")
    version = Version()


@pytest.fixture
def read(app):
    def reads(**typed):
        pairs = [(name, each) for name, value in typed.items() for each in (value if isinstance(value, list) else [value])]
        with app.test_request_context(method="POST"):
            form = Sample(MultiDict([("version", "1"), *pairs]))
            form.validate()
            return form

    return reads


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("line", "  two \n  words ", "two words"),
        ("line", "Cafe\u0301", "Café"),
        ("line", "é" * 20, "é" * 20),
        ("box", " one\r\ntwo \n", "one\ntwo"),
        ("box", "a family \U0001f468\u200d\U0001f467", "a family \U0001f468\u200d\U0001f467"),
        ("email", " Someone@Example.ORG ", "someone@example.org"),
        ("email", "o'brien+x@sub.example.co.uk", "o'brien+x@sub.example.co.uk"),
        ("tel", "+44 (0)116 555 0100 ext 12", "+44 (0)116 555 0100 ext 12"),
        ("web", "www.example.org/a?b=c", "https://www.example.org/a?b=c"),
        ("role", "a", "a"),
        ("role", "", None),
        ("roles", ["b", "b", "a"], ["b", "a"]),
        ("count", " 1,000 ", 1000),
        ("count", "", None),
        ("day", ["1", "2", "2024"], date(2024, 2, 1)),
        ("day", "2024-02-29", date(2024, 2, 29)),
        ("day", ["", "", ""], None),
    ],
)
def test_what_is_typed_is_kept_tidy(read, field, typed, kept):
    form = read(**{field: typed})
    assert form.errors == {}
    assert form[field].data == kept


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("line", "x" * 21, "Name must be 20 characters or fewer. You have 21."),
        ("line", "a\x00b", "a character that cannot be kept"),
        ("line", "a\ud800b", "a character that cannot be kept"),
        ("line", "a\u200bb", "a character that cannot be seen"),
        ("line", "a\u202eb", "a character that cannot be seen"),
        ("box", "y" * 200_000, "200,000 characters long"),
        ("email", "no at sign", "name@example.org"),
        ("email", "a@b", "name@example.org"),
        ("email", "a@example.org\nbcc: b@example.org", "name@example.org"),
        ("email", '"quoted"@example.org', "name@example.org"),
        ("email", "a" * 65 + "@example.org", "name@example.org"),
        ("email", "a@" + "b" * 260 + ".org", "254 characters or fewer"),
        ("email", "a@-example-.org", "name@example.org"),
        ("tel", "call me", "Enter a telephone number"),
        ("tel", "1", "Enter a telephone number"),
        ("web", "javascript:alert(1)", "Enter a web address"),
        ("web", "https://user:password@example.org", "Enter a web address"),
        ("web", "ftp://example.org", "Enter a web address"),
        ("role", "c", "Choose one of the options"),
        ("roles", ["a", "c"], "Choose from the options"),
        ("count", "1001", "between 0 and 1,000"),
        ("count", "-1", "between 0 and 1,000"),
        ("count", "1e3", "must be a whole number"),
        ("count", "9" * 400, "must be a whole number"),
        ("count", "٣", "must be a whole number"),
        ("day", ["31", "2", "2024"], "must be a real date"),
        ("day", ["1", "2", "99999"], "must be a real date"),
        ("day", ["1", "2", "0024"], "a year between"),
        ("day", ["\x00", "2", "2024"], "must be a real date"),
        ("version", "x", "not complete"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_field(read, field, typed, said):
    form = read(**({field: typed} if field != "version" else {}))
    if field == "version":
        form = read()
        form.version.process(MultiDict([("version", typed)]))
        form.version.validate(form)
    assert len(form[field].errors) == 1
    assert said in form[field].errors[0]


@pytest.mark.parametrize("field", ["line", "box", "email", "tel", "web"])
def test_a_field_that_was_not_sent_is_blank_and_not_nothing(read, field):
    assert read()[field].data == ""


def test_an_error_keeps_what_was_typed_in_its_box(read):
    form = read(line="x" * 30, count="twelve", day=["32", "1", "2024"])
    assert form.line._value() == "x" * 30
    assert form.count._value() == "twelve"
    assert form.day._value() == "32 1 2024"


def test_an_empty_body_changes_nothing_back_to_what_the_row_holds(app):
    with app.test_request_context(method="POST"):
        form = Sample(line="as it is")
        assert form.line.data == ""
        assert not form.validate()


def test_a_filter_that_cannot_be_read_filters_nothing(app):
    class Search(Filter):
        q = TextLine("Name", longest=5)
        page = WholeNumber("Page", least=1)

    with app.test_request_context():
        search = Search(MultiDict([("q", "much too long"), ("page", "2")]))
        assert (search.value("q"), search.value("page")) == (None, 2)
