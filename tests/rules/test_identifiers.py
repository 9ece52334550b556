"""Organisation identifiers: what people type becomes one spelling, and what cannot be a number is told."""

import pytest

from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.identifiers import LONGEST, SCHEMES, in_order, read, said, scheme_of


@pytest.mark.parametrize(
    ("scheme", "typed", "identifier"),
    [
        ("GB-CHC", "1012345", "GB-CHC-1012345"),
        ("GB-CHC", " 201 234 ", "GB-CHC-201234"),
        ("GB-CHC", "1012345-1", "GB-CHC-1012345"),
        ("GB-CHC", "gb-chc-1012345", "GB-CHC-1012345"),
        ("GB-COH", "1234567", "GB-COH-01234567"),
        ("GB-COH", "oc123456", "GB-COH-OC123456"),
        ("GB-COH", "IP12345R", "GB-COH-IP12345R"),
        ("GB-COH", "R1234567", "GB-COH-R1234567"),
        ("GB-SC", "sc012345", "GB-SC-SC012345"),
        ("GB-NIC", "101234", "GB-NIC-101234"),
        ("GB-EDU", "120345", "GB-EDU-120345"),
        ("GB-UKPRN", "10012345", "GB-UKPRN-10012345"),
        ("GB-LAE", "rut", "GB-LAE-RUT"),
        ("GB-NHS", "RT5", "GB-NHS-RT5"),
        ("GB-CASC", "ch-10234", "GB-CASC-CH-10234"),
        ("360G", "examplefund-Org_7", "360G-examplefund-Org_7"),
        ("360G", "360G-examplefund-7", "360G-examplefund-7"),
    ],
)
def test_what_people_type_becomes_one_identifier(scheme, typed, identifier):
    assert read(scheme, typed) == identifier
    assert read(scheme, identifier) == identifier
    assert scheme_of(identifier).code == scheme


@pytest.mark.parametrize(
    ("scheme", "typed"),
    [
        ("GB-CHC", "0123456"), ("GB-CHC", "12345"), ("GB-CHC", "12345678"), ("GB-CHC", "10123４5"), ("GB-CHC", "1012345-12345"),
        ("GB-COH", "123456789"), ("GB-COH", "ABC12345"), ("GB-COH", "٠١٢٣٤٥٦٧"), ("GB-SC", "012345"), ("GB-EDU", "12034"),
        ("GB-UKPRN", "20012345"), ("GB-LAE", "RUTL"), ("GB-LAE", "R1T"), ("GB-NHS", "-"), ("GB-NHS", "A/B"), ("360G", "noprefix"),
        ("360G", "a-b c/d"), ("360G", "a-" + "9" * 5000), ("GB-MPR", "\x00"), ("GB-MPR", "\ud800"), ("GB-CHC", ""),
        ("GB-CHC", "1012345\n\x00"),
        ("XX-YYY", "1"), ("", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_a_number_is_refused_with_what_to_enter(scheme, typed):
    with pytest.raises(BadAnswer) as refused:
        read(scheme, typed)
    assert refused.value.sentence.endswith(".") and len(refused.value.sentence) < 250


def test_every_list_says_what_to_enter_and_fits_its_column():
    for scheme in SCHEMES.values():
        assert scheme.says and scheme.label and len(scheme.code) < LONGEST


def test_a_charity_number_stands_for_an_organisation_before_a_company_number():
    assert in_order(["360G-a-b", "GB-COH-01234567", "GB-CHC-1012345"]) == ["GB-CHC-1012345", "GB-COH-01234567", "360G-a-b"]


def test_an_identifier_is_read_out_in_words():
    assert said("GB-CHC-1012345") == "Charity in England and Wales 1012345"
