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
    """A public key that this node knows to be an authority's."""

    key_id = DigestField(primary_key=True)
    state = models.CharField(max_length=2)
    authority = models.CharField(max_length=_NAME)
    document = BytesField()
    known_since = InstantField()


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


class Standing(Record):
    """Where a dossier stands; derived."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, primary_key=True, related_name="+")
    state = models.CharField(max_length=_NAME)
    outcomes = BytesField()


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
        """One deadline for one clock started by one act."""

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
