"""Reads the catalogue's YAML files: safely, within bounds, and naming file, line and fault of every mistake.

It is the plain part of YAML: texts, numbers, true and false, null, lists and keys. Dates, "yes" and "no" stay texts; there are no
tags, anchors or merges. A key written twice is a fault, where most readers would silently keep the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from partnerhub.rules import priorities
from partnerhub.rules.errors import BadDefinition, Fault
from partnerhub.rules.questionnaire import embed, parse, parse_indicators

LARGEST_FILE = 500_000
MOST_FILES = 500
MOST_VALUES = 50_000
DEEPEST = 30
HOUSE = Path(__file__).parent
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What a file is, by the key it must have.
KINDS: Mapping[str, str] = {
    "questionnaire": "questionnaire",
    "indicators": "library",
    "breakdowns": "library",
    "priorities": "priorities",
    "office": "office",
    "bids": "office",  # a round of the demonstration office
}


@dataclass(frozen=True, slots=True)
class Document:
    """One file: what it is, what it says, and the line on which each place of it begins."""

    file: str
    kind: str
    content: dict[str, Any]
    lines: Mapping[str, int]

    def at(self, fault: Fault) -> Fault:
        """The fault with the line it stands on."""
        line = self.lines.get(fault.place.split(" ")[0])
        return replace(fault, file=f"{self.file}:{line}" if line else self.file)


def read(paths: Iterable[str | Path]) -> list[Document]:
    """The documents in these files, and in the .yaml files of these folders. Raises BadDefinition naming every fault."""
    documents, faults = _read(paths)
    if faults:
        raise BadDefinition(faults)
    return documents


def read_text(text: str, file: str) -> Document:
    """The document that `text` holds, called `file` in its faults. Raises BadDefinition naming every fault."""
    faults: list[Fault] = []
    document = None
    if len(text) > LARGEST_FILE:
        faults.append(Fault(file, "", f"the text is longer than {LARGEST_FILE:,} characters"))
    elif not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text):
        faults.append(Fault(file, "", "the text holds something that is no character"))
    else:
        document, faults = _document(file, text)
    if document is None or faults:
        raise BadDefinition(faults)
    return document


def check(paths: Iterable[str | Path]) -> list[Fault]:
    """Every fault in these files. Questionnaires may cite the house's own library and the libraries among the files."""
    documents, faults = _read(paths)
    faults += faults_among(documents, merged(library(), library(documents)))
    return sorted(dict.fromkeys(faults), key=lambda fault: fault.file.partition(":")[0])


def faults_among(documents: list[Document], known: Mapping[str, Any]) -> list[Fault]:
    """Every fault in these documents, each with the line it stands on; questionnaires may cite what is `known`."""
    return [*(fault for each in documents for fault in _faults_of(each, known)), *_used_twice(documents)]


def library(documents: Iterable[Document] | None = None) -> dict[str, Any]:
    """The indicators and breakdowns of these documents, of the house's own catalogue when none are given."""
    chosen = read([HOUSE / "indicators", HOUSE / "breakdowns"]) if documents is None else documents
    indicators: list[Any] = []
    breakdowns: dict[str, Any] = {}
    for each in chosen:
        found, lists = each.content.get("indicators"), each.content.get("breakdowns")
        indicators += found if isinstance(found, list) and each.kind == "library" else []
        breakdowns |= lists if isinstance(lists, dict) and each.kind == "library" else {}
    return {"indicators": indicators, "breakdowns": breakdowns}


def merged(*libraries: Mapping[str, Any]) -> dict[str, Any]:
    """One library of several; a later one has the last word."""
    indicators: dict[str, Any] = {}
    breakdowns: dict[str, Any] = {}
    for each in libraries:
        indicators |= {entry["key"]: entry for entry in each["indicators"] if isinstance(entry, dict) and isinstance(entry.get("key"), str)}
        breakdowns |= each["breakdowns"]
    return {"indicators": list(indicators.values()), "breakdowns": breakdowns}


def _faults_of(document: Document, known: Mapping[str, Any]) -> list[Fault]:
    if not document.kind:
        return [Fault(document.file, "", f"nothing tells what this file is: it needs one of the keys {', '.join(KINDS)}")]
    try:
        if document.kind == "library":
            parse_indicators(document.content, file=document.file)
        elif document.kind == "questionnaire":
            parse(embed(document.content, known), file=document.file)
        elif document.kind == "priorities":
            priorities.parse(document.content, file=document.file)
    except BadDefinition as bad:
        return [document.at(fault) for fault in bad.faults]
    return []


def _used_twice(documents: list[Document]) -> Iterator[Fault]:
    """Keys that two files define."""
    first: dict[tuple[str, str], str] = {}
    for document in documents:
        for what, key in _defined(document):
            other = first.setdefault((what, key), document.file)
            if other != document.file:
                yield Fault(document.file, "", f"the {what} “{key}” is defined in {other} already")


def _defined(document: Document) -> Iterator[tuple[str, str]]:
    if document.kind == "questionnaire":
        yield "questionnaire", str(document.content["questionnaire"])
        return
    for each in document.content.get("indicators") or ():
        if isinstance(each, dict):
            yield "indicator", str(each.get("key"))
    for key in document.content.get("breakdowns") or ():
        yield "breakdown", str(key)


# Files


