"""The copies of anchors outside the database, and failed attempts to write them."""

from typing import ClassVar

from django.db import models

from fanzha.command.audit.models.anchor import LogAnchor


class AnchorCopy(models.Model):
    """One copy of an anchor in one outside folder. Writing is retried until it succeeds."""

    anchor = models.ForeignKey(LogAnchor, models.PROTECT, related_name="copies")
    folder = models.CharField(max_length=400)
    written_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["anchor", "folder"], name="one_copy_a_folder")]

    def __str__(self) -> str:
        return f"{self.anchor_id} in {self.folder}"
