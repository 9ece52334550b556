"""What is done with organisations: added, changed, known by their numbers, and what they need say only once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from partnerhub.actions.doing import Deed, action
from partnerhub.actions.unique import flush_or
from partnerhub.extensions import db
from partnerhub.models import Organisation, OrganisationIdentifier, ProfileAnswer
from partnerhub.models.conditions import may
from partnerhub.models.organisations import folded
from partnerhub.rules import identifiers
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.policy import Answer, Person

MOST_IDENTIFIERS = 20
NOT_THIS_NAME = "This name cannot be used as it is. Add your place to it, or call us."


@action("organisation.create")
def create_organisation(
    _: None, details: Mapping[str, Any], identifier: str = "", *, by: Person, now: datetime, deed: Deed
) -> Organisation:
    """`identifier` as `rules.identifiers.read` gives it; empty when there is none yet."""
    refuse_known_name(details["name"], None, by)
    organisation = Organisation(**details, created_at=now)
    db.session.add(organisation)
    flush_or(_name_taken(organisation.name))
    if identifier:
        write_identifier(organisation, identifier, by)
    deed.details = {"kind": organisation.kind, "identifier": identifier}
    return organisation


@action("organisation.change")
def change_organisation(organisation: Organisation, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> None:
    if details["name"] != organisation.name:
        refuse_known_name(details["name"], organisation, by)
    changed = [key for key, value in details.items() if getattr(organisation, key) != value]
    for key in changed:
        setattr(organisation, key, details[key])
    flush_or(NOT_THIS_NAME)
    deed.silent = not changed
    deed.details = {"changed": changed}


@action("organisation.change")
def add_identifier(organisation: Organisation, identifier: str, *, by: Person, now: datetime, deed: Deed) -> None:
    """One more register in which the organisation stands; nothing happens when it was known already."""
    deed.silent = any(each.org_id == identifier for each in organisation.identifiers)
    if deed.silent:
        return
    if len(organisation.identifiers) >= MOST_IDENTIFIERS:
        raise NotNow(f"An organisation can have {MOST_IDENTIFIERS} numbers. Remove one first.")
    write_identifier(organisation, identifier, by)
    deed.details = {"added": identifier}


@action("organisation.change")
def remove_identifier(organisation: Organisation, identifier: str, *, by: Person, now: datetime, deed: Deed) -> None:
    found = next((each for each in organisation.identifiers if each.org_id == identifier), None)
    deed.silent = found is None
    if found is not None:
        db.session.delete(found)
        deed.details = {"removed": identifier}


@action("organisation.change")
def save_profile(organisation: Organisation, texts: Mapping[str, Mapping[str, str]], *, by: Person, now: datetime, deed: Deed) -> None:
    """What the organisation says of itself, by key and cell; an emptied answer is kept as empty. The words stay out of the history."""
    kept = {each.key: each for each in db.session.scalars(select(ProfileAnswer).where(ProfileAnswer.organisation_id == organisation.id))}
    changed = [key for key, cells in texts.items() if dict(cells) != (kept[key].texts if key in kept else _blank(cells))]
    for key in changed:
        if key in kept:
            kept[key].texts, kept[key].at = dict(texts[key]), now
        else:
            db.session.add(ProfileAnswer(organisation_id=organisation.id, key=key, texts=dict(texts[key]), at=now))
    if changed:
        flag_modified(organisation, "name")  # whoever has the older page open is told
    deed.silent = not changed
    deed.details = {"profile": changed}


def _blank(cells: Mapping[str, str]) -> dict[str, str]:
    return dict.fromkeys(cells, "")


def refuse_known_name(name: str, own: Organisation | None, by: Person) -> None:
    """Two organisations of one name cannot be told apart in a list; whoever comes at the same moment meets the table's unique index."""
    holder = db.session.scalars(select(Organisation).where(Organisation.folded_name == folded(name))).one_or_none()
    if holder is not None and holder is not own:
        is_known = may(by, "organisation.view", holder) is Answer.YES  # partners are not told who else is in the hub
        raise BadAnswer(_name_taken(name) if is_known else NOT_THIS_NAME)


def _name_taken(name: str) -> str:
    return f"There is already an organisation called “{name}”. If this is another one, add its place to the name."


def write_identifier(organisation: Organisation, identifier: str, by: Person) -> None:
    holder = db.session.get(OrganisationIdentifier, identifier)
    sentence = f"{identifiers.said(identifier)} already belongs to another organisation in the hub."
    if holder is not None and may(by, "organisation.view", holder.organisation) is Answer.YES:
        sentence = f"{identifiers.said(identifier)} already belongs to {holder.organisation.name}."
    if holder is not None:
        raise BadAnswer(sentence)
    db.session.add(OrganisationIdentifier(org_id=identifier, organisation=organisation))
    flush_or(sentence)
