"""Passkeys, as a browser and an authenticator of its own make and use them."""

from __future__ import annotations

from playwright.sync_api import Browser

from comity.service.people import Newcomer, invite_person
from comity.web.place import current_node
from tests.browser.served import Served, aside
from tests.signing import ENROL, PASSWORD

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_made_at_the_beginning_and_opens_the_desk(
    served: Served, browser: Browser
) -> None:
    newcomer = Newcomer(login="lina", roles=["duty_officer"], actor="xa-lina")
    code = aside(lambda: invite_person(current_node(), ENROL, newcomer)[1].secret)
    context = browser.new_context()
    page = context.new_page()
    tool = context.new_cdp_session(page)
    tool.send("WebAuthn.enable")
    tool.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    page.goto(f"{served.base}/invitation")
    page.fill("[name=code]", code)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("main form button.button")
    page.click("form[data-passkey=create] button.button")
    page.wait_for_url("**/me/codes", timeout=60_000)
    page.goto(f"{served.base}/sign-out")
    page.click("main form button.button")
    page.wait_for_url("**/sign-in", timeout=60_000)
    page.click("form[data-passkey=get] button.button")
    page.wait_for_url(f"{served.base}/", timeout=60_000)
    assert page.goto(f"{served.base}/me").status == 200  # type: ignore[union-attr] # it answers
    context.close()
