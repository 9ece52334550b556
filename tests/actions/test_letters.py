"""Letters: drawn up from a decision, written, ready, released together; and no round is finished while one is owed."""

import io
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from partnerhub import clock
from partnerhub.actions import letters as actions
from partnerhub.actions import rounds
from partnerhub.actions.doing import ChangedMeanwhile
from partnerhub.extensions import db
from partnerhub.jobs.outbox import send_waiting
from partnerhub.models import Application, Award, Decision, Event, Interest, Letter, OutboxMail
from partnerhub.queries.people import leads_of
from partnerhub.rules.errors import BadAnswer, NotAllowed, NotNow
from partnerhub.rules.words import ApplicationStatus, AwardStatus, LetterStatus, Outcome
from tests.counting import statements
from tests.decided import decided
from tests.make import FULL_APPLICATION
from tests.panel import FULL_ANSWERS

NOW = datetime(2024, 12, 2, 9, tzinfo=UTC)
KINDS_OF_MAIL = ("application_submitted", "letter_released")
DAYS = {"starts": "2025-01-06", "ends": "2025-06-30", "answer_by": "2024-12-20"}
FEEDBACK = {"need": {"strength": "It names those who ask.", "improvement": "Say how many will come."}}
FEEDBACK["cost"] = FEEDBACK["need"]


@pytest.fixture(autouse=True)
def december():
    with clock.at(NOW):
        yield


@pytest.fixture
def story(make):
    """(decision, the round with its bids, an officer)"""
    decision, made = decided(make)
    return decision, made, make.person(make.user("officer"))


def letters_of(decision):
    return {each.application_id: each for each in db.session.query(Letter).filter_by(decision_id=decision.id)}


def drawn_up(decision, officer):
    actions.draw_up(decision, by=officer)
    return db.session.query(Letter).filter_by(decision_id=decision.id).join(Application).order_by(Application.number).all()


def all_ready(decision, officer):
    found = drawn_up(decision, officer)
    for each in found:
        terms = DAYS | {"conditions": "Show us the safeguarding policy"} if each.outcome != Outcome.DECLINE else {}
        actions.write(each, "Thank you for it.", FEEDBACK, terms, by=officer)
        actions.finish(each, by=officer)
    return found


def test_every_applicant_of_the_decision_gets_a_draft_once(story):
    decision, made, officer = story
    assert actions.draw_up(decision, by=officer) == 4
    assert actions.draw_up(decision, by=officer) == 0
    found = letters_of(decision)
    assert set(found) == {each.id for each in made.bids}
    assert {each.status for each in found.values()} == {LetterStatus.DRAFT}
    assert db.session.query(Event).filter_by(action="decision.draw_up_letters").count() == 1


def test_a_letter_holds_the_marks_beside_the_average_of_those_funded(story):
    decision, _, officer = story
    *_, no = drawn_up(decision, officer)
    # funded: need 5, 4, 4; cost 14/3, 4, 3 = 35/9
    told = {each["key"]: (each["mark"], each["average"], each["weak"]) for each in no.facts["criteria"]}
    assert told == {"need": ("3.3 of 5", "4.3", True), "cost": ("2 of 5", "3.9", True)}
    assert no.facts["reached"] == "Your application reached 56%. The line was drawn at 65%."
    assert (
        no.facts["opening"]
        == f"We are sorry that the answer is no: we will not fund “Evenings for young people” ({no.facts['reference']})."
    )


def test_two_funded_bids_give_no_average_away(make):
    outcomes = (Outcome.AWARD, Outcome.AWARD, Outcome.DECLINE)
    decision, _ = decided(make, outcomes)
    *_, no = drawn_up(decision, make.person(make.user("officer")))
    assert {each["average"] for each in no.facts["criteria"]} == {""}
    assert no.facts["compared"].startswith("Fewer than 3 applications were funded")


def test_the_reserve_list_is_numbered_and_what_is_put_off_tells_no_marks(make):
    outcomes = (Outcome.AWARD, Outcome.RESERVE, Outcome.RESERVE, Outcome.DEFER)
    decision, _ = decided(make, outcomes)
    _, first, second, later = drawn_up(decision, make.person(make.user("officer")))
    assert [each.facts["place"] for each in (first, second, later)] == [1, 2, None]
    assert "number 2 on our reserve list" in second.facts["opening"]
    assert (later.facts["criteria"], later.facts["reached"], later.facts["next_round"]) == ([], "", "")


