"""What can be wrong with seals, key files and encrypted files."""

from __future__ import annotations

from comity.base.errors import AskedWrongly, DoesNotVerify, Malformed, NotPermitted, OutOfReach


class SealBroken(DoesNotVerify):
    """The seal does not match what it seals."""

    code = "seal/broken"
    remedy = "Ask the sealing authority to hand it over again; keep this copy."


class OtherKey(SealBroken):
    """The seal was made with another key than the one it is compared with."""

    code = "seal/other-key"
    remedy = "Ask the authority which key it seals with, by a channel you know already."


class HeaderBroken(Malformed):
    """The head of the encrypted file is not as the age format prescribes."""

    code = "age/header"


class ArmorRefused(HeaderBroken):
    """The encrypted file is in text form (armor), which is not read here."""

    code = "age/armor"
    remedy = "Turn it into the binary form, or ask for it without armor."


class HeaderForged(DoesNotVerify):
    """The head of the encrypted file was changed after it was written."""

    code = "age/header-changed"
    remedy = "Ask the sender for the original again; keep this copy."


class PayloadBroken(DoesNotVerify):
    """The encrypted content was changed, cut short or lengthened."""

    code = "age/payload"
    remedy = "Ask the sender for the original again; keep this copy."


class NoMatch(AskedWrongly):
    """None of the keys or passphrases at hand opens this encrypted file."""

    code = "age/no-match"
    remedy = "Find the key of the receiver that it was encrypted to."


class KeyFileExposed(NotPermitted):
    """Others on this machine may read or change the key file."""

    code = "seal/key-exposed"
    remedy = "Make a new key, or take the others' rights away (chmod 600) if none has used them."


class KeyFileExists(AskedWrongly):
    """There is a file of this name already; key files are never overwritten."""

    code = "seal/key-exists"
    remedy = "Name another place, or put the old key away first."


class KeyFileLocked(AskedWrongly):
    """The key file is locked with a passphrase, and none, or a wrong one, was given."""

    code = "seal/key-locked"
    remedy = (
        "Name the file with its passphrase: --passphrase-file, "
        "or COMITY_PASSPHRASE_FILE for a node."
    )


class KeyFileDamaged(Malformed):
    """The file does not hold a key in the form that it should have."""

    code = "seal/key-damaged"
    remedy = "Name another file, or put back the copy of the key that was kept."


class KeyFileUnreachable(OutOfReach):
    """The key file could not be read or written."""

    code = "seal/key-unreachable"
