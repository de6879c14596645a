"""What all tests share: how hard properties are tried."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("night", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("COMITY_HYPOTHESIS", "quick"))