def test_an_offer_says_what_is_paid_how_and_when_reports_are_due(make):
    decision, made = decided(make, (Outcome.PART,))
    fund, officer = made.funding_round.fund, make.person(make.user("officer"))
    fund.one_payment_to, fund.instalments, fund.report_form_id = 10_000, [80, 20], make.version().questionnaire_id
    fund.half_way_form_id, fund.half_way_months = fund.report_form_id, 3
    made.funding_round.promised = fund.terms.to_keep()
    db.session.commit()
    [offer] = drawn_up(decision, officer)
    assert (offer.facts["amount"], offer.facts["asked"], offer.facts["items"]) == ("£500.00", "£1,234.50", "The hall")
    assert offer.facts["paid"] == "In 2 payments, of 80% and 20%"
    actions.write(offer, "Thank you", {}, DAYS, by=officer)
    assert offer.facts["reports"] == [
        "A short report half-way through the project",
        "A report at the end of the project, by Monday 28 July 2025",
    ]


def test_a_letter_that_misses_something_is_not_ready(story):
    decision, _, officer = story
    *_, no = drawn_up(decision, officer)
    actions.write(no, "Thank you", {"need": FEEDBACK["need"]}, {}, by=officer)
    with pytest.raises(BadAnswer):
        actions.finish(no, by=officer)
    actions.write(no, "Thank you", FEEDBACK, {}, by=officer)
    actions.finish(no, by=officer)
    assert no.status == LetterStatus.READY
    actions.write(no, "Thank you very much", FEEDBACK, {}, by=officer)
    assert no.status == LetterStatus.DRAFT, "what was changed is read again"


def test_two_who_write_one_letter_do_not_overwrite_each_other(story):
    decision, _, officer = story
    first, *_ = drawn_up(decision, officer)
    seen = first.version
    actions.write(first, "One", {}, {}, by=officer, expect=seen)
    with pytest.raises(ChangedMeanwhile):
        actions.write(first, "Two", {}, {}, by=officer, expect=seen)


def test_nothing_is_released_while_one_letter_is_not_ready(story):
    decision, _, officer = story
    *_, last = all_ready(decision, officer)
    actions.write(last, "Thank you", {}, {}, by=officer)
    with pytest.raises(NotNow, match=last.facts["reference"]):
        actions.release(decision, by=officer)
    db.session.expire_all()
    assert db.session.query(Letter).filter(Letter.released_at.isnot(None)).count() == 0
    assert db.session.query(OutboxMail).filter_by(kind="letter_released").count() == 0


def test_an_offer_whose_last_day_has_passed_meanwhile_is_not_released(story):
    decision, _, officer = story
    offer, *_ = all_ready(decision, officer)
    with clock.at(datetime.fromisoformat(f"{DAYS['answer_by']}T12:00+00:00")), pytest.raises(NotNow, match=offer.facts["reference"]):
        actions.release(decision, by=officer)
    actions.release(decision, by=officer)
    assert offer.is_released


def test_a_letter_that_tells_of_another_next_round_than_there_is_now_is_not_released(story, make):
    decision, made, officer = story
    *_, no = all_ready(decision, officer)
    soon = NOW + timedelta(days=10)
    make.autumn_round(made.funding_round.fund, year=2025, opens_at=soon, closes_at=soon + timedelta(days=30))
    with pytest.raises(NotNow, match=no.facts["reference"]):
        actions.release(decision, by=officer)


def test_nothing_is_released_while_a_letter_is_not_drawn_up(story):
    decision, _, officer = story
    first, *_ = all_ready(decision, officer)
    db.session.delete(first)
    db.session.commit()
    with pytest.raises(NotNow, match="drawn up"):
        actions.release(decision, by=officer)


def test_releasing_tells_everybody_at_once_and_offers_the_awards(story):
    decision, made, officer = story
    all_ready(decision, officer)
    assert actions.release(decision, by=officer) == 4
    db.session.expire_all()
    assert {(each.status, each.released_at, each.released_by_id) for each in letters_of(decision).values()} == {
        (LetterStatus.RELEASED, NOW, officer.id)
    }
    assert {each.told_at for each in made.bids} == {NOW}
    offers = db.session.query(Award).all()
    assert {(each.status, each.offered_at, each.answer_by) for each in offers} == {(AwardStatus.OFFERED, NOW, date(2024, 12, 20))}
    assert {(each.conditions, each.starts, each.ends) for each in offers} == {
        ("Show us the safeguarding policy", date(2025, 1, 6), date(2025, 6, 30))
    }
    mail = db.session.query(OutboxMail).filter_by(kind="letter_released").all()
    assert len(mail) == 8, "the lead and the contact of each of four"
    assert {"treasurer@example.org"} < {each.recipient for each in mail}


