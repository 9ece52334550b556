"""Which passwords are refused, and that nothing else is."""

import pytest

from partnerhub.rules.passwords import as_typed, fault_of

ABOUT = ("Zoë Example", "zoe.example@lantern.example", "Example Lantern Trust", "Partner hub")


@pytest.mark.parametrize(
    "password",
    [
        "three odd words",
        "correct horse battery staple",
        "Leicester fox eats umbrella",
        "öäü ßß 日本語 パスワード",
        "x7!kQ9#mP2$v",
        "my cat likes passwords",
        "w" * 4 + "abcdefgh1" * 3,
        " spaces at both ends ",
        "zoe.example@lantern.example is not all of it",
        "🐙🦑🐠🐟🐡🦐🦞🦀🐋🐳🐬🦈",
        "a" * 60 + "bcdef" * 13,
    ],
)
def test_an_uncommon_password_of_any_make_is_taken(password):
    assert fault_of(password, ABOUT) == ""


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "Enter a password"),
        ("eleven char", "at least 12"),
        ("x1y2z3" * 22, "128 characters or fewer"),
        ("with\nline break", "no keyboard types"),
        ("with\x00null inside", "no keyboard types"),
        ("lone \ud800 surrogate", "no keyboard types"),
        ("aaaaaaaaaaaa", "repeats a few signs"),
        ("abababababab", "repeats a few signs"),
        ("qwertyuiopasdf", "follows the keyboard"),
        ("abcdefghijklmnop", "follows the keyboard"),
        ("ponmlkjihgfedcba", "follows the keyboard"),
        ("123456789012", "follows the keyboard"),
        ("Password1234", "first that somebody would guess"),
        ("P@ssw0rd!!!!!", "first that somebody would guess"),
        ("passwordpassword", "first that somebody would guess"),
        ("letmein-letmein-letmein", "first that somebody would guess"),
        ("Welcome2026!!", "first that somebody would guess"),
        ("SummerLeicester26", "first that somebody would guess"),
        ("demonstration", ""),
        ("zoe.example@lantern.example", "others know"),
        ("ZOE.EXAMPLE1234", "others know"),
        ("Example Lantern Trust", "others know"),
        ("partnerhub2026", "others know"),
        ("zoë example 1", "others know"),
    ],
)
def test_a_guessable_password_is_refused_with_the_reason(password, said):
    found = fault_of(password, ABOUT)
    assert said in found
    assert bool(found) is bool(said)


def test_the_same_password_typed_on_another_keyboard_is_the_same():
    assert as_typed("Caf\u00e9 am See") == as_typed("Cafe\u0301 am See")
