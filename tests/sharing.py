"""How the tests are shared out among workers: a file stays with one of them, and what takes longest begins first."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling

# What takes longest, in this order. Files on one line stand on the same crawl of the office, and stay together.
LONGEST = (
    ("tests/security/test_hostile.py", "tests/security/test_markers.py"),
    ("tests/security/test_routes.py",),
    ("tests/journeys/test_every_page.py",),
    ("tests/security/test_writes.py",),
    ("tests/security/test_question_types_hostile.py",),
    ("tests/journeys/test_new_form.py",),
    ("tests/journeys/test_office.py",),
    ("tests/cli/test_keeping.py",),
)
PLACES = {file: place for place, files in enumerate(LONGEST) for file in files}


def file_of(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def longest_first(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: PLACES.get(file_of(item.nodeid), len(LONGEST)))


class ByFile(LoadFileScheduling):
    """Fixtures that a file builds once are built by one worker; pytest's own order of the files is kept."""

    def _split_scope(self, nodeid: str) -> str:
        file = file_of(nodeid)
        return LONGEST[PLACES[file]][0] if file in PLACES else file
