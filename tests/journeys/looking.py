"""What must hold of every page in every state a journey reaches: no axe violation, nothing that scrolls sideways on a small phone.

Axe takes a second for a page and judges how it is built, so pages that are built alike are put to it once in a run.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, ViewportSize

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SHAPES: set[tuple[int, str]] = set()  # that were put to axe in this run, each at a width
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
SCREENSHOTS = os.environ.get("PARTNERHUB_SCREENSHOTS", "")  # a folder, such as test-results, to keep a picture of every page in
RUN_AXE = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']}).then(found => found.violations)"
# How a page is built: every element with its attributes, what lies in it (what is there several times counts once), and what axe measures.
# Of words, addresses and names only whether they are there; of references whether they lead to exactly one element.
SHAPE = r"""() => {
  const words = /^(name|value|href|src|action|formaction|alt|title|placeholder|content|datetime|max|maxlength|srcset|sizes|(data|hx)-.*)$/;
  const drawn = /^(d|points|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|width|height|transform|viewbox)$/;
  const references = /^(for|form|list|headers|aria-(labelledby|describedby|controls|owns|details|errormessage|activedescendant))$/;
  const ids = new Map();
  for (const each of document.querySelectorAll('[id]')) ids.set(each.id, (ids.get(each.id) || 0) + 1);
  const found = id => Math.min(ids.get(id) || 0, 2);
  const said = (inSvg, {name, value}) => {
    if (name === 'id') return `id=${found(value)}`;
    if (name === 'href' && value.startsWith('#')) return `#=${found(value.slice(1))}`;
    if (references.test(name)) return `${name}=${value.split(/\s+/).map(found)}`;
    if (name === 'aria-label' || words.test(name) || (inSvg && drawn.test(name.toLowerCase()))) return `${name}=${Boolean(value.trim())}`;
    return `${name}=${value}`;
  };
  const measured = each => {
    const box = each.getBoundingClientRect();
    return [box.width < 24, box.height < 24, box.width && box.height && true, each.scrollWidth > each.clientWidth + 1,
      each.scrollHeight > each.clientHeight + 1, each.checked, each.labels && each.labels.length, each.value === ''].map(Number);
  };
  const shape = each => {
    const inSvg = each instanceof SVGElement;
    const attributes = [...each.attributes].map(one => said(inSvg, one)).sort();
    const texts = [...each.childNodes].some(one => one.nodeType === 3 && one.data.trim());
    const inside = new Set([...each.children].map(shape));
    return `${each.localName}[${attributes}|${measured(each)}|${texts}](${[...inside].join('')})`;
  };
  return shape(document.documentElement);
}"""
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.querySelectorAll('body *')].filter(each => each.getBoundingClientRect().right > room + 1);
  const words = [...document.querySelectorAll('body *')].filter(each => each.scrollWidth > room + 1);
  return [...wide, ...words, document.body].slice(0, 5).map(each => each.outerHTML.slice(0, 160));
}"""


def faults_of(page: Page, name: str) -> list[str]:
    """What is wrong with this page as it stands, at a desk and on a phone; the window is left as it was."""
    before = page.viewport_size or DESK
    found = []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        found += [f"{name} at {size['width']}: {fault}" for fault in [*_axe(page, size), *_too_wide(page, size)]]
        _keep_picture(page, f"{name} {size['width']}")
    page.set_viewport_size(before)
    return found


def _axe(page: Page, size: ViewportSize) -> list[str]:
    shape = size["width"], page.evaluate(SHAPE)
    if shape in SHAPES:
        return []
    SHAPES.add(shape)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
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
