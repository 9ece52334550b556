"""Nothing typed is lost when a form is refused: it comes back with the words in it and a sentence beside the field."""

from __future__ import annotations

import copy
import html
import re

import pytest
from sqlalchemy import func, select

from partnerhub.extensions import db
from partnerhub.models import Event, MonitoringReturn, Organisation, OrganisationIdentifier, ReturnQuery
from partnerhub.models.people import UserSession
from partnerhub.queries.submissions import cells_of
from tests.browser import words_of
from tests.make import SMALL_RETURN
from tests.signing_in import PASSWORD, sign_in, take_token, with_password

LONG = "Please look at this figure again. " * 40  # 1,360 characters
BOTH_WAYS = pytest.mark.parametrize("htmx", [False, True], ids=["plain", "HX-Request"])


@pytest.fixture
def story(make, browser):
    """A provider with a lead and a member, two officers, and one return that is due."""

    class Story:
        organisation = make.organisation("Example Harbour Project")
        officer_user = with_password(make.user("officer", name="Officer One"))
        due = make.monitoring_return(make.agreement(provider=organisation))
        lead = browser(make.lead(organisation, name="Lead One"))
        member = browser(make.member(organisation, name="Member One"))
        officer, colleague = browser(officer_user), browser(make.user("officer", name="Officer Two"))

        def at(self, state):
            """The same return, brought as far as `state`."""
            if state == "due":
                return self
            typed = {"a.referrals": "12", "r.referrals": "0", "a.seen": "12", "r.seen": "0"}
            self.member.post(f"/returns/{self.due.id}/answers?section=numbers", typed)
            assert self.lead.sign(f"/returns/{self.due.id}").status_code == 303
            if state == "approved":
                assert self.decide("approve", who=self.colleague).status_code == 303
            return self

        def again(self):
            db.session.expire_all()
            return db.session.get(MonitoringReturn, self.due.id)

        def decide(self, what, *, who=None, htmx=False, version=None, **fields):
            seen = self.again().version if version is None else version
            return (who or self.officer).post(f"/returns/{self.due.id}/{what}", {"version": str(seen), **fields}, htmx=htmx)

    return Story()


def value_of(page, name):
    """What stands in the boxes of this name on a page, leaving out those with nothing in them and those that cannot be seen."""
    name = re.escape(name)
    boxes = re.findall(rf'<textarea[^>]* name="{name}"[^>]*>\n?(.*?)</textarea>', page.text, re.S)
    boxes += re.findall(rf'<input (?!type="hidden")[^>]*name="{name}"[^>]*? value="([^"]*)"', page.text)
    return " ".join(html.unescape(each) for each in boxes if each)


def says_beside(page, field):
    """The sentence beside a field; the summary on top must lead there with the same words, and the field must say that it is wrong."""
    said = html.unescape(re.search(rf'id="{field}-error"[^>]*><span[^>]*>Error:</span> (.*?)</p>', page.text)[1])
    summary = page.text[page.text.index("govuk-error-summary") : page.text.index("<h1")]
    assert re.search(rf'<a href="#{field}(-day)?">{re.escape(html.escape(said))}</a>', summary.replace("&#39;", "&#x27;"))
    assert f'id="{field}"' in page.text and page.text.count(f'id="{field}-error"') == 1
    assert "<title>Error: " in page.text
    return said


def version_in(page, form):
    return re.search(rf'action="[^"]*/{form}".*?name="version" value="(\d+)"', page.text, re.S)[1]


def written():
    return db.session.scalar(select(func.count()).select_from(Event))


