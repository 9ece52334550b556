"""The return as people meet it: filled in, checked, sent, queried, approved."""

import copy
import io
import re
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from partnerhub import clock
from partnerhub.extensions import db
from partnerhub.jobs.housekeeping import tidy
from partnerhub.models import Event, ImportBatch, MonitoringReturn, Observation, OutboxMail, ProfileAnswer, SubmissionVersion, UserSession
from partnerhub.queries.submissions import cells_of
from tests.browser import words_of
from tests.counting import MOST, needed, statements
from tests.make import LONG_AGO, SMALL_RETURN


@pytest.fixture
def story(make, browser):
    """A provider with a lead and a member, an officer, and one return that is due."""

    class Story:
        organisation = make.organisation("Example Harbour Project")
        lead_user = make.lead(organisation, name="Lead One")
        member_user = make.member(organisation, name="Member One")
        officer_user = make.user("officer", name="Officer One")
        due = make.monitoring_return(make.agreement(provider=organisation))
        lead, member, officer = browser(lead_user), browser(member_user), browser(officer_user)

        def fill(self, who=None, **cells):
            said = {"referrals": "12", "seen": "12", "helped.number": "5", "helped.out_of": "6"} | cells
            data = {f"a.{name}": text for name, text in said.items()} | {f"r.{name}": self.revision(name) for name in said}
            return (who or self.member).post(f"/returns/{self.due.id}/answers?section=numbers", data)

        def revision(self, name):
            key, _, cell = name.partition(".")
            stored = cells_of(self.due.submission_id).get((key, cell))
            db.session.commit()
            return stored.revision if stored else 0

        def send(self, who=None):
            return (who or self.lead).sign(f"/returns/{self.due.id}")

        def again(self):
            db.session.expire_all()
            return db.session.get(MonitoringReturn, self.due.id)

        def decide(self, what, **fields):
            return self.officer.post(f"/returns/{self.due.id}/{what}", {"version": str(self.again().version), **fields})

    return Story()


def in_page(response):
    """The fingerprint of what a check page shows."""
    return re.search(r'name="seen" value="([^"]*)"', response.text)[1]


def in_check_page(story):
    return in_page(story.lead.get(f"/returns/{story.due.id}/check"))


def figures():
    return {(each.indicator_key, each.category): (each.value, each.out_of, each.status) for each in db.session.scalars(select(Observation))}


def test_a_return_is_filled_sent_queried_sent_again_and_approved(story):
    assert story.fill().status_code == 303
    assert story.again().status == "draft"
    sent = story.send()
    assert sent.location.endswith("/receipt")
    assert "SA-" in words_of(story.lead.get(sent.location))
    assert figures() == {("referrals", "all"): (12, None, "provisional"), ("helped", "all"): (5, 6, "provisional")}
    assert story.decide("query", **{"ask.referrals": "Is this right?"}).status_code == 303
    assert "Is this right?" in words_of(story.lead.get(f"/returns/{story.due.id}/sections/numbers"))
    story.fill(referrals="14", seen="14")
    story.send()
    assert story.decide("approve").status_code == 303
    assert story.again().status == "approved"
    rows = db.session.scalars(select(Observation).where(Observation.indicator_key == "referrals").order_by(Observation.id)).all()
    assert [(each.value, each.status) for each in rows] == [(12, "superseded"), (14, "approved")]
    said = [event.says for event in db.session.scalars(select(Event).order_by(Event.seq))]
    assert said == ["submitted the return", "sent the return back with a query", "submitted the return", "approved the return"]


def test_pressing_send_many_times_makes_one_version_one_event_and_one_letter_each(story):
    story.fill()
    receipts = {story.send().location for _ in range(5)}
    assert len(receipts) == 1
    assert len(db.session.scalars(select(SubmissionVersion)).all()) == 1
    assert len(db.session.scalars(select(Event)).all()) == 1
    assert len(db.session.scalars(select(OutboxMail)).all()) == 2  # lead and member


