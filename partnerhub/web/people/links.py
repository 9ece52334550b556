"""Asking for links by e-mail, and what they lead to: opening one only shows a page; pressing its button uses it."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import invitations, passwords, people, sessions
from partnerhub.extensions import db
from partnerhub.forms.people import AccountForm, AskResetForm, ResetForm
from partnerhub.models.people import User
from partnerhub.queries.people import link_by
from partnerhub.rules.words import LinkKind
from partnerhub.web.carrying import is_local, local_or_home
from partnerhub.web.doors import me
from partnerhub.web.people import browsers
from partnerhub.web.people.blueprint import bp
from partnerhub.web.respond import done, page

RESETS = (LinkKind.RESET,)
CONFIRMS = (LinkKind.EMAIL_OLD, LinkKind.EMAIL_NEW)


@bp.route("/create-account", methods=["GET", "POST"])
def ask_account() -> Response:
    """The same answer whether there is such an account or not."""
    form = AccountForm()
    if request.method != "POST":
        form.next.data = request.args.get("next", "")
        if me().is_signed_in:
            return redirect(local_or_home(form.next.data), 303)
    if form.validate_on_submit() and form.accepted(lambda: _ask_account(form)):
        return page("people/account_asked.html", email=form.email.data)
    return page("people/ask_account.html", form.status, form=form)


def _ask_account(form: AccountForm) -> None:
    now, then = clock.now(), form.next.data or ""
    sessions.count_try(f"account:{form.email.data}", browsers.address(), True, now)
    invitations.ask_account(None, form.name.data, form.email.data, then if is_local(then) else "", by=me(), now=now)


@bp.route("/forgotten-password", methods=["GET", "POST"])
def ask_reset() -> Response:
    """The same answer whether there is such an account or not."""
    form = AskResetForm()
    if form.validate_on_submit() and form.accepted(lambda: _ask(form.email.data)):
        return page("people/reset_asked.html", email=form.email.data)
    return page("people/ask_reset.html", form.status, form=form)


def _ask(email: str) -> None:
    now = clock.now()
    sessions.count_try(f"reset:{email}", browsers.address(), True, now)
    people.ask_reset(None, email, by=me(), now=now)


@bp.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> Response:
    link = link_by(token, RESETS, clock.now())
    if link is None:
        return _over()
    form = ResetForm()
    form.known = _known(db.session.get_one(User, link.user_id))
    if form.validate_on_submit():
        kept = passwords.hashed(form.new_password.data)
        user = people.reset_password(link, kept, browsers.address(), by=me())
        browsers.forget()
        answer = done(url_for(".sign_in"), message="Your password has been changed. Sign in with the new one.")
        return browsers.remember(answer, user.email)
    return page("people/reset.html", form.status, form=form)


@bp.route("/confirm-email/<token>", methods=["GET", "POST"])
def confirm_email(token: str) -> Response:
    link = link_by(token, CONFIRMS, clock.now())
    if link is None:
        return _over()
    if request.method == "POST":
        return page("people/email_confirmed.html", changed=people.confirm_email_change(link, by=me()), email=link.email)
    return page("people/confirm_email.html", email=link.email)


def _known(user: User) -> tuple[str, ...]:
    return (user.name, user.email)


def _over() -> Response:
    """A link that was used, withdrawn or is too old; or never was one."""
    return page("people/link_over.html", 410)
