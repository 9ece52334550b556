"""What waits for each person stands first on their home page: how much, by when, and the very page to do it on."""

from datetime import date, timedelta

import pytest
from lxml import html

from partnerhub import clock
from partnerhub.actions import decisions
from partnerhub.extensions import db
from partnerhub.models import Award, Letter, Membership
from partnerhub.queries.people import person_of
from partnerhub.queries.waiting import waiting_for
from partnerhub.rules.policy import RULES
from partnerhub.rules.words import WAITING_LABELS, AwardStatus, DecisionStatus, LetterStatus, OfficeRole, VariationStatus
from partnerhub.web.waiting import PLACES
from tests.browser import words_of
from tests.counting import MOST, assert_steady, needed
from tests.decided import decided
from tests.make import AGREED
from tests.panel import FULL_MARKS, panel

SPRING = date(2025, 3, 14)


def waits(browser, now=AGREED):
    """[(words, address, whether it leads somewhere)] under the first heading of the home page."""
    with clock.at(now):
        answer = browser.get("/")
        assert answer.status_code == 200
        page = html.fromstring(answer.text)
        assert page.xpath("(//main//h2)[1]/text()") == ["What is waiting for you"]
        items = page.xpath("(//main//h2)[1]/following-sibling::*[1][self::ul]/li")
        found = [(" ".join(each.xpath("string(div[1])").split()), each.xpath("div[2]/a/@href")) for each in items]
        return [(words, address, browser.get(address).status_code) for words, [address] in found]


def says_nothing(browser, now=AGREED):
    with clock.at(now):
        return "Nothing is waiting for you." in words_of(browser.get("/"))


def change(row, **values):
    """Requests came between: it is read anew."""
    found = db.session.get_one(type(row), row.id)
    for name, value in values.items():
        setattr(found, name, value)
    db.session.commit()
    return found


def test_every_thing_that_waits_has_its_words_its_page_and_its_line_of_the_policy_table():
    assert set(WAITING_LABELS) == set(PLACES) <= set(RULES)


def test_from_the_first_application_to_check_to_the_line(make, browser):
    made = panel(make, 3, given=False)
    made.funding_round.decided_by = SPRING
    db.session.commit()
    name, after = made.funding_round.name, made.funding_round.closes_at + timedelta(days=3)
    sent = make.application(made.funding_round, status="submitted", submitted_at=made.funding_round.opens_at, number=9, reference="EXF-9")
    officer, assessor, chair = browser(made.officer), browser(made.assessors[0]), browser(made.chair)
    assert waits(officer, made.funding_round.closes_at - timedelta(minutes=1)) == []
    due = f"answer promised by 14 March 2025 {name}"
    assert waits(officer, after) == [
        (f"1 application to check, {due}", f"/applications/{sent.id}", 200),
        (f"1 round to share out among assessors, {due}", f"/rounds/{made.funding_round.id}/assessors", 200),
    ]
    assert waits(assessor, after) == [(f"1 list of interests to state, {due}", f"/rounds/{made.funding_round.id}/interests", 200)]
    assert says_nothing(chair, after)
    late = waits(officer, made.funding_round.closes_at.replace(year=2026))
    assert late[0][0] == f"1 application to check, answer promised by 14 March 2025 Overdue {name}"


def test_who_handles_a_round_is_asked_once_and_quietly_for_their_interests_while_it_is_open_or_decided(make, browser):
    made = panel(make, 2, marks=(FULL_MARKS[0],))
    path, name = f"/rounds/{made.funding_round.id}/interests", made.funding_round.name
    open_then = made.funding_round.closes_at - timedelta(minutes=1)
    people = {each: browser(make.user(each)) for each in ("officer", "finance", "director", "auditor", "chair", "administrator")}

    def asked(now=AGREED):
        with clock.at(now):
            lines = {each: html.fromstring(one.get("/").text).xpath(f"//main//p[a[@href='{path}']]") for each, one in people.items()}
        return {each: " ".join(line.xpath("string()").split()) for each, found in lines.items() for line in found}

    line = f"State your interests: your interests in {name}"
    assert asked() == dict.fromkeys(("officer", "finance", "director"), line)
    assert asked(open_then) == dict.fromkeys(("officer", "director"), line), "finance cannot know yet who applies"
    assert says_nothing(people["finance"]), "it is no task"
    with clock.at(AGREED):
        people["director"].post(path)
    assert asked() == dict.fromkeys(("officer", "finance"), line)
    for bid in made.bids:
        change(bid, status="approved")
    assert asked() == {}, "it is decided"
    for bid in made.bids:
        change(bid, status="draft")
    assert asked() == {}, "nobody has sent anything"


def test_an_assessor_is_led_to_the_first_application_that_is_not_finished(make, browser):
    made = panel(make, 3)
    one, other = made.assessors[:2]
    first, second, _ = (made.sheets(bid)[0] for bid in made.bids)
    assert waits(browser(one)) == [
        (f"3 applications to mark, answer promised by 1 December 2025 {made.funding_round.name}", f"/assignments/{first.id}", 200)
    ]
    change(first, finished_at=AGREED)
    assert waits(browser(one)) == [
        (f"2 applications to mark, answer promised by 1 December 2025 {made.funding_round.name}", f"/assignments/{second.id}", 200)
    ]
    assert waits(browser(other))[0][0].startswith("3 applications to mark")
    assert says_nothing(browser(made.chair))
    assert says_nothing(browser(made.officer))


