"""Questions that need the answers and the form together: how something filled in stands, and what is known before anybody types."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models.applications import Application
from partnerhub.models.awards import Award, Payment
from partnerhub.models.organisations import Organisation, ProfileAnswer
from partnerhub.models.returns import MonitoringReturn, ReturnQuery
from partnerhub.queries.office_parts import OFFICE_PARTS, OfficePart, asked_of_the_office
from partnerhub.queries.questionnaires import choices_of, definition
from partnerhub.queries.returns import Earlier, earlier_periods, queries_of, targets_of
from partnerhub.queries.reuse import copied_in
from partnerhub.queries.submissions import Cells, sent_in, values_of
from partnerhub.rules import awards, identifiers, rounds, standing
from partnerhub.rules.question_types import NO_CHOICES
from partnerhub.rules.question_types.tables import Table
from partnerhub.rules.questionnaire import ON_ITS_PAGE, Facts, Question, Questionnaire
from partnerhub.rules.reuse import Place
from partnerhub.rules.standing import Standing
from partnerhub.rules.words import PaymentStatus


class FilledIn(Protocol):
    """What has a form to be filled in: a return, an application, the office's part of one."""

    @property
    def id(self) -> Any: ...
    @property
    def submission_id(self) -> Any: ...
    @property
    def questionnaire_version_id(self) -> Any: ...
    @property
    def organisation_id(self) -> Any: ...
    @property
    def version(self) -> Any: ...
    @property
    def submission(self) -> Any: ...
    @property
    def is_untouched(self) -> bool: ...


Carried = tuple[Mapping[str, Mapping[str, Any]], Questionnaire | None]  # values, and their form where it is another one
NOTHING_CARRIED: Carried = ({}, None)


class Known(NamedTuple):
    """What the answers of one kind of thing are read beside."""

    earlier: Callable[[Any], list[Earlier]]  # what was said for earlier periods, oldest first
    carried: Callable[[Any], Carried]  # what `carry_forward` takes its first answers from
    facts: Callable[[Any], Facts]  # what its form may name besides its questions
    asked: Callable[[Any], Sequence[ReturnQuery]]  # by the office, about what was sent
    targets: Callable[[Any, Questionnaire], Mapping[str, str]]  # by indicator, in words
    copied: Callable[[Any], Mapping[Place, tuple[int, str]]]  # cells that were taken over from an earlier one


def _of_the_round(application: Application) -> Facts:
    return rounds.facts(application.funding_round.terms, application.funding_round.decided_by)


class _WhenNamed(Mapping[str, Any]):
    """Facts that are looked up only where a form names them: every save asks what its form may name, and most name none."""

    def __init__(self, sources: Mapping[str, Callable[[], Any]]) -> None:
        self._sources = sources

    def __getitem__(self, name: str) -> Any:
        return self._sources[name]()

    def __contains__(self, name: object) -> bool:
        return name in self._sources

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


def _of_the_agreement(owed: MonitoringReturn) -> Facts:
    """The quarter in which its period ends, and when what was agreed begins and ends."""
    return _WhenNamed(
        {
            "quarter": lambda: (owed.period.ends.month - 4) % 12 // 3 + 1,
            "agreed_start": lambda: owed.agreement.starts,
            "agreed_end": lambda: owed.agreement.ends,
        }
    )


def _of_the_award(owed: MonitoringReturn) -> Facts:
    """What a report of a grant may name: what was awarded, asked for and paid, when it runs; another return names its agreement."""
    if owed.award_id is None:
        return _of_the_agreement(owed)
    award = db.session.get_one(Award, owed.award_id, options=[joinedload(Award.application)])
    paid = select(func.coalesce(func.sum(Payment.amount), 0)).where(
        Payment.award_id == award.id, Payment.status == PaymentStatus.RELEASED, Payment.amount > 0
    )
    received = int(db.session.scalar(paid) or 0)  # PostgreSQL adds up into a Decimal
    return awards.facts(award.amount, award.application.amount_requested, received, award.starts, award.ends)


def _carried_into(owed: MonitoringReturn) -> Carried:
    """A report of a grant takes over what the application planned, other returns what was said last time."""
    if owed.award_id is None:
        earlier = earlier_periods(owed)
        return (earlier[-1].values, None) if earlier else NOTHING_CARRIED
    its = select(Application).join(Award, Award.application_id == Application.id).where(Award.id == owed.award_id)
    applied = db.session.scalars(its).one()
    if applied.latest_version_id is None:
        return NOTHING_CARRIED
    return sent_in([applied.latest_version_id])[applied.latest_version_id].values, definition(applied.questionnaire_version_id)


KNOWN: dict[type, Known] = {
    MonitoringReturn: Known(
        earlier=lambda owed: earlier_periods(owed) if owed.award_id is None else [],
        carried=_carried_into,
        facts=_of_the_award,
        asked=lambda owed: queries_of(owed.id) if owed.latest_version_id else (),
        targets=lambda owed, form: targets_of(owed.agreement_id, form),
        copied=lambda _: {},
    ),
    Application: Known(
        earlier=lambda _: [],
        carried=lambda _: NOTHING_CARRIED,
        facts=_of_the_round,
        asked=lambda _: (),
        targets=lambda *_: {},
        copied=copied_in,
    ),
}


