"""What happens to an application, from the first draft until it is known whether it can be considered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from partnerhub.actions import filling
from partnerhub.actions.doing import Deed, action, ask, next_number
from partnerhub.actions.mail import link_to, tell
from partnerhub.actions.submissions import Saved, Typed, freeze
from partnerhub.extensions import db
from partnerhub.models import Application, Fund, FundingRound, Organisation, StoredFile, Submission, SubmissionVersion
from partnerhub.queries.answering import standing_of
from partnerhub.queries.applications import addresses_of, is_unchanged, sent_since
from partnerhub.queries.gates import gates_of
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.reuse import coming_from
from partnerhub.queries.submissions import cells_of, values_of
from partnerhub.rules import applications as rules
from partnerhub.rules import gates
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.numbers import RECEIPTS_TO_CONTACTS_A_DAY
from partnerhub.rules.policy import Person
from partnerhub.rules.standing import counted
from partnerhub.rules.text import sentence
from partnerhub.rules.words import Channel


@action("application.start")
def start_application(organisation: Organisation, funding_round: FundingRound, *, by: Person, now: datetime, deed: Deed) -> Application:
    """A draft for an open round, with what the organisation's profile knows filled in."""
    if not funding_round.is_open(now):
        raise NotNow(rules.not_open(funding_round.opens_at, funding_round.closes_at, now))
    return _begun(organisation, funding_round, Channel.ONLINE, by, now, deed)


@action("application.enter")
def enter_application(
    organisation: Organisation, funding_round: FundingRound, channel: Channel, *, by: Person, now: datetime, deed: Deed
) -> Application:
    """A draft that the office types in for somebody who applies on paper or by telephone."""
    if not funding_round.is_open(now):
        raise NotNow(rules.not_open(funding_round.opens_at, funding_round.closes_at, now))
    return _begun(organisation, funding_round, channel, by, now, deed)


def _begun(organisation: Organisation, funding_round: FundingRound, channel: Channel, by: Person, now: datetime, deed: Deed) -> Application:
    fund = db.session.get_one(Fund, funding_round.fund_id)
    if organisation.kind not in funding_round.terms.kinds:
        raise NotNow(f"{fund.name} is not open to an organisation of this kind. See on its page who can apply, or call us.")
    submission = Submission(
        questionnaire_version_id=funding_round.questionnaire_version_id, organisation_id=organisation.id, created_at=now
    )
    db.session.add(submission)
    db.session.flush()
    application = Application(
        fund_id=fund.id,
        round_id=funding_round.id,
        organisation_id=organisation.id,
        questionnaire_version_id=funding_round.questionnaire_version_id,
        submission_id=submission.id,
        channel=channel,
        created_at=now,
        created_by_id=by.id,
    )
    db.session.add(application)
    db.session.flush()
    filling.put_known(application, now=now)
    deed.about, deed.details = application, {"round": funding_round.reference, "channel": channel}
    return application


@action("application.answer")
def save_answers(
    application: Application, typed: Mapping[tuple[str, str], Typed], *, add_row: str = "", by: Person, now: datetime
) -> Saved:
    """Keep what was typed, also after the close: nothing is lost, and nothing is sent by it."""
    return filling.put_typed(application, typed, by=by, now=now, add_row=add_row)


@action("application.answer")
def use_earlier(application: Application, source: Application, *, by: Person, now: datetime) -> int:
    """Take over what the same organisation said in an earlier application, into empty cells only; how many answers came."""
    ask("application.read", by, source)
    if source.organisation_id != application.organisation_id or source.id == application.id:
        raise NotNow("Answers can be taken over from another application of the same organisation. Nothing was changed.")
    return filling.put_copied(application, coming_from(source, application, cells_of(application.submission_id)), source.id, by=by, now=now)


def attach_file(application: Application, question_key: str, name: str, content: bytes, folder: Path, *, by: Person) -> StoredFile:
    """Keep a file and name it in its question's answer. Who is refused fills no disk; the content is safe before the write begins."""
    ask("application.attach", by, application)
    with filling.kept_file(application, question_key, name, content, folder) as stored:
        return put_file(application, stored, by=by)


@action("application.attach")
def put_file(application: Application, stored: StoredFile, *, by: Person, now: datetime) -> StoredFile:
    """Name a file that lies on disk in its question's answer."""
    return filling.put_file(application, stored, by=by, now=now)


@action("application.detach")
def detach_file(application: Application, question_key: str, file_id: str, *, by: Person, now: datetime) -> None:
    filling.take_file_out(application, question_key, file_id, by=by, now=now)


@action("application.ask_help")
def ask_help(application: Application, wanted: bool, *, by: Person, now: datetime, deed: Deed) -> None:
    """Let the office read the draft, or stop letting it."""
    deed.silent = wanted == (application.help_asked_at is not None)
    deed.details = {"shared": wanted}
    application.help_asked_at = now if wanted else None


