"""watching."""

from comity.web.api.asking import Door

door = Door("watching")
