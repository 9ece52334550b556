"""Filling in, as people meet it: what is ticked, half typed, owed, asked or cannot be checked is said where it is looked for."""

import copy

import pytest

from partnerhub.queries.submissions import cells_of
from tests.browser import words_of
from tests.make import SMALL_RETURN

DOCUMENT = copy.deepcopy(SMALL_RETURN)
DOCUMENT["sections"][0]["questions"] += [
    {"key": "open_start", "type": "whole_number", "label": "Open at start", "carry_forward": "open_end", "required": False},
    {"key": "open_end", "type": "whole_number", "label": "Open at end", "required": False},
]
DOCUMENT["checks"] = [
    *DOCUMENT["checks"],
    {
        "key": "opens_as_it_closed",
        "left": "open_start",
        "operator": "=",
        "right": "previous(open_end)",
        "severity": "stops",
        "message": "Open at start must be what was open at the end of last quarter. Ask for it to be reopened",
    },
]
NUMBERS = {"referrals": "12", "seen": "12", "helped.number": "5", "helped.out_of": "6"}


@pytest.fixture
def story(make, browser):
    """A provider with a return that is due, a member who fills it in, and the lead."""

    class Story:
        organisation = make.organisation("Example Harbour Project")
        agreement = make.agreement(provider=organisation, version=make.version(DOCUMENT))
        due = make.monitoring_return(agreement, "2022-23 Q2")
        lead = browser(make.lead(organisation, name="Lead One", email="lead.one@harbour.example"))
        member = browser(make.member(organisation, name="Member One"))
        officer = browser(make.user("officer", name="Officer One"))

        def save(self, *, owed=None, htmx=False, then="stay", tick="", **cells):
            owed = owed or self.due
            stored = {"a": cells, "r": {name: str(self.revision(owed, name)) for name in cells}}
            data = {f"{letter}.{name}": text for letter, said in stored.items() for name, text in said.items()} | {"then": then}
            return self.member.post(f"/returns/{owed.id}/answers?section=numbers", data | ({f"n.{tick}": "1"} if tick else {}), htmx=htmx)

        def revision(self, owed, name):
            key, _, cell = name.partition(".")
            stored = cells_of(owed.submission_id).get((key, cell))
            return stored.revision if stored else 0

        def stored(self, key, cell=""):
            return cells_of(self.due.submission_id)[key, cell].text

        def page(self, rest="", owed=None):
            return self.member.get(f"/returns/{(owed or self.due).id}{rest}")

    return Story()


def test_a_tick_beside_the_figure_that_is_stored_counts(story):
    story.save(referrals="7")
    assert story.save(referrals="7", tick="referrals").status_code == 303
    assert story.stored("referrals") == "not-applicable"


def test_a_tick_stays_when_the_page_is_sent_with_the_figure_still_in_its_box_and_it_is_said(story):
    story.save(referrals="7")
    story.save(referrals="7", tick="referrals")
    again = story.save(referrals="7", tick="referrals", then="next")
    assert again.status_code == 422
    assert story.stored("referrals") == "not-applicable"
    page = words_of(again)
    assert "There is a problem" in page
    assert "You ticked “Not applicable” and gave an answer as well. It counts as not applicable." in page
    assert 'value="7"' in again.text
    assert story.save(referrals="7").status_code == 303
    assert story.stored("referrals") == "7"


def test_a_breakdown_asks_for_no_correction_before_its_last_cell(story):
    story.save(referrals="12")
    first = words_of(story.save(htmx=True, **{"referrals_by_sex.female": "7"}))
    assert "5 to go" in first
    assert "Correct this" not in first
    assert "5 too few" in words_of(story.page("/check"))
    story.save(**{"referrals_by_sex.male": "0"})
    last = words_of(story.save(htmx=True, **{"referrals_by_sex.not_known": "4"}))
    assert "Correct this" in last
    assert "1 too few" in last
    assert "9 too many" in words_of(story.save(htmx=True, **{"referrals_by_sex.female": "17"}))


def test_too_many_in_a_breakdown_is_wrong_at_once(story):
    story.save(referrals="12")
    assert "3 too many" in words_of(story.save(htmx=True, **{"referrals_by_sex.female": "15"}))


def test_going_on_from_a_section_says_what_it_still_owes(story):
    moved = story.save(then="next", **NUMBERS | {"seen": "11"})
    assert moved.location.endswith("/sections/words")
    page = story.member.get(moved.location)
    assert "Important Saved, but “Numbers” is not finished. “People seen” needs a reason." in words_of(page)
    assert "govuk-notification-banner--success" not in page.text
    moved = story.save(then="next", seen="12")
    said = words_of(story.member.get(moved.location))
    assert "Saved." in said
    assert "not finished" not in said


