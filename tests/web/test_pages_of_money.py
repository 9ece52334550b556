"""Long lists of awards, payments and decisions: fifty to a page, whatever else the address says is kept."""

import pytest

from tests.browser import words_of
from tests.counting import assert_steady


@pytest.fixture
def story(make):
    """Fifty-one decisions, each with an award and its payment: three rounds of one fund, and the office that reads them."""
    rounds = [make.autumn_round(make.fund(code="PZ"), number=1)]
    rounds += [make.autumn_round(rounds[0].fund, number=number) for number in (2, 11)]

    def award(funding_round):
        return make.payment(make.award(make.application(funding_round), status="agreed"))

    for at in range(51):
        award(rounds[at % 2])
    return rounds, award


@pytest.mark.parametrize("path", ["/awards", "/payments", "/decisions"])
def test_fifty_stand_on_a_page_and_the_rest_on_the_next(make, browser, story, path):
    reader = browser(make.user("auditor"))
    first, second = (reader.get(f"{path}?page={number}") for number in (1, 2))
    rows = [each.text.count("<tr") - 1 for each in (first, second)]
    assert rows == [50, 1]
    assert f'href="{path}?page=2"' in first.text and 'rel="next"' in first.text and 'rel="prev"' in second.text
    for beyond in ("99", "999999"):
        assert reader.get(f"{path}?page={beyond}").text.count("<tr") - 1 == 1
    for none in ("0", "-1", "x", "9" * 30, "²"):
        assert reader.get(f"{path}?page={none}").text.count("<tr") - 1 == 50
    assert len(reader.get(f"{path}.json").json) == 51


def test_a_page_keeps_the_round_and_the_state_that_were_asked_for(make, browser, story):
    rounds, award = story
    for _ in range(30):
        award(rounds[0])
    reader = browser(make.user("auditor"))
    of_round = reader.get(f"/awards?round={rounds[0].reference}")
    assert f'href="/awards?round={rounds[0].reference}&amp;page=2"' in of_round.text
    assert len(reader.get(f"/awards.json?round={rounds[0].reference}").json) == 56
    assert reader.get(f"/awards?round={rounds[1].reference}").text.count("<tr") - 1 == 25
    assert "There are no awards yet" in words_of(reader.get(f"/awards?round={rounds[2].reference}"))  # and not those of PZ-2024-1
    assert 'href="/payments?state=planned&amp;page=2"' in reader.get("/payments?state=planned").text
    assert "There is no such payment" in words_of(reader.get("/payments?state=released&page=2"))


@pytest.mark.parametrize("path", ["/awards", "/payments", "/decisions"])
def test_a_page_costs_the_same_however_many_there_are(make, browser, story, path):
    rounds, award = story
    assert_steady(browser(make.user("auditor")), path, lambda: [award(rounds[0]) for _ in range(10)])
