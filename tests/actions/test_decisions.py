"""From the line to the approval: what follows from it, what needs a reason, and what the money allows."""

from datetime import date

import pytest

from partnerhub import clock
from partnerhub.actions import applications, decisions
from partnerhub.actions.assessment import state_interests
from partnerhub.extensions import db
from partnerhub.models import Award, Decision, Event
from partnerhub.queries.people import person_of
from partnerhub.rules.decisions import Proposed
from partnerhub.rules.errors import BadAnswer, NotAllowed, NotNow
from partnerhub.rules.words import ApplicationStatus, AwardStatus, DecisionStatus, InterestStage, Outcome
from tests.make import CLOSED, DECIDED
from tests.panel import FULL_MARKS, decided, panel

WHY = "It keeps to the money."
ASKED = 1_234_50


@pytest.fixture
def at(make):
    """Four bids: 100.0, 90.67, 80.0 and 74.67 per cent, each asking for £1,234.50; a pot of £4,000, and a tenth more may be promised."""
    made = panel(make, 4, funding_round=make.autumn_round(money=4_000_00, over_commitment=10), marks=FULL_MARKS, moderated=True)
    made.finance, made.director = make.user("finance"), make.user("director")
    with clock.at(DECIDED):
        yield made


def started(at, line=800, **rest):
    return decisions.start_decision(at.funding_round, line, WHY, by=person_of(at.officer.id), **rest)


def recommended(at, line=800):
    decision = started(at, line)
    decisions.recommend(decision, by=person_of(at.officer.id))
    return decision


def approved(at, line=800):
    decision = recommended(at, line)
    decisions.sign_off(decision, by=person_of(at.finance.id))
    decisions.approve(decision, "None", by=person_of(at.director.id))
    return decision


def statuses(at):
    db.session.expire_all()
    return [each.status for each in at.bids]


def test_what_lies_on_the_line_is_above_it_and_gets_what_it_asks_for(at):
    decision = started(at, 800)
    assert [(each.application_id, each.outcome, each.amount) for each in decision.proposals] == [
        (at.bids[0].id, Outcome.AWARD, ASKED),
        (at.bids[1].id, Outcome.AWARD, ASKED),
        (at.bids[2].id, Outcome.AWARD, ASKED),
        (at.bids[3].id, Outcome.DECLINE, 0),
    ]
    assert [each.percent for each in decision.proposals] == [10000, 9067, 8000, 7467]
    assert decision.proposals[1].marks == {"need": "14/3", "cost": "13/3"}
    assert statuses(at) == [ApplicationStatus.MODERATED] * 4


def test_a_line_needs_a_reason(at):
    with pytest.raises(BadAnswer, match="why the line lies there"):
        decisions.start_decision(at.funding_round, 650, "  ", by=person_of(at.officer.id))
    assert db.session.query(Decision).count() == 0


def test_no_line_is_drawn_while_a_bid_is_being_marked(at):
    at.bids[3].status = ApplicationStatus.ASSESSMENT
    db.session.commit()
    with pytest.raises(NotNow, match=at.bids[3].reference):
        started(at)


def test_a_bid_is_in_one_open_decision_at_most(at):
    first = started(at, chosen={at.bids[0].id})
    second = started(at)
    assert [each.application_id for each in first.proposals] == [at.bids[0].id]
    assert {each.application_id for each in second.proposals} == {each.id for each in at.bids[1:]}
    with pytest.raises(NotNow, match="Nothing is left to decide"):
        started(at)


def test_moving_the_line_keeps_what_was_chosen_for_a_reason(at):
    decision = started(at, 700)
    decisions.propose(
        decision, at.bids[1].id, Proposed(Outcome.PART, 600_00, "The hall", "The rest is paid by others"), by=person_of(at.officer.id)
    )
    decisions.set_line(decision, 950, "Less money came", by=person_of(at.chair.id))
    assert [(each.outcome, each.amount) for each in decision.proposals] == [
        (Outcome.AWARD, ASKED),
        (Outcome.PART, 600_00),
        (Outcome.DECLINE, 0),
        (Outcome.DECLINE, 0),
    ]
    assert (decision.line, decision.line_reason) == (950, "Less money came")


