"""What happens to a return, from the first answer to the approval and beyond, and the figures that follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from partnerhub import clock
from partnerhub.actions import filling
from partnerhub.actions.doing import Deed, action, ask, next_number, rows_changed
from partnerhub.actions.mail import link_to, tell
from partnerhub.actions.submissions import Saved, Typed, freeze
from partnerhub.extensions import db
from partnerhub.models.returns import ABOUT_THE_WHOLE, MonitoringReturn, ReturnQuery
from partnerhub.models.submissions import StoredFile, SubmissionVersion
from partnerhub.models.summaries import Observation
from partnerhub.queries.answering import standing_of
from partnerhub.queries.people import addresses_of_team
from partnerhub.queries.questionnaires import definition
from partnerhub.queries.retold import digest_of
from partnerhub.queries.returns import queries_of, reminded
from partnerhub.queries.submissions import cells_of, values_of
from partnerhub.rules import standing as rules
from partnerhub.rules.errors import BadAnswer, NotAllowed, NotNow
from partnerhub.rules.policy import Person
from partnerhub.rules.question_types import REPLY, Figure
from partnerhub.rules.text import sentence
from partnerhub.rules.words import ObservationStatus, ReturnStatus


@action("return.answer")
def save_answers(
    monitoring_return: MonitoringReturn, typed: Mapping[tuple[str, str], Typed], *, add_row: str = "", by: Person, now: datetime
) -> Saved:
    """Keep what was typed. The first answer turns what is due into a draft and brings in what is known from earlier."""
    typed = _asked_for(monitoring_return, typed)
    if typed or add_row:
        _begin(monitoring_return, now)
    return filling.put_typed(monitoring_return, typed, by=by, now=now, add_row=add_row)


def _begin(monitoring_return: MonitoringReturn, now: datetime) -> None:
    """The first thing typed or sent turns what is due into a draft, and keeps what is known from earlier."""
    if monitoring_return.is_untouched:
        filling.put_known(monitoring_return, now=now)
        monitoring_return.status = ReturnStatus.DRAFT


def _asked_for(monitoring_return: MonitoringReturn, typed: Mapping[tuple[str, str], Typed]) -> Mapping[tuple[str, str], Typed]:
    """Without replies to questions that the office never asked."""
    if not any(cell.startswith(REPLY) for _key, cell in typed):
        return typed
    asked = {(query.question_key, query.reply_cell) for query in queries_of(monitoring_return.id)}
    return {place: each for place, each in typed.items() if not place[1].startswith(REPLY) or place in asked}


def attach_file(
    monitoring_return: MonitoringReturn, question_key: str, name: str, content: bytes, folder: Path, *, by: Person
) -> StoredFile:
    """Keep a file and name it in its question's answer. Who is refused fills no disk; the content is safe before the write begins."""
    ask("return.attach", by, monitoring_return)
    with filling.kept_file(monitoring_return, question_key, name, content, folder) as stored:
        return put_file(monitoring_return, stored, by=by)


@action("return.attach")
def put_file(monitoring_return: MonitoringReturn, stored: StoredFile, *, by: Person, now: datetime) -> StoredFile:
    """Name a file that lies on disk in its question's answer."""
    _begin(monitoring_return, now)
    return filling.put_file(monitoring_return, stored, by=by, now=now)


@action("return.detach")
def detach_file(monitoring_return: MonitoringReturn, question_key: str, file_id: str, *, by: Person, now: datetime) -> None:
    """Take a file out of an answer. The file itself stays: a version that was sent may name it."""
    _begin(monitoring_return, now)
    filling.take_file_out(monitoring_return, question_key, file_id, by=by, now=now)


@action("return.ask_help")
def ask_help(monitoring_return: MonitoringReturn, wanted: bool, *, by: Person, now: datetime, deed: Deed) -> None:
    """Let the office read the draft, or stop letting it."""
    deed.silent = wanted == (monitoring_return.help_asked_at is not None)
    deed.details = {"shared": wanted}
    monitoring_return.help_asked_at = now if wanted else None


