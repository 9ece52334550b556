"""What pages look like to those who read them: dates and numbers, every kind of question, errors, and nothing inline."""

import json
import re
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from flask import Flask, render_template, render_template_string
from lxml import html

from partnerhub.rules.question_types import TYPES, Choice
from partnerhub.web import filters

SAVE_URL = "/returns/1/answers"
HOSTILE = '"><img src=x onerror=alert(1)>\' hx-get="/elsewhere" {{ 7 * 7 }}'
ERRORS = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)
CELLS = {
    "percentage": [("number", "how many"), ("out_of", "of all")],
    "breakdown": [("blaby", "Blaby"), ("not_known", "Not known")],
    "address": [("line1", "Line 1"), ("line2", "Line 2"), ("town", "Town"), ("postcode", "Postcode")],
}
NOT_TYPED = frozenset({"computed", "information"})


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (filters.number(1234567), "1,234,567"),
        (filters.number(Decimal("-1234.565"), 2), "-1,234.57"),
        (filters.number(0), "0"),
        (filters.percent(Fraction(62300, 740)), "84.2%"),
        (filters.percent(842, scale=10), "84.2%"),
        (filters.percent(Decimal("84.25")), "84.3%"),
        (filters.percent(87), "87%"),
        (filters.number(None) + filters.percent(None), ""),
    ],
)
def test_numbers_read_as_people_in_britain_write_them(shown, expected):
    assert shown == expected


