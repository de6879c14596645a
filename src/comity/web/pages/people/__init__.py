"""People: who may act in which roles, who is on duty, and the authority's keys."""
