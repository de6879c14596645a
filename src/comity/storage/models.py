"""The tables. One model for each row of ``comity.service.rows``, and people who sign in.

Constraints stand in the database as well as in the code: unique keys, no negative
numbers, known words only. Nothing relies on sequences for order, on triggers, or on
features that only one database has.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q

from comity.storage.fields import BytesField, DigestField, IdentField, InstantField

_NAME = 200
_TREATY = 400


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. ``actor`` is what acts name: opaque, told to nobody else."""

    login = models.CharField(max_length=_NAME, unique=True)
    actor = models.CharField(max_length=_NAME, unique=True)
    roles = models.TextField(default="")
    mail = models.CharField(max_length=_TREATY, default="", blank=True)
    language = models.CharField(max_length=35, default="en")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["actor"]
    objects = BaseUserManager["Person"]()

    def __str__(self) -> str:
        """Return the opaque name."""
        return self.actor


class Record(models.Model):
    """What all our tables share."""

    class Meta:
        """No table of its own."""

        abstract = True

    def __str__(self) -> str:
        """Return which row it is."""
        return str(self.pk)


class Key(Record):
    """A public key that an authority calls its own."""

    key_id = DigestField()
    state = models.CharField(max_length=2)
    authority = models.CharField(max_length=_NAME)
    document = BytesField()
    known_since = InstantField()

    class Meta:
        """Two may call one key theirs; neither loses it by that."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key_id", "state", "authority"], name="key_of_authority"
            )
        ]


class Act(Record):
    """A signed act."""

    chain = IdentField()
    holder = models.CharField(max_length=2)
    track = models.CharField(max_length=9)
    number = models.PositiveIntegerField()
    digest = DigestField(unique=True)
    step = models.CharField(max_length=_NAME)
    side = models.CharField(max_length=_NAME)
    at = InstantField()
    envelope = BytesField()

    class Meta:
        """No two acts share a place in a chain."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["chain", "holder", "track", "number"], name="act_place"
            ),
            models.CheckConstraint(condition=Q(track__in=["exchanged", "house"]), name="act_track"),
        ]


class Content(Record):
    """What an act covers, sealed."""

    chain = IdentField()
    digest = DigestField()
    generation = models.PositiveIntegerField()
    sealed = BytesField()

    class Meta:
        """One content of one digest in a chain."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain", "digest"], name="content_key")
        ]


class Citation(Record):
    """Which house act an outward citation means, sealed."""

    chain = IdentField()
    citation = DigestField()
    generation = models.PositiveIntegerField()
    sealed = BytesField()

    class Meta:
        """One meaning for one citation."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain", "citation"], name="citation_key")
        ]


class Identity(Record):
    """The age identity of a chain, wrapped; null when destroyed."""

    chain = IdentField()
    generation = models.PositiveIntegerField()
    recipient = models.TextField()
    wrapped = BytesField(null=True)

    class Meta:
        """Generations are numbered within a chain."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain", "generation"], name="identity_key")
        ]


class Investigation(Record):
    """A State's own group of dossiers."""

    ident = IdentField(primary_key=True)
    version = models.PositiveIntegerField()
    opened = InstantField()


class Dossier(Record):
    """The head of a dossier."""

    ident = IdentField(primary_key=True)
    version = models.PositiveIntegerField()
    process = models.CharField(max_length=_NAME)
    side = models.CharField(max_length=_NAME)
    counterpart = models.CharField(max_length=2)
    counterpart_authority = models.CharField(max_length=_NAME)
    basis = models.CharField(max_length=_TREATY)
    channel = models.CharField(max_length=20)
    exercise = models.BooleanField()
    opened = InstantField()
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    investigation = models.ForeignKey(Investigation, models.PROTECT, null=True, related_name="+")
    priority = models.CharField(max_length=20, default="routine")


class Standing(Record):
    """Where a dossier stands; derived."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, primary_key=True, related_name="+")
    state = models.CharField(max_length=_NAME)
    outcomes = BytesField()

    class Meta:
        """Found by where a dossier stands."""

        indexes: ClassVar = [models.Index(fields=["state", "dossier"], name="standing_state")]


class Deadline(Record):
    """What is owed until when; derived."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    clock = models.CharField(max_length=_NAME)
    act = DigestField()
    owed_by = models.CharField(max_length=_NAME)
    starts_at = InstantField(null=True)
    due = InstantField(null=True, db_index=True)
    earliest = InstantField(null=True)
    state = models.CharField(max_length=20)
    waits_for = models.CharField(max_length=20, blank=True)
    ended_at = InstantField(null=True)
    nature = models.CharField(max_length=20)
    at_its_time = models.CharField(max_length=20)
    law = models.CharField(max_length=_NAME)
    means = models.TextField()

    class Meta:
        """One deadline for one clock started by one act; found by what is open, first due first."""

        indexes: ClassVar = [models.Index(fields=["state", "due"], name="deadline_due")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "clock", "act"], name="deadline_key")
        ]