def test_a_chair_is_led_to_the_marks_that_lie_apart_and_then_to_the_line(make, browser):
    apart, together = FULL_MARKS[5], FULL_MARKS[0]
    made = panel(make, 2, marks=(together, apart))
    chair = browser(made.chair)
    assert waits(chair) == [
        (
            f"1 application with marks to agree, answer promised by 1 December 2025 {made.funding_round.name}",
            f"/applications/{made.bids[1].id}/marks",
            200,
        )
    ]
    assert says_nothing(browser(made.assessors[0]))
    assert says_nothing(browser(made.officer))
    settled = panel(make, 1, marks=(together,), chair=made.chair, officer=made.officer)
    line = (
        f"1 round in which to draw the line, answer promised by 1 December 2025 {settled.funding_round.name}",
        f"/rounds/{settled.funding_round.id}/line",
        200,
    )
    assert line in waits(chair)
    assert waits(browser(made.officer)) == [line]


def test_a_decision_is_led_from_one_person_to_the_next_and_waits_for_nobody_twice(make, browser):
    made = panel(make, 2, marks=(FULL_MARKS[0],))
    made.funding_round.decided_by = SPRING
    db.session.commit()
    finance, director, second = make.user("finance"), make.user("director"), make.user("director")
    people = {each: browser(each) for each in (made.officer, finance, director, second)}

    def waiting():
        return {each.name: [words.partition(",")[0] for words, *_ in waits(one)] for each, one in people.items()}

    def said(officer, finance_, director_, second_):
        return dict(zip((each.name for each in people), (officer, finance_, director_, second_), strict=True))

    with clock.at(AGREED):
        decision = decisions.start_decision(made.funding_round, 650, "It keeps to the money.", by=person_of(made.officer.id))
    assert waiting() == said(["1 decision to finish and recommend"], [], [], [])
    with clock.at(AGREED):
        decisions.recommend(decision, by=person_of(made.officer.id))
    assert waiting() == said([], ["1 decision to sign off"], ["1 decision to sign off"], ["1 decision to sign off"])
    with clock.at(AGREED):
        decisions.sign_off(decision, by=person_of(director.id))
    assert waiting() == said([], [], [], ["1 decision to approve"])
    [(words, address, found)] = waits(people[second])
    assert (words, address, found) == (
        f"1 decision to approve, answer promised by 14 March 2025 {made.funding_round.name}", f"/decisions/{decision.id}", 200,
    )  # fmt: skip
    with clock.at(AGREED):
        decisions.approve(decision, "None", by=person_of(second.id))
    assert waiting() == said(["1 decision to draw up letters for"], [], [], [])


def test_letters_are_written_released_and_then_the_decision_published(make, browser):
    decision, made = decided(make)
    decision.publish_by = SPRING
    for bid in made.bids:
        make.letter(decision, bid, status=LetterStatus.READY)
    first = db.session.query(Letter).filter_by(application_id=made.bids[0].id).one()
    first.status = LetterStatus.DRAFT
    db.session.commit()
    officer, director = browser(made.officer), browser(make.user("director"))
    assert waits(officer) == [
        (f"1 letter to write, answer promised by 1 December 2025 {made.funding_round.name}", f"/letters/{first.id}/write", 200)
    ]
    assert says_nothing(director)
    change(first, status=LetterStatus.READY)
    release = (
        f"1 decision whose letters can be released, answer promised by 1 December 2025 {made.funding_round.name}",
        f"/rounds/{made.funding_round.id}/letters",
        200,
    )
    assert (waits(officer), waits(director)) == ([release], [release])
    for each in db.session.query(Letter):
        each.status, each.released_at = LetterStatus.RELEASED, AGREED
    db.session.commit()
    publish = (f"1 decision to publish, due 14 March 2025 {made.funding_round.name}", f"/decisions/{decision.id}", 200)
    assert (waits(officer), waits(director)) == ([publish], [])
    change(decision, status=DecisionStatus.PUBLISHED)
    assert says_nothing(officer)


def test_an_agreement_that_a_lead_has_signed_waits_for_the_office_and_a_change_for_each_side_in_turn(make, browser):
    award = make.award()
    [agreement] = award.agreements
    name, director = award.funding_round.name, browser(make.user("director"))
    assert says_nothing(director)
    change(agreement, partner_signed_at=AGREED)
    assert waits(director) == [(f"1 grant agreement to sign, due 6 January 2025 {name}", f"/awards/{award.id}/agreements/1", 200)]
    agreed = make.award(status=AwardStatus.AGREED)
    lead = make.lead(agreed.organisation)
    asked = make.variation(agreed, lead)
    words = make.grant_agreement(agreed)
    officer, lead, name = browser(make.user("officer")), browser(lead), agreed.funding_round.name
    assert (f"1 change to a grant to decide {name}", f"/changes/{asked.id}", 200) in waits(officer)
    change(asked, status=VariationStatus.APPROVED, agreement_id=words.id)
    assert waits(lead) == [(f"1 change to a grant to sign {name}", f"/changes/{asked.id}", 200)]
    change(words, partner_signed_at=AGREED)
    assert says_nothing(lead)
    assert (f"1 change to a grant to sign for the office {name}", f"/changes/{asked.id}", 200) in waits(officer)