def test_moving_the_line_keeps_the_order_of_the_reserve_list(at):
    decision = started(at, 950)
    for bid in at.bids[1:4]:
        decisions.propose(decision, bid.id, Proposed(Outcome.RESERVE, None, "", "If money comes back"), by=person_of(at.officer.id))
    decisions.move_up(decision, at.bids[3].id, by=person_of(at.officer.id))
    decisions.set_line(decision, 990, "Less money came", by=person_of(at.chair.id))
    db.session.expire_all()
    assert [each.application_id for each in decision.proposals] == [at.bids[place].id for place in (0, 1, 3, 2)]


@pytest.mark.parametrize(
    ("wanted", "fault"),
    [
        (Proposed(Outcome.DECLINE, None, "", ""), "does not follow from the line"),
        (Proposed(Outcome.RESERVE, None, "", " "), "does not follow from the line"),
        (Proposed(Outcome.DEFER, None, "", ""), "does not follow from the line"),
        (Proposed(Outcome.PART, 500_00, "The hall", ""), "does not follow from the line"),
        (Proposed(Outcome.PART, None, "The hall", WHY), "amount"),
        (Proposed(Outcome.PART, ASKED, "The hall", WHY), "less than the £1,234.50"),
        (Proposed(Outcome.PART, 500_00, "", WHY), "name the items"),
    ],
)
def test_an_outcome_that_the_line_does_not_give_needs_what_goes_with_it(at, wanted, fault):
    decision = started(at)
    with pytest.raises(BadAnswer, match=fault):
        decisions.propose(decision, at.bids[0].id, wanted, by=person_of(at.officer.id))
    db.session.refresh(decision)
    assert decision.proposals[0].outcome == Outcome.AWARD


def test_the_history_tells_nobody_what_is_drafted_for_a_bid(at):
    decision, officer = started(at, 950), person_of(at.officer.id)
    for bid in at.bids[1:3]:
        decisions.propose(decision, bid.id, Proposed(Outcome.RESERVE, None, "", "zq if money comes back"), by=officer)
    decisions.propose(decision, at.bids[3].id, Proposed(Outcome.PART, 600_00, "zq items", "zq others pay"), by=officer)
    decisions.move_up(decision, at.bids[2].id, by=officer)
    told = [(each.action, each.details) for each in db.session.query(Event).order_by(Event.seq.desc()).limit(4)]
    assert told == [
        ("decision.move_up", {"round": at.funding_round.reference}),
        *(("decision.propose", {"reference": bid.reference}) for bid in (at.bids[3], at.bids[2], at.bids[1])),
    ]


def test_an_approval_gives_every_bid_its_outcome_and_each_award_its_row(at):
    decision = started(at, 900)
    officer = person_of(at.officer.id)
    decisions.propose(decision, at.bids[1].id, Proposed(Outcome.PART, 600_00, "The hall", "The rest is paid by others"), by=officer)
    decisions.propose(decision, at.bids[2].id, Proposed(Outcome.RESERVE, None, "", "If money comes back"), by=officer)
    decisions.recommend(decision, by=officer)
    assert statuses(at) == [ApplicationStatus.RECOMMENDED] * 4
    decisions.sign_off(decision, by=person_of(at.finance.id))
    decisions.approve(decision, "None", by=person_of(at.director.id))
    assert statuses(at) == [ApplicationStatus.APPROVED, ApplicationStatus.APPROVED, ApplicationStatus.RESERVE, ApplicationStatus.DECLINED]
    assert (decision.reference, decision.status, decision.publish_by) == ("2024-001", DecisionStatus.APPROVED, date(2024, 12, 4))
    assert (decision.approved_by_id, decision.approver_interests) == (at.director.id, "None")
    awards = db.session.query(Award).order_by(Award.reference).all()
    assert [(each.application_id, each.amount, each.items, each.status) for each in awards] == [
        (at.bids[0].id, ASKED, "", AwardStatus.APPROVED),
        (at.bids[1].id, 600_00, "The hall", AwardStatus.APPROVED),
    ]
    assert {each.project for each in awards} == {"Evenings for young people"}
    assert [each.reference for each in awards] == [at.bids[0].reference, at.bids[1].reference]
    assert {each.told_at for each in at.bids} == {None}
    told = db.session.query(Event).order_by(Event.seq.desc()).first()
    assert (told.action, told.details) == ("decision.approve", {"decision": "2024-001", "given": ASKED + 600_00})


