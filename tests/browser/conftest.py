"""A browser and the example's desk for the tests of one module.

For one module each, as Django refuses its database to a thread in which a browser is driven:
other tests of the same process are to find the world as it was.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.lenses import open_browser
from tests.browser.served import Served, open_cached, serve


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with open_cached() as example, serve(example) as desk:
        yield desk


@pytest.fixture(scope="module")
def browser(served: Served) -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened
