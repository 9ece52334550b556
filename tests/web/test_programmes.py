"""Programmes, services, agreements and periods set up on screens, from an empty hub to returns that are due."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import District, Event, MonitoringReturn, Programme, ReportingPeriod, Service, ServiceAgreement, Target
from tests.browser import words_of
from tests.counting import assert_steady


@pytest.fixture
def officer(make, browser):
    return browser(make.user("officer"))


def counted(model):
    return db.session.scalar(select(func.count()).select_from(model))


def only(model):
    return db.session.scalars(select(model)).one()


def agreement_fields(provider, form, **changes):
    fields = {
        "reference": "SA-1",
        "organisation_id": str(provider.id),
        "starts": ["1", "4", "2022"],
        "ends": ["31", "3", "2023"],
        "questionnaire_id": str(form.questionnaire_id),
        "frequency": "quarter",
    }
    return fields | changes


# programmes and services


def test_a_programme_gets_its_address_from_its_name(officer):
    answer = officer.post("/programmes/new", {"name": "Domestic & Sexual Violence", "slug": "", "about": "Two services."})
    assert answer.status_code == 303 and only(Programme).slug == "domestic-sexual-violence"
    assert "Add its services next" in words_of(officer.get(answer.location))
    assert "Two services." in words_of(officer.get("/programmes/domestic-sexual-violence"))


@pytest.mark.parametrize("slug", ["Big", "a b", "-a", "a--b", "new", "é", "123e4567-e89b-12d3-a456-426614174000", "a/b"])
def test_a_short_name_must_be_fit_for_an_address(officer, slug):
    answer = officer.post("/programmes/new", {"name": "Any", "slug": slug})
    assert answer.status_code == 422 and "Enter a short name of small letters" in words_of(answer)
    assert counted(Programme) == 0


def test_two_programmes_do_not_share_an_address(make, officer):
    make.programme("early-help")
    answer = officer.post("/programmes/new", {"name": "Early help"})
    assert answer.status_code == 422 and "Another programme has the address “early-help”" in words_of(answer)


def test_a_viewer_sees_only_the_programmes_agreed_with_them(make, browser):
    ours, other = make.programme("ours", name="Agreed one"), make.programme("other", name="Hidden one")
    viewer = browser(make.viewer(ours))
    assert "Agreed one" in words_of(viewer.get("/programmes")) and "Hidden one" not in words_of(viewer.get("/programmes"))
    assert viewer.get("/programmes/other").status_code == viewer.get(f"/programmes/{other.id}").status_code == 404
    service = make.service(ours)
    agreement = make.agreement(service)
    page = viewer.get("/programmes/ours")
    assert agreement.reference in words_of(page) and f"/agreements/{agreement.id}" not in page.text
    assert viewer.get(f"/services/{service.id}").status_code == 404


def test_a_partner_does_not_find_programmes(make, browser):
    make.programme("ours")
    lead = browser(make.lead(make.organisation()))
    assert {lead.get(path).status_code for path in ("/programmes", "/programmes/ours", "/programmes/new", "/periods")} == {404}


def test_a_service_is_added_and_renamed(make, officer):
    programme = make.programme()
    answer = officer.post(f"/programmes/{programme.id}/services/new", {"name": "Refuge", "position": "2"})
    assert answer.status_code == 303
    service = only(Service)
    again = officer.post(f"/programmes/{programme.id}/services/new", {"name": "Refuge"})
    assert again.status_code == 422 and "has a service called “Refuge” already" in words_of(again)
    assert officer.post(f"/services/{service.id}/change", {"name": "Safe house", "version": "1"}).status_code == 303
    assert officer.post(f"/services/{service.id}/change", {"name": "Shelter", "version": "1"}).status_code == 409
    assert "Safe house" in words_of(officer.get(f"/services/{service.id}"))


def test_a_summary_is_offered_only_to_those_who_may_read_it(make, browser):
    address = f"/programmes/{make.programme().slug}/summary"
    assessor, finance = browser(make.user("assessor")), browser(make.user("finance"))
    assert all(address not in assessor.get(page).text for page in ("/", "/programmes"))
    assert all(address in finance.get(page).text for page in ("/", "/programmes"))


def test_the_front_page_of_a_viewer_leads_to_the_programmes_agreed_with_them(make, browser):
    agreed, other = make.programme(), make.programme()
    page = browser(make.viewer(agreed)).get("/").text
    assert f"/programmes/{agreed.slug}/summary" in page and other.slug not in page


# agreements


def test_without_a_published_form_the_page_says_where_forms_are_published(make, officer):
    service = make.service()
    address = f"/services/{service.id}/agreements/new"
    assert "No form is published yet. Publish one under Forms" in words_of(officer.get(address))
    make.version()
    assert "No form is published yet" not in words_of(officer.get(address))


def test_before_returns_are_drawn_up_it_says_how_many_are_past_due(make, officer):
    address = f"/agreements/{make.agreement().id}"
    with clock.at(datetime(2022, 11, 1, 12, tzinfo=UTC)):
        two = words_of(officer.get(address))
    with clock.at(datetime(2022, 8, 1, 12, tzinfo=UTC)):
        one = words_of(officer.get(address))
    with clock.at(datetime(2022, 7, 21, 12, tzinfo=UTC)):
        assert "past" not in words_of(officer.get(address))
    assert "2 of these are already past their due date. Give them more time afterwards" in two
    assert "One of these is already past its due date. Give it more time afterwards" in one


def test_an_agreement_is_made_and_says_what_it_will_owe_before_it_is_drawn_up(make, officer):
    service, provider, version = make.service(), make.organisation("Provider"), make.version()
    council = make.organisation("County Council")
    council.kind = "council"
    db.session.add(District(code="E06000017", name="Rutland", kind="unitary authority"))
    db.session.commit()
    page = officer.get(f"/services/{service.id}/agreements/new")
    assert "County Council" in words_of(page) and "PROGRAMME-" in page.text
    fields = agreement_fields(provider, version, commissioners=[str(council.id)], districts=["E06000017"])
    answer = officer.post(f"/services/{service.id}/agreements/new", fields)
    assert answer.status_code == 303
    agreement = only(ServiceAgreement)
    assert [each.name for each in agreement.commissioners] == ["County Council"]
    page = words_of(officer.get(answer.location))
    assert "2022-23 Q1 Thursday 21 July 2022 New not drawn up yet" in page and "4 returns are new" in page and "Rutland" in page
    assert counted(MonitoringReturn) == 0
    assert officer.post(f"/agreements/{agreement.id}/draw-up").status_code == 303
    assert counted(MonitoringReturn) == 4
    page = words_of(officer.get(answer.location))
    assert "4 returns drawn up" in page and "2022-23 Q1 Thursday 21 July 2022 Not started" in page and "New not drawn up" not in page
    officer.post(f"/agreements/{agreement.id}/draw-up")
    assert counted(MonitoringReturn) == 4 and "Nothing was missing" in words_of(officer.get(answer.location))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reference": ""}, "Enter a reference"),
        ({"reference": "x" * 41}, "Reference must be 40 characters or fewer"),
        ({"organisation_id": "00000000-0000-4000-8000-000000000000"}, "Choose the organisation that delivers"),
        ({"organisation_id": "nobody"}, "Choose the organisation that delivers"),
        ({"questionnaire_id": ""}, "Choose the form"),
        ({"frequency": "hourly"}, "Choose how often a return is due"),
        ({"starts": ["31", "2", "2022"]}, "First day must be a real date"),
        ({"ends": ["31", "3", "2022"]}, "must not be before the first day"),
        ({"ends": ["31", "3", "2090"]}, "can run for 10 years"),
        ({"commissioners": ["00000000-0000-4000-8000-000000000000"]}, "Choose from the options"),
    ],
)
def test_an_agreement_that_does_not_hold_together_is_told(make, officer, changes, sentence):
    service, provider, version = make.service(), make.organisation(), make.version()
    answer = officer.post(f"/services/{service.id}/agreements/new", agreement_fields(provider, version, **changes))
    assert answer.status_code == 422 and sentence in words_of(answer)
    assert counted(ServiceAgreement) == 0


def test_a_reference_is_used_once(make, officer):
    version, taken, provider = make.version(), make.agreement(reference="SA-1"), make.organisation()
    answer = officer.post(f"/services/{taken.service_id}/agreements/new", agreement_fields(provider, version))
    assert answer.status_code == 422 and "Another agreement has the reference “SA-1”" in words_of(answer)


def test_once_returns_are_drawn_up_the_provider_and_the_frequency_stay(make, officer):
    agreement = make.agreement()
    other, version = make.organisation(), make.version(number=9)
    path = f"/agreements/{agreement.id}/change"
    changed = agreement_fields(other, version, reference=agreement.reference, version="1")
    assert officer.post(path, changed).status_code == 303  # nothing was drawn up yet
    officer.post(f"/agreements/{agreement.id}/draw-up")
    refused = officer.post(path, changed | {"frequency": "month", "version": "2"})
    assert refused.status_code == 422 and "the frequency cannot change" in words_of(refused)
    longer = changed | {"ends": ["30", "6", "2023"], "version": "2"}
    assert officer.post(path, longer).status_code == 303
    assert "2023-24 Q1 Friday 21 July 2023 New" in words_of(officer.get(f"/agreements/{agreement.id}"))
    shorter = changed | {"ends": ["31", "12", "2022"], "version": "3"}
    assert officer.post(path, shorter).status_code == 303
    assert "Outside the dates of the agreement now" in words_of(officer.get(f"/agreements/{agreement.id}"))


def test_one_press_copies_an_agreement_into_the_next_year_and_a_second_press_finds_the_copy(make, officer):
    agreement = make.agreement(reference="SA-7")
    council = make.organisation("County Council")
    agreement.commissioners = [council]
    agreement.targets = [Target(indicator_key="referrals", value=45)]
    db.session.commit()
    first = officer.post(f"/agreements/{agreement.id}/copy")
    second = officer.post(f"/agreements/{agreement.id}/copy")
    assert first.location == second.location
    copy = db.session.scalars(select(ServiceAgreement).where(ServiceAgreement.copied_from_id == agreement.id)).one()
    assert (copy.reference, copy.starts, copy.ends) == ("SA-7/2", date(2023, 4, 1), date(2024, 3, 31))
    assert [each.id for each in copy.commissioners] == [council.id]
    assert [(each.indicator_key, each.value) for each in copy.targets] == [("referrals", 45)]
    labels = select(ReportingPeriod.label).join(MonitoringReturn).where(MonitoringReturn.agreement_id == copy.id)
    assert sorted(db.session.scalars(labels)) == ["2023-24 Q1", "2023-24 Q2", "2023-24 Q3", "2023-24 Q4"]
    assert [each.action for each in db.session.scalars(select(Event))] == ["agreement.copy"]
    assert "SA-7/2" in words_of(officer.get(f"/agreements/{agreement.id}"))


def test_an_agreement_is_not_copied_into_years_that_no_period_can_be_named_after(make, officer):
    agreement = make.agreement(starts=date(2098, 4, 1), ends=date(2099, 3, 31), reference="SA-7")
    refused = officer.post(f"/agreements/{agreement.id}/copy")
    assert refused.status_code == 422
    assert "The next year would end after 2099" in words_of(refused)
    assert db.session.scalars(select(ServiceAgreement.reference)).all() == ["SA-7"]
    assert officer.get(f"/programmes/{agreement.programme_id}/summary").status_code == 200


def test_a_copy_takes_the_next_free_reference(make, officer):
    agreement = make.agreement(reference="SA-7")
    make.agreement(reference="SA-7/2")
    officer.post(f"/agreements/{agreement.id}/copy")
    assert db.session.scalars(select(ServiceAgreement.reference).where(ServiceAgreement.copied_from_id == agreement.id)).one() == "SA-7/3"


def test_a_provider_reads_their_own_agreement_and_changes_nothing(make, browser):
    agreement, other = make.agreement(), make.agreement()
    lead = browser(make.lead(agreement.organisation))
    page = lead.get(f"/agreements/{agreement.id}")
    assert agreement.reference in words_of(page) and "Draw up the returns" not in page.text and "Copy into" not in page.text
    assert lead.get(f"/agreements/{other.id}").status_code == 404
    assert lead.post(f"/agreements/{agreement.id}/draw-up").status_code == 403
    assert lead.get(f"/agreements/{agreement.id}/targets").status_code == 404
    assert counted(MonitoringReturn) == 0


# targets


def test_targets_are_typed_in_per_cent_and_told_in_words(make, officer):
    agreement = make.agreement()
    path = f"/agreements/{agreement.id}/targets"
    assert "per cent" in words_of(officer.get(path))
    assert officer.post(path, {"target_0": "1,200", "target_1": "90.5 %", "version": "1"}).status_code == 303
    assert {each.indicator_key: each.value for each in db.session.scalars(select(Target))} == {"referrals": 1200, "helped": 905}
    page = words_of(officer.get(f"/agreements/{agreement.id}"))
    assert "In each period 90.5% or more" in page and "about 1,200" in page
    assert 'value="90.5"' in officer.get(path).text and 'value="1,200"' in officer.get(path).text
    assert officer.post(path, {"target_0": "", "target_1": "90", "version": "2"}).status_code == 303
    assert {each.indicator_key: each.value for each in db.session.scalars(select(Target))} == {"helped": 900}
    assert officer.post(path, {"target_0": "5", "version": "2"}).status_code == 409


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"target_1": "101"}, "must be between 0 and 100 per cent"),
        ({"target_1": "90.55"}, "can have 1 decimal place"),
        ({"target_0": "1.5"}, "can have no decimal places"),
        ({"target_0": "-4"}, "must be a number, like 120"),
        ({"target_0": "9" * 5000}, "must be a number"),
        ({"target_0": "99999999999999999"}, "must be a number"),
        ({"target_0": "٣"}, "must be a number"),
    ],
)
def test_a_target_that_cannot_be_read_stays_in_its_box(make, officer, typed, sentence):
    agreement = make.agreement()
    answer = officer.post(f"/agreements/{agreement.id}/targets", typed | {"version": "1"})
    assert answer.status_code == 422 and sentence in words_of(answer)
    assert next(iter(typed.values()))[:60] in answer.text
    assert counted(Target) == 0


# periods


def test_the_quarters_of_a_year_are_made_at_one_press(make, browser):
    with clock.at(datetime(2027, 5, 3, 9, tzinfo=UTC)):
        officer = browser(make.user("officer"))
        assert "Make the quarters of 2027-28" in officer.get("/periods").text
        assert officer.post("/periods", {"year": "2027", "kind": "quarter", "working_days": "15"}).status_code == 303
        page = words_of(officer.get("/periods"))
        assert "Made: 2027-28 Q1, 2027-28 Q2, 2027-28 Q3, 2027-28 Q4." in page
    assert "2027-28 Q1 30 June 2027 Wednesday 21 July 2027 (15 working days)" in page
    assert "Make the quarters of 2028-29" in page
    assert counted(ReportingPeriod) == 4


def test_making_them_again_keeps_their_due_dates(make, officer):
    make.period("2022-23 Q1", due_on=date(2022, 8, 1))
    with clock.at(datetime(2022, 5, 3, 9, tzinfo=UTC)):
        officer.post("/periods", {"year": "2022", "kind": "quarter", "working_days": "10"})
        officer.post("/periods", {"year": "2022", "kind": "quarter", "working_days": "10"})
    due = dict(db.session.execute(select(ReportingPeriod.label, ReportingPeriod.due_on)).all())
    assert len(due) == 4 and due["2022-23 Q1"] == date(2022, 8, 1) and due["2022-23 Q2"] == date(2022, 10, 14)
    assert counted(Event) == 1


def test_bank_holidays_are_no_working_days(officer):
    with clock.at(datetime(2022, 5, 3, 9, tzinfo=UTC)):
        officer.post("/periods", {"year": "2022", "kind": "quarter", "working_days": "15"})
    assert "2022-23 Q4 31 March 2023 Tuesday 25 April 2023" in words_of(officer.get("/periods"))


def test_returns_that_were_not_sent_follow_the_due_date_and_the_page_says_so_before(make, officer):
    late, sent = make.agreement(), make.agreement()
    waiting = make.monitoring_return(late, "2022-23 Q1")
    came = make.monitoring_return(sent, "2022-23 Q1", status="submitted", first_submitted_on=date(2022, 7, 4))
    reopened = make.monitoring_return(make.agreement(), "2022-23 Q1", status="draft", first_submitted_on=date(2022, 7, 4))
    waived = make.monitoring_return(make.agreement(), "2022-23 Q1", status="waived")
    period = only(ReportingPeriod)
    path = f"/periods/{period.uuid}/change"
    page = words_of(officer.get(path))
    assert (
        "The due date of 1 return that was not sent yet will follow. Those that were sent, or were given a day of their own, keep theirs."
        in page
    )
    assert "20 working days: Thursday 28 July 2022" in page
    assert officer.post(path, {"due_working_days": "20", "version": "1"}).status_code == 303
    due = dict(db.session.execute(select(MonitoringReturn.id, MonitoringReturn.due_on)).all())
    stays = date(2022, 7, 21)
    assert due == {waiting.id: date(2022, 7, 28), came.id: stays, reopened.id: stays, waived.id: stays}
    assert "2022-23 Q1 is due on Thursday 28 July 2022. 1 return moved." in words_of(officer.get("/periods"))
    assert officer.post(path, {"due_working_days": "25", "version": "1"}).status_code == 409


def test_more_time_given_to_one_return_outlives_a_change_for_all(make, officer):
    follows, extended = make.monitoring_return(period="2022-23 Q1"), make.monitoring_return(period="2022-23 Q1")
    assert officer.post(f"/returns/{extended.id}/extend", {"until": "3 8 2022", "reason": "Illness", "version": "1"}).status_code == 303
    path = f"/periods/{only(ReportingPeriod).uuid}/change"
    assert "The due date of 1 return that was not sent yet will follow." in words_of(officer.get(path))
    officer.post(path, {"due_working_days": "16", "version": "1"})
    due = dict(db.session.execute(select(MonitoringReturn.id, MonitoringReturn.due_on)).all())
    assert due == {follows.id: date(2022, 7, 22), extended.id: date(2022, 8, 3)}
    officer.post(path, {"due_working_days": "17", "version": "2"})
    assert db.session.get(MonitoringReturn, follows.id).due_on == date(2022, 7, 25)  # who followed once follows again
    db.session.delete(db.session.get(MonitoringReturn, follows.id))
    db.session.commit()
    assert "All returns for this period were sent or were given a day of their own." in words_of(officer.get(path))


# cost


def test_pages_cost_the_same_with_one_row_and_with_fifty(make, officer):
    programme = make.programme("big")
    service, provider = make.service(programme), make.organisation()
    agreement = make.agreement(service, provider)
    make.monitoring_return(agreement, "2022-23 Q1")

    def more_agreements():
        for number in range(50):
            make.monitoring_return(make.agreement(service, provider), f"20{25 + number % 20}-{26 + number % 20} Q1")
        for _ in range(50):
            make.agreement(make.service(programme))

    def more_returns():
        for number in range(40):
            make.monitoring_return(agreement, f"20{23 + number // 4}-{24 + number // 4} Q{number % 4 + 1}")

    def more_programmes():
        for _ in range(50):
            make.programme()

    assert_steady(officer, f"/agreements/{agreement.id}", more_returns)
    assert_steady(officer, "/programmes", more_programmes)
    assert_steady(officer, f"/services/{service.id}", more_agreements)
    for path in ("/programmes/big", "/periods", f"/services/{service.id}/agreements/new", f"/agreements/{agreement.id}/change"):
        assert_steady(officer, path, make.agreement)
    assert_steady(officer, f"/agreements/{agreement.id}/targets", lambda: None)
