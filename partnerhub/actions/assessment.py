"""What happens while applications are marked: interests are stated, applications given out, marks saved, marks agreed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from partnerhub.actions.doing import Deed, action
from partnerhub.actions.mail import link_to, tell
from partnerhub.extensions import db
from partnerhub.models import Application, Assignment, FundingRound, Interest, InterestAsked, InterestStatement, Moderation, Score
from partnerhub.models.conditions import may
from partnerhub.queries import assessment as queries
from partnerhub.rules import assessment as rules
from partnerhub.rules import text as written
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.policy import Answer, Person
from partnerhub.rules.scoring import result
from partnerhub.rules.text import sentence
from partnerhub.rules.words import ApplicationStatus, InterestStage

# Interests


@action("interest.state")
def state_interests(
    funding_round: FundingRound,
    stage: InterestStage,
    declared: Mapping[UUID, str],
    read: Collection[UUID] | None = None,
    *,
    by: Person,
    now: datetime,
    deed: Deed,
) -> None:
    """Somebody has read the list of organisations. What was declared before stays declared; `declared` is organisation -> why.

    `read`: the organisations that stood on the list (all who apply now, when nothing is said): who came since is asked about anew.
    """
    if may(by, "application.view") is not Answer.YES:  # who sees applications before the close says so before it, too
        _refuse_before_close(funding_round, now)
    known = {organisation for organisation, _name in queries.organisations_in(funding_round.id)}
    asked = queries.asked_in(funding_round.id, stage).get(cast(UUID, by.id), set())
    for organisation_id in known.intersection(known if read is None else read) - asked:
        db.session.add(InterestAsked(round_id=funding_round.id, stage=stage, user_id=by.id, organisation_id=organisation_id))
    for organisation_id in declared.keys() & known:
        declare_for(cast(UUID, by.id), funding_round.id, organisation_id, declared[organisation_id], now)
    db.session.add(InterestStatement(round_id=funding_round.id, user_id=by.id, stage=stage, at=now))
    deed.details = {"round": funding_round.reference, "stage": stage, "interests": len(declared.keys() & known)}


@action("assignment.declare")
def declare_interest(assignment: Assignment, text: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """At any time: the application vanishes for this assessor, the marks are set aside, an officer is told."""
    text = sentence(text, "what your interest is")
    declare_for(cast(UUID, by.id), assignment.round_id, assignment.organisation_id, text, now)
    deed.about, deed.details = assignment.application, {"reference": assignment.application.reference}


def declare_for(user_id: UUID, round_id: UUID, organisation_id: UUID, text: str, now: datetime) -> None:
    """Only inside a write. What they were given to mark is set aside."""
    kept = Interest.round_id == round_id, Interest.user_id == user_id, Interest.organisation_id == organisation_id
    if db.session.scalars(select(Interest).where(*kept)).first() is not None:
        return
    text = written.clean(text).strip()
    db.session.add(Interest(round_id=round_id, user_id=user_id, organisation_id=organisation_id, text=text, at=now))
    set_aside(user_id, organisation_id, now, Assignment.round_id == round_id)


def set_aside(user_id: UUID, organisation_id: UUID, now: datetime, *which: ColumnElement[bool]) -> None:
    """Only inside a write: what somebody was given to mark who has to do with the applicant."""
    theirs = select(Assignment).where(
        *which, Assignment.organisation_id == organisation_id, Assignment.user_id == user_id, Assignment.set_aside_at.is_(None)
    )
    for each in db.session.scalars(theirs.order_by(Assignment.application_id)).all():
        each.set_aside_at = now
        _tell_officers(each, now)
        _settle(each.application_id, now)


def _tell_officers(assignment: Assignment, now: datetime) -> None:
    """An assessor is missing now. Who and why stands on the page, and not in a letter."""
    application = assignment.application
    addresses, link = queries.addresses_to_tell(application), link_to("assessment.sharing", round_id=application.round_id)
    tell(addresses, "interest_declared", application.id, str(assignment.id), now=now, application=application, link=link)


def _refuse_before_close(funding_round: FundingRound, now: datetime) -> None:
    if not funding_round.has_closed(now):
        raise NotNow("The round is still open. Wait until it has closed, when it is known who applies. Nothing was changed.")


# Who marks what


@action("application.assign")
def assign(application: Application, user_id: UUID, *, by: Person, now: datetime, deed: Deed) -> Assignment:
    """By hand. Never to somebody with an interest, of the applicant's team, or who has not stated their interests."""
    _refuse_before_close(application.funding_round, now)
    known = {each.id: each.name for each in queries.assessors()}
    if user_id not in known:
        raise BadAnswer("Choose an assessor. Nothing was changed.")
    name = known[user_id]
    if (user_id, application.organisation_id) in queries.barred_from(application.round_id):
        raise BadAnswer(f"{name} has an interest in this applicant. Choose somebody else. Nothing was changed.")
    asked = queries.asked_in(application.round_id, InterestStage.ASSIGNMENT).get(user_id, set())
    if application.organisation_id not in asked:
        whose = "whether they have an interest in this applicant, who came later" if asked else "their interests in this round"
        raise BadAnswer(f"{name} has not stated {whose}. Ask them to do that first. Nothing was changed.")
    already = select(Assignment).where(Assignment.application_id == application.id, Assignment.user_id == user_id)
    if db.session.scalars(already).first() is not None:
        raise BadAnswer(f"{name} has this application already. Nothing was changed.")
    given = _give(application, user_id, by, now)
    deed.details = {"reference": application.reference, "assessor": str(user_id)}
    return given


