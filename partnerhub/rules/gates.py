"""What the hub checks of an application that was sent, before anybody marks it: each gate passed or not or to be looked at, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from partnerhub.rules import checks
from partnerhub.rules.question_types import Answers
from partnerhub.rules.questionnaire import Facts, Filled, Question, Questionnaire, Severity
from partnerhub.rules.readable import day_in_words, pence
from partnerhub.rules.words import ORGANISATION_KIND_LABELS, GateState, OrganisationKind

KIND = "Kind of organisation"


class Gate(NamedTuple):
    """One thing that was checked. The reason is a sentence that the applicant may read too."""

    what: str
    state: GateState
    reason: str


class Overdue(NamedTuple):
    """A report of an earlier grant that has not come."""

    award: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Known:
    """What the hub knows about an application besides its answers. Money in pence."""

    amount: int | None
    cap: int
    kind: str
    kinds: Collection[str]
    lacking: Sequence[str] | None
    """Documents asked for before marking that are not there, in words; None where none is asked for."""
    overdue: Sequence[Overdue] = ()
    others: Sequence[str] = ()
    """References of what else this organisation sent in the round."""
    starts: date | None = None
    decided_by: date | None = None


def gates(form: Questionnaire, answers: Answers, facts: Facts, sent_on: date, known: Known) -> list[Gate]:
    """Every gate, in the order in which an officer goes through them. The form is read as it was on the day the answers were sent."""
    filled = Filled(form, answers, None, {"today": sent_on, **facts})
    return [
        *_endings(filled),
        _own_checks(filled),
        _money(known),
        _kind(known),
        *_documents(known),
        _reports(known),
        *_start(known),
        _others(known),
    ]


def before_applying(known: Known) -> list[Gate]:
    """Of these, what can be told of somebody who has not written anything: nothing of a kind of organisation that is not known."""
    return [_money(known), *([_kind(known)] if known.kind else []), *_start(known)]


def not_passed(found: Iterable[Gate]) -> list[Gate]:
    return [each for each in found if each.state is GateState.NOT_PASSED]


def reasons(found: Iterable[Gate]) -> str:
    """Why it cannot be considered as it is, a line for each gate that is not passed: what a letter about it begins with."""
    return "\n".join(each.reason for each in not_passed(found))


def _gate(what: str, passed: bool, reason: str) -> Gate:
    return Gate(what, GateState.PASSED if passed else GateState.NOT_PASSED, reason)


def _endings(filled: Filled) -> Iterator[Gate]:
    """The answers that can end the form, of those that are asked."""
    for key, question in filled.questionnaire.questions.items():
        if question.stop_if is not None and filled.is_shown(key):
            ends = question.stop_if.holds(filled)
            yield _gate(question.label, not ends, _why(question) if ends else "The answer does not rule it out.")


def _why(question: Question) -> str:
    return question.stop_message or f"The answer to “{question.label.rstrip('.')}” rules it out."


def _own_checks(filled: Filled) -> Gate:
    """The checks of the form that stop."""
    failed = [f"{each.sentence.rstrip('.')}." for each in checks.failures(filled) if each.severity is Severity.STOPS]
    return _gate("The form’s own checks", not failed, " ".join(failed) or "All of them hold.")


def _money(known: Known) -> Gate:
    what, most = "Amount asked for", pence(known.cap)
    if known.amount is None:
        return Gate(what, GateState.LOOK, "The application does not say how much it asks for.")
    asked = pence(known.amount)
    if known.amount > known.cap:
        return Gate(what, GateState.NOT_PASSED, f"It asks for {asked}. The most that one application can be given is {most}.")
    return Gate(what, GateState.PASSED, f"It asks for {asked}. The most is {most}.")


def _kind(known: Known) -> Gate:
    kind = ORGANISATION_KIND_LABELS[OrganisationKind(known.kind)]
    if known.kind in known.kinds:
        return Gate(KIND, GateState.PASSED, f"{kind}: may apply.")
    return Gate(KIND, GateState.NOT_PASSED, f"The round is not open to this kind of organisation: {kind}.")


def _documents(known: Known) -> Iterator[Gate]:
    if known.lacking is not None:
        missing = f"Documents that are asked for before marking are not there ({'; '.join(known.lacking)})."
        yield _gate("Documents asked for before marking", not known.lacking, missing if known.lacking else "All are there and in date.")


def _reports(known: Known) -> Gate:
    late = [f"A report of the grant {each.award} was due on {day_in_words(each.due_on)} and has not come." for each in known.overdue]
    return _gate("Reports of earlier grants", not late, " ".join(late) or "None is overdue.")


def _start(known: Known) -> Iterator[Gate]:
    """Only where both days are known."""
    if known.starts is not None and known.decided_by is not None:
        starts, decided = day_in_words(known.starts), day_in_words(known.decided_by)
        if known.starts > known.decided_by:
            yield Gate(
                "Start of the project", GateState.PASSED, f"It starts on {starts}, after the decision that is promised by {decided}."
            )
        else:
            said = f"The project starts on {starts}. It cannot start before the decision, which is promised by {decided}."
            yield Gate("Start of the project", GateState.NOT_PASSED, said)


def _others(known: Known) -> Gate:
    what = "Other applications in this round"
    if known.others:
        return Gate(what, GateState.LOOK, f"The same organisation also sent {', '.join(known.others)}.")
    return Gate(what, GateState.PASSED, "The organisation sent no other.")
