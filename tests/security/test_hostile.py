"""Every form on every page, as a crawl in every role finds them, with every hostile value in all fields at once; hostile addresses."""

from __future__ import annotations

import html
import io
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from werkzeug.routing import UUIDConverter

from tests.security.crawl import Pages, endpoint_of
from tests.security.office import Answer, Office
from tests.security.reading import Form, broken_into, forms, links
from tests.security.samples import lines_of, path_of
from tests.security.values import FORM, LONG, PARTS, PLAIN, VALUES, broken_bodies, multipart, urlencoded

ANSWERED = {200, 301, 303, 400, 403, 404, 405, 409, 410, 413, 422, 429}
SAVES_CELLS = "returns.save_answers"  # tried question by question in test_question_types_hostile.py
NEVER_SHOWN = re.compile(r"password|version|digest|csrf|^[ar]\.|^next$|^carry")
LARGEST_PAGE = 2_200_000  # a page gives back what was typed, which is at most the two megabytes of config.py: max_form


@dataclass(frozen=True)
class Found:
    """A form, where it stands, and the first of the roles that found it."""

    who: str
    page: str
    endpoint: str
    form: Form

    @property
    def name(self) -> str:
        return f"{self.who} on {self.page}: {self.form.method} {self.form.action} ({self.endpoint})"


@pytest.fixture(scope="module")
def found(office: Office, pages: Pages) -> list[Found]:
    """One of each form: the same fields sent to the same endpoint are the same form."""
    kinds: dict[Any, Found] = {}
    for who, each in pages.items():
        for page, answer in each:
            if answer.response.mimetype != "text/html":
                continue
            for form in forms(page, answer.text):
                endpoint = endpoint_of(office.app, form.action, form.method)
                kinds.setdefault((endpoint, form.method, form.names), Found(who, page, endpoint, form))
    return [each for each in kinds.values() if each.endpoint != SAVES_CELLS]


def send(office: Office, each: Found, fields: dict[str, Any], *, htmx: bool) -> Answer:
    if each.form.method == "GET":
        path = each.form.action.partition("?")[0]  # a form that looks replaces what the address asked for
        return office.get(each.who, path, query_string=urlencoded(fields).decode(), htmx=htmx)
    if each.form.is_multipart:
        return office.post(each.who, each.form.action, multipart(fields), htmx=htmx, content_type=PARTS)
    return office.post(each.who, each.form.action, urlencoded(fields), htmx=htmx, content_type=FORM)


def hostile(form: Form, value: str, *, also_hidden: bool) -> dict[str, Any]:
    """The form's fields with the value in all that people type and choose; also in the hidden ones, or those as the page has them."""
    kept = () if also_hidden else ("version", "digest", "org_id", "wanted")
    fields: dict[str, Any] = defaultdict(list)
    for name, text in form.fields:
        fields[name].append(text if name in kept else value)
    fields.pop("csrf_token", None)
    return fields


def faults_in(each: Found, name: str, value: str, answer: Answer) -> list[str]:
    said = []
    if answer.status not in ANSWERED:
        said.append(f"answers {answer.status}")
    said += broken_into(answer.text) if answer.response.mimetype == "text/html" else []
    if answer.status in (422, 429) and not re.search(r"govuk-error|hub-state--error|id=\"alert|There is a problem|<h1", answer.text):
        said.append("is refused without a word")
    if answer.status == 422 and len(value) < 60 and value.isprintable() and value.strip() == value != "":
        said += _lost(each.form, value, answer.text)
    if len(answer.text) > LARGEST_PAGE:
        said.append(f"is a page of {len(answer.text):,} characters")
    return [f"{each.name}, {name}: {fault}" for fault in said]


