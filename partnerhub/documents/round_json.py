"""What a round says and asks, for other programs."""

from __future__ import annotations

import json
from typing import Any

from partnerhub.documents.lists import ROUNDS
from partnerhub.documents.round_page import RoundPage, lines_of
from partnerhub.models import FundingRound
from partnerhub.rules import readable
from partnerhub.rules.questionnaire import Questionnaire


def round_json(funding_round: FundingRound, said: RoundPage, form: Questionnaire) -> str:
    """Amounts in pence, moments with their offset from UTC."""
    terms, version = funding_round.terms, funding_round.questionnaire_version
    told: dict[str, Any] = {heading: read(funding_round) for heading, read in ROUNDS.items()} | {
        "about": funding_round.about,
        "purpose": terms.purpose,
        "not_funded": terms.not_funded.splitlines(),
        "area": terms.area,
        "longest_project_months": terms.duration_months,
        "who_can_apply": list(terms.kinds),
        "documents_before_scoring": list(terms.before_scoring),
        "documents_before_payment": list(terms.before_payment),
        "assessors_per_application": funding_round.assessors_per_bid,
        "form": {"key": version.questionnaire.key, "version": version.number, "title": form.title},
        "criteria": _criteria(form),
        "workshops": [{"at": each.at, "place": each.place, "places": each.places} for each in funding_round.workshops],
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "questions": [
                    {"key": each.question.key, "label": each.question.label, "type": each.question.type.name, "says": lines_of(each)}
                    for each in questions
                ],
            }
            for section, questions in said.sections
        ],
    }
    return json.dumps(told, ensure_ascii=False, default=_said, indent=1)


def _criteria(form: Questionnaire) -> list[dict[str, Any]]:
    """Weights in per cent; none for what must be passed."""
    criteria = form.scoring.criteria if form.scoring else ()
    return [{"key": each.key, "label": each.label, "weight": None if each.pass_fail else float(each.weight)} for each in criteria]


def _said(value: Any) -> str:
    return readable.in_london(value).isoformat(timespec="seconds") if hasattr(value, "astimezone") else str(value)
