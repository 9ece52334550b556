"""The first person of a new hub, and the sign-ins of the demonstration office, from the command line."""

from __future__ import annotations

import json

import pytest
from flask.cli import ScriptInfo
from sqlalchemy import func, select

from partnerhub.cli import hub
from partnerhub.extensions import db
from partnerhub.models import Invitation
from tests.signing_in import link_to, take_token


@pytest.fixture
def run(app):
    def runs(*arguments):
        return app.test_cli_runner().invoke(hub, list(arguments), obj=ScriptInfo(create_app=lambda: app))

    return runs


def test_the_first_administrator_follows_the_link_that_the_command_prints(run, stranger):
    told = run("administrator", "invite", "Boss@Example.org")
    assert told.exit_code == 0
    link = told.output.strip().splitlines()[-1]
    assert link.endswith(link_to("boss@example.org", "invitation"))
    stranger.post(link.partition("8000")[2], {"name": "The Boss", "new_password": "quite another phrase"})
    take_token(stranger)
    assert stranger.get("/people").status_code == 200


@pytest.mark.parametrize("email", ["boss", "boss@", "a@b.c\nbcc:x@example.org", "x" * 250 + "@example.org"])
def test_what_is_no_address_is_refused_in_one_line(run, email):
    told = run("administrator", "invite", email)
    assert told.exit_code == 1
    assert "is not an e-mail address" in told.output
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_who_is_an_administrator_already_is_not_invited_again(run, make):
    make.user("administrator", email="boss@example.org")
    told = run("administrator", "invite", "Boss@Example.org")
    assert (told.exit_code, told.stderr) == (1, "partnerhub: boss@example.org is an administrator already\n")
    assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_demonstration_accounts_are_told_with_roles_and_organisation_and_no_others(run, make):
    lantern = make.organisation("Example Lantern Trust")
    make.lead(lantern, email="lead@lantern.example", is_demonstration=True)
    make.user("officer", "finance", email="officer@office.example", is_demonstration=True)
    make.user("administrator", email="real@example.org")
    told = run("accounts", "--json")
    assert told.exit_code == 0
    found = {each["email"]: each for each in json.loads(told.output)}
    assert set(found) == {"lead@lantern.example", "officer@office.example"}
    assert found["lead@lantern.example"] == {
        "email": "lead@lantern.example",
        "password": "demonstration only",
        "roles": ["lead"],
        "organisation": "Example Lantern Trust",
    }
    assert sorted(found["officer@office.example"]["roles"]) == ["finance", "officer"]
    assert found["officer@office.example"]["organisation"] is None
    assert "lead@lantern.example" in run("accounts").output


def test_without_a_demonstration_office_there_is_an_empty_list(run):
    assert json.loads(run("accounts", "--json").output) == []
