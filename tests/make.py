"""`make.…(…)`: rows for tests, each with sensible values where the test does not care."""

from __future__ import annotations

import hashlib
import itertools
import json
from datetime import UTC, date, datetime
from typing import Any

from partnerhub.extensions import db
from partnerhub.models import (
    AgreementTemplate,
    Application,
    Award,
    BidWorkshop,
    Decision,
    Fund,
    FundingRound,
    GrantAgreement,
    JoinRequest,
    Letter,
    Membership,
    MonitoringReturn,
    Organisation,
    OrganisationDocument,
    Payment,
    Priority,
    Programme,
    Questionnaire,
    QuestionnaireVersion,
    Registration,
    ReportingPeriod,
    Service,
    ServiceAgreement,
    StoredFile,
    Submission,
    User,
    Variation,
)
from partnerhub.queries.people import person_of
from partnerhub.rules import periods
from partnerhub.rules.policy import Person
from partnerhub.rules.words import (
    ApplicationStatus,
    AwardStatus,
    DecisionStatus,
    Frequency,
    FundingRoundStatus,
    JoinStatus,
    LetterStatus,
    OrganisationKind,
    Outcome,
    PartnerRole,
    PaymentStatus,
    QuestionnaireStatus,
    RegistrationStatus,
    ReturnStatus,
)

LONG_AGO = datetime(2022, 1, 5, 9, 0, tzinfo=UTC)

# A small return: two counts that must agree, a percentage, a breakdown, a text.
SMALL_RETURN: dict[str, Any] = {
    "questionnaire": "small_return",
    "title": "Small quarterly return",
    "kind": "return",
    "indicators": [
        {
            "key": "referrals",
            "label": "Referrals",
            "measure": "sum",
            "over_providers": "sum",
            "unit": "referrals",
            "decimals": 0,
            "direction": "neutral",
            "breakdowns": ["sex"],
        },
        {
            "key": "helped",
            "label": "People helped",
            "measure": "pooled_share",
            "over_providers": "pooled_share",
            "unit": "people",
            "decimals": 0,
            "direction": "higher",
        },
    ],
    "breakdowns": {
        "sex": [{"key": "female", "label": "Female"}, {"key": "male", "label": "Male"}, {"key": "not_known", "label": "Not known"}]
    },
    "sections": [
        {
            "key": "numbers",
            "title": "Numbers",
            "questions": [
                {"key": "referrals", "type": "whole_number", "label": "Referrals received", "required": True, "indicator": "referrals"},
                {"key": "referrals_by_sex", "type": "breakdown", "label": "By sex", "of": "referrals", "breakdown": "sex"},
                {"key": "seen", "type": "whole_number", "label": "People seen", "required": True},
                {
                    "key": "helped",
                    "type": "percentage",
                    "label": "People helped",
                    "indicator": "helped",
                    "number_label": "helped",
                    "out_of_label": "asked",
                },
            ],
        },
        {
            "key": "words",
            "title": "In your own words",
            "questions": [{"key": "story", "type": "long_text", "label": "What went well", "limit": {"words": 20}}],
        },
    ],
    "checks": [
        {
            "key": "seen_is_referrals",
            "left": "seen",
            "operator": "=",
            "right": "referrals",
            "blanks": "skip_if_any",
            "severity": "asks",
            "message": "People seen should equal referrals",
        }
    ],
}

