"""The two readings of every policy line agree: what a list shows is what one may see one by one."""

import pytest
from sqlalchemy import select

from partnerhub.extensions import db
from partnerhub.models import (
    Application,
    Assignment,
    Award,
    BidWorkshop,
    Decision,
    Fund,
    FundingRound,
    Interest,
    Invitation,
    JoinRequest,
    Letter,
    Membership,
    MonitoringReturn,
    Organisation,
    OrganisationDocument,
    Payment,
    Priority,
    Programme,
    Proposal,
    QuestionnaireVersion,
    Registration,
    Service,
    ServiceAgreement,
    User,
    Variation,
)
from partnerhub.models.conditions import READINGS, allowed, may
from partnerhub.rules.policy import HUB, RULES, STRANGER, Answer
from partnerhub.rules.words import (
    SUBJECT_LABELS,
    ApplicationStatus,
    AwardStatus,
    Channel,
    DecisionStatus,
    FundingRoundStatus,
    JoinStatus,
    LetterStatus,
    OfficeRole,
    PaymentStatus,
    QuestionnaireStatus,
    RegistrationStatus,
    ReturnStatus,
    VariationStatus,
)

# Which table each subject's lines speak of; a line about no row in particular has only its Python reading.
SUBJECTS = {
    "return": MonitoringReturn,
    "agreement": ServiceAgreement,
    "organisation": Organisation,
    "document": OrganisationDocument,
    "joining": JoinRequest,
    "registration": Registration,
    "programme": Programme,
    "service": Service,
    "person": User,
    "questionnaire": QuestionnaireVersion,
    "invitation": Invitation,
    "membership": Membership,
    "application": Application,
    "fund": Fund,
    "round": FundingRound,
    "interest": FundingRound,
    "assignment": Assignment,
    "score": Assignment,
    "moderation": Application,
    "decision": Decision,
    "award": Award,
    "letter": Letter,
    "payment": Payment,
    "variation": Variation,
    "receipt": ServiceAgreement,
    "workshop": BidWorkshop,
    "priority": Priority,
}
WITHOUT_A_ROW = {
    "template",
    "period",
    "summary",
    "observation",
    "library",
    "history",
    "mail",
    "file",
}  # nothing in these lines looks at a row
LINES = [action for action in RULES if action.partition(".")[0] in SUBJECTS]


@pytest.fixture
def world(make):
    """Two organisations with returns in every status, and one person of every kind."""
    ours, theirs = make.organisation(), make.organisation()
    lead, other_lead = make.lead(ours), make.lead(theirs)
    programme, other_programme = make.programme(), make.programme()
    for provider, where in ((ours, programme), (theirs, other_programme)):
        agreement = make.agreement(make.service(where), provider)
        for number, status in enumerate(ReturnStatus):
            period = f"202{number // 4}-2{number // 4 + 1} Q{number % 4 + 1}"
            who = lead.id if number % 2 else None
            helped = agreement.created_at if number % 3 else None
            make.monitoring_return(agreement, period, status=status, submitted_by_id=who, help_asked_at=helped)
        to_join = {"email": "new@example.org", "role": "member", "created_at": agreement.created_at, "expires_at": agreement.created_at}
        make._kept(Invitation(token_hash=provider.name, organisation_id=provider.id, **to_join))
    make._kept(Invitation(token_hash="office", organisation_id=None, **to_join))
    for number, status in enumerate(QuestionnaireStatus, start=2):
        make.version(status=status, number=number)
    make.document(ours)
    make.document(theirs)
    fund = make.fund()
    make.priority()
    for number, status in enumerate(FundingRoundStatus, start=1):
        make.workshop(make.funding_round(fund, status=status, number=number))
    funding_round = make.autumn_round(fund)
    for number, status in enumerate(ApplicationStatus):
        for applicant, sender in ((ours, lead), (theirs, other_lead)):
            channel = list(Channel)[number % 3]
            helped = agreement.created_at if number % 2 else None
            make.application(
                funding_round,
                applicant,
                status=status,
                channel=channel,
                help_asked_at=helped,
                submitted_by_id=sender.id if number else None,
            )
    interested = make.user("officer")
    _reports(funding_round)
    assessors = [make.user("assessor"), make.user("assessor"), make.user("assessor")]
    make._kept(Interest(round_id=funding_round.id, user_id=assessors[0].id, organisation_id=ours.id, at=agreement.created_at))
    make._kept(type(lead.memberships[0])(user_id=assessors[1].id, organisation_id=theirs.id, role="member", since=lead.created_at))
    make._kept(Interest(round_id=funding_round.id, user_id=interested.id, organisation_id=ours.id, at=agreement.created_at))
    for number, application in enumerate(db.session.scalars(select(Application).order_by(Application.created_at, Application.id)).all()):
        application.marks_in_at = agreement.created_at if number % 2 else None
        application.told_at = agreement.created_at if number % 3 else None
        for marker in assessors:
            make._kept(
                Assignment(
                    round_id=application.round_id,
                    application_id=application.id,
                    organisation_id=application.organisation_id,
                    user_id=marker.id,
                    assigned_at=agreement.created_at,
                )
            )
    directors = [make.user("director"), make.user("director"), make.user("finance", "officer")]
    for number, status in enumerate([*DecisionStatus, *DecisionStatus, DecisionStatus.RECOMMENDED]):
        decision = make.decision(
            funding_round,
            status=status,
            recommended_by_id=directors[number % 3].id if number % 2 else None,
            signed_off_by_id=directors[(number + 1) % 3].id if number % 3 else None,
            signed_off_at=agreement.created_at if number % 3 else None,
            published_at=agreement.created_at if number % 4 == 3 else None,
        )
        bid = db.session.scalars(select(Application).offset(number)).first()
        make._kept(Proposal(decision_id=decision.id, application_id=bid.id, position=1, outcome="decline"))
    make.decision(funding_round, status=DecisionStatus.RECOMMENDED, signed_off_at=agreement.created_at)
    _letters(make, funding_round, (ours, theirs))
    paying = make.user("finance")
    _awards(make, funding_round, (ours, theirs), paying)
    _asked([(ours, other_lead), (theirs, lead), (ours, interested)])
    people = [
        *(make.person(each) for each in (*assessors, *directors)),
        make.person(interested),
        make.person(paying),
        *(make.person(make.user(role)) for role in OfficeRole if role != OfficeRole.VIEWER),
    ]
    officer_who_is_lead = make.lead(ours)
    make._kept(
        type(officer_who_is_lead.memberships[0])(
            user_id=officer_who_is_lead.id, role=OfficeRole.OFFICER, since=officer_who_is_lead.created_at
        )
    )
    people += [make.person(each) for each in (lead, other_lead, make.member(ours), make.viewer(programme), officer_who_is_lead)]
    return [*people, STRANGER, HUB]


