"""What the office answers about an application or a return, where its form asks it something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from partnerhub.actions.doing import action, ask
from partnerhub.actions.filling import NOT_PUT_TO_THEM, NotPutToThem, put_typed
from partnerhub.actions.submissions import Saved, Typed
from partnerhub.extensions import db
from partnerhub.models.office_parts import OfficeSubmission
from partnerhub.models.submissions import Submission
from partnerhub.queries.office_parts import ANSWERED_BY, OfficePart, OfReturn, asked_of_the_office, office_part
from partnerhub.queries.questionnaires import definition
from partnerhub.rules.policy import Person

Answers = Mapping[tuple[str, str], Typed]


def save_office_part(part: OfficePart, typed: Answers, *, add_row: str = "", by: Person) -> Saved:
    """Keep what was typed, each answer as the deed of whomever its question is for; nothing where one of them is not theirs to give."""
    questionnaire = definition(part.questionnaire_version_id)
    keys = {key for key, _cell in typed} | ({add_row} if add_row else set())
    if not keys <= asked_of_the_office(questionnaire):
        raise NotPutToThem(NOT_PUT_TO_THEM)
    whose = {key: questionnaire.for_whom(key) for key in keys}
    deeds = {each: f"{part.word}.{ANSWERED_BY[each]}" for each in sorted(set(whose.values()))}
    for deed in deeds.values():
        ask(deed, by, part.of)
    saved = Saved({})
    for reader, deed in deeds.items():
        theirs = {place: said for place, said in typed.items() if whose[place[0]] == reader}
        done = WRITERS[deed](part.of, theirs, add_row=add_row if whose.get(add_row) == reader else "", by=by)
        saved.cells = done.cells
        saved.changed |= done.changed
        saved.errors |= done.errors
        saved.conflicts |= done.conflicts
        saved.unstored |= done.unstored
    return saved


@action("application.answer_office")
def answer_of_application(application: Any, typed: Answers, *, add_row: str = "", by: Person, now: datetime) -> Saved:
    return _put(application, typed, add_row, "office", by, now)


@action("application.answer_finance")
def finance_of_application(application: Any, typed: Answers, *, add_row: str = "", by: Person, now: datetime) -> Saved:
    return _put(application, typed, add_row, "finance", by, now)


@action("return.answer_office")
def answer_of_return(monitoring_return: Any, typed: Answers, *, add_row: str = "", by: Person, now: datetime) -> Saved:
    return _put(monitoring_return, typed, add_row, "office", by, now)


@action("return.answer_finance")
def finance_of_return(monitoring_return: Any, typed: Answers, *, add_row: str = "", by: Person, now: datetime) -> Saved:
    return _put(monitoring_return, typed, add_row, "finance", by, now)


WRITERS: Mapping[str, Callable[..., Saved]] = {
    "application.answer_office": answer_of_application,
    "application.answer_finance": finance_of_application,
    "return.answer_office": answer_of_return,
    "return.answer_finance": finance_of_return,
}


def _put(thing: Any, typed: Answers, add_row: str, reader: str, by: Person, now: datetime) -> Saved:
    """The first answer makes the place where they are kept: the row of the thing is locked, so there is one."""
    part = office_part(thing)
    if part.submission_id is None:
        part = _begun(part, now)
    return put_typed(part, typed, by=by, now=now, add_row=add_row, readers={reader})


def _begun(part: OfficePart, now: datetime) -> OfficePart:
    submission = Submission(questionnaire_version_id=part.questionnaire_version_id, organisation_id=part.organisation_id, created_at=now)
    db.session.add(submission)
    db.session.flush()
    whose = {"return_id": part.id} if isinstance(part, OfReturn) else {"application_id": part.id}
    db.session.add(OfficeSubmission(submission_id=submission.id, **whose))
    db.session.flush()
    return office_part(part.of)
