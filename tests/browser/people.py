"""People at their desks: what they read, write, choose and press, by the words on the page.

    officer = Person(window.new_page(), "http://xa.localhost:8080", language="ar")
    officer.begins_with(code)
    officer.follows("Dossiers")
    officer.writes("Summary of the facts", "…")
    officer.presses("Save and go on")

Words are named as they stand in English; in another language the catalogues say what they are
there. A person ``by_keyboard`` reaches everything by Tab, and presses by Enter and Space.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final

from babel.messages.pofile import read_po
from playwright.sync_api import Locator, Page, expect

from demo.letting_in import code_now
from tests.places import CHECKOUT

PASSWORD: Final = "four-quiet-words-together"
_TABS: Final = 150
_PATIENCE: Final = 30_000  # milliseconds: a machine that runs other tests too is slow


@functools.cache
def catalogue(language: str) -> dict[str, str]:
    """Return what each English text is in a language, from all rooms."""
    found: dict[str, str] = {}
    for path in sorted((CHECKOUT / "src/comity").rglob(f"locale/{language}/LC_MESSAGES/*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if isinstance(message.id, str) and message.id and message.string:
                    found.setdefault(message.id, str(message.string))
    return found


@dataclass
class Person:
    """Somebody before a browser."""

    page: Page
    base: str
    language: str = "en"
    by_keyboard: bool = False

    def word(self, text: str) -> str:
        """Return a text as this person reads it."""
        return catalogue(self.language).get(text, text) if self.language != "en" else text

    def goes_to(self, path: str) -> None:
        """Open an address."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status < 400, (path, answer.status)

    def follows(self, text: str) -> None:
        """Follow a link."""
        self._press(self.page.get_by_role("link", name=self.word(text)).first)

    def presses(self, text: str) -> None:
        """Press a button."""
        self._press(self.page.get_by_role("button", name=self.word(text), exact=True).first)

    def writes(self, label: str, text: str) -> None:
        """Write into a box, in place of what is there."""
        box = self._box(label)
        if self.by_keyboard:
            self._reach(box)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(text)
        else:
            box.fill(text)

    def chooses(self, label: str, value: str) -> None:
        """Choose one of several, open or folded away, by what it stands for."""
        name = re.compile(f"^{re.escape(self.word(label))}")
        group = self.page.get_by_role("group", name=name)
        if group.count():
            self._tick(group.locator(f'input[value="{value}"]'))
            return
        box = self._box(label)
        if self.by_keyboard:
            self._reach(box)
        box.select_option(value)

    def ticks(self, value: str) -> None:
        """Choose one of several that lie open, by what it stands for."""
        self._tick(self.page.locator(f'input[type="radio"][value="{value}"]').first)

    def _tick(self, one: Locator) -> None:
        if self.by_keyboard:
            one.focus()
            self.page.keyboard.press("Space")
        else:
            one.check()

    def sees(self, text: str) -> None:
        """Require that the page shows a text, now or soon."""
        shown = self.page.get_by_text(self.word(text)).first
        expect(shown).to_be_visible(timeout=_PATIENCE)

    def waits_to_see(self, text: str, path: str) -> None:
        """Look at a page again and again until it shows a text."""
        for _ in range(60):
            self.page.goto(self.base + path)  # it may not have arrived yet
            if self.page.get_by_text(self.word(text)).count():
                return
            self.page.wait_for_timeout(1000)
        raise AssertionError(self.page.locator("main").inner_text()[:2000])

    def begins_with(self, code: str) -> str:
        """Begin with a code: a password, an authenticator; return the authenticator's secret."""
        self.goes_to("/invitation")
        self.writes("Code", code)
        self.writes("New password", PASSWORD)
        self.writes("The same password again", PASSWORD)
        self.presses("Go on")
        secret = self.page.locator("[data-secret]").get_attribute("data-secret")
        assert secret
        self.writes("The six digits that it shows now", code_now(secret))
        self.presses("Take this authenticator")
        expect(self.page).to_have_url(re.compile("/me/codes"), timeout=_PATIENCE)
        return secret

    def takes(self, step: str) -> None:
        """Take a step of the dossier that is open: choose it, check it, sign it."""
        self.follows(step)
        self.presses("Go on and check")

    def _box(self, label: str) -> Locator:
        return self.page.get_by_label(re.compile(f"^{re.escape(self.word(label))}")).first

    def _press(self, what: Locator) -> None:
        if self.by_keyboard:
            self._reach(what)
            self.page.keyboard.press("Enter")
            self.page.wait_for_load_state()
        else:
            what.click(timeout=_PATIENCE)

    def _reach(self, what: Locator) -> None:
        """Go there by Tab alone; fail where that does not lead."""
        what.wait_for(timeout=_PATIENCE)
        for _ in range(_TABS):
            if what.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        message = f"Tab does not lead to {what}"
        raise AssertionError(message)
