"""The dossier: where it stands, what comes next, what was done by whom, and doing it."""
