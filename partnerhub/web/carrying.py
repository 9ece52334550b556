"""Text that was typed when the session had ended: carried through the sign-in page, then offered with one button that says what it does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

from partnerhub.rules.policy import RULES

# Only what people type in is carried, and the button that sends it on says by its policy line what it does. A press of a button with
# nothing typed (sign, approve, close an account) is not: whoever signs in again is led back to its page, to look and to press it there.
DEEDS: Mapping[str, str] = {
    "agreements.change": "agreement.change",
    "agreements.create": "service.add_agreement",
    "agreements.targets": "agreement.set_target",
    "applications.attach": "application.answer",
    "applications.confirm": "application.confirm",
    "applications.correction": "application.ask_correction",
    "applications.extend": "application.extend",
    "applications.refuse": "application.refuse",
    "applications.save_answers": "application.answer",
    "applications.withdraw": "application.withdraw",
    "assessment.declare": "assignment.declare",
    "assessment.interests": "interest.state",
    "assessment.mark_by_fewer": "application.mark_by_fewer",
    "assessment.save_marks": "score.save",
    "letters.write": "letter.write",
    "moderation.agree": "moderation.agree",
    "office_parts.application_save_answers": "application.answer_office",
    "office_parts.return_save_answers": "return.answer_office",
    "agreement_templates.create": "template.write",
    "awards.end": "award.end",
    "awards.refuse": "award.refuse",
    "decisions.approve": "decision.approve",
    "decisions.defer": "decision.defer",
    "decisions.draw": "round.decide",
    "decisions.outcome": "decision.propose",
    "decisions.record": "decision.write",
    "decisions.send_back": "decision.send_back",
    "decisions.set_line": "decision.set_line",
    "documents.index": "document.add",
    "documents.replace": "document.replace",
    "payments.cancel": "payment.cancel",
    "payments.claim": "award.claim",
    "payments.payee": "award.check_payee",
    "payments.reschedule": "award.reschedule",
    "payments.take_back": "payment.take_back",
    "variations.ask": "award.vary",
    "variations.refuse": "variation.refuse",
    "funds.change": "fund.change",
    "funds.create": "fund.create",
    "funds.create_round": "round.create",
    "joining.establish": "registration.establish",
    "joining.refuse": "joining.refuse",
    "joining.register": "organisation.register",
    "joining.turn_down": "registration.refuse",
    "organisations.change": "organisation.change",
    "organisations.create": "organisation.create",
    "organisations.numbers": "organisation.change",
    "organisations.profile": "organisation.change",
    "people.change_email": "person.ask_email_change",
    "people.invite_to_office": "person.invite",
    "people.invite_to_organisation": "organisation.invite",
    "people.rename": "person.rename",
    "periods.change": "period.change",
    "periods.index": "period.create",
    "priorities.create": "priority.add",
    "priorities.end": "priority.end",
    "programmes.add_service": "programme.add_service",
    "programmes.change": "programme.change",
    "programmes.change_service": "service.change",
    "programmes.create": "programme.create",
    "questionnaires.load": "questionnaire.load",
    "returns.attach": "return.answer",
    "returns.extend": "return.extend",
    "returns.query": "return.query",
    "returns.reopen": "return.reopen",
    "returns.save_answers": "return.answer",
    "returns.waive": "return.waive",
    "rounds.change": "round.change",
    "workshops.create": "workshop.add",
}
NEVER_CARRIED = ("csrf_token", "password", "current_password", "new_password")
# Carried, but not worth reading: versions and revisions seen, what a button brings along, which one was pressed.
TECHNICAL = re.compile(
    r"^(r\..*|choose\..*|then|next|version|seen|expect|key|id|(.*[._-])?(revision|version)"
    r"|declaration|wanted|org_id|digest|(add|delete)_row|remove_file|use_document)$"
)
TO = "carry_to"
PREFIX = "carry."
LONGEST_ADDRESS = 2_000  # none of ours comes near; longer ones would be sent back in a header
MOST_FIELDS = 4000
MOST_CHARACTERS = 500_000


@dataclass(frozen=True, slots=True)
class Carried:
    """Where the form was going, and its fields in order; `deed` is the policy line of what it does, empty where nothing is carried.

    `too_much`: shown to be copied, not carried any further.
    """

    to: str
    fields: tuple[tuple[str, str], ...]
    deed: str = ""

    @property
    def button(self) -> str:
        """What pressing it does: typing is saved, everything else is said as in the table of who may do what."""
        rule = RULES[self.deed]
        return "Save" if rule.says is None else rule.does[:1].upper() + rule.does[1:]

    @property
    def too_much(self) -> bool:
        return len(self.fields) > MOST_FIELDS or sum(len(value) for _, value in self.fields) > MOST_CHARACTERS

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """As hidden fields of the sign-in form."""
        return [] if self.too_much or not self.deed else [(TO, self.to), *((PREFIX + name, value) for name, value in self.fields)]

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What a person wrote, to be read: (name of the field in words, text)."""
        return [(_in_words(name), value) for name, value in self.fields if value.strip() and not TECHNICAL.search(name)]


def carried() -> Carried | None:
    """What this refused request had typed in it: to be put into the sign-in page as hidden fields."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_CARRIED]
    return _carried(request.full_path.rstrip("?"), fields)


def carried_through() -> Carried | None:
    """What the sign-in form brought along."""
    fields = [(name.removeprefix(PREFIX), value) for name, value in request.form.items(multi=True) if name.startswith(PREFIX)]
    brought = _carried(request.form.get(TO, ""), [(name, value) for name, value in fields if name not in NEVER_CARRIED])
    return brought if brought and brought.deed else None


def _carried(to: str, fields: list[tuple[str, str]]) -> Carried | None:
    return Carried(to, tuple(fields), _deed_at(to)) if fields and is_local(to) else None


def _deed_at(to: str) -> str:
    try:
        endpoint, _ = current_app.url_map.bind(request.host).match(urlsplit(to).path, method="POST")
    except HTTPException:
        return ""
    return DEEDS.get(endpoint, "")


def page_before() -> str:
    """The page of this hub that the form was sent from, to be led back to; empty when the browser does not say."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    path = parts._replace(scheme="", netloc="", fragment="").geturl()
    return path if parts.netloc == request.host and is_local(path) else ""


def _in_words(name: str) -> str:
    """`a.referrals_accepted.all` reads “Referrals accepted all”: the names of questions are words with lines between them."""
    said = re.sub(r"[._-]+", " ", name.removeprefix("a.").removeprefix("n.")).strip()
    return said[:1].upper() + said[1:]


def local_or_home(path: str | None) -> str:
    """Where somebody wanted to go, if that is a page of this hub."""
    return path if path and is_local(path) else url_for("public.home")


def is_local(path: str) -> bool:
    """An address of this hub: exactly one slash first, nothing a browser could read as another host, and no way out."""
    if len(path) > LONGEST_ADDRESS:
        return False
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable() and not path.startswith("/sign-")
    if not plain:
        return False
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
