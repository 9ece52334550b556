"""Pages and parts of a questionnaire being filled in: what a section shows, and what comes back when one cell is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, abort, current_app, make_response, render_template, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions.submissions import Saved, carried_cells
from partnerhub.forms.answers import Form
from partnerhub.forms.drawing import Drawing, FileView, KeptView, kept_view, saved_at
from partnerhub.forms.sent import files_in, sent_drawing
from partnerhub.forms.shown import SHOWN, shown
from partnerhub.models.applications import Application
from partnerhub.models.returns import MonitoringReturn
from partnerhub.models.submissions import StoredFile, SubmissionVersion
from partnerhub.queries.answering import FilledIn, carried_texts, known_of, standing_of
from partnerhub.queries.documents import documents_cited, kept_by
from partnerhub.queries.office_parts import ANSWERED_BY, OfApplication, OfficePart, OfReturn, asked_of_the_office
from partnerhub.queries.questionnaires import choices_of, definition
from partnerhub.queries.submissions import Cells, cells_of, names_of
from partnerhub.rules.question_types import REASON
from partnerhub.rules.questionnaire import Questionnaire, Section
from partnerhub.web import frames, respond
from partnerhub.web.files import shown_file
from partnerhub.web.furniture import may

PAGES: Mapping[type, tuple[str, str]] = {
    MonitoringReturn: ("returns.", "return_id"),
    Application: ("applications.", "application_id"),
    OfReturn: ("office_parts.return_", "return_id"),
    OfApplication: ("office_parts.application_", "application_id"),
}
"""Kind of thing -> how the names of its pages begin, and what its id is called in their addresses."""


def init_app(app: Flask) -> None:
    shared: dict[str, Any] = app.jinja_env.globals
    shared["address"] = address


def address(thing: FilledIn, page: str, **rest: Any) -> str:
    """Of one of the pages that everything filled in has."""
    begins, argument = PAGES[type(thing)]
    return url_for(f"{begins}{page}", **{argument: thing.id}, **rest)


def drawing_of(
    thing: FilledIn,
    *,
    section_key: str = "",
    readonly: bool = False,
    saved: Saved | None = None,
) -> Drawing:
    """The thing as it stands now, to be drawn; only one section is worked out when it is named. `saved`: what became of a form."""
    questionnaire, is_office_part = definition(thing.questionnaire_version_id), isinstance(thing, OfficePart)
    cells = cells_of(thing.submission_id)
    if not cells and thing.is_untouched:
        cells = _carried(thing, questionnaire)
    known = known_of(thing)
    earlier = known.earlier(thing)
    conflicts = saved.conflicts if saved else {}
    return Drawing(
        questionnaire=questionnaire,
        cells=cells,
        standing=standing_of(thing, questionnaire, cells, earlier, {section_key} if section_key else None),
        choices=choices_of(thing),
        readonly=readonly,
        earlier=[each for each in earlier if each.values],
        queries=known.asked(thing),
        targets=known.targets(thing, questionnaire),
        conflicts=conflicts,
        unstored={place: (text, saved.errors[place]) for place, text in saved.unstored.items()} if saved else {},
        names=names_of({stored.by_id for place, stored in cells.items() if place in conflicts}) if conflicts else {},
        files={} if is_office_part else files_in(thing, questionnaire, _as_shown(thing)),
        copied={} if readonly else known.copied(thing),
        kept={} if readonly or is_office_part else _kept(thing, questionnaire),
        upload_url="" if is_office_part else address(thing, "attach", section=section_key),
        not_theirs=_not_theirs(thing, questionnaire) if isinstance(thing, OfficePart) else (),
    )


def _not_theirs(part: OfficePart, questionnaire: Questionnaire) -> set[str]:
    """The questions of the office that this person does not answer."""
    answers = {reader for reader, deed in ANSWERED_BY.items() if may(f"{part.word}.{deed}", part.of)}
    return {key for key in asked_of_the_office(questionnaire) if questionnaire.for_whom(key) not in answers}


def _kept(thing: FilledIn, questionnaire: Questionnaire) -> Mapping[str, list[KeptView]]:
    """The documents that its organisation keeps here and that its form cites, by kind."""
    found: dict[str, list[KeptView]] = {}
    cited = documents_cited(questionnaire)
    for document in kept_by(thing.organisation_id, cited) if cited else ():
        found.setdefault(document.kind, []).append(kept_view(document, clock.today()))
    return found


def _as_shown(thing: FilledIn) -> Callable[[StoredFile], FileView]:
    """A file with its address under this thing."""
    return lambda stored: shown_file(stored, address(thing, "file", file_id=stored.id))


def _carried(thing: FilledIn, questionnaire: Questionnaire) -> Cells:
    """Shown before the first answer, kept with it: what is known from the profile and the period before."""
    texts, offered = carried_texts(thing, questionnaire), choices_of(thing)
    return carried_cells(questionnaire, texts, offered, revision=0, at=thing.submission.created_at) if texts else {}


def frozen_drawing(thing: FilledIn, version: SubmissionVersion) -> Drawing:
    """A version as it was sent, with the addresses of its files."""
    return sent_drawing(thing, version, _as_shown(thing))


def status_of(saved: Saved | None) -> int:
    """Of the page that a form comes back as."""
    return 200 if saved is None or not (saved.conflicts or saved.errors) else 409 if saved.conflicts else 422


def problems_of(drawing: Drawing, saved: Saved | None) -> list[tuple[str, str]]:
    """(sentence, address of its box) of whatever a form that was just sent did not get counted, for the summary above it."""
    if saved is None:
        return []
    said = {place: f"{drawing.conflict(drawing.cells[place], mine)[1]} changed this meanwhile" for place, mine in saved.conflicts.items()}
    problems = []
    for (key, cell), sentence in (said | saved.errors).items():
        question = drawing.questionnaire.questions.get(key)
        label = question.label if question else "About the return as a whole"
        problems.append((f"{label}: {sentence}", _place(key, cell)))
    return problems


def _place(key: str, cell: str) -> str:
    """Of a box on its page; that of a reason has no full stop in it, because htmx looks for what it preserves by a selector."""
    return f"#reason-{key}-{cell.removeprefix(REASON)}" if cell.startswith(REASON) else f"#cell-{key}-{cell}".rstrip("-")


def plain_page(thing: FilledIn, drawing: Drawing, here: Section, saved: Saved | None = None) -> dict[str, Any]:
    """The context of a section's page, as templates/questions/_section.html asks for it."""
    asked = drawing.sections
    at = asked.index(here) if here in asked else abort(404)
    is_return = isinstance(thing, MonitoringReturn)
    period = thing.period.label if is_return else ""
    save_url = address(thing, "save_answers", section=here.key)
    return {
        "thing": thing,
        "drawing": drawing,
        "section": here,
        "problems": problems_of(drawing, saved),
        "number": at + 1,
        "count": len(asked),
        "following": asked[at + 1] if at + 1 < len(asked) else None,
        "questions": frames.views(drawing, here, thing.questionnaire_version_id, period, save_url) if is_return else drawing.views(here),
        "grid": is_return,
        "periods": [each.label for each in drawing.earlier],
        "ages": drawing.ages,
        "period": period,
        "save_url": save_url,
    }