@pytest.mark.parametrize("colour", ["#1d4f91", "#ffdd00", "#777777", "#000000", "#ffffff", "#00703c"])
def test_words_on_the_offices_colour_can_be_read(colour):
    on_it = re.search(r"--hub-on-brand:(#\w{6})", filters.office_css(colour))[1]
    lighter, darker = sorted((filters._luminance(colour), filters._luminance(on_it)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize("colour", ["red", "#12345", "#1d4f9g", "#1d4f91}body{display:none"])
def test_what_is_no_colour_is_no_style_sheet(colour):
    with pytest.raises(ValueError, match="colour"):
        filters.office_css(colour)


# ---- Questions


def view(kind, key="asked", **given):
    words = SimpleNamespace(label=f"Label of {kind}", help="What it means", why="Who reads it", required=False, limit=None)
    plain = {
        "key": key, "kind": kind, "question": words, "readonly": False, "cells": CELLS.get(kind, []), "texts": {}, "revisions": {},
        "errors": {}, "state": {}, "conflicts": {}, "shown": {} if kind == "table" else "", "choices": (), "previous": [], "target": "",
        "failures": [], "queries": [], "not_applicable": False, "may_be_not_applicable": False, "rows": ["r1"], "files": [],
        "columns": [SimpleNamespace(key="item", label="Item", kind="short_text", choices=(), total=False)],
        "upload_url": "/files", "of": "",
    }  # fmt: skip
    if kind in ("yes_no", "single_choice", "multiple_choice", "organisation"):
        plain["choices"] = (Choice("yes", "Yes"), Choice("no", "No"))
    return SimpleNamespace(**plain | given)


@pytest.fixture
def draw(app: Flask):
    """Draws questions as a section's form does."""

    def drawn(*views, grid=True, periods=()):
        with app.test_request_context():
            context = {"questions": views, "grid": grid, "periods": periods, "period": "2022-23 Q3", "save_url": SAVE_URL}
            return html.fromstring(f"<form>{render_template('questions/_section.html', **context)}</form>")

    return drawn


def cells_of(kind):
    return [cell for cell, _label in CELLS[kind]] if kind in CELLS else ["r1.item"] if kind == "table" else [""]


def field(letter, cell, key="asked"):
    return f"{letter}.{key}.{cell}" if cell else f"{letter}.{key}"


def named(form, name):
    return form.xpath("//*[@name=$name]", name=name)


@pytest.mark.parametrize("grid", [True, False], ids=["in the grid", "plain"])
@pytest.mark.parametrize("kind", sorted(set(TYPES) - NOT_TYPED - {"file"}))
def test_every_kind_of_question_sends_each_cell_with_the_revision_it_was_typed_over(draw, kind, grid):
    cells = cells_of(kind)
    form = draw(view(kind, revisions=dict.fromkeys(cells, 7)), grid=grid)
    for cell in cells:
        assert named(form, field("a", cell)), f"nothing to type in for {cell!r}"
        [revision] = named(form, field("r", cell))
        assert revision.get("value") == "7"
        assert revision.getparent().get("id") == f"state-asked-{cell}".removesuffix("-")


@pytest.mark.parametrize("grid", [True, False], ids=["in the grid", "plain"])
@pytest.mark.parametrize("kind", sorted(set(TYPES) - NOT_TYPED))
def test_every_input_has_words_of_its_own_for_those_who_cannot_see_it(draw, kind, grid):
    form = draw(view(kind), grid=grid)
    for each in form.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        labels = form.xpath("//label[@for=$id]", id=each.get("id"))
        assert each.get("aria-label") or any(label.text_content().strip() for label in labels), html.tostring(each)


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_what_cannot_be_changed_has_nothing_to_type_in_and_shows_what_was_typed(draw, kind):
    cells = cells_of(kind)
    texts = {} if kind in NOT_TYPED else dict.fromkeys(cells, "yes")
    form = draw(view(kind, readonly=True, texts=texts, shown={} if kind == "table" else "12"))
    assert not form.xpath("//textarea | //select | //input")
    if kind not in NOT_TYPED | {"file", "percentage"}:
        assert re.search(r"\b(yes|Yes|Confirmed)\b", form.text_content())


@pytest.mark.parametrize("grid", [True, False], ids=["in the grid", "plain"])
@pytest.mark.parametrize("kind", sorted(set(TYPES) - {"file"}))
def test_what_people_write_stays_words_wherever_it_is_shown(draw, kind, grid):
    texts = dict.fromkeys(cells_of(kind), HOSTILE)
    failure = SimpleNamespace(check="sums", severity="asks", sentence=HOSTILE, text=HOSTILE, revision=1, state=HOSTILE)
    query = SimpleNamespace(sentence=HOSTILE, by=HOSTILE, at="", reply=HOSTILE, cell="reply.1", revision=1, state="")
    conflicts = dict.fromkeys(texts, (HOSTILE, HOSTILE, HOSTILE, HOSTILE))
    for given in ({"errors": texts}, {"conflicts": conflicts}, {"readonly": True}, {"state": texts}):
        form = draw(
            view(kind, texts=texts, failures=[failure], queries=[query], shown={} if kind == "table" else HOSTILE, **given), grid=grid
        )
        assert not form.xpath("//img | //*[@onerror] | //*[@hx-get]")
        assert "49" not in form.text_content()


def test_a_breakdown_opens_below_its_figure_and_says_how_much_is_accounted_for(draw):
    form = draw(view("whole_number", "accepted"), view("breakdown", "by_district", of="accepted", shown="190 of 198"))
    figure, breakdown = form.xpath("//table[contains(@class, 'hub-figures')]/tbody/tr[not(ancestor::details)]")
    assert figure.get("id") == "question-accepted"
    assert breakdown.xpath(".//summary")[0].text_content().split() == ["Label", "of", "breakdown", "190", "of", "198"]
    assert breakdown.xpath(".//*[@data-of='accepted']")


def test_earlier_periods_stand_in_their_columns_even_where_one_is_missing(draw):
    periods = ["2022-23 Q1", "2022-23 Q2"]
    earlier = [("2022-23 Q1", "115"), ("2022-23 Q2", None)]
    form = draw(view("whole_number", previous=earlier), view("percentage", "share"), view("computed", "rate"), periods=periods)
    heads = form.xpath("//thead//th")
    assert [head.text_content() for head in heads] == ["Figure", "2022-23 Q1", "2022-23 Q2", "2022-23 Q3", "Notes"]
    for row in form.xpath("//tbody/tr"):
        assert sum(int(cell.get("colspan", "1")) for cell in row) == len(heads)


def test_an_error_stands_with_its_input_and_is_told_to_screen_readers(draw):
    form = draw(view("whole_number", texts={"": "x8"}, errors={"": "Type a whole number."}))
    [typed] = named(form, "a.asked")
    assert typed.get("value") == "x8"
    assert typed.get("aria-invalid") == "true"
    assert any("Type a whole number." in form.get_element_by_id(each).text_content() for each in typed.get("aria-describedby").split())


def test_a_conflict_shows_both_texts_and_asks_which(draw):
    form = draw(view("money", texts={"": "198"}, revisions={"": 5}, conflicts={"": ("197", "Jo", "at 10:41", "198")}))
    state = form.get_element_by_id("state-asked")
    assert "Jo changed this at 10:41" in state.text_content()
    assert [quoted.text_content() for quoted in state.xpath(".//q")] == ["197", "198"]
    assert [(button.get("name"), button.get("value")) for button in state.xpath(".//button")] == [
        ("choose.asked", "theirs"),
        ("choose.asked", "mine"),
    ]


def test_the_enter_key_saves_and_chooses_nothing(draw):
    conflicting = view("short_text", conflicts={"": ("theirs", "Jo", "at 10:41", "mine")})
    first = draw(conflicting, view("table", "budget")).xpath("//button")[0]
    assert first.get("name") is None, "Enter presses the first button of a form"


def test_a_check_that_asks_has_a_box_for_the_reason_and_one_that_stops_has_none(draw):
    asks = SimpleNamespace(check="bands", severity="asks", sentence="Bands add up to 197.", text="", revision=0, state="")
    stops = SimpleNamespace(check="total", severity="stops", sentence="The total is wrong.", text="", revision=0, state="")
    form = draw(view("whole_number", failures=[asks, stops]))
    [box] = form.xpath("//textarea")
    assert box.get("name") == "a.asked.reason.bands"
    assert "Bands add up to 197." in form.get_element_by_id(box.get("aria-describedby").split()[0]).text_content()
    assert "Correct this: The total is wrong." in " ".join(form.get_element_by_id("checks-asked").text_content().split())


def test_not_applicable_is_a_box_of_its_own_and_not_a_nought(draw):
    form = draw(view("whole_number", may_be_not_applicable=True, not_applicable=True), view("whole_number", "always"))
    [box] = named(form, "n.asked")
    assert box.get("checked") is not None
    assert not named(form, "a.asked")[0].get("value")
    assert not named(form, "n.always")


# ---- Pages


def page_of(app, source, **context):
    with app.test_request_context():
        return html.fromstring(
            render_template_string("{% extends 'layouts/base.html' %}{% block title %}A page{% endblock %}" + source, **context)
        )


def test_every_page_says_where_help_is_and_has_one_place_for_news(app):
    page = page_of(app, "{% block content %}<h1>Hello</h1>{% endblock %}")
    help_words = page.xpath("//footer//section")[0].text_content()
    settings = app.config["HUB"]
    assert all(each in help_words for each in (settings.office_telephone, settings.office_email, settings.office_hours))
    assert page.get_element_by_id("announce").get("role") == "status"
    assert page.xpath("//title")[0].text == f"A page – {settings.office_name}"
    assert page.xpath("//a[@href='#main']")
    assert page.get("lang") == "en-GB"


def test_a_page_with_a_mistake_says_so_in_its_title(app):
    assert page_of(app, "", form=SimpleNamespace(errors={"name": ["Enter a name"]})).xpath("//title")[0].text.startswith("Error: A page")


def test_htmx_may_evaluate_nothing_keep_nothing_and_ask_nobody_else(app):
    [meta] = page_of(app, "").xpath("//meta[@name='htmx-config']")
    config = json.loads(meta.get("content"))
    assert not any(config[each] for each in ("allowEval", "allowScriptTags", "includeIndicatorStyles", "historyCacheSize"))
    assert config["selfRequestsOnly"]
    assert config["responseHandling"][2] == {"code": "409|422", "swap": True}


def test_a_page_holds_no_style_and_no_script_of_its_own(app, draw):
    kinds = [view(kind, f"q_{kind}", may_be_not_applicable=True) for kind in TYPES]
    for page in (page_of(app, "{% block content %}{% endblock %}"), draw(*kinds), draw(*kinds, grid=False)):
        assert not page.xpath(
            "//style | //*[@style] | //script[not(@src)] | //@*[starts-with(name(), 'on')] | //@*[starts-with(name(), 'hx-on')]"
        )
        assert not [trigger for trigger in page.xpath("//@hx-trigger") if "[" in trigger]


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_says_what_happened_and_what_to_do_on_a_page_and_in_a_part(app, code):
    with app.test_request_context():
        page = html.fromstring(render_template(f"errors/{code}.html", sentence=None))
        part = html.fromstring(render_template("errors/_alert.html", code=code, sentence="The round closed at noon."))
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//main//p")) >= 4
    assert app.config["HUB"].office_telephone in page.xpath("//main")[0].text_content()
    assert "The round closed at noon." in part.text_content()
    assert page.xpath("//h1")[0].text == part.xpath("//h2")[0].text


# ---- Filling in


def text_of(element):
    return " ".join(element.text_content().split())


def test_the_error_of_a_figure_stands_before_the_box_not_applicable(draw):
    form = draw(view("whole_number", errors={"": "Enter a whole number, like 12."}, texts={"": "abc"}, may_be_not_applicable=True))
    in_order = [
        each.get("name") or each.get("id")
        for each in form.iter()
        if each.get("name") in ("a.asked", "n.asked") or each.get("id") == "state-asked"
    ]
    assert in_order == ["a.asked", "state-asked", "n.asked"]


def test_saves_of_a_question_that_may_not_apply_follow_one_another(draw):
    form = draw(view("whole_number", may_be_not_applicable=True), view("percentage", "share", may_be_not_applicable=True), grid=True)
    for name in ("n.asked", "n.share"):
        assert named(form, name)[0].xpath("ancestor::*[@hx-sync='this:queue all']"), name


@pytest.mark.parametrize("kind", ["whole_number", "percentage", "breakdown", "address"])
def test_what_a_figure_means_is_told_where_it_is_typed_and_not_where_it_is_read(draw, kind):
    assert "What it means" in draw(view(kind)).text_content()
    read = draw(view(kind, readonly=True))
    assert "What it means" not in read.text_content()
    assert "optional" not in read.text_content()


def test_a_breakdown_half_typed_is_said_in_grey_and_asks_for_no_correction(draw):
    waits = SimpleNamespace(check="adds_up_asked", severity="waits", sentence="30 to go", text="", revision=0, state="")
    [said] = draw(view("breakdown", failures=[waits])).xpath("//*[@class='hub-check hub-check--waits']")
    assert text_of(said) == "30 to go"


def test_earlier_periods_say_how_long_ago_they_were(app):
    with app.test_request_context():
        context = {
            "group": [view("whole_number")],
            "periods": ["2021-22 Q3"],
            "ages": {"2021-22 Q3": "a year ago"},
            "period": "2022-23 Q3",
            "save_url": "",
        }
        table = html.fromstring(render_template("questions/_figures.html", **context))
    assert [text_of(each) for each in table.xpath("//th[@scope='col']")] == ["Figure", "2021-22 Q3a year ago", "2022-23 Q3", "Notes"]


def test_the_enter_key_is_told_of_where_figures_are_typed_and_a_script_moves_them(draw):
    [hint] = draw(view("whole_number")).xpath("//*[@data-with-script]")
    assert "Enter takes you down to the next box" in hint.text_content()
    assert hint.get("hidden") is not None
    assert not draw(view("short_text")).xpath("//*[@data-with-script]")