@action("application.submit")
def submit_application(
    application: Application, seen: str | None = None, *, as_it_is: bool = False, by: Person, now: datetime, deed: Deed
) -> SubmissionVersion | None:
    """Freeze a version, give the reference, send the receipt. Pressed again, it gives the version that was sent.

    `now` is when the request arrived. None when that was too late: the moment is kept, and the draft with it.
    `seen` is the fingerprint of what the person who sends it has read. What was sent back to be put right is sent once more and only once:
    where nothing was changed they say that it is to go `as_it_is`.
    """
    if application.is_sent:
        deed.silent = True
        return application.latest_version
    if application.is_draft and application.has_closed(now):
        application.came_late_at = application.came_late_at or now
        deed.silent = True
        return None
    questionnaire = definition(application.questionnaire_version_id)
    cells = cells_of(application.submission_id)
    standing = standing_of(application, questionnaire, cells)
    if not standing.ready:
        raise BadAnswer("This application is not ready to send. What is missing is listed on the page. Everything you typed is kept.")
    filling.insist_read(application, cells, seen)
    if not as_it_is and is_unchanged(application, cells):
        raise BadAnswer(
            "Nothing was changed since you sent it, and you can send it only once more. Nothing was sent. Put right what the office asked "
            "for, or say that it is to go as it is."
        )
    if application.reference is None:
        _give_reference(application)
    version = freeze(application.submission, questionnaire, cells, standing, str(application.reference), by=by.id, at=now)
    application.latest_version = version
    counting = counted(questionnaire, values_of(cells), standing)
    application.amount_requested = rules.amount_requested(counting)
    application.submitted_by_id, application.submitted_at = by.id, now
    application.came_late_at = None
    db.session.flush()
    to_contacts = sent_since(application.organisation_id, now - timedelta(days=1)) <= RECEIPTS_TO_CONTACTS_A_DAY
    _tell(application, "application_submitted", version.reference, now, to_contacts=to_contacts, attached=version.id, version=version)
    deed.details = {"version": version.number, "reference": version.reference, "digest": version.digest}
    return version


def _give_reference(application: Application) -> None:
    """The next number of the round; applications of one round queue for it."""
    funding_round = application.funding_round
    db.session.execute(select(FundingRound.id).where(FundingRound.id == funding_round.id).with_for_update())
    application.number = next_number(Application.number, Application.round_id == funding_round.id)
    application.reference = f"{funding_round.reference}-{application.number:04}"


@action("application.reopen")
def reopen_application(application: Application, *, by: Person, now: datetime, deed: Deed) -> None:
    """Back to a draft until the close. What was sent is kept and does not count until it is sent again."""
    if application.has_closed(now):
        raise NotNow(
            "The round has closed, so the application stays as you sent it. Nothing was changed. Call us if something in it is wrong."
        )
    deed.details = {"reference": application.reference}


@action("application.withdraw")
def withdraw_application(application: Application, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    deed.details = {"reason": sentence(reason, "why you withdraw it")}


@action("application.extend")
def extend_application(application: Application, until: datetime, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """More time for one applicant, for a reason."""
    reason = sentence(reason, "why there is more time")
    if until <= application.closes_at or until <= now:
        raise BadAnswer("Enter a time after the close, and after now. Nothing was changed.")
    deed.details = {"was": application.closes_at.isoformat(), "now": until.isoformat(), "reason": reason}
    application.extended_until, application.extended_reason = until, reason
    _tell(application, "application_extended", until.isoformat(), now)


# The office looks whether it can be considered.


@action("application.confirm")
def confirm_application(application: Application, why: str = "", *, by: Person, now: datetime, deed: Deed) -> None:
    """It can be considered: assessors may be given it. `why` it is, although a gate is not passed."""
    _refuse_before_close(application, now)
    deed.details = {"reference": application.reference}
    if failed := gates.not_passed(gates_of(application, now)):
        if not why.strip():
            said = "; ".join(each.what for each in failed)
            raise BadAnswer(f"Not passed: {said}. Write why it can be marked all the same, or send it back. Nothing was changed.")
        application.gates_waived = sentence(why, "why it can be marked all the same")
        deed.details |= {"not_passed": [each.what for each in failed], "reason": application.gates_waived}


@action("application.ask_correction")
def ask_correction(application: Application, what: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """Back to the applicant, once, with what is to be put right."""
    _refuse_before_close(application, now)
    if application.correction_asked:
        raise NotNow("A correction was asked for already, and it is asked once. Decide on what was sent. Nothing was changed.")
    application.correction_asked = sentence(what, "what is to be put right")
    _tell(application, "application_correction", str(application.reference), now)
    deed.details = {"reference": application.reference, "reason": application.correction_asked}


@action("application.refuse")
def refuse_application(application: Application, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """It cannot be considered. The reason goes to the applicant in a letter."""
    _refuse_before_close(application, now)
    application.ineligible_reason = sentence(reason, "why it cannot be considered")
    _tell(application, "application_refused", str(application.reference), now)
    deed.details = {"reference": application.reference, "reason": application.ineligible_reason}


def _refuse_before_close(application: Application, now: datetime) -> None:
    if not application.has_closed(now):
        raise NotNow("The applicant may still change it until the close. Decide after that. Nothing was changed.")


def _tell(application: Application, template: str, occasion: str, now: datetime, *, to_contacts: bool = True, **context: Any) -> None:
    addresses = addresses_of(application, with_contacts=to_contacts)
    link = link_to("applications.show", application_id=application.id)
    tell(addresses, template, application.id, occasion, now=now, application=application, link=link, **context)