def saved_parts(thing: FilledIn, form: Form, saved: Saved, section_key: str) -> Response:
    """After one cell was saved: its state, and out of band the other cells, checks and computed values of its page that it touches."""
    if not form.cells:
        abort(400)
    questionnaire = definition(thing.questionnaire_version_id)
    place = next(
        (each for each in form.cells if each in saved.changed or each in saved.errors or each in saved.conflicts), next(iter(form.cells))
    )
    parts = [_cell_state(place, saved), *(_cell_state(other, saved, oob=True) for other in sorted(saved.changed) if other != place)]
    touched = {
        key for key in _touched(questionnaire, {key for key, _cell in saved.changed}) if questionnaire.questions[key].section == section_key
    }
    if touched:
        parts.append(_neighbours(thing, questionnaire, saved, touched, section_key))
    changes = _shows_or_hides(questionnaire, {key for key, _cell in saved.changed}, section_key)
    tells = "hub:asks" if changes else ""  # hub.js then brings in the questions that are asked now
    return respond.parts(parts, status_of(saved), tells=tells)


def _shows_or_hides(questionnaire: Questionnaire, changed: set[str], section_key: str) -> bool:
    """Whether a question of this section may be asked, or not be asked any more, because of what was typed."""
    decided = {each for key in changed & questionnaire.questions.keys() for each in questionnaire.depends_on(key).shown}
    return any(each.show_if is not None and each.section == section_key for each in map(questionnaire.questions.__getitem__, decided))


