"""Which names of organisations look alike, and which do not."""

import pytest

from partnerhub.rules.lookalike import is_unusual, plain

MEADOW = "meadowcentre"


@pytest.mark.parametrize(
    ("name", "told_by"),
    [
        ("Meadow Centre", MEADOW),
        ("The MEADOW  Centre", MEADOW),
        ("Meadow-Centre Ltd.", MEADOW),
        ("Meadow Centre Limited", MEADOW),
        ("Meadow Centre C.I.C.", MEADOW),
        ("Meadow Centre Community Interest Company", MEADOW),
        ("Meadow Centre (CIO)", MEADOW),
        ("Meadow Centre Charitable Incorporated Organisation", MEADOW),
        ("Méadow Centre UK", MEADOW),
        ("Ｍｅａｄｏｗ Centre", MEADOW),
        ("Mea\u200bdow Centre", MEADOW),
        ("Women's Aid & Advice", "womensaidandadvice"),
        ("Womens Aid and Advice", "womensaidandadvice"),
        ("Women’s Aid + Advice", "womensaidandadvice"),
        ("Nightshelter", "nightshelter"),
        ("Night Shelter", "nightshelter"),
        ("North Meadow Centre", "northmeadowcentre"),
        ("Meadow Centre 2", "meadowcentre2"),
        ("Theatre Company", "theatre"),
        ("The Company", "thecompany"),
        ("CIC", "cic"),
        ("!!!", "!!!"),
        ("મેડો", "મેડો"),
    ],
)
def test_a_name_is_told_by_what_is_not_written_differently_of_the_same(name, told_by):
    assert plain(name) == told_by


def test_no_name_is_told_by_nothing():
    for name in ("-", "...", "'", "&", "the ltd", "†", "😀"):
        assert plain(name), name


@pytest.mark.parametrize(
    "name",
    [
        "Me\u0430dow Centre",
        "Meadow \u1d04entre",
        "Meadow\u3164 Centre",
        "Meadow Centre\ufe0f",
        "Meadow\u115f Centre",
        "\u0aae\u0ac7\u0aa1\u0acb",
    ],
)
def test_a_name_that_can_look_like_another_one_is_for_a_person_to_see(name):
    assert is_unusual(name)


@pytest.mark.parametrize(
    "name", ["Meadow Centre 2", "Women’s Aid & Advice", "Caf\u00e9 Me\u0301adow", "\u0141\u00f3d\u017a Club", "Ty\u0302 Clw\u0177d", "!!!"]
)
def test_a_name_as_they_are_written_here_is_not(name):
    assert not is_unusual(name)
