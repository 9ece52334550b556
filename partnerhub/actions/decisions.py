"""What happens to a decision: the line, what is proposed for each bid, recommendation, sign-off, approval."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from partnerhub import clock
from partnerhub.actions.doing import Deed, action, next_number, one_at_a_time
from partnerhub.extensions import db
from partnerhub.models import Application, Award, Decision, FundingRound, Proposal
from partnerhub.queries import decisions as queries
from partnerhub.queries.assessment import barred_from, must_state_first
from partnerhub.queries.moderation import marks_of
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import frozen_answers
from partnerhub.rules import decisions as rules
from partnerhub.rules import readable
from partnerhub.rules.applications import project_of
from partnerhub.rules.decision_record import to_keep
from partnerhub.rules.decisions import Proposed
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.numbers import PUBLISH_WORKING_DAYS
from partnerhub.rules.periods import working_days_after
from partnerhub.rules.policy import Person
from partnerhub.rules.scoring import Pot, Result, ranked_list
from partnerhub.rules.text import sentence
from partnerhub.rules.words import GIVES_MONEY, OUTCOME_BECOMES, TO_DECIDE, ApplicationStatus, Implication, Outcome


def _refuse_unstated(by: Person, round_id: UUID) -> None:
    if must_state_first(by, round_id):
        raise NotNow("State your interests at the panel first. Nothing was changed.")


# The line, and what follows from it


@action("round.decide")
def start_decision(
    funding_round: FundingRound, line: int, reason: str, chosen: Collection[UUID] = (), *, by: Person, now: datetime, deed: Deed
) -> Decision:
    """A decision on what is marked, with the line (in tenths of a per cent) and why it lies there.

    `chosen`: which applications; none named: all that are marked, or else all that earlier decisions left open.
    """
    _refuse_unstated(by, funding_round.id)
    reason = sentence(reason, "why the line lies there")
    unfinished = queries.still_marked(funding_round.id)
    if unfinished:
        raise NotNow(f"Still being marked: {', '.join(unfinished)}. Draw the line when all marks are agreed. Nothing was changed.")
    open_ = queries.to_decide(funding_round.id)
    marked = [each for each in open_ if each.status == ApplicationStatus.MODERATED]
    bids = [each for each in open_ if each.id in chosen] if chosen else marked or open_
    if not bids:
        raise NotNow("Nothing is left to decide in this round: another decision holds it, or all is decided. Nothing was changed.")
    decision = Decision(round_id=funding_round.id, line=line, line_reason=reason, created_at=now)
    decision.proposals = [Proposal(application=each, position=0, outcome=Outcome.DECLINE) for each in bids]
    db.session.add(decision)
    db.session.flush()
    _follow(decision, by)
    deed.about, deed.details = decision, {"round": funding_round.reference, "line": rules.line_in_words(line), "reason": reason}
    return decision


@action("decision.set_line")
def set_line(decision: Decision, line: int, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """Another line. What was chosen for a bid with a reason stays; all else follows the new line."""
    _refuse_unstated(by, decision.round_id)
    decision.line_reason = sentence(reason, "why the line lies there")
    decision.line = line
    _follow(decision, by)
    deed.details = {"line": rules.line_in_words(line), "reason": decision.line_reason}


def _results(decision: Decision, by: Person) -> dict[UUID, Result]:
    scoring = definition(decision.funding_round.questionnaire_version_id).scoring
    return marks_of(by, decision.round_id).results(scoring) if scoring else {}


def _follow(decision: Decision, by: Person) -> None:
    """Each bid as the line has it, unless a reason says otherwise; in the order of the ranked list, with its marks as they stand.

    Those in reserve keep the order that was given them.
    """
    scoring, results = definition(decision.funding_round.questionnaire_version_id).scoring, _results(decision, by)
    order = [each.bid for each in ranked_list(scoring, results, dict.fromkeys(results, 0))] if scoring else []
    by_rank = {bid: at for at, bid in enumerate(order)}
    last = len(by_rank)
    reserved = iter(sorted((each for each in decision.proposals if each.outcome == Outcome.RESERVE), key=lambda each: each.position))
    ranked = sorted(decision.proposals, key=lambda each: by_rank.get(each.application_id, last))
    decision.proposals[:] = [next(reserved) if each.outcome == Outcome.RESERVE else each for each in ranked]
    for at, each in enumerate(decision.proposals, start=1):
        each.position = at
        _keep_marks(each, results.get(each.application_id), decision.line or 0)
        if not each.reason:
            each.outcome = rules.follows(results.get(each.application_id), decision.line or 0)
            each.amount = (each.application.amount_requested or 0) if each.outcome == Outcome.AWARD else 0
            each.items = ""


def _keep_marks(proposal: Proposal, result: Result | None, line: int) -> None:
    """As they stand: letters and reports tell them later, whatever becomes of the form."""
    proposal.percent = rules.kept_percent(result.percent, line) if result else None
    proposal.marks = {key: str(Fraction(mark)) for key, mark in result.marks.items()} if result else None


@action("decision.propose")
def propose(decision: Decision, application_id: UUID, wanted: Proposed, *, by: Person, now: datetime, deed: Deed) -> None:
    """An outcome for one bid."""
    _refuse_unstated(by, decision.round_id)
    proposal = next((each for each in decision.proposals if each.application_id == application_id), None)
    if proposal is None:
        raise BadAnswer("This application is not in this decision. Nothing was changed.")
    application = proposal.application
    result = _results(decision, by).get(application_id)
    rules.refuse_unfundable(wanted.outcome, result)
    line_says = rules.follows(result, decision.line or 0)
    found = rules.checked(wanted, application.amount_requested, decision.funding_round.terms.cap, line_says)
    reason = sentence(found.reason, "the reason") if found.reason.strip() else ""
    proposal.outcome, proposal.amount, proposal.items, proposal.reason = found.outcome, found.amount or 0, found.items, reason
    _count_on(decision)
    deed.details = {"reference": application.reference}  # the history is read by people who may lead this applicant


@action("decision.move_up")
def move_up(decision: Decision, application_id: UUID, *, by: Person, now: datetime, deed: Deed) -> None:
    """One place up on the reserve list: two applications change places."""
    _refuse_unstated(by, decision.round_id)
    reserved = [each for each in decision.proposals if each.outcome == Outcome.RESERVE]
    at = next((place for place, each in enumerate(reserved) if each.application_id == application_id), 0)
    if at == 0:
        raise NotNow("It is not on the reserve list, or is the first there already. Nothing was changed.")
    above, this = reserved[at - 1], reserved[at]
    above.position, this.position = this.position, above.position
    _count_on(decision)
    deed.details = {"round": decision.funding_round.reference}  # naming the two would tell that they are in reserve


def _count_on(decision: Decision) -> None:
    """Only a proposal changed, but whoever has the older page open is told."""
    flag_modified(decision, "line")


@action("decision.write")
def write_record(
    decision: Decision, record: Mapping[str, str], confidential: str, press_plan: str, *, by: Person, now: datetime, deed: Deed
) -> None:
    """The words of the record. Those left as they were drafted go on following the figures until it is recommended."""
    _refuse_unstated(by, decision.round_id)
    kept = to_keep(record, queries.facts_of(decision))
    _put_record(decision, kept)
    decision.confidential, decision.press_plan = confidential, press_plan
    deed.details = {"written": sorted(part for part, text in kept.items() if text)}


def _put_record(decision: Decision, words: Mapping[str, str]) -> None:
    decision.title, decision.summary, decision.recommendation = words["title"], words["summary"], words["recommendation"]
    decision.implications = {str(part): words[part] for part in Implication}


# Recommended, signed off, sent back, approved


@action("decision.recommend")
def recommend(decision: Decision, *, by: Person, now: datetime, deed: Deed) -> None:
    """To the chief officer and the director, with the marks as they stand now."""
    _refuse_unstated(by, decision.round_id)
    results = _results(decision, by)
    locked = _still_there(decision)
    for each in decision.proposals:
        result, asked = results.get(each.application_id), locked[each.application_id].amount_requested
        _keep_marks(each, result, decision.line or 0)
        stands = Proposed(Outcome(each.outcome), each.amount, each.items, each.reason)
        try:
            rules.refuse_unfundable(stands.outcome, result)
            rules.checked(stands, asked, decision.funding_round.terms.cap, rules.follows(result, decision.line or 0))
        except BadAnswer as error:
            raise BadAnswer(f"{each.application.reference}: {error.sentence} Nothing was changed.") from error
    _refuse_too_much(decision)
    _put_record(decision, queries.record_of(decision))  # from here on the words stay as they are
    for each in locked.values():
        if each.status == ApplicationStatus.MODERATED:
            each.status = ApplicationStatus.RECOMMENDED
    decision.recommended_by_id, decision.recommended_at = by.id, now
    decision.signed_off_by_id = decision.signed_off_at = None
    decision.sent_back_reason = ""
    deed.details = {"round": decision.funding_round.reference, "given": _given(decision)}


@action("decision.sign_off")
def sign_off(decision: Decision, *, by: Person, now: datetime, deed: Deed) -> None:
    """The chief officer has seen to it that money, law and risk are dealt with."""
    deed.silent = decision.signed_off_at is not None
    if not deed.silent:
        decision.signed_off_by_id, decision.signed_off_at = by.id, now


@action("decision.send_back")
def send_back(decision: Decision, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """To whoever recommended it, with what is to be put right. What the hub drafted of the record follows the figures again."""
    _put_record(decision, to_keep(queries.kept_of(decision), queries.facts_of(decision)))
    decision.sent_back_reason = sentence(reason, "what is to be put right")
    decision.signed_off_by_id = decision.signed_off_at = None
    for each in _applications_again(decision).values():
        if each.status == ApplicationStatus.RECOMMENDED:
            each.status = ApplicationStatus.MODERATED
    deed.details = {"reason": decision.sent_back_reason}


@action("decision.approve")
def approve(decision: Decision, interests: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """It is decided: applications get their outcome, awards are made, the decision has its number, and the publish clock runs.

    Whoever approves says first which interests they have (or none). The row of the round is locked, so that two who approve at the same
    moment never promise the same money.
    """
    decision.approver_interests = sentence(interests, "which interests you have in what is decided, or “none”")
    db.session.execute(select(FundingRound.id).where(FundingRound.id == decision.round_id).with_for_update())
    locked = _still_there(decision)
    _refuse_now_involved(decision)
    _refuse_too_much(decision)
    for each in decision.proposals:
        application = locked[each.application_id]
        if application.told_at is not None:  # an earlier letter stands until the next one is released
            application.told_at, application.told_status = None, application.status
        application.status = OUTCOME_BECOMES[Outcome(each.outcome)]
        if each.outcome in GIVES_MONEY:
            db.session.add(_award(decision, each, application, now))
    one_at_a_time()
    today = clock.day_of(now)
    decision.year, decision.number = today.year, next_number(Decision.number, Decision.year == today.year)
    decision.approved_by_id, decision.approved_at = by.id, now
    decision.publish_by = working_days_after(today, PUBLISH_WORKING_DAYS)
    deed.details = {"decision": decision.reference, "given": _given(decision)}


# Publication


@action("decision.defer")
def defer_publication(decision: Decision, until: date, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """The public part waits until a day, for a reason that the record gives."""
    reason = sentence(reason, "why the publication waits")
    if until <= clock.day_of(now):
        raise BadAnswer("Enter a day that is still to come. Nothing was changed.")
    decision.deferred_until, decision.deferred_reason = until, reason
    deed.details = {"until": until.isoformat(), "reason": reason}


@action("decision.publish")
def publish(decision: Decision, *, by: Person, now: datetime, deed: Deed) -> None:
    """Part 1 is for everybody from now on. Never before the applicants have their letters."""
    if decision.deferred_until and decision.deferred_until > clock.day_of(now):
        raise NotNow(f"The publication is put off until {readable.day_in_words(decision.deferred_until)}. Nothing was changed.")
    rules.refuse_untold(queries.untold(decision))
    decision.published_at = now
    deed.details = {"decision": decision.reference}


def _award(decision: Decision, proposal: Proposal, application: Application, now: datetime) -> Award:
    project = project_of(frozen_answers(application.latest_version_id).get("values", {}))
    return Award(
        application_id=application.id,
        decision_id=decision.id,
        round_id=application.round_id,
        fund_id=application.fund_id,
        organisation_id=application.organisation_id,
        reference=application.reference,
        project=project.name[:200],
        amount=proposal.amount,
        items=proposal.items,
        starts=project.starts,
        ends=project.ends,
        approved_at=now,
        created_at=now,
    )


def _still_there(decision: Decision) -> dict[UUID, Application]:
    """Its applications, locked. Refuses when one was withdrawn, or decided otherwise, meanwhile."""
    locked = _applications_again(decision)
    decidable = TO_DECIDE | {ApplicationStatus.RECOMMENDED}
    rules.refuse_gone((str(each.reference), each.status) for each in locked.values() if each.status not in decidable)
    return locked


def _given(decision: Decision) -> int:
    return rules.given((each.outcome, each.amount) for each in decision.proposals)


def _refuse_too_much(decision: Decision) -> None:
    funding_round = decision.funding_round
    pot = Pot(funding_round.money, funding_round.over_commitment)
    rules.refuse_too_much(pot, queries.promised_in(decision.round_id), _given(decision))


def _refuse_now_involved(decision: Decision) -> None:
    """Whoever recommended it or signed it off may since have stated an interest in an applicant, or joined one."""
    barred, applying = barred_from(decision.round_id), {each.application.organisation_id for each in decision.proposals}
    for did, who in (("recommended it", decision.recommended_by), ("signed it off", decision.signed_off_by)):
        if who is not None and any((who.id, each) in barred for each in applying):
            raise NotNow(
                f"{who.name} {did}, and now has an interest in an applicant of this decision or belongs to one. Nothing was changed. "
                "Send the decision back, so that others recommend it and sign it off."
            )


def _applications_again(decision: Decision) -> dict[UUID, Application]:
    """The applications of a decision as they stand now, locked until the write ends."""
    found = select(Application).where(Application.id.in_([each.application_id for each in decision.proposals])).order_by(Application.id)
    locking = found.with_for_update(of=Application).execution_options(populate_existing=True)
    return {each.id: each for each in db.session.scalars(locking)}
