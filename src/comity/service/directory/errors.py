"""What the directory of a node may refuse."""

from __future__ import annotations

from comity.base.errors import AskedWrongly


class UnknownAuthority(AskedWrongly):
    """The directory of this node knows no such authority."""

    code = "directory/unknown-authority"
    remedy = "Look at `comity directory show`; refresh it, or pair with the State."
