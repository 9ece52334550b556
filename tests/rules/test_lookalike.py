"""Which names of organisations look alike, and which do not."""

from itertools import combinations

import pytest

from partnerhub.rules.lookalike import is_unusual, look_alike, plain

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


@pytest.mark.parametrize(
    "name",
    [
        "Meadow Center",
        "The Medow Centre Ltd",
        "Maedow Centre",
        "Meadow Centrre",
        "Meadowcenter",
        "Mead0w Centre",
        "Meadow Centre 1",
        "North Meadow Centre",
        "Meadow Centre Youth Club",
        "Me\u0430d\u043ew Centre",  # Cyrillic
        "\u041c\u0415ADOW CENTRE",  # Cyrillic capitals
        "\u039ce\u03b1dow Centre",  # Greek
        "Meadow \u1d04entre",  # a small capital
        "Meadow Centr\u0268",  # a stroke: one letter wrong
        "Mead\u00f8w Centre",
        "Meadow\u3164Centre",
        "Meadow\u2800Centre",
        "Mea\u200bdow Centre\ufe0f",
        "Meadow\u115f Centre",
    ],
)
def test_a_name_that_can_be_taken_for_another_looks_like_it(name):
    assert look_alike("Meadow Centre", name) and look_alike(name, "Meadow Centre")


LIVING = "Living Without Abuse (LWA)"


@pytest.mark.parametrize(
    ("known", "name"),
    [
        (LIVING, "LWA"),
        (LIVING, "LlVlNG WITHOUT ABUSE (LWA)"),  # l for I
        (LIVING, "Living VVithout Abuse"),
        (LIVING, "Living Without Abuse of Leicester, Leicestershire and Rutland"),
        (LIVING, "L1v1ng Without Abuse"),
        (LIVING, "L|ving Without Abuse"),
        (LIVING, "L i v i n g Without Abuse"),
        ("Example Harbour Project", "Exarnple Harbour Project"),
        ("Example Boxing Club", "Boxing Club, Example"),
    ],
)
def test_a_name_disguised_as_a_known_one_looks_like_it(known, name):
    assert look_alike(known, name) and look_alike(name, known)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Open Hands (CIO)", "City Hearts (CIO)"),
        ("Open Hands (Leicester)", "City Hearts (Leicester)"),
        ("Meadow Centre", "Willow Centre"),
        ("Meadow Centre", "Meadow Court"),
        ("Meadow Centre", "Meadow Centre Youth Football Club"),
        ("11th Wigston Scouts", "12th Wigston Scouts"),
        ("Meadow Centre 1", "Meadow Centre 2"),
        ("North Meadow Project", "South Meadow Project"),
        ("Enderby Men's Shed", "Enderby Women's Shed"),
        ("Hope", "Home"),
        ("Oadby Boxing Club", "Derby Boxing Club"),
    ],
)
def test_a_name_that_is_another_one_does_not(one, other):
    assert not look_alike(one, other)


PLACES = """Anstey, Ashby, Aylestone, Barwell, Beaumont Leys, Belgrave, Birstall, Blaby, Braunstone, Coalville, Countesthorpe, Enderby,
Evington, Glenfield, Hinckley, Ibstock, Kibworth, Loughborough, Lutterworth, Melton, Narborough, New Parks, Oadby, Oakham, Saffron,
Shepshed, Sileby, Syston, Thurmaston, Uppingham, Whetstone, Wigston""".replace("\n", " ").split(", ")
KINDS = """Action, Amateur Boxing Club, Bangladeshi Women's Group, Bowls Club, Carers Network, Community Association, Cricket Club,
Family Support, Food Bank, Football Foundation, Girls' Brigade, Youth Club""".replace("\n", " ").split(", ")
OTHERS = """After Dark Outreach, Bright Futures, Carlton Street Mission, Centre for Reconciliation, City Hearts, Cornerstone,
Crossroads Care, Fairshare, Future Choices, Grace Church, Helping Hands, Hope Restored, Kintsugi Arts,
Mosaic, New Futures, Nightline, Open Door, Open Hands, Pathway Mentoring, Phoenix Dance,
Rainbow Youth, Reaching Out, Recovery Rooms, Rural Voices, Second Chance, Sharing Bread, Somali Elders, Steps Forward,
Street Doctors, The Bridge, The Y, Voices of Change""".replace("\n", " ").split(", ")


def test_of_hundreds_of_names_as_groups_bear_them_hardly_any_looks_like_another():
    """Each false alarm makes a volunteer wait for an officer."""
    names = [f"{place} {kind}" for place in PLACES for kind in KINDS] + OTHERS
    assert len(names) > 400
    assert {pair for pair in combinations(names, 2) if look_alike(*pair)} == set()
