"""The last money of a round cannot be promised twice: two directors approve two decisions at the same moment."""

from __future__ import annotations

import threading
from uuid import UUID

from partnerhub import clock
from partnerhub.actions import decisions
from partnerhub.extensions import db
from partnerhub.models import Award, Decision
from partnerhub.queries.people import person_of
from partnerhub.rules.errors import Refusal
from partnerhub.rules.words import DecisionStatus
from tests.make import DECIDED
from tests.panel import FULL_ANSWERS, FULL_MARKS, panel


def test_of_two_who_approve_the_last_5000_pounds_one_succeeds_and_the_other_is_told(app, make):
    answers = FULL_ANSWERS | {"budget.r1.cost": "5,000.00"}
    at = panel(
        make, 2, funding_round=make.autumn_round(money=5_000_00, over_commitment=0), answers=answers, marks=FULL_MARKS, moderated=True
    )
    finance = make.user("finance")
    with clock.at(DECIDED):
        both = [decisions.start_decision(at.funding_round, 650, "So", {bid.id}, by=person_of(at.officer.id)) for bid in at.bids]
        for each in both:
            decisions.recommend(each, by=person_of(at.officer.id))
            decisions.sign_off(each, by=person_of(finance.id))
    directors = [make.user("director").id for _ in both]
    barrier, told = threading.Barrier(2), []

    def approve(decision_id: UUID, director_id: UUID) -> None:
        with app.app_context(), clock.at(DECIDED):
            try:
                decision, by = db.session.get_one(Decision, decision_id), person_of(director_id)
                barrier.wait()
                decisions.approve(decision, "None", by=by)
                told.append("approved")
            except Refusal as refusal:
                told.append(refusal.sentence)
            finally:
                db.session.remove()

    pairs = zip([each.id for each in both], directors, strict=True)
    threads = [threading.Thread(target=approve, args=pair) for pair in pairs]
    db.session.remove()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told)[1] == "approved"
    assert "gives £5,000.00, and only £0.00 is left" in sorted(told)[0]
    assert db.session.query(Award).count() == 1
    assert sorted(each.status for each in db.session.query(Decision)) == [DecisionStatus.APPROVED, DecisionStatus.RECOMMENDED]
