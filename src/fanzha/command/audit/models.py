"""Models of the audit log."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, NoReturn

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.web.scoping import Scoped, ScopedManager, unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import split_sequence_number
from fanzha.processes.log.verification import LogFault

# Base model of insert-only rows. The database refuses changes as well (`fanzha.command.audit.append_only`).


class WrittenOnce(Exception):
    """Raised when a program tries to change or delete a row of the log."""


class AppendOnlyRows(models.QuerySet[Any]):
    """Queryset that allows reads and inserts only. Other methods raise WrittenOnce."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Raise WrittenOnce."""
        raise WrittenOnce(f"{self.model.__name__} is written once")

    def delete(self) -> NoReturn:
        """Raise WrittenOnce."""
        raise WrittenOnce(f"{self.model.__name__} is written once")

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> NoReturn:
        """Raise WrittenOnce."""
        raise WrittenOnce(f"{self.model.__name__} is written once")


class AppendOnlyManager(models.Manager[Any]):
    """Manager that allows reads and inserts only."""

    _queryset_class = AppendOnlyRows


class AppendOnly(models.Model):
    """Abstract base of insert-only models."""

    objects: ClassVar[models.Manager[Any]] = AppendOnlyManager()

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        """Insert a new row. Raise WrittenOnce if the row exists."""
        if not self._state.adding:
            raise WrittenOnce(f"{type(self).__name__} is written once")
        super().save(**{**kwargs, "force_insert": True})

    def delete(self, using: Any = None, keep_parents: bool = False) -> NoReturn:
        """Raise WrittenOnce."""
        raise WrittenOnce(f"{type(self).__name__} is written once")


class LogAnchor(AppendOnly):
    """An anchor of this log, covering the batches `since` + 1 to `number`.

    Proof rests on the copies of anchors outside the database.
    """

    number = models.BigIntegerField(primary_key=True)
    since = models.BigIntegerField()
    at = models.DateTimeField()
    line = models.CharField(max_length=700)

    class Meta:
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return str(self.number)


class AnchorCopy(models.Model):
    """A copy of an anchor outside the database, or the last failed attempt to write it.

    Writing is retried until it succeeds.
    """

    anchor = models.ForeignKey(LogAnchor, models.PROTECT, related_name="copies")
    folder = models.CharField(max_length=400)
    written_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["anchor", "folder"], name="one_copy_a_folder")]

    def __str__(self) -> str:
        return f"{self.anchor_id} in {self.folder}"


class AnchorTimestamp(models.Model):
    """The time-stamp of an anchor by a time-stamping authority (RFC 3161), or the last failed attempt to get it.

    `response` is the DER of the response, empty until one is valid. Requests are repeated until then.
    """

    anchor = models.OneToOneField(LogAnchor, models.PROTECT, related_name="timestamp")
    url = models.CharField(max_length=400)
    response = models.BinaryField(default=bytes)
    stamped_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    problem = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["next_at"], name="timestamp_waiting", condition=Q(stamped_at=None))]

    def __str__(self) -> str:
        return f"{self.anchor_id} {self.stamped_at or self.problem}"


class LogBatch(AppendOnly):
    """A batch of the log: the entries of one transaction.

    Its columns, in this order, are the fields of `fanzha.processes.log.verification.StoredBatch`; the chain hashes
    them.
    """

    number = models.BigIntegerField(primary_key=True)
    entries = models.IntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    at = models.BigIntegerField()  # UTC ms, as it is hashed
    head = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="batch_at")]

    def __str__(self) -> str:
        return f"{self.number} {self.head[:16]}"


class LogCheck(models.Model):
    """A verification of the whole log.

    It has the last batch read, the number of anchors compared, the first faults found, why the log is not confirmed by
    anchors outside (pairs of texts), and what could not be checked (count and pair of texts).
    """

    at = models.DateTimeField()
    seconds = models.FloatField()
    number = models.BigIntegerField()
    head = models.CharField(max_length=64)
    entries = models.BigIntegerField()
    anchors = models.IntegerField()
    faults = models.JSONField(default=list)
    is_anchored = models.BooleanField(default=False)
    unanchored = models.JSONField(default=list)
    unchecked = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {'not whole' if self.faults else 'whole'}"

    @property
    def is_valid(self) -> bool:
        """Return whether no fault was found and anchors outside confirm the log."""
        return self.is_whole and self.is_anchored

    @property
    def unanchored_texts(self) -> list[Words]:
        """Return why the log is not confirmed by anchors outside."""
        return [Words(zh, en) for zh, en in self.unanchored]

    @property
    def unchecked_texts(self) -> list[Words]:
        """Return what could not be checked, with counts and reasons."""
        return [Words(f"{count:,}：{zh}", f"{count:,}: {en}") for count, zh, en in self.unchecked]

    @property
    def is_whole(self) -> bool:
        """Return whether no fault was found."""
        return not self.faults

    @property
    def fault_texts(self) -> list[Words]:
        """Return a text for each fault, with its batch and entry."""
        faults = [LogFault(batch, position, Words(zh, en)) for batch, position, zh, en in self.faults]
        return [fault.located_message for fault in faults]


_UNSCOPED = unscoped("an entry is hidden because of a process or campaign that the viewer may not read")


class _ScopedRows(ScopedManager["LogEntry"]):
    """Manager of the entries that the viewer may read."""

    _queryset_class = AppendOnlyRows


