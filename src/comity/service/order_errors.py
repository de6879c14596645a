"""What can be wrong with what a provider sends."""

from __future__ import annotations

from comity.base.errors import DoesNotVerify, NotPermitted, OutOfReach
from comity.service.errors import NotThere


class UnknownOrder(NotThere):
    """No order of that name was issued here."""

    code = "provider/unknown-order"
    remedy = "Verify the order; call the authority back on the number in the directory."


class OtherOrder(DoesNotVerify):
    """This was said of another order, or by another provider than the one addressed."""

    code = "provider/other-order"
    remedy = "Look at which order it was, and answer from the file as it was served."


class NotIdentified(DoesNotVerify):
    """It is not shown who says this: neither by the provider's key nor by a code."""

    code = "provider/not-identified"
    remedy = "Sign with the key that stands in the directory, or ask the authority for a code."


class WrongTime(DoesNotVerify):
    """This is dated before its order, or ahead of our clock."""

    code = "provider/time"
    remedy = "Set the clock of the machine right, then say it anew."


class CodeRefused(DoesNotVerify):
    """This code opens nothing: it is mistyped, used, over, or for another order."""

    code = "provider/code"
    remedy = "Ask the authority for a new code, by telephone or however it was told to you."


class CodesResting(OutOfReach):
    """Too many wrong codes came for this order; all codes for it rest for a while."""

    code = "provider/codes-resting"
    remedy = "Try again in a quarter of an hour, or sign with the key in the directory."


class OrderOver(NotPermitted):
    """The order binds no more, so nothing is taken on it."""

    code = "provider/order-over"
    remedy = "Hand nothing over; call the authority back on the number in the directory."
