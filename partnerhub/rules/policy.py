"""THE table: who may do what, while what, what it becomes, and what the history says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from partnerhub.rules.words import (
    APPLICATION_STATUS_LABELS,
    AWARD_STATUS_LABELS,
    BEFORE_DECISION,
    DECISION_STATUS_LABELS,
    FUNDING_ROUND_STATUS_LABELS,
    JOIN_STATUS_LABELS,
    LETTER_STATUS_LABELS,
    OPEN,
    PAYMENT_STATUS_LABELS,
    QUESTIONNAIRE_STATUS_LABELS,
    REGISTRATION_STATUS_LABELS,
    RETURN_STATUS_LABELS,
    TO_PAY,
    VARIATION_STATUS_LABELS,
    WITH_THE_APPLICANT,
    WITH_THE_OFFICE,
    ApplicationStatus,
    AwardStatus,
    DecisionStatus,
    FundingRoundStatus,
    JoinStatus,
    LetterStatus,
    PaymentStatus,
    QuestionnaireStatus,
    RegistrationStatus,
    ReturnStatus,
    VariationStatus,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts, as one statement finds them: the signed-in person, a stranger, or the hub itself."""

    id: UUID | None = None
    name: str = ""
    email: str = ""
    office_roles: frozenset[str] = frozenset()
    organisations: Mapping[UUID, str] = field(default_factory=dict)  # organisation -> member or lead
    programmes: frozenset[UUID] = frozenset()  # agreed with a viewer
    interests: frozenset[tuple[UUID, UUID]] = frozenset()  # declared: (funding round, organisation)
    is_hub: bool = False

    @property
    def is_signed_in(self) -> bool:
        return self.id is not None

    # what Flask-Login asks of a user
    is_authenticated = is_active = is_signed_in

    @property
    def is_anonymous(self) -> bool:
        return self.id is None


