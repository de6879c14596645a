"""Every page there is, opened by somebody who may: light and wide in English, dark and narrow in
Arabic. axe finds nothing, nothing scrolls sideways, no script or style is refused, and all that a
first visit loads is under 60 kB on the wire."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from comity.web.pages.kit.pages import Page
from comity.web.pages.rooms import open_rooms
from comity.web.permissions import Permission, roles_with
from tests.browser.addresses import all_pages, fill_in
from tests.browser.crawling import is_page
from tests.browser.lenses import Lens, Look
from tests.browser.served import Served, aside, sit
from tests.examples import PEOPLE

open_rooms()
WIDE = Lens(language="en", width=1440)
WITHOUT_PROVIDER = frozenset({"sign-in-provider-back"})
NARROW = Lens(language="ar", width=360, is_dark=True)


def who_may(page: Page) -> str:
    """Return a login to which a page opens."""
    if page.permission is Permission.PUBLIC:
        return "-"
    return next(one for one, roles in PEOPLE.items() if roles_with(roles, page.permission))


@pytest.mark.parametrize("lens", [WIDE, NARROW], ids=["english", "arabic"])
@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_a_page_is_well(browser: Browser, served: Served, page: Page, lens: Lens) -> None:
    path, login = fill_in(page, served.example.names), who_may(page)
    answer = aside(lambda: sit(login).get(path, follow=True))
    served.broken.clear()  # what broke for the client is seen by the browser too
    if page.name in WITHOUT_PROVIDER:
        assert answer.status_code == 404  # this node trusts no other to say who somebody is
        return
    if not is_page(answer):
        assert answer.status_code in {200, 405}  # a download, or what is only sent to
        return
    with Look(browser, served, lens.by(login)) as look:
        seen = look.take(path, with_axe=True)
    assert "\n".join(seen.troubles) == ""
    assert served.broken == []
