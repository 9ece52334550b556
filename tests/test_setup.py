"""Set-up: what it installs, what it leaves out, and what it says when something cannot be had."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from partnerhub import assets

ROOT = Path(__file__).parent.parent
FIRST_VISIT = 50_000  # bytes, compressed: styles and scripts together
STYLES = assets.PACKAGES / assets.COPIES[0].source


def classes(css: str) -> set[str]:
    return {found.replace("\\", "") for found in re.findall(r"\.(govuk-(?:[\w-]|\\.)+)", css)}


def test_a_first_visit_stays_within_its_budget():
    shelf = assets.Shelf()
    sizes = {name: len(shelf.find(name).packed) for name in ("vendor/govuk.css", "vendor/htmx.js", "hub.css", "hub.js")}
    assert sum(sizes.values()) <= FIRST_VISIT, sizes


def test_no_page_uses_a_class_that_was_left_out_of_the_styles():
    left_out = classes(STYLES.read_text()) - classes(assets.Shelf().find("vendor/govuk.css").body.decode())
    assert {"govuk-accordion", "govuk-cookie-banner"} <= left_out
    pages = sorted((ROOT / "templates").rglob("*.html"))
    used = {name: page.name for page in pages for name in re.findall(r"govuk-[\w!-]+", page.read_text())}
    assert not {name: page for name, page in used.items() if name in left_out}


@pytest.mark.parametrize(
    ("css", "reduced"),
    [
        (".govuk-tabs{a:b}.govuk-tag{c:d}", ".govuk-tag{c:d}"),
        (".govuk-tabs__tab,.govuk-tag{c:d}", ".govuk-tag{c:d}"),
        ("@media print{.govuk-tabs{a:b}}.govuk-tag{c:d}", ".govuk-tag{c:d}"),
        ("@media print{.govuk-tabs{a:b}.govuk-tag{c:d}}", "@media print{.govuk-tag{c:d}}"),
        (".govuk-tag:not(.govuk-tabs){c:d}", ".govuk-tag:not(.govuk-tabs){c:d}"),
        ('@font-face{src:url(x)}@charset "UTF-8";p{font-family:GDS Transport,arial,sans-serif}', None),
    ],
)
def test_the_styles_are_reduced_rule_by_rule(css: str, reduced: str | None):
    written = assets.reduced_govuk(css).partition("\n")[2].strip()
    assert written == (reduced or f'@charset "UTF-8";p{{font-family:{assets.OWN_FONT}}}')


@pytest.mark.parametrize("css", [".x{background:url(/assets/images/govuk-crest.svg)}", ".x{font-family:GDS Transport}"])
def test_styles_with_a_crest_or_the_government_font_are_refused(css: str):
    with pytest.raises(assets.WrongFile, match="still has"):
        assets.reduced_govuk(css)


def test_a_changed_package_is_refused_in_one_line(tmp_path: Path):
    packages = tmp_path / "node_modules"
    for copy in assets.COPIES:
        (packages / copy.source).parent.mkdir(parents=True)
        shutil.copy(assets.PACKAGES / copy.source, packages / copy.source)
    sizes = assets.install(packages, tmp_path / "static")
    assert set(sizes) == {copy.name for copy in assets.COPIES}
    with (packages / assets.COPIES[1].source).open("a") as file:
        file.write(";alert(1)")
    with pytest.raises(assets.WrongFile, match=r"vendor/htmx\.js is not the file listed in vendor\.sha256"):
        assets.install(packages, tmp_path / "static")


def test_a_missing_package_is_told_in_one_line(tmp_path: Path):
    with pytest.raises(assets.WrongFile, match="not installed: run “npm ci” first"):
        assets.install(tmp_path, tmp_path / "static")


def test_the_shelf_sees_a_changed_file_and_hands_out_nothing_from_elsewhere(tmp_path: Path):
    (tmp_path / "static").mkdir()
    (tmp_path / "secret.css").write_text("s")
    style = tmp_path / "static" / "hub.css"
    style.write_text("p{color:red}" * 50)
    shelf = assets.Shelf(tmp_path / "static")
    first = shelf.find("hub.css")
    assert (first.mimetype, gzip.decompress(first.packed)) == ("text/css", first.body)
    assert len(first.packed) < len(first.body)
    style.write_text("p{color:blue}")
    assert shelf.find("hub.css").body == b"p{color:blue}"
    assert shelf.find("hub.css").digest != first.digest
    for name in ("../secret.css", "/etc/hostname", str(tmp_path / "secret.css"), "missing.css", "", "."):
        with pytest.raises(KeyError):
            shelf.find(name)


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-node"])
def test_everything_asked_for_is_locked(name: str):
    asked = re.findall(r"^([a-z][\w-]*)", (ROOT / f"{name}.in").read_text(), re.MULTILINE)
    assert asked
    assert set(asked) <= set(locked(f"{name}.txt"))


def test_the_hub_and_its_tests_run_on_the_same_versions():
    hub, tools = locked("requirements.txt"), locked("requirements-dev.txt")
    shared = hub.keys() & tools.keys()
    assert shared
    assert {name: hub[name] for name in shared} == {name: tools[name] for name in shared}


def test_npm_packages_are_pinned_exactly_and_carry_sums():
    asked = json.loads((ROOT / "package.json").read_text())["dependencies"]
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in asked} == asked
    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout in which nothing is set up, and a PATH on which nothing can be found but what make itself needs."""
    shutil.copytree(ROOT / "partnerhub", tmp_path / "partnerhub", ignore=lambda _, names: set(names) - {"assets.py", "vendor.sha256"})
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "pyproject.toml", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "make", "cat", "cksum", "tr", "id", "grep", "mkdir", "touch"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def make(where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    settings = {"PATH": str(where / "bin"), "HOME": str(where)}
    return subprocess.run([where / "bin" / "make", *words], cwd=where, env=settings, capture_output=True, encoding="utf-8")


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_without_a_python_set_up_says_what_is_needed_and_stops(bare: Path):
    program(bare / "bin" / "python3", "exit 1")  # too old, or without venv
    told = make(bare, "setup")
    assert told.returncode != 0
    assert told.stderr.splitlines()[0].startswith("set-up: Python 3.11 or newer with venv is needed")


def said(told: subprocess.CompletedProcess[str]) -> list[str]:
    """What stands on standard error, without make's own last word."""
    return [line for line in told.stderr.splitlines() if not line.startswith("make")]


@pytest.fixture
def with_tools(bare: Path) -> Path:
    """Its tools are installed, Playwright starts, but neither Debian nor Playwright can fetch a browser."""
    program(bare / "bin" / "apt-get", "exit 100")
    program(bare / ".venv" / "bin" / "python", '[ "$*" = "-m playwright --version" ]')
    return bare


def test_without_a_browser_the_tests_say_so_in_one_line_and_stop(with_tools: Path):
    told = make(with_tools, "browser", "TOOLS_READY=")
    assert told.returncode != 0
    assert said(told) == [
        "set-up: no browser for the tests: install Chromium (Debian: apt-get install chromium) so that “chromium” is on the PATH"
    ]


def test_a_chromium_on_the_path_is_taken(with_tools: Path):
    program(with_tools / "bin" / "chromium-browser", "echo Chromium 156")
    told = make(with_tools, "browser", "TOOLS_READY=")
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_a_chromium_that_does_not_start_is_not_taken(with_tools: Path):
    program(with_tools / "bin" / "chromium", "exit 127")
    assert make(with_tools, "browser", "TOOLS_READY=").returncode != 0


def test_where_playwright_does_not_start_the_missing_library_is_named(with_tools: Path):
    program(with_tools / ".venv" / "bin" / "python", "exit 127")
    told = make(with_tools, "browser", "TOOLS_READY=")
    assert told.returncode != 0
    assert said(told) == ["set-up: Playwright does not start; it needs libatomic.so.1 (on Debian: apt-get install libatomic1)"]


def test_the_demonstration_listens_where_it_is_told(bare: Path):
    program(
        bare / ".venv" / "bin" / "partnerhub", 'echo "$@ | $HUB_ENV | $PUBLIC_URL | $DATABASE_URL"'
    )  # says how it was called instead of serving
    told = make(bare, "demo", "PORT=8123", "HUB_READY=", "ASSETS_READY=").stdout
    calls = [line.strip() for line in told.splitlines()]
    settings = " | development | http://127.0.0.1:8123 |"  # no DATABASE_URL: the hub's own default, as for every other command
    assert calls == [f"{words}{settings}" for words in ("migrate", "demo --if-empty", "serve --port 8123")]


def test_everything_set_up_makes_is_ignored_by_git():
    made = [
        ".venv/bin/python",
        "node_modules/x",
        "partnerhub/static/vendor/htmx.js",
        "instance/partnerhub.db",
        "partnerhub/__pycache__/x.pyc",
    ]
    told = subprocess.run(["git", "check-ignore", *made], cwd=ROOT, capture_output=True, text=True, env=os.environ)
    assert told.stdout.split() == made
