"""A person at a browser: goes to pages, follows links, presses buttons, types, and reads what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.journeys.hub import Hub
from tests.journeys.looking import DESK, PHONE, faults_of

PASSWORD = "demonstration only"
PATIENCE = 15_000  # milliseconds; the machine may be busy
LOOKED_AT: set[str] = set()  # a page in a state is looked at once in a run

expect.set_options(timeout=PATIENCE)


class Visitor:
    """One browser of one person, with cookies of its own. Whatever its console says is a fault, unless it was expected."""

    def __init__(self, chromium: Browser, hub: Hub, *, javascript: bool = True, phone: bool = False) -> None:
        self.hub, self.javascript = hub, javascript
        self.context = chromium.new_context(
            base_url=hub.url,
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        self.context.set_default_timeout(PATIENCE)
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.faults.append(f"uncaught: {error.error}"))
        self.page: Page = self.context.new_page()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning") or any(re.search(each, message.text) for each in self.expected):
            return
        self.faults.append(f"console at {self.page.url}: {message.text}")

    @contextmanager
    def expecting(self, *refusals: int | str) -> Iterator[None]:
        """Here the browser and htmx may say that a request was refused: with one of these statuses, or in these words."""
        before = self.expected
        for each in refusals:
            words = rf"status of {each} " if isinstance(each, int) else re.escape(each)
            self.expected += (f"^Failed to load resource: .*{words}", f"^Response Status Error Code {each} from /")
            self.expected += () if isinstance(each, int) else (r"^htmx:(afterRequest|sendError), \[object HTML\w+\]$",)
        yield
        self.expected = before

    def close(self) -> None:
        self.context.close()

    # going about

    def goes_to(self, path: str) -> None:
        self.page.goto(path)

    def signs_in(self, email: str, password: str = PASSWORD) -> Visitor:
        self.page.goto("/sign-in")
        return self.signs_in_here(email, password)

    def signs_in_here(self, email: str, password: str = PASSWORD) -> Visitor:
        main = self.page.locator("#main")
        main.get_by_label("E-mail address").fill(email)
        main.get_by_label("Password", exact=True).fill(password)
        main.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()
        return self

    def follows(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        (within or self.page).get_by_role("link", name=name).first.click()
        self.arrives()

    def presses(self, name: str | re.Pattern[str], within: Locator | None = None, *, exact: bool = False) -> None:
        (within or self.page.locator("#main")).get_by_role("button", name=name, exact=exact).first.click()
        self.arrives()

    def arrives(self) -> None:
        """A click waits until the next page begins to come; this waits until it is there to be read, measured or printed."""
        self.page.wait_for_load_state()

    def opens(self, words: str) -> None:
        """Opens what is folded away under these words."""
        self.page.locator("summary", has_text=words).first.click()

    # reading

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator("#main")).to_contain_text(words)

    def sees_no(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator("body")).not_to_contain_text(words)

    def sees_heading(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator("h1")).to_contain_text(words)

    def looks(self, name: str) -> None:
        """Judges the page as it stands now, under a name that tells page and state."""
        self.arrives()
        if self.javascript and name not in LOOKED_AT:
            LOOKED_AT.add(name)
            self.faults += faults_of(self.page, name)

    # filling in

    def cell(self, name: str) -> Locator:
        """The input of a question, or of one cell of it: `referrals` or `referrals.female`."""
        return self.page.locator(f'[id="cell-{name.replace(".", "-", 1)}"]')

    def state(self, name: str) -> Locator:
        """What stands beside a cell: saved, not valid, needs a reason."""
        return self.page.locator(f'[id="state-{name.replace(".", "-", 1)}"]')

    def shown(self, key: str) -> Locator:
        return self.page.locator(f'[id="shown-{key}"]')

    def checks(self, key: str) -> Locator:
        return self.page.locator(f'[id="checks-{key}"]')

    def types(self, name: str, text: str) -> None:
        """Types into a cell as a person does, key by key, and goes on to the next."""
        field = self.cell(name)
        folded = field.locator("xpath=ancestor::details[not(@open)]")
        if folded.count():
            folded.first.locator("summary").first.click()
        field.click()
        field.press("ControlOrMeta+a")
        field.press_sequentially(text)
        field.press("Tab")

    def fills(self, answers: dict[str, str]) -> None:
        """Types into every cell; with a script each says that it was saved, without one they go together with the page."""
        for name, text in answers.items():
            self.types(name, text)
        if self.javascript:
            for name in answers:
                expect(self.state(name)).to_contain_text(re.compile("saved [0-9]{1,2}:[0-9]{2}", re.I))