# A small application: questions that decide whether one can apply, a text that is marked, documents asked for at different times.
SMALL_APPLICATION: dict[str, Any] = {
    "questionnaire": "small_application",
    "title": "Small grant application",
    "kind": "application",
    "about": "For groups that want to do something good.",
    "sections": [
        {
            "key": "eligibility",
            "title": "Can you apply?",
            "questions": [
                {
                    "key": "in_area",
                    "type": "yes_no",
                    "label": "Is your project in our area?",
                    "required": True,
                    "stop_if": "in_area == 'no'",
                    "stop_message": "This fund is only for projects in our area.",
                },
                {
                    "key": "applying_as",
                    "type": "single_choice",
                    "label": "What are you?",
                    "required": True,
                    "options": [{"key": "group", "label": "A group"}, {"key": "business", "label": "A business"}],
                },
                {
                    "key": "is_free",
                    "type": "yes_no",
                    "label": "Will it be free for those who come?",
                    "help": "Businesses may apply only if it is.",
                    "required": True,
                    "show_if": "applying_as == 'business'",
                    "stop_if": "is_free == 'no'",
                    "stop_message": "A business can apply only if it is free.",
                },
                {"key": "met_us", "type": "yes_no", "label": "Have you met us?", "required": False},
            ],
        },
        {
            "key": "idea",
            "title": "Your idea",
            "questions": [
                {
                    "key": "need",
                    "type": "long_text",
                    "label": "What is the need?",
                    "help": "Say how you know.",
                    "why": "We want to fund what is missing.",
                    "required": True,
                    "limit": {"words": 200},
                    "score": "need",
                },
                {"key": "costs", "type": "money", "label": "How much do you ask for?", "required": True, "score": "value"},
            ],
        },
        {
            "key": "papers",
            "title": "Papers",
            "questions": [
                {"key": "rules", "type": "file", "label": "Your constitution", "required": True},
                {"key": "insurance", "type": "file", "label": "Your insurance", "required": "before_payment"},
            ],
        },
    ],
    "scoring": {
        "scale": {"min": 0, "max": 5, "anchors": {"0": "Not answered", "3": "Adequate", "5": "Excellent"}},
        "criteria": [{"key": "need", "label": "Need", "weight": 60}, {"key": "value", "label": "Value for money", "weight": 40}],
        "line": 65,
    },
}


# A small application: an amount that adds itself up, a contact, a document, two criteria.
FULL_APPLICATION: dict[str, Any] = {
    "questionnaire": "full_application",
    "title": "Full application",
    "kind": "application",
    "sections": [
        {
            "key": "project",
            "title": "Your project",
            "questions": [
                {"key": "project_name", "type": "short_text", "label": "Project name", "required": True, "limit": {"characters": 80}},
                {
                    "key": "need",
                    "type": "long_text",
                    "label": "Why is it needed?",
                    "limit": {"words": 20},
                    "required": True,
                    "score": "need",
                },
                {"key": "contact", "type": "email", "label": "Contact's e-mail"},
            ],
        },
        {
            "key": "money",
            "title": "Money",
            "questions": [
                {
                    "key": "budget",
                    "type": "table",
                    "label": "Budget",
                    "required": True,
                    "limit": {"rows": 10},
                    "totals": ["cost"],
                    "columns": [
                        {"key": "item", "type": "short_text", "label": "Item", "required": True},
                        {"key": "cost", "type": "money", "label": "Cost", "required": True, "limit": {"min": 0}},
                    ],
                },
                {
                    "key": "amount_requested",
                    "type": "computed",
                    "label": "Amount you are asking for",
                    "decimals": 2,
                    "value": "column(budget, 'cost')",
                    "score": "cost",
                },
                {"key": "policy", "type": "file", "label": "Policy", "limit": {"files": 1, "megabytes": 1}},
            ],
        },
    ],
    "checks": [
        {
            "key": "within_round",
            "left": "amount_requested",
            "operator": "<=",
            "right": "award_max",
            "blanks": "skip_if_any",
            "severity": "stops",
            "message": "This is more than the round allows",
        }
    ],
    "scoring": {
        "scale": {"min": 0, "max": 5, "anchors": {0: "Not answered", 5: "Excellent"}},
        "criteria": [{"key": "need", "label": "Need", "weight": 60}, {"key": "cost", "label": "Cost", "weight": 40}],
        "line": 65,
    },
}
OPENED = datetime(2024, 9, 30, 8, 0, tzinfo=UTC)
CLOSED = datetime(2024, 10, 28, 17, 0, tzinfo=UTC)
DECIDED = datetime(2024, 11, 29, 12, 0, tzinfo=UTC)
APPROVED = datetime(2024, 12, 16, 11, 0, tzinfo=UTC)
OFFERED = datetime(2024, 12, 20, 10, 0, tzinfo=UTC)
AGREED = datetime(2025, 1, 3, 15, 30, tzinfo=UTC)
SIGNED = (AwardStatus.AGREED, AwardStatus.COMPLETED, AwardStatus.ENDED)


