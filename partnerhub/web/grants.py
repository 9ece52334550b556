"""The public register of grants."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from partnerhub.documents import lists
from partnerhub.queries.grants import register
from partnerhub.web.lists import FILE, list_file
from partnerhub.web.respond import page

bp = Blueprint("grants", __name__)


@bp.get("/grants")
@bp.get(f"/grants{FILE}")
def index(kind: str = "") -> Response:
    """Every grant that was agreed and whose decision is published, for everybody."""
    found = register()
    if kind:
        return list_file(kind, lists.GRANTS, found)
    return page("public/grants.html", found=found)
