"""What the templates of questions need, as plain attributes; templates/questions/_section.html tells the contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from partnerhub import clock
from partnerhub.forms.shown import labelled_cells, shown
from partnerhub.models.documents import OrganisationDocument
from partnerhub.models.returns import ReturnQuery
from partnerhub.models.submissions import StoredFile
from partnerhub.queries.returns import Earlier
from partnerhub.queries.submissions import Cell, Cells, values_of
from partnerhub.rules import readable
from partnerhub.rules import text as written
from partnerhub.rules.checks import Failure
from partnerhub.rules.documents_asked import is_over, validity
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.question_types import NOT_APPLICABLE, REASON, REPLY, Answers, Choice, Choices, spoken
from partnerhub.rules.question_types.chosen import Declaration, SingleChoice
from partnerhub.rules.question_types.tables import rows as filled_rows
from partnerhub.rules.questionnaire import Question, Questionnaire, Section
from partnerhub.rules.questionnaire.dependencies import ADDS_UP
from partnerhub.rules.standing import Standing, counted
from partnerhub.rules.words import DOCUMENT_KIND_LABELS, SCAN_STATE_LABELS, DocumentKind, ScanState, SectionState

NOTHING: Mapping[Any, Any] = {}
WAITS = "waits"  # the severity, so to speak, of what is not wrong yet


@dataclass(slots=True)
class FailureView:
    check: str
    severity: str
    sentence: str
    text: str = ""
    revision: int = 0
    state: str = ""
    error: str = ""
    conflict: tuple[str, str, str, str] | None = None


@dataclass(slots=True)
class QueryView:
    sentence: str
    by: str
    at: str
    cell: str  # where the reply goes
    text: str = ""
    revision: int = 0
    state: str = ""
    error: str = ""
    conflict: tuple[str, str, str, str] | None = None
    about: str = ""  # which cell of the question it concerns, in words


@dataclass(slots=True)
class QuestionView:
    key: str
    kind: str
    question: Question
    readonly: bool
    cells: Sequence[tuple[str, str]]
    texts: Mapping[str, str]
    revisions: Mapping[str, int]
    errors: Mapping[str, str]
    state: Mapping[str, str]
    conflicts: Mapping[str, tuple[str, str, str, str]]
    shown: Any
    choices: Sequence[Choice]
    previous: Sequence[tuple[str, Any]]
    target: str
    failures: list[FailureView]
    queries: list[QueryView]
    not_applicable: bool
    may_be_not_applicable: bool
    rows: Sequence[str] = ()
    columns: Sequence[ColumnView] = ()
    files: Sequence[Any] = ()
    kept: Sequence[KeptView] = ()
    upload_url: str = ""
    of: str = ""
    may_be_asked: bool = False  # the page has a box for a question about it
    row: str = ""  # never drawn already: see web/frames.py


@dataclass(slots=True)
class ColumnView:
    key: str
    label: str
    kind: str
    choices: Sequence[Choice]
    total: bool


@dataclass(slots=True)
class FileView:
    id: str
    name: str
    size: str
    url: str = ""  # empty where it is not handed out
    scan: str = ""  # how the check for viruses stands, in words


@dataclass(slots=True)
class KeptView:
    """A document that the organisation keeps here, for a question that cites it."""

    id: str
    label: str
    name: str
    validity: str  # until when it holds, in words
    is_usable: bool


@dataclass(slots=True)
class Drawing:
    """Everything known about a filled-in questionnaire that its questions are drawn from."""

    questionnaire: Questionnaire
    cells: Cells
    standing: Standing
    choices: Choices
    readonly: bool
    earlier: Sequence[Earlier] = ()
    queries: Sequence[ReturnQuery] = ()
    targets: Mapping[str, str] = field(default_factory=dict)  # indicator -> in words
    conflicts: Mapping[tuple[str, str], str] = field(default_factory=dict)  # what was typed and not stored
    unstored: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # the same with why nothing like it can be stored
    names: Mapping[UUID, str] = field(default_factory=dict)
    files: Mapping[str, FileView] = field(default_factory=dict)  # id -> file
    kept: Mapping[str, Sequence[KeptView]] = field(default_factory=dict)  # kind of document -> those that the organisation keeps here
    copied: Mapping[tuple[str, str], tuple[int, str]] = field(default_factory=dict)  # cells of an earlier application: queries/reuse.py
    upload_url: str = ""
    may_be_asked: bool = False
    not_theirs: Collection[str] = ()  # questions on the page that somebody else answers
    by_question: dict[str, dict[str, Cell]] = field(init=False)
    asked: dict[str, list[ReturnQuery]] = field(init=False)
    counted: Answers = field(init=False)
    failing: Collection[str] = field(init=False)  # questions beside which a failed check stands

    def __post_init__(self) -> None:
        self.by_question, self.asked = {}, {}
        self.counted = counted(self.questionnaire, values_of(self.cells), self.standing)
        for (key, cell), stored in self.cells.items():
            self.by_question.setdefault(key, {})[cell] = stored
        self.failing = {failure.about[0][0] for failure in self.standing.failures}
        for query in self.queries:
            self.asked.setdefault(query.question_key, []).append(query)

    @property
    def sections(self) -> list[Section]:
        """Those in which something is asked of whoever fills it in."""
        return self.standing.asked_in(self.questionnaire)

    @property
    def ages(self) -> dict[str, str]:
        """How long ago an earlier period was, by its label: not every one before this is shown."""
        return {each.label: each.when for each in self.earlier}

    @property
    def is_begun(self) -> bool:
        """Whether somebody has answered anything; what was filled in for them is no beginning."""
        return any(stored.by_id is not None and stored.text for stored in self.cells.values())

    @property
    def unanswered(self) -> list[tuple[str, str]]:
        """(question, what the office asks of it) where no reply stands yet."""
        return [(query.question_key, query.text) for query in self.queries if not self._is_replied(query)]

    def unanswered_in(self, section: Section) -> int:
        return sum(
            key in self.questionnaire.questions and self.questionnaire.questions[key].section == section.key for key, _ in self.unanswered
        )

    def state_of(self, section: Section) -> SectionState:
        """A section in which the office waits for a reply is not done; one with something kept that does not count is begun; one that
        nobody has typed in is only filled in."""
        state = self.standing.sections[section.key].state
        waits = state in (SectionState.DONE, SectionState.OPTIONAL) and self.unanswered_in(section)
        begun = state == SectionState.NOT_STARTED and any(
            self._errors(each, self.by_question.get(each.key, NOTHING)) for each in section.questions
        )
        if state == SectionState.IN_PROGRESS and self._is_filled_in(section):
            return SectionState.FILLED_IN
        return SectionState.NEEDS_ATTENTION if waits or begun else state

    def _is_filled_in(self, section: Section) -> bool:
        """Whether all that stands in it came from the organisation's profile."""
        return all(
            each.reuse and not each.carry_forward and stored.by_id is None
            for each in section.questions
            for stored in self.by_question.get(each.key, NOTHING).values()
            if stored.text
        )

    def why_missing(self, key: str, cell: str) -> str:
        """Of what is still needed: the sentence that stands beside what was typed, where something was."""
        stored = self.cells.get((key, cell))
        return self._error(self.questionnaire.questions.get(key), cell, stored) if stored and stored.value is None else ""

    def _is_replied(self, query: ReturnQuery) -> bool:
        stored = self.cells.get((query.question_key, query.reply_cell))
        return stored is not None and bool(stored.text.strip())

    def views(self, section: Section) -> list[QuestionView]:
        """The questions of a section that are shown, in order."""
        return [self.view(question) for question in section.questions if question.key in self.standing.visible]

    def view(self, question: Question) -> QuestionView:
        """One question with what was typed, what is wrong with it, and what was said earlier."""
        key, kind = question.key, question.type.name
        stored = self.by_question.get(key, NOTHING)
        not_applicable = bool(question.cells) and (first := stored.get(question.cells[0])) is not None and first.value == NOT_APPLICABLE
        return QuestionView(
            key=key,
            kind=kind,
            question=question,
            readonly=self.is_readonly(key),
            cells=labelled_cells(question),
            texts={cell: self._text(question, cell, each) for cell, each in stored.items()} | self._typed_over(key),
            revisions={cell: each.revision for cell, each in stored.items()},
            errors=self._errors(question, stored),
            state={cell: self._state(question, cell, each) for cell, each in stored.items()},
            conflicts=self._conflicts(key, stored),
            shown=self.shown(question),
            choices=self.offered(question),
            previous=[(each.label, self.said(question, each)) for each in self.earlier],
            target=self.target(question),
            failures=self.failures(key),
            queries=self.query_views(key),
            not_applicable=not_applicable,
            may_be_not_applicable=question.may_not_apply,
            rows=_rows(stored) if kind == "table" else (),
            columns=self._columns(question) if kind == "table" else (),
            files=[self.files[each] for each in stored[""].text.split() if each in self.files] if kind == "file" and "" in stored else (),
            kept=self.kept.get(question.reuse, ()) if kind == "file" else (),
            upload_url=self.upload_url,
            of=question.of if question.adds_up else "",
            may_be_asked=self.may_be_asked,
        )

    def is_readonly(self, key: str) -> bool:
        return self.readonly or key in self.not_theirs

    def _state(self, question: Question, cell: str, stored: Cell) -> str:
        """What was taken over from an earlier application says so until somebody types over it; a row of a table says it once."""
        revision, reference = self.copied.get((question.key, cell), (0, ""))
        if revision != stored.revision:
            return state_of(question, stored)
        first = not question.columns or cell.endswith(f".{question.columns[0].key}")
        return f"from your application {reference}; check it" if first else ""

    def target(self, question: Question) -> str:
        """What was promised of a figure, in words; its breakdown says nothing of it."""
        return self.targets.get(question.indicator, "") if question.indicator and not question.of else ""

    def is_plain(self, question: Question) -> bool:
        """Whether nothing but figures stands in it: no error, no conflict, no failed check, nothing asked by the office."""
        stored = self.by_question.get(question.key, NOTHING)
        return not (
            self.readonly
            or question.key in self.asked
            or self.conflicts
            or self.unstored
            or question.key in self.failing
            or any(each.value is None and each.text for each in stored.values())
            or (question.may_not_apply and any(each.value == NOT_APPLICABLE for each in stored.values()))
        )

    def offered(self, question: Question) -> Sequence[Choice]:
        """What can be chosen, for questions that offer something."""
        return question.type.offered(question, self.choices) if isinstance(question.type, SingleChoice) else ()

    def _text(self, question: Question, cell: str, stored: Cell) -> str:
        """To type over: what was typed. To read: what it counts as, as people write it (choices are told by their templates)."""
        if stored.value == NOT_APPLICABLE:
            return ""
        if not self.is_readonly(question.key) or stored.value is None or isinstance(question.type, SingleChoice | Declaration):
            return stored.text
        return question.type.show(question, cell, stored.value, self.choices)

    def _errors(self, question: Question, stored: Mapping[str, Cell]) -> Mapping[str, str]:
        """Why cells do not count."""
        without = {cell: each for cell, each in stored.items() if each.value is None and not cell.startswith(REPLY)}
        read = {cell: self._error(question, cell, each) for cell, each in without.items()}
        unstored = {cell: why for (key, cell), (_, why) in self.unstored.items() if key == question.key}
        return {cell: why for cell, why in read.items() if why} | unstored

    def _error(self, question: Question | None, cell: str, stored: Cell) -> str:
        """Why a cell without a value does not count: read again, since only the text is stored."""
        try:
            if cell.startswith(REPLY):
                written.reply(stored.text)
            elif question is not None and stored.text.strip():
                question.type.read(question, cell, stored.text, self.choices)
        except BadAnswer as error:
            return error.sentence
        return ""

    def _beside(self, place: tuple[str, str]) -> dict[str, Any]:
        """What stands in a box beside a question, for a reason or a reply: its text, and what became of it."""
        stored, (key, cell) = self.cells.get(place), place
        text, error = self.unstored.get(place, (self.conflicts.get(place, stored.text if stored else ""), ""))
        if stored is None:
            return {"text": text, "error": error}
        return {
            "text": text,
            "revision": stored.revision,
            "state": saved_at(stored.at),
            "error": error or (self._error(self.questionnaire.questions.get(key), cell, stored) if stored.value is None else ""),
            "conflict": self.conflict(stored, text) if place in self.conflicts else None,
        }

    def _typed_over(self, key: str) -> dict[str, str]:
        """What this person typed stays in its input though something else is stored, or nothing: pressing Save sends it again."""
        mine = {**self.conflicts, **{place: text for place, (text, _) in self.unstored.items()}}
        return {cell: text for (question, cell), text in mine.items() if question == key}

    def _conflicts(self, key: str, stored: Mapping[str, Cell]) -> Mapping[str, tuple[str, str, str, str]]:
        mine = {cell: text for (question, cell), text in self.conflicts.items() if question == key}
        return {cell: self.conflict(stored[cell], text) for cell, text in mine.items() if cell in stored}

    def conflict(self, theirs: Cell, mine: str) -> tuple[str, str, str, str]:
        """(their text, their name, when, my text)."""
        name = self.names.get(theirs.by_id, "A colleague") if theirs.by_id else "A colleague"
        return theirs.text, name, f"at {readable.clock(theirs.at)}", mine

    def shown(self, question: Question) -> Any:
        """Computed values, percentages, running totals, in words."""
        return shown(question, self.counted)

    def said(self, question: Question, earlier: Earlier) -> Any:
        """What was said for an earlier period, as people read it."""
        values = earlier.values.get(question.key, NOTHING)
        if question.type.name == "breakdown":
            return {cell: question.type.show(question, cell, value, self.choices) for cell, value in values.items()}
        if question.type.name in ("computed", "percentage"):
            return shown(question, earlier.values)
        return question.type.show(question, "", values.get(""), self.choices) if values else ""

    def failures(self, key: str) -> list[FailureView]:
        found = []
        for failure in self.standing.failures if key in self.failing else ():
            if failure.about[0][0] != key:
                continue
            reason = self._beside((key, REASON + failure.check_key))
            to_go = "" if reason["text"] else self._to_go(failure)
            severity, sentence = (WAITS, to_go) if to_go else (str(failure.severity), failure.sentence)
            found.append(FailureView(failure.check_key, severity, sentence, **reason))
        return found

    def _to_go(self, failure: Failure) -> str:
        """ "30 to go": what a breakdown half typed still lacks. It is wrong only when its last cell is filled, or with too many."""
        question = self.questionnaire.questions[failure.about[0][0]]
        if self.readonly or failure.check_key != f"{ADDS_UP}{question.key}":
            return ""
        filled = self.by_question.get(question.key, NOTHING)
        is_begun = any(cell not in filled or not filled[cell].text for cell in question.cells)
        left = failure.right - failure.left  # ty: ignore[unsupported-operator] (both are numbers where a breakdown is added up)
        if not is_begun or left <= 0:
            return ""
        return f"{readable.money(left) if question.is_money else spoken(left, question.type.places(question))} to go"

    def query_views(self, key: str) -> list[QueryView]:
        return [
            QueryView(query.text, query.by.name, readable.day(query.at), query.reply_cell, **self._beside((key, query.reply_cell)))
            for query in self.asked.get(key, ())
        ]

    def _columns(self, question: Question) -> list[ColumnView]:
        return [
            ColumnView(
                each.key,
                each.label,
                each.type.name,
                self.offered(each),
                each.key in question.totals,
            )
            for each in question.columns
        ]


