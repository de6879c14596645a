"""What all tests share: how hard properties are tried; tables and pages that Django knows."""

from __future__ import annotations

import os

from django.conf import settings as django_settings
from hypothesis import HealthCheck, settings

from comity.app import databases

# All tables are there, as on a node; only tests of pages go through the pages' middleware.
databases.configure_django(has_pages=True)
django_settings.MIDDLEWARE = databases.DOOR_MIDDLEWARE

settings.register_profile(
    "quick", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("night", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("COMITY_HYPOTHESIS", "quick"))