@action("application.mark_by_fewer")
def mark_by_fewer(application: Application, number: int, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """Where not enough assessors may read it: so many must have marked it, and no more. As many as the round says takes that back."""
    full = application.funding_round.assessors_per_bid
    if not 1 <= number <= full:
        raise BadAnswer(f"Give a number from 1 to {full}. Nothing was changed.")
    if application.marks_in_at is not None:
        raise NotNow("All its marks are in, so that stays as it is. Nothing was changed.")
    application.assessors_needed = number if number < full else None
    application.fewer_reason = sentence(reason, "why fewer assessors mark it") if number < full else ""
    deed.details = {"reference": application.reference, "assessors": number}
    _settle(application.id, now)


@action("round.assign")
def share_out(funding_round: FundingRound, *, by: Person, now: datetime, deed: Deed) -> int:
    """Give every application the assessors that it still needs, so that all have about the same to read; how many were given out."""
    _refuse_before_close(funding_round, now)
    # `assign` locks the application it gives out: one after the other
    db.session.execute(select(Application.id).where(Application.round_id == funding_round.id).order_by(Application.id).with_for_update())
    bids = [each for each in queries.marked_in(by, funding_round.id) if each.is_being_marked and each.marks_in_at is None]
    barred, given = queries.barred_from(funding_round.id), queries.assignments_in(funding_round.id)
    asked = queries.asked_in(funding_round.id, InterestStage.ASSIGNMENT)
    people = [each.id for each in queries.assessors() if each.id in asked]
    live = [each for assignments in given.values() for each in assignments if each.set_aside_at is None]
    chosen = rules.shared_out(
        [each.id for each in bids],
        people,
        {each.id: each.marked_by for each in bids},
        {bid: [each.user_id for each in assignments if each.set_aside_at is None] for bid, assignments in given.items()},
        {
            (who, each.id)
            for each in bids
            for who in people
            if (who, each.organisation_id) in barred or each.organisation_id not in asked[who]
        },
        {who: sum(each.user_id == who for each in live) for who in people},
    )
    by_id = {each.id: each for each in bids}
    for bid, whom in chosen.items():
        for user_id in whom:
            _give(by_id[bid], user_id, by, now)
    count = sum(map(len, chosen.values()))
    deed.silent, deed.details = not count, {"round": funding_round.reference, "given": count}
    return count


def _give(application: Application, user_id: UUID, by: Person, now: datetime) -> Assignment:
    given = Assignment(
        round_id=application.round_id,
        application_id=application.id,
        organisation_id=application.organisation_id,
        user_id=user_id,
        assigned_by_id=by.id,
        assigned_at=now,
    )
    db.session.add(given)
    application.marks_in_at = None
    return given


@action("assignment.remove")
def take_back(assignment: Assignment, *, by: Person, now: datetime, deed: Deed) -> None:
    """Only before they have marked anything: what an assessor has said is never thrown away."""
    application = assignment.application
    if (
        not application.is_being_marked
        or assignment.set_aside_at is not None
        or any(each.typed or each.reason for each in assignment.scores)
    ):
        raise NotNow("This assessor has begun to mark it, so it stays with them. Nothing was changed.")
    deed.about, deed.details = application, {"reference": application.reference, "assessor": str(assignment.user_id)}
    for each in assignment.scores:
        db.session.delete(each)
    db.session.delete(assignment)
    db.session.flush()
    _settle(application.id, now)


# Marks


@dataclass(slots=True)
class SavedMarks:
    """The whole sheet as it stands then, and what was typed over something that the page had not shown, and so is not stored."""

    said: dict[str, rules.Marked] = field(default_factory=dict)
    conflicts: dict[tuple[str, str], str] = field(default_factory=dict)


@action("score.save")
def save_marks(
    assignment: Assignment,
    typed: Mapping[tuple[str, str], str],
    seen: Mapping[tuple[str, str], int] | None = None,
    *,
    by: Person,
    now: datetime,
) -> SavedMarks:
    """Keep what was typed, also what is no mark; `typed`: (criterion, "mark" or "reason") -> text.

    `seen`: the revision that each was typed over. One that another window has saved since is not overwritten unseen.
    What is there already is no change: a box that was on its way when "Save and finish" was pressed arrives after it.
    """
    scoring = queries.scoring_of(assignment.application)
    known, said, conflicts = {each.key: each for each in scoring.criteria}, assignment.said, {}
    for (key, cell), text in typed.items():
        if key not in known:
            continue
        text = written.clean(text).strip()[:200] if cell == "mark" else written.clean(text)
        score = said.get(key)
        if text == (score.text(cell) if score else ""):
            continue
        _refuse_finished(assignment)
        if score is not None and seen is not None and seen.get((key, cell), score.revision(cell)) != score.revision(cell):
            conflicts[key, cell] = text
            continue
        if score is None:
            score = said[key] = Score(criterion=key, typed="", reason="", at=now, mark_revision=0, reason_revision=0)
            assignment.scores.append(score)
        score.put(cell, text, now)
        score.mark = rules.marked(scoring, known[key], score.typed, score.reason).mark
    return SavedMarks(queries.sheet_of(assignment, scoring), conflicts)


@action("score.finish")
def finish_marking(assignment: Assignment, *, by: Person, now: datetime, deed: Deed) -> None:
    """All marks are in. When this was the last assessor, everybody concerned sees all marks."""
    if assignment.is_finished:
        deed.silent = True
        return
    _refuse_finished(assignment)
    scoring = queries.scoring_of(assignment.application)
    missing = rules.owed(scoring, queries.sheet_of(assignment, scoring))
    if missing:
        raise BadAnswer("Some marks or reasons are missing, so it is not finished. They are listed on the page. Everything is kept.")
    assignment.finished_at = now
    _settle(assignment.application_id, now)
    deed.about, deed.details = assignment.application, {"reference": assignment.application.reference}


@action("score.reopen")
def reopen_marking(assignment: Assignment, *, by: Person, now: datetime, deed: Deed) -> None:
    """Only while others still mark: who has seen the marks of others changes no more."""
    db.session.execute(select(Application.id).where(Application.id == assignment.application_id).with_for_update())
    if assignment.saw_others_at is not None or not assignment.application.is_being_marked:
        raise NotNow("All marks are in, so they stay as they are. Tell the panel chair if one of yours is wrong. Nothing was changed.")
    deed.silent = not assignment.is_finished
    assignment.finished_at = None
    deed.about, deed.details = assignment.application, {"reference": assignment.application.reference}


def _refuse_finished(assignment: Assignment) -> None:
    if not assignment.application.is_being_marked:
        raise NotNow("This application is not being marked any more. Nothing was changed.")
    if assignment.is_finished:
        raise NotNow("You have finished marking this application. Open your marks again to change them. Nothing was changed.")


# Moderation

AGREED_MEANWHILE = (
    "A mark was agreed here after you opened the page, so yours is not saved yet. The page shows it, and what you typed is still there. "
    "Press the button again if yours should stand."
)


class AgreedMeanwhile(BadAnswer):
    """Two agreed a mark for the same criterion."""

    status = 409


@action("moderation.agree")
def agree_mark(
    application: Application,
    criterion_key: str,
    typed: str,
    reason: str,
    seen: int | None = None,
    *,
    by: Person,
    now: datetime,
    deed: Deed,
) -> None:
    """The panel's mark for one criterion, and why. The assessors' own marks stay as they are.

    `seen`: the version of the agreed mark that the page showed, 0 for none; one that was agreed since is not overwritten unseen.
    """
    if queries.owes_interests(by.id, application.round_id, InterestStage.PANEL):
        raise NotNow("State your interests at the panel first. Nothing was changed.")
    scoring = queries.scoring_of(application)
    criterion = next((each for each in scoring.criteria if each.key == criterion_key), None)
    mark = rules.read_mark(scoring, criterion, typed) if criterion else None
    if mark is None or criterion is None:
        raise BadAnswer("Give the mark that the panel agreed. Nothing was changed.")
    reason = sentence(reason, "why the panel agreed this mark")
    agreed = db.session.get(Moderation, (application.id, criterion_key))
    if seen is not None and seen != (agreed.version if agreed else 0):
        raise AgreedMeanwhile(AGREED_MEANWHILE)
    if agreed is None:
        agreed = Moderation(application_id=application.id, criterion=criterion_key)
        db.session.add(agreed)
    for name, value in {"mark": mark, "reason": reason, "by_id": by.id, "at": now}.items():
        setattr(agreed, name, value)
    db.session.flush()
    _settle(application.id, now)
    deed.details = {"reference": application.reference, "criterion": criterion_key}


def _settle(application_id: UUID, now: datetime) -> None:
    """Whether all marks are in, and whether anything is left to agree. Those who finish at the same moment come here one by one."""
    db.session.flush()
    application = db.session.execute(
        select(Application)
        .where(Application.id == application_id)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    ).scalar_one()
    if not application.is_under_assessment:
        return
    statement = select(func.count(), func.count(Assignment.finished_at)).where(
        Assignment.application_id == application_id, Assignment.set_aside_at.is_(None)
    )
    given, finished = db.session.execute(statement).one()
    if finished < max(given, application.marked_by):
        application.marks_in_at, application.status = None, ApplicationStatus.ASSESSMENT
        return
    application.marks_in_at = application.marks_in_at or now
    for each in queries.live_assignments(application_id):
        each.saw_others_at = each.saw_others_at or now
    sheets = {
        each.user_id: {score.criterion: score.mark for score in each.scores if score.mark is not None}
        for each in queries.live_assignments(application_id)
    }
    agreed = {key: each.mark for key, each in queries.agreed_of(application_id).items()}
    to_agree = result(queries.scoring_of(application), sheets, agreed).to_agree
    application.status = ApplicationStatus.ASSESSMENT if to_agree else ApplicationStatus.MODERATED
