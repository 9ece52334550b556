"""What is done with forms: loaded as a draft, published and so frozen, retired; open returns moved; and the library they cite."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update

from partnerhub.actions.doing import Deed, action
from partnerhub.actions.unique import flush_or
from partnerhub.catalogue.loading import canonical, digest_of, standing_alone
from partnerhub.extensions import db
from partnerhub.models import (
    Answer,
    BreakdownDefinition,
    IndicatorDefinition,
    MonitoringReturn,
    Questionnaire,
    QuestionnaireVersion,
    Submission,
)
from partnerhub.queries.questionnaires import carried_to, definition, draft_of, newest_published, open_on_others, questionnaire_by_key
from partnerhub.queries.submissions import cells_of
from partnerhub.rules import questionnaire as rules
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.policy import Person

# What an indicator's number means: when one of these changes, the key must change too.
MEANING = {"measure": None, "over_providers": None, "unit": None, "decimals": 0}

LOADED_MEANWHILE = (
    "Somebody else loaded the same at the same moment. Nothing of yours was loaded. Look at what is there now, then load it again."
)


class Loaded(NamedTuple):
    """The version that holds the document now, and whether this load made or changed it."""

    version: QuestionnaireVersion
    is_new: bool


@action("questionnaire.load")
def load_questionnaire(_: None, document: object, file: str = "", *, by: Person, now: datetime, deed: Deed) -> Loaded:
    """The document as the draft of its questionnaire; nothing new when the draft, or without one the newest version, says the same."""
    stored, meaning = standing_alone(document, file=file)
    digest = digest_of(stored)
    questionnaire = questionnaire_by_key(meaning.key)
    if questionnaire is None:
        questionnaire = Questionnaire(key=meaning.key, title=meaning.title, kind=meaning.kind)
    if questionnaire.kind != meaning.kind:
        raise BadAnswer(
            f"“{meaning.key}” is the key of a form of another kind ({questionnaire.kind}). Give this {meaning.kind} another key."
        )
    draft = draft_of(questionnaire)
    latest = draft or next((each for each in reversed(questionnaire.versions) if each.published_at), None)
    if latest is not None and latest.digest == digest:
        deed.silent = True
        return Loaded(latest, False)
    if draft is None:
        number = 1 + max((each.number for each in questionnaire.versions), default=0)
        draft = QuestionnaireVersion(questionnaire=questionnaire, number=number)
        db.session.add(draft)
    draft.document, draft.digest = stored, digest
    flush_or(LOADED_MEANWHILE)
    deed.about, deed.details = draft, {"questionnaire": meaning.key, "version": draft.number, "digest": digest}
    return Loaded(draft, True)


class Published(NamedTuple):
    """A version that was published, and how many open returns moved to it by themselves."""

    version: QuestionnaireVersion
    moved: int


@action("questionnaire.publish")
def publish_questionnaire(version: QuestionnaireVersion, digest: str = "", *, by: Person, now: datetime, deed: Deed) -> Published:
    """Freezes a draft. `digest` is that of the draft the person saw: another one is refused.

    Open returns on older versions move along when nothing was typed in them, or when only wording changed.
    """
    if digest and digest != version.digest:
        raise NotNow("Somebody loaded a newer draft after you opened the page. Nothing was published. Look at the draft again.")
    stored, meaning = standing_alone(version.document)
    version.document, version.digest, version.published_at = stored, digest_of(stored), now
    version.questionnaire.title = meaning.title
    moving = [each for each in open_on_others(version) if each.is_untouched or _only_words_changed(each, meaning)]
    for each in moving:
        _move(each, version)
    deed.details = {
        "questionnaire": meaning.key,
        "version": version.number,
        "digest": version.digest,
        "moved": [str(each.id) for each in moving],
    }
    return Published(version, len(moving))


def _only_words_changed(monitoring_return: MonitoringReturn, new: rules.Questionnaire) -> bool:
    return rules.wording_only(rules.changes(definition(monitoring_return.questionnaire_version_id), new))


@action("questionnaire.retire")
def retire_questionnaire(version: QuestionnaireVersion, *, by: Person, now: datetime, deed: Deed) -> QuestionnaireVersion:
    """No return will be drawn up with this version any more; a draft is thrown away. What was sent with it stays readable."""
    deed.details = {"questionnaire": version.questionnaire.key, "version": version.number, "was": str(version.status)}
    return version


@action("return.move")
def move_return(monitoring_return: MonitoringReturn, version: QuestionnaireVersion, *, by: Person, now: datetime, deed: Deed) -> None:
    """Answers are carried by key and read again; what finds no place is kept and does not count. What was sent never moves."""
    if monitoring_return.latest_version_id is not None:
        raise NotNow("This return was sent already, so it stays with the version of the form it was sent with.")
    newest = newest_published(version.questionnaire_id)
    if newest is None or newest.id != version.id or monitoring_return.questionnaire_version.questionnaire_id != version.questionnaire_id:
        raise NotNow("A return can only move to the newest published version of its own form.")
    deed.silent = monitoring_return.questionnaire_version_id == version.id
    if deed.silent:
        return
    carried, _ = carried_to(monitoring_return, definition(version.id))
    deed.details = {"to_version": version.number, "no_place": [list(place) for place in carried.no_place]}
    _read_again(monitoring_return, carried)
    _move(monitoring_return, version)


def _read_again(monitoring_return: MonitoringReturn, carried: rules.Carried) -> None:
    """The values that count from now on; the texts stay as they were typed."""
    for (key, cell), stored in cells_of(monitoring_return.submission_id).items():
        value = carried.values.get(key, {}).get(cell)
        if value != stored.value:
            place = (Answer.submission_id == monitoring_return.submission_id, Answer.question_key == key, Answer.cell == cell)
            db.session.execute(update(Answer).where(*place).values(value=value).execution_options(synchronize_session=False))


def _move(monitoring_return: MonitoringReturn, version: QuestionnaireVersion) -> None:
    monitoring_return.questionnaire_version_id = version.id
    place = Submission.id == monitoring_return.submission_id
    db.session.execute(
        update(Submission).where(place).values(questionnaire_version_id=version.id).execution_options(synchronize_session=False)
    )


@action("library.load")
def load_library(_: None, library: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> list[str]:
    """Indicators and breakdowns (one document with both keys) into the library; gives back the keys that are new or changed.

    Forms that were published keep what they took along.
    """
    rules.parse_indicators(library)
    kept = {each.key: each for each in db.session.scalars(select(IndicatorDefinition))}
    lists = {each.key: each for each in db.session.scalars(select(BreakdownDefinition))}
    changed = []
    with db.session.no_autoflush:  # everything goes to the database below, where a clash is told
        for document in json.loads(canonical(library["indicators"])):
            key = document["key"]
            if key in kept:
                _refuse_new_meaning(kept[key].document, document)
            if key not in kept or kept[key].document != document:
                changed.append(db.session.merge(IndicatorDefinition(key=key, document=document, updated_at=now)))
        for key, categories in json.loads(canonical(library["breakdowns"])).items():
            if key not in lists or lists[key].categories != categories:
                changed.append(db.session.merge(BreakdownDefinition(key=key, categories=categories, updated_at=now)))
    flush_or(LOADED_MEANWHILE)
    deed.silent = not changed
    deed.about = changed[0] if changed else None
    deed.details = {"keys": [each.key for each in changed]}
    return [each.key for each in changed]


def _refuse_new_meaning(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    for part, usual in MEANING.items():
        before, after = old.get(part, usual), new.get(part, usual)
        if before != after:
            key = new["key"]
            raise BadAnswer(
                f"The indicator “{key}” has {part} “{before}” in this hub, and the file says “{after}”. Another meaning needs another key."
            )
