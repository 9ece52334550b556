"""What is typed about a document that an organisation keeps: what it is, the file, when it expires."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms.fields import FileField
from wtforms.validators import StopValidation

from partnerhub import clock
from partnerhub.forms.fields import Choice, Day, Form, Version
from partnerhub.rules.documents_asked import is_over
from partnerhub.rules.numbers import LARGEST_FILE
from partnerhub.rules.uploads import TAKEN
from partnerhub.rules.words import DOCUMENT_KIND_LABELS

WHAT_WE_TAKE = f"{TAKEN}, up to {LARGEST_FILE // 1_000_000} MB. A photo from a phone will do."
LAST_DAY = "The last day on which it holds, or by which it must be reviewed. Leave empty if it has none. For example, 27 3 2027"


def _chosen(field: FileField) -> FileStorage | None:
    return field.data if isinstance(field.data, FileStorage) and field.data.filename else None


class DocumentForm(Form):
    kind = Choice("What it is", DOCUMENT_KIND_LABELS, "Choose what kind of document it is", blank="Choose one")
    file = FileField("The file", description=WHAT_WE_TAKE)
    expires_on = Day("Expires on", hint=LAST_DAY)

    def validate_file(self, field: FileField) -> None:
        if not self.has_file:
            raise StopValidation("Choose a file")

    def validate_expires_on(self, field: Day) -> None:
        if is_over(field.data, clock.today()):
            raise StopValidation("This date is over: send the document that holds now")

    def validate(self, extra_validators: Any = None) -> bool:
        return super().validate(extra_validators) or self._without_the_file()

    def accepted(self, deed: Callable[[], Any], beside: str = "", *, over: Any = None) -> bool:
        return super().accepted(deed, beside, over=over) or self._without_the_file()

    def _without_the_file(self) -> bool:
        """What was typed comes back in its boxes, and a file cannot: whoever sends the form again would send none."""
        if self.has_file and not self.file.errors:
            self["file"].errors = ["Choose the file again: it was not kept, because of something else on this page"]
        return False

    @property
    def has_file(self) -> bool:
        return _chosen(self.file) is not None

    @property
    def sent(self) -> tuple[str, bytes]:
        """The name and the content of the file."""
        chosen = _chosen(self.file)
        return (chosen.filename or "", chosen.stream.read()) if chosen else ("", b"")


class ReplaceForm(DocumentForm):
    """A newer file and its day, or only another day."""

    kind = None
    file = FileField("The newer file", description=f"{WHAT_WE_TAKE} Leave empty to change only the date.")
    version = Version()

    def validate_file(self, field: FileField) -> None:
        """None need be chosen."""

    def validate_expires_on(self, field: Day) -> None:
        if self.has_file:
            super().validate_expires_on(field)