def test_decisions_are_numbered_through_the_year(at, make):
    make.decision(at.funding_round, number=16)
    assert approved(at).reference == "2024-017"


def test_nothing_above_the_limit_is_recommended(at):
    decision = started(at, 700)  # four times £1,234.50 is £4,938.00, and £4,400.00 may be promised
    with pytest.raises(NotNow, match=r"gives £4,938\.00, and only £4,400\.00 is left"):
        decisions.recommend(decision, by=person_of(at.officer.id))
    assert statuses(at) == [ApplicationStatus.MODERATED] * 4


def test_what_was_promised_since_the_recommendation_counts_at_the_approval(at, make):
    decision = recommended(at)  # 3 × £1,234.50 = £3,703.50 of £4,400.00
    decisions.sign_off(decision, by=person_of(at.finance.id))
    other = make.award(make.application(at.funding_round), amount=700_00)
    with pytest.raises(NotNow, match=r"only £3,700\.00 is left"):
        decisions.approve(decision, "None", by=person_of(at.director.id))
    assert statuses(at) == [ApplicationStatus.RECOMMENDED] * 4
    other.status = AwardStatus.LAPSED
    db.session.commit()
    decisions.approve(decision, "None", by=person_of(at.director.id))
    assert statuses(at)[0] == ApplicationStatus.APPROVED


def test_whoever_recommended_or_signed_off_does_not_approve(at, make):
    both = make.user("officer", "director", "finance")
    decision = started(at)
    decisions.recommend(decision, by=person_of(both.id))
    for deed in (lambda: decisions.sign_off(decision, by=person_of(both.id)), lambda: approve_by(both, decision)):
        with pytest.raises(NotAllowed):
            deed()
    decisions.sign_off(decision, by=person_of(at.director.id))
    with pytest.raises(NotAllowed, match="not the person who signed it off"):
        approve_by(at.director, decision)
    approve_by(make.user("director"), decision)
    assert decision.status == DecisionStatus.APPROVED


def approve_by(user, decision, interests="None"):
    decisions.approve(decision, interests, by=person_of(user.id))


def test_nobody_approves_before_a_chief_officer_signed_off(at):
    with pytest.raises(NotAllowed, match="signed it off"):
        approve_by(at.director, recommended(at))


def test_an_interest_must_be_stated_before_approving(at):
    decision = recommended(at)
    decisions.sign_off(decision, by=person_of(at.finance.id))
    with pytest.raises(BadAnswer, match="which interests you have"):
        approve_by(at.director, decision, " ")
    assert statuses(at) == [ApplicationStatus.RECOMMENDED] * 4


@pytest.mark.parametrize("how", ["team", "declared"])
def test_nobody_who_is_involved_in_a_bid_has_a_hand_in_the_decision(at, make, how):
    from partnerhub.models import Interest, Membership

    director = make.user("director", "officer", "chair", "finance")
    decision = recommended(at)
    decisions.sign_off(decision, by=person_of(at.finance.id))
    applicant = at.bids[3].organisation_id
    if how == "team":
        make._kept(Membership(user_id=director.id, organisation_id=applicant, role="member", since=CLOSED))
    else:
        make._kept(Interest(round_id=at.funding_round.id, user_id=director.id, organisation_id=applicant, at=CLOSED))
    with pytest.raises(NotAllowed):
        approve_by(director, decision)
    with pytest.raises(NotAllowed):
        decisions.send_back(decision, WHY, by=person_of(director.id))


