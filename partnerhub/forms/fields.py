"""The fields that staff and account forms are made of: each cleans what was typed, limits it, and says what is wrong in a sentence.

class InviteForm(Form):
    email = Email("E-mail address", missing="Enter the e-mail address of the person to invite")
    role = Choice("Role", words.ROLE_LABELS, missing="Choose a role")

form = InviteForm()
if form.validate_on_submit() and form.accepted(lambda: invite(organisation, form.email.data, by=me())):
    return done(…)
return page("people/invite.html", form.status, form=form)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from wtforms.fields import DateField, Field, FileField, HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from partnerhub.rules import readable
from partnerhub.rules.errors import BadAnswer, NotNow
from partnerhub.rules.numbers import FIRST_YEAR, LARGEST_WHOLE, LAST_YEAR
from partnerhub.rules.question_types.dates import day_in
from partnerhub.rules.text import characters, clean
from partnerhub.rules.text import name as checked_name

Options = Mapping[Any, Any] | Iterable[tuple[Any, Any]]

UNSTORABLE = "This has a character that cannot be kept. Type it again."
UNSEEN = "This has a character that cannot be seen. It stands as \ufffd in the box: take it out."
CHANGED_MEANWHILE = (
    "Somebody changed this after you opened the page, so nothing was saved yet. What you typed is below. "
    "Check it: when you press the button again, it replaces what they saved."
)


class Form(FlaskForm):
    """What was typed into a page of ours; anything that is not a form (JSON…) counts as nothing typed.

    A form that another one was sent from the page of is made with `None`: nothing was typed into it.
    """

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            if formdata is None:
                return None
            try:
                read = super().wrap_formdata(form, formdata)
            except (TypeError, ValueError):
                return ImmutableMultiDict()
            if read is None and form.is_submitted():
                return ImmutableMultiDict()  # an empty body: nothing was typed, which is not the same as nothing changed
            if read and not all(isinstance(value, (str, FileStorage)) for name in read for value in read.getlist(name)):
                return ImmutableMultiDict()
            return read and _without_files(read, {name for name, field in form._fields.items() if isinstance(field, FileField)})

    result: Any = None
    refused_with = 422
    changed_meanwhile = CHANGED_MEANWHILE

    def accepted(self, deed: Callable[[], Any], beside: str = "", *, over: Any = None) -> bool:
        """Do it. What is refused as unreadable is said beside the field `beside` (or above the form), and what was typed stays.

        `over` is the row that is changed: when it cannot be done while the row stands as it does, that is said above the form. When
        somebody else changed it meanwhile, the form is drawn again with the version as it is now, so that the next press is a knowing one.
        """
        try:
            self.result = deed()
        except BadAnswer as error:
            self.refused_with = getattr(error, "status", 422)
            if beside:
                self[beside].errors = [*self[beside].errors, error.sentence]
            else:
                self.form_errors.append(error.sentence)
            return False
        except NotNow as error:
            if over is None:
                raise
            changed = over.version != self["version"].data
            self["version"].data, self.refused_with = over.version, 409
            self.form_errors.append(self.changed_meanwhile if changed else error.sentence)
            return False
        return True

    @property
    def status(self) -> int:
        """The page is drawn again with 422 when something in it is wrong (409 when the row changed meanwhile, 429 after too many tries)."""
        return self.refused_with if self.errors else 200


class Filter(Form):
    """A form that only looks: its values stand in the address, `Filter(request.args)`; what cannot be read filters nothing."""

    class Meta(Form.Meta):
        csrf = False

    def __init__(self, formdata: Any, **rest: Any) -> None:
        super().__init__(formdata, **rest)
        self.validate()

    def value(self, name: str) -> Any:
        field = self[name]
        return None if field.errors else field.data or None


class Asked(Field):
    """What all fields share: `missing` is the sentence when nothing was given, and empty where nothing need be."""

    drawn_as = ""  # the kind of input that macros/forms.html draws, where the class's own name does not say it

    def __init__(self, label: str, missing: str = "", hint: str = "", **rest: Any) -> None:
        super().__init__(label, description=hint, **rest)
        self.missing = missing
        self.type = self.drawn_as or self.type

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation
        if self.missing and self.data in (None, "", []):
            raise StopValidation(self.missing)
        self.check()

    def check(self) -> None:
        """Say what is wrong with what was given, by StopValidation."""


class TextLine(Asked, StringField):
    """One line: spaces around it and line breaks inside it are taken out."""

    def __init__(self, label: str, missing: str = "", *, longest: int = 200, **rest: Any) -> None:
        super().__init__(label, missing, **rest)
        self.longest = longest

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = valuelist[0] if valuelist else ""
        self.data = "".join(each if each.isprintable() or each in "\n\r\t" else "\ufffd" for each in typed)
        self.data = self.tidied(_cleaned(typed))

    def tidied(self, text: str) -> str:
        if any(unicodedata.category(each) == "Cf" for each in text):
            raise ValueError(UNSEEN)  # two names could look the same, or read backwards
        return " ".join(text.split())

    def check(self) -> None:
        count = characters(self.data or "")
        if count > self.longest:
            raise StopValidation(f"{self.label.text} must be {self.longest:,} characters or fewer. You have {count:,}.")


class Name(TextLine):
    """Of a person or an organisation: letters repeat it, so it holds no address."""

    drawn_as = "TextLine"

    def check(self) -> None:
        super().check()
        try:
            checked_name(self.data or "")
        except BadAnswer as error:
            raise StopValidation(error.sentence) from None


class TextBox(TextLine):
    """Several lines."""

    def __init__(self, label: str, missing: str = "", *, longest: int = 5000, **rest: Any) -> None:
        super().__init__(label, missing, longest=longest, **rest)

    def tidied(self, text: str) -> str:
        return text.strip()


class Email(TextLine):
    """An address as mail programs and our table take it, folded to lower case."""

    drawn_as = "EmailField"
    FORM = re.compile(
        r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*"
    )

    def __init__(self, label: str = "E-mail address", missing: str = "Enter an e-mail address", **rest: Any) -> None:
        super().__init__(label, missing, longest=254, **rest)

    def tidied(self, text: str) -> str:
        return text.strip().lower()

    def check(self) -> None:
        super().check()
        if self.data and (len(self.data.partition("@")[0]) > 64 or not self.FORM.fullmatch(self.data)):
            raise StopValidation("Enter an e-mail address in the correct format, like name@example.org")


class Telephone(TextLine):
    drawn_as = "TelField"

    def __init__(self, label: str = "Telephone number", missing: str = "", **rest: Any) -> None:
        super().__init__(label, missing, longest=40, **rest)

    def check(self) -> None:
        super().check()
        if self.data and not (re.fullmatch(r"[0-9+() .-]+(ext\.? ?[0-9]+)?", self.data) and sum(each.isdigit() for each in self.data) >= 6):
            raise StopValidation("Enter a telephone number, like 0116 555 0100")


class WebAddress(TextLine):
    """A web site; `www.example.org` is taken for https."""

    drawn_as = "URLField"

    def __init__(self, label: str = "Web site", missing: str = "", *, longest: int = 300, **rest: Any) -> None:
        super().__init__(label, missing, longest=longest, **rest)

    def tidied(self, text: str) -> str:
        text = text.strip()
        return text if not text or "://" in text else f"https://{text}"

    def check(self) -> None:
        super().check()
        if self.data and not re.fullmatch(r"https?://[^\s/?#@:\\]+\.[^\s/?#@:\\]+(:[0-9]{1,5})?([/?#][^\s\\]*)?", self.data):
            raise StopValidation("Enter a web address, like https://www.example.org")


class Password(Asked, StringField):
    """Never tidied, never shown again."""

    drawn_as = "PasswordField"

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0] if valuelist else ""

    def _value(self) -> str:
        return ""


class Choice(Asked, RadioField):
    """One of a list: drawn as radios or as a select. `blank` adds a first option that chooses nothing."""

    def __init__(self, label: str, options: Options = (), missing: str = "", *, blank: str = "", **rest: Any) -> None:
        super().__init__(label, missing, choices=[], coerce=str, **rest)
        self.blank = blank
        self.validate_choice = False  # ours says it better
        self.offer(options)

    def offer(self, options: Options) -> None:
        """What may be chosen, when it is known only as the page is drawn."""
        blank = [SelectChoice("", self.blank)] if self.blank else []
        self.choices = blank + _choices(options)

    def process_data(self, value: Any) -> None:
        self.data = None if value is None else str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0]) or None if valuelist else None

    def check(self) -> None:
        if self.data and self.data not in {each.value for each in self.choices}:
            raise StopValidation(self.missing or "Choose one of the options")


class Choices(Asked, SelectMultipleField):
    """Any number of a list: drawn as checkboxes."""

    def __init__(self, label: str, options: Options = (), missing: str = "", **rest: Any) -> None:
        super().__init__(label, missing, choices=[], coerce=str, **rest)
        self.validate_choice = False
        self.offer(options)

    def offer(self, options: Options) -> None:
        self.choices = _choices(options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = list(dict.fromkeys(str(each) for each in valuelist))

    def check(self) -> None:
        if set(self.data or ()) - {each.value for each in self.choices}:
            raise StopValidation(self.missing or "Choose from the options")


class WholeNumber(Asked, StringField):
    """A whole number, thousands separated by commas or not."""

    def __init__(self, label: str, missing: str = "", *, least: int = 0, most: int = LARGEST_WHOLE, **rest: Any) -> None:
        super().__init__(label, missing, **rest)
        self.least, self.most, self.typed = least, most, ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data, self.typed = None, _shown(valuelist[0]) if valuelist else ""
        text = re.sub(r"[,\s]", "", self.typed)
        if not text:
            return
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise ValueError(f"{self.label.text} must be a whole number, like 120")
        self.data = int(text)

    def _value(self) -> str:
        return self.typed or ("" if self.data is None else str(self.data))

    def check(self) -> None:
        if self.data is not None and not self.least <= self.data <= self.most:
            raise StopValidation(f"{self.label.text} must be between {self.least:,} and {self.most:,}")


class Pounds(Asked, StringField):
    """An amount of money, kept in pence: 10,000 or £250.50."""

    def __init__(self, label: str, missing: str = "", *, least: int = 0, most: int = LARGEST_WHOLE, **rest: Any) -> None:
        super().__init__(label, missing, **rest)
        self.least, self.most, self.typed = least, most, ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data, self.typed = None, _shown(valuelist[0]) if valuelist else ""
        text = re.sub(r"[,\s£]", "", self.typed)
        if not text:
            return
        found = re.fullmatch(r"([0-9]{1,13})(?:\.([0-9]{1,2}))?", text, re.ASCII)
        if not found:
            raise ValueError(f"{self.label.text} must be an amount in pounds, like 10,000 or 250.50")
        self.data = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))

    def _value(self) -> str:
        return self.typed or ("" if self.data is None else readable.pounds(self.data).removeprefix("£"))

    def check(self) -> None:
        if self.data is not None and not self.least <= self.data <= self.most:
            raise StopValidation(f"{self.label.text} must be between {readable.pounds(self.least)} and {readable.pounds(self.most)}")


class TimeOfDay(Asked, StringField):
    """A time as people write it: 12:00, 9.30am, 5pm, noon."""

    FORM = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(am|pm|noon)?", re.ASCII)

    def __init__(self, label: str, missing: str = "", **rest: Any) -> None:
        super().__init__(label, missing, **rest)
        self.typed = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data, self.typed = None, _shown(valuelist[0]) if valuelist else ""
        text = re.sub(r"[\s]", "", self.typed.lower()).replace("midday", "noon")
        if not text:
            return
        self.data = _time_in("12noon" if text == "noon" else text, self.FORM)
        if self.data is None:
            raise ValueError(f"{self.label.text} must be a time, like 12:00 or 5pm")

    def _value(self) -> str:
        return self.typed or (f"{self.data:%H:%M}" if self.data is not None else "")


class Day(Asked, DateField):
    """A date in three boxes, or in one, in any way that people write it."""

    drawn_as = "DateField"

    def __init__(self, label: str, missing: str = "", hint: str = "For example, 27 3 2027", **rest: Any) -> None:
        super().__init__(label, missing, hint, format="%d %m %Y", **rest)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.raw_data = [_shown(each) for each in valuelist[:3]]
        typed = " ".join(each.strip() for each in self.raw_data).strip()
        self.data = day_in(typed)
        if typed and self.data is None:
            raise ValueError(f"{self.label.text} must be a real date, like 27 3 2027")

    def check(self) -> None:
        if isinstance(self.data, date) and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            raise StopValidation(f"{self.label.text} must have a year between {FIRST_YEAR} and {LAST_YEAR}")


class Version(Asked, HiddenField):
    """The version of the thing that the page showed; handed to an action as `expect`."""

    drawn_as = "HiddenField"

    def __init__(self, **rest: Any) -> None:
        super().__init__("", "This page was not complete. Load it again. Nothing was changed.", **rest)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None


def _time_in(text: str, form: re.Pattern[str]) -> time | None:
    """The time of day; a bare number tells no time, because 5 may be morning or afternoon."""
    found = form.fullmatch(text)
    if not found or not (found[2] or found[3]):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not (1 <= hour <= 12 and (half != "noon" or (hour, minute) == (12, 0))):
        return None
    if half:
        hour = hour % 12 + (12 if half in ("pm", "noon") else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _without_files(read: MultiDict[str, Any], taken: set[str]) -> MultiDict[str, Any]:
    """A file in the place of a text counts as nothing typed; the fields in `taken` are for files."""
    if all(isinstance(value, str) for name in read if name not in taken for value in read.getlist(name)):
        return read
    return MultiDict((name, value) for name in read for value in read.getlist(name) if name in taken or isinstance(value, str))


def _choices(options: Options) -> list[SelectChoice]:
    pairs = options.items() if isinstance(options, Mapping) else options
    return [SelectChoice(str(value), str(label)) for value, label in pairs]


def _shown(text: str) -> str:
    """A short value as typed, fit to be put back into the page."""
    return "".join(each if each.isprintable() else " " for each in text[:60])


def _cleaned(text: str) -> str:
    """As it is stored. Raises ValueError with the sentence for what cannot be stored."""
    try:
        cleaned = clean(text)
    except BadAnswer as error:
        raise ValueError(error.sentence) from None
    if "\ufffd" in cleaned and "\ufffd" not in text:
        raise ValueError(UNSTORABLE)
    return cleaned
