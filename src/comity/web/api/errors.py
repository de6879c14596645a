"""What this door itself refuses."""

from __future__ import annotations

from comity.base.errors import AskedWrongly, NotPermitted


class BodyRefused(AskedWrongly):
    """The body of the request is not as this route takes it."""

    code = "api/body"
    remedy = "Compare it with docs/openapi.json; every name is listed there and no other is taken."


class QueryRefused(AskedWrongly):
    """The request's address or headers are not as this route takes them."""

    code = "api/query"
    remedy = "Compare it with docs/openapi.json; every name is listed there and no other is taken."


class LengthMissing(AskedWrongly):
    """A body must say how long it is."""

    code = "api/length-missing"
    remedy = "Send Content-Length; a body in chunks is not taken."


class BodyTooLarge(AskedWrongly):
    """The body is larger than this route takes."""

    code = "api/too-large"
    remedy = "Send evidence as an upload, in pieces; a document of a step has at most 32 MiB."


class KeyMissing(AskedWrongly):
    """Without an idempotency key this could be done twice."""

    code = "api/key-missing"
    remedy = "Send Idempotency-Key with a new random value, and the same one when you repeat."


class NotYourRole(NotPermitted):
    """You do not hold this role."""

    code = "api/not-your-role"
    remedy = "Name one of your own roles; GET me lists them."


class NoPermission(NotPermitted):
    """None of your roles may do this."""

    code = "api/no-permission"
    remedy = "Ask somebody whose role it is; docs/api.md lists which roles may."


class Unauthenticated(NotPermitted):
    """This door opens with a token, and none that is good was shown."""

    code = "api/unauthenticated"
    remedy = "Send Authorization: Bearer and a token that is yours, has not ended nor was revoked."


class TooManyTries(NotPermitted):
    """Too many tokens that are none came from this address."""

    code = "api/too-many-tries"
    remedy = "Wait a minute; then use a token that is good."


class MediaRefused(AskedWrongly):
    """This route takes another kind of body."""

    code = "api/media"
    remedy = "Send application/json; pieces of an upload go as application/octet-stream."
