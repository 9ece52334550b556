"""The office that the attacks are tried on: built once, put back whenever something changed in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import _empty
from tests.security.crawl import Pages, everybody
from tests.security.office import Office


@pytest.fixture(scope="session")
def _built(migrated_app: Flask) -> Office:
    with migrated_app.app_context():
        _empty()
    office = Office(migrated_app)
    office.keeper.keep()
    return office


@pytest.fixture(scope="session")
def pages(_built: Office) -> Pages:
    """What everybody reaches in the office as it was built."""
    _built.keeper.restore()
    found = everybody(_built)
    assert not _built.keeper.surely_changed()
    return found


@pytest.fixture(scope="module")
def office(_built: Office) -> Iterator[Office]:
    """The office, to be asked things in any role. A test that changes it says `office.back(…)`; the next module finds it as it was."""
    with _built.at_work():
        yield _built
