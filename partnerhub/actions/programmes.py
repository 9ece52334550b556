"""What is done with programmes and the services in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from partnerhub.actions.doing import Deed, action
from partnerhub.actions.unique import flush_or
from partnerhub.extensions import db
from partnerhub.models import Programme, Service
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.policy import Person


@action("programme.create")
def create_programme(_: None, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> Programme:
    _refuse_known_slug(details["slug"])
    programme = Programme(**details, created_at=now)
    db.session.add(programme)
    flush_or(_known_slug(details["slug"]))
    deed.details = {"slug": programme.slug}
    return programme


@action("programme.change")
def change_programme(programme: Programme, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> None:
    if details["slug"] != programme.slug:
        _refuse_known_slug(details["slug"])
    deed.details = {"changed": _changed(programme, details)}
    deed.silent = not deed.details["changed"]
    flush_or(_known_slug(details["slug"]))


@action("programme.add_service")
def add_service(programme: Programme, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> Service:
    _refuse_known_service(programme.id, details["name"])
    service = Service(programme_id=programme.id, **details)
    db.session.add(service)
    flush_or(_known_service(details["name"]))
    deed.about, deed.details = service, {"programme": programme.slug}
    return service


@action("service.change")
def change_service(service: Service, details: Mapping[str, Any], *, by: Person, now: datetime, deed: Deed) -> None:
    if details["name"] != service.name:
        _refuse_known_service(service.programme_id, details["name"])
    deed.details = {"changed": _changed(service, details)}
    deed.silent = not deed.details["changed"]
    flush_or(_known_service(details["name"]))


def _changed(thing: Programme | Service, details: Mapping[str, Any]) -> list[str]:
    """Writes what differs, and says which."""
    changed = [key for key, value in details.items() if getattr(thing, key) != value]
    for key in changed:
        setattr(thing, key, details[key])
    return changed


def _known_slug(slug: str) -> str:
    return f"Another programme has the address “{slug}”. Choose another one."


def _known_service(name: str) -> str:
    return f"This programme has a service called “{name}” already."


def _refuse_known_slug(slug: str) -> None:
    if db.session.scalar(select(Programme.id).where(Programme.slug == slug)) is not None:
        raise BadAnswer(_known_slug(slug))


def _refuse_known_service(programme_id: Any, name: str) -> None:
    if db.session.scalar(select(Service.id).where(Service.programme_id == programme_id, Service.name == name)) is not None:
        raise BadAnswer(_known_service(name))