# what is decided, on a return in which state, what is typed, beside which field is said what
WRONG = {
    "no question": ("query", "sent", {"ask": "  "}, "ask", "Write at least one question"),
    "a long question": (
        "query",
        "sent",
        {"ask.seen": LONG, "ask": "And in general?"},
        "ask-seen",
        "People seen: shorten what you ask to 1,000",
    ),
    "a question with NUL": ("query", "sent", {"ask.seen": "a\x00b", "ask": "kept"}, "ask-seen", "This has a character that cannot be kept"),
    "no reason": ("extend", "due", {"until": ["1", "3", "2030"], "reason": ""}, "extend-reason", "Write why there is more time"),
    "no such day": ("extend", "due", {"until": ["31", "2", "2030"], "reason": "Staff illness."}, "extend-until", "must be a real date"),
    "an earlier day": ("extend", "due", {"until": ["1", "1", "2020"], "reason": "Staff illness."}, "extend-until", "a day after the one"),
    "a long reason": ("extend", "due", {"until": ["1", "3", "2030"], "reason": LONG}, "extend-reason", "1,000 characters or fewer"),
    "waived for nothing": ("waive", "due", {"reason": "\n "}, "waive-reason", "Write why it is not needed"),
    "waived at length": ("waive", "due", {"reason": LONG}, "waive-reason", "You have 1,359."),
    "reopened for nothing": ("reopen", "approved", {"until": ["1", "3", "2030"], "reason": ""}, "reopen-reason", "Write why it"),
    "reopened until never": ("reopen", "approved", {"until": ["x", "y", ""], "reason": "Twice."}, "reopen-until", "must be a real date"),
    "reopened in the past": ("reopen", "approved", {"until": ["1", "3", "2020"], "reason": "Twice."}, "reopen-until", "today or later"),
}


@BOTH_WAYS
@pytest.mark.parametrize("case", WRONG)
def test_a_decision_with_something_wrong_in_it_comes_back_with_all_that_was_typed(story, case, htmx):
    what, state, typed, field, sentence = WRONG[case]
    story.at(state)
    before, status = written(), story.again().status
    page = story.decide(what, htmx=htmx, **typed)
    assert page.status_code == 422
    assert sentence in says_beside(page, field)
    for name, text in typed.items():
        text = " ".join(each for each in text if each) if isinstance(text, list) else text.replace("\x00", "\ufffd").strip()
        assert value_of(page, name) == text
    boxes = re.search(rf'<details class="govuk-details"( open)?>(?:(?!</details>).)*id="{field}"', page.text, re.S)
    assert boxes is None or boxes[1]  # what folds away stands open
    assert (written(), story.again().status) == (before, status)
    assert not db.session.scalars(select(ReturnQuery)).all()


def test_only_the_form_that_was_pressed_holds_what_was_typed(story):
    page = story.decide("extend", until=["31", "2", "2030"], reason="Staff illness.")
    assert page.text.count("Staff illness.") == 1
    assert page.text.count("govuk-error-message") == 1
    assert page.text.count('name="reason"') == 2  # to give more time, to waive
    assert {version_in(page, each) for each in ("extend", "waive")} == {str(story.again().version)}


def test_what_was_refused_is_done_when_it_is_sent_again_corrected(story):
    page = story.decide("extend", until=["31", "2", "2030"], reason="Staff illness.")
    again = {"version": version_in(page, "extend"), "reason": value_of(page, "reason"), "until": ["28", "February", "2030"]}
    assert story.officer.post(f"/returns/{story.due.id}/extend", again).status_code == 303
    assert story.again().due_on.isoformat() == "2030-02-28"


# what is decided, in which state, what is typed; what a colleague did meanwhile that still leaves it possible
MEANWHILE = {
    "query": ("sent", {"ask.seen": "Is 12 right?"}, None),
    "approve": ("sent", {}, None),
    "extend": ("due", {"until": ["1", "3", "2030"], "reason": "Staff illness."}, ("extend", {"until": "1 2 2030", "reason": "Another."})),
    "waive": ("due", {"reason": "Not funded."}, ("extend", {"until": "1 2 2030", "reason": "Another."})),
}