@action("return.submit")
def submit_return(
    monitoring_return: MonitoringReturn, seen: str | None = None, *, by: Person, now: datetime, deed: Deed
) -> SubmissionVersion:
    """Freeze a version, write its figures as provisional, send the receipt. Pressed again, it gives the version that was sent.

    `seen` is the fingerprint of what the person who signs has read.
    """
    if monitoring_return.is_with_the_office:
        deed.silent = True
        return _sent(monitoring_return)
    if monitoring_return.is_untouched:  # the page showed what is known from earlier
        filling.put_known(monitoring_return, now=now)
    questionnaire = definition(monitoring_return.questionnaire_version_id)
    cells = cells_of(monitoring_return.submission_id)
    standing = standing_of(monitoring_return, questionnaire, cells)
    if not standing.ready:
        raise BadAnswer("This return is not ready to send. What is missing is listed on the page. Everything you typed is kept.")
    filling.insist_read(monitoring_return, cells, seen)
    reference = f"{monitoring_return.agreement.reference}-{monitoring_return.period.label.replace(' ', '-')}"
    version = freeze(monitoring_return.submission, questionnaire, cells, standing, reference, by=by.id, at=now)
    _write_figures(monitoring_return, version, rules.figures(questionnaire, values_of(cells), standing))
    monitoring_return.latest_version = version
    monitoring_return.submitted_by_id, monitoring_return.submitted_at = by.id, now
    monitoring_return.first_submitted_on = monitoring_return.first_submitted_on or clock.day_of(now)
    monitoring_return.reopened_until = None
    _tell_team(monitoring_return, "return_submitted", version.reference, now, attached=version.id, version=version)
    deed.details = {"version": version.number, "reference": version.reference, "digest": version.digest}
    return version


@action("return.query")
def query_return(
    monitoring_return: MonitoringReturn, asked: Sequence[tuple[str, str, str]], *, by: Person, now: datetime, deed: Deed
) -> None:
    """Send it back with a sentence per figure (question, cell, sentence) or in general (ABOUT_THE_WHOLE, "", sentence)."""
    questionnaire = definition(monitoring_return.questionnaire_version_id)
    asked = [(key, cell, sentence(text, "what you ask")) for key, cell, text in asked if text.strip()]
    if not asked:
        raise BadAnswer("Write at least one question, so that they know what to look at. Nothing was sent.")
    number = next_number(ReturnQuery.number, ReturnQuery.return_id == monitoring_return.id)
    for key, cell, text in asked:
        known = key == ABOUT_THE_WHOLE or key in questionnaire.questions
        db.session.add(
            ReturnQuery(
                return_id=monitoring_return.id,
                number=number,
                submission_version_id=monitoring_return.latest_version_id,
                question_key=key if known else ABOUT_THE_WHOLE,
                cell=cell[:120] if known else "",
                text=text,
                by_id=by.id,
                at=now,
            )
        )
        number += 1
    _tell_team(monitoring_return, "return_queried", f"v{_sent(monitoring_return).number}", now, asked=len(asked))
    texts = digest_of([text for _, _, text in asked])  # so that they cannot be reworded afterwards
    deed.details = {"version": _sent(monitoring_return).number, "questions": len(asked), "digest": texts}


@action("return.approve")
def approve_return(monitoring_return: MonitoringReturn, *, by: Person, now: datetime, deed: Deed) -> None:
    """Make the sent version's figures count and supersede the older version's, in one transaction."""
    version = _sent(monitoring_return)
    restated = (
        _set_status(monitoring_return.approved_version_id, ObservationStatus.SUPERSEDED) if monitoring_return.approved_version_id else 0
    )
    restated += _supersede_imported(monitoring_return)
    counted = _set_status(version.id, ObservationStatus.APPROVED)
    monitoring_return.approved_version = version
    monitoring_return.approved_by_id, monitoring_return.approved_at = by.id, now
    _tell_team(monitoring_return, "return_approved", version.reference, now, version=version)
    deed.details = {"version": version.number, "figures": counted, "restated": restated}


@action("return.remind")
def remind_team(monitoring_return: MonitoringReturn, *, by: Person, now: datetime, deed: Deed) -> None:
    """Write to everybody of the organisation that the return is late; once a day at most."""
    today = clock.day_of(now)
    late = monitoring_return.days_late(today)
    if not late:
        raise NotNow("This return is not late, so there is nothing to remind of. Nothing was sent.")
    before = reminded([monitoring_return.id]).get(monitoring_return.id)
    if before is not None and clock.day_of(before.last) == today:
        raise NotNow("A reminder of this return went out today already. One a day is the most. Nothing was sent.")
    letters = _tell_team(monitoring_return, "return_reminder", today.isoformat(), now, late=late)
    if not letters:
        raise NotNow("Nobody belongs to this organisation who could be reminded. Invite somebody first. Nothing was sent.")
    deed.details = {"days_late": late, "letters": letters}


def remind_teams(returns: Sequence[MonitoringReturn], *, by: Person) -> int:
    """Remind of each of these; how many reminders went out. What came meanwhile, or has nobody to write to, is passed over."""
    gone = 0
    for each in returns:
        try:
            remind_team(each, by=by)
        except (NotAllowed, NotNow):
            continue
        gone += 1
    return gone


