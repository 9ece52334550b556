"""What people type about themselves and each other: signing in, passwords, invitations, roles."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import current_app
from wtforms.fields import HiddenField
from wtforms.validators import StopValidation

from partnerhub.forms.fields import Choice, Choices, Email, Filter, Form, Name, Password, TextLine, Version, WholeNumber
from partnerhub.rules import words
from partnerhub.rules.passwords import fault_of

OFFICE_ROLES = {role.value: words.ROLE_LABELS[role] for role in words.OfficeRole if role != words.OfficeRole.VIEWER}
PARTNER_ROLES = {role.value: words.ROLE_LABELS[role] for role in words.PartnerRole}
ROLE_HINTS = {role.value: f"{said[0].upper()}{said[1:]}" for role, said in words.ROLE_EXPLANATIONS.items()}


class SignInForm(Form):
    email = Email(missing="Enter your e-mail address")
    password = Password("Password", "Enter your password")
    next = HiddenField()


class AccountForm(Form):
    """Somebody who has no account, and where they wanted to go."""

    name = Name("Your full name", "Enter your full name", longest=120)
    email = Email(missing="Enter your e-mail address")
    next = HiddenField()


class AskResetForm(Form):
    email = Email(missing="Enter the e-mail address you sign in with")


class NewPassword(Password):
    """A password somebody chooses; `form.known` are names and addresses that it must not be, and the office's name is another."""

    def pre_validate(self, form: Form) -> None:
        fault = fault_of(self.data or "", (*getattr(form, "known", ()), current_app.config["HUB"].office_name))
        if fault:
            raise StopValidation(fault)


HOW_TO_CHOOSE = "At least 12 characters. Three words that do not belong together are easy to remember. You may paste it."


class ChoosesPassword(Form):
    known: Iterable[str] = ()


class JoinForm(ChoosesPassword):
    """A new person who was invited, or asked for an account."""

    name = Name("Your full name", "Enter your full name", longest=120)
    new_password = NewPassword("Choose a password", hint=HOW_TO_CHOOSE)


class ResetForm(ChoosesPassword):
    new_password = NewPassword("New password", hint=HOW_TO_CHOOSE)


class ChangePasswordForm(ChoosesPassword):
    current_password = Password("Your password now", "Enter the password you have now")
    new_password = NewPassword("New password", hint=HOW_TO_CHOOSE)


class NameForm(Form):
    name = Name("Your full name", "Enter your full name", longest=120)


class ChangeEmailForm(Form):
    email = Email("New e-mail address", "Enter the new e-mail address")
    current_password = Password("Your password", "Enter your password")


class InviteMemberForm(Form):
    """To an organisation."""

    email = Email(missing="Enter the e-mail address of the person to invite")
    role = Choice("Role", PARTNER_ROLES, "Choose whether they will be a member or a lead", default=words.PartnerRole.MEMBER.value)


class InviteToOfficeForm(Form):
    """To the office, or as a viewer of one programme."""

    email = Email(missing="Enter the e-mail address of the person to invite")
    role = Choice("Role", {**OFFICE_ROLES, words.OfficeRole.VIEWER.value: words.ROLE_LABELS[words.OfficeRole.VIEWER]}, "Choose a role")
    programme = Choice("Programme, for a viewer", hint="A viewer reads this programme only. More can be added later.", blank="No programme")

    def validate_programme(self, field: Choice) -> None:
        if self.role.data == words.OfficeRole.VIEWER and not field.data:
            raise StopValidation("Choose the programme that the viewer may read")


class RolesForm(Form):
    version = Version()
    roles = Choices("Office roles", OFFICE_ROLES)
    programmes = Choices("Programmes they may read as a viewer")

    @property
    def chosen(self) -> list[UUID]:
        return [UUID(each) for each in self.programmes.data or ()]


class MemberRoleForm(Form):
    role = Choice("Role", PARTNER_ROLES, "Choose whether they are a member or a lead")


class PeopleFilter(Filter):
    q = TextLine("Name or e-mail address", longest=200)
    role = Choice("Role", words.ROLE_LABELS, blank="Any role")
    state = Choice("Account", {"open": "Open", "closed": "Closed"}, blank="Open or closed")
    page = WholeNumber("Page", least=1, most=100_000)


class HistoryFilter(Filter):
    organisation = TextLine("Part of an organisation’s name", longest=200)
    person = TextLine("Part of a person’s name or e-mail address", longest=254)
    deed = Choice("What was done", blank="Anything")
    before = WholeNumber("Before", least=1)


class MailFilter(Filter):
    state = Choice("State", words.MAIL_STATE_LABELS, blank="Any state")
    before = TextLine("Before", longest=80)
