"""Tables, and what one row knows about itself."""

from partnerhub.models.applications import Application, CopiedAnswer
from partnerhub.models.assessment import Assignment, Interest, InterestAsked, InterestStatement, Moderation, Score
from partnerhub.models.awards import AgreementTemplate, Award, GrantAgreement, Payment, Variation
from partnerhub.models.decisions import Decision, Letter, Proposal
from partnerhub.models.documents import OrganisationDocument
from partnerhub.models.funds import BidWorkshop, Fund, FundingRound, Priority, WorkshopBooking
from partnerhub.models.history import Event, EventPerson, HistoryHead
from partnerhub.models.joining import JoinRequest, Registration
from partnerhub.models.mail import OutboxMail
from partnerhub.models.office_parts import OfficeSubmission
from partnerhub.models.organisations import District, Organisation, OrganisationIdentifier, PostcodeSector, ProfileAnswer
from partnerhub.models.people import EmailToken, Invitation, Membership, SignInFailure, User, UserSession
from partnerhub.models.programmes import (
    AgreementCommissioner,
    AgreementDistrict,
    Programme,
    ReportingPeriod,
    Service,
    ServiceAgreement,
    Target,
)
from partnerhub.models.questionnaires import BreakdownDefinition, IndicatorDefinition, Questionnaire, QuestionnaireVersion
from partnerhub.models.returns import MonitoringReturn, ReturnQuery
from partnerhub.models.submissions import Answer, AnswerRevision, StoredFile, Submission, SubmissionVersion
from partnerhub.models.summaries import ImportBatch, Observation

__all__ = [
    "AgreementCommissioner",
    "AgreementDistrict",
    "AgreementTemplate",
    "Answer",
    "AnswerRevision",
    "Application",
    "Assignment",
    "Award",
    "BidWorkshop",
    "BreakdownDefinition",
    "CopiedAnswer",
    "Decision",
    "District",
    "EmailToken",
    "Event",
    "EventPerson",
    "Fund",
    "FundingRound",
    "GrantAgreement",
    "HistoryHead",
    "ImportBatch",
    "IndicatorDefinition",
    "Interest",
    "InterestAsked",
    "InterestStatement",
    "Invitation",
    "JoinRequest",
    "Letter",
    "Membership",
    "Moderation",
    "MonitoringReturn",
    "Observation",
    "OfficeSubmission",
    "Organisation",
    "OrganisationDocument",
    "OrganisationIdentifier",
    "OutboxMail",
    "Payment",
    "PostcodeSector",
    "Priority",
    "ProfileAnswer",
    "Programme",
    "Proposal",
    "Questionnaire",
    "QuestionnaireVersion",
    "Registration",
    "ReportingPeriod",
    "ReturnQuery",
    "Score",
    "Service",
    "ServiceAgreement",
    "SignInFailure",
    "StoredFile",
    "Submission",
    "SubmissionVersion",
    "Target",
    "User",
    "UserSession",
    "Variation",
    "WorkshopBooking",
]
