"""Questions about forms: their definitions (parsed once), their versions, the library they cite, reference data for their options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, load_only, selectinload

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import (
    BreakdownDefinition,
    District,
    IndicatorDefinition,
    MonitoringReturn,
    Organisation,
    Questionnaire,
    QuestionnaireVersion,
)
from partnerhub.queries.priorities import PREFIX as PRIORITIES
from partnerhub.queries.priorities import in_force
from partnerhub.queries.submissions import cells_of
from partnerhub.rules import questionnaire as rules
from partnerhub.rules.question_types import Choice
from partnerhub.rules.words import QuestionnaireStatus, ReturnStatus

# A published version never changes, so a process parses it once. Drafts change under the same id and are never kept.
_parsed: dict[UUID, rules.Questionnaire] = {}


def definition(version_id: UUID) -> rules.Questionnaire:
    """The form of this version as an immutable value; LookupError when there is none."""
    kept = _parsed.get(version_id)
    if kept is not None:
        return kept
    found = db.session.execute(
        select(QuestionnaireVersion.document, QuestionnaireVersion.status).where(QuestionnaireVersion.id == version_id)
    ).one_or_none()
    if found is None:
        raise LookupError(f"no version {version_id} of any questionnaire")
    parsed = rules.parse(found.document)
    if found.status != QuestionnaireStatus.DRAFT:
        _parsed[version_id] = parsed
    return parsed


def definitions(version_ids: Iterable[UUID]) -> dict[UUID, rules.Questionnaire]:
    """The forms of these versions; those that are not in memory yet are read in one statement."""
    wanted = set(version_ids)
    found = {each: _parsed[each] for each in wanted if each in _parsed}
    missing = wanted - found.keys()
    if missing:
        versions = select(QuestionnaireVersion.id, QuestionnaireVersion.document, QuestionnaireVersion.status)
        for version in db.session.execute(versions.where(QuestionnaireVersion.id.in_(missing))):
            found[version.id] = rules.parse(version.document)
            if version.status != QuestionnaireStatus.DRAFT:
                _parsed[version.id] = found[version.id]
    return found


class _Reference(Mapping[str, tuple[Choice, ...]]):
    """Lists of choices by name, each asked of the database when a form first uses it."""

    def __init__(self, sources: Mapping[str, Callable[[], tuple[Choice, ...]]], on: date | None) -> None:
        self._sources = sources
        self._on = on
        self._found: dict[str, tuple[Choice, ...]] = {}

    def __getitem__(self, name: str) -> tuple[Choice, ...]:
        if name not in self._found:
            scheme = name.removeprefix(PRIORITIES)
            self._found[name] = self._sources[name]() if scheme == name else in_force(scheme, self._on or clock.today())
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


def choices(organisation_id: UUID | None = None, on: date | None = None) -> Mapping[str, tuple[Choice, ...]]:
    """Reference data for `options_from`; nothing is queried until a form asks for a list by its name.

    `other_organisations` leaves out the organisation that fills in the form. Lists of priorities (`priorities.people_zones`) are those
    in force `on` a day: for an application the day on which its round opens; today when none is given.
    """

    def organisations() -> tuple[Choice, ...]:
        rows = db.session.execute(select(Organisation.id, Organisation.name).order_by(Organisation.name))
        return tuple(Choice(str(row.id), row.name) for row in rows)

    reference = _Reference(
        {
            "districts": _districts,
            "organisations": organisations,
            "other_organisations": lambda: tuple(each for each in reference["organisations"] if each.key != str(organisation_id)),
        },
        on,
    )
    return reference


def choices_of(thing: Any) -> Mapping[str, tuple[Choice, ...]]:
    """The reference data for what somebody fills in: for an application as it was on the day its round opened, and so it stays."""
    funding_round = getattr(thing, "funding_round", None)
    return choices(thing.organisation_id, clock.day_of(funding_round.opens_at) if funding_round else None)


def public_choices(on: date) -> Mapping[str, tuple[Choice, ...]]:
    """The lists among them that everybody may read, as they stand on a day: never who the hub's organisations are."""
    return _Reference({"districts": _districts}, on)


def _districts() -> tuple[Choice, ...]:
    rows = db.session.execute(select(District.code, District.name).order_by(District.name))
    return tuple(Choice(row.code, row.name) for row in rows)


def newest_published(questionnaire_id: UUID) -> QuestionnaireVersion | None:
    """The version that returns drawn up now will use."""
    return db.session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.questionnaire_id == questionnaire_id, QuestionnaireVersion.status == QuestionnaireStatus.PUBLISHED)
        .order_by(QuestionnaireVersion.number.desc())
        .limit(1)
    ).first()


