"""What can be wrong with orders, revocations, and what is asked about them."""

from __future__ import annotations

from comity.base.errors import AskedWrongly, DoesNotVerify


class OrderRefused(DoesNotVerify):
    """The order, or the revocation, is not what it claims to be."""

    code = "order/refused"
    remedy = "Do not act on it; call the authority on the number in the directory."


class OrderImpossible(AskedWrongly):
    """An order, or a revocation, cannot say this."""

    code = "order/impossible"
    remedy = "The fields and their bounds are listed in docs/protocol/order.md."


class FileNotRead(AskedWrongly):
    """The file that was named could not be read or written."""

    code = "order/file"
    remedy = "Look at the name, and at who may read the file or write in its folder."


class AnswerImpossible(AskedWrongly):
    """An answer, or a return, cannot say this."""

    code = "answer/impossible"
    remedy = "The codes and what each carries are listed in docs/protocol/provider.md."


class CallRefused(DoesNotVerify):
    """This call is not signed by whom it says."""

    code = "provider/call"
    remedy = "Sign it anew with the key that stands in the directory, by a clock that is right."
