"""Queue of subjects whose changes are not published to the screens yet."""

from django.db import models

from fanzha.command.subjects.models.subject import Subject


class Unpublished(models.Model):
    """One change; several of one subject are published together."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.subject_id)
