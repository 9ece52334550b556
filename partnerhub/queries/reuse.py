"""Questions about answers of earlier applications: which applications there are, what would come from one, what came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from partnerhub.extensions import db
from partnerhub.models import Application, CopiedAnswer, FundingRound, StoredFile
from partnerhub.models.conditions import allowed
from partnerhub.queries.documents import documents_in, kept_by
from partnerhub.queries.organisations import profile_of
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import Cells, frozen_answers
from partnerhub.rules.policy import Person
from partnerhub.rules.questionnaire import ON_ITS_PAGE, PROFILE
from partnerhub.rules.reuse import NEVER, Place, into_empty, part_of

MOST_OFFERED = 20


def _earlier(application: Application, person: Person) -> Select[Application]:
    return select(Application).where(
        Application.organisation_id == application.organisation_id,
        Application.id != application.id,
        Application.latest_version_id.is_not(None),
        allowed(person, "application.read", Application),
    )


def earlier_applications(application: Application, person: Person) -> list[Application]:
    """What the same organisation has sent, in any round, as far as `person` may read it; the last one first."""
    found = _earlier(application, person).options(
        joinedload(Application.funding_round).joinedload(FundingRound.fund), joinedload(Application.latest_version)
    )
    return list(db.session.scalars(found.order_by(Application.submitted_at.desc(), Application.id).limit(MOST_OFFERED)))


def has_earlier(application: Application, person: Person) -> bool:
    return db.session.scalar(_earlier(application, person).with_only_columns(Application.id).limit(1)) is not None


def coming_from(source: Application, application: Application, cells: Cells) -> dict[Place, str]:
    """The answers of an earlier application that would come into the empty cells of this one."""
    version = source.latest_version
    if version is None:
        return {}
    filled = {place for place, stored in cells.items() if stored.text}
    form, earlier = definition(application.questionnaire_version_id), definition(version.questionnaire_version_id)
    return into_empty(form, earlier, frozen_answers(version.id)["texts"], filled)


class Keeping(NamedTuple):
    """What was sent with an application and could be kept, so that it need not be said or sent again."""

    profile: dict[str, dict[str, str]]  # parts of the profile by cell, as far as they differ from what is kept
    documents: list[tuple[str, StoredFile]]  # those that are not kept yet, by kind

    @property
    def labels(self) -> list[str]:
        """In words, each once."""
        kinds = dict.fromkeys(kind for kind, _ in self.documents)
        return [PROFILE[each].capitalize() for each in (*self.profile, *kinds)]


def to_keep(application: Application) -> Keeping:
    """Of the version that was sent last."""
    version = application.latest_version
    if version is None:
        return Keeping({}, [])
    said, kept = frozen_answers(version.id), profile_of(application.organisation_id)
    profile: dict[str, dict[str, str]] = {}
    for question in definition(version.questionnaire_version_id).questions.values():
        if question.reuse in PROFILE and question.type.name not in NEVER and question.reuse not in ON_ITS_PAGE - {"kind"}:
            texts = part_of(question, said["texts"].get(question.key, {}), said["values"].get(question.key, {}))
            if any(texts.values()) and texts != kept.get(question.reuse):
                profile[question.reuse] = texts
    digests = {each.file.digest for each in kept_by(application.organisation_id)}
    return Keeping(profile, [(kind, file) for kind, file in documents_in(application, as_sent=True) if file.digest not in digests])


def copied_in(application: Application) -> Mapping[Place, tuple[int, str]]:
    """The cells that were taken over: the revision at which they were, and the reference of where they come from."""
    copied = (
        select(CopiedAnswer.question_key, CopiedAnswer.cell, CopiedAnswer.revision, Application.reference)
        .join(Application, Application.id == CopiedAnswer.application_id)
        .where(CopiedAnswer.submission_id == application.submission_id)
    )
    return {(key, cell): (revision, str(reference)) for key, cell, revision, reference in db.session.execute(copied)}
