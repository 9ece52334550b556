"""What an agreed grant owes: its reports, drawn up when both have signed, filled in with the real forms, approved, and added up."""

from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions import awards, grant_agreements, returns
from partnerhub.actions.doing import writing
from partnerhub.actions.filling import put_typed
from partnerhub.actions.questionnaires import load_questionnaire, publish_questionnaire
from partnerhub.actions.submissions import freeze
from partnerhub.catalogue import reading
from partnerhub.extensions import db
from partnerhub.forms.answers import Typed
from partnerhub.models import MonitoringReturn, Organisation, Programme, Service, ServiceAgreement
from partnerhub.queries.answering import carried_texts, standing_of
from partnerhub.queries.people import person_of
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.submissions import cells_of
from partnerhub.queries.summaries import summary_of
from partnerhub.queries.verifying import findings
from partnerhub.rules.errors import NotNow
from partnerhub.rules.policy import HUB
from partnerhub.rules.words import AwardStatus, PaymentStatus, ReturnStatus

SIGNED = datetime(2025, 1, 3, 15, 30, tzinfo=UTC)
FORMS = files("partnerhub.catalogue").joinpath("questionnaires")
APPLIED = {
    "project_name": "Youth boxing",
    "budget.r1.item": "Hall",
    "budget.r1.working": "40 × £100",
    "budget.r1.total": "5000",
    "budget.r1.from_grant": "4000",
    "budget.r2.item": "Coach",
    "budget.r2.total": "3940",
    "budget.r2.from_grant": "3,940.00",
}
PLANNED = {  # what each form asks besides
    "people_zones_application": {"people_planned": "40"},
    "csf_application": {"outcomes.r1.outcome": "feel_safer", "outcomes.r1.target_percent": "70", "outcomes.r1.out_of": "40"},
}
HALF_WAY = {
    "as_planned": "as_planned",
    "people_took_part": "22",
    "budget.r1.actual_from_grant": "2000",
    "budget.r2.actual_from_grant": "1000.50",
}
WHOLE = {
    "as_planned": "as_planned",
    "actual_start": "6 1 2025",
    "actual_end": "31 12 2025",
    "what_you_did": "We boxed every Tuesday.",
    "people_took_part": "44",
    "sessions_held": "50",
    "attendances": "600",
    "feels_safer.number": "20",
    "feels_safer.out_of": "25",
    "difference_made": "They sleep better.",
    "what_next": "ends",
    "budget.r1.actual_from_grant": "4000",
    "budget.r2.actual_from_grant": "3900",
    "concerns": "no",
    "true_and_used": "yes",
    "signed_by": "Ann Example, chair",
}
LONG = {
    "outcomes.r1.achieved_people": "30",
    "outcomes.r1.how_measured": "exit_survey",
    "targets_met.number": "1",
    "targets_met.out_of": "1",
    "learning": "Start earlier in the evening.",
    "unspent_wish": "return_it",
    "receipts": "",
}


def published(name):
    """A form of the catalogue, as somebody at the office loads and publishes it."""
    [document] = reading.read([FORMS / f"{name}.yaml"])
    version = load_questionnaire(None, document.content, by=HUB).version
    if version.published_at is None:
        publish_questionnaire(version, by=HUB)
    return version


def typed(answers):
    return {tuple(place.partition(".")[::2]): Typed(text, 0) for place, text in answers.items()}


@pytest.fixture
def fund(make):
    end, half = published("small_grant_end_of_project_report"), published("small_grant_midpoint_update")
    return make.fund(
        "Safety Fund",
        code="CSF",
        report_form_id=end.questionnaire_id,
        report_due_days=28,
        half_way_form_id=half.questionnaire_id,
        half_way_above=5_000_00,
        half_way_months=6,
    )


@pytest.fixture
def agree(make, fund):
    """An award of so many pence, brought there by an application with the real form, its offer and both signatures."""

    def agreed(amount=7_940_00, form="csf_application", **rest):
        funding_round = make.autumn_round(fund)
        organisation = db.session.scalars(select(Organisation)).first() or make.organisation("Boxing for everyone")
        application = make.application(funding_round, organisation, status="approved")
        application.questionnaire_version_id = application.submission.questionnaire_version_id = published(form).id
        db.session.commit()
        lead, director = make.lead(organisation, name="Ann Example"), make.user("director", name="Dee Rector")
        questionnaire = definition(application.questionnaire_version_id)
        with writing():
            saved = put_typed(application, typed(APPLIED | PLANNED[form]), by=person_of(lead.id), now=SIGNED)
            assert not saved.errors, saved.errors
            cells = cells_of(application.submission_id)
            standing = standing_of(application, questionnaire, cells)
            application.latest_version = freeze(
                application.submission, questionnaire, cells, standing, str(application.id), by=lead.id, at=SIGNED
            )
        award = make.award(application, status=AwardStatus.APPROVED, amount=amount, project="Youth boxing", **rest)
        with writing():
            agreement = grant_agreements.offer_award(award, date(2025, 1, 17), SIGNED)
        awards.sign_for_partner(award, agreement.digest, lead.name, by=person_of(lead.id), now=SIGNED)
        awards.sign_for_office(award, agreement.digest, director.name, by=person_of(director.id), now=SIGNED)
        return award, person_of(lead.id)

    return agreed


def drawn_up(award):
    found = select(MonitoringReturn).where(MonitoringReturn.award_id == award.id).order_by(MonitoringReturn.due_on)
    return list(db.session.scalars(found))


