"""Pages read as a browser reads them: forms with their fields, links, and whether anything in them was broken into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml import html
from lxml.html import HtmlElement

from tests.security.values import MARK

TYPED = ("text", "email", "tel", "url", "number", "search", "date")


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page: where it goes, what it holds, and which of it a person types."""

    action: str
    method: str
    fields: tuple[tuple[str, str], ...]
    typed: frozenset[str] = field(default_factory=frozenset)
    is_multipart: bool = False

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.fields) - {"csrf_token"}


def tree(text: str) -> HtmlElement:
    return html.document_fromstring(text or "<html></html>")


def forms(page: str, text: str) -> Iterator[Form]:
    """Every form of a page, once more for each button that sends it elsewhere; fields outside of it that say `form=` are its too."""
    document = tree(text)
    for element in document.iter("form"):
        inside = [*element.iter("input", "select", "textarea", "button")]
        if element.get("id"):
            inside += document.xpath("//*[@form=$id]", id=element.get("id"))
        targets = {(each.get("formaction") or element.get("action") or page, each.get("formenctype")) for each in [element, *inside]}
        named = [each for each in inside if each.get("name")]
        for action, encoding in sorted(targets, key=str):
            yield Form(
                action=urljoin(page, action),
                method=(element.get("method") or "get").upper(),
                fields=tuple((each.get("name"), _value(each)) for each in named),
                typed=frozenset(each.get("name") for each in named if _is_typed(each)),
                is_multipart="multipart/form-data" in (encoding, element.get("enctype")),
            )


def _is_typed(element: HtmlElement) -> bool:
    return element.tag == "textarea" or (element.tag == "input" and element.get("type", "text") in TYPED)


def _value(element: HtmlElement) -> str:
    if element.tag == "select":
        chosen = element.xpath(".//option[@selected]") or element.xpath(".//option")
        return (chosen[0].get("value") or "") if chosen else ""
    if element.tag == "textarea":
        return element.text or ""
    return element.get("value") or ""


def links(page: str, text: str) -> set[str]:
    """Addresses of this hub that the page leads to, without their fragments."""
    found = set()
    for element in tree(text).iter("a", "link", "script", "img"):
        target = urlsplit(urljoin(f"http://localhost{page}", element.get("href") or element.get("src") or ""))
        if target.scheme == "http" and target.netloc == "localhost":
            found.add(target.path + (f"?{target.query}" if target.query else ""))
    return found


def broken_into(text: str) -> list[str]:
    """Elements and attributes that came out of what somebody typed, and things that no page of ours holds."""
    if MARK not in text:
        return []
    document = tree(text)
    faults = [f"<{each.tag}> was made" for each in document.iter() if isinstance(each.tag, str) and each.tag.startswith(MARK)]
    for element in document.iter():
        if not isinstance(element.tag, str):
            if MARK in (element.text or ""):
                faults.append("a comment was made")
            continue
        faults += [f"{name}= was made on <{element.tag}>" for name in element.attrib if name.startswith(("on", "hx-on", MARK))]
        if element.tag in ("script", "style", "svg") and MARK in (element.text_content() or ""):
            faults.append(f"<{element.tag}> holds what was typed")
        if element.tag == "script" and not element.get("src"):
            faults.append("a script stands in the page")
        faults += [
            f"{name}={element.get(name)[:40]} on <{element.tag}>"
            for name in ("href", "src", "action", "hx-get", "hx-post")
            if (element.get(name) or "").strip().lower().startswith(("javascript:", "data:text"))
        ]
    return faults
