"""How a page is looked at: by whom, in which language, how wide, how dark; and what is seen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from tests.browser.served import Served
from tests.places import CHECKOUT

CHROMIUM: Final = "/usr/bin/chromium"
AXE: Final = CHECKOUT / ".tools/node_modules/axe-core/axe.min.js"
# WCAG 2.2 A and AA, and what axe calls good practice of structure.
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_MOST_BYTES: Final = 60_000
_HEIGHT: Final = 900


@dataclass(frozen=True, kw_only=True)
class Lens:
    """Who looks, and at what screen. Login ``-`` is nobody."""

    login: str = "duty"
    role: str = ""
    language: str = "en"
    width: int = 1440
    is_dark: bool = False
    has_script: bool = True

    def by(self, login: str) -> Lens:
        """Return the same lens for somebody else."""
        return replace(self, login=login)


@dataclass
class Seen:
    """One page as it was seen."""

    path: str
    status: int
    title: str
    weight: int
    troubles: list[str] = field(default_factory=list)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Open Debian's chromium, without its sandbox where root runs it."""
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
        try:
            yield browser
        finally:
            browser.close()


def open_context(browser: Browser, served: Served, lens: Lens) -> BrowserContext:
    """Open a window of somebody who signed in already."""
    context = browser.new_context(
        base_url=served.base,
        locale=lens.language,
        viewport={"width": lens.width, "height": _HEIGHT},
        color_scheme="dark" if lens.is_dark else "light",
        java_script_enabled=lens.has_script,
        reduced_motion="reduce",
    )
    if lens.login != "-":
        cookie = served.cookie(lens.login, role=lens.role)
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": served.base}])
    return context


class Look:
    """One window through which pages are looked at, one after the other."""

    def __init__(self, browser: Browser, served: Served, lens: Lens) -> None:
        """Open the window."""
        self.served, self.lens = served, lens
        self.context = open_context(browser, served, lens)
        self.page = self.context.new_page()
        self._said: list[str] = []
        self._sizes: list[int] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._said.append(f"script: {error}"))
        self.page.on("requestfinished", self._weigh)

    def __enter__(self) -> Self:
        """Return the window."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the window."""
        self.context.close()

    def take(self, path: str, place: Path | None = None, *, with_axe: bool = False) -> Seen:
        """Open a page, take its picture, and say what is not well."""
        self._said.clear()
        self._sizes.clear()
        answer = self.page.goto(self.served.fill(path), wait_until="load")
        assert answer is not None
        seen = Seen(path, answer.status, self.page.title(), sum(self._sizes), [*self._said])
        seen.troubles += self._faults(answer, seen)
        if with_axe:
            seen.troubles += find_faults(self.page)
        if place is not None:
            self.page.screenshot(path=place, full_page=True)
        return seen

    def _faults(self, answer: Response, seen: Seen) -> list[str]:
        faults = []
        if not seen.title:
            faults.append("it has no title")
        if answer.status >= 500:
            faults.append(f"it answers {answer.status}")
        if seen.weight > _MOST_BYTES:
            faults.append(f"it weighs {seen.weight} bytes, more than {_MOST_BYTES}")
        if self.lens.has_script:
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > self.lens.width:
                faults.append(f"it scrolls sideways: {wide} px on {self.lens.width}")
        return faults

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self._said.append(f"console: {message.text}")

    def _weigh(self, request: Any) -> None:
        sizes = request.sizes()
        self._sizes.append(sizes["responseBodySize"] + sizes["responseHeadersSize"])


def find_faults(page: Page) -> list[str]:
    """Return what axe finds on the page: rule, place, and what is wrong with it."""
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", _RULES
    )
    return [
        f"axe {one['id']}: {one['help']}: {' '.join(node['target'])}: {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]
