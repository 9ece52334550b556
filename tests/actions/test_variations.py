"""Changes to a grant: asked for by a lead, decided by an officer, signed by both; then the award, its payments and its report follow."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions import variations as actions
from partnerhub.actions.awards import end_award
from partnerhub.actions.doing import writing
from partnerhub.actions.payments import put_schedule
from partnerhub.extensions import db
from partnerhub.models import Award, Event, MonitoringReturn, OutboxMail, Variation
from partnerhub.queries import payments as queries
from partnerhub.queries.decisions import promised_in
from partnerhub.queries.people import person_of
from partnerhub.queries.variations import left_in
from partnerhub.rules.errors import BadAnswer, NotAllowed, NotNow
from partnerhub.rules.variations import Change
from partnerhub.rules.words import AwardStatus, PaymentStatus, VariationStatus
from tests.make import AGREED

LATER = AGREED + timedelta(days=1)
LONGER = Change("Three more months", "The hall was shut", new_ends=date(2026, 3, 31))


@pytest.fixture(autouse=True)
def the_day_after_it_was_signed():
    with clock.at(LATER):
        yield


@pytest.fixture
def officer(make):
    return make.person(make.user("officer", name="An officer"))


@pytest.fixture
def funding_round(make):
    return make.autumn_round(make.fund(one_payment_to=2_500_00, instalments=[80, 20], report_due_days=28), over_commitment=0)


@pytest.fixture
def award(make, funding_round):
    return make.award(make.application(funding_round), status=AwardStatus.AGREED)


@pytest.fixture
def lead(make, award):
    return make.person(make.lead(award.organisation, name="The lead"))


def scheduled(make, award, form="report_form_id"):
    agreement = make.agreement(provider=award.organisation, version=make.version())
    setattr(award.fund, form, agreement.questionnaire_id)
    award.funding_round.promised = award.fund.terms.to_keep()
    report = make.monitoring_return(agreement, "2025-26 Q4", due_on=date(2026, 1, 28), award_id=award.id)
    with writing():
        return report, put_schedule(award, AGREED, [report])


def signed(variation, lead, officer):
    actions.sign_variation(variation, variation.agreement.digest, lead.name, by=lead)
    actions.countersign_variation(variation, variation.agreement.digest, officer.name, by=officer)


def last_event():
    return db.session.scalars(select(Event).order_by(Event.seq.desc())).first()


def test_a_change_that_is_not_signed_ends_with_its_grant_and_takes_no_money(make, award, lead, officer):
    director = make.person(make.user("director"))
    variation = actions.ask_variation(award, Change("More", "More came", new_amount=9_000_00), by=lead)
    actions.approve_variation(variation, by=officer)
    assert promised_in(award.round_id) == 9_000_00
    end_award(award, "The group closed", by=director)
    assert (variation.status, variation.decided_reason) == (VariationStatus.REFUSED, "The grant is over.")
    assert promised_in(award.round_id) == 7_940_00
    with pytest.raises(NotNow):
        signed(variation, lead, officer)


def test_a_signed_change_moves_the_end_the_report_and_the_amount_that_is_still_to_go_out(make, award, lead, officer):
    report, (first, _second) = scheduled(make, award)
    first.status = PaymentStatus.RELEASED
    db.session.commit()
    change = Change("Longer, and a second hall", "More came", new_ends=date(2026, 3, 31), new_amount=9_000_00, new_items="Two halls")
    variation = actions.ask_variation(award, change, by=lead)
    assert (award.amount, award.ends) == (7_940_00, date(2025, 12, 31))
    actions.approve_variation(variation, by=officer)
    assert (award.amount, variation.agreement.number) == (7_940_00, 2)
    for said in ("£9,000", "£7,940", "31 March 2026", "Two halls"):
        assert said in variation.agreement.text
    with pytest.raises(BadAnswer, match="has not signed yet"):
        actions.countersign_variation(variation, variation.agreement.digest, officer.name, by=officer)
    signed(variation, lead, officer)
    assert (award.amount, award.ends, award.items, variation.status) == (
        9_000_00, date(2026, 3, 31), "Two halls", VariationStatus.SIGNED,
    )  # fmt: skip
    assert db.session.get(MonitoringReturn, report.id).due_on == date(2026, 4, 28)
    assert [(each.amount, each.status) for each in queries.payments_of(award.id)] == [
        (6_352_00, PaymentStatus.RELEASED), (2_648_00, PaymentStatus.PLANNED),
    ]  # fmt: skip
    assert last_event().details["amount"] == [7_940_00, 9_000_00]
    assert last_event().details["ends"] == ["2025-12-31", "2026-03-31"]


@pytest.mark.parametrize(("new_ends", "due_on"), [(date(2026, 3, 31), date(2026, 1, 28)), (date(2026, 1, 15), date(2026, 1, 15))])
def test_a_report_half_way_stays_when_the_end_moves_unless_it_would_be_due_after_it(make, award, lead, officer, new_ends, due_on):
    half, _payments = scheduled(make, award, form="half_way_form_id")
    variation = actions.ask_variation(award, Change("Another end", "Rain", new_ends=new_ends), by=lead)
    actions.approve_variation(variation, by=officer)
    signed(variation, lead, officer)
    assert (award.ends, db.session.get(MonitoringReturn, half.id).due_on) == (new_ends, due_on)


def test_the_unreleased_part_follows_to_the_penny_and_is_prepared_anew(make, award, lead, officer):
    _, (first, _second) = scheduled(make, award)
    first.status, first.prepared_by_id = PaymentStatus.PREPARED, officer.id
    db.session.commit()
    variation = actions.ask_variation(award, Change("Less", "One hall", new_amount=7_000_01), by=lead)
    actions.approve_variation(variation, by=officer)
    signed(variation, lead, officer)
    # 700,001 pence in the proportion of 635,200 to 158,800: 560,000.8 and the rest
    assert [(each.amount, each.status) for each in queries.payments_of(award.id)] == [
        (5_600_01, PaymentStatus.PLANNED), (1_400_00, PaymentStatus.PLANNED),
    ]  # fmt: skip


def test_only_a_lead_asks_and_one_change_at_a_time(make, award, lead, officer):
    with pytest.raises(NotAllowed):
        actions.ask_variation(award, LONGER, by=make.person(make.member(award.organisation)))
    with pytest.raises(NotAllowed):
        actions.ask_variation(award, LONGER, by=officer)
    variation = actions.ask_variation(award, LONGER, by=lead)
    with pytest.raises(NotNow, match="still open"):
        actions.ask_variation(award, LONGER, by=lead)
    actions.refuse_variation(variation, "The fund ends in December", by=officer)
    assert (variation.status, variation.decided_reason) == (VariationStatus.REFUSED, "The fund ends in December")
    assert len([each for each in db.session.scalars(select(OutboxMail.subject)) if "is refused" in each]) == 3  # a member and two leads
    assert actions.ask_variation(award, LONGER, by=lead).number == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change("", "Why"), "what is to change"),
        (Change("What", " "), "why it is to change"),
        (Change("What", "Why", new_ends=date(2024, 12, 31)), "still to come"),
        (Change("What", "Why", new_amount=6_351_99), "between £6,352"),
        (Change("What", "Why", new_amount=10_000_01), r"and £10,000 \(the most"),
    ],
)
def test_what_cannot_be_is_refused(make, award, lead, change, sentence):
    _, (first, _) = scheduled(make, award)
    first.status = PaymentStatus.RELEASED
    db.session.commit()
    with pytest.raises(BadAnswer, match=sentence):
        actions.ask_variation(award, change, by=lead)
    assert db.session.scalars(select(Variation)).all() == []


def test_whoever_belongs_to_the_organisation_does_not_decide_or_sign_for_the_office(make, award, lead):
    ours = make.user("officer")
    make._kept(type(ours.memberships[0])(user_id=ours.id, organisation_id=award.organisation_id, role="member", since=AGREED))
    variation = actions.ask_variation(award, LONGER, by=lead)
    for deed, args in ((actions.approve_variation, ()), (actions.refuse_variation, ("No",))):
        with pytest.raises(NotAllowed):
            deed(variation, *args, by=person_of(ours.id))


def test_more_money_than_the_round_has_is_not_given(make, award, funding_round, lead, officer):
    funding_round.money = 8_439_99
    db.session.commit()
    variation = actions.ask_variation(award, Change("More", "More came", new_amount=8_440_00), by=lead)
    with pytest.raises(NotNow, match=r"gives £500 more, and the round has only £499\.99 left"):
        actions.approve_variation(variation, by=officer)
    assert (variation.status, variation.agreement_id) == (VariationStatus.ASKED, None)


def test_two_who_approve_the_last_money_of_a_round_give_it_once(app, make, award, funding_round, lead, officer):
    other = make.award(make.application(funding_round), status=AwardStatus.AGREED)
    funding_round.money = 7_940_00 * 2 + 1_000_00
    db.session.commit()
    asked = [
        actions.ask_variation(each, Change("More", "More came", new_amount=8_940_00), by=who).id
        for each, who in ((award, lead), (other, make.person(make.lead(other.organisation))))
    ]
    round_id, officer_id = funding_round.id, officer.id
    db.session.remove()
    barrier, came = threading.Barrier(2), []

    def approve(variation_id):
        with app.app_context(), clock.at(LATER):
            variation, by = db.session.get(Variation, variation_id), person_of(officer_id)
            barrier.wait()
            try:
                actions.approve_variation(variation, by=by)
                came.append("approved")
            except NotNow:
                came.append("told")
            db.session.remove()

    threads = [threading.Thread(target=approve, args=(each,)) for each in asked]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(came) == ["approved", "told"]
    assert left_in(db.session.get(type(funding_round), round_id)) == 0  # also before it is signed
    assert sorted(each.amount for each in db.session.scalars(select(Award))) == [7_940_00, 7_940_00]
