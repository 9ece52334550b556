"""Signing in, with what was typed while signed out; signing out."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from partnerhub import clock
from partnerhub.actions import passwords, sessions
from partnerhub.forms.people import SignInForm
from partnerhub.models.people import User
from partnerhub.web import errors
from partnerhub.web.carrying import carried_through, local_or_home
from partnerhub.web.doors import me
from partnerhub.web.finding import find
from partnerhub.web.people import browsers
from partnerhub.web.people.blueprint import bp
from partnerhub.web.respond import done, page

TOO_OLD = "The page was too old to send, or cookies are switched off. Enter your password once more."


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    form = SignInForm()
    if request.method != "POST":
        form.next.data = request.args.get("next", "")
        if me().is_signed_in:
            return redirect(local_or_home(form.next.data), 303)
    if form.validate_on_submit() and form.accepted(lambda: _let_in(form), beside="email"):
        carried = carried_through()
        answer = page("people/carried.html", carried=carried) if carried else redirect(local_or_home(form.next.data), 303)
        return browsers.remember(answer, form.email.data)
    return page("people/sign_in.html", form.status, form=form, carried=carried_through())


def _let_in(form: SignInForm) -> None:
    now, address, email = clock.now(), browsers.address(), form.email.data
    user = sessions.check_password(email, form.password.data, address, browsers.is_known(email), now)
    better = passwords.hashed(form.password.data) if passwords.is_outdated(user.password_hash or "") else None
    held = browsers.token_of_session()
    token = sessions.sign_in(user, user.password_hash, address, browsers.described(), by=me(), now=now, better=better, instead_of=held)
    browsers.let_in(user.id, token)


@bp.post("/sign-out")
def sign_out() -> Response:
    """Also for those who are signed out already: the button may be pressed on an old page."""
    if me().is_signed_in:
        sessions.sign_out(find(User, me().id, to="person.view"), browsers.token_of_session(), by=me())
    browsers.forget()
    answer = done(url_for(".sign_in"), message="You have signed out.")
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@bp.errorhandler(CSRFError)
def _stale_form(error: CSRFError) -> Response:
    """A sign-in page whose cookie is gone is drawn again, with what it carried."""
    if request.endpoint != "people.sign_in":
        return errors.csrf_refused(error)
    form = SignInForm()
    form.form_errors.append(TOO_OLD)
    return page("people/sign_in.html", 400, form=form, carried=carried_through())
