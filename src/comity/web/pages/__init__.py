"""The desk: pages for the people of the case."""
