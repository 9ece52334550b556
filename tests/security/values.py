"""What nobody types and somebody sends: hostile texts, and bodies that are no forms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

MARK = "zqmark"  # stands in every value that would be markup; an element or attribute of this name means that a page was broken

LONG = {
    "100,000 letters": "x" * 100_000,
    "100,001 letters": "y" * 100_001,
    "a million letters": "z" * 1_000_000,
    "20,000 lines": "line\n" * 20_000,
    "30,000 words": "word " * 30_000,
    "50,000 accents": "a" + "\u0301" * 50_000,
    "5,000 nines": "9" * 5_000,
    "40,000 opening brackets": "(" * 40_000,
    "20,000 ands": "&" * 20_000,
}

PLAIN = {
    # nothing and next to nothing
    "nothing": "",
    "a space": " ",
    "a no-break space": "\u00a0",
    "a line break": "\r\n",
    # what databases and files cannot hold
    "NUL": "a\x00b",
    "only NUL": "\x00",
    "a lone surrogate": "a\ud800b",
    "the other lone surrogate": "\udfff",
    "controls": "a\x01\x08\x0b\x1b\x7fb",
    "no characters": "a\ufffe\uffffb",
    "a C1 control": "a\x85b",
    "outside the first plane": "\U0001f469\u200d\U0001f692 \U0010fffd",
    # direction, invisibility, look-alikes
    "right to left": "\u202eabc\u202c \u05d0\u05d1",
    "isolates": "\u2066abc\u2069\u200f",
    "zero width": "a\u200bb\u200c\u200d\ufeff",
    "a byte order mark": "\ufeff12",
    "line separators": "a\u2028b\u2029c",
    "not composed": "e\u0301\u0327",
    "full width": "\uff1d\uff11\uff0b\uff11",
    "dotless i": "\u0131\u0130 \u1e9e",
    # markup
    "a script": f"<script>{MARK}()</script>",
    "an image": f"<img src=x onerror={MARK}()>",
    "a way out of an attribute": f"\"'><{MARK} onclick=x>",
    "a way out of a text area": f"</textarea></title></script><{MARK}>",
    "an HTMX attribute": f'" hx-get="/sign-out" hx-trigger="load" {MARK}="',
    "an HTMX attribute without quotes": f"x hx-on:load={MARK}() data-hx-post=/sign-out",
    "a comment": f"<!--[if IE]><{MARK}><![endif]-->--!><{MARK}>",
    "SVG": f"<svg/onload={MARK}()>",
    "entities": f"&lt;{MARK}&gt; &#60;{MARK}&#62; &notit;",
    "a link that runs": "javascript:alert(1)",
    "data": "data:text/html,<script>1</script>",
    # templates
    "braces": "{{ 7 * 7 }}{{ config }}",
    "a block": "{% for each in ().__class__ %}x{% endfor %}",
    "a format": "{0.__class__.__mro__} %(secret)s %s %n",
    "dollars": "${7*7} #{7*7} `id`",
    # formulas
    "a formula": "=1+1",
    "a formula that calls": "=cmd|' /C calc'!A0",
    "a link formula": '=HYPERLINK("http://example.org","x")',
    "at": "@SUM(1+1)*cmd",
    "a plus": "+1+1",
    "a minus": "-2+3+cmd|' /C calc'!A0",
    "a tab and a formula": "\t=1+1",
    "a return and a formula": "\r=1+1",
    # SQL and shells
    "a quote": "'",
    "two quotes": '"',
    "an injection": "' OR '1'='1' --",
    "a dropped table": "'); DROP TABLE app_user; --",
    "a backslash": "\\' \\x00 \\",
    "wildcards": "%_%",
    "a shell": "; cat /etc/passwd | id && $(id)",
    "LDAP": "*)(uid=*))(|(uid=*",
    # numbers
    "zero": "0",
    "minus zero": "-0",
    "minus one": "-1",
    "a large number": "9007199254740993",
    "2 to the 63": "9223372036854775808",
    "minus 2 to the 63": "-9223372036854775809",
    "500 nines": "9" * 500,
    "a fraction": "1.5",
    "a third": "0.3333333333333333333333333",
    "an exponent": "1e309",
    "a small exponent": "1e-400",
    "a huge exponent": "1e999999999",
    "not a number": "NaN",
    "infinity": "inf",
    "minus infinity": "-Infinity",
    "hexadecimal": "0x1F",
    "underscores": "1_000",
    "a comma": "1,5",
    "many commas": ",,1,,2,,",
    "Arabic digits": "\u0661\u0662\u0663",
    "a superscript": "\u00b2",
    "half": "\u00bd",
    "a Roman numeral": "\u2167",
    "a percentage": "101%",
    "pounds": "£-1,00.555",
    # dates
    "no such day": "31 02 2026",
    "a leap day": "29/02/2023",
    "year nought": "0000-00-00",
    "the last year": "9999-12-31",
    "a far year": "01 01 99999999999",
    "a week": "2026-W01-1",
    # ids, keys and paths
    "no uuid": "00000000-0000-0000-0000-000000000000x",
    "the nil uuid": "00000000-0000-0000-0000-000000000000",
    "a uuid in braces": "{12345678-1234-5678-1234-567812345678}",
    "a path": "../../../../etc/passwd",
    "a path of another system": "..\\..\\windows\\win.ini",
    "an encoded path": "%2e%2e%2f%00",
    "another host": "//evil.example/x",
    "another host in disguise": "/\\evil.example",
    "a header": "x\r\nSet-Cookie: zq=1\r\n\r\n<b>",
    "a mail header": "a@example.org\nBcc: b@example.org",
    "not applicable": "not-applicable",
    "a list": "yes\nno\n\n\nyes",
    "JSON": '{"a": [1, null], "__proto__": {}}',
    "YAML": "!!python/object/apply:os.system ['id']\n- &a [*a]",
    "billion laughs": "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]",
    # addresses
    "two ats": "a@b@example.org",
    "an address with a space": '"a b"@example.org',
    "an address in another script": "ü@exämple.org",
    "an address that is long": "a" * 300 + "@example.org",
}  # fmt: skip

VALUES: Mapping[str, str] = PLAIN | LONG


def urlencoded(fields: Mapping[str, Any]) -> bytes:
    """As a browser sends a form, but also what no browser would: lone surrogates as the bytes they would be."""
    return b"&".join(_quoted(name) + b"=" + _quoted(str(value)) for name, each in fields.items() for value in _several(each))


def multipart(fields: Mapping[str, Any], boundary: bytes = b"zq") -> bytes:
    """The same as a form that may hold files; each value a field."""
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (boundary, _quoted(name), str(value).encode("utf-8", "surrogatepass"))
        for name, each in fields.items()
        for value in _several(each)
    ]
    return b"".join(parts) + b"--%s--\r\n" % boundary


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _quoted(text: str) -> bytes:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass")).encode()


@dataclass(frozen=True)
class Body:
    """Something in the place of a form."""

    name: str
    content_type: str | None
    content: bytes
    headers: tuple[tuple[str, str], ...] = ()


FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=zq"


def broken_bodies(fields: Mapping[str, Any]) -> Iterator[Body]:
    """Twenty-two bodies that are not the form they claim to be, made from the form's own fields."""
    good = urlencoded(fields)
    names = list(fields)
    parts = multipart(fields)
    yield Body("nothing at all", FORM, b"")
    yield Body("nothing, and no type", None, b"")
    yield Body("a form without a type", None, good)
    yield Body("a form called text", "text/plain", good)
    yield Body("a form called JSON", "application/json", good)
    yield Body("JSON", "application/json", json.dumps({name: str(value) for name, value in fields.items()}).encode())
    yield Body("JSON called a form", FORM, json.dumps({name: [1, None] for name in fields}).encode())
    yield Body("every field twice", FORM, good + b"&" + good)
    yield Body("every field a hundred times", FORM, b"&".join([good] * 100)[:1_000_000])
    yield Body("every second field missing", FORM, urlencoded({name: fields[name] for name in names[::2]}))
    yield Body("every field with another name", FORM, urlencoded({f"{name}[]": value for name, value in fields.items()}))
    yield Body(
        "unknown fields", FORM, good + b"&id=1&status=approved&is_admin=1&organisation_id=x&role=administrator&__class__=x&version_id=9"
    )
    yield Body("names in capitals", FORM, urlencoded({name.upper(): value for name, value in fields.items()}))
    yield Body("invalid percent signs", FORM, b"&".join(_quoted(name) + b"=%zz%u0041%%%E0%80%ff" for name in names))
    yield Body("bytes that are no UTF-8", FORM, b"&".join(_quoted(name) + b"=\xff\xfe\xed\xa0\x80" for name in names))
    yield Body("ten thousand fields", FORM, b"&".join(b"f%d=1" % at for at in range(10_000)))
    yield Body("five thousand separators", FORM, b"&;=" * 5_000)
    yield Body("a form of several parts", PARTS, parts)
    yield Body("parts that end too early", PARTS, parts[: len(parts) // 2])
    yield Body("parts without their separator", "multipart/form-data", parts)
    yield Body(
        "files in the place of fields",
        PARTS,
        parts.replace(b'"\r\n\r\n', b'"; filename="../x\x00.txt"\r\nContent-Type: x/y\r\n\r\n'),
    )
    yield Body("a type that is rubbish", 'multipart/form-data; boundary=""; charset=utf-7; ;;=', parts)