def _lost(form: Form, value: str, page: str) -> list[str]:
    """Fields whose text the page that refuses it does not hold any more."""
    shown: dict[str, str] = defaultdict(str)
    for name, text in {(name, text) for again in forms(form.action, page) for name, text in again.fields}:
        shown[name] += text
    wanted = re.split(r"[\s-]+", _plain(value))  # a date comes back in its three boxes, each word in one
    boxes = Counter(name for name, _ in form.fields)
    typed = [name for name in form.typed if name in shown and not NEVER_SHOWN.search(name) and (boxes[name] == 1 or len(wanted) <= 3)]
    return [f"{name} lost what was typed: {shown[name]!r}" for name in typed if not all(word in _plain(shown[name]) for word in wanted)]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", html.unescape(text)).casefold()


def test_the_crawl_finds_every_form_that_the_addresses_take(office: Office, found: list[Found]):
    """What can be sent stands on a page, so that nothing can be done only by hand."""
    known = {line.endpoint for line in lines_of(office) if line.method == "POST"}
    assert {each.endpoint for each in found} | {SAVES_CELLS} >= known
    assert not [each.name for each in found if not each.endpoint]


@pytest.mark.parametrize("name", VALUES)
def test_every_form_takes_or_refuses_every_value_in_words(office: Office, found: list[Found], name: str):
    value = VALUES[name]
    faults = []
    for at, each in enumerate(found):
        if not each.form.names or (each.form.method == "GET" and name in LONG):
            continue  # nothing to fill in; no address is that long
        fields = hostile(each.form, value, also_hidden=name in PLAIN and at % 2 == 0)
        answer = send(office, each, fields, htmx=at % 2 == len(name) % 2)
        faults += faults_in(each, name, value, answer)
        if answer.wrote and answer.status == 303:
            after = office.get(each.who, answer.response.headers["Location"])
            faults += [f"{each.name}, {name}, afterwards: {fault}" for fault in broken_into(after.text)]
        office.back(answer)
    assert not faults, "\n".join(faults)


def test_what_is_no_form_is_answered(office: Office, found: list[Found]):
    faults = []
    for each in found:
        fields = {name: text or "x" for name, text in each.form.fields if name != "csrf_token"} or {"x": "y"}
        for body in broken_bodies(fields) if each.form.method == "POST" and each.form.names else ():
            sent = office.post(each.who, each.form.action, body.content, content_type=body.content_type, headers=dict(body.headers))
            answer = office.back(sent)
            if answer.status not in ANSWERED:
                faults.append(f"{each.name}, {body.name}: {answer.status}")
    assert not faults, "\n".join(faults)


ASKED = (
    "period", "page", "q", "programme", "state", "role", "before", "organisation", "person", "deed", "section", "next", "v", "service",
    "carry_to", "kind", "from", "to", "sort", "csrf_token",
)  # fmt: skip
WHO = ("officer", "administrator", "lead", "stranger", "viewer")
SHORT = PLAIN | {"5,000 nines": LONG["5,000 nines"]}  # what fits into an address
SENT_WITH = str.maketrans({"{": "(", "}": ")"})


@pytest.fixture(scope="module")
def looked_at(office: Office) -> list[tuple[str, str, bool]]:
    """One address of every route that shows something, somebody who may see it, and whether it looks behind the question mark."""
    asked: list[str] = []

    class Watched(office.app.request_class):
        @property
        def args(self) -> Any:
            asked.append(self.path)
            return super().args

    chosen: dict[str, tuple[str, str, bool]] = {}
    office.app.request_class, usual = Watched, office.app.request_class
    for line in lines_of(office):
        for who in WHO:
            path = path_of(office, line, who)
            if line.method == "GET" and path and line.rule not in chosen:
                asked.clear()
                if office.get(who, path).status == 200:
                    chosen[line.rule] = (who, path, bool(asked))
    office.app.request_class = usual
    assert any(looks for _, _, looks in chosen.values()) and not all(looks for _, _, looks in chosen.values())
    return list(chosen.values())


def _fine(office: Office, who: str, path: str, **rest: Any) -> None:
    answer = office.get(who, path, **rest)
    assert answer.status in ANSWERED | {308}, path
    assert not answer.wrote, path
    assert broken_into(answer.text if answer.response.mimetype == "text/html" else "") == [], path


