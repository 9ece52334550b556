"""Part of `partnerhub demo`: a round of a fund that has gone the whole way, through the actions and with the clock moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import select

from partnerhub import clock
from partnerhub.actions import applications, assessment, awards, decisions, letters, payments, returns, rounds
from partnerhub.catalogue.office import Office
from partnerhub.cli.typing_in import insist_kept, texts_of, typed_over
from partnerhub.extensions import db
from partnerhub.models import (
    Application,
    Assignment,
    Award,
    Fund,
    FundingRound,
    MonitoringReturn,
    Organisation,
    QuestionnaireVersion,
    ServiceAgreement,
)
from partnerhub.queries import assessment as queries
from partnerhub.queries.awards import agreement_of, owed_of
from partnerhub.queries.letters import letters_of_decision
from partnerhub.queries.payments import holds_of, is_settled, payments_of
from partnerhub.queries.questionnaires import definition
from partnerhub.rules import periods
from partnerhub.rules.decisions import Proposed
from partnerhub.rules.policy import Person
from partnerhub.rules.words import InterestStage, Outcome, PaymentStatus

Story = Iterator[tuple[datetime, Callable[[], None]]]

# What a group says of itself in the file, and the question that it answers.
ANSWERS = {
    "project": "project_name",
    "led": "zone_led",
    "plan": "plan",
    "assets": "strengths",
    "difference": "difference",
    "inclusion": "inclusion",
    "costs": "fair_costs",
    "people": "people_planned",
} | {key: key for key in ("zones", "postcode", "themes", "outputs", "budget")}


class GrantRound:
    """One file of `grant_rounds`: its organisations and people are made with those of the office, the rest in the order of time."""

    def __init__(self, office: Office, told: Mapping[str, Any]) -> None:
        self.office, self.told = office, told
        self.bids: list[Mapping[str, Any]] = told["bids"]
        self.applications: list[Application] = []

    @property
    def organisations(self) -> list[Mapping[str, Any]]:
        return [bid["organisation"] for bid in self.bids]

    @property
    def accounts(self) -> list[dict[str, Any]]:
        """A lead of each group."""
        return [
            {"email": _lead(each), "name": f"Lead of {each['name']}", "organisation": each["key"], "roles": ["lead"]}
            for each in self.organisations
        ]

    def begin(
        self, fund: Fund, form: QuestionnaireVersion, organisations: Mapping[str, Organisation], people: Mapping[str, Person]
    ) -> None:
        """What it stands on, once that is made."""
        self.fund, self.form, self.groups, self.people = fund, form, organisations, people

    def story(self) -> Story:
        """What happens, each at its moment."""
        days, told, office = self.told["days"], self.told["people"], self.office
        yield office.days_ago(days["opened"] + 10), self._announce
        for at, bid in zip(days["sent"], self.bids, strict=True):
            yield office.days_ago(at, "submit"), partial(self._apply, bid)
        yield office.days_ago(days["checked"]), self._check
        yield office.days_ago(days["shared"]), self._share
        for at, who in zip(days["marked"], enumerate(told["assessors"]), strict=True):
            yield office.days_ago(at), partial(self._mark, *who)
        yield office.days_ago(days["moderated"]), self._moderate
        yield office.days_ago(days["decided"]), self._decide
        yield office.days_ago(days["told"]), self._tell
        yield office.days_ago(days["published"]), self._publish
        for at, bid in zip(days["signed"], self.bids, strict=False):  # the bids stand in the order of the ranked list
            yield office.days_ago(at), partial(self._sign, bid)
        yield office.days_ago(days["countersigned"]), self._countersign
        for bid in self.bids[: len(days["signed"])]:
            yield office.days_ago(days["paid"]), partial(self._pay, bid, release=True)
        for bid in self.bids[: len(days["signed"])]:
            for about_the_end, ended in ((False, (bid["starts"] + bid["ends"]) // 2), (True, bid["ends"])):
                sent, read = ended - days["reported"], ended - days["reported"] - days["read"]
                if read > 0:
                    yield office.days_ago(sent, "submit"), partial(self._report, bid, about_the_end)
                    yield office.days_ago(read, "approve"), partial(self._accept, bid, about_the_end)

    def _announce(self) -> None:
        told, days = self.told["round"], self.told["days"]
        opens_at = self.office.days_ago(days["opened"], "open")
        details = {
            "year": periods.financial_year_of(opens_at.date()),
            "opens_at": opens_at,
            "closes_at": self.office.days_ago(days["closed"], "close"),
            "decided_by": self.office.working_day(-told["decided"]),
            "money": told["money"] * 100,
            "questionnaire_version_id": self.form.id,
            "assessors_per_bid": told["assessors"],
        }
        details |= {key: told[key] for key in ("number", "theme", "advertised", "over_commitment")}
        self.round: FundingRound = rounds.create_round(self.fund, details, by=self._officer)
        rounds.publish_round(self.round, by=self._officer)

    @property
    def _officer(self) -> Person:
        return self.people[self.told["people"]["officer"]]

    def _apply(self, bid: Mapping[str, Any]) -> None:
        organisation = self.groups[bid["organisation"]["key"]]
        by = self.people[_lead(bid["organisation"])]
        application = applications.start_application(organisation, self.round, by=by)
        said = self.told["answers"] | {question: bid[key] for key, question in ANSWERS.items()}
        said |= {"legal_name": organisation.name, "summary": f"{bid['project']}: an idea of {organisation.name}."}
        said |= {"start_date": self._day(bid["starts"]), "end_date": self._day(bid["ends"])}
        over = typed_over(application.submission_id, texts_of(definition(self.form.id), said))
        insist_kept(applications.save_answers(application, over, by=by).errors, organisation.name)
        _attach(applications.attach_file, application, self.told["document"], by)
        applications.submit_application(application, by=by)
        self.applications.append(application)

    def _day(self, ago: int) -> str:
        return self.office.working_day(-ago).isoformat()

    def _check(self) -> None:
        for each in self.applications:
            applications.confirm_application(each, by=self._officer)

    def _share(self) -> None:
        for email in self.told["people"]["assessors"]:
            assessment.state_interests(self.round, InterestStage.ASSIGNMENT, {}, by=self.people[email])
        assessment.share_out(self.round, by=self._officer)

    def _mark(self, number: int, email: str) -> None:
        """One assessor marks every bid."""
        by = self.people[email]
        given: dict[Any, Assignment] = {each.application_id: each for each in queries.assignments_of(by)}
        criteria = self._criteria
        for application, bid in zip(self.applications, self.bids, strict=True):
            marks = bid["marks"][number].split()
            typed = {}
            for key, mark in zip(criteria, marks, strict=True):
                typed |= {(key, "mark"): mark, (key, "reason"): self.told["reasons"][mark]}
            assessment.save_marks(given[application.id], typed, by=by)
            assessment.finish_marking(given[application.id], by=by)

    @property
    def _criteria(self) -> list[str]:
        scoring = definition(self.form.id).scoring
        return [each.key for each in scoring.criteria] if scoring else []

    def _moderate(self) -> None:
        chair = self.people[self.told["people"]["chair"]]
        assessment.state_interests(self.round, InterestStage.PANEL, {}, by=chair)
        for application, bid in zip(self.applications, self.bids, strict=True):
            for key, mark in bid.get("agreed", {}).items():
                assessment.agree_mark(application, key, str(mark), self.told["moderated"], by=chair)

    def _decide(self) -> None:
        """The line and what follows from it: recommended, signed off, approved."""
        told, people = self.told["decision"], {role: self.people[self.told["people"][role]] for role in ("chief_officer", "director")}
        self.decision = decisions.start_decision(self.round, told["line"] * 10, told["reason"].strip(), by=self._officer)
        for application, bid in zip(self.applications, self.bids, strict=True):
            part = told["part_awards"].get(bid["organisation"]["key"])
            if part:
                wanted = Proposed(Outcome.PART, part["amount"] * 100, part["items"], part["reason"])
                decisions.propose(self.decision, application.id, wanted, by=self._officer)
        decisions.recommend(self.decision, by=self._officer)
        decisions.sign_off(self.decision, by=people["chief_officer"])
        decisions.approve(self.decision, told["interests"], by=people["director"])

    def _tell(self) -> None:
        letters.draw_up(self.decision, by=self._officer)
        for each in letters_of_decision(self.decision.id):
            terms = each.facts["terms"]
            terms = terms | {"conditions": self.told["conditions"]} if terms else {}
            letters.write(each, each.text, self.told["feedback"], terms, by=self._officer)
            letters.finish(each, by=self._officer)
        letters.release(self.decision, by=self._officer)

    def _publish(self) -> None:
        decisions.publish(self.decision, by=self._officer)
        rounds.finish_round(self.round, by=self._officer)

    # grants

    def _award(self, bid: Mapping[str, Any]) -> Award:
        application = self.applications[self.bids.index(bid)]
        return db.session.scalars(select(Award).where(Award.application_id == application.id)).one()

    def _sign(self, bid: Mapping[str, Any]) -> None:
        award, by = self._award(bid), self.people[_lead(bid["organisation"])]
        awards.sign_for_partner(award, _digest(award), by.name, by=by)

    def _countersign(self) -> None:
        by = self.people[self.told["people"]["director"]]
        for each in db.session.scalars(select(Award).where(Award.round_id == self.round.id).order_by(Award.reference)).all():
            awards.sign_for_office(each, _digest(each), by.name, by=by)

    def _owed(self, bid: Mapping[str, Any], about_the_end: bool) -> MonitoringReturn | None:
        """The report at the end of its project or half-way; small grants have none half-way."""
        form_id = self.fund.report_form_id if about_the_end else self.fund.half_way_form_id
        owed = select(MonitoringReturn).join(MonitoringReturn.agreement)
        owed = owed.where(ServiceAgreement.award_id == self._award(bid).id, ServiceAgreement.questionnaire_id == form_id)
        return db.session.scalars(owed).one_or_none()

    def _report(self, bid: Mapping[str, Any], about_the_end: bool) -> None:
        owed, by = self._owed(bid, about_the_end), self.people[_lead(bid["organisation"])]
        if owed is None:
            return
        form = definition(owed.questionnaire_version_id)
        planned = [row["from_grant"] for row in bid["budget"]]
        spent = bid.get("spent", planned if about_the_end else [round(each / 2, 2) for each in planned])
        said = self.told["reports"] | {"people_took_part": bid["people"], "unspent_wish": bid.get("unspent_wish", "")}
        said |= {"actual_start": self._day(bid["starts"]), "actual_end": self._day(bid["ends"])}
        said["budget"] = [
            {"item": row["item"], "from_grant": row["from_grant"], "actual_from_grant": each}
            | ({"reason": bid["spent_otherwise"]} if about_the_end and "spent_otherwise" in bid else {})
            for row, each in zip(bid["budget"], spent, strict=True)
        ]
        texts = {place: text for place, text in texts_of(form, said).items() if text}
        insist_kept(returns.save_answers(owed, typed_over(owed.submission_id, texts), by=by).errors, bid["project"])
        if self.told["receipts"]["question"] in form.questions:
            _attach(returns.attach_file, owed, self.told["receipts"], by)
        returns.submit_return(owed, by=by)

    def _accept(self, bid: Mapping[str, Any], about_the_end: bool) -> None:
        owed = self._owed(bid, about_the_end)
        if owed is None:
            return
        returns.approve_return(owed, by=self._officer)
        if about_the_end:
            award = self._award(bid)
            if not is_settled(award, payments_of(award.id)):
                payments.settle_underspend(award, by=self.people[self.told["people"]["finance"][0]])
            self._pay(bid, release=bid["organisation"]["key"] not in self.told["still_to_release"])
            if not owed_of(award):
                awards.complete_award(award, by=self._officer)

    def _pay(self, bid: Mapping[str, Any], *, release: bool) -> None:
        """What nothing holds is prepared by one person of finance, and let go by the second."""
        prepares, lets_go = (self.people[email] for email in self.told["people"]["finance"])
        award = self._award(bid)
        if award.payee_checked_at is None:
            payments.check_payee(award, f"Supplier {award.reference[-4:]}", by=prepares)
        held = holds_of(award, payments_of(award.id), clock.today())
        for each in payments_of(award.id):
            if each.status == PaymentStatus.PLANNED and not held[each.id]:
                payments.prepare_payment(each, by=prepares)
                if release:
                    payments.release_payment(each, by=lets_go)


def _digest(award: Award) -> str:
    """Of the words that whoever signs has before them."""
    agreement = agreement_of(award.id)
    return agreement.digest if agreement else ""


def _lead(organisation: Mapping[str, Any]) -> str:
    return f"lead@{organisation['key']}.example"


def _attach(attach: Callable[..., Any], to: Any, paper: Mapping[str, str], by: Person) -> None:
    attach(to, paper["question"], paper["name"], paper["text"].encode(), current_app.config["HUB"].files_folder, by=by)
