"""The error of this package."""

from comity.base.errors import AskedWrongly


class IdentifierRefused(AskedWrongly):
    """This is not an identifier that a request can name."""

    code = "domain/identifier"
    remedy = "Compare it with the example of its kind, and with the source it was taken from."