def test_a_letter_goes_to_whoever_had_the_receipt_and_to_no_other_address_typed_in(make):
    form = deepcopy(FULL_APPLICATION)
    form["sections"][0]["questions"].append({"key": "referee", "type": "email", "label": "Referee's e-mail"})
    make.version(form)
    _, made = decided(make, answers=FULL_ANSWERS | {"referee": "referee@example.org"})
    decision, officer = db.session.query(Decision).one(), make.person(make.user("officer"))
    make.member(made.bids[0].organisation, email="member@example.org")
    all_ready(decision, officer)
    actions.release(decision, by=officer)
    told = {kind: {each.recipient for each in db.session.query(OutboxMail).filter_by(kind=kind)} for kind in KINDS_OF_MAIL}
    leads = {each.email for bid in made.bids for each in leads_of(bid.organisation_id)}
    assert len(leads) == 4
    assert told == dict.fromkeys(KINDS_OF_MAIL, leads | {"treasurer@example.org"})


def test_pressed_again_it_releases_and_writes_to_nobody_twice(story):
    decision, _, officer = story
    all_ready(decision, officer)
    actions.release(decision, by=officer)
    with clock.at(NOW + timedelta(hours=1)):
        assert actions.release(decision, by=officer) == 0
    assert {each.released_at for each in letters_of(decision).values()} == {NOW}
    assert db.session.query(OutboxMail).filter_by(kind="letter_released").count() == 8
    assert db.session.query(Event).filter_by(action="decision.release_letters").count() == 1


def test_two_presses_at_the_same_moment_release_once(story, app):
    decision, _, officer = story
    all_ready(decision, officer)
    identity = decision.id
    db.session.remove()
    start = Barrier(2)

    def press(_):
        with app.app_context(), clock.at(NOW):
            mine = db.session.get(Decision, identity)
            start.wait()
            return actions.release(mine, by=officer)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == [0, 4]
    assert db.session.query(OutboxMail).filter_by(kind="letter_released").count() == 8


def test_whoever_has_an_interest_in_one_applicant_releases_none(story, make):
    decision, made, officer = story
    all_ready(decision, officer)
    friend = make.user("officer")
    make._kept(Interest(round_id=decision.round_id, user_id=friend.id, organisation_id=made.bids[3].organisation_id, at=NOW))
    with pytest.raises(NotAllowed, match="an interest"):
        actions.release(decision, by=make.person(friend))
    assert actions.release(decision, by=officer) == 4


def test_an_award_that_is_not_there_stops_the_release_of_all(story):
    decision, _, officer = story
    all_ready(decision, officer)
    db.session.delete(db.session.query(Award).first())
    db.session.commit()
    with pytest.raises(NotNow, match="no approved award"):
        actions.release(decision, by=officer)
    db.session.expire_all()
    assert {each.status for each in letters_of(decision).values()} == {LetterStatus.READY}


def test_a_released_letter_is_written_no_more(story):
    decision, _, officer = story
    first, *_ = all_ready(decision, officer)
    actions.release(decision, by=officer)
    with pytest.raises(NotNow):
        actions.write(first, "Other words", {}, {}, by=officer)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE letter SET text = 'The answer is yes'",
        "UPDATE letter SET outcome = 'award'",
        "UPDATE letter SET feedback = '{}'",
        "UPDATE letter SET facts = '{}'",
        "UPDATE letter SET status = 'draft'",
        "UPDATE letter SET released_at = NULL",
        "UPDATE letter SET id = '00000000-0000-0000-0000-000000000001' WHERE outcome = 'decline'",
        "UPDATE letter SET organisation_id = (SELECT organisation_id FROM application WHERE id <> application_id LIMIT 1)",
        "UPDATE letter SET round_id = (SELECT id FROM funding_round WHERE id <> round_id LIMIT 1)",
        "DELETE FROM letter",
    ],
)
def test_the_database_itself_refuses_to_change_a_letter_that_went_out(story, make, change):
    decision, made, officer = story
    make.autumn_round(made.funding_round.fund, year=2025)
    all_ready(decision, officer)
    with db.session.begin_nested() as undone:  # before, it can be changed and drawn up again
        db.session.execute(text(change))
        undone.rollback()
    actions.release(decision, by=officer)
    with pytest.raises(DBAPIError, match="a released letter never changes"):
        db.session.execute(text(change))
    db.session.rollback()
    db.session.execute(text("UPDATE letter SET version = version + 1"))  # what a reader never sees


