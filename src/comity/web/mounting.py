"""Which routes a door has: those of every part of the web that is there."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path


def mount(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    """Return the routes of ``module`` under ``prefix``; none where there is no such module.

    Only its absence is passed over: a module that is there and cannot be imported says so.
    """
    package = module.rpartition(".")[0]
    if find_spec(package) is None or find_spec(module) is None:
        return []
    return [path(prefix, include(module))]
