"""A form's definition as staff load it: pasted or as a file, with every fault told at its line."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms.fields import FileField, HiddenField, StringField
from wtforms.validators import StopValidation

from partnerhub.catalogue.loading import faults_in
from partnerhub.catalogue.reading import LARGEST_FILE, read_text
from partnerhub.forms.fields import Asked, Form
from partnerhub.rules.errors import BadDefinition, Fault

PASTED = "line"
MOST_TOLD = 100


class Written(Asked, StringField):
    """The text of a form as it was typed; a file that was chosen takes its place, so that it can be corrected here."""

    drawn_as = "TextAreaField"

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0] if valuelist else ""


class LoadForm(Form):
    file = FileField("A file", description=f"In the language of forms (YAML), at most {LARGEST_FILE // 1000} kilobytes.")
    text = Written("Or the text itself")

    def __init__(self, text: str = "") -> None:
        super().__init__(data={"text": text})
        self.faults: list[Fault] = []
        self.told: list[str] = []
        self.document: dict[str, Any] = {}

    def validate_file(self, field: FileField) -> None:
        chosen = field.data
        if not isinstance(chosen, FileStorage) or not chosen.filename:
            return
        content = chosen.stream.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise StopValidation(f"The file is larger than {LARGEST_FILE // 1000} kilobytes")
        try:
            self.text.data = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise StopValidation("The file is not text in UTF-8. Save it as plain text and choose it again") from None

    def validate_text(self, field: Written) -> None:
        if self.file.errors:
            return
        if not (field.data or "").strip():
            raise StopValidation("Choose a file or paste the text of a form")
        try:
            read = read_text(field.data, PASTED)
        except BadDefinition as bad:
            self.faults = bad.faults
        else:
            self.document = read.content
            wrong = [] if read.kind == "questionnaire" else [Fault("", "", "this is no form: it needs the key “questionnaire”")]
            self.faults = wrong or faults_in([read])
        if self.faults:
            self.told = [str(each).replace(f"{PASTED}:", f"{PASTED} ", 1) for each in self.faults[:MOST_TOLD]]
            count = len(self.faults)
            raise StopValidation("One mistake was found in the form" if count == 1 else f"{count} mistakes were found in the form")


class Seen(Asked, HiddenField):
    """The digest of the draft that the page showed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0] if valuelist else "none"


class PublishForm(Form):
    """Confirms the publishing of a draft: the one that the page showed."""

    digest = Seen("")


class ConfirmForm(Form):
    """Nothing but the press of a button."""
