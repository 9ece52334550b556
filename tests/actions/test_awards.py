"""Awards: offered, signed by both sides, turned down, lapsed, ended, completed; and what the words of an agreement hold."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from partnerhub import clock
from partnerhub.actions import awards, grant_agreements
from partnerhub.actions.doing import writing
from partnerhub.actions.filling import ReadAgain
from partnerhub.extensions import db
from partnerhub.jobs.housekeeping import tidy
from partnerhub.models import Award, Event, GrantAgreement, Membership, OutboxMail
from partnerhub.queries import retold_grants
from partnerhub.queries.payments import payments_of
from partnerhub.queries.people import person_of
from partnerhub.queries.verifying import findings
from partnerhub.rules.errors import BadAnswer, NotAllowed, NotNow
from partnerhub.rules.words import AwardStatus

NOW = datetime(2025, 1, 3, 15, 30, 12, tzinfo=UTC)
TOO_LATE = datetime(2025, 1, 18, 9, tzinfo=UTC)


@pytest.fixture
def offered(make):
    """An award approved and offered until 17 January 2025, with a lead, a director and the fund's usual terms."""
    fund = make.fund("Safety Fund", one_payment_to=2_500_00, instalments=[80, 20])
    application = make.application(make.autumn_round(fund), make.organisation("Boxing for everyone"), status="approved")
    award = make.award(application, status=AwardStatus.APPROVED, project="Youth boxing", conditions="Show us your DBS numbers.")
    with clock.at(datetime(2024, 12, 20, 10, tzinfo=UTC)), writing():
        grant_agreements.offer_award(award, date(2025, 1, 17), clock.now())
    return award


@pytest.fixture
def lead(make, offered):
    return person_of(make.lead(offered.organisation, name="Ann Example").id)


@pytest.fixture
def director(make):
    return person_of(make.user("director", name="Dee Rector").id)


def agreement(award):
    return db.session.scalars(select(GrantAgreement).where(GrantAgreement.award_id == award.id)).one()


def sign(award, by, **rest):
    return awards.sign_for_partner(award, rest.pop("seen", agreement(award).digest), rest.pop("name", by.name), by=by, now=NOW, **rest)


def countersign(award, by, **rest):
    return awards.sign_for_office(award, rest.pop("seen", agreement(award).digest), rest.pop("name", by.name), by=by, now=NOW, **rest)


def test_a_fund_that_changes_between_offer_and_signature_changes_neither_payments_nor_words(app, offered, lead, director):
    offered.fund.instalments, offered.fund.one_payment_to = [50, 50], 0
    db.session.commit()
    sign(offered, lead)
    countersign(offered, director)
    assert [each.amount for each in payments_of(offered.id)] == [6_352_00, 1_588_00]


def test_offering_makes_the_agreement_from_the_newest_wording_with_everything_filled_in(app, offered):
    words = agreement(offered).text
    for said in (
        "We give you £7,940.00 for the project “Youth boxing”.",
        "and Boxing for everyone (“you”)",
        "Show us your DBS numbers.",
        "begins on 6 January 2025 and ends on 31 December 2025",
        "- £6,352.00 once both of us have signed",
        "- £1,588.00 when the project ends, on 31 December 2025",
        "The offer stands until 17 January 2025",
        offered.reference,
    ):
        assert said in words
    assert "{" not in words
    assert (offered.status, offered.answer_by) == (AwardStatus.OFFERED, date(2025, 1, 17))


def test_both_sides_sign_and_the_grant_is_agreed(app, offered, lead, director):
    sign(offered, lead)
    assert offered.status == AwardStatus.OFFERED
    countersign(offered, director)
    signed = agreement(offered)
    assert (signed.partner_signed_by_id, signed.office_signed_by_id) == (lead.id, director.id)
    assert (offered.status, offered.agreed_at) == (AwardStatus.AGREED, NOW)
    letters = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "award_agreed")).all()
    assert {each.recipient for each in letters} == {lead.email, director.email}
    assert {each.grant_agreement_id for each in letters} == {signed.id}
    told = db.session.scalars(select(Event).where(Event.action.in_(("award.sign", "award.countersign")))).all()
    assert [each.details["digest"] for each in told] == [signed.digest] * 2