def _cell_state(place: tuple[str, str], saved: Saved, *, oob: bool = False) -> str:
    key, cell = place
    stored = saved.cells.get(place)
    conflict = None
    if place in saved.conflicts and stored is not None:
        name = names_of({stored.by_id}).get(stored.by_id, "A colleague") if stored.by_id else "A colleague"
        conflict = (stored.text, name, f"at {saved_at(stored.at).removeprefix('saved ')}", saved.conflicts[place])
    return respond.drawn(
        "questions/_cell_state.html",
        key=key,
        cell=cell,
        word=saved_at(stored.at) if stored else "",
        sentence=saved.errors.get(place),
        revision=stored.revision if stored else 0,
        conflict=conflict,
        oob=oob,
    )


def _touched(questionnaire: Questionnaire, changed: set[str]) -> set[str]:
    """The questions whose checks or computed values may differ now."""
    touched: set[str] = set()
    for key in changed & questionnaire.questions.keys():
        after = questionnaire.depends_on(key)
        touched |= {key} | after.computed
        touched |= {check.about[0][0] for check in questionnaire.checks if check.key in after.checks}
        touched |= {question.key for question in questionnaire.questions.values() if question.of == key}
        touched |= {questionnaire.questions[key].of} - {""}
    return touched


def _neighbours(thing: FilledIn, questionnaire: Questionnaire, saved: Saved, touched: set[str], section_key: str) -> str:
    sections = {questionnaire.questions[key].section for key in touched}
    standing = standing_of(thing, questionnaire, saved.cells, sections=sections, only=touched)
    touched &= standing.visible  # what is hidden does not stand on the page
    drawing = Drawing(questionnaire, saved.cells, standing, choices_of(thing), readonly=False)
    save_url = address(thing, "save_answers", section=section_key)
    texts = []
    for question in (questionnaire.questions[key] for key in sorted(touched)):
        if question.type.name in SHOWN:  # also where nothing is left to show
            said = shown(question, drawing.counted)
            texts += [(question.key, cell, text) for cell, text in said.items()] if isinstance(said, dict) else [(question.key, "", said)]
    checks = [
        respond.drawn(
            "questions/_checks.html", q={"key": key, "failures": drawing.failures(key), "readonly": False}, save_url=save_url, oob=True
        )
        for key in sorted(touched)
    ]
    return respond.drawn("questions/_shown.html", shown=texts) + "".join(checks)


def table_part(thing: FilledIn, form: Form) -> Response:
    """A table with its rows as they are now."""
    drawing = drawing_of(thing)
    question = drawing.questionnaire.questions[form.row_pressed]
    save_url = address(thing, "save_answers", section=question.section)
    return make_response(render_template("questions/table.html", q=drawing.view(question), save_url=save_url))


def office_name() -> str:
    return current_app.config["HUB"].office_name


def file_part(thing: FilledIn, question_key: str, section_key: str, saved: Saved) -> Response:
    """A question of files with those there are now, and why the last one was not taken."""
    drawing = drawing_of(thing, section_key=section_key, saved=saved)
    view = drawing.view(drawing.questionnaire.questions[question_key])
    return make_response(render_template("questions/file.html", q=view, save_url=""), status_of(saved))
