"""Pages about people: signing in, one's own account, everybody's accounts, invitations, the mail that was sent."""

from partnerhub.web.people import accounts, everybody, invitations, letters, links, signing_in
from partnerhub.web.people.blueprint import bp

__all__ = ["accounts", "bp", "everybody", "invitations", "letters", "links", "signing_in"]
