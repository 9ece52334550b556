"""Interests are stated, applications given out, marks kept and finished, marks agreed: each deed and what it refuses."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions import applications
from partnerhub.actions import assessment as actions
from partnerhub.extensions import db
from partnerhub.models import Application, Assignment, Event, Interest, OutboxMail, Score
from partnerhub.queries import assessment as queries
from partnerhub.queries.people import person_of
from partnerhub.rules.errors import BadAnswer, NotAllowed, NotNow
from partnerhub.rules.words import ApplicationStatus, InterestStage
from tests.actions.test_applications import GOOD, LATER
from tests.make import CLOSED, OPENED

BEFORE = InterestStage.ASSIGNMENT
FULL = {("need", "mark"): "4", ("need", "reason"): "Eleven residents are named", ("cost", "mark"): "3", ("cost", "reason"): "Fair"}


@pytest.fixture(autouse=True)
def after_the_close():
    with clock.at(LATER):
        yield


@pytest.fixture
def officer(make):
    return make.person(make.user("officer", email="officer@example.org"))


@pytest.fixture
def chair(make):
    return make.person(make.user("chair"))


@pytest.fixture
def assessors(make):
    return [make.user("assessor", name=name) for name in ("Ann", "Ben", "Cat")]


@pytest.fixture
def funding_round(make):
    return make.autumn_round(make.fund(code="PZ"), number=2)


@pytest.fixture
def confirmed(make, officer, funding_round):
    """Makes an application that came in time and can be considered."""

    def made(name=""):
        organisation = make.organisation(name)
        lead = make.person(make.lead(organisation))
        application = make.application(funding_round, organisation)
        with clock.at(OPENED):
            applications.save_answers(application, GOOD, by=lead)
            applications.submit_application(application, by=lead)
        applications.confirm_application(application, by=officer)
        return application

    return made


@pytest.fixture
def bid(confirmed):
    return confirmed("Example boxing club")


def as_person(user):
    return person_of(user.id)


def all_state(funding_round, assessors):
    for each in assessors:
        actions.state_interests(funding_round, BEFORE, {}, by=as_person(each))


def given_to_all(bid, assessors, officer):
    all_state(bid.funding_round, assessors)
    return [actions.assign(bid, each.id, by=officer) for each in assessors]


def finish(assignment, typed=FULL):
    actions.save_marks(assignment, typed, by=person_of(assignment.user_id))
    actions.finish_marking(assignment, by=person_of(assignment.user_id))


def fresh(row):
    db.session.expire_all()
    return db.session.get_one(type(row), row.id)


def test_interests_are_stated_once_the_round_has_closed_and_only_about_those_who_apply(make, funding_round, bid, assessors):
    stranger = make.organisation("Applies nowhere")
    declared = {bid.organisation_id: "My brother trains there", stranger.id: "Nothing"}
    with clock.at(OPENED), pytest.raises(NotNow, match="still open"):
        actions.state_interests(funding_round, BEFORE, declared, by=as_person(assessors[0]))
    actions.state_interests(funding_round, BEFORE, declared, by=as_person(assessors[0]))
    assert [(each.organisation_id, each.text) for each in db.session.scalars(select(Interest))] == [
        (bid.organisation_id, "My brother trains there")
    ]
    assert queries.asked_in(funding_round.id, BEFORE) == {assessors[0].id: {bid.organisation_id}}


def test_the_list_of_interests_names_organisations_in_the_order_of_the_alphabet_and_each_once(make, confirmed, funding_round):
    names = ["Youth club", "abbey group", "Marsh choir"]
    for name in names:
        confirmed(name)
    make.application(funding_round, make.organisation("Has only a draft"))
    assert [name for _id, name in queries.organisations_in(funding_round.id)] == ["abbey group", "Marsh choir", "Youth club"]


def test_an_assessor_who_has_not_stated_their_interests_is_given_nothing(bid, assessors, officer):
    with pytest.raises(BadAnswer, match="Ann has not stated their interests"):
        actions.assign(bid, assessors[0].id, by=officer)
    assert actions.share_out(bid.funding_round, by=officer) == 0


def test_an_assessor_with_an_interest_or_of_the_team_is_given_nothing(make, bid, assessors, officer):
    actions.state_interests(bid.funding_round, BEFORE, {bid.organisation_id: ""}, by=as_person(assessors[0]))
    make._kept(type(assessors[1].memberships[0])(user_id=assessors[1].id, organisation_id=bid.organisation_id, role="member", since=OPENED))
    all_state(bid.funding_round, assessors[1:])
    for each in assessors[:2]:
        with pytest.raises(BadAnswer, match="has an interest"):
            actions.assign(bid, each.id, by=officer)
    actions.share_out(bid.funding_round, by=officer)
    assert list(db.session.scalars(select(Assignment.user_id))) == [assessors[2].id]


def test_who_came_to_the_list_later_is_given_to_nobody_who_was_not_asked_about_them(confirmed, funding_round, bid, assessors, officer):
    all_state(funding_round, assessors)
    assert not queries.owes_interests(assessors[0].id, funding_round.id, BEFORE)
    late = confirmed("Came later")
    assert queries.owes_interests(assessors[0].id, funding_round.id, BEFORE)
    with pytest.raises(BadAnswer, match="Ann has not stated whether they have an interest in this applicant, who came later"):
        actions.assign(late, assessors[0].id, by=officer)
    assert actions.share_out(funding_round, by=officer) == 3  # of the first one only
    actions.state_interests(funding_round, BEFORE, {}, [bid.organisation_id], by=as_person(assessors[0]))  # a page from before
    assert queries.owes_interests(assessors[0].id, funding_round.id, BEFORE)
    actions.state_interests(funding_round, BEFORE, {}, [late.organisation_id], by=as_person(assessors[0]))
    assert actions.share_out(funding_round, by=officer) == 1
    assert list(db.session.scalars(select(Assignment.user_id).where(Assignment.application_id == late.id))) == [assessors[0].id]


def test_where_too_few_may_mark_an_officer_says_that_fewer_do_and_then_all_marks_are_in(bid, assessors, officer):
    for each in given_to_all(bid, assessors[:2], officer):
        finish(each)
    assert fresh(bid).marks_in_at is None
    for number, reason in ((2, " "), (0, "Why"), (4, "Why")):
        with pytest.raises(BadAnswer):
            actions.mark_by_fewer(bid, number, reason, by=officer)
    actions.mark_by_fewer(bid, 2, "Cat has an interest", by=officer)
    assert (fresh(bid).marks_in_at, bid.status, bid.fewer_reason) == (LATER, ApplicationStatus.MODERATED, "Cat has an interest")
    told = db.session.scalars(select(Event).where(Event.action == "application.mark_by_fewer")).one()
    assert told.details == {"reference": bid.reference, "assessors": 2}
    with pytest.raises(NotNow):
        actions.mark_by_fewer(bid, 3, "", by=officer)


def test_as_many_as_the_round_says_takes_fewer_back(bid, assessors, officer):
    actions.mark_by_fewer(bid, 1, "Nobody else is left", by=officer)
    assert fresh(bid).marked_by == 1
    actions.mark_by_fewer(bid, 3, "", by=officer)
    assert (fresh(bid).marked_by, bid.assessors_needed, bid.fewer_reason) == (3, None, "")


def test_those_who_were_given_it_are_waited_for_though_fewer_would_do(bid, assessors, officer):
    first, second, _ = given_to_all(bid, assessors, officer)
    actions.mark_by_fewer(bid, 1, "Holidays", by=officer)
    finish(first)
    assert fresh(bid).marks_in_at is None
    actions.take_back(second, by=officer)
    assert fresh(bid).marks_in_at is None


def test_sharing_out_gives_each_application_its_assessors_and_all_the_same_to_read(confirmed, make, funding_round, officer):
    people = [make.user("assessor") for _ in range(4)]
    bids = [confirmed() for _ in range(4)]
    all_state(funding_round, people)
    assert actions.share_out(funding_round, by=officer) == 12
    given = db.session.scalars(select(Assignment)).all()
    assert sorted(sum(each.user_id == who.id for each in given) for who in people) == [3, 3, 3, 3]
    assert {sum(each.application_id == one.id for each in given) for one in bids} == {3}
    assert actions.share_out(funding_round, by=officer) == 0


def test_what_is_no_mark_is_kept_as_typed_and_does_not_count(bid, assessors, officer):
    first = given_to_all(bid, assessors, officer)[0]
    for typed in ("6", "-1", "3.5", "four", "３", "1e1", "99999999999999999999"):
        said = actions.save_marks(first, {("need", "mark"): typed}, by=as_person(assessors[0])).said
        assert said["need"].mark_error.startswith("The mark must be a whole number from 0 to 5.")
        kept = db.session.scalars(select(Score)).one()
        assert (kept.typed, kept.mark) == (typed, None)


def test_what_another_window_saved_is_not_overwritten_unseen(bid, assessors, officer):
    first, me = given_to_all(bid, assessors, officer)[0], as_person(assessors[0])
    need = ("need", "reason")
    actions.save_marks(first, {need: "Theirs"}, {need: 0}, by=me)
    saved = actions.save_marks(first, {need: "Mine", ("need", "mark"): "4"}, {need: 0, ("need", "mark"): 0}, by=me)
    assert saved.conflicts == {need: "Mine"}
    assert (saved.said["need"].reason, saved.said["need"].mark) == ("Theirs", 4)  # the other box is saved all the same
    assert not actions.save_marks(first, {need: "Theirs"}, {need: 0}, by=me).conflicts  # the same text is no quarrel
    saved = actions.save_marks(first, {need: "Mine"}, {need: 1}, by=me)
    assert (saved.said["need"].reason, saved.conflicts) == ("Mine", {})


def test_marking_is_finished_only_with_a_mark_and_a_reason_for_everything(bid, assessors, officer):
    first = given_to_all(bid, assessors, officer)[0]
    for missing in FULL:
        actions.save_marks(first, FULL | {missing: " "}, by=as_person(assessors[0]))
        with pytest.raises(BadAnswer, match="missing"):
            actions.finish_marking(first, by=as_person(assessors[0]))
    finish(first)
    assert fresh(first).is_finished


def test_nobody_sees_the_marks_of_others_until_all_are_in(bid, assessors, officer, chair):
    given = given_to_all(bid, assessors, officer)
    for each in given[:2]:
        finish(each)
        assert queries.sheets_in(fresh(bid)) == ()
    finish(given[2])
    assert fresh(bid).marks_in_at == LATER
    assert [each.user.name for each in queries.sheets_in(fresh(bid))] == ["Ann", "Ben", "Cat"]


def test_marks_stay_as_they_are_once_all_are_in_and_can_be_opened_before(bid, assessors, officer):
    given = given_to_all(bid, assessors, officer)
    finish(given[0])
    with pytest.raises(NotNow, match="finished"):
        actions.save_marks(given[0], {("need", "reason"): "Another"}, by=as_person(assessors[0]))
    actions.save_marks(given[0], FULL, by=as_person(assessors[0]))  # a box that was on its way when the button was pressed
    actions.reopen_marking(given[0], by=as_person(assessors[0]))
    for each in given:
        finish(each)
    with pytest.raises(NotNow, match="All marks are in"):
        actions.reopen_marking(given[0], by=as_person(assessors[0]))


def test_who_has_seen_the_marks_of_others_opens_theirs_no_more_also_when_somebody_is_given_it_later(bid, assessors, officer):
    given = given_to_all(bid, assessors[:2], officer)
    actions.mark_by_fewer(bid, 2, "Cat is away", by=officer)
    finish(given[0], FULL | {("need", "mark"): "1"})
    finish(given[1])
    assert (fresh(bid).marks_in_at, bid.status) == (LATER, ApplicationStatus.ASSESSMENT)
    given_to_all(bid, assessors[2:], officer)
    assert fresh(bid).marks_in_at is None
    with pytest.raises(NotNow, match="All marks are in"):
        actions.reopen_marking(given[0], by=as_person(assessors[0]))


def test_two_of_three_assessors_are_not_all(bid, assessors, officer):
    given = given_to_all(bid, assessors[:2], officer)
    for each in given:
        finish(each)
    assert fresh(bid).marks_in_at is None


def test_nobody_marks_what_another_was_given(bid, assessors, officer):
    first = given_to_all(bid, assessors, officer)[0]
    with pytest.raises(NotAllowed):
        actions.save_marks(first, FULL, by=as_person(assessors[1]))
    assert db.session.scalars(select(Score)).all() == []


def test_an_interest_declared_later_sets_the_marks_aside_and_an_officer_is_told(bid, assessors, officer):
    given = given_to_all(bid, assessors, officer)
    for each in given:
        finish(each)
    assert fresh(bid).status == ApplicationStatus.MODERATED
    actions.declare_interest(given[0], "I know the treasurer", by=as_person(assessors[0]))
    assert fresh(given[0]).set_aside_at == LATER
    assert len(fresh(given[0]).scores) == 2
    assert (fresh(bid).status, fresh(bid).marks_in_at) == (ApplicationStatus.ASSESSMENT, None)
    with pytest.raises(NotAllowed):
        actions.save_marks(given[0], FULL, by=as_person(assessors[0]))
    letters = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "interest_declared")).all()
    assert [each.recipient for each in letters] == ["officer@example.org"]
    assert "Ann" not in letters[0].body
    assert "treasurer" not in letters[0].body


def test_an_application_can_be_taken_back_only_before_it_is_begun(bid, assessors, officer):
    first, second, _ = given_to_all(bid, assessors, officer)
    actions.save_marks(first, {("need", "mark"): "4"}, by=as_person(assessors[0]))
    with pytest.raises(NotNow, match="begun"):
        actions.take_back(first, by=officer)
    actions.take_back(second, by=officer)
    assert set(db.session.scalars(select(Assignment.user_id))) == {assessors[0].id, assessors[2].id}


def test_marks_that_agree_need_no_moderation(bid, assessors, officer):
    for mark, each in zip("445", given_to_all(bid, assessors, officer), strict=True):
        finish(each, FULL | {("need", "mark"): mark})
    assert fresh(bid).status == ApplicationStatus.MODERATED


def test_marks_two_apart_must_be_agreed_with_a_reason_and_stay_as_they_were(bid, assessors, officer, chair):
    for mark, each in zip("135", given_to_all(bid, assessors, officer), strict=True):
        finish(each, FULL | {("need", "mark"): mark})
    assert fresh(bid).status == ApplicationStatus.ASSESSMENT
    with pytest.raises(NotNow, match="State your interests at the panel"):
        actions.agree_mark(bid, "need", "3", "We talked", by=chair)
    actions.state_interests(bid.funding_round, InterestStage.PANEL, {}, by=chair)
    for mark, reason in (("", "We talked"), ("3", " "), ("7", "We talked")):
        with pytest.raises(BadAnswer):
            actions.agree_mark(bid, "need", mark, reason, by=chair)
    actions.agree_mark(bid, "need", "3", "We talked", by=chair)
    assert fresh(bid).status == ApplicationStatus.MODERATED
    assert sorted(db.session.scalars(select(Score.mark).where(Score.criterion == "need"))) == [1, 3, 5]


def test_a_chair_with_an_interest_agrees_nothing(bid, assessors, officer, chair):
    for each in given_to_all(bid, assessors, officer):
        finish(each)
    actions.state_interests(bid.funding_round, InterestStage.PANEL, {bid.organisation_id: "My choir"}, by=chair)
    with pytest.raises(NotAllowed):
        actions.agree_mark(bid, "need", "3", "We talked", by=chair)


def test_the_history_holds_no_mark_and_no_reason(bid, assessors, officer, chair):
    for each in given_to_all(bid, assessors, officer):
        finish(each)
    events = db.session.scalars(select(Event).where(Event.action.startswith("score."))).all()
    assert [each.details for each in events] == [{"reference": bid.reference}] * 3


def test_nothing_is_given_out_before_the_close(make, funding_round, officer):
    with clock.at(CLOSED - timedelta(seconds=1)), pytest.raises(NotNow, match="still open"):
        actions.share_out(funding_round, by=officer)
    assert db.session.scalars(select(Application)).all() == []