def test_signing_draws_up_the_reports_of_the_fund_in_its_programme(app, agree, fund):
    award, _ = agree()
    half, end = drawn_up(award)
    assert [(each.due_on, each.status, each.period.label) for each in (half, end)] == [
        (date(2025, 7, 4), ReturnStatus.DUE, "2025-26"),
        (date(2026, 1, 28), ReturnStatus.DUE, "2025-26"),
    ]
    assert half.round_id == end.round_id == award.round_id, "whoever has an interest in the applicant there keeps away"
    programme = db.session.get_one(Programme, fund.programme_id)
    assert (programme.slug, programme.name) == ("grants-csf", "Safety Fund")
    assert half.service.name == end.service.name == "Youth boxing"
    references = db.session.scalars(select(ServiceAgreement.reference).where(ServiceAgreement.award_id == award.id))
    assert sorted(references) == [f"{award.reference}-R1", f"{award.reference}-R2"]


def test_a_small_award_owes_its_last_report_alone(app, agree):
    award, _ = agree(2_500_00, ends=date(2025, 6, 30))
    assert [each.due_on for each in drawn_up(award)] == [date(2025, 7, 28)]


def test_two_projects_of_one_name_have_a_service_each(app, agree):
    for award in (agree()[0], agree()[0]):
        assert len(drawn_up(award)) == 2
    assert len(set(db.session.scalars(select(Service.name)))) == 2


def test_a_report_begins_with_what_the_application_planned(app, agree):
    texts = {}
    for form in PLANNED:
        award, _ = agree(form=form)
        _, end = drawn_up(award)
        texts[form] = carried_texts(end, definition(end.questionnaire_version_id))
        assert (texts[form]["budget", "r1.item"], texts[form]["budget", "r2.from_grant"]) == ("Hall", "3940.00")
    assert texts["people_zones_application"]["people_planned", ""] == "40"
    assert texts["csf_application"]["outcomes", "r1.outcome"] == "Feel safer", "what was chosen there is words here"


def test_the_half_way_report_is_filled_in_sent_and_approved(app, make, agree):
    award, lead = agree()
    half, _ = drawn_up(award)
    with clock.at(datetime(2025, 7, 1, 9, tzinfo=UTC)):
        _send(half, HALF_WAY, lead)
        returns.approve_return(half, by=person_of(make.user("officer").id))
    assert half.status == ReturnStatus.APPROVED
    assert cells_of(half.submission_id)["budget", "r1.item"].text == "Hall"


def test_the_long_report_of_a_large_award_reaches_the_summary_of_the_funds_programme(app, make, agree, fund, tmp_path):
    award, lead = agree(4_900_00)
    half, end = drawn_up(award)
    spent = {
        "budget.r1.actual_from_grant": "2500",
        "budget.r1.reason": "Cheaper",
        "budget.r2.actual_from_grant": "2,399",
        "budget.r2.reason": "So",
    }
    officer = person_of(make.user("officer").id)
    with clock.at(datetime(2026, 1, 10, 9, tzinfo=UTC)):
        long = {key: text for key, text in (WHOLE | LONG | spent).items() if text}
        _send(end, long, lead)
        with pytest.raises(NotNow, match="Half-way update is not approved; End-of-project report is not approved"):
            awards.complete_award(award, by=officer)
        returns.approve_return(end, by=officer)
        returns.waive_return(half, "It came to the same time", by=officer)
        for each in award.payments:
            each.status = PaymentStatus.RELEASED
        db.session.commit()
        awards.complete_award(award, by=officer)
    assert award.status == AwardStatus.COMPLETED
    summary = summary_of(db.session.get_one(Programme, fund.programme_id), "2025-26", provisional=False)
    totals = {line.indicator: line.total for line in summary.lines}
    assert totals["sessions_held"].value == 50
    assert (totals["participants_feel_safer_percent"].value, totals["participants_feel_safer_percent"].out_of) == (20, 25)
    assert totals["grant_unspent"].value == 1_00, "the award of £4,900 less £4,899 spent"
    wrong = {finding.what: finding.faults for finding in findings(tmp_path) if finding.faults}
    assert not [what for what in wrong if "returns" in what or "agreement" in what], wrong


@pytest.mark.parametrize(("amount", "is_long"), [(2_500_00, False), (2_500_01, True)])
def test_the_report_is_shorter_for_a_grant_up_to_2500_pounds(app, agree, amount, is_long):
    award, _ = agree(amount)
    end = drawn_up(award)[-1]
    questionnaire = definition(end.questionnaire_version_id)
    shown = standing_of(end, questionnaire, cells_of(end.submission_id)).visible
    assert ("outcomes" in shown, "learning" in shown, "people_by_sex" in shown) == (is_long,) * 3
    assert "people_took_part" in shown


def test_more_cannot_be_spent_than_was_awarded(app, agree):
    award, lead = agree(2_500_00)
    end = drawn_up(award)[-1]
    returns.save_answers(end, typed(WHOLE), by=lead)
    standing = standing_of(end, definition(end.questionnaire_version_id), cells_of(end.submission_id))
    assert "spend_within_award" in {each.check_key for each in standing.failures}


def _send(report, answers, lead):
    saved = returns.save_answers(report, typed(answers), by=lead)
    assert not saved.errors, saved.errors
    questionnaire = definition(report.questionnaire_version_id)
    standing = standing_of(report, questionnaire, cells_of(report.submission_id))
    assert standing.ready, (standing.missing, [each.sentence for each in standing.failures])
    returns.submit_return(report, by=lead)


def test_the_words_that_are_signed_name_the_report_that_each_payment_waits_for(app, agree, fund):
    fund.instalments = [80, 20]
    for each in fund.rounds:
        each.promised = fund.terms.to_keep()
    db.session.commit()
    award, _ = agree()
    _half, end = drawn_up(award)
    first, last = award.payments
    assert (first.return_id, last.return_id) == (None, end.id)
    words = award.agreements[0].text
    assert f"£{last.amount // 100:,}.00 once we have approved the End-of-project report, due by" in words