# What the office answers beside them names the same facts, and what it holds itself is nobody's to take over or to ask about.
KNOWN |= {
    each: KNOWN[Application]._replace(facts=lambda part: known_of(part.of).facts(part.of), copied=lambda _: {}) for each in OFFICE_PARTS
}


def known_of(thing: FilledIn) -> Known:
    return KNOWN[type(thing)]


def standing_of(
    thing: FilledIn,
    questionnaire: Questionnaire,
    cells: Cells,
    earlier: list[Earlier] | None = None,
    sections: Collection[str] | None = None,
    only: Collection[str] | None = None,
) -> Standing:
    """How it stands: what is shown, required, missing, failed, computed; of some sections or questions only when they are named."""
    if isinstance(thing, OfficePart):
        return _standing_of_part(thing, questionnaire, cells, sections, only)
    earlier = known_of(thing).earlier(thing) if earlier is None else earlier
    return standing.assess(
        questionnaire,
        values_of(cells),
        (earlier[-1].values if earlier else None) or None,
        known_of(thing).facts(thing),
        clock.today(),
        choices=choices_of(thing),
        sections=sections,
        only=only,
    )


def _standing_of_part(
    part: OfficePart, questionnaire: Questionnaire, cells: Cells, sections: Collection[str] | None, only: Collection[str] | None
) -> Standing:
    """How the office's part stands, read beside what was sent last: a check that names both stands beside the office's question."""
    sent, earlier = part.of.latest_version_id, known_of(part.of).earlier(part.of)
    whole = standing.assess(
        questionnaire,
        {**(sent_in([sent])[sent].values if sent else {}), **values_of(cells)},
        (earlier[-1].values if earlier else None) or None,
        known_of(part).facts(part),
        clock.today(),
        choices=choices_of(part),
        readers=standing.OFFICE,
    )
    asked = asked_of_the_office(questionnaire)
    shown = {
        key
        for key in asked & whole.visible
        if (sections is None or questionnaire.questions[key].section in sections) and (only is None or key in only)
    }
    return standing.about(whole, shown, asked, values_of(cells))


def fingerprint_of(thing: FilledIn, cells: Cells) -> str:
    """Of everything that stands in it and of where it has got to: the page that is signed bears it, and what is sent must have the same."""
    said = sorted((*place, stored.text) for place, stored in cells.items() if stored.text)
    return hashlib.sha256(json.dumps([thing.version, said]).encode()).hexdigest()


def carried_texts(thing: FilledIn, questionnaire: Questionnaire) -> dict[tuple[str, str], str]:
    """What can be filled in before anybody types: from the organisation's profile, and from what was said before."""
    texts: dict[tuple[str, str], str] = {}
    theirs = [question for question in questionnaire.questions.values() if questionnaire.is_put_to(question.key, standing.PARTNER)]
    wanted = {question.reuse: question for question in theirs if question.reuse}
    if wanted:
        for part, cells in _known_of_the_organisation(thing.organisation_id, wanted).items():
            texts |= {(wanted[part].key, cell): text for cell, text in cells.items()}
    carrying = [question for question in theirs if question.carry_forward]
    before, its_form = known_of(thing).carried(thing) if carrying else NOTHING_CARRIED
    for question in carrying:
        source = (its_form or questionnaire).questions.get(question.carry_forward, question)
        for cell, value in before.get(question.carry_forward, {}).items():
            if cell in question.cells or question.columns:
                texts[question.key, cell] = _as_typed(question, source, cell, value)
    return texts


def _as_typed(question: Question, source: Question, cell: str, value: Any) -> str:
    """A value as it would be typed; what was chosen from a list goes into words by its label."""
    part, its_part = _part(question, cell), _part(source, cell)
    if part is not None and its_part is not None and part.type is not its_part.type:
        return source.type.shown(source, cell, value, NO_CHOICES)
    return source.type.write(source, cell, value)


def _part(question: Question, cell: str) -> Question | None:
    """The question itself, or the column of a table that the cell stands in."""
    return question.type.column(question, cell) if isinstance(question.type, Table) else question


def _known_of_the_organisation(organisation_id: UUID, parts: Collection[str]) -> dict[str, Mapping[str, str]]:
    """Parts of its profile by cell: what it wrote there, and what stands on its page in the hub."""
    found: dict[str, Mapping[str, str]] = {}
    if {"legal_name", *ON_ITS_PAGE} & set(parts):
        organisation = db.session.get_one(Organisation, organisation_id)
        registered = identifiers.in_order(each.org_id for each in organisation.identifiers)
        known = {
            "legal_name": organisation.name,
            "kind": organisation.kind,
            "identifier": identifiers.number_in(registered[0]) if registered else "",
            "district": organisation.district_code or "",
            "website": organisation.website,
        }
        found |= {part: {"": text} for part, text in known.items() if part in parts}
    kept = select(ProfileAnswer).where(ProfileAnswer.organisation_id == organisation_id, ProfileAnswer.key.in_(list(parts)))
    return found | {each.key: each.texts for each in db.session.scalars(kept) if any(each.texts.values())}