def test_the_office_signs_only_what_the_organisation_has_signed(app, offered, director):
    with pytest.raises(BadAnswer, match="has not signed yet"):
        countersign(offered, director)
    assert offered.status == AwardStatus.OFFERED


def test_nobody_signs_for_both_sides_also_not_after_leaving_the_organisation(app, make, offered):
    user = make.lead(offered.organisation, name="Ann Both")
    held = db.session.scalars(select(Membership).where(Membership.user_id == user.id)).one()
    make._kept(Membership(user_id=user.id, role="director", since=NOW))
    sign(offered, person_of(user.id))
    held.ended_at = NOW
    db.session.commit()
    with pytest.raises(NotAllowed, match="left it lately"):
        countersign(offered, person_of(user.id))
    assert offered.status == AwardStatus.OFFERED


def test_signing_twice_gives_what_was_signed_and_writes_nothing_more(app, make, offered, lead, director):
    second = person_of(make.lead(offered.organisation, name="Bob Example").id)
    sign(offered, lead)
    assert sign(offered, second, name="whatever").partner_signed_by_id == lead.id
    countersign(offered, director)
    other = person_of(make.user("officer").id)
    assert countersign(offered, other, seen="", name="").office_signed_by_id == director.id
    sign(offered, lead)
    assert db.session.query(Event).filter(Event.action.in_(("award.sign", "award.countersign"))).count() == 2
    assert db.session.query(OutboxMail).filter_by(kind="award_agreed").count() == 3


def test_words_that_were_not_read_are_not_signed(app, offered, lead):
    with pytest.raises(ReadAgain, match="not the words that you had before you"):
        sign(offered, lead, seen="0" * 64)
    assert agreement(offered).partner_signed_at is None


def test_the_name_that_signs_is_the_one_of_the_account(app, offered, lead):
    with pytest.raises(BadAnswer, match="Type your full name as it stands in your account: Ann Example"):
        sign(offered, lead, name="A. Example")
    sign(offered, lead, name="  ann   EXAMPLE ")


def test_who_may_sign(app, make, offered, lead, director):
    member = person_of(make.member(offered.organisation).id)
    with pytest.raises(NotAllowed):
        sign(offered, member)
    with pytest.raises(NotAllowed):
        sign(offered, director)
    sign(offered, lead)
    of_both = make.lead(offered.organisation)
    make._kept(type(of_both.memberships[0])(user_id=of_both.id, role="director", since=of_both.created_at))
    for each in (lead, person_of(of_both.id), person_of(make.user("finance").id)):
        with pytest.raises(NotAllowed):
            countersign(offered, each)


def test_nothing_of_an_award_is_the_organisations_before_its_letter_is_released(app, make, lead, offered):
    award = make.award(make.application(offered.funding_round, offered.organisation), status=AwardStatus.APPROVED)
    with pytest.raises(NotAllowed):
        awards.sign_for_partner(award, "", "", by=lead)
    with pytest.raises(NotAllowed):
        awards.refuse_award(award, "No", by=lead)


def test_an_offer_is_turned_down_with_a_reason(app, offered, lead):
    with pytest.raises(BadAnswer):
        awards.refuse_award(offered, " ", by=lead)
    awards.refuse_award(offered, "Our hall has burned down", by=lead)
    assert (offered.status, offered.ended_reason) == (AwardStatus.REFUSED, "Our hall has burned down")
    with pytest.raises(NotNow):
        sign(offered, lead)