def _read(paths: Iterable[str | Path]) -> tuple[list[Document], list[Fault]]:
    documents: list[Document] = []
    faults: list[Fault] = []
    for path in _files(paths, faults):
        text = _text(path, faults)
        if text is not None:
            found, mistakes = _document(str(path), text)
            documents += [found] if found else []
            faults += mistakes
    return documents, faults


def _files(paths: Iterable[str | Path], faults: list[Fault]) -> list[Path]:
    found: dict[Path, Path] = {}
    for path in map(Path, paths):
        inside = sorted(each for each in path.rglob("*") if each.suffix in {".yaml", ".yml"}) if path.is_dir() else [path]
        if not inside:
            faults.append(Fault(str(path), "", "there is no .yaml file in this folder"))
        for each in inside:
            found.setdefault(each.resolve(), each)
    if len(found) > MOST_FILES:
        faults.append(Fault("", "", f"there are {len(found)} files; the most is {MOST_FILES}"))
        return []
    return list(found.values())


def _text(path: Path, faults: list[Fault]) -> str | None:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            faults.append(Fault(str(path), "", f"the file is larger than {LARGEST_FILE:,} bytes"))
            return None
        return content.decode("utf-8-sig")
    except OSError as error:
        faults.append(Fault(str(path), "", f"the file cannot be read: {error.strerror or 'unknown reason'}"))
    except UnicodeDecodeError:
        faults.append(Fault(str(path), "", "the file is not text in UTF-8"))
    return None


def _document(file: str, text: str) -> tuple[Document | None, list[Fault]]:
    """One file's text as a document; None when it cannot be understood at all."""
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return None, [Fault(f"{file}:{line}", "", f"this is not well-formed YAML: {error.problem or error.context}")]
    except (yaml.YAMLError, BadDefinition) as error:
        return None, error.faults if isinstance(error, BadDefinition) else [Fault(file, "", "this is not well-formed YAML")]
    content = builder.content
    if not isinstance(content, dict):
        return None, [*builder.faults, Fault(file, "", "the file should hold keys and values")]
    kind = next((kind for key, kind in KINDS.items() if key in content), "")
    return Document(file, kind, content, builder.lines), builder.faults


# YAML's events as values


_PLAIN: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"|~|null|Null|NULL"), lambda word: None),
    (re.compile(r"true|True|TRUE"), lambda word: True),
    (re.compile(r"false|False|FALSE"), lambda word: False),
    (re.compile(r"-?(?:0|[1-9][0-9]{0,17})"), int),
    (re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,9}"), float),
)


def _scalar(event: Any) -> Any:
    if event.implicit[0]:
        for pattern, made in _PLAIN:
            if pattern.fullmatch(event.value):
                return made(event.value)
    return event.value


class _Open:
    """A list or mapping that is being read."""

    def __init__(self, value: Any, place: str) -> None:
        self.value = value
        self.place = place
        self.key: str | None = None
        self.key_lines: dict[str, int] = {}


class _Builder:
    """Builds values from events one by one: without recursion, so that no file can be too deep for it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.content: Any = None
        self.lines: dict[str, int] = {}
        self.faults: list[Fault] = []
        self.open: list[_Open] = []
        self.documents = 0
        self.values = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.stop(line, "there is more than one document in the file")
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            self.open.pop()
        elif isinstance(event, yaml.NodeEvent):
            self.node(event, line)

    def node(self, event: Any, line: int) -> None:
        self.values += 1
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self.stop(line, "anchors and aliases (& and *) are not read here; write it out, or put the text in quotes")
        if event.tag not in (None, "!"):
            self.stop(line, f"“{event.tag[:40]}” is a tag, and tags are not read here; put the text in quotes")
        if self.values > MOST_VALUES or len(self.open) >= DEEPEST:
            self.stop(line, f"the file holds more than {MOST_VALUES:,} values or is nested more than {DEEPEST} deep")
        if isinstance(event, yaml.ScalarEvent):
            if self.open and isinstance(self.open[-1].value, dict) and self.open[-1].key is None:
                self.name(event.value, line)
            else:
                self.put(_scalar(event), line)
        else:
            value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            if self.open and isinstance(self.open[-1].value, dict) and self.open[-1].key is None:
                self.stop(line, "a key must be one word or number")
            self.open.append(_Open(value, self.put(value, line)))

    def name(self, key: str, line: int) -> None:
        """A key of the mapping that is open: kept as text, as JSON has it."""
        top = self.open[-1]
        top.key = key
        if key in top.key_lines:
            text = f"the key “{key[:60]}” is written twice (first on line {top.key_lines[key]})"
            self.faults.append(Fault(f"{self.file}:{line}", top.place, text))
        top.key_lines.setdefault(key, line)

    def put(self, value: Any, line: int) -> str:
        """Puts a value where it belongs and tells the place."""
        if not self.open:
            self.content = value
            return ""
        top = self.open[-1]
        if isinstance(top.value, list):
            place = f"{top.place}[{len(top.value)}]"
            top.value.append(value)
        else:
            key, top.key = top.key or "", None
            place = f"{top.place}.{key}" if top.place else key
            top.value[key] = value
            line = top.key_lines[key]
        self.lines.setdefault(place, line)
        return place

    def stop(self, line: int, text: str) -> None:
        raise BadDefinition([Fault(f"{self.file}:{line}", "", text)])
