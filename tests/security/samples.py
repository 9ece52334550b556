"""What each address is tried with: the objects that its variables name, and for every address that changes something a form it would take.

A new address fails tests/security/test_routes.py until its variables stand in OBJECTS and its form in FORMS.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from partnerhub.extensions import db
from partnerhub.forms.rounds import ChangeRoundForm
from partnerhub.models import Application, FundingRound, MonitoringReturn
from partnerhub.queries.answering import fingerprint_of
from partnerhub.queries.letters import letters_seen
from partnerhub.queries.submissions import cells_of
from partnerhub.rules.words import Implication
from tests.security.office import FORM, NOW, PASSWORD, STATES, Office

OWN = "oneself"  # the object is the person's own: another one for each role
NEW_PASSWORD = "seven quiet lanterns"


@dataclass(frozen=True)
class Line:
    """One line of the table: an address with a method, and which of the objects it is about."""

    method: str
    rule: str
    endpoint: str
    variant: str
    values: tuple[tuple[str, Any], ...]

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}" + (f" [{self.variant}]" if self.variant else "")


def _tokens(*kinds: str) -> Callable[[Office], dict[str, str]]:
    return lambda office: {kind.replace("_", " "): office.tokens[kind] for kind in kinds} | {"unknown": "x" * 43}


def _forms(office: Office) -> dict[str, dict[str, Any]]:
    return {name: {"key": key, "number": number} for name, (key, number) in office.form_versions.items()}


# Variables that only make sense together.
TOGETHER: Mapping[tuple[str, ...], Callable[[Office], Mapping[str, Mapping[str, Any]]]] = {
    ("key", "number"): _forms,
    ("key", "number", "return_id"): lambda office: {
        state: {"key": "harbour_return", "number": 2, "return_id": office.returns[state].id} for state in STATES
    },
    ("application_id", "decision_id"): lambda office: {
        state: {"decision_id": office.decisions[state].id, "application_id": bid} for state, bid in office.decided.items()
    },
    ("application_id", "file_id"): lambda office: {
        state: {"application_id": office.applications[state].id, "file_id": kept} for state, kept in office.paper_ids.items()
    },
    ("kind", "round_id", "workshop_id"): lambda office: {
        f"{kind} {state}": {"kind": kind, "round_id": each.round_id, "workshop_id": each.id}
        for kind in ("csv", "json")
        for state, each in office.workshops.items()
    },
    ("round_id", "workshop_id"): lambda office: {
        state: {"round_id": each.round_id, "workshop_id": each.id} for state, each in office.workshops.items()
    },
    ("document_id", "organisation_id"): lambda office: {
        "": {"organisation_id": office.ours.id, "document_id": office.document_id},
    },
    ("assignment_id", "file_id"): lambda office: {
        state: {"assignment_id": each.id, "file_id": office.paper_ids["judged" if state == "finished" else "marked"]}
        for state, each in office.assignments.items()
    },
    ("organisation_id", "registration_id"): lambda office: {
        state: {"registration_id": each.id, "organisation_id": office.theirs.id} for state, each in office.registrations.items()
    },
    ("file_id", "return_id"): lambda office: {
        state: {"return_id": office.returns[state].id, "file_id": kept} for state, kept in office.file_ids.items()
    },
}

# variable of an address -> its objects by name (one line of the table each). "endpoint:variable" goes before "variable".
OBJECTS: Mapping[str, Callable[[Office], Mapping[str, Any]]] = {
    "return_id": lambda office: {state: office.returns[state].id for state in STATES},
    "application_id": lambda office: {state: each.id for state, each in office.applications.items()},
    "decision_id": lambda office: {state: each.id for state, each in office.decisions.items()},
    "decisions.draw:round_id": lambda office: {"to decide": office.to_decide.id},
    "decisions.line:round_id": lambda office: {
        **{state: each.id for state, each in office.rounds.items()},
        "to decide": office.to_decide.id,
    },
    "letter_id": lambda office: {state: each.id for state, each in office.letters.items()},
    "award_id": lambda office: {state: each.id for state, each in office.awards.items()},
    "awards.complete:award_id": lambda office: {
        **{state: each.id for state, each in office.awards.items()},
        "nothing owed": office.nothing_owed.id,
    },
    "payment_id": lambda office: {state: each.id for state, each in office.payments.items()},
    "variation_id": lambda office: {state: each.id for state, each in office.variations.items()},
    "assignment_id": lambda office: {state: each.id for state, each in office.assignments.items()},
    "criterion": lambda office: {"": "need"},
    "applications.section:section_key": lambda office: {"": "project"},
    "returns.section:section_key": lambda office: {"": "words"},
    "number": lambda office: {"": 1},
    "organisation_id": lambda office: {"": office.ours.id},
    "user_id": lambda office: {"somebody": office.user_ids["deputy"], "closed": office.user_ids["closed"], OWN: office.user_ids},
    "request_id": lambda office: {state: each.id for state, each in office.requests.items()},
    "registration_id": lambda office: {state: each.id for state, each in office.registrations.items()},
    "membership_id": lambda office: {
        "a member": office.membership_ids["member"],
        "a lead": office.membership_ids["deputy"],
        "an officer": office.membership_ids["officer"],
        OWN: office.membership_ids,
    },
    "invitation_id": lambda office: office.invitation_ids,
    "programme_id": lambda office: {"": office.programme.id},
    "slug": lambda office: {"": office.programme.slug},
    "programme": lambda office: {"": office.programme.slug},
    "kind": lambda office: {kind: kind for kind in ("csv", "json")},
    "decisions.file:kind": lambda office: {kind: kind for kind in ("pdf", "docx")},
    "rounds.file:kind": lambda office: {kind: kind for kind in ("pdf", "docx", "json", "ics")},
    "summaries.file:kind": lambda office: {kind: kind for kind in ("json", "csv", "xlsx", "docx", "pdf")},
    "receipt": lambda office: {
        "approved": f"locality-service/{office.agreement.id}/referrals/all/2022-23-Q1",
        "provisional": f"locality-service/{office.agreement.id}/referrals/all/2022-23-Q3",
    },
    "service_id": lambda office: {"": office.service.id},
    "agreement_id": lambda office: {"": office.agreement.id},
    "priority_id": lambda office: {"": office.priority.id},
    "fund_id": lambda office: {"": office.fund.id},
    "round_id": lambda office: {state: each.id for state, each in office.rounds.items()},
    "period_id": lambda office: {"": office.ids["period"]},
    "key": lambda office: {"published": "harbour_return", "draft": "other_return"},
    "people.accept:token": _tokens("invitation", "office", "account"),
    "people.reset:token": _tokens("reset"),
    "people.confirm_email:token": _tokens("email_old", "email_new"),
    "filename": lambda office: {"": "hub.css", "none": "nothing-of-the-kind.css"},
}

Fields = Mapping[str, Any]
DAYS = {"starts": ["1", "4", "2024"], "ends": ["31", "3", "2025"]}
NEW_PERSON = {"name": "Newcomer", "new_password": NEW_PASSWORD}
INVITED = {"email": "somebody.else@example.org", "role": "member"}


def _agreement(office: Office) -> dict[str, Any]:
    return {
        "reference": "SA-2024",
        "organisation_id": str(office.ours.id),
        "commissioners": [str(office.council.id)],
        "districts": ["E06000017"],
        "questionnaire_id": str(office.form.questionnaire_id),
        "frequency": "quarter",
    } | DAYS


def _same_agreement(office: Office) -> dict[str, Any]:
    dates = {"starts": ["1", "4", "2021"], "ends": ["31", "3", "2024"]}
    return _agreement(office) | dates | {"reference": office.agreement.reference, "version": office.agreement.version}


def _fund() -> dict[str, Any]:
    text = {"purpose": "To help.", "not_funded": "", "area": "Rutland"}
    return text | {"code": "EF", "cap": "10,000", "duration_months": "12", "kinds": ["charity"]}


def _round(row: FundingRound) -> dict[str, Any]:
    """The form of a round as the row fills it in."""
    filled = ChangeRoundForm.filled_from(row)
    days = {name: ["", "", ""] if filled[name] is None else f"{filled[name]:%d %m %Y}".split() for name in ("opens_on", "closes_on")}
    decided = {"decided_by": f"{filled['decided_by'] or date(2026, 9, 1):%d %m %Y}".split()}
    times = {name: f"{filled[name]:%H:%M}" for name in ("opens_time", "closes_time")}
    return {name: str(value) for name, value in filled.items()} | days | decided | times | {"money": "100000"}


def _seen(office: Office, line: Line) -> dict[str, Any]:
    return {"version": office.returns[line.variant].version} if line.variant in office.returns else {}


def signature(office: Office, state: str) -> dict[str, str]:
    """What the check page of a return sends along as it stands now."""
    if state not in office.returns:
        return {"declaration": "yes"}
    with office.app.app_context():
        found = db.session.get_one(MonitoringReturn, office.returns[state].id)
        return {"declaration": "yes", "seen": fingerprint_of(found, cells_of(found.submission_id))}


def application_read(office: Office, state: str) -> dict[str, str]:
    """What the check page of an application sends along as it stands now."""
    with office.app.app_context():
        found = db.session.get_one(Application, office.applications[state].id)
        return {"seen": fingerprint_of(found, cells_of(found.submission_id))}


def _seen_application(office: Office, line: Line) -> dict[str, Any]:
    return {"version": office.applications[line.variant].version}


def _seen_award(office: Office, line: Line) -> dict[str, Any]:
    return {"version": office.awards[line.variant].version}


def _signature_under(office: Office, line: Line, name: str) -> dict[str, Any]:
    """Under the words of the agreement, by this name; the name of an account is part of what is checked."""
    return {"seen": office.digests.get(line.variant, ""), "name": name} | _seen_award(office, line)


def _seen_decision(office: Office, line: Line) -> dict[str, Any]:
    return {"version": office.decisions[line.variant].version}


def _record(office: Office, line: Line) -> dict[str, Any]:
    parts = ("title", "summary", "recommendation", *Implication)
    return {str(each): "Other words" for each in parts} | _seen_decision(office, line)


def _details(office: Office) -> dict[str, Any]:
    return {"name": "A new name", "kind": "charity", "district_code": "E06000017", "website": "", "telephone": "", "address": ""}


# endpoint -> the form that somebody who may would send
FORMS: Mapping[str, Callable[[Office, Line], Fields]] = {
    "returns.save_answers": lambda office, line: {"a.story": "A new story", "r.story": _revision(line)},
    "returns.attach": lambda office, line: {"f.evidence": (io.BytesIO(b"Some words."), "words.txt")},
    "returns.submit": lambda office, line: signature(office, line.variant),
    "returns.query": lambda office, line: {"ask": "Is this right?"} | _seen(office, line),
    "returns.approve": _seen,
    "returns.remind": _seen,
    "returns.remind_all": lambda office, line: {"period": office.returns["due"].period.label},
    "returns.extend": lambda office, line: {"reason": "Illness", "until": "01 09 2026"} | _seen(office, line),
    "returns.waive": lambda office, line: {"reason": "Not needed"} | _seen(office, line),
    "returns.reopen": lambda office, line: {"reason": "A mistake", "until": f"{NOW:%d %m %Y}"} | _seen(office, line),
    "returns.close": _seen,
    "returns.ask_help": lambda office, line: {"wanted": "no" if line.variant == "helped" else "yes"},
    "applications.begin": lambda office, line: {"organisation": str(office.ours.id)},
    "applications.enter": lambda office, line: {"organisation": str(office.theirs.id), "channel": "paper"},
    "applications.save_answers": lambda office, line: {"a.project_name": "Another name", "r.project_name": "1"},
    "office_parts.application_save_answers": lambda office, line: {"a.for_the_office": "Another note", "r.for_the_office": "1"},
    "office_parts.return_save_answers": lambda office, line: {"a.for_the_office": "Another note", "r.for_the_office": "1"},
    "applications.attach": lambda office, line: {"remove_file": f"policy.{office.paper_ids[line.variant]}"},
    "applications.earlier": lambda office, line: {"from": str(office.applications["came"].id)},
    "applications.keep": lambda office, line: {},
    "applications.submit": lambda office, line: application_read(office, line.variant),
    "applications.reopen": _seen_application,
    "applications.withdraw": lambda office, line: {"reason": "Other money"} | _seen_application(office, line),
    "applications.extend": lambda office, line: (
        {"reason": "Illness", "until": ["1", "9", "2026"], "time": "17:00"} | _seen_application(office, line)
    ),
    "applications.confirm": _seen_application,
    "applications.correction": lambda office, line: {"reason": "Send page 2"} | _seen_application(office, line),
    "applications.refuse": lambda office, line: {"reason": "Outside the area"} | _seen_application(office, line),
    "applications.ask_help": lambda office, line: {"wanted": "no" if line.variant == "shared" else "yes"},
    "assessment.interests": lambda office, line: {
        f"interest.{office.ours.id}": "yes",
        f"why.{office.ours.id}": "A friend leads it",
        "read": str(office.ours.id),
    },
    "assessment.sharing": lambda office, line: {},
    "assessment.assign": lambda office, line: {"assessor": str(office.user_ids["third"])} | _seen_application(office, line),
    "assessment.take_back": lambda office, line: {},
    "assessment.mark_by_fewer": lambda office, line: {"number": "1", "reason": "Nobody else is left"} | _seen_application(office, line),
    "assessment.save_marks": lambda office, line: {
        "a.need.mark": "3",
        "r.need.mark": "1",
        "a.need.reason": "It names those who ask for it",
        "r.need.reason": "1",
    },
    "assessment.reopen": lambda office, line: {},
    "assessment.declare": lambda office, line: {"reason": "A friend leads it", "version": office.assignments[line.variant].version},
    "moderation.agree": lambda office, line: {"mark": "3", "reason": "It was talked over", "version": "0"},
    "decisions.draw": lambda office, line: {"line": "65", "reason": "The money", "version": office.to_decide.version},
    "decisions.set_line": lambda office, line: {"line": "65", "reason": "The money"} | _seen_decision(office, line),
    "decisions.outcome": lambda office, line: {"outcome": "defer", "reason": "A question is open"} | _seen_decision(office, line),
    "decisions.move_up": _seen_decision,
    "decisions.record": _record,
    "decisions.recommend": _seen_decision,
    "decisions.sign_off": _seen_decision,
    "decisions.send_back": lambda office, line: {"reason": "Say more"} | _seen_decision(office, line),
    "decisions.approve": lambda office, line: {"interests": "None", "has_interest": "none"} | _seen_decision(office, line),
    "decisions.defer": lambda office, line: {"until": ["1", "9", "2026"], "reason": "A court case"} | _seen_decision(office, line),
    "decisions.publish": _seen_decision,
    "letters.draw_up": lambda office, line: {},
    "letters.release": lambda office, line: {
        "seen": letters_seen(each for each in office.letters.values() if each.decision_id == dict(line.values)["decision_id"])
    },
    "letters.write": lambda office, line: {"text": "Other words", "version": office.letters[line.variant].version},
    "letters.ready": lambda office, line: {"version": office.letters[line.variant].version},
    "awards.sign": lambda office, line: _signature_under(office, line, "Our lead"),
    "awards.countersign": lambda office, line: _signature_under(office, line, "The officer"),
    "awards.refuse": lambda office, line: {"reason": "Other money"} | _seen_award(office, line),
    "awards.lapse": lambda office, line: _seen_award(office, line),
    "awards.end": lambda office, line: {"reason": "It closed"} | _seen_award(office, line),
    "awards.complete": lambda office, line: {"version": (office.awards.get(line.variant) or office.nothing_owed).version},
    "agreement_templates.create": lambda office, line: {"title": "New title", "text": "We give {amount}.", "version": 1},
    "joining.ask": lambda office, line: {},
    "joining.approve": lambda office, line: {"role": "member", "version": office.requests[line.variant].version},
    "joining.refuse": lambda office, line: {"reason": "We do not know you", "version": office.requests[line.variant].version},
    "joining.withdraw": lambda office, line: {},
    "joining.register": lambda office, line: {"name": "New group", "kind": "group", "postcode": "", "district_code": "elsewhere"},
    "joining.establish": lambda office, line: {"name": "Another one", "version": office.registrations[line.variant].version},
    "joining.turn_down": lambda office, line: {"reason": "No such group", "version": office.registrations[line.variant].version},
    "joining.match": lambda office, line: {"version": office.registrations[line.variant].version},
    "organisations.create": lambda office, line: _details(office) | {"scheme": "GB-COH", "number": "12345678"},
    "organisations.change": lambda office, line: _details(office) | {"version": office.ours.version},
    "organisations.numbers": lambda office, line: {"scheme": "GB-COH", "number": "12345678", "version": office.ours.version},
    "organisations.remove_number": lambda office, line: {"org_id": "GB-CHC-1012345"},
    "organisations.profile": lambda office, line: {"legal_name": "A new legal name", "version": office.ours.version},
    "documents.index": lambda office, line: {
        "kind": "insurance",
        "file": (io.BytesIO(b"Some words."), "words.txt"),
        "expires_on": ["1", "4", "2027"],
    },
    "documents.replace": lambda office, line: {"expires_on": ["1", "5", "2027"], "version": 1},
    "documents.remove": lambda office, line: {"version": 1},
    "programmes.create": lambda office, line: {"name": "New programme", "slug": "new-programme", "about": ""},
    "programmes.change": lambda office, line: {"name": "Changed", "slug": "early-help", "about": "", "version": office.programme.version},
    "programmes.add_service": lambda office, line: {"name": "New service", "about": "", "position": "2"},
    "programmes.change_service": lambda office, line: {"name": "Changed", "about": "", "position": "2", "version": office.service.version},
    "agreements.create": lambda office, line: _agreement(office),
    "agreements.change": lambda office, line: _same_agreement(office),
    "agreements.draw_up": lambda office, line: {},
    "agreements.copy": lambda office, line: {},
    "agreements.targets": lambda office, line: {"target_0": "60", "target_1": "80", "version": office.agreement.version},
    "periods.index": lambda office, line: {"year": "2026", "kind": "quarter", "working_days": "15"},
    "periods.change": lambda office, line: {"due_working_days": "20", "version": office.returns["due"].period.version},
    "payments.prepare": lambda office, line: _seen_payment(office, line),
    "payments.release": lambda office, line: _seen_payment(office, line),
    "payments.receive": lambda office, line: _seen_payment(office, line),
    "payments.take_back": lambda office, line: {"reason": "The wrong month"} | _seen_payment(office, line),
    "payments.cancel": lambda office, line: {"reason": "The project stopped"} | _seen_payment(office, line),
    "payments.payee": lambda office, line: {"reference": "S-20117"} | _seen_award(office, line),
    "payments.doubt": lambda office, line: {},
    "payments.claim": lambda office, line: (
        {"amount": "100", "due_on": ["1", "8", "2026"], "reason": "Not spent"} | _seen_award(office, line)
    ),
    "payments.reschedule": lambda office, line: {"amount_0": "1,000", "due_0": ["1", "8", "2026"]} | _seen_award(office, line),
    "payments.settle": lambda office, line: _seen_award(office, line),
    "variations.ask": lambda office, line: {"what": "More time", "why": "The hall was shut"} | _seen_award(office, line),
    "variations.approve": lambda office, line: _seen_change(office, line),
    "variations.refuse": lambda office, line: {"reason": "The money ends"} | _seen_change(office, line),
    "variations.sign": lambda office, line: {"name": office.people["lead"].name} | _seen_change(office, line),
    "variations.countersign": lambda office, line: {"name": office.people["director"].name} | _seen_change(office, line),
    "funds.create": lambda office, line: _fund() | {"code": "NEW", "name": "New fund"},
    "funds.change": lambda office, line: _fund() | {"name": "Changed", "version": office.fund.version},
    "funds.create_round": lambda office, line: _round(office.rounds["open"]) | {"number": "9"},
    "rounds.change": lambda office, line: _round(office.rounds[line.variant]) | {"about": "Clearer words"},
    "rounds.publish": lambda office, line: {"version": office.rounds[line.variant].version},
    "rounds.finish": lambda office, line: {"version": office.rounds[line.variant].version},
    "priorities.create": lambda office, line: {"scheme": "zones", "label": "New zone", "district_code": "", "starts": ["1", "4", "2026"]},
    "priorities.end": lambda office, line: {"ends": ["1", "4", "2027"]},
    "workshops.create": lambda office, line: {"on": ["12", "6", "2026"], "at": "18:00", "place": "Town hall", "places": "20"},
    "workshops.book": lambda office, line: {},
    "workshops.cancel": lambda office, line: {},
    "questionnaires.load": lambda office, line: {"text": json.dumps({**FORM, "title": "A new title"})},
    "questionnaires.publish": lambda office, line: {"digest": office.draft_form.digest},
    "questionnaires.retire": lambda office, line: {},
    "questionnaires.move": lambda office, line: {},
    "people.sign_in": lambda office, line: {"email": office.users["deputy"].email, "password": PASSWORD},
    "people.sign_out": lambda office, line: {},
    "people.sign_out_everywhere": lambda office, line: {},
    "people.rename": lambda office, line: {"name": "Another name"},
    "people.change_password": lambda office, line: {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
    "people.change_email": lambda office, line: {"email": "new.address@example.org", "current_password": PASSWORD},
    "people.ask_account": lambda office, line: {"name": "Newcomer", "email": "new.person@example.org"},
    "people.ask_reset": lambda office, line: {"email": office.users["deputy"].email},
    "people.reset": lambda office, line: {"new_password": NEW_PASSWORD},
    "people.confirm_email": lambda office, line: {},
    "people.accept": lambda office, line: NEW_PERSON,
    "people.invite_to_organisation": lambda office, line: INVITED,
    "people.invite_to_office": lambda office, line: INVITED | {"role": "officer", "programme": ""},
    "people.withdraw": lambda office, line: {},
    "people.send_again": lambda office, line: {},
    "people.person": lambda office, line: {"roles": ["officer", "finance"], "version": office.users[_user(line)].version},
    "people.deactivate": lambda office, line: {},
    "people.reactivate": lambda office, line: {},
    "people.end_sessions": lambda office, line: {},
    "people.change_role": lambda office, line: {"role": "member" if line.variant == "a lead" else "lead"},
    "people.end_membership": lambda office, line: {},
}

# Addresses whose sample form changes nothing, for nobody: what they do is not kept.
CHANGE_NOTHING: frozenset[str] = frozenset()


def _seen_change(office: Office, line: Line) -> dict[str, Any]:
    return {"version": office.variations[line.variant].version, "seen": office.change_digests[line.variant]}


def _seen_payment(office: Office, line: Line) -> dict[str, Any]:
    return {"version": office.payments[line.variant].version}


def _revision(line: Line) -> str:
    return "0" if line.variant == "due" else "1"


def _user(line: Line) -> str:
    return {"somebody": "deputy", "closed": "closed"}.get(line.variant, "administrator")


def rules_of(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def undecided(app: Flask) -> list[str]:
    """Addresses without a sample object, and those that change something without a form."""
    found = []
    for rule in rules_of(app):
        unknown = (
            []
            if tuple(sorted(rule.arguments)) in TOGETHER
            else [name for name in sorted(rule.arguments) if not _objects(rule.endpoint, name)]
        )
        found += [f"{rule.rule}: no sample object for <{name}>" for name in unknown]
        if "POST" in (rule.methods or ()) and rule.endpoint not in FORMS:
            found.append(f"{rule.rule}: no sample form for {rule.endpoint}")
        odd = (rule.methods or set()) - {"GET", "HEAD", "OPTIONS", "POST"}
        found += [f"{rule.rule}: the method {method} is not known here" for method in sorted(odd)]
    return found


def lines_of(office: Office) -> list[Line]:
    """Every address with every method and every object, in the order of the addresses."""
    return [
        Line(method, _short(rule), rule.endpoint, variant, values)
        for rule in rules_of(office.app)
        for method in ("GET", "POST")
        if method in (rule.methods or ()) and (method == "GET" or rule.endpoint in FORMS)
        for variant, values in _variants(office, rule)
    ]


def _short(rule: Rule) -> str:
    """`/returns/<return_id>`: the converter left out."""
    return "".join(f"<{part}>" if is_name else part for is_name, part in _parts(rule))


def _parts(rule: Rule) -> Iterator[tuple[bool, str]]:
    rest = rule.rule
    while "<" in rest:
        before, _, rest = rest.partition("<")
        inside, _, rest = rest.partition(">")
        yield False, before
        yield True, inside.rpartition(":")[2]
    yield False, rest


def _objects(endpoint: str, name: str) -> Callable[[Office], Mapping[str, Any]] | None:
    return OBJECTS.get(f"{endpoint}:{name}") or OBJECTS.get(name)


def _variants(office: Office, rule: Rule) -> list[tuple[str, tuple[tuple[str, Any], ...]]]:
    """All combinations of the objects of an address's variables; the name is made of those that have one."""
    names = tuple(sorted(rule.arguments))
    if names in TOGETHER:
        return [(variant, tuple(values.items())) for variant, values in TOGETHER[names](office).items()]
    found: list[tuple[str, tuple[tuple[str, Any], ...]]] = [("", ())]
    for name in names:
        source = _objects(rule.endpoint, name)
        if source is None:
            return []  # `undecided` tells
        found = [
            (" ".join(filter(None, (said, variant))), (*values, (name, value)))
            for said, values in found
            for variant, value in source(office).items()
        ]
    return found


def path_of(office: Office, line: Line, role: str, **instead: Any) -> str | None:
    """The address for this role; None where the role has no such object (a stranger has no membership)."""
    values = dict(line.values) | instead
    values = {name: value.get(role) if isinstance(value, dict) else value for name, value in values.items()}
    if None in values.values():
        return None
    return office.app.url_map.bind("localhost").build(line.endpoint, values, method=line.method)


def form_of(office: Office, line: Line) -> dict[str, Any] | None:
    return dict(FORMS[line.endpoint](office, line)) if line.method == "POST" else None
