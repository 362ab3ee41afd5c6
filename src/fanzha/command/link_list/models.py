"""Models of the public list of links: what waits to be listed. The list itself is `fanzha.store.link_list`."""

from typing import ClassVar

from django.db import models


class PendingLink(models.Model):
    """A website whose verdict changed and that is not up to date in the public list yet."""

    subject = models.ForeignKey("subjects.Subject", models.CASCADE, related_name="+", db_index=False)
    queued_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["subject"], name="pending_link_subject")]

    def __str__(self) -> str:
        return str(self.subject_id)
