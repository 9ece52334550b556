"""A page is put to axe when it is built otherwise than those before, and not when only its words differ."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys import looking

FINE = """<!doctype html><html lang="en"><head><title>Page</title>
<style>.pale { color: #bbb; } a { display: block; padding: 9px; }</style></head><body><main>
<h1>Heading</h1><p class="plain">Words</p><a href="/there">To a page</a> <a href="/other">To another page</a>
<form><label for="one">Label</label><input id="one" name="one" autocomplete="name"> <button type="button">Press</button></form>
</main></body></html>"""


@pytest.fixture
def page(chromium: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(looking, "SHAPES", set())
    context = chromium.new_context()
    made = context.new_page()
    made.set_content(FINE)
    assert looking.faults_of(made, "fine") == []
    yield made
    context.close()


@pytest.mark.parametrize(
    ("was", "becomes", "rule"),
    [
        ('class="plain"', 'class="pale"', "color-contrast"),
        ('for="one"', 'for="two"', "label"),
        ("To another page", "", "link-name"),
        (">Press<", "> <", "button-name"),
        ('lang="en"', 'lang="english please"', "html-has-lang|html-lang-valid"),
        ("<title>Page</title>", "<title></title>", "document-title"),
        ('autocomplete="name"', 'autocomplete="nickname-of"', "autocomplete-valid"),
        ("<p ", '<p role="checkbox" ', "aria-required-attr"),
        ("<p ", '<img src="data:," ><p ', "image-alt"),
    ],
)  # fmt: skip
def test_what_is_built_otherwise_is_looked_at(page, was, becomes, rule):
    assert was in FINE
    page.set_content(FINE.replace(was, becomes))
    assert any(f"axe {each}:" in fault for fault in looking.faults_of(page, "changed") for each in rule.split("|"))


def test_a_button_too_small_to_hit_is_built_otherwise(page):
    small = "<style>button { all: unset; display: block; height: 9px; width: 9px; overflow: hidden; }</style>"
    page.set_content(FINE.replace("</style>", f"</style>{small}").replace("</form>", "<button>A</button><button>B</button></form>"))
    assert any("axe target-size:" in fault for fault in looking.faults_of(page, "changed"))


def test_other_words_and_more_of_the_same_are_not_looked_at_again(page, monkeypatch):
    monkeypatch.setattr(looking, "RUN_AXE", "throw new Error('looked at again')")
    page.set_content(FINE.replace("Words", "Quite other words").replace("<p ", '<p class="plain">More</p><p ').replace("/there", "/here"))
    assert looking.faults_of(page, "the same") == []


def test_what_is_wider_than_a_phone_is_found_on_a_page_that_is_built_alike(page):
    page.set_content(FINE.replace("Words", "W" * 400))
    assert any("wider than the window" in fault for fault in looking.faults_of(page, "wide"))
