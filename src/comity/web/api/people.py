"""people."""

from comity.web.api.asking import Door

door = Door("people")
