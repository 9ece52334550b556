"""What the hub puts in order by itself: what is not needed any more goes, what was open until a day closes."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from flask import current_app

from partnerhub import clock
from partnerhub.actions.awards import lapse_award
from partnerhub.actions.files import forget_unsettled
from partnerhub.actions.invitations import forget_asked_for
from partnerhub.actions.mail import forget_letters
from partnerhub.actions.people import forget_links
from partnerhub.actions.returns import close_return
from partnerhub.actions.sessions import forget_sessions
from partnerhub.queries.awards import offers_over
from partnerhub.queries.returns import left_open
from partnerhub.rules.errors import NotNow
from partnerhub.rules.numbers import FAILURES_KEPT_HOURS, LINKS_KEPT_DAYS, UNSETTLED_KEPT_HOURS
from partnerhub.rules.policy import HUB


def tidy() -> None:
    """Sessions, failed sign-ins, links and letters that are old; what a crash left of files; returns whose time to correct is over; offers
    that nobody answered."""
    now = clock.now()
    forget_sessions(now, now - timedelta(hours=FAILURES_KEPT_HOURS))
    forget_links(now - timedelta(days=LINKS_KEPT_DAYS))
    forget_asked_for(now - timedelta(days=LINKS_KEPT_DAYS))
    for each in left_open(clock.today()):
        with suppress(NotNow):  # somebody sent it meanwhile
            close_return(each, by=HUB)
    for award in offers_over(clock.today()):
        with suppress(NotNow):  # somebody signed it meanwhile
            lapse_award(award, by=HUB)
    forget_letters(now - timedelta(days=LINKS_KEPT_DAYS))
    forget_unsettled(current_app.config["HUB"].files_folder, now - timedelta(hours=UNSETTLED_KEPT_HOURS))