class Outbox(Record):
    """A message that must go out; derived, but for its attempts."""

    act = DigestField(primary_key=True)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    message = DigestField(unique=True)
    receiver = models.CharField(max_length=_TREATY)
    channel = models.CharField(max_length=20)
    made = InstantField()
    due = InstantField(db_index=True)
    attempts = models.PositiveIntegerField()
    delivered = InstantField(null=True)


class Job(Record):
    """Work to do."""

    ident = IdentField(primary_key=True)
    kind = models.CharField(max_length=_NAME)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    generation = models.PositiveIntegerField()
    sealed = BytesField()
    due = InstantField()
    lease_until = InstantField(null=True)
    fence = models.PositiveIntegerField()
    attempts = models.PositiveIntegerField()
    state = models.CharField(max_length=9)
    trouble = models.CharField(max_length=_NAME, blank=True)

    class Meta:
        """Found by when it is due."""

        indexes: ClassVar = [models.Index(fields=["state", "due"], name="job_due")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "done", "stopped"]), name="job_state"
            ),
        ]


class Intake(Record):
    """One taking-in of evidence."""

    job = models.OneToOneField(Job, models.PROTECT, primary_key=True, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    act = DigestField(unique=True)
    objects_count = models.PositiveBigIntegerField(db_column="objects")
    size = models.PositiveBigIntegerField()
    irregular = models.PositiveBigIntegerField()
    rows = DigestField()
    root = DigestField()
    volumes = DigestField()
    generation = models.PositiveIntegerField()


class Exhibit(Record):
    """One object taken in."""

    ident = IdentField(unique=True)
    job = models.ForeignKey(Intake, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    serial = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    leaf = DigestField()

    class Meta:
        """Serials count within an intake."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "serial"], name="exhibit_key")
        ]


class Volume(Record):
    """An encrypted volume."""

    job = models.ForeignKey(Job, models.PROTECT, related_name="+")
    fence = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    blob = DigestField()
    size = models.PositiveBigIntegerField()

    class Meta:
        """Numbered within one worker's turn at a job."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "fence", "number"], name="volume_key")
        ]


class Package(Record):
    """A sealed package."""

    ident = IdentField(primary_key=True)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="+")
    intake = models.OneToOneField(Intake, models.PROTECT, related_name="+")
    job = models.OneToOneField(Job, models.PROTECT, related_name="+")
    act = DigestField(unique=True)
    statement = DigestField()
    root = DigestField()
    volumes = DigestField()
    objects_count = models.PositiveBigIntegerField(db_column="objects")
    sealed_at = InstantField()
    generation = models.PositiveIntegerField()


class Trust(Record):
    """Signed metadata of a directory that was verified: the last of each name."""

    name = models.CharField(primary_key=True, max_length=_TREATY)
    version = models.PositiveIntegerField()
    document = BytesField()
    source = models.CharField(max_length=_TREATY, blank=True)
    fetched = InstantField()
    expires = InstantField(null=True)