def test_nobody_signs_what_they_have_not_read(story):
    story.fill()
    read = in_check_page(story)
    story.fill(referrals="99999", seen="99999")
    refused = story.lead.post(f"/returns/{story.due.id}/submit", {"declaration": "yes", "seen": read})
    assert refused.status_code == 409
    said = words_of(refused)
    assert "Something changed after you opened this page, so nothing was sent." in said
    assert "99,999" in said and "checked" not in refused.text[refused.text.index('id="declaration"') :].split(">")[0]
    assert db.session.scalars(select(SubmissionVersion)).all() == []
    assert story.lead.post(f"/returns/{story.due.id}/submit", {"declaration": "yes"}).status_code == 409
    assert story.lead.post(f"/returns/{story.due.id}/submit", {"declaration": "yes", "seen": in_page(refused)}).status_code == 303


def test_a_page_that_was_signed_once_signs_nothing_after_a_question(story):
    story.fill()
    read = in_check_page(story)
    press = {"declaration": "yes", "seen": read}
    assert [story.lead.post(f"/returns/{story.due.id}/submit", press).status_code for _ in range(2)] == [303, 303]
    story.decide("query", **{"ask.referrals": "Is this right?"})
    assert story.lead.post(f"/returns/{story.due.id}/submit", press).status_code == 409
    assert len(db.session.scalars(select(SubmissionVersion)).all()) == 1
    assert story.again().status == "queried"


def test_what_is_known_from_earlier_is_signed_as_the_page_shows_it(make, browser):
    document = copy.deepcopy(SMALL_RETURN)
    for each in document["sections"][0]["questions"]:
        each["required"] = False
    document["checks"] = []
    document["sections"][1]["questions"] = [{"key": "what_we_do", "type": "long_text", "label": "What you do", "reuse": "purpose"}]
    organisation = make.organisation()
    make._kept(ProfileAnswer(organisation_id=organisation.id, key="purpose", texts={"": "We mend boats."}, at=LONG_AGO))
    due = make.monitoring_return(make.agreement(provider=organisation, version=make.version(document)))
    lead = browser(make.lead(organisation))
    assert "We mend boats." in words_of(lead.get(f"/returns/{due.id}/check"))
    assert lead.sign(f"/returns/{due.id}").status_code == 303
    version = db.session.scalars(select(SubmissionVersion)).one()
    assert version.answers["values"]["what_we_do"] == {"": "We mend boats."}


def test_text_that_cannot_be_read_is_kept_said_and_not_counted(story):
    answer = story.fill(referrals="about a dozen")
    assert answer.status_code == 422
    assert 'value="about a dozen"' in answer.text
    assert "We kept what you typed, but it does not count yet" in words_of(answer)
    stored = cells_of(story.due.submission_id)["referrals", ""]
    assert (stored.text, stored.value) == ("about a dozen", None)


def test_two_people_in_one_cell_the_second_is_shown_both_and_nothing_is_overwritten(story):
    story.fill(referrals="12")
    second = story.lead.post(f"/returns/{story.due.id}/answers?section=numbers", {"a.referrals": "13", "r.referrals": "0"})
    assert second.status_code == 409
    page = words_of(second)
    assert "Member One changed this" in page and "12" in page and "13" in page
    assert cells_of(story.due.submission_id)["referrals", ""].text == "12"
    story.lead.post(
        f"/returns/{story.due.id}/answers?section=numbers", {"a.referrals": "13", "r.referrals": "0", "choose.referrals": "mine"}
    )
    assert cells_of(story.due.submission_id)["referrals", ""].text == "13"


def test_one_cell_saved_by_htmx_answers_with_its_state_its_checks_and_its_percentage(story):
    story.fill()
    data = {"a.seen": "11", "r.seen": "1"}
    answer = story.member.post(f"/returns/{story.due.id}/answers?section=numbers", data, htmx=True)
    assert answer.status_code == 200
    assert 'id="state-seen"' in answer.text and 'name="r.seen" value="2"' in answer.text
    assert re.search(r'id="checks-(seen|referrals)" hx-swap-oob="true"', answer.text)
    assert "People seen should equal referrals" in answer.text
    assert "<html" not in answer.text


def test_a_failed_check_asks_for_a_reason_and_the_reason_lets_it_go(story):
    story.fill(seen="11")
    assert story.send().status_code == 422
    story.member.post(
        f"/returns/{story.due.id}/answers?section=numbers",
        {"a.seen.reason.seen_is_referrals": "One person moved away.", "r.seen.reason.seen_is_referrals": "0"},
    )
    assert story.send().status_code == 303
    version = db.session.scalars(select(SubmissionVersion)).one()
    assert version.answers["values"]["seen"]["reason.seen_is_referrals"] == "One person moved away."


