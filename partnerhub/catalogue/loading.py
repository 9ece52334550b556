"""From a document that somebody wrote to what is stored: with what it cites of the library taken along, and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from partnerhub.catalogue import reading
from partnerhub.queries.questionnaires import library
from partnerhub.rules import questionnaire as rules
from partnerhub.rules.errors import BadDefinition, Fault

_house_library = cache(reading.library)


def known_library(*more: Mapping[str, Any]) -> dict[str, Any]:
    """What forms may cite: the house's own library, over it what was loaded into this hub, over that `more`."""
    return reading.merged(_house_library(), library(), *more)


def standing_alone(
    document: object, *, file: str = "", known: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], rules.Questionnaire]:
    """The document as it is stored, with what it cites taken along, and its meaning. Raises BadDefinition naming every fault."""
    whole = rules.embed(document, known or known_library()) if isinstance(document, Mapping) else document
    meaning = rules.parse(whole, file=file)
    try:
        return json.loads(json.dumps(whole, allow_nan=False)), meaning
    except (TypeError, ValueError) as error:
        raise BadDefinition([Fault(file, "", f"this cannot be stored: {error}")]) from None


def canonical(document: object) -> str:
    """One spelling of a document, whatever the order of its keys."""
    return json.dumps(document, sort_keys=True, allow_nan=False, separators=(",", ":"))


def digest_of(document: object) -> str:
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def as_yaml(document: Mapping[str, Any]) -> str:
    """The document as a text that can be changed and loaded again."""
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=140)


def faults_in(documents: list[reading.Document]) -> list[Fault]:
    """Every fault in these documents; questionnaires may cite what is among them and what this hub knows."""
    return reading.faults_among(documents, known_library(reading.library(documents)))