def in_use() -> list[QuestionnaireVersion]:
    """The newest published version of every form, by title; their documents are left in the database."""
    newest = (
        select(QuestionnaireVersion.questionnaire_id, func.max(QuestionnaireVersion.number).label("number"))
        .where(QuestionnaireVersion.status == QuestionnaireStatus.PUBLISHED)
        .group_by(QuestionnaireVersion.questionnaire_id)
        .subquery()
    )
    return list(
        db.session.scalars(
            select(QuestionnaireVersion)
            .join(
                newest,
                (newest.c.questionnaire_id == QuestionnaireVersion.questionnaire_id) & (newest.c.number == QuestionnaireVersion.number),
            )
            .join(QuestionnaireVersion.questionnaire)
            .options(contains_eager(QuestionnaireVersion.questionnaire), load_only(QuestionnaireVersion.number))
            .order_by(Questionnaire.title, Questionnaire.key)
        )
    )


def profile_choices(*parts: str) -> dict[str, list[tuple[str, str]]]:
    """What the forms in use let people choose where they ask for a part of the profile: each choice once, by part."""
    offered: dict[str, dict[str, str]] = {part: {} for part in parts}
    for form in definitions(each.id for each in in_use()).values():
        for question in form.questions.values():
            if question.reuse in offered:
                offered[question.reuse] |= {each.key: each.label for each in question.options if each.key not in offered[question.reuse]}
    return {part: list(choices.items()) for part, choices in offered.items()}


def questionnaire_by_key(key: str) -> Questionnaire | None:
    return db.session.scalars(select(Questionnaire).where(Questionnaire.key == key)).one_or_none()


def draft_of(questionnaire: Questionnaire) -> QuestionnaireVersion | None:
    """The version that is still being written; there is at most one."""
    return next((each for each in questionnaire.versions if each.status == QuestionnaireStatus.DRAFT), None)


def library() -> dict[str, Any]:
    """The indicators and breakdowns that forms may cite, as one library document."""
    indicators = db.session.scalars(select(IndicatorDefinition).order_by(IndicatorDefinition.key))
    breakdowns = db.session.scalars(select(BreakdownDefinition).order_by(BreakdownDefinition.key))
    return {
        "indicators": [each.document for each in indicators],
        "breakdowns": {each.key: each.categories for each in breakdowns},
    }


def every_questionnaire() -> list[Questionnaire]:
    """Every form with its versions, by title."""
    return list(
        db.session.scalars(
            select(Questionnaire).options(selectinload(Questionnaire.versions)).order_by(Questionnaire.title, Questionnaire.key)
        )
    )


def version_id_of(key: str, number: int) -> UUID | None:
    """Which version is meant by an address."""
    return db.session.scalar(
        select(QuestionnaireVersion.id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .where(Questionnaire.key == key, QuestionnaireVersion.number == number)
    )


def _never_sent() -> Select[MonitoringReturn]:
    """Returns in which somebody may still type and of which nothing was sent: those that can move to another version."""
    return select(MonitoringReturn).where(
        MonitoringReturn.status.in_((ReturnStatus.DUE, ReturnStatus.DRAFT)), MonitoringReturn.latest_version_id.is_(None)
    )


def open_on_others(version: QuestionnaireVersion) -> list[MonitoringReturn]:
    """Open returns with another version of the same form, the earliest due first."""
    others = select(QuestionnaireVersion.id).where(
        QuestionnaireVersion.questionnaire_id == version.questionnaire_id, QuestionnaireVersion.id != version.id
    )
    return list(
        db.session.scalars(
            _never_sent()
            .where(MonitoringReturn.questionnaire_version_id.in_(others))
            .options(
                joinedload(MonitoringReturn.period),
                joinedload(MonitoringReturn.organisation).load_only(Organisation.name),
                joinedload(MonitoringReturn.questionnaire_version),
            )
            .order_by(MonitoringReturn.due_on, MonitoringReturn.id)
        )
    )


def open_counts() -> dict[UUID, int]:
    """How many open returns each form has, whatever their version."""
    open_returns = _never_sent().subquery()
    rows = db.session.execute(
        select(QuestionnaireVersion.questionnaire_id, func.count())
        .join(open_returns, open_returns.c.questionnaire_version_id == QuestionnaireVersion.id)
        .group_by(QuestionnaireVersion.questionnaire_id)
    )
    return dict(rows.all())


def carried_to(monitoring_return: MonitoringReturn, new: rules.Questionnaire) -> tuple[rules.Carried, dict[str, dict[str, str]]]:
    """What becomes of the answers of a return in another version of its form, and the answers as they were typed."""
    texts: dict[str, dict[str, str]] = {}
    for (key, cell), stored in cells_of(monitoring_return.submission_id).items():
        texts.setdefault(key, {})[cell] = stored.text
    return rules.carry(texts, new, choices=choices(monitoring_return.organisation_id)), texts


def without_place(monitoring_return: MonitoringReturn, old: rules.Questionnaire, new: rules.Questionnaire) -> list[tuple[str, str]]:
    """The answers that another version of the form has no box for: the question as it was asked, and what was typed."""
    carried, texts = carried_to(monitoring_return, new)
    return [(old.questions[key].label if key in old.questions else key, texts[key][cell]) for key, cell in carried.no_place]