class Make:
    """Each method adds, commits and gives back one row."""

    def __init__(self) -> None:
        self.counter = itertools.count(1)

    def _kept(self, row: Any) -> Any:
        db.session.add(row)
        db.session.commit()
        return row

    def organisation(self, name: str = "", **rest: Any) -> Organisation:
        return self._kept(
            Organisation(
                name=name or f"Example organisation {next(self.counter)}", kind=OrganisationKind.CHARITY, created_at=LONG_AGO, **rest
            )
        )

    def document(self, organisation: Organisation | None = None, kind: str = "safeguarding_policy", **rest: Any) -> OrganisationDocument:
        """A row of a document that is kept; of its content there is nothing on disk."""
        values = {"name": f"{kind}.pdf", "media_type": "application/pdf", "size": 4_000, "digest": "d" * 64, "at": LONG_AGO}
        file = self._kept(StoredFile(**values))
        return self._kept(
            OrganisationDocument(organisation_id=(organisation or self.organisation()).id, kind=kind, file_id=file.id, **rest)
        )

    def user(self, *roles: str, name: str = "", email: str = "", **rest: Any) -> User:
        """A person with office roles."""
        number = next(self.counter)
        user = self._kept(User(name=name or f"Person {number}", email=email or f"person{number}@example.org", created_at=LONG_AGO, **rest))
        for role in roles:
            self._kept(Membership(user_id=user.id, role=role, since=LONG_AGO))
        return user

    def member(self, organisation: Organisation, role: str = PartnerRole.MEMBER, **rest: Any) -> User:
        user = self.user(**rest)
        self._kept(Membership(user_id=user.id, organisation_id=organisation.id, role=role, since=LONG_AGO))
        return user

    def lead(self, organisation: Organisation, **rest: Any) -> User:
        return self.member(organisation, PartnerRole.LEAD, **rest)

    def insider(self, role: str, organisation: Organisation) -> User:
        """A person of the office who leads an organisation, too."""
        user = self.user(role)
        self._kept(Membership(user_id=user.id, organisation_id=organisation.id, role=PartnerRole.LEAD, since=LONG_AGO))
        return user

    def viewer(self, programme: Programme, **rest: Any) -> User:
        user = self.user(**rest)
        self._kept(Membership(user_id=user.id, programme_id=programme.id, role="viewer", since=LONG_AGO))
        return user

    def person(self, user: User) -> Person:
        """The user as the policy sees them."""
        return person_of(user.id)

    def programme(self, slug: str = "", **rest: Any) -> Programme:
        number = next(self.counter)
        return self._kept(
            Programme(slug=slug or f"programme-{number}", name=rest.pop("name", f"Programme {number}"), created_at=LONG_AGO, **rest)
        )

    def service(self, programme: Programme | None = None, name: str = "", **rest: Any) -> Service:
        programme = programme or self.programme()
        return self._kept(Service(programme_id=programme.id, name=name or f"Service {next(self.counter)}", **rest))

    def period(self, label: str = "2022-23 Q1", due_on: date | None = None) -> ReportingPeriod:
        found = db.session.query(ReportingPeriod).filter_by(label=label).one_or_none()
        if found:
            return found
        period = periods.parse(label)
        return self._kept(
            ReportingPeriod(
                label=period.label, kind=period.kind, starts=period.starts, ends=period.ends, due_on=due_on or periods.due_on(period)
            )
        )

    def version(
        self, document: dict[str, Any] | None = None, *, status: str = QuestionnaireStatus.PUBLISHED, number: int = 1
    ) -> QuestionnaireVersion:
        """A questionnaire (made when its key is new) with one version of this document."""
        document = document or SMALL_RETURN
        key = document["questionnaire"]
        questionnaire = db.session.query(Questionnaire).filter_by(key=key).one_or_none() or self._kept(
            Questionnaire(key=key, title=document["title"], kind=document["kind"])
        )
        written = json.dumps(document, sort_keys=True)
        return self._kept(
            QuestionnaireVersion(
                questionnaire_id=questionnaire.id,
                number=number,
                status=status,
                document=document,
                digest=hashlib.sha256(written.encode()).hexdigest(),
                published_at=LONG_AGO if status == QuestionnaireStatus.PUBLISHED else None,
            )
        )

    def agreement(
        self, service: Service | None = None, provider: Organisation | None = None, version: QuestionnaireVersion | None = None, **rest: Any
    ) -> ServiceAgreement:
        service = service or self.service()
        provider = provider or self.organisation()
        version = version or db.session.query(QuestionnaireVersion).first() or self.version()
        values = {
            "reference": f"SA-{next(self.counter)}",
            "frequency": Frequency.QUARTER,
            "starts": date(2022, 4, 1),
            "ends": date(2023, 3, 31),
            "created_at": LONG_AGO,
        } | rest
        return self._kept(
            ServiceAgreement(
                service_id=service.id,
                programme_id=service.programme_id,
                organisation_id=provider.id,
                questionnaire_id=version.questionnaire_id,
                **values,
            )
        )

    def monitoring_return(
        self,
        agreement: ServiceAgreement | None = None,
        period: str | ReportingPeriod = "2022-23 Q1",
        version: QuestionnaireVersion | None = None,
        **rest: Any,
    ) -> MonitoringReturn:
        """A return as the agreement draws it up: due, with an empty submission."""
        agreement = agreement or self.agreement()
        period = self.period(period) if isinstance(period, str) else period
        version = version or db.session.query(QuestionnaireVersion).filter_by(questionnaire_id=agreement.questionnaire_id).first()
        submission = self._kept(
            Submission(questionnaire_version_id=version.id, organisation_id=agreement.organisation_id, created_at=LONG_AGO)
        )
        values = {"due_on": period.due_on, "status": ReturnStatus.DUE} | rest
        return self._kept(
            MonitoringReturn(
                agreement_id=agreement.id,
                service_id=agreement.service_id,
                programme_id=agreement.programme_id,
                organisation_id=agreement.organisation_id,
                period_id=period.id,
                questionnaire_version_id=version.id,
                submission_id=submission.id,
                **values,
            )
        )

    def fund(self, name: str = "", **rest: Any) -> Fund:
        number = next(self.counter)
        values = {
            "code": f"F{number}",
            "purpose": "To make people safer.",
            "not_funded": "Fences\nLarge vehicles",
            "area": "Leicester, Leicestershire and Rutland",
            "cap": 10_000_00,
            "duration_months": 12,
            "kinds": ["group", "charity"],
        } | rest
        return self._kept(Fund(name=name or f"Example fund {number}", created_at=LONG_AGO, **values))

    def funding_round(self, fund: Fund | None = None, version: QuestionnaireVersion | None = None, **rest: Any) -> FundingRound:
        """A round that is published and open on 27 September 2025, unless something else is said."""
        fund = fund or self.fund()
        version = (
            version
            or db.session.query(QuestionnaireVersion).join(Questionnaire).filter_by(key="small_application").first()
            or self.version(SMALL_APPLICATION)
        )
        values = {
            "year": 2025,
            "number": next(self.counter),
            "opens_at": datetime(2025, 9, 1, 8, tzinfo=UTC),
            "closes_at": datetime(2025, 10, 6, 11, tzinfo=UTC),
            "decided_by": date(2025, 12, 1),
            "money": 100_000_00,
            "over_commitment": 5,
            "status": FundingRoundStatus.PUBLISHED,
            "created_at": LONG_AGO,
        } | rest
        if values["status"] != FundingRoundStatus.DRAFT:
            values = {"published_at": LONG_AGO, "promised": fund.terms.to_keep()} | values
        made = self._kept(FundingRound(fund_id=fund.id, questionnaire_version_id=version.id, **values))
        assert made.fund and made.questionnaire_version  # at hand also when the session is another one
        return made

    def autumn_round(self, fund: Fund | None = None, **rest: Any) -> FundingRound:
        """A published round that was open from 30 September to 28 October 2024, 5pm, with FULL_APPLICATION."""
        version = db.session.query(QuestionnaireVersion).join(Questionnaire).filter_by(key="full_application").first()
        values = {"year": 2024, "opens_at": OPENED, "closes_at": CLOSED, "money": 4_000_000} | rest
        return self.funding_round(fund, version or self.version(FULL_APPLICATION), **values)

    def application(self, funding_round: FundingRound | None = None, organisation: Organisation | None = None, **rest: Any) -> Application:
        """A draft with nothing in it, of a round of 2024-25."""
        funding_round = funding_round or self.autumn_round()
        organisation = organisation or self.organisation()
        version = funding_round.questionnaire_version_id
        submission = self._kept(Submission(questionnaire_version_id=version, organisation_id=organisation.id, created_at=OPENED))
        values = {"status": ApplicationStatus.DRAFT, "created_at": OPENED} | rest
        return self._kept(
            Application(
                fund_id=funding_round.fund_id,
                round_id=funding_round.id,
                organisation_id=organisation.id,
                questionnaire_version_id=version,
                submission_id=submission.id,
                **values,
            )
        )

    def decision(self, funding_round: FundingRound | None = None, **rest: Any) -> Decision:
        """An approved decision of a round, with no applications in it (`award` adds one)."""
        funding_round = funding_round or self.autumn_round()
        values = {
            "status": DecisionStatus.APPROVED,
            "year": 2024,
            "number": next(self.counter),
            "line": 650,
            "line_reason": "It keeps to the money.",
            "title": f"Awards of {funding_round.name}",
            "created_at": DECIDED,
            "approved_at": DECIDED,
            "publish_by": date(2024, 12, 4),
        } | rest
        return self._kept(Decision(round_id=funding_round.id, **values))

    def letter(self, decision: Decision, application: Application, *, status: str = LetterStatus.DRAFT, **rest: Any) -> Letter:
        """A no, with one weak criterion; released on 20 December 2024 where `status` says so."""
        weak = {"key": "need", "label": "Need (60%)", "mark": "2 of 5", "average": "4", "weak": True}
        facts = {
            "reference": application.reference or "Draft",
            "organisation": application.organisation.name,
            "round": application.funding_round.name,
            "project": "Evenings for young people",
            "opening": "We are sorry that the answer is no.",
            "criteria": [weak],
            "place": None,
            "terms": {},
            **dict.fromkeys(("amount", "asked", "items", "paid", "reached", "compared", "next_round"), ""),
            **dict.fromkeys(("documents", "reports"), ()),
        }
        values = {
            "outcome": Outcome.DECLINE,
            "text": "Thank you.",
            "feedback": {"need": {"strength": "It is clear.", "improvement": "Say how many will come."}},
            "facts": facts | rest.pop("facts", {}),
            "released_at": OFFERED if status == LetterStatus.RELEASED else None,
        } | rest
        return self._kept(
            Letter(
                decision_id=decision.id,
                application_id=application.id,
                round_id=application.round_id,
                organisation_id=application.organisation_id,
                status=status,
                **values,
            )
        )

    def award(
        self, application: Application | None = None, *, decision: Decision | None = None, status: str = AwardStatus.OFFERED, **rest: Any
    ) -> Award:
        """£7,940.00 for a project of a year, offered on 20 December 2024; with its agreement, signed by both from AGREED on."""
        number = next(self.counter)
        application = application or self.application(status=ApplicationStatus.APPROVED)
        application.reference = application.reference or f"{application.funding_round.reference}-{9000 + number}"
        decision = decision or self.decision(application.funding_round)
        is_offered = status != AwardStatus.APPROVED
        values = {
            "amount": 7_940_00,
            "project": "Evenings for young people",
            "starts": date(2025, 1, 6),
            "ends": date(2025, 12, 31),
            "approved_at": APPROVED,
            "offered_at": OFFERED if is_offered else None,
            "answer_by": date(2025, 1, 17) if is_offered else None,
            "agreed_at": AGREED if status in SIGNED else None,
            "created_at": APPROVED,
        } | rest
        award = self._kept(
            Award(
                application_id=application.id,
                decision_id=decision.id,
                round_id=application.round_id,
                fund_id=application.fund_id,
                organisation_id=application.organisation_id,
                reference=application.reference,
                status=status,
                **values,
            )
        )
        if is_offered:
            self.grant_agreement(award, is_signed=status in SIGNED)
        return award

    def grant_agreement(self, award: Award, text: str = "You use the grant for the project.", *, is_signed: bool = False) -> GrantAgreement:
        """The words of an award, the next number; signed by a lead and by a director where it is said."""
        template = db.session.query(AgreementTemplate).first() or self._kept(
            AgreementTemplate(number=1, title="Grant agreement", text=text, created_at=LONG_AGO)
        )
        signed = {}
        if is_signed:
            lead, director = self.lead(award.organisation), self.user("director")
            signed = {
                "partner_signed_by_id": lead.id,
                "partner_signed_at": AGREED,
                "office_signed_by_id": director.id,
                "office_signed_at": AGREED,
            }
        made = self._kept(
            GrantAgreement(
                award_id=award.id,
                round_id=award.round_id,
                organisation_id=award.organisation_id,
                number=len(award.agreements) + 1,
                template_id=template.id,
                text=text,
                digest=hashlib.sha256(text.encode()).hexdigest(),
                made_at=OFFERED,
                **signed,
            )
        )
        db.session.expire(award, ["agreements"])
        return made

    def variation(self, award: Award, asked_by: User, **rest: Any) -> Variation:
        """The next change to a grant: asked for, an end three months later."""
        values = {
            "number": len(award.variations) + 1,
            "what": "More time",
            "why": "The hall was shut",
            "new_ends": date(2026, 3, 31),
        } | rest
        owner = {"award_id": award.id, "round_id": award.round_id, "organisation_id": award.organisation_id}
        made = self._kept(Variation(asked_by_id=asked_by.id, asked_at=AGREED, **owner, **values))
        db.session.expire(award, ["variations"])
        return made

    def payment(self, award: Award, amount: int = 6_352_00, **rest: Any) -> Payment:
        """The next payment of an award, planned, due at once."""
        values = {"number": len(award.payments) + 1, "status": PaymentStatus.PLANNED, "due_on": date(2025, 1, 3)} | rest
        owner = {"award_id": award.id, "round_id": award.round_id, "organisation_id": award.organisation_id}
        made = self._kept(Payment(amount=amount, **owner, **values))
        db.session.expire(award, ["payments"])
        return made

    def workshop(self, funding_round: FundingRound, **rest: Any) -> BidWorkshop:
        """A bid workshop on 30 September 2025 with 20 places, unless something else is said."""
        values = {"at": datetime(2025, 9, 30, 17, tzinfo=UTC), "place": "Town hall", "places": 20} | rest
        return self._kept(BidWorkshop(round_id=funding_round.id, **values))

    def join_request(self, user: User, organisation: Organisation, **rest: Any) -> JoinRequest:
        """Somebody who asks to join and waits."""
        values = {"asked_at": LONG_AGO, "status": JoinStatus.WAITING} | rest
        return self._kept(JoinRequest(user_id=user.id, organisation_id=organisation.id, **values))

    def registration(self, user: User, name: str = "", **rest: Any) -> Registration:
        """An organisation that somebody registers and that waits for the office."""
        values = {"asked_at": LONG_AGO, "status": RegistrationStatus.WAITING, "kind": OrganisationKind.CHARITY} | rest
        return self._kept(Registration(user_id=user.id, name=name or f"Example registration {next(self.counter)}", **values))

    def priority(self, label: str = "", **rest: Any) -> Priority:
        """A line of the list of Zones that is in force since 2024, unless something else is said."""
        number = next(self.counter)
        values = {"scheme": "zones", "key": f"zone_{number}", "position": number, "starts": date(2024, 4, 1)} | rest
        return self._kept(Priority(label=label or f"Zone {number}", **values))
