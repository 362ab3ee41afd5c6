"""Where an anchor was written to, or why it could not be."""

from typing import ClassVar

from django.db import models

from fanzha.command.audit.models.anchor import LogAnchor


class AnchorCopy(models.Model):
    """One copy in one folder outside; tried again until it is there."""

    anchor = models.ForeignKey(LogAnchor, models.PROTECT, related_name="copies")
    folder = models.CharField(max_length=400)
    written_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["anchor", "folder"], name="one_copy_a_folder")]

    def __str__(self) -> str:
        return f"{self.anchor_id} in {self.folder}"
