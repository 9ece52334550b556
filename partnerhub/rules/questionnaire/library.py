"""The indicator library and the lists of categories, and how a questionnaire takes its part of them along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from partnerhub.rules.measures import MEASURES, OVER_PROVIDERS, POUNDS
from partnerhub.rules.question_types import Choice
from partnerhub.rules.questionnaire.definition import Indicator
from partnerhub.rules.questionnaire.entries import CATEGORY, KEY, Entry, Faults

DIRECTIONS = ("higher", "lower", "band", "neutral")
MOST_INDICATORS = 500
MOST_CATEGORIES = 300
MOST_DECIMALS = 4


def parse_indicators(document: object, *, file: str = "") -> dict[str, Indicator]:
    """The indicators of a library document. Raises BadDefinition naming every fault."""
    faults = Faults(file)
    top = Entry(document, "", faults)
    found = read_indicators(top)
    read_breakdowns(top)
    top.finish()
    faults.raise_if_any()
    return found


def read_indicators(top: Entry) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for entry in top.entries("indicators", most=MOST_INDICATORS):
        indicator = _indicator(entry)
        if indicator.key in found:
            entry.fault(f"the key “{indicator.key}” is used twice")
        elif indicator.key:
            found[indicator.key] = indicator
    return found


def _indicator(entry: Entry) -> Indicator:
    unit = entry.text("unit", longest=60, needed=True)
    decimals = entry.whole("decimals", least=0, most=MOST_DECIMALS)
    if unit == POUNDS and decimals not in (None, 2):
        entry.fault("an indicator in pounds has 2 decimals (its figures are pence)")
    indicator = Indicator(
        key=entry.key("key"),
        label=entry.text("label", longest=300, needed=True),
        definition=entry.text("definition", longest=4_000),
        why=entry.text("why", longest=4_000),
        measure=entry.one_of("measure", tuple(MEASURES)),
        over_providers=entry.one_of("over_providers", sorted(OVER_PROVIDERS)),
        unit=unit,
        decimals=2 if unit == POUNDS else decimals or 0,
        direction=entry.one_of("direction", DIRECTIONS, "neutral"),
        breakdowns=entry.words("breakdowns"),
    )
    entry.finish()
    return indicator


def read_breakdowns(top: Entry) -> dict[str, tuple[Choice, ...]]:
    """Lists of categories by key."""
    entry = top.entry("breakdowns")
    if entry is None:
        return {}
    for key in entry.content:
        if not KEY.fullmatch(key):
            entry.fault(f"“{key[:60]}” cannot be the key of a breakdown")
    return {key: read_choices(entry, key, most=MOST_CATEGORIES) for key in entry.content}


def read_choices(entry: Entry, key: str, *, most: int) -> tuple[Choice, ...]:
    """A list of categories or options: {key, label}, or a text, whose key is then made from its letters and digits."""
    found: list[Choice] = []
    for each in entry.items(key, most=most, needed=True):
        choice = _choice(entry, key, each)
        if choice is None:
            continue
        if any(choice.key == other.key for other in found):
            entry.fault(f"“{key}” has the key “{choice.key}” twice")
        elif any(choice.label.casefold() == other.label.casefold() for other in found):
            entry.fault(f"“{key}” has the label “{choice.label}” twice")
        else:
            found.append(choice)
    return tuple(found)


def _choice(entry: Entry, key: str, given: object) -> Choice | None:
    if isinstance(given, dict):
        each = Entry(given, f"{entry.place} {key}".strip(), entry.faults)
        choice = Choice(each.key("key", pattern=CATEGORY), each.text("label", longest=300, needed=True))
        each.finish()
        return choice if all(choice) else None
    each = Entry({"label": given}, f"{entry.place} {key}".strip(), entry.faults)
    label = each.text("label", longest=300, needed=True)
    slug = key_of(label)
    if label and not slug:
        each.fault(f"“{label}” needs a key of its own: write {{key: …, label: …}}")
    return Choice(slug, label) if slug else None


def key_of(label: str) -> str:
    """The key of an option given as a text: "Yes - a smaller project" is yes_a_smaller_project."""
    letters = "".join(each if each.isascii() and each.isalnum() else " " for each in label.lower())
    return "_".join(letters.split())[:60].rstrip("_")


def embed(document: Mapping[str, Any], library: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the indicators and breakdowns it cites taken along, so that it stands alone when it is published.

    What the document defines itself wins. `library` has the keys `indicators` and `breakdowns` of library files.
    """
    cited, broken_down = _cited(document)
    own, lists = document.get("indicators", []), document.get("breakdowns", {})
    if not isinstance(own, list) or not isinstance(lists, dict):
        return dict(document)
    known = {each["key"] for each in _listed(own) if isinstance(each.get("key"), str)}
    taken = [each for each in _listed(library.get("indicators")) if each.get("key") in cited - known]
    categories = {key: each for key, each in (library.get("breakdowns") or {}).items() if key in broken_down}
    return {**document, "indicators": [*own, *taken], "breakdowns": {**categories, **lists}}


def _listed(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _cited(document: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    questions = [each for section in _listed(document.get("sections")) for each in _listed(section.get("questions"))]
    return _texts(questions, "indicator"), _texts(questions, "breakdown")


def _texts(questions: list[dict[str, Any]], key: str) -> set[str]:
    return {each[key] for each in questions if isinstance(each.get(key), str)}
