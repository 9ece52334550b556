"""The words of grant agreements: written anew by the office, made for an award or a change of it, signed by one side or the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from flask import current_app

from partnerhub import clock
from partnerhub.actions.doing import Deed, action, next_number
from partnerhub.actions.filling import ReadAgain
from partnerhub.catalogue.wording import first_wording
from partnerhub.extensions import db
from partnerhub.models import AgreementTemplate, Award, GrantAgreement
from partnerhub.queries.awards import newest_template, report_titles
from partnerhub.rules import agreement_words, readable
from partnerhub.rules.awards import DueReport
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.payments import instalments, waits_for
from partnerhub.rules.periods import months_after
from partnerhub.rules.policy import Person
from partnerhub.rules.words import AwardStatus


@action("template.write")
def write_template(_: None, title: str, text: str, seen: int, *, by: Person, now: datetime, deed: Deed) -> AgreementTemplate:
    """The next version, for agreements that are made from now on. `seen` is the number of the version it was written from."""
    agreement_words.check(text)
    newest = kept_template(now)
    if newest.number != seen:
        raise ReadAgain(
            f"Version {newest.number} was saved after you opened this page. What you typed is below. Compare it with version "
            f"{newest.number}: when you press the button again, yours becomes version {newest.number + 1}."
        )
    if (newest.title, newest.text) == (title, text):
        deed.silent = True
        return newest
    made = _put_template(title, text, now, by)
    deed.details = {"number": made.number, "digest": agreement_words.digest(text)}
    return made


def kept_template(now: datetime) -> AgreementTemplate:
    """The newest wording; in a hub in which nobody has written one, the first. Only inside a write."""
    return newest_template() or _put_template(*first_wording(), now)


def _put_template(title: str, text: str, now: datetime, by: Person | None = None) -> AgreementTemplate:
    made = AgreementTemplate(
        number=next_number(AgreementTemplate.number), title=title, text=text, created_at=now, created_by_id=by.id if by else None
    )
    db.session.add(made)
    db.session.flush()
    return made


def offer_award(award: Award, answer_by: date | None, now: datetime) -> GrantAgreement:
    """Its letter is released: from now on the organisation sees the award, reads the agreement and may sign. Only inside a write."""
    award.status, award.offered_at, award.answer_by = AwardStatus.OFFERED, now, answer_by
    award.starts = starts = award.starts or clock.day_of(now)
    award.ends = award.ends or months_after(starts, award.funding_round.terms.duration_months) - timedelta(days=1)
    template = kept_template(now)
    return put_agreement(award, agreement_words.filled(template.text, words_of(award)), template, now)


def put_agreement(award: Award, text: str, template: AgreementTemplate, now: datetime) -> GrantAgreement:
    """The next words of an award to be signed by both: the agreement itself, or a change of it. They never change. Only inside a write."""
    made = GrantAgreement(
        award_id=award.id,
        round_id=award.round_id,
        organisation_id=award.organisation_id,
        number=next_number(GrantAgreement.number, GrantAgreement.award_id == award.id),
        template_id=template.id,
        text=text,
        digest=agreement_words.digest(text),
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def words_of(award: Award) -> Mapping[str, str]:
    """What stands in the wording for each name."""
    fund = award.fund
    terms = award.funding_round.terms
    parts = instalments(award.amount, terms.one_payment_to, terms.instalments)
    due = report_titles(award)
    reports = [f"- the {title}, by {_day(each.due_on)}" for title, each in due]
    awaited = [None if place is None else due[place] for place in waits_for(len(parts), len(due))]
    paid = [_paid(award, part, len(parts), report, at == 0) for at, (part, report) in enumerate(zip(parts, awaited, strict=True))]
    return {
        "office": current_app.config["HUB"].office_name,
        "organisation": award.organisation.name,
        "reference": award.reference,
        "fund": fund.name,
        "project": award.project or award.reference,
        "amount": readable.pence(award.amount),
        "items": award.items or "the whole project, as its budget sets it out",
        "conditions": award.conditions or "There are none beyond those of this agreement.",
        "starts": _day(award.starts),
        "ends": _day(award.ends),
        "payments": "\n".join(paid),
        "reports": "\n".join(reports) or "- an answer whenever we ask how the project goes",
        "answer_by": _day(award.answer_by),
    }


def _paid(award: Award, pence: int, of: int, awaited: tuple[str, DueReport] | None, is_first: bool) -> str:
    """One payment in words, as `put_schedule` draws it up: `awaited` is the report (title, when) without which it does not go out."""
    if is_first:
        return f"- {readable.pence(pence)}{' in one payment' if of == 1 else ''} once both of us have signed"
    if awaited is None:
        return f"- {readable.pence(pence)} when the project ends, on {_day(award.ends)}"
    title, due = awaited
    return f"- {readable.pence(pence)} once we have approved the {title}, due by {_day(due.due_on)}"


def _day(day: date | None) -> str:
    return readable.day(day) if day else "a day to be agreed"


# Signing


def put_partner_signature(agreement: GrantAgreement, seen: str, name: str, *, by: Person, now: datetime) -> bool:
    """A lead signs what they read. False when their side has signed already: nothing happens then. Only inside a write."""
    if agreement.is_signed_by_partner:
        return False
    _insist_on(agreement, seen, name, by)
    agreement.partner_signed_by_id, agreement.partner_signed_at = by.id, now
    return True


def put_office_signature(agreement: GrantAgreement, seen: str, name: str, *, by: Person, now: datetime) -> bool:
    """The office signs what the partner has signed. False when it has signed already. Only inside a write."""
    if agreement.is_signed:
        return False
    if not agreement.is_signed_by_partner:
        raise BadAnswer("The organisation has not signed yet. It signs first, then the office. Nothing was signed.")
    _insist_on(agreement, seen, name, by)
    agreement.office_signed_by_id, agreement.office_signed_at = by.id, now
    return True


def _insist_on(agreement: GrantAgreement, seen: str, name: str, by: Person) -> None:
    """The words are those on the page that was read, and whoever signs has written their name."""
    if not seen == agreement.digest == agreement_words.digest(agreement.text):
        raise ReadAgain("These are not the words that you had before you, so nothing was signed. Read the agreement below, then sign it.")
    if " ".join(name.split()).casefold() != " ".join(by.name.split()).casefold():
        raise BadAnswer(f"Type your full name as it stands in your account: {by.name}. Nothing was signed.")
