"""Models of number tags: taggers with their record, tags, proofs of numbers, and disputes of owners."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer


class TagCategory(models.TextChoices):
    """What a tag says."""

    FRAUD = "fraud", _("suspected fraud")
    HARASSMENT = "harassment", _("harassment")
    ADVERTISING = "advertising", _("advertising")
    COLLECTION = "collection", _("debt collection")
    OTHER = "other", _("other nuisance")


class Tagger(models.Model):
    """Somebody who tags, by a keyed hash, and how many of the tags were confirmed and refuted."""

    key_hash = models.CharField(max_length=32, unique=True)
    confirmed = models.PositiveIntegerField(default=0)
    refuted = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.key_hash


class TagOutcome(models.TextChoices):
    """The outcome of a checked tag."""

    CONFIRMED = "confirmed", _("confirmed")
    REFUTED = "refuted", _("refuted")


class Tag(Scoped):
    """One tag on a value by one tagger; a later one of the same tagger and category replaces it.

    `value` is canonical. `block` and `text` are keyed hashes of the tagger's address block and of the report's text,
    "" if unknown. `owner` is the organisation that took the tag in. `is_bulk`: its program or file sent it, so that all
    such tags of one organisation are one source.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=400)
    category = models.CharField(max_length=12, choices=TagCategory.choices)
    tagger = models.ForeignKey(Tagger, models.CASCADE, related_name="tags")
    block = models.CharField(max_length=32)
    text = models.CharField(max_length=32, blank=True)
    source = models.CharField(max_length=26, blank=True)
    is_bulk = models.BooleanField(default=False)
    outcome = models.CharField(max_length=10, choices=TagOutcome.choices, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tagger", "kind", "value", "category"], name="one_tag_a_tagger")
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "value"], name="tag_of_value"),
            models.Index(fields=["at"], name="tag_at"),
            models.Index(fields=["source"], name="tag_source", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.category}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition of readable rows: those that the own and supervised organisations took in."""
        return Q(owner__in=viewer.reads)


class ProofMethod(models.TextChoices):
    """The method by which the operator of a number checked that it made the calls."""

    RECORDS = "records", _("call records")
    CALLBACK = "callback", _("called back")
    SUBSCRIBER = "subscriber", _("subscriber was asked")


class NumberProof(Scoped):
    """A check by the operator of a number that it made the reported calls, and that its caller ID was not forged.

    Without one the tags of a number are about calls that showed it, not about its holder. `owner` is the operator,
    `source` the ref of the process, "" if its program said so. An upheld dispute withdraws it.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    value = models.CharField(max_length=40)
    method = models.CharField(max_length=10, choices=ProofMethod.choices)
    source = models.CharField(max_length=26, blank=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["value", "owner", "source"], name="one_proof_a_source")
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.at:%Y-%m-%d}"


class ShownTag(models.Model):
    """A value whose tags are shown to the public, computed from its tags. `digest` is its SHA-256, 64 hex digits.

    `is_proven`: what is shown is about the value itself; else about calls that showed the number. `until` is when it
    weighs too little, if nothing else happens. `holder_from` (UTC ms, 0 if unknown) is the holder that it was computed
    for.
    """

    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=400)
    digest = models.CharField(max_length=64)
    category = models.CharField(max_length=12, choices=TagCategory.choices)
    weight = models.FloatField()
    voices = models.PositiveIntegerField()
    is_proven = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    holder_from = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "value"], name="one_shown_tag_a_value")]
        indexes: ClassVar = [
            models.Index(fields=["kind", "digest"], name="shown_tag_digest"),
            models.Index(fields=["until"], name="shown_tag_until"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.category}"


class TagDispute(Scoped):
    """A dispute of the tags of a value by its owner: they are hidden until the decision.

    The code is given at a counter to a person who proves to be the holder; `code_hash` is its keyed hash, and
    `failures` counts wrong codes for the number. `decider` is the organisation that decides: neither the operator that
    gave the code nor one that received a tag, while there is another. `upheld` is None while undecided; True clears the
    tags for good. `lapsed_at` is when the tags were shown again because the time for a decision was over.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=400)
    code_hash = models.CharField(max_length=32)
    given_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    statement = models.CharField(max_length=400, blank=True)
    disputed_at = models.DateTimeField(null=True)
    decider = models.ForeignKey("organizations.Organization", models.PROTECT, null=True, related_name="+")
    lapsed_at = models.DateTimeField(null=True)
    upheld = models.BooleanField(null=True)
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["kind", "value"], name="tag_dispute_of_value")]

    def __str__(self) -> str:
        return self.ref

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition of readable rows: own ones, those of supervised organisations, and those to decide."""
        return Q(owner__in=viewer.reads) | Q(decider=viewer.organization)

    @classmethod
    def to_decide(cls, viewer: Viewer) -> "models.QuerySet[TagDispute]":
        """Return the disputes that the viewer's organisation decides, also decided ones."""
        own = Q(decider=viewer.organization) | Q(decider=None, owner=viewer.organization)
        return cls.objects.filter(own, disputed_at__isnull=False).select_related("owner")