class Authority(Record):
    """The card of an authority, as its State signed it. ``is_listed`` until its State drops it."""

    state = models.CharField(max_length=_NAME)
    authority = models.CharField(max_length=_TREATY, blank=True)
    version = models.PositiveIntegerField()
    document = BytesField()
    source = models.CharField(max_length=_TREATY, blank=True)
    seen = InstantField()
    is_listed = models.BooleanField()

    class Meta:
        """Its place, and how it is found."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["state", "authority"], name="authority_key")
        ]


class Letter(Record):
    """A message or a receipt of ours on its way: made once, so that its name stays its digest."""

    message = DigestField(primary_key=True)
    kind = models.CharField(max_length=_NAME)
    dossier = IdentField(null=True)
    act = DigestField(null=True)
    receiver_state = models.CharField(max_length=_TREATY, blank=True)
    receiver_authority = models.CharField(max_length=_TREATY, blank=True)
    priority = models.CharField(max_length=_NAME)
    statement = BytesField()
    body = BytesField(null=True)
    made = InstantField()
    due = InstantField()
    relay_by = InstantField(null=True)
    deliver_by = InstantField(null=True)
    retrieve_by = InstantField(null=True)
    lease_until = InstantField(null=True)
    fence = models.PositiveIntegerField()
    attempts = models.PositiveIntegerField()
    state = models.CharField(max_length=_NAME)
    trouble = models.CharField(max_length=_TREATY, blank=True)

    class Meta:
        """Its place, and how it is found."""

        indexes: ClassVar = [
            models.Index(fields=["state", "due"], name="letter_due"),
            models.Index(fields=["dossier"], name="letter_dossier"),
            models.Index(fields=["act"], name="letter_act"),
        ]


class Inbox(Record):
    """A message that came in: kept before it is read, and dealt with once."""

    message = DigestField(primary_key=True)
    sender_state = models.CharField(max_length=_TREATY, blank=True)
    sender_authority = models.CharField(max_length=_TREATY, blank=True)
    priority = models.CharField(max_length=_NAME)
    statement = BytesField()
    body = BytesField(null=True)
    received = InstantField()
    due = InstantField()
    deliver_by = InstantField(null=True)
    retrieve_by = InstantField(null=True)
    retrieved = InstantField(null=True)
    dossier = IdentField(null=True)
    act = DigestField(null=True)
    lease_until = InstantField(null=True)
    fence = models.PositiveIntegerField()
    attempts = models.PositiveIntegerField()
    state = models.CharField(max_length=_NAME)
    trouble = models.CharField(max_length=_TREATY, blank=True)

    class Meta:
        """Its place, and how it is found."""

        indexes: ClassVar = [
            models.Index(fields=["state", "due"], name="inbox_due"),
            models.Index(fields=["dossier"], name="inbox_dossier"),
            models.Index(fields=["act"], name="inbox_act"),
        ]


class Receipt(Record):
    """A signed receipt, ours or theirs, for a message, ours or theirs."""

    message = DigestField()
    event = models.CharField(max_length=_NAME)
    state = models.CharField(max_length=_NAME)
    authority = models.CharField(max_length=_TREATY, blank=True)
    at = InstantField()
    reason = models.TextField(blank=True)
    envelope = BytesField()
    dossier = IdentField(null=True)
    act = DigestField(null=True)

    class Meta:
        """Its place, and how it is found."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "event"], name="receipt_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["dossier"], name="receipt_dossier"),
            models.Index(fields=["at"], name="receipt_at"),
        ]


class Finding(Record):
    """What was refused, or is odd, kept for a person; ``evidence`` are the bytes, bounded."""

    ident = IdentField(primary_key=True)
    kind = models.CharField(max_length=_NAME)
    at = InstantField()
    source = models.CharField(max_length=_TREATY, blank=True)
    says = models.TextField(blank=True)
    evidence = BytesField()
    seen_by = models.CharField(max_length=_TREATY, blank=True)
    seen_at = InstantField(null=True)
    day = models.CharField(max_length=_NAME, blank=True, default="")
    more = models.PositiveIntegerField(default=0)

    class Meta:
        """Its place, and how it is found."""

        indexes: ClassVar = [
            models.Index(fields=["at"], name="finding_at"),
            models.Index(fields=["source", "day"], name="finding_day"),
        ]


class Nonce(Record):
    """A nonce of a signed request; kept until the request would be too old anyway."""

    peer = models.CharField(max_length=_TREATY, blank=True)
    nonce = models.CharField(max_length=_TREATY, blank=True)
    until = InstantField()

    class Meta:
        """Its place, and how it is found."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "nonce"], name="nonce_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["until"], name="nonce_until"),
        ]


class Transfer(Record):
    """A package on its way between two authorities. ``direction`` is ``out`` or ``in``."""

    ident = IdentField(primary_key=True)
    version = models.PositiveIntegerField()
    direction = models.CharField(max_length=_NAME)
    dossier = IdentField()
    package = IdentField()
    job = IdentField(null=True)
    act = DigestField(null=True)
    descriptor = DigestField(null=True)
    peer_state = models.CharField(max_length=_TREATY, blank=True)
    peer_authority = models.CharField(max_length=_TREATY, blank=True)
    size = models.PositiveBigIntegerField()
    got = models.PositiveBigIntegerField()
    made = InstantField()
    state = models.CharField(max_length=_NAME)
    trouble = models.CharField(max_length=_TREATY, blank=True)

    class Meta:
        """Its place, and how it is found."""

        indexes: ClassVar = [
            models.Index(fields=["dossier"], name="transfer_dossier"),
        ]


class Piece(Record):
    """One chunk of one volume of a transfer, or of an upload (volume 0); at most 8 MiB."""

    transfer = IdentField()
    volume = models.PositiveIntegerField()
    chunk = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    blake3 = BytesField()
    blob = DigestField(null=True)

    class Meta:
        """Its place, and how it is found."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transfer", "volume", "chunk"], name="piece_key")
        ]


class Received(Record):
    """A package that came from elsewhere, verified, and kept under our own identity."""

    ident = IdentField(primary_key=True)
    dossier = IdentField()
    transfer = IdentField()
    job = IdentField()
    act = DigestField()
    statement = DigestField()
    root = DigestField()
    volumes = DigestField()
    objects_count = models.PositiveBigIntegerField()
    sealed_at = InstantField()
    generation = models.PositiveBigIntegerField()

    class Meta:
        """Its place, and how it is found."""

        indexes: ClassVar = [
            models.Index(fields=["dossier"], name="received_dossier"),
        ]