def test_documents_that_are_asked_for_before_money_is_paid_wait_for_the_organisation_once_it_has_signed(make, browser):
    fund = make.fund(before_payment=["insurance", "accounts"])
    award = make.award(make.application(make.autumn_round(fund), status="approved"))
    organisation, reference, [agreement] = award.organisation, award.reference, award.agreements
    place, lead = f"/organisations/{organisation.id}/documents", browser(make.lead(organisation))
    make.document(organisation, "accounts", expires_on=AGREED.date() - timedelta(days=1))
    [(words, *_)] = waits(lead)
    assert "Read and sign the agreement" in words, "that comes first"
    change(agreement, partner_signed_at=AGREED)
    [(words, address, found)] = waits(lead)
    assert words == (
        f"2 documents to send before we pay: Accounts: expired on {AGREED.day - 1} January 2025; Public liability insurance: missing"
        f" Evenings for young people, {reference}"
    )
    assert (address, found) == (place, 200)
    award = change(award, status=AwardStatus.AGREED, agreed_at=AGREED)
    assert says_nothing(lead), "there is nothing to pay"
    make.payment(db.session.get_one(Award, award.id))
    assert [words.partition(":")[0] for words, *_ in waits(lead)] == ["2 documents to send before we pay"]
    for kind in ("accounts", "insurance"):
        make.document(organisation, kind)
    assert says_nothing(lead)


def test_a_grant_that_is_over_stays_on_the_home_page_of_its_organisation_after_those_that_run(make, browser):
    over = make.award(status=AwardStatus.COMPLETED, project="Done long ago")
    bid = make.application(organisation=over.organisation, status="approved")
    make.award(bid, status=AwardStatus.AGREED, project="Runs now")
    make.award(make.application(organisation=over.organisation, status="approved"), status=AwardStatus.REFUSED, project="Not wanted")
    with clock.at(AGREED):
        page = html.fromstring(browser(make.lead(over.organisation)).get("/").text)
    lines = [" ".join(each.xpath("string(div[1])").split()) for each in page.xpath("//*[starts-with(@id, 'award-')]")]
    assert [line.partition(",")[0] for line in lines] == ["Runs now", "Done long ago"]
    assert lines[1].endswith("awarded £7,940.00 Completed.") and lines[0].endswith("No report is due.")


def test_nobody_is_led_to_what_concerns_their_own_organisation(make):
    made = panel(make, 1, marks=(FULL_MARKS[5],))
    own = make.lead(made.bids[0].organisation)
    make._kept(Membership(user_id=own.id, role="chair", since=AGREED))
    assert waiting_for(person_of(own.id), AGREED) == []
    assert [each.deed for each in waiting_for(person_of(made.chair.id), AGREED)] == ["moderation.agree"]


ROLES = [each for each in OfficeRole if each != OfficeRole.VIEWER]


@pytest.mark.parametrize("roles", [*([each] for each in ROLES), ROLES], ids=[*ROLES, "all"])
def test_a_home_page_needs_twelve_statements_at_most_however_much_waits(make, browser, roles):
    def more():
        panel(make, 2, marks=(FULL_MARKS[5],))
        award = make.award(status=AwardStatus.AGREED)
        make.payment(award)

    more()
    assert_steady(browser(make.user(*roles)), "/", more)


def test_so_does_that_of_a_lead_of_two_organisations_with_everything_to_do(make, browser):
    organisations = [make.organisation(), make.organisation()]
    lead = make.lead(organisations[0])
    make._kept(Membership(user_id=lead.id, organisation_id=organisations[1].id, role="lead", since=AGREED))
    for each in organisations:
        asking = make.autumn_round(make.fund(before_payment=["insurance"]))
        bid = make.application(asking, organisation=each, status="approved")
        award = make.award(bid, status=AwardStatus.AGREED)
        make.payment(award)
        make.payment(award, -60_00, status="claimed", number=2)
        make.monitoring_return(make.agreement(provider=each), "2024-25 Q3")
        make.application(organisation=each)
    assert len(needed(browser(lead), "/")) <= MOST


def test_a_chair_is_asked_on_the_page_of_marking_for_the_statement_at_the_panel_only(make, browser):
    made = panel(make, 1, marks=(FULL_MARKS[0],), given=False)
    chair, path = browser(make.user("chair")), f"/rounds/{made.funding_round.id}/interests?at=panel"
    with clock.at(AGREED):
        asked = chair.get("/assessment")
        assert "At the panel, say which" in words_of(asked)
        assert path in asked.text
        chair.post(path)
        assert "say which" not in words_of(chair.get("/assessment"))