def test_an_offer_not_answered_lapses_by_itself_and_one_that_is_signed_does_not(app, make, offered, lead):
    other = make.award(make.application(offered.funding_round, offered.organisation))
    sign(offered, lead)
    with clock.at(datetime(2025, 1, 17, 23, tzinfo=UTC)):
        tidy()
    assert db.session.get(Award, other.id).status == AwardStatus.OFFERED
    with clock.at(TOO_LATE):
        tidy()
        now_stand = [db.session.get(Award, each.id).status for each in (other, offered)]
    assert now_stand == [AwardStatus.LAPSED, AwardStatus.OFFERED]
    assert db.session.query(OutboxMail).filter_by(kind="award_lapsed", about=str(other.id)).count() == 1


def test_nobody_signs_after_the_last_day(app, offered, lead):
    with clock.at(TOO_LATE), pytest.raises(NotNow, match="stood until 17 January 2025"):
        awards.sign_for_partner(offered, agreement(offered).digest, lead.name, by=lead)


def test_an_officer_closes_only_an_offer_that_is_over(app, make, offered):
    officer = person_of(make.user("officer").id)
    with pytest.raises(NotNow, match="the offer stands"):
        awards.lapse_award(offered, by=officer, now=NOW)


def test_an_agreed_grant_ends_early_with_a_reason(app, make, offered, lead, director):
    sign(offered, lead)
    countersign(offered, director)
    awards.end_award(offered, "It closed", by=director)
    assert (offered.status, offered.ended_reason) == (AwardStatus.ENDED, "It closed")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE grant_agreement SET text = 'We give nothing'",
        "UPDATE grant_agreement SET digest = '0'",
        "UPDATE grant_agreement SET partner_signed_at = NULL",
        "UPDATE grant_agreement SET office_signed_by_id = partner_signed_by_id",
        "DELETE FROM grant_agreement",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_signed(app, offered, lead, director, change):
    sign(offered, lead)
    countersign(offered, director)
    with pytest.raises(DBAPIError):
        db.session.execute(text(change))
    db.session.rollback()


def test_verify_finds_an_agreement_whose_words_are_not_those_that_were_signed(app, offered, lead, tmp_path):
    sign(offered, lead)
    reference = agreement(offered).reference
    assert not _faults(tmp_path)
    drop = "DROP TRIGGER grant_agreement_frozen" + (" ON grant_agreement" if db.engine.dialect.name == "postgresql" else "")
    db.session.execute(text(drop))
    db.session.execute(text("UPDATE grant_agreement SET text = 'We give you everything'"))
    db.session.commit()
    assert any(reference in fault and "words" in fault for fault in _faults(tmp_path))


def test_verify_finds_an_award_that_runs_before_both_have_signed(app, offered, lead):
    sign(offered, lead)
    db.session.execute(text("UPDATE award SET status = 'agreed'"))
    db.session.expire_all()
    faults = []
    retold_grants.awards(faults)
    db.session.rollback()
    assert f"award {offered.reference}: it runs, and not both sides have signed" in faults


def _faults(folder):
    return [fault for finding in findings(folder) if "agreement" in finding.what for fault in finding.faults]


# The wording


def test_a_new_version_of_the_wording_serves_what_is_offered_from_then_on(app, make, offered):
    officer = person_of(make.user("officer").id)
    before = agreement(offered).text
    made = grant_agreements.write_template(None, "Grant agreement", "We give {amount}.", 1, by=officer)
    assert made.number == 2
    later = make.award(make.application(offered.funding_round), status=AwardStatus.APPROVED)
    with writing():
        grant_agreements.offer_award(later, date(2025, 2, 1), NOW)
    assert agreement(later).text == "We give £7,940.00."
    assert agreement(offered).text == before


def test_two_who_write_the_wording_at_once_make_two_versions_knowingly(app, make, offered):
    officer = person_of(make.user("officer").id)
    grant_agreements.write_template(None, "Grant agreement", "We give {amount}.", 1, by=officer)
    with pytest.raises(ReadAgain, match="Version 2 was saved after you opened this page"):
        grant_agreements.write_template(None, "Grant agreement", "They give {amount}.", 1, by=officer)
    with pytest.raises(BadAnswer, match="Nothing stands for"):
        grant_agreements.write_template(None, "Grant agreement", "They give {money}.", 2, by=officer)
