"""What reaches outside: other nodes over TLS, mail. Implements the ports of ``service``."""
