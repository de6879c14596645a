"""The desk's door for programs: every verb as a route (``docs/api.md``)."""
