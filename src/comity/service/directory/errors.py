"""What the directory of a node may refuse."""

from __future__ import annotations

from comity.base.errors import AskedWrongly


class UnknownAuthority(AskedWrongly):
    """The directory of this node knows no such authority."""

    code = "directory/unknown-authority"
    remedy = "Look at `comity directory show`; refresh it, or pair with the State."


class UnknownState(AskedWrongly):
    """This node does not know the State, so nothing new of it can be believed."""

    code = "directory/unknown-state"
    remedy = "Give the fingerprint of the State's keys, from its note verbale: --fingerprint."