def test_the_letter_goes_out_as_a_pdf_that_says_what_its_page_says(story, sink, sends_to):
    decision, made, officer = story
    all_ready(decision, officer)
    actions.release(decision, by=officer)
    mail = db.session.query(OutboxMail).filter(OutboxMail.about == str(made.bids[3].id), OutboxMail.kind == "letter_released").first()
    assert "We are sorry that the answer is no" in mail.body
    sends_to(sink.port)
    send_waiting()
    [sent] = [each for each in sink.letters if each["Message-ID"] == mail.message_id]
    [paper] = sent.iter_attachments()
    assert (paper.get_content_type(), paper.get_filename()) == ("application/pdf", f"{made.bids[3].reference}-letter.pdf")
    said = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(paper.get_content())).pages)
    for words in ("We are sorry that the answer is no", "Monday 2 December 2024", "Need (60%) 3.3 of 5 4.3", "Say how many will come."):
        assert words in said


def test_the_next_round_is_told_as_it_is_known_when_the_letter_is_written(story, make):
    decision, made, officer = story
    *_, no = drawn_up(decision, officer)
    assert "no date" in no.facts["next_round"]
    soon = NOW + timedelta(days=10)
    make.autumn_round(made.funding_round.fund, year=2025, opens_at=soon, closes_at=soon + timedelta(days=30))
    make.autumn_round(made.funding_round.fund, year=2026, status="draft", opens_at=NOW, closes_at=soon)
    actions.write(no, "Thank you", {}, {}, by=officer)
    assert f"{made.funding_round.fund.name}, round" in no.facts["next_round"]
    assert "of 2025-26 opens on" in no.facts["next_round"]


def test_a_round_is_not_finished_while_somebody_waits_for_a_letter(story):
    decision, made, officer = story
    with pytest.raises(NotNow, match="4 applicants still wait"):
        rounds.finish_round(made.funding_round, by=officer)
    all_ready(decision, officer)
    with pytest.raises(NotNow):
        rounds.finish_round(made.funding_round, by=officer)
    actions.release(decision, by=officer)
    rounds.finish_round(made.funding_round, by=officer)


@pytest.mark.parametrize(
    ("status", "may_finish"),
    [
        (ApplicationStatus.WITHDRAWN, True),
        (ApplicationStatus.INELIGIBLE, True),
        (ApplicationStatus.SUBMITTED, False),
        (ApplicationStatus.CORRECTION, False),
        (ApplicationStatus.MODERATED, False),
        (ApplicationStatus.DECLINED, False),
    ],
)
def test_who_needs_no_letter_keeps_no_round_open(make, status, may_finish):
    funding_round, officer = make.autumn_round(), make.person(make.user("officer"))
    make.application(funding_round)  # a draft that was never sent
    make.application(funding_round, status=status, submitted_at=funding_round.closes_at)
    if may_finish:
        rounds.finish_round(funding_round, by=officer)
    else:
        with pytest.raises(NotNow, match="1 applicant still waits"):
            rounds.finish_round(funding_round, by=officer)


def test_who_was_only_put_off_still_waits(make):
    funding_round, officer = make.autumn_round(), make.person(make.user("officer"))
    make.application(funding_round, status=ApplicationStatus.DEFERRED, submitted_at=funding_round.closes_at, told_at=NOW)
    with pytest.raises(NotNow):
        rounds.finish_round(funding_round, by=officer)


@pytest.mark.parametrize("asks", [[], ["safeguarding_policy", "insurance"]])
def test_drawing_up_reads_as_much_for_eight_applications_as_for_four(make, asks):
    document = deepcopy(FULL_APPLICATION)
    document["sections"][1]["questions"][2]["reuse"] = "safeguarding_policy"  # a question that asks for it: its file would do
    make.version(document)
    needed = []
    for many in (1, 2):
        outcomes = (Outcome.AWARD, Outcome.PART, Outcome.RESERVE, Outcome.DECLINE) * many
        funding_round = make.autumn_round(make.fund(before_payment=asks))
        decision, made = decided(make, outcomes, [{"need": 4, "cost": 4}] * len(outcomes), funding_round=funding_round)
        make.document(made.bids[0].organisation, "insurance")
        decision.number = many
        db.session.commit()
        officer = make.person(make.user("officer"))
        with statements() as sent:
            assert actions.draw_up(decision, by=officer) == len(outcomes)
        needed.append([each.split("\n")[0][:60] for each in sent])
        lacking = {each.application_id: each.facts["documents"] for each in db.session.scalars(select(Letter)).all()}
        both = ["Safeguarding policy", "Public liability insurance"] if asks else []
        assert [lacking[each.id] for each in made.bids] == [both[:1], both, [], [], both, both, [], []][: 4 * many]
    assert len(needed[0]) == len(needed[1]), needed
