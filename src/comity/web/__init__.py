"""The doors: the peers' (other nodes, providers) and the desk's (people, programs)."""
