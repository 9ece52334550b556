"""The first person of a new hub, and the sign-ins of the demonstration office."""

from __future__ import annotations

import json
from typing import Any

import click
from flask import current_app

from partnerhub import clock
from partnerhub.actions.invitations import invite_to_office
from partnerhub.catalogue.office import Office
from partnerhub.cli import Stop, command, hub
from partnerhub.forms.fields import Email
from partnerhub.queries.people import account_of, demonstration_accounts, person_of
from partnerhub.rules.policy import HUB
from partnerhub.rules.words import OfficeRole


@hub.group("administrator")
def administrator() -> None:
    """People who look after the hub."""


@command(administrator, "invite")
@click.argument("email")
def invite_administrator(email: str) -> None:
    """Invite EMAIL to be an administrator: the first person of a new hub."""
    folded = email.strip().lower()
    if len(folded) > 254 or not Email.FORM.fullmatch(folded):
        raise Stop(f"{email!r} is not an e-mail address")
    known = account_of(folded)
    person = person_of(known.id) if known is not None else None
    if person is not None and OfficeRole.ADMINISTRATOR in person.office_roles:
        raise Stop(f"{folded} is an administrator already")
    _, link = invite_to_office(None, folded, OfficeRole.ADMINISTRATOR, by=HUB)
    click.echo(f"An invitation for {folded} is in the outbox. It can be used once, within 72 hours.")
    if not current_app.config["HUB"].smtp_host:
        click.echo(f"No mail server is set (SMTP_HOST), so pass this link on yourself:\n{link}")


@command(hub, "accounts")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
def accounts(as_json: bool) -> None:
    """The sign-ins of the demonstration office."""
    password = Office(clock.now())["password"]
    found: list[dict[str, Any]] = [
        {
            "email": user.email,
            "password": password,
            "roles": [each.role for each in user.memberships],
            "organisation": next((each.organisation.name for each in user.memberships if each.organisation), None),
        }
        for user in demonstration_accounts()
    ]
    if as_json:
        click.echo(json.dumps(found, indent=2))
    elif not found:
        click.echo("There is no demonstration office in this database. “partnerhub demo” makes one in an empty database.")
    else:
        widest = max(len(each["email"]) for each in found)
        for each in found:
            click.echo(f"{each['email']:<{widest}}  {', '.join(filter(None, [*each['roles'], each['organisation']]))}")
        click.echo(f"\nThe password of all of them is: {password}")
