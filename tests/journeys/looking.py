"""What must hold of every page in every state a journey reaches: no axe violation, nothing that scrolls sideways on a small phone."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
SCREENSHOTS = os.environ.get("PARTNERHUB_SCREENSHOTS", "")  # a folder, such as test-results, to keep a picture of every page in
RUN_AXE = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']}).then(found => found.violations)"
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll('body *')].filter(each => each.getBoundingClientRect().right > room + 1)
    .slice(0, 5).map(each => each.outerHTML.slice(0, 160));
}"""


def faults_of(page: Page, name: str) -> list[str]:
    """What is wrong with this page as it stands, at a desk and on a phone; the window is left as it was."""
    before = page.viewport_size or DESK
    found = []
    page.evaluate(AXE_SCRIPT)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        found += [f"{name} at {size['width']}: {fault}" for fault in [*_axe(page), *_too_wide(page, size)]]
        _keep_picture(page, f"{name} {size['width']}")
    page.set_viewport_size(before)
    return found


def _axe(page: Page) -> list[str]:
    return [_told(each) for each in page.evaluate(RUN_AXE, TAGS)]


def _told(violation: dict[str, Any]) -> str:
    where = "; ".join(f"{each['target']} {each['html'][:160]}" for each in violation["nodes"][:3])
    return f"axe {violation['id']}: {violation['help']} ({len(violation['nodes'])}): {where}"


def _too_wide(page: Page, size: dict[str, int]) -> list[str]:
    return [f"wider than the window: {each}" for each in page.evaluate(TOO_WIDE)] if size is PHONE else []


def _keep_picture(page: Page, name: str) -> None:
    if not SCREENSHOTS:
        return
    folder = Path(SCREENSHOTS)
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}.png", full_page=True)
