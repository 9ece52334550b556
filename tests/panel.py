"""A round at its panel, brought there by the deeds that bring rounds there: bids sent, confirmed, given out, and marked where asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from partnerhub import clock
from partnerhub.actions import applications, decisions
from partnerhub.actions import assessment as actions
from partnerhub.extensions import db
from partnerhub.models import Application, Assignment, Decision, FundingRound, Organisation, User
from partnerhub.queries.people import person_of
from partnerhub.rules.words import InterestStage
from tests.make import Make

NAMES = (
    "Abbey lunch club", "Boxing for everyone", "Canal wardens", "Dance together", "Estate gardeners", "Friends of the park",
    "Good neighbours", "Harbour choir", "Inkwell reading group", "Junction youth club", "Kite makers", "Library evenings",
)  # fmt: skip


class Said(NamedTuple):
    """What is typed into one cell of a form."""

    text: str
    revision: int = 0
    choice: str = ""
    not_applicable: bool = False


FULL_ANSWERS: Mapping[str, str] = {
    "project_name": "Evenings for young people",
    "need": "There is nowhere to go",
    "contact": "treasurer@example.org",
    "budget.r1.item": "Hall",
    "budget.r1.cost": "1,234.50",
}
# Of each bid in turn, by criterion: one mark of each assessor in turn. The agreed mark is the one in the middle.
FULL_MARKS: Sequence[Mapping[str, str]] = (
    {"need": "555", "cost": "555"},  # 100.0
    {"need": "554", "cost": "445"},  # 60 × 14/15 + 40 × 13/15 = 90.67
    {"need": "444", "cost": "444"},  # 80.0
    {"need": "444", "cost": "433"},  # 60 × 12/15 + 40 × 10/15 = 74.67
    {"need": "343", "cost": "444"},  # 60 × 10/15 + 40 × 12/15 = 72.0
    {"need": "234", "cost": "444"},  # 2 apart, agreed 3: 60 × 3/5 + 40 × 4/5 = 68.0
    {"need": "333", "cost": "343"},  # 60 × 9/15 + 40 × 10/15 = 62.67
    {"need": "333", "cost": "333"},  # 60.0
    {"need": "323", "cost": "333"},  # 60 × 8/15 + 40 × 9/15 = 56.0
    {"need": "222", "cost": "333"},  # 60 × 6/15 + 40 × 9/15 = 48.0
    {"need": "221", "cost": "204"},  # 4 apart, agreed 2: 60 × 5/15 + 40 × 2/5 = 36.0
    {"need": "111", "cost": "111"},  # 20.0
)


@dataclass
class Panel:
    """The round, who sees to it, and its bids in the order in which they were sent."""

    funding_round: FundingRound
    officer: User
    chair: User
    assessors: list[User]
    bids: list[Application] = field(default_factory=list)

    def sheets(self, bid: Application) -> list[Assignment]:
        """What the assessors of one bid fill in, in the order of `assessors`."""
        found = {each.user_id: each for each in db.session.query(Assignment).filter_by(application_id=bid.id)}
        return [found[each.id] for each in self.assessors if each.id in found]


def panel(
    make: Make,
    bids: int = 12,
    *,
    assessors: int | Sequence[User] = 3,
    officer: User | None = None,
    chair: User | None = None,
    given: bool = True,
    funding_round: FundingRound | None = None,
    answers: Mapping[str, str] = FULL_ANSWERS,
    marks: Sequence[Mapping[str, Any]] = (),
    moderated: bool = False,
) -> Panel:
    """So many bids, sent in time, confirmed, and each given to all assessors; not `given`: nobody has stated an interest yet.

    With `marks` (FULL_MARKS for the usual form) all are marked, bid after bid, the table over again when it ends; with `moderated`
    the chair has agreed the middle mark wherever marks lie apart, and every bid stands as moderated.
    """
    funding_round = funding_round or make.autumn_round(make.fund())
    if isinstance(assessors, int):
        assessors = [make.user("assessor", name=f"Assessor {'ABCDEFGH'[at]}") for at in range(assessors)]
    officer, chair = officer or make.user("officer", name="Officer of the round"), chair or make.user("chair", name="Chair of the panel")
    made = Panel(funding_round, officer, chair, list(assessors))
    more_bids(make, made, bids, given=given, answers=answers, marks=marks, moderated=moderated)
    return made


def decided(make: Make, at: Panel, line: int = 650, reason: str = "It keeps to the money.") -> Decision:
    """A decision on all that is marked, as the line has it: recommended by the officer, signed off by finance, approved by a director."""
    finance, director = make.user("finance"), make.user("director")
    with clock.at(at.funding_round.closes_at + timedelta(days=30)):
        decision = decisions.start_decision(at.funding_round, line, reason, by=person_of(at.officer.id))
        decisions.recommend(decision, by=person_of(at.officer.id))
        decisions.sign_off(decision, by=person_of(finance.id))
        decisions.approve(decision, "None", by=person_of(director.id))
    return decision


def more_bids(
    make: Make,
    at: Panel,
    bids: int,
    *,
    given: bool = True,
    answers: Mapping[str, str] = FULL_ANSWERS,
    marks: Sequence[Mapping[str, Any]] = (),
    moderated: bool = False,
) -> None:
    """So many bids more, brought as far as those of `panel`."""
    begun = len(at.bids)
    for number in range(begun, begun + bids):
        at.bids.append(_sent(make, at.funding_round, number, answers))
    with clock.at(at.funding_round.closes_at + timedelta(days=2)):
        if given:
            for each in at.assessors:
                actions.state_interests(at.funding_round, InterestStage.ASSIGNMENT, {}, by=person_of(each.id))
            actions.state_interests(at.funding_round, InterestStage.PANEL, {}, by=person_of(at.chair.id))
        for number, bid in enumerate(at.bids[begun:], begun):
            applications.confirm_application(bid, by=person_of(at.officer.id))
            for each in at.assessors if given else ():
                actions.assign(bid, each.id, by=person_of(at.officer.id))
            if marks:
                _mark(at, bid, marks[number % len(marks)])
            if moderated:
                _moderate(at, bid, marks[number % len(marks)])


def _sent(make: Make, funding_round: FundingRound, number: int, answers: Mapping[str, str]) -> Application:
    name = NAMES[number % len(NAMES)]
    taken = db.session.query(Organisation).filter(Organisation.name.startswith(name)).count()
    organisation = make.organisation(f"{name} {taken + 1}" if taken else name)
    lead = person_of(make.lead(organisation).id)
    application = make.application(funding_round, organisation)
    with clock.at(funding_round.opens_at + timedelta(days=1)):
        typed = {tuple(place.partition(".")[::2]): Said(text) for place, text in answers.items()}
        saved = applications.save_answers(application, typed, by=lead)
        assert not saved.errors, saved.errors
        applications.submit_application(application, by=lead)
    return application


def _mark(at: Panel, bid: Application, marks: Mapping[str, Any]) -> None:
    for place, sheet in enumerate(at.sheets(bid)):
        by = person_of(sheet.user_id)
        typed = {(criterion, "mark"): str(given[place]) for criterion, given in marks.items()}
        reasons = {(criterion, "reason"): f"Reason of {at.assessors[place].name}" for criterion in marks}
        actions.save_marks(sheet, typed | reasons, by=by)
        actions.finish_marking(sheet, by=by)


def _moderate(at: Panel, bid: Application, marks: Mapping[str, Any]) -> None:
    """Wherever marks lie 2 or more apart, or one passes and another fails, the middle one is agreed."""
    for criterion, given in marks.items():
        middle = sorted(map(str, given), key=lambda mark: (len(mark), mark))[len(given) // 2]
        is_apart = len(set(given)) > 1 if middle in ("pass", "fail") else max(map(int, given)) - min(map(int, given)) >= 2
        if is_apart:
            actions.agree_mark(bid, criterion, middle, "The panel talked it over", by=person_of(at.chair.id))