def test_zero_blank_and_not_applicable_are_three_things(story):
    story.fill(referrals="0", seen="0", **{"helped.number": "", "helped.out_of": ""})
    story.member.post(
        f"/returns/{story.due.id}/answers?section=numbers",
        {"n.helped": "1", "a.helped.number": "", "r.helped.number": story.revision("helped.number")},
    )
    story.send()
    rows = {each.indicator_key: each for each in db.session.scalars(select(Observation))}
    assert (rows["referrals"].value, rows["referrals"].not_applicable) == (0, False)
    assert (rows["helped"].value, rows["helped"].not_applicable) == (None, True)


def test_a_member_cannot_send_and_the_refusal_changes_nothing(story):
    story.fill()
    refused = story.send(story.member)
    assert refused.status_code == 403
    assert story.again().status == "draft"
    assert db.session.scalars(select(SubmissionVersion)).all() == []


def test_whoever_submitted_cannot_approve_even_as_an_officer(story, make, browser):
    story.fill()
    story.send()
    both = make.lead(story.organisation)
    db.session.add(type(both.memberships[0])(user_id=both.id, role="officer", since=both.created_at))
    db.session.commit()
    assert browser(both).post(f"/returns/{story.due.id}/approve", {"version": str(story.again().version)}).status_code == 403


def test_a_decision_on_a_return_that_changed_meanwhile_is_refused_in_words(story):
    story.fill()
    story.send()
    stale = story.again().version
    story.decide("query", ask="Please look again.")
    story.fill(referrals="13", seen="13")
    story.send()
    answer = story.officer.post(f"/returns/{story.due.id}/approve", {"version": str(stale)})
    assert answer.status_code == 409
    assert "Somebody changed this after you opened the page" in words_of(answer)
    assert story.again().status == "submitted"


def test_the_office_sees_the_progress_of_a_draft_and_not_its_words_unless_asked(story):
    story.fill(story_="")
    story.member.post(f"/returns/{story.due.id}/answers?section=words", {"a.story": "secret-marker", "r.story": "0"})
    assert "secret-marker" not in story.officer.get(f"/returns/{story.due.id}").text
    assert story.officer.get(f"/returns/{story.due.id}/sections/words").status_code == 404
    story.lead.post(f"/returns/{story.due.id}/help", {"wanted": "yes"})
    assert "secret-marker" in story.officer.get(f"/returns/{story.due.id}/sections/words").text


def test_the_office_reads_a_reply_when_it_is_sent_and_no_sooner(story):
    story.fill()
    story.send()
    story.decide("query", **{"ask.referrals": "Is this right?", "ask": "Who wrote this?"})
    page = f"/returns/{story.due.id}"

    def reply(words):
        typed = {f"a.{place}": f"{words} {place[0]}" for place in ("referrals.reply.2", "_return.reply.1")}
        typed |= {f"r.{place}": story.revision(place) for place in ("referrals.reply.2", "_return.reply.1")}
        assert story.member.post(f"{page}/answers", typed).status_code == 303

    reply("initially")
    assert "Is this right?" in words_of(story.officer.get(page)) and "Who wrote this?" in words_of(story.officer.get(page))
    assert "initially" not in story.officer.get(page).text
    assert story.lead.get(page).text.count("initially") == 2
    story.send()
    assert story.officer.get(page).text.count("initially") == 2
    story.decide("query", ask="Are you sure?")
    reply("afterwards")
    said = story.officer.get(page).text
    assert (said.count("initially"), said.count("afterwards")) == (2, 0)
    story.lead.post(f"{page}/help", {"wanted": "yes"})
    assert story.officer.get(page).text.count("afterwards") == 2


def test_another_organisations_return_does_not_exist(story, make, browser):
    foreign = browser(make.lead(make.organisation()))
    for path in ("", "/sections/numbers", "/check", "/receipt", "/versions/1"):
        assert foreign.get(f"/returns/{story.due.id}{path}").status_code == 404
    assert foreign.post(f"/returns/{story.due.id}/answers?section=numbers", {"a.referrals": "1", "r.referrals": "0"}).status_code == 404
    assert cells_of(story.due.submission_id) == {}