@BOTH_WAYS
@pytest.mark.parametrize("what", MEANWHILE)
def test_a_decision_on_a_return_that_changed_meanwhile_comes_back_and_a_second_press_does_it(story, what, htmx):
    state, typed, colleague = MEANWHILE[what]
    stale = story.at(state).again().version
    if colleague:
        assert story.decide(colleague[0], who=story.colleague, **colleague[1]).status_code == 303
    else:  # it was sent back, and came again
        story.decide("query", who=story.colleague, ask="Please look again.")
        assert story.lead.sign(f"/returns/{story.due.id}").status_code == 303
    before = written()
    page = story.decide(what, htmx=htmx, version=stale, **typed)
    assert page.status_code == 409
    assert "Somebody changed this after you opened the page" in words_of(page)
    assert ("what you typed is still in it" in words_of(page)) is bool(typed)
    assert "There is a problem" in words_of(page) and "<title>Error: " in page.text
    for name, text in typed.items():
        assert value_of(page, name) == (" ".join(text) if isinstance(text, list) else text)
    assert written() == before
    assert story.officer.post(f"/returns/{story.due.id}/{what}", {"version": version_in(page, what), **typed}).status_code == 303


def test_what_a_colleague_made_impossible_meanwhile_is_refused_with_the_words_to_be_copied(story):
    stale = story.at("sent").again().version
    story.decide("approve", who=story.colleague)
    page = story.decide("query", version=stale, **{"ask.seen": "Is <12> right?"})
    assert page.status_code == 409
    assert "You cannot send a return back with questions now: it is “Approved”" in words_of(page)
    assert "What you typed Copy it from here before you leave this page, if you need it again. Ask seen Is <12> right?" in words_of(page)


def test_a_question_about_a_figure_that_the_newer_version_does_not_have_keeps_its_box(make, browser):
    document = copy.deepcopy(SMALL_RETURN)
    words = document["sections"][1]["questions"]
    words[0]["show_if"] = "referrals > 12"
    due = make.monitoring_return(make.agreement(version=make.version(document)))
    lead, officer = browser(make.lead(due.organisation)), browser(make.user("officer"))

    def send(number, revision):
        typed = {"a.referrals": number, "r.referrals": revision, "a.seen": number, "r.seen": revision}
        lead.post(f"/returns/{due.id}/answers?section=numbers", typed)
        assert lead.sign(f"/returns/{due.id}").status_code == 303

    send("13", "0")
    stale = version_in(officer.get(f"/returns/{due.id}/versions/1"), "query")
    officer.post(f"/returns/{due.id}/query", {"version": stale, "ask": "Is 13 right?"})
    send("12", "1")
    assert 'name="ask.story"' not in officer.get(f"/returns/{due.id}/versions/2").text
    page = officer.post(f"/returns/{due.id}/query", {"version": stale, "ask.story": "Who told you this?"})
    assert page.status_code == 409
    assert value_of(page, "ask.story") == "Who told you this?"


def test_whoever_may_never_decide_is_told_so_before_anything_else_is_wrong(story):
    page = story.decide("waive", who=story.lead, reason="We had no funding this quarter.")
    empty = story.decide("waive", who=story.lead, reason="")
    assert (page.status_code, empty.status_code) == (403, 403)
    assert "We had no funding this quarter." in words_of(page)


@pytest.mark.parametrize("fields", [{"csrf_token": "x"}, {"csrf_token": ""}])
def test_a_page_that_was_too_old_to_send_gives_the_words_back(story, fields):
    page = story.decide("query", **fields, **{"ask.seen": "Is 12 right?"})
    assert page.status_code == 400
    assert "Is 12 right?" in words_of(page) and "csrf" not in words_of(page).lower()


def test_what_another_site_made_up_is_never_shown(story):
    elsewhere = {"HTTP_ORIGIN": "https://evil.example"}
    page = story.officer.post(f"/returns/{story.due.id}/waive", {"reason": "Call 0900"}, environ_base=elsewhere)
    assert page.status_code == 403
    assert "Call 0900" not in page.text


def test_a_password_is_never_shown_again_by_a_page_that_refuses(story):
    page = story.officer.post("/account/password", {"current_password": "my secret", "new_password": "another one", "csrf_token": "x"})
    assert page.status_code == 400
    assert "my secret" not in page.text and "another one" not in page.text