class LogEntry(AppendOnly, Scoped):
    """An entry of the log: actor, time, action and the object acted on.

    Its columns match `fanzha.processes.log.verification.LogRow`, which the leaf hashes. `place` is batch and position
    in one number, so that the table has the order of the log.
    """

    place = models.BigIntegerField(primary_key=True)
    at = models.BigIntegerField()  # UTC ms, as it is hashed
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=80)
    organisation = models.CharField(max_length=64)
    process = models.CharField(max_length=64)
    step = models.IntegerField()
    about = models.CharField(max_length=200)
    facts = models.TextField()
    personal = models.TextField()
    leaf = models.BinaryField()

    objects: ClassVar[ScopedManager["LogEntry"]] = _ScopedRows()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["process", "step"], name="entry_of_process", condition=~Q(process="")),
            models.Index(fields=["about"], name="entry_about", condition=~Q(about="")),
            models.Index(fields=["organisation", "place"], name="entry_of_organisation"),
            models.Index(fields=["organisation", "kind", "place"], name="entry_of_kind"),
            models.Index(fields=["actor", "place"], name="entry_of_actor", condition=~Q(actor="")),
        ]

    def __str__(self) -> str:
        return f"{self.batch}/{self.position} {self.kind}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return a condition for the entries of the viewer's own and supervised organisations.

        Entries of supervised organisations about a process or campaign that the viewer may not read are hidden.
        """
        # The registry provides models of higher apps: an entry is as readable as the process or campaign it refers to.
        Organization = apps.get_model("organizations", "Organization")
        ProcessInstance = apps.get_model("flows", "ProcessInstance")
        Campaign = apps.get_model("campaigns", "Campaign")
        organizations = Organization._default_manager.all()
        own = Q(organisation__in=organizations.filter(pk=viewer.organization).values("ref"))
        if not viewer.supervised:
            return own
        processes, campaigns = _UNSCOPED.rows(ProcessInstance), _UNSCOPED.rows(Campaign)
        is_readable = Exists(processes.filter(ProcessInstance.readable(viewer), ref=OuterRef("process")))
        hidden = Q(Exists(processes.filter(~ProcessInstance.readable(viewer), ref=OuterRef("about"))))
        hidden |= Q(Exists(campaigns.filter(~Campaign.readable(viewer), ref=OuterRef("about"))))
        visible = (Q(process="") | is_readable) & ~hidden
        return Q(organisation__in=organizations.filter(pk__in=viewer.reads).values("ref")) & (own | visible)

    @property
    def batch(self) -> int:
        """Return the number of the batch."""
        return split_sequence_number(self.place)[0]

    @property
    def position(self) -> int:
        """Return the position in the batch."""
        return split_sequence_number(self.place)[1]

    @property
    def moment(self) -> datetime:
        """Return the time of the action."""
        return from_ms(self.at)


class LogHead(models.Model):
    """The end of the log: one row, whose lock serialises the transactions that write.

    `identity` is a random id drawn when the log begins; anchors contain it. `anchor_due` is the last batch to anchor
    at once. `wrapping_key` numbers the key of the installation under which new keys of persons are wrapped.
    """

    identity = models.CharField(max_length=64)
    number = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64)
    anchor_due = models.BigIntegerField(default=0)
    wrapping_key = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.number} {self.head[:16]}"


class PersonKey(models.Model):
    """A key that encrypts the values of one person. Destroying it makes them unreadable (PIPL Art. 47).

    `wrapped` is the key, encrypted by the key of the installation with the number `wrapping_key`, and null once
    destroyed. A person has one valid key.
    """

    person = models.CharField(max_length=200)  # opaque id of the person or subject
    wrapped = models.BinaryField(null=True)
    wrapping_key = models.IntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(erased_at=None), name="one_key_a_person")
        ]
        indexes: ClassVar = [models.Index(fields=["person"], name="key_of_person")]

    def __str__(self) -> str:
        return f"{self.person}{' (erased)' if self.erased_at else ''}"


class PersonalField(AppendOnly):
    """An encrypted personal value with its salt. The entry holds the commitment to it.

    The row stays after an erasure, but cannot be decrypted.
    """

    entry = models.ForeignKey(LogEntry, models.PROTECT, related_name="fields", db_index=False)
    name = models.CharField(max_length=60)
    key = models.ForeignKey(PersonKey, models.PROTECT, related_name="fields")
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entry", "name"], name="one_value_a_field")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.name}"


class RowDigests(AppendOnly):
    """The digests of rows of one table that a batch inserted, changed or deleted (`row_digests`).

    `packed` is the list of primary keys (int64, little-endian), then as many salted SHA-256 digests of 32 bytes. The
    entry `rows_digested` of the batch has the hash of `packed`. The salt is derived from `nonce`.
    """

    batch = models.BigIntegerField()
    table = models.CharField(max_length=60)
    nonce = models.BinaryField()
    packed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "batch"], name="one_digest_a_table")]

    def __str__(self) -> str:
        return f"{self.table} in batch {self.batch}"


class PublishedEvidence(AppendOnly):
    """The findings, opinions and decisions on which one publication to the screens rests, by their ids of 16 bytes.

    The entry `snapshot_published` of the batch has the hash of `packed`, the sorted ids.
    """

    batch = models.BigIntegerField(db_index=True)
    packed = models.BinaryField()

    def __str__(self) -> str:
        return f"publication of batch {self.batch}"
