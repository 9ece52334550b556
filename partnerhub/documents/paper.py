"""From a typst template and what it says to a PDF: tagged for screen readers (PDF/UA-1), the same on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Literal

HERE = Path(__file__).parent
FONTS = [str(files("manimgx_fonts")), str(files("paperang_p2_fonts_cjk") / "fonts")]
ONE_AT_A_TIME = Lock()  # a document of 5 MB of text takes 2 GB while it is set


def pdf(template: str, said: Mapping[str, Any], in_need: Mapping[str, Any]) -> bytes:
    """What `said` holds, set by the template of this name. Text from people travels as JSON, never as markup.

    A character that no font has breaks the promise of PDF/UA-1 and not the document: `in_need` is then set without the promise,
    and should say so.
    """
    from typst import TypstError  # a compiler of 40 MB, wanted only here

    with ONE_AT_A_TIME:
        try:
            return _compiled(template, said, "ua-1")
        except TypstError:
            return _compiled(template, in_need, None)


def _compiled(template: str, said: Mapping[str, Any], standard: Literal["ua-1"] | None) -> bytes:
    """With the hub's own fonts alone, so that the paper is the same whatever the machine has."""
    import typst

    text = json.dumps(said, ensure_ascii=False).replace("\ufeff", "")  # a mark of other programs, forbidden in PDF/UA-1
    content: bytes = (HERE / template).read_bytes()
    with TemporaryDirectory() as nothing_to_read:
        return typst.compile(  # ty: ignore[invalid-argument-type]  (its types forbid a text beside a place)
            content,
            root=nothing_to_read,
            sys_inputs={"said": text},
            format="pdf",
            pdf_standards=standard,
            font_paths=_fonts(),
        )


@cache
def _fonts() -> Any:
    """Read once in a process."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=FONTS)
