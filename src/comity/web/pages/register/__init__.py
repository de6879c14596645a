"""The register of all dossiers, with both sides' file numbers; and search."""
