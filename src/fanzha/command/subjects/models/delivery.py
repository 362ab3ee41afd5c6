"""A file of findings and the cursor into it, updated in the transaction of each batch."""

from typing import ClassVar

from django.db import models

from fanzha.command.organizations.models import Organization
from fanzha.command.web.scoping import Scoped


class IngestionState(models.TextChoices):
    """State of the ingestion of a file."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class Delivery(Scoped):
    """One findings file. `begins` is the digest of its beginning and distinguishes files of the same name.

    `position` is the first row, or byte of a growing file, not yet ingested. Each ingested row counts as used, known
    (ingested before) or rejected.
    """

    name = models.CharField(max_length=500)
    begins = models.CharField(max_length=32)
    owner = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=7, choices=IngestionState.choices, default=IngestionState.OPEN)
    position = models.BigIntegerField(default=0)
    row = models.BigIntegerField(default=0)
    used = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=400, blank=True)
    began_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-changed_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["name", "begins"], name="one_delivery_a_file")]

    def __str__(self) -> str:
        return self.name


class RejectedRow(models.Model):
    """A row that could not be used, and why; of what stood there a cut and masked piece."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="rejected_rows")
    row = models.BigIntegerField()
    reason_zh = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=300)
    stood_there = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["delivery", "row"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["delivery", "row"], name="one_reason_a_row")]

    def __str__(self) -> str:
        return f"{self.delivery_id}, row {self.row}: {self.reason_en}"