def test_a_decision_sent_back_can_be_put_right_and_signed_off_anew(at):
    decision = recommended(at)
    assert "3 awards of £3,703.50" in decision.summary
    decisions.sign_off(decision, by=person_of(at.finance.id))
    decisions.send_back(decision, "The reserve list is missing", by=person_of(at.director.id))
    assert (decision.status, decision.sent_back_reason) == (DecisionStatus.DRAFT, "The reserve list is missing")
    assert statuses(at) == [ApplicationStatus.MODERATED] * 4
    decisions.propose(decision, at.bids[0].id, Proposed(Outcome.DECLINE, None, "", "They closed"), by=person_of(at.officer.id))
    decisions.recommend(decision, by=person_of(at.officer.id))
    assert "2 awards of £2,469.00" in decision.summary, "the record follows the figures that are recommended anew"
    with pytest.raises(NotAllowed):
        approve_by(at.director, decision)


def test_a_bid_withdrawn_meanwhile_is_named_at_the_approval(at, make):
    decision = recommended(at)
    decisions.sign_off(decision, by=person_of(at.finance.id))
    lead = make.lead(at.bids[1].organisation)
    applications.withdraw_application(at.bids[1], "We have the money elsewhere", by=person_of(lead.id))
    with pytest.raises(NotNow, match=rf"{at.bids[1].reference} \(“Withdrawn”\)"):
        approve_by(at.director, decision)
    assert db.session.query(Award).count() == 0


def test_a_reserve_bid_can_be_awarded_later_and_its_first_letter_stands_until_the_next(at):
    decision = started(at, 950)
    for bid in at.bids[1:3]:
        decisions.propose(decision, bid.id, Proposed(Outcome.RESERVE, None, "", "If money comes back"), by=person_of(at.officer.id))
    decisions.recommend(decision, by=person_of(at.officer.id))
    decisions.sign_off(decision, by=person_of(at.finance.id))
    approve_by(at.director, decision)
    second = at.bids[1]
    with pytest.raises(NotNow, match="Nothing is left to decide"):  # its first letter is owed, and would tell of the next decision
        started(at, 900, chosen={second.id})
    second.told_at = DECIDED
    db.session.commit()
    later = started(at, 900, chosen={second.id})
    decisions.recommend(later, by=person_of(at.officer.id))
    assert (second.status, second.shown_status) == (ApplicationStatus.RESERVE, ApplicationStatus.RESERVE)
    decisions.sign_off(later, by=person_of(at.finance.id))
    approve_by(at.director, later)
    db.session.expire_all()
    assert (second.status, second.shown_status) == (ApplicationStatus.APPROVED, ApplicationStatus.RESERVE)
    assert later.reference == "2024-002"


def test_tests_can_have_a_round_that_is_decided(make):
    made = panel(make, 3, marks=FULL_MARKS, moderated=True)
    decision = decided(make, made, 850)
    assert [each.outcome for each in decision.proposals] == [Outcome.AWARD, Outcome.AWARD, Outcome.DECLINE]


@pytest.mark.parametrize(("which", "did"), [("officer", "recommended it"), ("finance", "signed it off")])
def test_what_somebody_put_forward_who_is_now_involved_is_not_approved_until_others_have_done_it_anew(make, at, which, did):
    decision, involved, director = recommended(at), getattr(at, which), person_of(at.director.id)
    decisions.sign_off(decision, by=person_of(at.finance.id))
    declared = {at.bids[0].organisation_id: "My cousin runs it"}
    state_interests(at.funding_round, InterestStage.PANEL, declared, by=person_of(involved.id))
    with pytest.raises(NotNow, match=f"{involved.name} {did}, and now has an interest .* Send the decision back"):
        decisions.approve(decision, "None", by=director)
    assert (decision.status, db.session.query(Award).count()) == (DecisionStatus.RECOMMENDED, 0)
    decisions.send_back(decision, "Others must put it forward.", by=director)
    decisions.recommend(decision, by=person_of(at.chair.id))
    decisions.sign_off(decision, by=person_of(make.user("finance").id))
    decisions.approve(decision, "None", by=director)
    assert decision.status == DecisionStatus.APPROVED
