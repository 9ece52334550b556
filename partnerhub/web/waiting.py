"""Where each thing that waits for somebody is done: the page of the first of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from partnerhub.queries.waiting import Waiting

# Deed -> page, the name of its id, and what else the address needs.
PLACES: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "application.confirm": ("applications.show", "application_id", {}),
    "interest.state": ("assessment.interests", "round_id", {}),
    "round.assign": ("assessment.sharing", "round_id", {}),
    "score.finish": ("assessment.sheet", "assignment_id", {}),
    "moderation.agree": ("moderation.show", "application_id", {}),
    "round.decide": ("decisions.line", "round_id", {}),
    "decision.recommend": ("decisions.show", "decision_id", {}),
    "decision.sign_off": ("decisions.show", "decision_id", {}),
    "decision.approve": ("decisions.show", "decision_id", {}),
    "decision.draw_up_letters": ("letters.index", "round_id", {}),
    "letter.finish": ("letters.write", "letter_id", {}),
    "decision.release_letters": ("letters.index", "round_id", {}),
    "decision.publish": ("decisions.show", "decision_id", {}),
    "award.countersign": ("awards.agreement", "award_id", {"number": 1}),
    "award.check_payee": ("payments.payee", "award_id", {}),
    "variation.approve": ("variations.show", "variation_id", {}),
    "variation.sign": ("variations.show", "variation_id", {}),
    "variation.countersign": ("variations.show", "variation_id", {}),
}


def address_of(waiting: Waiting) -> str:
    endpoint, name, rest = PLACES[waiting.deed]
    return url_for(endpoint, **rest, **{name: waiting.funding_round.id if name == "round_id" else waiting.first})
