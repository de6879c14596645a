"""Databases that several processes share."""

from tests.stores import place, postgres_server, sqlite_template

__all__ = ["place", "postgres_server", "sqlite_template"]
