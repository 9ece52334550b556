"""The PDF of a return: whatever people write in it can be printed."""

from __future__ import annotations

import dataclasses
import io
from threading import Thread

import pytest
from pypdf import PdfReader

from partnerhub.documents.paper import ONE_AT_A_TIME
from partnerhub.documents.return_pdf import PrintedReturn, PrintedSection, Row, return_pdf


def printed(said: str) -> PrintedReturn:
    return PrintedReturn(
        title="A return",
        organisation="Example Harbour Project",
        period="2022-23 Q1",
        reference="SA/7-v1",
        office="The office",
        dated=(2022, 7, 4, 12, 0, 0),
        facts=(("Sent", "4 July 2022"),),
        sections=(PrintedSection("Words", (Row("Referrals", "12", (said,)),), (Row("Your story", said, (said,)),)),),
    )


def paper(said: str) -> tuple[str, bool]:
    """What the PDF says, and whether it promises to be readable by everybody."""
    content = return_pdf(printed(said))
    words = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)
    return words, b"pdfuaid:part" in content


@pytest.mark.parametrize(
    "said",
    [
        "We met \U0001f600 twice",
        "\u4f60\u597d, said a mother",
        "\u304b\u306a \uc548\ub155",
        "\uff21\uff11 full width",
        "\ufeffcopied from elsewhere",
        "\u0a95\u0ac7\u0aae \u0a9b\u0acb",
        "\u0a38\u0a24 \u0a38\u0a4d\u0a30\u0a40",
        "\u0622\u067e \u06a9\u06cc\u0633\u06d2",
        "\u2713 \u2192 \u25cf \u20ac \u00bd",
    ],
    ids=["emoji", "Chinese", "Japanese and Korean", "full width", "byte order mark", "Gujarati", "Punjabi", "Urdu", "signs"],
)
def test_what_people_write_is_printed_for_everybody(said):
    words, promises = paper(said)
    assert promises
    assert "cannot be drawn" not in words


def test_characters_that_no_font_has_do_not_stop_the_paper_and_it_says_so():
    words, promises = paper("Before \u2d5c\u0378 after")
    assert "Before" in words and "after" in words
    assert "Some characters of this return cannot be drawn on paper." in words
    assert not promises


def test_one_pdf_is_made_at_a_time():
    made: list[bytes] = []
    second = Thread(target=lambda: made.append(return_pdf(printed("x"))))
    with ONE_AT_A_TIME:
        second.start()
        second.join(0.5)
        assert made == []
    second.join(20)
    assert len(made) == 1


def test_the_columns_of_all_tables_stand_at_the_same_place_and_their_headings_above_the_figures():
    long = Row("y" * 60, "623 of 740 (84.2%)")
    sections = (PrintedSection("A", (Row("x", "1"),)), PrintedSection("B", (long,)))
    content, places = return_pdf(dataclasses.replace(printed(""), sections=sections)), {}
    page = PdfReader(io.BytesIO(content)).pages[0]
    page.extract_text(visitor_text=lambda text, at, *_: places.setdefault(text.strip(), []).append(round(at[4])))
    assert len(places["Notes"]) == 2 and len(set(places["Notes"])) == 1
    assert min(places["2022-23 Q1"]) > places[long.value][0]  # the longer begins further to the left
