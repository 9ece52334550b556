"""The money of an award: planned when both have signed, prepared by one, let go by another, held while something is owed, asked back."""

import re
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions import payments as actions
from partnerhub.actions.doing import ChangedMeanwhile, writing
from partnerhub.extensions import db
from partnerhub.models import Event, Interest, MonitoringReturn, OutboxMail, Payment, SubmissionVersion
from partnerhub.queries import payments as queries
from partnerhub.queries.people import leads_of, person_of
from partnerhub.queries.waiting import waiting_for
from partnerhub.rules.errors import BadAnswer, NotAllowed, NotNow
from partnerhub.rules.payments import Planned
from partnerhub.rules.words import AwardStatus, PaymentStatus, ReturnStatus
from tests.counting import statements
from tests.make import AGREED

PAYEE = "S-104421"
LATER = AGREED + timedelta(days=1)


@pytest.fixture(autouse=True)
def the_day_after_it_was_signed():
    with clock.at(LATER):
        yield


@pytest.fixture
def finance(make):
    return [make.person(make.user("finance", name=name)) for name in ("First", "Second")]


@pytest.fixture
def officer(make):
    return make.person(make.user("officer"))


@pytest.fixture
def award(make):
    """£7,940.00, agreed; its fund pays 80 per cent and 20 per cent above £2,500."""
    made = make.award(
        make.application(make.autumn_round(make.fund(one_payment_to=2_500_00, instalments=[80, 20]))), status=AwardStatus.AGREED
    )
    make.lead(made.organisation, email="treasurer@example.org")
    return made


@pytest.fixture
def report(make, award):
    return make.monitoring_return(
        make.agreement(provider=award.organisation, version=make.version()), "2025-26 Q4", due_on=date(2026, 1, 28), award_id=award.id
    )


def scheduled(award, *reports):
    with writing():
        return actions.put_schedule(award, AGREED, reports)


