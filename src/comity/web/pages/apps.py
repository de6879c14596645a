"""The desk's pages as Django knows them."""

from __future__ import annotations

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Templates, tags and static files of the pages."""

    name = "comity.web.pages"
    label = "pages"

    def ready(self) -> None:
        """Let every session know when it began, by whatever way somebody signs in."""
        from django.contrib.auth.signals import (  # noqa: PLC0415 - Django's tables come first
            user_logged_in,
        )

        from comity.web.pages.accounts.lifetimes import (  # noqa: PLC0415 - as above
            begin_session,
        )

        user_logged_in.connect(begin_session, dispatch_uid="comity-begin-session")
