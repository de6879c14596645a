"""Signing in: who may come to the desk, by which means, and for how long."""
