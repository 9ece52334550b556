"""Files that people send: which kinds are taken, told by their content, and what their names may hold."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from partnerhub.rules.errors import BadFile
from partnerhub.rules.numbers import LARGEST_FILE, MOST_MEMBERS, MOST_UNPACKED
from partnerhub.rules.words import ScanState

OFFICE_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
MACROS = frozenset({"word/vbaProject.bin", "xl/vbaProject.bin"})
_MEMBER = b"PK\x01\x02"  # what each entry of a zip's directory begins with


def _begins(*magic: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(magic)


def _is_text(content: bytes) -> bool:
    """Plain text: no NUL and no other control that text does not hold."""
    return not any(byte < 32 and byte not in b"\t\n\r\f" for byte in content)


def _is_office(kind: str) -> Callable[[bytes], bool]:
    """A zip with the parts that the format has, and nothing that unpacks to more than it may."""

    def holds(content: bytes) -> bool:
        if content.count(_MEMBER) > MOST_MEMBERS:  # told before each of half a million becomes an object
            return False
        try:
            members = zipfile.ZipFile(io.BytesIO(content)).infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            return False
        names = {member.filename for member in members}
        is_small = len(members) <= MOST_MEMBERS and sum(member.file_size for member in members) <= MOST_UNPACKED
        is_open = not any(member.flag_bits & 1 for member in members)
        return is_small and is_open and {"[Content_Types].xml", OFFICE_MAIN_PART[kind]} <= names and not names & MACROS

    return holds


# How a photo of a phone says that it is HEIC or HEIF (ISO/IEC 23008-12, annex B: brands of still pictures and of series of them).
HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
HEIC_ENDINGS = frozenset({"heic", "heif"})


def _is_heic(content: bytes) -> bool:
    """Told by its first box, whatever the file is called."""
    return content[4:8] == b"ftyp" and content[8:12] in HEIC


# Ending -> (media type, whether the content is of that kind).
KINDS: Mapping[str, tuple[str, Callable[[bytes], bool]]] = MappingProxyType(
    {
        "pdf": ("application/pdf", _begins(b"%PDF-")),
        "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _is_office("docx")),
        "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _is_office("xlsx")),
        "png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
        "jpg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
        "jpeg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
        "csv": ("text/csv", _is_text),
        "txt": ("text/plain", _is_text),
    }
)
IT_IS_HEIC = (
    "This photo is in the format HEIC, which many computers cannot open. In the phone's camera settings choose “Most compatible” and take"
    " it again, or send it as JPEG."
)
WITHHELD: Mapping[ScanState, str] = MappingProxyType(
    {
        ScanState.WAITING: (
            "The file “{name}” is still waiting to be checked for viruses, and can be opened when that is done. It takes a few minutes as a"
            " rule. Every answer that was saved is safe."
        ),
        ScanState.INFECTED: (
            "A virus was found in the file “{name}”, so the hub hands it out to nobody. Do not open your own copy of it. Every answer that"
            " was saved is safe. Whoever sent it should remove it and send a clean copy."
        ),
    }
)
TAKEN = "PDF, Word (docx), Excel (xlsx), PNG, JPEG, CSV or plain text"


def clean_name(name: str) -> str:
    """The name to show: the last part of a path, no controls, no direction marks, at most 120 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(each for each in unicodedata.normalize("NFC", last) if unicodedata.category(each)[0] != "C").strip(" .")
    stem, suffix = PurePosixPath(shown or "file").stem, PurePosixPath(shown).suffix[:10]
    return f"{stem[:100]}{suffix}"


def kind_of(name: str, content: bytes, *, megabytes: int | None = None) -> str:
    """The media type of an acceptable file. BadFile says why another one is not taken."""
    largest = min(megabytes * 1_000_000, LARGEST_FILE) if megabytes else LARGEST_FILE
    if not content:
        raise BadFile("The file is empty. Choose another one.")
    if len(content) > largest:
        raise BadFile(f"The file is larger than {largest // 1_000_000} MB. Make it smaller or send it in parts.")
    ending = PurePosixPath(name).suffix.lower().removeprefix(".")
    if ending in HEIC_ENDINGS or _is_heic(content):
        raise BadFile(IT_IS_HEIC)
    kind = KINDS.get(ending)
    if kind is None:
        raise BadFile(f"We take {TAKEN}. Save the file as one of these and send it again.")
    media_type, is_so = kind
    if not is_so(content):
        raise BadFile("The file is not what its name says, or is damaged, locked or too large inside. Save it again and send that.")
    return media_type