def test_questions_typed_while_the_session_ended_are_sent_after_signing_in(story):
    story.at("sent")
    version = story.again().version
    for session in db.session.scalars(select(UserSession).where(UserSession.user_id == story.officer_user.id)):
        db.session.delete(session)
    db.session.commit()
    out = story.decide("query", version=version, **{"ask.seen": "Is 12 right?", "ask": "Who wrote this?"})
    assert out.status_code == 401
    assert "Ask seen Is 12 right?" in words_of(out) and "Ask Who wrote this?" in words_of(out)
    take_token(story.officer)
    offered = sign_in(story.officer, story.officer_user.email, PASSWORD, **hidden_in(out))
    assert "Is 12 right?" in words_of(offered) and not db.session.scalars(select(ReturnQuery)).all()
    sent = story.officer.post(f"/returns/{story.due.id}/query", hidden_in(offered))
    assert sent.status_code == 303
    assert {(each.question_key, each.text) for each in db.session.scalars(select(ReturnQuery))} == {
        ("seen", "Is 12 right?"),
        ("_return", "Who wrote this?"),
    }


def hidden_in(page):
    """The hidden fields of the last form of a page, but for its token."""
    form = page.text[page.text.rindex("<form", 0, page.text.index("carry_to") if "carry_to" in page.text else len(page.text)) :]
    fields = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in fields if name != "csrf_token"}


@BOTH_WAYS
def test_the_declaration_is_asked_for_on_the_page_it_stands_on(story, htmx):
    typed = {"a.referrals": "12", "r.referrals": "0", "a.seen": "12", "r.seen": "0"}
    story.member.post(f"/returns/{story.due.id}/answers?section=numbers", typed)
    page = story.lead.post(f"/returns/{story.due.id}/submit", {}, htmx=htmx)
    assert page.status_code == 422
    assert "Tick the declaration before you send." in says_beside(page, "declaration")
    assert "Check your answers" in words_of(page)
    assert story.again().status == "draft"


# Replies and reasons, typed without JavaScript


def replies(text, revision, **rest):
    return {"a.seen.reply.1": text, "r.seen.reply.1": str(revision), **rest}


def asked(story):
    story.at("sent").decide("query", **{"ask.seen": "Is 12 right?"})
    return f"/returns/{story.due.id}/answers"


@pytest.mark.parametrize("section", ["", "?section=numbers"], ids=["on the return", "in the section"])
def test_two_people_reply_at_once_and_the_second_is_shown_both(story, section):
    address = asked(story)
    assert story.member.post(address + section, replies("Yes, all twelve.", 0)).status_code == 303
    page = story.lead.post(address + section, replies("No, it is eleven.", 0))
    assert page.status_code == 409
    assert "Member One changed this" in words_of(page) and "Theirs Yes, all twelve. Yours No, it is eleven." in words_of(page)
    assert '<a href="#cell-seen-reply.1">People seen: Member One changed this meanwhile</a>' in page.text
    assert value_of(page, "a.seen.reply.1") == "No, it is eleven."
    assert cells_of(story.due.submission_id)["seen", "reply.1"].text == "Yes, all twelve."
    mine = {"choose.seen.reply.1": "mine"}
    assert story.lead.post(address + section, replies(value_of(page, "a.seen.reply.1"), 1, **mine)).status_code == 303
    assert cells_of(story.due.submission_id)["seen", "reply.1"].text == "No, it is eleven."


@pytest.mark.parametrize("section", ["", "?section=numbers"], ids=["on the return", "in the section"])
def test_a_reply_that_is_too_long_is_kept_and_said(story, section):
    address = asked(story)
    for page in (story.lead.post(address + section, replies(LONG, 0)), story.lead.post(address + section, replies(LONG, 1))):
        assert page.status_code == 422
        assert words_of(page).count("Shorten your reply to 1,000 characters.") == 2  # above, and beside it
        assert "Saved." not in words_of(page)
        assert value_of(page, "a.seen.reply.1") == LONG
    stored = cells_of(story.due.submission_id)["seen", "reply.1"]
    assert (stored.text, stored.value) == (LONG, None)


