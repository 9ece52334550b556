"""Which files are taken is told by their content, not by their name."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from partnerhub.rules.errors import BadAnswer
from partnerhub.rules.uploads import clean_name, kind_of


def zipped(*names: str, size: int = 10) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"0" * size)
    return body.getvalue()


HEIC = b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1MiHBmiafheictmap"  # how a photo of an iPhone begins
DOCX = zipped("[Content_Types].xml", "word/document.xml")
XLSX = zipped("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("accounts.PDF", b"%PDF-1.7 ...", "application/pdf"),
        ("policy.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("figures.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        ("logo.png", b"\x89PNG\r\n\x1a\nrest", "image/png"),
        ("rows.csv", "name,£\n".encode(), "text/csv"),
    ],
)
def test_a_file_is_taken_when_its_content_is_what_its_name_says(name, content, kind):
    assert kind_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("page.html", b"<script>", "We take PDF"),
        ("drawing.svg", b"<svg/>", "We take PDF"),
        ("program.exe", b"MZ", "We take PDF"),
        ("noending", b"%PDF-", "We take PDF"),
        ("page.pdf", b"<html>", "not what its name says"),
        ("sheet.xlsx", DOCX, "not what its name says"),
        ("letter.docx", b"PK\x03\x04broken", "not what its name says"),
        ("macros.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "not what its name says"),
        ("macros.docx", zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "not what its name says"),
        ("bomb.docx", zipped("[Content_Types].xml", "word/document.xml", "word/big.xml", size=60_000_000), "too large inside"),
        ("many.docx", zipped("[Content_Types].xml", "word/document.xml", *(f"word/{n}.xml" for n in range(1001))), "too large inside"),
        ("notes.txt", b"text\x00more", "not what its name says"),
        ("IMG_0001.HEIC", HEIC, "In the phone's camera settings choose “Most compatible” and take it again, or send it as JPEG"),
        ("IMG_0002.heif", b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", "format HEIC"),
        ("photo.jpg", HEIC, "format HEIC"),
        ("photo.pdf", HEIC, "format HEIC"),
        ("photo", HEIC, "format HEIC"),
        ("film.mp4", b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "We take PDF"),
        ("film.jpg", b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "not what its name says"),
        ("empty.pdf", b"", "empty"),
        ("large.pdf", b"%PDF-" + b"0" * 25_000_001, "larger than 25 MB"),
    ],
)
def test_anything_else_is_refused_in_words(name, content, says):
    with pytest.raises(BadAnswer, match=says):
        kind_of(name, content)


def test_a_zip_of_very_many_entries_is_refused_before_it_is_opened():
    """Half a million entries once took 176 MB and five seconds before they were counted."""
    entry = b"PK\x01\x02" + b"\x14\x00" * 2 + b"\x00" * 38
    many, directory = 500_000, 46 * 500_000
    content = entry * many + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, many % 65_536, many % 65_536, directory, 0, 0)
    tracemalloc.start()
    with pytest.raises(BadAnswer, match="too large inside"):
        kind_of("many.docx", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_question_may_set_a_smaller_limit():
    with pytest.raises(BadAnswer, match="larger than 1 MB"):
        kind_of("a.pdf", b"%PDF-" + b"0" * 1_000_001, megabytes=1)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\plan.docx", "plan.docx"),
        ("invoice\u202efdp.exe.pdf", "invoicefdp.exe.pdf"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
        ("\x00", "file"),
    ],
)
def test_the_shown_name_holds_no_path_no_controls_and_no_direction_marks(name, shown):
    assert clean_name(name) == shown
