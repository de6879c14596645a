"""Where rows and blobs are kept: Django models on SQLite or PostgreSQL, memory, a folder on disk.

It implements the ports that ``comity.service.ports`` declares. Only ``comity.app`` imports it.
"""
