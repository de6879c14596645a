"""The public page for providers: is this order genuine? Answer it; return what it demands.

It is shown at two doors: at the desk's with all that pages have there, and at the peers' TLS
listener without sessions, cookies or script (docs/protocol/provider.md).
"""