def kept_view(document: OrganisationDocument, today: date) -> KeptView:
    name, label = document.file.name, DOCUMENT_KIND_LABELS[DocumentKind(document.kind)]
    is_infected = document.file.scan_state == ScanState.INFECTED
    holds = SCAN_STATE_LABELS[ScanState.INFECTED] if is_infected else validity(document.expires_on, today)
    return KeptView(str(document.id), label, name, holds, not is_infected and not is_over(document.expires_on, today))


def file_view(stored: StoredFile, url: str = "", scan: str = "") -> FileView:
    return FileView(str(stored.id), stored.name, f"{max(1, stored.size // 1000):,} kB", url, scan)


def state_of(question: Question, stored: Cell, today: date | None = None) -> str:
    """ "saved 10:42"; or where it comes from, as long as nobody has typed over it."""
    if stored.by_id is None and stored.text and (question.carry_forward or question.reuse):
        return f"filled in from {'what was said before' if question.carry_forward else 'your organisation’s profile'}; you can change it"
    return saved_at(stored.at, today)


def saved_at(at: datetime, today: date | None = None) -> str:
    """ "saved 10:42", with the day when it was another one."""
    day, time = clock.day_of(at), readable.clock(at)
    return f"saved {time}" if day == (today or clock.today()) else f"saved {readable.short_day(day)} {time}"


def _rows(stored: Mapping[str, Cell]) -> list[str]:
    """Rows to draw: those with something in them, then new ones that are still empty; always one to begin with."""
    values = {cell: found for cell, each in stored.items() if (found := each.text if each.value is None else each.value) != ""}
    filled = list(filled_rows(values))
    added = [cell.partition(".")[0] for cell in stored if cell.endswith("._order")]
    empty = [row for row in added if row not in filled and f"{row}._deleted" not in values]
    return [*filled, *empty] or ["r1"]