STRANGER = Person()
HUB = Person(name="the hub", is_hub=True)


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold; its two readings (Python and SQL) stand in `models/conditions.py`."""

    name: str
    words: str
    is_limit: bool = False  # it names nobody: it only narrows who is named beside it


@dataclass(frozen=True, slots=True)
class Who:
    """Alternatives of conditions that must all hold: `A & B | C`."""

    alternatives: tuple[frozenset[Condition], ...]

    def __or__(self, other: Who) -> Who:
        return Who(self.alternatives + tuple(each for each in other.alternatives if each not in self.alternatives))

    def __and__(self, other: Who) -> Who:
        return Who(tuple(mine | theirs for mine in self.alternatives for theirs in other.alternatives))

    @property
    def words(self) -> str:
        return ", or ".join(_said(each) for each in self.alternatives)


def _said(conditions: frozenset[Condition]) -> str:
    """Who comes first, then what narrows it: an officer, but only while …"""
    people = sorted(each.words for each in conditions if not each.is_limit)
    limits = sorted(each.words for each in conditions if each.is_limit)
    return ", but ".join(" and ".join(words) for words in (people, limits) if words)


def _who(name: str, words: str, *, is_limit: bool = False) -> Who:
    return Who((frozenset({Condition(name, words, is_limit)}),))


ANYBODY = _who("anybody", "anybody, signed in or not")
SIGNED_IN = _who("signed_in", "anybody signed in")
THE_HUB = _who("the_hub", "the hub itself")
THEMSELVES = _who("themselves", "the person themselves")
SOMEBODY_ELSE = _who("somebody_else", "not the person themselves", is_limit=True)
MEMBER = _who("member", "a member of the organisation")
LEAD = _who("lead", "a lead of the organisation")
NOT_THE_SUBMITTER = _who("not_the_submitter", "not the person who submitted it", is_limit=True)
NOT_THE_PREPARER = _who("not_the_preparer", "not the person who prepared it", is_limit=True)
NOT_WHO_CHECKED_THE_PAYEE = _who("not_who_checked_the_payee", "not the person who checked to whom it is paid", is_limit=True)
NOT_THE_CLAIMANT = _who("not_the_claimant", "not the person who asked for the money back", is_limit=True)
NOT_ITS_TEAM = _who("not_its_team", "not a member of the organisation concerned", is_limit=True)
NO_INTEREST = _who("no_interest", "not somebody who has an interest in the applicant or left it lately", is_limit=True)
TOLD = _who("told", "only once the letter with the decision is released", is_limit=True)
RELEASED = _who("released", "only once it is released", is_limit=True)
MARKS_IN = _who("marks_in", "only once all its assessors have finished", is_limit=True)
UNINVOLVED = _who("uninvolved", "not somebody who belongs to an applicant, left one lately or has an interest in one", is_limit=True)
NOT_THE_RECOMMENDER = _who("not_the_recommender", "not the person who recommended it", is_limit=True)
SIGNED_OFF = _who("signed_off", "only once a chief officer has signed it off", is_limit=True)
NOT_WHO_SIGNED_OFF = _who("not_who_signed_off", "not the person who signed it off", is_limit=True)
PROGRAMME_AGREED = _who("programme_agreed", "a viewer with whom the programme is agreed")
STILL_OPEN = _who("still_open", "only until the day that was set if it was reopened", is_limit=True)
HELP_ASKED = _who("help_asked", "only while the organisation's lead asks for help", is_limit=True)
ENTERED = _who("entered", "only if the office entered it for somebody", is_limit=True)
OFFERED_ONCE = _who("offered_once", "only once the award is offered to it", is_limit=True)
PUBLISHED_ONCE = _who("published_once", "only once it is published", is_limit=True)
TO_AN_ORGANISATION = _who("to_an_organisation", "only if it is to an organisation", is_limit=True)
OFFICER = _who("officer", "an officer")
ASSESSOR = _who("assessor", "an assessor")
CHAIR = _who("chair", "a panel chair")
FINANCE = _who("finance", "finance")
DIRECTOR = _who("director", "a director")
ADMINISTRATOR = _who("administrator", "an administrator")
AUDITOR = _who("auditor", "an auditor")

TEAM = MEMBER | LEAD
READERS = OFFICER | DIRECTOR | ADMINISTRATOR | AUDITOR  # who at the office may read what partners sent
STAFF = READERS | ASSESSOR | CHAIR | FINANCE
SET_UP = OFFICER | ADMINISTRATOR
INVITED_BY = LEAD | OFFICER & TO_AN_ORGANISATION | ADMINISTRATOR  # who sees to an invitation that was made


@dataclass(frozen=True, slots=True)
class Rule:
    """`does`: the deed in words for the help page; `says`: what the history says (None: typing, kept outside the history)."""

    does: str
    who: Who
    during: frozenset[str] | None = None
    becomes: str | None = None
    says: str | None = None


OFFICE_READERS = READERS & NOT_ITS_TEAM & NO_INTEREST  # of an application: whoever belongs to the applicant reads it as its team
RETURN_READERS = READERS & NO_INTEREST  # of a report of a grant: the interest is in its applicant; other returns know none
MARKER = ASSESSOR & THEMSELVES & NOT_ITS_TEAM & NO_INTEREST  # of an assignment
PANEL = (CHAIR | OFFICER | DIRECTOR | AUDITOR) & NOT_ITS_TEAM & NO_INTEREST
SIGNATORY = (OFFICER | DIRECTOR) & NOT_ITS_TEAM & NO_INTEREST  # who binds the office
AWARD_READERS = (READERS | FINANCE) & NOT_ITS_TEAM & NO_INTEREST  # at the office: whoever belongs to the organisation reads as its team
CASEWORKER = OFFICER & NOT_ITS_TEAM & NO_INTEREST
DRAWS_THE_LINE = (OFFICER | CHAIR) & UNINVOLVED
CHIEF_OFFICER = (FINANCE | DIRECTOR) & UNINVOLVED & NOT_THE_RECOMMENDER
APPROVER = DIRECTOR & UNINVOLVED & NOT_THE_RECOMMENDER & SIGNED_OFF & NOT_WHO_SIGNED_OFF
CASHIER = FINANCE & NOT_ITS_TEAM & NO_INTEREST
PAYER = CASHIER | CASEWORKER  # who prepares money for a second person of finance to let go

SENT = WITH_THE_OFFICE
CAME = frozenset({ApplicationStatus.SUBMITTED})
CAME_IN = frozenset(ApplicationStatus) - {ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN}
LOOKED_AT = frozenset({ReturnStatus.SUBMITTED, ReturnStatus.QUERIED, ReturnStatus.APPROVED})
MARKED = frozenset({ApplicationStatus.ASSESSMENT, ApplicationStatus.MODERATED})
WRITTEN = frozenset({DecisionStatus.DRAFT})
PUT_FORWARD = frozenset({DecisionStatus.RECOMMENDED})
DECIDED = frozenset({DecisionStatus.APPROVED})
RETURNED = frozenset({ReturnStatus.APPROVED, ReturnStatus.WAIVED})
DECIDED_UPON = frozenset({DecisionStatus.APPROVED, DecisionStatus.PUBLISHED})
UNRELEASED = frozenset({LetterStatus.DRAFT, LetterStatus.READY})
TO_BE_WRITTEN = frozenset({LetterStatus.DRAFT})
UNPUBLISHED = frozenset({QuestionnaireStatus.DRAFT})
IN_USE = frozenset({QuestionnaireStatus.DRAFT, QuestionnaireStatus.PUBLISHED})
IN_PREPARATION = frozenset({FundingRoundStatus.DRAFT})
PUBLIC_ROUND = frozenset({FundingRoundStatus.PUBLISHED})
OFFERED = frozenset({AwardStatus.OFFERED})
AGREED = frozenset({AwardStatus.AGREED})
PAID_OUT = AGREED | {AwardStatus.COMPLETED, AwardStatus.ENDED}
SIGNABLE = OFFERED | AGREED
KNOWN_ROUND = PUBLIC_ROUND | {FundingRoundStatus.FINISHED}
UNFINISHED_ROUND = IN_PREPARATION | PUBLIC_ROUND
ASKED = frozenset({JoinStatus.WAITING})
LOOKS_ALIKE = frozenset({RegistrationStatus.WAITING})

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        # returns                                                    who                      while          becomes
        "return.view": Rule("see that a return is due and how far it is", TEAM | RETURN_READERS),
        "return.read": Rule("read what was sent", TEAM | RETURN_READERS),
        "return.read_draft": Rule("read answers before they are sent", TEAM | RETURN_READERS & HELP_ASKED),
        "return.answer": Rule("fill in a return", TEAM & STILL_OPEN, OPEN),
        "return.attach": Rule("send files with a return", TEAM & STILL_OPEN, OPEN),
        "return.detach": Rule("take files out of a return", TEAM & STILL_OPEN, OPEN),
        "return.ask_help": Rule("let the office see a draft", LEAD, OPEN, None, "changed whether the office may see the draft"),
        # pressed twice, it gives the version that was sent: so also while it lies with the office
        "return.submit": Rule("sign and send a return", LEAD & STILL_OPEN, OPEN | SENT, ReturnStatus.SUBMITTED, "submitted the return"),
        "return.query": Rule(
            "send a return back with questions", CASEWORKER, SENT, ReturnStatus.QUERIED, "sent the return back with a query"
        ),
        "return.approve": Rule("approve a return", CASEWORKER & NOT_THE_SUBMITTER, SENT, ReturnStatus.APPROVED, "approved the return"),
        "return.remind": Rule(
            "remind an organisation of a return that is late", CASEWORKER, OPEN, None, "reminded the organisation of the return"
        ),
        "return.extend": Rule("give more time for a return", CASEWORKER, OPEN, None, "moved the due date of the return"),
        "return.waive": Rule("waive a return", CASEWORKER, OPEN, ReturnStatus.WAIVED, "waived the return"),
        "return.reopen": Rule("reopen a return", CASEWORKER, RETURNED, ReturnStatus.DRAFT, "reopened the return"),
        "return.close": Rule("close a reopened return without a correction", THE_HUB | CASEWORKER, OPEN, None, "closed the return again"),
        "return.move": Rule(
            "move an open return to a newer version of its form",
            SET_UP & NO_INTEREST,
            OPEN,
            None,
            "moved the return to a newer version of its form",
        ),
        "return.list": Rule("see who has sent what", READERS),
        # what a form asks of the office: kept apart from what was sent, and never its organisation's to read
        "return.read_office": Rule("read what the office noted on a return", AWARD_READERS, LOOKED_AT),
        "return.answer_office": Rule("answer what a return's form asks of the office", CASEWORKER, LOOKED_AT),
        "return.answer_finance": Rule("answer what a return's form asks of finance", CASHIER, LOOKED_AT),
        # applications                                               who                      while          becomes
        "application.list": Rule("list applications", READERS | CHAIR | FINANCE),
        "application.view": Rule("see that there is an application and how far it is", TEAM | OFFICE_READERS),
        "application.read": Rule("read an application that was sent", TEAM | OFFICE_READERS),
        "application.read_draft": Rule("read an application before it is sent", TEAM | OFFICE_READERS & HELP_ASKED),
        "application.view_gates": Rule("see what the hub checked of an application before it is marked", OFFICE_READERS),
        "application.read_office": Rule("read what the office noted on an application", AWARD_READERS, CAME_IN),
        "application.answer_office": Rule("answer what an application's form asks of the office", CASEWORKER, CAME_IN),
        "application.answer_finance": Rule(
            "answer what an application's form asks of finance", FINANCE & NOT_ITS_TEAM & NO_INTEREST, CAME_IN
        ),
        "application.view_decision": Rule("see how an application was decided", OFFICE_READERS | TEAM & TOLD),
        "application.start": Rule("start an application", TEAM, says="started an application"),
        "application.enter": Rule(
            "enter an application that came on paper or by telephone", OFFICER & NOT_ITS_TEAM, says="entered an application for somebody"
        ),
        "application.answer": Rule("fill in an application", TEAM | OFFICER & ENTERED, WITH_THE_APPLICANT),
        "application.attach": Rule("send files with an application", TEAM | OFFICER & ENTERED, WITH_THE_APPLICANT),
        "application.detach": Rule("take files out of an application", TEAM | OFFICER & ENTERED, WITH_THE_APPLICANT),
        "application.ask_help": Rule(
            "let the office see a draft application", LEAD, WITH_THE_APPLICANT, None, "changed whether the office may see the draft"
        ),
        # pressed twice, it gives the version that was sent; a press that comes after the close is written down and sends nothing
        "application.submit": Rule(
            "send an application",
            LEAD | OFFICER & ENTERED,
            WITH_THE_APPLICANT | CAME,
            ApplicationStatus.SUBMITTED,
            "submitted the application",
        ),
        "application.reopen": Rule(
            "reopen an application until the round closes",
            LEAD | OFFICER & ENTERED,
            CAME,
            ApplicationStatus.DRAFT,
            "reopened the application",
        ),
        "application.withdraw": Rule(
            "withdraw an application", LEAD, BEFORE_DECISION, ApplicationStatus.WITHDRAWN, "withdrew the application"
        ),
        "application.extend": Rule(
            "give one applicant more time",
            CASEWORKER,
            frozenset({ApplicationStatus.DRAFT}),
            None,
            "gave the applicant more time",
        ),
        "application.confirm": Rule(
            "confirm that an application can be considered",
            CASEWORKER & NOT_THE_SUBMITTER,
            CAME,
            ApplicationStatus.ASSESSMENT,
            "confirmed that the application can be considered",
        ),
        "application.ask_correction": Rule(
            "send an application back once to be put right",
            CASEWORKER,
            CAME,
            ApplicationStatus.CORRECTION,
            "asked for a correction of the application",
        ),
        "application.refuse": Rule(
            "refuse an application that cannot be considered",
            CASEWORKER & NOT_THE_SUBMITTER,
            CAME,
            ApplicationStatus.INELIGIBLE,
            "refused the application as one that cannot be considered",
        ),
        # interests, assignments, marks, moderation
        "interest.state": Rule(
            "state one's interests in a round",
            OFFICER | ASSESSOR | CHAIR | FINANCE | DIRECTOR,
            KNOWN_ROUND,
            None,
            "stated their interests in the round",
        ),
        "interest.list_owed": Rule("see in which rounds one must state one's interests before anything else", ASSESSOR | CHAIR),
        "interest.list": Rule("see who has stated their interests", OFFICER | AUDITOR),
        "application.assign": Rule(
            "give an application to an assessor",
            CASEWORKER,
            frozenset({ApplicationStatus.ASSESSMENT}),
            None,
            "gave the application to an assessor",
        ),
        "application.mark_by_fewer": Rule(
            "say that fewer assessors mark an application",
            CASEWORKER,
            frozenset({ApplicationStatus.ASSESSMENT}),
            None,
            "said by how many assessors the application is marked",
        ),
        "round.assign": Rule(
            "share the applications of a round among its assessors",
            OFFICER,
            PUBLIC_ROUND,
            None,
            "shared the applications of the round among its assessors",
        ),
        "assignment.list": Rule("see what is to be marked", ASSESSOR | CHAIR | OFFICER | DIRECTOR | AUDITOR),
        "assignment.view": Rule("read an application that one is to mark", MARKER),
        "assignment.declare": Rule("declare an interest in an application that one is to mark", MARKER, says="declared an interest"),
        "assignment.remove": Rule("take an application away from an assessor", CASEWORKER, says="took the application from an assessor"),
        "score.save": Rule("mark an application", MARKER),
        "score.finish": Rule("finish marking an application", MARKER, says="finished marking the application"),
        "score.reopen": Rule("open one's marks again until all are in", MARKER, says="opened their marks again"),
        "moderation.list": Rule("see how the applications of a round were marked", CHAIR | OFFICER | DIRECTOR | AUDITOR),
        "moderation.view_progress": Rule("see how far the marking of an application is", PANEL),
        "moderation.view": Rule("see the marks of all assessors", PANEL & MARKS_IN),
        "moderation.agree": Rule(
            "agree a mark", CHAIR & NOT_ITS_TEAM & NO_INTEREST & MARKS_IN, MARKED, None, "agreed a mark of the application"
        ),
        # the line and the decision
        "round.view_line": Rule("try where the line of a round lies", (CHAIR | OFFICER | DIRECTOR | AUDITOR) & UNINVOLVED),
        "round.decide": Rule(
            "draw the line of a round and begin a decision", DRAWS_THE_LINE, PUBLIC_ROUND, None, "drew the line and began a decision"
        ),
        "decision.list": Rule("list decisions that are not public yet", READERS | CHAIR | FINANCE),
        "decision.view": Rule("read both parts of a decision", (READERS | CHAIR | FINANCE) & UNINVOLVED),
        "decision.view_public": Rule(
            "read the public part of a decision", ANYBODY & PUBLISHED_ONCE | (READERS | CHAIR | FINANCE) & UNINVOLVED
        ),
        "decision.set_line": Rule("move the line of a decision", DRAWS_THE_LINE, WRITTEN, None, "moved the line of the decision"),
        "decision.propose": Rule(
            "say what a decision does with an application",
            DRAWS_THE_LINE,
            WRITTEN,
            None,
            "changed what the decision does with an application",
        ),
        "decision.move_up": Rule(
            "change the order of the reserve list", DRAWS_THE_LINE, WRITTEN, None, "changed the order of the decision's reserve list"
        ),
        "decision.write": Rule("write the record of a decision", DRAWS_THE_LINE, WRITTEN, None, "wrote the record of the decision"),
        "decision.recommend": Rule("recommend a decision", DRAWS_THE_LINE, WRITTEN, DecisionStatus.RECOMMENDED, "recommended the decision"),
        "decision.sign_off": Rule("sign a decision off as chief officer", CHIEF_OFFICER, PUT_FORWARD, None, "signed the decision off"),
        "decision.send_back": Rule(
            "send a decision back", (FINANCE | DIRECTOR) & UNINVOLVED, PUT_FORWARD, DecisionStatus.DRAFT, "sent the decision back"
        ),
        "decision.approve": Rule("approve a decision", APPROVER, PUT_FORWARD, DecisionStatus.APPROVED, "approved the decision"),
        "decision.defer": Rule(
            "put the publication of a decision off", SET_UP & UNINVOLVED, WRITTEN | PUT_FORWARD | DECIDED, None, "put the publication off"
        ),
        "decision.publish": Rule("publish a decision", SET_UP & UNINVOLVED, DECIDED, DecisionStatus.PUBLISHED, "published the decision"),
        # awards: nothing of them reaches the organisation before its letter is released
        "award.list": Rule("list awards", READERS | FINANCE),
        "award.view": Rule("see an award", TEAM & OFFERED_ONCE | AWARD_READERS),
        # letters: drawn up when a decision is approved, written by staff, released together
        "decision.draw_up_letters": Rule(
            "draw up the letters of a decision", OFFICER & UNINVOLVED, DECIDED_UPON, None, "drew up the letters of the decision"
        ),
        "decision.release_letters": Rule(
            "release the letters of a decision together",
            (OFFICER | DIRECTOR) & UNINVOLVED,
            DECIDED_UPON,
            None,
            "released the letters of the decision",
        ),
        "letter.list": Rule("see which letters of a round are written and released", CHAIR | OFFICER | DIRECTOR | AUDITOR),
        "letter.view": Rule("read a letter with a decision", PANEL | (TEAM | OFFICE_READERS) & RELEASED),
        "letter.write": Rule("write a letter with a decision", CASEWORKER, UNRELEASED, LetterStatus.DRAFT),
        "letter.finish": Rule("say that a letter is ready", CASEWORKER, TO_BE_WRITTEN, LetterStatus.READY, "said that the letter is ready"),
        # pressed twice, both give the agreement as it was signed
        "award.sign": Rule(
            "sign a grant agreement for the organisation",
            LEAD & OFFERED_ONCE,
            SIGNABLE,
            None,
            "signed the grant agreement for the organisation",
        ),
        "award.countersign": Rule(
            "sign a grant agreement for the office",
            SIGNATORY,
            SIGNABLE,
            AwardStatus.AGREED,
            "signed the grant agreement for the office",
        ),
        "award.refuse": Rule("turn down an award", LEAD & OFFERED_ONCE, OFFERED, AwardStatus.REFUSED, "turned down the award"),
        "award.lapse": Rule(
            "close an offer that was not answered in time",
            THE_HUB | CASEWORKER,
            OFFERED,
            AwardStatus.LAPSED,
            "closed the offer: no answer in time",
        ),
        "award.end": Rule("end a grant early", SIGNATORY, AGREED, AwardStatus.ENDED, "ended the grant early"),
        "award.complete": Rule(
            "complete a grant of which nothing is owed any more", CASEWORKER, AGREED, AwardStatus.COMPLETED, "completed the grant"
        ),
        "template.list": Rule("read the wording of grant agreements", READERS | FINANCE),
        "template.write": Rule(
            "write a new version of the wording of grant agreements", SET_UP, says="wrote a new version of the wording of grant agreements"
        ),
        # payments: prepared by one person, let go by another
        "award.view_payee": Rule("see the reference of a payee in the finance system", CASHIER | AUDITOR & NOT_ITS_TEAM & NO_INTEREST),
        "award.check_payee": Rule(
            "check to whom an award is paid", CASHIER, AGREED | {AwardStatus.OFFERED}, None, "checked to whom the award is paid"
        ),
        "award.doubt_payee": Rule(
            "say that a bank account has changed", LEAD | PAYER, PAID_OUT, None, "said that the bank account has changed"
        ),
        "award.reschedule": Rule("change the payments of an award", PAYER, AGREED, None, "changed the payments of the award"),
        "award.settle": Rule(
            "settle what was not spent of a grant", PAYER, AGREED | {AwardStatus.COMPLETED}, None, "settled what was not spent of the grant"
        ),
        "award.claim": Rule("ask for money of a grant back", PAYER, PAID_OUT, None, "asked for money of the grant back"),
        "payment.list": Rule("list payments", READERS | FINANCE),
        "payment.view": Rule("see a payment", TEAM | AWARD_READERS),
        "payment.prepare": Rule(
            "prepare a payment", PAYER, frozenset({PaymentStatus.PLANNED}), PaymentStatus.PREPARED, "prepared the payment"
        ),
        "payment.take_back": Rule(
            "take back a payment that was prepared",
            PAYER,
            frozenset({PaymentStatus.PREPARED}),
            PaymentStatus.PLANNED,
            "took back the payment that was prepared",
        ),
        "payment.release": Rule(
            "release a payment",
            CASHIER & NOT_THE_PREPARER & NOT_WHO_CHECKED_THE_PAYEE,
            frozenset({PaymentStatus.PREPARED}),
            PaymentStatus.RELEASED,
            "released the payment",
        ),
        "payment.cancel": Rule(
            "cancel a payment",
            PAYER & NOT_THE_CLAIMANT,
            TO_PAY | {PaymentStatus.CLAIMED},
            PaymentStatus.CANCELLED,
            "cancelled the payment",
        ),
        "payment.receive": Rule(
            "say that money has come back",
            CASHIER & NOT_THE_PREPARER,
            frozenset({PaymentStatus.CLAIMED}),
            PaymentStatus.RECEIVED,
            "said that the money has come back",
        ),
        # changes to a grant
        "award.vary": Rule("ask for a change to a grant", LEAD, AGREED, None, "asked for a change to the grant"),
        "variation.view": Rule("see a change to a grant", TEAM | AWARD_READERS),
        "variation.approve": Rule(
            "approve a change to a grant",
            CASEWORKER,
            frozenset({VariationStatus.ASKED}),
            VariationStatus.APPROVED,
            "approved the change to the grant",
        ),
        "variation.refuse": Rule(
            "refuse a change to a grant",
            CASEWORKER,
            frozenset({VariationStatus.ASKED}),
            VariationStatus.REFUSED,
            "refused the change to the grant",
        ),
        # pressed twice, it gives the change as it was signed
        "variation.sign": Rule(
            "sign a change to a grant for the organisation",
            LEAD,
            frozenset({VariationStatus.APPROVED}),
            None,
            "signed the change to the grant for the organisation",
        ),
        "variation.countersign": Rule(
            "sign a change to a grant for the office",
            SIGNATORY,
            frozenset({VariationStatus.APPROVED}),
            VariationStatus.SIGNED,
            "signed the change to the grant for the office",
        ),
        # programmes, services, agreements, periods, targets
        "programme.list": Rule("list programmes", STAFF | PROGRAMME_AGREED),
        "programme.view": Rule("see a programme", STAFF | PROGRAMME_AGREED),
        "programme.create": Rule("set up a programme", SET_UP, says="set up the programme"),
        "programme.change": Rule("change a programme", SET_UP, says="changed the programme"),
        "programme.add_service": Rule("add a service to a programme", SET_UP, says="added the service"),
        "service.view": Rule("see a service", STAFF),
        "service.change": Rule("change a service", SET_UP, says="changed the service"),
        "service.add_agreement": Rule("make a service agreement", SET_UP, says="made the service agreement"),
        "agreement.view": Rule("see a service agreement", TEAM | STAFF),
        "agreement.change": Rule("change a service agreement", SET_UP, says="changed the service agreement"),
        "agreement.draw_up": Rule("draw up the returns of an agreement", SET_UP | THE_HUB, says="drew up the returns"),
        "agreement.copy": Rule("copy an agreement into the next year", SET_UP, says="copied the agreement into the next year"),
        "agreement.set_target": Rule("set a target", SET_UP, says="set a target"),
        "period.list": Rule("list reporting periods", STAFF),
        "period.create": Rule("make reporting periods", SET_UP, says="made the reporting periods"),
        "period.change": Rule("change a period's due date", SET_UP, says="changed the due date"),
        # summaries
        "summary.view": Rule("see a programme summary", READERS | FINANCE | CHAIR | PROGRAMME_AGREED),
        "summary.view_provisional": Rule("see provisional figures in a summary", READERS),
        # of one agreement: a provider sees its own figures, and nobody else's
        "receipt.view": Rule("see where a figure came from", TEAM | READERS | FINANCE | CHAIR | PROGRAMME_AGREED),
        "receipt.view_provisional": Rule("see where a provisional figure came from", TEAM | READERS),
        "observation.import": Rule("import figures from a file", OFFICER | THE_HUB, says="imported figures"),
        # forms
        "questionnaire.list": Rule("list questionnaires", STAFF),
        "questionnaire.view": Rule("see a questionnaire", STAFF | ANYBODY & PUBLISHED_ONCE),
        "questionnaire.load": Rule("load a questionnaire", SET_UP | THE_HUB, says="loaded the questionnaire"),
        "questionnaire.publish": Rule(
            "publish a questionnaire", SET_UP | THE_HUB, UNPUBLISHED, QuestionnaireStatus.PUBLISHED, "published the questionnaire"
        ),
        "questionnaire.retire": Rule("retire a questionnaire", SET_UP, IN_USE, QuestionnaireStatus.RETIRED, "retired the questionnaire"),
        "library.load": Rule("load the indicator library", SET_UP | THE_HUB, says="loaded the indicator library"),
        # funds, rounds, bid workshops, priorities
        "fund.list": Rule("list funds", STAFF),
        "fund.view": Rule("see a fund", STAFF),
        "fund.create": Rule("set up a fund", SET_UP, says="set up the fund"),
        "fund.change": Rule("change a fund", SET_UP, says="changed the fund"),
        "round.view": Rule("see a round and its questions", STAFF | ANYBODY & PUBLISHED_ONCE),
        "round.view_report": Rule("see what a round came to", READERS | CHAIR | FINANCE),
        "round.create": Rule("prepare a round of a fund", SET_UP, says="prepared the round"),
        "round.change": Rule("change a round", SET_UP, UNFINISHED_ROUND, None, "changed the round"),
        "round.publish": Rule("publish a round", SET_UP, IN_PREPARATION, FundingRoundStatus.PUBLISHED, "published the round"),
        "round.finish": Rule("finish a round", SET_UP & UNINVOLVED, PUBLIC_ROUND, FundingRoundStatus.FINISHED, "finished the round"),
        "workshop.view": Rule("see who comes to a bid workshop", STAFF),
        "workshop.add": Rule("add a bid workshop to a round", SET_UP, says="added the bid workshop"),
        "workshop.book": Rule("book a place at a bid workshop", SIGNED_IN, says="booked a place at the bid workshop"),
        "workshop.cancel": Rule("give back one's place at a bid workshop", SIGNED_IN, says="gave back a place at the bid workshop"),
        "priority.list": Rule("list priorities", STAFF),
        "priority.add": Rule("add a priority", SET_UP, says="added the priority"),
        "priority.end": Rule("end a priority", SET_UP, says="ended the priority"),
        "priority.load": Rule("load priorities", SET_UP | THE_HUB, says="loaded the priorities"),
        # organisations and people
        "organisation.list": Rule("list organisations", STAFF),
        "organisation.view": Rule("see an organisation", TEAM | STAFF),
        "organisation.create": Rule("add an organisation", SET_UP, says="added the organisation"),
        "organisation.change": Rule("change an organisation's details", LEAD | SET_UP, says="changed the organisation's details"),
        "organisation.invite": Rule("invite people to an organisation", LEAD | SET_UP | THE_HUB, says="invited somebody"),
        # people who come by themselves; an officer may let anybody in because an officer may invite anybody
        "organisation.ask_to_join": Rule("ask to join an organisation", SIGNED_IN & NOT_ITS_TEAM, says="asked to join the organisation"),
        "organisation.register": Rule("register one's own organisation", SIGNED_IN, says="asked to register an organisation"),
        "joining.list": Rule("see who waits to join or to be registered", OFFICER | ADMINISTRATOR | AUDITOR),
        "joining.view": Rule("see that somebody asks to join an organisation", LEAD | OFFICER | ADMINISTRATOR | AUDITOR | THEMSELVES),
        "joining.approve": Rule(
            "let somebody join an organisation", (LEAD | OFFICER) & SOMEBODY_ELSE, ASKED, JoinStatus.APPROVED, "let somebody join"
        ),
        "joining.refuse": Rule(
            "refuse somebody who asks to join",
            (LEAD | OFFICER) & SOMEBODY_ELSE,
            ASKED,
            JoinStatus.REFUSED,
            "refused somebody who asked to join",
        ),
        "joining.withdraw": Rule(
            "withdraw one's request to join", THEMSELVES, ASKED, JoinStatus.WITHDRAWN, "withdrew their request to join"
        ),
        "registration.view": Rule("see what somebody registers", OFFICER | ADMINISTRATOR | AUDITOR | THEMSELVES),
        "registration.establish": Rule(
            "register an organisation that looks like another one",
            OFFICER & SOMEBODY_ELSE,
            LOOKS_ALIKE,
            RegistrationStatus.REGISTERED,
            "registered the organisation as another one",
        ),
        "registration.match": Rule(
            "say that an organisation is registered already",
            OFFICER & SOMEBODY_ELSE,
            LOOKS_ALIKE,
            RegistrationStatus.SAME,
            "found that the organisation is registered already",
        ),
        "registration.refuse": Rule(
            "refuse to register an organisation",
            OFFICER & SOMEBODY_ELSE,
            LOOKS_ALIKE,
            RegistrationStatus.REFUSED,
            "refused to register the organisation",
        ),
        "person.list": Rule("list people", ADMINISTRATOR | AUDITOR),
        "person.view": Rule("see a person", ADMINISTRATOR | AUDITOR | THEMSELVES),
        "person.invite": Rule("invite people to the office or as viewers", ADMINISTRATOR | THE_HUB, says="invited somebody"),
        "person.deactivate": Rule("close a person's account", ADMINISTRATOR & SOMEBODY_ELSE, says="closed the account"),
        "person.reactivate": Rule("open a closed account again", ADMINISTRATOR & SOMEBODY_ELSE, says="opened the account again"),
        "person.change_roles": Rule("change a person's office roles", ADMINISTRATOR & SOMEBODY_ELSE, says="changed the roles"),
        "person.end_sessions": Rule("sign a person out everywhere", ADMINISTRATOR | THEMSELVES, says="signed the person out everywhere"),
        "person.sign_in": Rule("sign in", ANYBODY, says="signed in"),
        "person.sign_out": Rule("sign out", THEMSELVES, says="signed out"),
        "person.rename": Rule("change one's name", THEMSELVES, says="changed their name"),
        "person.change_password": Rule("change one's password", THEMSELVES, says="changed their password"),
        "person.ask_email_change": Rule("ask for a change of e-mail address", THEMSELVES, says="asked for a change of e-mail address"),
        "person.confirm_email_change": Rule("confirm a change of e-mail address", ANYBODY, says="confirmed a change of e-mail address"),
        "person.ask_account": Rule("ask for an account", ANYBODY),
        "person.create_account": Rule("create an account with the link that was asked for", ANYBODY, says="created their account"),
        "person.ask_reset": Rule("ask for a password reset", ANYBODY),
        "person.reset_password": Rule("set a new password with a reset link", ANYBODY, says="set a new password with a reset link"),
        "invitation.view": Rule("see an invitation", INVITED_BY | AUDITOR),
        "invitation.withdraw": Rule("withdraw an invitation", INVITED_BY, says="withdrew the invitation"),
        "invitation.send_again": Rule("send an invitation again", INVITED_BY, says="sent the invitation again"),
        "invitation.accept": Rule("accept an invitation", ANYBODY, says="accepted the invitation"),
        "membership.view": Rule("see who belongs to an organisation", TEAM | STAFF),
        "membership.change": Rule(
            "change a person's role in an organisation", (LEAD | ADMINISTRATOR) & SOMEBODY_ELSE, says="changed the role"
        ),
        "membership.end": Rule("remove a person from an organisation", LEAD | ADMINISTRATOR | THEMSELVES, says="ended the membership"),
        # what an organisation keeps here; the office may put in what came by post
        "document.view": Rule("see the documents that an organisation keeps", TEAM | READERS),
        "document.add": Rule("keep a document of an organisation", TEAM | OFFICER & NOT_ITS_TEAM, says="kept a document"),
        "document.replace": Rule(
            "replace a document or change when it expires", TEAM | OFFICER & NOT_ITS_TEAM, says="replaced a document or its expiry date"
        ),
        "document.remove": Rule("take a document out", TEAM | OFFICER & NOT_ITS_TEAM, says="took a document out"),
        # files
        "file.withhold": Rule("withhold a file in which a virus was found", THE_HUB, says="withheld a file in which a virus was found"),
        # the record
        "history.view": Rule("read the history", ADMINISTRATOR | AUDITOR),
        "mail.list": Rule("see the mail the hub sends", ADMINISTRATOR),
    }
)


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_NOW = "not now"


def sentence_for(action: str) -> str:
    """Why a person may never do this, in words."""
    return f"You cannot {RULES[action].does}. Only {RULES[action].who.words} can."


def not_now(action: str, status: str) -> str:
    """Why it cannot be done while things stand so."""
    return f"You cannot {RULES[action].does} now: it is “{status_label(action, status)}”. Nothing was changed."


def being_decided(action: str) -> str:
    """The same to an applicant, whatever was decided, until the letter is out."""
    return (
        f"You cannot {RULES[action].does} now: it is being decided on, and you will be told by letter. Nothing was changed. "
        "Call us if it cannot wait."
    )


# One word may be the status of several things: what it is called depends on the thing.
STATUS_LABELS: Mapping[str, Mapping[Any, str]] = {
    "application": APPLICATION_STATUS_LABELS,
    "moderation": APPLICATION_STATUS_LABELS,
    "decision": DECISION_STATUS_LABELS,
    "award": AWARD_STATUS_LABELS,
    "letter": LETTER_STATUS_LABELS,
    "payment": PAYMENT_STATUS_LABELS,
    "variation": VARIATION_STATUS_LABELS,
    "interest": FUNDING_ROUND_STATUS_LABELS,
    "joining": JOIN_STATUS_LABELS,
    "registration": REGISTRATION_STATUS_LABELS,
    "return": RETURN_STATUS_LABELS,
    "questionnaire": QUESTIONNAIRE_STATUS_LABELS,
    "round": FUNDING_ROUND_STATUS_LABELS,
}


def status_label(action: str, status: str) -> str:
    """A status in words, as it is called of the thing that `action` is done with."""
    return STATUS_LABELS[action.partition(".")[0]][status]


def during_words(action: str) -> str:
    """While it is what, in words and in their usual order; empty where it may be done at any time."""
    during = RULES[action].during or frozenset()
    return ", ".join(f"“{label}”" for status, label in STATUS_LABELS.get(action.partition(".")[0], {}).items() if status in during)
