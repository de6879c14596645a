"""evidence."""

from comity.web.api.asking import Door

door = Door("evidence")
