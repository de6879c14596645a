"""The stores that every contract is tried on."""

from tests.stores import place, postgres_server, sqlite_template, store

__all__ = ["place", "postgres_server", "sqlite_template", "store"]
