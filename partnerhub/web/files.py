"""Files handed out: where they lie, whether a scanner looks at them, and the one answer that carries one."""

from __future__ import annotations

from pathlib import Path

from flask import current_app
from werkzeug.wrappers import Response

from partnerhub.forms.drawing import FileView, file_view
from partnerhub.models.submissions import StoredFile
from partnerhub.queries.files import content_for
from partnerhub.rules.words import SCAN_STATE_LABELS
from partnerhub.web.doors import me
from partnerhub.web.respond import download


def files_folder() -> Path:
    return current_app.config["HUB"].files_folder


def files_are_scanned() -> bool:
    """Whether this hub has a virus scanner."""
    return bool(current_app.config["HUB"].scanner)


def handed_out(stored: StoredFile, name: str = "") -> Response:
    """A file to somebody who may read it: always as a download, never shown inside the hub's own pages."""
    content = content_for(me(), stored, files_folder(), is_scanned=files_are_scanned())
    answer = download(content, name or stored.name, "application/octet-stream")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def shown_file(stored: StoredFile, url: str) -> FileView:
    """A file with its address where this person is given it, and with what is known of viruses."""
    is_scanned = files_are_scanned()
    is_given = not stored.is_withheld_from(me().id, is_scanned)
    return file_view(stored, url if is_given else "", SCAN_STATE_LABELS[stored.scan_standing(is_scanned)])
