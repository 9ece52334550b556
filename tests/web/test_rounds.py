"""Funds and rounds from the screens alone, and the page that everybody reads before they apply."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import html
from sqlalchemy import func, select

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.models import Event, Fund, FundingRound
from tests.browser import words_of
from tests.counting import assert_steady
from tests.make import SMALL_APPLICATION

DURING = datetime(2025, 9, 27, 12, tzinfo=UTC)  # the rounds that `make` makes are open then
BEFORE = datetime(2025, 8, 1, 12, tzinfo=UTC)


@pytest.fixture
def officer(make, browser):
    return browser(make.user("officer"))


@pytest.fixture
def during():
    with clock.at(DURING):
        yield


@pytest.fixture
def before():
    with clock.at(BEFORE):
        yield


def counted(model):
    return db.session.scalar(select(func.count()).select_from(model))


def only(model):
    return db.session.scalars(select(model)).one()


FUND = {
    "name": "Example Safety Fund",
    "code": "esf",
    "purpose": "To make people safer.",
    "not_funded": "Fences",
    "area": "Rutland",
    "cap": "10,000",
    "duration_months": "12",
    "kinds": ["charity", "group"],
}


def round_fields(version, **changes):
    fields = {
        "year": "2025",
        "number": "1",
        "opens_on": ["1", "9", "2025"],
        "opens_time": "9am",
        "closes_on": ["6", "10", "2025"],
        "closes_time": "noon",
        "decided_by": ["1", "12", "2025"],
        "money": "£100,000",
        "over_commitment": "5",
        "questionnaire_version_id": str(version.id),
        "assessors_per_bid": "3",
        "hides_applicants": "yes",
        "about": "Come to a workshop first.",
        "advertised": "Website\nNewsletter",
    }
    return fields | changes


def test_a_fund_its_round_and_the_public_page_come_from_the_screens_alone(make, officer, stranger, before):
    version = make.version(SMALL_APPLICATION)
    answer = officer.post("/funds/new", FUND)
    assert answer.status_code == 303
    fund = only(Fund)
    assert (fund.code, fund.cap, fund.kinds) == ("ESF", 1_000_000, ["group", "charity"])
    answer = officer.post(f"/funds/{fund.id}/rounds/new", round_fields(version))
    assert answer.status_code == 303
    address = f"/rounds/{only(FundingRound).id}"
    assert stranger.get(address).status_code == 404 and "Example Safety Fund" not in words_of(stranger.get("/rounds"))
    assert "only the office sees this page" in words_of(officer.get(address))
    assert "keeps what it says" in words_of(officer.get(f"{address}/publish"))
    assert officer.post(f"{address}/publish", {"version": "1"}).status_code == 303
    assert "Opens Monday 1 September, 9am (British time), in 31 days" in words_of(stranger.get("/rounds"))
    page = words_of(stranger.get(address))
    for said in (
        "Example Safety Fund, round 1 of 2025-26",
        "Up to £10,000 for each project, from £100,000 in this round.",
        "Closes Monday 6 October, 12 noon (British time). There is no grace after it.",
        "You have our answer by Monday 1 December",
        "To make people safer.",
        "Come to a workshop first.",
        "Where: Rutland.",
        "How long a project can last Up to 12 months",
        "Fences",
        "Community group",
        "3 people mark each application, each alone. They do not see who applies until the marks are in.",
        "marked from 0 to 5",
        "Need 60% of the whole mark",
        "Value for money 40% of the whole mark",
        "5: Excellent",
        "Applications are ranked by percentage. Money usually goes to those at 65% or more: this is the line.",
        "Your constitution With your application.",
        "Your insurance Before any money is paid.",
        "Text (at most 200 words)",
        "Say how you know.",
        "Why we ask: We want to fund what is missing.",
        "Marked as “Need”: 60% of the whole mark.",
        "A business can apply only if it is free.",
    ):
        assert said in page, said
    assert "Publish" not in page and "Advertised" not in page and "more may be promised" not in page
    assert [each.action for each in db.session.scalars(select(Event).order_by(Event.seq))] == [
        "fund.create",
        "round.create",
        "round.publish",
    ]


def test_what_the_clock_says_of_a_round(make, stranger):
    funding_round = make.funding_round()
    address = f"/rounds/{funding_round.id}"
    with clock.at(DURING):
        assert "Closes Monday 6 October, 12 noon (British time), in 9 days" in words_of(stranger.get(address))
        assert "Open now " + funding_round.name in words_of(stranger.get("/rounds"))
    with clock.at(funding_round.closes_at):
        assert "Closed Monday 6 October, 12 noon" in words_of(stranger.get(address))
        assert "Nothing is open now." in words_of(stranger.get("/rounds"))


def test_a_stranger_is_led_to_the_rounds_from_the_front_page_and_the_header(stranger):
    assert stranger.get("/").text.count('href="/rounds"') == 2
    assert 'aria-current="true"><strong class="govuk-service-navigation__active-fallback">Grants' in stranger.get("/rounds").text


def test_a_published_round_keeps_the_terms_of_its_day(make, officer, stranger, during):
    funding_round = make.funding_round()
    fund = funding_round.fund
    changed = FUND | {"code": fund.code, "cap": "500", "not_funded": "Boats", "version": "1"}
    assert officer.post(f"/funds/{fund.id}/change", changed).status_code == 303
    page = words_of(stranger.get(f"/rounds/{funding_round.id}"))
    assert "Up to £10,000" in page and "Fences" in page and "Boats" not in page
    later = make.funding_round(db.session.get(Fund, fund.id), status="draft", year=2026)
    assert "Up to £500 for each" in words_of(officer.get(f"/rounds/{later.id}"))


def test_the_code_of_a_fund_stays_once_a_round_was_published(make, officer):
    fund = make.funding_round().fund
    refused = officer.post(f"/funds/{fund.id}/change", FUND | {"version": "1"})
    assert refused.status_code == 422 and f"published under the code {fund.code}" in words_of(refused)
    other = make.funding_round(make.fund(), status="draft").fund
    assert officer.post(f"/funds/{other.id}/change", FUND | {"version": "1"}).status_code == 303


@pytest.mark.parametrize("changes", [{"code": "OTHER"}, {"name": "Another"}])
def test_two_funds_share_neither_name_nor_code(make, officer, changes):
    make.fund("Example Safety Fund", code="ESF")
    answer = officer.post("/funds/new", FUND | changes)
    assert answer.status_code == 422 and "Another fund has the" in words_of(answer)
    assert counted(Fund) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter the fund's name"),
        ({"code": "A-1"}, "two to eight letters or digits"),
        ({"code": "ÉÉ"}, "two to eight letters or digits"),
        ({"cap": "lots"}, "must be an amount in pounds, like 10,000 or 250.50"),
        ({"cap": "0"}, "must be between £1 and"),
        ({"cap": "-5"}, "must be an amount in pounds"),
        ({"cap": "9" * 400}, "must be an amount in pounds"),
        ({"duration_months": "61"}, "must be between 1 and 60"),
        ({"kinds": []}, "Choose at least one kind"),
        ({"kinds": ["king"]}, "Choose at least one kind"),
        ({"area": ""}, "Say where projects must take place"),
    ],
)
def test_a_fund_that_does_not_hold_together_is_told(officer, changes, sentence):
    answer = officer.post("/funds/new", FUND | changes)
    assert answer.status_code == 422 and sentence in words_of(answer)
    assert counted(Fund) == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"closes_time": "12"}, "Closes at must be a time, like 12:00 or 5pm"),
        ({"closes_time": "25:00"}, "Closes at must be a time"),
        ({"closes_time": "13pm"}, "Closes at must be a time"),
        ({"closes_time": ""}, "Enter the time at which the round closes"),
        ({"closes_on": ["31", "2", "2025"]}, "Closes on must be a real date"),
        ({"closes_on": ["26", "10", "2025"], "closes_time": "01:30"}, "happens twice: the clocks go back"),
        ({"opens_on": ["30", "3", "2025"], "opens_time": "1:30am"}, "There is no 01:30 on Sunday 30 March 2025"),
        ({"closes_on": ["1", "9", "2025"], "closes_time": "9:00"}, "must close after it opens"),
        ({"decided_by": ["6", "10", "2025"]}, "a day after the close"),
        ({"over_commitment": "11"}, "must be between 0 and 10"),
        ({"assessors_per_bid": "0"}, "must be between 1 and 9"),
        ({"questionnaire_version_id": "00000000-0000-4000-8000-000000000000"}, "Choose the questions"),
        ({"hides_applicants": "maybe"}, "Choose whether assessors see"),
        ({"year": "1066"}, "Choose a financial year"),
    ],
)
def test_a_round_that_does_not_hold_together_is_told_and_what_was_typed_stays(make, officer, before, changes, sentence):
    version, fund = make.version(SMALL_APPLICATION), make.fund()
    answer = officer.post(f"/funds/{fund.id}/rounds/new", round_fields(version, **changes))
    assert answer.status_code == 422 and sentence in words_of(answer)
    assert "Come to a workshop first." in answer.text and counted(FundingRound) == 0


def test_only_published_forms_for_applications_are_offered(make, officer, before):
    fund, a_return = make.fund(), make.version()
    draft = make.version(SMALL_APPLICATION, status="draft")
    address = f"/funds/{fund.id}/rounds/new"
    assert "No form for applications is published yet" in words_of(officer.get(address))
    for version in (a_return, draft):
        assert officer.post(address, round_fields(version)).status_code == 422
    assert counted(FundingRound) == 0


def test_the_next_round_of_a_year_has_the_next_number_and_a_number_is_used_once(make, officer, during):
    taken = make.funding_round(number=4)
    address = f"/funds/{taken.fund_id}/rounds/new"
    assert 'name="number" type="text" value="5"' in officer.get(address).text
    answer = officer.post(address, round_fields(taken.questionnaire_version, number="4"))
    assert answer.status_code == 422 and "has a round with this number" in words_of(answer)


def test_unkind_dates_warn_the_office_and_stop_nobody(make, officer, stranger, before):
    version, fund = make.version(SMALL_APPLICATION), make.fund()
    fields = round_fields(version, closes_on=["31", "12", "2025"], closes_time="11pm", decided_by=["1", "3", "2026"])
    address = officer.post(f"/funds/{fund.id}/rounds/new", fields).location
    assert "It closes on 31 December, when most people are away." in words_of(officer.get(address))
    assert "It closes at 11pm" in words_of(officer.get(f"{address}/publish"))
    assert officer.post(f"{address}/publish", {"version": "1"}).status_code == 303
    assert "when most people are away" not in words_of(stranger.get(address))


def changed_fields(funding_round, **changes):
    fields = round_fields(funding_round.questionnaire_version, number=str(funding_round.number))
    return fields | {"version": str(funding_round.version), "about": "", "advertised": "", "hides_applicants": "no"} | changes


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"closes_time": "11:59"}, "it can close later, never earlier"),
        ({"opens_time": "8:00"}, "The round has opened"),
        ({"money": "99,999.99"}, "it can be more, never less"),
        ({"decided_by": ["2", "12", "2025"]}, "it can be earlier, never later"),
        ({"theme": "Boats"}, "The theme was published"),
        ({"number": "77"}, "references begin with it"),
        ({"assessors_per_bid": "2"}, "how many people mark"),
        ({"hides_applicants": "yes"}, "whether assessors see names"),
    ],
)
def test_after_publishing_nothing_changes_for_the_worse(make, officer, during, changes, sentence):
    funding_round = make.funding_round()
    answer = officer.post(f"/rounds/{funding_round.id}/change", changed_fields(funding_round, **changes))
    assert answer.status_code == 422 and sentence in words_of(answer)
    db.session.expire_all()
    assert only(FundingRound).version == 1


def test_the_questions_of_a_published_round_stay(make, officer, during):
    funding_round = make.funding_round()
    newer = make.version(SMALL_APPLICATION | {"about": "Newer"}, number=2)
    fields = changed_fields(funding_round, questionnaire_version_id=str(newer.id))
    answer = officer.post(f"/rounds/{funding_round.id}/change", fields)
    assert answer.status_code == 422 and "The questions were published with the round: they stay." in words_of(answer)


def test_a_published_round_may_close_later_with_more_money(make, officer, stranger, during):
    funding_round = make.funding_round()
    address = f"/rounds/{funding_round.id}"
    fields = changed_fields(funding_round, closes_on=["8", "10", "2025"], money="120000", about="Two days more.")
    assert officer.post(f"{address}/change", fields).status_code == 303
    page = words_of(stranger.get(address))
    assert "Closes Wednesday 8 October, 12 noon" in page and "from £120,000" in page and "Two days more." in page
    details = only(Event).details["changed"]
    assert set(details) == {"closes_at", "money", "about"}
    assert officer.post(f"{address}/change", fields).status_code == 409  # the page was older


def test_before_publishing_everything_may_change(make, officer, before):
    funding_round = make.funding_round(status="draft")
    fields = changed_fields(funding_round, closes_on=["1", "10", "2025"], money="5000", theme="Boats", hides_applicants="yes", number="9")
    assert officer.post(f"/rounds/{funding_round.id}/change", fields).status_code == 303
    db.session.expire_all()
    assert (only(FundingRound).theme, only(FundingRound).money, only(FundingRound).number) == ("Boats", 500_000, 9)


def test_a_round_is_published_once_and_not_after_its_close(make, officer):
    late = make.funding_round(status="draft")
    with clock.at(late.closes_at):
        refused = officer.post(f"/rounds/{late.id}/publish", {"version": "1"})
        assert refused.status_code == 409 and "The day of closing has passed" in words_of(refused)
    with clock.at(DURING):
        assert officer.post(f"/rounds/{late.id}/publish", {"version": "1"}).status_code == 303
        assert officer.get(f"/rounds/{late.id}/publish").status_code == 303
    db.session.expire_all()
    assert only(FundingRound).published_at == DURING and counted(Event) == 1


def test_a_round_is_finished_after_its_close_and_stays_readable(make, officer, stranger, during):
    funding_round = make.funding_round()
    address = f"/rounds/{funding_round.id}"
    refused = officer.post(f"{address}/finish", {"version": "1"})
    assert refused.status_code == 409 and "has not closed yet" in words_of(refused)
    with clock.at(datetime(2025, 12, 2, tzinfo=UTC)):
        officer = officer.signed_in_as(make.user("officer"))
        assert officer.post(f"{address}/finish", {"version": "1"}).status_code == 303
        assert stranger.get(address).status_code == 200
        assert officer.get(f"{address}/change").status_code in (200, 303, 409)
        refused = officer.post(f"{address}/change", changed_fields(funding_round, version="2", money="200000"))
        assert refused.status_code == 409 and "it is “Finished”" in words_of(refused)


def test_a_finished_round_says_how_many_of_its_awards_still_run_and_leads_to_them(make, browser):
    funding_round, other = make.autumn_round(), make.autumn_round()
    statuses = ("agreed", "agreed", "offered", "completed", "ended", "refused")
    awards = [make.award(make.application(funding_round, status="approved"), status=each) for each in statuses]
    elsewhere = make.award(make.application(other, status="approved"), status="agreed")
    address = f"/rounds/{funding_round.id}"
    for role, leads in (("director", True), ("officer", True), ("finance", False)):
        one = browser(make.user(role))
        with clock.at(funding_round.closes_at):
            db.session.get_one(FundingRound, funding_round.id).status = "published"
            db.session.commit()
            assert "Published." in words_of(one.get(address)) and "still running" not in words_of(one.get(address))
            db.session.get_one(FundingRound, funding_round.id).status = "finished"
            db.session.commit()
            assert "Decided. 5 awards, 3 still running." in words_of(one.get(address))
            assert "Decided. 5 awards, 3 still running" in words_of(one.get("/funds"))
            found = html.fromstring(one.get(address).text).xpath("//div[@id='office']//a/@href")
            for place in ("marks", "line", "letters"):
                assert (f"{address}/{place}" in found) is leads, (role, place)
            assert f"{address}/report" in found
            [to_awards] = [each for each in found if each.startswith("/awards")]
            listed = one.get(to_awards).text
            assert all(f"/awards/{each.id}" in listed for each in awards) and f"/awards/{elsewhere.id}" not in listed
            assert one.get(to_awards.replace("/awards", "/awards.csv")).text.count(funding_round.reference) == 6
    assessor = words_of(browser(make.user("assessor")).get(address))
    assert "Awards" not in assessor[assessor.index("Decided.") : assessor.index("The fund")]


def test_partners_and_assessors_change_no_fund_and_no_round(make, browser, during):
    funding_round = make.funding_round()
    fields = changed_fields(funding_round, money="200000")
    for person in (browser(make.lead(make.organisation())), browser(make.user("assessor"))):
        for path in (f"/rounds/{funding_round.id}/change", f"/rounds/{funding_round.id}/publish", "/funds/new"):
            assert person.get(path).status_code == 404
        assert person.post(f"/rounds/{funding_round.id}/change", fields).status_code == 404
        assert person.post(f"/rounds/{funding_round.id}/finish").status_code == 404
    assert counted(Event) == 0


def test_the_lists_are_files_too(make, officer, stranger, during):
    funding_round = make.funding_round(make.fund("The fund", code="TF"), number=3)
    make.funding_round(funding_round.fund, status="draft", number=4)
    rows = stranger.get("/rounds.json").json
    assert [(each["reference"], each["closes_at"], each["money_pence"]) for each in rows] == [
        ("TF-2025-3", "2025-10-06T12:00:00+01:00", 10_000_000)
    ]
    assert len(officer.get("/rounds.json").json) == 2
    assert officer.get("/funds.json").json[0]["rounds"] == ["TF-2025-3", "TF-2025-4"]
    assert "TF-2025-3" in stranger.get("/rounds.csv").text
    assert stranger.get("/funds.json").location.startswith("/sign-in")


def test_pages_need_as_many_statements_however_much_they_show(make, officer, stranger, during):
    funding_round = make.funding_round()

    def more():
        fund = make.fund()
        for number in range(12):
            make.funding_round(fund, number=number + 1, status="draft" if number % 2 else "published")

    assert_steady(officer, "/funds", more)
    assert_steady(officer, "/rounds", more)
    assert_steady(stranger, "/rounds", more)
    assert_steady(stranger, f"/rounds/{funding_round.id}", lambda: [make.funding_round(funding_round.fund) for _ in range(5)])


# can I apply?


def test_the_check_needs_no_account_and_keeps_nothing(make, stranger, during):
    funding_round = make.funding_round()
    address = f"/rounds/{funding_round.id}/eligibility"
    assert address in stranger.get(f"/rounds/{funding_round.id}").text
    page = stranger.get(address)
    assert page.status_code == 200 and "3 questions, a minute" in words_of(page)
    assert "Up to £10,000 for each project. Where: " in words_of(page)
    assert "Is your project in our area?" in words_of(page) and "Will it be free" not in words_of(page)
    both = "seen=in_area&seen=applying_as&seen=round_kind&q_round_kind=group"
    yes = stranger.get(f"{address}?{both}&q_in_area=yes&q_applying_as=group")
    assert yes.status_code == 200 and "You can apply" in words_of(yes)
    more = stranger.get(f"{address}?{both}&q_in_area=yes&q_applying_as=business")
    assert (
        more.status_code == 200 and "Will it be free for those who come?" in words_of(more) and "There is a problem" not in words_of(more)
    )
    assert 'value="business" checked' in more.text
    no = stranger.get(f"{address}?{both}&seen=is_free&q_in_area=yes&q_applying_as=business&q_is_free=no")
    assert "You cannot apply for this A business can apply only if it is free." in words_of(no)
    assert counted(Event) == 0


def test_a_sum_that_is_too_much_is_told_with_a_way_back_that_keeps_the_answers(make, stranger, during):
    address = f"/rounds/{make.autumn_round().id}/eligibility"
    answered = "q_round_kind=group&q_round_amount=10,000.01"
    asks = stranger.get(f"{address}?{answered}")
    assert asks.status_code == 200 and 'value="10,000.01"' in asks.text and "Not as it stands" not in asks.text
    told = stranger.get(f"{address}?seen=round_kind&seen=round_amount&{answered}&round_id=1&_external=1&_scheme=ftp")
    assert "Not as it stands It asks for £10,000.01. The most that one application can be given is £10,000.00." in words_of(told)
    assert f'"{address}?{answered}"' in told.text.replace("&amp;", "&") and "Start an application" not in told.text
    assert "You can apply" in words_of(stranger.get(f"{address}?seen=round_kind&{answered.removesuffix('.01')}"))


def test_who_may_apply_reads_what_to_have_ready(make, stranger, during):
    address = f"/rounds/{make.funding_round(make.fund(before_scoring=['accounts'])).id}/eligibility"
    page = stranger.get(f"{address}?seen=in_area&q_in_area=yes&q_applying_as=group&q_round_kind=group")
    assert "Have these ready Your constitution Accounts" in words_of(page)


def test_who_cannot_apply_need_not_answer_the_rest(make, stranger, during):
    address = f"/rounds/{make.funding_round().id}/eligibility"
    no = stranger.get(f"{address}?seen=in_area&seen=applying_as&seen=round_kind&q_in_area=no")
    assert no.status_code == 200 and "You cannot apply for this This fund is only for projects in our area." in words_of(no)
    assert "What you can do Change your answers" in words_of(no) and "Where to go instead" not in words_of(no)  # no other round is open


def test_what_was_left_out_is_told_beside_the_question(make, stranger, during):
    address = f"/rounds/{make.funding_round().id}/eligibility"
    answer = stranger.get(f"{address}?seen=in_area&seen=applying_as&q_in_area=yes")
    assert answer.status_code == 422 and "Answer this question" in words_of(answer)
    assert "There is a problem Answer this question: What are you? Can you apply?" in words_of(answer)
    assert stranger.get(f"{address}?seen=in_area&seen=applying_as&q_in_area=%00%ff&q_applying_as=king").status_code == 422


def test_who_cannot_apply_here_is_led_to_what_is_open_elsewhere(make, stranger, during):
    here, elsewhere = make.funding_round(), make.funding_round(make.fund("The other fund"))
    hidden = make.funding_round(make.fund("Hidden fund"), status="draft")
    page = stranger.get(f"/rounds/{here.id}/eligibility?seen=in_area&q_in_area=no")
    assert "only for projects in our area" in words_of(page) and f"/rounds/{elsewhere.id}" in page.text
    assert "The other fund" in words_of(page) and str(hidden.id) not in page.text and "0116" in words_of(page)


def test_files_of_a_round_are_for_everybody_once_it_is_published(make, stranger, officer, during):
    funding_round = make.funding_round(make.fund(code="EF"), number=2)
    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK"), ("ics", b"BEGIN:VCALENDAR\r\n"), ("json", b"{")):
        answer = stranger.get(f"/rounds/{funding_round.id}.{kind}")
        assert answer.status_code == 200 and answer.data.startswith(begins), kind
    assert answer.json["reference"] == "EF-2025-2" and answer.json["criteria"][0] == {"key": "need", "label": "Need", "weight": 60}
    assert answer.json["sections"][1]["questions"][0]["label"] == "What is the need?" and answer.json["decided_by"] == "2025-12-01"
    assert "EF-2025-2.pdf" in stranger.get(f"/rounds/{funding_round.id}.pdf").headers["Content-Disposition"]
    hidden = make.funding_round(status="draft")
    for kind in ("pdf", "docx", "ics", "json"):
        assert stranger.get(f"/rounds/{hidden.id}.{kind}").status_code == 404
        assert officer.get(f"/rounds/{hidden.id}.{kind}").status_code == 200


def test_how_many_applied_to_earlier_rounds_is_said_when_there_is_something_to_say(make, stranger, during):
    fund = make.fund()
    earlier = {"opens_at": datetime(2025, 1, 6, 9, tzinfo=UTC), "closes_at": datetime(2025, 2, 3, 12, tzinfo=UTC), "decided_by": None}
    past = make.funding_round(fund, year=2024, number=1, **earlier)
    make.funding_round(fund, year=2024, number=2, **earlier)  # nobody applied
    here = make.funding_round(fund)
    assert "applied" not in words_of(stranger.get(f"/rounds/{here.id}"))
    make.application(past, submitted_at=DURING)
    make.application(past, submitted_at=DURING)
    make.application(past)  # a draft that was never sent
    page = words_of(stranger.get(f"/rounds/{here.id}"))
    assert "Round 1 of 2024-25: 2 applied." in page and "Round 2 of 2024-25" not in page and "funded" not in page.split("What we fund")[0]
