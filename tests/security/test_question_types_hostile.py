"""Every kind of question, every hostile value, over HTTP: no fault, what was typed is kept, a sentence beside what does not count."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from partnerhub.extensions import db
from partnerhub.models import Answer as StoredAnswer
from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.question_types import TYPES
from partnerhub.rules.text import clean
from tests.security.every_type import KEEPS_NOTHING, field, places
from tests.security.office import Answer, Office
from tests.security.reading import broken_into, tree
from tests.security.values import FORM, LONG, PLAIN, VALUES, broken_bodies, urlencoded

TYPED = [kind for kind in TYPES if kind not in KEEPS_NOTHING]
EVERYWHERE = [place for kind in TYPED for place in places(kind)]
Place = tuple[str, str]


def address(office: Office) -> str:
    return f"/returns/{office.every_type_id}/answers?section=all"


def sent(cells: dict[Place, str]) -> dict[str, str]:
    """The fields of the page's form with these cells typed over whatever stands there."""
    fields: dict[str, str] = {}
    for place, text in cells.items():
        fields |= {f"a.{field(place)}": text, f"r.{field(place)}": "0", f"choose.{field(place)}": "mine"}
    return fields


def save(office: Office, cells: dict[Place, str], *, htmx: bool) -> Answer:
    return office.post("member", address(office), urlencoded(sent(cells)), htmx=htmx, content_type=FORM)


def kept(office: Office) -> dict[Place, tuple[str, object]]:
    with office.app.app_context():
        rows = db.session.execute(
            select(StoredAnswer.question_key, StoredAnswer.cell, StoredAnswer.text, StoredAnswer.value).where(
                StoredAnswer.submission_id == office.every_type_submission
            )
        )
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def received(value: str) -> str:
    """The text that the server reads out of what was sent: bytes that are no UTF-8 stay the percent signs that they came as."""
    return value.encode("utf-8", "surrogatepass").decode("utf-8", "werkzeug.url_quote")


def cleaned(value: str) -> str | None:
    """As it should be kept; None when it is too long to be."""
    try:
        return clean(received(value))
    except BadAnswer:
        return None


def sentences(page: str) -> dict[str, str]:
    """What stands beside each cell, by the id of its state."""
    found = tree(page).xpath("//*[starts-with(@id, 'state-')]")
    return {each.get("id"): " ".join(each.text_content().split()) for each in found}


def lost(office: Office, cells: dict[Place, str], answer: Answer) -> list[str]:
    """What was typed and is neither kept as it was cleaned nor refused with a sentence."""
    stored, said = kept(office), sentences(answer.text)
    faults = []
    for place, value in cells.items():
        text, counts = stored.get(place, ("", None))
        wanted = cleaned(value)
        if wanted is None or place[1] in ("r2._order", "r2._deleted"):
            continue
        if text != wanted:
            faults.append(f"{field(place)} keeps {text[:60]!r} of {wanted[:60]!r}")
        beside = said.get("-".join(filter(None, ("state", *place))), "")
        if text.strip() and counts is None and "Error:" not in beside:
            faults.append(f"{field(place)} does not count {text[:60]!r} and says {beside!r}")
    return faults


@pytest.fixture(autouse=True)
def _put_back(office: Office):
    yield
    office.keeper.restore()


@pytest.mark.parametrize("kind", TYPED)
def test_saved_as_it_is_typed_every_value_is_kept_or_refused_in_words(office: Office, kind: str):
    """One question at a time, as HTMX sends it."""
    faults = []
    for name, value in (LONG | PLAIN).items():
        cells = dict.fromkeys(places(kind), value) if name in PLAIN else {places(kind)[0]: value}
        answer = save(office, cells, htmx=True)
        if answer.status not in (200, 422):
            faults.append(f"{name}: answers {answer.status}")
        first = {places(kind)[0]: value}
        faults += [f"{name}: {fault}" for fault in lost(office, first, answer) if answer.status == 200 or "keeps" in fault]
        if answer.status == 422 and not re.search(r"Error:\s*</span>\s*\w", answer.text):
            faults.append(f"{name}: refused without a sentence")
        faults += [f"{name}: {fault}" for fault in broken_into(answer.text)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", PLAIN)
def test_saved_by_the_button_every_question_holds_the_value_and_every_page_shows_it(office: Office, name: str):
    """All questions at once, as a page without JavaScript sends them."""
    cells = dict.fromkeys(EVERYWHERE, PLAIN[name])
    answer = save(office, cells, htmx=False)
    assert answer.status in (303, 422)
    section = answer if answer.status == 422 else office.get("member", f"/returns/{office.every_type_id}/sections/all")
    check = office.get("member", f"/returns/{office.every_type_id}/check")
    faults = [*lost(office, cells, section), *broken_into(section.text), *broken_into(check.text)]
    assert check.status == 200 and not faults, "\n".join(faults)


@pytest.mark.parametrize("name", LONG)
def test_a_whole_page_of_very_long_texts_is_kept_or_refused_whole(office: Office, name: str):
    cells = dict.fromkeys(EVERYWHERE, LONG[name])
    answer = save(office, cells, htmx=False)
    if answer.status == 413:
        assert not answer.wrote and "too large" in answer.text.lower()
        return
    assert answer.status in (303, 422)
    assert lost(office, cells, office.get("member", f"/returns/{office.every_type_id}/sections/all")) == []


def test_what_is_sent_in_pieces_or_in_no_form_at_all_is_answered(office: Office):
    for htmx in (False, True):
        for body in broken_bodies(sent(dict.fromkeys(EVERYWHERE, "12"))):
            answer = office.post("member", address(office), body.content, htmx=htmx, content_type=body.content_type)
            assert answer.status in (200, 303, 400, 413, 422), body.name
            office.keeper.restore()


@pytest.mark.parametrize("name", VALUES)
def test_the_names_of_fields_may_be_anything(office: Office, name: str):
    """Question, cell, row, reason and reply are read out of the names of fields."""
    value = VALUES[name][:5_000]
    shapes = (
        "{}",
        "a_table.{}",
        "a_table.r1.{}",
        "a_table.{}.the_money",
        "a_money.reason.{}",
        "a_money.reply.{}",
        "{}.reply.1",
        "_return.reply.{}",
        "{}.reason.sum",
    )
    for htmx in (False, True):
        fields: dict[str, str] = {"add_row": value, "delete_row": f"a_table.{value}", "then": value} if value else {}
        for shape in shapes:
            at = shape.format(value.replace("{", "(")) if "{" in value else shape.format(value)
            fields |= {f"a.{at}": "12", f"r.{at}": value, f"choose.{at}": value, f"n.{at}": value}
        answer = office.post("member", address(office), urlencoded(fields), htmx=htmx, content_type=FORM)
        assert answer.status in (200, 303, 400, 422)
    assert office.get("member", f"/returns/{office.every_type_id}/sections/all").status == 200


def test_nothing_is_kept_that_the_form_does_not_ask(office: Office):
    """Cells of no question, reasons for no check, replies to no question from the office: none of it becomes a row."""
    names = ("nothing", "a_money.other", "a_money.reason.no_such_check", "a_money.reply.99", "nothing.reply.1", "_return.reply.1")
    fields = {f"{letter}.{name}": text for name in names for letter, text in (("a", "12"), ("r", "0"))}
    office.post("member", address(office), urlencoded(fields), content_type=FORM)
    assert kept(office) == {}