def _reports(funding_round):
    """Every other return is a report of a grant."""
    for report in db.session.scalars(select(MonitoringReturn).order_by(MonitoringReturn.period_id)).all()[::2]:
        report.round_id = funding_round.id


def _letters(make, funding_round, applicants):
    """To both in each status."""
    for status in LetterStatus:
        decision = make.decision(funding_round)
        for applicant in applicants:
            bid = db.session.scalars(select(Application).where(Application.organisation_id == applicant.id)).first()
            make.letter(decision, bid, status=status)


def _awards(make, funding_round, recipients, paying):
    """One in every status for each, those that are agreed with payments in every status, some prepared by `paying`."""
    for status in AwardStatus:
        for recipient in recipients:
            make.award(make.application(funding_round, recipient, status=ApplicationStatus.APPROVED), status=status)
    for award in db.session.scalars(select(Award).where(Award.status == AwardStatus.AGREED)):
        award.payee_checked_by_id = paying.id if award.organisation_id == recipients[0].id else None
        for number, status in enumerate(PaymentStatus):
            make.payment(award, status=status, prepared_by_id=paying.id if number % 2 else None)
            make.payment(award, status=status, prepared_by_id=None if number % 2 else paying.id)
        for status in VariationStatus:
            make.variation(award, paying, status=status)


def _asked(pairs):
    """Everybody asks to join and to register, and it stands in every way."""
    when = pairs[0][0].created_at
    for place, user in pairs:
        db.session.add_all(JoinRequest(user_id=user.id, organisation_id=place.id, status=each, asked_at=when) for each in JoinStatus)
        db.session.add_all(
            Registration(user_id=user.id, name="New", kind="group", status=each, asked_at=when) for each in RegistrationStatus
        )
    db.session.commit()


def test_a_list_holds_exactly_what_may_be_done_one_by_one(world):
    everything = {model: db.session.scalars(select(model)).all() for model in set(SUBJECTS.values())}
    assert all(everything.values())
    wrong = []
    for action in LINES:
        model = SUBJECTS[action.partition(".")[0]]
        for person in world:
            listed = set(db.session.scalars(select(model).where(allowed(person, action, model))))
            wrong += [
                (action, person, each) for each in everything[model] if (each in listed) is not (may(person, action, each) is Answer.YES)
            ]
        assert listed <= set(everything[model]), action
    assert not wrong


def test_an_interest_in_an_applicant_closes_the_reports_of_its_grant_and_no_other_return(make):
    funding_round, earlier, ours = make.autumn_round(), make.autumn_round(), make.organisation()
    agreement = make.agreement(make.service(), ours)
    report, other, of_another_round = (
        make.monitoring_return(agreement, f"2025-26 Q{number}", status=ReturnStatus.SUBMITTED, round_id=round_id)
        for number, round_id in enumerate((funding_round.id, None, earlier.id), start=1)
    )
    lines = ("return.view", "return.read", "return.read_office", "return.query", "return.approve", "return.answer_office")
    for role in ("officer", "director", "finance"):
        user = make.user(role)
        before = {action for action in lines if may(make.person(user), action, report) is Answer.YES}
        assert before, role
        make._kept(Interest(round_id=funding_round.id, user_id=user.id, organisation_id=ours.id, at=agreement.created_at))
        for action in lines:
            person = make.person(user)
            assert may(person, action, report) is Answer.NO, (role, action)
            left = {other, of_another_round} if action in before else set()
            assert {each for each in (other, of_another_round) if may(person, action, each) is Answer.YES} == left
            assert set(db.session.scalars(select(MonitoringReturn).where(allowed(person, action, MonitoringReturn)))) == left


def test_every_condition_in_the_policy_has_its_two_readings():
    used = {condition.name for rule in RULES.values() for each in rule.who.alternatives for condition in each}
    assert used <= set(READINGS)


def test_every_subject_of_the_policy_is_among_these():
    subjects = {action.partition(".")[0] for action in RULES}
    assert subjects == set(SUBJECTS) | WITHOUT_A_ROW
    assert subjects == set(SUBJECT_LABELS), "each is a heading of the page about who can do what"
    for action in RULES:
        if action.partition(".")[0] in WITHOUT_A_ROW:
            conditions = {condition.name for each in RULES[action].who.alternatives for condition in each}
            assert all(READINGS[name].is_of_the_person or name == "programme_agreed" for name in conditions), action
