"""Third-party styles and scripts: copied out of node_modules, reduced, checked; and what static/ holds, ready to send.

`python partnerhub/assets.py` runs at set-up and needs only the standard library. The packages are pinned in package.json; what the
copies must be, byte for byte, stands in vendor.sha256 beside this file (`--accept` writes that list anew after a deliberate change).
"""

import gzip
import hashlib
import mimetypes
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = HERE.parent / "node_modules"
STATIC = HERE / "static"
SUMS = HERE / "vendor.sha256"

# Components that no page of ours has, or that are for government domains only (crown, crest, GOV.UK header).
# Their rules are a third of the style sheet, and a first visit has a budget of 50 KB compressed.
UNUSED = frozenset(
    {
        "govuk-accordion",
        "govuk-cookie-banner",
        "govuk-drop-zone",
        "govuk-exit-this-page",
        "govuk-feedback",
        "govuk-file-upload-button",
        "govuk-file-upload-wrapper",
        "govuk-header",
        "govuk-language-navigation",
        "govuk-logo-dot",
        "govuk-tabs",
    }
)
UNUSED_PARTS = re.compile(
    r"\.govuk-(accordion-nav|exit-this-page-\w+|footer__(crown|copyright-logo|licence-logo)|template--rebranded)"
    r"|\.govuk-\\!-(static|padding|font-size|margin-(left|right))-"
)
CROWN_FONT = "GDS Transport,arial,sans-serif"  # licensed for gov.uk domains only
OWN_FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'
NOT_OURS_TO_SHOW = ("url(", "@font-face", "GDS", "crest", "crown")


class WrongFile(Exception):
    """A third-party file is missing or is not what it should be."""


def reduced_govuk(css: str) -> str:
    """GOV.UK Frontend's style sheet without its fonts, crests and the components we do not use."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = "".join(_kept(css)).replace(CROWN_FONT, OWN_FONT)
    for word in NOT_OURS_TO_SHOW:
        if word in css:
            raise WrongFile(f"the reduced style sheet still has “{word}”: see partnerhub/assets.py")
    return "/*! GOV.UK Frontend, MIT licence, Crown copyright; reduced: see partnerhub/assets.py */\n" + css.strip() + "\n"


def _kept(css: str) -> Iterator[str]:
    for head, body in _rules(css):
        if body is None:
            yield head
        elif head.startswith("@font-face"):
            continue
        elif head.startswith(("@media", "@supports")):
            inside = "".join(_kept(body))
            if inside:
                yield f"{head}{{{inside}}}"
        else:
            selectors = ",".join(each for each in head.split(",") if not _is_unused(each))
            if selectors:
                yield f"{selectors}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """(what stands before the brace, what stands inside) for each rule; (statement, None) for @charset and the like."""
    at = 0
    while at < len(css):
        opening, ending = css.find("{", at), css.find(";", at)
        if opening < 0:
            return
        if 0 <= ending < opening:
            yield css[at : ending + 1], None
            at = ending + 1
            continue
        depth, closing = 1, opening + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[closing], 0)
            closing += 1
        yield css[at:opening].strip(), css[opening + 1 : closing - 1]
        at = closing


def _is_unused(selector: str) -> bool:
    bare = re.sub(r":not\((?:[^()]|\([^()]*\))*\)", "", selector)
    blocks = {name.split("__")[0].split("--")[0] for name in re.findall(r"\.(govuk-[\w-]+)", bare)}
    return bool(blocks & UNUSED or UNUSED_PARTS.search(bare))


def as_it_is(text: str) -> str:
    """The file as its package holds it."""
    return text


@dataclass(frozen=True)
class Copy:
    source: str  # below node_modules/
    name: str  # below static/
    change: Callable[[str], str]


COPIES = (
    Copy("govuk-frontend/dist/govuk/govuk-frontend.min.css", "vendor/govuk.css", reduced_govuk),
    Copy("htmx.org/dist/htmx.min.js", "vendor/htmx.js", as_it_is),
)


def install(packages: Path = PACKAGES, static: Path = STATIC, sums: Path = SUMS, *, accept: bool = False) -> dict[str, int]:
    """Write static/vendor/ anew; gives the compressed size of each file. Raises WrongFile."""
    bodies = {copy.name: _changed(packages / copy.source, copy.change) for copy in COPIES}
    found = {name: hashlib.sha256(body).hexdigest() for name, body in bodies.items()}
    if accept:
        sums.write_text("".join(f"{digest}  {name}\n" for name, digest in found.items()))
    expected = {name: digest for digest, name in (line.split() for line in sums.read_text().splitlines())}
    for name, digest in found.items():
        if expected.get(name) != digest:
            raise WrongFile(f"{name} is not the file listed in {sums.name}: run “npm ci” and try again")
    for name, body in bodies.items():
        target = static / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    return {name: len(_packed(body)) for name, body in bodies.items()}


def _changed(source: Path, change: Callable[[str], str]) -> bytes:
    if not source.is_file():
        raise WrongFile(f"{source.name} is not installed: run “npm ci” first")
    return change(source.read_text(encoding="utf-8")).encode()


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)  # no time: the same file packs to the same bytes in every process


@dataclass(frozen=True)
class Asset:
    """A file under static/ as it is sent: its type, the first 12 digits of its hash, its bytes plain and gzipped."""

    name: str
    mimetype: str
    digest: str
    body: bytes
    packed: bytes


class Shelf:
    """The files under static/, kept in memory and read again when they change on disk."""

    def __init__(self, folder: Path = STATIC):
        self.folder = folder
        self._seen: dict[str, tuple[tuple[int, int], Asset]] = {}
        self._paths: dict[str, Path] = {}  # every page asks for five of them

    def find(self, name: str) -> Asset:
        """The asset of that name (`hub.css`, `vendor/htmx.js`). Raises KeyError for anything not below the folder."""
        path = self._paths.get(name) or self._path(name)
        try:
            state = path.stat()
        except FileNotFoundError:
            raise KeyError(name) from None
        mark = (state.st_mtime_ns, state.st_size)
        if name not in self._seen or self._seen[name][0] != mark:
            self._seen[name] = (mark, self._read(name, path.read_bytes()))
            self._paths[name] = path
        return self._seen[name][1]

    def _path(self, name: str) -> Path:
        path = self.folder / name
        try:
            is_ours = ".." not in path.parts and path.is_relative_to(self.folder) and path.is_file()
        except OSError:  # a name longer than any file's
            is_ours = False
        if not is_ours:
            raise KeyError(name)
        return path

    @staticmethod
    def _read(name: str, body: bytes) -> Asset:
        mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Asset(name, mimetype, hashlib.sha256(body).hexdigest()[:12], body, _packed(body))


def main(arguments: list[str] | None = None) -> int:
    """Install and tell the sizes; one line and exit code 1 when a file is missing or wrong."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        for name, size in install(accept="--accept" in arguments).items():
            print(f"partnerhub/static/{name}: {size:,} bytes compressed")
    except WrongFile as wrong:
        print(f"assets: {wrong}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
