"""Evidence: taken in, sealed, verified, disclosed in part; ships alone as the verifier."""
