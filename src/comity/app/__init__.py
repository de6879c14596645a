"""The one place that joins outside to inside: settings, and every constructor call."""
