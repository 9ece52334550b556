"""Questions about letters with decisions: which are written and released, what an applicant was told, who still waits for one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from partnerhub.extensions import db
from partnerhub.models import Application, Assignment, Award, BidWorkshop, Decision, FundingRound, Letter, Organisation, Proposal, User
from partnerhub.models.conditions import allowed
from partnerhub.queries.retold import digest_of
from partnerhub.rules.letters import Missing, owed
from partnerhub.rules.policy import DECIDED_UPON, Person
from partnerhub.rules.words import OWED_A_LETTER, ApplicationStatus, LetterStatus

# What a page about one letter shows beside it, in the statement that finds it.
IN_FULL = (
    joinedload(Letter.application).joinedload(Application.organisation).load_only(Organisation.name),
    joinedload(Letter.funding_round).joinedload(FundingRound.fund),
    joinedload(Letter.decision),
)


@dataclass(frozen=True, slots=True)
class OfDecision:
    """An approved decision with those of its letters that somebody may see."""

    decision: Decision
    applications: int
    drawn_up: int
    not_ready: int
    released: int
    letters: list[Letter] = field(default_factory=list)

    @property
    def is_drawn_up(self) -> bool:
        return self.drawn_up == self.applications

    @property
    def seen(self) -> str:
        """What the page of whoever releases them bears."""
        return letters_seen(self.letters)

    @property
    def hidden(self) -> int:
        """Letters of others, which this person may not see."""
        return self.drawn_up - len(self.letters)

    @property
    def next_to_write(self) -> Letter | None:
        return next((each for each in self.letters if each.status == LetterStatus.DRAFT), None)

    @property
    def is_ready(self) -> bool:
        """Every letter is written, and not all have gone out."""
        return self.is_drawn_up and not self.not_ready and self.released < self.drawn_up


def letters_seen(letters: Iterable[Letter]) -> str:
    """Of every letter as it stands: nobody releases words that were changed after they saw them."""
    return hashlib.sha256(" ".join(sorted(f"{each.id} {each.version}" for each in letters)).encode()).hexdigest()


def digest_of_letter(letter: Letter) -> str:
    """What the history keeps of a letter that goes out: whom it is for and every word of it."""
    whom = [str(each) for each in (letter.decision_id, letter.application_id, letter.round_id, letter.organisation_id)]
    return digest_of([whom, letter.outcome, letter.text, letter.feedback, letter.facts])


def letters_in(person: Person, round_id: UUID) -> list[OfDecision]:
    """The approved decisions of a round, the newest first, with their letters by reference."""
    decisions = db.session.scalars(
        select(Decision)
        .where(Decision.round_id == round_id, Decision.status.in_(DECIDED_UPON))
        .order_by(Decision.approved_at.desc(), Decision.id)
    ).all()
    proposed = dict(_counted(Proposal.decision_id, Proposal.decision_id.in_([each.id for each in decisions])))
    states: dict[UUID, dict[str, int]] = {}
    counting = select(Letter.decision_id, Letter.status, func.count()).where(Letter.round_id == round_id)
    for decision_id, status, count in db.session.execute(counting.group_by(Letter.decision_id, Letter.status)):
        states.setdefault(decision_id, {})[status] = count
    seen: dict[UUID, list[Letter]] = {}
    visible = select(Letter).join(Application, Application.id == Letter.application_id)
    visible = visible.where(Letter.round_id == round_id, allowed(person, "letter.view", Letter))
    for letter in db.session.scalars(visible.options(*IN_FULL).order_by(Application.number)):
        seen.setdefault(letter.decision_id, []).append(letter)
    return [_of(each, proposed.get(each.id, 0), states.get(each.id, {}), seen.get(each.id, [])) for each in decisions]


def _counted(column: object, *where: object) -> Sequence[tuple[UUID, int]]:
    statement = select(column, func.count()).where(*where).group_by(column)  # ty: ignore[no-matching-overload]
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def _of(decision: Decision, applications: int, states: dict[str, int], letters: list[Letter]) -> OfDecision:
    return OfDecision(
        decision, applications, sum(states.values()), states.get(LetterStatus.DRAFT, 0), states.get(LetterStatus.RELEASED, 0), letters
    )


def letters_of(person: Person, application_id: UUID) -> list[Letter]:
    """What this person may see of the letters to one applicant, the newest first."""
    statement = (
        select(Letter)
        .join(Decision, Decision.id == Letter.decision_id)
        .where(Letter.application_id == application_id, allowed(person, "letter.view", Letter))
        .options(joinedload(Letter.decision))
        .order_by(Decision.approved_at.desc(), Letter.id)
    )
    return list(db.session.scalars(statement))


def letters_of_decision(decision_id: UUID) -> list[Letter]:
    """Every letter of a decision as it stands now, with its application."""
    statement = (
        select(Letter)
        .join(Application, Application.id == Letter.application_id)
        .where(Letter.decision_id == decision_id)
        .options(selectinload(Letter.application).joinedload(Application.organisation))
        .order_by(Application.number)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))


def awards_by_application(decision_id: UUID) -> dict[UUID, Award]:
    """The awards that a decision made, by application."""
    return {each.application_id: each for each in db.session.scalars(select(Award).where(Award.decision_id == decision_id))}


def next_round_of(funding_round: FundingRound, now: datetime) -> FundingRound | None:
    """The published round of the same fund that can be applied to next, or now."""
    statement = (
        select(FundingRound)
        .where(
            FundingRound.fund_id == funding_round.fund_id,
            FundingRound.id != funding_round.id,
            FundingRound.published_at.is_not(None),
            FundingRound.closes_at > now,
        )
        .options(joinedload(FundingRound.fund))
        .order_by(FundingRound.opens_at)
        .limit(1)
    )
    return db.session.scalars(statement).first()


def workshops_to_come(round_id: UUID, now: datetime) -> list[tuple[datetime, str]]:
    """When and where one can learn how to apply."""
    found = select(BidWorkshop.at, BidWorkshop.place).where(BidWorkshop.round_id == round_id, BidWorkshop.at > now).order_by(BidWorkshop.at)
    return [(row.at, row.place) for row in db.session.execute(found)]


# Who still waits for a letter

_OWED = (
    Application.submitted_at.is_not(None),
    Application.status.in_(OWED_A_LETTER),
    or_(Application.told_at.is_(None), Application.status == ApplicationStatus.DEFERRED),
)


def count_owed(round_id: UUID) -> int:
    """How many sent applications of a round have no released letter, or one that only put them off."""
    return db.session.scalar(select(func.count()).select_from(Application).where(Application.round_id == round_id, *_OWED)) or 0


def owed_in(person: Person, round_id: UUID) -> list[Application]:
    """Those of them that this person may see, by reference."""
    statement = (
        select(Application)
        .where(Application.round_id == round_id, *_OWED, allowed(person, "application.view", Application))
        .options(joinedload(Application.organisation).load_only(Organisation.name))
        .order_by(Application.number)
    )
    return list(db.session.scalars(statement))


# What staff write from


def names_of_markers(application_id: UUID) -> list[str]:
    """Who ever marked an application, also those whose marks were set aside: none of these names may stand in its letter."""
    found = select(User.name).join(Assignment, Assignment.user_id == User.id).where(Assignment.application_id == application_id)
    return list(db.session.scalars(found.order_by(User.name)))


def owed_by(letter: Letter, today: date) -> Missing:
    """What is missing before this letter is ready."""
    facts = letter.facts
    names = names_of_markers(letter.application_id)
    return owed(letter.outcome, letter.text, facts["criteria"], letter.feedback, facts["terms"], names, today)