def test_with_a_script_a_reply_answers_as_any_other_cell(story):
    address = asked(story)
    story.member.post(address, replies("Yes, all twelve.", 0), htmx=True)
    part = story.lead.post(address, replies("No, it is eleven.", 0), htmx=True)
    assert part.status_code == 409 and 'id="state-seen-reply.1"' in part.text and "Theirs Yes, all twelve." in words_of(part)
    part = story.lead.post(address, replies(LONG, 1), htmx=True)
    assert part.status_code == 422 and "Shorten your reply" in words_of(part)


@pytest.mark.parametrize("text", ["x" * 100_001, "y\u0301" * 60_000], ids=["letters", "accents"])
@pytest.mark.parametrize(("section", "name"), [("", "seen.reply.1"), ("?section=numbers", "seen.reply.1"), ("?section=words", "story")])
def test_what_is_too_long_to_be_stored_at_all_stays_in_its_box(story, section, name, text):
    address = asked(story)
    page = story.lead.post(address + section, {f"a.{name}": text, f"r.{name}": "0"})
    assert page.status_code == 422
    assert "we can keep 100,000. It was not saved." in words_of(page)
    assert value_of(page, f"a.{name}") == text


def test_two_people_give_a_reason_at_once_and_the_second_is_shown_both(story):
    address = f"/returns/{story.due.id}/answers?section=numbers"
    story.member.post(address, {"a.referrals": "12", "r.referrals": "0", "a.seen": "11", "r.seen": "0"})
    name = "seen.reason.seen_is_referrals"
    assert story.member.post(address, {f"a.{name}": "One moved away.", f"r.{name}": "0"}).status_code == 303
    page = story.lead.post(address, {f"a.{name}": "One was ill.", f"r.{name}": "0"})
    assert page.status_code == 409
    assert "Theirs One moved away. Yours One was ill." in words_of(page)
    assert value_of(page, f"a.{name}") == "One was ill."
    page = story.lead.post(address, {f"a.{name}": LONG, f"r.{name}": "1"})
    assert page.status_code == 422
    assert re.search('<a href="#reason-seen-seen_is_referrals">People seen: Shorten this', page.text)
    assert 'id="reason-seen-seen_is_referrals"' in page.text and value_of(page, f"a.{name}") == LONG


def test_a_figure_that_cannot_be_read_is_named_above_the_section(story):
    address = f"/returns/{story.due.id}/answers?section=numbers"
    page = story.lead.post(address, {"a.referrals": "about a dozen", "r.referrals": "0"})
    assert page.status_code == 422
    assert re.search(r'<a href="#cell-referrals">Referrals received: [^<]+</a>', page.text) and 'id="cell-referrals"' in page.text
    assert "<title>Error: " in page.text


# All other forms of the hub: one thing wrong in each, and the rest of what was typed is still there