class Return(Record):
    """An upload: a provider's return to an order, or evidence that an officer brings."""

    ident = IdentField(primary_key=True)
    version = models.PositiveIntegerField()
    dossier = IdentField()
    order = models.CharField(max_length=_TREATY, blank=True, db_column="order_name")
    provider = models.CharField(max_length=_TREATY, blank=True)
    is_identified = models.BooleanField()
    code = DigestField(null=True)
    statement = BytesField()
    size = models.PositiveBigIntegerField()
    got = models.PositiveBigIntegerField()
    made = InstantField()
    until = InstantField()
    state = models.CharField(max_length=_NAME)

    class Meta:
        """Its place, and how it is found."""

        indexes: ClassVar = [
            models.Index(fields=["dossier"], name="return_dossier"),
        ]


class ReturnCode(Record):
    """A code that opens one return or answer to one order; only its digest is kept."""

    code = DigestField(primary_key=True)
    dossier = IdentField()
    order = models.CharField(max_length=_TREATY, blank=True, db_column="order_name")
    provider = models.CharField(max_length=_TREATY, blank=True)
    made = InstantField()
    until = InstantField()
    used = InstantField(null=True)

    class Meta:
        """Its place, and how it is found."""

        indexes: ClassVar = [
            models.Index(fields=["dossier"], name="returncode_dossier"),
        ]


class Order(Record):
    """An order that was issued, by the digest of its signed file."""

    order = models.CharField(primary_key=True, max_length=_TREATY)
    dossier = IdentField()
    provider = models.CharField(max_length=_TREATY, blank=True)
    made = InstantField()
    until = InstantField()
    served = DigestField()
    revoked = InstantField(null=True)

    class Meta:
        """Its place, and how it is found."""

        indexes: ClassVar = [
            models.Index(fields=["dossier"], name="order_dossier"),
        ]


class Token(Record):
    """A secret of a person, by its digest. ``purpose``: ``api``, ``invitation``, ``reset``."""

    digest = DigestField(primary_key=True)
    actor = models.CharField(max_length=_TREATY, blank=True)
    purpose = models.CharField(max_length=_NAME)
    label = models.CharField(max_length=_TREATY, blank=True)
    made = InstantField()
    until = InstantField()
    used = InstantField(null=True)
    revoked = InstantField(null=True)


class Roster(Record):
    """Who is on duty: the lowest ``place`` is told first. No bounds: always."""

    place = models.PositiveIntegerField(primary_key=True)
    actor = models.CharField(max_length=_TREATY, blank=True)
    begins = InstantField(null=True)
    ends = InstantField(null=True)


class Notice(Record):
    """What the duty roster is to be told, without content; goes on until acknowledged."""

    ident = IdentField(primary_key=True)
    kind = models.CharField(max_length=_NAME)
    priority = models.CharField(max_length=_NAME)
    dossier = IdentField(null=True)
    made = InstantField()
    due = InstantField()
    step = models.PositiveIntegerField()
    lease_until = InstantField(null=True)
    fence = models.PositiveIntegerField()
    attempts = models.PositiveIntegerField()
    acknowledged_by = models.CharField(max_length=_TREATY, blank=True)
    acknowledged_at = InstantField(null=True)
    state = models.CharField(max_length=_NAME)
    trouble = models.CharField(max_length=_TREATY, blank=True)

    class Meta:
        """Its place, and how it is found."""

        indexes: ClassVar = [
            models.Index(fields=["state", "due"], name="notice_due"),
            models.Index(fields=["dossier"], name="notice_dossier"),
        ]


class Repeat(Record):
    """The answer to a request that bore an idempotency key: said again, not done again."""

    actor = models.CharField(max_length=_TREATY, blank=True)
    key = models.CharField(max_length=_TREATY, blank=True, db_column="key_name")
    request = DigestField()
    status = models.PositiveIntegerField()
    answer = BytesField()
    made = InstantField()

    class Meta:
        """Its place, and how it is found."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["actor", "key"], name="repeat_key")
        ]


class Draft(Record):
    """What one person has half-written on one page of a dossier's form, sealed."""

    dossier = IdentField()
    actor = models.CharField(max_length=_TREATY)
    section = models.CharField(max_length=_NAME)
    version = models.PositiveIntegerField()
    generation = models.PositiveIntegerField()
    sealed = BytesField()
    at = InstantField()

    class Meta:
        """One for each page and person; found by when it was last written."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "actor", "section"], name="draft_key")
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="draft_at")]
