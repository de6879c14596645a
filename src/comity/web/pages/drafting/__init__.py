"""Drafting a request: opening a dossier, its form, checking and sending; import of a list."""
