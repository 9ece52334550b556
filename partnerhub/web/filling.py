"""The pages that everything filled in has: a section, its answers, its files, a version on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from flask import abort, request
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions.submissions import Saved
from partnerhub.documents.return_pdf import return_pdf
from partnerhub.forms.answers import Form, read_cells
from partnerhub.forms.printing import printed_version
from partnerhub.models.submissions import SubmissionVersion
from partnerhub.queries.answering import FilledIn, standing_of
from partnerhub.queries.documents import usable
from partnerhub.queries.files import content_of, files_of, sent_files
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import versions_of
from partnerhub.rules.errors import BadAnswer, BadFile
from partnerhub.rules.questionnaire import Questionnaire, Section, Severity
from partnerhub.rules.standing import Standing
from partnerhub.web.answering import (
    address,
    drawing_of,
    file_part,
    office_name,
    plain_page,
    saved_parts,
    status_of,
    table_part,
)
from partnerhub.web.doors import me
from partnerhub.web.files import files_folder, handed_out
from partnerhub.web.finding import find
from partnerhub.web.furniture import may
from partnerhub.web.respond import done, download, page, wants_part

MOST_NAMED = 3  # figures in the line above the next page; the section and the check page name all of them


class Filling(NamedTuple):
    """One kind of thing that is filled in: its model, the word that its policy lines and templates begin with, its deeds."""

    model: type[Any]
    word: str
    folder: str
    in_full: tuple[Any, ...]
    save: Callable[..., Saved]
    attach: Callable[..., Any]
    detach: Callable[..., Any]

    def section(self, identity: UUID, key: str) -> Response:
        """One section to fill in."""
        return self._section_page(find(self.model, identity, *self.in_full, to=f"{self.word}.read_draft"), key)

    def save_answers(self, identity: UUID, own_page: Callable[[Saved], Response] | None = None) -> Response:
        """Any number of cells, each with the revision it was typed over: one with HTMX, a section without.

        `own_page` draws the thing's own page again, where what was typed there (replies to questions) was not all counted.
        """
        thing = find(self.model, identity, to=f"{self.word}.view")
        questionnaire = definition(thing.questionnaire_version_id)
        form = read_cells(request.form, questionnaire)
        saved = self.save(thing, form.cells, add_row=form.add_row, by=me())
        if wants_part():
            section_key = request.args.get("section", "")
            return table_part(thing, form) if form.row_pressed else saved_parts(thing, form, saved, section_key)
        is_counted = status_of(saved) == 200
        if "section" not in request.args:
            return done(address(thing, "show"), message="Saved.") if is_counted or own_page is None else own_page(saved)
        here = section_of(questionnaire, request.args["section"])
        if not is_counted:
            return self._section_page(thing, here.key, saved)
        standing = standing_of(thing, questionnaire, saved.cells, sections={here.key})
        return done(_after_saving(thing, standing.asked_in(questionnaire), here, form), **_saved(questionnaire, here, standing))

    def files(self, identity: UUID) -> Response:
        """A file sent with a question, or one taken out."""
        thing = find(self.model, identity, to=f"{self.word}.view")
        section_key = request.args.get("section", "")
        questionnaire = definition(thing.questionnaire_version_id)
        typed = read_cells(request.form, questionnaire).cells  # without JavaScript the whole section comes along
        saved = self.save(thing, typed, by=me()) if typed else Saved({})
        if saved.conflicts:
            return self._section_page(thing, section_key, saved)
        key = self._change_files(thing, saved)
        if wants_part():
            return file_part(thing, key, section_key, saved)
        section_key = section_key or questionnaire.questions[key].section
        if (key, "") in saved.errors:
            return self._section_page(thing, section_key, saved)
        return done(address(thing, "section", section_key=section_key, _anchor=f"question-{key}"), message="Saved.")

    def _change_files(self, thing: FilledIn, saved: Saved) -> str:
        """Take out the file that was pressed, or keep the one that was sent; of which question. `saved` learns why it was not taken."""
        removed, _, file_id = request.form.get("remove_file", "").partition(".")
        if removed:
            self.detach(thing, removed, file_id, by=me())
            return removed
        used, _, document_id = request.form.get("use_document", "").partition(".")
        sent = ((name.removeprefix("f."), each) for name, each in request.files.items() if name.startswith("f.") and each.filename)
        key, file = (used, None) if used else next(sent, ("", None))
        if file is None and not used:
            raise BadAnswer("Choose a file first. Nothing was changed.")
        try:
            name, content = (file.filename or "", file.read()) if file else _kept_here(thing, key, document_id)
            self.attach(thing, key, name, content, files_folder(), by=me())
        except BadFile as error:
            saved.errors[key, ""], saved.unstored[key, ""] = error.sentence, ""
        return key

    def file(self, identity: UUID, file_id: UUID) -> Response:
        """A file, always as a download, never shown inside the hub's own pages."""
        thing = find(self.model, identity, to=f"{self.word}.read")
        stored = next((each for each in files_of(thing.submission_id) if each.id == file_id), None)
        if stored is None or not (may(f"{self.word}.read_draft", thing) or str(file_id) in sent_files(thing.submission_id)):
            abort(404)
        return handed_out(stored)

    def sent_version(self, identity: UUID, number: int) -> tuple[Any, SubmissionVersion]:
        """The thing and one of its versions, or 404."""
        thing = find(self.model, identity, *self.in_full, to=f"{self.word}.read")
        found = next((each for each in versions_of(thing.submission_id) if each.number == number), None)
        return thing, found or abort(404)

    def version_pdf(self, identity: UUID, number: int) -> Response:
        """A version on paper."""
        _thing, found = self.sent_version(identity, number)
        return download(return_pdf(printed_version(found, office_name())), f"{found.reference}.pdf")

    def _section_page(self, thing: FilledIn, key: str, saved: Saved | None = None) -> Response:
        fills = may(f"{self.word}.answer", thing)
        drawing = drawing_of(thing, section_key=key, readonly=not fills, saved=saved)
        here = section_of(drawing.questionnaire, key)
        return page(f"{self.folder}/section.html", status_of(saved), fills=fills, **plain_page(thing, drawing, here, saved))


