"""Models of retention: the runs of the job that deletes rows."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class RetentionRun(models.Model):
    """A run over one table. `cursor` is the primary key up to which rows were read; an interrupted run resumes there.

    `deleted` counts rows that were deleted, `held` those kept past their period because something open refers to them.
    `oldest_at` is the time of the oldest row that was there at the start.
    """

    table = models.CharField(max_length=80)
    days = models.PositiveIntegerField()
    before = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cursor = models.CharField(max_length=40, blank=True)
    deleted = models.PositiveBigIntegerField(default=0)
    held = models.PositiveBigIntegerField(default=0)
    oldest_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["table"], condition=Q(finished_at=None), name="one_open_run_a_table")
        ]
        indexes: ClassVar = [models.Index(fields=["table", "-id"], name="retention_run_of_table")]

    def __str__(self) -> str:
        return f"{self.table} {self.started_at:%Y-%m-%d}"
