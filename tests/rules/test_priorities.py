"""Priorities as documents: what is read, and every fault told."""

from __future__ import annotations

from datetime import date

import pytest

from partnerhub.catalogue import reading
from partnerhub.rules.errors import BadDefinition
from partnerhub.rules.priorities import key_of, parse

LIST = {"scheme": "zones", "starts": "2024-04-01", "lines": [{"key": "north", "label": "North", "district": "E06000016"}]}


def test_the_catalogue_holds_the_six_priorities_of_the_plan_and_the_three_zones_with_their_districts():
    documents = reading.read([reading.HOUSE / "priorities"])
    lines = [line for each in documents for line in parse(each.content)]
    assert reading.check([reading.HOUSE / "priorities"]) == []
    assert [line.label for line in lines if line.scheme == "police_crime_plan"] == [
        "Violence and vulnerability",
        "Violence against women and girls",
        "Neighbourhood crime",
        "Road safety",
        "Business crime",
        "Rural crime",
    ]
    assert [(line.key, line.district) for line in lines if line.scheme == "people_zones"] == [
        ("new_parks", "E06000016"),
        ("bell_foundry", "E07000130"),
        ("thringstone_whitwick", "E07000134"),
    ]


def test_lines_keep_their_order_and_their_dates():
    [line] = parse({"priorities": [LIST | {"ends": "2028-05-31"}]})
    assert (line.position, line.starts, line.ends) == (1, date(2024, 4, 1), date(2028, 5, 31))


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"priorities": []}, "“priorities” is missing"),
        ({"priorities": [LIST | {"starts": "soon"}]}, "should be a day, like 2024-04-01"),
        ({"priorities": [LIST | {"starts": None}]}, "“starts” is missing"),
        ({"priorities": [LIST | {"ends": "2020-01-01"}]}, "“ends” is before “starts”"),
        ({"priorities": [LIST | {"scheme": "The Zones"}]}, "cannot be a key"),
        ({"priorities": [LIST | {"lines": [{"key": "north"}]}]}, "“label” is missing"),
        ({"priorities": [LIST | {"lines": LIST["lines"] * 2}]}, "“north” stands twice"),
        ({"priorities": [LIST | {"colour": "red"}]}, "unknown key “colour”"),
        ({"priorities": "x"}, "should be a list"),
    ],
)
def test_a_fault_is_named(document, fault):
    with pytest.raises(BadDefinition) as bad:
        parse(document)
    assert fault in str(bad.value)


@pytest.mark.parametrize(
    ("label", "key"),
    [("New Parks (Leicester)", "new_parks_leicester"), ("20 mph zones", "p_20_mph_zones"), ("x" * 100, "x" * 60), ("Ж", "p_")],
)
def test_a_label_gives_a_key(label, key):
    assert key_of(label) == key