def test_a_sent_version_reads_as_people_write_figures_and_offers_every_choice_while_open(make, browser):
    document = copy.deepcopy(SMALL_RETURN)
    document["sections"][1]["questions"] += [
        {"key": "spend", "type": "money", "label": "Spend"},
        {"key": "open_day", "type": "yes_no", "label": "Was there an open day?"},
        {
            "key": "costs",
            "type": "table",
            "label": "Costs",
            "columns": [{"key": "item", "type": "short_text", "label": "Item"}, {"key": "cost", "type": "money", "label": "Cost"}],
            "totals": ["cost"],
        },
    ]
    organisation = make.organisation()
    due = make.monitoring_return(make.agreement(provider=organisation, version=make.version(document)))
    lead = browser(make.lead(organisation))
    section = f"/returns/{due.id}/sections/words"
    assert lead.get(section).text.count('name="a.open_day"') == 2
    typed = {
        "a.spend": "1234.5",
        "r.spend": "0",
        "a.open_day": "yes",
        "r.open_day": "0",
        "a.referrals": "1",
        "r.referrals": "0",
        "a.seen": "1",
        "r.seen": "0",
    }
    rows = {"a.costs.r1.item": "Hall", "r.costs.r1.item": "0", "a.costs.r1.cost": "200", "r.costs.r1.cost": "0"}
    lead.post(f"/returns/{due.id}/answers?section=words", typed | rows)
    lead.post(f"/returns/{due.id}/answers?section=words", {"add_row": "costs"})
    assert 'name="a.costs.r2.item"' in lead.get(section).text
    lead.post(
        f"/returns/{due.id}/answers?section=words",
        {"a.costs.r2.cost": "50", "r.costs.r2.cost": "0", "a.costs.r2.item": "Tea", "r.costs.r2.item": "0"},
    )
    assert "£250.00" in words_of(lead.get(section))
    part = lead.post(f"/returns/{due.id}/answers?section=words", {"delete_row": "costs.r1"}, htmx=True)
    assert "Hall" not in part.text and "£50.00" in words_of(part)
    lead.sign(f"/returns/{due.id}")
    page = words_of(lead.get(f"/returns/{due.id}/versions/1"))
    assert "£1,234.50" in page and "Was there an open day? (optional) Yes" in page.replace(
        "Was there an open day? Yes", "Was there an open day? (optional) Yes"
    )


def test_a_table_keeps_three_hundred_rows_and_says_so_beside_the_next(make, browser):
    document = copy.deepcopy(SMALL_RETURN)
    document["sections"][1]["questions"] = [
        {"key": "costs", "type": "table", "label": "Costs", "columns": [{"key": "item", "type": "short_text", "label": "Item"}]}
    ]
    due = make.monitoring_return(make.agreement(version=make.version(document)))
    lead = browser(make.lead(due.organisation))
    address = f"/returns/{due.id}/answers?section=words"
    places = [f"costs.r{number}.item" for number in range(1, 303)]
    answer = lead.post(address, {f"a.{place}": "Hall" for place in places} | {f"r.{place}": "0" for place in places})
    assert answer.status_code == 422
    assert "This table has room for 300 rows, those taken out too." in words_of(answer)
    assert {cell for key, cell in cells_of(due.submission_id) if key == "costs"} == {f"r{number}.item" for number in range(1, 301)}
    assert lead.post(address, {"add_row": "costs"}).status_code == 422
    assert lead.post(address, {"a.costs.r300.item": "Tea", "r.costs.r300.item": "1"}).status_code == 303
    assert lead.post(address, {"delete_row": "costs.r300"}).status_code == 303
    assert len(cells_of(due.submission_id)) == 301


@pytest.mark.parametrize("until", ["", "yesterday", "1 1 2020", "31 2 2030", "1 1 2100", "31 12 9999"])
def test_more_time_needs_a_later_day_and_a_reason(story, until):
    was = story.again().due_on
    assert story.decide("extend", until=until, reason="Staff illness.").status_code == 422
    assert story.decide("extend", until="1 3 2030", reason=" ").status_code == 422
    assert story.again().due_on == was
    assert story.decide("extend", until="1 3 2030", reason="Staff illness.").status_code == 303
    assert story.again().due_on == date(2030, 3, 1)


