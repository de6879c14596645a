"""What needs me: the first page."""
