"""Which documents are asked for by when, which are lacking on a day, and how the words about an expiry date read."""

from datetime import date

import pytest

from partnerhub.rules.documents_asked import Held, Lacking, asked, lacking, validity
from partnerhub.rules.rounds import Terms
from partnerhub.rules.words import DOCUMENT_KIND_LABELS, DOCUMENT_STAGE_LABELS, DocumentKind, DocumentStage

TODAY = date(2026, 5, 3)
TERMS = Terms("", "", "", 100, 12, ("group",), ("safeguarding_policy", "accounts"), ("insurance",))


def test_before_payment_everything_is_asked_that_was_asked_before_marking():
    assert asked(TERMS, DocumentStage.SCORING) == ("accounts", "safeguarding_policy")
    assert asked(TERMS, DocumentStage.PAYMENT) == ("accounts", "safeguarding_policy", "insurance")


def test_terms_that_were_frozen_before_documents_were_asked_for_ask_for_none():
    old = {key: value for key, value in TERMS.to_keep().items() if not key.startswith("before_")}
    assert asked(Terms.of(old), DocumentStage.PAYMENT) == ()
    assert Terms.of(TERMS.to_keep()) == TERMS


@pytest.mark.parametrize(
    ("held", "found"),
    [
        ([], [Lacking("insurance")]),
        ([Held("accounts")], [Lacking("insurance")]),
        ([Held("insurance")], []),
        ([Held("insurance", date(2026, 5, 3))], []),  # its last day is still a good one
        ([Held("insurance", date(2026, 5, 2))], [Lacking("insurance", date(2026, 5, 2))]),
        ([Held("insurance", date(2025, 5, 2)), Held("insurance", date(2026, 4, 1))], [Lacking("insurance", date(2026, 4, 1))]),
        ([Held("insurance", date(2025, 5, 2)), Held("insurance", date(2026, 6, 1))], []),
        ([Held("insurance", date(2025, 5, 2)), Held("insurance")], []),
    ],
)
def test_what_is_lacking_is_missing_or_over(held, found):
    assert lacking(["insurance"], held, TODAY) == found


def test_what_is_lacking_is_said_in_words():
    assert Lacking("accounts").words == "Accounts: missing"
    assert Lacking("insurance", date(2026, 5, 2)).words == "Public liability insurance: expired on 2 May 2026"


@pytest.mark.parametrize(
    ("expires", "words"),
    [
        (None, "no expiry date"),
        (date(2026, 5, 2), "expired on 2 May 2026"),
        (date(2026, 5, 3), "expires today"),
        (date(2026, 5, 4), "expires tomorrow"),
        (date(2026, 5, 23), "expires in 20 days, on 23 May 2026"),
        (date(2026, 6, 2), "expires in 30 days, on 2 June 2026"),
        (date(2026, 6, 3), "expires on 3 June 2026"),
    ],
)
def test_how_long_a_document_holds_is_said_in_words(expires, words):
    assert validity(expires, TODAY) == words


def test_every_kind_and_stage_has_its_words_and_none_is_about_a_bank():
    assert set(DOCUMENT_KIND_LABELS) == set(DocumentKind) and set(DOCUMENT_STAGE_LABELS) == set(DocumentStage)
    assert not any("bank" in kind for kind in DocumentKind)
