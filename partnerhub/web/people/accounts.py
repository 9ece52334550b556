"""Your account: one's name, password, address, and the browsers one is signed in with."""

from __future__ import annotations

from flask import url_for
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import passwords, people, sessions
from partnerhub.forms.people import ChangeEmailForm, ChangePasswordForm, NameForm
from partnerhub.models.people import User
from partnerhub.queries.people import hash_of, memberships_of, sessions_of
from partnerhub.web.doors import me
from partnerhub.web.finding import find
from partnerhub.web.people import browsers
from partnerhub.web.people.blueprint import bp
from partnerhub.web.respond import done, page


def _myself() -> User:
    return find(User, me().id, to="person.view")


@bp.get("/account")
def account() -> Response:
    user = _myself()
    return page(
        "people/account.html",
        user=user,
        memberships=memberships_of(user.id),
        sessions=sessions_of(user.id),
        this_session=hash_of(browsers.token_of_session()),
    )


@bp.route("/account/name", methods=["GET", "POST"])
def rename() -> Response:
    user = _myself()
    form = NameForm(obj=user)
    if form.validate_on_submit():
        people.rename(user, form.name.data, by=me())
        return done(url_for(".account"), message="Your name has been changed.")
    return page("people/rename.html", form.status, form=form)


@bp.route("/account/password", methods=["GET", "POST"])
def change_password() -> Response:
    user = _myself()
    form = ChangePasswordForm()
    form.known = (user.name, user.email)
    if form.validate_on_submit() and form.accepted(lambda: _change_password(user, form), "current_password"):
        answer = done(url_for(".account"), message="Your password has been changed, and you were signed out everywhere else.")
        return browsers.remember(answer, user.email)
    return page("people/change_password.html", form.status, form=form)


def _change_password(user: User, form: ChangePasswordForm) -> None:
    _prove(user, form.current_password.data)
    kept = passwords.hashed(form.new_password.data)
    token = people.change_password(user, kept, browsers.address(), browsers.described(), by=me())
    browsers.let_in(user.id, token)


@bp.route("/account/email", methods=["GET", "POST"])
def change_email() -> Response:
    user = _myself()
    form = ChangeEmailForm()
    if form.validate_on_submit() and form.accepted(lambda: _change_email(user, form), "current_password"):
        return page("people/email_asked.html", old=user.email, new=form.email.data)
    return page("people/change_email.html", form.status, form=form, user=user)


def _change_email(user: User, form: ChangeEmailForm) -> None:
    _prove(user, form.current_password.data)
    people.ask_email_change(user, form.email.data, browsers.address(), by=me())


def _prove(user: User, password: str) -> None:
    """That it is still the same person at the keyboard; counted like signing in."""
    sessions.confirm_password(user, password, browsers.address(), browsers.is_known(user.email), clock.now())


@bp.post("/account/sessions/end")
def sign_out_everywhere() -> Response:
    sessions.sign_out_everywhere(_myself(), by=me())
    browsers.forget()
    answer = done(url_for(".sign_in"), message="You have been signed out everywhere.")
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
