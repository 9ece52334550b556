"""Closed lists and their labels: the only place that spells a status, a role or a kind."""

from enum import StrEnum


class OfficeRole(StrEnum):
    OFFICER = "officer"
    ASSESSOR = "assessor"
    CHAIR = "chair"
    FINANCE = "finance"
    DIRECTOR = "director"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    VIEWER = "viewer"


HANDLERS = frozenset({OfficeRole.OFFICER, OfficeRole.FINANCE, OfficeRole.DIRECTOR})
"""Who handle, decide and pay: asked once in a round for their interests."""


class PartnerRole(StrEnum):
    MEMBER = "member"
    LEAD = "lead"


class OrganisationKind(StrEnum):
    GROUP = "group"
    CHARITY = "charity"
    COMPANY = "company"
    COUNCIL = "council"
    SCHOOL = "school"
    PUBLIC_BODY = "public_body"
    OTHER = "other"


class Frequency(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    ONCE = "once"


class QuestionnaireStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class ReturnStatus(StrEnum):
    DUE = "due"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    QUERIED = "queried"
    APPROVED = "approved"
    WAIVED = "waived"


class FundingRoundStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    FINISHED = "finished"


class ApplicationStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CORRECTION = "correction"
    INELIGIBLE = "ineligible"
    ASSESSMENT = "assessment"
    MODERATED = "moderated"
    RECOMMENDED = "recommended"
    APPROVED = "approved"
    RESERVE = "reserve"
    DECLINED = "declined"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"


class Channel(StrEnum):
    """How an application came."""

    ONLINE = "online"
    PAPER = "paper"
    TELEPHONE = "telephone"


class InterestStage(StrEnum):
    """When somebody was asked for their interests."""

    ASSIGNMENT = "assignment"
    PANEL = "panel"


class DecisionStatus(StrEnum):
    DRAFT = "draft"
    RECOMMENDED = "recommended"
    APPROVED = "approved"
    PUBLISHED = "published"


class Outcome(StrEnum):
    """What a decision does with an application."""

    AWARD = "award"
    PART = "part"
    RESERVE = "reserve"
    DECLINE = "decline"
    DEFER = "defer"


class Implication(StrEnum):
    """What a decision record weighs."""

    FINANCIAL = "financial"
    LEGAL = "legal"
    RISK = "risk"
    EQUALITY = "equality"
    IT = "it"
    PROCUREMENT = "procurement"


class OwnInterest(StrEnum):
    """Whether somebody who decides has an interest in what is decided."""

    NONE = "none"
    SOME = "some"


class LetterStatus(StrEnum):
    DRAFT = "draft"
    READY = "ready"
    RELEASED = "released"


class AwardStatus(StrEnum):
    APPROVED = "approved"
    OFFERED = "offered"
    AGREED = "agreed"
    COMPLETED = "completed"
    REFUSED = "refused"
    LAPSED = "lapsed"
    ENDED = "ended"


class PaymentStatus(StrEnum):
    PLANNED = "planned"
    PREPARED = "prepared"
    RELEASED = "released"
    CANCELLED = "cancelled"
    CLAIMED = "claimed"  # money that is to come back
    RECEIVED = "received"


class VariationStatus(StrEnum):
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    SIGNED = "signed"


class JoinStatus(StrEnum):
    """How it stands with somebody who asks to join an organisation."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RegistrationStatus(StrEnum):
    """How it stands with an organisation that somebody registers."""

    WAITING = "waiting"
    REGISTERED = "registered"
    SAME = "same"
    REFUSED = "refused"


class ObservationStatus(StrEnum):
    PROVISIONAL = "provisional"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    AS_PUBLISHED = "as_published"


class SectionState(StrEnum):
    """How far a section of a questionnaire is."""

    NOT_STARTED = "not_started"
    FILLED_IN = "filled_in"  # by the hub alone: nobody has typed anything there
    IN_PROGRESS = "in_progress"
    NEEDS_ATTENTION = "needs_attention"
    DONE = "done"
    OPTIONAL = "optional"


class MailState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"


class ScanState(StrEnum):
    """How the check of a file for viruses stands."""

    NOT_SCANNED = "not_scanned"
    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"


class DocumentKind(StrEnum):
    """What an organisation keeps here. No bank evidence: the payee is checked in the finance system, and no bank details are held here."""

    GOVERNING_DOCUMENT = "governing_document"
    ACCOUNTS = "accounts"
    SAFEGUARDING_POLICY = "safeguarding_policy"
    EQUALITY_POLICY = "equality_policy"
    INSURANCE = "insurance"
    DBS_EVIDENCE = "dbs_evidence"


class GateState(StrEnum):
    """How an application stands at one of the things that the hub checks before it is marked."""

    PASSED = "passed"
    NOT_PASSED = "not_passed"
    LOOK = "look"


class DocumentStage(StrEnum):
    """By when a fund asks for a document."""

    SCORING = "scoring"
    PAYMENT = "payment"


class LinkKind(StrEnum):
    RESET = "reset"
    EMAIL_OLD = "email_old"
    EMAIL_NEW = "email_new"


ROLE_LABELS = {
    OfficeRole.OFFICER: "Officer",
    OfficeRole.ASSESSOR: "Assessor",
    OfficeRole.CHAIR: "Panel chair",
    OfficeRole.FINANCE: "Finance",
    OfficeRole.DIRECTOR: "Director",
    OfficeRole.ADMINISTRATOR: "Administrator",
    OfficeRole.AUDITOR: "Auditor",
    OfficeRole.VIEWER: "Viewer",
    PartnerRole.MEMBER: "Member",
    PartnerRole.LEAD: "Lead",
}

ROLE_EXPLANATIONS = {
    OfficeRole.OFFICER: "reads returns, asks about them and approves them; checks which applications can be considered; sets up programmes",
    OfficeRole.ASSESSOR: "marks the applications given to them, and says in which they have an interest",
    OfficeRole.CHAIR: "leads the panel that agrees the marks of applications; sees programme summaries",
    OfficeRole.FINANCE: "sees programme summaries and where their figures came from, funds and rounds",
    OfficeRole.DIRECTOR: "chief executive or commissioner: reads returns, applications and programme summaries",
    OfficeRole.ADMINISTRATOR: "invites and removes people, sets up programmes, sees which mail was sent",
    OfficeRole.AUDITOR: "reads everything, changes nothing",
    OfficeRole.VIEWER: "co-commissioner or board member: reads agreed programmes",
    PartnerRole.MEMBER: "fills in returns and applications",
    PartnerRole.LEAD: "fills in returns and applications, signs and sends them, invites and removes people",
}

ORGANISATION_KIND_LABELS = {
    OrganisationKind.GROUP: "Community group",
    OrganisationKind.CHARITY: "Charity",
    OrganisationKind.COMPANY: "Company",
    OrganisationKind.COUNCIL: "Council",
    OrganisationKind.SCHOOL: "School or college",
    OrganisationKind.PUBLIC_BODY: "Public body",
    OrganisationKind.OTHER: "Other",
}

FREQUENCY_LABELS = {
    Frequency.MONTH: "Every month",
    Frequency.QUARTER: "Every quarter",
    Frequency.HALF_YEAR: "Every half-year",
    Frequency.YEAR: "Every year",
    Frequency.ONCE: "Once, when it ends",
}

QUESTIONNAIRE_STATUS_LABELS = {
    QuestionnaireStatus.DRAFT: "Draft",
    QuestionnaireStatus.PUBLISHED: "Published",
    QuestionnaireStatus.RETIRED: "Retired",
}

RETURN_STATUS_LABELS = {
    ReturnStatus.DUE: "Not started",
    ReturnStatus.DRAFT: "In progress",
    ReturnStatus.SUBMITTED: "Sent, waiting for the office",
    ReturnStatus.QUERIED: "Sent back with questions",
    ReturnStatus.APPROVED: "Approved",
    ReturnStatus.WAIVED: "Not needed (waived)",
}

RETURN_STATUS_COLOURS = {
    ReturnStatus.DUE: "grey",
    ReturnStatus.DRAFT: "light-blue",
    ReturnStatus.SUBMITTED: "blue",
    ReturnStatus.QUERIED: "orange",
    ReturnStatus.APPROVED: "green",
    ReturnStatus.WAIVED: "grey",
}

FUNDING_ROUND_STATUS_LABELS = {
    FundingRoundStatus.DRAFT: "Being prepared",
    FundingRoundStatus.PUBLISHED: "Published",
    FundingRoundStatus.FINISHED: "Finished",
}

APPLICATION_STATUS_LABELS = {
    ApplicationStatus.DRAFT: "Draft",
    ApplicationStatus.SUBMITTED: "Sent",
    ApplicationStatus.CORRECTION: "Sent back to be put right",
    ApplicationStatus.INELIGIBLE: "Cannot be considered",
    ApplicationStatus.ASSESSMENT: "Being marked",
    ApplicationStatus.MODERATED: "Marked",
    ApplicationStatus.RECOMMENDED: "Put to a director",
    ApplicationStatus.APPROVED: "Approved",
    ApplicationStatus.RESERVE: "On the reserve list",
    ApplicationStatus.DECLINED: "Declined",
    ApplicationStatus.DEFERRED: "Put off",
    ApplicationStatus.WITHDRAWN: "Withdrawn",
}

APPLICATION_STATUS_COLOURS = {
    ApplicationStatus.DRAFT: "light-blue",
    ApplicationStatus.SUBMITTED: "blue",
    ApplicationStatus.CORRECTION: "orange",
    ApplicationStatus.INELIGIBLE: "grey",
    ApplicationStatus.ASSESSMENT: "blue",
    ApplicationStatus.MODERATED: "blue",
    ApplicationStatus.RECOMMENDED: "blue",
    ApplicationStatus.APPROVED: "green",
    ApplicationStatus.RESERVE: "orange",
    ApplicationStatus.DECLINED: "grey",
    ApplicationStatus.DEFERRED: "orange",
    ApplicationStatus.WITHDRAWN: "grey",
}

GATE_STATE_LABELS = {
    GateState.PASSED: "Passed",
    GateState.NOT_PASSED: "Not passed",
    GateState.LOOK: "Needs a look",
}

GATE_STATE_COLOURS = {
    GateState.PASSED: "green",
    GateState.NOT_PASSED: "red",
    GateState.LOOK: "orange",
}

DECISION_STATUS_LABELS = {
    DecisionStatus.DRAFT: "Being written",
    DecisionStatus.RECOMMENDED: "Waiting for approval",
    DecisionStatus.APPROVED: "Approved",
    DecisionStatus.PUBLISHED: "Published",
}

DECISION_STATUS_COLOURS = {
    DecisionStatus.DRAFT: "light-blue",
    DecisionStatus.RECOMMENDED: "orange",
    DecisionStatus.APPROVED: "green",
    DecisionStatus.PUBLISHED: "green",
}

OUTCOME_LABELS = {
    Outcome.AWARD: "Award",
    Outcome.PART: "Part award",
    Outcome.RESERVE: "Reserve list",
    Outcome.DECLINE: "Decline",
    Outcome.DEFER: "Put off",
}

IMPLICATION_LABELS = {
    Implication.FINANCIAL: "Money",
    Implication.LEGAL: "Law",
    Implication.RISK: "Risk",
    Implication.EQUALITY: "People and equality",
    Implication.IT: "Information technology",
    Implication.PROCUREMENT: "Procurement",
}

OWN_INTEREST_LABELS = {
    OwnInterest.NONE: "I have no interest in any of them",
    OwnInterest.SOME: "I have an interest in one or more of them",
}

LETTER_STATUS_LABELS = {
    LetterStatus.DRAFT: "To be written",
    LetterStatus.READY: "Ready",
    LetterStatus.RELEASED: "Released",
}

LETTER_STATUS_COLOURS = {
    LetterStatus.DRAFT: "orange",
    LetterStatus.READY: "blue",
    LetterStatus.RELEASED: "green",
}

AWARD_STATUS_LABELS = {
    AwardStatus.APPROVED: "Approved, not yet offered",
    AwardStatus.OFFERED: "Offered",
    AwardStatus.AGREED: "Agreed",
    AwardStatus.COMPLETED: "Completed",
    AwardStatus.REFUSED: "Not taken up",
    AwardStatus.LAPSED: "Lapsed",
    AwardStatus.ENDED: "Ended early",
}

AWARD_STATUS_COLOURS = {
    AwardStatus.APPROVED: "blue",
    AwardStatus.OFFERED: "light-blue",
    AwardStatus.AGREED: "green",
    AwardStatus.COMPLETED: "green",
    AwardStatus.REFUSED: "grey",
    AwardStatus.LAPSED: "grey",
    AwardStatus.ENDED: "grey",
}

PAYMENT_STATUS_LABELS = {
    PaymentStatus.PLANNED: "To be paid",
    PaymentStatus.PREPARED: "Waiting for a second person",
    PaymentStatus.RELEASED: "Paid",
    PaymentStatus.CANCELLED: "Cancelled",
    PaymentStatus.CLAIMED: "To be paid back",
    PaymentStatus.RECEIVED: "Paid back",
}

PAYMENT_STATUS_COLOURS = {
    PaymentStatus.PLANNED: "grey",
    PaymentStatus.PREPARED: "blue",
    PaymentStatus.RELEASED: "green",
    PaymentStatus.CANCELLED: "grey",
    PaymentStatus.CLAIMED: "orange",
    PaymentStatus.RECEIVED: "green",
}

VARIATION_STATUS_LABELS = {
    VariationStatus.ASKED: "Asked for",
    VariationStatus.APPROVED: "Approved, to be signed",
    VariationStatus.REFUSED: "Refused",
    VariationStatus.SIGNED: "Signed",
}

JOIN_STATUS_LABELS = {
    JoinStatus.WAITING: "Waiting for an answer",
    JoinStatus.APPROVED: "Joined",
    JoinStatus.REFUSED: "Refused",
    JoinStatus.WITHDRAWN: "Withdrawn",
}

REGISTRATION_STATUS_LABELS = {
    RegistrationStatus.WAITING: "Waiting for the office",
    RegistrationStatus.REGISTERED: "Registered",
    RegistrationStatus.SAME: "Registered already",
    RegistrationStatus.REFUSED: "Refused",
}

ASKED_STATUS_COLOURS = {
    JoinStatus.WAITING: "blue",
    JoinStatus.APPROVED: "green",
    JoinStatus.REFUSED: "orange",
    JoinStatus.WITHDRAWN: "grey",
    RegistrationStatus.REGISTERED: "green",
    RegistrationStatus.SAME: "grey",
}

VARIATION_STATUS_COLOURS = {
    VariationStatus.ASKED: "blue",
    VariationStatus.APPROVED: "light-blue",
    VariationStatus.REFUSED: "grey",
    VariationStatus.SIGNED: "green",
}

CHANNEL_LABELS = {
    Channel.ONLINE: "Online",
    Channel.PAPER: "On paper",
    Channel.TELEPHONE: "By telephone",
}

SECTION_STATE_LABELS = {
    SectionState.NOT_STARTED: "Not started",
    SectionState.FILLED_IN: "Partly filled in from your organisation’s profile: check it",
    SectionState.IN_PROGRESS: "In progress",
    SectionState.NEEDS_ATTENTION: "Needs attention",
    SectionState.DONE: "Done",
    SectionState.OPTIONAL: "Optional",
}

SECTION_STATE_COLOURS = {
    SectionState.NOT_STARTED: "grey",
    SectionState.IN_PROGRESS: "blue",
    SectionState.NEEDS_ATTENTION: "orange",
}

# The subjects of the policy table, as headings.
SUBJECT_LABELS = {
    "return": "Returns",
    "application": "Applications",
    "interest": "Interests of people at the office",
    "assignment": "Applications to mark",
    "score": "Marks",
    "moderation": "Agreed marks",
    "decision": "Decisions",
    "award": "Awards",
    "letter": "Letters with decisions",
    "template": "Wording of grant agreements",
    "payment": "Payments",
    "variation": "Changes to a grant",
    "programme": "Programmes",
    "service": "Services",
    "agreement": "Service agreements",
    "period": "Reporting periods",
    "summary": "Programme summaries",
    "receipt": "Receipts of figures",
    "observation": "Figures",
    "questionnaire": "Forms",
    "library": "Indicators",
    "fund": "Funds",
    "round": "Rounds of a fund",
    "workshop": "Bid workshops",
    "priority": "Priorities",
    "organisation": "Organisations",
    "document": "Documents of organisations",
    "joining": "Requests to join an organisation",
    "registration": "Organisations that people register",
    "person": "People and accounts",
    "invitation": "Invitations",
    "membership": "People of an organisation",
    "history": "History",
    "mail": "Mail",
    "file": "Files",
}

# What a line of the history may be about: the names of tables, in words.
THING_LABELS = {
    "Organisation": "organisation",
    "User": "person",
    "Membership": "membership",
    "Invitation": "invitation",
    "JoinRequest": "request to join",
    "Registration": "registration",
    "MonitoringReturn": "return",
    "Programme": "programme",
    "Service": "service",
    "ServiceAgreement": "service agreement",
    "ReportingPeriod": "period",
    "QuestionnaireVersion": "form",
    "IndicatorDefinition": "indicator library",
    "BreakdownDefinition": "indicator library",
    "ImportBatch": "import",
    "Application": "application",
    "Decision": "decision",
    "Letter": "letter",
    "Award": "award",
    "AgreementTemplate": "wording of grant agreements",
    "GrantAgreement": "grant agreement",
    "Payment": "payment",
    "Variation": "change to a grant",
    "Fund": "fund",
    "FundingRound": "round",
    "BidWorkshop": "bid workshop",
    "Priority": "priority",
    "StoredFile": "file",
    "OrganisationDocument": "document",
}

MAIL_STATE_LABELS = {
    MailState.WAITING: "Waiting",
    MailState.SENDING: "Being sent",
    MailState.SENT: "Sent",
    MailState.FAILED: "Could not be sent",
    MailState.EXPIRED: "Out of date, not sent",
}

SCAN_STATE_LABELS = {
    ScanState.NOT_SCANNED: "not checked for viruses",
    ScanState.WAITING: "waiting to be checked for viruses",
    ScanState.CLEAN: "checked, no virus found",
    ScanState.INFECTED: "a virus was found in it, so nobody can open it",
}

DOCUMENT_KIND_LABELS = {
    DocumentKind.GOVERNING_DOCUMENT: "Governing document",
    DocumentKind.ACCOUNTS: "Accounts",
    DocumentKind.SAFEGUARDING_POLICY: "Safeguarding policy",
    DocumentKind.EQUALITY_POLICY: "Equality and diversity policy",
    DocumentKind.INSURANCE: "Public liability insurance",
    DocumentKind.DBS_EVIDENCE: "Evidence of DBS checks",
}

DOCUMENT_STAGE_LABELS = {
    DocumentStage.SCORING: "Before an application is marked",
    DocumentStage.PAYMENT: "Before any money is paid",
}

# Statuses in which an organisation may still type, and in which the office holds the return.
OPEN = frozenset({ReturnStatus.DUE, ReturnStatus.DRAFT, ReturnStatus.QUERIED})
WITH_THE_OFFICE = frozenset({ReturnStatus.SUBMITTED})
WITH_THE_APPLICANT = frozenset({ApplicationStatus.DRAFT, ApplicationStatus.CORRECTION})
BEFORE_DECISION = WITH_THE_APPLICANT | {
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.ASSESSMENT,
    ApplicationStatus.MODERATED,
    ApplicationStatus.RECOMMENDED,
}
# What the panel and the office have come to: no applicant is shown it before the letter is released.
SHOWN_ONCE_TOLD = frozenset(
    {
        ApplicationStatus.MODERATED,
        ApplicationStatus.RECOMMENDED,
        ApplicationStatus.APPROVED,
        ApplicationStatus.RESERVE,
        ApplicationStatus.DECLINED,
        ApplicationStatus.DEFERRED,
    }
)
# What a decision can take up: marked, or left open by an earlier decision.
TO_DECIDE = frozenset({ApplicationStatus.MODERATED, ApplicationStatus.RESERVE, ApplicationStatus.DEFERRED})
# An outcome that gives money, and what each outcome makes of an application.
GIVES_MONEY = frozenset({Outcome.AWARD, Outcome.PART})
OUTCOME_BECOMES = {
    Outcome.AWARD: ApplicationStatus.APPROVED,
    Outcome.PART: ApplicationStatus.APPROVED,
    Outcome.RESERVE: ApplicationStatus.RESERVE,
    Outcome.DECLINE: ApplicationStatus.DECLINED,
    Outcome.DEFER: ApplicationStatus.DEFERRED,
}
# Sent, and neither taken back nor refused: whoever sent it gets a letter.
OWED_A_LETTER = (BEFORE_DECISION | frozenset(OUTCOME_BECOMES.values())) - {ApplicationStatus.DRAFT}
# Promised or spent: what counts against the money of a round.
TAKES_MONEY = frozenset({AwardStatus.APPROVED, AwardStatus.OFFERED, AwardStatus.AGREED, AwardStatus.COMPLETED, AwardStatus.ENDED})
STILL_RUNNING = frozenset({AwardStatus.APPROVED, AwardStatus.OFFERED, AwardStatus.AGREED})
PAID_FROM = frozenset({AwardStatus.AGREED, AwardStatus.COMPLETED})  # an award in another state pays nothing out
TO_PAY = frozenset({PaymentStatus.PLANNED, PaymentStatus.PREPARED})
GONE = frozenset({PaymentStatus.PREPARED, PaymentStatus.RELEASED})  # out, or on its way out
COMING_BACK = frozenset({PaymentStatus.CLAIMED, PaymentStatus.RECEIVED})
COUNTED_IN = frozenset({ReturnStatus.SUBMITTED, ReturnStatus.QUERIED, ReturnStatus.APPROVED})


# What waits for somebody, by the deed of the policy table that it waits for: one of them, several.
WAITING_LABELS = {
    "application.confirm": ("application to check", "applications to check"),
    "interest.state": ("list of interests to state", "lists of interests to state"),
    "round.assign": ("round to share out among assessors", "rounds to share out among assessors"),
    "score.finish": ("application to mark", "applications to mark"),
    "moderation.agree": ("application with marks to agree", "applications with marks to agree"),
    "round.decide": ("round in which to draw the line", "rounds in which to draw the line"),
    "decision.recommend": ("decision to finish and recommend", "decisions to finish and recommend"),
    "decision.sign_off": ("decision to sign off", "decisions to sign off"),
    "decision.approve": ("decision to approve", "decisions to approve"),
    "decision.draw_up_letters": ("decision to draw up letters for", "decisions to draw up letters for"),
    "letter.finish": ("letter to write", "letters to write"),
    "decision.release_letters": ("decision whose letters can be released", "decisions whose letters can be released"),
    "decision.publish": ("decision to publish", "decisions to publish"),
    "award.countersign": ("grant agreement to sign", "grant agreements to sign"),
    "award.check_payee": ("payee to check", "payees to check"),
    "variation.approve": ("change to a grant to decide", "changes to grants to decide"),
    "variation.sign": ("change to a grant to sign", "changes to grants to sign"),
    "variation.countersign": ("change to a grant to sign for the office", "changes to grants to sign for the office"),
}
