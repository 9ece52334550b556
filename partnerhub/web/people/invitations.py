"""Inviting people, accepting an invitation, and who belongs to an organisation as what."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import invitations, passwords, people
from partnerhub.forms.people import ROLE_HINTS, InviteMemberForm, InviteToOfficeForm, JoinForm, MemberRoleForm
from partnerhub.models.organisations import Organisation
from partnerhub.models.people import Invitation, Membership
from partnerhub.queries import people as queries
from partnerhub.web.carrying import local_or_home
from partnerhub.web.doors import me
from partnerhub.web.finding import find, require
from partnerhub.web.people import browsers
from partnerhub.web.people.blueprint import bp
from partnerhub.web.respond import done, page

SENT = "An invitation is on its way to {}. It can be used for 72 hours."


@bp.route("/organisations/<uuid:organisation_id>/invitations", methods=["GET", "POST"])
def invite_to_organisation(organisation_id: UUID) -> Response:
    """Who was invited, and a form to invite somebody more."""
    organisation = find(Organisation, organisation_id, to="organisation.invite")
    form = InviteMemberForm()
    if form.validate_on_submit() and form.accepted(
        lambda: invitations.invite_to_organisation(organisation, form.email.data, form.role.data, by=me()), "email"
    ):
        return done(url_for(".invite_to_organisation", organisation_id=organisation_id), message=SENT.format(form.email.data))
    waiting = queries.open_invitations(me(), organisation_id)
    return page(
        "people/invite_to_organisation.html", form.status, form=form, organisation=organisation, invitations=waiting, hints=ROLE_HINTS
    )


@bp.route("/people/invitations", methods=["GET", "POST"])
def invite_to_office() -> Response:
    require("person.invite")
    form = InviteToOfficeForm()
    form.programme.offer([(each.id, each.name) for each in queries.programmes_to_view()])
    if form.validate_on_submit():
        programme = UUID(form.programme.data) if form.programme.data else None
        invitations.invite_to_office(None, form.email.data, form.role.data, programme, by=me())
        return done(url_for(".invite_to_office"), message=SENT.format(form.email.data))
    return page("people/invite_to_office.html", form.status, form=form, invitations=queries.open_invitations(me(), None), hints=ROLE_HINTS)


@bp.post("/invitations/<uuid:invitation_id>/withdraw")
def withdraw(invitation_id: UUID) -> Response:
    invitation = find(Invitation, invitation_id, to="invitation.view")
    invitations.withdraw(invitation, by=me())
    return done(_list_of(invitation), message=f"The invitation of {invitation.email} has been withdrawn. Its link does not work any more.")


@bp.post("/invitations/<uuid:invitation_id>/send-again")
def send_again(invitation_id: UUID) -> Response:
    invitation = find(Invitation, invitation_id, to="invitation.view")
    invitations.send_again(invitation, by=me())
    return done(_list_of(invitation), message=SENT.format(invitation.email))


def _list_of(invitation: Invitation) -> str:
    if invitation.organisation_id is None:
        return url_for(".invite_to_office")
    return url_for(".invite_to_organisation", organisation_id=invitation.organisation_id)


@bp.route("/join/<token>", methods=["GET", "POST"])
def accept(token: str) -> Response:
    """Opening the link shows what it is for; only the button uses it, since mail programs open links too."""
    invitation = queries.invitation_by(token, clock.now())
    has_account = invitation is not None and queries.has_password(invitation.email)
    if invitation is None or (has_account and invitation.is_asked_for):
        return page("people/link_over.html", 410, invitation=True)
    if (has_account or me().is_signed_in) and me().email != invitation.email:
        return page("people/join_sign_in.html", invitation=invitation, token=token)
    form = JoinForm(data={"name": invitation.name})
    form.known = (form.name.data or "", invitation.email, invitation.organisation.name if invitation.organisation else "")
    if form.is_submitted() and (has_account or form.validate()):
        return _accepted(invitation, form, has_account)
    return page("people/join.html", form.status, form=form, invitation=invitation, has_account=has_account)


def _accepted(invitation: Invitation, form: JoinForm, has_account: bool) -> Response:
    new = {} if has_account else {"name": form.name.data, "kept": passwords.hashed(form.new_password.data)}
    deed = invitations.create_account if invitation.is_asked_for else invitations.accept
    user, token = deed(invitation, browsers.described(), by=me(), **new)
    browsers.let_in(user.id, token)
    return browsers.remember(done(local_or_home(request.args.get("next")), message="Welcome. You are signed in."), user.email)


# Members


@bp.post("/memberships/<uuid:membership_id>/role")
def change_role(membership_id: UUID) -> Response:
    membership = find(Membership, membership_id, to="membership.view")
    form = MemberRoleForm()
    if form.validate_on_submit():
        people.change_membership(membership, form.role.data, by=me())
        return done(_place(membership), message="The role has been changed. The person has to sign in again.")
    return page("people/change_role.html", form.status, form=form, membership=membership)


@bp.post("/memberships/<uuid:membership_id>/end")
def end_membership(membership_id: UUID) -> Response:
    membership = find(Membership, membership_id, to="membership.view")
    people.end_membership(membership, by=me())
    if membership.user_id == me().id:
        browsers.forget()
        return done(
            url_for(".sign_in"), message="You have left the organisation. What you did stays there. Sign in again for anything else."
        )
    return done(_place(membership), message="The person does not belong to the organisation any more. What they did stays there.")


def _place(membership: Membership) -> str:
    return url_for("organisations.show", organisation_id=membership.organisation_id)