def _kept_here(thing: FilledIn, key: str, document_id: str) -> tuple[str, bytes]:
    """The name and the content of a document that the organisation keeps: what is sent is a copy, and stays as it was sent."""
    question = definition(thing.questionnaire_version_id).questions.get(key) or abort(404)
    stored = usable(thing.organisation_id, question, document_id, clock.today())
    return stored.name, content_of(files_folder(), stored)


def section_of(questionnaire: Questionnaire, key: str) -> Section:
    return next((each for each in questionnaire.sections if each.key == key), None) or abort(404)


def _saved(questionnaire: Questionnaire, here: Section, standing: Standing) -> dict[str, str]:
    """That the section was saved, and what still stands against it: the next page does not show it."""
    owed = {
        "needs a reason": dict.fromkeys(each.about[0][0] for each in standing.needs_reason),
        "must be corrected": dict.fromkeys(each.about[0][0] for each in standing.failures if each.severity is Severity.STOPS),
    }
    lacks = [f"“{questionnaire.questions[key].label.rstrip('.')}” {what}." for what, keys in owed.items() for key in keys]
    if not lacks:
        return {"message": "Saved."}
    return {"important": " ".join([f"Saved, but “{here.title}” is not finished.", *lacks[:MOST_NAMED]])}


def _after_saving(thing: FilledIn, asked: list[Section], here: Section, form: Form) -> str:
    """Back to the section; on to the next one of those asked, or to the check page after the last, when that was pressed."""
    if request.form.get("then") != "next":
        anchor = f"question-{form.row_pressed}" if form.row_pressed else None
        return address(thing, "section", section_key=here.key, _anchor=anchor)
    following = asked[asked.index(here) + 1 :] if here in asked else asked
    return address(thing, "section", section_key=following[0].key) if following else address(thing, "check")
