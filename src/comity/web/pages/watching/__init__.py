"""Watching: investigations, the directory, findings, letters, and work that takes long."""