def test_a_reopened_return_keeps_its_approved_figures_until_the_next_approval(story):
    story.fill()
    story.send()
    story.decide("approve")
    assert story.decide("reopen", reason="One referral was counted twice.", until="31 12 9999").status_code == 422
    assert story.decide("reopen", reason="One referral was counted twice.", until="1 3 2030").status_code == 303
    assert figures()["referrals", "all"] == (12, None, "approved")
    story.fill(referrals="11", seen="11")
    story.send()
    referrals = select(Observation.value, Observation.status).where(Observation.indicator_key == "referrals").order_by(Observation.id)
    assert db.session.execute(referrals).all() == [(12, "approved"), (11, "provisional")]
    story.decide("approve")
    assert db.session.execute(referrals).all() == [(12, "superseded"), (11, "approved")]


def test_a_waived_return_is_not_expected_and_what_was_sent_for_it_does_not_count(story):
    story.fill()
    story.send()
    story.decide("query", ask="Is this the right service?")
    assert story.decide("waive", reason="The service ended in March.").status_code == 303
    assert set(figures().values()) == {(12, None, "superseded"), (5, 6, "superseded")}
    assert "The service ended in March." in words_of(story.lead.get(f"/returns/{story.due.id}"))


def test_the_pdf_of_a_version_holds_every_answer_and_reason_and_is_a_download(story):
    story.fill(seen="11")
    story.lead.post(
        f"/returns/{story.due.id}/answers?section=words",
        {
            "a.story": "We #panic() *opened* $late$ hours.",
            "r.story": "0",
            "a.seen.reason.seen_is_referrals": "One person moved away.",
            "r.seen.reason.seen_is_referrals": "0",
        },
    )
    story.send()
    answer = story.officer.get(f"/returns/{story.due.id}/versions/1.pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    document = PdfReader(io.BytesIO(answer.data))
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"] and document.trailer["/Root"]["/Lang"] == "en-GB"
    said = " ".join(" ".join(page.extract_text().split()) for page in document.pages)
    for words in (
        "Referrals received",
        "12",
        "5 of 6 (83.3%)",
        "Reason: One person moved away.",
        "We #panic() *opened* $late$ hours.",
        "Lead One",
    ):
        assert words in said


def test_figures_from_a_file_give_way_to_those_that_were_signed_and_approved(story, make):
    batch = make._kept(ImportBatch(file_name="old.csv", digest="0" * 64, source="", rows=1, at=LONG_AGO))
    due = story.again()
    make._kept(
        Observation(
            service_id=due.service_id,
            agreement_id=due.agreement_id,
            period_id=due.period_id,
            indicator_key="referrals",
            value=99,
            status="approved",
            import_batch_id=batch.id,
        )
    )
    story.fill()
    story.send()
    story.decide("approve")
    referrals = select(Observation.value, Observation.status).where(Observation.indicator_key == "referrals").order_by(Observation.id)
    assert db.session.execute(referrals).all() == [(99, "superseded"), (12, "approved")]


def test_a_reopened_return_closes_by_itself_when_its_day_has_passed(story):
    story.fill()
    story.send()
    story.decide("approve")
    story.decide("reopen", reason="One referral was counted twice.", until="1 3 2030")
    with clock.at(datetime(2030, 3, 2, 9, tzinfo=UTC)):
        user_session_moves_too(story)
        assert story.fill(referrals="11").status_code == 403
        tidy()
    assert story.again().status == "approved"
    assert figures()["referrals", "all"] == (12, None, "approved")


def user_session_moves_too(story):
    db.session.execute(update(UserSession).values(created_at=clock.now(), last_seen_at=clock.now()))
    db.session.commit()


def test_a_return_whose_figures_count_is_closed_again_and_never_waived(story):
    story.fill()
    story.send()
    story.decide("approve")
    story.decide("reopen", reason="A question from the board.", until="1 3 2030")
    assert story.decide("waive", reason="Not needed.").status_code == 409
    assert story.decide("close").status_code == 303
    assert (story.again().status, story.again().reopened_until) == ("approved", None)


def test_each_waiving_and_reopening_of_one_day_is_told_by_a_letter(story):
    address = story.lead_user.email
    for _ in range(2):
        story.decide("waive", reason="The service paused.")
        story.decide("reopen", reason="It goes on.", until="1 3 2030")
    letters = db.session.scalars(select(OutboxMail.kind).where(OutboxMail.recipient == address)).all()
    assert sorted(letters) == ["return_reopened"] * 2 + ["return_waived"] * 2
    assert "Waived:" not in words_of(story.lead.get(f"/returns/{story.due.id}"))
    assert "Overdue" not in words_of(story.lead.get("/"))


@pytest.fixture
def two_quarters(make, browser):
    """A form whose opening caseload is last quarter's closing one, and whose figures may not swing."""
    document = copy.deepcopy(SMALL_RETURN) | {"swing": {"percent": 50, "at_least": 5}}
    document["sections"][0]["questions"] += [
        {"key": "opening", "type": "whole_number", "label": "Open at the start", "carry_forward": "closing"},
        {"key": "closing", "type": "whole_number", "label": "Open at the end"},
        {"key": "what_we_do", "type": "long_text", "label": "What you do", "limit": {"words": 3}, "reuse": "purpose"},
        {"key": "accounts", "type": "file", "label": "Accounts"},
    ]
    organisation = make.organisation()
    agreement = make.agreement(provider=organisation, version=make.version(document))
    first, second = make.monitoring_return(agreement, "2022-23 Q1"), make.monitoring_return(agreement, "2022-23 Q2")
    lead, officer = browser(make.lead(organisation)), browser(make.user("officer"))

    def send(due, **cells):
        typed = {f"a.{key}": text for key, text in cells.items()} | {f"r.{key}": "0" for key in cells}
        typed |= {f"choose.{key}": "mine" for key in cells}
        lead.post(f"/returns/{due.id}/answers?section=numbers", typed)
        return lead.sign(f"/returns/{due.id}")

    class Quarters:
        pass

    found = Quarters()
    found.organisation, found.first, found.second, found.lead, found.officer, found.send = organisation, first, second, lead, officer, send
    return found


def test_a_sent_version_stays_as_it_was_when_an_earlier_quarter_is_corrected(two_quarters):
    each = two_quarters
    each.send(each.first, referrals="10", seen="10", closing="7")
    each.send(each.second, referrals="12", seen="12")
    version = db.session.get(MonitoringReturn, each.first.id).version
    db.session.commit()
    each.officer.post(f"/returns/{each.first.id}/query", {"ask": "Please check.", "version": str(version)})
    each.send(each.first, referrals="99", seen="99")
    page = words_of(each.officer.get(f"/returns/{each.second.id}/versions/1"))
    assert "asks for a reason" not in page


def test_what_was_known_from_last_quarter_is_kept_also_when_a_file_comes_first(two_quarters):
    each = two_quarters
    each.send(each.first, referrals="10", seen="10", closing="7")
    data = {"f.accounts": (io.BytesIO(b"%PDF-1.7"), "accounts.pdf")}
    each.lead.post(f"/returns/{each.second.id}/files?section=numbers", data, content_type="multipart/form-data")
    assert cells_of(each.second.submission_id)["opening", ""].text == "7"


def test_what_the_profile_holds_and_no_longer_fits_does_not_close_the_return(two_quarters, make):
    each = two_quarters
    make._kept(ProfileAnswer(organisation_id=each.organisation.id, key="purpose", texts={"": "far too many words here"}, at=LONG_AGO))
    assert "What you do" in words_of(each.lead.get(f"/returns/{each.first.id}/sections/numbers"))


def test_a_colleagues_text_is_shown_also_when_a_file_is_sent_without_javascript(two_quarters):
    each = two_quarters
    each.lead.post(f"/returns/{each.first.id}/answers?section=numbers", {"a.referrals": "12", "r.referrals": "0"})
    data = {"f.accounts": (io.BytesIO(b"%PDF-1.7"), "accounts.pdf"), "a.referrals": "13", "r.referrals": "7"}
    answer = each.lead.post(f"/returns/{each.first.id}/files?section=numbers", data, content_type="multipart/form-data")
    assert answer.status_code == 409
    assert "Both are below" in words_of(answer)


def test_replies_and_general_questions_stand_on_the_paper_of_the_next_version(story):
    story.fill()
    story.send()
    story.decide("query", **{"ask.referrals": "Is this right?", "ask": "Who wrote this?"})
    replies = {
        "a.referrals.reply.2": "Yes, we checked.",
        "r.referrals.reply.2": "0",
        "a._return.reply.1": "Our manager.",
        "r._return.reply.1": "0",
    }
    story.lead.post(f"/returns/{story.due.id}/answers?section=numbers", replies)
    story.send()
    document = PdfReader(io.BytesIO(story.officer.get(f"/returns/{story.due.id}/versions/2.pdf").data))
    said = " ".join(" ".join(page.extract_text().split()) for page in document.pages)
    assert "Is this right? Reply: Yes, we checked." in said
    assert "Who wrote this?" in said and "Our manager." in said


def test_what_comes_half_an_hour_after_midnight_in_london_is_late(story):
    with clock.at(datetime(2022, 7, 21, 23, 30, tzinfo=UTC)):
        user_session_moves_too(story)
        story.fill()
        story.send()
        assert "on time 0, late 1" in words_of(story.officer.get("/returns?period=2022-23+Q1"))


def test_saving_more_cells_takes_no_more_statements(make, browser):
    document = copy.deepcopy(SMALL_RETURN)
    document["sections"][0]["questions"] += [{"key": f"n{i}", "type": "whole_number", "label": f"Number {i}"} for i in range(60)]
    organisation = make.organisation()
    due = make.monitoring_return(make.agreement(provider=organisation, version=make.version(document)))
    lead = browser(make.lead(organisation))

    def save(count, text):
        typed = (
            {f"a.n{i}": text for i in range(count)}
            | {f"r.n{i}": "0" for i in range(count)}
            | {f"choose.n{i}": "mine" for i in range(count)}
        )
        with statements() as sent:
            assert lead.post(f"/returns/{due.id}/answers?section=numbers", typed).status_code == 303
        return len(sent)

    save(60, "1")
    assert save(60, "2") == save(2, "3")


@pytest.mark.parametrize(
    "path", ["/", "/returns?period=2022-23+Q1", "/returns/{first}", "/returns/{first}/sections/numbers", "/returns/{first}/check"]
)
def test_no_page_of_returns_needs_more_statements_for_more_rows(make, browser, path):
    service, version, officer_user = make.service(), make.version(), make.user("officer")
    organisation = make.organisation()
    first = make.monitoring_return(make.agreement(service, organisation, version), help_asked_at=LONG_AGO)
    officer, lead = browser(officer_user), browser(make.lead(organisation))
    address = path.format(first=first.id)
    before = [needed(each, address) for each in (officer, lead) if each is officer or not address.startswith("/returns?")]
    for _ in range(50):
        make.monitoring_return(make.agreement(service, organisation, version))
    after = [needed(each, address) for each in (officer, lead) if each is officer or not address.startswith("/returns?")]
    assert [len(each) for each in after] == [len(each) for each in before]
    assert max(map(len, after)) <= MOST


def test_a_section_of_150_cells_takes_at_most_six_statements(make, browser):
    document = copy.deepcopy(SMALL_RETURN)
    document["sections"][0]["questions"] = [
        {"key": f"n{i}", "type": "whole_number", "label": f"Number {i}", "indicator": "referrals" if i == 0 else None} for i in range(150)
    ]
    for each in document["sections"][0]["questions"]:
        if each["indicator"] is None:
            del each["indicator"]
    document["checks"] = []
    organisation = make.organisation()
    due = make.monitoring_return(make.agreement(provider=organisation, version=make.version(document)))
    lead = browser(make.lead(organisation))
    path = f"/returns/{due.id}/sections/numbers"
    assert len(needed(lead, path)) <= 6
    assert lead.get(path).text.count('name="a.n') == 150


@pytest.mark.parametrize(("came", "late"), [(date(2022, 7, 21), ""), (date(2022, 7, 22), "1 day late"), (date(2022, 8, 4), "14 days late")])
def test_what_came_after_its_day_is_told_so_in_the_list_and_on_its_page(make, browser, came, late):
    due = make.monitoring_return(make.agreement(), due_on=date(2022, 7, 21), status="waived", first_submitted_on=came)
    officer = browser(make.user("officer"))
    for page in (words_of(officer.get("/returns?period=2022-23 Q1")), words_of(officer.get(f"/returns/{due.id}"))):
        assert ("late" in page.replace("late 0", "").replace("late 1,", "")) is bool(late), page
    assert late in words_of(officer.get("/returns?period=2022-23 Q1"))