def approved(owed, spent=None):
    """The report as if it had been sent and approved; `spent`: pence that it says were spent of the grant."""
    version = SubmissionVersion(
        submission_id=owed.submission_id, questionnaire_version_id=owed.questionnaire_version_id, number=1, reference=f"R-{owed.id}"[:60],
        answers={"values": {"grant_spent": {"": spent}} if spent is not None else {}}, digest="0" * 64, submitted_at=LATER,
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    owed.approved_version_id, owed.status = version.id, ReturnStatus.APPROVED
    db.session.commit()


def ready(award, finance):
    actions.check_payee(award, PAYEE, by=finance[0])


def planned(award):
    return [(each.number, each.amount, each.due_on, each.return_id, each.status) for each in queries.payments_of(award.id)]


def letters():
    return [each.subject for each in db.session.scalars(select(OutboxMail).order_by(OutboxMail.created_at, OutboxMail.recipient))]


# The schedule


def test_the_schedule_follows_the_fund_and_the_last_payment_waits_for_the_last_report(make, award, report):
    half_way = make.monitoring_return(report.agreement, "2025-26 Q1", due_on=date(2025, 7, 1), award_id=award.id)
    scheduled(award, half_way, report)
    assert planned(award) == [
        (1, 6_352_00, AGREED.date(), None, PaymentStatus.PLANNED),
        (2, 1_588_00, None, report.id, PaymentStatus.PLANNED),
    ]


def test_a_small_award_is_paid_at_once(make, award, report):
    award.amount = 2_500_00
    db.session.commit()
    scheduled(award, report)
    assert [each[:4] for each in planned(award)] == [(1, 2_500_00, AGREED.date(), None)]


def test_a_schedule_is_drawn_up_once(award, report):
    assert len(scheduled(award, report)) == 2
    assert scheduled(award, report) == []
    assert len(queries.payments_of(award.id)) == 2


def test_payments_may_be_cut_otherwise_as_long_as_they_come_to_the_award(award, report, officer):
    scheduled(award, report)
    wanted = [Planned(4_000_00, date(2025, 2, 1), None), Planned(2_000_00, date(2025, 6, 1), None), Planned(1_940_00, None, report.id)]
    actions.reschedule(award, wanted, by=officer)
    assert [each[1:4] for each in planned(award)] == [tuple(each) for each in wanted]
    with pytest.raises(BadAnswer, match="add up to £7,939, which is £1 less"):
        actions.reschedule(award, [*wanted[:2], Planned(1_939_00, None, report.id)], by=officer)
    with pytest.raises(BadAnswer, match="Give each payment a day"):
        actions.reschedule(award, [Planned(7_940_00, None, None)], by=officer)
    actions.reschedule(award, [Planned(7_940_00, date(2025, 3, 1), None)], by=officer)
    assert [each[4] for each in planned(award)] == [PaymentStatus.PLANNED, PaymentStatus.CANCELLED, PaymentStatus.CANCELLED]


def test_a_payment_waits_only_for_a_report_of_its_own_award(make, award, report, officer):
    scheduled(award)
    other = make.monitoring_return(make.agreement(), "2025-26 Q4")
    with pytest.raises(BadAnswer, match="a report of this award"):
        actions.reschedule(award, [Planned(7_940_00, None, other.id)], by=officer)


def test_what_was_prepared_stays_as_it_is_when_the_rest_is_cut_anew(award, report, officer, finance):
    first, second = scheduled(award, report)
    ready(award, finance)
    actions.prepare_payment(first, by=officer)
    with pytest.raises(BadAnswer, match="£6,352 more"):
        actions.reschedule(award, [Planned(7_940_00, date(2025, 3, 1), None)], by=officer)
    actions.reschedule(award, [Planned(1_000_00, date(2025, 3, 1), None), Planned(588_00, None, report.id)], by=officer)
    assert [each[1] for each in planned(award)] == [6_352_00, 1_000_00, 588_00]
    assert db.session.get(Payment, second.id).amount == 1_000_00


# Four eyes


def test_a_payment_is_released_by_a_second_person_of_finance(award, report, officer, finance):
    first, _ = scheduled(award, report)
    ready(award, finance)
    actions.prepare_payment(first, by=finance[0])
    with pytest.raises(NotAllowed, match="not the person who prepared it"):
        actions.release_payment(first, by=finance[0])
    with pytest.raises(NotAllowed):
        actions.release_payment(first, by=officer)
    actions.release_payment(first, by=finance[1])
    assert (first.status, first.released_by_id, first.released_at) == (PaymentStatus.RELEASED, finance[1].id, LATER)
    assert letters()[-1] == f"£6,352.00 of your grant {award.reference} is on its way"
    event = db.session.scalars(select(Event).order_by(Event.seq.desc())).first()
    assert (event.action, event.details) == ("payment.release", {"reference": award.reference, "payment": 1, "amount": "£6,352"})


def test_who_belongs_to_the_organisation_or_has_an_interest_touches_no_payment_of_it(make, award, report, finance):
    first, _ = scheduled(award, report)
    ready(award, finance)
    ours, interested = make.user("finance"), make.user("finance")
    make._kept(type(ours.memberships[0])(user_id=ours.id, organisation_id=award.organisation_id, role="member", since=AGREED))
    make._kept(Interest(round_id=award.round_id, user_id=interested.id, organisation_id=award.organisation_id, at=AGREED))
    for barred in (person_of(ours.id), person_of(interested.id)):
        for deed, args in ((actions.prepare_payment, ()), (actions.cancel_payment, ("No",))):
            with pytest.raises(NotAllowed):
                deed(first, *args, by=barred)
        with pytest.raises(NotAllowed):
            actions.check_payee(award, "S-9", by=barred)
    actions.prepare_payment(first, by=finance[0])
    for barred in (person_of(ours.id), person_of(interested.id)):
        with pytest.raises(NotAllowed):
            actions.release_payment(first, by=barred)


def test_a_released_payment_is_not_released_cancelled_or_changed_again(award, report, finance, officer):
    first, _ = scheduled(award, report)
    ready(award, finance)
    seen = first.version
    actions.prepare_payment(first, by=finance[0], expect=seen)
    with pytest.raises(ChangedMeanwhile):
        actions.cancel_payment(first, "Too late", by=officer, expect=seen)
    actions.release_payment(first, by=finance[1])
    for deed, args in ((actions.release_payment, ()), (actions.prepare_payment, ()), (actions.cancel_payment, ("Why",))):
        with pytest.raises(NotNow, match="Paid"):
            deed(first, *args, by=finance[1])


def test_two_who_release_at_the_same_moment_release_once(app, make, award, report, finance):
    first, _ = scheduled(award, report)
    ready(award, finance)
    actions.prepare_payment(first, by=finance[0])
    people, payment_id = [finance[1].id, make.user("finance").id], first.id
    db.session.remove()
    barrier, came = threading.Barrier(2), []

    def release(who):
        with app.app_context(), clock.at(LATER):
            payment, by = db.session.get(Payment, payment_id), person_of(who)
            barrier.wait()
            try:
                actions.release_payment(payment, by=by, expect=payment.version)
                came.append("released")
            except NotNow:
                came.append("told")
            db.session.remove()

    threads = [threading.Thread(target=release, args=(who,)) for who in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(came) == ["released", "told"]
    assert len([each for each in letters() if "on its way" in each]) == 2  # to the two leads, once
    assert len(db.session.scalars(select(Event).where(Event.action == "payment.release")).all()) == 1


def test_what_was_prepared_is_taken_back_or_cancelled_with_a_reason(award, report, finance, officer):
    first, second = scheduled(award, report)
    ready(award, finance)
    actions.prepare_payment(first, by=finance[0])
    with pytest.raises(BadAnswer, match="Write why it is taken back"):
        actions.take_back_payment(first, " ", by=officer)
    actions.take_back_payment(first, "Wrong month", by=officer)
    assert (first.status, first.prepared_by_id) == (PaymentStatus.PLANNED, None)
    actions.cancel_payment(second, "The project stopped", by=officer)
    assert (second.status, second.note) == (PaymentStatus.CANCELLED, "The project stopped")


# What holds it


def hold_payee(award, payment, report):
    award.payee_checked_at = None


def hold_report(award, payment, report):
    payment.return_id = report.id


def hold_day(award, payment, report):
    payment.due_on = LATER.date() + timedelta(days=1)


def hold_overspent(award, payment, report):
    payment.amount = 7_940_01


def hold_ended(award, payment, report):
    award.status = AwardStatus.ENDED


@pytest.mark.parametrize(
    ("held_by", "sentence"),
    [
        (hold_payee, "not checked yet to whom it pays"),
        (hold_report, r"To be paid when the small quarterly return \(due 28 January 2026\) is approved"),
        (hold_day, "Not to be paid before 5 January 2025"),
        (hold_overspent, "£0.01 more would be paid than the award"),
        (hold_ended, "The grant has ended"),
    ],
)
def test_a_held_payment_is_neither_prepared_nor_released_and_says_what_holds_it(make, award, report, finance, held_by, sentence):
    (first,) = [make.payment(award, 7_940_00)]
    ready(award, finance)
    held_by(award, first, report)
    db.session.commit()
    with pytest.raises(NotNow, match=sentence):
        actions.prepare_payment(first, by=finance[0])
    first.status, first.prepared_by_id = PaymentStatus.PREPARED, finance[0].id
    db.session.commit()
    with pytest.raises(NotNow, match=sentence):
        actions.release_payment(first, by=finance[1])
    assert db.session.get(Payment, first.id).status == PaymentStatus.PREPARED
    assert letters() == []


def test_nothing_is_paid_of_an_award_that_one_side_has_not_signed(make, finance):
    offered = make.award(status=AwardStatus.OFFERED)
    payment = make.payment(offered, 7_940_00)
    ready(offered, finance)
    offered.status = AwardStatus.AGREED
    db.session.commit()
    with pytest.raises(NotNow, match="not signed by both sides"):
        actions.prepare_payment(payment, by=finance[0])


def test_a_report_that_is_approved_or_waived_holds_nothing(award, report, finance):
    first, second = scheduled(award, report)
    ready(award, finance)
    assert queries.holds_of(award, [first, second], LATER.date()) == {
        first.id: [], second.id: ["To be paid when the small quarterly return (due 28 January 2026) is approved."],
    }  # fmt: skip
    approved(report)
    assert queries.holds_of(award, [first, second], LATER.date())[second.id] == []


def test_a_second_payment_that_would_go_over_the_award_is_held_while_the_first_is_prepared(make, award, finance):
    first, second = make.payment(award, 5_000_00), make.payment(award, 5_000_00)
    ready(award, finance)
    actions.prepare_payment(first, by=finance[0])
    with pytest.raises(NotNow, match="£2,060 more would be paid"):
        actions.prepare_payment(second, by=finance[0])


# The payee


def test_the_payee_is_a_reference_and_never_a_bank_account(award, finance, officer):
    with pytest.raises(NotAllowed):
        actions.check_payee(award, PAYEE, by=officer)
    with pytest.raises(BadAnswer, match="looks like a bank account"):
        actions.check_payee(award, "20-00-00 12345678", by=finance[0])
    assert (award.payee_reference, award.payee_checked_at) == ("", None)
    actions.check_payee(award, f" {PAYEE} ", by=finance[0])
    assert (award.payee_reference, award.payee_checked_by_id, award.payee_checked_at) == (PAYEE, finance[0].id, LATER)
    told = [each.details for each in db.session.scalars(select(Event))]
    assert PAYEE not in str(told), "the history is read by others than finance"


def test_a_changed_account_is_checked_anew_and_what_was_prepared_goes_back(make, award, report, finance):
    first, _ = scheduled(award, report)
    ready(award, finance)
    actions.prepare_payment(first, by=finance[0])
    actions.doubt_payee(award, by=make.person(make.lead(award.organisation)))
    assert (first.status, first.prepared_by_id, award.payee_checked_at) == (PaymentStatus.PLANNED, None, None)
    with pytest.raises(NotNow, match="not checked yet"):
        actions.prepare_payment(first, by=finance[0])
    ready(award, finance)
    actions.prepare_payment(first, by=finance[0])
    actions.check_payee(award, "S-2", by=finance[1])
    assert db.session.get(Payment, first.id).status == PaymentStatus.PLANNED


def test_whoever_changed_the_payee_does_not_release_and_all_leads_hear_of_the_change(make, award, report, finance, officer):
    first, _ = scheduled(award, report)
    ready(award, finance)
    assert letters() == [], "the first check changes nothing"
    make.lead(award.organisation, email="second@example.org")
    actions.check_payee(award, "S-9", by=finance[1])
    wanted = {each.email for each in leads_of(award.organisation_id)}
    mails = db.session.scalars(select(OutboxMail)).all()
    assert {each.recipient for each in mails} == wanted >= {"treasurer@example.org", "second@example.org"}
    assert all("another account" in each.subject and "S-9" not in each.subject + each.body for each in mails)
    actions.prepare_payment(first, by=officer)
    assert [queries.money_to_do(each, LATER.date()).release for each in finance] == [[first], []]
    with pytest.raises(NotAllowed, match="not the person who checked to whom it is paid"):
        actions.release_payment(first, by=finance[1])
    actions.release_payment(first, by=finance[0])
    assert first.status == PaymentStatus.RELEASED


# What was not spent


def test_what_was_not_spent_is_asked_back_and_not_paid_out(make, award, report, finance, officer):
    first, second = scheduled(award, report)
    ready(award, finance)
    actions.prepare_payment(first, by=officer)
    actions.release_payment(first, by=finance[1])
    with pytest.raises(NotNow, match="Nothing is left to settle"):
        actions.settle_underspend(award, by=officer)
    approved(report, spent=6_000_50)
    with pytest.raises(NotNow, match=r"The report says that £6,000\.50 was spent"):
        actions.prepare_payment(second, by=finance[0])
    actions.settle_underspend(award, by=officer)
    claimed = queries.payments_of(award.id)[-1]
    assert (claimed.amount, claimed.status, claimed.due_on) == (-351_50, PaymentStatus.CLAIMED, date(2025, 2, 1))
    assert (second.status, second.note) == (PaymentStatus.CANCELLED, "Nothing is left to pay.")
    assert any("£351.50 of your grant" in each for each in letters())
    with pytest.raises(NotNow, match="Nothing is left to settle"):
        actions.settle_underspend(award, by=officer)
    with pytest.raises(NotAllowed):
        actions.receive_payment(claimed, by=officer)
    actions.receive_payment(claimed, by=finance[0])
    totals = queries.totals_of(queries.payments_of(award.id), award.amount)
    assert (totals.awarded, totals.paid, totals.to_pay, totals.to_come_back, totals.paid_back) == (7_940_00, 6_352_00, 0, 0, 351_50)


def test_money_is_asked_back_once_from_the_same_page(award, report, finance, officer):
    first, _second = scheduled(award, report)
    ready(award, finance)
    actions.prepare_payment(first, by=officer)
    actions.release_payment(first, by=finance[1])
    seen = award.version
    actions.claim_back(award, 100_00, date(2025, 2, 1), "Not spent", by=officer, expect=seen)
    for deed, *typed in ((actions.claim_back, 100_00, date(2025, 2, 1), "Not spent"), (actions.settle_underspend,)):
        with pytest.raises(ChangedMeanwhile):
            deed(award, *typed, by=officer, expect=seen)
    assert [each.amount for each in queries.payments_of(award.id) if each.amount < 0] == [-100_00]


def test_of_the_last_payment_only_what_was_spent_is_paid(award, report, finance, officer):
    first, second = scheduled(award, report)
    ready(award, finance)
    actions.prepare_payment(first, by=officer)
    actions.release_payment(first, by=finance[1])
    approved(report, spent=7_000_00)
    actions.settle_underspend(award, by=officer)
    assert (second.amount, second.status) == (648_00, PaymentStatus.PLANNED)
    actions.prepare_payment(second, by=finance[0])
    actions.release_payment(second, by=finance[1])
    assert queries.totals_of(queries.payments_of(award.id), award.amount).paid == 7_000_00


def test_no_more_is_asked_back_than_was_paid(award, report, finance, officer):
    first, _ = scheduled(award, report)
    with pytest.raises(BadAnswer, match="up to £0"):
        actions.claim_back(award, 1_00, date(2025, 2, 1), "Not used", by=officer)
    ready(award, finance)
    actions.prepare_payment(first, by=officer)
    actions.release_payment(first, by=finance[1])
    actions.claim_back(award, 6_000_00, date(2025, 2, 1), "Not used", by=finance[0])
    with pytest.raises(BadAnswer, match="up to £352"):
        actions.claim_back(award, 352_01, date(2025, 2, 1), "Not used", by=finance[0])
    with pytest.raises(BadAnswer, match="still to come"):
        actions.claim_back(award, 352_00, date(2025, 1, 1), "Not used", by=finance[0])
    claimed = queries.payments_of(award.id)[-1]
    with pytest.raises(NotAllowed, match="not the person who prepared it"):
        actions.receive_payment(claimed, by=finance[0])
    with pytest.raises(NotAllowed, match="not the person who asked for the money back"):
        actions.cancel_payment(claimed, "It is well so", by=finance[0])
    actions.receive_payment(claimed, by=finance[1])
    assert claimed.status == PaymentStatus.RECEIVED


def test_a_claim_is_cancelled_by_a_second_person(make, award, finance, officer):
    claim = make.payment(award, -100_00, status=PaymentStatus.CLAIMED, prepared_by_id=officer.id)
    with pytest.raises(NotAllowed, match="not the person who asked for the money back"):
        actions.cancel_payment(claim, "It is well so", by=officer)
    actions.cancel_payment(claim, "It was spent after all", by=finance[0])
    assert claim.status == PaymentStatus.CANCELLED


def test_finance_finds_what_is_to_be_done(award, report, finance, officer):
    first, second = scheduled(award, report)
    today = LATER.date()
    assert [(each.deed, each.first) for each in waiting_for(finance[0], LATER)] == [("award.check_payee", award.id)]
    assert queries.money_to_do(finance[0], today) == queries.ToDo([], [], [])
    ready(award, finance)
    assert waiting_for(finance[0], LATER) == []
    assert queries.money_to_do(officer, today) == queries.ToDo([first], [], [])
    actions.prepare_payment(first, by=finance[0])
    assert [queries.money_to_do(each, today).release for each in (*finance, officer)] == [[], [first], []]
    actions.release_payment(first, by=finance[1])
    approved(report)
    assert queries.money_to_do(finance[0], today).prepare == [second]
    assert [row.payee for row in queries.every_payment(finance[0])] == [PAYEE, PAYEE]
    assert [row.payee for row in queries.every_payment(officer)] == ["", ""]


def test_a_report_stays_known_when_it_is_reopened(award, report, finance):
    _, second = scheduled(award, report)
    ready(award, finance)
    approved(report)
    db.session.get(MonitoringReturn, report.id).status = ReturnStatus.DRAFT
    db.session.commit()
    assert queries.holds_of(award, [second], LATER.date())[second.id] == []


def test_the_money_of_an_award_reads_its_reports_and_what_they_say_once(award, report, finance):
    scheduled(award, report)
    ready(award, finance)
    approved(report, spent=7_000_00)
    with statements() as sent:
        money = queries.money_of(award, LATER.date())
    assert money.underspend is not None and money.held
    reading = [re.search(r"FROM (\w+)", each)[1] for each in sent]
    assert (reading.count("monitoring_return"), reading.count("submission_version")) == (1, 1), reading
