"""Papers of a dossier as PDF/A with the acts inside, and the whole dossier as one folder."""