DAYS = {"starts": ["1", "4", "2030"], "ends": ["31", "3", "2029"]}
OTHERS = {
    "/organisations/new": ({"name": "", "telephone": "0116 555 0100", "address": "1 High Street"}, "name"),
    "/organisations/{organisation}/change": ({"name": "", "telephone": "0116 555 0100", "address": "1 High Street"}, "name"),
    "/organisations/{organisation}/numbers": ({"scheme": "GB-CHC", "number": "12"}, "number"),
    "/organisations/{organisation}/profile": ({"legal_name": "Legal Name", "purpose": "To help.", "email": "nobody"}, "email"),
    "/organisations/{organisation}/invitations": ({"email": "nobody"}, "email"),
    "/programmes/new": ({"name": "Early help", "slug": "Not Fit", "about": "What it is for."}, "slug"),
    "/programmes/{programme}/change": ({"name": "", "slug": "kept", "about": "What it is for."}, "name"),
    "/programmes/{programme}/services/new": ({"name": "", "about": "What it does.", "position": "7"}, "name"),
    "/services/{service}/change": ({"name": "", "about": "What it does.", "position": "seven"}, "position"),
    "/services/{service}/agreements/new": ({"reference": "A reference", **DAYS}, "ends"),
    "/agreements/{agreement}/change": ({"reference": "A reference", **DAYS}, "ends"),
    "/agreements/{agreement}/targets": ({"target_0": "ninety", "target_1": "80"}, "target_0"),
    "/periods": ({"year": "1066", "kind": "quarter", "working_days": "12"}, "year"),
    "/periods/{period}/change": ({"due_working_days": "soon"}, "due_working_days"),
    "/funds/new": ({"name": "", "code": "CSF", "purpose": "To make people safer.", "cap": "10,000"}, "name"),
    "/funds/{fund}/change": ({"name": "Safety", "code": "CSF", "purpose": "To make people safer.", "cap": "lots"}, "cap"),
    "/funds/{fund}/rounds/new": ({"theme": "Young people", "about": "Read this.", "opens_on": ["31", "9", "2025"]}, "opens_on"),
    "/rounds/{round}/change": ({"theme": "Young people", "about": "Read this.", "closes_time": "late"}, "closes_time"),
    "/questionnaires/load": ({"text": "questionnaire: 7"}, "text"),
    "/people/invitations": ({"email": "nobody"}, "email"),
    "/account/name": ({"name": "x" * 121}, "name"),
    "/account/email": ({"email": "nobody", "current_password": "x"}, "email"),
}


@pytest.fixture
def paths(make):
    agreement, fund = make.agreement(version=make.version()), make.fund()
    known = {
        "fund": fund.id,
        "round": make.funding_round(fund).id,
        "organisation": agreement.organisation_id,
        "programme": agreement.programme_id,
        "service": agreement.service_id,
        "agreement": agreement.id,
        "period": make.period("2022-23 Q1").uuid,
    }
    return {path: path.format(**known) for path in OTHERS}


@BOTH_WAYS
@pytest.mark.parametrize("path", OTHERS)
def test_every_form_with_something_wrong_in_it_comes_back_with_all_that_was_typed(paths, browser, make, path, htmx):
    person = browser(make.user("officer", "administrator"))
    typed, field = OTHERS[path]
    page = person.post(paths[path], {"version": "1", **typed}, htmx=htmx)
    assert page.status_code == 422
    assert says_beside(page, field)
    for name, text in typed.items():
        if name not in ("year", "kind", "scheme", "current_password"):
            assert value_of(page, name) == (" ".join(text) if isinstance(text, list) else text.strip())


def test_roles_ticked_over_a_colleagues_change_stay_ticked_and_a_second_press_saves_them(make, browser):
    user, administrator = make.user("officer"), browser(make.user("administrator"))
    seen = str(user.version)
    administrator.post(f"/people/{user.id}", {"version": seen, "roles": ["finance"]})
    page = administrator.post(f"/people/{user.id}", {"version": seen, "roles": ["officer", "assessor"]})
    assert page.status_code == 409
    ticked = re.findall(r'name="roles" type="checkbox" value="(\w+)" checked', page.text)
    assert ticked == ["officer", "assessor"]
    again = {"version": version_in(page, str(user.id)), "roles": ticked}
    assert administrator.post(f"/people/{user.id}", again).status_code == 303
    assert make.person(user).office_roles == {"officer", "assessor"}


def test_one_number_too_many_stays_in_its_box(make, browser):
    organisation = make.organisation()
    for number in range(20):
        db.session.add(OrganisationIdentifier(org_id=f"GB-CHC-10000{number:02}", organisation_id=organisation.id))
    db.session.commit()
    officer = browser(make.user("officer"))
    seen = str(db.session.get(Organisation, organisation.id).version)
    page = officer.post(f"/organisations/{organisation.id}/numbers", {"scheme": "GB-CHC", "number": "1012345", "version": seen})
    assert page.status_code == 409
    assert "An organisation can have 20 numbers. Remove one first." in words_of(page) and value_of(page, "number") == "1012345"
