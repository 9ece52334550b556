"""Letters as people meet them: staff write, look and release; an applicant reads why, and nobody outside knows anything before."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions import letters as actions
from partnerhub.extensions import db
from partnerhub.models import Application, FundingRound, Interest, Letter
from partnerhub.queries.letters import letters_seen
from partnerhub.rules.words import FundingRoundStatus, LetterStatus, Outcome
from tests.browser import words_of
from tests.decided import decided

NOW = datetime(2024, 12, 2, 9, tzinfo=UTC)
OFFER = {
    "text": "Thank you.",
    "starts": ["6", "1", "2025"],
    "ends": ["30", "6", "2025"],
    "answer_by": ["20", "12", "2024"],
    "conditions": "",
}
NO = {
    "text": "Thank you for your work.",
    "strength.need": "It names those who ask.",
    "improvement.need": "Say how many will come.",
    "strength.cost": "It is cheap.",
    "improvement.cost": "Show two quotes.",
}
FIRST, LAST = 0, -1  # the last one is declined


@pytest.fixture(autouse=True)
def december():
    with clock.at(NOW):
        yield


class Story:
    """Four bids that were decided on, their letters drawn up, and an officer who sees to them."""

    def __init__(self, make, browser, **rest):
        self.make, self.browser = make, browser
        decision, made = decided(make, **rest)
        self.decision_id, self.round_id, self.bid_ids = decision.id, decision.round_id, [each.id for each in made.bids]
        user = make.user("officer")
        actions.draw_up(decision, by=make.person(user))
        self.officer = browser(user)

    def bid(self, place):
        db.session.expire_all()
        return db.session.get_one(Application, self.bid_ids[place])

    def letter(self, place):
        db.session.expire_all()
        return db.session.query(Letter).filter_by(application_id=self.bid_ids[place]).one()

    def address(self, place):
        return f"/letters/{self.letter(place).id}"

    def typed(self, place):
        letter = self.letter(place)
        return {"version": str(letter.version), **(NO if letter.outcome == Outcome.DECLINE else OFFER)}

    def write(self, place, **instead):
        return self.officer.post(f"{self.address(place)}/write", self.typed(place) | instead)

    def finish(self, place):
        return self.officer.post(f"{self.address(place)}/ready", {"version": str(self.letter(place).version)})

    def write_all(self):
        for place in range(len(self.bid_ids)):
            assert self.write(place).headers["Location"] == self.address(place)
            assert self.finish(place).headers["Location"] == f"/rounds/{self.round_id}/letters"

    def release(self, who=None):
        return (who or self.officer).post(f"/decisions/{self.decision_id}/letters/release", {"seen": self.seen()})

    def seen(self):
        """What the page of the letters bears, as whoever releases them sees them."""
        db.session.expire_all()
        return letters_seen(db.session.scalars(select(Letter).where(Letter.decision_id == self.decision_id)))

    def lead(self, place):
        return self.browser(self.make.lead(self.bid(place).organisation, name="The lead"))


@pytest.fixture
def story(make, browser):
    return Story(make, browser)


def test_a_declined_applicant_reads_why(story):
    story.write_all()
    assert story.release().status_code == 303
    lead, address = story.lead(LAST), story.address(LAST)
    page = words_of(lead.get(f"/applications/{story.bid_ids[LAST]}"))
    assert "Declined" in page
    assert "We are sorry that the answer is no" in page
    said = words_of(lead.get(address))
    assert said.index("the answer is no") < said.index("Thank you for your work")
    for words in (
        "Need (60%) 3.3 of 5 4.3",
        "Your application reached 56%. The line was drawn at 65%.",
        "Say how many will come.",
        "Show two quotes.",
        "There is no date for the next round",
        "0116 555 0100",
    ):
        assert words in said
    assert lead.get(f"{address}.pdf").data.startswith(b"%PDF")


def test_before_the_release_nobody_can_tell_a_yes_from_a_no(story):
    story.write_all()
    assert story.write(LAST).status_code == 303  # and one is not ready again
    told = []
    for place in (FIRST, LAST):
        lead, address = story.lead(place), story.address(place)
        assert [lead.get(f"{address}{end}").status_code for end in ("", ".pdf", "/write")] == [404] * 3
        assert lead.get(f"/rounds/{story.round_id}/letters").status_code == 404
        bid = story.bid(place)
        own, names = f"/applications/{bid.id}", (bid.organisation.name, bid.reference)
        pages = [lead.get(each) for each in (own, "/applications", "/")]
        pages.append(lead.post(f"{own}/withdraw", {"reason": "Other money", "version": str(bid.version)}))
        assert address not in pages[0].text
        told.append([words_of(each).replace(names[0], "").replace(names[1], "") for each in pages])
    assert told[0] == told[1]
    assert "Being marked" in told[0][0]
    assert "it is being decided on, and you will be told by letter" in told[0][3]


def test_who_is_offered_money_is_led_to_the_agreement(story):
    own = f"/applications/{story.bid_ids[FIRST]}"
    assert "/awards/" not in story.lead(FIRST).get(own).text
    story.write_all()
    story.release()
    lead = story.lead(FIRST)
    page = lead.get(own)
    assert "The answer is yes: we offer you £1,234.50" in words_of(page)
    [award] = re.findall(r'href="(/awards/[^"]+)"', page.text)
    assert "£1,234.50" in words_of(lead.get(award))


def test_only_their_own_letter_is_shown_to_applicants(story):
    story.write_all()
    story.release()
    lead = story.lead(FIRST)
    assert [lead.get(story.address(place)).status_code for place in (FIRST, LAST)] == [200, 404]


def test_what_is_missing_is_said_and_leads_to_its_box(story):
    page = story.officer.get(story.address(LAST)).text
    assert f'href="{story.address(LAST)}/write#improvement-cost"' in page
    assert "It is ready" not in page
    refused = story.finish(LAST)
    assert refused.status_code == 422
    assert "Cost (40%): write one thing to improve" in words_of(refused)
    assert 'id="improvement-cost"' in refused.text


def test_what_cannot_be_read_comes_back_as_it_was_typed(story):
    refused = story.write(FIRST, ends=["31", "2", "2025"], conditions="Be kind")
    assert refused.status_code == 422
    assert "Last day of the project must be a real date" in words_of(refused)
    assert "Be kind" in refused.text
    assert 'value="31"' in refused.text
    late = story.write(FIRST, version="99", text="My words")
    assert late.status_code == 409
    assert "My words" in late.text


def test_words_that_were_changed_after_the_page_was_drawn_do_not_go_out(story):
    story.write_all()
    seen = story.seen()
    page = story.officer.get(f"/rounds/{story.round_id}/letters")
    assert f'name="seen" value="{seen}"' in page.text
    letter = db.session.scalars(select(Letter).where(Letter.decision_id == story.decision_id)).first()
    letter.text += " And more."
    db.session.commit()
    assert story.officer.post(f"/decisions/{story.decision_id}/letters/release", {"seen": seen}).status_code == 409
    assert story.officer.post(f"/decisions/{story.decision_id}/letters/release", {}).status_code == 409
    db.session.expire_all()
    assert not db.session.scalars(select(Letter).where(Letter.released_at.is_not(None))).all()
    assert story.release().status_code == 303


def test_the_letters_page_says_what_is_left_and_offers_one_step(story):
    address = f"/rounds/{story.round_id}/letters"
    assert "4 letters of 4 to be written" in words_of(story.officer.get(address))
    assert "/letters/release" not in story.officer.get(address).text
    assert f'href="{story.address(FIRST)}/write"' in story.officer.get(address).text
    story.write_all()
    page = story.officer.get(address)
    assert f"/decisions/{story.decision_id}/letters/release" in page.text
    assert "All 4 letters are ready" in words_of(page)
    story.release()
    assert "/letters/release" not in story.officer.get(address).text


def test_whoever_has_an_interest_neither_sees_that_letter_nor_releases_the_others(story, make, browser):
    story.write_all()
    user, bid = make.user("officer"), story.bid(LAST)
    name = bid.organisation.name
    make._kept(Interest(round_id=story.round_id, user_id=user.id, organisation_id=bid.organisation_id, at=NOW))
    friend = browser(user)
    page = friend.get(f"/rounds/{story.round_id}/letters")
    assert name not in page.text
    assert "/letters/release" not in page.text
    assert "somebody else releases the letters" in words_of(page)
    assert friend.get(story.address(LAST)).status_code == 404
    assert story.release(friend).status_code == 404
    assert story.letter(FIRST).status == LetterStatus.READY


def test_staff_read_what_assessors_wrote_and_the_applicant_never_does(make, browser):
    story = Story(
        make, browser, outcomes=(Outcome.DECLINE,), official=({"need": 2, "cost": 3},), assessors=3, marks=[{"need": "222", "cost": "333"}]
    )
    assert "Reason of Assessor B" in story.officer.get(f"{story.address(FIRST)}/write").text
    story.write(FIRST, **{"strength.need": "Assessor B liked it"})
    assert "Take out the name Assessor B" in story.officer.get(story.address(FIRST)).text
    assert story.finish(FIRST).status_code == 422
    story.write_all()
    story.release()
    lead = story.lead(FIRST)
    said = "".join(lead.get(each).text for each in (f"/applications/{story.bid_ids[FIRST]}", story.address(FIRST)))
    assert "Assessor" not in said
    assert "Reason of" not in said


def test_the_page_that_finishes_a_round_names_who_waits(story):
    address = f"/rounds/{story.round_id}/finish"
    page = story.officer.get(address)
    assert "4 applicants still wait for a letter" in words_of(page)
    assert f'href="/applications/{story.bid_ids[FIRST]}"' in page.text
    assert f'href="/rounds/{story.round_id}/letters"' in page.text
    version = {"version": str(db.session.get_one(FundingRound, story.round_id).version)}
    refused = story.officer.post(address, version)
    assert (refused.status_code, "so the round cannot be finished" in refused.text) == (409, True)
    story.write_all()
    story.release()
    assert story.officer.post(address, version).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(FundingRound, story.round_id).status == FundingRoundStatus.FINISHED
