"""What other States' nodes may call: small enough to be audited alone."""
