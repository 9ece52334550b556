"""An office with one of everything, somebody in every role, a return in every state, and a word of its own in every confidential text."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import Client, TestResponse

from partnerhub import clock
from partnerhub.actions import (
    agreements,
    applications,
    assessment,
    awards,
    documents,
    invitations,
    joining,
    organisations,
    passwords,
    returns,
    variations,
    workshops,
)
from partnerhub.actions.office_parts import save_office_part
from partnerhub.extensions import db
from partnerhub.forms.answers import Typed
from partnerhub.models import (
    Application,
    Assignment,
    Award,
    District,
    EmailToken,
    FundingRound,
    ImportBatch,
    Invitation,
    Membership,
    MonitoringReturn,
    Observation,
    OrganisationIdentifier,
    Proposal,
    Score,
    Target,
    User,
    UserSession,
)
from partnerhub.queries.office_parts import office_part
from partnerhub.queries.people import hash_of, person_of
from partnerhub.rules.words import DecisionStatus, InterestStage, LetterStatus, LinkKind, ObservationStatus, QuestionnaireStatus
from tests.make import FULL_APPLICATION, LONG_AGO, SMALL_RETURN, Make
from tests.security import every_type
from tests.security.headers import faults_of
from tests.security.keeping import Keeper

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
PASSWORD = "violet teapot marches"

# Who comes: a stranger; somebody signed in without any role; a member and a lead of the organisation concerned; a lead of another one;
# the office; a viewer of the programme concerned, and one of another programme.
OFFICE = ("officer", "assessor", "chair", "finance", "director", "administrator", "auditor")
ROLES = ("stranger", "norole", "member", "lead", "foreign", *OFFICE, "viewer", "elsewhere")

STATES = ("due", "draft", "helped", "submitted", "queried", "approved", "reopened", "waived")
QUARTERS = dict(
    zip(
        STATES,
        ("2023-24 Q2", "2022-23 Q2", "2023-24 Q1", "2022-23 Q3", "2022-23 Q4", "2022-23 Q1", "2023-24 Q3", "2021-22 Q4"),
        strict=True,
    )
)


NUMBERS = {"draft": 5550123, "submitted": 7654321, "approved": 1234567}  # figures that are told from all others

KEPT_BY_THE_OFFICE = [
    {"key": "for_the_office", "type": "short_text", "label": "Kept by the office", "visible_to": "office"},
    {"key": "for_finance", "type": "short_text", "label": "Kept by finance", "visible_to": "finance"},
]
FORM = SMALL_RETURN | {
    "questionnaire": "harbour_return",
    "sections": [
        *SMALL_RETURN["sections"],
        {
            "key": "more",
            "title": "More",
            "questions": [
                {"key": "evidence", "type": "file", "label": "A document", "limit": {"files": 3}},
                {"key": "grant_spent", "type": "money", "label": "Spent of a grant"},
                {
                    "key": "partners",
                    "type": "table",
                    "label": "Partners",
                    "columns": [{"key": "who", "type": "short_text", "label": "Who"}],
                },
                *KEPT_BY_THE_OFFICE,
            ],
        },
    ],
}


@dataclass(frozen=True)
class Answer:
    """What came back, and whether anything was written on the way."""

    response: TestResponse
    wrote: frozenset[str]

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return self.response.get_data(as_text=True)


class Office:
    """Builds the office once; then asks it things in any role, and puts it back when something changed."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: Client = app.test_client(use_cookies=False)
        self.cookies: dict[str, str] = {}
        self.raw = {role: secrets.token_hex(20) for role in ROLES}
        self.ids: dict[str, Any] = {}
        self.tokens: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.words: dict[str, str] = {}
        self.asked = 0
        with app.app_context(), clock.at(NOW):
            self._build()
            db.session.remove()
            self.files_kept = self._files()
            self.keeper = Keeper(db.engine)

    # Asking

    def csrf_token(self, who: str) -> str:
        return URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(self.raw[who])

    def ask(
        self,
        who: str,
        method: str,
        path: str,
        data: Any = None,
        *,
        htmx: bool = False,
        csrf: bool = True,
        headers: dict[str, str] | None = None,
        **rest: Any,
    ) -> Answer:
        """One request. Whatever it is, the answer must be an answer (no fault of ours) with every header it must carry."""
        sent = {"Cookie": self.cookies[who]} | ({"HX-Request": "true"} if htmx else {}) | (headers or {})
        if csrf and method not in ("GET", "HEAD"):
            sent.setdefault("X-CSRFToken", self.csrf_token(who))
        with clock.at(NOW):
            response = self.client.open(path, method=method, data=data, headers=sent, buffered=True, **rest)
        self.asked += 1
        if response.status_code >= 500:
            self.keeper.engine.dispose()  # what the fault left open would lock out the next
        assert response.status_code < 500, f"{who}: {method} {path[:200]} answers {response.status_code}"
        faults = faults_of(response, path, signed_in=who != "stranger")
        assert not faults, f"{who}: {method} {path[:200]} ({response.status_code}): {'; '.join(faults)}"
        return Answer(response, frozenset(self.keeper.changed()) | (self._new_files() if method == "POST" else frozenset()))

    def _new_files(self) -> frozenset[str]:
        """Whether there are files on disk that were not there."""
        return frozenset({"a file"} if self._files() - self.files_kept else ())

    def _files(self) -> set[Path]:
        return {Path(folder, name) for folder, _, names in os.walk(self.files) for name in names}

    def get(self, who: str, path: str, **rest: Any) -> Answer:
        return self.ask(who, "GET", path, **rest)

    def post(self, who: str, path: str, data: Any = None, **rest: Any) -> Answer:
        return self.ask(who, "POST", path, data, **rest)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Inside, the database holds the office and is watched."""
        self.keeper.restore()
        with self.keeper.watching():
            yield
        self.keeper.restore()
        self.keeper.engine.dispose()

    def back(self, answer: Answer) -> Answer:
        """Undo what this answer did."""
        if answer.wrote or self.keeper.was_written:
            self.keeper.restore(frozenset(self.keeper.written))
        if "a file" in answer.wrote:
            for each in self._files() - self.files_kept:
                each.unlink()
        return answer

    # Building

    def word(self, name: str) -> str:
        """A word that stands nowhere else, for one confidential text."""
        return self.words.setdefault(name, f"zq{name.replace(' ', '')}{secrets.token_hex(4)}")

    def _build(self) -> None:
        self.make = Make()
        self._places()
        self._people()
        self._contracts()
        self._returns()
        self._rounds()
        self._applications()
        self._assessment()
        self._awards()
        self._letters()
        self._decisions()
        self._joining()
        self._links()
        for role in ROLES:
            self.cookies[role] = self._cookie(role)

    def _places(self) -> None:
        make, word = self.make, self.word
        db.session.add_all(
            [
                District(code="E07000129", name="Blaby", kind="district"),
                District(code="E06000017", name="Rutland", kind="unitary authority"),
            ]
        )
        db.session.commit()
        self.ours = make.organisation(
            f"Harbour {word('our name')}",
            district_code="E07000129",
            website="https://harbour.example.org",
            telephone="0116 496 0001",
            address=word("our address"),
        )
        self.theirs = make.organisation(f"Mountain {word('their name')}", address=word("their address"))
        self.council = make.organisation("Example Council")
        db.session.add(OrganisationIdentifier(org_id="GB-CHC-1012345", organisation_id=self.ours.id))
        db.session.add(OrganisationIdentifier(org_id="GB-CHC-1012346", organisation_id=self.theirs.id))
        db.session.commit()
        self.programme = make.programme("early-help", name="Early help", about=word("programme about"))
        self.elsewhere = make.programme("elsewhere", name="Elsewhere", about=word("other programme"))
        self.service = make.service(self.programme, "Locality service", about=word("service about"))
        self.other_service = make.service(self.elsewhere, "Mountain service", about=word("other service"))

    def _people(self) -> None:
        make, word = self.make, self.word
        users: dict[str, User] = {role: make.user(role, name=f"The {role}") for role in OFFICE}
        users["norole"] = make.user(name="Without role")
        users["member"] = make.member(self.ours, name="Our member")
        users["lead"] = make.lead(self.ours, name="Our lead")
        users["foreign"] = make.lead(self.theirs, name="Their lead", email=f"{word('their email')}@example.org")
        users["viewer"] = make.viewer(self.programme, name="Viewer")
        users["elsewhere"] = make.viewer(self.elsewhere, name="Viewer elsewhere")
        users["deputy"] = make.lead(self.ours, name=f"Deputy {word('our name of a person')}", email=f"{word('our email')}@example.org")
        users["second"] = make.user("assessor", name=f"Second {word('name of an assessor')}")
        users["third"] = make.user("assessor", name="Third assessor")
        users["asking"] = make.user(name=f"Somebody {word('name of who asks')}")
        users["closed"] = make.user(name="Closed account", deactivated_at=LONG_AGO)
        kept = passwords.hashed(PASSWORD)
        for user in users.values():
            user.password_hash = kept
        db.session.commit()
        self.users = users
        self.people = {role: person_of(user.id) for role, user in users.items()}
        self.user_ids = {role: user.id for role, user in users.items()}
        held = {each.user_id: each.id for each in db.session.query(Membership).all()}
        self.membership_ids = {role: held.get(user.id) for role, user in users.items()}
        profile = {"legal_name": {"": word("profile")}, "address": {"line1": "1 Quay", "line2": "", "town": "Hull", "postcode": ""}}
        organisations.save_profile(self.ours, profile, by=self.people["lead"])
        self.files = Path(self.app.config["HUB"].instance_folder, "files")
        content, name = word("document kept").encode(), f"{word('name of a document')}.txt"
        kept = documents.add_document(
            self.ours, "safeguarding_policy", date(2027, 3, 31), name, content, self.files, by=self.people["member"]
        )
        self.document_id = kept.id

    def _contracts(self) -> None:
        make = self.make
        self.form = make.version(FORM)
        other = {**FORM, "questionnaire": "other_return", "title": "Other return"}
        make.version({**FORM, "about": "The second version"}, number=2)
        old = {**FORM, "questionnaire": "old_return", "title": "Old return"}
        make.version(old, status=QuestionnaireStatus.RETIRED).published_at = LONG_AGO
        make.version(old | {"about": self.word("form thrown away")}, status=QuestionnaireStatus.RETIRED, number=2)
        self.form_versions = {
            "published": ("harbour_return", 1),
            "newest": ("harbour_return", 2),
            "draft": ("other_return", 1),
            "retired": ("old_return", 1),
            "thrown away": ("old_return", 2),  # a draft that was never published
        }
        self.draft_form = make.version(
            {**other, "sections": [*other["sections"], self._secret_section()]}, status=QuestionnaireStatus.DRAFT
        )
        self.agreement = make.agreement(self.service, self.ours, self.form, starts=date(2021, 4, 1), ends=date(2024, 3, 31))
        self.agreement.commissioners.append(self.council)
        self.agreement.districts.append(db.session.get(District, "E07000129"))
        db.session.add(Target(agreement_id=self.agreement.id, indicator_key="referrals", value=40))
        self.other_agreement = make.agreement(self.other_service, self.theirs, self.form)
        db.session.commit()

    def _secret_section(self) -> dict[str, Any]:
        question = {"key": "unpublished", "type": "short_text", "label": self.word("unpublished form")}
        return {"key": "unpublished_part", "title": "Later", "questions": [question]}

    def _returns(self) -> None:
        """One in each state, brought there by the deeds that bring returns there."""
        self.returns = {state: self.make.monitoring_return(self.agreement, quarter, self.form) for state, quarter in QUARTERS.items()}
        self.file_ids = {}
        for state in STATES[1:]:
            self._fill(self.returns[state], "member", state)
            content = self.word(f"file {state}").encode()
            sent = returns.attach_file(self.returns[state], "evidence", f"{state}.txt", content, self.files, by=self.people["member"])
            self.file_ids[state] = sent.id
        lead, officer, word = self.people["lead"], self.people["officer"], self.word
        for state in ("submitted", "queried", "approved", "reopened"):
            returns.submit_return(self.returns[state], by=lead)
        returns.ask_help(self.returns["helped"], True, by=lead)
        asked = [("referrals", "", word("question from the office")), ("_return", "", "Anything else?")]
        returns.query_return(self.returns["queried"], asked, by=officer)
        replies = {("referrals", "reply.1"): word("reply not sent"), ("_return", "reply.2"): word("reply not sent")}
        returns.save_answers(self.returns["queried"], {place: Typed(text, 0) for place, text in replies.items()}, by=self.people["member"])
        for state in ("approved", "reopened"):
            returns.approve_return(self.returns[state], by=officer)
        until = NOW.date() + timedelta(days=14)
        returns.reopen_return(self.returns["reopened"], word("reason for reopening"), until, by=officer)
        returns.waive_return(self.returns["waived"], word("reason for waiving"), by=officer)
        self.returns["foreign"] = self.make.monitoring_return(self.other_agreement, "2022-23 Q1", self.form)
        self._fill(self.returns["foreign"], "foreign", "foreign")
        returns.submit_return(self.returns["foreign"], by=self.people["foreign"])
        self._published_figures()
        db.session.commit()
        every_type_form = self.make.version(every_type.form())
        agreement = self.make.agreement(self.service, self.ours, every_type_form)
        asks_everything = self.make.monitoring_return(agreement, "2022-23 Q1", every_type_form)
        self.every_type_id, self.every_type_submission = asks_everything.id, asks_everything.submission_id
        agreements.draw_up(self.other_agreement, by=officer)
        self.make.monitoring_return(self.other_agreement, QUARTERS["reopened"], self.form)  # missing in the period that the list opens on
        self.ids["period"] = self.returns["due"].period.uuid

    def _rounds(self) -> None:
        """One round in each state: prepared (nobody outside knows of it), open, over and to be finished, finished."""
        make, word = self.make, self.word
        self.fund = make.fund("Example fund", code="EF")
        closed = {"opens_at": datetime(2026, 1, 5, 9, tzinfo=UTC), "closes_at": datetime(2026, 2, 2, 12, tzinfo=UTC), "decided_by": None}
        to_come = {
            "opens_at": datetime(2026, 5, 4, 8, tzinfo=UTC),
            "closes_at": datetime(2026, 7, 6, 11, tzinfo=UTC),
            "decided_by": date(2026, 9, 1),
        }
        self.rounds = {
            "prepared": make.funding_round(self.fund, number=4, status="draft", theme=word("round in preparation"), **to_come),
            "open": make.funding_round(self.fund, number=3, advertised=word("advertised"), **to_come),
            "over": make.funding_round(self.fund, number=2, **closed),
            "finished": make.funding_round(self.fund, number=1, status="finished", **closed),
        }
        self.priority = make.priority("A zone")
        when = datetime(2026, 6, 10, 17, tzinfo=UTC)
        self.workshops = {state: make.workshop(self.rounds[state], at=when) for state in ("prepared", "open")}
        workshops.book(self.workshops["open"], by=self.people["lead"])

    def _applications(self) -> None:
        """A draft, one that the office may read, one that it entered, one sent, one sent in a round that has closed; and one of others."""
        make, people = self.make, self.people
        document = deepcopy(FULL_APPLICATION)
        document["sections"][0]["questions"][2]["reuse"] = "email"  # what is sent can be kept in the profile
        document["sections"].append({"key": "office", "title": "For the office", "questions": deepcopy(KEPT_BY_THE_OFFICE)})
        form = make.version(document)
        came = self.rounds["over"].closes_at - timedelta(days=1)
        with clock.at(came):
            still_open = make.funding_round(
                self.fund, form, number=5, opens_at=self.rounds["open"].opens_at, closes_at=self.rounds["open"].closes_at
            )
            over = make.funding_round(
                self.fund, form, number=6, opens_at=self.rounds["over"].opens_at, closes_at=self.rounds["over"].closes_at
            )
            self.applications = {
                "drafted": make.application(still_open, self.ours),
                "shared": make.application(still_open, self.ours),
                "entered": make.application(still_open, self.ours, channel="paper"),
                "sent": make.application(still_open, self.ours),
                "came": make.application(over, self.ours),
                "of others": make.application(over, self.theirs),
                "marked": make.application(over, self.ours),
                "judged": make.application(over, self.ours),
            }
            for state, each in self.applications.items():
                self._fill_in(each, "foreign" if state == "of others" else "member", state)
            applications.ask_help(self.applications["shared"], True, by=people["lead"])
            for state in ("came", "sent", "marked", "judged"):
                applications.submit_application(self.applications[state], by=people["lead"])
            applications.submit_application(self.applications["of others"], by=people["foreign"])
        self.rounds |= {"with applications": over}
        for thing, kind in ((self.applications["came"], "application"), (self.returns["submitted"], "return")):
            for key, who in (("for_the_office", "officer"), ("for_finance", "finance")):
                save_office_part(office_part(thing), {(key, ""): Typed(self.word(f"note on the {kind} by {who}"), 0)}, by=people[who])

    def _assessment(self) -> None:
        """One that two assessors mark (one has begun), one of which all marks are in, and one in which the chair has an interest."""
        people, word, over = self.people, self.word, self.rounds["with applications"]
        marked = self.applications["marked"]
        applications.confirm_application(marked, by=people["officer"])
        for who, declared in (("assessor", {}), ("second", {}), ("third", {self.theirs.id: word("interest of an assessor")})):
            assessment.state_interests(over, InterestStage.ASSIGNMENT, declared, by=people[who])
        assessment.state_interests(over, InterestStage.PANEL, {self.theirs.id: word("interest of the chair")}, by=people["chair"])
        given = {who: assessment.assign(marked, self.user_ids[who], by=people["officer"]) for who in ("assessor", "second")}
        typed = {("need", "mark"): "4", ("need", "reason"): word("reason for a mark"), ("cost", "mark"): word("mark as typed")}
        assessment.save_marks(given["assessor"], typed, by=people["assessor"])
        assessment.mark_by_fewer(marked, 2, word("reason for fewer assessors"), by=people["officer"])
        self.assignments = {"begun": given["assessor"], "untouched": given["second"]}
        judged = self.applications["judged"]
        applications.confirm_application(judged, by=people["officer"])
        for who, mark in (("assessor", "1"), ("second", "4"), ("third", "4")):
            one = assessment.assign(judged, self.user_ids[who], by=people["officer"])
            typed = {("need", "mark"): mark, ("need", "reason"): word("reason for all"), ("cost", "mark"): mark, ("cost", "reason"): "So"}
            assessment.save_marks(one, typed, by=people[who])
            assessment.finish_marking(one, by=people[who])
            self.assignments.setdefault("finished", one)
        self._half_marked(over)
        assessment.agree_mark(judged, "cost", "2", word("reason of the panel"), by=people["chair"])

    def _awards(self) -> None:
        """One not offered yet, one offered, one that a lead has signed, one not answered in time, one agreed; and one of others."""
        make, over, next_month = self.make, self.rounds["with applications"], NOW.date() + timedelta(days=28)
        given = {
            "approved": (self.ours, "approved", None),
            "offered": (self.ours, "offered", next_month),
            "signed": (self.ours, "offered", next_month),
            "not answered": (self.ours, "offered", NOW.date() - timedelta(days=1)),
            "agreed": (self.ours, "agreed", next_month),
            "of others": (self.theirs, "offered", next_month),
        }
        self.awards = {
            state: make.award(
                make.application(over, organisation, status="approved"),
                status=status,
                answer_by=answer_by,
                project=self.word(f"project awarded {state}"),
                conditions=self.word(f"condition {state}"),
            )
            for state, (organisation, status, answer_by) in given.items()
        }
        agreements = {state: award.agreements[0] for state, award in self.awards.items() if award.agreements}
        awards.sign_for_partner(self.awards["signed"], agreements["signed"].digest, "Our lead", by=self.people["lead"])
        self.digests = {state: each.digest for state, each in agreements.items()}
        self._payments(self.awards["agreed"])
        self.nothing_owed = make.award(make.application(over, self.ours, status="approved"), status="agreed")
        self._variations(self.nothing_owed)

    def _letters(self) -> None:
        """Of three decisions: one whose letters are to be drawn up, one to be released (a draft and a ready letter), one released."""
        make, over = self.make, self.rounds["with applications"]
        self.decisions = {each: make.decision(over) for each in ("to be drawn up", "to be written", "to be released", "released")}
        told = {
            "draft": ("to be written", self.ours, LetterStatus.DRAFT),
            "ready": ("to be released", self.ours, LetterStatus.READY),
            "released": ("released", self.ours, LetterStatus.RELEASED),
            "of others": ("released", self.theirs, LetterStatus.RELEASED),
        }
        self.letters, self.decided = {}, {}
        for number, (state, (decision, organisation, status)) in enumerate(told.items(), 8000):
            bid = make.application(over, organisation, status="declined", reference=f"{over.reference}-{number}", number=number)
            said = {"strength": self.word(f"strength {state}"), "improvement": self.word(f"improvement {state}")}
            facts = {"opening": f"The answer is no. {self.word(f'answer {state}')}"}
            told_at = NOW if status == LetterStatus.RELEASED else None
            bid.told_at = told_at
            words = {"text": self.word(f"letter {state}"), "feedback": {"need": said}, "facts": facts}
            self.letters[state] = make.letter(self.decisions[decision], bid, status=status, **words)
            make._kept(Proposal(decision_id=self.decisions[decision].id, application_id=bid.id, position=1, outcome="decline"))
        bid = make.application(over, self.ours, status="declined", reference=f"{over.reference}-8999", number=8999)
        make._kept(Proposal(decision_id=self.decisions["to be drawn up"].id, application_id=bid.id, position=1, outcome="decline"))

    def _decisions(self) -> None:
        """One that is written, one that waits for sign-off, one for approval, one that everybody may read: each on a bid of ours.

        The one that is written holds another bid on its reserve list, before ours. One more round waits for its line.
        """
        make, over = self.make, self.rounds["with applications"]
        wanted = {
            "written": {"status": DecisionStatus.DRAFT, "year": None, "number": None, "approved_at": None, "publish_by": None},
            "put forward": {"status": DecisionStatus.RECOMMENDED, "year": None, "number": None, "approved_at": None, "publish_by": None},
            "signed off": {"status": DecisionStatus.RECOMMENDED, "year": None, "number": None, "approved_at": None, "publish_by": None},
            "public": {"status": DecisionStatus.PUBLISHED, "published_at": NOW},
        }
        wanted["signed off"] |= {"signed_off_by_id": self.users["finance"].id, "signed_off_at": NOW}
        for number, (state, rest) in enumerate(wanted.items(), 8100):
            said = {each: self.word(f"{each} {state}") for each in ("title", "summary", "confidential", "press_plan", "line_reason")}
            decision = self.decisions[state] = make.decision(over, **said, **rest)
            bid = make.application(over, self.ours, status="moderated", reference=f"{over.reference}-{number}", number=number)
            make._kept(Proposal(decision_id=decision.id, application_id=bid.id, position=2, outcome="reserve", reason="So"))
            self.decided[state] = bid.id
        first = make.application(over, self.theirs, status="moderated", reference=f"{over.reference}-8199", number=8199)
        reserve = {"position": 1, "outcome": "reserve", "reason": "So"}
        make._kept(Proposal(decision_id=self.decisions["written"].id, application_id=first.id, **reserve))
        self.to_decide = make.autumn_round(over.fund, number=77)
        named = {"reference": f"{self.to_decide.reference}-0001", "number": 1, "marks_in_at": NOW}
        bid = make.application(self.to_decide, self.theirs, status="moderated", **named)
        given = {"round_id": bid.round_id, "application_id": bid.id, "organisation_id": bid.organisation_id, "assigned_at": NOW}
        sheet = make._kept(Assignment(user_id=self.user_ids["assessor"], finished_at=NOW, **given))
        for criterion in ("need", "cost"):
            make._kept(Score(assignment_id=sheet.id, criterion=criterion, typed="4", mark=4, reason="So", at=NOW))

    def _variations(self, award: Award) -> None:
        """Changes of another grant: one asked for, one to be signed, one to be signed by the office."""
        lead, officer = self.people["lead"], self.people["officer"]
        texts = {"what": self.word("change asked for"), "why": "The hall was shut", "new_ends": date(2026, 12, 31)}
        self.variations = {
            state: self.make.variation(award, self.users["lead"], **texts) for state in ("asked", "to sign", "to countersign")
        }
        for state in ("to sign", "to countersign"):
            variations.approve_variation(self.variations[state], by=officer)
        signed = self.variations["to countersign"]
        variations.sign_variation(signed, signed.agreement.digest, lead.name, by=lead)
        self.change_digests = {state: each.agreement.digest if each.agreement else "" for state, each in self.variations.items()}

    def _payments(self, award: Award) -> None:
        """Of the award that is agreed: one in every state, the prepared and the claimed one by the officer; its payee is known."""
        award.payee_reference, award.payee_checked_at, award.payee_checked_by_id = self.word("payee"), NOW, self.users["officer"].id
        by_officer = {"prepared_by_id": self.users["officer"].id, "prepared_at": NOW}
        for_finance = {"released_by_id": self.users["finance"].id, "released_at": NOW}
        self.returns["approved"].award_id = award.id
        self.make.payment(award, 500_00, due_on=date(2026, 12, 1))  # more than was spent: £6,000.00, says the report
        self.payments = {
            "planned": self.make.payment(award, 1_000_00, return_id=self.returns["approved"].id),
            "prepared": self.make.payment(award, 2_000_00, status="prepared", **by_officer),
            "released": self.make.payment(award, 3_000_00, status="released", **by_officer, **for_finance),
            "cancelled": self.make.payment(award, 1_500_00, status="cancelled", note=self.word("reason for cancelling")),
            "claimed": self.make.payment(award, -500_00, status="claimed", due_on=date(2026, 7, 1), **by_officer),
        }

    def _half_marked(self, over: FundingRound) -> None:
        """One that an assessor has finished and another has not begun."""
        people, half = self.people, self.make.application(over, self.ours)
        typed = {("project_name", ""): "Half", ("need", ""): "Much", ("budget", "r1.item"): "A hall", ("budget", "r1.cost"): "900"}
        applications.save_answers(half, {place: Typed(text, 0) for place, text in typed.items()}, by=people["member"])
        with clock.at(over.closes_at - timedelta(days=1)):
            applications.submit_application(half, by=people["lead"])
        applications.confirm_application(half, by=people["officer"])
        given = {who: assessment.assign(half, self.user_ids[who], by=people["officer"]) for who in ("assessor", "second")}
        marks = {(criterion, part): said for criterion in ("need", "cost") for part, said in (("mark", "3"), ("reason", "So"))}
        assessment.save_marks(given["assessor"], marks, by=people["assessor"])
        assessment.finish_marking(given["assessor"], by=people["assessor"])
        self.assignments["half"] = given["assessor"]

    def _fill_in(self, application: Application, who: str, state: str) -> None:
        typed = {
            ("project_name", ""): f"A project {self.word(f'project {state}')}",
            ("need", ""): "There is nowhere to go",
            ("budget", "r1.item"): "A hall",
            ("budget", "r1.cost"): "900",
        }
        if state == "came":
            typed["contact", ""] = "contact@example.org"  # what the others lack, and can take over
        applications.save_answers(application, {place: Typed(text, 0) for place, text in typed.items()}, by=self.people[who])
        content = self.word(f"paper {state}").encode()
        sent = applications.attach_file(application, "policy", f"{state}.txt", content, self.files, by=self.people[who])
        self.paper_ids = getattr(self, "paper_ids", {}) | {state: sent.id}

    def _fill(self, monitoring_return: MonitoringReturn, who: str, state: str) -> None:
        typed = {
            ("referrals", ""): str(NUMBERS.get(state, 12)),
            ("seen", ""): "11",
            ("seen", "reason.seen_is_referrals"): f"One moved away {self.word(f'reason {state}')}",
            ("helped", "number"): "5",
            ("helped", "out_of"): "6",
            ("story", ""): f"It went well {self.word(f'story {state}')}",
            ("grant_spent", ""): "6,000",
        }
        returns.save_answers(monitoring_return, {place: Typed(text, 0) for place, text in typed.items()}, by=self.people[who])

    def _published_figures(self) -> None:
        batch = ImportBatch(file_name="published.csv", digest="0" * 64, source="A published table", rows=1, at=LONG_AGO)
        db.session.add(batch)
        db.session.flush()
        db.session.add(
            Observation(
                service_id=self.service.id,
                agreement_id=self.agreement.id,
                indicator_key="helped",
                period_id=self.returns["waived"].period_id,
                percent=893,
                status=ObservationStatus.AS_PUBLISHED,
                import_batch_id=batch.id,
            )
        )

    def _joining(self) -> None:
        """Who asks to join: us, one who has no lead, and us who refused. And two registrations that look like the others."""
        people, word = self.people, self.word
        self.requests = {
            "waits": joining.ask_to_join(self.ours, by=people["asking"]),
            "own": joining.ask_to_join(self.council, by=people["norole"]),
            "refused": joining.ask_to_join(self.ours, by=people["viewer"]),
        }
        joining.refuse(self.requests["refused"], word("reason for letting nobody in"), by=people["lead"])
        details = {"kind": "charity", "identifier": "GB-CHC-1012346", "postcode": "LE1 1AA", "district_code": "E07000129"}
        self.registrations = {
            "other": joining.register(None, details | {"name": f"Hill {word('registered name')}"}, by=people["asking"]),
            "own": joining.register(None, details | {"name": "Hill"}, by=people["norole"]),
        }

    def _links(self) -> None:
        """Invitations and links by e-mail whose secret halves are known here."""
        administrator = self.people["administrator"]
        invited = f"{self.word('invited to ours')}@example.org"
        long_ago = NOW - timedelta(hours=2)
        waiting, link = invitations.invite_to_organisation(self.ours, invited, "member", by=administrator, now=long_ago)
        withdrawn, _ = invitations.invite_to_organisation(self.ours, "withdrawn@example.org", "lead", by=administrator)
        invitations.withdraw(withdrawn, by=administrator)
        invited = f"{self.word('invited to office')}@example.org"
        to_office, office_link = invitations.invite_to_office(None, invited, "officer", by=administrator, now=long_ago)
        self.invitation_ids = {"waiting": waiting.id, "withdrawn": withdrawn.id, "to the office": to_office.id}
        self.tokens |= {"invitation": link.rpartition("/")[2], "office": office_link.rpartition("/")[2]}
        self.tokens["account"] = secrets.token_urlsafe(32)
        db.session.add(
            Invitation(
                token_hash=hash_of(self.tokens["account"]),
                email=f"{self.word('account asked for')}@example.org",
                name=self.word("name typed by a stranger"),
                role="",
                created_at=NOW,
                expires_at=NOW + timedelta(hours=72),
            )
        )
        for kind in LinkKind:
            self.tokens[kind] = secrets.token_urlsafe(32)
            db.session.add(
                EmailToken(
                    token_hash=hash_of(self.tokens[kind]),
                    kind=kind,
                    user_id=self.user_ids["deputy"],
                    email=f"{self.word('new email')}@example.org" if kind != LinkKind.RESET else self.users["deputy"].email,
                    created_at=NOW,
                    expires_at=NOW + timedelta(minutes=30),
                )
            )
        db.session.commit()

    def _cookie(self, role: str) -> str:
        """The signed cookie of a browser in which somebody in this role has signed in."""
        held: dict[str, Any] = {"csrf_token": self.raw[role]}
        if role != "stranger":
            token = secrets.token_urlsafe(32)
            db.session.add(UserSession(token_hash=hash_of(token), user_id=self.user_ids[role], created_at=NOW, last_seen_at=NOW))
            db.session.commit()
            held |= {"_user_id": token, "_fresh": True}
            self.tokens[f"session of {role}"] = token
        return self.cookie_of(held)

    def lets_in(self, who: str) -> None:
        """Somebody signs in whose role another stands for in the tables; until the office is put back."""
        self.raw[who] = secrets.token_hex(20)
        self.cookies[who] = self._cookie(who)

    def cookie_of(self, held: dict[str, Any]) -> str:
        signer = self.app.session_interface.get_signing_serializer(self.app)  # ty: ignore[unresolved-attribute]
        return f"{self.app.config['SESSION_COOKIE_NAME']}={signer.dumps(held)}"
