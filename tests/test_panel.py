"""The maker of a round at its panel brings every bid as far as it says."""

from partnerhub.extensions import db
from partnerhub.models import Application, Assignment, Moderation
from partnerhub.rules.words import ApplicationStatus
from tests.panel import FULL_MARKS, panel


def test_bids_are_sent_confirmed_and_given_to_all_assessors(make):
    made = panel(make)
    bids = db.session.query(Application).all()
    assert {each.status for each in bids} == {ApplicationStatus.ASSESSMENT}
    assert [each.number for each in made.bids] == list(range(1, 13))
    assert db.session.query(Assignment).count() == 36


def test_bids_are_marked_and_moderated(make):
    made = panel(make, marks=FULL_MARKS, moderated=True)
    db.session.expire_all()
    assert {each.status for each in made.bids} == {ApplicationStatus.MODERATED}
    agreed = db.session.query(Moderation).all()
    assert {(each.criterion, each.mark) for each in agreed} == {("need", 3), ("cost", 2)}