def test_a_check_that_cannot_be_made_is_said_and_no_more_once_it_can(story, make):
    said = "so this is not checked. Please check it yourself: Open at start must be what was open at the end of last quarter"
    assert said in words_of(story.page("/sections/numbers"))
    assert said in words_of(story.page("/check"))
    assert "not checked" not in words_of(story.page("/sections/words"))
    story.save(open_end="9", **NUMBERS)
    assert story.lead.sign(f"/returns/{story.due.id}").status_code == 303
    later = make.monitoring_return(story.agreement, "2022-23 Q3")
    page = words_of(story.page("/sections/numbers", later))
    assert "not checked" not in page


def test_filled_in_from_last_time_is_said_where_it_is_so_and_until_somebody_types(story, make):
    said = "filled in from what was said before; you can change it"
    assert said not in words_of(story.page("/sections/numbers"))
    story.save(open_end="9", **NUMBERS)
    assert story.lead.sign(f"/returns/{story.due.id}").status_code == 303
    later = make.monitoring_return(story.agreement, "2022-23 Q3")
    assert said in words_of(story.page("/sections/numbers", later))
    story.save(owed=later, referrals="3")
    assert said in words_of(story.page("/sections/numbers", later))
    story.save(owed=later, open_start="8")
    assert said not in words_of(story.page("/sections/numbers", later))


def test_the_first_button_of_a_return_starts_it_until_something_is_answered(story):
    assert "Start with Numbers" in words_of(story.page())
    story.save(referrals="3")
    page = story.page()
    assert "Start with" not in words_of(page)
    assert 'class="govuk-button">Check your answers</a>' in page.text


def test_a_member_is_told_who_can_send(story):
    page = story.page("/check")
    assert "Tell them that it is ready. Lead One, lead.one@harbour.example" in words_of(page)
    assert 'href="mailto:lead.one@harbour.example"' in page.text
    assert "Tell them" not in words_of(story.lead.get(f"/returns/{story.due.id}/check"))


def test_without_a_script_nobody_is_told_that_answers_are_saved_as_they_are_typed(story):
    page = story.page().text
    assert "<span data-with-script hidden>Every answer is saved as you type it.</span><noscript>" in page


def sent_back(story, question="referrals"):
    story.save(**NUMBERS)
    assert story.lead.sign(f"/returns/{story.due.id}").status_code == 303
    number = story.officer.get(f"/returns/{story.due.id}/versions/1")
    version = number.text.split('name="version" value="')[1].split('"')[0]
    asked = {"version": version, f"ask.{question}" if question else "ask": "Is this right?"}
    assert story.officer.post(f"/returns/{story.due.id}/query", asked).status_code == 303


def test_a_question_without_a_reply_is_named_at_the_top_of_the_check_page_and_in_the_list_of_sections(story):
    sent_back(story)
    check = words_of(story.page("/check"))
    assert "1 question of the office has no reply yet" in check.split("Numbers")[0]
    assert "Referrals received : Is this right?" in check.split("Everything else that is needed is here.")[0]
    sections = words_of(story.page())
    assert "1 question of the office without a reply Needs attention" in sections
    story.member.post(
        f"/returns/{story.due.id}/answers?section=numbers", {"a.referrals.reply.1": "Yes, we counted again.", "r.referrals.reply.1": "0"}
    )
    assert "no reply yet" not in words_of(story.page("/check"))
    assert "without a reply" not in words_of(story.page())


def test_a_question_about_the_whole_return_leads_to_the_box_for_its_reply(story):
    sent_back(story, "")
    page = story.page("/check")
    assert "About the return as a whole : Is this right?" in words_of(page)
    assert f'href="/returns/{story.due.id}#questions"' in page.text


def test_a_declaration_that_is_not_ticked_comes_back_as_every_other_error(story):
    story.save(**NUMBERS)
    page = story.lead.get(f"/returns/{story.due.id}/check").text
    form = page[page.index(f'action="/returns/{story.due.id}/submit"') :].split(">")[0]
    assert "novalidate" in form
    refused = story.lead.sign(f"/returns/{story.due.id}", declaration="")
    assert refused.status_code == 422
    assert words_of(refused).count("Tick the declaration before you send.") == 2
