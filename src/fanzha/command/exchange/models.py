"""Models of the exchange: collections, their readers, encoded objects, and records of objects given to readers."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.exchange.feed_models import Feed, FeedCount, FeedFormat, FeedItem
from fanzha.command.web.scoping import Scoped, unscoped
from fanzha.command.web.viewer import Viewer

__all__ = [
    "CEILINGS",
    "AdditionStatus",
    "Collection",
    "CollectionReader",
    "Feed",
    "FeedCount",
    "FeedFormat",
    "FeedItem",
    "GivenCount",
    "PendingShare",
    "SharedObject",
    "WithheldCount",
]

_ACCESS = unscoped("a collection is readable by those whom its owner lets read it")

#: Labels under which something may leave, from open to strict. TLP:RED is none of them.
CEILINGS = (Marking.CLEAR, Marking.GREEN, Marking.AMBER, Marking.AMBER_STRICT)


class Collection(Scoped):
    """What an organisation shares with named others: its verdicts on some kinds, up to a marking.

    `ceiling` is the strictest marking that goes in. `kinds` are kinds of subjects (none: all), `level` is the lowest
    level. Unless `with_findings`, only what a person or process decided goes in. `is_abroad`: a reader is in another
    country, so that no personal data goes in and the foreign gate decides. `last_added_at` is the latest `added_at` of
    its objects: the row is locked while some are added, so that ids, times and commits have one order. `first_versions`
    counts its objects without their versions.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    taxii_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    ceiling = models.CharField(max_length=16, default=Marking.AMBER)
    kinds = models.JSONField(default=list)
    level = models.CharField(max_length=10, default=Level.SUSPECTED)
    with_findings = models.BooleanField(default=False)
    is_abroad = models.BooleanField(default=False)
    licence = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    last_added_at = models.DateTimeField(null=True)
    first_versions = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["owner", "-id"], name="collection_of_owner")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return the title in the reader's language."""
        return self.title_zh if (get_language() or "").startswith("zh") else self.title_en

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for collections of the own organisation, and for those that it may read."""
        grants = _ACCESS.rows(CollectionReader).filter(
            collection=OuterRef("pk"), reader=viewer.organization, ended_at=None
        )
        return Q(owner=viewer.organization) | Q(Exists(grants))


class CollectionReader(Scoped):
    """An organisation that reads a collection, for a purpose; `may_add`: it may add objects of its own.

    `country` is the ISO 3166 code of another country, "" at home; such a reader reads what the foreign gate lets pass.
    """

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="readers")
    reader = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True)
    may_add = models.BooleanField(default=False)
    given_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["collection", "reader"], condition=Q(ended_at=None), name="one_grant_a_reader"
            )
        ]

    def __str__(self) -> str:
        return f"{self.collection_id} to {self.reader_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for grants of own collections, and to the own organisation."""
        return Q(collection__owner=viewer.organization) | Q(reader=viewer.organization)


class SharedObject(Scoped):
    """One version of one STIX object in a collection, encoded when it was added: requests only join bodies.

    `version` is the text of `modified`, or of `created` where an object has no versions; `version_at` is the same in
    UTC microseconds. `added_at` is greater than that of all earlier rows of the collection, so that paging by id and
    reading what was added since a moment follow one order. `source` is the organisation that made it, `about` the
    digest of the subject or campaign that it belongs to, "" for others. `leaves_as` is as what it may go to another
    country, "" for an object that is about no subject. `block` is its part of a feed of files, the
    same in all versions.
    """

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="objects_in_it", db_index=False)
    stix_id = models.CharField(max_length=120)
    stix_type = models.CharField(max_length=60)
    version = models.CharField(max_length=40)
    version_at = models.BigIntegerField()
    added_at = models.DateTimeField()
    is_first = models.BooleanField(default=True)
    is_last = models.BooleanField(default=True)
    is_revoked = models.BooleanField(default=False)
    marking = models.CharField(max_length=16)
    source = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", db_index=False)
    about = models.CharField(max_length=32, blank=True)
    leaves_as = models.CharField(max_length=12, blank=True)
    block = models.PositiveIntegerField(default=0)
    body = models.BinaryField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "stix_id", "version_at"], name="one_object_a_version")
        ]
        indexes: ClassVar = [
            models.Index(fields=["collection", "id"], name="shared_object_last", condition=Q(is_last=True)),
            models.Index(fields=["collection", "id"], name="shared_object_page"),
            models.Index(fields=["collection", "stix_type", "id"], name="shared_object_type"),
            models.Index(fields=["collection", "added_at"], name="shared_object_added"),
            models.Index(
                fields=["collection", "block", "added_at", "marking"],
                name="shared_object_block",
                condition=Q(is_last=True, stix_type="indicator"),
            ),
            models.Index(
                fields=["collection", "about"], name="shared_object_about", condition=Q(is_last=True) & ~Q(about="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stix_id} {self.version}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for objects of collections that the viewer's organisation may read."""
        return Q(collection__in=_ACCESS.rows(Collection).filter(Collection.readable(viewer)).values("pk"))


class PendingShare(models.Model):
    """A subject whose verdict changed and that is not in its owner's collections yet."""

    owner = models.ForeignKey("organizations.Organization", models.CASCADE, related_name="+", db_index=False)
    subject = models.ForeignKey("subjects.Subject", models.CASCADE, related_name="+", db_index=False)
    queued_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["subject"], name="pending_share_subject")]

    def __str__(self) -> str:
        return f"{self.subject_id} of {self.owner_id}"


class GivenCount(Scoped):
    """How many objects of a collection an organisation read within one hour of UTC; logged once the hour is over."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="given_counts")
    receiver = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    hour = models.DateTimeField()
    requests = models.PositiveIntegerField(default=0)
    objects_given = models.PositiveBigIntegerField(default=0)
    logged_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-hour", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "receiver", "hour"], name="one_given_count_an_hour")
        ]
        indexes: ClassVar = [
            models.Index(fields=["hour"], name="given_count_unlogged", condition=Q(logged_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.receiver_id}: {self.objects_given}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for counts of own collections, and of what the own organisation read."""
        return Q(collection__owner=viewer.organization) | Q(receiver=viewer.organization)


class WithheldCount(Scoped):
    """How many statements the release gate kept back from a collection, by reason."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="withheld_counts")
    reason = models.CharField(max_length=20)
    count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["reason"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["collection", "reason"], name="one_withheld_count_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.reason}: {self.count}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for counts of own collections."""
        return Q(collection__owner=viewer.organization)


class AdditionStatus(Scoped):
    """The result of a request that added objects to a collection (TAXII 2.1 §4.3)."""

    ref = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    collection = models.ForeignKey(Collection, models.CASCADE, related_name="+")
    requested_at = models.DateTimeField()
    successes = models.JSONField(default=list)
    failures = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = _("addition statuses")

    def __str__(self) -> str:
        return str(self.ref)
