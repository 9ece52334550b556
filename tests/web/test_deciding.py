"""Reading a version and deciding: a way from each figure to its box, and a confirmation that says what approving changes."""

import pytest
from lxml import html

from partnerhub.extensions import db
from partnerhub.models import MonitoringReturn

SAID = {"referrals": "12", "seen": "12", "helped.number": "5", "helped.out_of": "6"}


class Story:
    def __init__(self, make, browser):
        self.organisation = make.organisation()
        self.due = make.monitoring_return(make.agreement(provider=self.organisation))
        self.lead, self.officer = browser(make.lead(self.organisation)), browser(make.user("officer"))

    def send(self, revision, **said):
        typed = SAID | said
        fields = {f"a.{name}": text for name, text in typed.items()} | {f"r.{name}": str(revision) for name in typed}
        assert self.lead.post(f"/returns/{self.due.id}/answers?section=numbers", fields).status_code == 303
        assert self.lead.sign(f"/returns/{self.due.id}").status_code == 303

    def decide(self, what, **fields):
        db.session.expire_all()
        version = db.session.get(MonitoringReturn, self.due.id).version
        return self.officer.post(f"/returns/{self.due.id}/{what}", {"version": str(version), **fields})

    def page(self, number, who=None):
        return html.fromstring((who or self.officer).get(f"/returns/{self.due.id}/versions/{number}").text)


@pytest.fixture
def story(make, browser):
    return Story(make, browser)


def confirmation(page):
    [folded] = page.xpath("//details[summary[contains(., 'Approve this version')]]")
    assert folded.xpath(".//button/text()") == ["Yes, approve"]
    assert len(page.xpath("//form[contains(@action, '/approve')]")) == 1
    return " ".join(folded.xpath("string(div/p)").split())


def test_approving_is_confirmed_and_says_what_it_changes(story, make):
    story.send(0)
    said = confirmation(story.page(1))
    programme = db.session.get(MonitoringReturn, story.due.id).programme.name
    assert said == (
        f"This makes 2 figures count in the summary of {programme} for 2022-23 Q1, and for every longer period that it is part of. "
        "No figure that counts now is restated."
    )
    assert story.decide("approve").status_code == 303
    story.decide("reopen", reason="A mistake", until="27 3 2098")
    story.send(1, referrals="14", seen="14")
    assert confirmation(story.page(2)).endswith("It takes the place of 2 figures that counted until now.")


def test_each_figure_leads_to_its_box_while_it_can_be_asked_about(story):
    story.send(0)
    page = story.page(1)
    for key in ("referrals", "referrals_by_sex", "seen", "helped", "story"):
        assert page.xpath(f"//*[@id='question-{key}']//a[@href='#ask-{key}']"), key
        assert page.xpath(f"//textarea[@id='ask-{key}']"), key
    assert not story.page(1, story.lead).xpath("//a[starts-with(@href, '#ask-')]")
    story.decide("approve")
    assert not story.page(1).xpath("//a[starts-with(@href, '#ask-')]")
