"""What journeys stand on: a Chromium, the demonstration office made once, and a hub with a copy of it for each journey."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.hub import Databases, Hub
from tests.journeys.visitor import Visitor

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """In the order of the set-up: a Chromium on the PATH, else the one that Playwright brought."""
    found = next((place for name in ("chromium", "chromium-browser", "google-chrome") if (place := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"), os.environ.get("TEST_DATABASE_URL", ""))
    yield made
    made.drop_all()


@pytest.fixture(scope="session")
def empty_office(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database that is migrated and holds nothing; journeys work on copies."""
    hub = Hub(databases.new(), tmp_path_factory.mktemp("empty"))
    hub.command("migrate")
    return hub.database_url


@pytest.fixture(scope="session")
def demonstration(databases: Databases, empty_office: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database with the demonstration office; journeys work on copies."""
    hub = Hub(databases.new(empty_office), tmp_path_factory.mktemp("demonstration"))
    hub.command("demo")
    return hub.database_url


@pytest.fixture
def hub(databases: Databases, demonstration: str, tmp_path: Path) -> Iterator[Hub]:
    """A running hub with the demonstration office, to do with as the journey likes. Its log must hold no error."""
    made = Hub(databases.new(demonstration), tmp_path / "hub")
    made.start()
    yield made
    made.stop()
    assert "Traceback" not in made.log, made.log


Comes = Callable[..., Visitor]


@pytest.fixture
def visitor(chromium: Browser, hub: Hub) -> Iterator[Comes]:
    """`visitor("lead@lwa.example")`: a browser in which that person has signed in; `visitor()`: one in which nobody has."""
    there: list[Visitor] = []

    def comes(email: str = "", *, javascript: bool = True, phone: bool = False) -> Visitor:
        each = Visitor(chromium, hub, javascript=javascript, phone=phone)
        there.append(each)
        return each.signs_in(email) if email else each

    yield comes
    for each in there:
        each.close()
    faults = [fault for each in there for fault in each.faults]
    assert not faults, "\n".join(faults)
