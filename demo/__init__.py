"""The demonstration: the State XA plays its side of the case, alone."""