@action("return.extend")
def extend_return(monitoring_return: MonitoringReturn, due_on: date | None, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """Give one return more time, for a reason."""
    reason = sentence(reason, "why there is more time")
    if due_on is None or due_on <= monitoring_return.due_on:
        raise BadAnswer("Enter a day after the one when it is due now, like 27 3 2027. Nothing was changed.")
    deed.details = {"was": monitoring_return.due_on.isoformat(), "now": due_on.isoformat(), "reason": reason}
    monitoring_return.due_on = due_on
    _tell_team(monitoring_return, "return_extended", now.isoformat(), now, reason=reason)


@action("return.waive")
def waive_return(monitoring_return: MonitoringReturn, reason: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """This return need not come. What was typed is kept; figures sent but never approved stop counting."""
    if monitoring_return.approved_version_id is not None:
        raise NotNow("Its figures are approved and count, so it cannot be waived. Close it again instead. Nothing was changed.")
    monitoring_return.waived_reason = sentence(reason, "why it is not needed")
    if monitoring_return.latest_version_id is not None:
        _set_status(monitoring_return.latest_version_id, ObservationStatus.SUPERSEDED)
    _tell_team(monitoring_return, "return_waived", now.isoformat(), now)
    deed.details = {"reason": monitoring_return.waived_reason}


@action("return.reopen")
def reopen_return(monitoring_return: MonitoringReturn, reason: str, until: date | None, *, by: Person, now: datetime, deed: Deed) -> None:
    """Open one return again, for a reason and until a date; the approved version stays in the totals until the next is approved."""
    monitoring_return.reopened_reason = sentence(reason, "why it is reopened")
    if until is None or until < clock.day_of(now):
        raise BadAnswer("Enter the day until which it is open: today or later, like 27 3 2027. Nothing was changed.")
    monitoring_return.reopened_until = until
    if monitoring_return.first_submitted_on is None:
        monitoring_return.due_on = max(monitoring_return.due_on, until)
    _tell_team(monitoring_return, "return_reopened", now.isoformat(), now)
    deed.details = {"reason": monitoring_return.reopened_reason, "until": until.isoformat()}


@action("return.close")
def close_return(monitoring_return: MonitoringReturn, *, by: Person, now: datetime) -> None:
    """Put a reopened return back as it was, uncorrected; what was typed meanwhile is kept and does not count."""
    if monitoring_return.reopened_until is None:
        raise NotNow("This return was not reopened, so there is nothing to close. Nothing was changed.")
    monitoring_return.reopened_until = None
    monitoring_return.status = ReturnStatus.WAIVED if monitoring_return.approved_version_id is None else ReturnStatus.APPROVED


def _write_figures(monitoring_return: MonitoringReturn, version: SubmissionVersion, figures: Sequence[Figure]) -> None:
    """The figures of a sent version, provisional; those of an earlier version that was never approved stop counting."""
    earlier = monitoring_return.latest_version_id
    if earlier is not None and earlier != monitoring_return.approved_version_id:
        _set_status(earlier, ObservationStatus.SUPERSEDED)
    common: dict[str, Any] = {
        "service_id": monitoring_return.service_id,
        "agreement_id": monitoring_return.agreement_id,
        "period_id": monitoring_return.period_id,
        "submission_version_id": version.id,
    }
    rows = [
        common
        | {
            "indicator_key": figure.indicator,
            "category": figure.category,
            "value": figure.value,
            "out_of": figure.out_of,
            "percent": figure.percent,
            "not_applicable": figure.not_applicable,
            "status": ObservationStatus.PROVISIONAL,
        }
        for figure in figures
    ]
    if rows:
        db.session.execute(insert(Observation), rows)


def _set_status(version_id: Any, status: ObservationStatus) -> int:
    """Give all figures of a version this status; how many there are."""
    figures = update(Observation).where(Observation.submission_version_id == version_id).values(status=status)
    return rows_changed(figures.execution_options(synchronize_session=False))


def _supersede_imported(monitoring_return: MonitoringReturn) -> int:
    """Figures that came from a file for the same agreement and period give way to those that somebody signed."""
    imported = update(Observation).where(
        Observation.agreement_id == monitoring_return.agreement_id,
        Observation.period_id == monitoring_return.period_id,
        Observation.import_batch_id.is_not(None),
        Observation.status == ObservationStatus.APPROVED,
    )
    return rows_changed(imported.values(status=ObservationStatus.SUPERSEDED).execution_options(synchronize_session=False))


def _sent(monitoring_return: MonitoringReturn) -> SubmissionVersion:
    """The version that lies with the office."""
    if monitoring_return.latest_version is None:
        raise NotNow("Nothing was sent yet, so there is nothing to decide on.")
    return monitoring_return.latest_version


def _tell_team(monitoring_return: MonitoringReturn, template: str, occasion: str, now: datetime, **context: Any) -> int:
    """Mail to everybody who belongs to the organisation, how many: leads act on it, members see it."""
    addresses, link = addresses_of_team(monitoring_return.organisation_id), link_to("returns.show", return_id=monitoring_return.id)
    about = monitoring_return.id
    return tell(addresses, template, about, occasion, now=now, monitoring_return=monitoring_return, link=link, **context)