@pytest.mark.parametrize("name", SHORT)
def test_every_page_answers_whatever_stands_behind_the_question_mark(office: Office, looked_at: list[tuple[str, str, bool]], name: str):
    """Every value for pages that look there; one for all others, who might begin to."""
    query = urlencoded(dict.fromkeys(ASKED, VALUES[name])).decode()
    for who, path, looks in looked_at:
        if looks or name == "an HTMX attribute":
            _fine(office, who, path, query_string=query)


def _parts_of(office: Office) -> dict[str, str]:
    return {"return_id": str(office.returns["submitted"].id), "key": "harbour_return", "programme": "early-help", "number": "1"}


@pytest.mark.parametrize("name", SHORT)
def test_every_part_of_an_address_may_be_anything(office: Office, name: str):
    """Slugs, keys, numbers, tokens, file names: what is not known is not there. Every part at once, and the last one alone."""
    part = quote_from_bytes(VALUES[name].encode("utf-8", "surrogatepass"), safe="").translate(SENT_WITH) or "-"
    known = _parts_of(office)
    paths = set()
    for rule in office.app.url_map.iter_rules():
        names = re.findall(r"<(?:[^:>]+:)?(\w+)>", rule.rule)
        is_free = any(not isinstance(each, UUIDConverter) for each in rule._converters.values())
        if "GET" in (rule.methods or ()) and (is_free or name == "an HTMX attribute"):
            paths.add(re.sub(r"<[^>]+>", lambda _: part, rule.rule))
            whole = re.sub(
                r"<(?:[^:>]+:)?(\w+)>", lambda one, last=names[-1:]: part if [one[1]] == last else known.get(one[1], part), rule.rule
            )
            paths.add(whole)
    for path in sorted(paths):
        _fine(office, "officer", path)


@pytest.mark.parametrize("name", PLAIN)
def test_files_may_have_any_name_and_any_content(office: Office, name: str):
    """Kept or refused in words; given back as a download whose name breaks nothing."""
    draft = f"/returns/{office.returns['draft'].id}"
    value = VALUES[name].encode("utf-8", "replace").decode()
    file_name = value.replace("\r", "").replace("\n", "").replace('"', "%22")
    for name_, content in (
        (f"{file_name}.txt", b"words"),
        (f"{file_name}.pdf", b"%PDF-1.7 "),
        (file_name, b"x"),
        ("a.csv", value.encode()),
    ):
        for htmx in (False, True):
            answer = office.post("member", f"{draft}/files?section=more", {"f.evidence": (io.BytesIO(content), name_)}, htmx=htmx)
            assert answer.status in (200, 303, 422), name_
            assert broken_into(answer.text) == []
            if answer.wrote and htmx:
                new = [link for link in links(draft, answer.text) if "/files/" in link]
                for link in new:
                    assert office.get("member", link).response.headers["Content-Disposition"].startswith("attachment")
                assert len(new) == 2
            office.back(answer)


# Headers that the program or its libraries read.
READ = (
    "User-Agent", "Referer", "HX-Target", "HX-Current-URL", "HX-Trigger", "HX-Prompt", "Accept", "Accept-Language", "Accept-Encoding",
    "If-None-Match", "If-Modified-Since", "Range", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Content-Type",
)  # fmt: skip


def test_headers_that_a_browser_sends_may_be_anything(office: Office):
    for value in PLAIN.values():
        sent = "".join(each for each in value if 32 <= ord(each) < 127)
        headers = dict.fromkeys(READ, sent) | {"Cookie": f"{office.cookies['officer']}; x={sent}"}
        assert office.get("officer", "/returns", headers=headers, htmx=True).status in (200, 304)
        garbled = office.get("stranger", "/account", headers={"Cookie": f"hub={sent}; device={sent}; session={sent}"})
        assert garbled.status == 303
