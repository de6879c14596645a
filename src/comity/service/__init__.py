"""The verbs: one verb, one function, one transaction.

A verb is a sentence of the work: *open a dossier*, *take a step*, *record a reply*, *take in
evidence*. In one transaction it writes the signed act, what the act changes (standing,
deadlines) and the message that must go out. What it needs from outside it names in
``ports``; what is kept is listed in ``rows``.
"""
